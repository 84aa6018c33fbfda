"""XANES: the edge of a known spectrum comes back by both definitions, and mixtures come back as their shares."""

import gzip
import re
from pathlib import Path

import numpy as np
import pytest

from interlayer.errors import InputError
from interlayer.measure.absorption_edge import find_edge, spectrum_of
from interlayer.measure.xanes import analyse_xanes, compare_with_references, draw_xanes
from interlayer.records import Record

MANGANESE = Path(__file__).parents[2].parent / "shared" / "data" / "measured" / "xas" / "larch" / "Mn.prj"


def shape(energy, at, *, white=0.6, width=2.0):
    """A normalised edge: a smooth step with its steepest point at `at`, and a white line above it."""
    step = 0.5 + np.arctan((energy - at) / width) / np.pi
    return step + white * np.exp(-0.5 * ((energy - at - 12.0) / 3.0) ** 2)


def spectrum(rng, curve=None, *, at=6550.0, noise=1e-3, step=0.8):
    energy = np.concatenate(
        [np.arange(6350.0, 6530.0, 5.0), np.arange(6530.0, 6600.0, 0.4), np.arange(6600, 7000, 3.0)]
    )
    values = shape(energy, at) if curve is None else curve(energy)
    line = 1.2 - 4e-4 * (energy - 6500.0)
    return Record(
        {"photon_energy_electronvolt": energy, "absorption": line + step * values + rng.normal(0, noise, len(energy))}
    )


def mixture(energy):
    return 0.3 * shape(energy, 6547.0, white=0.3) + 0.7 * shape(energy, 6552.0, white=0.8)


def test_edge_and_white_line_come_back_within_their_errors_as_often_as_stated():
    rng = np.random.default_rng(0)
    exact = analyse_xanes(spectrum(rng, noise=1e-7), smoothing_eV=1.5)
    names = ("edge_derivative", "edge_half_height", "edge_step", "white_line_position", "white_line_height")
    misses = []
    for _ in range(40):
        found = analyse_xanes(spectrum(rng), smoothing_eV=1.5)
        misses += [(found[name].value - exact[name].value) / found[name].uncertainty for name in names]
    assert 0.60 < np.mean(np.abs(misses) < 1.0) < 0.76
    assert exact["edge_derivative"].value == pytest.approx(6550.0, abs=0.05)


def test_a_shift_is_the_same_by_both_definitions_where_the_shape_is():
    rng = np.random.default_rng(1)
    found = compare_with_references(spectrum(rng, at=6548.3), [spectrum(rng, at=6550.0)], names=["Mn4"])
    for name in ("shift_derivative_from_Mn4", "shift_half_height_from_Mn4"):
        assert found[name].value == pytest.approx(-1.7, abs=max(4.0 * found[name].uncertainty, 0.05))


def test_the_shares_of_a_mixture_come_back_within_their_errors_as_often_as_stated():
    rng = np.random.default_rng(2)
    misses = []
    for _ in range(40):
        low = spectrum(rng, lambda e: shape(e, 6547.0, white=0.3))
        high = spectrum(rng, lambda e: shape(e, 6552.0, white=0.8))
        found = compare_with_references(spectrum(rng, mixture, noise=5e-3), [low, high], names=["low", "high"])
        misses.append((found["share_low"].value - 30.0) / found["share_low"].uncertainty)
        assert found["share_low"].value + found["share_high"].value == pytest.approx(100.0, abs=1e-3)
    assert 0.5 < np.mean(np.abs(misses) < 1.0) < 0.85
    assert abs(np.mean(misses)) < 0.6


def test_a_missing_reference_is_said():
    rng = np.random.default_rng(3)
    others = [spectrum(rng, at=at) for at in (6540.0, 6544.0)]
    found = compare_with_references(spectrum(rng, at=6552.0), others, names=["a", "b"])
    assert any("reference is missing" in line for line in found.warnings)


def test_the_half_height_depends_on_the_normalisation_and_the_derivative_does_not():
    record = spectrum(np.random.default_rng(4), lambda e: shape(e, 6550.0) * (1.0 + 2e-4 * (e - 6550.0)))
    near, far = (analyse_xanes(record, post_from_eV=a, post_to_eV=b, post_degree=1) for a, b in ((30, 80), (200, 440)))
    assert near["edge_derivative"].value == far["edge_derivative"].value
    assert near["edge_half_height"].value != far["edge_half_height"].value


def test_public_manganese_spectra_have_the_edges_that_others_found():
    if not MANGANESE.exists():
        pytest.skip("measured data of others are not part of the package")
    found, name, energy = {}, "", []
    with gzip.open(MANGANESE, "rt", encoding="utf-8", errors="replace") as file:
        for line in file:
            values = re.findall(r"'([^']*)'", line)
            if line.startswith("@args"):
                name = values[values.index("label") + 1]
            elif line.startswith("@x"):
                energy = np.array(values, dtype=float)
            elif line.startswith("@y"):
                columns = {"photon_energy_electronvolt": energy, "absorption": np.array(values, dtype=float)}
                found[name] = Record(columns)
    for name, half in (("Mn foil", 6540.2), ("MnO", 6543.8), ("Li2MnO3", 6552.4)):
        edge = find_edge(*spectrum_of(found[name]))
        assert edge.half[0] == pytest.approx(half, abs=0.5)
    # the derivative of the dioxide is largest on the way to its white line, far above half height
    assert find_edge(*spectrum_of(found["Li2MnO3"])).derivative[0] > 6555.0


def test_the_figure_shows_the_references_and_both_edges():
    rng = np.random.default_rng(5)
    others = [spectrum(rng, at=at) for at in (6547.0, 6552.0)]
    axes = draw_xanes(compare_with_references(spectrum(rng), others, names=["a", "b"]))["xanes"].axes[0]
    assert {"a", "b", "sample", "combination"} <= {text.get_text() for text in axes.get_legend().get_texts()}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"pre_to_eV": 10.0}, "not below and above"),
        ({"post_from_eV": 440.0, "post_to_eV": 442.0}, "points"),
        ({"reference_files": ["nowhere.csv"]}, "nowhere.csv"),
    ],
)
def test_what_makes_no_sense_is_said_in_one_line(options, message):
    with pytest.raises(InputError, match=message):
        analyse_xanes(spectrum(np.random.default_rng(6)), **options)


def test_noise_has_no_edge():
    rng = np.random.default_rng(7)
    energy = np.arange(6400.0, 6700.0)
    record = Record({"photon_energy_electronvolt": energy, "absorption": rng.normal(0.0, 1.0, len(energy))})
    with pytest.raises(InputError, match="no edge"):
        analyse_xanes(record)
