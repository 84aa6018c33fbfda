"""EXAFS: a shell of known distance comes back through background and transform; larch is asked for in one line."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest

from interlayer.constants import ELEMENTARY_CHARGE
from interlayer.errors import InputError
from interlayer.measure.absorption_edge import find_edge, spectrum_of
from interlayer.measure.exafs import K_SQUARED_PER_EV, analyse_exafs, draw_exafs, fourier_matrix, oscillations
from interlayer.records import Record

NICKEL = Path(__file__).parents[2].parent / "shared" / "data" / "measured" / "xas" / "larch" / "ni_metal_rt.xdi"
EDGE = 6550.0


def chi_of(k, shells):
    return sum(
        amplitude * np.exp(-2.0 * 0.005 * k**2) * np.sin(2.0 * k * r) / np.maximum(k, 1.0) for r, amplitude in shells
    )


def spectrum(rng, shells=((1.5, 2.0), (2.5, 3.0)), *, noise=1e-4, end=7100.0):
    """An edge with oscillations without phase shift, on a slope and a slowly curved atomic background."""
    energy = np.concatenate(
        [np.arange(6350.0, 6530.0, 5.0), np.arange(6530.0, 6600.0, 0.5), np.arange(6600.0, end, 1.5)]
    )
    k = np.sqrt(np.maximum(energy - EDGE, 0.0) * K_SQUARED_PER_EV)
    step = 0.5 + np.arctan((energy - EDGE) / 1.0) / np.pi
    free = step * (1.0 + 0.05 * np.cos(k / 4.0)) + step * chi_of(k, shells) * (energy > EDGE)
    values = 1.0 - 3e-4 * (energy - EDGE) + 0.7 * free + rng.normal(0.0, noise, len(energy))
    return Record({"photon_energy_electronvolt": energy, "absorption": values})


def test_shells_without_phase_shift_stand_at_their_distances():
    found = analyse_exafs(spectrum(np.random.default_rng(0)), edge_eV=EDGE)
    for number, r in ((1, 1.5e-10), (2, 2.5e-10)):
        assert found[f"peak{number}_R"].value == pytest.approx(r, abs=0.03e-10)
    assert "not corrected for the phase shift" in found.warnings[0]


def test_the_scatter_of_a_position_is_the_stated_error():
    rng = np.random.default_rng(1)
    found = [analyse_exafs(spectrum(rng, noise=2e-3), edge_eV=EDGE)["peak2_R"] for _ in range(40)]
    scatter = np.std([entry.value for entry in found])
    assert np.mean([entry.uncertainty for entry in found]) == pytest.approx(scatter, rel=0.35)


def test_chi_of_the_spectrum_is_the_chi_that_went_in():
    edge = find_edge(*spectrum_of(spectrum(np.random.default_rng(2), noise=1e-7)))
    found = oscillations(edge, EDGE, (3.0, 11.0), 2, 1.0)
    inside = (found.k > 4.0) & (found.k < 10.5)
    truth = chi_of(found.k, ((1.5, 2.0), (2.5, 3.0)))
    misfit = np.std((found.chi - truth)[inside] * found.k[inside] ** 2) / np.std(truth[inside] * found.k[inside] ** 2)
    assert misfit < 0.12


def test_the_transform_of_a_sine_peaks_at_its_distance_and_nothing_peaks_in_noise():
    k = np.arange(3.0, 12.0, 0.05)
    r = np.arange(0.0, 6.0, 0.01)
    size = np.abs(fourier_matrix(k, r, np.hanning(len(k))) @ np.sin(2.0 * k * 2.2))
    assert r[np.argmax(size)] == pytest.approx(2.2, abs=0.02)
    found = analyse_exafs(spectrum(np.random.default_rng(3), shells=(), noise=2e-3), edge_eV=EDGE)
    assert not [entry for entry in found.findings if entry.name.startswith("peak")]


def test_the_wave_number_follows_from_the_constants():
    mass, action = 9.1093837015e-31, 1.054571817e-34
    assert pytest.approx(2.0 * mass * ELEMENTARY_CHARGE / action**2 * 1e-20, rel=1e-6) == K_SQUARED_PER_EV


def test_public_nickel_foil_has_its_first_shell_where_others_found_it():
    if not NICKEL.exists():
        pytest.skip("measured data of others are not part of the package")
    energy, absorption = np.loadtxt(NICKEL, usecols=(0, 1), unpack=True)
    found = analyse_exafs(Record({"photon_energy_electronvolt": energy, "absorption": absorption}), k_to_per_m=14e10)
    # 2.49 angstrom in the metal, less the phase shift of nickel, which is about 0.3
    assert found["peak1_R"].value == pytest.approx(2.19e-10, abs=0.05e-10)


def test_shells_need_files_and_larch(tmp_path):
    record = spectrum(np.random.default_rng(4))
    with pytest.raises(InputError, match=r"feff0001\.dat"):
        analyse_exafs(record, feff_files=["nowhere.dat"])
    if importlib.util.find_spec("larch") is None:
        path = tmp_path / "feff0001.dat"
        path.write_text("x", encoding="utf-8")
        with pytest.raises(InputError, match=r"interlayer\[larch\]"):
            analyse_exafs(record, feff_files=[str(path)])


def test_the_figure_has_k_above_and_r_below():
    above, below = draw_exafs(analyse_exafs(spectrum(np.random.default_rng(5))))["exafs"].axes
    assert above.get_xlabel().startswith("k")
    assert "not corrected" in below.get_xlabel()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"k_from_per_m": 11e10}, "the transform needs 3"),
        ({"k_to_per_m": 3e11}, "the data end at"),
        ({"k_weight": 7}, "allowed: 0, 1, 2, 3"),
        ({"background_to_m": 1.0}, "between 3e-11 and 2e-10"),
        ({"edge_eV": 10.0}, "the spectrum covers"),
    ],
)
def test_what_makes_no_sense_is_said_in_one_line(options, message):
    with pytest.raises(InputError, match=message):
        analyse_exafs(spectrum(np.random.default_rng(6)), **options)
