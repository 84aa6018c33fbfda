"""The choice of an analysis, and findings in the field's way of writing."""

import json

import numpy as np
import pytest

from interlayer.errors import InputError
from interlayer.measure.choose import ANALYSES, analyse, function_of, kind_of
from interlayer.measure.eis import analyse_eis
from interlayer.measure.finding import Finding
from interlayer.measure.options import read_options
from interlayer.measure.report import series_frame, spoken, write_analysis
from interlayer.records import Record

TIME = Record({name: np.arange(3.0) for name in ("test_time_second", "voltage_volt", "current_ampere")})
SPECTRUM = Record(
    {name: np.arange(1.0, 3.0) for name in ("frequency_hertz", "real_impedance_ohm", "imaginary_impedance_ohm")}
)


def test_a_spectrum_needs_no_word_and_a_time_series_does():
    assert kind_of(SPECTRUM) == "eis"
    assert kind_of(TIME, "gitt") == "gitt"
    with pytest.raises(InputError, match="--as gitt"):
        kind_of(TIME)
    with pytest.raises(InputError, match="needs a spectrum"):
        kind_of(TIME, "eis")
    with pytest.raises(InputError, match="no analysis"):
        kind_of(TIME, "eiss")


@pytest.mark.parametrize(
    ("value", "sigma", "text"),
    [
        (12.345, 0.056, "12.345(56) ohm"),
        (1498.0, 8.0, "1498.0(80) ohm"),
        (1.234e-9, 5.6e-11, "1.234(56)e-9 ohm"),
        (123456.0, 789.0, "1.2346(79)e5 ohm"),
        (1.0, 0.0996, "1.00(10) ohm"),
    ],
)
def test_the_digits_in_brackets_are_the_last_of_the_value(value, sigma, text):
    assert spoken(Finding(name="R", value=value, unit="ohm", uncertainty=sigma, method="fit")) == text


def spectrum():
    frequency = np.geomspace(1e5, 1.0, 40)
    impedance = 10.0 + 100.0 / (1.0 + 2j * np.pi * frequency * 1e-3)
    return Record(
        {
            "frequency_hertz": frequency,
            "real_impedance_ohm": impedance.real,
            "imaginary_impedance_ohm": impedance.imag,
        },
        {"cell": "one arc"},
    )


def test_an_analysis_is_written_with_its_methods_and_figures(tmp_path):
    paths = write_analysis(analyse(spectrum(), circuit="R0-p(R1,C1)"), tmp_path, "a")
    names = [path.name for path in paths]
    assert names == ["a.json", "a.csv", "a.methods.txt", "a.nyquist.png", "a.bode.png", "a.drt.png"]
    stored = json.loads(paths[0].read_text(encoding="utf-8"))
    assert stored["kind"] == "eis"
    assert set(stored["findings"][0]) >= {"name", "value", "unit", "uncertainty", "uncertainty_reason", "method"}
    assert "doi.org" in paths[2].read_text(encoding="utf-8")


def test_every_analysis_has_its_function_and_is_drawn_from_what_is_stored():
    for kind in ANALYSES:
        try:
            function = function_of(kind)
        except InputError:
            continue  # not every version has every analysis
        assert callable(function)
        assert callable(function_of(kind, "draw")), kind


def test_options_are_read_with_their_units():
    given = read_options(analyse_eis, ["area=0.785 cm2", "circuit=R0-p(R1,CPE1)", "thickness_m=1e-4"])
    assert given == {"area_m2": pytest.approx(0.785e-4), "circuit": "R0-p(R1,CPE1)", "thickness_m": 1e-4}


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("area", "NAME=VALUE"),
        ("aera=1 cm2", "did you mean 'area'"),
        ("area=1", "no unit"),
        ("area=1 cm", "not a unit"),
        ("area_m2=x", "number"),
        ("weighting=some", "'modulus'"),
    ],
)
def test_options_that_are_none_are_said_in_a_line(text, part):
    with pytest.raises(InputError) as raised:
        read_options(analyse_eis, [text])
    assert part in str(raised.value)
    assert "\n" not in str(raised.value)


def test_several_files_are_one_table(tmp_path):
    results = {name: analyse(spectrum(), circuit="R0-p(R1,C1)") for name in ("cold", "warm")}
    table = series_frame(results)
    assert list(table["file"]) == ["cold", "warm"]
    assert table["R1 / ohm"].iloc[0] == pytest.approx(100.0)
    assert "sigma of R1 / ohm" in table.columns
