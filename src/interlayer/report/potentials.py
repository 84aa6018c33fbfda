"""The potentials that a cell's protocol takes its electrodes to."""

from dataclasses import dataclass

import numpy as np

from interlayer.cell import Cell
from interlayer.cell.description import MetalElectrode
from interlayer.energy.equilibrium import cut_offs
from interlayer.errors import InputError


@dataclass(frozen=True)
class Potentials:
    """V against Li/Li+: the cathode charged and discharged, and the anode at its lowest."""

    charged: float
    discharged: float
    anode: float


def potentials(cell: Cell) -> Potentials:
    """Return what the electrodes of a cell see at the cut-offs of its protocol.

    A cut-off of the cell's voltage is moved by the anode's potential: flat for a metal; for a host its lowest when
    the cell is charged and its highest when it is discharged. Raises InputError where the protocol has no cut-offs
    or the anode no open-circuit curve.
    """
    low, high = cut_offs(cell)
    empty, full = _anode_range(cell)
    return Potentials(
        charged=high.volts + (0.0 if high.against_lithium else full),
        discharged=low.volts + (0.0 if low.against_lithium else empty),
        anode=full,
    )


def _anode_range(cell: Cell) -> tuple[float, float]:
    """Return the anode's potential with the cell discharged and charged, V against Li/Li+."""
    anode = cell.description.anode
    curves = (
        (anode.open_circuit,) if anode.open_circuit is not None else cell.material(cell.anode_material).open_circuit
    )
    if not curves:
        raise InputError(f"{cell.origin}: {cell.anode_material} has no open-circuit curve; give anode.open_circuit")
    curve = curves[0]
    if isinstance(anode, MetalElectrode):
        flat = float(curve.potential(np.array([(curve.lowest + curve.highest) / 2]))[0])
        return flat, flat
    empty, full = curve.potential(np.array([curve.lowest, curve.highest]))
    return float(empty), float(full)
