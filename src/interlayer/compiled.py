"""Compiled functions whose cache on disk knows all the sources that went into the machine code.

The compiler keeps machine code beside a source file and takes it as fresh while that one file is unchanged. A kernel,
though, contains the functions of other files of its room that it calls, and the constants of `layout`: after an upgrade
that changed only those, it would go on with the old ones.
"""

import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, Final

from numba import njit

CONSTANTS: Final = ("layout.py",)


def compiled(**options: Any) -> Callable[[Callable[..., Any]], Any]:
    """Return a decorator that compiles a function, with numpy's rules for divisions by zero and a cache on disk."""

    def decorate(function: Callable[..., Any]) -> Any:
        dispatcher = njit(cache=True, error_model="numpy", **options)(function)
        index: Any = getattr(getattr(dispatcher, "_cache", None), "_cache_file", None)
        if hasattr(index, "_source_stamp"):
            index._source_stamp = (index._source_stamp, sources_digest(Path(function.__code__.co_filename).parent))
        return dispatcher

    return decorate


@cache
def sources_digest(folder: Path) -> str:
    """Return a digest of all files of a folder that hold compiled functions or constants of theirs."""
    digest = hashlib.sha256()
    for file in sorted(folder.glob("*.py")):
        text = file.read_bytes()
        if file.name in CONSTANTS or b"@compiled(" in text or b"@njit(" in text:
            digest.update(file.name.encode() + b"\0" + text)
    return digest.hexdigest()
