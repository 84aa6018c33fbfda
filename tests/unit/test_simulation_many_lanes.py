"""Eight cells in lanes: vector arithmetic, exact diffusion, second order, and the answers of the single engine."""

import numpy as np
import pytest
from numba import njit

from interlayer.constants import FARADAY, GAS_CONSTANT
from interlayer.materials.open_circuit import OpenCircuit
from interlayer.protocol import read_protocol
from interlayer.simulation import batch, layout
from interlayer.simulation.batch import Case, run_cases
from interlayer.simulation.lanes import LANES, decay, load, logarithm_of_ratio, store
from interlayer.simulation.lanes_electrode import particle_modes
from interlayer.simulation.model import CellParameters, ConstantElectrode, HostElectrode
from interlayer.simulation.run import run_protocol, uniform_state

SLOPING = OpenCircuit(source="test", expression="4.3 - 0.9*x - 0.3*tanh(8*(x - 0.3)) - 0.0001*exp(30*(x - 0.7))")
LINEAR = OpenCircuit(source="test", expression="4.2 - x")
ANODE = OpenCircuit(source="test", expression="0.08 + 0.7*exp(-30*x) - 0.04*tanh(12*(x - 0.5))")
CYCLE = read_protocol(
    "Charge at 1C until 4.1 V; Hold at 4.1 V until C/20; Rest for 1 h; Discharge at 2C until 2.8 V; Rest for 10 min"
)


@njit
def _logarithms(a, b, out):
    for i in range(len(a)):
        store(out, i, logarithm_of_ratio(load(a, i), load(b, i)))


@njit
def _decays(z, out):
    for i in range(len(z)):
        store(out, i, decay(load(z, i)))


def test_the_logarithm_of_a_ratio_is_good_to_round_off():
    rng = np.random.default_rng(0)
    a = 10.0 ** rng.uniform(-30, 30, (500, LANES))
    for b in (a * 10.0 ** rng.uniform(-9, 9, a.shape), a * (1 + 1e-12 * rng.standard_normal(a.shape))):
        out = np.empty_like(a)
        _logarithms(a, b, out)
        assert out == pytest.approx(np.log(a / b), rel=1e-14, abs=1e-15)


def test_the_exponential_is_good_to_round_off_and_never_below_the_normal_range():
    z = np.concatenate([np.linspace(0, 79, 400), np.linspace(81, 1e5, 400)]).reshape(-1, LANES)
    out = np.empty_like(z)
    _decays(z, out)
    assert out[z < 80] == pytest.approx(np.exp(-z[z < 80]), rel=1e-13)
    assert np.all((out[z > 80] > 1e-300) & (out[z > 80] < 1e-34))


@pytest.mark.parametrize(("shape", "roots"), [(3.0, (4.493409457909064, 7.725251836937707)), (1.0, (np.pi, 2 * np.pi))])
def test_the_slow_modes_of_a_particle_are_those_of_the_continuum(shape, roots):
    """Sphere: tan l = l; slab: l = n pi; the decay constant is l^2, to second order in the shells."""
    errors = []
    for shells in (20, 40):
        decays, sources, surfaces = particle_modes(shape, shells)
        assert decays[0] == 0.0
        assert sources[0] * surfaces[0] == pytest.approx(shape)  # a mean flux fills all shells alike
        errors.append(abs(decays[1:3] / np.square(roots) - 1.0))
    assert np.all(errors[0] < 0.02)
    assert errors[0] / errors[1] == pytest.approx([4.0, 4.0], rel=0.1)


def electrode(rng, name, curve, charge):
    film = rng.random() < 0.25

    def between(low, high):
        return float(np.exp(rng.uniform(np.log(low), np.log(high))))

    return HostElectrode(
        name=name,
        open_circuit=curve,
        charge=charge,
        true_area=1.0 if film else between(10, 100),
        length=between(5e-7, 5e-6),
        diffusivity=between(1e-15, 1e-12),
        exchange_current_density=0.0 if rng.random() < 0.2 else between(1e-2, 10.0),
        shape="slab" if film else "sphere",
        contact=between(0.3, 1.0),
        layer_resistances={"film": between(1e-5, 1e-2)},
        ionic_resistance=0.0 if film else between(1e-4, 1e-2),
        electronic_resistance=0.0 if film else between(1e-5, 1e-3),
        cells=1 if film else 15,
        shells=15,
    )


def random_cases(count, seed=3):
    rng = np.random.default_rng(seed)
    cases = []
    for _ in range(count):
        positive = electrode(rng, "positive", SLOPING, 36_000.0)
        metal = ConstantElectrode("metal", 0.0, float(rng.choice([0.0, 5.0])), {"skin": 1e-4})
        negative = metal if rng.random() < 0.5 else electrode(rng, "negative", ANODE, 45_000.0)
        cell = CellParameters("any", positive, negative, {"s": 1e-3}, 1e-4, 10.0, 0.1, float(rng.uniform(270, 350)))
        cases.append(Case(cell, (0.9, 0.05)))
    return cases


def test_lanes_give_the_answers_of_the_single_engine():
    """Charges within 1e-4 of the capacity, durations, end voltages and reasons, whatever the lane-mates."""
    cases = random_cases(40)
    found = run_cases(cases, CYCLE, tolerance=1e-5)
    assert not found.reasons
    assert found.one_by_one <= 12
    for case, values in zip(cases, found.values, strict=True):
        steps = run_protocol(case.cell, CYCLE, uniform_state(case.cell, *case.start), tolerance=1e-7)
        for step, ours in zip(steps, values, strict=True):
            last = step.rows[-1]
            assert ours[batch.CODE] == step.code
            assert ours[batch.CHARGE_PASSED] == pytest.approx(last[layout.CHARGE_PASSED], abs=1e-4 * 36_000)
            assert ours[batch.START_VOLTAGE] == pytest.approx(step.rows[0, layout.VOLTAGE], abs=2e-3)
            voltage, passed = step.rows[:, layout.VOLTAGE], np.abs(step.rows[:, layout.CHARGE_PASSED])
            energy = 0.5 * (voltage[1:] + voltage[:-1]) @ np.diff(passed)
            assert ours[batch.ENERGY] == pytest.approx(energy, rel=2e-3, abs=20.0)


def test_an_answer_does_not_depend_on_its_neighbours():
    cases = random_cases(11)
    together = run_cases(cases, CYCLE)
    for row in (0, 6, 10):
        alone = run_cases([cases[row]], CYCLE)
        assert alone.values[0, :, batch.CHARGE_PASSED] == pytest.approx(
            together.values[row, :, batch.CHARGE_PASSED], abs=0.05
        )


def discharge(tolerance, shells=20, cells=20):
    positive = HostElectrode(
        name="host",
        open_circuit=SLOPING,
        charge=36_000.0,
        true_area=30.0,
        length=2e-6,
        diffusivity=1e-14,
        exchange_current_density=0.5,
        layer_resistances={"film": 1e-3},
        ionic_resistance=6e-3,
        electronic_resistance=1e-4,
        cells=cells,
        shells=shells,
    )
    cell = CellParameters("cell", positive, ConstantElectrode("metal", 0.0), {"s": 1e-3}, 1e-4, 10.0, 0.1)
    grid = np.linspace(0.0, 40.0, 81)
    return run_cases(
        [Case(cell, (0.3, 0.0))],
        read_protocol("Discharge at 1C until 2.5 V"),
        curve_step=0,
        grid=grid,
        tolerance=tolerance,
    )


def test_a_tighter_tolerance_gives_a_smaller_error():
    exact = discharge(1e-8).curves
    errors = [np.nanmax(np.abs(discharge(tolerance).curves - exact)) for tolerance in (1e-3, 1e-4, 1e-5)]
    assert errors[0] > errors[1] > errors[2]
    assert errors[1] < 1e-3


def test_a_curve_ends_where_the_step_ends_and_its_energy_is_its_area():
    found = discharge(1e-6)
    curve = found.curves[0]
    capacity = abs(found.values[0, 0, batch.CHARGE_PASSED]) / 3600.0 / 0.1
    inside = np.linspace(0.0, 40.0, 81) <= capacity
    assert np.all(np.isfinite(curve[inside]))
    assert np.all(np.isnan(curve[~inside]))
    assert curve[0] == pytest.approx(found.values[0, 0, batch.START_VOLTAGE], abs=1e-9)
    assert np.all(np.diff(curve[inside]) < 0)


def test_a_constant_flux_into_a_film_needs_no_small_steps():
    """The surface of a slab rises as 2 sqrt(t / pi): the modes are exact in time, whatever the step."""
    film = HostElectrode("film", LINEAR, 36_000.0, 1.0, 2e-6, 4e-16, 0.0, shape="slab", cells=1, shells=200)
    cell = CellParameters("cell", film, ConstantElectrode("metal", 0.0), {}, 1e-4, 10.0, 0.1)
    grid = np.linspace(0.05, 0.5, 10)
    found = run_cases([Case(cell, (0.2, 0.0))], read_protocol("Discharge at 1C for 3 min"), curve_step=0, grid=grid)
    time = grid * 0.1 * 3600.0 / 10.0
    rise = 10.0 * 1e4 / 36_000.0 * 2.0 * np.sqrt(time / 1e4 / np.pi)
    assert found.curves[0] == pytest.approx(4.0 - rise, abs=1e-3)


def test_ohm_and_butler_volmer_hold_in_every_lane():
    """A flat curve: V = U + I R + (2RT/F) asinh(j / 2 i0), one current density per lane."""
    flat = OpenCircuit(source="test", expression="3.5")
    cases = []
    for exchange in np.geomspace(1e-3, 10.0, 9):
        host = HostElectrode(
            "host", flat, 36_000.0, 30.0, 1e-6, 1e-10, float(exchange), layer_resistances={"film": 0.03}
        )
        cases.append(
            Case(CellParameters("cell", host, ConstantElectrode("m", 0.0), {"s": 1e-3}, 1e-4, 10.0, 0.1), (0.5, 0.0))
        )
    found = run_cases(cases, read_protocol("Charge at 2C for 10 s"))
    thermal = GAS_CONSTANT * 298.15 / FARADAY
    for case, values in zip(cases, found.values, strict=True):
        over = 2 * thermal * np.arcsinh(20.0 / 30.0 / (2 * case.cell.positive.exchange_current_density))
        assert values[0, batch.START_VOLTAGE] == pytest.approx(3.5 + 20.0 * (1e-3 + 1e-3) + over, abs=1e-7)


def test_what_no_engine_solves_has_its_reason():
    cases = random_cases(3)
    broken = HostElectrode("host", SLOPING, 36_000.0, 30.0, 1e-6, float("nan"), 0.5)
    cases.insert(
        1, Case(CellParameters("cell", broken, ConstantElectrode("m", 0.0), {"s": 1e-3}, 1e-4, 10.0, 0.1), (0.5, 0.0))
    )
    found = run_cases(cases, CYCLE)
    assert list(found.reasons) == [1]
    assert "could not be solved" in found.reasons[1]
    assert np.all(np.isnan(found.values[1]))
    assert np.all(np.isfinite(found.values[[0, 2, 3]]))
