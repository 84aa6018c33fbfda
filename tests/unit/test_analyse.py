"""The choice of an analysis, and findings in the field's way of writing."""

import json

import numpy as np
import pytest

from interlayer.errors import InputError
from interlayer.measure.choose import kind_of
from interlayer.measure.finding import Analysis, Finding
from interlayer.measure.report import spoken, write_analysis
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


def test_an_analysis_is_written_with_its_methods(tmp_path):
    found = Finding(name="R", value=1.0, unit="ohm", uncertainty_reason="one point", method="fit")
    result = Analysis(kind="eis", source="cell", findings=[found], methods="Fitted.")
    paths = write_analysis(result, tmp_path, "a")
    assert [path.name for path in paths] == ["a.json", "a.csv", "a.methods.txt"]
    assert json.loads(paths[0].read_text(encoding="utf-8"))["findings"][0]["uncertainty_reason"] == "one point"
