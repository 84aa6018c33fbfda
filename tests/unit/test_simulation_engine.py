"""The engine against closed-form limits, and its contracts: balances, located ends, no failure on valid cells."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from interlayer.constants import FARADAY, GAS_CONSTANT
from interlayer.errors import SolverError
from interlayer.materials.open_circuit import OpenCircuit
from interlayer.protocol import read_protocol
from interlayer.simulation import layout
from interlayer.simulation.experiment import balances
from interlayer.simulation.initial_state import rest_voltage
from interlayer.simulation.model import CellParameters, ConstantElectrode, HostElectrode
from interlayer.simulation.run import run_protocol, uniform_state

TIME, CURRENT, V, Q, X = layout.TIME, layout.CURRENT, layout.VOLTAGE, layout.CHARGE_PASSED, layout.STOICHIOMETRY
THERMAL = GAS_CONSTANT * 298.15 / FARADAY
FLAT = OpenCircuit(source="test", expression="3.5")
LINEAR = OpenCircuit(source="test", expression="4.2 - x")
SLOPING = OpenCircuit(source="test", expression="4.3 - 0.9*x - 0.3*tanh(8*(x - 0.3)) - 0.0001*exp(30*(x - 0.7))")
ANODE = OpenCircuit(source="test", expression="0.08 + 0.7*exp(-30*x) - 0.04*tanh(12*(x - 0.5))")


def host(**changes):
    """A composite of 2 um particles that holds 36 kA s/m2, without losses where `changes` do not add them."""
    values = {
        "name": "host",
        "open_circuit": SLOPING,
        "charge": 36_000.0,
        "true_area": 30.0,
        "length": 2e-6,
        "diffusivity": 1e-14,
        "exchange_current_density": 0.0,
        **changes,
    }
    return HostElectrode(**values)


def cell(positive, negative=None, separator=0.0):
    """A cell with 1C = 10 A/m2 on 1 cm2 and 0.1 kg/m2 of active material."""
    negative = negative or ConstantElectrode("metal", 0.0)
    return CellParameters("cell", positive, negative, {"separator": separator}, 1e-4, 10.0, 0.1)


def run(parameters, sentences, x=0.5, y=0.1, **options):
    return run_protocol(parameters, read_protocol(sentences), uniform_state(parameters, x, y), **options)


FULL = cell(
    host(
        exchange_current_density=0.5,
        layer_resistances={"film": 1e-3},
        ionic_resistance=2e-3,
        electronic_resistance=1e-4,
    ),
    host(
        name="anode",
        open_circuit=ANODE,
        charge=45_000.0,
        length=5e-6,
        exchange_current_density=0.3,
        ionic_resistance=1e-3,
        electronic_resistance=1e-4,
    ),
    separator=2e-3,
)


# closed-form limits


def test_layers_on_a_flat_host_obey_ohm():
    """An even reaction: V = U + I (R_separator + R_layer / area)."""
    parameters = cell(host(open_circuit=FLAT, layer_resistances={"film": 0.03}, contact=0.5), separator=1e-3)
    (step,) = run(parameters, "Charge at 2C for 10 s")
    assert step.rows[:, V] == pytest.approx(3.5 + 20.0 * (1e-3 + 0.03 / 15.0), abs=1e-9)


def test_a_metal_adds_its_plateau_its_layers_and_butler_volmer():
    metal = ConstantElectrode("metal", 0.6, exchange_current_density=2.0, layer_resistances={"skin": 5e-3})
    (step,) = run(cell(host(open_circuit=FLAT), metal), "Discharge at 1C for 10 s")
    expected = 3.5 - 0.6 - 10.0 * 5e-3 - 2 * THERMAL * np.arcsinh(10.0 / 4.0)
    assert step.rows[:, V] == pytest.approx(expected, abs=1e-9)


def test_charge_transfer_is_linear_at_small_currents():
    """RT / (F i0) on the contacted surface, at half filling."""
    parameters = cell(host(open_circuit=FLAT, exchange_current_density=0.2, contact=0.1, diffusivity=1e-10))
    (step,) = run(parameters, "Charge at 0.0001C for 10 s")
    resistance = (step.rows[-1, V] - 3.5) / 1e-3
    assert resistance == pytest.approx(THERMAL / 0.2 / 3.0, rel=1e-5)


@pytest.mark.parametrize("path", ["ionic_resistance", "electronic_resistance"])
def test_a_porous_electrode_is_a_transmission_line(path):
    """With a linear interface of Z per area, V - U = I sqrt(R Z) coth(sqrt(R / Z)); the error falls as dx^2."""
    z, r = 1e-3, 4e-3
    exact = np.sqrt(r * z) / np.tanh(np.sqrt(r / z))
    errors = []
    for cells in (10, 20, 40):
        electrode = host(open_circuit=FLAT, layer_resistances={"film": z * 30.0}, cells=cells, **{path: r})
        (step,) = run(cell(electrode), "Charge at 1C for 1 s")
        errors.append(abs((step.rows[-1, V] - 3.5) / 10.0 - exact) / exact)
    assert errors[-1] < 1e-3
    assert errors[0] / errors[1] == pytest.approx(4.0, rel=0.1)
    assert errors[1] / errors[2] == pytest.approx(4.0, rel=0.1)


def surface_rise(shape, time):
    """Return the exact change of the surface for a unit surface gradient from t = 0, at `time` in units of R2/D.

    Slab: t + 1/3 - 2 sum exp(-n2 pi2 t) / (n2 pi2); sphere: 3 t + 1/5 - 2 sum exp(-l2 t) / l2 with tan l = l
    (Crank, The Mathematics of Diffusion, 1975, chapters 4 and 6).
    """
    n = np.arange(1, 2001)
    if shape == "slab":
        roots, steady = np.pi * n, time + 1 / 3
    else:
        roots = (n + 0.5) * np.pi
        for _ in range(20):  # tan l = l, each root just below (n + 1/2) pi
            roots = n * np.pi + np.arctan(roots)
        steady = 3 * time + 1 / 5
    return steady - 2 * np.sum(np.exp(-np.outer(time, roots**2)) / roots**2, axis=1)


@pytest.mark.parametrize("shape", ["slab", "sphere"])
def test_diffusion_into_a_particle_follows_the_series(shape):
    """A constant flux, read from the surface through a linear open-circuit curve; the error falls as dr^2."""
    errors = []
    for shells in (20, 40, 80):
        electrode = host(open_circuit=LINEAR, shape=shape, cells=1, shells=shells, diffusivity=4e-15)
        (step,) = run(cell(electrode), "Discharge at 1C for 20 min", x=0.2, tolerance=1e-8, stride=1e-3)
        time = step.rows[:, TIME] / 1000.0  # R2/D = 1000 s
        gradient = 10.0 * 1000.0 / (36_000.0 * (3 if shape == "sphere" else 1))
        late = time > 0.02
        exact = 4.2 - 0.2 - gradient * surface_rise(shape, time[late])
        errors.append(np.max(np.abs(step.rows[late, V] - exact)) / gradient)
    assert errors[0] < 5e-3
    assert errors[2] < 4e-4
    assert errors[0] / errors[2] > 12.0  # second order would be 16


def test_the_error_in_time_falls_with_the_square_of_the_step():
    """Fixed steps, because the tolerance never refuses one; the reference has the tightest tolerance."""

    def end(tolerance, stride):
        (step,) = run(FULL, "Discharge at 2C for 15 min", x=0.3, y=0.6, tolerance=tolerance, stride=stride)
        return step.rows[-1, V]

    exact = end(1e-10, 5e-4)
    coarse, fine = (abs(end(1.0, stride) - exact) for stride in (0.02, 0.005))
    assert coarse / fine == pytest.approx(16.0, rel=0.35)


def test_a_tighter_tolerance_gives_a_smaller_error():
    (exact,) = run(FULL, "Discharge at 2C until 2.8 V", x=0.3, y=0.6, tolerance=1e-9, stride=5e-4)
    errors = []
    for tolerance in (1e-4, 1e-5, 1e-6):
        (step,) = run(FULL, "Discharge at 2C until 2.8 V", x=0.3, y=0.6, tolerance=tolerance, stride=1.0)
        errors.append(
            np.max(np.abs(step.rows[:, V] - np.interp(step.rows[:, TIME], exact.rows[:, TIME], exact.rows[:, V])))
        )
    assert errors[2] < 1e-4
    assert errors[2] < errors[1] < errors[0]


def test_a_rest_ends_at_the_open_circuit_voltage_of_what_is_stored():
    steps = run(FULL, "Charge at 1C for 10 min; Rest for 100 hours", x=0.9, y=0.05)
    row = steps[-1].rows[-1]
    assert row[V] == pytest.approx(rest_voltage(FULL, row[X], row[X + 1]), abs=1e-6)


# contracts


@pytest.mark.parametrize("rate", ["0.1C", "1C", "5C"])
@pytest.mark.parametrize("step", ["Charge at {} until 4.1 V", "Discharge at {} until 3.1 V"])
def test_a_cut_off_is_met_within_a_microvolt_and_never_passed(rate, step):
    sentence = step.format(rate)
    charging = sentence.startswith("Charge")
    (done,) = run(FULL, sentence, x=0.9 if charging else 0.35, y=0.1 if charging else 0.55)
    limit, side = (4.1, 1.0) if charging else (3.1, -1.0)
    assert done.ended_by == "voltage"
    assert 0.0 <= side * (limit - done.rows[-1, V]) <= 1e-6
    assert np.all(side * (limit - done.rows[:, V]) >= 0.0)


def test_a_duration_is_kept_to_the_second():
    (done,) = run(FULL, "Discharge at 1C until 1 V or 123 s", x=0.3, y=0.6)
    assert done.rows[-1, TIME] == pytest.approx(123.0, rel=1e-12)
    assert done.rows[-1, Q] == pytest.approx(-1230.0, rel=1e-10)


def test_a_held_voltage_stays_and_ends_at_the_current():
    charge, hold = run(FULL, "Charge at 1C until 4.1 V; Hold at 4.1 V until C/20", x=0.9, y=0.1)
    assert hold.rows[:, V] == pytest.approx(4.1, abs=1e-9)
    assert hold.rows[0, CURRENT] == pytest.approx(charge.rows[-1, CURRENT], rel=2e-3)
    assert np.all(np.diff(hold.rows[:, CURRENT]) < 0)
    assert 0.5 <= hold.rows[-1, CURRENT] <= 0.5 * (1 + 2e-6)
    assert hold.ended_by == "current"


def test_charge_is_the_integral_of_a_falling_current():
    (hold,) = run(FULL, "Hold at 4.1 V until C/20", x=0.6, y=0.3, stride=1e-3, tolerance=1e-8)
    assert hold.rows[-1, Q] == pytest.approx(np.trapezoid(hold.rows[:, CURRENT], hold.rows[:, TIME]), rel=1e-4)


def test_a_full_surface_ends_a_step_that_no_voltage_ends():
    (done,) = run(FULL, "Discharge at 1C for 10 hours", x=0.3, y=0.7)
    assert done.ended_by == "positive electrode surface saturated"
    assert done.rows[-1, X] < 1.0
    (done,) = run(FULL, "Charge at 1C for 10 hours", x=0.6, y=0.1)
    assert done.ended_by == "positive electrode surface depleted"


@pytest.mark.parametrize(
    ("sentence", "note"),
    [
        ("Discharge at 100C until 3.5 V", "past the limit at once"),
        ("Hold at 4.1 V until 100C", "no more than the final current"),
        ("Discharge at 1e5C for 1 min", "full or empty at once"),
    ],
)
def test_what_a_cell_cannot_carry_is_a_step_without_capacity(sentence, note):
    done, after = run(FULL, f"{sentence}; Rest for 1 min", x=0.5, y=0.4)
    assert len(done.rows) == 1
    assert done.rows[0, Q] == 0.0
    assert note in done.note
    assert after.ended_by == "time"


def test_the_terms_of_every_instant_add_up_to_the_voltage():
    for step in run(FULL, "Charge at 2C until 4.1 V; Hold at 4.1 V until C/5; Discharge at 1C until 3 V", x=0.9, y=0.1):
        rows = step.rows
        rest = np.array([rest_voltage(FULL, x, y) for x, y in rows[:, X : X + 2]])
        terms = rows[:, layout.TERMS :]
        total = (
            rest + terms[:, :4].sum(axis=1) - terms[:, 4:].sum(axis=1) + rows[:, CURRENT] * FULL.separator_resistance
        )
        assert total == pytest.approx(rows[:, V], abs=1e-6)  # the engine's curve is a table of cubics
        # heat is never negative; 'diffusion' may be, where the reaction prefers the less filled end of an electrode
        heat = np.sign(rows[1:, [CURRENT]]) * terms[1:] * np.array([1.0] * 4 + [-1.0] * 4)
        assert np.all(heat[:, [0, 1, 3, 4, 5, 7]] >= -1e-9)


def test_what_cannot_be_solved_names_step_state_and_parameters():
    broken = replace(FULL, positive=replace(FULL.positive, diffusivity=float("nan")))
    with pytest.raises(SolverError) as caught:
        run(broken, "Rest for 1 min; Charge at 1C until 4 V", x=0.9, y=0.1)
    message = str(caught.value)
    for part in ("step 1", "Rest for 1 minute", "at its start", "x = 0.9 in host", "R2/D = nan"):
        assert part in message


def test_a_long_record_is_kept_whole():
    (done,) = run(FULL, "Discharge at 1C until 3 V", x=0.35, y=0.55, stride=2e-4)
    assert len(done.rows) > 1024
    assert np.all(np.diff(done.rows[:, TIME]) > 0)


def between(low, high):
    return st.floats(np.log10(low), np.log10(high)).map(lambda power: float(10**power))


@st.composite
def electrodes(draw, name, curve, charge):
    film = draw(st.booleans())
    return HostElectrode(
        name=name,
        open_circuit=curve,
        charge=charge,
        true_area=1.0 if film else draw(between(3, 300)),
        length=draw(between(1e-7, 2e-5)),
        diffusivity=draw(between(1e-18, 1e-10)),
        exchange_current_density=draw(st.one_of(st.just(0.0), between(1e-5, 1e2))),
        shape="slab" if film else draw(st.sampled_from(["sphere", "slab"])),
        contact=draw(between(0.01, 1)),
        layer_resistances={"film": draw(between(1e-7, 1.0))},
        ionic_resistance=0.0 if film else draw(between(1e-6, 1.0)),
        electronic_resistance=0.0 if film else draw(between(1e-7, 0.1)),
        cells=1 if film else 12,
        shells=12,
    )


@st.composite
def cells(draw):
    charge = draw(between(1e3, 1e6))
    positive = draw(electrodes("positive", draw(st.sampled_from([SLOPING, FLAT, LINEAR])), charge))
    metal = ConstantElectrode("metal", draw(st.floats(0, 0.7)), draw(st.sampled_from([0.0, 1e-3, 10.0])), {"a": 1e-4})
    negative = draw(st.one_of(st.just(metal), electrodes("negative", ANODE, charge * draw(st.floats(0.5, 2)))))
    temperature = draw(st.floats(250, 400))
    return CellParameters(
        "any", positive, negative, {"s": draw(between(1e-5, 0.1))}, 1e-4, charge / 5e3, 1.0, temperature
    )


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(cells(), between(0.01, 20), between(0.01, 20), st.floats(3.3, 4.4), st.floats(1.5, 3.3), st.floats(0.01, 0.99))
def test_any_valid_cell_gives_finite_balanced_rows(parameters, charge, discharge, upper, lower, start):
    assume(upper > lower)
    protocol = read_protocol(
        f"Charge at {charge:.12g}C until {upper:.12g} V; Hold at {upper:.12g} V until C/50 or 2 h; Rest for 1 h; "
        f"Discharge at {discharge:.12g}C until {lower:.12g} V"
    )
    state = uniform_state(parameters, start, start)
    steps = run_protocol(parameters, protocol, state)
    for step, side, limit in ((steps[0], 1.0, upper), (steps[3], -1.0, lower)):
        if len(step.rows) > 1:
            assert np.all(side * (limit - step.rows[:, V]) >= 0.0)
    assert all(np.all(np.isfinite(step.rows)) for step in steps)
    assert max(balances(parameters, steps)) < 1e-8
