"""Quantities of a file: a value with unit, standing and source, or one line that says what is wrong."""

from typing import Any

import pytest
from pydantic import ValidationError

from interlayer.quantity import Fraction, Length, Quantity, StrictModel, Temperature, Voltage


class Sheet(StrictModel):
    thickness: Length
    porosity: Fraction | None = None
    cut_off: Voltage | None = None
    temperature: Temperature | None = None


def problem(**data: Any) -> str:
    with pytest.raises(ValidationError) as caught:
        Sheet(**data)
    return str(caught.value.errors(include_url=False)[0]["msg"])


def test_a_string_a_table_and_a_key_with_a_unit_say_the_same():
    written = Sheet(thickness="10 um"), Sheet(thickness={"value": "10 um"}), Sheet(thickness_um=10)
    assert [sheet.thickness.si for sheet in written] == pytest.approx([1e-5] * 3)


def test_a_quantity_keeps_what_was_written_and_gives_any_unit():
    thickness = Sheet(thickness="10 um").thickness
    assert (thickness.text, thickness.status) == ("10 um", "stated")
    assert thickness.to("nm") == pytest.approx(10_000)
    assert float(thickness) == thickness.si


def test_both_spellings_at_once_are_refused():
    assert "twice" in problem(thickness="10 um", thickness_um=10)


def test_an_unknown_key_is_refused():
    with pytest.raises(ValidationError) as caught:
        Sheet(thickness="10 um", thicknes="10 um")
    assert caught.value.errors()[0]["type"] == "extra_forbidden"


@pytest.mark.parametrize("text", ["-10 um", "0 um", "2 m"])
def test_a_length_outside_its_range_is_refused_with_the_range(text):
    assert "allowed: above 0 m and at most 1 m" in problem(thickness=text)


@pytest.mark.parametrize("value", [10, 10.0, True, None, [], {}, {"value": 10}, "10", "ten um"])
def test_a_length_needs_a_number_with_a_unit(value):
    assert "write e.g. '10 nm'" in problem(thickness=value) or "10 nm" in problem(thickness=value)


def test_a_fraction_may_be_zero_or_a_bare_number():
    assert Sheet(thickness="1 um", porosity=0).porosity.si == 0.0
    assert Sheet(thickness="1 um", porosity="30 %").porosity.si == pytest.approx(0.3)
    assert "at most 1" in problem(thickness="1 um", porosity="130 %")


def test_a_voltage_may_be_negative():
    assert Sheet(thickness="1 um", cut_off="-0.1 V").cut_off.si == pytest.approx(-0.1)


@pytest.mark.parametrize("status", ["measured", "derived", "inferred", "fitted", "assumed"])
def test_what_the_source_does_not_state_needs_a_reason(status):
    assert "needs a 'source' or a 'note'" in problem(thickness={"value": "1 um", "status": status})
    for reason in ("source", "note"):
        assert Sheet(thickness={"value": "1 um", "status": status, reason: "x"}).thickness.status == status


def test_a_spread_is_in_the_same_unit_and_of_a_temperature_it_is_a_difference():
    sheet = Sheet(
        thickness={"value": "10 um", "uncertainty": "500 nm"}, temperature={"value": "25 degC", "uncertainty": "2 degC"}
    )
    assert sheet.thickness.uncertainty == pytest.approx(5e-7)
    assert sheet.temperature is not None
    assert sheet.temperature.uncertainty == pytest.approx(2.0)


def test_a_quantity_cannot_be_changed():
    thickness = Sheet(thickness="10 um").thickness
    with pytest.raises(ValidationError):
        thickness.si = 1.0


def test_a_quantity_is_taken_as_it_is():
    thickness = Sheet(thickness="10 um").thickness
    assert isinstance(thickness, Quantity)
    assert Sheet(thickness=thickness).thickness is thickness
