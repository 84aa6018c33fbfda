"""The Record: the columns of one cell's test, and what is known about the cell."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from interlayer.errors import InputError, closest, shown
from interlayer.records.columns import BY_NAME, COLUMNS, label_of, name_of

if TYPE_CHECKING:
    import pandas
    from matplotlib.figure import Figure

Array = NDArray[Any]

TIME_SERIES = tuple(column.name for column in COLUMNS if column.required)
SPECTRUM = ("frequency_hertz", "real_impedance_ohm", "imaginary_impedance_ohm")
"""The required columns of an impedance spectrum; the imaginary part is negative where the cell is capacitive."""
LARGEST: Final = 1e30
"""What a column may hold at most: larger numbers are slips of a file, and their squares leave the range of floats."""
KINDS: Final = {
    "spectrum": SPECTRUM,
    "photoelectron spectrum": ("binding_energy_electronvolt", "intensity"),
    "absorption spectrum": ("photon_energy_electronvolt", "absorption"),
    "diffraction pattern": ("two_theta_degree", "intensity"),
    "thermal scan": ("temperature_celsius", "signal"),
    "line profile": ("position_metre",),
    "temperature series": ("temperature_kelvin", "conductivity_siemens_per_metre"),
    "time series": TIME_SERIES,
}
"""The columns each kind of record needs; the first of them tells the kind, and what has none is a time series."""


@dataclass(frozen=True, eq=False)
class Record:
    """One test of one cell: equally long columns by Battery Data Format name, and metadata.

    The required columns of a time series are ``test_time_second``, ``voltage_volt`` and ``current_ampere`` (positive
    charges the cell); a record with ``frequency_hertz`` is a spectrum and needs both parts of the impedance; `KINDS`
    lists the others.
    Metadata keys in use: ``cell``, ``origin`` (``simulated`` or ``measured``), ``area_m2``,
    ``cathode_active_mass_kg``, ``reference_potential_V``, ``version``. Columns cannot be written to.

    Raises InputError for a missing column, columns of unequal length, and a value that is not finite.
    """

    columns: Mapping[str, Array]
    metadata: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        required = KINDS[self.kind]
        missing = [name for name in required if name not in self.columns]
        if missing:
            raise InputError(
                f"the record has no column {label_of(missing[0])!r} ({missing[0]}); "
                f"it has {shown(', '.join(self.columns))}"
            )
        frozen: dict[str, Array] = {}
        length = len(self.columns[required[0]])
        for name, values in self.columns.items():
            whole = name in BY_NAME and BY_NAME[name].whole_numbers
            array = _whole(values, name) if whole else np.array(values)
            if array.shape != (length,):
                raise InputError(f"the column {name!r} has {array.shape} values; {required[0]} has {length}")
            if (name in BY_NAME or name in required) and not np.all(np.isfinite(array)):
                raise InputError(f"the column {label_of(name)!r} has a value that is not a finite number")
            if (name in BY_NAME or name in required) and np.abs(array).max(initial=0.0) > LARGEST:
                raise InputError(f"the column {label_of(name)!r} goes beyond {LARGEST:g}; no instrument gives that")
            array.setflags(write=False)
            frozen[name] = array
        object.__setattr__(self, "columns", MappingProxyType(frozen))
        object.__setattr__(self, "metadata", MappingProxyType(dict(self.metadata)))

    @property
    def kind(self) -> str:
        """What the record holds, one of `KINDS`; ``spectrum`` is impedance over frequency."""
        return next((kind for kind, required in KINDS.items() if required[0] in self.columns), "time series")

    def __len__(self) -> int:
        return len(next(iter(self.columns.values())))

    def __getitem__(self, name: str) -> Array:
        """Return a column by its name or label; InputError names the closest one."""
        key = name_of(name)
        if key not in self.columns:
            raise InputError(f"no column {shown(name)} in the record{closest(key, self.columns)}")
        return self.columns[key]

    @property
    def time(self) -> Array:
        """Time since the start of the test, s."""
        return self.columns["test_time_second"]

    @property
    def voltage(self) -> Array:
        """Cell voltage, V."""
        return self.columns["voltage_volt"]

    @property
    def current(self) -> Array:
        """Current, A; positive charges the cell."""
        return self.columns["current_ampere"]

    @property
    def steps(self) -> tuple[int, ...]:
        """The step numbers, in order; one step where the record counts none."""
        if "step_count" not in self.columns:
            return (1,)
        return tuple(dict.fromkeys(int(n) for n in self.columns["step_count"]))

    def step(self, number: int) -> "Record":
        """Return the rows of one step."""
        if "step_count" not in self.columns or number not in self.steps:
            raise InputError(f"no step {number} in the record; it has {shown(', '.join(map(str, self.steps)))}")
        rows = self.columns["step_count"] == number
        return Record({name: values[rows] for name, values in self.columns.items()}, self.metadata)

    def iter_steps(self) -> Iterator["Record"]:
        """Return the steps one after the other."""
        return iter([self]) if "step_count" not in self.columns else (self.step(n) for n in self.steps)

    @property
    def capacity(self) -> Array:
        """Charge passed since the start of each step, Ah: as recorded, else the integral of the current."""
        if "step_cumulative_capacity_ah" in self.columns:
            return self.columns["step_cumulative_capacity_ah"]
        increments = np.abs(np.diff(self.time) * (self.current[1:] + self.current[:-1]) / 2.0) / 3600.0
        if "step_count" in self.columns:
            increments = np.where(np.diff(self.columns["step_count"]) == 0, increments, 0.0)
        total = np.concatenate([[0.0], np.cumsum(increments)])
        if "step_count" not in self.columns:
            return total
        first = np.searchsorted(self.columns["step_count"], self.columns["step_count"])
        return np.asarray(total - total[first])

    @property
    def specific_capacity(self) -> Array | None:
        """`capacity` per mass of cathode active material, mAh/g; None where the mass is not known."""
        mass = self.metadata.get("cathode_active_mass_kg")
        return None if not mass else self.capacity / float(mass)

    def to_pandas(self) -> "pandas.DataFrame":
        """Return a pandas table with the format's labels as column names."""
        import pandas

        return pandas.DataFrame({label_of(name): values for name, values in self.columns.items()})

    def write(self, path: str | Path) -> Path:
        """Write the record as .csv, .xlsx or .parquet; see `interlayer.records.files`."""
        from interlayer.records.files import write_record

        return write_record(self, path)

    def plot(self) -> "Figure":
        """Draw voltage against capacity, one line per step."""
        from interlayer.records.figure import record_figure

        return record_figure(self)


def _whole(values: Any, name: str) -> Array:
    """Return whole numbers; InputError for what none of them can be."""
    array = np.array(values)
    if array.dtype.kind == "f" and not np.all(np.abs(array) < 2.0**53):
        raise InputError(f"the column {label_of(name)!r} has a value that is no whole number")
    return array.astype(np.int64)
