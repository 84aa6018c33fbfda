"""The impedance analysis: a circuit chosen by the data, findings with units, and what the data do not carry."""

import numpy as np
import pytest

from interlayer.errors import InputError
from interlayer.measure.circuit_fit import circuit_impedance
from interlayer.measure.eis import analyse_eis, draw_eis
from interlayer.measure.finding import Analysis
from interlayer.records import Record

FREQUENCY = np.geomspace(1e6, 1e-1, 60)
CIRCUIT = "R0-p(R1,CPE1)-p(R2,CPE2)"
TRUTH = [10.0, 100.0, 1e-7, 0.9, 50.0, 1e-4, 0.85]


def record(values=TRUTH, *, seed=1, circuit=CIRCUIT, **more):
    rng = np.random.default_rng(seed)
    clean = circuit_impedance(circuit, values, FREQUENCY)
    noisy = clean + 0.003 * np.abs(clean) * (rng.normal(size=60) + 1j * rng.normal(size=60))
    columns = {
        "frequency_hertz": FREQUENCY,
        "real_impedance_ohm": noisy.real,
        "imaginary_impedance_ohm": noisy.imag,
    }
    return Record(columns | more, {"cell": "two arcs"})


def test_the_data_choose_the_circuit():
    analysis = analyse_eis(record())
    assert analysis.details["spectra"][0]["circuit"] == CIRCUIT
    assert abs(analysis["R1"].value - 100.0) < 4.0 * analysis["R1"].uncertainty
    assert analysis["total_resistance"].value == pytest.approx(160.0, rel=0.01)
    assert analysis["total_resistance"].uncertainty < analysis["R2"].uncertainty + analysis["R1"].uncertainty
    assert not any("lacks" in line for line in analysis.warnings)


def test_geometry_gives_area_specific_resistance_and_conductivity():
    analysis = analyse_eis(record(), area_m2=0.785e-4, thickness_m=500e-6)
    assert analysis["asr_R1"].value == pytest.approx(analysis["R1"].value * 0.785)
    assert analysis["conductivity_R1"].value == pytest.approx(0.05 / (analysis["R1"].value * 0.785))
    assert analysis["conductivity_R1"].uncertainty == pytest.approx(
        analysis["conductivity_R1"].value * analysis["R1"].uncertainty / analysis["R1"].value
    )


def test_too_small_a_circuit_is_said_to_be_one():
    analysis = analyse_eis(record(), circuit="R0-p(R1,CPE1)")
    assert any("lacks something" in line for line in analysis.warnings)


def test_an_element_too_many_is_said_to_be_one():
    analysis = analyse_eis(record(), circuit=CIRCUIT + "-p(R3,CPE3)")
    assert any("bound" in line or "hardly told apart" in line or "not known" in line for line in analysis.warnings)


def test_what_is_fixed_stays_and_bounds_hold():
    found = analyse_eis(record(), circuit=CIRCUIT, fixed=["CPE1_alpha=0.9"], bounds=["R1=50:90"])
    assert found["CPE1_alpha"].value == pytest.approx(0.9)
    assert found["CPE1_alpha"].uncertainty_reason == "fixed by the user"
    assert 50.0 * (1 - 1e-9) <= found["R1"].value <= 90.0 * (1 + 1e-9)


@pytest.mark.parametrize(
    ("options", "part"),
    [
        ({"fixed": ["R1=1"]}, "need a circuit"),
        ({"circuit": CIRCUIT, "fixed": ["R1"]}, "NAME=VALUE"),
        ({"circuit": CIRCUIT, "bounds": ["R1=5"]}, "NAME=LOW:HIGH"),
        ({"circuit": CIRCUIT, "fixed": ["R9=5"]}, "no parameter"),
    ],
)
def test_what_holds_nothing_is_said_in_a_line(options, part):
    with pytest.raises(InputError, match=part):
        analyse_eis(record(), **options)


def test_several_spectra_are_a_series():
    first, second = record(), record([10.0, 200.0, 1e-7, 0.9, 50.0, 1e-4, 0.85], seed=2)
    columns = {name: np.concatenate([first.columns[name], second.columns[name]]) for name in first.columns}
    both = Record(columns | {"cycle_count": np.repeat([1, 7], 60)}, {})
    analysis = analyse_eis(both)
    assert analysis["R1[1]"].value == pytest.approx(100.0, rel=0.05)
    assert analysis["R1[7]"].value == pytest.approx(200.0, rel=0.05)
    with pytest.raises(InputError, match="twice"):
        analyse_eis(Record(columns, {}))


def test_few_points_and_bad_geometry():
    full = record()
    with pytest.raises(InputError, match="too few"):
        analyse_eis(Record({name: values[:2] for name, values in full.columns.items()}, {}))
    with pytest.raises(InputError, match="area_m2"):
        analyse_eis(full, area_m2=-1.0)


def test_figures_follow_the_habits_of_the_field():
    stored = Analysis.model_validate_json(analyse_eis(record()).model_dump_json())
    figures = draw_eis(stored)
    assert set(figures) == {"nyquist", "bode", "drt"}
    nyquist = figures["nyquist"].axes[0]
    assert nyquist.get_aspect() == 1.0
    drawn = np.asarray(nyquist.lines[0].get_ydata())
    assert np.median(drawn) > 0.0  # -Im is up
    drt = figures["drt"].axes[0]
    assert (drt.get_xscale(), drt.get_yscale()) == ("log", "log")
