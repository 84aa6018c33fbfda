"""Cycling analysis: known capacities come back, and a simulated history gives its own numbers."""

import json

import numpy as np
import pytest

from interlayer.cli import run
from interlayer.errors import InputError
from interlayer.measure.cycling import analyse_cycling, cycle_capacities
from interlayer.records import Record
from interlayer.simulation import simulate


def made(capacities, efficiency=0.99, mass=None):
    """A record of square currents: each cycle charges Q and gives back Q times the efficiency, at 1 A."""
    time, current, cycle, now = [], [], [], 0.0
    for number, capacity in enumerate(capacities, start=1):
        for sign, charge in ((1.0, capacity / efficiency), (-1.0, capacity)):
            steps = np.linspace(0.0, charge * 3600.0, 50)
            time += (now + steps).tolist()
            current += [sign] * 50
            cycle += [number] * 50
            now += charge * 3600.0 + 1e-9
    columns = {
        "test_time_second": np.array(time),
        "voltage_volt": np.full(len(time), 3.7),
        "current_ampere": np.array(current),
        "cycle_count": np.array(cycle),
    }
    return Record(columns, {} if mass is None else {"cathode_active_mass_kg": mass})


def test_known_capacities_and_fade_come_back():
    rate = 0.002
    capacities = 0.15 * (1.0 - rate) ** np.arange(60)
    found = analyse_cycling(made(capacities, mass=1e-3))
    assert found["cycles"].value == 60.0
    assert found["first_discharge_capacity"].value == pytest.approx(150.0, rel=1e-6)
    assert found["first_discharge_capacity"].unit == "mAh/g"
    assert found["retention"].value == pytest.approx(100.0 * (1.0 - rate) ** 59, rel=1e-6)
    assert found["coulombic_efficiency"].value == pytest.approx(99.0, rel=1e-5)
    assert found["fade_per_cycle"].value == pytest.approx(100.0 * rate, rel=1e-5)
    assert found["fade_per_cycle"].uncertainty < 1e-4
    assert any("not the lithium that cycles" in line for line in found.warnings)


def test_the_fade_of_noisy_capacities_lies_within_its_error():
    rng = np.random.default_rng(3)
    misses = []
    for _ in range(200):
        capacities = 0.15 * 0.998 ** np.arange(40) * np.exp(rng.normal(0.0, 5e-3, 40))
        found = analyse_cycling(made(capacities))["fade_per_cycle"]
        misses.append((found.value - 0.2) / found.uncertainty)
    assert 0.6 < np.mean(np.abs(misses) < 1.0) < 0.76


def test_formation_is_left_out_by_name_and_few_cycles_say_so():
    found = analyse_cycling(made([0.2, 0.1, 0.1, 0.1]), formation_cycles=1)
    assert found["first_discharge_capacity"].value == pytest.approx(100.0, rel=1e-6)
    assert found["first_discharge_capacity"].unit == "mAh"
    assert "too few for a fade law" in found.warnings[-1]
    assert "first 1 cycles were left out" in found.methods
    with pytest.raises(InputError, match="no cycle after"):
        analyse_cycling(made([0.1]), formation_cycles=5)


def test_a_record_without_cycles_is_asked_for_them():
    columns = {name: values for name, values in made([0.1]).columns.items() if name != "cycle_count"}
    with pytest.raises(InputError, match="cycle_count"):
        cycle_capacities(Record(columns))


def test_a_simulated_history_gives_back_its_own_numbers(tmp_path, capsys):
    protocol = {"repeat": 6, "steps": ["Charge at C/3 until 4.4 V vs Li", "Discharge at C/3 until 2.5 V vs Li"]}
    result = simulate("wang2020_lnto450_cycling", protocol=protocol, out=tmp_path / "r.csv")
    found = analyse_cycling(result.data)
    assert found["first_discharge_capacity"].value == pytest.approx(result.cycles[0].discharge_mAh_per_g, rel=1e-4)
    assert found["retention"].value == pytest.approx(100.0 * result.cycles[-1].retention, rel=1e-4)
    assert run(["analyse", str(tmp_path / "r.csv"), "--as", "cycling", "--out", str(tmp_path / "a"), "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["kind"] == "cycling"
    assert {"name", "value", "unit", "uncertainty", "uncertainty_reason", "method", "references"} <= set(
        answer["findings"][0]
    )
    assert (tmp_path / "a").is_dir()
    assert run(["analyse", str(tmp_path / "r.csv"), "--as", "cycling"]) == 0
    assert "fade_per_cycle" in capsys.readouterr().out
