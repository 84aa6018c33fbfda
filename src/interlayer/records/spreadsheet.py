"""Spreadsheets as instruments export them: the first sheet with a table, as lines of text; bounded."""

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from interlayer.errors import InputError, shown

if TYPE_CHECKING:
    import openpyxl

_MOST_BYTES: Final = 40_000_000
_MOST_UNPACKED: Final = 200_000_000
_MOST_CELLS: Final = 3_000_000


def check_workbook(path: Path) -> None:
    """Refuse a workbook whose parts unpack to more than can be held: a small file can hold a very large one."""
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise InputError(f"{path.name} is larger than {_MOST_BYTES} bytes; write it as .parquet")
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
    except FileNotFoundError:
        raise InputError(f"no file {shown(str(path))}") from None
    except (OSError, zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise InputError(f"cannot read {shown(str(path))} as xlsx: {error}") from None
    if unpacked > _MOST_UNPACKED:
        raise InputError(f"{path.name} unpacks to {unpacked} bytes; at most {_MOST_UNPACKED} are read")


@contextmanager
def opened(path: Path) -> "Iterator[openpyxl.Workbook]":
    """Open a workbook for its values; InputError with one line for one that is none, however it fails."""
    import openpyxl

    check_workbook(path)
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
        try:
            yield book
        finally:
            book.close()
    except InputError:
        raise
    except Exception as error:  # the library fails in ways of its own on broken workbooks
        problem = " ".join(str(error).split())[:120] or type(error).__name__
        raise InputError(f"cannot read {shown(path.name)} as xlsx: {problem}") from None


def sheet_lines(path: Path) -> list[str]:
    """Return the rows of the longest sheet as lines with tabs; InputError for a workbook that is none."""
    best: list[str] = []
    with opened(path) as book:
        for sheet in book.worksheets:
            lines, cells = [], 0
            for row in sheet.iter_rows(values_only=True):
                cells += len(row)
                if cells > _MOST_CELLS:
                    raise InputError(f"{path.name} has more than {_MOST_CELLS} cells; write it as .parquet")
                lines.append("\t".join("" if cell is None else str(cell) for cell in row).rstrip("\t"))
            if len(lines) > len(best):
                best = lines
    return best
