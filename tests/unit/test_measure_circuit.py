"""Circuits: the language, elements against limits found elsewhere, exact derivatives, fits that find the truth."""

import numpy as np
import pytest

from interlayer.errors import InputError
from interlayer.measure.arcs import arcs, origin
from interlayer.measure.circuit import parse_circuit
from interlayer.measure.circuit_elements import ELEMENTS
from interlayer.measure.circuit_fit import circuit_impedance, compare_circuits, fit_circuit
from interlayer.measure.circuit_kernel import derivatives
from interlayer.measure.kramers_kronig import kramers_kronig
from interlayer.measure.relaxation_times import relaxation_times

FREQUENCY = np.geomspace(1e6, 1e-1, 60)
OMEGA = 2.0 * np.pi * FREQUENCY
TWO_ARCS = "R0-p(R1,CPE1)-p(R2,CPE2)"
TRUTH = np.array([10.0, 100.0, 1e-7, 0.9, 50.0, 1e-4, 0.85])


def noisy(circuit, values, seed=0, relative=0.005):
    rng = np.random.default_rng(seed)
    clean = circuit_impedance(circuit, values, FREQUENCY)
    return clean + relative * np.abs(clean) * (rng.normal(size=60) + 1j * rng.normal(size=60))


def test_the_language():
    circuit = parse_circuit(" R0 - p(R1, CPE1) - p(R2-W2, C2)")
    assert str(circuit) == "R0-p(R1,CPE1)-p(R2-W2,C2)"
    assert circuit.names == ("R0", "R1", "CPE1_Q", "CPE1_alpha", "R2", "W2_A", "C2")
    assert circuit.units == ("ohm", "ohm", "S s^alpha", "", "ohm", "ohm s^-1/2", "F")
    assert parse_circuit(str(circuit)).names == circuit.names
    assert [node.signature for node, *_ in circuit.groups] == ["R", "p(R,CPE)", "p(s(R,W),C)"]


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("", "empty"),
        ("R0-", "it ends"),
        ("R0--R1", "'-' stands"),
        ("p(R1)", "one branch"),
        ("p(R1,C1", "not closed"),
        ("R0)", "closes nothing"),
        ("R0-R0", "twice"),
        ("R0-CPX1", "did you mean"),
        ("R0+R1", "'+'"),
        ("p(" * 20 + "R1", "deep"),
        ("-".join(f"CPE{k}" for k in range(20)), "at most"),
    ],
)
def test_what_is_no_circuit_is_said_in_a_line(text, part):
    with pytest.raises(InputError) as raised:
        parse_circuit(text)
    assert part in str(raised.value)
    assert "\n" not in str(raised.value)


def test_elements_by_their_definitions():
    s = 1j * OMEGA

    def z(text, *values):
        return circuit_impedance(text, values, FREQUENCY)

    np.testing.assert_allclose(z("R1", 7.0), 7.0)
    np.testing.assert_allclose(z("C1", 2e-6), 1.0 / (s * 2e-6))
    np.testing.assert_allclose(z("L1", 2e-6), s * 2e-6)
    np.testing.assert_allclose(z("La1", 2e-6, 0.8), 2e-6 * s**0.8)
    np.testing.assert_allclose(z("CPE1", 2e-6, 0.8), 1.0 / (2e-6 * s**0.8))
    np.testing.assert_allclose(z("W1", 3.0), 3.0 * (1 - 1j) / np.sqrt(OMEGA))
    np.testing.assert_allclose(z("Wo1", 3.0, 0.2), 3.0 / np.tanh(np.sqrt(s * 0.2)) / np.sqrt(s * 0.2))
    np.testing.assert_allclose(z("Ws1", 3.0, 0.2), 3.0 * np.tanh(np.sqrt(s * 0.2)) / np.sqrt(s * 0.2))
    np.testing.assert_allclose(z("G1", 3.0, 0.2), 3.0 / np.sqrt(1.0 + s * 0.2))


def ladder(rail, per_length, pieces=4000):
    """Return the impedance of a transmission line cut into pieces; its electronic rail has no resistance."""
    step, total = rail / pieces, None
    for _ in range(pieces):
        shunt = per_length * pieces
        total = shunt if total is None else 1.0 / (1.0 / shunt + 1.0 / (step + total))
    return step / 2.0 + total


def test_transmission_lines_are_fine_ladders():
    some = FREQUENCY[::10]
    s = 2j * np.pi * some
    surface = 1.0 / (1e-3 * s**0.9)
    np.testing.assert_allclose(circuit_impedance("TLM1", [50.0, 1e-3, 0.9], some), ladder(50.0, surface), rtol=2e-3)
    with_transfer = 1.0 / (1.0 / surface + 1.0 / 20.0)
    np.testing.assert_allclose(
        circuit_impedance("TLMR1", [50.0, 20.0, 1e-3, 0.9], some), ladder(50.0, with_transfer), rtol=2e-3
    )


def test_diffusion_elements_go_over_into_each_other():
    # before a time constant passes, neither a wall nor a reservoir is felt
    fast = np.geomspace(1e3, 1e5, 9)
    warburg = circuit_impedance("W1", [3.0 / np.sqrt(2.0 * 10.0)], fast)
    np.testing.assert_allclose(circuit_impedance("Wo1", [3.0, 10.0], fast), warburg, rtol=1e-9)
    np.testing.assert_allclose(circuit_impedance("Ws1", [3.0, 10.0], fast), warburg, rtol=1e-9)


@pytest.mark.parametrize("text", ["R0-p(R1,CPE1)-W1", "p(CPE0,R0-p(C1,R1-Ws1))-G1", "L0-TLM1", "La0-TLMR1-Wo1"])
def test_derivatives_are_exact(text):
    circuit = parse_circuit(text)
    program, count = circuit.program, len(circuit.names)
    x = np.random.default_rng(3).normal(0.0, 0.5, count)
    some = np.geomspace(0.01, 10.0, 13)
    value, slopes = np.empty(13, dtype=complex), np.empty((count, 13), dtype=complex)
    derivatives(program.nodes, program.is_unit, x, some, value, slopes)
    for k in range(count):
        ends, unused = [], np.empty((count, 13), dtype=complex)
        for step in (1e-6, -1e-6):
            moved, out = x.copy(), np.empty(13, dtype=complex)
            moved[k] += step
            derivatives(program.nodes, program.is_unit, moved, some, out, unused)
            ends.append(out)
        np.testing.assert_allclose(slopes[k], (ends[0] - ends[1]) / 2e-6, atol=1e-7 * np.abs(value).max())


def test_a_noiseless_spectrum_gives_the_parameters_back():
    fit = fit_circuit(FREQUENCY, circuit_impedance(TWO_ARCS, TRUTH, FREQUENCY), TWO_ARCS)
    np.testing.assert_allclose(fit.values, TRUTH, rtol=1e-4)
    assert fit.relative_rms < 1e-6


def test_the_order_of_the_data_and_the_scale_do_not_matter():
    measured = noisy(TWO_ARCS, TRUTH)
    fit = fit_circuit(FREQUENCY, measured, TWO_ARCS)
    back = fit_circuit(FREQUENCY[::-1], measured[::-1], TWO_ARCS)
    np.testing.assert_allclose(back.values, fit.values, rtol=1e-9)
    larger = fit_circuit(FREQUENCY, measured * 1e6, TWO_ARCS)
    np.testing.assert_allclose(larger["R1"] / fit["R1"], 1e6, rtol=1e-5)
    assert larger.sigma("R1") == pytest.approx(1e6 * fit.sigma("R1"), rel=1e-3)


def test_arcs_come_in_the_order_of_their_time_constants():
    turned = [*TRUTH[:1], *TRUTH[4:], *TRUTH[1:4]]
    fit = fit_circuit(FREQUENCY, noisy(TWO_ARCS, turned), TWO_ARCS)
    found = arcs(fit)
    assert [arc.resistor for arc in found] == ["R1", "R2"]
    np.testing.assert_allclose(fit["R1"], TRUTH[1], rtol=0.1)


def test_stated_intervals_cover_the_truth():
    inside = total = 0
    unit = parse_circuit(TWO_ARCS).program.is_unit
    truth = np.where(unit, np.log(TRUTH / (1.0 - np.where(unit, TRUTH, 0.0))), np.log(TRUTH))
    for seed in range(150):
        fit = fit_circuit(FREQUENCY, noisy(TWO_ARCS, TRUTH, seed=seed), TWO_ARCS)
        inside += int(np.sum(np.abs(fit.coordinates - truth) <= np.sqrt(np.diag(fit.covariance))))
        total += len(truth)
    assert 0.60 < inside / total < 0.76


def test_fixed_and_bounded_parameters_are_held():
    measured = noisy(TWO_ARCS, TRUTH)
    fit = fit_circuit(FREQUENCY, measured, TWO_ARCS, fixed={"CPE1_alpha": 1.0, "R0": 9.0}, bounds={"R2": (10.0, 30.0)})
    assert fit["R0"] == pytest.approx(9.0)
    assert fit["CPE1_alpha"] == pytest.approx(1.0)
    assert fit["R2"] == pytest.approx(30.0)
    assert "R2" in fit.at_bound
    assert fit.sigma("R2") is None
    assert fit.sigma("R0") is None
    assert fit.cost > fit_circuit(FREQUENCY, measured, TWO_ARCS).cost


def test_overlapping_arcs_are_said_to_be_correlated():
    close = [10.0, 100.0, 1e-6, 0.9, 100.0, 2e-6, 0.9]
    fit = fit_circuit(FREQUENCY, noisy(TWO_ARCS, close), TWO_ARCS)
    assert ("R1", "R2") in [pair[:2] for pair in fit.correlated()]


def test_the_right_circuit_wins():
    fits = compare_circuits(
        FREQUENCY, noisy(TWO_ARCS, TRUTH), ["R0-p(R1,CPE1)", TWO_ARCS, TWO_ARCS + "-p(R3,CPE3)", "R0-CPE1"]
    )
    assert str(fits[0].circuit) == TWO_ARCS
    assert fits[-1].aicc - fits[0].aicc > 100.0


@pytest.mark.parametrize(
    ("change", "part"),
    [
        (lambda f, z: (f[:3], z[:3]), "cannot carry"),
        (lambda f, z: (-f, z), "not positive"),
        (lambda f, z: (f, z * np.nan), "not a finite"),
        (lambda f, z: (f, z * 0.0), "zero"),
        (lambda f, z: (f, z * 1e40), "is none"),
        (lambda f, z: (f, z[:-1]), "no spectrum"),
    ],
)
def test_what_cannot_be_fitted_is_said_in_a_line(change, part):
    with pytest.raises(InputError, match=part):
        fit_circuit(*change(FREQUENCY, noisy(TWO_ARCS, TRUTH)), TWO_ARCS)


@pytest.mark.parametrize("options", [{"fixed": {"R9": 1.0}}, {"bounds": {"R1": (2.0, 1.0)}}, {"weighting": "modulis"}])
def test_options_that_are_none(options):
    with pytest.raises(InputError):
        fit_circuit(FREQUENCY, noisy(TWO_ARCS, TRUTH), TWO_ARCS, **options)


def test_weightings_find_the_same_truth():
    clean = circuit_impedance(TWO_ARCS, TRUTH, FREQUENCY)
    for weighting in ("modulus", "proportional", "unit"):
        np.testing.assert_allclose(
            fit_circuit(FREQUENCY, clean, TWO_ARCS, weighting=weighting).values, TRUTH, rtol=1e-3
        )


def test_kramers_kronig_passes_a_circuit_and_refuses_a_drift():
    clean = circuit_impedance(TWO_ARCS, TRUTH, FREQUENCY)
    assert kramers_kronig(FREQUENCY, clean).rms < 2e-3
    assert kramers_kronig(FREQUENCY, noisy(TWO_ARCS, TRUTH)).rms == pytest.approx(0.007, rel=0.3)
    # a cell that changes while it is measured: the imaginary part is no longer that of the real one
    drift = clean.real * np.linspace(1.0, 1.3, 60) + 1j * clean.imag
    assert kramers_kronig(FREQUENCY, drift).rms > 0.01


def test_relaxation_times_hold_the_resistances():
    times = relaxation_times(FREQUENCY, noisy(TWO_ARCS, TRUTH))
    assert times.polarisation_resistance == pytest.approx(150.0, rel=0.05)
    largest = sorted(times.peaks, key=lambda peak: -peak.resistance_ohm)[:2]
    assert largest[0].resistance_ohm == pytest.approx(100.0, rel=0.15)
    assert largest[0].time_constant_s == pytest.approx((100.0 * 1e-7) ** (1 / 0.9), rel=0.5)
    # the slower arc shares its slow end with the diffusion that the model allows for
    assert 0.5 < largest[1].time_constant_s / (50.0 * 1e-4) ** (1 / 0.85) < 2.0


def test_capacitances_name_their_arc():
    fit = fit_circuit(FREQUENCY, noisy(TWO_ARCS, TRUTH), TWO_ARCS)
    first = arcs(fit)[0]
    assert first.capacitance_F == pytest.approx((100.0 * 1e-7) ** (1.0 / 0.9) / 100.0, rel=0.05)
    assert first.brug_capacitance_F < first.capacitance_F
    assert abs(first.capacitance_F - (100.0 * 1e-7) ** (1.0 / 0.9) / 100.0) < 4.0 * first.capacitance_sigma_F
    assert origin(5e-12, thickness_m=1e-2, area_m2=1e-4) == "bulk"
    assert origin(5e-10, thickness_m=1e-4, area_m2=1e-4) == "bulk"
    assert "if the sample" in origin(5e-12)


def test_every_element_says_its_formula():
    assert all(element.formula.startswith("Z = ") and element.name for element in ELEMENTS.values())
