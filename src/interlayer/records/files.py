"""Records on disk: CSV, XLSX and parquet with the Battery Data Format's labels as headings.

Numbers of a CSV or parquet file read back as the same bits; a sheet keeps some sixteen digits. Metadata travel in the
file where its format has a place for them (parquet, a second sheet in XLSX) and beside a CSV as
``NAME.metadata.json``, as the format recommends.
"""

import csv
import io
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from interlayer.errors import InputError, closest, shown
from interlayer.records.binary_files import ENDINGS as BINARY_ENDINGS
from interlayer.records.binary_files import read_binary_file
from interlayer.records.columns import BY_NAME, name_of
from interlayer.records.compressed import PACKED, content_ending, read_bytes, unpacked_name
from interlayer.records.delimited_text import sign_words
from interlayer.records.instruments import read_text_file, record_of_lines
from interlayer.records.record import KINDS, Array, Record
from interlayer.records.spreadsheet import check_workbook, opened, sheet_lines
from interlayer.units import parse
from interlayer.writing import write_whole

if TYPE_CHECKING:
    import pandas

ENDINGS: Final = (".csv", ".xlsx", ".parquet")
TEXT_ENDINGS: Final = (".txt", ".dta", ".z", ".mpt", ".tsv", ".dat", ".xy", ".xye", ".vms", ".xdi", ".asc", ".prn")
_MOST_PARQUET_BYTES: Final = 60_000_000
_MOST_CELLS: Final = 10_000_000
_REQUIRED: Final = frozenset(name for required in KINDS.values() for name in required)
_METADATA_KEY: Final = b"interlayer_record"
_MOST_SHEET_ROWS: Final = 1_048_575


def check_ending(path: str | Path, *, reading: bool = False) -> str:
    """Return the ending of a record file; InputError where it is none of ours."""
    ending = Path(path).suffix.lower()
    known = ENDINGS + (TEXT_ENDINGS + BINARY_ENDINGS if reading else ())
    if ending not in known:
        allowed = ", ".join(known) + (", and text packed as .csv.gz, .txt.gz, ..." if reading else "")
        raise InputError(
            f"{shown(str(path))} is no file for a record; allowed endings: {allowed}{closest(ending, ENDINGS)}"
        )
    return ending


def write_record(record: Record, path: str | Path) -> Path:
    """Write a record by the ending of `path`, whole or not at all, and return the path.

    Raises InputError for another ending, a place that cannot be written to, and more rows than a sheet holds.
    """
    path = Path(path)
    ending = check_ending(path)
    table = record.to_pandas()
    if ending == ".csv":
        metadata = json.dumps(dict(record.metadata), indent=2, ensure_ascii=False) + "\n"
        write_whole(metadata_path(path), metadata)
        # the default format is the shortest text that reads back as the same bits
        text = io.StringIO(newline="")
        table.to_csv(text, index=False, lineterminator="\n")
        return write_whole(path, text.getvalue())
    if ending == ".xlsx":
        if len(record) > _MOST_SHEET_ROWS:
            raise InputError(
                f"{path.name}: {len(record)} rows do not fit a sheet of {_MOST_SHEET_ROWS}; write .parquet"
            )
        return write_whole(path, _sheets(table, record))
    return write_whole(path, _parquet(table, record))


def metadata_path(path: Path) -> Path:
    """Return where a CSV's metadata are kept: ``cell.csv`` has ``cell.metadata.json`` beside it."""
    plain = unpacked_name(path)
    return plain.with_name(plain.name.removesuffix(plain.suffix) + ".metadata.json")


def _sheets(table: "pandas.DataFrame", record: Record) -> bytes:
    import pandas

    buffer = io.BytesIO()
    metadata = pandas.DataFrame(
        {"key": list(record.metadata), "value": [json.dumps(value) for value in record.metadata.values()]}
    )
    with pandas.ExcelWriter(buffer, engine="openpyxl") as writer:
        table.to_excel(writer, sheet_name="data", index=False)
        metadata.to_excel(writer, sheet_name="metadata", index=False)
    return buffer.getvalue()


def _parquet(table: "pandas.DataFrame", record: Record) -> bytes:
    import pyarrow
    import pyarrow.parquet

    arrow = pyarrow.Table.from_pandas(table, preserve_index=False)
    kept = dict(arrow.schema.metadata or {})
    kept[_METADATA_KEY] = json.dumps(dict(record.metadata)).encode("utf-8")
    sink = io.BytesIO()
    pyarrow.parquet.write_table(arrow.replace_schema_metadata(kept), sink)
    return sink.getvalue()


def read(
    path: str | Path,
    *,
    columns: dict[str, str] | None = None,
    sign: str | None = None,
    decimal: str | None = None,
    kind: str | None = None,
    area: str | None = None,
    mass: str | None = None,
    block: str | None = None,
) -> Record:
    """Read a record that was written by `write_record`, any file with the format's headings, or an instrument's file.

    Text and spreadsheets are read by their content where their headings are not those of a record, or where one of
    these is given: `columns`, the heading of a column by its name; `sign`, what a positive number means (``Im`` or
    ``-Im``, ``charge`` or ``discharge``); `decimal`, the decimal mark where commas leave it open; `kind`, one of
    `KINDS`; `block`, which spectrum of a VAMAS file. `area` (``0.785 cm2``) and `mass` of active material (``8.4 mg``)
    go into the metadata, as no file says them without doubt. Raises InputError where the file cannot be read, lacks a
    required column, or is ambiguous.
    """
    path = Path(path)
    if sign is not None:
        sign_words(sign)
    stated: dict[str, float] = {}
    if area is not None:
        stated["area_m2"] = parse(area, "area")
    if mass is not None:
        stated["cathode_active_mass_kg"] = parse(mass, "mass")
    for key, value in stated.items():
        if not value > 0.0:
            raise InputError(f"{key.split('_')[0]} {value:g} is not positive")
    try:
        record = _read(path, columns=columns, sign=sign, decimal=decimal, kind=kind, block=block)
    except InputError:
        raise
    except (MemoryError, RecursionError, OverflowError) as error:
        raise InputError(f"cannot read {shown(path.name)}: {type(error).__name__}") from None
    if not stated:
        return record
    return Record(record.columns, {**record.metadata, **stated})


def _read(path: Path, **given: str | dict[str, str] | None) -> Record:
    ending = content_ending(path)
    if path.suffix.lower() != PACKED or ending not in (".csv", *TEXT_ENDINGS):
        check_ending(path, reading=True)
    foreign = any(value is not None for value in given.values())
    if ending in BINARY_ENDINGS:
        columns, sign = given["columns"], given["sign"]
        return read_binary_file(
            path, columns=columns if isinstance(columns, dict) else None, sign=sign if isinstance(sign, str) else None
        )
    if ending in TEXT_ENDINGS or (ending == ".csv" and (foreign or not _is_ours(path))):
        return read_text_file(path, **given)  # type: ignore[arg-type]
    if ending == ".xlsx" and (foreign or not _sheet_is_ours(path)):
        return record_of_lines(sheet_lines(path), path.name, **given)  # type: ignore[arg-type]
    if foreign:
        raise InputError(f"{path.name}: columns, sign, decimal mark, kind and block can be given for text files only")
    return _read_own(path)


def _is_ours(path: Path) -> bool:
    """Whether the first line of a CSV file holds names or labels of columns, so that units and signs are settled."""
    try:
        first = read_bytes(path, first=100_000).partition(b"\n")[0]
    except InputError:
        return True  # the reader itself says what is wrong
    try:
        headings = next(csv.reader([first.decode("utf-8-sig").strip()]), [])
    except (UnicodeDecodeError, csv.Error):
        return False
    return _are_ours(headings)


def _are_ours(headings: list[str]) -> bool:
    names = {name_of(heading) for heading in headings}
    return any(set(required) <= names for required in KINDS.values()) or bool(names & set(BY_NAME))


def _sheet_is_ours(path: Path) -> bool:
    with opened(path) as book:
        sheet = book["data"] if "data" in book.sheetnames else book.worksheets[0]
        first = next(sheet.iter_rows(values_only=True), ())
    return _are_ours([str(cell) for cell in first if cell is not None])


def _read_own(path: Path) -> Record:
    """Return a record from a file with the format's headings."""
    ending = content_ending(path)
    try:
        table, metadata = _READERS[ending](path)
    except FileNotFoundError:
        raise InputError(f"no file {shown(str(path))}") from None
    except InputError:
        raise
    except Exception as error:  # each reader has its own ways to fail on a file that is not what its name says
        problem = " ".join(str(error).split())[:120]
        raise InputError(f"cannot read {shown(str(path))} as {ending[1:]}: {problem}") from None
    arrays: dict[str, Array] = {}
    for number, heading in enumerate(table.columns):
        name = name_of(str(heading))
        if name in arrays:
            raise InputError(f"{path.name} has the column {name!r} twice")
        arrays[name] = _numbers(table.iloc[:, number], name, path)
    try:
        return Record(arrays, metadata)
    except InputError as error:
        raise InputError(f"{path.name}: {error}") from None


def _numbers(values: Any, name: str, path: Path) -> Array:
    if name not in BY_NAME and name not in _REQUIRED:
        return np.asarray(values)
    try:
        array = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        raise InputError(f"{path.name}: the column {name!r} holds something that is not a number") from None
    if name in BY_NAME and BY_NAME[name].whole_numbers and np.all(np.isfinite(array)):
        return array.astype(np.int64)
    return array


def _check_size(path: Path, most: int) -> None:
    if path.exists() and not path.is_file():
        raise InputError(f"cannot read {shown(str(path))}: it is not a file")
    if path.stat().st_size > most:
        raise InputError(f"{path.name} is larger than {most} bytes; write it as .parquet or in parts")


def _read_csv(path: Path) -> tuple["pandas.DataFrame", dict[str, Any]]:
    import pyarrow.csv

    data = read_bytes(path)
    beside = metadata_path(path)
    metadata = json.loads(beside.read_text(encoding="utf-8")) if beside.is_file() else {}
    # pyarrow's reader rounds correctly in every version; pandas' own needed an option that it now retires
    return pyarrow.csv.read_csv(io.BytesIO(data)).to_pandas(), metadata


def _read_xlsx(path: Path) -> tuple["pandas.DataFrame", dict[str, Any]]:
    import pandas

    check_workbook(path)
    sheets = pandas.read_excel(path, sheet_name=None, engine="openpyxl")
    table = sheets.get("data", next(iter(sheets.values())))
    rows = sheets.get("metadata")
    metadata = {} if rows is None else {str(k): json.loads(v) for k, v in zip(rows["key"], rows["value"], strict=True)}
    return table, metadata


def _read_parquet(path: Path) -> tuple["pandas.DataFrame", dict[str, Any]]:
    import pyarrow.parquet

    _check_size(path, _MOST_PARQUET_BYTES)
    shape = pyarrow.parquet.read_metadata(path)
    if shape.num_rows * shape.num_columns > _MOST_CELLS:
        raise InputError(
            f"{path.name} has {shape.num_rows} x {shape.num_columns} cells; at most {_MOST_CELLS} are read"
        )
    arrow = pyarrow.parquet.read_table(path)
    stored = (arrow.schema.metadata or {}).get(_METADATA_KEY)
    return arrow.to_pandas(), {} if stored is None else json.loads(stored)


_READERS: Final = {".csv": _read_csv, ".xlsx": _read_xlsx, ".parquet": _read_parquet}
