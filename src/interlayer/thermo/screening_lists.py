"""Which materials a screening takes: names, groups, a file, or the compounds of a phase table."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from interlayer.composition import atomic_masses, parse_formula
from interlayer.errors import InputError, closest, shown
from interlayer.materials import library
from interlayer.reading import read_text
from interlayer.thermo.coverage import covered_systems
from interlayer.thermo.phase_table import PhaseTable

GROUPS: Final = ("chosen", "library", "oxides", "phosphates", "halides")
_HALOGENS: Final = frozenset(("F", "Cl", "Br", "I"))
_HEADINGS: Final = ("formula", "composition", "material", "name")
_ENDINGS: Final = (".txt", ".csv", ".xlsx")


def read_list(given: str | Sequence[str], table: PhaseTable, *, kind: str) -> list[str]:
    """Return the names that `given` stands for, each once, in order.

    given: names or formulas, as a sequence or separated by commas; among them may be a group (``chosen``: the coatings
    the own table was chosen for; ``oxides``, ``phosphates``, ``halides``: those of them; ``library``: the coatings of
    the material library), a file (.txt with a name a line;
    .csv or .xlsx with a column formula, composition, material or name), or ``table:Li-*-O``, the table's compounds of
    exactly these elements, * being any one more. kind: what they are, for messages. Raises InputError where nothing is
    left.
    """
    parts = given.split(",") if isinstance(given, str) else [str(one) for one in given]
    names: list[str] = []
    for part in (part.strip() for part in parts):
        if not part:
            continue
        if part.startswith("table:"):
            names += _of_table(part.removeprefix("table:"), table)
        elif part in (*GROUPS, "library:coatings"):
            names += _group(part)
        elif Path(part).suffix.lower() in _ENDINGS:
            names += _of_file(Path(part))
        else:
            names.append(part)
    found = list(dict.fromkeys(names))
    if not found:
        raise InputError(f"no {kind} is given; name some, or a group: {', '.join(GROUPS)}")
    return found


def _group(name: str) -> list[str]:
    if not name.startswith("library"):
        chosen = covered_systems().groups["coatings"].values()
        return [formula for formula in chosen if name in ("chosen", _chemistry(formula))]
    known = library()
    formulas = [known[one].formula for one in known if known[one].kind == "coating"]
    return list(
        dict.fromkeys(formula for formula in formulas if formula is not None and "H" not in parse_formula(formula))
    )


def _chemistry(formula: str) -> str:
    """Return the group a coating belongs to by its anions: oxides are those without phosphorus and halogen."""
    elements = set(parse_formula(formula))
    if elements & _HALOGENS:
        return "halides"
    if "O" not in elements:
        return ""
    return "phosphates" if "P" in elements else "oxides"


def _of_table(pattern: str, table: PhaseTable) -> list[str]:
    """Return the compounds of exactly the elements of a pattern such as ``Li-*-O``."""
    parts = [part.strip() for part in pattern.split("-")]
    fixed, free = {part for part in parts if part != "*"}, parts.count("*")
    for element in fixed:
        if element not in table.elements:
            known = "an element the table lacks" if element in atomic_masses() else "not an element"
            raise InputError(
                f"{shown(element)} in 'table:{pattern}' is {known}; the table has {' '.join(table.elements)}"
                f"{closest(element, table.elements)}"
            )
    return [
        formula
        for formula in table.formulas
        if fixed <= (elements := set(parse_formula(formula))) and len(elements) == len(fixed) + free
    ]


def _of_file(path: Path) -> list[str]:
    if path.suffix.lower() == ".xlsx":
        rows: list[list[object]] = _sheet(path)
    else:
        text = read_text(path, "list")
        if path.suffix.lower() == ".txt":
            return [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]
        lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
        rows = [list(row) for row in csv.reader(io.StringIO("\n".join(lines)))]
    if not rows:
        raise InputError(f"{path.name} is empty; it needs a column {', '.join(_HEADINGS)}")
    header = [str(cell).strip().lower() for cell in rows[0]]
    at = next((header.index(heading) for heading in _HEADINGS if heading in header), None)
    if at is None:
        raise InputError(f"{path.name} has no column {', '.join(_HEADINGS)}; its columns: {', '.join(header)}")
    return [str(row[at]).strip() for row in rows[1:] if len(row) > at and row[at] is not None and str(row[at]).strip()]


def _sheet(path: Path) -> list[list[object]]:
    import pandas as pd

    try:
        table = pd.read_excel(path, header=None, engine="openpyxl", dtype=object)
    except FileNotFoundError:
        raise InputError(f"no file {shown(str(path))}") from None
    except Exception as error:  # the readers of sheets have many ways to fail on a file that is none
        raise InputError(f"cannot read {shown(str(path))} as a sheet: {' '.join(str(error).split())[:120]}") from None
    return [[None if pd.isna(cell) else cell for cell in row] for row in table.to_numpy().tolist()]
