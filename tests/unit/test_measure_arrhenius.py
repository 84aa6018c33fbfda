"""Arrhenius: both forms, intervals that hold the truth, a stray point, a bend, and two points."""

import numpy as np
import pytest

from interlayer.constants import BOLTZMANN, ELEMENTARY_CHARGE
from interlayer.errors import InputError
from interlayer.measure.arrhenius import analyse_arrhenius, draw_arrhenius, fit_arrhenius
from interlayer.measure.finding import Analysis
from interlayer.records import Record

K = BOLTZMANN / ELEMENTARY_CHARGE
TEMPERATURE = np.arange(263.15, 364.0, 10.0)


def conductivity(energy=0.30, at_room=0.1, *, hopping=True, temperature=TEMPERATURE):
    law = np.exp(-energy / K * (1.0 / temperature - 1.0 / 298.15)) * at_room
    return law * (298.15 / temperature if hopping else 1.0)


def record(values, temperature=TEMPERATURE, **more):
    return Record({"temperature_kelvin": temperature, "conductivity_siemens_per_metre": values} | more, {"cell": "law"})


@pytest.mark.parametrize("form", ["ln_sigma_T", "ln_sigma"])
def test_each_form_returns_its_own_truth_and_the_other_differs_by_about_kT(form):
    found = analyse_arrhenius(record(conductivity(hopping=form == "ln_sigma_T")), form=form)
    assert found["activation_energy"].value == pytest.approx(0.30, abs=1e-6)
    assert found["conductivity_25_degC"].value == pytest.approx(1e-3, rel=1e-6)
    other = next(row for row in found.findings if row.name.startswith("activation_energy_"))
    assert 0.020 < abs(other.value - 0.30) < 0.035


def test_intervals_hold_the_truth():
    inside = 0
    for seed in range(200):
        noise = np.exp(np.random.default_rng(seed).normal(0.0, 0.05, len(TEMPERATURE)))
        row = analyse_arrhenius(record(conductivity() * noise))["activation_energy"]
        inside += abs(row.value - 0.30) <= row.uncertainty
    assert 0.60 < inside / 200 < 0.76


def test_a_stray_point_is_held_down_and_named():
    values = conductivity() * np.exp(np.random.default_rng(1).normal(0.0, 0.02, len(TEMPERATURE)))
    values[8] *= 3.0
    found = analyse_arrhenius(record(values))
    assert abs(found["activation_energy"].value - 0.30) < 0.02
    assert any("343.1" in line and "held down" in line for line in found.warnings)


def test_a_bend_is_said_to_be_one():
    low, high = conductivity(0.45), conductivity(0.25)
    assert any("bend" in line for line in analyse_arrhenius(record(np.minimum(low, high))).warnings)
    assert not any("bend" in line for line in analyse_arrhenius(record(conductivity(0.3) * 1.0001)).warnings)


def test_two_points_have_no_uncertainty_and_extrapolation_is_said():
    warm = np.array([330.0, 350.0])
    found = analyse_arrhenius(record(conductivity(temperature=warm), warm))
    assert found["activation_energy"].value == pytest.approx(0.30, abs=1e-9)
    assert found["activation_energy"].uncertainty is None
    assert "extrapolated" in found["conductivity_25_degC"].note


def test_stated_uncertainties_weigh_the_points():
    values = conductivity()
    values[0] *= 2.0
    sigma = 0.01 * values
    sigma[0] = 10.0 * values[0]
    weighed = fit_arrhenius(TEMPERATURE, values, sigma=sigma)
    assert weighed.activation_energy_eV == pytest.approx(0.30, abs=1e-3)


@pytest.mark.parametrize(
    ("temperature", "values", "part"),
    [([300.0], [1.0], "two temperatures"), ([300.0, 300.0], [1.0, 2.0], "two temperatures"),
     ([300.0, 310.0], [1.0, -2.0], "not positive"), ([-3.0, 310.0], [1.0, 2.0], "not positive")],
)  # fmt: skip
def test_what_has_no_activation_energy(temperature, values, part):
    with pytest.raises(InputError, match=part):
        analyse_arrhenius(record(np.array(values), np.array(temperature)))


def test_the_figure_has_degrees_on_top():
    stored = Analysis.model_validate_json(analyse_arrhenius(record(conductivity())).model_dump_json())
    axes = draw_arrhenius(stored)["arrhenius"].axes[0]
    assert axes.get_yscale() == "log"
    assert axes.child_axes
