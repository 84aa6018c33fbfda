"""Record files as bytes: of a bounded size, and unpacked where they are gzip (``cell.csv.gz``)."""

import gzip
import zlib
from pathlib import Path
from typing import Final

from interlayer.errors import InputError, shown

PACKED: Final = ".gz"
MOST_BYTES: Final = 100_000_000
"""Of a text file, unpacked; some three million rows of a cycler."""


def content_ending(path: Path) -> str:
    """Return the ending in lower case that says what a file holds: ``.csv`` of ``cell.csv`` and of ``cell.csv.gz``."""
    return unpacked_name(path).suffix.lower()


def unpacked_name(path: Path) -> Path:
    """Return a path without ``.gz`` at its end."""
    return path.with_suffix("") if path.suffix.lower() == PACKED else path


def read_bytes(path: Path, *, most: int = MOST_BYTES, first: int | None = None) -> bytes:
    """Return what a file holds, unpacked where it ends in ``.gz``, or no more than its `first` bytes.

    Raises InputError where it cannot be read or holds more than `most` bytes.
    """
    try:
        if path.exists() and not path.is_file():
            raise InputError(f"cannot read {shown(str(path))}: it is not a file")
        packed = path.suffix.lower() == PACKED
        with gzip.open(path, "rb") if packed else path.open("rb") as file:
            data: bytes = file.read(most + 1 if first is None else first)
    except FileNotFoundError:
        raise InputError(f"no file {shown(str(path))}") from None
    except (OSError, ValueError, EOFError, zlib.error) as error:
        raise InputError(f"cannot read {shown(str(path))}: {error}") from None
    if len(data) > most:
        raise InputError(f"{path.name} holds more than {most} bytes; write it as .parquet or in parts")
    return data
