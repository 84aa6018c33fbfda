"""Ageing in lanes: the same histories as the engine for single cells."""

from dataclasses import replace

import numpy as np
import pytest

from interlayer.materials.open_circuit import OpenCircuit
from interlayer.protocol import read_protocol
from interlayer.simulation import simulate_many
from interlayer.simulation.ageing import AgeingTerms, GrowthTerm
from interlayer.simulation.batch import CHARGE_PASSED, END_VOLTAGE, Case, _run_alone, run_cases
from interlayer.simulation.model import CellParameters, ConstantElectrode, HostElectrode

OXIDE = OpenCircuit(source="test", expression="4.32 - 1.2*x + 0.25*exp(-6*x) - 0.0001*exp(60*(x - 0.87))")
GRAPHITE = OpenCircuit(source="test", expression="0.09 + 0.7*exp(-40*x) - 0.035*tanh(25*(x - 0.52))")
HOST = HostElectrode(
    "oxide", OXIDE, 72_000.0, 36.0, 1.5e-6, 3e-15, 0.08, ionic_resistance=1.5e-3, electronic_resistance=4e-4
)
ANODE = HostElectrode(
    "graphite", GRAPHITE, 86_000.0, 60.0, 5e-6, 3e-14, 0.5, ionic_resistance=2e-3, electronic_resistance=5e-5
)
METAL = CellParameters("metal", HOST, ConstantElectrode("In-Li", 0.62), {"s": 1.8e-3}, 1e-4, 13.0, 0.084)
FULL = replace(METAL, name="full", negative=ANODE)
CYCLES = 8
PROTOCOL = read_protocol(
    {"repeat": CYCLES, "steps": ["Charge at 1C until 3.6 V", "Rest for 1 hour", "Discharge at 1C until 2.3 V"]}
)
TERMS = {
    "parabolic layer": AgeingTerms(growths=(GrowthTerm("a", 3.6e5, 0.05, factor=1.5),)),
    "linear layer above an onset": AgeingTerms(growths=(GrowthTerm("a", 3.6e4, 0.05, law="linear", above=4.0),)),
    "layer that consumes while charged": AgeingTerms(
        growths=(GrowthTerm("a", 3.6e4, 0.02, thickness=5e-8, below=0.6, consumes=True), GrowthTerm("b", 3.6e5, 0.05))
    ),
    "contact and isolation": AgeingTerms(contact_rate=0.02, contact_floor=0.2, isolation_rate=0.004),
    "linear isolation": AgeingTerms(isolation_rate=0.004, isolation_linear=True),
}


def values_of(cell, terms, *, lanes):
    case = Case(cell, (0.9, 0.02), terms)
    if lanes:
        done = run_cases([case] * 3, PROTOCOL, tolerance=2e-5)
        assert done.one_by_one == 0
        assert done.values[0] == pytest.approx(done.values[2], rel=1e-12)
        return done.values[0]
    done = run_cases([], PROTOCOL)
    done.values = np.full((1, len(PROTOCOL.sequence()), done.values.shape[-1]), np.nan)
    _run_alone(case, 0, PROTOCOL, done, None, np.zeros(0))
    return done.values[0]


@pytest.mark.parametrize("name", TERMS)
def test_a_history_in_lanes_is_that_of_the_single_engine(name):
    fast, slow = (values_of(METAL, TERMS[name], lanes=lanes) for lanes in (True, False))
    assert np.abs(fast[:, CHARGE_PASSED]) == pytest.approx(np.abs(slow[:, CHARGE_PASSED]), rel=4e-4, abs=1.0)
    assert fast[1::3, END_VOLTAGE] == pytest.approx(slow[1::3, END_VOLTAGE], abs=3e-4)
    fresh = values_of(METAL, None, lanes=True)
    assert abs(fast[-1, CHARGE_PASSED]) < 0.999 * abs(fresh[-1, CHARGE_PASSED])


def test_bound_lithium_is_taken_from_a_storing_anode():
    terms = AgeingTerms(lithium_rate=0.01, initial_lithium=2_000.0, initial_cycles=2.0)
    fast, slow = (values_of(FULL, terms, lanes=lanes) for lanes in (True, False))
    assert np.abs(fast[2::3, CHARGE_PASSED]) == pytest.approx(np.abs(slow[2::3, CHARGE_PASSED]), rel=1e-3)
    assert abs(fast[-1, CHARGE_PASSED]) < 0.97 * abs(values_of(FULL, None, lanes=True)[-1, CHARGE_PASSED])


def test_an_onset_against_a_moving_anode_is_left_to_the_single_engine():
    terms = AgeingTerms(growths=(GrowthTerm("a", 3.6e5, 0.05, above=3.9),))
    short = read_protocol("Charge at 1C until 3.6 V")
    assert run_cases([Case(FULL, (0.9, 0.02), terms)], short).one_by_one == 1
    assert run_cases([Case(METAL, (0.9, 0.02), terms)], short).one_by_one == 0


def test_lanes_take_the_next_cell_without_the_age_of_the_one_before():
    ages = [Case(METAL, (0.9, 0.0), TERMS["contact and isolation"]), Case(METAL, (0.9, 0.0), None)]
    short = read_protocol({"repeat": 2, "steps": ["Charge at 1C until 3.6 V", "Discharge at 1C until 2.3 V"]})
    many = run_cases(ages * 20, short).values
    assert many[0::2] == pytest.approx(np.broadcast_to(many[0], many[0::2].shape), rel=1e-9)
    assert many[1::2] == pytest.approx(np.broadcast_to(many[1], many[1::2].shape), rel=1e-9)
    assert abs(many[0, 3, CHARGE_PASSED]) < abs(many[1, 3, CHARGE_PASSED])


def test_a_cell_file_that_ages_runs_in_lanes():
    protocol = {"repeat": 5, "steps": ["Charge at C/3 until 4.4 V vs Li", "Discharge at C/3 until 2.5 V vs Li"]}
    found = simulate_many(
        "wang2020_lnto450_cycling", {"degradation.isolation.per_cycle": ["0.18 %", "2 %"]}, protocol=protocol
    )
    assert found.status == ("solved", "solved")
    assert found.one_by_one == 0
    last = found.capacity_mAh_per_g[:, -1]
    assert last[1] < 0.95 * last[0]
