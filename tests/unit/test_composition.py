"""Formulas: what they consist of, what they weigh, and what is no formula."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interlayer.composition import atomic_fractions, atomic_masses, molar_mass, parse_formula
from interlayer.errors import InputError

ELEMENTS = sorted(atomic_masses())
AMOUNTS = st.decimals(min_value="0.01", max_value="40", places=2).map(float)


@pytest.mark.parametrize(
    ("formula", "atoms"),
    [
        ("Li10GeP2S12", {"Li": 10, "Ge": 1, "P": 2, "S": 12}),
        ("Li1.3Al0.3Ti1.7(PO4)3", {"Li": 1.3, "Al": 0.3, "Ti": 1.7, "P": 3, "O": 12}),
        ("Li10.35[Sn0.27Si1.08]P1.65S12", {"Li": 10.35, "Sn": 0.27, "Si": 1.08, "P": 1.65, "S": 12}),
        ("Li(CB9H10)0.7(CB11H12)0.3", {"Li": 1, "C": 1, "B": 9.6, "H": 10.6}),
        ("Li₃PS₄", {"Li": 3, "P": 1, "S": 4}),
        (" Li3 P S4 ", {"Li": 3, "P": 1, "S": 4}),
        ("C2H4O2", {"C": 2, "H": 4, "O": 2}),
        ("((Li2)2S)3", {"Li": 12, "S": 3}),
        ("Li.5CoO2", {"Li": 0.5, "Co": 1, "O": 2}),
    ],
)
def test_formulas_are_read_as_chemists_write_them(formula, atoms):
    assert dict(parse_formula(formula)) == pytest.approx(atoms)


@pytest.mark.parametrize(
    "formula",
    ["", "  ", "li", "Xx2", "Li2)", "(Li2", "Li2]3", "Li--2", "Li2O·H2O", "Li1e3", "2Li", "Li0", "Li3PS4!", "Li1.2.3"],
)
def test_what_is_no_formula_is_refused_in_one_line(formula):
    with pytest.raises(InputError) as caught:
        parse_formula(formula)
    assert "\n" not in str(caught.value)


def test_a_misspelt_element_gets_a_suggestion_or_none_but_never_a_guess():
    with pytest.raises(InputError, match="'Qq' is not an element"):
        parse_formula("QqO2")


def test_the_neutron_is_no_element():
    with pytest.raises(InputError):
        parse_formula("n2")


@pytest.mark.parametrize("formula", ["Li" * 150, "(" * 9 + "Li" + ")" * 9, "Li" + "9" * 400])
def test_monsters_are_refused_quickly(formula):
    with pytest.raises(InputError):
        parse_formula(formula)


@pytest.mark.parametrize(
    ("formula", "grams"),
    [("LiNi0.5Mn0.3Co0.2O2", 96.55), ("Li10GeP2S12", 588.7), ("LiCoO2", 97.87), ("Li2S", 45.94), ("Al2O3", 101.96)],
)
def test_molar_masses_match_the_tables(formula, grams):
    assert molar_mass(formula) * 1e3 == pytest.approx(grams, abs=0.06)


@given(st.dictionaries(st.sampled_from(ELEMENTS), AMOUNTS, min_size=1, max_size=6))
def test_a_written_composition_is_read_back(atoms):
    assert dict(parse_formula("".join(f"{symbol}{amount:g}" for symbol, amount in atoms.items()))) == pytest.approx(
        atoms
    )


@given(st.sampled_from(["LiCoO2", "Li7P3S11", "Li(CB9H10)0.7(CB11H12)0.3"]), st.integers(2, 50))
def test_mass_is_extensive_and_fractions_are_not(formula, times):
    assert molar_mass(f"({formula}){times}") == pytest.approx(times * molar_mass(formula))
    assert dict(atomic_fractions(f"({formula}){times}")) == pytest.approx(dict(atomic_fractions(formula)))
    assert math.fsum(atomic_fractions(formula).values()) == pytest.approx(1.0)


@given(st.text(max_size=30))
def test_any_text_is_a_formula_or_refused(text):
    try:
        atoms = parse_formula(text)
    except InputError:
        return
    assert atoms
    assert all(amount > 0 and math.isfinite(amount) for amount in atoms.values())
