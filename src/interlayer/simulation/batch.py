"""Many cells through one protocol: eight at a time in lanes, and one at a time what the lanes cannot do."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from interlayer.errors import SolverError
from interlayer.protocol import ConstantCurrent, Protocol
from interlayer.simulation import layout
from interlayer.simulation.ageing import AgeingHistory, AgeingTerms
from interlayer.simulation.model import AnyElectrode, CellParameters, HostElectrode
from interlayer.simulation.run import RunStep, controls, run_protocol, uniform_state

Array = NDArray[np.float64]

VOLTAGE_ERROR: Final = 1e-4
"""Largest estimated error of the voltage in a time step, V; the error of a curve is some 0.2 mV at its steepest."""

CODE: Final = 0
DURATION: Final = 1
CHARGE_PASSED: Final = 2
ENERGY: Final = 3
START_VOLTAGE: Final = 4
END_VOLTAGE: Final = 5
START_CURRENT: Final = 6
VALUES: Final = 7
"""What is kept of each step; the places are those of `lanes_protocol`."""


@dataclass(frozen=True)
class Case:
    """A cell, the stoichiometries it starts from, and how it ages (None: it does not)."""

    cell: CellParameters
    start: tuple[float, float]
    ageing: AgeingTerms | None = None


@dataclass
class BatchValues:
    """`values` (cells, steps, VALUES) and voltages on a grid of charges `curves` (cells, points); `reasons` by row."""

    values: Array
    curves: Array
    reasons: dict[int, str] = field(default_factory=dict)
    one_by_one: int = 0
    """How many the lanes left to the engine for single cells."""


def run_cases(
    cases: Sequence[Case],
    protocol: Protocol,
    *,
    curve_step: int | None = None,
    grid: Array | None = None,
    charges: Array | None = None,
    tolerance: float = VOLTAGE_ERROR,
) -> BatchValues:
    """Run all `cases` and return what each step did, and the voltages of step `curve_step` (from 0) at `grid`.

    `grid` is the specific capacity in mAh per g of cathode active material, from 0 upwards; `charges` in its place is
    in A s per m2 of electrode. A voltage is nan beyond the step's end. A cell that could not be solved has nan in every
    column and its reason.
    """
    from interlayer.simulation.lanes_ageing import ages_in_lanes

    steps = protocol.sequence()
    points = _charges(cases, grid, charges, curve_step)
    done = BatchValues(np.full((len(cases), len(steps), VALUES), np.nan), np.full(points.shape, np.nan))
    groups: dict[tuple[object, ...], list[int]] = {}
    alone: list[int] = []
    for row, case in enumerate(cases):
        if ages_in_lanes(case.cell, case.ageing):
            groups.setdefault((_alike(case.cell.positive), _alike(case.cell.negative)), []).append(row)
        else:
            alone.append(row)
    for rows in groups.values():
        alone += _run_lanes(cases, rows, protocol, done, -1 if curve_step is None else curve_step, points, tolerance)
    for row in alone:
        _run_alone(cases[row], row, protocol, done, curve_step, points[row])
    done.one_by_one = len(alone)
    return done


def _charges(cases: Sequence[Case], grid: Array | None, charges: Array | None, curve_step: int | None) -> Array:
    """Return the charges (cells, points), A s/m2, at which the voltage of a step is wanted."""
    if curve_step is None or (grid is None and charges is None):
        return np.zeros((len(cases), 0))
    if charges is not None:
        return np.repeat(np.asarray(charges, dtype=float)[None, :], len(cases), axis=0)
    masses = np.array([case.cell.active_mass for case in cases])
    return np.asarray(masses[:, None] * np.asarray(grid) * 3600.0)


def _alike(electrode: AnyElectrode) -> object:
    """Return what electrodes that share arrays have in common."""
    if isinstance(electrode, HostElectrode):
        return electrode.open_circuit, electrode.shape, electrode.grid
    return None


def _run_lanes(
    cases: Sequence[Case],
    rows: list[int],
    protocol: Protocol,
    done: BatchValues,
    curve_step: int,
    points: Array,
    tolerance: float,
) -> list[int]:
    """Run the cases of one group in lanes and return those that were not solved there."""
    from interlayer.simulation.lanes_ageing import pack
    from interlayer.simulation.lanes_electrode import lane_electrode
    from interlayer.simulation.lanes_protocol import RESULT_COLUMNS, run_rows

    cells = [cases[row].cell for row in rows]
    steps = protocol.sequence()
    out = np.full((len(rows), len(steps), RESULT_COLUMNS), np.nan)
    charges = np.ascontiguousarray(points[rows])
    curves = np.full(charges.shape, np.nan)
    run_rows(
        np.array([cell.row for cell in cells]),
        np.array([cell.positive.row for cell in cells]),
        np.array([cell.negative.row for cell in cells]),
        np.array([cases[row].start for row in rows]),
        np.array([[controls(cell, step) for step in steps] for cell in cells], dtype=float),
        tolerance,
        lane_electrode(cells[0].positive),
        lane_electrode(cells[0].negative),
        out,
        curve_step,
        charges,
        curves,
        *pack(cells, [cases[row].ageing for row in rows]),
        any(cases[row].ageing is not None for row in rows),
    )
    solved = np.all(np.isfinite(out[:, :, :VALUES]), axis=(1, 2)) & np.all(out[:, :, CODE] > 0, axis=1)
    places = np.array(rows)
    done.values[places[solved]] = out[solved, :, :VALUES]
    done.curves[places[solved]] = curves[solved]
    return [row for row, good in zip(rows, solved.tolist(), strict=True) if not good]


def _run_alone(
    case: Case, row: int, protocol: Protocol, done: BatchValues, curve_step: int | None, charges: Array
) -> None:
    """Run one case with the engine for single cells, or note why it cannot be solved."""
    history = None if case.ageing is None else AgeingHistory(case.cell, case.ageing)
    try:
        steps = run_protocol(
            case.cell,
            protocol,
            uniform_state(case.cell, *case.start),
            after=None if history is None else history.after_step,
        )
    except SolverError as error:
        done.reasons[row] = str(error)
        return
    for number, step in enumerate(steps):
        done.values[row, number] = _values(step)
    if curve_step is not None and isinstance(steps[curve_step].step, ConstantCurrent):
        rows = steps[curve_step].rows
        passed = np.abs(rows[:, layout.CHARGE_PASSED])
        done.curves[row] = np.interp(charges, passed, rows[:, layout.VOLTAGE], right=np.nan)


def _values(step: RunStep) -> Array:
    passed, voltage = step.rows[:, layout.CHARGE_PASSED], step.rows[:, layout.VOLTAGE]
    energy = float(0.5 * (voltage[1:] + voltage[:-1]) @ np.diff(np.abs(passed)))
    current = step.rows[0, layout.CURRENT]
    return np.array([step.code, step.rows[-1, layout.TIME], passed[-1], energy, voltage[0], voltage[-1], current])
