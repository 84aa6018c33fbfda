"""Interlayer: the interfaces of all-solid-state lithium batteries, from a pair of formulas to a cycled cell.

Public names are loaded when first used, so that ``import interlayer`` stays light.
"""

from importlib import import_module
from typing import Any

from interlayer._version import __version__

_PUBLIC = {
    "Cell": "interlayer.cell",
    "InputError": "interlayer.errors",
    "Material": "interlayer.materials",
    "Record": "interlayer.records",
    "analyse": "interlayer.measure",
    "audit": "interlayer.consistency",
    "design": "interlayer.report",
    "fit": "interlayer.calibration",
    "load_cell": "interlayer.cell",
    "material": "interlayer.materials",
    "exposure": "interlayer.thermo",
    "papers": "interlayer.literature",
    "react": "interlayer.thermo",
    "read": "interlayer.records",
    "resistance": "interlayer.transport",
    "screen": "interlayer.thermo",
    "simulate": "interlayer.simulation",
    "simulate_many": "interlayer.simulation.many",
    "stack": "interlayer.energy",
    "sweep_stack": "interlayer.energy",
    "window": "interlayer.thermo",
}

__all__ = ["__version__", *_PUBLIC]


def __getattr__(name: str) -> Any:
    if name in _PUBLIC:
        return getattr(import_module(_PUBLIC[name]), name)
    raise AttributeError(f"module 'interlayer' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
