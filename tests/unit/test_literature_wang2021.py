"""Wang et al. 2021: every claim that owes a verdict has one, anchors hold, inputs matter, contradictions are found."""

import math

import pytest

from interlayer.literature import Basis, claims, paper
from interlayer.literature.computation import check, compute_one
from interlayer.literature.wang2021_cells import compound_rate, particle_diffusivity, square_root_law
from interlayer.literature.wang2021_design import film_thickness, full_density
from interlayer.literature.wang2021_reactions import manganese_charge
from interlayer.literature.wang2021_spectra import shifted_line
from interlayer.literature.wang2021_vacancies import nickel_charge, population_ratio, slope
from interlayer.simulation import simulate

PAPER = paper("002")
OF_CLAIM = {name: computation for computation in PAPER.computations for name in computation.claims}
CLAIMS = {one.id: one for one in claims("002")}
CHECKABLE = [one.id for one in claims("002") if one.checkable]


@pytest.fixture(scope="module")
def basis():
    return Basis()


@pytest.fixture(scope="module")
def rows(basis):
    return {one.id: compute_one(OF_CLAIM.get(one.id), one, basis) for one in claims("002")}


def computed(name, basis):
    return compute_one(OF_CLAIM[name], CLAIMS[name], basis)


def test_every_claim_that_owes_a_verdict_is_computed_once():
    check(PAPER.computations)
    assert set(CHECKABLE) <= set(OF_CLAIM)
    assert set(OF_CLAIM) <= set(CLAIMS)


def test_no_computation_reads_its_own_claim(rows):
    assert [name for name, row in rows.items() if name in row.basis] == []


def test_cell_files_do_not_hand_a_computation_its_own_claim(rows, basis):
    for name, row in rows.items():
        for cell in (used for used in row.basis if used.startswith(("wang2020_", "wang2021_"))):
            inputs = basis.cell(cell).description.model_dump_json(exclude={"reported"})
            assert row.how == "fitted" or f'"wang2021:{name}"' not in inputs, f"{name} from {cell}"


def test_reasons_are_short_and_speak_of_claims(rows):
    for name in OF_CLAIM:
        assert 20 < len(rows[name].reason) <= 400, name
        assert rows[name].reason.isascii(), name


@pytest.mark.parametrize(
    ("name", "value", "tolerance"),
    [
        ("S2-06", -0.363, 0.002),
        ("S2-07", -0.083, 0.002),
        ("S2-13", 54.47, 0.01),
        ("S2-14", 85.76, 0.01),
        ("S2-22", 0.0912, 0.0001),
        ("S2-60", 3.33, 0.01),
        ("S2-64", 1.344, 1e-6),
    ],
)
def test_known_numbers(rows, name, value, tolerance):
    assert rows[name].our_value == pytest.approx(value, abs=tolerance)


def test_verdicts_that_are_known(rows):
    agree = {"S2-06", "S2-07", "S2-11", "S2-12", "S2-13", "S2-14", "S2-18", "S2-22", "S2-51", "S2-59"}
    assert {name for name in agree if rows[name].verdict != "agrees"} == set()
    differ = {"S2-03", "S2-09", "S2-10", "S2-16", "S2-17", "S2-19", "S2-23", "S2-32", "S2-33", "S2-36", "S2-41"}
    assert {name for name in differ if rows[name].verdict != "differs"} == set()
    missing = {"S2-25", "S2-29", "S2-37", "S2-40", "S2-49", "S2-50", "S2-52"}
    assert {name for name in missing if rows[name].verdict != "cannot_be_derived"} == set()


def test_the_bare_cell_predicted_from_the_coated_one_is_far_off_and_says_so(rows):
    assert rows["S2-09"].factor == pytest.approx(2.50, abs=0.05)
    assert rows["S2-10"].factor == pytest.approx(3.90, abs=0.08)
    assert "without refitting" in rows["S2-09"].reason


def test_square_root_law_of_three_points(basis):
    points = {name: basis.number(name) for name in ("S2-12", "S2-19", "S2-23")}
    j = basis.number("S2-65")
    ends = (0.1 * j, points["S2-12"]), (j, points["S2-23"])
    assert square_root_law(*ends, 0.0) == pytest.approx(187.65, abs=0.1)
    assert square_root_law(*ends, 0.0) - square_root_law(*ends, 1.0) == pytest.approx(71.54, abs=0.1)
    assert square_root_law(*ends, j / 3.0) == pytest.approx(points["S2-19"], abs=0.1)


def test_vacancies(basis):
    assert slope(basis) == pytest.approx(-0.0891, abs=0.0001)
    assert population_ratio(2.05 - 0.981) == pytest.approx(1.2e18, rel=0.05)
    assert -basis.number("S2-49") / slope(basis) / 30 == pytest.approx(0.77, abs=0.005)


def test_film_of_two_percent_is_thinner_than_stated(rows):
    assert film_thickness(0.02, 3000.0, 4.66, 6.06) == pytest.approx(7.85, abs=0.01)
    assert rows["S2-03"].our_value == pytest.approx(7.9, abs=0.1)


def test_diffusivity_of_the_titration_with_the_particles_area_and_the_pulse(basis):
    assert particle_diffusivity(basis) == pytest.approx(2.5e-12, rel=0.02)
    assert particle_diffusivity(Basis(factors={"S0-75": 2.0})) == pytest.approx(5.0e-12, rel=0.02)


def test_formulas_by_hand(basis):
    assert compound_rate(100.0, 25.0, 2) == pytest.approx(50.0)
    assert full_density(basis) == pytest.approx(1.0 / (0.7 / 4.66 + 0.3 / 2.0), rel=0.002)
    assert shifted_line((-2, 160.0), (4, 166.0), 6) == pytest.approx(168.0)
    assert manganese_charge({"MnO": 1.0, "MnO2": 3.0}) == pytest.approx(3.5)
    assert manganese_charge({"Li2S": 1.0}) is None
    assert nickel_charge(1.0) == pytest.approx(2.4)
    assert nickel_charge(0.2) == pytest.approx(4.0)


@pytest.mark.parametrize(
    ("name", "disturbed"),
    [
        ("S2-09", {"S2-16": 3.0}),
        ("S2-10", {"S2-15": 0.9}),
        ("S2-11", {"S2-17": 3.0}),
        ("S2-12", {"S0-80": 0.5}),
        ("S2-13", {"S2-10": 1.1}),
        ("S2-16", {"S2-09": 1.2}),
        ("S2-17", {"S0-60": 1.5}),
        ("S2-19", {"S0-80": 0.5}),
        ("S2-20", {"S2-22": 1.2}),
        ("S2-22", {"S2-20": 0.9}),
        ("S2-23", {"S0-80": 0.5}),
        ("S2-26", {"S2-27": 1.01}),
        ("S2-28", {"S2-25": 1.01}),
        ("S2-32", {"S2-31": 1.2}),
        ("S2-43", {"S2-44": 1.1}),
        ("S2-44", {"S0-76": 1.1}),
        ("S2-03", {"S2-04": 1.2}),
        ("S2-59", {"S2-58": 1.1}),
        ("S2-65", {"S2-63": 1.1}),
    ],
)
def test_an_input_moves_what_is_computed_from_it(rows, name, disturbed):
    before, after = rows[name].our_value, computed(name, Basis(factors=disturbed)).our_value
    first, second = (value if isinstance(value, float) else value[0] for value in (before, after))
    last, other = (value if isinstance(value, float) else value[-1] for value in (before, after))
    assert not (math.isclose(first, second, rel_tol=1e-5) and math.isclose(last, other, rel_tol=1e-5))


@pytest.mark.parametrize("change", ["cathode.loading=12 mg/cm2", "temperature=60 degC"])
def test_a_change_of_the_example_cell_moves_its_capacities(rows, change):
    changed = Basis(changes={"wang2021_lnto": (change,), "wang2021_bare": (change,)})
    for name in ("S2-09", "S2-11", "S2-12"):
        assert computed(name, changed).our_value != pytest.approx(rows[name].our_value, rel=1e-5), name


def test_a_titration_gives_the_time_of_diffusion_and_not_the_size_of_a_particle(rows):
    twice = Basis(changes={"wang2021_lnto": ("cathode.particle_diameter=6 um",)})
    assert particle_diffusivity(twice) == pytest.approx(4.0 * particle_diffusivity(Basis()), rel=1e-6)
    assert computed("S2-11", twice).our_value == pytest.approx(rows["S2-11"].our_value, rel=1e-4)


def test_a_disturbed_energy_or_charge_turns_statements_around():
    assert computed("S2-51", Basis()).our_value is True
    assert computed("S2-51", Basis(factors={"S2-50": 3.0})).our_value is False
    assert computed("S2-53", Basis()).our_value is True
    assert computed("S2-53", Basis(factors={"S2-11": 1.4})).our_value is False
    assert computed("S2-35", Basis()).our_value is True
    assert computed("S2-35", Basis(factors={"S2-34": 0.4})).our_value is False


def test_a_theoretical_capacity_below_the_measured_one_is_a_contradiction_until_it_is_not(rows):
    assert rows["S2-63"].verdict == "inconsistent"
    assert computed("S2-63", Basis(factors={"S2-12": 0.9})).verdict == "agrees"


def test_a_relative_density_in_grams_is_a_contradiction(rows):
    assert rows["S2-60"].verdict == "inconsistent"
    richer = computed("S2-60", Basis(factors={"S2-56": 1.0})).our_value
    assert richer == pytest.approx(rows["S2-60"].our_value)  # only the ratio matters
    assert "relative density is a share" in rows["S2-60"].reason


def test_sulfite_is_no_sulfate(rows):
    assert rows["S2-27"].verdict == "inconsistent"
    assert rows["S2-27"].our_value == pytest.approx(166.9, abs=0.1)
    assert computed("S2-27", Basis(factors={"S2-28": 1.01})).our_value > 168.0


def test_protocols_run_on_the_paper_s_cells():
    lower = simulate("wang2021_lnto", protocol=PAPER.protocols["first cycle"])
    assert [step.kind for step in lower.steps] == ["charge", "discharge"]
    assert simulate("wang2021_lnto", protocol=PAPER.protocols["impedance"]).spectra
    assert [cell.name for cell in PAPER.load_cells()] == list(PAPER.cells)


@pytest.mark.parametrize("figure", PAPER.figures, ids=lambda figure: figure.name)
def test_figures_have_labelled_axes_a_legend_and_the_stated_points(figure, basis):
    used = basis.fresh()
    axes = figure.draw(used).axes[0]
    assert axes.get_xlabel()
    assert axes.get_ylabel()
    assert axes.get_legend() is not None
    assert set(figure.claims) & set(used.used)
    assert set(figure.claims) <= set(CLAIMS)
