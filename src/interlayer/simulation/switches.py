"""The terms of the model one by one: what there is in a cell, and the same cell without it."""

from dataclasses import replace
from typing import Final

from interlayer.errors import InputError, closest, shown
from interlayer.simulation.model import AnyElectrode, CellParameters, HostElectrode

SWITCHES: Final = {
    "charge_transfer": "Butler-Volmer kinetics of both electrodes",
    "coating": "coatings on the active surface",
    "interphase": "reaction layers, stated or grown, and what a measured resistance leaves as an ohmic layer",
    "constriction": "current lines that narrow to sparse contacts in the electrolyte",
    "spreading": "current that spreads along a thin coating from sparse contacts",
    "space_charge": "a depleted layer in the electrolyte",
    "contact": "the share of the active surface that touches nothing",
    "diffusion": "gradients in the particles or the film",
    "ionic_path": "ions across the composite electrodes",
    "electronic_path": "electrons across the composite electrodes",
    "separator": "all layers between the electrodes",
}
"""Name of each term that can be switched off, and what it is."""
_LAYERS: Final = {"constriction": "constriction", "spreading": "lateral spreading", "space_charge": "space charge"}
_FAST: Final = 1e6
"""Diffusion is not left out but made so much faster."""
_THIN: Final = 1e-6
"""A path is not left out but made so much shorter: the engine's electrodes keep their two rails."""


def switch_of_layer(name: str) -> str:
    """Return the switch that a layer on the active surface belongs to."""
    for switch, words in _LAYERS.items():
        if name.startswith(words):
            return switch
    return "coating" if name.endswith("coating") else "interphase"


def present(cell: CellParameters) -> list[str]:
    """Return the switches of the terms that the cell has."""
    return [name for name in SWITCHES if without(cell, name) != cell]


def without(cell: CellParameters, *switches: str) -> CellParameters:
    """Return the cell with these terms switched off; InputError for a name that is none of `SWITCHES`."""
    for switch in switches:
        if switch not in SWITCHES:
            raise InputError(
                f"{shown(switch)} is no term of the model; allowed: {', '.join(SWITCHES)}{closest(switch, SWITCHES)}"
            )
        if switch == "separator":
            cell = replace(cell, separator_resistances={})
            continue
        positive = _electrode_without(cell.positive, switch)
        assert isinstance(positive, HostElectrode)
        cell = replace(cell, positive=positive, negative=_electrode_without(cell.negative, switch))
    return cell


def _electrode_without(electrode: AnyElectrode, switch: str) -> AnyElectrode:
    kept = {name: value for name, value in electrode.layer_resistances.items() if switch_of_layer(name) != switch}
    changed: AnyElectrode = replace(electrode, layer_resistances=kept)
    if switch == "charge_transfer":
        changed = replace(changed, exchange_current_density=0.0)
    if isinstance(changed, HostElectrode):
        if switch == "contact":
            changed = replace(changed, contact=1.0)
        elif switch == "diffusion":
            changed = replace(changed, diffusivity=changed.diffusivity * _FAST)
        elif switch == "ionic_path":
            changed = replace(changed, ionic_resistance=changed.ionic_resistance * _THIN)
        elif switch == "electronic_path":
            changed = replace(changed, electronic_resistance=changed.electronic_resistance * _THIN)
        if isinstance(electrode, HostElectrode):
            changed.__dict__["table"] = electrode.table  # the curve is the same, and tabulating it takes a while
    return changed
