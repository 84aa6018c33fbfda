"""Differential capacity: peaks where they were put, and what cannot have any."""

import numpy as np
import pytest

from interlayer.errors import InputError
from interlayer.measure.dqdv import analyse_dqdv, constant_current_steps, differential_capacity, draw_dqdv
from interlayer.measure.finding import Analysis
from interlayer.records import Record


def made(*, shift=0.03, centres=(3.6, 3.9), widths=(0.03, 0.04), capacities=(1e-3, 2e-3), noise=0.0):
    """One charge and one discharge at 1 mA through two Gaussian peaks of dQ/dV, moved apart by the polarisation."""
    rng = np.random.default_rng(0)
    fine = np.linspace(3.3, 4.2, 20_000)
    density = (
        sum(
            q * np.exp(-0.5 * ((fine - c) / w) ** 2) / (w * np.sqrt(2 * np.pi))
            for c, w, q in zip(centres, widths, capacities, strict=True)
        )
        + 2e-4
    )
    charge = np.concatenate([[0.0], np.cumsum(0.5 * (density[1:] + density[:-1]) * np.diff(fine))])
    even = np.linspace(0.0, charge[-1], 3000)
    up = np.interp(even, charge, fine)
    time = even / 1e-3 * 3600.0
    columns = {
        "test_time_second": np.concatenate([time, time[-1] + 10.0 + time]),
        "voltage_volt": np.concatenate([up + shift, up[::-1] - shift]) + noise * rng.normal(size=6000),
        "current_ampere": np.repeat([1e-3, -1e-3], 3000),
    }
    return Record(columns, {"cell": "two peaks"})


def test_peaks_come_back_with_their_capacities():
    found = analyse_dqdv(made(noise=1e-4))
    assert found["charge_peak_voltage"].value == pytest.approx(3.93, abs=2e-3)
    assert found["charge_peak_2_voltage"].value == pytest.approx(3.63, abs=2e-3)
    assert found["discharge_peak_voltage"].value == pytest.approx(3.87, abs=2e-3)
    assert found["polarisation"].value == pytest.approx(0.06, abs=3e-3)
    assert found["charge_peak_capacity"].value == pytest.approx(2.0, rel=0.1)


def test_the_area_below_dqdv_is_the_capacity():
    for step in constant_current_steps(made()):
        grid, slope = differential_capacity(step, 0.01)
        assert np.trapezoid(slope, grid) == pytest.approx(step.charge[-1], rel=0.01)


def test_sweeps_and_holds_are_no_steps_at_constant_current():
    time = np.arange(200.0)
    with pytest.raises(InputError, match="no step at constant current"):
        analyse_dqdv(Record({"test_time_second": time, "voltage_volt": 3.0 + time / 200.0, "current_ampere": time}))
    with pytest.raises(InputError, match="no current"):
        analyse_dqdv(Record({"test_time_second": time, "voltage_volt": time, "current_ampere": 0.0 * time}))


def test_figures_are_drawn_from_what_is_stored():
    stored = Analysis.model_validate_json(analyse_dqdv(made()).model_dump_json())
    assert set(draw_dqdv(stored)) == {"dqdv", "dvdq"}
