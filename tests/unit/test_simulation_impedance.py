"""Impedance against closed forms, against the engine's own polarisation, and as a step of a protocol."""

import json
from dataclasses import replace

import numpy as np
import pytest

from interlayer.cli import run
from interlayer.errors import InputError
from interlayer.materials.open_circuit import OpenCircuit
from interlayer.protocol import read_protocol
from interlayer.simulation import layout, simulate
from interlayer.simulation.impedance import Capacitances, impedance
from interlayer.simulation.impedance_kernel import ladder, particle_response, transmission_line, uniform_ladder
from interlayer.simulation.model import CellParameters, ConstantElectrode, HostElectrode
from interlayer.simulation.run import run_protocol, uniform_state

LINE = OpenCircuit(source="test", expression="4.2 - 1.1*x")
HOST = HostElectrode(
    name="host",
    open_circuit=LINE,
    charge=72_000.0,
    true_area=36.0,
    length=1.5e-6,
    diffusivity=3e-15,
    exchange_current_density=0.08,
    layer_resistances={"coating": 2e-3},
    ionic_resistance=1.5e-3,
    electronic_resistance=4e-4,
)
CELL = CellParameters("z", HOST, ConstantElectrode("Li", 0.0, 10.0), {"s": 1.8e-3}, 1e-4, 13.0, 0.084)
NO_CAPACITY = Capacitances(0.0, 0.0)
EXACT = np.zeros((3, 0))


def spectrum(cell, frequency, *, x=0.5, **options):
    return impedance(cell, uniform_state(cell, x, 0.0), np.asarray(frequency, dtype=float), **options)


@pytest.mark.parametrize("sphere", [True, False])
def test_a_particle_stores_at_low_frequency_and_is_a_warburg_element_at_high(sphere):
    storage = 3.0 if sphere else 1.0
    assert particle_response(1e-8j, sphere, EXACT) * 1e-8j == pytest.approx(storage, rel=1e-6)
    high = particle_response(1e8j, sphere, EXACT)
    assert np.angle(high, deg=True) == pytest.approx(-45.0, abs=0.05)
    assert abs(high) == pytest.approx(1e-4, rel=2e-4)
    # the small-argument series joins the closed form
    for p in (0.9e-3j, 1.1e-3j):
        s = np.sqrt(p)
        closed = np.tanh(s) / (s - np.tanh(s)) if sphere else 1.0 / (s * np.tanh(s))
        assert particle_response(p, sphere, EXACT) == pytest.approx(closed, rel=1e-6)


def test_shells_approach_the_exact_particle_with_the_square_of_their_number():
    from interlayer.simulation.lanes_electrode import particle_modes

    errors = []
    for shells in (10, 20, 40):
        discrete = particle_response(10.0j, True, particle_modes(3.0, shells))
        errors.append(abs(discrete - particle_response(10.0j, True, EXACT)))
    assert errors[0] / errors[1] == pytest.approx(4.0, rel=0.2)
    assert errors[1] / errors[2] == pytest.approx(4.0, rel=0.2)


def test_the_transmission_line_has_its_limits():
    thin = transmission_line(1.0 + 0.0j, 1e-6, 0.0)
    assert thin == pytest.approx(1.0 + 1e-6 / 3.0, rel=1e-9)
    z, ionic = 1e-4 - 2e-4j, 1.0
    assert transmission_line(z, ionic, 0.0) == pytest.approx(np.sqrt(z * ionic), rel=1e-9)
    assert transmission_line(z, 0.3, 0.7) == pytest.approx(transmission_line(z, 0.7, 0.3))
    assert transmission_line(z, 0.0, 0.0) == z


def test_the_uniform_ladder_is_the_ladder_and_becomes_the_line():
    z, ionic, electronic = 3e-3 - 1e-3j, 1.5e-3, 4e-4
    for cells in (2, 7, 20):
        room = np.empty(cells, complex), np.empty(cells, complex)
        each = ladder(np.full(cells, z), ionic, electronic, *room)
        assert uniform_ladder(z, cells, ionic, electronic) == pytest.approx(each, rel=1e-12)
    errors = [abs(uniform_ladder(z, n, ionic, electronic) - transmission_line(z, ionic, electronic)) for n in (10, 20)]
    assert errors[0] / errors[1] == pytest.approx(4.0, rel=0.05)


def test_the_jump_of_the_engine_s_voltage_is_the_impedance_at_high_frequency():
    jump, current = [], []
    for rate in (0.0005, -0.0005):
        verb = "Charge" if rate > 0 else "Discharge"
        (step,) = run_protocol(CELL, read_protocol(f"{verb} at {abs(rate)}C for 1 s"), uniform_state(CELL, 0.5, 0.0))
        jump.append(step.rows[0, layout.VOLTAGE])
        current.append(step.rows[0, layout.CURRENT])
    slope = (jump[0] - jump[1]) / (current[0] - current[1])
    high = spectrum(CELL, [1e12], closure="grid", capacitances=NO_CAPACITY)[0]
    assert high.real == pytest.approx(slope, rel=1e-5)


def test_the_slow_limit_is_the_slope_of_the_polarisation_curve():
    """On a straight curve a small current ends at a constant loss, which is the real part at low frequency."""
    rest = 4.2 - 1.1 * 0.5
    (step,) = run_protocol(CELL, read_protocol("Charge at 0.01C for 3 hours"), uniform_state(CELL, 0.5, 0.0))
    last = step.rows[-1]
    loss = last[layout.VOLTAGE] - (rest + 1.1 * (0.5 - last[layout.STOICHIOMETRY]))
    slow = spectrum(CELL, [1e-7], closure="grid", capacitances=NO_CAPACITY)[0]
    assert slow.real == pytest.approx(loss / last[layout.CURRENT], rel=2e-3)


def test_low_frequencies_show_the_capacity_of_the_cell():
    frequency = 1e-9
    found = spectrum(CELL, [frequency], capacitances=NO_CAPACITY)[0]
    assert -found.imag * 2 * np.pi * frequency == pytest.approx(1.1 / 72_000.0, rel=1e-6)


def test_capacitances_make_the_arc_of_a_resistance_and_a_capacitor():
    alone = replace(
        CELL,
        positive=replace(HOST, diffusivity=1.0, ionic_resistance=0.0, electronic_resistance=0.0, layer_resistances={}),
    )
    alone = replace(alone, negative=ConstantElectrode("Li", 0.0), separator_resistances={})
    transfer = 1.0 / (alone.inverse_thermal_voltage * 0.08) / 36.0
    time = transfer * 36.0 * 0.1
    found = spectrum(alone, [1.0 / (2 * np.pi * time)])[0]
    assert found == pytest.approx(transfer / 2.0 * (1 - 1j), rel=1e-4)
    coated = replace(
        alone, positive=replace(alone.positive, layer_resistances={"film": 1e-2}, exchange_current_density=0.0)
    )
    corner = 1.0 / (2 * np.pi * 1e-2 * 1e-3)
    arc = spectrum(coated, [corner], capacitances=Capacitances(0.0, 0.0, {"film": 1e-3}))[0]
    assert arc == pytest.approx(1e-2 / 36.0 / 2.0 * (1 - 1j), rel=1e-3)


def test_a_spectrum_keeps_the_kramers_kronig_relations():
    frequency = np.logspace(-6, 10, 6401)
    z = spectrum(CELL, frequency)
    # the storage at zero frequency is no part of the relation
    z = z - 1.1 / 72_000.0 / (2j * np.pi * frequency)
    omega, step = 2 * np.pi * frequency, np.log(frequency[1] / frequency[0])
    for at in range(1500, 5000, 500):
        # every other point, so that the singular one is left out
        others = np.arange((at + 1) % 2, len(omega), 2)
        integrand = (
            omega[others]
            * (omega[others] * -z.imag[others] - omega[at] * -z.imag[at])
            / (omega[others] ** 2 - omega[at] ** 2)
        )
        real = z.real[-1] + 2.0 / np.pi * 2.0 * step * integrand.sum()
        assert real == pytest.approx(z.real[at], rel=5e-3)


def test_a_state_under_way_has_no_uniform_electrode_and_still_its_slope():
    """After a fast discharge without rest unequal cells form a ladder; rested, they are equal again."""
    state = uniform_state(CELL, 0.3, 0.0)
    run_protocol(CELL, read_protocol("Discharge at 5C for 3 min"), state)
    frequency = np.logspace(4, -2, 13)
    moved = impedance(CELL, state, frequency, closure="grid")
    run_protocol(CELL, read_protocol("Rest for 1000 hours"), state)
    rested = impedance(CELL, state, frequency, closure="grid")
    mean = float(state.positive.mean())
    assert rested == pytest.approx(spectrum(CELL, frequency, x=mean, closure="grid"), rel=1e-5)
    assert np.all(np.isfinite(moved))
    assert np.max(np.abs(moved / rested - 1.0)) > 1e-3


@pytest.mark.parametrize("frequency", [[0.0], [-1.0], [np.nan], [[1.0]]])
def test_frequencies_must_be_positive_numbers(frequency):
    with pytest.raises(InputError, match="positive numbers"):
        spectrum(CELL, frequency)


def test_a_protocol_takes_spectra_and_the_command_writes_them(tmp_path, capsys):
    protocol = "Charge at 0.1C until 4.2 V vs Li; Rest for 5 hours; EIS from 100 kHz to 10 mHz with 5 points per decade"
    out, figure = tmp_path / "r.csv", tmp_path / "z.png"
    arguments = ["simulate", "wang2020_lnto450", "--protocol", protocol, "--out", str(out), "--plot", str(figure)]
    assert run([*arguments, "--json"]) == 0
    (found,) = json.loads(capsys.readouterr().out)["spectra"]
    assert found["step"] == 3
    assert len(found["frequency_hertz"]) == 36
    assert found["frequency_hertz"][0] == pytest.approx(1e5)
    assert all(z <= 0.0 for z in found["imaginary_impedance_ohm"])
    assert len((tmp_path / "r_spectra.csv").read_text(encoding="utf-8").splitlines()) == 37
    # 124 ohm of interface, as the cell file states, appear between the ends of the arc
    real = found["real_impedance_ohm"]
    assert 120.0 < max(real) - real[0] < 300.0
    assert run(arguments) == 0
    assert "spectrum of step 3" in capsys.readouterr().out


def test_a_spectrum_does_not_move_the_cell():
    whole, broken = (
        simulate(
            "wang2020_lnto450",
            protocol=f"Charge at 0.1C for 2 hours; Rest for 1 hour; {eis}Discharge at 1C until 2.5 V vs Li",
        )
        for eis in ("", "EIS; ")
    )
    assert broken.steps[-1].capacity_mAh_per_g == pytest.approx(whole.steps[-1].capacity_mAh_per_g, rel=1e-6)
