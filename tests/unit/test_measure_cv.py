"""Voltammetry: sweeps found, peaks where they are, resistance and diffusion from a pair of sweeps."""

import numpy as np
import pytest

from interlayer.constants import FARADAY, GAS_CONSTANT
from interlayer.errors import InputError
from interlayer.measure.cv import analyse_cv, draw_cv
from interlayer.measure.finding import Analysis
from interlayer.measure.sweep_fit import surface_charge
from interlayer.measure.sweeps import curve_peaks, find_sweeps, on_grid, smoothed
from interlayer.records import Record


def made(*, resistance=50.0, rate=1e-4, centre=3.7, width=0.05, capacity=2.0, cycles=2, noise=0.0, seed=0):
    """A surface process with a Gaussian capacitance, charge in A s, behind a resistance: exactly solvable."""
    low, high = centre - 0.5, centre + 0.5
    inner = np.concatenate([np.linspace(low, high, 1500), np.linspace(high, low, 1500)[1:]])
    time, voltage, current, now = [], [], [], 0.0
    rng = np.random.default_rng(seed)
    for _ in range(cycles):
        # U is swept; I = C(U) dU/dt and V = U + R I, so that V is swept at very nearly the same rate
        change = np.gradient(inner, np.abs(inner[1] - inner[0]) / rate)
        density = np.exp(-0.5 * ((inner - centre) / width) ** 2) / (width * np.sqrt(2.0 * np.pi))
        now_current = capacity * density * change
        steps = np.arange(len(inner)) * (inner[1] - inner[0]) / rate
        time += (now + steps).tolist()
        now = time[-1] + steps[1]
        voltage += (inner + resistance * now_current).tolist()
        current += now_current.tolist()
    current = np.array(current) + noise * rng.normal(size=len(current))
    return Record(
        {"test_time_second": np.array(time), "voltage_volt": np.array(voltage), "current_ampere": current},
        {"cell": "a Gaussian capacitance"},
    )


def test_sweeps_are_found_with_rate_and_direction():
    sweeps = find_sweeps(made())
    assert [sweep.rises for sweep in sweeps] == [True, False, True, False]
    assert [sweep.cycle for sweep in sweeps] == [1, 1, 2, 2]
    assert all(abs(sweep.rate) == pytest.approx(1e-4, rel=0.02) for sweep in sweeps)


def test_peaks_lie_at_the_centre_shifted_by_the_resistance():
    # smoothing over 20 mV pulls the peak that the resistance has sheared back by a few mV
    found = analyse_cv(made(resistance=20.0), smoothing_V=0.005)
    highest = 2.0 / (0.05 * np.sqrt(2.0 * np.pi)) * 1e-4
    assert found["anodic_peak_voltage"].value == pytest.approx(3.7 + 20.0 * highest, abs=2e-3)
    assert found["cathodic_peak_voltage"].value == pytest.approx(3.7 - 20.0 * highest, abs=2e-3)
    assert found["half_wave_voltage"].value == pytest.approx(3.7, abs=1e-3)
    assert found["anodic_peak_current"].value == pytest.approx(highest, rel=0.03)
    assert found["anodic_charge"].value == pytest.approx(2.0, rel=0.01)
    assert found["anodic_peak_half_width"].value == pytest.approx(2.355 * 0.05, rel=0.15)


def test_the_resistance_comes_back_and_no_diffusion_is_found_where_there_is_none():
    found = analyse_cv(made(resistance=50.0, noise=2e-6))
    assert abs(found["resistance"].value - 50.0) < max(4.0 * found["resistance"].uncertainty, 0.5)
    time = found["diffusion_time"].value
    assert time is None or time < 50.0


def test_the_position_of_a_noisy_peak_lies_within_its_error():
    misses = []
    for seed in range(60):
        sweep = find_sweeps(made(resistance=0.0, cycles=1, noise=3e-5, seed=seed))[0]
        grid, current = on_grid(sweep.voltage, sweep.current)
        peak = curve_peaks(grid, current, smoothed(grid, current, 0.02))[0]
        misses.append((peak.voltage - 3.7) / peak.voltage_sigma)
    assert 0.5 < np.mean(np.abs(misses) < 1.0) < 0.85


def test_a_process_at_the_surface_has_b_of_one():
    parts, now = [], 0.0
    for rate in (1e-4, 2e-4, 4e-4, 8e-4):
        part = made(resistance=0.0, rate=rate, cycles=1)
        columns = {name: np.array(values) for name, values in part.columns.items()}
        columns["test_time_second"] = columns["test_time_second"] + now
        now = columns["test_time_second"][-1] + 1.0
        parts.append(columns)
    joined = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    found = analyse_cv(Record(joined), area_m2=1e-4, concentration_mol_per_m3=1e4)
    assert found["anodic_b"].value == pytest.approx(1.0, abs=0.02)
    assert "does not hold" in found["anodic_diffusivity"].note
    peak = 2.0 / (0.05 * np.sqrt(2.0 * np.pi)) * np.array([1e-4, 2e-4, 4e-4, 8e-4])
    factor = 0.4463 * FARADAY * 1e-4 * 1e4 * np.sqrt(FARADAY / (GAS_CONSTANT * 298.15))
    expected = (np.mean(peak / np.sqrt([1e-4, 2e-4, 4e-4, 8e-4])) / factor) ** 2 * 1e4
    assert found["anodic_diffusivity"].value == pytest.approx(expected, rel=0.08)


def test_the_charge_at_the_surface_of_a_constant_current_runs_ahead_by_a_constant():
    time = np.linspace(0.0, 3000.0, 3000)
    current = np.full_like(time, 1e-3)
    for shape, ahead in (("film", 1.0 / 3.0), ("sphere", 1.0 / 15.0)):
        filling = surface_charge(time, current, current * time, 100.0, shape)
        assert filling[-1] - current[-1] * time[-1] == pytest.approx(1e-3 * 100.0 * ahead, rel=1e-3)


@pytest.mark.parametrize(
    ("columns", "part"),
    [
        ({"test_time_second": np.arange(5.0), "voltage_volt": np.ones(5), "current_ampere": np.ones(5)}, "too few"),
        ({"test_time_second": np.arange(50.0), "voltage_volt": np.ones(50), "current_ampere": np.ones(50)}, "never"),
        (
            {
                "test_time_second": np.arange(50.0),
                "voltage_volt": np.random.default_rng(0).normal(size=50),
                "current_ampere": np.ones(50),
            },
            "steady rate",
        ),
        (
            {"test_time_second": -np.arange(50.0), "voltage_volt": np.arange(50.0), "current_ampere": np.ones(50)},
            "backwards",
        ),
    ],
)
def test_what_is_no_voltammogram_is_told_so(columns, part):
    with pytest.raises(InputError, match=part):
        analyse_cv(Record(columns))


def test_the_figure_is_drawn_from_what_is_stored():
    stored = Analysis.model_validate_json(analyse_cv(made()).model_dump_json())
    axes = draw_cv(stored)["voltammogram"].axes[0]
    assert len(axes.lines) >= 8
