"""Facts in a spreadsheet or CSV: a row per fact, numbers as the sheet shows them."""

import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from interlayer.errors import InputError, closest, shown
from interlayer.reading import read_text
from interlayer.records.spreadsheet import opened

ENDINGS: Final = (".csv", ".tsv", ".txt", ".xlsx")
_NEEDED: Final = ("of", "name", "value")
_OTHERS: Final = ("unit", "where", "temperature", "rate", "cycle", "part", "to", "digits", "note", "paper")
_WHOLE: Final = ("cycle", "digits")
_MOST_CELLS: Final = 200_000
_DECIMALS: Final = re.compile(r"0(?:\.(0+))?(%|[eE][+-]0+)?")
_GENERAL_DIGITS: Final = 11
"""As many as a sheet shows of a number without a format."""


def read_fact_table(path: Path) -> dict[str, list[tuple[int, dict[str, Any]]]]:
    """Return the facts by paper, each with its row, as a paper file would hold them.

    The headings are ``of``, ``name`` and ``value``, perhaps ``unit``, ``where``, ``temperature``, ``rate``, ``cycle``,
    ``part``, ``to``, ``digits``, ``note``, and ``paper`` where a table holds several; without, the file's name is the
    paper. Rows before the headings and empty ones are passed over. Raises InputError for a table that is none.
    """
    rows = _sheet(path) if path.suffix.lower() == ".xlsx" else _text(path)
    headings: list[str] | None = None
    papers: dict[str, list[tuple[int, dict[str, Any]]]] = {}
    for number, cells in rows:
        if headings is None:
            lowered = [cell.strip().lower() for cell in cells]
            headings = _checked(lowered, path.name) if {"name", "value"} <= set(lowered) else None
            continue
        given = {key: cell.strip() for key, cell in zip(headings, cells, strict=False) if key and cell.strip()}
        if given:
            papers.setdefault(given.pop("paper", path.stem), []).append((number, _fact(given, path.name, number)))
    if headings is None:
        raise InputError(f"{path.name} has no row with the headings {', '.join(_NEEDED)}")
    return papers


def _checked(headings: list[str], name: str) -> list[str]:
    known = (*_NEEDED, *_OTHERS)
    for heading in headings:
        if heading and heading not in known:
            raise InputError(
                f"{name}: no column {shown(heading)}{closest(heading, known)}; allowed: {', '.join(known)}"
            )
        if heading and headings.count(heading) > 1:
            raise InputError(f"{name} has the column {shown(heading)} twice")
    if "of" not in headings:
        raise InputError(f"{name} has no column 'of', what the number is of")
    return headings


def _fact(given: dict[str, str], name: str, number: int) -> dict[str, Any]:
    unit = given.pop("unit", "")
    fact: dict[str, Any] = dict(given)
    if unit and "value" in fact:
        fact["value"] = f"{fact['value']} {unit}"
    for key in _WHOLE:
        if key in given:
            if not given[key].isdigit():
                raise InputError(f"{name}, row {number}: {key} {shown(given[key])} is no whole number")
            fact[key] = int(given[key][:9])
    return fact


def _text(path: Path) -> Iterator[tuple[int, list[str]]]:
    lines = read_text(path, "table of facts").splitlines()
    heading = next((line for line in lines if "name" in line.lower() and "value" in line.lower()), "")
    delimiter = max(("\t", ";", ","), key=heading.count)
    try:
        yield from enumerate(csv.reader(lines, delimiter=delimiter), start=1)
    except csv.Error as error:
        raise InputError(f"cannot read {path.name} as a table: {error}") from None


def _sheet(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows of the first sheet."""
    cells = 0
    with opened(path) as book:
        for number, row in enumerate(book.worksheets[0].iter_rows(), start=1):
            cells += len(row)
            if cells > _MOST_CELLS:
                raise InputError(f"{path.name} has more than {_MOST_CELLS} cells; that is no table of facts")
            yield number, [as_shown(cell.value, getattr(cell, "number_format", "")) for cell in row]


def as_shown(value: Any, number_format: str) -> str:
    """Return a cell as the sheet shows it: 8.4 in the format ``0.00`` is ``8.40``, 0.86 in ``0.0%`` is ``86.0 %``."""
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    found = _DECIMALS.search(number_format or "")
    if found is None:
        return f"{value:.{_GENERAL_DIGITS}g}"
    decimals = len(found[1] or "")
    if found[2] == "%":
        return f"{100.0 * value:.{decimals}f} %"
    return f"{value:.{decimals}{'e' if found[2] else 'f'}}"
