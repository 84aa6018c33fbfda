"""What a table of calculated solids lacks beside gases: measured phases with hydrogen, and oxyanions put right.

A calculated energy and a measured one do not stand side by side: the energies of the table are off by as much as
1 eV per formula for La2O3 or LiBr, and the correction of its oxygen, made for oxides, is counted for every oxygen
of a carbonate or sulfate too. What is measured enters here as the enthalpy of a *reaction* with phases of the table
(`anchors`):

    E(phase) = measured + sum_a n_a (E_table(a) - measured(a))

so that LiBr + H2O -> LiBr(H2O), or Li2O + CO2 -> Li2CO3, comes out as measured, and the error of the table cancels as
far as it belongs to the anchor's own bonds. The energies of the anchors themselves stay.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Final

import numpy as np

from interlayer.composition import parse_formula
from interlayer.constants import EV_PER_ATOM_IN_KJ_PER_MOL
from interlayer.errors import InputError
from interlayer.thermo.atmosphere import water_saturation
from interlayer.thermo.gases import STANDARD_PRESSURE, checked_pressure, checked_temperature, gas, gases
from interlayer.thermo.phase_table import PhaseTable, composition_key
from interlayer.thermo.table_files import own_table

HYDROGEN: Final = "H"
ICE_SUBLIMATION_EV: Final = 47.34 / EV_PER_ATOM_IN_KJ_PER_MOL
"""eV per molecule at 0 K (feistel2007)."""
_OXIDISED: Final = frozenset({"C", "N", "S", "Cl", "Br", "I"})
_HIGHEST_CHARGE: Final[Mapping[str, int]] = MappingProxyType(
    {"H": 1, "Li": 1}
    | dict.fromkeys(("B", "Al", "Sc", "Y", "La", "In", "Ga", "Fe"), 3)
    | dict.fromkeys(("Si", "Ge", "Sn", "Ti", "Zr", "Mn", "Co", "Ni"), 4)
    | dict.fromkeys(("P", "Nb", "Ta"), 5)
    | {"Se": 6}
)
REFERENCES: Final = ("haynes2014", "chase1998", "ruscic2004", "robie1995", "wagman1981", "merli1997", "rorif2005")


@dataclass(frozen=True)
class Measured:
    """A row of ``measured.csv``: an enthalpy of formation in eV per formula unit, and the anchors it comes with."""

    formula: str
    role: str
    enthalpy_eV: float | None
    anchors: Mapping[str, float]
    source: str
    check: str


@cache
def measured_phases() -> Mapping[str, Measured]:
    """Return the measured phases by formula, read once."""
    text = (resources.files("interlayer.thermo") / "data" / "measured.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(line for line in text.splitlines() if not line.startswith("#"))
    found = {}
    for row in rows:
        enthalpy = row["formation_enthalpy_kJ_per_mol"]
        anchors = (part.split(":") for part in row["anchors"].split())
        found[row["formula"]] = Measured(
            formula=row["formula"],
            role=row["role"],
            enthalpy_eV=float(enthalpy) / EV_PER_ATOM_IN_KJ_PER_MOL if enthalpy else None,
            anchors={formula: float(number) for formula, number in anchors},
            source=row["source"],
            check=row["check"],
        )
    return found


def table_error(table: PhaseTable, anchors: Mapping[str, float]) -> float:
    """Return by how much the table lies above what was measured for these phases, in eV; 0 for no anchors."""
    error = 0.0
    for formula, number in anchors.items():
        row, known = table.row(formula), measured_phases()[formula].enthalpy_eV
        if row is None or known is None:
            raise InputError(f"the table {table.name!r} has no {formula}, to which phases with hydrogen are anchored")
        error += number * (float(table.energies[row]) * sum(parse_formula(formula).values()) - known)
    return error


@cache
def own_table_with_measured() -> PhaseTable:
    """Return the project's own table with the measured phases, made once."""
    return with_measured(own_table())


def with_measured(table: PhaseTable) -> PhaseTable:
    """Return the table with the measured phases: those with hydrogen added, the oxyanions replaced.

    Calculated oxyanions without a measured enthalpy are left out: among measured ones they would win by 1 eV or more
    each, for no other reason than the correction of their oxygen. The gases stand at 0 K and without entropy, water as
    ice; `with_gases` gives them a temperature and a pressure.
    """
    known = measured_phases().values()
    replaced = {_key(one.formula) for one in known if one.role == "oxyanion"} | {_key(formula) for formula in gases()}
    kept = table.keep(
        [i for i, formula in enumerate(table.formulas) if _key(formula) not in replaced and not is_oxyanion(formula)]
    )
    rows = list(zip(kept.formulas, (float(e) for e in kept.energies), kept.sources, strict=True))
    for one in known:
        if one.role in ("hydrogen", "oxyanion") and one.enthalpy_eV is not None:
            energy = one.enthalpy_eV + table_error(table, one.anchors)
            rows.append((one.formula, energy / _size(one.formula), f"measured: {one.source}"))
    made = PhaseTable.from_rows(rows, name=table.name, references=(*table.references, *REFERENCES))
    made = replace(made, convention=table.convention)
    gaseous = gas_enthalpies(table)
    gaseous["H2O"] -= ICE_SUBLIMATION_EV
    elements = {one.formula: table_error(table, one.anchors) for one in known if one.role == "element"}
    energies = {formula: energy / _size(formula) for formula, energy in {**gaseous, **elements}.items()}
    return _replaced(made, energies, "measured, at 0 K")


def is_oxyanion(formula: str) -> bool:
    """Return whether carbon, nitrogen, sulfur or a halogen is oxidised in a compound, as in a sulfate.

    It must be where the other elements, at their highest charges, cannot hold all the oxygen as oxide; an oxysulfide
    or a nitride oxide passes.
    """
    atoms = parse_formula(formula)
    cations = sum(_HIGHEST_CHARGE.get(element, 0) * amount for element, amount in atoms.items())
    return not _OXIDISED.isdisjoint(atoms) and cations < 2.0 * atoms.get("O", 0.0)


def gas_enthalpies(table: PhaseTable) -> dict[str, float]:
    """Return the enthalpy of formation at 0 K of each gas in eV per molecule, moved with the anchors of a table."""
    found = {}
    for formula, one in gases().items():
        row = measured_phases().get(formula)
        found[formula] = one.formation_enthalpy_eV + (table_error(table, row.anchors) if row is not None else 0.0)
    return found


def with_gases(
    table: PhaseTable,
    temperature: float,
    pressures: Mapping[str, float],
    *,
    others: float = STANDARD_PRESSURE,
    enthalpies: Mapping[str, float] | None = None,
) -> PhaseTable:
    """Return the table with every gas at its free energy at `temperature` (K) and its partial pressure (Pa).

    A gas that `pressures` does not name stands at `others`; water without a pressure is liquid (or ice), in equilibrium
    with its saturated vapour. `enthalpies` are those of formation at 0 K in eV per molecule, where they are not the
    measured ones. Gases whose elements the table lacks are left out. The solids stay as they are: their
    H(T) - H(0 K) - T S is a few kJ/mol, cancels in part, and is not known for most of them.

    Raises InputError for an unknown gas, a temperature outside 150 to 1500 K, a pressure outside 1e-40 to 1e7 Pa, and
    water above its saturation.
    """
    temperature = checked_temperature(temperature)
    given = {gas(formula).formula: checked_pressure(formula, pressure) for formula, pressure in pressures.items()}
    saturated = water_saturation(temperature)
    if saturated is not None and given.get("H2O", 0.0) > saturated * (1.0 + 1e-9):
        raise InputError(
            f"the pressure of H2O, {given['H2O']:.4g} Pa, is above its saturation at {temperature:g} K, "
            f"{saturated:.4g} Pa"
        )
    energies = {}
    for formula, one in gases().items():
        if set(one.atoms) <= set(table.elements):
            default = others if formula != "H2O" or saturated is None else saturated
            free = one.free_energy(temperature=temperature, pressure=given.get(formula, default))
            moved = 0.0 if enthalpies is None else enthalpies[formula] - one.formation_enthalpy_eV
            energies[formula] = (free + moved) / _size(formula)
    return _replaced(table, energies, f"ideal gas at {temperature:g} K")


def _replaced(table: PhaseTable, energies: Mapping[str, float], source: str) -> PhaseTable:
    """Return the table with these energies in eV/atom in place of, or on top of, its own.

    Unlike a table from rows this takes an element below 0: a gas at some temperature and pressure is.
    """
    keys = {_key(formula) for formula in energies}
    kept = table.keep([i for i, formula in enumerate(table.formulas) if _key(formula) not in keys])
    fractions = [table.fractions_of(parse_formula(formula)) for formula in energies]
    return replace(
        kept,
        formulas=(*kept.formulas, *energies),
        fractions=np.vstack([kept.fractions, *fractions]),
        energies=np.append(kept.energies, list(energies.values())),
        sources=(*kept.sources, *[source] * len(energies)),
    )


def _size(formula: str) -> float:
    return sum(parse_formula(formula).values())


def _key(formula: str) -> tuple[tuple[str, float], ...]:
    return composition_key(parse_formula(formula))
