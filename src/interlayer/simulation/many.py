"""Thousands of cells in one call: one protocol, a table of changes, failures as rows."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from interlayer.cell import Cell
from interlayer.errors import InputError
from interlayer.materials import Library
from interlayer.protocol import AnyProtocol, ConstantCurrent, Hold, Protocol, Rest
from interlayer.simulation import batch
from interlayer.simulation.batch import BatchValues, Case, run_cases
from interlayer.simulation.columns import Array, Sensitivity, SimulationColumns, Status
from interlayer.simulation.designs import Changes, Designs, read_changes
from interlayer.simulation.experiment import protocol_of, with_library
from interlayer.simulation.run import ended_by

if TYPE_CHECKING:
    import pandas

METHOD: Final = (
    "porous electrodes in a single-ion conductor (transference number 1), diffusion in particles, Butler-Volmer "
    "kinetics and layers in series, one temperature; finite volumes, exact decay of diffusion modes, second order in "
    "time with a voltage error of {error:g} mV a step; what that does not solve, one by one by variable-step BDF2"
)
BLOCK: Final = 256
"""Cells that are built and run together: memory does not grow with the number of rows beyond the answers."""
POINTS: Final = 101
RELATIVE_CHANGE: Final = 0.01
_FACTORS: Final = (1.0, -1.0, 2.0, -2.0)

Progress = Callable[[int, int], None]
"""Called with the number of rows done and of all rows."""


def simulate_many(
    cell: Cell | str | Path,
    changes: "Changes | pandas.DataFrame",
    *,
    protocol: AnyProtocol | None = None,
    curve: int | None = None,
    curve_capacity: Sequence[float] | Array | None = None,
    sensitivities: Sequence[str] = (),
    library: Library | str | Path | None = None,
    threads: int = 2,
    tolerance: float | None = None,
    progress: Progress | None = None,
) -> SimulationColumns:
    """Put many variants of a cell through one protocol and return what each step of each delivers.

    `changes` is a dict of columns, a list of dicts or a pandas table; a key is one of the cell file as for ``--set``
    (``cathode.particle_diameter`` with values such as ``"3 um"``, or ``cathode.particle_diameter [um]`` with
    numbers), or a model parameter in SI such as ``positive.diffusivity`` (see `designs.MODEL_KEYS`). `curve` is the
    step (from 1) whose voltage is wanted at `curve_capacity` (mAh/g; by default 101 points up to what the open-circuit
    curve spans). `sensitivities` names keys of either kind: each costs four more runs a row. `tolerance` is the error
    of the voltage in a time step, V, by default 1e-4 and a tenth of it where differences are taken; `threads` solve
    while the next cells are built.

    A row that is no valid cell or could not be solved has nan and its reason. Raises InputError for what is wrong with
    all rows: the cell, the protocol, the columns.

    Reference: Newman and Tiedemann, AIChE J. 21 (1975) 25, doi 10.1002/aic.690210103.
    """
    cell = with_library(cell, library)
    steps = protocol_of(cell, protocol)
    table = read_changes(changes)
    designs = Designs(cell, table, steps)
    for step in steps.sequence():
        if not isinstance(step, ConstantCurrent | Hold | Rest):
            raise InputError(f"{step.text!r} is for one cell at a time: simulate")
    number_of_steps = len(steps.sequence())
    if curve is not None and not 1 <= curve <= number_of_steps:
        raise InputError(f"curve: there is no step {curve}; allowed: 1 to {number_of_steps}")
    if tolerance is None:
        tolerance = batch.VOLTAGE_ERROR / 10.0 if sensitivities else batch.VOLTAGE_ERROR
    if not tolerance > 0 or threads < 1:
        raise InputError("tolerance must be above 0 and threads at least 1")
    grid = None if curve is None else _grid(designs, curve_capacity)
    run = _Run(designs, steps, None if curve is None else curve - 1, grid, tuple(sensitivities), tolerance)
    run.all(threads, progress)
    return run.columns()


def _grid(designs: Designs, given: Sequence[float] | Array | None) -> Array:
    if given is None:
        positive = designs.base.positive
        span = positive.open_circuit.highest - positive.open_circuit.lowest
        return np.linspace(0.0, span * positive.charge / 3600.0 / designs.base.active_mass, POINTS)
    grid = np.asarray(given, dtype=float)
    if grid.ndim != 1 or not np.all(np.isfinite(grid)) or np.any(grid < 0) or np.any(np.diff(grid) <= 0):
        raise InputError("curve_capacity must rise from 0 or above, in mAh/g")
    return grid


@dataclass
class _Run:
    """The answers of all rows and scalings, filled block by block."""

    designs: Designs
    protocol: Protocol
    curve: int | None
    grid: Array | None
    parameters: tuple[str, ...]
    tolerance: float
    values: Array = field(init=False)
    curves: Array = field(init=False)
    masses: Array = field(init=False)
    status: list[Status] = field(init=False)
    reasons: list[str] = field(init=False)
    one_by_one: int = 0

    def __post_init__(self) -> None:
        rows, variants = self.designs.table.length, 1 + len(self.scalings)
        self.values = np.full((rows, variants, len(self.protocol.sequence()), batch.VALUES), np.nan)
        self.curves = np.full((rows, variants, 0 if self.grid is None else len(self.grid)), np.nan)
        self.masses = np.full((rows, variants), np.nan)
        self.status = ["solved"] * rows
        self.reasons = [""] * rows

    @property
    def scalings(self) -> list[tuple[str, float]]:
        return [(key, float(np.exp(RELATIVE_CHANGE * by))) for key in self.parameters for by in _FACTORS]

    def all(self, threads: int, progress: Progress | None) -> None:
        """Run every row; cells are built here while `threads` others solve."""
        rows = self.designs.table.length
        most = max(8, min(BLOCK, -(-rows // threads))) // (1 + len(self.scalings)) + 1
        scalings = self.scalings
        pending: list[tuple[int, list[tuple[int, int]], list[Case], Future[BatchValues]]] = []
        with ThreadPoolExecutor(threads) as pool:
            for first in range(0, rows, most):
                places, cases = [], []
                for row, scaling, case in self.designs.cases(range(first, min(first + most, rows)), scalings):
                    if isinstance(case, str):
                        self._fail(row, "invalid", case)
                    else:
                        places.append((row, scaling + 1))
                        cases.append(case)
                answer = pool.submit(
                    run_cases, cases, self.protocol, curve_step=self.curve, grid=self.grid, tolerance=self.tolerance
                )
                pending.append((min(first + most, rows), places, cases, answer))
                while pending and (len(pending) > 2 * threads or pending[0][3].done() or first + most >= rows):
                    done, places, cases, answer = pending.pop(0)
                    self._take(places, cases, answer.result())
                    if progress is not None:
                        progress(done, rows)

    def _take(self, places: list[tuple[int, int]], cases: list[Case], found: BatchValues) -> None:
        if places:
            rows, variants = np.array(places).T
            self.values[rows, variants] = found.values
            self.curves[rows, variants] = found.curves
            self.masses[rows, variants] = [case.cell.active_mass for case in cases]
        for number, reason in found.reasons.items():
            self._fail(places[number][0], "unsolved", reason)
        self.one_by_one += found.one_by_one

    def _fail(self, row: int, status: Status, reason: str) -> None:
        if self.status[row] == "solved":
            self.status[row], self.reasons[row] = status, reason

    def columns(self) -> SimulationColumns:
        """Return the answers as columns."""
        steps = self.protocol.sequence()
        failed = np.array([status != "solved" for status in self.status], dtype=bool)
        self.values[failed] = np.nan
        self.curves[failed] = np.nan
        charge = np.abs(self.values[..., batch.CHARGE_PASSED])
        energy = self.values[..., batch.ENERGY]
        per_mass = 1.0 / (3600.0 * self.masses[:, :, None])
        current = np.array([isinstance(step, ConstantCurrent) for step in steps], dtype=bool)
        with np.errstate(invalid="ignore", divide="ignore"):
            mean = np.where(current & (charge > 0), energy / charge, np.nan)
        capacity, energy = charge * per_mass, energy * per_mass
        found = {
            key: self._sensitivity(key, 1 + 4 * number, capacity, energy, mean)
            for number, key in enumerate(self.parameters)
        }
        first = self.values[:, 0]
        return SimulationColumns(
            cell=self.designs.cell.name,
            changes={key: tuple(column) for key, column in self.designs.table.columns.items()},
            steps=tuple(step.text for step in steps),
            kinds=tuple(step.kind for step in steps),
            capacity_mAh_per_g=capacity[:, 0],
            energy_Wh_per_kg_active=energy[:, 0],
            mean_voltage_V=mean[:, 0],
            start_voltage_V=first[..., batch.START_VOLTAGE],
            end_voltage_V=first[..., batch.END_VOLTAGE],
            duration_h=first[..., batch.DURATION] / 3600.0,
            ended_by=self._words(first),
            status=tuple(self.status),
            reason=tuple(self.reasons),
            curve_step=None if self.curve is None else self.curve + 1,
            curve_capacity_mAh_per_g=self.grid,
            curve_voltage_V=None if self.grid is None else self.curves[:, 0],
            sensitivities=found,
            one_by_one=self.one_by_one,
            method=METHOD.format(error=self.tolerance * 1e3),
        )

    def _words(self, values: Array) -> "np.ndarray[tuple[int, ...], np.dtype[np.object_]]":
        words = np.full(values.shape[:2], "", dtype=object)
        for (row, step), code in np.ndenumerate(values[..., batch.CODE]):
            if np.isfinite(code):
                words[row, step] = ended_by(int(code), bool(values[row, step, batch.START_CURRENT] > 0))
        return words

    def _sensitivity(self, key: str, first: int, capacity: Array, energy: Array, mean: Array) -> Sensitivity:
        def differences(column: Array) -> tuple[Array, Array]:
            near = (column[:, first] - column[:, first + 1]) / (2.0 * RELATIVE_CHANGE)
            far = (column[:, first + 2] - column[:, first + 3]) / (4.0 * RELATIVE_CHANGE)
            return near, np.abs(far - near) / 3.0

        along = (None, None) if self.grid is None else differences(self.curves)
        return Sensitivity(key, *differences(capacity), *differences(energy), *differences(mean), *along)
