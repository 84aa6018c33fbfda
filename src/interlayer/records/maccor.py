"""Maccor's text exports: a table below a header line that begins with ``Rec#``; the state column gives the sign."""

from typing import Final

import numpy as np

from interlayer.errors import InputError, shown
from interlayer.records.record import Record

_STATES: Final = {"C": 1.0, "D": -1.0, "R": 0.0, "S": 0.0, "P": 0.0, "O": 0.0, "A": 0.0}
_NAMES: Final = {
    "test_time_second": ("test (sec)", "test time (sec)"),
    "current_ampere": ("amps", "current (a)"),
    "voltage_volt": ("volts", "voltage (v)"),
    "cycle_count": ("cyc#", "cycle p", "cycle"),
    "step_count": ("step",),
}
_STATE: Final = ("state", "md")


def is_maccor(lines: list[str]) -> bool:
    """Whether some line among the first twenty is the header of such a table."""
    return any(line.lower().lstrip().startswith(("rec#\t", "rec\t")) for line in lines[:20])


def maccor_record(lines: list[str], name: str) -> Record:
    """Return the record; InputError for a missing column, a state that is none, and a row that is not one."""
    start = next(k for k, line in enumerate(lines[:20]) if line.lower().lstrip().startswith(("rec#\t", "rec\t")))
    headings = [field.strip().lower() for field in lines[start].split("\t")]
    places = {column: _place(headings, titles) for column, titles in _NAMES.items()}
    state = _place(headings, _STATE)
    for column in ("test_time_second", "current_ampere", "voltage_volt"):
        if places[column] is None:
            titles = " or ".join(map(repr, _NAMES[column]))
            raise InputError(f"{name} has no column {titles}; it has {shown(', '.join(headings))}")
    if state is None:
        raise InputError(f"{name} has no column 'State' or 'MD': the sign of its current is not known")
    wanted = {column: place for column, place in places.items() if place is not None}
    values: dict[str, list[float]] = {column: [] for column in wanted}
    for number, line in enumerate(lines[start + 1 :], start + 2):
        if not line.strip():
            continue
        fields = [field.strip().strip('"') for field in line.split("\t")]
        if len(fields) < len(headings):
            raise InputError(f"{name}, line {number}: {len(fields)} fields below {len(headings)} headings")
        letter = fields[state][:1].upper()
        if letter not in _STATES:
            known = ", ".join(_STATES)
            raise InputError(f"{name}, line {number}: the state {shown(fields[state])} is none of {known}")
        for column, place in wanted.items():
            try:
                value = float(fields[place].replace(",", ""))
            except ValueError:
                raise InputError(f"{name}, line {number}: {shown(fields[place])} is not a number") from None
            values[column].append(_STATES[letter] * abs(value) if column == "current_ampere" else value)
    if not values["test_time_second"]:
        raise InputError(f"{name} has no row below its headings")
    arrays = {column: np.array(rows) for column, rows in values.items()}
    return Record(arrays, {"origin": "measured", "file": name})


def _place(headings: list[str], titles: tuple[str, ...]) -> int | None:
    return next((n for title in titles for n, heading in enumerate(headings) if heading == title), None)
