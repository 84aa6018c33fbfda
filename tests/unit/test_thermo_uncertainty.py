"""Uncertainty: analytic probabilities, what the error model derives, and agreement between its three questions."""

import json
import runpy
from itertools import pairwise
from math import erf, sqrt
from pathlib import Path

import numpy as np
import pytest

from interlayer.cli.uncertainty import show_reaction_uncertainty, show_window_uncertainty
from interlayer.composition import parse_formula
from interlayer.errors import InputError
from interlayer.thermo import PhaseTable, own_table, react, window
from interlayer.thermo.measured import measured_phases
from interlayer.thermo.phase_errors import CORRELATION, SIGMA, ErrorModel
from interlayer.thermo.uncertainty import reaction_uncertainty
from interlayer.thermo.uncertainty_many import stability_probability
from interlayer.thermo.uncertainty_windows import window_uncertainty

LGPS = "Li10GeP2S12"


def toy(energies):
    return PhaseTable.from_rows(
        [(formula, energy, "made up") for formula, energy in energies.items()], name="toy", references=("made up",)
    )


def exchange(gain):
    """NaCl + KBr -> NaBr + KCl, which releases `gain` eV per atom."""
    return toy({"NaCl": -2.0, "KBr": -2.0, "NaBr": -2.0 - gain, "KCl": -2.0 - gain})


def normal_share_below(x):
    return 0.5 * (1.0 + erf(x / sqrt(2.0)))


@pytest.mark.parametrize("gain", [-0.03, -0.01, 0.01])
@pytest.mark.parametrize("correlation", [0.0, 0.7])
def test_the_probability_of_an_exchange_is_that_of_a_normal_distribution(gain, correlation):
    # four phases with one half each: sd = sigma sqrt(1 - rho); what two chlorides or two bromides share cancels
    found = reaction_uncertainty("NaCl", "KBr", table=exchange(gain), samples=4000, sigma=0.02, correlation=correlation)
    expected = normal_share_below(-gain / (0.02 * sqrt(1.0 - correlation)))
    assert found.probability_stable == pytest.approx(expected, abs=3.5 * found.standard_error)
    assert found.deterministic.reaction_energy_eV_per_atom == pytest.approx(min(-gain, 0.0))


def test_the_default_model_gives_the_measured_spread_of_oxides_from_oxides():
    # 24 meV/atom: Hautier et al. 2012; one ternary oxide from equal parts of two binaries
    table = toy({"MgO": -3.0, "ZnO": -2.0, "MgZnO2": -4.0})
    found = reaction_uncertainty("MgO", "ZnO", table=table, samples=4000)
    assert found.reaction_energy_eV_per_atom.standard_deviation == pytest.approx(0.024, rel=0.05)
    assert SIGMA * sqrt(1.5 * (1.0 - CORRELATION)) == pytest.approx(0.024, rel=0.02)


def test_fully_correlated_errors_of_one_chemistry_cancel_where_no_element_forms():
    closed = reaction_uncertainty("Li2O", "Al2O3", correlation=1.0, samples=200)
    assert closed.deterministic.reaction_energy_eV_per_atom < -0.05
    assert closed.reaction_energy_eV_per_atom.standard_deviation < 1e-9
    assert closed.different_product_sets == 1
    # decomposition to elements does not cancel: F2 leaves LiF with all of its error, two atoms' worth per Li
    limit = window_uncertainty("LiF", correlation=1.0, samples=4000).oxidation.potential_V
    assert limit.standard_deviation == pytest.approx(2.0 * SIGMA, rel=0.05)


def test_errors_are_shared_as_far_as_the_anions_are():
    table = own_table()
    errors = ErrorModel(0.025, 0.5).errors(table, samples=20_000, seed=3)
    of = {formula: errors[:, table.row(formula)] for formula in ("Li2O", "Al2O3", "Li2S", "Li2SO4", "Li3P", "LiAl")}
    together = np.corrcoef(list(of.values()))
    expected = {
        ("Li2O", "Al2O3"): 0.5,
        ("Li2O", "Li2S"): 0.0,
        ("Li2O", "Li2SO4"): 0.5 * 4.0 / sqrt(17.0),
        ("Li2S", "Li2SO4"): 0.5 / sqrt(17.0),
        ("Li3P", "LiAl"): 0.5,
        ("Li3P", "Li2O"): 0.0,
    }
    names = list(of)
    for (one, other), value in expected.items():
        assert together[names.index(one), names.index(other)] == pytest.approx(value, abs=0.025)
    assert [values.std() for values in of.values()] == pytest.approx([0.025] * 6, rel=0.03)
    elements = [table.row(element) for element in ("Li", "O2", "S")]
    assert not errors[:, elements].any()


@pytest.mark.parametrize(
    "options", [{}, {"voltage": 4.0}, {"reference": "entry"}, {"reference": "mixture"}, {"reference": 0.02}]
)
def test_without_errors_the_answer_is_that_of_react(options):
    found = reaction_uncertainty("NMC532", LGPS, sigma=0.0, samples=2, **options)
    answer = react("NMC532", LGPS, **options)
    assert found.deterministic == answer
    for value in (found.reaction_energy_eV_per_atom.p05, found.reaction_energy_eV_per_atom.p95):
        assert value == pytest.approx(answer.reaction_energy_eV_per_atom, abs=1e-9)
    assert set(found.product_sets[0].products) == set(answer.products)
    assert found.product_probability == dict.fromkeys(found.product_probability, 1.0)


@pytest.mark.parametrize("formula", [LGPS, "LiNbO3", "LiF", "Al2O3", "LiNb0.5Ta0.5O3", "Li7La3Zr2O12"])
def test_without_errors_the_window_is_that_of_window(formula):
    found, answer = window_uncertainty(formula, sigma=0.0, samples=2), window(formula)
    assert found.reductions_V == pytest.approx([answer.reduction_V] * 2)
    assert found.oxidations_V == pytest.approx([answer.oxidation_V] * 2)
    limits = {limit.limit: limit for limit in (found.reduction, found.oxidation) if limit is not None}
    assert set(limits) == {reaction.limit for reaction in answer.reactions}
    for reaction in answer.reactions:
        assert set(limits[reaction.limit].product_sets[0].products) == set(reaction.products)
    above = answer.energy_above_hull_eV_per_atom
    assert found.probability_on_hull == (None if above is None else float(above < 1e-6))


def test_larger_errors_make_no_reaction_less_certain_and_the_limits_wider():
    pair = [
        reaction_uncertainty("NaCl", "KBr", table=exchange(-0.02), sigma=sigma, samples=500)
        for sigma in (0.0, 0.01, 0.025, 0.05, 0.1)
    ]
    probabilities = [found.probability_stable for found in pair]
    assert probabilities[0] == 1.0
    assert all(later < earlier for earlier, later in pairwise(probabilities[1:]))
    widths = [
        (found.oxidation.potential_V.p95 - found.oxidation.potential_V.p05)
        for found in (window_uncertainty("LiNbO3", sigma=sigma, samples=200) for sigma in (0.005, 0.01, 0.02, 0.04))
    ]
    assert widths == sorted(widths)


def test_the_seed_decides_and_a_phase_has_the_same_errors_in_every_table():
    one, same, other = (reaction_uncertainty("LiNbO3", "Li3PS4", samples=50, seed=seed) for seed in (1, 1, 2))
    assert one == same
    assert one.energies_eV_per_atom == same.energies_eV_per_atom
    assert one.energies_eV_per_atom != other.energies_eV_per_atom
    table = own_table()
    fewer = table.without(["Li3PO4", "Li2SO4"]).within({"Li", "P", "S", "O"})
    whole, part = (ErrorModel().errors(t, samples=5, seed=7) for t in (table, fewer))
    assert part == pytest.approx(whole[:, [table.row(formula) for formula in fewer.formulas]])


def test_reactant_and_product_share_their_error():
    # LGPS against itself from its tabulated energy: it is stable in those samples in which it lies on the hull
    itself = reaction_uncertainty(LGPS, LGPS, reference="entry", samples=300)
    on_hull = window_uncertainty(LGPS, samples=300).probability_on_hull
    assert 0.05 < on_hull < 0.5
    assert itself.probability_stable == on_hull


def test_published_limits_that_the_table_misses_lie_within_its_errors():
    # Li3InCl6: published 2.38 V, tabulated 2.62 V; LiNbO3: 3.88 V against 3.76 V
    reduction = window_uncertainty("Li3InCl6").reduction.potential_V
    assert reduction.p05 < 2.38 < reduction.without_errors < reduction.p95
    oxidation = window_uncertainty("LiNbO3").oxidation.potential_V
    assert oxidation.p05 < oxidation.without_errors < 3.88 < oxidation.p95


PUBLISHED = [
    ("Li2S", None, 2.01),
    (LGPS, 1.71, 2.14),
    ("Li3PS4", 1.71, 2.31),
    ("Li6PS5Cl", 1.71, 2.01),
    ("Li7La3Zr2O12", 0.05, 2.91),
    ("Li1.3Al0.3Ti1.7P3O12", 2.17, 4.21),
    ("Li3PO4", 0.69, 4.21),
    ("LiNbO3", 1.74, 3.88),
    ("LiLaTi2O6", 1.75, 3.71),
    ("Li3InCl6", 2.38, 4.26),
]


@pytest.mark.parametrize(("formula", "reduction", "oxidation"), PUBLISHED)
def test_every_published_limit_lies_within_ninety_per_cent(formula, reduction, oxidation):
    found = window_uncertainty(formula, convention="s_element_2015", samples=400)
    for limit, published in ((found.reduction, reduction), (found.oxidation, oxidation)):
        assert (limit is None) == (published is None)
        assert limit is None or limit.potential_V.p05 < published < limit.potential_V.p95


def test_the_biases_of_the_own_table_are_larger_than_the_errors_that_are_sampled():
    def too_high(formula):
        size = sum(parse_formula(formula).values())
        return own_table().energies[own_table().row(formula)] - measured_phases()[formula].enthalpy_eV / size

    documented = {"LiBr": 0.25, "LiI": 0.17, "B2O3": -0.17, "La2O3": -0.17}
    assert {formula: too_high(formula) for formula in documented} == pytest.approx(documented, abs=0.006)
    sulfates = ("Li2SO4", "Al2(SO4)3", "MnSO4", "FeSO4", "CoSO4", "NiSO4")
    assert sorted(map(too_high, sulfates))[:: len(sulfates) - 1] == pytest.approx([-0.45, -0.23], abs=0.006)
    as_usual, wide = (reaction_uncertainty("LiCoO2", "Li3PS4", sigma=s) for s in (SIGMA, {"Li2SO4": 0.3}))
    for found, low, high, share in ((as_usual, -433, -376, 0.94), (wide, -504, -373, 0.60)):
        energy = found.reaction_energy_eV_per_atom
        assert [energy.p05 * 1e3, energy.p95 * 1e3] == pytest.approx([low, high], abs=0.6)
        assert found.product_probability["Li2SO4"] == pytest.approx(share, abs=0.005)


def test_a_window_holds_a_voltage_as_often_as_its_samples_say():
    found = window_uncertainty("LiNbO3", samples=300)
    assert found.probability_at(2.5) > 0.98
    assert found.probability_at(5.0) == 0.0
    within = np.mean([low <= 3.7 <= high and low < high for low, high in found.frame().iloc[:, 1:].to_numpy()])
    assert found.probability_at(3.7) == pytest.approx(within)


PAIRS = [
    ("LiCoO2", "Li3PS4"),
    ("LiTaO3", "Li3InCl6"),
    ("Li3PO4", "Li3PS4"),
    ("Li2O", "Unobtainium"),
    ("NMC532", "LGPS"),
    ("Li3PO4", "Li7La3Zr2O12"),
]


@pytest.mark.parametrize(
    "options",
    [{}, {"voltage": 3.0}, {"reference": "entry"}, {"reference": 0.01, "threshold": 0.02}, {"solver": "numpy"}],
)
def test_many_pairs_are_answered_with_the_samples_of_one(options):
    found = stability_probability(PAIRS, samples=60, threads=1, **options)
    single = {name: value for name, value in options.items() if name != "solver"}
    for i, (a, b) in enumerate(PAIRS):
        if found.reason[i]:
            assert np.isnan(found.probability_stable[i])
            continue
        one = reaction_uncertainty(a, b, samples=60, **single)
        assert found.probability_stable[i] == pytest.approx(one.probability_stable)
        spread = one.reaction_energy_eV_per_atom
        assert [
            found.reaction_energy_eV_per_atom[i],
            found.reaction_energy_p05_eV_per_atom[i],
            found.reaction_energy_median_eV_per_atom[i],
            found.reaction_energy_p95_eV_per_atom[i],
        ] == pytest.approx([spread.without_errors, spread.p05, spread.median, spread.p95], abs=1e-7)
    assert "Unobtainium" in found.reason[3]
    assert len(found.frame()) == len(PAIRS)


def test_what_has_no_answer_in_a_list_is_a_row_with_its_reason():
    found = stability_probability([("Li", "LiCoO2"), ("LiCoO2", "Li3PS4")], voltage=3.0, samples=3)
    assert "lithium" in found.reason[0]
    assert found.reason[1] == ""
    assert len(stability_probability([], samples=3)) == 0
    assert all(stability_probability([("Xx", "Yy")], samples=3).reason)
    mixture = stability_probability([("LiCoO2", "Li3PO4"), ("NMC532", "LGPS")], reference="mixture", samples=3)
    assert "mixture" in mixture.reason[0]
    assert mixture.reaction_energy_eV_per_atom[1] == pytest.approx(-0.412, abs=6e-4)


def test_own_standard_deviations_and_covariances():
    table = exchange(0.5)
    options = {"table": table, "samples": 3000, "correlation": 0.0}
    one = reaction_uncertainty("NaCl", "KBr", sigma={"NaCl": 0.1, "KBr": 0.0, "NaBr": 0.0, "KCl": 0.0}, **options)
    assert one.reaction_energy_eV_per_atom.standard_deviation == pytest.approx(0.05, rel=0.05)
    # what moves NaCl and NaBr alike leaves the exchange where it is
    alike = {"NaCl": {"NaCl": 0.01, "NaBr": 0.01}, "NaBr": {"NaCl": 0.01, "NaBr": 0.01}}
    same = reaction_uncertainty("NaCl", "KBr", sigma=0.0, covariance=alike, **options)
    assert same.reaction_energy_eV_per_atom.standard_deviation < 1e-6
    opposite = {"NaCl": {"NaCl": 0.01, "NaBr": -0.01}, "NaBr": {"NaCl": -0.01, "NaBr": 0.01}}
    twice = reaction_uncertainty("NaCl", "KBr", sigma=0.0, covariance=opposite, **options)
    assert twice.reaction_energy_eV_per_atom.standard_deviation == pytest.approx(0.1, rel=0.05)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"sigma": 25}, "from 0 to 1 eV/atom"),
        ({"sigma": -0.01}, "from 0 to 1 eV/atom"),
        ({"sigma": float("nan")}, "from 0 to 1 eV/atom"),
        ({"sigma": {"Li2Q": 0.01}}, "Q"),
        ({"sigma": {"Li9Co9O9": 0.01}}, "it is not in the table"),
        ({"correlation": 1.5}, "correlation"),
        ({"samples": 0}, "samples"),
        ({"samples": 10.5}, "samples"),
        ({"seed": -1}, "seed"),
        ({"threshold": -0.1}, "threshold"),
        ({"covariance": {"Li2S": {"Li2S": -0.01}}}, "negative eigenvalue"),
        ({"covariance": {"Li2S": {"Li2S": 0.01, "Li2O": 0.01}, "Li2O": {"Li2O": 0.01}}}, "not symmetric"),
        ({"covariance": {"Li2S": {"Li2O": 0.01}}}, "row of numbers"),
        ({"voltage": 11.0}, "voltage"),
    ],
)
def test_nonsense_is_refused_in_one_line(options, message):
    for ask in (
        lambda: reaction_uncertainty("LiCoO2", "Li3PS4", **options),
        lambda: stability_probability([("LiCoO2", "Li3PS4")], **options),
    ):
        with pytest.raises(InputError, match=message) as refused:
            ask()
        assert "\n" not in str(refused.value)


def test_records_are_json_without_their_samples_and_draw_a_figure():
    pair, limits = reaction_uncertainty("LiNbO3", "Li3PS4", samples=50), window_uncertainty("LiNbO3", samples=50)
    for found in (pair, limits):
        document = json.loads(found.model_dump_json())
        assert document["samples"] == 50
        assert document["deterministic"]["references"]
        assert any("PhysRevB.85.155208" in line for line in document["references"])
        assert not any(isinstance(value, list) and len(value) == 50 for value in document.values())
        assert len(found.frame()) == 50
        assert found.plot().axes[0].patches
    assert json.loads(window_uncertainty("LiF", samples=20).model_dump_json())["reduction"] is None


def test_the_command_line_prints_one_document_or_a_summary(capsys, tmp_path):
    show_reaction_uncertainty("LiTaO3", "Li3InCl6", samples=40, json=True, plot=tmp_path / "r.png")
    assert json.loads(capsys.readouterr().out)["reactant_A"] == "LiTaO3"
    show_window_uncertainty("Li7La3Zr2O12", samples=40, out=tmp_path / "w.csv")
    printed = capsys.readouterr().out
    assert "on the hull in" in printed
    assert "0.05 V without errors" in printed
    assert sorted(path.name for path in tmp_path.iterdir()) == ["r.png", "w.csv"]


def test_the_benchmark_runs(monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["uncertainty.py", "--quick", "--json"])
    runpy.run_path(str(Path(__file__).parents[2] / "bench" / "uncertainty.py"), run_name="__main__")
    found = json.loads(capsys.readouterr().out)
    assert found["pairs"] == 100
    assert found["pair_1000_samples_s"] > 0.0


def test_hydrogen_and_gases_are_answered_from_the_table_that_react_takes():
    air = {"temperature": 298.15, "gases": {"H2O": 1000.0, "CO2": 42.0}}
    for options in ({}, air):
        found = reaction_uncertainty("LiOH", "LiCoO2", sigma=0.0, samples=2, **options)
        assert found.deterministic == react("LiOH", "LiCoO2", **options)
        assert found.reaction_energy_eV_per_atom.median == pytest.approx(
            found.deterministic.reaction_energy_eV_per_atom, abs=1e-9
        )
    limits = window_uncertainty("Li7La3Zr2O12", sigma=0.0, samples=2, **air)
    assert limits.oxidations_V == pytest.approx([window("Li7La3Zr2O12", **air).oxidation_V] * 2)
    assert limits.conditions == limits.deterministic.conditions != window("Li7La3Zr2O12").conditions
