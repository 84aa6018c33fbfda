"""What a stack weighs, measures and delivers: conservation, limits and contracts."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interlayer.cell import build_cell, changed_cell, example_files, load_cell
from interlayer.cell.changes import contents
from interlayer.energy import StackResult, stack
from interlayer.energy.lithium import plated_thickness
from interlayer.energy.repeat_unit import foil_share
from interlayer.errors import InputError
from interlayer.units import UNITS

EXAMPLES = sorted(example_files())
LLZO = load_cell("wu2016_llzo")
LIION = load_cell("wu2016_liion")

loadings = st.floats(0.5, 60.0)
thicknesses = st.floats(0.1, 500.0)


def llzo(*changes):
    return changed_cell(LLZO, changes)


def garnet(loading, thickness):
    return llzo(f"cathode.loading={loading!r} mg/cm2", f"separator.thickness={thickness!r} um")


@pytest.mark.parametrize("name", EXAMPLES)
def test_layers_add_up_to_the_cell(name):
    result = stack(name)
    layers = result.layers
    assert sum(layer.areal_mass_mg_per_cm2 for layer in layers) == pytest.approx(
        result.areal_mass_mg_per_cm2, rel=1e-12
    )
    assert sum(layer.thickness_um for layer in layers) == pytest.approx(result.thickness_um, rel=1e-12)
    assert sum(layer.mass_share for layer in layers) == pytest.approx(1.0, abs=1e-12)
    assert sum(layer.thickness_share for layer in layers) == pytest.approx(1.0, abs=1e-12)
    for layer in layers:
        assert sum(layer.materials_mg_per_cm2.values()) == pytest.approx(layer.areal_mass_mg_per_cm2, rel=1e-12)


@pytest.mark.parametrize("name", EXAMPLES)
def test_energy_is_capacity_times_voltage_whichever_way_it_is_counted(name):
    r = stack(name)
    assert r.areal_energy_mWh_per_cm2 == pytest.approx(r.areal_capacity_mAh_per_cm2 * r.average_voltage_V, rel=1e-12)
    assert r.specific_energy_Wh_per_kg * r.areal_mass_mg_per_cm2 == pytest.approx(r.areal_energy_mWh_per_cm2 * 1e3)
    assert r.energy_density_Wh_per_L * r.thickness_um == pytest.approx(r.areal_energy_mWh_per_cm2 * 1e4)


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_result_is_one_json_document_that_reads_back(name):
    result = stack(name, reference="wu2016_liion")
    text = result.model_dump_json()
    assert StackResult.model_validate(json.loads(text)) == result
    assert result.references
    assert result.method == "computed exactly from the cell file"


@settings(max_examples=40, deadline=None)
@given(loading=loadings, thin=thicknesses, more=st.floats(0.1, 300.0))
def test_a_thicker_separator_never_helps(loading, thin, more):
    one, other = stack(garnet(loading, thin)), stack(garnet(loading, thin + more))
    assert other.specific_energy_Wh_per_kg < one.specific_energy_Wh_per_kg
    assert other.energy_density_Wh_per_L < one.energy_density_Wh_per_L
    assert other.areal_capacity_mAh_per_cm2 == one.areal_capacity_mAh_per_cm2


@settings(max_examples=40, deadline=None)
@given(loading=loadings, thickness=thicknesses)
def test_a_higher_loading_always_helps_and_approaches_the_bare_electrodes(loading, thickness):
    one, other = stack(garnet(loading, thickness)), stack(garnet(loading * 1.1, thickness))
    assert other.specific_energy_Wh_per_kg > one.specific_energy_Wh_per_kg
    # E_S of electrodes alone: C V / (1/0.8 + 1.2 C/C_Li), all in g and mAh
    bare = 1e3 * 200.0 * 3.6e-3 / (1 / 0.8 + 1.2 * 200.0 / 3860.0)
    assert other.specific_energy_Wh_per_kg < bare
    nearly = stack(garnet(9000.0, thickness)).specific_energy_Wh_per_kg
    assert nearly == pytest.approx(bare, rel=0.03)


@settings(max_examples=40, deadline=None)
@given(loading=st.floats(7.0, 60.0), name=st.sampled_from(["llzo", "latp", "lgps"]))
def test_the_break_even_thickness_put_back_gives_the_reference(loading, name):
    reference = stack(LIION)
    cell = load_cell(f"wu2016_{name}", changes=[f"cathode.loading={loading!r} mg/cm2"])
    compared = stack(cell, reference=LIION)
    even = compared.break_even_thickness_um
    by_mass = stack(changed_cell(cell, [f"separator.thickness={even.specific_energy!r} um"]))
    by_volume = stack(changed_cell(cell, [f"separator.thickness={even.energy_density!r} um"]))
    assert by_mass.specific_energy_Wh_per_kg == pytest.approx(reference.specific_energy_Wh_per_kg, rel=1e-9)
    assert by_volume.energy_density_Wh_per_L == pytest.approx(reference.energy_density_Wh_per_L, rel=1e-9)
    more = compared.comparison.thickness_for_50_percent_more_um.specific_energy
    if more is not None and more > 1e-3:
        half_more = stack(changed_cell(cell, [f"separator.thickness={more!r} um"]))
        wanted = 1.5 * reference.specific_energy_Wh_per_kg
        assert half_more.specific_energy_Wh_per_kg == pytest.approx(wanted, rel=1e-9)


def test_a_cell_is_at_break_even_with_itself():
    own = stack(LLZO, reference=LLZO)
    assert own.break_even_thickness_um.specific_energy == pytest.approx(20.0, rel=1e-12)
    assert own.break_even_thickness_um.energy_density == pytest.approx(20.0, rel=1e-12)
    assert own.comparison.specific_energy_gain_percent == pytest.approx(0.0, abs=1e-12)


def test_a_cell_that_cannot_reach_the_reference_says_so():
    poor = stack(llzo("cathode.loading=1 mg/cm2"), reference=LIION)
    assert poor.break_even_thickness_um.specific_energy is None
    assert poor.break_even_thickness_um.energy_density is None
    assert any("break-even, specific energy" in note for note in poor.comparison.notes)


def test_the_thickest_layer_is_the_one_that_is_varied():
    layers = [
        {"material": "Li10GeP2S12", "thickness": "1 um"},
        {"material": "Li7La3Zr2O12", "thickness": "30 um"},
    ]
    cell = build_cell({**contents(LLZO.description), "separator": layers}, LLZO.library)
    compared = stack(cell, reference=LIION)
    assert compared.comparison.separator == "Li7La3Zr2O12"
    even = compared.break_even_thickness_um.specific_energy
    equal = stack(changed_cell(cell, [f"separator.1.thickness={even!r} um"]))
    assert equal.specific_energy_Wh_per_kg == pytest.approx(stack(LIION).specific_energy_Wh_per_kg, rel=1e-9)


def test_lithium_plates_4_85_micrometres_per_milliampere_hour():
    one = 1.0 * UNITS["areal_capacity"]["mAh/cm2"]
    thickness = plated_thickness(one, specific_capacity=3860.0 * 3600.0, density=534.0)
    assert thickness * 1e6 == pytest.approx(4.85, abs=0.005)


def test_plated_lithium_is_reported_for_lithium_metal_only():
    result = stack(LLZO)
    assert result.plated_lithium_um == pytest.approx(3.9 / 3860.0 / 0.54 * 1e4, rel=1e-12)
    assert result.lithium_inventory_mAh_per_cm2.anode_is == "lithium metal"
    assert stack(LIION).plated_lithium_um is None
    assert stack("wang2020_lnto450").plated_lithium_um is None
    assert stack("wang2020_lnto450").lithium_inventory_mAh_per_cm2.anode_is == "alloy"


@pytest.mark.parametrize("cell", [LLZO, LIION])
def test_the_anode_holds_twenty_percent_more_than_the_cathode_gives(cell):
    lithium = stack(cell).lithium_inventory_mAh_per_cm2
    assert lithium.anode == pytest.approx(1.2 * lithium.cathode, rel=1e-12)
    assert lithium.excess == pytest.approx(0.2 * lithium.cathode, rel=1e-12)


def test_a_bipolar_stack_of_one_is_a_single_cell():
    assert stack(llzo("stack.arrangement=bipolar", "stack.cells=1")).layers == stack(LLZO).layers


@settings(max_examples=30, deadline=None)
@given(cells=st.integers(2, 5000))
def test_a_bipolar_stack_loses_the_anode_foils_but_one(cells):
    single = stack(LLZO)
    stacked = stack(llzo("stack.arrangement=bipolar", f"stack.cells={cells}"))
    no_foil = stack(llzo("collectors.anode="))
    assert single.specific_energy_Wh_per_kg < stacked.specific_energy_Wh_per_kg < no_foil.specific_energy_Wh_per_kg
    copper = single.layers[-1].areal_mass_mg_per_cm2
    assert stacked.areal_mass_mg_per_cm2 == pytest.approx(no_foil.areal_mass_mg_per_cm2 + copper / cells, rel=1e-12)
    assert stacked.stack.voltage_V == pytest.approx(cells * single.average_voltage_V)
    assert stacked.stack.areal_capacity_mAh_per_cm2 == pytest.approx(single.areal_capacity_mAh_per_cm2)
    of_stack = stacked.stack.voltage_V * stacked.stack.areal_capacity_mAh_per_cm2 / stacked.stack.areal_mass_mg_per_cm2
    assert 1e3 * of_stack == pytest.approx(stacked.specific_energy_Wh_per_kg, rel=1e-12)


def test_electrodes_on_both_faces_halve_the_foils():
    both = stack(llzo("stack.arrangement=parallel", "stack.cells=20"))
    single = stack(LLZO)
    for foil in (0, -1):
        assert both.layers[foil].areal_mass_mg_per_cm2 == pytest.approx(single.layers[foil].areal_mass_mg_per_cm2 / 2)
    assert both.stack.voltage_V == single.average_voltage_V
    assert both.stack.areal_capacity_mAh_per_cm2 == pytest.approx(20 * single.areal_capacity_mAh_per_cm2)
    assert foil_share("cathode", "parallel", 20) == 1.0


def test_casing_is_shared_by_the_cells_of_a_stack():
    changes = ["stack.arrangement=parallel", "stack.other_areal_mass=100 mg/cm2", "stack.other_thickness=200 um"]
    cased = stack(llzo(*changes, "stack.cells=10"))
    bare = stack(llzo("stack.arrangement=parallel", "stack.cells=10"))
    assert cased.areal_mass_mg_per_cm2 == pytest.approx(bare.areal_mass_mg_per_cm2 + 10.0)
    assert cased.thickness_um == pytest.approx(bare.thickness_um + 20.0)
    assert sum(layer.mass_share for layer in cased.layers) == pytest.approx(1.0)


def test_simulated_numbers_replace_the_rating_and_say_so():
    rated, simulated = stack(LLZO), stack(LLZO, capacity=180.0, voltage=3.5)
    assert simulated.capacity_source == simulated.voltage_source == "simulated"
    assert rated.capacity_source == "stated rating"
    ratio = 180.0 * 3.5 / (200.0 * 3.6)
    assert simulated.specific_energy_Wh_per_kg == pytest.approx(rated.specific_energy_Wh_per_kg * ratio, rel=1e-12)
    assert simulated.areal_mass_mg_per_cm2 == rated.areal_mass_mg_per_cm2


@pytest.mark.parametrize("wrong", [{"capacity": 0.0}, {"capacity": float("nan")}, {"voltage": -1.0}])
def test_a_simulation_that_delivered_nothing_is_refused(wrong):
    with pytest.raises(InputError, match="no energy"):
        stack(LLZO, **wrong)


def test_prices_per_mass_and_per_area_add_up_and_close_the_list():
    names = ["NCA", '"carbon black"', "Li7La3Zr2O12", "Li", "Al", "Cu"]
    cost = stack(llzo(f"prices={{ {', '.join(f'{name} = {chr(39)}10 USD/kg{chr(39)}' for name in names)} }}")).cost
    assert cost.complete
    assert cost.unpriced == ()
    priced = sum(layer.areal_mass_mg_per_cm2 for layer in stack(LLZO).layers if layer.role != "separator")
    # 1 mg/cm2 is 10 g/m2, so 0.1 USD/m2 at 10 USD/kg; the separator has its own price per area
    assert cost.known_USD_per_m2 == pytest.approx(10.0 + 0.1 * priced, rel=1e-12)
    assert sum(item.USD_per_m2 for item in cost.items) == pytest.approx(cost.known_USD_per_m2)


def test_what_was_assumed_of_the_kinetics_does_not_burden_the_stack():
    assumed = stack(LLZO).assumptions
    assert any(line.startswith("densities.Cu") for line in assumed)
    assert not any("exchange_current_density" in line or line.startswith("temperature") for line in assumed)
    # with a layer sized by its mass the assumed area decides its thickness
    assert any(line.startswith("area = ") for line in stack("wang2020_lnto450").assumptions)


def test_the_figure_shows_every_layer_in_mass_and_thickness():
    result = stack(LIION)
    axes = result.plot().axes[0]
    assert len(axes.patches) == 2 * len(result.layers)
    assert sum(patch.get_width() for patch in axes.patches) == pytest.approx(200.0)
