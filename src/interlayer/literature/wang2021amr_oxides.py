"""Oxide cathodes of 004: space charge, coatings and their conductivity, shells, and the LiCoO2 cell with Li3InCl6."""

from typing import Final

from interlayer.composition import molar_mass
from interlayer.constants import AVOGADRO, ROOM_TEMPERATURE
from interlayer.literature.basis import Basis
from interlayer.literature.computation import Answer, Computation, only
from interlayer.simulation import SimulationResult
from interlayer.thermo import react, window
from interlayer.transport.ohmic import area_specific_resistance
from interlayer.transport.space_charge import depletion_width, space_charge_resistance

PERMITTIVITY: Final = 10.0
"""Relative permittivity of Li10GeP2S12, assumed; nothing of the five papers gives one."""
COATED: Final = {"S0-20": "S0-59", "S0-21": "S0-60", "S0-22": "S0-61"}
"""Conductivities of the three coatings of 000, and the interface resistances measured with them."""
ONE_SHELL_CONTACT: Final = 0.15
"""Share of the surface that touches electrolyte without the outer shell; assumed, no measurement gives it."""
SHELL_CELL: Final = "wang2021amr_dual_shell"
LIC_CELL: Final = "wang2021amr_lco_lic"
_LITHIUM_PER_FORMULA: Final = 10.0
_FILM_NM: Final = 10.0
"""Thickness of the coating, the upper end of what 000 saw (S0-24)."""
_HALF: Final = 0.5
"""Share of the capacity at 0.1C that a cell must keep at its maximum rate: a convention of ours."""
_FASTEST: Final = 200.0


def carrier_density(basis: Basis) -> float:
    """Return lithium ions per m3 of Li10GeP2S12, from the density that 001 gives (S1-37)."""
    density = basis.numbers("S1-37")[2] * 1e3
    return _LITHIUM_PER_FORMULA * density * AVOGADRO / molar_mass("Li10GeP2S12")


def barrier_for(basis: Basis, resistance_ohm_cm2: float) -> float:
    """Return the potential step in V at which a depleted layer of LGPS has this resistance per own area."""
    from scipy.optimize import brentq

    carriers, conductivity = carrier_density(basis), basis.number("S0-29") * 0.1
    return float(
        brentq(
            lambda step: (
                space_charge_resistance(step, PERMITTIVITY, carriers, conductivity, ROOM_TEMPERATURE) * 1e4
                - resistance_ohm_cm2
            ),
            1e-3,
            3.0,
        )
    )


def coated_resistances(basis: Basis) -> dict[float, float]:
    """Return conductivity in S/cm and interface resistance, ohm cm2 of electrode, of the three coated cells of 000."""
    area = basis.cell("wang2020_lnto450").description.area.si * 1e4
    return {basis.number(sigma) * 1e-6: basis.number(resistance) * area for sigma, resistance in sorted(COATED.items())}


def roughness(basis: Basis) -> float:
    """Return the particle surface per electrode area of the coated cell of 000."""
    return basis.cell("wang2020_lnto450").cathode.true_area


def barriers(basis: Basis) -> dict[float, float]:
    """Return conductivity in S/cm and the potential step in V that would explain each resistance as space charge."""
    surface = roughness(basis)
    return {sigma: barrier_for(basis, one * surface) for sigma, one in coated_resistances(basis).items()}


def film_resistance(conductivity: float, thickness_nm: float) -> float:
    """Return what ions meet through a film, t / sigma in ohm cm2, of `conductivity` in S/cm."""
    return area_specific_resistance(thickness_nm * 1e-9, conductivity * 1e2) * 1e4


def _space_charge(basis: Basis) -> Answer:
    oxidation = window("LGPS").oxidation_V or 0.0
    step = basis.number("S4-13") - oxidation
    width = depletion_width(step, PERMITTIVITY, carrier_density(basis)) if step > 0.0 else 0.0
    measured, steps = coated_resistances(basis), barriers(basis)
    best = max(measured)
    return Answer(
        None,
        f"Missing: the step of the potential across the contact. A cathode above {basis.number('S4-13'):g} V (S4-13) "
        f"lies {step:.1f} V above the oxidation of LGPS ({oxidation:.2f} V): it draws lithium. Mott-Schottky makes the "
        f"layer {width * 1e9:.2f} nm thick (permittivity 10 assumed), below an atomic layer; {steps[best]:.2f} V on "
        f"all particles would give the {measured[best]:.0f} ohm cm2 of S0-60.",
    )


def _lower_barrier(basis: Basis) -> Answer:
    steps, measured = barriers(basis), coated_resistances(basis)
    in_order = [steps[sigma] for sigma in sorted(steps)]
    share = max(film_resistance(sigma, _FILM_NM) / (one * roughness(basis)) for sigma, one in measured.items())
    return Answer(
        in_order == sorted(in_order, reverse=True) and len(set(in_order)) == len(in_order),
        "Read as space charge, the interface resistances of 000 need "
        + ", ".join(f"{steps[sigma]:.3f} V at {sigma * 1e6:.3g} uS/cm" for sigma in sorted(steps))
        + f". That only restates the resistances; {_FILM_NM:.0f} nm of film explain at most {share:.0e} of them.",
    )


def _critical(basis: Basis) -> Answer:
    measured = coated_resistances(basis)
    ranked = sorted(measured, key=lambda sigma: measured[sigma])
    good, bad = ranked[:-1], ranked[-1]
    lower_bound = min(good) > bad
    return Answer(
        not lower_bound,
        "The cells of 000 with low interface resistance have coatings of "
        f"{' and '.join(f'{one * 1e6:.3g}' for one in good)} uS/cm, the poor one {bad * 1e6:.3g}: "
        + ("the critical value must be exceeded, not undercut. " if lower_bound else "it must be undercut. ")
        + f"Through {_FILM_NM:.0f} nm even the poor one is only {film_resistance(bad, _FILM_NM):.2f} ohm cm2.",
        "inconsistent" if lower_bound else None,
    )


def lic_changes(basis: Basis) -> tuple[str, ...]:
    """Return the changes that take the loading and 1C of the Li3InCl6 cell from other papers of the same group."""
    return (
        f"cathode.loading={basis.number('S2-59')!r} mg/cm2",
        f"nominal_capacity={basis.number('S0-30') * 1e-2!r} mAh/cm2",  # 0.1C in uA/cm2
    )


def lic_rates(basis: Basis, rates: tuple[float, ...]) -> SimulationResult:
    """Return charges at 0.1C to 4.2 V and discharges at these C-rates to 3 V against Li, in turn."""
    return basis.simulate(LIC_CELL, _ladder(rates), *lic_changes(basis))


def _ladder(rates: tuple[float, ...]) -> list[str]:
    """Return a charge at 0.1C to 4.2 V before a discharge to 3 V at each C-rate."""
    return [
        step
        for rate in rates
        for step in ("Charge at 0.1C until 4.2 V vs Li", f"Discharge at {rate!r}C until 3.0 V vs Li")
    ]


def _lic_first(basis: Basis) -> Answer:
    value = lic_rates(basis, (0.1,)).steps[1].capacity_mAh_per_g
    return Answer(
        None,
        f"Missing: the cut-offs. {value:.0f} mAh/g are simulated at {basis.number('S0-30'):g} uA/cm2 (S0-30) and "
        f"{basis.number('S2-59'):g} mg/cm2 (S2-59, a sister cell) between 4.2 and 3.0 V vs Li with LiCoO2's curve from "
        "the literature; the upper one decides.",
    )


def _lic_fastest(basis: Basis) -> Answer:
    slow = lic_rates(basis, (0.1,)).steps[1].capacity_mAh_per_g
    low, high = 0.1, _FASTEST
    for _ in range(12):
        middle = (low * high) ** 0.5
        if lic_rates(basis, (middle,)).steps[1].capacity_mAh_per_g > _HALF * slow:
            low = middle
        else:
            high = middle
    value = (low * high) ** 0.5
    return Answer(
        value,
        f"The simulated cell keeps half of its {slow:.0f} mAh/g of 0.1C up to {value:.0f}C; half is our criterion, the "
        "paper gives none and may name the fastest rate it tried. No interface resistance is reported for the cell; "
        "the assumed exchange current is too kind.",
    )


def shell_rates(basis: Basis, rates: tuple[float, ...], contact: float | None = None) -> SimulationResult:
    """Return the dual-shell cell at these C-rates, or the same without outer shell and with partial contact."""
    single = ("cathode.coating.1=", f"cathode.interface.contact_fraction={contact!r}")
    return basis.simulate(SHELL_CELL, _ladder(rates), *(single if contact is not None else ()))


def hysteresis(result: SimulationResult) -> float:
    """Return mean charge less mean discharge voltage of the first cycle in V."""
    charge, discharge = (step.mean_voltage_V or 0.0 for step in result.steps[:2])
    return charge - discharge


def _dual_shell(basis: Basis) -> Answer:
    rates = (0.1, 1.0)
    dual, single = shell_rates(basis, rates), shell_rates(basis, rates, ONE_SHELL_CONTACT)
    better = all(dual.steps[k].capacity_mAh_per_g > single.steps[k].capacity_mAh_per_g for k in (1, 3))
    return Answer(
        better and hysteresis(dual) < hysteresis(single),
        f"Simulated with full contact (outer shell) against {100 * ONE_SHELL_CONTACT:.0f} % of the surface touched "
        f"(assumed): {dual.steps[1].capacity_mAh_per_g:.0f}/{dual.steps[3].capacity_mAh_per_g:.0f} against "
        f"{single.steps[1].capacity_mAh_per_g:.0f}/{single.steps[3].capacity_mAh_per_g:.0f} mAh/g at 0.1C/1C, "
        f"{1e3 * hysteresis(dual):.0f} against {1e3 * hysteresis(single):.0f} mV between charge and discharge.",
    )


def _single_crystal(basis: Basis) -> Answer:
    name = "wang2021amr_nmc811_lpo"
    whole = basis.simulate(name)
    small = basis.simulate(name, None, "cathode.particle_diameter=3 um")
    slow, fast = whole.steps[3].capacity_mAh_per_g, small.steps[3].capacity_mAh_per_g
    return Answer(
        fast > slow,
        f"Diffusion across 3 um instead of 10 um (sizes assumed, NMC811 cell): {fast:.0f} against {slow:.0f} mAh/g at "
        "1C. That is the transport half of the statement; stress and cracks are not modelled.",
    )


def _contacts(cathode: str, coating: str) -> tuple[float, float, float]:
    """Return meV/atom of cathode|LGPS, coating|cathode and coating|LGPS."""
    pairs = ((cathode, "LGPS"), (coating, cathode), (coating, "LGPS"))
    bare, inner, outer = (1e3 * react(a, b).reaction_energy_eV_per_atom for a, b in pairs)
    return bare, inner, outer


def _coatings(_: Basis) -> Answer:
    bare, inner, outer = _contacts("LiCoO2", "LiNbO3")
    return Answer(
        max(abs(inner), abs(outer)) < abs(bare),
        f"Phase equilibria: LiCoO2|LGPS reacts by {bare:.0f} meV/atom, with LiNbO3 between them {inner:.0f} (to "
        f"LiCoO2) and {outer:.0f} (to LGPS) are left. Reactions are weakened, not excluded; space charge is not in "
        "this.",
    )


def _phosphate(_: Basis) -> Answer:
    bare, inner, outer = _contacts("NMC811", "Li3PO4")
    return Answer(
        max(abs(inner), abs(outer)) < abs(bare),
        f"Phase equilibria: NMC811|LGPS reacts by {bare:.0f} meV/atom, with Li3PO4 between them {inner:.0f} (to "
        f"NMC811) and {outer:.0f} (to LGPS) are left. That is the chemical half of the statement; cracks are not "
        "modelled.",
    )


COMPUTATIONS: Final[tuple[Computation, ...]] = (
    only("S4-12", "predicted", _space_charge),
    only("S4-24", "predicted", _dual_shell),
    only("S4-25", "exact", _lower_barrier),
    only("S4-26", "exact", _critical),
    only("S4-28", "predicted", _lic_first),
    only("S4-29", "predicted", _lic_fastest),
    only("S4-30", "predicted", _single_crystal),
    only("S4-31", "predicted", _phosphate),
    only("S4-32", "predicted", _coatings),
)
