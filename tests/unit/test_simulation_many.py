"""simulate_many: tables of changes, answers equal to simulate's, failures as rows, curves and sensitivities."""

import numpy as np
import pandas as pd
import pytest

from interlayer.cell import changed_cell, load_cell
from interlayer.errors import InputError
from interlayer.simulation import simulate
from interlayer.simulation.many import simulate_many

CELL = "wang2020_lnto450"
DISCHARGE = "Discharge at 1C until 2.0 V"
CYCLE = "Charge at 0.5C until 3.6 V; Hold at 3.6 V until C/20; Discharge at 1C until 2.0 V"


def test_the_answers_are_those_of_simulate():
    loadings, diameters = [6.0, 10.0, 15.0], ["1 um", "4 um", "8 um"]
    many = simulate_many(
        CELL, {"cathode.loading [mg/cm2]": loadings, "cathode.particle_diameter": diameters}, protocol=CYCLE
    )
    assert many.status == ("solved",) * 3
    assert many.one_by_one == 0
    base = load_cell(CELL)
    for row, (loading, diameter) in enumerate(zip(loadings, diameters, strict=True)):
        cell = changed_cell(base, [f"cathode.loading={loading} mg/cm2", f"cathode.particle_diameter={diameter}"])
        for number, step in enumerate(simulate(cell, protocol=CYCLE).steps):
            assert many.capacity_mAh_per_g[row, number] == pytest.approx(step.capacity_mAh_per_g, abs=0.01)
            assert many.energy_Wh_per_kg_active[row, number] == pytest.approx(step.energy_Wh_per_kg_active, abs=0.05)
            assert many.duration_h[row, number] == pytest.approx(step.duration_h, rel=2e-3)
            assert many.end_voltage_V[row, number] == pytest.approx(step.end_voltage_V, abs=2e-5)
            assert many.start_voltage_V[row, number] == pytest.approx(step.start_voltage_V, abs=1e-3)
            assert many.ended_by[row, number] == step.ended_by
            if step.mean_voltage_V is None:
                assert np.isnan(many.mean_voltage_V[row, number])
            else:
                assert many.mean_voltage_V[row, number] == pytest.approx(step.mean_voltage_V, abs=2e-4)


def test_a_dict_a_list_and_a_table_mean_the_same():
    column = {"cathode.loading": ["8 mg/cm2", "12 mg/cm2"], "positive.contact": [0.5, 1.0]}
    rows = [{"cathode.loading": "8 mg/cm2", "positive.contact": 0.5}, {"cathode.loading": "12 mg/cm2"}]
    answers = [simulate_many(CELL, given, protocol=DISCHARGE) for given in (column, rows, pd.DataFrame(column))]
    for other in answers[1:]:
        assert other.capacity_mAh_per_g == pytest.approx(answers[0].capacity_mAh_per_g, rel=1e-9)
        assert len(other) == 2


def test_one_value_holds_for_all_rows():
    many = simulate_many(
        CELL, {"positive.diffusivity": [1e-15, 1e-14], "separator_resistance": 5e-3}, protocol=DISCHARGE
    )
    assert many.changes["separator_resistance"] == (5e-3, 5e-3)
    assert many.capacity_mAh_per_g[1, 0] > many.capacity_mAh_per_g[0, 0]


def test_a_model_parameter_is_the_same_as_its_key_in_the_file():
    of_file = simulate_many(CELL, {"cathode.diffusivity [cm2/s]": [1e-11]}, protocol=DISCHARGE)
    of_model = simulate_many(CELL, {"positive.diffusivity": [1e-15]}, protocol=DISCHARGE)
    assert of_model.capacity_mAh_per_g == pytest.approx(of_file.capacity_mAh_per_g, rel=1e-9)


def test_a_bad_row_is_a_row_with_its_reason():
    many = simulate_many(
        CELL,
        {
            "cathode.loading": ["10 mg/cm2", "ten", "10 mg/cm2", "10 mg/cm2"],
            "positive.length": [1e-6, 1e-6, -1.0, 2e-6],
        },
        protocol=DISCHARGE,
        curve=1,
    )
    assert many.status == ("solved", "invalid", "invalid", "solved")
    assert "'ten' is not a number with a unit" in many.reason[1]
    assert "positive.length = -1.0 is out of range" in many.reason[2]
    assert np.all(np.isnan(many.capacity_mAh_per_g[1:3]))
    assert np.all(np.isnan(many.curve_voltage_V[1:3]))
    assert many.ended_by[1, 0] == ""
    assert np.all(many.capacity_mAh_per_g[[0, 3]] > 100)


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("positive.contact", 1.5, "at most 1"),
        ("positive.charge", 0, "above 0"),
        ("positive.length", float("nan"), "a finite number"),
        ("positive.diffusivity", "1e-14 m2/s", "a finite number in SI"),
        ("negative.length", 1e-6, "no such parameter"),
        ("cathode.loading [mg/cm2]", "8", "is not a number"),
        ("cathode.loadin [mg/cm2]", 8.0, "loadin"),
    ],
)
def test_what_is_wrong_with_a_value_is_said_in_its_row(key, value, message):
    calls = []
    many = simulate_many(
        CELL,
        {key: [value], "separator_resistance": 1e-3},
        protocol=DISCHARGE,
        progress=lambda *done: calls.append(done),
    )
    assert many.status == ("invalid",)
    assert message in many.reason[0]
    assert calls == [(1, 1)]


def test_a_current_that_a_cell_cannot_carry_is_no_failure():
    many = simulate_many(CELL, {"separator_resistance": [1e-3, 10.0]}, protocol=DISCHARGE)
    assert many.status == ("solved", "solved")
    assert many.capacity_mAh_per_g[1, 0] == 0.0
    assert many.ended_by[1, 0] == "voltage"


def test_a_cell_that_ages_gives_what_simulate_gives():
    changes = {"cathode.loading": ["10 mg/cm2"], "degradation.isolation.per_cycle": ["1 %"]}
    protocol = {"repeat": 2, "steps": ["Charge at 1C until 3.6 V", "Discharge at 1C until 2.0 V"]}
    many = simulate_many(CELL, changes, protocol=protocol)
    cell = changed_cell(load_cell(CELL), ["cathode.loading=10 mg/cm2", "degradation.isolation.per_cycle=1 %"])
    expected = [step.capacity_mAh_per_g for step in simulate(cell, protocol=protocol).steps]
    assert many.one_by_one == 0
    assert many.capacity_mAh_per_g[0] == pytest.approx(expected, rel=2e-4)


def test_curves_share_a_capacity_grid_and_end_with_the_step():
    grid = [0.0, 50.0, 100.0, 150.0, 250.0]
    many = simulate_many(CELL, {"positive.diffusivity": [1e-14, 3e-16]}, protocol=CYCLE, curve=3, curve_capacity=grid)
    record = simulate(CELL, protocol=CYCLE).data.step(3)
    base = simulate_many(CELL, {"cathode.kind": ["composite"]}, protocol=CYCLE, curve=3, curve_capacity=grid)
    assert base.curve_voltage_V[0, :4] == pytest.approx(
        np.interp(grid[:4], record.specific_capacity, record.voltage), abs=5e-4
    )
    assert np.isnan(many.curve_voltage_V[0, 4])
    assert np.isnan(many.curve_voltage_V[1]).sum() >= 1
    assert many.curve_step == 3


def test_sensitivities_are_the_derivatives_and_know_their_error():
    """A series resistance R lowers the voltage of every point by I R: dV / d ln R = -I R."""
    many = simulate_many(
        CELL,
        {"separator_resistance": [2e-3]},
        protocol="Discharge at 1C for 30 min",
        sensitivities=["separator_resistance", "positive.diffusivity"],
        curve=1,
    )
    found = many.sensitivities["separator_resistance"]
    drop = load_cell(CELL).one_c * 2e-3
    assert found.mean_voltage_V[0, 0] == pytest.approx(-drop, rel=1e-3)
    assert found.mean_voltage_error[0, 0] < 1e-3 * drop
    along = found.voltage[0][np.isfinite(found.voltage[0])]
    assert len(along) > 20
    assert along == pytest.approx(-drop, rel=1e-3)
    diffusion = many.sensitivities["positive.diffusivity"]
    assert diffusion.mean_voltage_V[0, 0] > 10 * diffusion.mean_voltage_error[0, 0] > 0


def test_a_sensitivity_to_a_key_of_the_file_follows_the_row():
    many = simulate_many(
        CELL, {"cathode.loading": ["8 mg/cm2", "14 mg/cm2"]}, protocol=DISCHARGE, sensitivities=["cathode.loading"]
    )
    near = simulate_many(
        CELL, {"cathode.loading [mg/cm2]": [13.8, 14.2]}, protocol=DISCHARGE, tolerance=1e-6
    ).mean_voltage_V[:, 0]
    slope = many.sensitivities["cathode.loading"].mean_voltage_V[:, 0]
    assert slope[1] == pytest.approx((near[1] - near[0]) / 0.4 * 14.0, rel=0.01)
    assert slope[1] < slope[0] < 0


def test_the_table_has_a_line_per_row_and_every_row_is_told():
    calls = []
    many = simulate_many(
        CELL,
        {"positive.diffusivity": np.geomspace(1e-15, 1e-13, 40)},
        protocol=CYCLE,
        progress=lambda done, of: calls.append((done, of)),
    )
    table = many.to_pandas()
    assert len(table) == 40
    assert table["capacity_mAh_per_g"].tolist() == pytest.approx(many.capacity_mAh_per_g[:, 2].tolist())
    assert np.all(np.diff(table["energy_Wh_per_kg_active"]) > 0)
    assert many.to_pandas(1)["ended_by"].unique().tolist() == ["voltage"]
    assert calls[-1] == (40, 40)
    with pytest.raises(InputError, match="no step 4"):
        many.to_pandas(4)


@pytest.mark.parametrize(
    ("changes", "options", "message"),
    [
        ({"cathode.loading": ["8 mg/cm2"], "positive.contact": [1.0, 0.5]}, {}, "different lengths"),
        (["cathode.loading=8 mg/cm2"], {}, "a dict of columns, a list of dicts or a pandas table"),
        (3, {}, "a dict of columns, a list of dicts or a pandas table"),
        ({"positive.contact": [1.0]}, {"curve": 2}, "there is no step 2"),
        ({"positive.contact": [1.0]}, {"curve": 1, "curve_capacity": [2.0, 1.0]}, "curve_capacity must rise"),
        ({"positive.contact": [1.0]}, {"tolerance": 0.0}, "tolerance"),
    ],
)
def test_what_is_wrong_for_all_rows_is_refused(changes, options, message):
    with pytest.raises(InputError, match=message):
        simulate_many(CELL, changes, protocol=DISCHARGE, **options)


def test_an_unknown_sensitivity_says_so_in_every_row():
    many = simulate_many(CELL, {"positive.contact": [1.0]}, protocol=DISCHARGE, sensitivities=["cathode.nothing"])
    assert many.status == ("invalid",)
    assert "states no such quantity" in many.reason[0]
