"""Lists of names: every row is what the single question answers, and every failure is a row with its reason."""

import numpy as np
import pytest

from interlayer.errors import InputError
from interlayer.thermo import own_table, react, window
from interlayer.thermo.many import react_many, window_many

NAMES = ("LiCoO2", "Li3PS4", "Li10GeP2S12", "LiNi0.5Mn0.3Co0.2O2", "LiNbO3", "Li3PO4", "Li3InCl6", "FeS2", "LLZO")
PAIRS = [(a, b) for a in NAMES for b in NAMES if a <= b]


def answer(question, *names, **options):
    """Return the answer of one question, or in words why there is none."""
    try:
        return question(*names, **options)
    except InputError as error:
        return str(error)


@pytest.mark.parametrize(
    ("voltage", "reference"),
    [(None, "hull"), (None, "entry"), (None, "mixture"), (None, 0.01), (4.3, "hull"), (0, 0.02)],
)
def test_pairs_are_those_of_react(voltage, reference):
    found = react_many(PAIRS, voltage=voltage, reference=reference)
    assert len(found) == len(PAIRS)
    for row, (a, b) in enumerate(PAIRS):
        one = answer(react, a, b, voltage=voltage, reference=reference)
        if isinstance(one, str):
            assert found.reason[row] == one
            assert np.isnan(found.reaction_energy_eV_per_atom[row])
            continue
        assert found.reason[row] == ""
        assert (found.reactant_A[row], found.reactant_B[row]) == (one.reactant_A, one.reactant_B)
        assert found.reaction_energy_eV_per_atom[row] == pytest.approx(one.reaction_energy_eV_per_atom, abs=1e-9)
        if voltage is not None:
            assert found.total_energy_eV_per_atom[row] == pytest.approx(one.total_energy_eV_per_atom, abs=1e-9)
        if one.reaction_energy_eV_per_atom < -0.0101:  # at 0.01 above the hull both ends are as good as each other
            assert found.mixing_fraction[row] == pytest.approx(one.mixing_fraction, abs=1e-6)
            assert found.products(row) == pytest.approx(one.products, abs=1e-5)
    assert np.nanmax(found.imbalance) < 1e-7


def test_every_composition_has_the_window_of_window():
    names = [*NAMES, *own_table().formulas[::25]]
    found = window_many(names, convention="s_element_2015")
    for row, name in enumerate(names):
        one = answer(window, name, convention="s_element_2015")
        if isinstance(one, str):
            assert "it has no window" in one
            assert "it has no window" in found.reason[row]
            continue
        assert found.reduction_V[row] == pytest.approx(one.reduction_V, abs=1e-6)
        assert found.oxidation_V[row] == pytest.approx(one.oxidation_V or np.nan, abs=1e-6, nan_ok=True)
        above = one.energy_above_hull_eV_per_atom
        assert found.energy_above_hull_eV_per_atom[row] == pytest.approx(
            np.nan if above is None else above, abs=1e-8, nan_ok=True
        )


def test_failures_are_rows_with_a_reason():
    found = react_many([("LiCoO2", "Li3PS4"), ("Xx2", "Li2O"), ("LiCoO2", "PuO2"), ("Li", "Li3PS4")], voltage=2.0)
    assert found.reason[0] == ""
    assert "not an element" in found.reason[1]
    assert "Pu" in found.reason[2]
    assert "lithium is open" in found.reason[3]
    assert np.isfinite(found.reaction_energy_eV_per_atom).tolist() == [True, False, False, False]
    limits = window_many(["Li3PS4", "Xx2", "Li"])
    assert [bool(words) for words in limits.reason] == [False, True, True]


def test_an_excluded_element_without_a_compound_left_is_a_reason():
    found = react_many([("LiCoO2", "LiCl3"), ("LiCoO2", "Li3PS4")], exclude=["Cl"])
    assert "no phases" in found.reason[0]
    assert found.reason[1] == ""


@pytest.mark.parametrize(
    "wrong", [{"voltage": np.nan}, {"voltage": 11.0}, {"reference": "nonsense"}, {"convention": "nonsense"}]
)
def test_what_is_wrong_with_all_rows_is_refused(wrong):
    with pytest.raises(InputError):
        react_many([("LiCoO2", "Li3PS4")], **wrong)


def test_columns_cannot_be_written_and_become_a_frame():
    found = react_many(PAIRS[:4])
    with pytest.raises(ValueError, match="read-only"):
        found.reaction_energy_eV_per_atom[0] = 0.0
    assert list(found.frame()["reactant_A"]) == list(found.reactant_A)
    assert len(window_many([]).frame()) == len(react_many([]).frame()) == 0


def test_without_the_compiler_the_columns_are_the_same():
    compiled, numpy = (react_many(PAIRS, voltage=3.0, solver=solver) for solver in ("compiled", "numpy"))
    np.testing.assert_allclose(compiled.reaction_energy_eV_per_atom, numpy.reaction_energy_eV_per_atom, atol=1e-9)
