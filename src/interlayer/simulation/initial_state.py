"""Where a simulation starts: as made, at rest after a full discharge, or at rest after a full charge."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from interlayer.errors import InputError
from interlayer.materials.open_circuit import OpenCircuit
from interlayer.protocol import ConstantCurrent, Limit, Protocol
from interlayer.simulation.model import CellParameters, ConstantElectrode, HostElectrode

START_MARGIN: Final = 1e-3
"""An electrode starts at least this far from empty and full, where the model's exchange current density vanishes."""
_BISECTIONS: Final = 60


@dataclass(frozen=True)
class InitialState:
    """Uniform stoichiometries at the start, and why they are what they are."""

    positive: float
    negative: float
    reasons: tuple[str, ...]


def reference_potential(cell: CellParameters, limit: Limit) -> float:
    """Return what turns a limit into a cell voltage: the negative electrode's potential where it says "vs Li".

    Raises InputError for "vs Li" where that potential changes during the test.
    """
    if not limit.against_lithium:
        return 0.0
    if isinstance(cell.negative, ConstantElectrode):
        return cell.negative.potential
    raise InputError(
        f"{cell.name}: {limit.text!r} cannot be used here: the potential of the {cell.negative.name} electrode changes "
        "with its charge; give the voltage of the cell, e.g. '4.2 V'"
    )


def initial_state(cell: CellParameters, protocol: Protocol, given: tuple[float | None, float | None]) -> InitialState:
    """Return the state in which `protocol` finds the cell; `given` are stoichiometries that its file states.

    A protocol that first charges finds the cell discharged: with a negative electrode of constant potential, at rest
    at the lowest discharge limit; otherwise as made, the positive full and the negative empty within their curves. One
    that first discharges finds it at rest at the highest charge limit.
    """
    if isinstance(cell.negative, HostElectrode) and (given[0] is None) != (given[1] is None):
        # one stated stoichiometry of two: the other electrode is as made
        given = (
            _full(cell.positive) if given[0] is None else given[0],
            _empty(cell.negative) if given[1] is None else given[1],
        )
    if given[0] is not None:
        negative = given[1] if given[1] is not None else 0.0
        return InitialState(
            _within(cell.positive, given[0]),
            _within(cell.negative, negative) if isinstance(cell.negative, HostElectrode) else 0.0,
            (),
        )
    steps = protocol.sequence()
    first = next((step for step in steps if isinstance(step, ConstantCurrent)), None)
    made = (_full(cell.positive), _empty(cell.negative) if isinstance(cell.negative, HostElectrode) else 0.0)
    if first is not None and first.kind == "discharge":
        return _charged(cell, protocol, made)
    lows = [
        step.until.volts - reference_potential(cell, step.until)
        for step in steps
        if isinstance(step, ConstantCurrent) and step.kind == "discharge" and step.until is not None
    ]
    if isinstance(cell.negative, ConstantElectrode) and lows:
        x = _where(cell.positive, min(lows) + cell.negative.potential, made[0])
        reason = (
            f"at rest at the lowest discharge limit, {min(lows):g} V" if x < made[0] else "as full as its curve goes"
        )
        return InitialState(x, 0.0, (f"start: {cell.positive.name} at x = {x:.4g}, {reason} (assumed)",))
    return InitialState(*made, _as_made(cell, made))


def _as_made(cell: CellParameters, made: tuple[float, float]) -> tuple[str, ...]:
    lines = [f"start: {cell.positive.name} at x = {made[0]:.4g}, as full as its curve goes (assumed)"]
    if isinstance(cell.negative, HostElectrode):
        lines.append(f"start: {cell.negative.name} at x = {made[1]:.4g}, as empty as its curve goes (assumed)")
    return tuple(lines)


def _charged(cell: CellParameters, protocol: Protocol, made: tuple[float, float]) -> InitialState:
    """Return the state at rest at the protocol's highest voltage above its discharge limits, or fully charged."""
    limits = [limit.volts - reference_potential(cell, limit) for limit in protocol.limits()]
    lows = [
        step.until.volts - reference_potential(cell, step.until)
        for step in protocol.sequence()
        if isinstance(step, ConstantCurrent) and step.kind == "discharge" and step.until is not None
    ]
    most = (made[0] - _empty(cell.positive)) * cell.positive.charge
    if isinstance(cell.negative, HostElectrode):
        most = min(most, (_full(cell.negative) - made[1]) * cell.negative.charge)
    upper = max(limits, default=None)
    reason = "charged as far as the curves go, the protocol names no upper limit"
    low, high = 0.0, most
    if (
        upper is not None
        and upper > max(lows, default=-np.inf)
        and rest_voltage(cell, *_moved(cell, made, most)) > upper
    ):
        reason = f"at rest at the highest limit of the protocol, {upper:g} V"
        for _ in range(_BISECTIONS):
            middle = 0.5 * (low + high)
            low, high = (middle, high) if rest_voltage(cell, *_moved(cell, made, middle)) < upper else (low, middle)
    x, y = _moved(cell, made, high)
    lines = [f"start: {cell.positive.name} at x = {x:.4g}, {reason} (assumed)"]
    if isinstance(cell.negative, HostElectrode):
        lines.append(f"start: {cell.negative.name} at x = {y:.4g}, with the lithium that {cell.positive.name} gave")
    return InitialState(x, y, tuple(lines))


def rest_voltage(cell: CellParameters, positive: float, negative: float) -> float:
    """Return the open-circuit voltage U_pos(x) - U_neg(y) at uniform stoichiometries, V."""
    u = _potential(cell.positive.open_circuit, positive)
    if isinstance(cell.negative, ConstantElectrode):
        return u - cell.negative.potential
    return u - _potential(cell.negative.open_circuit, negative)


def _moved(cell: CellParameters, made: tuple[float, float], charge: float) -> tuple[float, float]:
    """Return the stoichiometries after `charge` (A s/m2) has gone from the positive of the state `made`."""
    y = made[1] + charge / cell.negative.charge if isinstance(cell.negative, HostElectrode) else 0.0
    return made[0] - charge / cell.positive.charge, y


def _potential(curve: OpenCircuit, x: float) -> float:
    return float(curve.potential(np.array([x]))[0])


def _full(electrode: HostElectrode) -> float:
    return min(electrode.open_circuit.highest, 1.0 - START_MARGIN)


def _empty(electrode: HostElectrode) -> float:
    return max(electrode.open_circuit.lowest, START_MARGIN)


def _within(electrode: HostElectrode, x: float) -> float:
    return min(max(x, _empty(electrode)), _full(electrode))


def _where(electrode: HostElectrode, potential: float, highest: float) -> float:
    """Return the largest x up to `highest` at which the curve is not below `potential`."""
    x = np.linspace(_empty(electrode), highest, 20_001)
    above = np.flatnonzero(electrode.open_circuit.potential(x) >= potential)
    return float(x[above[-1]]) if len(above) else float(x[0])
