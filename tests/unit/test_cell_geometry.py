"""From what a cell file states to thicknesses, masses, volume fractions and true areas."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interlayer.cell import build_cell, changed_cell, load_cell
from interlayer.cell.changes import contents
from interlayer.errors import InputError

WANG = load_cell("wang2020_lnto450")
LLZO = load_cell("wu2016_llzo")
LIION = load_cell("wu2016_liion")

porosities = st.floats(0.0, 0.9)
loadings = st.floats(0.1, 100.0)


def with_cathode(**keys):
    """The coated cell with another cathode geometry; the three ways of stating it exclude each other."""
    cathode = {
        k: v for k, v in contents(WANG.description.cathode).items() if k not in ("porosity", "thickness", "density")
    }
    return build_cell({**contents(WANG.description), "cathode": {**cathode, **keys}}, WANG.library)


@settings(max_examples=50, deadline=None)
@given(porosity=porosities, loading=loadings)
def test_porosity_thickness_and_density_are_three_readings_of_one_layer(porosity, loading):
    given_loading = {"loading": f"{loading!r} mg/cm2"}
    one = with_cathode(**given_loading, porosity=porosity).cathode
    by_thickness = with_cathode(**given_loading, thickness=f"{one.thickness!r} m").cathode
    by_density = with_cathode(**given_loading, density=f"{one.areal_mass / one.thickness!r} kg/m3").cathode
    for other in (by_thickness, by_density):
        assert other.thickness == pytest.approx(one.thickness, rel=1e-12)
        assert other.porosity == pytest.approx(porosity, abs=1e-9)
        assert dict(other.masses) == pytest.approx(dict(one.masses), rel=1e-12)


@pytest.mark.parametrize("keys", [{"thickness": "10 um"}, {"density": "6 g/cm3"}])
def test_a_geometry_without_room_for_the_solids_is_refused(keys):
    with pytest.raises(InputError, match="leaves no room") as error:
        with_cathode(**keys)
    assert f"cathode.{next(iter(keys))} = '{next(iter(keys.values()))}'" in str(error.value)
    assert "allowed: a thickness of at least" in str(error.value)


@pytest.mark.parametrize("keys", [{}, {"porosity": "8 %", "thickness": "40 um"}])
def test_the_geometry_is_stated_exactly_once(keys):
    with pytest.raises(InputError, match="exactly one of 'porosity', 'thickness', 'density'"):
        with_cathode(**keys)


def test_true_area_of_the_single_crystal_cathode():
    # 8.4 mg/cm2 of 3 um spheres of 4.66 g/cm3: 6 m/(rho d) = 36.1 cm2 per cm2 of electrode
    assert WANG.cathode.true_area == pytest.approx(36.1, abs=0.1)
    assert WANG.cathode.true_area == pytest.approx(6 * 8.4e-2 / (4660.0 * 3e-6), rel=1e-12)


@settings(max_examples=30, deadline=None)
@given(diameter=st.floats(0.1, 50.0), loading=loadings)
def test_finer_particles_and_more_of_them_have_more_surface(diameter, loading):
    def area(d, m):
        return with_cathode(particle_diameter=f"{d!r} um", loading=f"{m!r} mg/cm2", porosity=0.1).cathode.true_area

    assert area(diameter / 2, loading) == pytest.approx(2 * area(diameter, loading), rel=1e-12)
    assert area(diameter, 2 * loading) == pytest.approx(2 * area(diameter, loading), rel=1e-12)


@pytest.mark.parametrize("cell", [WANG, LLZO, LIION], ids=lambda cell: cell.name)
def test_volume_fractions_and_empty_pores_fill_every_layer(cell):
    for layer in cell.layers:
        assert sum(layer.volume_fractions.values()) + layer.porosity == pytest.approx(1.0, abs=1e-12), layer.role


def test_masses_are_volume_fractions_times_density():
    for name, mass in LIION.cathode.masses.items():
        density = LIION.description.densities[name].si
        assert mass == pytest.approx(
            LIION.cathode.volume_fractions[name] * LIION.cathode.thickness * density, rel=1e-12
        )


def test_a_filled_pore_weighs_what_its_liquid_weighs_and_adds_no_thickness():
    dry = changed_cell(LIION, ["cathode.pore_filling="]).cathode
    wet = LIION.cathode
    assert wet.thickness == dry.thickness
    assert wet.porosity == 0.0
    assert dry.porosity == pytest.approx(0.40)
    assert wet.areal_mass - dry.areal_mass == pytest.approx(0.40 * dry.thickness * 1100.0, rel=1e-12)


def test_all_liquid_of_the_lithium_ion_cell_weighs_6_28_milligrams():
    liquid = sum(layer.masses.get("liquid electrolyte", 0.0) for layer in LIION.layers)
    assert liquid / 1e-2 == pytest.approx(6.28, abs=0.005)


def test_a_coating_weighs_its_volume_on_the_true_area():
    coated, bare = WANG, changed_cell(WANG, ["cathode.coating=[]"])
    layer, same = coated.cathode, bare.cathode
    thickness = coated.description.cathode.coating[0].thickness.si
    density = coated.material("LNTO-450").value("density").si
    assert layer.masses["LNTO-450"] == pytest.approx(thickness * layer.true_area * density, rel=1e-12)
    assert layer.areal_mass - same.areal_mass == pytest.approx(layer.masses["LNTO-450"], rel=1e-9)
    half = changed_cell(coated, ["cathode.coating.0.coverage=50 %"]).cathode
    assert half.masses["LNTO-450"] == pytest.approx(layer.masses["LNTO-450"] / 2, rel=1e-12)


def test_a_coating_needs_a_particle_size():
    with pytest.raises(InputError, match=r"cathode\.particle_diameter is missing"):
        changed_cell(WANG, ["cathode.particle_diameter="])


@settings(max_examples=30, deadline=None)
@given(thickness=st.floats(1.0, 2000.0))
def test_a_separator_is_the_same_by_thickness_areal_mass_and_mass(thickness):
    by_thickness = changed_cell(LLZO, [f"separator.thickness={thickness!r} um"]).separators[0]
    areal = by_thickness.areal_mass
    area = LLZO.description.area.si
    for change in (f"areal_mass={areal!r} kg/m2", f"mass={areal * area!r} kg"):
        other = changed_cell(LLZO, ["separator.thickness=", f"separator.{change}"]).separators[0]
        assert other.thickness == pytest.approx(thickness * 1e-6, rel=1e-12)
        assert other.areal_mass == pytest.approx(areal, rel=1e-12)


def test_the_lithium_anode_is_24_95_micrometres_with_its_pores():
    assert LLZO.anode.areal_mass / 1e-2 == pytest.approx(1.212, abs=0.0005)
    assert LLZO.anode.thickness * 1e6 == pytest.approx(24.95, abs=0.005)


def test_an_anode_is_sized_against_the_rated_capacity():
    doubled = changed_cell(LLZO, ["rating.specific_capacity=400 mAh/g"])
    assert doubled.anode.areal_mass == pytest.approx(2 * LLZO.anode.areal_mass, rel=1e-12)
    # without a rating the library's capacity of the active material decides
    unrated = changed_cell(LLZO, ["rating.specific_capacity="])
    known = LLZO.material("NCA").value("specific_capacity").si
    assert unrated.anode.areal_mass == pytest.approx(LLZO.anode.areal_mass * known / (200.0 * 3600.0), rel=1e-12)


def test_layers_run_from_the_cathodes_collector_to_the_anodes():
    roles = [layer.role for layer in LIION.layers]
    assert roles == ["cathode collector", "cathode", "separator", "anode", "anode collector"]
    assert [layer.role for layer in WANG.layers] == ["cathode", "separator", "anode"]


def test_the_cells_own_density_goes_before_the_librarys():
    lighter = changed_cell(LLZO, ["densities.Li7La3Zr2O12=2.5 g/cm3"])
    assert lighter.separators[0].areal_mass == pytest.approx(LLZO.separators[0].areal_mass / 2, rel=1e-12)
