"""A table of changes to one cell, read row by row into cells ready to run."""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from interlayer.cell import Cell, changed_cell
from interlayer.cell.changes import contents
from interlayer.cell.files import build_cell
from interlayer.errors import InputError, closest, shown
from interlayer.protocol import Protocol
from interlayer.quantity import Quantity
from interlayer.simulation.ageing_terms import ageing_terms
from interlayer.simulation.batch import Case
from interlayer.simulation.initial_state import initial_state
from interlayer.simulation.model import AnyElectrode, CellParameters, HostElectrode
from interlayer.simulation.parameters import cell_parameters

if TYPE_CHECKING:
    import pandas

Changes = Mapping[str, Any] | Sequence[Mapping[str, Any]]

_UNIT: Final = re.compile(r"^(?P<key>.*?)\s*\[(?P<unit>[^\]]*)\]\s*$")
_HOST: Final = (
    "charge",
    "true_area",
    "length",
    "diffusivity",
    "exchange_current_density",
    "contact",
    "ionic_resistance",
    "electronic_resistance",
)
MODEL_KEYS: Final = (
    *(f"{side}.{name}" for side in ("positive", "negative") for name in _HOST),
    "positive.layer_resistance",
    "negative.layer_resistance",
    "negative.potential",
    "separator_resistance",
)
"""Parameters of the model itself, in SI as in `HostElectrode`, `ConstantElectrode` and `CellParameters`."""


@dataclass(frozen=True)
class ChangeTable:
    """Columns of values by key, all of one length; None leaves a key as it is in that row."""

    columns: dict[str, list[Any]]
    length: int

    def row(self, number: int) -> dict[str, Any]:
        """Return the changes of one row."""
        return {key: column[number] for key, column in self.columns.items() if column[number] is not None}


def read_changes(given: "Changes | pandas.DataFrame") -> ChangeTable:
    """Return a dict of columns, a list of dicts or a pandas table as columns of plain values.

    A number or text in the place of a column holds for all rows. Raises InputError for columns of different lengths.
    """
    if not isinstance(given, Mapping | Sequence):
        if not hasattr(given, "to_dict"):
            raise InputError("changes are a dict of columns, a list of dicts or a pandas table")
        given = {str(key): column for key, column in given.to_dict(orient="list").items()}
    if isinstance(given, Mapping):
        columns = {
            str(key): list(map(_plain, value))
            for key, value in given.items()
            if not isinstance(value, str) and hasattr(value, "__len__")
        }
        lengths = {len(column) for column in columns.values()}
        if len(lengths) > 1:
            sizes = ", ".join(f"{key} {len(column)}" for key, column in columns.items())
            raise InputError(f"the columns of changes have different lengths: {sizes}")
        length = lengths.pop() if lengths else 1
        columns |= {str(key): [_plain(value)] * length for key, value in given.items() if str(key) not in columns}
        return ChangeTable({str(key): columns[str(key)] for key in given}, length)
    if not all(isinstance(row, Mapping) for row in given):
        raise InputError("changes are a dict of columns, a list of dicts or a pandas table")
    keys = list(dict.fromkeys(str(key) for row in given for key in row))
    return ChangeTable({key: [_plain(row.get(key)) for row in given] for key in keys}, len(given))


def _plain(value: Any) -> Any:
    return value.item() if hasattr(value, "item") else value


@dataclass
class Designs:
    """The cells of a table of changes; starts that rows have in common are found once."""

    cell: Cell
    table: ChangeTable
    protocol: Protocol
    base: CellParameters = field(init=False)
    _starts: dict[object, tuple[float, float]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.base = cell_parameters(self.cell)

    def cases(self, rows: range, scalings: Sequence[tuple[str, float]]) -> Iterator[tuple[int, int, Case | str]]:
        """Yield (row, scaling, case or what is wrong with it), for each row as it is (-1) and with each scaling.

        A scaling is a key and the factor on its value.
        """
        for row in rows:
            for number in range(-1, len(scalings)):
                try:
                    yield row, number, self.case(self.table.row(row), scalings[number] if number >= 0 else None)
                except InputError as error:
                    yield row, number, str(error)

    def case(self, changes: Mapping[str, Any], scaling: tuple[str, float] | None = None) -> Case:
        """Return one changed cell, ready to run; InputError says what is wrong with it."""
        cell, parameters = changed_parameters(self.cell, self.base, changes)
        if scaling is not None and scaling[0] not in MODEL_KEYS:
            # model parameters of the row replace what the scaled file says, as they do without the scaling
            cell = _scaled_cell(cell, *scaling)
            parameters = cell_parameters(cell)
            for key, value in changes.items():
                if key in MODEL_KEYS:
                    parameters = with_parameter(parameters, key, _number(key, value))
        elif scaling is not None:
            parameters = with_parameter(parameters, scaling[0], parameter(parameters, scaling[0]) * scaling[1])
        return Case(parameters, self._start(cell, parameters), ageing_terms(cell, parameters) or None)

    def _start(self, cell: Cell, parameters: CellParameters) -> tuple[float, float]:
        """Return the stoichiometries at the start; they depend on the curves and on the ratio of charges only."""
        given = (_stated(cell.description.cathode), _stated(cell.description.anode))
        positive, negative = parameters.positive, parameters.negative
        key: object = (positive.open_circuit, given)
        if isinstance(negative, HostElectrode):
            key = (key, negative.open_circuit, negative.charge / positive.charge)
        else:
            key = (key, negative.potential)
        if key not in self._starts:
            if len(self._starts) > 4096:
                self._starts.clear()
            start = initial_state(parameters, self.protocol, given)
            self._starts[key] = (start.positive, start.negative)
        return self._starts[key]


def changed_parameters(cell: Cell, base: CellParameters, changes: Mapping[str, Any]) -> tuple[Cell, CellParameters]:
    """Return a cell and its model parameters after changes, keys as in a row of `simulate_many`.

    `base` are the parameters of the cell as it is. Raises InputError for what makes no cell.
    """
    of_cell = [_change(key, value) for key, value in changes.items() if key not in MODEL_KEYS]
    if of_cell:
        cell = changed_cell(cell, of_cell)
        base = cell_parameters(cell)
    for key, value in changes.items():
        if key in MODEL_KEYS:
            base = with_parameter(base, key, _number(key, value))
    return cell, base


def _stated(electrode: Any) -> float | None:
    start = electrode.initial_stoichiometry
    return None if start is None else float(start.si)


def _change(key: str, value: Any) -> str:
    """Return a change as ``KEY=VALUE``; a unit in brackets at the end of the key belongs to the value."""
    bracketed = _UNIT.match(key)
    if bracketed is None:
        return f"{key}={value}"
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InputError(f"{key}: {shown(value)} is not a number, and the key already names the unit")
    return f"{bracketed['key']}={value!r} {bracketed['unit']}"


def _number(key: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or value < 0:
        raise InputError(f"{key} = {shown(value)} is out of range; allowed: a finite number in SI, not negative")
    zero_is_meant = key.endswith(("resistance", "exchange_current_density", "potential"))
    if value == 0 and not zero_is_meant:
        raise InputError(f"{key} = 0 is out of range; allowed: above 0")
    if key.endswith(".contact") and value > 1:
        raise InputError(f"{key} = {value:g} is out of range; allowed: above 0 and at most 1")
    return float(value)


def parameter(cell: CellParameters, key: str) -> float:
    """Return the value of a model parameter, SI."""
    if key == "separator_resistance":
        return cell.separator_resistance
    electrode, name = _electrode(cell, key)
    if name == "layer_resistance":
        return sum(electrode.layer_resistances.values())
    return float(getattr(electrode, name))


def with_parameter(cell: CellParameters, key: str, value: float) -> CellParameters:
    """Return the cell with another value of a model parameter; resistances become one layer."""
    if key == "separator_resistance":
        return replace(cell, separator_resistances={"separator": value})
    electrode, name = _electrode(cell, key)
    change: dict[str, Any] = {"layer_resistances": {"layer": value}} if name == "layer_resistance" else {name: value}
    changed: Any = {key.partition(".")[0]: replace(electrode, **change)}
    return replace(cell, **changed)


def _electrode(cell: CellParameters, key: str) -> tuple[AnyElectrode, str]:
    side, _, name = key.partition(".")
    electrode: AnyElectrode = getattr(cell, side)
    if name != "layer_resistance" and not hasattr(electrode, name):
        raise InputError(f"{key}: the {electrode.name} electrode has no such parameter")
    return electrode, name


def _scaled_cell(cell: Cell, key: str, factor: float) -> Cell:
    """Return the cell with a quantity of its file multiplied by a factor."""
    data = contents(cell.description)
    place: Any = data
    parts = key.split(".")
    for number, part in enumerate(parts):
        if isinstance(place, list) and not part.isdecimal() and len(place) == 1:
            place = place[0]
        known = isinstance(place, dict) and part in place
        if not known and not (isinstance(place, list) and part.isdecimal() and int(part) < len(place)):
            hint = closest(key, MODEL_KEYS)
            raise InputError(f"sensitivity to {shown(key)}: the cell states no such quantity{hint}")
        step: Any = int(part) if isinstance(place, list) else part
        if number == len(parts) - 1:
            value = place[step]
            if not isinstance(value, Quantity):
                raise InputError(f"sensitivity to {shown(key)}: {shown(value)} is not a quantity with a unit")
            place[step] = value.model_copy(update={"si": value.si * factor, "text": f"{value.text} x {factor!r}"})
        else:
            place = place[step]
    return build_cell(data, cell.library, origin=cell.origin)
