"""Paper 003 computed: every claim that owes a verdict gets one, known numbers come out, disturbed inputs move them."""

import math
from collections.abc import Mapping, Sequence

import pytest

from interlayer.literature.basis import Basis
from interlayer.literature.claims import CHECKABLE, claims
from interlayer.literature.computation import Computed, check, compute_all, compute_one
from interlayer.literature.tan2021 import COMPUTATIONS, PAPER
from interlayer.literature.tan2021_cells import film_thickness_nm, interface_resistance, llto_resistance_ohm_cm2
from interlayer.literature.tan2021_cycling import LAWS, law_retention
from interlayer.literature.tan2021_electrolyte import grain_boundary_shows, line_through_end_points, relaxation_hertz
from interlayer.literature.tan2021_rates import llto_drop_mV
from interlayer.simulation import simulate

CLAIMS = {one.id: one for one in claims("003")}
OF_CLAIM = {name: computation for computation in COMPUTATIONS for name in computation.claims}


@pytest.fixture(scope="module")
def basis() -> Basis:
    return Basis()


@pytest.fixture(scope="module")
def rows(basis: Basis) -> dict[str, Computed]:
    return {row.claim: row for row in compute_all(COMPUTATIONS, tuple(CLAIMS.values()), basis)}


def disturbed(
    name: str, factors: Mapping[str, float] | None = None, changes: Mapping[str, Sequence[str]] | None = None
) -> Computed:
    one = Basis(factors=factors or {}, changes={cell: tuple(keys) for cell, keys in (changes or {}).items()})
    return compute_one(OF_CLAIM[name], CLAIMS[name], one)


def number(row: Computed) -> float:
    assert isinstance(row.our_value, float)
    return row.our_value


class TestEveryClaim:
    def test_checkable_claims_are_computed_once(self) -> None:
        check(COMPUTATIONS)
        owed = {one.id for one in CLAIMS.values() if one.kind in CHECKABLE}
        assert owed <= set(OF_CLAIM)

    def test_no_claim_is_computed_from_itself(self, rows: dict[str, Computed]) -> None:
        assert not [row.claim for row in rows.values() if row.claim in row.basis]

    def test_reasons_are_short_and_say_what_is_missing(self, rows: dict[str, Computed]) -> None:
        for name in OF_CLAIM:
            row = rows[name]
            assert 40 < len(row.reason) <= 400, row.claim
            assert "nan" not in row.reason.split(), row.claim
            if row.verdict == "cannot_be_derived":
                assert "Missing" in row.reason, row.claim

    def test_verdicts(self, rows: dict[str, Computed]) -> None:
        found = {name: rows[name].verdict for name in OF_CLAIM}
        inconsistent = {name for name, verdict in found.items() if verdict == "inconsistent"}
        assert inconsistent == {"S3-10", "S3-15", "S3-16", "S3-19", "S3-30", "S3-38", "S3-45"}
        missing = {name for name, verdict in found.items() if verdict == "cannot_be_derived"}
        assert missing == {
            "S3-11", "S3-12", "S3-13", "S3-18", "S3-20", "S3-29", "S3-31", "S3-32", "S3-34", "S3-44", "S3-47",
        }  # fmt: skip
        assert {name for name, verdict in found.items() if verdict == "differs"} == {
            "S3-24", "S3-25", "S3-26", "S3-28", "S3-33", "S3-37", "S3-42", "S3-43", "S3-46",
        }  # fmt: skip


class TestKnownNumbers:
    def test_activation_energy_of_the_end_points(self, basis: Basis, rows: dict[str, Computed]) -> None:
        assert number(rows["S3-19"]) == pytest.approx(0.223, abs=5e-4)
        assert line_through_end_points(basis, "ln_sigma_T").activation_energy_eV == pytest.approx(0.252, abs=5e-4)

    def test_conductivity_that_the_stated_energy_predicts(self, rows: dict[str, Computed]) -> None:
        assert number(rows["S3-16"]) == pytest.approx(2.13e-4, rel=5e-3)
        assert "0.000162" in rows["S3-16"].reason
        # the same line the other way round
        assert number(rows["S3-15"]) * number(rows["S3-16"]) == pytest.approx(9.56e-6 * 7.78e-5, rel=1e-9)

    def test_bulk_relaxation_and_loss_in_the_electrolyte(self, basis: Basis) -> None:
        assert relaxation_hertz(9.56e-6) == pytest.approx(1.72e5, rel=5e-3)
        assert llto_drop_mV(basis) == pytest.approx((22.5, 53.3), abs=0.1)

    def test_c_rates(self, rows: dict[str, Computed]) -> None:
        assert number(rows["S3-39"]) == pytest.approx(4.0 / 3.0)
        assert number(rows["S3-41"]) == pytest.approx(2.05, abs=0.005)
        assert number(rows["S3-43"]) == pytest.approx(40.0 / (0.277 * 30.0))
        assert rows["S3-43"].factor == pytest.approx(1.34, abs=0.005)

    def test_fade_laws_through_500_cycles(self) -> None:
        found = {law: 100.0 * law_retention(law, 0.65, 500.0, 1000.0) for law in LAWS}
        assert found == pytest.approx({"square root": 50.5, "compound": 42.25, "linear": 30.0}, abs=0.01)
        assert all(law_retention(law, 0.65, 500.0, 0.0) == 1.0 for law in LAWS)

    def test_model_between_linear_and_compound(self, rows: dict[str, Computed]) -> None:
        assert number(rows["S3-40"]) == pytest.approx(65.0, abs=0.5)
        assert 30.0 < number(rows["S3-42"]) < 42.25

    def test_days_rule_out_the_caption(self, rows: dict[str, Computed]) -> None:
        assert number(rows["S3-37"]) == pytest.approx(2 * 1000 * 30.0 * (0.825 + 0.4635) / 2.0 / 40.0 / 24.0)
        assert "537 days" in rows["S3-38"].reason

    def test_interface_that_the_rate_test_needs(self, basis: Basis) -> None:
        """It lies below what uses up the whole window, 1 V / 0.9 mA, and far above LLTO; a simulation returns 10 %."""
        found = interface_resistance(basis, "S3-24")
        llto = llto_resistance_ohm_cm2(sum(film_thickness_nm(basis)) / 2.0, 9.56e-6)
        assert 100.0 * llto < found < 1.0 / 0.9e-3
        cell = basis.cell(
            "tan2021_none",
            "cathode.interface.exchange_current_density=",
            f"cathode.interface.measured_resistance={found} ohm",
            "cathode.interface.remainder=ohmic",
            "nominal_capacity=30 uAh",
        )
        steps = [f"{kind} until {v} V" for kind, v in (("Charge at 0.1C", 4.2), ("Discharge at 0.1C", 3.2)) * 2]
        steps[3] = "Discharge at 30C until 3.2 V"
        run = simulate(cell, protocol="; ".join(steps))
        share = run.steps[3].capacity_mAh_per_g / run.steps[1].capacity_mAh_per_g
        assert share == pytest.approx(0.10, abs=0.003)


class TestDisturbed:
    @pytest.mark.parametrize(
        ("name", "factors", "expected"),
        [
            ("S3-19", {"S3-16": 1.1}, 0.2229 + math.log(1.1) * 0.10633),
            ("S3-16", {"S3-15": 1.1}, 1.1 * 2.1299e-4),
            ("S3-39", {"S3-38": 1.1}, 1.1 * 4.0 / 3.0),
            ("S3-41", {"S3-40": 0.9}, 40.0 / (30.0 * 0.585)),
            ("S3-43", {"S3-30": 1.1}, 1.1 * 4.81348),
            ("S3-37", {"S3-42": 1.1}, 40.265625 + 1000 * 30.0 * 0.0277 / 2.0 / 40.0 / 24.0),
            ("S3-38", {"S3-37": 2.0}, 50.33203 / 2.0),
            ("S3-46", {"S3-40": 0.9}, 500 * 0.2 / 0.415),
        ],
    )
    def test_formulas_follow_their_inputs(self, name: str, factors: dict[str, float], expected: float) -> None:
        assert number(disturbed(name, factors)) == pytest.approx(expected, rel=1e-3)

    @pytest.mark.parametrize(
        ("name", "cell", "change"),
        [
            ("S3-24", "tan2021_none", "cathode.interface.exchange_current_density=1 uA/cm2"),
            ("S3-24", "tan2021_none", "cathode.thickness=0.6 um"),
            ("S3-25", "tan2021_sio2", "separator.0.conductivity=1e-9 S/cm"),
            ("S3-40", "tan2021_sio2_cycling", "degradation.isolation.per_cycle=0.05 %"),
        ],
    )
    def test_models_follow_the_cell(self, rows: dict[str, Computed], name: str, cell: str, change: str) -> None:
        assert abs(number(disturbed(name, changes={cell: [change]})) / number(rows[name]) - 1.0) > 5e-3

    def test_slower_fade_moves_the_end(self, rows: dict[str, Computed]) -> None:
        assert number(disturbed("S3-42", {"S3-40": 1.2})) > number(rows["S3-42"]) + 15.0
        assert number(disturbed("S3-33", {"S3-40": 1.2})) > number(rows["S3-33"]) + 2.0

    def test_statements_can_turn(self) -> None:
        """A buffer that speeds the interface up helps; orders of cells and of resistances follow the numbers."""
        faster = [
            (cell, ("cathode.interface.exchange_current_density=1 mA/cm2",))
            for cell in ("tan2021_homogeneous", "tan2021_sio2", "tan2021_lipon")
        ]
        assert disturbed("S3-26").our_value is False
        assert disturbed("S3-26", changes=dict(faster)).our_value is True
        assert disturbed("S3-35", {"S3-34": 0.9}).verdict == "differs"
        # far faster kinetics: what is left of the first voltage drop is the cathode's gradient
        fast = ("cathode.interface.exchange_current_density=1 A/cm2", "cathode.diffusivity=1e-13 cm2/s")
        assert disturbed("S3-28", changes={"tan2021_none": fast}).our_value is True
        assert disturbed("S3-27", changes={"tan2021_none": ("cathode.diffusivity=1e-13 cm2/s",)}).our_value is False


class TestContradictionsGoAway:
    @pytest.mark.parametrize(
        ("name", "factors", "verdict"),
        [
            ("S3-16", {"S3-19": 0.223 / 0.33}, "agrees"),
            ("S3-15", {"S3-19": 0.223 / 0.33}, "agrees"),
            ("S3-19", {"S3-16": 2.74}, "agrees"),
            ("S3-38", {"S3-37": 537.0 / 32.0}, "differs"),
            ("S3-30", {"S3-41": 10.26}, "differs"),
        ],
    )
    def test_with_other_numbers(
        self, rows: dict[str, Computed], name: str, factors: dict[str, float], verdict: str
    ) -> None:
        assert rows[name].verdict == "inconsistent"
        assert disturbed(name, factors).verdict == verdict

    def test_the_other_form_of_the_law_reconciles_too(self) -> None:
        assert disturbed("S3-16", {"S3-19": 0.252 / 0.33}).verdict == "differs"
        assert disturbed("S3-16", {"S3-19": 0.28 / 0.33}).verdict == "inconsistent"

    def test_spectra_to_lower_frequencies_would_show_the_boundaries(self, rows: dict[str, Computed]) -> None:
        assert "no second arc in that range is no evidence" in rows["S3-13"].reason
        shows, gain, boundary = grain_boundary_shows(Basis(factors={"S3-09": 0.1}))
        assert shows
        assert gain > 50.0
        assert boundary == pytest.approx(1.72e5 / 12.5, rel=5e-3)
        assert "its absence means something" in disturbed("S3-13", {"S3-09": 0.1}).reason


class TestPaper:
    def test_cells_and_protocols_run(self) -> None:
        assert [cell.description.name for cell in PAPER.load_cells()] == list(PAPER.cells)
        for sentences in PAPER.protocols.values():
            run = simulate("tan2021_none", protocol=sentences)
            assert all(step.capacity_mAh_per_g > 100.0 for step in run.steps)

    def test_figures_are_drawn_from_claims(self, basis: Basis) -> None:
        for figure in PAPER.figures:
            one = basis.fresh()
            drawn = figure.draw(one)
            assert all(axes.get_xlabel() or axes.get_ylabel() or axes.get_title(loc="left") for axes in drawn.axes)
            assert set(figure.claims) <= set(one.used), figure.name
            assert set(figure.claims) <= set(CLAIMS)
