"""From what a cell file states to thicknesses, areal masses, volume fractions and true areas.

Everything is per area of electrode and in SI; nothing here knows about currents or energies.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from interlayer.cell.description import (
    CellDescription,
    Coating,
    CompositeElectrode,
    Foil,
    MetalElectrode,
    SeparatorLayer,
    ThinFilmElectrode,
)
from interlayer.errors import InputError
from interlayer.materials import Library, Material

Role = Literal["cathode collector", "cathode", "separator", "anode", "anode collector"]


@dataclass(frozen=True)
class Layer:
    """One layer of the stack, per area of electrode.

    `masses` holds kg/m2 by material; `volume_fractions` are shares of the layer's volume, pores included;
    `thickness` is in m. For an electrode of particles `active_fraction` is the share of active material,
    `particle_radius` is in m and `true_area` is the particle surface per electrode area (m2/m2); a film has 1.
    """

    role: Role
    name: str
    thickness: float
    masses: Mapping[str, float]
    volume_fractions: Mapping[str, float]
    porosity: float = 0.0
    active_material: str | None = None
    active_fraction: float = 0.0
    particle_radius: float | None = None
    true_area: float = 1.0
    notes: tuple[str, ...] = field(default=())

    @property
    def areal_mass(self) -> float:
        """Mass per electrode area, kg/m2."""
        return sum(self.masses.values())

    @property
    def active_areal_mass(self) -> float:
        """Mass of active material per electrode area, kg/m2; 0 where there is none."""
        return self.masses.get(self.active_material, 0.0) if self.active_material is not None else 0.0


def density(name: str, description: CellDescription, library: Library) -> float:
    """Return the density of a material in kg/m3: the cell file's own value, else the library's."""
    material = library[name]
    own = next((d for key, d in description.densities.items() if library[key].name == material.name), None)
    return (own or material.value("density")).si


def specific_capacity(electrode: CompositeElectrode | ThinFilmElectrode | MetalElectrode, material: Material) -> float:
    """Return the reversible capacity of an electrode's active material in A s/kg.

    The cell file's value, else the library's, else n F/M of all lithium sites.
    """
    if electrode.specific_capacity is not None:
        return electrode.specific_capacity.si
    known = material.find("specific_capacity")
    return known.si if known is not None else material.capacity_per_stoichiometry


def cathode_specific_capacity(description: CellDescription, library: Library) -> float:
    """Return what an anode is sized against, A s/kg: the rated capacity where one is stated, else the material's."""
    rated = description.rating.specific_capacity
    if rated is not None:
        return rated.si
    return specific_capacity(description.cathode, library[description.cathode.active_material])


def layers(description: CellDescription, library: Library) -> tuple[Layer, ...]:
    """Return the layers from the cathode's collector to the anode's.

    Raises InputError where a material or a density is missing, or where the stated porosity, thickness or density of
    a composite contradicts what it is made of.
    """

    def rho(name: str) -> float:
        return density(name, description, library)

    cathode = _cathode(description, library, rho)
    cathode_capacity = cathode.active_areal_mass * cathode_specific_capacity(description, library)
    separators = tuple(
        _separator(layer, description, rho, number) for number, layer in enumerate(description.separator)
    )
    anode = _anode(description, library, rho, cathode_capacity)
    foils = description.collectors
    stack = [cathode, *separators, anode]
    if foils.cathode is not None:
        stack.insert(0, _foil(foils.cathode, "cathode collector", rho))
    if foils.anode is not None:
        stack.append(_foil(foils.anode, "anode collector", rho))
    return tuple(stack)


def _cathode(description: CellDescription, library: Library, rho: Callable[[str], float]) -> Layer:
    electrode = description.cathode
    if isinstance(electrode, ThinFilmElectrode):
        return _film(electrode, "cathode", rho)
    assert electrode.loading is not None  # the schema asks for it
    return _composite(electrode, "cathode", electrode.loading.si, rho)


def _anode(
    description: CellDescription, library: Library, rho: Callable[[str], float], cathode_capacity: float
) -> Layer:
    electrode = description.anode
    if isinstance(electrode, ThinFilmElectrode):
        return _film(electrode, "anode", rho)
    if isinstance(electrode, CompositeElectrode):
        loading = electrode.loading.si if electrode.loading is not None else None
        if loading is None:
            assert electrode.excess is not None
            capacity = specific_capacity(electrode, library[electrode.active_material])
            loading = cathode_capacity * (1 + electrode.excess.si) / capacity
        return _composite(electrode, "anode", loading, rho)
    return _metal(electrode, description, library, rho, cathode_capacity)


def _metal(
    electrode: MetalElectrode,
    description: CellDescription,
    library: Library,
    rho: Callable[[str], float],
    cathode_capacity: float,
) -> Layer:
    porosity = electrode.porosity.si if electrode.porosity is not None else 0.0
    solid = 1.0 - porosity
    if electrode.thickness is not None:
        areal = electrode.thickness.si * solid * rho(electrode.material)
    elif electrode.mass is not None:
        areal = electrode.mass.si / description.area.si
    else:
        assert electrode.excess is not None
        capacity = specific_capacity(electrode, library[electrode.material])
        areal = cathode_capacity * (1 + electrode.excess.si) / capacity
    return Layer(
        role="anode",
        name=electrode.material,
        thickness=areal / rho(electrode.material) / solid,
        masses={electrode.material: areal},
        volume_fractions={electrode.material: solid},
        porosity=porosity,
        active_material=electrode.material,
        active_fraction=solid,
    )


def _film(electrode: ThinFilmElectrode, role: Role, rho: Callable[[str], float]) -> Layer:
    porosity = electrode.porosity.si if electrode.porosity is not None else 0.0
    areal = electrode.thickness.si * (1 - porosity) * rho(electrode.active_material)
    masses = {electrode.active_material: areal}
    for coating, mass, _ in _coatings(electrode.coating, 1.0, rho):
        masses[coating] = masses.get(coating, 0.0) + mass
    return Layer(
        role=role,
        name=electrode.active_material,
        thickness=electrode.thickness.si + sum(coating.thickness.si for coating in electrode.coating),
        masses=masses,
        volume_fractions={electrode.active_material: 1 - porosity},
        porosity=porosity,
        active_material=electrode.active_material,
        active_fraction=1 - porosity,
    )


def _foil(foil: Foil, role: Role, rho: Callable[[str], float]) -> Layer:
    return Layer(
        role=role,
        name=foil.material,
        thickness=foil.thickness.si,
        masses={foil.material: foil.thickness.si * rho(foil.material)},
        volume_fractions={foil.material: 1.0},
    )


def _separator(layer: SeparatorLayer, description: CellDescription, rho: Callable[[str], float], number: int) -> Layer:
    porosity = layer.porosity.si if layer.porosity is not None else 0.0
    solid = 1.0 - porosity
    if layer.thickness is not None:
        thickness = layer.thickness.si
    else:
        areal = layer.areal_mass.si if layer.areal_mass is not None else 0.0
        if layer.mass is not None:
            areal = layer.mass.si / description.area.si
        thickness = areal / rho(layer.material) / solid
    masses = {layer.material: thickness * solid * rho(layer.material)}
    volumes = {layer.material: solid}
    if layer.pore_filling is not None:
        if porosity == 0.0:
            raise InputError(f"separator[{number}]: pore_filling is given, but the porosity is 0")
        masses[layer.pore_filling] = thickness * porosity * rho(layer.pore_filling)
        volumes[layer.pore_filling] = porosity
    return Layer(
        role="separator",
        name=layer.material,
        thickness=thickness,
        masses=masses,
        volume_fractions=volumes,
        porosity=0.0 if layer.pore_filling is not None else porosity,
    )


def _composite(electrode: CompositeElectrode, role: Role, loading: float, rho: Callable[[str], float]) -> Layer:
    """Return the layer of a composite: solid volumes first, then the pores that the stated geometry leaves.

    True area of spheres: S = 6 m / (rho d) per electrode area, with m the active loading and d the diameter.
    """
    active = electrode.active_material
    per_active = loading / electrode.composition[active]
    masses = {name: parts * per_active for name, parts in electrode.composition.items()}
    radius = electrode.particle_diameter.si / 2 if electrode.particle_diameter is not None else None
    true_area = 3.0 * (loading / rho(active)) / radius if radius is not None else 1.0
    if radius is None and electrode.coating:
        raise InputError(f"{role}.particle_diameter is missing: the coated area follows from it")
    volumes = {name: mass / rho(name) for name, mass in masses.items()}
    for name, mass, volume in _coatings(electrode.coating, true_area, rho):
        masses[name] = masses.get(name, 0.0) + mass
        volumes[name] = volumes.get(name, 0.0) + volume
    solid = sum(volumes.values())
    if electrode.porosity is not None:
        porosity = electrode.porosity.si
        thickness = solid / (1 - porosity)
    else:
        if electrode.thickness is not None:
            thickness, stated = electrode.thickness.si, f"thickness = {electrode.thickness.text!r}"
        else:
            assert electrode.density is not None
            thickness, stated = sum(masses.values()) / electrode.density.si, f"density = {electrode.density.text!r}"
        porosity = 1 - solid / thickness
        if porosity < -0.005:
            raise InputError(
                f"{role}.{stated} leaves no room: the solids alone are {solid * 1e6:.3g} um thick, "
                f"so the composite would have a porosity of {porosity * 100:.0f} %; "
                f"allowed: a thickness of at least {solid * 1e6:.3g} um"
            )
        porosity = max(porosity, 0.0)
    fractions = {name: volume / thickness for name, volume in volumes.items()}
    pores = porosity
    if electrode.pore_filling is not None and porosity > 0:
        masses[electrode.pore_filling] = masses.get(electrode.pore_filling, 0.0) + thickness * porosity * rho(
            electrode.pore_filling
        )
        fractions[electrode.pore_filling] = fractions.get(electrode.pore_filling, 0.0) + porosity
        pores = 0.0
    return Layer(
        role=role,
        name=active,
        thickness=thickness,
        masses=masses,
        volume_fractions=fractions,
        porosity=pores,
        active_material=active,
        active_fraction=fractions[active],
        particle_radius=radius,
        true_area=true_area,
    )


def _coatings(
    coatings: tuple[Coating, ...], true_area: float, rho: Callable[[str], float]
) -> list[tuple[str, float, float]]:
    """Return (material, kg/m2, m3/m2) of each coating on `true_area` m2/m2 of particle surface."""
    result = []
    for coating in coatings:
        coverage = coating.coverage.si if coating.coverage is not None else 1.0
        volume = coating.thickness.si * true_area * coverage
        result.append((coating.material, volume * rho(coating.material), volume))
    return result
