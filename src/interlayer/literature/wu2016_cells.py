"""Wu et al. 2016, section 3: the example cells of the stack model, built from the numbers that the paper prints."""

import math
import re
from typing import Final

from interlayer.cell import Cell
from interlayer.energy import StackResult, find_value, stack
from interlayer.energy.published import StatedNumber, stated_numbers
from interlayer.errors import InputError
from interlayer.literature.basis import Basis
from interlayer.literature.claims import claim

LIION: Final = "wu2016_liion"
LLZO: Final = "wu2016_llzo"
LATP: Final = "wu2016_latp"
LGPS: Final = "wu2016_lgps"
ELECTROLYTES: Final = {LLZO: "Li7La3Zr2O12", LATP: "Li1.3Al0.3Ti1.7(PO4)3", LGPS: "Li10GeP2S12"}
"""The three solid-state cells and the name of their electrolyte in the cell file, in the order of S1-37."""
LIGHTER_COLLECTORS: Final = ("collectors.anode=", "collectors.cathode.thickness=5 um")
"""The modification of Fig. 3f: no copper, half the aluminium."""
DRAWN_UM: Final = (10.0, 20.0, 50.0, 100.0, 150.0)
"""Separator thicknesses of Figs. 3d and 3e."""
_GRAPHITE_BETWEEN: Final = (30.0, 3000.0)
"""mAh/g; where the capacity of graphite is looked for."""

_Source = tuple[str, str, int, str]
"""A key of the cell file, the claim that sets it, which of its numbers, and its unit."""
_EVERY_CELL: Final[tuple[_Source, ...]] = (
    ("rating.specific_capacity", "S1-21", 0, "mAh/g"),
    ("rating.average_voltage", "S1-22", 0, "V"),
    ("collectors.cathode.thickness", "S1-23", 0, "um"),
    ("collectors.anode.thickness", "S1-24", 0, "um"),
    ("anode.excess", "S1-20", 0, "%"),
    ("densities.NCA", "S1-33", 0, "g/cm3"),
    ('densities."carbon black"', "S1-33", 1, "g/cm3"),
)
_LIION: Final[tuple[_Source, ...]] = (
    ("cathode.loading", "S1-25", 0, "mg/cm2"),
    ("cathode.composition.NCA", "S1-27", 0, ""),
    ('cathode.composition."carbon black"', "S1-27", 1, ""),
    ("cathode.composition.PVDF", "S1-27", 2, ""),
    ("anode.composition.graphite", "S1-27", 3, ""),
    ("anode.composition.PVDF", "S1-27", 4, ""),
    ("cathode.porosity", "S1-28", 0, "%"),
    ("anode.porosity", "S1-28", 1, "%"),
    ("separator.porosity", "S1-28", 2, "%"),
    ("separator.thickness", "S1-31", 0, "um"),
    ("densities.PVDF", "S1-33", 2, "g/cm3"),
    ("densities.graphite", "S1-33", 4, "g/cm3"),
    ("densities.polypropylene", "S1-33", 6, "g/cm3"),
    ('densities."liquid electrolyte"', "S1-33", 7, "g/cm3"),
)
_SOLID: Final[tuple[_Source, ...]] = (
    ("cathode.loading", "S1-38", 0, "mg/cm2"),
    ("cathode.composition.NCA", "S1-29", 0, ""),
    ('cathode.composition."carbon black"', "S1-29", 1, ""),
    ("cathode.porosity", "S1-30", 0, "%"),
    ("anode.porosity", "S1-30", 0, "%"),
    ("separator.thickness", "S1-32", 0, "um"),
    ("densities.Li", "S1-33", 5, "g/cm3"),
)


def section_cell(basis: Basis, name: str, *changes: str, leave: tuple[str, ...] = ()) -> Cell:
    """Return a cell of section 3 with the values of the claims, then the disturbance of the basis, then `changes`.

    Claims in `leave` are not read: their keys keep what the cell file says.
    """
    given = [*_EVERY_CELL, *(_LIION if name == LIION else _SOLID)]
    stated = [
        f"{key}={basis.numbers(source)[place]!r} {unit}".rstrip()
        for key, source, place, unit in given
        if source not in leave
    ]
    if name != LIION:
        densities = basis.numbers("S1-37")
        own = densities[list(ELECTROLYTES).index(name)]
        stated.extend(electrolyte_changes(basis, own, ELECTROLYTES[name]))
    return basis.cell(name, *stated, *basis.changes.get(name, ()), *changes)


def electrolyte_changes(basis: Basis, density: float, name: str = ELECTROLYTES[LLZO]) -> tuple[str, str]:
    """Return the changes that give a cell an electrolyte of this density in g/cm3.

    Its share in the cathode is that of 15 wt% of garnet by volume: loading and thickness stay (S1-29, S1-37).
    """
    share = basis.numbers("S1-29")[2] * density / basis.numbers("S1-37")[0]
    return f'densities."{name}"={density!r} g/cm3', f'cathode.composition."{name}"={share!r}'


def compared(basis: Basis, name: str, *changes: str) -> StackResult:
    """Return the stack of a solid-state cell against the lithium-ion cell."""
    return stack(section_cell(basis, name, *changes), reference=section_cell(basis, LIION))


def break_even(basis: Basis, name: str, *changes: str) -> tuple[float, float]:
    """Return the break-even thickness in um for equal Wh/kg and for equal Wh/L; nan where none reaches it."""
    found = compared(basis, name, *changes).break_even_thickness_um
    if found is None:
        return math.nan, math.nan
    return _number(found.specific_energy), _number(found.energy_density)


def thickness_for_density(basis: Basis, density: float) -> tuple[float, float]:
    """Return the separator thickness in um for equal Wh/kg and for half as much again, at a density in g/cm3.

    The electrolyte takes the place of the garnet; nan where no thickness reaches it.
    """
    found = compared(basis, LLZO, *electrolyte_changes(basis, density))
    if found.break_even_thickness_um is None or found.comparison is None:
        return math.nan, math.nan
    more = found.comparison.thickness_for_50_percent_more_um
    return _number(found.break_even_thickness_um.specific_energy), _number(more.specific_energy)


def graphite_capacity(basis: Basis, quantity: str, equals: float) -> float:
    """Return the capacity of graphite in mAh/g, which is not stated, at which the lithium-ion cell holds this.

    `quantity` is a field of the stack's result; nan where no capacity reaches it.
    """
    start = f"anode.specific_capacity={_GRAPHITE_BETWEEN[0]!r} mAh/g"
    try:
        return find_value(
            section_cell(basis, LIION, start),
            "anode.specific_capacity",
            unit="mAh/g",
            between=_GRAPHITE_BETWEEN,
            quantity=quantity,
            equals=equals,
        )
    except InputError:
        return math.nan


def question(name: str) -> StatedNumber:
    """Return what to ask the stack model for a claim of section 3."""
    return next(number for number in stated_numbers() if number.claim == name)


def ask(basis: Basis, name: str) -> float:
    """Return the stack model's answer to the question of a claim, in its unit; nan where the cells cannot reach it."""
    number = question(name)
    if number.find is not None:
        try:
            return find_value(
                section_cell(basis, number.cell, *number.changes),
                number.find.key,
                unit=number.find.unit,
                between=number.find.between,
                quantity=number.ask,
                equals=_field(stack(section_cell(basis, LIION)), number.ask),
            )
        except InputError:
            return math.nan
    value = _field(_stack(basis, number, number.changes), number.ask)
    if number.gain_over is None:
        return value
    return 100.0 * (value / _field(_stack(basis, number, number.gain_over), number.ask) - 1.0)


def loading_of(name: str) -> float:
    """Return the loading in mg/cm2 at which a claim is made."""
    match = re.search(r"([\d.]+) mg/cm2", f"{claim(name).quantity}; {claim(name).conditions}")
    if match is None:
        raise ValueError(f"{name} states no loading")
    return float(match[1])


def with_loading(loading: float) -> str:
    """Return the change that sets the loading in mg/cm2."""
    return f"cathode.loading={loading!r} mg/cm2"


def with_separator(thickness: float) -> str:
    """Return the change that sets the separator's thickness in um."""
    return f"separator.thickness={thickness!r} um"


def _stack(basis: Basis, number: StatedNumber, changes: tuple[str, ...]) -> StackResult:
    cell = section_cell(basis, number.cell, *changes)
    return stack(cell, reference=None if number.reference is None else section_cell(basis, number.reference))


def _field(result: StackResult, path: str) -> float:
    """Return a field of the stack's result by its path, ``layers.cathode.thickness_um``."""
    first, *rest = path.split(".")
    value = getattr(result, first)
    if first == "layers":
        role, *rest = rest
        value = next(layer for layer in result.layers if layer.role == role)
    for name in rest:
        value = getattr(value, name)
    return _number(value)


def _number(value: float | None) -> float:
    return math.nan if value is None else float(value)
