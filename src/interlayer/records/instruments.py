"""Text files of instruments: the format is told by its content, and fixes columns, units and sign where it can."""

import re
from pathlib import Path
from typing import Any

from interlayer.errors import InputError
from interlayer.records.delimited_text import Table, find_table, read_lines, record_of
from interlayer.records.maccor import is_maccor, maccor_record
from interlayer.records.record import Record
from interlayer.records.vamas import is_vamas, vamas_record
from interlayer.records.xdi import is_xdi, xdi_table

GAMRY = {"frequency_hertz": "Freq", "real_impedance_ohm": "Zreal", "imaginary_impedance_ohm": "Zimag"}
GAMRY_CURVE = {"test_time_second": "T", "voltage_volt": "Vf", "current_ampere": "Im"}
ZVIEW = {"frequency_hertz": "Freq(Hz)", "real_impedance_ohm": "Z'(a)", "imaginary_impedance_ohm": "Z''(b)"}


def read_text_file(
    path: Path,
    *,
    columns: dict[str, str] | None = None,
    sign: str | None = None,
    decimal: str | None = None,
    kind: str | None = None,
    block: str | None = None,
) -> Record:
    """Return the record in an instrument's text file, its format told by its content; InputError otherwise."""
    return record_of_lines(
        read_lines(path), path.name, columns=columns, sign=sign, decimal=decimal, kind=kind, block=block
    )


def record_of_lines(
    lines: list[str],
    name: str,
    *,
    columns: dict[str, str] | None = None,
    sign: str | None = None,
    decimal: str | None = None,
    kind: str | None = None,
    block: str | None = None,
) -> Record:
    """Return the record in the lines of an instrument's text; `block` chooses one of several in a VAMAS file."""
    head = "\n".join(lines[:5])
    given: dict[str, Any] = {"sign": sign, "kind": kind}
    if head.startswith("EXPLAIN"):
        table, own = _gamry(lines, name)
        # im is positive where the working electrode is oxidised, which the wiring decides to be charge or not
        given["sign"] = sign or ("Im" if own is GAMRY else None)
        return record_of(table, name, columns={**own, **(columns or {})}, **given)
    if head.upper().startswith("ZPLOT"):
        given["sign"] = sign or "Im"
        return record_of(_zview(lines, name), name, columns={**ZVIEW, **(columns or {})}, **given)
    if is_vamas(lines):
        return vamas_record(lines, name, block=block)
    if is_maccor(lines):
        return maccor_record(lines, name)
    if is_xdi(lines):
        return record_of(xdi_table(lines, name), name, columns=columns, **given)
    if head.startswith(("EC-Lab", "BT-Lab")):
        found = re.search(r"Nb header lines\s*:\s*(\d+)", head)
        lines = lines[int(found[1][:6]) - 1 :] if found and int(found[1][:6]) else lines
    return record_of(find_table(lines, name, decimal=decimal), name, columns=columns, **given)


def _gamry(lines: list[str], name: str) -> tuple[Table, dict[str, str]]:
    """Return the table of a Gamry file and the headings of its columns, for impedance or for curves."""
    for start, line in enumerate(lines):
        own = GAMRY if line.startswith("ZCURVE") else GAMRY_CURVE if re.match(r"CURVE\d*\tTABLE", line) else None
        if own is None:
            continue
        headings = [field.strip() for field in "".join(lines[start + 1 : start + 2]).split("\t")]
        units = [field.strip() for field in "".join(lines[start + 2 : start + 3]).split("\t")]
        rows = []
        for row in lines[start + 3 :]:
            if not row.startswith("\t"):
                break
            rows.append(row.strip())
        _, numbers = find_table(["\t".join(headings).strip(), *rows], name)
        headings, units = headings[-numbers.shape[1] :], units[-numbers.shape[1] :]
        wanted = {"Freq": "Hz", "Zreal": "ohm", "Zimag": "ohm", "T": "s", "Vf": "V vs. Ref.", "Im": "A"}
        for heading in own.values():
            place = headings.index(heading) if heading in headings else -1
            if place < 0 or place >= len(units) or not wanted[heading].startswith(units[place][:1] or "?"):
                raise InputError(f"{name}: the table has no column {heading} in {wanted[heading]}")
            if units[place] not in (wanted[heading], wanted[heading].split()[0]):
                raise InputError(f"{name}: {heading} is in {units[place]!r}; known: {wanted[heading]}")
        return (headings, numbers), own
    raise InputError(f"{name} has no table ZCURVE or CURVE; other Gamry experiments are not read")


def _zview(lines: list[str], name: str) -> Table:
    for start, line in enumerate(lines):
        if line.strip().lower() == "end comments":
            _, numbers = find_table(lines[start + 1 :], name)
            titles = [field.strip() for field in lines[start - 1].split("\t") if field.strip()]
            if len(titles) != numbers.shape[1]:
                raise InputError(f"{name} has {len(titles)} headings above {numbers.shape[1]} columns")
            return titles, numbers
    raise InputError(f"{name} has no line 'End Comments' before its numbers")
