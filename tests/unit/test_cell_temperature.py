"""Arrhenius on what a cell file states: conductivities, diffusivities, kinetics, resistances."""

import numpy as np
import pytest

from interlayer.cell import load_cell
from interlayer.cell.files import changed_cell
from interlayer.constants import BOLTZMANN, ELEMENTARY_CHARGE
from interlayer.errors import InputError
from interlayer.simulation import cell_parameters

CHANGES = [
    "cathode.diffusivity={value='1e-10 cm2/s', activation_energy='0.3 eV'}",
    "cathode.ionic_conductivity={value='0.5 mS/cm', activation_energy='0.25 eV'}",
    "cathode.interface={exchange_current_density={value='50 uA/cm2', activation_energy='0.5 eV'}, "
    "area_specific_resistance={value='10 ohm cm2', activation_energy='0.4 eV', reference_temperature='60 degC'}}",
    "cathode.coating.conductivity={value='1e-8 S/cm', activation_energy='0.35 eV'}",
    "separator.conductivity={value='5 mS/cm', activation_energy='0.2 eV'}",
]


def factor(energy, temperature, reference=298.15):
    return np.exp(-energy * ELEMENTARY_CHARGE / BOLTZMANN * (1 / temperature - 1 / reference))


def test_every_transport_and_kinetic_parameter_moves_with_its_own_energy():
    cold, hot = (
        cell_parameters(load_cell("wang2020_lnto450", changes=[*CHANGES, f"temperature={t} degC"])) for t in (25, 60)
    )
    before, after = cold.positive, hot.positive
    assert after.diffusivity / before.diffusivity == pytest.approx(factor(0.3, 333.15))
    assert before.ionic_resistance / after.ionic_resistance == pytest.approx(factor(0.25, 333.15))
    assert after.exchange_current_density / before.exchange_current_density == pytest.approx(factor(0.5, 333.15))
    assert before.layer_resistances["interphase"] / after.layer_resistances["interphase"] == pytest.approx(
        factor(0.4, 333.15)
    )
    assert after.layer_resistances["interphase"] == pytest.approx(1e-3)  # stated at 60 degC
    coating = "LNTO-450 coating"
    assert before.layer_resistances[coating] / after.layer_resistances[coating] == pytest.approx(factor(0.35, 333.15))
    assert cold.separator_resistance / hot.separator_resistance == pytest.approx(factor(0.2, 333.15))


def test_a_changed_temperature_moves_from_where_the_value_was_stated():
    hot = load_cell("wang2020_lnto450", changes=[*CHANGES, "temperature=60 degC"])
    back = changed_cell(hot, ["temperature=25 degC"])
    assert cell_parameters(back).positive.diffusivity == pytest.approx(1e-14, rel=1e-12)


def test_without_an_activation_energy_a_value_holds_at_the_temperature_of_the_file():
    changes = ["cathode.diffusivity=1e-10 cm2/s", *CHANGES[1:], "temperature=60 degC"]
    assert cell_parameters(load_cell("wang2020_lnto450", changes=changes)).positive.diffusivity == pytest.approx(1e-14)


@pytest.mark.parametrize(
    ("change", "part"),
    [
        ("cathode.loading={value='8 mg/cm2', activation_energy='0.3 eV'}", "no meaning for a areal mass"),
        ("cathode.diffusivity={value='1e-10 cm2/s', activation_energy='0.3 V'}", "energy per particle"),
        (
            "cathode.diffusivity={value='1e-10 cm2/s', activation_energy='0.3 eV', reference_temperature='0 K'}",
            "out of range",
        ),
    ],
)
def test_what_cannot_be_moved_is_one_line(change, part):
    with pytest.raises(InputError, match=part) as caught:
        load_cell("wang2020_lnto450", changes=[change])
    assert "\n" not in str(caught.value)
