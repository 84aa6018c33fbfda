"""Units at the edges: what a user writes becomes SI, and nothing else does."""

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from interlayer import units
from interlayer.constants import ELEMENTARY_CHARGE
from interlayer.errors import InputError

EVERY_UNIT = [(kind, unit) for kind, accepted in units.UNITS.items() for unit in accepted]


@pytest.mark.parametrize(
    ("text", "kind", "si"),
    [
        ("10 nm", "length", 1e-8),
        ("3 µm", "length", 3e-6),  # the micro sign
        ("3 μm", "length", 3e-6),  # the Greek letter
        ("1 Å", "length", 1e-10),
        ("8.4 mg/cm2", "areal_mass", 0.084),
        ("8.4 mg/cm²", "areal_mass", 0.084),
        ("8.4 mg/cm^2", "areal_mass", 0.084),
        ("2.8 mS/cm", "conductivity", 0.28),
        ("38.7 uS/cm", "conductivity", 3.87e-3),
        ("100 ohm cm2", "area_specific_resistance", 0.01),
        ("100 Ω·cm²", "area_specific_resistance", 0.01),
        ("100 Ω cm2", "area_specific_resistance", 0.01),
        ("0.25 eV", "energy_per_particle", 0.25 * ELEMENTARY_CHARGE),
        ("3860 mAh/g", "specific_capacity", 3860 * 3600.0),
        ("30 %", "fraction", 0.3),
        ("0.3", "fraction", 0.3),
        ("1e-10cm2/s", "diffusivity", 1e-14),
        (" +.5 V ", "voltage", 0.5),
    ],
)
def test_units_of_the_field_are_read(text, kind, si):
    assert units.parse(text, kind) == pytest.approx(si)


def test_celsius_is_shifted_and_kelvin_is_not():
    assert units.parse("25 degC", "temperature") == pytest.approx(298.15)
    assert units.parse("25 °C", "temperature") == pytest.approx(298.15)
    assert units.parse("25 K", "temperature") == 25.0


@pytest.mark.parametrize(
    "text", ["", "nm", "10", "10 kg", "1,5 nm", "nan nm", "inf nm", "1e999 nm", "ten nm", "10 nm nm"]
)
def test_what_is_no_length_is_refused_with_an_example_or_the_allowed_units(text):
    with pytest.raises(InputError, match=r"10 nm|allowed|finite"):
        units.parse(text, "length")


def test_a_misspelt_unit_gets_the_closest_one():
    with pytest.raises(InputError, match="did you mean 'mS/cm'"):
        units.parse("1 ms/cm", "conductivity")


def test_case_matters_where_it_changes_the_size():
    assert units.parse("1 Mohm", "resistance") == pytest.approx(1e9 * units.parse("1 mohm", "resistance"))


@pytest.mark.parametrize(("kind", "unit"), EVERY_UNIT)
@given(number=st.floats(-1e12, 1e12, allow_nan=False))
def test_there_and_back_is_the_same_number(kind, unit, number):
    assume(kind != "temperature" or abs(number) > 1e-3)
    back = units.in_unit(units.to_si(number, unit, kind), unit, kind)
    assert back == pytest.approx(number, rel=1e-12, abs=1e-9)


@pytest.mark.parametrize(("kind", "unit"), EVERY_UNIT)
def test_each_kind_has_a_unit_of_factor_one_and_an_example_it_reads(kind, unit):
    assert 1.0 in units.UNITS[kind].values()
    assert math.isfinite(units.parse(units.example(kind), kind)) or kind == "number"


@given(st.text(max_size=40), st.sampled_from(sorted(units.UNITS)))
def test_any_text_is_read_or_refused_in_one_line(text, kind):
    problem, value = "", 0.0
    try:
        value = units.parse(text, kind)
    except InputError as error:
        problem = str(error)
    assert "\n" not in problem
    assert math.isfinite(value)
