"""The sample records of spectroscopy give back what went into them, and are what their script makes."""

import importlib
import importlib.util
from pathlib import Path

import pytest

from interlayer.errors import InputError
from interlayer.measure import Analysis
from interlayer.measure.choose import analyse
from interlayer.measure.xps_change import compare_xps
from interlayer.records import Record, read
from interlayer.references import reference

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


@pytest.mark.parametrize("name", sorted(OPTIONS))
def test_a_stored_analysis_is_whole_and_can_be_drawn(name):
    kind, options = OPTIONS[name]
    stored = Analysis.model_validate_json(analyse(read(FOLDER / f"{name}.csv"), kind, **options).model_dump_json())
    for figure in getattr(importlib.import_module(f"interlayer.measure.{kind}"), f"draw_{kind}")(stored).values():
        assert figure.axes
    assert all(finding.unit == finding.unit.strip() for finding in stored.findings)
    for key in {key for finding in stored.findings for key in finding.references} | set(stored.references):
        assert reference(key).doi


def test_a_second_file_adds_the_changes():
    after = analyse(
        read(FOLDER / "xps_s2p_coated.csv"),
        "xps",
        region="S 2p",
        background_systematic=False,
        before_file=str(FOLDER / "xps_s2p_bare.csv"),
    )
    assert after["SOx_fraction_change"].value == pytest.approx(
        -11.66, abs=4.0 * after["SOx_fraction_change"].uncertainty
    )
    pattern = read(FOLDER / "xrd_partly_amorphous.csv")
    same = analyse(pattern, "xrd", hump=False, before_file=str(FOLDER / "xrd_partly_amorphous.csv"))
    assert all(finding.value == 0.0 for finding in same.findings if finding.name.startswith("shift"))


def test_sizes_that_no_instrument_gives_are_refused():
    for name, (kind, options) in OPTIONS.items():
        record = read(FOLDER / f"{name}.csv")
        columns = {key: values * (1e300 if k else 1.0) for k, (key, values) in enumerate(record.columns.items())}
        with pytest.raises(InputError, match="no instrument gives that"):
            analyse(Record(columns), kind, **options)
