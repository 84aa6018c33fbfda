"""Protocols: what a sentence means, what a ladder expands to, and what a misread one says."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interlayer.errors import InputError
from interlayer.protocol import ConstantCurrent, Hold, Rest, read_protocol
from interlayer.protocol.sentences import read_duration, read_limit, read_rate, read_sentence

LADDER = {
    "kind": "rate_ladder",
    "charge": "0.1C",
    "rates": ["0.1C", "0.2C", "0.5C", "1C"],
    "upper": "4.4 V vs Li",
    "lower": "2.5 V vs Li",
}


@pytest.mark.parametrize(
    ("text", "density"),
    [
        ("C/10", 1.3),
        ("0.1C", 1.3),
        ("C", 13.0),
        ("2 C", 26.0),
        ("0.13 mA/cm2", 1.3),
        ("130 µA/cm2", 1.3),
        ("1.3 A/m2", 1.3),
        ("1 mA", 10.0),
        ("1e-3 A", 10.0),
    ],
)
def test_a_current_is_a_density_of_the_cell_it_is_put_through(text, density):
    """For a cell with 1C = 13 A/m2 and 1 cm2."""
    assert read_rate(text).density(one_c=13.0, area=1e-4) == pytest.approx(density, rel=1e-12)


def test_against_lithium_is_a_property_of_the_limit_not_of_the_number():
    assert read_limit("4.4 V vs Li").against_lithium
    assert read_limit("4.4 V vs. Li+/Li").against_lithium
    assert read_limit("4.4 V vs Li/Li+").against_lithium
    assert not read_limit("4400 mV").against_lithium
    assert read_limit("4400 mV").volts == read_limit("4.4 V vs Li").volts


def test_times():
    assert [read_duration(t) for t in ("2 hours", "30 min", "10 s", "1 day")] == [7200.0, 1800.0, 10.0, 86400.0]


def test_sentences_say_the_same_as_tables():
    assert read_sentence("Discharge at C/10 until 2.5 V") == ConstantCurrent(
        kind="discharge", rate=read_rate("C/10"), until=read_limit("2.5 V")
    )
    either = read_sentence("Discharge at 0.13 mA/cm2 until 2.5 V or 2 hours")
    assert (either.until, either.duration) == (read_limit("2.5 V"), 7200.0)
    assert read_sentence("Discharge at 0.13 mA/cm2 for 2 hours or until 2.5 V") == either
    assert read_sentence("Rest for 1 hour") == Rest(duration=3600.0)
    assert read_sentence("Hold at 4.2 V until C/50") == Hold(voltage=read_limit("4.2 V"), until=read_rate("C/50"))


@settings(max_examples=200)
@given(
    st.sampled_from(["Charge", "Discharge"]),
    st.sampled_from(["C/7", "0.3C", "2 mA", "0.5 mA/cm2"]),
    st.one_of(st.none(), st.floats(-9, 9)),
    st.one_of(st.none(), st.floats(1, 1e6)),
)
def test_a_step_reads_back_from_its_own_sentence(verb, rate, volts, seconds):
    if volts is None and seconds is None:
        return
    ends = [f"until {volts:g} V"] if volts is not None else []
    ends += [f"for {seconds:g} s"] if seconds is not None else []
    step = read_sentence(f"{verb} at {rate} {' or '.join(ends)}")
    again = read_sentence(step.text)
    assert (again.kind, again.rate, again.until) == (step.kind, step.rate, step.until)
    if seconds is not None:
        assert again.duration == pytest.approx(step.duration, rel=1e-5)  # printed with six digits


def test_a_rate_ladder_charges_the_same_way_before_every_discharge():
    steps = read_protocol({"steps": [LADDER]}).sequence()
    assert [step.kind for step in steps] == ["charge", "discharge"] * 4
    assert [step.rate.value for step in steps if step.kind == "discharge"] == [0.1, 0.2, 0.5, 1.0]
    assert {step.rate.value for step in steps if step.kind == "charge"} == {0.1}
    assert all(step.until.against_lithium for step in steps)


def test_repeat_runs_the_whole_again_and_cycles_are_counted():
    protocol = read_protocol({"steps": ["Rest for 1 h", LADDER], "repeat": 2})
    assert protocol.cycle_numbers() == [1, 1, 1, 2, 2, 3, 3, 4, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8]


def test_a_cell_that_is_first_discharged_counts_from_discharge_to_discharge():
    protocol = read_protocol(
        "Discharge at 1C until 2 V; Charge at 1C until 4 V; Hold at 4 V until C/20; Discharge at 1C until 2 V"
    )
    assert protocol.cycle_numbers() == [1, 1, 1, 2]


def test_a_file_may_hold_a_protocol_or_a_cell_with_one(tmp_path):
    plain, cell = tmp_path / "plain.toml", tmp_path / "cell.toml"
    plain.write_text('steps = ["Rest for 1 h"]\nrepeat = 3\n', encoding="utf-8")
    cell.write_text('name = "x"\n[protocol]\nsteps = ["Rest for 1 h"]\nrepeat = 3\n', encoding="utf-8")
    assert read_protocol(plain) == read_protocol(str(cell))
    assert len(read_protocol(plain).sequence()) == 3


WRONG = [
    ("Dicharge at C/10 until 2.5 V", "did you mean 'discharge'"),
    ("Charge at C/10", "needs an end"),
    ("Charge C/10 until 4 V", "'at ...' was expected"),
    ("Charge at C/0 until 4 V", "out of range"),
    ("Charge at 0C until 4 V", "the current is 0"),
    ("Charge at -1C until 4 V", "out of range"),
    ("Charge at 0.1C until 4 W", "'4 W' is not a voltage"),
    ("Charge at 0.1C until 400 V", "out of range"),
    ("Charge at 0.1C until 4 V or 4.2 V", "second end"),
    ("Charge at 1 mWh until 4 V", "not a current"),
    ("Charge at 1C for 0 s", "out of range"),
    ("Hold at 4 V", "needs an end"),
    ("Hold at 4 V until 0 A", "needs an end"),
    ("Rest until 3 V", "ends after a time"),
    ("Rest at 3 V for 1 h", "not understood"),
    ("Rest for a while", "not a time"),
    ("Jump", "no verb"),
]


@pytest.mark.parametrize(("sentence", "problem"), WRONG)
def test_a_misread_sentence_gives_one_line_with_an_example(sentence, problem):
    with pytest.raises(InputError, match=problem) as caught:
        read_protocol(sentence)
    message = str(caught.value)
    assert "\n" not in message
    assert "a valid example: " in message
    assert sentence.split()[0] in message
    read_sentence(message.rsplit("a valid example: ", 1)[1].strip("'"))


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ("", "'steps' is empty"),
        ({}, "steps is missing"),
        ({"steps": ["Rest for 1 h"] * 20, "repeat": 5000}, "100000 steps"),
        ({"steps": ["Rest for 1 h"], "repeat": 0}, "repeat"),
        ({"steps": [{"kind": "chrge"}]}, "did you mean 'charge'"),
        ({"steps": [{"kind": "charge", "rate": "0.1C", "unti": "4 V"}]}, "did you mean 'until'"),
        ({"steps": [{"kind": "charge", "rate": "0.1C", "until": "high"}]}, "not a voltage"),
        ({"steps": [{**LADDER, "rates": []}]}, "rates"),
        ({"steps": [3]}, "steps"),
        ("missing.toml", "cannot read"),
    ],
)
def test_a_wrong_protocol_gives_one_line(given, problem):
    with pytest.raises(InputError, match=problem) as caught:
        read_protocol(given)
    assert "\n" not in str(caught.value)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=80))
def test_no_text_breaks_the_reader(text):
    assert "\n" not in problem_with(text)


def problem_with(sentence):
    try:
        read_protocol([sentence])
    except InputError as error:
        return str(error)
    return ""
