"""Reading a user's text and TOML files: bounded, and with one line for whatever is wrong."""

import tomllib
from pathlib import Path
from typing import Any

from interlayer.errors import InputError, shown

MOST_BYTES = 4_000_000
"""Larger than any file of keys or points that a person writes."""


def read_text(path: Path, what: str) -> str:
    """Return the text of the file at `path`; `what` names its kind in errors, such as ``"cell file"``.

    Raises InputError for a path that is no ordinary file (a folder, a device), that is missing, larger than
    `MOST_BYTES` or not UTF-8.
    """
    try:
        if path.exists() and not path.is_file():
            raise InputError(f"cannot read the {what} {shown(path.name or str(path))}: it is not a file")
        if path.stat().st_size > MOST_BYTES:
            raise InputError(f"{path.name} is larger than {MOST_BYTES} bytes; that is no {what}")
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{path.name} is not UTF-8 text: {error.reason} at byte {error.start}") from None
    except OSError as error:
        raise InputError(f"cannot read the {what} {shown(path.name or str(path))}: {error.strerror or error}") from None
    except InputError:
        raise
    except ValueError as error:  # a name that no file system takes, such as one with a zero byte
        raise InputError(f"cannot read the {what} {shown(path.name or str(path))}: {error}") from None


def read_toml(path: Path, what: str) -> dict[str, Any]:
    """Return the contents of a TOML file; the errors are those of `read_text`, and one for what is no TOML."""
    text = read_text(path, what)
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{path.name} is not valid TOML: {error}") from None
    except RecursionError:
        raise InputError(f"{path.name} is not valid TOML: it is nested too deeply") from None
