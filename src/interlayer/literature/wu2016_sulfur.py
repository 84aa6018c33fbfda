"""Wu et al. 2016, section 4.2: sulfur and Li2S cathodes: Faraday's law, volume change, and what a stack could hold."""

import math
from collections.abc import Callable
from typing import Final

from interlayer.composition import molar_mass
from interlayer.constants import FARADAY
from interlayer.energy import stack
from interlayer.literature.basis import Basis
from interlayer.literature.claims import claim
from interlayer.literature.computation import Answer, Computation, only
from interlayer.literature.verdict import judge
from interlayer.literature.wang2021amr_theory import theoretical_capacity
from interlayer.literature.wu2016_cells import LGPS, LIION, section_cell, with_loading
from interlayer.transport import resistance

LI2S_CELL: Final = "wang2021amr_li2s"
CARBON: Final = 20.0
"""wt% of carbon in a sulfur cathode; assumed, common for such mixtures, as S1-60 gives only the electrolyte."""


def volume_change(sulfur: float, sulfide: float) -> float:
    """Return the expansion in percent when sulfur becomes Li2S, from their densities in the same unit."""
    return 100.0 * (molar_mass("Li2S") / sulfide / (molar_mass("S") / sulfur) - 1.0)


def stated_volume_change(basis: Basis) -> float:
    """Return the expansion in percent with the densities of S1-118."""
    return volume_change(*basis.numbers("S1-118"))


def mean_voltage(basis: Basis) -> float:
    """Return the voltage in V that the theoretical energy of Li-S (S4-19) means per mass of Li2S."""
    return basis.number("S4-19") * 3600.0 * molar_mass("Li2S") / (2.0 * FARADAY)


def sulfur_stack_energy(basis: Basis) -> float:
    """Return the specific energy in Wh/kg of the LGPS cell of section 3 with sulfur in place of NCA.

    Same charge per area, foils, separator, pores and excess of lithium; sulfur as much used as in S1-106.
    """
    capacity, electrolyte = basis.number("S1-106"), basis.number("S1-60")
    areal = basis.numbers("S1-38")[0] * basis.number("S1-21")
    sulfur = 100.0 - electrolyte - CARBON
    cell = section_cell(
        basis,
        LGPS,
        "cathode.active_material=S",
        f'cathode.composition={{S={sulfur!r}, Li10GeP2S12={electrolyte!r}, "carbon black"={CARBON!r}}}',
        with_loading(areal / capacity),
        f"densities.S={basis.numbers('S1-118')[0]!r} g/cm3",
        f"rating.specific_capacity={capacity!r} mAh/g",
        f"rating.average_voltage={mean_voltage(basis)!r} V",
        f"nominal_capacity={capacity!r} mAh/g",
    )
    return stack(cell).specific_energy_Wh_per_kg


def _twice(basis: Basis) -> Answer:
    own, liion = sulfur_stack_energy(basis), stack(section_cell(basis, LIION)).specific_energy_Wh_per_kg
    theory = basis.number("S4-19")
    return Answer(
        own / liion,
        f"LGPS cell of section 3 with sulfur for NCA: {basis.number('S1-60'):g} wt% electrolyte (S1-60), {CARBON:g} % "
        f"carbon (assumed), {basis.number('S1-106'):g} mAh/g (S1-106), {mean_voltage(basis):.2f} V: {own:.0f} Wh/kg "
        f"over {liion:.0f}. The limit for the active masses alone (S4-19) is {theory / basis.number('S1-34'):.0f} "
        "times S1-34.",
    )


def _utilisation(theory: float, of: str, missing: str) -> Callable[[Basis], Answer]:
    """Return the answer on a capacity that depends on how much of the active material is reached."""

    def answer(_: Basis) -> Answer:
        return Answer(
            None,
            f"Theory, {of}, is {theory:.0f} mAh/g; how much of it is reached depends on contacts between active "
            f"material, carbon and electrolyte. Missing: {missing}.",
        )

    return answer


def _copper(_: Basis) -> Answer:
    one, three = (theoretical_capacity(f"S{n}Cu", 2.0 * n) for n in (1, 3))
    return Answer(
        None,
        f"Per mass of S and Cu, with two electrons per sulfur, CuS would hold {one:.0f} and S3Cu {three:.0f} mAh/g, so "
        "the ratio decides. Missing: S to Cu of the mixture, loading and conductivities of the composite, and the "
        "share of sulfur that is reached.",
    )


def _initial(basis: Basis) -> Answer:
    theory, share = theoretical_capacity("S", 2.0), basis.number("S1-114")
    return Answer(
        theory * share / 100.0,
        f"{share:g} % (S1-114) of the {theory:.1f} mAh/g of sulfur: a check of two statements, no prediction of what "
        "the contacts let react.",
    )


def _share(basis: Basis) -> Answer:
    theory, capacity = theoretical_capacity("S", 2.0), basis.number("S1-113")
    return Answer(
        100.0 * capacity / theory,
        f"{capacity:g} mAh/g of sulfur (S1-113) over the {theory:.1f} of two electrons per sulfur atom.",
    )


def _decades(basis: Basis) -> Answer:
    bulk, shell = basis.number("S1-110"), basis.number("S1-111")
    return Answer(math.log10(shell / bulk), f"log10 of {shell:.0e} (S1-111) over {bulk:.0e} S/cm (S1-110).")


def _bulk(basis: Basis) -> Answer:
    return Answer(basis.numbers("S4-23")[0], "The account of 004 states the same conductivity for Li2S (S4-23).")


def _densities(basis: Basis) -> Answer:
    sulfur, sulfide = basis.number("S4-22"), basis.numbers("S4-23")[1]
    return Answer(
        (sulfur, sulfide),
        f"004 uses {sulfur:g} (S4-22) and {sulfide:g} g/cm3 (S4-23), with which sulfur expands by "
        f"{volume_change(sulfur, sulfide):.1f} %.",
    )


def _expansion(basis: Basis) -> Answer:
    value = stated_volume_change(basis)
    sulfur, sulfide = basis.numbers("S1-118")
    other = volume_change(basis.number("S4-22"), basis.numbers("S4-23")[1])
    return Answer(
        value,
        f"With the densities of the same sentence, {sulfur:g} and {sulfide:g} g/cm3 (S1-118), molar volumes give "
        f"{value:+.1f} %; with those of 004 (S4-22, S4-23) {other:+.1f} %. The printed number belongs to other "
        "densities.",
        None if judge(claim("S1-119"), value, "exact")[0] == "agrees" else "inconsistent",
    )


def _voids(basis: Basis) -> Answer:
    change = stated_volume_change(basis)
    left = 1.0 / (1.0 + change / 100.0)
    fraction = f"cathode.interface.contact_fraction={left!r}"
    whole, part = (
        sum(
            one.area_specific_resistance_ohm_cm2 or 0.0
            for one in resistance(basis.cell(LI2S_CELL, *changes)).terms
            if one.part == "cathode interface"
        )
        for changes in ((), (fraction,))
    )
    layered = max(basis.numbers("S1-88"))
    return Answer(
        None,
        f"Missing: how contact follows the volume. Li2S that turns back into sulfur leaves {100.0 * (1.0 - left):.0f} "
        f"% of its volume empty (S1-118), NMC at most {100.0 * (1.0 - 1.0 / (1.0 + layered / 100.0)):.0f} % (S1-88). "
        f"If contact goes in proportion, the interface of the example Li2S cell rises {part / whole:.2f}-fold; "
        "pressure and binder are not modelled.",
    )


def _kept(basis: Basis) -> Answer:
    change = stated_volume_change(basis)
    return Answer(
        None,
        f"Sulfur swells by {change:.0f} % in every cycle (S1-118), and how fast contacts are lost by it follows from "
        "no number of the paper. Missing: capacities or resistances over the cycles, and the mixture and pressure of "
        "the cell.",
    )


def _sulfur(missing: str) -> Callable[[Basis], Answer]:
    return _utilisation(theoretical_capacity("S", 2.0), "two electrons per sulfur atom", missing)


def _lithium_sulfide(missing: str) -> Callable[[Basis], Answer]:
    return _utilisation(theoretical_capacity("Li2S", 2.0), "two electrons per Li2S", missing)


def _efficiency(_: Basis) -> Answer:
    return Answer(
        None,
        "A conversion cathode without side reactions is simulated with 100 % by construction. Missing: charge and "
        "discharge capacities over the cycles, or a rate of decomposition of Li3PS4 at the carbon.",
    )


COMPUTATIONS: Final[tuple[Computation, ...]] = (
    only("S1-102", "predicted", _twice),
    only("S1-103", "reported", _copper),
    only("S1-104", "reported", _sulfur("composition, particle size and electronic conductivity of the milled mixture")),
    only("S1-105", "reported", _sulfur("particle size and contact area after mixing from the gas phase")),
    only("S1-106", "reported", _sulfur("composition, loading, current and carbon surface")),
    only("S1-107", "reported", _efficiency),
    only("S1-108", "reported", _lithium_sulfide("the ratio of Li2S to Cu and the share that turns into inactive CuS")),
    only("S1-109", "reported", _lithium_sulfide("loading, particle size and contact area after milling")),
    only("S1-110", "exact", _bulk),
    only("S1-112", "exact", _decades),
    only("S1-113", "exact", _initial),
    only("S1-114", "exact", _share),
    only("S1-115", "reported", _kept),
    only("S1-116", "reported", _sulfur("fade over 300 cycles and how the conductivity of the mixture goes with it")),
    only(
        "S1-117",
        "reported",
        _sulfur("conductivities and exchange currents at both temperatures, which would give the gain by heating"),
    ),
    only("S1-118", "exact", _densities),
    only("S1-119", "exact", _expansion),
    only("S1-120", "predicted", _voids),
)
