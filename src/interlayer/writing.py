"""Writing results so that a file is either whole or not there."""

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from interlayer.errors import InputError, closest, shown

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FIGURE_FORMATS = ("png", "pdf", "svg")


def write_whole(path: Path, content: bytes | str) -> Path:
    """Write a file through a temporary neighbour, so that nobody ever sees half of it; return the path.

    Raises InputError where the place cannot be written to.
    """
    data = content.encode("utf-8") if isinstance(content, str) else content
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


def save_figure(figure: "Figure", path: Path, *, dots_per_inch: int = 200) -> Path:
    """Write a matplotlib figure as .png, .pdf or .svg; InputError for another ending."""
    import io

    ending = path.suffix.lower().lstrip(".")
    if ending not in FIGURE_FORMATS:
        allowed = ", ".join(f".{name}" for name in FIGURE_FORMATS)
        raise InputError(
            f"cannot draw into {shown(str(path))}; allowed endings: {allowed}{closest(ending, FIGURE_FORMATS)}"
        )
    buffer = io.BytesIO()
    figure.savefig(buffer, format=ending, dpi=dots_per_inch)
    return write_whole(path, buffer.getvalue())
