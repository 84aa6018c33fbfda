"""Impedance files whose format itself fixes columns, units and sign: Gamry .DTA, ZView .z and BioLogic .mpt."""

import re
from pathlib import Path

from interlayer.errors import InputError
from interlayer.records.delimited_text import Table, find_table, read_lines, record_of
from interlayer.records.record import Record

GAMRY = {"frequency_hertz": "Freq", "real_impedance_ohm": "Zreal", "imaginary_impedance_ohm": "Zimag"}
ZVIEW = {"frequency_hertz": "Freq(Hz)", "real_impedance_ohm": "Z'(a)", "imaginary_impedance_ohm": "Z''(b)"}


def read_text_file(
    path: Path, *, columns: dict[str, str] | None = None, sign: str | None = None, decimal: str | None = None
) -> Record:
    """Return the record in an instrument's text file, its format told by its content; InputError otherwise."""
    lines = read_lines(path)
    head = "\n".join(lines[:5])
    if head.startswith("EXPLAIN"):
        return record_of(_gamry(lines, path.name), path.name, columns={**GAMRY, **(columns or {})}, sign=sign or "Im")
    if head.upper().startswith("ZPLOT"):
        return record_of(_zview(lines, path.name), path.name, columns={**ZVIEW, **(columns or {})}, sign=sign or "Im")
    if head.startswith(("EC-Lab", "BT-Lab")):
        found = re.search(r"Nb header lines\s*:\s*(\d+)", head)
        lines = lines[int(found[1][:6]) - 1 :] if found and int(found[1][:6]) else lines
    return record_of(find_table(lines, path.name, decimal=decimal), path.name, columns=columns, sign=sign)


def _gamry(lines: list[str], name: str) -> Table:
    for start, line in enumerate(lines):
        if line.startswith("ZCURVE"):
            headings = [field.strip() for field in "".join(lines[start + 1 : start + 2]).split("\t")]
            units = [field.strip() for field in "".join(lines[start + 2 : start + 3]).split("\t")]
            _, numbers = find_table([row.strip() for row in lines[start + 3 :]], name)
            headings, units = headings[-numbers.shape[1] :], units[-numbers.shape[1] :]
            for heading, unit in (("Freq", "Hz"), ("Zreal", "ohm"), ("Zimag", "ohm")):
                if heading not in headings or units[headings.index(heading) : headings.index(heading) + 1] != [unit]:
                    raise InputError(f"{name}: the ZCURVE table has no column {heading} in {unit}")
            return headings, numbers
    raise InputError(f"{name} has no ZCURVE table; other Gamry experiments are not read")


def _zview(lines: list[str], name: str) -> Table:
    for start, line in enumerate(lines):
        if line.strip().lower() == "end comments":
            _, numbers = find_table(lines[start + 1 :], name)
            titles = [field.strip() for field in lines[start - 1].split("\t") if field.strip()]
            if len(titles) != numbers.shape[1]:
                raise InputError(f"{name} has {len(titles)} headings above {numbers.shape[1]} columns")
            return titles, numbers
    raise InputError(f"{name} has no line 'End Comments' before its numbers")
