"""Putting a cell through a protocol: the compiled engine, step after step."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from interlayer.errors import SolverError
from interlayer.protocol import ConstantCurrent, Hold, Impedance, Protocol, Step, Sweep
from interlayer.simulation import layout
from interlayer.simulation.initial_state import reference_potential, rest_voltage
from interlayer.simulation.model import CellParameters, HostElectrode
from interlayer.simulation.spectrum import Spectrum

Array = NDArray[np.float64]

TOLERANCE: Final = 1e-6
"""Local error of a time step in stoichiometry: some 0.01 mV on a curve of 10 V per unit."""
STRIDE: Final = 0.005
"""Largest change of an electrode's mean stoichiometry in a time step, so that a record has enough rows to integrate."""
BEFORE_IMPEDANCE: Final = 1.0
"""s without current before a spectrum."""
_FIRST_ROWS: Final = 1024
_MOST_ROWS: Final = 400_000
_LONGEST_HOLD: Final = 3.6e6

Progress = Callable[[int, int, str], None]
"""Called before each step with its number, how many there are, and its text."""


def ended_by(code: int, charging: bool) -> str:
    """Return how a step ended, in words, from the engine's code and the sign of its current."""
    match code:
        case layout.ENDED_BY_VOLTAGE:
            return "voltage"
        case layout.ENDED_BY_CURRENT:
            return "current"
        case layout.ENDED_BY_POSITIVE_SURFACE:
            return f"positive electrode surface {'depleted' if charging else 'saturated'}"
        case layout.ENDED_BY_NEGATIVE_SURFACE:
            return f"negative electrode surface {'saturated' if charging else 'depleted'}"
        case _:
            return "time"


@dataclass(frozen=True)
class RunStep:
    """What the engine did in one step: `rows` as in `layout` (time from the step's start), and how it ended.

    `cell` is what it ran with: an aged cell differs from step to step.
    """

    step: Step
    rows: Array
    code: int
    cell: CellParameters
    spectrum: Spectrum | None = None
    skipped: bool = False

    @property
    def ended_by(self) -> str:
        """How the step ended, in words."""
        return ended_by(self.code, bool(self.rows[0, layout.CURRENT] > 0))

    @property
    def note(self) -> str:
        """Why nothing could be done, where the step ended as it began."""
        if self.skipped:
            return "left out: the block before it has met its voltage"
        if len(self.rows) > 1:
            return ""
        v = float(self.rows[0, layout.VOLTAGE])
        if self.code == layout.ENDED_BY_VOLTAGE:
            return f"the current takes the cell past the limit at once, to {v:.4g} V"
        if self.code == layout.ENDED_BY_CURRENT:
            return "the held voltage needs no more than the final current from the start"
        return "the electrode cannot take the current: its surface is full or empty at once"


@dataclass
class State:
    """Stoichiometries of both electrodes, shells by cells, and the current that flowed last (A/m2).

    `voltage` is what a hold or a sweep left the cell at (V), nan after any other step.
    """

    positive: Array
    negative: Array
    current: float = 0.0
    voltage: float = float("nan")

    def means(self) -> tuple[float, float]:
        """Return the stoichiometries at the surfaces, as a mean over the cells of each electrode."""
        return tuple(float(np.mean((9.0 * x[-1] - x[-2]) / 8.0)) for x in (self.positive, self.negative))  # type: ignore[return-value]

    def copy(self) -> "State":
        """Return a state that moves on its own."""
        return State(self.positive.copy(), self.negative.copy(), self.current, self.voltage)


AfterStep = Callable[[RunStep, State], CellParameters]
"""Called after each step with what it did and the state it left; returns the cell for the next step."""


def uniform_state(cell: CellParameters, positive: float, negative: float) -> State:
    """Return the state in which every particle of an electrode has one stoichiometry."""
    return State(np.full(cell.positive.grid, positive), np.full(cell.negative.grid, negative))


def run_protocol(
    cell: CellParameters,
    protocol: Protocol,
    state: State,
    *,
    tolerance: float = TOLERANCE,
    stride: float = STRIDE,
    progress: Progress | None = None,
    after: AfterStep | None = None,
) -> list[RunStep]:
    """Run every step of `protocol` from `state`, which moves along, and return what each did.

    `after` is called with each step and the state it left, and returns the cell for the next: this is how a cell
    ages. A step that the cell cannot carry has one row and a `note`. Raises SolverError with time, state and
    parameters where the equations could not be solved.
    """
    steps = protocol.sequence()
    done: list[RunStep] = []
    ended = ""
    for number, step in enumerate(steps, start=1):
        if progress is not None:
            progress(number, len(steps), step.text)
        block = getattr(step, "block", "")
        if block and block == ended:
            done.append(_left_out(done[-1], step))
            continue
        done.append(run_step(cell, step, state, tolerance=tolerance, stride=stride, number=number))
        ended = block if isinstance(step, ConstantCurrent) and done[-1].code != layout.ENDED_BY_TIME else ""
        if after is not None:
            cell = after(done[-1], state)
    return done


def _left_out(before: RunStep, step: Step) -> RunStep:
    """Return a step of a block that was over before it: one row, nothing passed."""
    rows = before.rows[-1:].copy()
    rows[:, [layout.TIME, layout.CURRENT, layout.CHARGE_PASSED]] = 0.0
    return RunStep(step, rows, before.code, before.cell, skipped=True)


def run_step(
    cell: CellParameters,
    step: Step,
    state: State,
    *,
    tolerance: float = TOLERANCE,
    stride: float = STRIDE,
    number: int = 1,
) -> RunStep:
    """Run one step from `state`, which is moved to the step's end; errors as in `run_protocol`."""
    from interlayer.simulation import kernel

    control, value, side, v_end, i_end, t_end = controls(cell, step)
    ramp = 0.0
    if isinstance(step, Sweep):
        value, ramp, t_end = _ramp(cell, step, state)
    pos_row, neg_row = cell.positive.row, cell.negative.row
    room = _FIRST_ROWS
    while True:
        positive, negative = state.positive.copy(), state.negative.copy()
        out = np.empty((room, layout.OUTPUT_COLUMNS))
        written, code = kernel.run_step(
            cell.row,
            pos_row,
            neg_row,
            (cell.positive.table, cell.negative.table),
            positive,
            negative,
            float(state.current),
            control,
            float(value),
            float(ramp),
            float(side),
            float(v_end),
            float(i_end),
            float(t_end),
            float(tolerance),
            float(stride),
            out,
        )
        if code != layout.OUT_OF_ROOM or room >= _MOST_ROWS:
            break
        room *= 8
    if code < 0:
        raise SolverError(_failure(cell, step, number, state, out[:written]))
    rows = out[:written].copy()
    if not np.all(np.isfinite(rows)):
        raise SolverError(_failure(cell, step, number, state, rows[np.all(np.isfinite(rows), axis=1)]))
    state.positive, state.negative = positive, negative
    state.current = float(rows[-1, layout.CURRENT])
    state.voltage = float(rows[-1, layout.VOLTAGE]) if isinstance(step, Hold | Sweep) else float("nan")
    spectrum = _spectrum(cell, step, state) if isinstance(step, Impedance) else None
    return RunStep(step, rows, code, cell, spectrum)


def _spectrum(cell: CellParameters, step: Impedance, state: State) -> Spectrum:
    from interlayer.simulation.impedance import capacitances_of, impedance

    decades = np.log10(step.highest / step.lowest)
    points = max(round(decades * step.points_per_decade), 1) + 1
    frequency = np.geomspace(step.highest, step.lowest, points)
    return Spectrum(
        frequency, impedance(cell, state, frequency, capacitances=capacitances_of(cell)) / cell.area, cell.area
    )


def controls(cell: CellParameters, step: Step) -> tuple[int, float, float, float, float, float]:
    """Return control, value, side, end voltage, end current and end time of a step as the engine takes them."""
    if isinstance(step, ConstantCurrent):
        charging = step.kind == "charge"
        density = step.rate.density(cell.one_c, cell.area) * (1.0 if charging else -1.0)
        hosts = [e.charge for e in (cell.positive, cell.negative) if isinstance(e, HostElectrode)]
        t_end = step.duration if step.duration is not None else 2.0 * max(hosts) / abs(density)
        if step.until is None:
            return 0, density, 0.0, 0.0, 0.0, t_end
        v_end = step.until.volts - reference_potential(cell, step.until)
        return 0, density, 1.0 if charging else -1.0, v_end, 0.0, t_end
    if isinstance(step, Hold):
        voltage = step.voltage.volts - reference_potential(cell, step.voltage)
        i_end = step.until.density(cell.one_c, cell.area) if step.until is not None else 0.0
        return 1, voltage, 0.0, 0.0, i_end, step.duration if step.duration is not None else _LONGEST_HOLD
    if isinstance(step, Sweep):
        return 1, step.to.volts - reference_potential(cell, step.to), 0.0, 0.0, 0.0, _LONGEST_HOLD
    if isinstance(step, Impedance):
        return 0, 0.0, 0.0, 0.0, 0.0, BEFORE_IMPEDANCE
    return 0, 0.0, 0.0, 0.0, 0.0, step.duration


def _ramp(cell: CellParameters, step: Sweep, state: State) -> tuple[float, float, float]:
    """Return start voltage, rate in V/s with its sign, and duration of a sweep.

    It starts from the voltage that the state's surfaces have at rest; after a step that held or swept the voltage from
    the last one, because nothing has relaxed in between.
    """
    start = rest_voltage(cell, *state.means()) if np.isnan(state.voltage) else state.voltage
    end = step.to.volts - reference_potential(cell, step.to)
    rate = step.scan_rate if end >= start else -step.scan_rate
    return start, rate, max(abs(end - start), 1e-6) / step.scan_rate


def _failure(cell: CellParameters, step: Step, number: int, state: State, rows: Array) -> str:
    where = f"after {rows[-1, layout.TIME]:.6g} s, at {rows[-1, layout.VOLTAGE]:.4g} V" if len(rows) else "at its start"
    means = f"x = {float(state.positive.mean()):.4g} in {cell.positive.name}"
    if isinstance(cell.negative, HostElectrode):
        means += f" and {float(state.negative.mean()):.4g} in {cell.negative.name}"
    p = cell.positive
    return (
        f"{cell.name}: step {number} ({step.text}) could not be solved {where}; it began with {means}; "
        f"cathode R2/D = {p.length**2 / p.diffusivity:.3g} s, i0 = {p.exchange_current_density:.3g} A/m2, "
        f"layers {p.layer_resistance:.3g} ohm m2, ionic path {p.ionic_resistance:.3g} ohm m2"
    )
