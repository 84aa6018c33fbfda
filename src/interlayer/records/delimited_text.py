"""Instrument text: find the table below a preamble, read its numbers, and name its columns."""

import re
from array import array
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from interlayer.errors import InputError, shown
from interlayer.records.columns import BY_NAME, name_of
from interlayer.records.headings import ALIASES, candidates, factor, split_unit
from interlayer.records.record import SPECTRUM, TIME_SERIES, Record

MOST_BYTES: Final = 8_000_000
_MOST_COLUMNS: Final = 500
_LONGEST_HEADING: Final = 200
_MOST_PREAMBLE: Final = 2000
_NUMBER: Final = re.compile(r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$")
_COMMA: Final = re.compile(r"[+-]?[\d.]*,[\d,]*\d")
_THOUSANDS: Final = re.compile(r"^[+-]?[1-9]\d{0,2},\d{3}$")
Table = tuple[list[str], NDArray[np.float64]]


def read_lines(path: Path) -> list[str]:
    """Return the lines of a text file in UTF-8, UTF-16 with a mark, or Latin-1; InputError for what is no text."""
    try:
        if path.exists() and not path.is_file():
            raise InputError(f"cannot read {shown(str(path))}: it is not a file")
        if path.stat().st_size > MOST_BYTES:
            raise InputError(f"{path.name} is larger than {MOST_BYTES} bytes; write it as .parquet")
        data = path.read_bytes()
    except FileNotFoundError:
        raise InputError(f"no file {shown(str(path))}") from None
    except (OSError, ValueError) as error:
        raise InputError(f"cannot read {shown(str(path))}: {error}") from None
    try:
        if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
            text = data.decode("utf-16")
        elif b"\x00" in data:
            raise InputError(f"{path.name} is no text: it has zero bytes")
        else:
            text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    return text.splitlines()


def _fields(line: str, delimiter: str | None) -> list[str]:
    fields = line.split(delimiter)
    if delimiter is not None and fields and not fields[-1].strip():
        fields = fields[:-1]
    return [field.strip().strip('"') for field in fields]


def _values(fields: list[str], delimiter: str | None) -> list[float] | None:
    if delimiter != ",":
        fields = [field.replace(",", ".") if field.count(",") == 1 and "." not in field else field for field in fields]
    return [float(field) for field in fields] if fields and all(map(_NUMBER.match, fields)) else None


def find_table(lines: list[str], name: str, *, decimal: str | None = None) -> Table:
    """Return headings and numbers of the first table: a line of headings with at least two numbers below each.

    A table without headings has the headings ``1``, ``2``, .... `decimal` is the decimal mark, "." or ","; without, a
    comma in a table of another separator is one, unless each stands before exactly three digits and could as well
    part thousands. Raises InputError for that, where there is no table, and at a row that has not as many numbers.
    """
    if decimal not in (None, ".", ","):
        raise InputError(f"the decimal mark {shown(str(decimal))} is not known; allowed: . and ,")
    for start, line in enumerate(lines[:_MOST_PREAMBLE]):
        for delimiter in ("\t", ";", ",", None):
            first = _values(_fields(line, delimiter), delimiter)
            if first is None or len(first) < 2:
                continue
            if len(first) > _MOST_COLUMNS:
                raise InputError(f"{name} has {len(first)} columns; at most {_MOST_COLUMNS} are read")
            above = _fields(lines[start - 1].lstrip("# "), delimiter) if start else []
            if len(above) != len(first) or max(map(len, above)) > _LONGEST_HEADING:
                above = [str(n + 1) for n in range(len(first))]
            if delimiter != "," and decimal is None:
                _refuse_thousands(lines[start:], name)
            if delimiter != "," and decimal == ".":
                lines = [line.replace(",", "") for line in lines]
            return above, _rows(lines, start, delimiter, len(first), name)
    raise InputError(f"{name} holds no table of numbers")


def _refuse_thousands(lines: list[str], name: str) -> None:
    """Refuse a table whose every comma stands before exactly three digits: 1,234 may be 1.234 or 1234."""
    with_comma = [field for line in lines for field in _COMMA.findall(line)]
    if with_comma and all(_THOUSANDS.match(field) for field in with_comma):
        raise InputError(
            f"{name}: {shown(with_comma[0])} may be {with_comma[0].replace(',', '.')} or "
            f"{with_comma[0].replace(',', '')}; say --decimal , or --decimal ."
        )


def _rows(lines: list[str], start: int, delimiter: str | None, width: int, name: str) -> NDArray[np.float64]:
    numbers = array("d")  # eight bytes a number; a list of lists takes ten times as much
    for number, line in enumerate(lines[start:], start + 1):
        if not line.strip():
            continue
        values = _values(_fields(line, delimiter), delimiter)
        if values is None or len(values) != width:
            raise InputError(f"{name}, line {number}: {shown(line[:60])} is not a row of {width} numbers")
        numbers.extend(values)
    return np.array(numbers).reshape(-1, width)


def record_of(
    table: Table,
    name: str,
    *,
    columns: dict[str, str] | None = None,
    sign: str | None = None,
    metadata: dict[str, Any] | None = None,
) -> Record:
    """Return the record in a table of an instrument; nothing about unit or sign is guessed.

    `columns` gives the heading of a column by its name. `sign` says what a positive number means where the heading
    does not: for a spectrum ``Im`` or ``-Im``, for a time series ``charge`` or ``discharge``.
    """
    headings, numbers = table
    chosen = dict(columns or {})
    for column in chosen:
        if column not in ALIASES and column not in BY_NAME:
            raise InputError(f"no column {shown(column)}; allowed: {', '.join(ALIASES)}")
    spectrum = "frequency_hertz" in chosen or bool(candidates("frequency_hertz", headings))
    result: dict[str, Any] = {}
    for column in dict.fromkeys([*(SPECTRUM if spectrum else TIME_SERIES), *chosen]):
        place = _place(column, headings, chosen.get(column), name)
        scale = factor(column, headings[place], named_by_user=column in chosen)
        result[column] = scale * numbers[:, place]
        if column in ("imaginary_impedance_ohm", "current_ampere"):
            result[column] *= _sign(column, headings[place], sign, name)
    return Record(result, {"origin": "measured", "file": name, **(metadata or {})})


def _place(column: str, headings: list[str], wanted: str | None, name: str) -> int:
    places = candidates(column, headings) if wanted is None else [n for n, h in enumerate(headings) if h == wanted]
    if len(places) == 1:
        return places[0]
    found = ", ".join(headings[n] for n in places) if places else ", ".join(headings)
    what = "several columns" if places else "no column"
    raise InputError(f"{name} has {what} for {column}: {shown(found)}; say --column {column}=HEADING")


def _sign(column: str, heading: str, sign: str | None, name: str) -> float:
    if column == "imaginary_impedance_ohm":
        if split_unit(heading)[0].startswith("-"):
            return -1.0
        signs = {"Im": 1.0, "-Im": -1.0}
    else:
        if name_of(heading) == column:  # the format itself defines the sign
            return 1.0
        signs = {"charge": 1.0, "discharge": -1.0}
    if sign not in signs:
        raise InputError(f"{name} does not say the sign of {shown(heading)}; say --sign {' or --sign '.join(signs)}")
    return signs[sign]
