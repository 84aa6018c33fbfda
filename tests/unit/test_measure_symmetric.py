"""Symmetric cells: overpotential, growth, and the current at which they short."""

import numpy as np
import pytest

from interlayer.errors import InputError
from interlayer.measure.finding import Analysis
from interlayer.measure.symmetric import analyse_symmetric, draw_symmetric, half_cycles
from interlayer.records import Record


def made(currents_mA, *, resistance=lambda k: 100.0, noise=1e-5, area=1e-4):
    rng = np.random.default_rng(0)
    time, voltage, current = [], [], []
    for k, value in enumerate(currents_mA):
        sign = 1.0 if k % 2 == 0 else -1.0
        time += (k * 3700.0 + np.linspace(0.0, 3600.0, 40)).tolist()
        current += [sign * value * 1e-3] * 40
        voltage += (sign * value * 1e-3 * resistance(k) + noise * rng.normal(size=40)).tolist()
        time += [k * 3700.0 + 3601.0, k * 3700.0 + 3699.0]
        current += [0.0, 0.0]
        voltage += [0.0, 0.0]
    columns = {"test_time_second": time, "voltage_volt": voltage, "current_ampere": current}
    return Record({name: np.array(values) for name, values in columns.items()}, {"area_m2": area} if area else {})


def test_resistance_and_overpotential_per_area():
    found = analyse_symmetric(made([0.5] * 10))
    assert found["resistance"].value == pytest.approx(100.0, rel=1e-3)
    assert found["resistance"].unit == "ohm cm2"
    assert found["overpotential"].value == pytest.approx(0.05, rel=1e-3)
    assert found["critical_current"].value is None
    assert "no short up to 0.5 mA/cm2" in found["critical_current"].note
    assert len(half_cycles(made([0.5] * 10))) == 10


def test_growth_is_found_with_its_error():
    found = analyse_symmetric(made([0.5] * 20, resistance=lambda k: 100.0 + 0.5 * k * 3700.0 / 3600.0))
    assert abs(found["resistance_growth"].value - 50.0) < 4.0 * found["resistance_growth"].uncertainty + 0.1


def test_the_critical_current_lies_between_the_steps():
    steps = [0.1, 0.1, 0.2, 0.2, 0.4, 0.4, 0.8, 0.8]
    found = analyse_symmetric(made(steps, resistance=lambda k: 100.0 if k < 6 else 20.0))
    assert found["critical_current"].value == pytest.approx(0.6)
    assert found["critical_current"].uncertainty == pytest.approx(0.2)
    assert any("short" in line for line in found.warnings)
    assert found["resistance"].value == pytest.approx(100.0, rel=1e-2)


def test_a_smaller_resistance_at_a_smaller_current_is_no_short():
    found = analyse_symmetric(made([0.8, 0.8, 0.1, 0.1], resistance=lambda k: 100.0 if k < 2 else 40.0))
    assert found["critical_current"].value is None


def test_a_cell_with_a_voltage_of_its_own_is_refused():
    record = made([0.5] * 10)
    columns = {name: np.array(values) for name, values in record.columns.items()}
    columns["voltage_volt"] = columns["voltage_volt"] + 3.7
    with pytest.raises(InputError, match="two alike electrodes"):
        analyse_symmetric(Record(columns))
    still = Record({name: np.zeros(50) for name in ("test_time_second", "voltage_volt", "current_ampere")})
    with pytest.raises(InputError, match="no current"):
        analyse_symmetric(still)


def test_without_area_it_is_said():
    found = analyse_symmetric(made([0.5] * 6, area=None))
    assert found["resistance"].unit == "ohm"
    assert any("no area" in line for line in found.warnings)


def test_the_figure_is_drawn_from_what_is_stored():
    stored = Analysis.model_validate_json(analyse_symmetric(made([0.1, 0.2, 0.4])).model_dump_json())
    assert len(draw_symmetric(stored)["symmetric"].axes) == 2
