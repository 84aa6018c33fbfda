"""What many simulations give: columns with one entry per cell and step of the protocol."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from interlayer.errors import InputError

if TYPE_CHECKING:
    import pandas

Array = NDArray[np.float64]

Status = Literal["solved", "invalid", "unsolved"]
"""``invalid``: the row is no cell that can be built; ``unsolved``: its equations could not be solved."""


@dataclass(frozen=True)
class Sensitivity:
    """Derivatives with respect to ln p of one parameter p, and the truncation error of each, (rows, steps).

    Central differences D(d) with p times exp(+-d); the error is |D(2d) - D(d)| / 3, the leading term of D(d)'s own,
    and shows the noise of the time steps, too. `voltage` is along the curve at fixed capacity, (rows, points) in V.
    """

    parameter: str
    capacity_mAh_per_g: Array
    capacity_error: Array
    energy_Wh_per_kg_active: Array
    energy_error: Array
    mean_voltage_V: Array
    mean_voltage_error: Array
    voltage: Array | None = None
    voltage_error: Array | None = None


@dataclass(frozen=True)
class SimulationColumns:
    """Many cells in one protocol: arrays of shape (rows, steps), nan where a row has no answer.

    Capacities and energies are per mass of cathode active material, as in `StepResult`; `ended_by` too. `status` and
    `reason` say of each row whether and why not it was solved. `curve_voltage_V` (rows, points) is the voltage of
    step `curve_step` (from 1) at `curve_capacity_mAh_per_g`, nan beyond the step's end. `changes` are the columns
    that were given. `one_by_one` counts the rows that were left to the engine for single cells.
    """

    cell: str
    changes: dict[str, tuple[Any, ...]]
    steps: tuple[str, ...]
    kinds: tuple[str, ...]
    capacity_mAh_per_g: Array
    energy_Wh_per_kg_active: Array
    mean_voltage_V: Array
    start_voltage_V: Array
    end_voltage_V: Array
    duration_h: Array
    ended_by: NDArray[np.object_]
    status: tuple[Status, ...]
    reason: tuple[str, ...]
    curve_step: int | None
    curve_capacity_mAh_per_g: Array | None
    curve_voltage_V: Array | None
    sensitivities: dict[str, Sensitivity]
    one_by_one: int
    method: str

    def __len__(self) -> int:
        return len(self.status)

    def main_step(self) -> int:
        """Return the last discharge (from 1), else the last charge, else the last step."""
        for kind in ("discharge", "charge"):
            if kind in self.kinds:
                return len(self.kinds) - self.kinds[::-1].index(kind)
        return len(self.kinds)

    def to_pandas(self, step: int | None = None) -> "pandas.DataFrame":
        """Return the changes and what one step (from 1; by default the last discharge) did, a line per row."""
        import pandas

        number = self.main_step() if step is None else step
        if not 1 <= number <= len(self.steps):
            raise InputError(f"there is no step {number}; allowed: 1 to {len(self.steps)}")
        place = number - 1
        names = ("capacity_mAh_per_g", "energy_Wh_per_kg_active", "mean_voltage_V")
        columns: dict[str, Any] = {key: list(values) for key, values in self.changes.items()}
        for name in (*names, "start_voltage_V", "end_voltage_V", "duration_h"):
            columns[name] = getattr(self, name)[:, place]
        columns |= {"ended_by": self.ended_by[:, place], "status": self.status, "reason": self.reason}
        for key, found in self.sensitivities.items():
            for name in names:
                columns[f"d {name} / d ln {key}"] = getattr(found, name)[:, place]
        return pandas.DataFrame(columns)
