"""Ageing of the cells in the lanes: exposures that grow with every time step, and the aged row for the next step.

The closed forms are those of `ageing`, which a test holds equal.
"""
# ruff: noqa: ANN001, ANN201  compiled functions are typed by their callers

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from interlayer.compiled import compiled
from interlayer.simulation.ageing import LEAST_LEFT, AgeingTerms
from interlayer.simulation.layout import AREA, CHARGE, LAYER, SHAPE, SURFACE_LOW
from interlayer.simulation.model import CellParameters, ConstantElectrode

Array = NDArray[np.float64]

# a growing layer
AFTER: Final = 0
RESISTANCE: Final = 1
THICKNESS: Final = 2
"""relative to the particle's radius or the film's thickness; 0 where the layer consumes nothing."""
LINEAR: Final = 3
FACTOR: Final = 4
ABOVE: Final = 5
BELOW: Final = 6
GROWTH_COLUMNS: Final = 7

# the losses of a cell
CONTACT_RATE: Final = 0
CONTACT_FLOOR: Final = 1
ISOLATION_RATE: Final = 2
ISOLATION_LINEAR: Final = 3
INITIAL_LITHIUM: Final = 4
INITIAL_CYCLES: Final = 5
LITHIUM_RATE: Final = 6
ANODE_POTENTIAL: Final = 7
LOSS_COLUMNS: Final = 8

# what a lane has been through, besides the seconds of each growth
SWINGS: Final = 0
CYCLES: Final = 1
POTENTIAL_BEFORE: Final = 2
FILLING_BEFORE: Final = 3
EXPOSURES: Final = 4


def ages_in_lanes(cell: CellParameters, terms: AgeingTerms | None) -> bool:
    """Return whether the lanes can age a cell: not where an onset is measured against an anode that moves."""
    onset = terms is not None and any(term.above is not None for term in terms.growths)
    return not onset or isinstance(cell.negative, ConstantElectrode)


def pack(cells: Sequence[CellParameters], terms: Sequence[AgeingTerms | None]) -> tuple[Array, Array]:
    """Return growths (R, G, GROWTH_COLUMNS) and losses (R, LOSS_COLUMNS), padded where a cell has fewer layers."""
    most = max((len(one.growths) for one in terms if one is not None), default=0)
    growths, losses = np.zeros((len(cells), most, GROWTH_COLUMNS)), np.zeros((len(cells), LOSS_COLUMNS))
    growths[:, :, AFTER], growths[:, :, ABOVE], growths[:, :, BELOW] = 1.0, -np.inf, np.inf
    losses[:, INITIAL_CYCLES] = 1.0
    for row, (cell, one) in enumerate(zip(cells, terms, strict=True)):
        if one is None:
            continue
        for k, term in enumerate(one.growths):
            growths[row, k] = (
                term.after,
                term.resistance,
                term.thickness / cell.positive.length if term.consumes else 0.0,
                term.law == "linear",
                term.factor,
                -np.inf if term.above is None else term.above,
                np.inf if term.below is None else term.below,
            )
        anode = cell.negative.potential if isinstance(cell.negative, ConstantElectrode) else 0.0
        losses[row] = (
            one.contact_rate,
            one.contact_floor,
            one.isolation_rate,
            one.isolation_linear,
            one.initial_lithium,
            one.initial_cycles,
            one.lithium_rate,
            anode,
        )
    return growths, losses


@compiled()
def share_beyond(before, now):  # type: ignore[no-untyped-def]
    """Return the share of a time step in which a quantity that runs straight between two values is above zero."""
    if before > 0.0 and now > 0.0:
        return 1.0
    if before <= 0.0 and now <= 0.0:
        return 0.0
    return max(before, now) / abs(now - before)


@compiled()
def expose(growths, losses, seconds, been, lane, length, voltage, filling):  # type: ignore[no-untyped-def]
    """Add one time step to what a lane has been through; of length 0 it only says where the lane is."""
    potential = voltage + losses[ANODE_POTENTIAL]
    if length > 0.0:
        before, filled = been[POTENTIAL_BEFORE, lane], been[FILLING_BEFORE, lane]
        for k in range(growths.shape[0]):
            held = share_beyond(before - growths[k, ABOVE], potential - growths[k, ABOVE])
            held *= share_beyond(growths[k, BELOW] - filled, growths[k, BELOW] - filling)
            seconds[k, lane] += held * length
        been[SWINGS, lane] += 0.5 * abs(filling - filled)
    been[POTENTIAL_BEFORE, lane], been[FILLING_BEFORE, lane] = potential, filling


@compiled()
def age(growths, losses, seconds, been, lane, fresh, row):  # type: ignore[no-untyped-def]
    """Write what the exposures of a lane have made of its electrode into ``row[:, lane]``; `fresh` is the new row."""
    layer, left = fresh[LAYER], 1.0
    for k in range(growths.shape[0]):
        amount = growths[k, FACTOR] * seconds[k, lane] / growths[k, AFTER]
        if growths[k, LINEAR] == 0.0:
            amount = np.sqrt(amount)
        layer += growths[k, RESISTANCE] * amount
        if growths[k, THICKNESS] > 0.0:
            left *= (1.0 - min(amount * growths[k, THICKNESS], 1.0)) ** fresh[SHAPE]
    swings = been[SWINGS, lane]
    if losses[ISOLATION_LINEAR] == 0.0:
        left *= (1.0 - losses[ISOLATION_RATE]) ** swings
    else:
        left *= max(1.0 - losses[ISOLATION_RATE] * swings, 0.0)
    floor = losses[CONTACT_FLOOR]
    contact = floor + (1.0 - floor) * (1.0 - losses[CONTACT_RATE]) ** swings
    left, contact = max(left, LEAST_LEFT), max(contact, LEAST_LEFT)
    row[LAYER, lane] = layer
    row[CHARGE, lane] = fresh[CHARGE] * left
    row[AREA, lane] = fresh[AREA] * left * contact


@compiled()
def bind(losses, been, lane, charged, is_charge, amplitude, row, filling):  # type: ignore[no-untyped-def]
    """Take the lithium that a step has bound out of an anode that stores it, evenly; `amplitude` are its modes."""
    before = been[CYCLES, lane]
    if is_charge and charged > 0.0:
        been[CYCLES, lane] += 1.0
    decay = np.exp(-before / losses[INITIAL_CYCLES]) - np.exp(-been[CYCLES, lane] / losses[INITIAL_CYCLES])
    bound = losses[LITHIUM_RATE] * max(charged, 0.0) + losses[INITIAL_LITHIUM] * decay
    taken = min(bound / row[CHARGE, lane], max(filling - row[SURFACE_LOW, lane], 0.0))
    for c in range(amplitude.shape[0]):
        amplitude[c, 0, lane] -= taken / np.sqrt(row[SHAPE, lane])
