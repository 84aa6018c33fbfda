"""Cells of every kind in the papers: conversion cathodes, symmetric lithium, lithium-oxygen, two shells."""

import numpy as np
import pytest

from interlayer.cell import load_cell
from interlayer.constants import FARADAY
from interlayer.errors import InputError
from interlayer.materials import library
from interlayer.simulation import cell_parameters, simulate
from interlayer.transport import resistance

CONVERSION = {
    "wang2021amr_se": 678.8,
    "wang2021amr_ses2": 1123.8,
    "wang2021amr_p4s34": 1059.8,
    "wang2021amr_li2s": 1166.8,
}
SYMMETRIC = ["wang2021amr_li_symmetric", "wang2021amr_li_lixsisy"]


@pytest.mark.parametrize("name", CONVERSION)
def test_a_conversion_cathode_delivers_what_is_reached_of_its_theory(name):
    cell = load_cell(name)
    active = cell.description.cathode.active_material
    theory = library()[active].capacity_per_stoichiometry / 3600.0
    assert theory == pytest.approx(CONVERSION[name], rel=2e-4)
    used = cell.description.cathode.utilisation.si
    delivered = simulate(cell).steps[0].capacity_mAh_per_g
    assert 0.97 * used * theory < delivered < used * theory


def test_utilisation_scales_charge_and_surface_alike():
    half, whole = (
        cell_parameters(load_cell("wang2021amr_se", changes=[f"cathode.utilisation={share}"])).positive
        for share in ("48 %", "96 %")
    )
    assert whole.charge / half.charge == pytest.approx(2.0)
    assert whole.true_area / half.true_area == pytest.approx(2.0)
    with pytest.raises(InputError, match="utilisation is 0"):
        load_cell("wang2021amr_se", changes=["cathode.utilisation=0 %"])


def test_selenium_meets_its_low_rates_and_not_the_highest():
    """The lowest rate is fitted; the next is predicted within 2 %, the highest is over-predicted and stays so."""
    found = simulate("wang2021amr_se").steps
    capacities = [step.capacity_mAh_per_g for step in found if step.kind == "discharge"]
    assert capacities[0] == pytest.approx(652.0, rel=0.01)
    assert capacities[1] == pytest.approx(642.0, rel=0.02)
    assert capacities[2] / 462.0 > 1.2


@pytest.mark.parametrize("name", SYMMETRIC)
def test_a_symmetric_cell_is_ohmic_and_symmetric(name):
    result = simulate(name)
    cell = load_cell(name)
    there, back = result.steps[0], result.steps[1]
    assert there.mean_voltage_V == pytest.approx(-back.mean_voltage_V, rel=2e-2)
    parameters = cell_parameters(cell)
    ohmic = parameters.separator_resistance + sum(
        one.layer_resistance if hasattr(one, "layer_resistance") else sum(one.layer_resistances.values())
        for one in (parameters.positive, parameters.negative)
    )
    current = result.data.step(1).current.max() / parameters.area
    transfer = sum(
        2.0 / parameters.inverse_thermal_voltage * np.arcsinh(current / (2.0 * one.exchange_current_density))
        for one in (parameters.positive, parameters.negative)
    )
    assert there.start_voltage_V == pytest.approx(ohmic * current + transfer, rel=1e-3)
    assert resistance(cell).known_total_ohm_cm2 == pytest.approx(
        ohmic * 1e4
        + sum(
            1e4 / parameters.inverse_thermal_voltage / one.exchange_current_density
            for one in (parameters.positive, parameters.negative)
        ),
        rel=0.02,
    )


def test_stripping_ends_when_the_lithium_is_gone():
    result = simulate("wang2021amr_li_symmetric", protocol="Charge at 6.37 mA/cm2 for 5 hours")
    (step,) = result.steps
    assert step.ended_by == "positive electrode surface depleted"
    cell = load_cell("wang2021amr_li_symmetric")
    half_of_the_film = 0.5 * cell.cathode.active_areal_mass * library()["Li"].capacity_per_stoichiometry
    passed = result.data.step(1).capacity[-1] * 3600.0 / cell_parameters(cell).area
    assert passed == pytest.approx(half_of_the_film, rel=2e-3)


def test_the_lithium_oxygen_cell_stops_where_lithium_hydroxide_is_saturated():
    result = simulate("wu2016_li_o2")
    cell = load_cell("wu2016_li_o2")
    # 5 mol per litre of water, 1 mm of a solution of 1.11 g/cm3 of which 200/222.1... is water
    water = 1.11e3 * 1e-3 * (11.1 * 18.015) / (11.1 * 18.015 + 23.95)  # kg/m2
    by_hand = 5.0 * water * FARADAY
    assert cell_parameters(cell).positive.charge == pytest.approx(by_hand, rel=2e-3)
    passed = result.data.step(1).capacity[-1] * 3600.0 / cell_parameters(cell).area
    assert passed == pytest.approx(0.99 * by_hand, rel=5e-3)
    assert result.steps[0].ended_by == "positive electrode surface saturated"


def test_two_shells_lie_on_each_other():
    parameters = cell_parameters(load_cell("wang2021amr_dual_shell")).positive
    assert list(parameters.layer_resistances) == ["LiNbO3 coating", "Li10GeP2S12 coating"]
    inner, outer = parameters.layer_resistances.values()
    assert inner == pytest.approx(10e-9 / 1e-6)
    assert outer < inner / 100.0


def test_chloride_coated_cobalt_oxide_delivers_what_the_paper_says():
    found = simulate("wang2021amr_lco_lic").steps[1]
    assert found.capacity_mAh_per_g == pytest.approx(131.7, rel=0.03)
