"""Cycling analysis: known capacities come back, and a simulated history gives its own numbers."""

import json

import numpy as np
import pytest

from interlayer.cli import run
from interlayer.errors import InputError
from interlayer.measure.cycling import analyse_cycling, cycle_capacities, draw_cycling
from interlayer.measure.fade import fade_laws
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


def test_cycles_are_counted_from_the_current_where_the_record_has_none():
    counted = made([0.1, 0.09, 0.08, 0.07, 0.06])
    without = Record({name: values for name, values in counted.columns.items() if name != "cycle_count"})
    np.testing.assert_allclose(cycle_capacities(without)[2], cycle_capacities(counted)[2])
    assert any("were counted" in line for line in analyse_cycling(without).warnings)
    still = Record({name: np.zeros(50) for name in ("test_time_second", "voltage_volt", "current_ampere")})
    with pytest.raises(InputError, match="no current"):
        cycle_capacities(still)


@pytest.mark.parametrize(
    ("law", "capacity"),
    [
        ("linear", lambda n: 150.0 * (1.0 - 2e-3 * n)),
        ("compound", lambda n: 150.0 * np.exp(-1e-2 * n)),
        ("square root", lambda n: 150.0 * (1.0 - 2e-2 * np.sqrt(n))),
        ("knee", lambda n: 150.0 * (1.0 - 5e-4 * n - 8e-3 * np.maximum(n - 60.0, 0.0))),
    ],
)
def test_the_law_that_made_the_capacities_wins(law, capacity):
    n = np.arange(100.0)
    rng = np.random.default_rng(5)
    laws = fade_laws(n + 1.0, capacity(n) + rng.normal(0.0, 0.3, 100))
    assert laws[0].name == law
    if law == "knee":
        assert abs(laws[0].knee - 60.0) < 4.0 * laws[0].knee_sigma
    if law == "linear":
        assert laws[0].end_low < 100.0 < laws[0].end_high
        assert laws[0].end == pytest.approx(100.0, rel=0.02)


def test_intervals_of_a_linear_fade_cover_the_truth():
    n, inside = np.arange(40.0), 0
    for seed in range(150):
        noise = np.random.default_rng(seed).normal(0.0, 0.5, 40)
        law = next(law for law in fade_laws(n, 150.0 * (1.0 - 2e-3 * n) + noise) if law.name == "linear")
        inside += abs(law.rate - 2e-3) <= law.rate_sigma
    assert 0.58 < inside / 150 < 0.78


def test_capacities_at_several_currents_are_told_apart():
    record = made([0.1] * 4)
    slow = {name: np.array(values) for name, values in record.columns.items()}
    fast = {name: np.array(values) for name, values in made([0.06] * 3).columns.items()}
    # the fast cycles run at five times the current, so they take a fifth of the time
    fast["current_ampere"] = 5.0 * fast["current_ampere"]
    fast["test_time_second"] = slow["test_time_second"][-1] + 1.0 + fast["test_time_second"] / 5.0
    fast["cycle_count"] = fast["cycle_count"] + 4
    both = Record({name: np.concatenate([slow[name], fast[name]]) for name in slow})
    found = analyse_cycling(both)
    assert found["capacity_at_current_1"].value == pytest.approx(100.0, rel=1e-3)
    assert found["capacity_at_current_2"].value == pytest.approx(60.0, rel=1e-3)
    assert found["retention"].value == pytest.approx(100.0, rel=1e-3)
    assert set(draw_cycling(found)) == {"capacity", "rates"}


def test_the_polarisation_is_the_difference_of_the_mean_voltages():
    record = made([0.1] * 5)
    columns = {name: np.array(values) for name, values in record.columns.items()}
    columns["voltage_volt"] = 3.7 + 0.05 * np.sign(columns["current_ampere"])
    found = analyse_cycling(Record(columns))
    assert found["polarisation"].value == pytest.approx(0.1, rel=1e-3)
    assert found["energy_efficiency"].value == pytest.approx(99.0 * 3.65 / 3.75, rel=1e-3)


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
