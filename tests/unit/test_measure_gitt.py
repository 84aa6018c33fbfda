"""Titration: pulses found, the formula where it holds, the full fit where it does not."""

from pathlib import Path

import numpy as np
import pytest

from interlayer.errors import InputError
from interlayer.measure.diffusion import analyse_pulse, surface_filling
from interlayer.measure.finding import Analysis
from interlayer.measure.gitt import analyse_gitt, draw_gitt
from interlayer.measure.pulses import find_pulses
from interlayer.records import Record, read

MEASURED = Path(__file__).parents[2].parent / "shared" / "data" / "measured" / "gitt" / "ampworks"


def made(rate, *, shape="sphere", duration=300.0, rest=7200.0, pulses=4, noise=0.0, sign=1.0, seed=0, every=5.0):
    """A titration of exact diffusion: D/L^2 = `rate`, dE_s = 2 mV a pulse, 100 ohm, 1 mA."""
    rng = np.random.default_rng(seed)
    length = duration + rest
    time = np.arange(-600.0, pulses * length, every)
    current, voltage = np.zeros_like(time), np.full_like(time, 3.6)
    for k in range(pulses):
        since = time - k * length
        on = (since > 0.0) & (since <= duration)
        current[on] = sign * 1e-3
        filling = surface_filling(since, duration, 1.0 / rate, shape)
        filling = filling - surface_filling(since - duration, duration, 1.0 / rate, shape)
        voltage = voltage + sign * 2e-3 * filling + sign * 0.1 * on
    voltage = voltage + noise * rng.normal(size=len(time))
    columns = {"test_time_second": time + 600.0, "voltage_volt": voltage, "current_ampere": current}
    return Record(columns, {"cell": "exact"})


@pytest.mark.parametrize("shape", ["sphere", "film"])
def test_the_filling_is_exact(shape):
    time = np.linspace(1.0, 500.0, 40)
    filling = surface_filling(time, 100.0, 1e-2, shape)  # diffusion at once: the surface follows the mean
    np.testing.assert_allclose(filling, time / 100.0, rtol=5e-3)
    # an independent solution: finite volumes with many cells, implicit in time
    sides, cells, steps, rate = (3.0 if shape == "sphere" else 1.0), 400, 4000, 1.0 / 200.0
    edges = np.linspace(0.0, 1.0, cells + 1)
    volumes = (edges[1:] ** sides - edges[:-1] ** sides) / sides
    areas = edges ** (sides - 1.0)
    conductance = areas[1:-1] / (edges[1] - edges[0])
    matrix = np.zeros((cells, cells))
    inner = np.arange(cells - 1)
    matrix[inner, inner] -= conductance
    matrix[inner, inner + 1] += conductance
    matrix[inner + 1, inner + 1] -= conductance
    matrix[inner + 1, inner] += conductance
    step = 100.0 / steps
    inverse = np.linalg.inv(np.diag(volumes) - rate * step * matrix)
    filled, source = np.zeros(cells), np.zeros(cells)
    source[-1] = 1.0 / (sides * 100.0) * step  # the flux that fills the whole by one in 100 s
    for _ in range(steps):
        filled = inverse @ (volumes * filled + source)
    surface = filled[-1] + 1.0 / (sides * 100.0) / rate * (edges[1] - edges[0]) / 2.0
    assert surface_filling(np.array([100.0]), 100.0, 200.0, shape)[0] == pytest.approx(surface, rel=2e-3)


@pytest.mark.parametrize("sign", [1.0, -1.0])
@pytest.mark.parametrize("shape", ["sphere", "film"])
def test_the_full_fit_returns_the_truth_for_long_pulses(shape, sign):
    found = analyse_gitt(made(1.0 / 300.0, shape=shape, sign=sign), diffusion_length_m=1e-6, shape=shape)
    assert found["diffusivity_fit"].value == pytest.approx(1e-12 / 300.0 * 1e4, rel=5e-3)
    assert found["pulses"].value == 4.0
    assert found["pulse_duration"].value == pytest.approx(300.0)
    assert found["validity_tau_D_over_L2"].value == pytest.approx(1.0, rel=0.01)
    assert any("not valid" in line for line in found.warnings)
    # u(tau) = 1 + 1/3 for the film and 1 + 1/15 for the sphere at tau = L^2/D
    expected = 4.0 / np.pi * ((3.0 / 4.0) ** 2 if shape == "film" else (15.0 / 16.0) ** 2 / 9.0)
    assert found["formula_over_fit"].value == pytest.approx(expected, rel=0.1)


def test_the_formula_holds_for_short_pulses_within_its_stated_bias():
    # film: exact; sphere: low by (1 + sqrt(pi s)/2)^-2
    for shape, expected in (("film", 1.0), ("sphere", (1.0 + np.sqrt(np.pi * 0.03) / 2.0) ** -2)):
        record = made(1e-4, shape=shape, duration=300.0, rest=40_000.0, every=2.0)
        found = analyse_gitt(record, diffusion_length_m=1e-6, shape=shape)
        assert found["formula_over_fit"].value == pytest.approx(expected, rel=0.07), shape
        assert not any("not valid" in line for line in found.warnings)


def test_stated_intervals_cover_the_truth():
    inside = 0
    for seed in range(120):
        pulse = find_pulses(made(1e-3, pulses=1, noise=5e-5, seed=seed))[0]
        found = analyse_pulse(pulse, "sphere")
        inside += abs(np.log(found.fit_rate * 1000.0)) <= found.fit_sigma
    assert 0.58 < inside / 120 < 0.78


def test_the_resistance_is_that_of_the_jump():
    found = analyse_gitt(made(1e-4, noise=1e-5))
    assert found["resistance"].value == pytest.approx(100.0, rel=0.02)
    assert found["ir_drop"].value == pytest.approx(0.1, rel=0.02)
    assert "diffusion_rate_fit" in [row.name for row in found.findings]  # no length, no diffusivity


def test_noise_that_hides_the_answer_gives_no_answer():
    found = analyse_gitt(made(1.0 / 300.0, noise=0.05), diffusion_length_m=1e-6)
    assert found["diffusivity_fit"].value is None or any("determine" in line for line in found.warnings)


@pytest.mark.parametrize(
    ("columns", "part"),
    [
        ({"test_time_second": [0.0, 1.0], "voltage_volt": [1.0, 1.0], "current_ampere": [0.0, 1.0]}, "too few"),
        ({name: np.zeros(50) for name in ("test_time_second", "voltage_volt", "current_ampere")}, "no current"),
        (
            {"test_time_second": np.arange(50.0), "voltage_volt": np.ones(50), "current_ampere": np.ones(50)},
            "no pulse between",
        ),
        (
            {"test_time_second": -np.arange(50.0), "voltage_volt": np.ones(50), "current_ampere": np.ones(50)},
            "backwards",
        ),
    ],
)
def test_a_record_without_pulses_is_told_so(columns, part):
    with pytest.raises(InputError, match=part):
        analyse_gitt(Record({name: np.asarray(values) for name, values in columns.items()}))


def test_a_length_that_is_none():
    with pytest.raises(InputError, match="diffusion_length_m"):
        analyse_gitt(made(1e-4), diffusion_length_m=-1.0)


def test_figures_are_drawn_from_what_is_stored():
    stored = Analysis.model_validate_json(
        analyse_gitt(made(1.0 / 300.0, noise=2e-5), diffusion_length_m=1e-6).model_dump_json()
    )
    figures = draw_gitt(stored)
    assert set(figures) == {"titration", "diffusivity", "pulse"}
    assert figures["diffusivity"].axes[0].get_yscale() == "log"


@pytest.mark.skipif(not MEASURED.is_dir(), reason="the measured files are not here")
def test_a_measured_titration_is_read_as_one():
    found = analyse_gitt(read(MEASURED / "gitt_charge.csv.gz", sign="charge"))
    assert found["pulses"].value > 10
    assert found["resistance"].value > 0.0
    # the first pulses lie where the open-circuit voltage rises by 0.25 V within one
    assert any("4 of 121 pulses extrapolate to a negative resistance" in line for line in found.warnings)
