"""Instrument text: find the table below a preamble, read its numbers, and name its columns."""

import re
import warnings
from array import array
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from interlayer.errors import InputError, closest, shown
from interlayer.records.columns import BY_NAME, name_of
from interlayer.records.compressed import MOST_BYTES, read_bytes
from interlayer.records.headings import ALIASES, candidates, conversion, split_unit
from interlayer.records.record import KINDS, Record

_MOST_COLUMNS: Final = 500
_LONGEST_HEADING: Final = 200
_MOST_PREAMBLE: Final = 2000
_NUMBER: Final = re.compile(r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$")
_COMMA: Final = re.compile(r"[+-]?[\d.]*,[\d,]*\d")
_THOUSANDS: Final = re.compile(r"^[+-]?[1-9]\d{0,2},\d{3}$")
Table = tuple[list[str], NDArray[np.float64]]


SIGNS: Final = {
    "imaginary_impedance_ohm": {"Im": 1.0, "-Im": -1.0},
    "current_ampere": {"charge": 1.0, "discharge": -1.0},
}
"""What a positive number may mean, by the column, and its factor."""


def read_decoded(path: Path, *, most: int = MOST_BYTES) -> str:
    """Return a text file in UTF-8, UTF-16 with a mark, or Western encoding; InputError for what is no text."""
    data = read_bytes(path, most=most)
    try:
        if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
            return data.decode("utf-16")
        if b"\x00" in data:
            raise InputError(f"{path.name} is no text: it has zero bytes")
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def read_lines(path: Path) -> list[str]:
    """Return the lines of a text file, as `read_decoded` reads it."""
    return read_decoded(path).splitlines()


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
    return _table_with_text(lines, name, decimal)


def _table_with_text(lines: list[str], name: str, decimal: str | None) -> Table:
    """Return the numeric columns of a table that has others beside them, such as dates and states.

    The first row is one with at least two numbers below a line of as many headings, none of them a number.
    """
    for start in range(1, min(len(lines), _MOST_PREAMBLE)):
        for delimiter in ("\t", ";", ","):
            above, fields = (_fields(lines[k].lstrip("# "), delimiter) for k in (start - 1, start))
            if len(fields) != len(above) or not 2 <= len(fields) <= _MOST_COLUMNS:
                continue
            numeric = [n for n, field in enumerate(fields) if _values([field], delimiter) is not None]
            if len(numeric) < 2 or any(_values([field], delimiter) is not None for field in above):
                continue
            if max(map(len, above)) > _LONGEST_HEADING:
                continue
            if delimiter != "," and decimal is None:
                _refuse_thousands(lines[start:], name)
            if delimiter != "," and decimal == ".":
                lines = [line.replace(",", "") for line in lines]
            return [above[n] for n in numeric], _some_columns(lines, start, delimiter, len(fields), numeric, name)
    raise InputError(f"{name} holds no table of numbers")


def _some_columns(
    lines: list[str], start: int, delimiter: str, width: int, numeric: list[int], name: str
) -> NDArray[np.float64]:
    numbers = array("d")
    for number, line in enumerate(lines[start:], start + 1):
        if not line.strip():
            continue
        fields = _fields(line, delimiter)
        fields += [""] * (width - len(fields))
        values = _values([fields[n] for n in numeric], delimiter) if len(fields) == width else None
        if values is None:
            raise InputError(
                f"{name}, line {number}: {shown(line[:60])} has not the {len(numeric)} numbers of the first row"
            )
        numbers.extend(values)
    return np.array(numbers).reshape(-1, len(numeric))


def _refuse_thousands(lines: list[str], name: str) -> None:
    """Refuse a table whose every comma stands before exactly three digits: 1,234 may be 1.234 or 1234."""
    with_comma = [field for line in lines for field in _COMMA.findall(line)]
    if with_comma and all(_THOUSANDS.match(field) for field in with_comma):
        raise InputError(
            f"{name}: {shown(with_comma[0])} may be {with_comma[0].replace(',', '.')} or "
            f"{with_comma[0].replace(',', '')}; say --decimal , or --decimal ."
        )


def _rows(lines: list[str], start: int, delimiter: str | None, width: int, name: str) -> NDArray[np.float64]:
    plain = _plain_rows(lines[start:], delimiter, width)
    if plain is not None:
        return plain
    numbers = array("d")  # eight bytes a number; a list of lists takes ten times as much
    for number, line in enumerate(lines[start:], start + 1):
        if not line.strip():
            continue
        values = _values(_fields(line, delimiter), delimiter)
        if values is None or len(values) != width:
            raise InputError(f"{name}, line {number}: {shown(line[:60])} is not a row of {width} numbers")
        numbers.extend(values)
    return np.array(numbers).reshape(-1, width)


def _plain_rows(lines: list[str], delimiter: str | None, width: int) -> NDArray[np.float64] | None:
    """Return rows that hold nothing but finite numbers as C writes them, read eight times as fast; None for others."""
    try:
        with warnings.catch_warnings(action="error"):
            found = np.loadtxt(lines, delimiter=delimiter, comments=None, ndmin=2)
    except (ValueError, Warning):
        return None
    return found if found.shape[1] == width and bool(np.isfinite(found).all()) else None


def record_of(
    table: Table,
    name: str,
    *,
    columns: dict[str, str] | None = None,
    sign: str | None = None,
    metadata: dict[str, Any] | None = None,
    kind: str | None = None,
) -> Record:
    """Return the record in a table of an instrument; nothing about unit or sign is guessed.

    `columns` gives the heading of a column by its name. `sign` says what a positive number means where the heading
    does not: for a spectrum ``Im`` or ``-Im``, for a time series ``charge`` or ``discharge``, or one of each. `kind` is
    one of `KINDS`; without it the headings tell, or the columns that were named. A table without headings that has as
    many columns as the `kind` needs has them in the order of `KINDS`.
    """
    headings, numbers = table
    chosen = dict(columns or {})
    for column in chosen:
        if column not in ALIASES and column not in BY_NAME:
            raise InputError(f"no column {shown(column)}; allowed: {', '.join(ALIASES)}{closest(column, ALIASES)}")
    for heading in chosen.values():
        if list(chosen.values()).count(heading) > 1:
            raise InputError(f"{name}: the heading {shown(heading)} is given for two columns")
    asked = kind
    kind = _kind(headings, chosen, name, kind)
    if asked and not chosen and headings == [str(n + 1) for n in range(len(KINDS[kind]))]:
        # two columns without a heading, and the user says what they are: they come in the order of the kind
        chosen = dict(zip(KINDS[kind], headings, strict=True))
    optional = [column for column in OPTIONAL.get(kind, ()) if len(candidates(column, headings)) == 1]
    result: dict[str, Any] = {}
    taken: dict[int, str] = {}
    for column in dict.fromkeys([*KINDS[kind], *chosen, *optional]):
        place = _place(column, headings, chosen.get(column), name)
        if taken.setdefault(place, column) != column:
            raise InputError(f"{name}: {shown(headings[place])} would be both {taken[place]} and {column}")
        scale, offset = conversion(column, headings[place], named_by_user=column in chosen)
        result[column] = scale * numbers[:, place] + offset
        if column in ("imaginary_impedance_ohm", "current_ampere"):
            result[column] *= _sign(column, headings[place], sign, name)
    if kind == "line profile":
        result |= {heading: numbers[:, n] for n, heading in enumerate(headings) if n not in taken}
    for column in ("cycle_count", "step_count"):
        if column in result and not np.all(np.isfinite(result[column]) & (np.abs(result[column]) < 1e15)):
            del result[column]
    return Record(result, {"origin": "measured", "file": name, **(metadata or {})})


OPTIONAL: Final = {
    "spectrum": ("cycle_count", "temperature_kelvin"),
    "time series": ("cycle_count", "step_count"),
    "thermal scan": ("mass_percent",),
    "temperature series": ("conductivity_uncertainty_siemens_per_metre",),
}
"""Columns that are taken along where a heading says them without doubt."""


def _kind(headings: list[str], chosen: dict[str, str], name: str, kind: str | None) -> str:
    """Return the kind of record: the one asked for, that of the columns named, or the only one whose columns are there.

    Where no kind has all of its columns, that with the most is taken, so that the error names what it lacks.
    """
    if kind is not None:
        if kind not in KINDS:
            raise InputError(f"no kind of record {shown(kind)}; allowed: {', '.join(KINDS)}{closest(kind, KINDS)}")
        return kind
    named = [each for each, required in KINDS.items() if required[0] in chosen]
    if named:
        return named[0]
    have = {each: [bool(candidates(column, headings)) for column in required] for each, required in KINDS.items()}
    whole = [each for each, present in have.items() if all(present) and (each != "line profile" or len(headings) > 1)]
    if len(whole) > 1:
        # many instruments write time, voltage and current beside what they are there for
        whole = [each for each in whole if each != "time series"]
    if len(whole) == 1:
        return whole[0]
    if len(whole) > 1:
        raise InputError(f"{name} may be a {' or a '.join(whole)}; say --kind {shown(whole[0])}")
    if have["spectrum"][0]:
        return "spectrum"
    first = [each for each, present in have.items() if present[0]]
    return max(first, key=lambda each: sum(have[each])) if first else "time series"


def _place(column: str, headings: list[str], wanted: str | None, name: str) -> int:
    places = candidates(column, headings) if wanted is None else [n for n, h in enumerate(headings) if h == wanted]
    if len(places) == 1:
        return places[0]
    if headings == [str(n + 1) for n in range(len(headings))] and wanted is None:
        raise InputError(
            f"{name} has no headings; say what it is (--kind, one of {', '.join(KINDS)}), or which of its "
            f"{len(headings)} columns is what (--column {column}=1)"
        )
    found = ", ".join(headings[n] for n in places) if places else ", ".join(headings)
    what = "several columns" if places else "no column"
    raise InputError(f"{name} has {what} for {column}: {shown(found)}; say --column {column}=HEADING")


def sign_words(sign: str | None) -> dict[str, float]:
    """Read ``"charge, -Im"`` into what a positive number means by kind; InputError for a word that is none."""
    found: dict[str, float] = {}
    for word in (part.strip() for part in (sign or "").split(",")):
        if not word:
            continue
        kind = next((kind for kind, signs in SIGNS.items() if word in signs), None)
        if kind is None:
            allowed = [word for signs in SIGNS.values() for word in signs]
            raise InputError(
                f"the sign {shown(word)} is not known; allowed: {', '.join(allowed)}{closest(word, allowed)}"
            )
        if kind in found:
            raise InputError(f"the sign {shown(str(sign))} says two things of one kind of file")
        found[kind] = SIGNS[kind][word]
    return found


def _sign(column: str, heading: str, sign: str | None, name: str) -> float:
    if name_of(heading) == column:  # the format itself defines the sign
        return 1.0
    if column == "imaginary_impedance_ohm" and split_unit(heading)[0].startswith("-"):
        return -1.0
    given = sign_words(sign)
    if column not in given:
        words = " or --sign ".join(SIGNS[column])
        raise InputError(f"{name} does not say the sign of {shown(heading)}; say --sign {words}")
    return given[column]
