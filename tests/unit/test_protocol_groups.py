"""Titration, voltammetry, plating and spectra as protocols, and the shipped files on the shipped cells."""

from pathlib import Path

import numpy as np
import pytest

from interlayer.errors import InputError
from interlayer.protocol import Impedance, Sweep, read_protocol
from interlayer.simulation import simulate

FOLDER = Path(__file__).parents[2] / "examples"
PROTOCOLS = sorted((FOLDER / "protocols").glob("*.toml"))
PULSES = {
    "kind": "gitt",
    "direction": "charge",
    "rate": "0.5C",
    "pulse": "20 min",
    "rest": "1 hour",
    "pulses": 20,
    "until": "4.2 V vs Li",
}
CELLS = ["wang2020_lnto450", "tan2021_lipon", "wu2016_llzo", "wu2016_liion", "wang2021amr_ses2", "wu2016_li_o2"]


def test_a_titration_is_pulses_and_rests():
    protocol = read_protocol(FOLDER / "protocols" / "gitt.toml")
    steps = protocol.sequence()
    assert len(steps) == 600
    assert [step.kind for step in steps[:4]] == ["charge", "rest", "charge", "rest"]
    assert (steps[0].duration, steps[1].duration) == (300.0, 7200.0)
    assert steps[0].block != steps[300].block


def test_a_titration_ends_with_the_pulse_that_meets_its_voltage():
    result = simulate("wang2020_lnto450", protocol={"steps": [PULSES, "Discharge at 0.5C until 3 V vs Li"]})
    ends = [step.ended_by for step in result.steps[:40:2]]
    met = ends.index("voltage")
    assert 3 < met < 12
    assert all(step.note.startswith("left out") for step in result.steps[2 * met + 1 : 40])
    assert result.steps[2 * met - 1].note == ""
    assert result.steps[-1].capacity_mAh_per_g > 100.0
    assert max(result.charge_balance_relative, result.lithium_balance_relative) < 1e-10


def test_sentences_of_sweeps_and_spectra_read_back_as_themselves():
    for text in ("Sweep at 0.1 mV/s to 4.4 V vs Li", "EIS from 1 MHz to 10 mHz with 10 points per decade"):
        (step,) = read_protocol(text).sequence()
        assert step.text == text
        assert isinstance(step, Sweep | Impedance)
        assert read_protocol(step.text).sequence() == [step]


@pytest.mark.parametrize(
    ("given", "part"),
    [
        ("Sweep to 4 V", "'at' a scan rate 'to' a voltage"),
        ("Sweep at 0 mV/s to 4 V", "not a scan rate"),
        ("Sweep at 1 mV to 4 V", "not a scan rate"),
        ("EIS from 1 Hz to 1 kHz", "below"),
        ("EIS from 1 to 2", "not a frequency"),
        ("EIS of the cell", "'from' a frequency"),
        ("EIS from 2 GHz to 1 Hz", "not a frequency"),
        ({"steps": [{**PULSES, "pulses": 0}]}, "pulses"),
        ({"steps": [{"kind": "cv", "scan_rate": "1 mV/s", "upper": "4 V"}]}, "lower"),
        ({"steps": [{"kind": "plating", "rates": [], "duration": "1 h"}]}, "rates"),
        ({"repeat": 100, "steps": [{"kind": "plating", "rates": ["1C"], "duration": "1 h", "cycles": 200}]}, "at most"),
        ({"steps": [{"kind": "git"}]}, "kind"),
    ],
)  # fmt: skip
def test_what_is_no_protocol_is_one_line(given, part):
    with pytest.raises(InputError, match=part) as caught:
        read_protocol(given)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("path", PROTOCOLS, ids=lambda path: path.stem)
@pytest.mark.parametrize("cell", CELLS)
def test_each_shipped_protocol_runs_on_cells_of_each_kind(path, cell):
    result = simulate(cell, protocol=path)
    assert max(result.charge_balance_relative, result.lithium_balance_relative) < 1e-10
    assert max(step.capacity_mAh_per_g for step in result.steps) > 0.0
    assert all(np.isfinite(step.end_voltage_V) for step in result.steps)
    assert len(result.spectra) == (2 if path.stem == "eis" else 0)


def test_every_kind_of_experiment_has_a_file():
    assert {path.stem for path in PROTOCOLS} == {"cc", "rate", "gitt", "eis", "cv", "cycling", "plating"}


def test_the_peaks_of_a_voltammogram_stand_where_the_curve_is_flat():
    result = simulate(
        "wang2020_lnto450",
        protocol="Charge at 0.1C until 3.2 V vs Li or 1 min; Rest for 1 hour; Sweep at 0.05 mV/s to 4.3 V vs Li",
    )
    sweep = result.data.step(3)
    peak = sweep.voltage[np.argmax(sweep.current)] + 0.62
    assert 3.6 < peak < 4.0


def test_the_limits_of_a_cell_are_those_of_its_own_protocol():
    steps = simulate(
        "wu2016_liion", protocol="Charge at C/5 until the upper limit; Discharge at C/5 until lower limit"
    ).steps
    assert [step.step for step in steps] == ["Charge at C/5 until 4.2 V", "Discharge at C/5 until 2.8 V"]
    against = simulate("wang2020_lnto450", protocol="Charge at C/5 until the upper limit").steps[0]
    assert against.step == "Charge at C/5 until 4.4 V vs Li"
    with pytest.raises(InputError, match="its file has no protocol with a voltage"):
        simulate("wang2021amr_li_symmetric", protocol="Charge at 1C until the upper limit")
    with pytest.raises(InputError, match="'the upper limit'"):
        read_protocol("Charge at 1C until the top")
