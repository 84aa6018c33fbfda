"""Thermodynamics of a pair: phase table, electrochemical windows and interface reactions.

Nothing heavy is loaded before the first question: the solver's compiler and the plotting library come with it.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from interlayer.thermo.contact_stack import CoatedInterface, coated_interface
    from interlayer.thermo.conventions import CONVENTIONS
    from interlayer.thermo.decomposition import Decomposition
    from interlayer.thermo.gas_exposure import Exposure, exposure
    from interlayer.thermo.interface_reaction import Reaction, react
    from interlayer.thermo.many import react_many, window_many
    from interlayer.thermo.materials_project import materials_project
    from interlayer.thermo.phase_errors import ErrorModel
    from interlayer.thermo.phase_sensitivity import ReactionWhatIf, WindowWhatIf, what_if, what_if_window
    from interlayer.thermo.phase_table import PhaseTable
    from interlayer.thermo.screening import Screening, screen
    from interlayer.thermo.stability_window import Window, window
    from interlayer.thermo.table_files import own_table, read_table
    from interlayer.thermo.uncertainty import ReactionUncertainty, reaction_uncertainty
    from interlayer.thermo.uncertainty_many import stability_probability
    from interlayer.thermo.uncertainty_windows import WindowUncertainty, window_uncertainty
    from interlayer.thermo.voltage_sweep import VoltageSweep, react_over_voltages

_PUBLIC = {
    "CONVENTIONS": "conventions",
    "CoatedInterface": "contact_stack",
    "Decomposition": "decomposition",
    "ErrorModel": "phase_errors",
    "Exposure": "gas_exposure",
    "PhaseTable": "phase_table",
    "Reaction": "interface_reaction",
    "ReactionUncertainty": "uncertainty",
    "ReactionWhatIf": "phase_sensitivity",
    "Screening": "screening",
    "VoltageSweep": "voltage_sweep",
    "Window": "stability_window",
    "WindowUncertainty": "uncertainty_windows",
    "WindowWhatIf": "phase_sensitivity",
    "coated_interface": "contact_stack",
    "exposure": "gas_exposure",
    "materials_project": "materials_project",
    "own_table": "table_files",
    "react": "interface_reaction",
    "react_many": "many",
    "react_over_voltages": "voltage_sweep",
    "reaction_uncertainty": "uncertainty",
    "read_table": "table_files",
    "screen": "screening",
    "stability_probability": "uncertainty_many",
    "what_if": "phase_sensitivity",
    "what_if_window": "phase_sensitivity",
    "window": "stability_window",
    "window_many": "many",
    "window_uncertainty": "uncertainty_windows",
}

__all__ = [
    "CONVENTIONS",
    "CoatedInterface",
    "Decomposition",
    "ErrorModel",
    "Exposure",
    "PhaseTable",
    "Reaction",
    "ReactionUncertainty",
    "ReactionWhatIf",
    "Screening",
    "VoltageSweep",
    "Window",
    "WindowUncertainty",
    "WindowWhatIf",
    "coated_interface",
    "exposure",
    "materials_project",
    "own_table",
    "react",
    "react_many",
    "react_over_voltages",
    "reaction_uncertainty",
    "read_table",
    "screen",
    "stability_probability",
    "what_if",
    "what_if_window",
    "window",
    "window_many",
    "window_uncertainty",
]


def __getattr__(name: str) -> Any:
    if name in _PUBLIC:
        return getattr(import_module(f"interlayer.thermo.{_PUBLIC[name]}"), name)
    raise AttributeError(f"module 'interlayer.thermo' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
