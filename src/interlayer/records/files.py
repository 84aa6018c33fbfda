"""Records on disk: CSV, XLSX and parquet with the Battery Data Format's labels as headings.

Numbers of a CSV or parquet file read back as the same bits; a sheet keeps some sixteen digits. Metadata travel in the
file where its format has a place for them (parquet, a second sheet in XLSX) and beside a CSV as
``NAME.metadata.json``, as the format recommends.
"""

import io
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from interlayer.errors import InputError, closest, shown
from interlayer.records.columns import BY_NAME, name_of
from interlayer.records.instruments import read_text_file
from interlayer.records.record import Array, Record
from interlayer.writing import write_whole

if TYPE_CHECKING:
    import pandas

ENDINGS: Final = (".csv", ".xlsx", ".parquet")
TEXT_ENDINGS: Final = (".txt", ".dta", ".z", ".mpt")
_METADATA_KEY: Final = b"interlayer_record"
_MOST_SHEET_ROWS: Final = 1_048_575


def check_ending(path: str | Path) -> str:
    """Return the ending of a record file; InputError where it is none of ours."""
    ending = Path(path).suffix.lower()
    if ending not in ENDINGS:
        allowed = ", ".join(ENDINGS)
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
    return path.with_name(path.name.removesuffix(path.suffix) + ".metadata.json")


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
) -> Record:
    """Read a record that was written by `write_record`, any file with the format's headings, or instrument text.

    Text (.txt, .dta, .z, .mpt, and .csv where `columns`, `sign` or `decimal` is given) is read by its content:
    `columns` gives the heading of a column by its name, `sign` what a positive number means (``Im`` or ``-Im``,
    ``charge`` or ``discharge``), `decimal` the decimal mark where commas leave it open. Columns of our own files that
    are not ours are kept under their heading. Raises InputError where the file cannot be read, lacks a required
    column, or is ambiguous.
    """
    path = Path(path)
    foreign = columns is not None or sign is not None or decimal is not None
    if path.suffix.lower() in TEXT_ENDINGS or (foreign and path.suffix.lower() == ".csv"):
        return read_text_file(path, columns=columns, sign=sign, decimal=decimal)
    if foreign:
        raise InputError(f"{path.name}: columns, a sign and a decimal mark can be given for text files only")
    ending = check_ending(path)
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
    if name not in BY_NAME:
        return np.asarray(values)
    try:
        array = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        raise InputError(f"{path.name}: the column {name!r} holds something that is not a number") from None
    if BY_NAME[name].whole_numbers and np.all(np.isfinite(array)):
        return array.astype(np.int64)
    return array


def _read_csv(path: Path) -> tuple["pandas.DataFrame", dict[str, Any]]:
    import pyarrow.csv

    beside = metadata_path(path)
    metadata = json.loads(beside.read_text(encoding="utf-8")) if beside.is_file() else {}
    # pyarrow's reader rounds correctly in every version; pandas' own needed an option that it now retires
    with path.open("rb") as file:
        return pyarrow.csv.read_csv(file).to_pandas(), metadata


def _read_xlsx(path: Path) -> tuple["pandas.DataFrame", dict[str, Any]]:
    import pandas

    sheets = pandas.read_excel(path, sheet_name=None, engine="openpyxl")
    table = sheets.get("data", next(iter(sheets.values())))
    rows = sheets.get("metadata")
    metadata = {} if rows is None else {str(k): json.loads(v) for k, v in zip(rows["key"], rows["value"], strict=True)}
    return table, metadata


def _read_parquet(path: Path) -> tuple["pandas.DataFrame", dict[str, Any]]:
    import pyarrow.parquet

    arrow = pyarrow.parquet.read_table(path)
    stored = (arrow.schema.metadata or {}).get(_METADATA_KEY)
    return arrow.to_pandas(), {} if stored is None else json.loads(stored)


_READERS: Final = {".csv": _read_csv, ".xlsx": _read_xlsx, ".parquet": _read_parquet}
