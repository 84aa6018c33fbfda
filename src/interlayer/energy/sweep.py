"""Stacks over a range of one or two keys of the cell file, as a table."""

import csv
import io
import itertools
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from interlayer.cell import Cell, as_cell, changed_cell
from interlayer.energy.results import StackResult
from interlayer.energy.search import QUANTITIES
from interlayer.energy.stack import stack
from interlayer.errors import InputError, shown
from interlayer.quantity import StrictModel

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_MAX_POINTS: Final = 20_000
_NUMBER: Final = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_RANGE: Final = re.compile(rf"^\s*({_NUMBER})\s*:\s*({_NUMBER})\s*:\s*(\d+)\s*(.*?)\s*$", re.ASCII)
_LIST: Final = re.compile(rf"^\s*({_NUMBER}(?:\s*,\s*{_NUMBER})*)\s*([^\d:,.\s][^:]*?)?\s*$", re.ASCII)
_BREAK_EVEN: Final = ("break_even_thickness_um.specific_energy", "break_even_thickness_um.energy_density")


@dataclass(frozen=True)
class Axis:
    """One swept key: its values and their unit (empty for plain numbers)."""

    key: str
    values: tuple[float, ...]
    unit: str = ""

    @property
    def column(self) -> str:
        """The key and unit as one column name, ``cathode.loading_mg_per_cm2``."""
        return f"{self.key}_{self.unit.replace('/', '_per_').replace(' ', '_').replace('%', 'percent')}".rstrip("_")


class SweepTable(StrictModel):
    """One row per stack: the swept values, then the stack's, then what was wrong with that row, if anything.

    The first columns are the swept `keys` in their `units`. A row whose cell cannot be built has nulls and its
    problem.
    """

    cell: str
    reference: str | None
    keys: tuple[str, ...]
    units: tuple[str, ...]
    columns: tuple[str, ...]
    rows: tuple[tuple[float | None, ...], ...]
    problems: tuple[str | None, ...]
    reference_values: dict[str, float]

    def column(self, name: str) -> list[float]:
        """Return one column as floats, not-a-number where a row has none."""
        if name not in self.columns:
            raise InputError(f"no column {shown(name)}; allowed: {', '.join(self.columns)}")
        place = self.columns.index(name)
        return [math.nan if value is None else value for value in (row[place] for row in self.rows)]

    def to_csv(self) -> str:
        """Return the table as CSV with a header line."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow([*self.columns, "problem"])
        for row, problem in zip(self.rows, self.problems, strict=True):
            writer.writerow([*("" if value is None else repr(value) for value in row), problem or ""])
        return text.getvalue()

    def plot(self) -> "Figure":
        """Return the figure of both energies over the swept keys."""
        from interlayer.energy.figures import sweep_figure

        return sweep_figure(self)


def parse_axis(text: str) -> Axis:
    """Read ``cathode.loading=1:50:50 mg/cm2`` (start:stop:count unit) or ``separator.thickness=20,50,100 um``.

    >>> parse_axis("cathode.loading=10:30:3 mg/cm2")
    Axis(key='cathode.loading', values=(10.0, 20.0, 30.0), unit='mg/cm2')

    Raises InputError for anything else.
    """
    key, equals, written = text.partition("=")
    span, listed = _RANGE.match(written), _LIST.match(written)
    if not key.strip() or not equals or (span is None and listed is None):
        raise InputError(
            f"--sweep {shown(text)} is not KEY=START:STOP:COUNT UNIT; write e.g. 'cathode.loading=1:50:50 mg/cm2' "
            "or 'separator.thickness=20,50,100 um'"
        )
    if span is not None:
        start, stop, count, unit = float(span[1]), float(span[2]), int(span[3]), span[4]
        if not 2 <= count <= _MAX_POINTS:
            raise InputError(f"--sweep {key.strip()}: the count {count} is out of range; allowed: 2 to {_MAX_POINTS}")
        step = (stop - start) / (count - 1)
        return Axis(key.strip(), (*(start + step * i for i in range(count - 1)), stop), unit)
    assert listed is not None
    return Axis(key.strip(), tuple(float(number) for number in listed[1].split(",")), listed[2] or "")


def sweep_stack(
    cell: Cell | str | Path,
    axes: Axis | Sequence[Axis],
    *,
    reference: Cell | str | Path | None = None,
) -> SweepTable:
    """Return the stacks of a cell over one key, or over the grid of two, as a table.

    The first axis varies slowest. With a `reference`, the break-even thicknesses are columns too. A value the cell
    cannot take leaves a row with its problem; InputError when that is so for every value.
    """
    start = as_cell(cell)
    axes = (axes,) if isinstance(axes, Axis) else tuple(axes)
    points = math.prod(len(axis.values) for axis in axes)
    if not 1 <= len(axes) <= 2 or len({axis.key for axis in axes}) != len(axes):
        raise InputError("a sweep takes one key, or two different ones")
    if not 1 <= points <= _MAX_POINTS:
        raise InputError(f"the sweep has {points} points; allowed: 1 to {_MAX_POINTS}")
    against = None if reference is None else as_cell(reference)
    names = (*QUANTITIES, *(_BREAK_EVEN if against is not None else ()))
    rows: list[tuple[float | None, ...]] = []
    problems: list[str | None] = []
    for values in itertools.product(*(axis.values for axis in axes)):
        changes = [f"{axis.key}={value:.15g} {axis.unit}".rstrip() for axis, value in zip(axes, values, strict=True)]
        try:
            result = stack(changed_cell(start, changes), reference=against)
            rows.append((*values, *(_value(result, name) for name in names)))
            problems.append(None)
        except InputError as error:
            rows.append((*values, *(None for _ in names)))
            problems.append(str(error))
    if all(problems):
        raise InputError(str(problems[0]))
    at_reference = stack(against) if against is not None else None
    return SweepTable(
        cell=start.name,
        reference=against.name if against is not None else None,
        keys=tuple(axis.key for axis in axes),
        units=tuple(axis.unit for axis in axes),
        columns=(*(axis.column for axis in axes), *names),
        rows=tuple(rows),
        problems=tuple(problems),
        reference_values={name: float(getattr(at_reference, name)) for name in QUANTITIES} if at_reference else {},
    )


def _value(result: StackResult, name: str) -> float | None:
    owner, _, field = name.partition(".")
    value = getattr(result, owner)
    found = getattr(value, field) if field else value
    return None if found is None else float(found)
