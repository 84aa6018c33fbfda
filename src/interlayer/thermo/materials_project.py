"""Phase tables of the Materials Project, loaded once with the user's key and kept in a file with date and source."""

import json
import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path
from typing import Any, Final

from interlayer.composition import parse_formula
from interlayer.errors import InputError, closest, shown
from interlayer.thermo.conventions import MP_2020, R2SCAN
from interlayer.thermo.materials_project_api import Api, Session, connect
from interlayer.thermo.phase_table import PhaseTable
from interlayer.writing import write_whole

FUNCTIONALS: Final = {"GGA_GGA+U": MP_2020, "R2SCAN": R2SCAN}
"""Kind of calculation -> convention of the table. The mixture of both depends on the chemical system of an entry, so
that its formation energies cannot stand in one table."""
CACHE: Final = "INTERLAYER_CACHE"
_MOST_ELEMENTS: Final = 12
_SYSTEMS_AT_ONCE: Final = 60
_LICENCE: Final = (
    "CC BY 4.0, https://creativecommons.org/licenses/by/4.0/; "
    "entries of GNoME, for which an account has to opt in, have terms of their own"
)
_REFERENCES: Final = {MP_2020: ("jain2013", "wang2021corrections"), R2SCAN: ("jain2013",)}


@dataclass(frozen=True)
class _Question:
    elements: tuple[str, ...]
    functional: str

    @property
    def name(self) -> str:
        return "-".join(self.elements)

    def file(self, folder: Path) -> Path:
        kind = self.functional.replace("+", "")
        return folder / "materials_project" / f"{self.name}_{kind}.json"

    def systems(self) -> list[str]:
        """Return every chemical system of the elements, from single elements to all of them."""
        sizes = range(1, len(self.elements) + 1)
        return ["-".join(one) for size in sizes for one in combinations(self.elements, size)]


def materials_project(
    elements: str | Iterable[str],
    *,
    functional: str = "GGA_GGA+U",
    refresh: bool = False,
    folder: Path | None = None,
    session: Session | None = None,
) -> PhaseTable:
    """Return all phases that the Materials Project has of some elements, from the kept file or from its API.

    elements: symbols, or text such as ``"Li-La-Zr-O"`` or ``"LiCoO2-Li3PS4"``, of which the elements count;
    functional: ``GGA_GGA+U`` (convention ``mp_2020``) or ``R2SCAN``; refresh: load again what is kept; folder: where
    tables are kept (INTERLAYER_CACHE of the environment, else the system's place for such files).

    The key is read from MP_API_KEY of the environment, only when something has to be loaded. A loading that was
    interrupted goes on where it stopped. Raises InputError for elements that are none or more than 12, for a
    missing or refused key, and for a server that does not answer.
    """
    question = _Question(_elements(elements), _functional(functional))
    file = question.file(folder or kept_tables())
    if refresh or not file.exists():
        _load(question, file, connect(session))
    return _table(question, _read(file))


def kept_tables() -> Path:
    """Return the folder where loaded tables are kept."""
    chosen = os.environ.get(CACHE)
    if chosen:
        return Path(chosen)
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "interlayer"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "interlayer"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "interlayer"


def _elements(given: str | Iterable[str]) -> tuple[str, ...]:
    parts = given.split("-") if isinstance(given, str) else [str(part) for part in given]
    try:
        found = sorted({element for part in parts for element in parse_formula(part.strip())})
    except InputError as error:
        raise InputError(f"the elements {shown(given)} of a Materials Project table: {error}") from None
    if not 1 <= len(found) <= _MOST_ELEMENTS:
        raise InputError(
            f"the Materials Project is asked for 1 to {_MOST_ELEMENTS} elements at once, not {len(found)} "
            f"({shown('-'.join(found))})"
        )
    return tuple(found)


def _functional(name: str) -> str:
    if name not in FUNCTIONALS:
        raise InputError(
            f"the functional {shown(name)} is not read; allowed: {', '.join(FUNCTIONALS)}{closest(name, FUNCTIONALS)}"
        )
    return name


def _load(question: _Question, file: Path, api: Api) -> None:
    """Ask for all chemical systems, a few dozen at a time, and write the file when the last is there."""
    version = api.database_version()
    partial = file.with_suffix(".part")
    head = {"elements": question.name, "functional": question.functional, "database_version": version}
    parts = _resumed(partial, head)
    done = {system for part in parts for system in part["systems"]}
    missing = [system for system in question.systems() if system not in done]
    try:
        partial.parent.mkdir(parents=True, exist_ok=True)
        with partial.open("w", encoding="utf-8", newline="\n") as kept:
            kept.writelines(json.dumps(line) + "\n" for line in [head, *parts])
            for first in range(0, len(missing), _SYSTEMS_AT_ONCE):
                systems = missing[first : first + _SYSTEMS_AT_ONCE]
                kept.flush()  # what the server has sent is on the disk before it is asked again
                parts.append({"systems": systems, "entries": list(api.thermo(systems, question.functional))})
                kept.write(json.dumps(parts[-1]) + "\n")
    except OSError as error:
        raise InputError(f"cannot keep the table in {shown(str(partial.parent))}: {error.strerror or error}") from None
    entries = sorted({tuple(entry) for part in parts for entry in part["entries"]})
    if not entries:
        partial.unlink(missing_ok=True)
        raise InputError(f"the Materials Project has no materials of {question.name}")
    content = {
        "source": "Materials Project, https://materialsproject.org",
        "licence": _LICENCE,
        **head,
        "retrieved": f"{datetime.now(UTC):%Y-%m-%d}",
        "columns": ["material_id", "formula", "formation_energy_eV_per_atom"],
        "entries": entries,
    }
    write_whole(file, json.dumps(content, indent=0) + "\n")
    partial.unlink(missing_ok=True)


def _resumed(partial: Path, head: dict[str, str]) -> list[dict[str, Any]]:
    """Return the answers that an interrupted loading of the same database has got."""
    parts: list[dict[str, Any]] = []
    try:
        first, *rest = partial.read_text(encoding="utf-8").splitlines()
        if json.loads(first) != head:
            return []
        for line in rest:
            part = json.loads(line)
            parts.append({"systems": list(part["systems"]), "entries": [tuple(one) for one in part["entries"]]})
    except (OSError, ValueError, KeyError, TypeError):
        return parts  # nothing there, or torn in its last line: what came before it counts
    return parts


def _read(file: Path) -> dict[str, Any]:
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        entries = content["entries"]
        if not all(len(entry) == 3 and isinstance(entry[2], int | float) for entry in entries):
            raise ValueError
        return {**content, "retrieved": str(content["retrieved"]), "database_version": str(content["database_version"])}
    except OSError as error:
        raise InputError(f"cannot read the kept table {shown(file.name)}: {error.strerror or error}") from None
    except (ValueError, KeyError, TypeError, RecursionError):
        raise InputError(f"the kept table {shown(file.name)} is damaged; delete it in {file.parent}") from None


def _table(question: _Question, content: dict[str, Any]) -> PhaseTable:
    convention = FUNCTIONALS[question.functional]
    of_when = f"database {content['database_version']}, loaded {content['retrieved']}"
    return PhaseTable.from_rows(
        ((str(formula), float(energy), str(name)) for name, formula, energy in content["entries"]),
        name=f"Materials Project {question.name} ({of_when})",
        references=(*_REFERENCES[convention], f"phase energies: Materials Project, {question.functional}, {of_when}"),
        convention=convention,
    )
