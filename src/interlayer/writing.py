"""Writing results so that a file is either whole or not there."""

import io
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from interlayer.errors import InputError, closest, shown

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

FIGURE_FORMATS = ("png", "pdf", "svg")
TABLE_FORMATS = ("csv", "xlsx", "parquet")


def write_whole(path: Path, content: bytes | str) -> Path:
    """Write a file through a temporary neighbour, so that nobody ever sees half of it; return the path.

    Raises InputError where the place cannot be written to.
    """
    data = content.encode("utf-8") if isinstance(content, str) else content
    if path.parent.is_file():
        raise InputError(f"cannot write {shown(str(path))}: {shown(str(path.parent))} is a file, not a folder")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        raise InputError(f"cannot write {shown(str(path))}: {error.strerror or error}") from None
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        # mkstemp makes the file private; a report is as readable as any other new file
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except OSError as error:
        Path(temporary).unlink(missing_ok=True)
        raise InputError(f"cannot write {shown(str(path))}: {error.strerror or error}") from None
    return path


def check_table_ending(path: Path) -> None:
    """Refuse, before anything is computed, a table's path with an ending that `save_table` does not write."""
    _known_ending(path, TABLE_FORMATS, "write a table to")


def save_table(table: "pd.DataFrame", path: Path) -> Path:
    """Write a pandas table as .csv, .xlsx or .parquet; InputError for another ending."""
    ending = _known_ending(path, TABLE_FORMATS, "write a table to")
    if ending == "csv":
        return write_whole(path, table.to_csv(index=False, lineterminator="\n"))
    buffer = io.BytesIO()
    if ending == "xlsx":
        table.to_excel(buffer, index=False, engine="openpyxl")
    else:
        table.to_parquet(buffer, index=False)
    return write_whole(path, buffer.getvalue())


def save_figure(figure: "Figure", path: Path, *, dots_per_inch: int = 200) -> Path:
    """Write a matplotlib figure as .png, .pdf or .svg; InputError for another ending."""
    ending = _known_ending(path, FIGURE_FORMATS, "draw into")
    buffer = io.BytesIO()
    figure.savefig(buffer, format=ending, dpi=dots_per_inch)
    return write_whole(path, buffer.getvalue())


def _known_ending(path: Path, allowed: tuple[str, ...], verb: str) -> str:
    ending = path.suffix.lower().lstrip(".")
    if ending not in allowed:
        endings = ", ".join(f".{name}" for name in allowed)
        raise InputError(f"cannot {verb} {shown(str(path))}; allowed endings: {endings}{closest(ending, allowed)}")
    return ending
