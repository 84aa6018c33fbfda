"""Wu et al. 2016, sections 4.3 and 4.4: the lithium-oxygen membrane, and lithium metal on solid electrolytes."""

import math
import re
from typing import Final

from interlayer.composition import molar_mass
from interlayer.constants import FARADAY
from interlayer.energy.lithium import plated_thickness
from interlayer.literature.basis import Basis
from interlayer.literature.claims import claim
from interlayer.literature.computation import Answer, Computation, only, reported
from interlayer.literature.verdict import judge
from interlayer.simulation import SimulationResult

OXYGEN_CELL: Final = "wu2016_li_o2"
SELF_DIFFUSION: Final = 5.6e-15
"""m2/s, about, of lithium in bulk lithium near room temperature, as is usual in work on lithium at garnets (Krauskopf
et al., ACS Appl. Mater. Interfaces 11 (2019) 14463, doi 10.1021/acsami.9b02537); not of the paper."""
_MAH_PER_CM2: Final = 3.6e4
"""A s/m2."""
_SHORT_MINUTES: Final = 10.0
"""Time to the short circuit of S1-126, between its few minutes and few tens of minutes; a reading of words."""
_SLOW: Final = 0.1
"""Share of the current of S1-04 that counts as a low current."""


def areal_capacities(name: str) -> tuple[float, float]:
    """Return the range of areal capacities in mAh/cm2 that a claim is made for."""
    match = re.search(r"([\d.]+)-([\d.]+) mAh/cm2", claim(name).quantity)
    if match is None:
        raise ValueError(f"{name} states no areal capacities")
    return float(match[1]), float(match[2])


def lithium_um(basis: Basis, areal_capacity: float) -> float:
    """Return the thickness in um of dense lithium, at the capacity of S4-14 and the density of S1-33."""
    specific, density = basis.numbers("S4-14")[1] * 3.6e3, basis.numbers("S1-33")[5] * 1e3
    return plated_thickness(areal_capacity * _MAH_PER_CM2, specific_capacity=specific, density=density) * 1e6


def refill_hours(thickness_um: float) -> float:
    """Return L^2/D: how long vacancies need across this much lithium if only self-diffusion takes them away."""
    return (thickness_um * 1e-6) ** 2 / SELF_DIFFUSION / 3600.0


def stripping_limit(basis: Basis, seconds: float) -> float:
    """Return the current in mA/cm2 above which voids grow within this time at an evenly touching lithium surface.

    Lithium is stripped faster than self-diffusion carries its vacancies off, j t / (F c) > sqrt(D t), so
    j = F c sqrt(D / t), with the lithium concentration c from the density in S1-33.
    """
    concentration = basis.numbers("S1-33")[5] * 1e3 / molar_mass("Li")
    return FARADAY * concentration * math.sqrt(SELF_DIFFUSION / seconds) * 0.1


def discharge(basis: Basis, current: float) -> SimulationResult:
    """Return the discharge of the lithium-oxygen cell for half an hour at a current in mA/cm2."""
    return basis.simulate(OXYGEN_CELL, f"Discharge at {current!r} mA/cm2 for 30 minutes")


def membrane_share(basis: Basis, current: float) -> tuple[float, float]:
    """Return the membrane's part of all voltage losses, and itself in V, halfway through a discharge."""
    budget = discharge(basis, current).budget
    terms = budget.terms if budget is not None else ()
    losses = [abs(one.overpotential_mV) for one in terms]
    own = sum(abs(one.overpotential_mV) for one in terms if one.part == "separator")
    return own / sum(losses) if losses else 0.0, own / 1e3


def _membrane(basis: Basis) -> Answer:
    fast = basis.number("S1-04")
    slow = _SLOW * fast
    (before, _), (after, loss) = membrane_share(basis, slow), membrane_share(basis, fast)
    return Answer(
        after > max(before, 0.5),
        "Simulated lithium-oxygen cell (membrane 150 um and 0.1 mS/cm, electrode kinetics assumed): the membrane "
        f"takes {before:.0%} of the losses at {slow:g} and {after:.0%}, {loss:.2f} V, at {fast:g} mA/cm2 (S1-04). "
        "Ohm's law is linear, electrode kinetics logarithmic.",
    )


def _plated(basis: Basis) -> Answer:
    low, high = (lithium_um(basis, one) for one in areal_capacities("S1-133"))
    first, last = areal_capacities("S1-133")
    misses = judge(claim("S1-133"), (low, high), "exact")[0] != "agrees"
    return Answer(
        (low, high),
        f"{first:g} to {last:g} mAh/cm2 are {low:.1f} to {high:.1f} um of dense lithium (S4-14, S1-33). A capacity "
        f"{last / first:g} times as large is {last / first:g} times as thick, which the printed range is not; pores "
        "would change both ends alike.",
        "inconsistent" if misses else None,
    )


def _stripping(basis: Basis) -> Answer:
    current = basis.number("S1-04")
    capacity = areal_capacities("S1-133")[0]
    thickness = lithium_um(basis, capacity)
    time, needed = capacity / current, refill_hours(thickness)
    return Answer(
        needed > time,
        f"Stripping {capacity:g} mAh/cm2 takes {thickness:.1f} um from the interface in {60.0 * time:.0f} min at the "
        f"{current:g} mA/cm2 of S1-04; self-diffusion ({SELF_DIFFUSION * 1e4:.1e} cm2/s) needs about "
        f"{60.0 * needed:.0f} min to carry the vacancies off. Creep under pressure must do the rest; how much pressure "
        "is not computed.",
    )


def _critical(basis: Basis) -> Answer:
    value = stripping_limit(basis, 60.0 * _SHORT_MINUTES)
    longer = stripping_limit(basis, 180.0 * _SHORT_MINUTES)
    return Answer(
        value,
        f"Void growth: lithium stripped faster than self-diffusion ({SELF_DIFFUSION * 1e4:.1e} cm2/s) refills needs "
        f"{value:.1f} mA/cm2 in {_SHORT_MINUTES:g} min, {longer:.1f} in {3.0 * _SHORT_MINUTES:g} (F c sqrt(D/t); time "
        "read from the text's words). Garnets fail earlier: lithium touches part of a rough, porous surface, and "
        "flaws focus the current.",
    )


COMPUTATIONS: Final[tuple[Computation, ...]] = (
    only("S1-123", "predicted", _membrane),
    only("S1-126", "predicted", _critical),
    reported(
        ("S1-131",),
        "A steady model of lithium never ends, and no law for the loss of contact is given. Missing: thickness of "
        "electrolyte and indium film, loading of the titanate, and resistances over the cycles.",
    ),
    only("S1-133", "exact", _plated),
    only("S1-134", "predicted", _stripping),
)
