"""The own table covers what it promises: every named pair is listed, and its answers are those of the large table."""

import itertools
from pathlib import Path

import numpy as np
import pytest

from interlayer.composition import parse_formula
from interlayer.thermo import own_table, read_table
from interlayer.thermo.batch import batch, open_reaction_energies, reaction_energies
from interlayer.thermo.conventions import apply_convention
from interlayer.thermo.coverage import coverage, covered_systems
from interlayer.thermo.phase_table import composition_key
from interlayer.thermo.reactant import reactant

BIG_TABLE = Path(__file__).parents[2].parent / "shared" / "data" / "thermo" / "mp_legacy_2018_battery.csv"

# the materials that the table was asked to cover, by formula or by a name of the library
CATHODES = ["NMC532", "NMC811", "LCO", "LiNiO2", "NCA", "LFP", "LMO", "S", "Se"]
ELECTROLYTES = [
    *["LGPS", "LPS", "Li7P3S11", "Li6PS5Cl", "Li6PS5Br", "Li6PS5I", "Li6PS5F", "Li10SnP2S12", "Li10SiP2S12", "LLZO"],
    *["LATP", "LAGP", "LLTO", "LiPON", "Li3InCl6", "Li3YCl6", "Li3YBr6", "Li3ScCl6"],
]
COATINGS = [
    *["Nb2O5", "LiNbO3", "Li3NbO4", "LiNb3O8", "Ta2O5", "LiTaO3", "Li3TaO4", "LiTa3O8", "LiNb0.5Ta0.5O3"],
    *["P2O5", "Li3PO4", "LiPO3", "Li4P2O7", "SiO2", "Li2SiO3", "Li4SiO4", "Li2Si2O5"],
    *["ZrO2", "Li2ZrO3", "Li6Zr2O7", "Al2O3", "LiAlO2", "LiAl5O8", "Li5AlO4"],
    *["TiO2", "Li2TiO3", "Li4Ti5O12", "B2O3", "Li3BO3", "LiBO2", "Li2B4O7", "LiPON", "Li3InCl6"],
]
ANODES = ["Li", "In", "LiIn", "Sn", "Li17Sn4", "Ge", "Li15Ge4", "Si", "Li15Si4", "P", "Li3P", "Al", "LiAl"]
CLOSED = [(CATHODES, ELECTROLYTES), (COATINGS, ELECTROLYTES), (CATHODES, COATINGS), (ANODES, ELECTROLYTES)]
OPEN = [(CATHODES, ELECTROLYTES), (COATINGS, ELECTROLYTES), (CATHODES, COATINGS)]
VOLTAGES = (2.0, 3.4, 4.3, 5.0)


@pytest.fixture(scope="module")
def big_table():
    if not BIG_TABLE.exists():
        pytest.skip("the large reference table is not here")
    return read_table(BIG_TABLE)


def formulas(names):
    return [reactant(name).formula for name in names]


def same(a, b):
    return composition_key(parse_formula(a)) == composition_key(parse_formula(b))


def test_every_pair_that_was_asked_for_is_checked_closed():
    table = own_table()
    pairs = [pair for groups in CLOSED for pair in itertools.product(*map(formulas, groups)) if not same(*pair)]
    assert len(pairs) > 1200
    unchecked = [pair for pair in pairs if not coverage(pair, table, own=True).startswith("checked")]
    assert unchecked == []


@pytest.mark.parametrize("voltage", VOLTAGES)
def test_every_pair_with_a_cathode_or_a_coating_is_checked_at_a_voltage(voltage):
    table = own_table()
    pairs = [pair for groups in OPEN for pair in itertools.product(*map(formulas, groups)) if not same(*pair)]
    unchecked = [pair for pair in pairs if not coverage(pair, table, own=True, voltage=voltage).startswith("checked")]
    assert unchecked == []


@pytest.mark.parametrize("element", ["In", "Sn", "Ge", "Si", "P", "Al"])
def test_alloys_with_lithium_are_complete_systems(element):
    for formula in (element, f"Li{element}", f"Li3{element}", f"Li0.37{element}"):
        assert coverage([formula], own_table(), own=True).startswith("checked"), formula


def test_every_window_that_was_asked_for_is_checked():
    for formula in formulas([*CATHODES, *ELECTROLYTES, *COATINGS, *ANODES[1:]]):
        assert coverage([formula], own_table(), own=True).startswith("checked"), formula


def listed_pairs(groups):
    """Return the compositions of the pairs that the table lists, and the pairs as rows of them."""
    members = {name: list(group.values()) for name, group in covered_systems().groups.items()}
    pairs = [pair for a, b in groups for pair in itertools.product(members[a], members[b]) if not same(*pair)]
    names = sorted({formula for pair in pairs for formula in pair})
    return names, np.array([[names.index(formula) for formula in pair] for pair in pairs])


@pytest.mark.parametrize("convention", ["mp_legacy", "s_element_2015"])
def test_all_listed_pairs_react_closed_as_in_the_large_table(big_table, convention):
    names, rows = listed_pairs(covered_systems().pairs)
    found = []
    for table in (own_table(), big_table.within(own_table().elements)):
        table = apply_convention(table, convention)
        shares = np.array([table.fractions_of(parse_formula(name)) for name in names])
        found.append(reaction_energies(batch(table), shares, *rows.T).energy)
    assert len(rows) > 1600
    assert np.abs(found[0] - found[1]).max() <= 1e-9


@pytest.mark.parametrize("convention", ["mp_legacy", "s_element_2015"])
def test_all_listed_pairs_react_at_a_voltage_as_in_the_large_table(big_table, convention):
    known = covered_systems()
    names, rows = listed_pairs(known.open_pairs)
    tables = [apply_convention(t, convention) for t in (own_table(), big_table.within(own_table().elements))]
    shares = [np.array([table.fractions_of(parse_formula(name)) for name in names]) for table in tables]
    closed = [batch(table) for table in tables]
    opened = [batch(table, voltage=0.0, prune=False) for table in tables]
    for voltage in np.arange(known.open_range[0], known.open_range[1] + 0.01, 0.37):
        ours, theirs = (
            open_reaction_energies(o.at(float(voltage)), c, s, *rows.T)
            for o, c, s in zip(opened, closed, shares, strict=True)
        )
        for mine, peer in zip(ours, theirs, strict=True):  # mutual, total
            assert np.abs(mine.energy - peer.energy).max() <= 1e-9, voltage


def test_the_documentation_counts_what_is_listed():
    sizes = {name: len(group) for name, group in covered_systems().groups.items()}
    assert (sizes["cathodes"], sizes["anodes"]) == (9, 20)
    text = " ".join((Path(__file__).parents[2] / "docs" / "thermo.md").read_text(encoding="utf-8").split())
    assert f"nine cathodes with {sizes['electrolytes']} electrolytes and {sizes['coatings']} coatings" in text
    assert "twenty anodes" in text
