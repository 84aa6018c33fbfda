"""The sample records of spectroscopy give back what went into them, and are what their script makes."""

import importlib.util
from pathlib import Path

import pytest

from interlayer.measure.choose import analyse
from interlayer.measure.xps_change import compare_xps
from interlayer.records import read

FOLDER = Path(__file__).parents[2] / "examples" / "records"
OPTIONS = {
    "xps_s2p_bare": ("xps", {"region": "S 2p"}),
    "xps_s2p_coated": ("xps", {"region": "S 2p"}),
    "xas_shells": ("exafs", {"edge_eV": 6550.0}),
    "xrd_partly_amorphous": ("xrd", {}),
    "thermal_crystallisation": ("thermal", {"exothermic": "up"}),
    "profile_coated_interface": ("profile", {}),
}


@pytest.fixture(scope="module")
def script():
    spec = importlib.util.spec_from_file_location("make_spectra", FOLDER / "make_spectra.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", sorted(OPTIONS))
def test_a_sample_gives_back_its_truth(script, name):
    kind, options = OPTIONS[name]
    found = analyse(read(FOLDER / f"{name}.csv"), kind, **options)
    for finding, truth in script.TRUTH[name].items():
        entry = found[finding]
        if entry.uncertainty is None:  # the edge is given here
            assert entry.value == truth
            continue
        # R of an overlapping pair is off by more than the noise: the shells' wings add
        allowed = 0.03e-10 if finding.endswith("_R") else 0.0
        assert abs(entry.value - truth) < 4.0 * entry.uncertainty + allowed, finding


def test_the_oxides_of_the_two_samples_differ_and_the_polysulfides_do_not(script):
    before, after = (analyse(read(FOLDER / f"xps_s2p_{x}.csv"), "xps", region="S 2p") for x in ("bare", "coated"))
    changes = compare_xps(before, after, names=["SOx", "Sn"])
    assert "significant at 3 sigma" in changes["SOx_fraction_change"].note
    assert "not significant" in changes["Sn_fraction_change"].note


def test_the_samples_are_what_the_script_writes_and_small(script):
    for name, columns in script.records().items():
        path = FOLDER / f"{name}.csv"
        text = path.read_text(encoding="utf-8")
        assert len(text) < 150_000
        assert text == script.text_of(columns)
