"""Wu et al. 2016, section 3: specific energy, energy density and break-even thickness from the stack model."""

import math
from collections.abc import Callable
from itertools import pairwise
from typing import Final

from interlayer.cell import Cell
from interlayer.composition import parse_formula
from interlayer.energy import find_value, stack
from interlayer.errors import InputError
from interlayer.literature.basis import Basis
from interlayer.literature.claims import claim
from interlayer.literature.computation import Answer, Computation, only
from interlayer.literature.verdict import judge
from interlayer.literature.wu2016_cells import (
    DRAWN_UM,
    ELECTROLYTES,
    LGPS,
    LIION,
    LLZO,
    ask,
    break_even,
    compared,
    graphite_capacity,
    loading_of,
    section_cell,
    with_loading,
    with_separator,
)

PRINTED_GARNET: Final = "Li7La3Zr2O7"
"""The garnet's formula as section 3 prints it."""
_CHARGES: Final = {"Li": 1, "La": 3, "Zr": 4, "O": -2}
_SHORT: Final = dict(zip(ELECTROLYTES, ("LLZO", "LATP", "LGPS"), strict=True))
_LOADINGS: Final = (10.0, 20.0, 30.0, 40.0, 50.0)
"""mg/cm2; over which saturation and slopes are judged."""
_THICK_LOADING: Final = 1e4
"""mg/cm2; so much cathode that nothing else weighs."""
_THIN: Final = DRAWN_UM[2]
"""um; the separator of 50 um in Figs. 3d and 3e."""
_SMALL: Final = 1.0
"""Percent; what counts as very little."""
_FORMULA_SLACK: Final = 0.02
"""Share by which two ways to the same number may differ, as for any formula."""


def printed_energy_density(cell: Cell) -> float:
    """Return E_V in Wh/L as the paper prints it, C m V / sum(w_i / rho_i): without pores."""
    result = stack(cell)
    return result.areal_energy_mWh_per_cm2 / dense_thickness_um(cell) * 1e4


def dense_thickness_um(cell: Cell) -> float:
    """Return sum(w_i / rho_i) of a stack in um: every material at its own density, no pores."""
    own = {cell.material(name).name: density for name, density in cell.description.densities.items()}
    total = 0.0
    for layer in stack(cell).layers:
        for name, mass in layer.materials_mg_per_cm2.items():
            density = own[name] if name in own else cell.material(name).value("density")
            total += mass / density.to("g/cm3") * 10.0
    return total


def slope(basis: Basis, name: str, place: int) -> float:
    """Return how the break-even thickness grows with loading, um per mg/cm2; place 0 for Wh/kg, 1 for Wh/L."""
    low, high = (break_even(basis, name, with_loading(loading))[place] for loading in (_LOADINGS[0], _LOADINGS[-1]))
    return (high - low) / (_LOADINGS[-1] - _LOADINGS[0])


def specific_energy(basis: Basis, name: str, *changes: str) -> float:
    """Return the specific energy of a cell of section 3 in Wh/kg."""
    return stack(section_cell(basis, name, *changes)).specific_energy_Wh_per_kg


def parity_loading(basis: Basis, *changes: str) -> float:
    """Return the loading in mg/cm2 at which the garnet cell equals the lithium-ion cell in Wh/kg; nan if none does."""
    try:
        return find_value(
            section_cell(basis, LLZO, *changes),
            "cathode.loading",
            unit="mg/cm2",
            between=(1.0, 500.0),
            quantity="specific_energy_Wh_per_kg",
            equals=specific_energy(basis, LIION),
        )
    except InputError:
        return math.nan


def excess_effect(basis: Basis) -> tuple[float, float]:
    """Return what the excess of lithium costs the garnet cell in Wh/kg and in Wh/L, percent."""
    whole, none = (stack(section_cell(basis, LLZO, *changes)) for changes in ((), ("anode.excess=0 %",)))
    return (
        100.0 * (1.0 - whole.specific_energy_Wh_per_kg / none.specific_energy_Wh_per_kg),
        100.0 * (1.0 - whole.energy_density_Wh_per_L / none.energy_density_Wh_per_L),
    )


def on_line(basis: Basis, name: str, others: tuple[str, str]) -> float:
    """Return the break-even thickness in um at a claim's loading on the line through two other stated points."""
    (x, y), (u, v) = ((stated_loading(basis, one), basis.number(one)) for one in others)
    return y + (v - y) * (stated_loading(basis, name) - x) / (u - x)


def stated_loading(basis: Basis, name: str) -> float:
    """Return the loading in mg/cm2 of one of the three stated points of LLZO; that of S1-39 is S1-38."""
    return basis.numbers("S1-38")[0] if name == "S1-39" else loading_of(name)


def _energy(basis: Basis) -> Answer:
    capacity, voltage = basis.number("S1-21"), basis.number("S1-22")
    loading = basis.number("S1-25")
    result = stack(section_cell(basis, LIION))
    value = capacity * loading * voltage / result.areal_mass_mg_per_cm2
    return Answer(
        math.isclose(value, result.specific_energy_Wh_per_kg, rel_tol=_FORMULA_SLACK),
        f"{capacity:g} mAh/g x {loading:g} mg/cm2 x {voltage:g} V over {result.areal_mass_mg_per_cm2:.1f} mg/cm2 of "
        f"layers is {value:.1f} Wh/kg: a definition, which the stack model takes over and gives for the lithium-ion "
        "cell.",
    )


def _energy_density(basis: Basis) -> Answer:
    cell, limit = section_cell(basis, LLZO), stack(section_cell(basis, LIION)).energy_density_Wh_per_L
    result, stated = stack(cell), basis.number("S1-42")
    dense = dense_thickness_um(cell)
    separator = basis.number("S1-32")
    whole = result.areal_energy_mWh_per_cm2 / limit * 1e4
    without, with_pores = whole - dense + separator, whole - result.thickness_um + separator
    misses = abs(without / stated - 1.0) > _FORMULA_SLACK > abs(with_pores / stated - 1.0)
    return Answer(
        not misses,
        f"Printed, every layer counts w/rho, so the {basis.number('S1-30'):g} % pores of S1-30 drop out: {dense:.1f} "
        f"instead of {result.thickness_um:.1f} um, and the solid cell would break even at {without:.1f} um. The stated "
        f"{stated:g} um (S1-42) needs the pores ({with_pores:.1f} um). Were the densities those of porous layers, the "
        "formula would hold.",
    )


def _voltage(basis: Basis) -> Answer:
    own = ("rating.average_voltage=", "rating.specific_capacity=")
    solid = stack(basis.cell(LLZO, *basis.changes.get(LLZO, ()), *own)).average_voltage_V
    liquid = stack(basis.cell(LIION, *basis.changes.get(LIION, ()), *own)).average_voltage_V
    return Answer(
        solid,
        f"Mean of the library's curve of NCA between 4.2 and 2.8 V (assumed limits): {solid:.2f} V against lithium, "
        f"{liquid:.2f} V against graphite. The paper's value fits the cell with graphite; using it for both costs the "
        f"lithium cell {100.0 * (solid / liquid - 1.0):.0f} % of its energy.",
    )


def _aluminium(basis: Basis) -> Answer:
    stated, key, leave = basis.number("S1-34"), "collectors.cathode.thickness", ("S1-23",)
    try:
        value = find_value(
            section_cell(basis, LIION, f"{key}=1 um", leave=leave), key, unit="um", between=(0.1, 1e4),
            quantity="specific_energy_Wh_per_kg", equals=stated,
        )  # fmt: skip
    except InputError:
        return Answer(None, f"Missing: no thickness of aluminium gives the {stated:g} Wh/kg of S1-34.")
    thick = stack(section_cell(basis, LIION, f"{key}=10 mm", leave=leave)).specific_energy_Wh_per_kg
    misprint = abs(thick / stated - 1.0) > _FORMULA_SLACK
    return Answer(
        value,
        f"The foil is also printed as 10 mm, with which the lithium-ion cell would hold {thick:.1f} Wh/kg. Its "
        f"{stated:g} Wh/kg (S1-34) need {value:.1f} um of aluminium in the stack model (with 362 mAh/g of graphite, "
        "which both energies of the paper fit).",
        "inconsistent" if misprint else None,
    )


def _from_other_energy(name: str, other: str, quantity: str, field: str) -> Callable[[Basis], Answer]:
    def energy(basis: Basis) -> Answer:
        stated = basis.number(other)
        graphite = graphite_capacity(basis, quantity, stated)
        if math.isnan(graphite):
            return Answer(None, f"Missing: the capacity of graphite; none gives the {stated:g} of {other}.")
        cell = section_cell(basis, LIION, f"anode.specific_capacity={graphite!r} mAh/g")
        value = float(getattr(stack(cell), field))
        return Answer(
            value,
            f"The capacity of graphite is not stated; {graphite:.1f} mAh/g gives the {stated:g} of {other}, and the "
            f"stack model then {value:.1f} here. With the textbook's 372 mAh/g both would be 1 % higher.",
        )

    return energy


def _anode(basis: Basis) -> Answer:
    layer = next(one for one in stack(section_cell(basis, LLZO)).layers if one.role == "anode")
    by_mass, by_volume = 100.0 * layer.mass_share, 100.0 * layer.thickness_share
    words = ["holds" if judge(claim("S1-36"), one, "exact")[0] == "agrees" else "fails" for one in (by_mass, by_volume)]
    excess = excess_effect(basis)
    return Answer(
        max(by_mass, by_volume),
        f"With the paper's numbers the lithium is {by_mass:.1f} % of the garnet cell's mass but {by_volume:.1f} % of "
        f"its thickness, so the statement {words[0]} for Wh/kg and {words[1]} for Wh/L. The excess alone (S1-20) costs "
        f"{excess[0]:.1f} % and {excess[1]:.1f} %, to which the statement may refer.",
    )


def _garnet_formula(_: Basis) -> Answer:
    charge = sum(amount * _CHARGES[element] for element, amount in parse_formula(PRINTED_GARNET).items())
    return Answer(
        None,
        f"The garnet of the first density is printed {PRINTED_GARNET}, whose charges add up to {charge:+.0f}; with 12 "
        "oxygen atoms, as elsewhere in the paper, they add up to 0. The densities themselves are rounded inputs.",
        "inconsistent",
    )


def _cathode_loading(basis: Basis) -> Answer:
    thickness = ask(basis, "S1-26")
    start = with_loading(basis.number("S1-25"))
    cell = section_cell(basis, LLZO, start, leave=("S1-38",))
    layer = next(one for one in stack(cell).layers if one.role == "cathode")
    loading = basis.number("S1-25") * thickness / layer.thickness_um
    return Answer(
        (loading, thickness),
        f"A solid cathode (S1-29, S1-30) as thick as the lithium-ion cathode of S1-25, {thickness:.2f} um, holds "
        f"{loading:.2f} mg/cm2 of NCA: fewer pores (S1-30 instead of S1-28) make room for the electrolyte and more.",
    )


def _asked(name: str, sentence: str) -> Computation:
    """Return the computation of a number of section 3 by the stack model; the sentence has a place for the value."""

    def answer(basis: Basis) -> Answer:
        value = ask(basis, name)
        return Answer(None if math.isnan(value) else value, sentence.format(value=value))

    return only(name, "exact", answer)


def _lighter(basis: Basis) -> Answer:
    found = {_SHORT[name]: break_even(basis, name)[0] for name in ELECTROLYTES}
    ranked = sorted(found, key=lambda name: found[name], reverse=True)
    return Answer(
        ">".join(ranked),
        "Break-even thickness for equal Wh/kg from the stack model: "
        + ", ".join(f"{name} {found[name]:.0f} um" for name in ranked)
        + ". The mass left for the separator is nearly the same, so thickness goes with 1/density.",
    )


def _linear(basis: Basis) -> Answer:
    low, high = loading_of("S1-47"), loading_of("S1-48")
    ours = [break_even(basis, LLZO, with_loading(one))[0] for one in (low, 0.5 * (low + high), high)]
    straight = math.isclose(ours[1], 0.5 * (ours[0] + ours[2]), rel_tol=1e-6)
    between, stated = on_line(basis, "S1-39", ("S1-47", "S1-48")), basis.number("S1-39")
    return Answer(
        straight,
        f"In the stack model it is linear, {slope(basis, LLZO, 0):.2f} um per mg/cm2 for LLZO. But the line through "
        f"the stated points at {low:g} and {high:g} mg/cm2 (S1-47, S1-48) gives {between:.1f} um at "
        f"{basis.numbers('S1-38')[0]:g} mg/cm2, where the paper states about {stated:g} (S1-39).",
    )


def _off_the_line(name: str, others: tuple[str, str]) -> Callable[[Basis], Answer]:
    def answer(basis: Basis) -> Answer:
        value = ask(basis, name)
        return Answer(
            None if math.isnan(value) else value,
            f"The stack model, which meets S1-39 with {ask(basis, 'S1-39'):.1f} um, gives {value:.1f} um at "
            f"{loading_of(name):g} mg/cm2. The three stated points lie on no line (S1-46): {' and '.join(others)} "
            f"would make this one {on_line(basis, name, others):.0f} um. It seems to belong to another lithium-ion "
            "reference.",
        )

    return answer


def _sulfide_above_garnet(basis: Basis) -> Answer:
    ratios = [
        break_even(basis, LGPS, with_loading(loading))[0] - break_even(basis, LLZO, with_loading(loading))[0]
        for loading in (_LOADINGS[0], _LOADINGS[-1])
    ]
    return Answer(
        ratios[1] > ratios[0] > 0.0,
        f"In the stack model LGPS may be {ratios[0]:.0f} um thicker than LLZO at {_LOADINGS[0]:g} mg/cm2 and "
        f"{ratios[1]:.0f} um at {_LOADINGS[-1]:g}: {slope(basis, LGPS, 0):.2f} against {slope(basis, LLZO, 0):.2f} um "
        "per mg/cm2.",
    )


def _excess(basis: Basis) -> Answer:
    by_mass, by_volume = excess_effect(basis)
    return Answer(
        by_mass < _SMALL < by_volume,
        f"Without the excess of S1-20 the garnet cell of the stack model gains {by_mass:.2f} % in Wh/kg and "
        f"{by_volume:.1f} % in Wh/L.",
    )


def _varies_less(basis: Basis) -> Answer:
    pairs = {name: break_even(basis, name) for name in ELECTROLYTES}
    spreads = [max(one[i] for one in pairs.values()) - min(one[i] for one in pairs.values()) for i in (0, 1)]
    return Answer(
        spreads[1] < spreads[0],
        f"From electrolyte to electrolyte, yes: {spreads[1]:.1f} against {spreads[0]:.0f} um. Over the loading, no: "
        f"{slope(basis, LLZO, 1):.1f} um per mg/cm2 for Wh/L, but {slope(basis, LLZO, 0):.1f} (LLZO) to "
        f"{slope(basis, LGPS, 0):.1f} (LGPS) for Wh/kg.",
    )


def _saturates(basis: Basis) -> Answer:
    energies = [specific_energy(basis, LLZO, with_loading(one)) for one in _LOADINGS]
    steps = [after - before for before, after in pairwise(energies)]
    limit = specific_energy(basis, LLZO, with_loading(_THICK_LOADING))
    return Answer(
        all(after < before for before, after in pairwise(steps)) and energies[-1] < limit,
        f"From {_LOADINGS[0]:g} to {_LOADINGS[-1]:g} mg/cm2 the garnet cell of S1-32 goes from {energies[0]:.0f} to "
        f"{energies[-1]:.0f} Wh/kg in ever smaller steps, towards {limit:.0f} Wh/kg for cathode and lithium alone.",
    )


def _too_thick(basis: Basis) -> Answer:
    thickest, loading = max(DRAWN_UM), loading_of("S1-48")
    own = specific_energy(basis, LLZO, with_loading(loading), with_separator(thickest))
    needed = parity_loading(basis, with_separator(thickest))
    return Answer(
        own < specific_energy(basis, LIION),
        f"With {thickest:g} um of LLZO, the thickest of Fig. 3d, the stack model gives {own:.0f} Wh/kg at {loading:g} "
        f"mg/cm2, less than the lithium-ion cell; parity needs {needed:.0f} mg/cm2. Up to {loading:g} mg/cm2 nothing "
        f"above {break_even(basis, LLZO, with_loading(loading))[0]:.0f} um improves.",
    )


def _desirable(basis: Basis) -> Answer:
    thickness = _THIN
    limit = min(break_even(basis, LLZO))
    found = compared(basis, LLZO, with_separator(thickness))
    reference = specific_energy(basis, LIION)
    below = found.specific_energy_Wh_per_kg < reference
    return Answer(
        limit,
        f"LLZO of {thickness:g} um at S1-38 gives {found.specific_energy_Wh_per_kg:.0f} Wh/kg and "
        f"{found.energy_density_Wh_per_L:.0f} Wh/L in the stack model: in Wh/kg {'below' if below else 'above'} the "
        f"{reference:.0f} of the lithium-ion cell. Both are better only under {limit:.0f} um, near the paper's own "
        "S1-39; with a lighter electrolyte or a higher loading 50 um are enough.",
    )


def _gain(name: str, sentence: str) -> Computation:
    def answer(basis: Basis) -> Answer:
        value = ask(basis, name)
        return Answer(value, sentence.format(value=value))

    return only(name, "exact", answer)


def _cost(basis: Basis) -> Answer:
    result = stack(section_cell(basis, LLZO, "separator.price="))
    per_kwh = 1.0 / (result.areal_energy_mWh_per_cm2 * 1e-2)
    per_kg = 1.0 / (basis.numbers("S1-37")[0] * basis.number("S1-32") * 1e-3)
    return Answer(
        None,
        f"In the garnet cell of S1-32 and S1-38 every USD/m2 of separator costs {per_kwh:.1f} USD/kWh and pays for "
        f"garnet at {per_kg:.0f} USD/kg. Missing: the price per kWh that the other parts and the margin leave, which "
        "the source cited knows.",
    )


COMPUTATIONS: Final[tuple[Computation, ...]] = (
    only("S1-18", "fitted", _energy),
    only("S1-19", "exact", _energy_density),
    only("S1-22", "predicted", _voltage),
    only("S1-23", "predicted", _aluminium),
    _asked("S1-26", "Loading of S1-25, composition S1-27, densities S1-33 and pores S1-28 make {value:.2f} um."),
    only(
        "S1-34",
        "predicted",
        _from_other_energy("S1-34", "S1-35", "energy_density_Wh_per_L", "specific_energy_Wh_per_kg"),
    ),
    only(
        "S1-35",
        "predicted",
        _from_other_energy("S1-35", "S1-34", "specific_energy_Wh_per_kg", "energy_density_Wh_per_L"),
    ),
    only("S1-36", "exact", _anode),
    only("S1-37", "exact", _garnet_formula),
    only("S1-38", "exact", _cathode_loading),
    _asked(
        "S1-39",
        "Garnet cell against the lithium-ion cell in the stack model: equal Wh/kg at {value:.1f} um. The capacity of "
        "graphite (362 mAh/g) is inferred from S1-34.",
    ),
    _asked(
        "S1-40",
        "LATP cell against the lithium-ion cell in the stack model: equal Wh/kg at {value:.1f} um, with as much "
        "electrolyte volume in the cathode as garnet has.",
    ),
    _asked(
        "S1-41",
        "LGPS cell against the lithium-ion cell in the stack model: equal Wh/kg at {value:.1f} um, with as much "
        "electrolyte volume in the cathode as garnet has.",
    ),
    _asked(
        "S1-42",
        "Equal Wh/L at {value:.1f} um in the stack model, whatever the electrolyte weighs, as all volumes are the "
        "same.",
    ),
    only("S1-43", "exact", _lighter),
    _asked("S1-44", "The garnet cell reaches 1.5 times the Wh/kg of the lithium-ion cell at {value:.1f} um."),
    _asked("S1-45", "The LGPS cell reaches 1.5 times the Wh/kg of the lithium-ion cell at {value:.1f} um."),
    only("S1-46", "exact", _linear),
    only("S1-47", "exact", _off_the_line("S1-47", ("S1-39", "S1-48"))),
    only("S1-48", "exact", _off_the_line("S1-48", ("S1-47", "S1-39"))),
    only("S1-49", "exact", _sulfide_above_garnet),
    only("S1-50", "exact", _excess),
    only("S1-51", "exact", _varies_less),
    only("S1-52", "exact", _saturates),
    only("S1-53", "exact", _too_thick),
    _asked("S1-54", "With 100 um of LLZO the two cells hold equal Wh/L at {value:.1f} mg/cm2 in the stack model."),
    only("S1-55", "exact", _desirable),
    _gain("S1-56", "Ratio of two stacks, without copper and with half the aluminium: {value:.1f} % more Wh/kg."),
    _gain(
        "S1-57",
        "Ratio of two stacks, without copper and with half the aluminium: {value:.1f} % more Wh/kg, a "
        "little more than printed. The densities of the foils are not in Table 1; 2.70 and 8.96 g/cm3 are taken.",
    ),
    _gain("S1-58", "Ratio of two stacks, without copper and with half the aluminium: {value:.1f} % more Wh/L."),
    _gain("S1-59", "Ratio of two stacks, without copper and with half the aluminium: {value:.1f} % more Wh/L."),
    only("S1-61", "reported", _cost),
)
