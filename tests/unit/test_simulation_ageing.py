"""Ageing: each term alone against its closed form, together against conservation and a finer splitting."""

import copy
from itertools import pairwise

import numpy as np
import pytest

from interlayer.cell import build_cell
from interlayer.constants import BOLTZMANN, ELEMENTARY_CHARGE
from interlayer.errors import InputError
from interlayer.materials import library
from interlayer.simulation import cell_parameters, simulate
from interlayer.simulation.ageing import AgeingTerms, Exposure, GrowthTerm, aged, aged_state
from interlayer.simulation.ageing_terms import ageing_terms
from interlayer.thermo import react, window

CYCLE = ["Charge at 0.5C until 4.3 V vs Li", "Discharge at 0.5C until 3.0 V vs Li"]
CELL = {
    "schema": 1,
    "name": "ageing_cell",
    "area": "1 cm2",
    "nominal_capacity": "150 mAh/g",
    "cathode": {
        "kind": "composite",
        "active_material": "NMC532",
        "composition": {"NMC532": 70, "Li10GeP2S12": 30},
        "loading": "10 mg/cm2",
        "porosity": "10 %",
        "particle_diameter": "4 um",
        "open_circuit": {"expression": "4.3 - 0.9*x - 0.0001*exp(60*(x - 0.85))", "source": "test"},
        "diffusivity": "1e-10 cm2/s",
        "ionic_conductivity": "0.5 mS/cm",
        "electronic_conductivity": "20 mS/cm",
        "interface": {"exchange_current_density": "20 uA/cm2"},
    },
    "separator": [{"material": "Li10GeP2S12", "thickness": "500 um", "conductivity": "5 mS/cm"}],
    "anode": {"kind": "metal", "material": "In-Li", "thickness": "100 um"},
}
COATING = [{"material": "LNTO-450", "thickness": "10 nm", "conductivity": "1e-9 S/cm"}]


def cell(degradation, *, coating=(), repeat=1, steps=CYCLE, **changes):
    data = copy.deepcopy(CELL) | changes
    data["cathode"]["coating"] = list(coating)
    data["degradation"] = degradation
    data["protocol"] = {"repeat": repeat, "steps": list(steps)}
    return build_cell(data, library())


def test_without_a_table_nothing_ages():
    result = simulate(cell({}, repeat=3))
    assert not ageing_terms(cell({}), cell_parameters(cell({})))
    assert result.cycles[-1].discharge_mAh_per_g == pytest.approx(result.cycles[1].discharge_mAh_per_g, rel=1e-5)
    assert (result.cycles[-1].contact, result.cycles[-1].active, result.cycles[-1].grown_resistance_ohm_cm2) == (
        1,
        1,
        0,
    )


@pytest.mark.parametrize(("law", "power"), [("parabolic", 0.5), ("linear", 1.0)])
def test_a_layer_grows_as_its_law_says(law, power):
    growth = {"interphase": [{"resistance": "50 ohm cm2", "after": "100 h", "law": law}]}
    grown = [
        simulate(cell(growth, repeat=n, steps=["Rest for 100 h"])).cycles[-1].grown_resistance_ohm_cm2
        for n in (1, 2, 4)
    ]
    assert grown == pytest.approx([50.0 * n**power for n in (1, 2, 4)], rel=1e-9)


def test_the_layer_s_voltage_is_that_of_its_resistance():
    steps = ["Rest for 100 h", "Charge at 0.5C until 4.3 V vs Li or 1 min"]
    fresh, grown = (
        simulate(cell(terms, steps=steps))
        for terms in ({}, {"interphase": [{"resistance": "50 ohm cm2", "after": "100 h"}]})
    )
    current = 0.5 * fresh.one_c_mA_per_cm2 * 1e-3
    rise = grown.steps[1].start_voltage_V - fresh.steps[1].start_voltage_V
    assert rise == pytest.approx(50.0 * current, rel=0.02)  # the reaction spreads a little differently across y


def test_thickness_over_conductivity_is_the_resistance_on_the_true_area():
    growth = {"interphase": [{"thickness": "20 nm", "conductivity": "1e-8 S/cm", "after": "10 h"}]}
    one = cell(growth, steps=["Rest for 10 h", "Charge at 0.1C until 4.3 V vs Li or 1 s"])
    result = simulate(one).cycles[-1]
    assert result.thicknesses_nm["interphase"] == pytest.approx(20.0, rel=1e-4)
    true_area = cell_parameters(one).positive.true_area
    assert result.grown_resistance_ohm_cm2 == pytest.approx(20e-7 / 1e-8 / true_area, rel=1e-4)


def test_a_coating_stops_the_chemical_branch_and_not_the_electrochemical_one():
    terms = {
        "interphase": [
            {"resistance": "50 ohm cm2", "after": "10 h"},
            {"resistance": "30 ohm cm2", "after": "10 h", "above": "window"},
        ]
    }
    bare, coated = (simulate(cell(terms, coating=layers)).cycles[0] for layers in ((), COATING))
    alone = simulate(cell({"interphase": terms["interphase"][1:]})).cycles[0]
    assert coated.grown_resistance_ohm_cm2 == pytest.approx(alone.grown_resistance_ohm_cm2, rel=2e-2)
    assert bare.grown_resistance_ohm_cm2 > 1.5 * coated.grown_resistance_ohm_cm2
    part = [{**COATING[0], "coverage": "75 %"}]
    only_chemical = {"interphase": [{"resistance": "50 ohm cm2", "after": "10 h", "law": "linear"}]}
    quarter = ageing_terms(cell(only_chemical, coating=part), cell_parameters(cell({}, coating=part)))
    assert quarter.growths[0].factor == pytest.approx(0.25)


def test_the_onset_is_the_oxidation_limit_of_the_electrolyte():
    one = cell({"interphase": [{"resistance": "1 ohm cm2", "after": "1 h", "above": "window"}]})
    assert ageing_terms(one, cell_parameters(one)).growths[0].above == window("Li10GeP2S12").oxidation_V
    never = cell({"interphase": [{"resistance": "1 ohm cm2", "after": "1 h", "above": "4.9 V"}]})
    assert simulate(never).cycles[0].grown_resistance_ohm_cm2 == 0.0


def test_the_rate_follows_the_reaction_energy_of_the_contact():
    terms = {"interphase": [{"resistance": "1 ohm cm2", "after": "1 h", "at_reaction_energy": "-200 meV"}]}
    one = cell(terms)
    own = react("LiNi0.5Mn0.3Co0.2O2", "Li10GeP2S12").reaction_energy_eV_per_atom
    assert ageing_terms(one, cell_parameters(one)).growths[0].factor == pytest.approx(own / -0.2)


def test_temperature_acts_by_arrhenius():
    terms = {"interphase": [{"resistance": "1 ohm cm2", "after": "1 h", "activation_energy": "0.5 eV"}]}
    hot = cell(terms, temperature="60 degC")
    expected = np.exp(-0.5 * ELEMENTARY_CHARGE / BOLTZMANN * (1 / 333.15 - 1 / 298.15))
    assert ageing_terms(hot, cell_parameters(hot)).growths[0].factor == pytest.approx(expected)


def test_oxygen_loss_grows_only_when_charged_and_takes_volume():
    terms = {"oxygen_loss": {"thickness": "100 nm", "after": "1 h", "law": "linear", "below_stoichiometry": "60 %"}}
    low = simulate(cell(terms, steps=["Charge at 0.5C until 3.6 V vs Li", "Rest for 10 h"]))
    assert low.cycles[0].active == 1.0
    high = simulate(cell(terms, steps=["Charge at 0.5C until 4.3 V vs Li", "Rest for 10 h"])).cycles[0]
    depth = high.thicknesses_nm["rock-salt layer"] / 2000.0
    assert depth > 0.4
    assert high.active == pytest.approx((1.0 - depth) ** 3)


def test_contact_and_isolation_follow_their_laws_per_full_swing():
    terms = {"contact_loss": {"per_cycle": "5 %", "floor": "20 %"}, "isolation": {"per_cycle": "3 %"}}
    one = cell(terms, repeat=6)
    result = simulate(one)
    filling = result.data.columns["positive_stoichiometry"]
    swings = np.abs(np.diff(filling)).sum() / 2.0
    assert result.cycles[-1].contact == pytest.approx(0.2 + 0.8 * 0.95**swings, rel=1e-9)
    assert result.cycles[-1].active == pytest.approx(0.97**swings, rel=1e-9)
    linear = AgeingTerms(isolation_rate=0.03, isolation_linear=True)
    host = cell_parameters(one).positive
    assert aged_state(linear, Exposure(swings=10.0), host).active == pytest.approx(0.7)
    assert aged_state(linear, Exposure(swings=50.0), host).active == 0.0


def test_pressure_keeps_contact():
    terms = {"contact_loss": {"per_cycle": "4 %", "pressure": "100 MPa", "reference_pressure": "50 MPa"}}
    one = cell(terms)
    assert ageing_terms(one, cell_parameters(one)).contact_rate == pytest.approx(0.02)


def test_isolated_material_takes_its_capacity_along():
    """At a rate that costs nothing else, the capacity is that of the material left at the start of the step."""
    slow = ["Charge at 0.02C until 4.2 V vs Li", "Discharge at 0.02C until 3.5 V vs Li"]
    one = cell({"isolation": {"per_cycle": "5 %"}}, repeat=5, steps=slow)
    result = simulate(one)
    capacities = np.array([c.charge_mAh_per_g for c in result.cycles[2:]])
    before = np.array([c.active for c in result.cycles[1:-1]])
    assert capacities[1:] / capacities[:-1] == pytest.approx(before[1:] / before[:-1], rel=2e-3)


def test_bound_lithium_is_missed_by_a_cell_without_a_reservoir():
    graphite = {
        "kind": "composite",
        "active_material": "graphite",
        "composition": {"graphite": 70, "Li10GeP2S12": 30},
        "excess": "10 %",
        "porosity": "10 %",
        "particle_diameter": "10 um",
        "ionic_conductivity": "0.5 mS/cm",
        "interface": {"exchange_current_density": "100 uA/cm2"},
    }
    steps = ["Charge at 0.05C until 4.1 V", "Discharge at 0.05C until 2.8 V"]
    lost = {"lithium_loss": {"initial": "0.2 mAh/cm2", "over_cycles": 0.01}}
    fresh, poorer = (simulate(cell(terms, repeat=2, steps=steps, anode=graphite)) for terms in ({}, lost))
    charges = [getattr(cell_parameters(cell({}, anode=graphite)), side).charge for side in ("positive", "negative")]

    def inventory(result):
        columns = result.data.columns
        return sum(
            q * columns[f"{side}_stoichiometry"][-1] for q, side in zip(charges, ("positive", "negative"), strict=True)
        )

    assert (inventory(fresh) - inventory(poorer)) / 3.6e4 == pytest.approx(0.2, rel=1e-6)
    assert poorer.cycles[0].lithium_bound_mAh_per_cm2 == pytest.approx(0.2, rel=1e-6)
    missing = (fresh.cycles[0].discharge_mAh_per_g - poorer.cycles[0].discharge_mAh_per_g) * 10.0 / 1000.0
    assert 0.15 < missing <= 0.2  # part of the loss is made up for by where the discharge ends on both curves
    assert max(poorer.lithium_balance_relative, poorer.charge_balance_relative) < 1e-10


def test_everything_together_conserves_charge_and_lithium():
    terms = {
        "interphase": [{"resistance": "20 ohm cm2", "after": "20 h"}],
        "oxygen_loss": {
            "thickness": "5 nm",
            "conductivity": "1e-7 S/cm",
            "after": "20 h",
            "below_stoichiometry": "60 %",
        },
        "contact_loss": {"per_cycle": "2 %"},
        "isolation": {"per_cycle": "1 %"},
        "lithium_loss": {"per_cycle": "0.5 %"},
    }
    result = simulate(cell(terms, repeat=20))
    assert max(result.lithium_balance_relative, result.charge_balance_relative) < 1e-10
    retained = [one.retention for one in result.cycles]
    assert all(later < earlier for earlier, later in pairwise(retained))


def test_ageing_at_the_end_of_a_step_comes_a_quarter_of_a_cycle_late_and_no_more():
    """Steps cut into four differ from whole ones by part of what one cycle changes, which halves with the rate."""
    pieces = [
        *(f"Charge at 0.5C until 4.3 V vs Li or {minutes} min" for minutes in (25, 25, 25)), CYCLE[0],
        *(f"Discharge at 0.5C until 3.0 V vs Li or {minutes} min" for minutes in (25, 25, 25)), CYCLE[1],
    ]  # fmt: skip

    def difference(percent):
        terms = {"isolation": {"per_cycle": f"{percent} %"}}
        whole, cut = (simulate(cell(terms, repeat=10, steps=s)).cycles[-1].discharge_mAh_per_g for s in (CYCLE, pieces))
        return abs(cut / whole - 1.0)

    coarse, fine = difference(1.0), difference(0.5)
    assert coarse < 0.5e-2
    assert fine == pytest.approx(coarse / 2.0, rel=0.1)


def test_an_aged_cell_keeps_its_curve_and_loses_what_it_should():
    parameters = cell_parameters(cell({}))
    terms = AgeingTerms(growths=(GrowthTerm("layer", 100.0, 2.0),), isolation_rate=0.5, contact_rate=0.5)
    old = aged(parameters, terms, Exposure(seconds=(400.0,), swings=1.0)).positive
    assert old.table is parameters.positive.table
    assert old.layer_resistance - parameters.positive.layer_resistance == pytest.approx(4.0)
    assert old.charge == pytest.approx(0.5 * parameters.positive.charge)
    assert old.contacted_area == pytest.approx(0.25 * parameters.positive.contacted_area)


@pytest.mark.parametrize(
    ("terms", "part"),
    [
        ({"interphase": [{"after": "1 h"}]}, "exactly one of"),
        ({"interphase": [{"after": "1 h", "thickness": "1 nm"}]}, "needs its 'conductivity'"),
        ({"interphase": [{"after": "1 h", "thickness": "1 nm", "resistance": "1 ohm cm2"}]}, "exactly one of"),
        ({"interphase": [{"after": "0 h", "resistance": "1 ohm cm2"}]}, "out of range"),
        ({"interphase": [{"after": "1 h", "resistance": "1 ohm cm2", "above": "gap"}]}, "above"),
        ({"contact_loss": {"per_cycle": "1 %", "pressure": "1 MPa"}}, "both or neither"),
        ({"lithium_loss": {}}, "give 'initial'"),
        ({"lithium_loss": {"initial": "1 mAh/cm2"}}, "belong together"),
        ({"contact_los": {"per_cycle": "1 %"}}, "contact_loss"),
        ({"oxygen_loss": {"after": "1 h", "thickness": "1 nm"}}, "below_stoichiometry"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_one_line(terms, part):
    with pytest.raises(InputError, match=part) as caught:
        cell(terms)
    assert "\n" not in str(caught.value)
