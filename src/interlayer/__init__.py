"""Interlayer: the interfaces of all-solid-state lithium batteries, from a pair of formulas to a cycled cell.

Public names are loaded when first used, so that ``import interlayer`` stays light.
"""

from importlib import import_module
from typing import Any

from interlayer._version import __version__

_PUBLIC = {
    "InputError": "interlayer.errors",
    "material": "interlayer.materials",
}

__all__ = ["__version__", *_PUBLIC]


def __getattr__(name: str) -> Any:
    if name in _PUBLIC:
        return getattr(import_module(_PUBLIC[name]), name)
    raise AttributeError(f"module 'interlayer' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
