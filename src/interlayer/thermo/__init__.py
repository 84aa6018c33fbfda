"""Thermodynamics of a pair: phase table, electrochemical windows and interface reactions.

Nothing heavy is loaded before the first question: the solver's compiler and the plotting library come with it.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from interlayer.thermo.conventions import CONVENTIONS
    from interlayer.thermo.interface_reaction import Reaction, react
    from interlayer.thermo.phase_table import PhaseTable
    from interlayer.thermo.stability_window import Window, window
    from interlayer.thermo.table_files import own_table, read_table

_PUBLIC = {
    "CONVENTIONS": "conventions",
    "PhaseTable": "phase_table",
    "Reaction": "interface_reaction",
    "Window": "stability_window",
    "own_table": "table_files",
    "react": "interface_reaction",
    "read_table": "table_files",
    "window": "stability_window",
}

__all__ = [
    "CONVENTIONS",
    "PhaseTable",
    "Reaction",
    "Window",
    "own_table",
    "react",
    "read_table",
    "window",
]


def __getattr__(name: str) -> Any:
    if name in _PUBLIC:
        return getattr(import_module(f"interlayer.thermo.{_PUBLIC[name]}"), name)
    raise AttributeError(f"module 'interlayer.thermo' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
