"""Where phase tables come from: the project's own, and a user's CSV."""

import csv
import io
from collections.abc import Iterator
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Final

from interlayer.composition import parse_formula
from interlayer.errors import InputError, closest, shown
from interlayer.thermo.phase_table import PhaseTable

FORMATION_ENERGY: Final = "formation_energy_eV_per_atom"
_ENERGY_COLUMNS: Final = (FORMATION_ENERGY, "e_form_eV_atom", "formation_energy_per_atom", "e_form")
_FORMULA_COLUMNS: Final = ("formula", "composition", "formula_pretty")
_MAX_BYTES: Final = 200_000_000
_SOURCES: Final = ("jain2013", "dunn2020", "bartel2020")


@cache
def own_table() -> PhaseTable:
    """Return the project's own table, read once: chosen phases of the Materials Project as of 2018."""
    text = (resources.files("interlayer.thermo") / "data" / "phases.csv").read_text(encoding="utf-8")
    return PhaseTable.from_rows(_rows(text, "phases.csv"), name="interlayer", references=_SOURCES)


def read_table(path: str | Path) -> PhaseTable:
    """Read a CSV with the columns ``formula`` and ``formation_energy_eV_per_atom`` (``source`` is optional).

    Lines that start with # are comments. Formation energies are against the elements, whose own rows may be left
    out: their energy is 0 by definition. Raises InputError with file and line for whatever is wrong.
    """
    file = Path(path)
    try:
        if file.stat().st_size > _MAX_BYTES:
            raise InputError(f"{file.name} is larger than {_MAX_BYTES} bytes; that is no phase table")
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or error.__class__.__name__
        raise InputError(f"cannot read the phase table {shown(str(path))}: {reason}") from None
    return PhaseTable.from_rows(
        _rows(text, file.name), name=file.name, references=(f"phase energies: the table {file.name}",)
    )


def _rows(text: str, file: str) -> Iterator[tuple[str, float, str]]:
    lines = [(number, line) for number, line in enumerate(text.splitlines(), start=1)]
    lines = [(number, line) for number, line in lines if line.strip() and not line.startswith("#")]
    try:
        table = list(csv.reader(io.StringIO("\n".join(line for _, line in lines)), strict=True))
    except csv.Error as error:
        raise InputError(f"{file} is not readable as CSV: {error}") from None
    if not table:
        raise InputError(f"{file} is empty; it needs the columns formula,{FORMATION_ENERGY}")
    header = [name.strip() for name in table[0]]
    formula_at = _column(header, _FORMULA_COLUMNS, file)
    energy_at = _column(header, _ENERGY_COLUMNS, file)
    source_at = header.index("source") if "source" in header else None
    for (number, _), cells in zip(lines[1:], table[1:], strict=False):
        if len(cells) != len(header):
            raise InputError(f"{file}, line {number}: {len(cells)} cells, but the header has {len(header)}")
        try:
            energy = float(cells[energy_at])
        except ValueError:
            raise InputError(
                f"{file}, line {number}: the formation energy {shown(cells[energy_at])} is not a number (eV/atom)"
            ) from None
        formula = cells[formula_at].strip()
        try:
            parse_formula(formula)
        except InputError as error:
            raise InputError(f"{file}, line {number}: {error}") from None
        source = cells[source_at].strip() if source_at is not None else ""
        yield formula, energy, source or f"{file}, line {number}"


def _column(header: list[str], names: tuple[str, ...], file: str) -> int:
    for name in names:
        if name in header:
            return header.index(name)
    raise InputError(f"{file} has no column {names[0]!r}{closest(names[0], header)}; its columns: {', '.join(header)}")
