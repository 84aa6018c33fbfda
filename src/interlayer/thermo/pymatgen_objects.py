"""Tables and answers to and from the objects of pymatgen, which is loaded only here (extra ``peers``)."""

from collections.abc import Iterable
from importlib import import_module
from math import isfinite
from typing import TYPE_CHECKING, Any, Final

from interlayer.composition import parse_formula
from interlayer.constants import EV_PER_ATOM_IN_KJ_PER_MOL
from interlayer.errors import InputError, shown
from interlayer.thermo.computed_entries import ComputedEnergy, Correction, computed_energy, table_of_entries
from interlayer.thermo.equilibrium import LITHIUM
from interlayer.thermo.phase_table import PhaseTable

if TYPE_CHECKING:
    from interlayer.thermo.interface_reaction import Kink, Reaction
    from interlayer.thermo.stability_window import Window

_END: Final = 1e-9


def table_from_entries(entries: object, *, name: str = "pymatgen entries") -> PhaseTable:
    """Return the phase table of pymatgen entries (ComputedEntry, PDEntry and the like) or of a PhaseDiagram.

    Corrected total energies become formation energies against the lowest entry of each element. The corrections of
    MP2020 and of the legacy scheme are recognised and named as the table's convention. Raises InputError for
    something else, for grand potentials, and for elements without an entry of their own.
    """
    listed = getattr(entries, "all_entries", entries)
    if not isinstance(listed, Iterable) or isinstance(listed, str | bytes):
        raise InputError(f"{shown(entries)} is neither a list of pymatgen entries nor a phase diagram")
    kept = list(listed)
    if any(hasattr(entry, "chempots") for entry in kept):
        raise InputError(
            "these entries are grand potentials at a chemical potential, not energies; give the entries they were made "
            "of, and the voltage to `react`"
        )
    computed = [_computed(entry, f"entry {number}") for number, entry in enumerate(kept, start=1)]
    return table_of_entries(computed, name=name, references=(f"phase energies: {name}",))


def _computed(entry: Any, where: str) -> ComputedEnergy:
    try:
        atoms = {str(element): float(amount) for element, amount in entry.composition.get_el_amt_dict().items()}
        energy = float(entry.energy)
    except (AttributeError, TypeError):
        raise InputError(f"{where}: {shown(type(entry).__name__)} has no composition with an energy") from None
    if not atoms or not isfinite(energy):
        raise InputError(f"{where}: {shown(entry)} has no atoms or no finite energy")
    corrections = [
        Correction(float(one.value), str(one.name), _maker(one.cls)) for one in getattr(entry, "energy_adjustments", [])
    ]
    label = str(getattr(entry, "entry_id", None) or getattr(entry, "attribute", None) or where)
    parameters = getattr(entry, "parameters", None) or {}
    return computed_energy(atoms, energy, corrections, label=label, run_type=parameters.get("run_type"))


def _maker(cls: object) -> str:
    return str(cls.get("@class", "")) if isinstance(cls, dict) else type(cls).__name__


def entries_from_table(table: PhaseTable) -> list[Any]:
    """Return a PDEntry per phase: its formula unit and the formation energy of that in eV; elements are at 0.

    `attribute` keeps the source, so that `table_from_entries` brings it back.
    """
    entry, composition = _pymatgen("analysis.phase_diagram", "PDEntry"), _pymatgen("core", "Composition")
    found = []
    for formula, energy, source in zip(table.formulas, table.energies.tolist(), table.sources, strict=True):
        atoms = parse_formula(formula)
        found.append(entry(composition(dict(atoms)), energy * sum(atoms.values()), attribute=source))
    return found


def reaction_object(result: "Reaction", corner: "Kink | None" = None) -> Any:
    """Return the reaction of the minimum, or of one corner of the profile, as a pymatgen Reaction.

    Coefficients are per mol of A and B together. Raises InputError where nothing reacts.
    """
    if corner is None:
        if result.mixing_fraction is None:
            raise InputError(
                f"{result.reactant_A} and {result.reactant_B} do not react: there is no reaction to hand on"
            )
        fraction, products, lithium = result.mixing_fraction, result.products, result.lithium_per_mol
    else:
        fraction, products, lithium = corner.mixing_fraction, corner.products, corner.lithium_per_mol
    reactants: dict[str, float] = {}
    for formula, amount in ((result.reactant_A, fraction), (result.reactant_B, 1.0 - fraction)):
        if amount > _END:
            reactants[formula] = reactants.get(formula, 0.0) + amount
    if abs(lithium) > _END:
        (reactants if lithium > 0 else (products := dict(products)))[LITHIUM] = abs(lithium)
    return _balanced(reactants, products)


def kinks(result: "Reaction") -> list[tuple[int, float, float, Any, float]]:
    """Return the profile as `InterfacialReactivity.get_kinks` does, with its default normalisation.

    Per corner, from pure B to pure A: number from 1; share of A in all atoms of the two; energy in eV per atom (per
    atom that is not lithium where lithium is open); pymatgen Reaction; energy in kJ per mol of A and B together.
    """
    sizes = [sum(parse_formula(formula).values()) for formula in (result.reactant_A, result.reactant_B)]
    lithium = [parse_formula(formula).get(LITHIUM, 0.0) for formula in (result.reactant_A, result.reactant_B)]
    uncounted = lithium if result.voltage_V is not None else [0.0, 0.0]
    found = []
    for number, corner in enumerate(result.profile, start=1):
        of_a, of_b = corner.mixing_fraction, 1.0 - corner.mixing_fraction
        share = of_a * sizes[0] / (of_a * sizes[0] + of_b * sizes[1])
        counted = of_a * (sizes[0] - uncounted[0]) + of_b * (sizes[1] - uncounted[1])
        energy = corner.energy_eV_per_atom * counted * EV_PER_ATOM_IN_KJ_PER_MOL
        found.append((number, share, corner.energy_eV_per_atom, reaction_object(result, corner), energy))
    return found


def element_profile(result: "Window", table: PhaseTable | None = None) -> list[dict[str, Any]]:
    """Return the voltage profile as `PhaseDiagram.get_element_profile` gives it for lithium, from 0 V upwards.

    Per equilibrium: ``chempot`` of lithium in eV where it begins, minus the voltage; ``evolution``, the lithium taken
    up per formula unit; ``reaction``; ``element_reference``, lithium at 0; ``critical_composition``. With the `table`
    that the window was computed from also its ``entries``.
    """
    composition, entry = _pymatgen("core", "Composition"), _pymatgen("analysis.phase_diagram", "PDEntry")
    atoms = parse_formula(result.formula)
    by_formula = {} if table is None else {one.composition: one for one in entries_from_table(table)}
    found = []
    for step in result.profile:
        taken, given = max(step.lithium_per_formula, 0.0), max(-step.lithium_per_formula, 0.0)
        reactants = {result.formula: 1.0, **({LITHIUM: taken} if taken > _END else {})}
        products = {**step.products, **({LITHIUM: given} if given > _END else {})}
        held = {**atoms, LITHIUM: max(atoms.get(LITHIUM, 0.0) + step.lithium_per_formula, 0.0)}
        one = {
            "chempot": -step.lowest_V,
            "evolution": step.lithium_per_formula,
            "element_reference": entry(composition(LITHIUM), 0.0),
            "reaction": _balanced(reactants, products),
            "critical_composition": composition({element: n for element, n in held.items() if n > _END}),
        }
        if table is not None:
            one["entries"] = [by_formula[composition(formula)] for formula in step.products]
        found.append(one)
    return found


def _balanced(reactants: dict[str, float], products: dict[str, float]) -> Any:
    """Return amounts that balance as pymatgen's reaction."""
    composition = _pymatgen("core", "Composition")
    sides: list[dict[Any, float]] = []
    for side in (reactants, products):
        amounts: dict[Any, float] = {}
        for formula, amount in side.items():
            key = composition(formula)
            amounts[key] = amounts.get(key, 0.0) + amount
        sides.append(amounts)
    if set(sides[0]) == set(sides[1]):  # nothing happens, which a balance of amounts would write as nothing at all
        return _pymatgen("analysis.reaction_calculator", "Reaction")(list(sides[0]), list(sides[1]))
    return _pymatgen("analysis.reaction_calculator", "BalancedReaction")(*sides)


def _pymatgen(module: str, name: str) -> Any:
    try:
        return getattr(import_module(f"pymatgen.{module}"), name)
    except ImportError:
        raise InputError("this needs pymatgen; install it with: pip install 'interlayer[peers]'") from None
