"""Wu et al. 2016, the separator: Ohm's law, conductivities of sections 2 and 4, and the thicknesses of Table 2."""

import math
import re
from collections.abc import Callable
from typing import Final

from interlayer.composition import molar_mass
from interlayer.constants import AVOGADRO
from interlayer.literature.basis import Basis
from interlayer.literature.claims import claim
from interlayer.literature.computation import Answer, Computation, only, reported
from interlayer.literature.wu2016_cells import LLZO, section_cell, thickness_for_density
from interlayer.materials import library
from interlayer.transport import resistance
from interlayer.transport.ohmic import area_specific_resistance, thickness_for_voltage_loss

LIPON_DENSITY: Final = 2.3
"""g/cm3 of LiPON films; assumed, the paper and the library have none."""
_LI3CLO_CELL_CM3: Final = 3.91e-8**3
"""Volume of the cubic cell of Li3ClO with one formula unit, a = 3.91 A (zhao2012)."""
TABLE_2: Final = {"LiPON": "S1-65", "Li7La3Zr2O12": "S1-69", "LGPS": "S1-73", "Li3ClO": "S1-77"}
"""The break-even thicknesses of Table 2; those for half as much energy again are the next claims."""
TABLE_2_MORE: Final = {"LiPON": "S1-66", "Li7La3Zr2O12": "S1-70", "LGPS": "S1-74", "Li3ClO": "S1-78"}
TABLE_2_CONDUCTIVITY: Final = ("S1-63", "S1-67", "S1-71", "S1-75")
ORIGINALS: Final = {
    "S1-14": ("Li10GeP2S12", "kamaya2011"),
    "S1-16": ("Li7P3S11", "seino2014"),
    "S1-17": ("Li9.54Si1.74P1.44S11.7Cl0.3", "kato2016"),
    "S1-75": ("Li3ClO", "zhao2012"),
}
"""Conductivities whose original papers the library of materials knows: material and source."""
_MILLI: Final = 1e-3
_ANOTHER_CELL: Final = 3.0
"""Factor by which thicknesses against different reference cells may differ; a wrong unit makes a thousand."""


def densities(basis: Basis) -> dict[str, float]:
    """Return the densities in g/cm3 of the electrolytes of Table 2: S1-37, a film's, and a unit cell's."""
    garnet, _, sulfide = basis.numbers("S1-37")
    chloride = molar_mass("Li3ClO") * 1e3 / AVOGADRO / _LI3CLO_CELL_CM3
    return {"LiPON": LIPON_DENSITY, "Li7La3Zr2O12": garnet, "LGPS": sulfide, "Li3ClO": chloride}


def from_other_rows(basis: Basis, name: str, rows: dict[str, str]) -> float:
    """Return a thickness of Table 2, in the unit printed there, from the other three: thickness x density is one.

    What the separator may weigh is what the rest of the cell leaves, whatever the electrolyte.
    """
    own = densities(basis)
    masses = [basis.number(rows[other]) * own[other] for other in rows if other != name]
    return sum(masses) / len(masses) / own[name]


def allowed_loss(name: str) -> tuple[float, float]:
    """Return the voltage loss in V and the conductivity in S/cm that a claim's conditions state."""
    found = re.search(r"([\d.]+) mV.*?([\d.]+) mS/cm", claim(name).conditions)
    if found is None:
        raise ValueError(f"{name} states no voltage loss and conductivity")
    return float(found[1]) * _MILLI, float(found[2]) * _MILLI


def thickness_um(loss: float, current: float, conductivity: float) -> float:
    """Return the thickness in um that loses `loss` V at `current` mA/cm2 with a conductivity in S/cm."""
    return thickness_for_voltage_loss(loss, current * 10.0, conductivity * 100.0) * 1e6


def _ohm(basis: Basis) -> Answer:
    cell, current = section_cell(basis, LLZO), basis.number("S1-04")
    budget = next(one for one in resistance(cell).terms if one.part == "separator")
    conductivity = cell.material("LLZO").conductivity_at(cell.description.temperature.si).si
    formula = area_specific_resistance(basis.number("S1-32") * 1e-6, conductivity) * 1e4
    found = budget.area_specific_resistance_ohm_cm2 or math.nan
    return Answer(
        math.isclose(found, formula, rel_tol=1e-6),
        f"A definition, which is taken over: the resistance budget of the garnet cell ({basis.number('S1-32'):g} um, "
        f"S1-32) has {found:.3g} ohm cm2 of separator, L/sigma of the library's conductivity is {formula:.3g}: "
        f"{found * current:.1f} mV at the {current:g} mA/cm2 of S1-04.",
    )


def _thickness(basis: Basis) -> Answer:
    (loss, conductivity), current = allowed_loss("S1-03"), basis.number("S1-04")
    value = thickness_um(loss, current, conductivity)
    return Answer(
        value,
        f"dE sigma / J with the {loss * 1e3:g} mV and {conductivity * 1e3:g} mS/cm of the same sentence and the "
        f"{current:g} mA/cm2 of S1-04: {value:.2f} um. With the garnet of S1-06 it would be "
        f"{thickness_um(loss, current, basis.number('S1-06')):.0f} um.",
    )


def _one_c(basis: Basis) -> Answer:
    loading, capacity = basis.number("S1-25"), basis.number("S1-21")
    return Answer(
        loading * capacity * _MILLI,
        f"1C of the lithium-ion cell of section 3: {loading:g} mg/cm2 (S1-25) x {capacity:g} mAh/g (S1-21).",
    )


def _same(other: str, what: str) -> Callable[[Basis], Answer]:
    def answer(basis: Basis) -> Answer:
        return Answer(basis.number(other), f"Section 2 of the same paper gives {basis.number(other):.3g} S/cm {what}.")

    return answer


def original_conductivity(name: str) -> float:
    """Return the conductivity in S/cm that the original paper gives, as the library of materials holds it."""
    material, source = ORIGINALS[name]
    return next(datum.si * 1e-2 for datum in library()[material].conductivity if datum.source == source)


def _original(name: str) -> Callable[[Basis], Answer]:
    def answer(_: Basis) -> Answer:
        material, source = ORIGINALS[name]
        value = original_conductivity(name)
        return Answer(value, f"The original paper on {material} ({source}) gives {value * 1e3:.3g} mS/cm.")

    return answer


def _of_table_2(name: str, rows: dict[str, str], place: int) -> Callable[[Basis], Answer]:
    def answer(basis: Basis) -> Answer:
        printed, density = from_other_rows(basis, name, rows), densities(basis)[name]
        model = thickness_for_density(basis, density)[place]
        wrong = not 1.0 / _ANOTHER_CELL < model / (printed * _MILLI) < _ANOTHER_CELL
        value = printed if wrong else printed * _MILLI
        others = ", ".join(one for one in rows.values() if one != rows[name])
        assumed = " (assumed for LiPON)" if name == "LiPON" else ""
        return Answer(
            value,
            f"From {others} by equal mass per area, at {density:.2g} g/cm3{assumed}: {printed:.0f} in the printed "
            f"unit, nm. The stack model of section 3 gives {model:.0f} um for this density, "
            + ("so the unit must be um; the rest is another reference cell." if wrong else "as in nm."),
            "inconsistent" if wrong else None,
        )

    return answer


def _above_one(basis: Basis) -> Answer:
    values = [max(basis.numbers(name)) for name in TABLE_2_CONDUCTIVITY]
    return Answer(
        float(sum(value > _MILLI for value in values)),
        "Conductivities of Table 2 in mS/cm: "
        + ", ".join(f"{value / _MILLI:.3g} ({name})" for name, value in zip(TABLE_2_CONDUCTIVITY, values, strict=True))
        + "; upper ends of ranges.",
    )


def _membrane(basis: Basis) -> Answer:
    loss, _ = allowed_loss("S1-03")
    current, conductivity = basis.number("S1-04"), basis.number("S1-17")
    return Answer(
        None,
        f"Chosen by its makers. At {conductivity * 1e3:g} mS/cm (S1-17) and {current:g} mA/cm2 (S1-04) a loss of "
        f"{loss * 1e3:g} mV would allow {thickness_um(loss, current, conductivity):.0f} um, so conduction does not set "
        "it. Missing: the mass and pressure of the pellet.",
    )


def _narrow(basis: Basis) -> Answer:
    names = ("S1-84", "S1-85", "S1-86", "S1-87", "S1-88")
    value = max(max(basis.numbers(name)) for name in names)
    return Answer(value, f"The largest of the volume changes in S1-84 to S1-88 is {value:g} %, graphite's upper end.")


COMPUTATIONS: Final[tuple[Computation, ...]] = (
    only("S1-02", "fitted", _ohm),
    only("S1-03", "exact", _thickness),
    only("S1-04", "exact", _one_c),
    *(only(name, "exact", _original(name)) for name in ORIGINALS),
    only("S1-63", "exact", _same("S1-11", "for LiPON (S1-11)")),
    only(
        "S1-67",
        "exact",
        _same("S1-06", "for the first cubic garnet (S1-06), above this range: another sample"),
    ),
    only("S1-71", "exact", _same("S1-14", "for Li10GeP2S12 (S1-14)")),
    *(
        only(row[name], "predicted", _of_table_2(name, row, place))
        for place, row in enumerate((TABLE_2, TABLE_2_MORE))
        for name in row
    ),
    reported(
        ("S1-64", "S1-72", "S1-76"),
        "A band gap comes from an electronic-structure code with a hybrid functional (HSE06); it does not follow from "
        "formation energies. Missing: the calculated band structure. The electrochemical window of S1-99 is another "
        "quantity and much narrower.",
    ),
    reported(
        ("S1-68",),
        "This gap was measured by optical absorption, the other three of the table are calculated. Missing: the "
        "absorption spectrum.",
    ),
    only("S1-79", "exact", _above_one),
    only("S1-80", "reported", _membrane),
    only("S1-89", "exact", _narrow),
)
