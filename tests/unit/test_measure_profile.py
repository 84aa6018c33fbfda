"""Line profiles: interface, width and diffusion coefficient of an error function come back within their errors."""

import numpy as np
import pytest
from scipy.special import erf

from interlayer.errors import InputError
from interlayer.measure.profile import analyse_profile, draw_profile
from interlayer.records import Record


def step(x, place, sigma):
    return 0.5 * (1.0 + erf((x - place) / (np.sqrt(2.0) * sigma)))


def line(rng, *, sigma_co=6.0, spacing=1.0):
    x = np.arange(0.0, 100.0, spacing)
    counts = {
        "Co": 20.0 + 400.0 * (1.0 - step(x, 50.0, sigma_co)),
        "S": 15.0 + 300.0 * step(x, 54.0, 4.0),
        "Si": 10.0 + 200.0 * (step(x, 44.0, 3.0) - step(x, 58.0, 3.0)),
        "P": np.full_like(x, 30.0),
    }
    return Record({"position_metre": 1e-9 * x, **{name: rng.poisson(y).astype(float) for name, y in counts.items()}})


def test_interfaces_and_widths_come_back_within_their_errors_as_often_as_stated():
    rng = np.random.default_rng(0)
    misses = []
    for _ in range(40):
        found = analyse_profile(line(rng), elements=["Co", "S"])
        for name, truth in (("Co_interface", 50e-9), ("Co_width", 12e-9), ("S_interface", 54e-9), ("S_width", 8e-9)):
            misses.append((found[name].value - truth) / found[name].uncertainty)
    assert 0.60 < np.mean(np.abs(misses) < 1.0) < 0.76


def test_a_coating_is_a_layer_and_an_element_without_an_edge_has_no_answer():
    found = analyse_profile(line(np.random.default_rng(1)))
    assert found["Si_thickness"].value == pytest.approx(14e-9, abs=3.0 * found["Si_thickness"].uncertainty)
    assert found["P_interface"].value is None
    assert found["Co_to_S"].value == pytest.approx(4e-9, abs=3.0 * found["Co_to_S"].uncertainty)


def test_definitions_of_the_width_differ_by_their_factor():
    record = line(np.random.default_rng(2))
    widths = {
        name: analyse_profile(record, elements=["Co"], width_definition=name)["Co_width"].value
        for name in ("sigma", "16-84 %", "10-90 %")
    }
    assert widths["16-84 %"] == pytest.approx(2.0 * widths["sigma"])
    assert widths["10-90 %"] == pytest.approx(2.563 * widths["sigma"], rel=1e-3)
    x = np.linspace(-9.0, 9.0, 200_001)
    rise = step(x, 0.0, 1.0)
    assert np.interp(0.9, rise, x) - np.interp(0.1, rise, x) == pytest.approx(2.563, abs=1e-3)


def test_the_probe_is_taken_off_in_quadrature_and_d_follows():
    found = analyse_profile(line(np.random.default_rng(3)), elements=["Co"], probe_fwhm_m=8e-9, time_s=3600.0)
    inner = np.sqrt(6.0**2 - (8.0 / 2.3548) ** 2) * 1e-9
    width, diffusivity = found["Co_width_without_probe"], found["Co_D"]
    assert width.value == pytest.approx(2.0 * inner, abs=3.0 * width.uncertainty)
    assert diffusivity.value == pytest.approx(inner**2 / 7200.0, abs=3.0 * diffusivity.uncertainty)


def test_an_interface_as_sharp_as_the_probe_gives_a_limit_and_no_number():
    found = analyse_profile(
        line(np.random.default_rng(4), sigma_co=2.0), elements=["Co"], probe_fwhm_m=2.0 * 2.3548e-9, time_s=3600.0
    )
    assert found["Co_width_without_probe"].value is None
    assert "below" in found["Co_D"].note


def test_without_a_probe_the_width_is_called_an_upper_limit_and_a_short_line_warns():
    found = analyse_profile(line(np.random.default_rng(5)), elements=["Co"])
    assert any("no probe width" in text for text in found.warnings)
    whole = line(np.random.default_rng(6))
    short = Record({name: values[42:70] for name, values in whole.columns.items()})
    assert any("plateau" in text for text in analyse_profile(short, elements=["Co"]).warnings)


def test_the_figure_draws_points_fit_and_interfaces():
    axes = draw_profile(analyse_profile(line(np.random.default_rng(7)), elements=["Co", "Si"]))["profile"].axes[0]
    assert len(axes.lines) == 2 * 2 + 1 + 2


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"elements": ["CO"]}, "did you mean 'Co'"),
        ({"width_definition": "fwhm"}, "allowed: 16-84 %"),
        ({"probe_fwhm_m": -1e-9}, "must be positive"),
        ({"time_s": 0.0}, "must be positive"),
    ],
)
def test_what_makes_no_sense_is_said_in_one_line(options, message):
    with pytest.raises(InputError, match=message):
        analyse_profile(line(np.random.default_rng(8)), **options)


def test_a_profile_needs_elements_and_points():
    x = 1e-9 * np.arange(20.0)
    with pytest.raises(InputError, match="no column of an element"):
        analyse_profile(Record({"position_metre": x}))
    with pytest.raises(InputError, match="at least 8"):
        analyse_profile(Record({"position_metre": x[:4], "Co": x[:4]}))
