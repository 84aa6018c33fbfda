"""Ageing: what each step leaves behind in the cell, and the aged cell for the next.

Every term is a closed form of how long, or how often, its condition held: the exposure. A step changes nothing while
it runs; at its end the exposures grow by what its own rows say, and the next step sees the aged parameters. The error
of that splitting is of the order of the change within one step, far below that of the cycle's capacity.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Final, Literal

import numpy as np

from interlayer.constants import BOLTZMANN
from interlayer.simulation import layout
from interlayer.simulation.model import CellParameters, HostElectrode
from interlayer.simulation.run import Array, RunStep, State

Condition = Callable[[Array, Array], Array]
"""Cathode potential (V against lithium) and cathode stoichiometry of rows -> 1 where the layer grows, else 0."""


@dataclass(frozen=True)
class GrowthTerm:
    """A layer that grows while a condition holds, in SI.

    After `after` seconds of it the layer has `resistance` (ohm m2 of contacted surface) and `thickness` (m; 0 where
    only the resistance is known). `factor` multiplies the rate: temperature, share of bare surface, driving force.
    `above` (V against lithium) and `below` (stoichiometry) are the conditions; None: no condition. A layer that
    `consumes` takes active volume with it.
    """

    name: str
    after: float
    resistance: float
    thickness: float = 0.0
    law: Literal["parabolic", "linear"] = "parabolic"
    factor: float = 1.0
    above: float | None = None
    below: float | None = None
    consumes: bool = False

    def amount(self, exposure: float) -> float:
        """Return thickness and resistance in units of those at `after`, from the seconds of exposure."""
        time = self.factor * exposure / self.after
        return time if self.law == "linear" else float(np.sqrt(time))


@dataclass(frozen=True)
class AgeingTerms:
    """All ageing of a cell: layers, and losses per full swing of the stoichiometry (shares) or per cycle.

    `contact_rate` is the share of contact above `contact_floor` lost in a full swing, `isolation_rate` that of the
    active material (`isolation_linear`: of the first amount); `initial_lithium` (A s/m2) is bound within
    `initial_cycles`, and `lithium_rate` is the share of each charge that is bound for good.
    """

    growths: tuple[GrowthTerm, ...] = ()
    contact_rate: float = 0.0
    contact_floor: float = 0.0
    isolation_rate: float = 0.0
    isolation_linear: bool = False
    initial_lithium: float = 0.0
    initial_cycles: float = 1.0
    lithium_rate: float = 0.0

    def __bool__(self) -> bool:
        """Whether anything ages."""
        return bool(self.growths) or any(
            (self.contact_rate, self.isolation_rate, self.initial_lithium, self.lithium_rate)
        )


@dataclass(frozen=True)
class Exposure:
    """What the cell has been through: seconds of each growth, full swings and charges passed, lithium bound.

    `swings` counts a move of the cathode's stoichiometry by 2 as one (from 0 to 1 and back); `cycles` counts charges;
    `lithium_bound` in A s/m2.
    """

    seconds: tuple[float, ...] = ()
    swings: float = 0.0
    cycles: float = 0.0
    lithium_bound: float = 0.0

    @classmethod
    def fresh(cls, terms: AgeingTerms) -> "Exposure":
        """Return that of a cell that has been through nothing."""
        return cls(seconds=(0.0,) * len(terms.growths))


@dataclass(frozen=True)
class AgedState:
    """What the terms amount to: resistances on the contacted surface (ohm m2) and thicknesses (m) by layer, shares."""

    resistances: dict[str, float] = field(default_factory=dict)
    thicknesses: dict[str, float] = field(default_factory=dict)
    contact: float = 1.0
    active: float = 1.0
    lithium_bound: float = 0.0


def aged_state(terms: AgeingTerms, exposure: Exposure, electrode: HostElectrode) -> AgedState:
    """Return what the terms amount to after an exposure."""
    amounts = [term.amount(t) for term, t in zip(terms.growths, exposure.seconds, strict=True)]
    left = 1.0
    for term, amount in zip(terms.growths, amounts, strict=True):
        if term.consumes:
            depth = min(amount * term.thickness / electrode.length, 1.0)
            left *= (1.0 - depth) ** (3 if electrode.shape == "sphere" else 1)
    kept = (
        max(1.0 - terms.isolation_rate * exposure.swings, 0.0)
        if terms.isolation_linear
        else (1.0 - terms.isolation_rate) ** exposure.swings
    )
    floor = terms.contact_floor
    return AgedState(
        resistances={t.name: t.resistance * a for t, a in zip(terms.growths, amounts, strict=True)},
        thicknesses={t.name: t.thickness * a for t, a in zip(terms.growths, amounts, strict=True)},
        contact=floor + (1.0 - floor) * (1.0 - terms.contact_rate) ** exposure.swings,
        active=left * kept,
        lithium_bound=exposure.lithium_bound,
    )


LEAST_LEFT: Final = 1e-6
"""Share of active material and of contact that is left at least, so that the model's quotients exist."""


def aged(cell: CellParameters, terms: AgeingTerms, exposure: Exposure) -> CellParameters:
    """Return the parameters of the cell after an exposure; those of the fresh cell are `cell`.

    Isolated material takes its surface and the lithium in it along: the rest keeps its stoichiometry.
    """
    fresh = cell.positive
    state = aged_state(terms, exposure, fresh)
    active = max(state.active, LEAST_LEFT)
    positive = replace(
        fresh,
        charge=fresh.charge * active,
        true_area=fresh.true_area * active,
        contact=fresh.contact * max(state.contact, LEAST_LEFT),
        layer_resistances={**fresh.layer_resistances, **{k: v for k, v in state.resistances.items() if v > 0.0}},
    )
    # the open-circuit curve is the same; tabulating it again would cost more than the step
    positive.__dict__["table"] = fresh.table
    return replace(cell, positive=positive)


def exposed(cell: CellParameters, terms: AgeingTerms, exposure: Exposure, step: RunStep) -> Exposure:
    """Return the exposure after one more step of the (aged) cell."""
    rows = step.rows
    time, filling = rows[:, layout.TIME], rows[:, layout.STOICHIOMETRY]
    potential = rows[:, layout.VOLTAGE] + _anode_potential(cell, rows)
    held = [
        float(np.trapezoid(_condition(term, potential, filling), time)) if len(time) > 1 else 0.0
        for term in terms.growths
    ]
    passed = float(rows[-1, layout.CHARGE_PASSED])
    charged = max(passed, 0.0)
    cycles = exposure.cycles + (1.0 if step.step.kind == "charge" and charged > 0.0 else 0.0)
    bound = terms.lithium_rate * charged + terms.initial_lithium * (
        np.exp(-exposure.cycles / terms.initial_cycles) - np.exp(-cycles / terms.initial_cycles)
    )
    return Exposure(
        seconds=tuple(t + more for t, more in zip(exposure.seconds, held, strict=True)),
        swings=exposure.swings + float(np.abs(np.diff(filling)).sum()) / 2.0,
        cycles=cycles,
        lithium_bound=exposure.lithium_bound + float(bound),
    )


def bind_lithium(cell: CellParameters, state: State, bound: float) -> float:
    """Take lithium (A s/m2) out of a negative electrode that stores it, in place; return what could be taken.

    Particles lose it evenly, and no surface is left below the curve's range. A metal is a reservoir: it only counts.
    """
    negative = cell.negative
    if bound <= 0.0 or not isinstance(negative, HostElectrode):
        return bound
    room = float(state.negative.min()) - negative.stoichiometry_limits[0]
    taken = min(bound / negative.charge, max(room, 0.0))
    state.negative -= taken
    return taken * negative.charge


def arrhenius(activation_energy: float | None, temperature: float, reference: float) -> float:
    """Return exp(-E_a/k (1/T - 1/T_ref)), the factor on a rate; 1 without an activation energy (J per particle)."""
    if activation_energy is None:
        return 1.0
    return float(np.exp(-activation_energy / BOLTZMANN * (1.0 / temperature - 1.0 / reference)))


def _condition(term: GrowthTerm, potential: Array, filling: Array) -> Array:
    holds = np.ones_like(potential)
    if term.above is not None:
        holds *= potential > term.above
    if term.below is not None:
        holds *= filling < term.below
    return holds


def _anode_potential(cell: CellParameters, rows: Array) -> Array:
    """Return the anode's potential against lithium at its mean filling, V."""
    negative = cell.negative
    if isinstance(negative, HostElectrode):
        return negative.open_circuit.potential(rows[:, layout.STOICHIOMETRY + 1])
    return np.full(len(rows), negative.potential)


@dataclass
class AgeingHistory:
    """The exposures of a cell after each step of a run; `after_step` is what `run_protocol` calls.

    `fresh` are the parameters of the cell before any ageing.
    """

    fresh: CellParameters
    terms: AgeingTerms
    exposures: list[Exposure] = field(default_factory=list)

    def after_step(self, step: RunStep, state: State) -> CellParameters:
        """Note what the step left behind, take bound lithium out of `state`, and return the aged cell."""
        before = self.exposures[-1] if self.exposures else Exposure.fresh(self.terms)
        now = exposed(step.cell, self.terms, before, step)
        bound = bind_lithium(step.cell, state, now.lithium_bound - before.lithium_bound)
        self.exposures.append(replace(now, lithium_bound=before.lithium_bound + bound))
        return aged(self.fresh, self.terms, now)

    def state_after(self, step: int) -> AgedState:
        """Return what the terms amount to after step number `step`, counted from 0."""
        return aged_state(self.terms, self.exposures[step], self.fresh.positive)
