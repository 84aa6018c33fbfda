"""Diffraction: positions, widths and areas come back within their errors; sizes and shares only where they can."""

import numpy as np
import pytest

from interlayer.errors import InputError
from interlayer.measure.peak_shapes import gaussian, peak_height, pseudo_voigt
from interlayer.measure.xrd import analyse_xrd, compare_xrd, draw_xrd
from interlayer.records import Record

CU = 1.54056e-10
# position, width, area: the last four of a layered oxide, two of them overlapping
PEAKS = ((18.70, 0.15, 400.0), (36.70, 0.16, 150.0), (38.30, 0.17, 90.0), (38.65, 0.17, 90.0), (44.50, 0.20, 250.0))


def pattern(rng, *, peaks=PEAKS, hump=3000.0, shift=0.0, second=False):
    angle = np.arange(12.0, 60.0, 0.02)
    counts = 200.0 - 1.0 * (angle - 36.0) + hump * gaussian(angle, 28.0, 9.0)
    for position, fwhm, area in peaks:
        counts = counts + area * pseudo_voigt(angle, position + shift, fwhm, 0.5)
        if second:
            other = 2.0 * np.degrees(np.arcsin(1.54439 / 1.54056 * np.sin(np.radians((position + shift) / 2.0))))
            counts = counts + 0.5 * area * pseudo_voigt(angle, other, fwhm, 0.5)
    return Record({"two_theta_degree": angle, "intensity": rng.poisson(counts).astype(float)})


def test_peaks_come_back_within_their_errors_as_often_as_stated():
    rng = np.random.default_rng(0)
    misses = []
    for _ in range(20):
        found = analyse_xrd(pattern(rng, hump=0.0), hump=False)
        assert found["peaks"].value == len(PEAKS)
        for number, truth in enumerate(PEAKS, start=1):
            for name, value in zip(("position", "fwhm", "area"), truth, strict=True):
                entry = found[f"peak{number}_{name}"]
                misses.append((entry.value - value) / entry.uncertainty)
    assert 0.60 < np.mean(np.abs(misses) < 1.0) < 0.76


def test_crystallinity_is_the_share_of_the_area_and_beside_a_hump_the_peaks_stay():
    found = analyse_xrd(pattern(np.random.default_rng(1)))
    truth = 100.0 * 980.0 / 3980.0
    assert found["crystallinity"].value == pytest.approx(truth, abs=4.0 * found["crystallinity"].uncertainty)
    assert found["hump_position"].value == pytest.approx(28.0, abs=0.1)
    assert found["peaks"].value == len(PEAKS)


def test_an_amorphous_pattern_has_no_peaks_and_a_crystalline_one_no_hump():
    rng = np.random.default_rng(2)
    amorphous = analyse_xrd(pattern(rng, peaks=()))
    assert amorphous["peaks"].value == 0.0
    assert amorphous["crystallinity"].value == 0.0
    crystalline = analyse_xrd(pattern(rng, hump=0.0))
    assert crystalline["crystallinity"].value is None
    assert "no hump" in crystalline["crystallinity"].note
    nothing = analyse_xrd(pattern(rng, peaks=(), hump=0.0))
    assert nothing["crystallinity"].value is None


def test_spacing_and_size_follow_bragg_and_scherrer():
    record = pattern(np.random.default_rng(3), hump=0.0)
    found = analyse_xrd(record, wavelength_m=CU, instrument_fwhm_degree=0.08)
    theta = np.radians(18.70 / 2.0)
    assert found["peak1_d"].value == pytest.approx(CU / (2.0 * np.sin(theta)), rel=3e-4)
    beta = np.radians(np.sqrt(0.15**2 - 0.08**2))
    size = found["peak1_size"]
    assert size.value == pytest.approx(0.9 * CU / (beta * np.cos(theta)), abs=4.0 * size.uncertainty)
    assert analyse_xrd(record, wavelength_m=CU)["peak1_size"].value is None
    resolved = analyse_xrd(record, wavelength_m=CU, instrument_fwhm_degree=0.3)["peak1_size"]
    assert resolved.value is None
    assert "not broader" in resolved.note


def test_the_second_line_of_the_tube_is_part_of_each_peak():
    record = pattern(np.random.default_rng(4), hump=0.0, second=True)
    found = analyse_xrd(record, wavelength_m=CU, second_wavelength_m=1.54439e-10)
    assert found["peaks"].value == len(PEAKS)
    assert found["peak5_position"].value == pytest.approx(44.50, abs=4.0 * found["peak5_position"].uncertainty)
    assert found["peak5_area"].value == pytest.approx(375.0, abs=4.0 * found["peak5_area"].uncertainty)


def test_a_shift_is_told_from_none_and_none_is_not():
    rng = np.random.default_rng(5)
    first, same, moved = (analyse_xrd(pattern(rng, hump=0.0, shift=x), hump=False) for x in (0.0, 0.0, 0.02))
    unchanged = next(f for f in compare_xrd(first, same).findings if f.name.startswith("shift_at_18.7"))
    assert abs(unchanged.value) < 4.0 * unchanged.uncertainty
    shifted = compare_xrd(first, moved).findings[0]
    assert shifted.value == pytest.approx(0.02, abs=4.0 * shifted.uncertainty)
    assert shifted.note == "told from none at 3 sigma"


def test_shapes_have_unit_area_and_the_stated_width():
    x = np.linspace(-4000.0, 4000.0, 800_001)
    for mixing in (0.0, 0.4, 1.0):
        assert np.trapezoid(pseudo_voigt(x, 0.0, 1.0, mixing), x) == pytest.approx(1.0, abs=2e-4)
        assert pseudo_voigt(0.5, 0.0, 1.0, mixing) == pytest.approx(0.5 * peak_height(1.0, mixing))


def test_the_figure_shows_a_tick_for_each_peak():
    axes = draw_xrd(analyse_xrd(pattern(np.random.default_rng(6))))["pattern"].axes[0]
    assert len(axes.lines) == 2 + len(PEAKS)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"wavelength_m": 1.54}, "between 1e-12 and 1e-9"),
        ({"second_wavelength_m": CU}, "needs wavelength_m"),
        ({"instrument_fwhm_degree": -1.0}, "between 0 and 5"),
        ({"instrument_shape": "square"}, "allowed: gaussian"),
        ({"scherrer_constant": 9.0}, "between 0.5 and 1.5"),
        ({"from_degree": 59.5}, "at least 50"),
    ],
)
def test_what_makes_no_sense_is_said_in_one_line(options, message):
    with pytest.raises(InputError, match=message):
        analyse_xrd(pattern(np.random.default_rng(7)), **options)


def test_angles_must_be_angles():
    with pytest.raises(InputError, match="between 0 and 180"):
        analyse_xrd(Record({"two_theta_degree": np.arange(-5.0, 60.0, 0.1), "intensity": np.full(650, 10.0)}))
