"""Paper 004: every claim that owes a verdict has one, from other numbers than its own, and inputs move the outputs."""

import pytest

from interlayer.literature.basis import Basis
from interlayer.literature.claims import claim, claims
from interlayer.literature.computation import check, compute_one
from interlayer.literature.study import paper
from interlayer.literature.wang2021amr_electrolytes import borohydride_oxidation_V
from interlayer.literature.wang2021amr_lithium import lithium_thickness
from interlayer.literature.wang2021amr_oxides import barriers
from interlayer.literature.wang2021amr_rates import calibrated_selenium, plain_selenium, specific_current
from interlayer.literature.wang2021amr_theory import (
    FORMULA_IN_CAPTION,
    FORMULA_IN_TEXT,
    charge_balance,
    sesx_capacity,
    sulfur_content,
    theoretical_capacity,
)
from interlayer.protocol import read_protocol

PAPER = paper("004")
OF = {name: computation for computation in PAPER.computations for name in computation.claims}


def row(name, basis=None):
    return compute_one(OF[name], claim(name), basis or Basis())


@pytest.fixture(scope="module")
def rows():
    basis = Basis()
    return {one.id: compute_one(OF.get(one.id), one, basis) for one in claims("004")}


def test_every_claim_that_owes_a_verdict_is_computed_once():
    check(PAPER.computations)
    assert [one.id for one in claims("004") if one.checkable and one.id not in OF] == []
    assert set(OF) <= {one.id for one in claims("004")}


def test_reasons_are_short_and_say_what_is_missing(rows):
    for name in OF:
        assert 20 < len(rows[name].reason) <= 400, name
        if rows[name].verdict == "cannot_be_derived":
            assert any(word in rows[name].reason for word in ("Missing", "not stated")), name


def test_verdicts(rows):
    differ = {name for name in OF if rows[name].verdict == "differs"}
    selenium = {"S4-42", "S4-43", "S4-44", "S4-45", "S4-46", "S4-47"}
    others = {"S4-04", "S4-29", "S4-33", "S4-34", "S4-36", "S4-53", "S4-60", "S4-61", "S4-62", "S4-74"}
    assert differ == selenium | others
    open_ones = {name for name in OF if rows[name].verdict == "cannot_be_derived"}
    mixtures = {"S4-51", "S4-52", "S4-55", "S4-56", "S4-57", "S4-58"}
    assert open_ones == mixtures | {"S4-12", "S4-15", "S4-28", "S4-41", "S4-63", "S4-67", "S4-68", "S4-73"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("S4-17", 1672.0), ("S4-20", 77.6), ("S4-40", 96.1), ("S4-49", 89.7), ("S4-50", 678.8),
        ("S4-54", 99.3), ("S4-34", 795.0),
    ],
)  # fmt: skip
def test_anchors(rows, name, value):
    assert rows[name].our_value == pytest.approx(value, rel=1e-3)


def test_capacities_and_compositions():
    assert sesx_capacity(2.0) == pytest.approx(theoretical_capacity("SeS2", 6.0), rel=1e-5)
    assert sesx_capacity(2.0) == pytest.approx(1124.0, abs=0.5)
    assert theoretical_capacity("Li2S", 2.0) == pytest.approx(1167.0, abs=0.5)
    assert theoretical_capacity("P4S34", 68.0) == pytest.approx(1501.0, abs=1.0)
    assert theoretical_capacity("P4S34", 48.0) == pytest.approx(1060.0, abs=1.0)
    # the compositions that the stated shares imply
    for capacity, share, x in ((1086, 87, 3.31), (1116, 99, 2.03), (883, 91, 1.02), (733, 90, 0.39)):
        assert sulfur_content(100.0 * capacity / share) == pytest.approx(x, abs=0.01)


def test_lithium_and_energy(rows):
    potential, capacity = rows["S4-14"].our_value
    assert (potential, capacity) == (pytest.approx(-3.040, abs=5e-4), pytest.approx(3862.0, abs=1.0))
    assert lithium_thickness(Basis(), 1.0) == pytest.approx(4.85, rel=0.02)
    assert "19." in rows["S4-73"].reason
    assert "2654" in rows["S4-19"].reason
    assert 2300.0 < rows["S4-19"].our_value < 2800.0
    assert borohydride_oxidation_V() == pytest.approx(1.29, abs=0.01)


def test_space_charge_steps_of_the_three_coatings():
    steps = barriers(Basis())
    assert [steps[sigma] for sigma in sorted(steps, reverse=True)] == pytest.approx([0.615, 0.644, 0.660], abs=2e-3)


def test_calibrated_selenium_meets_what_it_was_fitted_to_and_no_more():
    basis = Basis()
    found, plain = calibrated_selenium(basis), plain_selenium(basis)
    assert found["S4-39"] == pytest.approx(basis.number("S4-39"), rel=1e-3)
    assert found["S4-46"] == pytest.approx(basis.number("S4-46"), rel=1e-3)
    assert found["utilisation"] <= 1.0
    fitted = abs(found["S4-47"] - basis.number("S4-47"))
    assert 1.0 < fitted < abs(plain["S4-47"] - basis.number("S4-47")) / 3.0
    assert plain["S4-47"] / basis.number("S4-47") == pytest.approx(1.37, abs=0.02)
    assert specific_current("S4-47") == 800.0
    assert specific_current("S4-51") == 400.0


@pytest.mark.parametrize(
    ("factors", "name", "ratio"),
    [
        ({"S4-39": 1.1}, "S4-40", 1.1),
        ({"S4-48": 0.9}, "S4-49", 0.9),
        ({"S4-53": 0.9}, "S4-54", 0.9),
        ({"S4-49": 1.1}, "S4-48", 1.1),
        ({"S0-03": 1.1}, "S4-01", 1.1),
        ({"S4-59": 0.9}, "S4-61", 0.9),
    ],
)
def test_an_input_moves_the_output_in_proportion(rows, factors, name, ratio):
    moved = row(name, Basis(factors=factors)).our_value
    assert moved == pytest.approx(ratio * rows[name].our_value, rel=0.01)


@pytest.mark.parametrize(
    ("factors", "name", "upwards"),
    [
        ({"S4-22": 1.1}, "S4-20", True),
        ({"S1-32": 1.5}, "S4-33", False),
        ({"S4-46": 0.9}, "S4-47", False),
        ({"S2-01": 2.0}, "S4-74", True),
        ({"S4-40": 0.9}, "S4-46", False),
    ],
)
def test_an_input_moves_the_output(rows, factors, name, upwards):
    moved, before = row(name, Basis(factors=factors)).our_value, rows[name].our_value
    assert (moved > before * 1.00001) if upwards else (moved < before * 0.9999)


@pytest.mark.parametrize(
    ("cell", "change", "name"),
    [
        ("wang2021amr_se", "cathode.loading=9 mg/cm2", "S4-46"),
        ("wang2021amr_ses2", "cathode.diffusivity=1e-14 cm2/s", "S4-62"),
        ("wang2021amr_lco_lic", "cathode.particle_diameter=30 um", "S4-29"),
        ("wang2021amr_ses2", "cathode.utilisation=80 %", "S4-59"),
        ("wang2021amr_li2s", "cathode.interface.exchange_current_density=0.1 uA/cm2", "S4-18"),
    ],
)
def test_the_cell_moves_the_output(rows, cell, change, name):
    moved, before = row(name, Basis(changes={cell: (change,)})).our_value, rows[name].our_value
    assert moved != pytest.approx(before, rel=1e-3)


def test_contradictions_are_said(rows):
    for name in ("S4-21", "S4-26", "S4-37", "S4-70"):
        assert rows[name].verdict == "inconsistent", name
    assert rows["S4-21"].our_value == 5e-28
    assert "1.5e-15" in rows["S4-37"].our_value


def test_contradictions_go_away_when_the_numbers_agree():
    # a fully conducting 550 coating would make the printed "less than" right
    assert row("S4-26", Basis(factors={"S0-22": 100.0})).verdict != "inconsistent"
    # the two tests of SeS2 at 0.4 A/g
    assert row("S4-53", Basis(factors={"S4-60": 1.1})).verdict == "agrees"
    assert row("S4-21", Basis(factors={"S4-37": 3e12})).our_value == pytest.approx(1.5e-15)
    assert charge_balance(FORMULA_IN_TEXT) == pytest.approx(-0.1)
    assert charge_balance(FORMULA_IN_CAPTION) == pytest.approx(0.0, abs=1e-12)


@pytest.mark.parametrize(
    ("name", "factors"),
    [
        ("S4-10", {"S4-13": 0.25}),
        ("S4-25", {"S0-61": 0.01}),
        ("S4-65", {"S4-21": 1e9, "S4-23": 1e9}),
    ],
)
def test_statements_in_words_can_fail(rows, name, factors):
    assert rows[name].our_value is True
    assert row(name, Basis(factors=factors)).our_value is False


def test_figures_are_drawn_with_what_is_stated_on_top():
    basis = Basis()
    names = [figure.name for figure in PAPER.figures]
    assert names == ["fig1", "fig3c", "fig3d", "fig4b", "fig4e", "fig4f", "fig4g", "fig4h", "fig5g", "fig5i"]
    for figure in PAPER.figures:
        drawn = figure.draw(basis)
        for axes in drawn.axes:
            assert axes.get_xlabel() or axes.get_xticklabels()
            assert axes.get_legend_handles_labels()[1] or axes.patches
        for name in figure.claims:
            claim(name)
    rates = next(figure for figure in PAPER.figures if figure.name == "fig4h").draw(basis).axes[0]
    stated = next(line for line in rates.lines if line.get_label() == "stated, rate test")
    assert list(stated.get_ydata()) == [1024.0, 970.0, 949.0, 887.0]


def test_protocols_and_cells_load():
    cells = {cell.name for cell in PAPER.load_cells()}
    assert len(cells) == 9
    for name, protocol in PAPER.protocols.items():
        assert len(read_protocol(protocol, origin=name).sequence()) >= 2
