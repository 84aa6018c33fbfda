"""Where phase tables come from: the project's own, a user's CSV, Parquet or pymatgen entries, and where they go."""

import csv
import gzip
import io
import json
import zlib
from collections.abc import Iterator, Sequence
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Final

from interlayer.composition import parse_formula
from interlayer.errors import InputError, closest, shown
from interlayer.thermo.computed_entries import table_of_entries
from interlayer.thermo.conventions import CONVENTIONS, HELD, UNSHIFTED, known_convention
from interlayer.thermo.entries_json import read_entries
from interlayer.thermo.phase_table import AS_GIVEN, FORMATION_ENERGY, PhaseTable
from interlayer.writing import write_whole

ONLINE: Final = "mp:"
"""How a table of the Materials Project is asked for instead of a file: ``mp:Li-La-Zr-O``."""
ENDINGS: Final = ("csv", "parquet")
_ENERGY_COLUMNS: Final = (FORMATION_ENERGY, "e_form_eV_atom", "formation_energy_per_atom", "e_form")
_FORMULA_COLUMNS: Final = ("formula", "composition", "formula_pretty")
_MAX_BYTES: Final = 200_000_000
_MOST_ROWS: Final = 5_000_000
_SOURCES: Final = ("jain2013", "dunn2020", "bartel2020")
_GZIP: Final = b"\x1f\x8b"
_PARQUET: Final = b"PAR1"
_METADATA: Final = b"interlayer"


@cache
def own_table() -> PhaseTable:
    """Return the project's own table, read once: chosen phases of the Materials Project as of 2018."""
    text = (resources.files("interlayer.thermo") / "data" / "phases.csv").read_text(encoding="utf-8")
    return PhaseTable.from_rows(
        _csv_rows(text, "phases.csv"), name="interlayer", references=_SOURCES, convention=UNSHIFTED
    )


def read_table(path: str | Path) -> PhaseTable:
    """Read a phase table: CSV, Parquet, pymatgen entries as JSON (each gzipped or not), or ``mp:Li-La-Zr-O``.

    CSV and Parquet have the columns ``formula`` and ``formation_energy_eV_per_atom`` (``source`` is optional); lines
    of a CSV that start with # are comments, and ``# convention: mp_2020`` says what the energies carry. Formation
    energies are against the elements, whose own rows may be left out: their energy is 0 by definition. Entries hold
    total energies; formation energies are computed against the lowest entry of each element in the file.
    Of several polymorphs the lowest counts. Raises InputError with file and line or entry for whatever is wrong.
    """
    if str(path).startswith(ONLINE):
        from interlayer.thermo.materials_project import materials_project

        return materials_project(str(path).removeprefix(ONLINE))
    file = Path(path)
    content = _content(file, str(path))
    if content.startswith(_PARQUET):
        return _read_parquet(content, file.name)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{file.name} is not UTF-8 text: {error.reason} at byte {error.start}") from None
    if text.lstrip()[:1] in ("{", "["):
        entries = read_entries(_json(text, file.name), file.name)
        return table_of_entries(entries, name=file.name, references=_of_file(file.name))
    convention, references = _head(text, file.name)
    return PhaseTable.from_rows(
        _csv_rows(text, file.name),
        name=file.name,
        references=references or _of_file(file.name),
        convention=convention,
    )


def save_phase_table(table: PhaseTable, path: Path) -> Path:
    """Write a table as .csv or .parquet with its convention and references; return the path.

    Energies are written with all their digits, so that what is read back is the same. Raises InputError for another
    ending and for a place that cannot be written to.
    """
    ending = path.suffix.lower().lstrip(".")
    if ending not in ENDINGS:
        raise InputError(
            f"cannot write a phase table to {shown(str(path))}; allowed endings: .csv, .parquet"
            f"{closest(ending, ENDINGS)}"
        )
    frame = table.frame()
    if ending == "csv":
        notes = [f"# convention: {table.convention}", *(f"# reference: {text}" for text in table.references)]
        notes += [f"# left out: {formula}" for formula in table.excluded]
        return write_whole(path, "\n".join([*notes, frame.to_csv(index=False, lineterminator="\n")]))
    import pyarrow as pa
    import pyarrow.parquet as pq

    notes_of = {"convention": table.convention, "references": table.references, "left out": table.excluded}
    columns = pa.Table.from_pandas(frame, preserve_index=False)
    columns = columns.replace_schema_metadata({_METADATA: json.dumps(notes_of).encode("utf-8")})
    buffer = io.BytesIO()
    pq.write_table(columns, buffer)
    return write_whole(path, buffer.getvalue())


def _of_file(file: str) -> tuple[str, ...]:
    return (f"phase energies: the table {file}",)


def _content(file: Path, asked: str) -> bytes:
    """Return the bytes of the file, unpacked, and bounded before and after."""
    try:
        if file.exists() and not file.is_file():
            raise InputError(f"cannot read the phase table {shown(asked)}: it is not a file")
        if file.stat().st_size > _MAX_BYTES:
            raise InputError(f"{file.name} is larger than {_MAX_BYTES} bytes; that is no phase table")
        content = file.read_bytes()
        if content.startswith(_GZIP):
            with gzip.open(io.BytesIO(content)) as packed:
                content = packed.read(_MAX_BYTES + 1)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise InputError(f"{file.name} cannot be unpacked: {error}") from None
    except OSError as error:
        raise InputError(f"cannot read the phase table {shown(asked)}: {error.strerror or error}") from None
    except InputError:
        raise
    except ValueError as error:  # a name that no file system takes, such as one with a zero byte
        raise InputError(f"cannot read the phase table {shown(asked)}: {error}") from None
    if len(content) > _MAX_BYTES:
        raise InputError(f"{file.name} unpacks to more than {_MAX_BYTES} bytes; that is no phase table")
    return content


def _json(text: str, file: str) -> object:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise InputError(f"{file} is not valid JSON: {error.msg} in line {error.lineno}") from None
    except RecursionError:
        raise InputError(f"{file} is not valid JSON: it is nested too deeply") from None
    except ValueError as error:  # an integer of thousands of digits
        raise InputError(f"{file} is not valid JSON: {error}") from None


def _head(text: str, file: str) -> tuple[str, tuple[str, ...]]:
    """Return the convention and the references that the comments above the columns state."""
    convention, references = AS_GIVEN, []
    for line in text.splitlines():
        if line.strip() and not line.startswith("#"):
            break
        key, colon, value = line.lstrip("# ").partition(":")
        if colon and key.strip() == "reference" and value.strip():
            references.append(value.strip())
        if colon and key.strip() == "convention":
            convention = _stated_convention(value.strip(), file)
    return convention, tuple(references)


def _stated_convention(name: str, file: str) -> str:
    if not known_convention(name):
        known = dict.fromkeys([*HELD, *CONVENTIONS])
        raise InputError(
            f"{file}: the convention {shown(name)} is not known; allowed: {', '.join(known)}{closest(name, known)}"
        )
    return name


def _csv_rows(text: str, file: str) -> Iterator[tuple[str, float, str]]:
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
        source = cells[source_at] if source_at is not None else ""
        yield _row(cells[formula_at], cells[energy_at], source, f"{file}, line {number}")


def _read_parquet(content: bytes, file: str) -> PhaseTable:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        packed = pq.ParquetFile(io.BytesIO(content))
        if packed.metadata.num_rows > _MOST_ROWS:
            raise InputError(f"{file} has more than {_MOST_ROWS} rows; that is no phase table")
        columns = packed.read()
        header = list(columns.column_names)
        formulas = columns.column(_column(header, _FORMULA_COLUMNS, file)).to_pylist()
        energies = columns.column(_column(header, _ENERGY_COLUMNS, file)).to_pylist()
        sources = columns.column("source").to_pylist() if "source" in header else [""] * len(formulas)
        notes = (columns.schema.metadata or {}).get(_METADATA)
    except InputError:
        raise
    except (pa.ArrowException, OSError, ValueError, KeyError) as error:
        raise InputError(f"{file} is not readable as Parquet: {shown(str(error), 120)}") from None
    convention, references = _notes(notes, file)
    rows = enumerate(zip(formulas, energies, sources, strict=True), start=1)
    return PhaseTable.from_rows(
        (_row(formula, energy, source, f"{file}, row {number}") for number, (formula, energy, source) in rows),
        name=file,
        references=references or _of_file(file),
        convention=convention,
    )


def _notes(written: bytes | None, file: str) -> tuple[str, tuple[str, ...]]:
    """Return convention and references as `save_phase_table` wrote them beside the columns of a Parquet file."""
    notes = _json(written.decode("utf-8", errors="replace"), file) if written else {}
    references = notes.get("references", []) if isinstance(notes, dict) else None
    if not isinstance(notes, dict) or not isinstance(references, list):
        raise InputError(f"{file} has notes of this program that it cannot read; save the table again")
    return _stated_convention(str(notes.get("convention", AS_GIVEN)), file), tuple(map(str, references))


def _row(formula: object, energy: object, source: object, where: str) -> tuple[str, float, str]:
    try:
        number = float(energy) if isinstance(energy, str | int | float) else float(str(energy))
    except (ValueError, OverflowError):
        raise InputError(f"{where}: the formation energy {shown(energy)} is not a number (eV/atom)") from None
    name = str(formula).strip()
    try:
        parse_formula(name)
    except InputError as error:
        raise InputError(f"{where}: {error}") from None
    return name, number, str(source or "").strip() or where


def _column(header: Sequence[str], names: tuple[str, ...], file: str) -> int:
    for name in names:
        if name in header:
            return list(header).index(name)
    raise InputError(f"{file} has no column {names[0]!r}{closest(names[0], header)}; its columns: {', '.join(header)}")
