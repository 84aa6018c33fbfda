"""Which term costs what: the parts make the whole, and a term switched off is gone."""

import json

import numpy as np
import pytest

from interlayer.cell import load_cell
from interlayer.cli import run
from interlayer.errors import InputError
from interlayer.simulation import cell_parameters, simulate
from interlayer.simulation.switches import SWITCHES, present, switch_of_layer, without

PROTOCOL = "Charge at 0.1C until 4.4 V vs Li; Discharge at 1C until 2.5 V vs Li"
FULL = [
    "cathode.interface.contact_fraction=50 %",
    "cathode.interface.contact_radius=50 nm",
    "cathode.interface.space_charge={potential='0.5 V', permittivity=10}",
    "cathode.interface.area_specific_resistance=10 ohm cm2",
]


@pytest.fixture(scope="module")
def explained():
    return simulate(load_cell("wang2020_lnto450", changes=FULL[:1]), protocol=PROTOCOL, explain=True).explanations[0]


def test_the_terms_make_the_whole_loss(explained):
    loss = explained.mean_equilibrium_voltage_V - explained.mean_voltage_V
    assert sum(term.overpotential_mV for term in explained.terms) == pytest.approx(1e3 * loss, rel=1e-9)
    assert all(term.overpotential_mV >= 0.0 for term in explained.terms)


def test_the_voltage_without_losses_is_that_of_rest():
    """At a hundredth of the current, what the terms leave of the mean voltage is the mean voltage itself."""
    slow = simulate("wang2020_lnto450", protocol=PROTOCOL.replace("at 1C", "at 0.01C"), explain=True).explanations[0]
    fast = simulate("wang2020_lnto450", protocol=PROTOCOL, explain=True).explanations[0]
    assert slow.mean_voltage_V == pytest.approx(slow.mean_equilibrium_voltage_V, abs=5e-3)
    assert fast.mean_equilibrium_voltage_V == pytest.approx(slow.mean_equilibrium_voltage_V, abs=1e-2)


def test_an_ohmic_term_switched_off_shifts_by_its_own_millivolts(explained):
    separator = next(term for term in explained.terms if term.part == "separator")
    again = next(one for one in explained.without if one.switch == "separator")
    assert again.mean_voltage_shift_mV == pytest.approx(separator.overpotential_mV, rel=0.05)


def test_capacity_that_diffusion_costs_comes_back_without_it():
    cell = load_cell("wang2020_lnto450", changes=["cathode.diffusivity=3e-13 cm2/s"])
    found = simulate(cell, protocol=PROTOCOL, explain=True).explanations[0]
    gains = {one.switch: one.capacity_gain_mAh_per_g for one in found.without}
    assert gains["diffusion"] > 20.0
    assert all(abs(gain) < 0.2 * gains["diffusion"] for switch, gain in gains.items() if switch != "diffusion")


def test_every_switch_removes_its_term_and_no_other():
    cell = cell_parameters(load_cell("wang2020_lnto450", changes=FULL))
    names = present(cell)
    assert set(names) == set(SWITCHES) - {"spreading"}  # there is no spreading without a stated exchange current
    for name in names:
        left = present(without(cell, name))
        # a path or a diffusivity is not removed but made a million times better
        assert [one for one in names if one != name] == [one for one in left if one != name]
        if name not in ("diffusion", "ionic_path", "electronic_path"):
            assert name not in left


def test_without_everything_the_cell_sits_on_its_curve():
    result = simulate("wang2020_lnto450", protocol=PROTOCOL, leave_out=list(SWITCHES))
    discharge = result.data.step(2)
    filling = discharge.columns["positive_stoichiometry"]
    curve = cell_parameters(load_cell("wang2020_lnto450")).positive.open_circuit
    rest = curve.potential(filling) - result.reference_potential_V
    assert np.max(np.abs(discharge.voltage - rest)[1:-1]) < 1e-4
    assert result.assumptions[0].startswith("charge_transfer is switched off")


def test_a_layer_belongs_to_one_switch():
    names = ["LNTO-450 coating", "constriction in Li10GeP2S12", "lateral spreading in the coating", "rock-salt layer"]
    assert [switch_of_layer(name) for name in names] == ["coating", "constriction", "spreading", "interphase"]


def test_explanations_on_the_command_line(capsys):
    assert run(["simulate", "wang2020_lnto450", "--protocol", PROTOCOL, "--explain", "--json"]) == 0
    (found,) = json.loads(capsys.readouterr().out)["explanations"]
    assert found["number"] == 2
    assert run(["simulate", "wang2020_lnto450", "--protocol", PROTOCOL, "--explain", "--without", "coating"]) == 0
    assert "the step again" in capsys.readouterr().out
    assert run(["simulate", "wang2020_lnto450", "--protocol", PROTOCOL, "--without", "coatin"]) == 2
    assert "did you mean 'coating'" in capsys.readouterr().err


def test_an_unknown_term_is_refused():
    with pytest.raises(InputError, match="no term of the model"):
        simulate("wang2020_lnto450", protocol=PROTOCOL, leave_out=["magic"])
