"""Predictions of what was left out: the numbers of the design note, honest intervals, and no law singled out."""

import math
from pathlib import Path

import pytest

from interlayer.literature import Basis
from interlayer.literature.coating_laws import LAWS, Law, Point, Surroundings, aicc, fit_law, left_out
from interlayer.literature.transfer import coatings, laws, predictions, supported, surroundings, transfer


@pytest.fixture(scope="module")
def basis():
    return Basis()


@pytest.fixture(scope="module")
def compared(basis):
    return {one.law: one for one in laws(basis=basis)}


@pytest.fixture(scope="module")
def found(basis):
    return predictions(basis=basis)


def one(found, claim, route):
    return next(p for p in found if p.claim == claim and route in p.route)


def test_laws_fitted_to_two_coatings_predict_the_third(compared):
    expected = {"K/σ": 1990, "R0 + K/σ": 1990, "c σ^-n": 2052, "K/√σ": 652, "a - b ln σ": 754, "spreading": 1123}
    for name, ohm in expected.items():
        assert compared[name].predicted_550_ohm == pytest.approx(ohm, rel=0.015), name
    assert compared["K/σ ∥ bare"].factor_550 == pytest.approx(1.32, abs=0.02)


def test_no_law_is_supported(compared):
    text = supported(list(compared.values()))
    assert "None is supported" in text
    assert all(one.aicc_measurement is None or one.aicc_measurement > 12.0 for one in compared.values())


def test_a_law_that_is_true_would_be_supported(basis):
    about = surroundings(basis)
    points = [Point(p.label, p.conductivity, p.thickness, 3e-3 / p.conductivity) for p in coatings(basis)]
    law = next(one for one in LAWS if one.name == "K/σ")
    assert aicc(fit_law(law, points, about), 0.05) == pytest.approx(6.0)
    assert left_out(law, points, about) == pytest.approx((1.0, 1.0, 1.0))


def test_a_fitted_law_has_its_parameters_back():
    about = Surroundings(1.5e-6, 1e8, 1400.0)
    for law in LAWS:
        truth = tuple(2.0 * value for value in law.start)
        import numpy as np

        points = [
            Point(str(s), s, 7.5, law.resistance(Point("", s, 7.5, 0.0), np.array(truth), about))
            for s in (1e-6, 4e-6, 1.6e-5, 6e-5)
        ]
        fitted = fit_law(law, points, about)
        assert max(abs(r) for r in fitted.residuals) < 1e-4, law.name


def test_too_few_points_have_no_criterion():
    law = Law("two", "", (1.0, 1.0), lambda point, p, _: float(p[0] + p[1] / point.conductivity))
    points = [Point("a", 1.0, 1.0, 2.0), Point("b", 2.0, 1.0, 1.5), Point("c", 4.0, 1.0, 1.2)]
    about = Surroundings(1e-6, 1.0, 1.0)
    assert math.isinf(aicc(fit_law(law, points, about), 0.05))
    assert all(math.isnan(x) for x in left_out(law, points[:2], about))


def test_from_conductivity_alone_550_is_missed_and_stays_in_the_table(found):
    resistance = one(found, "S0-61", "conductivity alone")
    assert resistance.factor == pytest.approx(2.96, abs=0.1)
    assert not resistance.inside
    assert resistance.low_95 == pytest.approx(1162, rel=0.05)
    assert resistance.high_95 == pytest.approx(3341, rel=0.05)
    for claim in ("S0-37", "S0-71"):
        assert not one(found, claim, "conductivity alone").inside


def test_given_the_measured_resistance_lines_predict_550(found):
    for claim, value in (("S0-71", 165.6), ("S0-37", 82.4), ("S0-45", 43.2), ("S0-49", 0.60)):
        assert one(found, claim, "measured resistance, then a line").value == pytest.approx(value, rel=0.02)
    assert one(found, "S0-71", "measured resistance, then a line").inside
    assert not one(found, "S0-49", "measured resistance, then a line").inside


def test_every_interval_holds_its_value_and_no_prediction_reads_its_answer(found):
    for p in found:
        assert p.low_95 <= p.value <= p.high_95, (p.claim, p.route)
        assert p.inside == (p.low_95 <= p.reported <= p.high_95)
    assert {p.paper for p in found} == {"000", "002", "003", "004"}


@pytest.mark.parametrize(("claim", "moved"), [("S0-59", "S0-71"), ("S0-20", "S0-61"), ("S3-31", "S3-33")])
def test_training_values_move_predictions(found, claim, moved):
    paper = "003" if moved.startswith("S3") else "000"
    other = predictions(paper, basis=Basis(factors={claim: 1.2}))
    before = next(p for p in found if p.claim == moved)
    after = next(p for p in other if p.claim == moved)
    assert abs(after.value / before.value - 1.0) > 0.01


def test_the_answer_itself_moves_nothing_but_the_factor(found):
    other = predictions("000", basis=Basis(factors={"S0-71": 1.5}))
    before, after = (one(p, "S0-71", "measured resistance, then a line") for p in (found, other))
    assert after.value == before.value
    assert after.reported == pytest.approx(1.5 * before.reported)


def test_the_whole_transfer_of_a_paper_without_laws():
    found = transfer("003")
    assert found.laws == ()
    assert found.statement == ""
    assert len(found.predictions) == 1


PAGE = Path(__file__).parents[2] / "docs" / "coating_conductivity.md"


@pytest.mark.skipif(not PAGE.exists(), reason="the documentation is not installed")
def test_the_page_about_conductivity_shows_what_is_computed(compared, found):
    page = PAGE.read_text(encoding="utf-8")
    for law in compared.values():
        factors = ", ".join("-" if factor is None else f"{factor:.2f}" for factor in law.factors)
        criteria = ["-" if value is None else f"{value:.0f}" for value in (law.aicc_measurement,)]
        criteria += ["-" if value is None else f"{value:.1f}" for value in (law.aicc_cells,)]
        row = (
            f"| {law.law} | {law.physics} | {law.parameters} | {law.predicted_550_ohm:.0f} | {law.factor_550:.2f} | "
            f"{factors} | {' | '.join(criteria)} |"
        )
        assert row in page
    resistance = one(found, "S0-61", "conductivity alone")
    assert f"{round(resistance.low_95, -1):,.0f} to {round(resistance.high_95, -1):,.0f} Ω" in page
    for route in dict.fromkeys(p.route for p in found if p.paper == "000" and "cell model" in p.route):
        slow, fast = (one(found, claim, route) for claim in ("S0-37", "S0-53"))
        numbers = [f"{p.value:.0f} ({p.low_95:.0f} to {p.high_95:.0f}), × {p.factor:.1f}" for p in (slow, fast)]
        assert f"| {route} | {slow.trained_on} | {' | '.join(numbers)} |" in page
