"""Facts in a spreadsheet or CSV: a row per fact, numbers as the sheet shows them."""

import csv
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from interlayer.consistency.sheet_numbers import as_shown
from interlayer.errors import InputError, closest, shown
from interlayer.records.delimited_text import read_decoded
from interlayer.records.spreadsheet import opened
from interlayer.units import normalised

ENDINGS: Final = (".csv", ".tsv", ".txt", ".xlsx")
MOST_FACTS: Final = 5000
_NEEDED: Final = ("of", "name", "value")
_OTHERS: Final = ("unit", "where", "temperature", "rate", "cycle", "part", "to", "digits", "note", "paper")
_WHOLE: Final = ("cycle", "digits")
_MOST_BYTES: Final = 4_000_000
_MOST_CELLS: Final = 200_000
_IN_BRACKETS: Final = re.compile(r"\(.*?\)|\[.*?\]", re.DOTALL)

Row = tuple[str, dict[str, Any]]
"""Where a fact stands, and what it holds as a paper file would."""


def read_fact_table(path: Path) -> dict[str, list[Row]]:
    """Return the facts by paper.

    The headings are ``of``, ``name`` and ``value``, perhaps ``unit``, ``where``, ``temperature``, ``rate``, ``cycle``,
    ``part``, ``to``, ``digits``, ``note``, and ``paper`` where a table holds several; without, the file's name is the
    paper. Of a workbook every sheet with these headings is read. Rows before the headings and empty ones are passed
    over. Raises InputError for a table that is none, and for a cell under no heading.
    """
    sheets = _sheets(path) if path.suffix.lower() == ".xlsx" else [("", _text(path))]
    papers: dict[str, list[Row]] = {}
    first: list[str] = []
    seen = False
    for sheet, rows in sheets:
        headings: list[str] | None = None
        for number, cells in rows:
            place = f"{path.name}, {f'sheet {sheet}, ' if sheet else ''}row {number}"
            if headings is None:
                first = first or [cell for cell in cells if cell.strip()]
                headings = _headings(cells, place)
                continue
            given = _under(headings, cells, place)
            if given:
                papers.setdefault(given.pop("paper", path.stem), []).append((place, _fact(given, place)))
        seen = seen or headings is not None
    if not seen:
        begins = f"; it begins with {shown(', '.join(first))}" if first else ""
        raise InputError(f"{path.name} has no row with the headings {', '.join(_NEEDED)}{begins}")
    if sum(map(len, papers.values())) > MOST_FACTS:
        raise InputError(f"{path.name} has more than {MOST_FACTS} facts; audit it in parts")
    return papers


def _headings(cells: list[str], place: str) -> list[str] | None:
    """Return the headings in lower case, None for a row that holds none; what stands in brackets is passed over."""
    found = [" ".join(_IN_BRACKETS.sub("", cell).split()).lower() for cell in cells]
    if not {"name", "value"} <= set(found):
        return None
    known = (*_NEEDED, *_OTHERS)
    for heading in found:
        if heading and heading not in known:
            raise InputError(
                f"{place}: no column {shown(heading)}{closest(heading, known)}; allowed: {', '.join(known)}"
            )
        if heading and found.count(heading) > 1:
            raise InputError(f"{place}: the column {shown(heading)} stands there twice")
    if "of" not in found:
        raise InputError(f"{place}: no column 'of', what the number is of")
    return found


def _under(headings: list[str], cells: list[str], place: str) -> dict[str, str]:
    """Return the cells that hold something by their heading."""
    given = {}
    for number, cell in enumerate(cells):
        text = " ".join(cell.split())
        if not text:
            continue
        heading = headings[number] if number < len(headings) else ""
        if not heading:
            raise InputError(
                f"{place}: {shown(text)} stands under no heading; a decimal comma needs quotes where commas part cells"
            )
        given[heading] = text
    return given


def _fact(given: dict[str, str], place: str) -> dict[str, Any]:
    for key in _NEEDED:
        if key not in given:
            hint = {
                "of": "merged cells hold their text in the first row only",
                "value": "a formula whose result was never saved counts as empty",
            }.get(key, "interlayer audit --quantities lists the names")
            raise InputError(f"{place}: {key} is missing; {hint}")
    unit = given.pop("unit", "")
    fact: dict[str, Any] = dict(given)
    if unit and not normalised(given["value"]).endswith(normalised(unit)):
        fact["value"] = f"{given['value']} {unit}"
    for key in _WHOLE:
        if key in given:
            try:
                number = float(given[key])
            except ValueError:
                number = 0.5
            if not number.is_integer() or abs(number) > 1e9:
                raise InputError(f"{place}: {key} {shown(given[key])} is no whole number")
            fact[key] = int(number)
    return fact


def _text(path: Path) -> Iterator[tuple[int, list[str]]]:
    lines = read_decoded(path, most=_MOST_BYTES).splitlines()
    heading = next((line for line in lines if "name" in line.lower() and "value" in line.lower()), "")
    reader = csv.reader(lines, delimiter=max(("\t", ";", ","), key=heading.count), strict=True)
    begins = 1
    try:
        for cells in reader:
            yield begins, cells
            begins = reader.line_num + 1
    except csv.Error as error:
        raise InputError(
            f"{path.name}, row {begins}: a quote is not closed, or not doubled in a cell ({error})"
        ) from None


def _sheets(path: Path) -> Iterator[tuple[str, Iterable[tuple[int, list[str]]]]]:
    """Yield the name and the rows of each sheet; a book of one sheet has no name."""
    cells = 0
    with opened(path) as book:
        for sheet in book.worksheets:
            rows = []
            for number, row in enumerate(sheet.iter_rows(), start=1):
                cells += len(row)
                if cells > _MOST_CELLS:
                    raise InputError(f"{path.name} has more than {_MOST_CELLS} cells; that is no table of facts")
                place = f"{path.name}, sheet {sheet.title}, row {number}"
                rows.append((number, [as_shown(cell.value, getattr(cell, "number_format", ""), place) for cell in row]))
            yield sheet.title if len(book.worksheets) > 1 else "", rows
