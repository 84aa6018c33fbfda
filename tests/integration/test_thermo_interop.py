"""Tables and answers handed to pymatgen and back, and what pymatgen itself makes of them."""

import json
import warnings

import numpy as np
import pytest

from interlayer.composition import parse_formula
from interlayer.errors import InputError
from interlayer.thermo import PhaseTable, own_table, react, read_table, window
from interlayer.thermo.pymatgen_objects import element_profile, kinks, reaction_object

pytest.importorskip("pymatgen.analysis.interface_reactions")
from monty.json import MontyEncoder
from pymatgen.analysis.interface_reactions import GrandPotentialInterfacialReactivity, InterfacialReactivity
from pymatgen.analysis.phase_diagram import GrandPotentialPhaseDiagram, PDEntry, PhaseDiagram
from pymatgen.core import Composition, Element, Lattice, Structure
from pymatgen.entries.computed_entries import (
    CompositionEnergyAdjustment,
    ComputedEntry,
    ComputedStructureEntry,
    ConstantEnergyAdjustment,
    TemperatureEnergyAdjustment,
)

PAIRS = [
    ("LiCoO2", "Li3PS4"),
    ("LiCoO2", "Li10GeP2S12"),
    ("LiNbO3", "Li6PS5Cl"),
    ("LiNi0.5Mn0.3Co0.2O2", "Li3PS4"),
    ("LiFePO4", "Li7La3Zr2O12"),
    ("Li3PO4", "Li10GeP2S12"),
    ("Li", "Li1.3Al0.3Ti1.7P3O12"),
]


def phase_diagram(*formulas):
    elements = {"Li"}.union(*(parse_formula(formula) for formula in formulas))
    return PhaseDiagram(own_table().within(elements).to_pymatgen())


def quietly(peer, *arguments, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return peer(*arguments, **options).get_kinks()


def atoms_by_phase(reaction):
    """Return the atoms that a reaction makes (or, negative, uses) of each phase, without what stays as it is."""
    found = {}
    for phase, coefficient in zip(reaction.all_comp, reaction.coeffs, strict=True):
        name = phase.reduced_formula
        found[name] = found.get(name, 0.0) + coefficient * phase.num_atoms
    return found


def agree(ours, theirs, tolerance):
    """Compare lists as `get_kinks` returns them; a corner that bends by less than the tolerance may miss in ours."""
    for _, share, energy, reaction, of_mole in ours:
        near = min(theirs, key=lambda k: abs(k[1] - share))
        assert near[1] == pytest.approx(share, abs=1e-6)
        assert near[2] == pytest.approx(energy, abs=tolerance)
        assert near[4] == pytest.approx(of_mole, rel=1e-6, abs=1e3 * tolerance)  # kJ/mol of some ten atoms
        mine, peer = atoms_by_phase(reaction), atoms_by_phase(near[3])
        for name in mine | peer:
            assert mine.get(name, 0.0) == pytest.approx(peer.get(name, 0.0), abs=1e-3), (name, share)
    corners = np.interp([k[1] for k in theirs], [k[1] for k in ours], [k[2] for k in ours])
    assert corners == pytest.approx([k[2] for k in theirs], abs=tolerance)


@pytest.mark.parametrize("pair", PAIRS)
def test_the_closed_profile_is_pymatgens_corner_by_corner(pair):
    theirs = quietly(InterfacialReactivity, *map(Composition, pair), phase_diagram(*pair), use_hull_energy=True)
    agree(kinks(react(*pair)), theirs, 1e-6)


@pytest.mark.parametrize("pair", [pair for pair in PAIRS if "Li" not in pair])
@pytest.mark.parametrize("voltage", [2.5, 3.9])
def test_the_profile_with_lithium_open_is_pymatgens_corner_by_corner(pair, voltage):
    closed = phase_diagram(*pair)
    grand = GrandPotentialPhaseDiagram(list(closed.all_entries), {Element("Li"): -voltage})
    theirs = quietly(GrandPotentialInterfacialReactivity, *map(Composition, pair), grand, closed)
    agree(kinks(react(*pair, voltage=voltage)), theirs, 1e-5)


def test_the_reaction_of_the_minimum_is_balanced_and_per_mol_of_both():
    found = react("LiCoO2", "Li3PS4")
    handed_on = reaction_object(found)
    assert -handed_on.get_coeff(Composition("LiCoO2")) == pytest.approx(24 / 35)
    assert handed_on.get_coeff(Composition("Co3S4")) == pytest.approx(8 / 35)
    assert handed_on.normalized_repr == "11 Li3PS4 + 24 LiCoO2 -> Li2SO4 + 11 Li2S + 11 Li3PO4 + 8 Co3S4"
    with pytest.raises(InputError, match="do not react"):
        reaction_object(react("LiCoO2", "Li3PO4"))


@pytest.mark.parametrize("formula", ["Li3PS4", "LiCoO2", "LiNbO3", "Li3InCl6", "Li1.3Al0.3Ti1.7P3O12"])
def test_the_window_is_pymatgens_element_profile(formula):
    theirs = phase_diagram(formula).get_element_profile(Element("Li"), Composition(formula))
    ours = element_profile(window(formula), own_table())
    assert [one["chempot"] for one in ours] == pytest.approx([one["chempot"] for one in theirs], abs=1e-5)
    assert [one["evolution"] for one in ours] == pytest.approx([one["evolution"] for one in theirs], abs=1e-4)
    for one, peer in zip(ours, theirs, strict=True):
        assert {e.composition.reduced_formula for e in one["entries"]} == {
            e.composition.reduced_formula for e in peer["entries"]
        }
        assert one["element_reference"].energy == peer["element_reference"].energy == 0.0
        share = one["critical_composition"].get_atomic_fraction("Li")
        assert share == pytest.approx(peer["critical_composition"].get_atomic_fraction("Li"), abs=1e-5)
        mine, theirs_atoms = atoms_by_phase(one["reaction"]), atoms_by_phase(peer["reaction"])
        for name in mine | theirs_atoms:
            assert mine.get(name, 0.0) == pytest.approx(theirs_atoms.get(name, 0.0), abs=1e-3)


def test_a_table_comes_back_from_pymatgen_as_it_went():
    table = own_table().within({"Li", "P", "S", "O", "Co"})
    entries = table.to_pymatgen()
    assert all(isinstance(entry, PDEntry) for entry in entries)
    for again in (PhaseTable.from_pymatgen(entries), PhaseTable.from_pymatgen(PhaseDiagram(entries))):
        assert {formula: again.row(formula) is not None for formula in table.formulas} == dict.fromkeys(
            table.formulas, True
        )
        rows = [again.row(formula) for formula in table.formulas]
        assert again.energies[rows] == pytest.approx(table.energies, abs=1e-12)
        assert [again.sources[row] for row in rows] == list(table.sources)
        found = react("LiCoO2", "Li3PS4", table=again)
        assert found.reaction_energy_eV_per_atom == pytest.approx(
            react("LiCoO2", "Li3PS4").reaction_energy_eV_per_atom, abs=1e-12
        )


def computed_entries():
    made_by = {"@module": "pymatgen.entries.compatibility", "@class": "MaterialsProject2020Compatibility"}
    name = "MP2020 anion correction (S)"
    structure = Structure(
        Lattice.cubic(5.7), ["Li"] * 8 + ["S"] * 4, np.random.default_rng(1).random((12, 3)), site_properties={}
    )
    return [
        ComputedEntry("Li2", -3.8, entry_id="a"),
        ComputedEntry({"S": 8}, -33.0, entry_id="b"),
        ComputedEntry("P", -5.4, entry_id="c"),
        ComputedStructureEntry(
            structure,
            -48.0,
            energy_adjustments=[CompositionEnergyAdjustment(-0.503, 4, 0.01, name=name, cls=made_by)],
            entry_id="d",
        ),
        ComputedEntry("Li3PS4", -35.0, energy_adjustments=[ConstantEnergyAdjustment(-1.0)], entry_id="e"),
        ComputedEntry("P2S5", -36.0, energy_adjustments=[TemperatureEnergyAdjustment(-1e-4, 300, 7)], entry_id="f"),
        ComputedEntry("LiS", -6.5, correction=-0.4, entry_id="g"),
    ]


@pytest.mark.parametrize("encoder", [None, MontyEncoder])
def test_what_pymatgen_writes_is_read_as_pymatgen_means_it(tmp_path, encoder):
    entries = computed_entries()
    data = entries if encoder else [entry.as_dict() for entry in entries]
    file = tmp_path / "entries.json"
    file.write_text(json.dumps(data, cls=encoder), encoding="utf-8")
    diagram = PhaseDiagram(entries)
    for table in (read_table(file), PhaseTable.from_pymatgen(entries)):
        assert table.convention == "mp_2020"
        for entry in entries:
            row = table.row(entry.composition.reduced_formula)
            assert table.energies[row] == pytest.approx(diagram.get_form_energy_per_atom(entry), abs=1e-12)
            assert table.sources[row] == entry.entry_id


def test_a_phase_diagram_in_a_file_is_read(tmp_path):
    file = tmp_path / "diagram.json"
    file.write_text(json.dumps(PhaseDiagram(computed_entries()), cls=MontyEncoder), encoding="utf-8")
    assert len(read_table(file)) == 7


def test_entries_that_are_grand_potentials_are_refused():
    grand = GrandPotentialPhaseDiagram(computed_entries(), {Element("Li"): -2.0})
    with pytest.raises(InputError, match="grand potentials"):
        PhaseTable.from_pymatgen(grand)
    for nonsense in (3, "Li2S", [Composition("Li2S")]):
        with pytest.raises(InputError):
            PhaseTable.from_pymatgen(nonsense)


def test_compositions_structures_and_entries_are_reactants():
    expected = react("LiCoO2", "Li3PS4")
    assert react(Composition("LiCoO2"), Composition("Li3PS4")) == expected
    cell = Structure(Lattice.cubic(6.0), ["Li"] * 2 + ["Co"] * 2 + ["O"] * 4, np.random.default_rng(2).random((8, 3)))
    charged = cell.copy()
    charged.add_oxidation_state_by_element({"Li": 1, "Co": 3, "O": -2})
    for thing in (cell, charged, ComputedStructureEntry(cell, -40.0), PDEntry("Li2Co2O4", -40.0)):
        assert react(thing, "Li3PS4") == expected
    assert window(cell) == window("LiCoO2")
    # a composition is a formula unit as it is written, and the reaction is per mol of it
    twice = react(Composition("Li2Co2O4"), "Li3PS4")
    assert twice.reaction_energy_eV_per_atom == pytest.approx(expected.reaction_energy_eV_per_atom)
    assert twice.mixing_fraction == pytest.approx(12 / 23)
