"""Thermal scans: peak temperatures, enthalpies and mass losses of known curves come back within their errors."""

import numpy as np
import pytest

from interlayer.errors import InputError
from interlayer.measure.local_regression import extremum, local_weights, noise_level
from interlayer.measure.thermal import analyse_thermal, draw_thermal
from interlayer.records import Record

EXOTHERMS = ((380.0, 6.0, 1.0), (410.0, 6.0, 0.8), (427.0, 5.0, 1.2))
"""Three overlapping peaks at the temperatures at which wang2020 saw its oxide crystallise."""


def scan(rng, *, peaks=((120.0, 10.0, -0.6), *EXOTHERMS), mass=True, noise=0.01):
    temperature = np.arange(50.0, 600.0, 0.5)
    signal = 0.2 - 4e-4 * temperature + rng.normal(0.0, noise, len(temperature))
    for at, sigma, height in peaks:
        signal += height * np.exp(-0.5 * ((temperature - at) / sigma) ** 2)
    columns = {"temperature_celsius": temperature, "signal": signal}
    if mass:
        loss = 8.0 / (1.0 + np.exp(-(temperature - 120.0) / 8.0)) + 20.0 / (1.0 + np.exp(-(temperature - 300.0) / 10.0))
        columns["mass_percent"] = 100.0 - loss + rng.normal(0.0, 0.02, len(temperature))
    return Record(columns)


def test_temperatures_and_losses_come_back_within_their_errors_as_often_as_stated():
    rng = np.random.default_rng(0)
    truth = {"peak1_extremum": 120.0, "peak2_extremum": 380.0, "mass_step1_fastest": 120.0, "mass_step2_loss": 20.0}
    misses = {name: [] for name in truth}
    for _ in range(25):
        found = analyse_thermal(scan(rng))
        assert (found["peaks"].value, found["mass_steps"].value) == (4.0, 2.0)
        for name, value in truth.items():
            misses[name].append((found[name].value - value) / found[name].uncertainty)
    assert 0.60 < np.mean(np.abs(list(misses.values())) < 1.0) < 0.76


def test_the_three_overlapping_exotherms_are_three():
    found = analyse_thermal(scan(np.random.default_rng(1)), exothermic="up")
    assert [found[f"peak{k}_extremum"].value for k in (2, 3, 4)] == pytest.approx([380.0, 410.0, 427.0], abs=0.5)
    assert found["peak2_extremum"].note == "exothermic"
    assert found["peak1_extremum"].note == "endothermic"
    assert any("valley" in line for line in found.warnings)


def test_the_onset_of_a_gaussian_is_two_sigma_before_its_extremum():
    found = analyse_thermal(scan(np.random.default_rng(2), peaks=((300.0, 10.0, 1.0),), noise=1e-3, mass=False))
    assert found["peak1_onset"].value == pytest.approx(280.0, abs=0.3)


def test_an_enthalpy_is_the_area_over_the_heating_rate():
    record = scan(np.random.default_rng(3), peaks=((300.0, 10.0, 1.0),), mass=False)
    area = np.sqrt(2.0 * np.pi) * 10.0
    bare = analyse_thermal(record)["peak1_area"]
    assert bare.value == pytest.approx(area, abs=4.0 * bare.uncertainty)
    assert bare.unit == "signal K"
    heat = analyse_thermal(record, heating_rate_K_per_s=1.0 / 6.0, signal_in_W_per_kg=1000.0)["peak1_enthalpy"]
    assert heat.value == pytest.approx(6000.0 * bare.value)
    assert heat.unit == "J/kg"


def test_noise_alone_has_no_peak_and_no_step():
    rng = np.random.default_rng(4)
    for _ in range(5):
        record = scan(rng, peaks=(), mass=False)
        flat = {**record.columns, "mass_percent": 100.0 + rng.normal(0.0, 0.02, len(record))}
        found = analyse_thermal(Record(flat))
        assert (found["peaks"].value, found["mass_steps"].value) == (0.0, 0.0)


def test_steps_end_where_the_tangent_meets_the_plateau():
    found = analyse_thermal(scan(np.random.default_rng(5)))
    end = found["mass_step2_end"]
    assert end.value == pytest.approx(
        300.0 + 2.0 * 10.0, abs=1.5
    )  # a logistic step of width w ends 2 w after its middle


def test_a_local_cubic_is_exact_for_a_cubic_and_its_noise_is_known():
    x = np.sort(np.random.default_rng(6).uniform(0.0, 10.0, 60))
    y = 1.0 + 2.0 * x - 0.3 * x**2 + 0.05 * x**3
    at = np.array([0.0, 3.3, 10.0])
    assert local_weights(x, at, 1.5) @ y == pytest.approx(1.0 + 2.0 * at - 0.3 * at**2 + 0.05 * at**3)
    assert local_weights(x, at, 1.5, derivative=1) @ y == pytest.approx(2.0 - 0.6 * at + 0.15 * at**2)
    rng = np.random.default_rng(7)
    grid = np.linspace(0.0, 10.0, 2000)
    assert noise_level(grid, np.sin(grid) + rng.normal(0.0, 0.1, 2000)) == pytest.approx(0.1, rel=0.1)
    assert noise_level(grid, np.sin(grid)) < 1e-9
    place, *_ = extremum(grid, -((grid - 4.321) ** 2), 4.3, half_width=0.5, noise=0.0)
    assert place == pytest.approx(4.321, abs=1e-3)


def test_the_figure_has_an_axis_for_the_mass():
    record = scan(np.random.default_rng(8))
    assert len(draw_thermal(analyse_thermal(record))["scan"].axes) == 2
    bare = Record({name: record[name] for name in ("temperature_celsius", "signal")})
    assert len(draw_thermal(analyse_thermal(bare))["scan"].axes) == 1


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"exothermic": "left"}, "allowed: up, down"),
        ({"heating_rate_K_per_s": -1.0}, "must be positive"),
        ({"baseline_degree": 7}, "allowed: 1, 2, 3"),
        ({"from_celsius": 590.0}, "at least 50"),
    ],
)
def test_what_makes_no_sense_is_said_in_one_line(options, message):
    with pytest.raises(InputError, match=message):
        analyse_thermal(scan(np.random.default_rng(9)), **options)


def test_a_cycle_is_not_a_ramp():
    temperature = np.abs(np.linspace(-400.0, 400.0, 900) % 200.0 - 100.0)
    with pytest.raises(InputError, match="turns"):
        analyse_thermal(Record({"temperature_celsius": temperature, "signal": np.zeros(900)}))
