"""The cell file's schema: layers, coatings, areas, loadings and protocol, each value with unit and standing.

A cell is written from the cathode to the anode. Everything here is what a user wrote; what follows from it
(thicknesses, volume fractions, true areas) is computed in `interlayer.cell.geometry`.
"""

from typing import Annotated, Any, Final, Literal, Self

from pydantic import BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from interlayer import units
from interlayer.cell.degradation import Degradation
from interlayer.errors import InputError
from interlayer.materials.open_circuit import OpenCircuit
from interlayer.protocol import Protocol
from interlayer.quantity import (
    Area,
    ArealCapacitance,
    ArealMass,
    AreaSpecificResistance,
    Conductivity,
    CurrentDensity,
    Density,
    Diffusivity,
    Excess,
    Fraction,
    Length,
    Mass,
    PartialFraction,
    PricePerArea,
    PricePerMass,
    Quantity,
    Ratio,
    SpecificCapacity,
    StrictModel,
    Temperature,
    Voltage,
    quantity,
)

SCHEMA_VERSION: Final = 1


def _by_unit(*kinds: str) -> BeforeValidator:
    """Return the reader of a quantity whose kind is the first of `kinds` that accepts its unit."""
    readers = {kind: quantity(kind).func for kind in kinds}

    def read(given: Any) -> Any:
        if isinstance(given, Quantity):
            return given
        text = given.get("value") if isinstance(given, dict) else given
        for kind, reader in readers.items():
            try:
                units.parse(str(text), kind)
            except InputError:
                continue
            return reader(given)  # type: ignore[call-arg]
        examples = ", ".join(repr(units.example(kind)) for kind in kinds)
        raise PydanticCustomError(
            "quantity",
            "{text} is not one of: {kinds}; write e.g. {examples}",
            {
                "text": repr(text)[:60],
                "kinds": ", ".join(kind.replace("_", " ") for kind in kinds),
                "examples": examples,
            },
        )

    return BeforeValidator(read)


AnyCapacity = Annotated[Quantity, _by_unit("specific_capacity", "areal_capacity", "charge")]
AnyReported = Annotated[
    Quantity,
    _by_unit("specific_capacity", "areal_capacity", "charge", "resistance", "area_specific_resistance", "voltage"),
]


def exactly_one(model: StrictModel, *names: str) -> None:
    """Refuse a table that gives none or several of `names`."""
    given = [name for name in names if getattr(model, name) is not None]
    if len(given) != 1:
        options = ", ".join(repr(name) for name in names)
        problem = f"give exactly one of {options}" + (f" ({' and '.join(given)} are given)" if given else "")
        raise PydanticCustomError("exactly_one", "{problem}", {"problem": problem})


class Coating(StrictModel):
    """One conformal layer on the active particles; the first of a list lies on the particle.

    `coverage` is the share of the surface it covers and counts for the mass; its resistance is that of the covered
    part.

    `conductivity` replaces the library's value; `form` chooses among the library's values; a relative `permittivity`
    gives the film its own arc in impedance spectra.
    """

    material: str
    thickness: Length
    coverage: Fraction | None = None
    conductivity: Conductivity | None = None
    form: str | None = None
    permittivity: Ratio | None = None


class SpaceCharge(StrictModel):
    """A depleted layer in the electrolyte: its potential step and the electrolyte's relative permittivity."""

    potential: Annotated[Quantity, quantity("voltage", highest=1.0, exclude_lowest=False)]
    permittivity: Ratio


class Interface(StrictModel):
    """What is known of the contact between the active surface and the electrolyte.

    `measured_resistance` (of the whole electrode, in ohm on the cell or ohm cm2 of electrode) is compared with what
    the layers explain. `remainder` says what carries the rest in a simulation: ``charge_transfer`` turns it into an
    exchange current density, ``ohmic`` into a series resistance on the true area, ``ignored`` leaves it out.
    `contact_fraction` is the share of the active surface that touches electrolyte; `contact_radius` and
    `contacts_per_particle` describe sparse contacts for the spreading and constriction terms.
    """

    exchange_current_density: CurrentDensity | None = None
    area_specific_resistance: AreaSpecificResistance | None = None
    measured_resistance: Annotated[Quantity, _by_unit("resistance", "area_specific_resistance")] | None = None
    remainder: Literal["charge_transfer", "ohmic", "ignored"] = "charge_transfer"
    contact_fraction: Fraction | None = None
    contact_radius: Length | None = None
    contacts_per_particle: Ratio | None = None
    space_charge: SpaceCharge | None = None
    double_layer_capacitance: ArealCapacitance | None = None

    @model_validator(mode="after")
    def _one_source_of_kinetics(self) -> Self:
        if self.contact_fraction is not None and self.contact_fraction.si == 0:
            raise PydanticCustomError("contact", "contact_fraction is 0: nothing touches, so no current can flow")
        return self


class Electrode(StrictModel):
    """What a composite, a film and a metal have in common; overrides of library values are optional."""

    interface: Interface = Interface()
    specific_capacity: SpecificCapacity | None = None
    """Reversible capacity per mass of active material, for the stack and for sizing a counter electrode."""
    open_circuit: OpenCircuit | None = None
    diffusivity: Diffusivity | None = None
    initial_stoichiometry: Fraction | None = None


class CompositeElectrode(Electrode):
    """Active particles, electrolyte, carbon and binder pressed or cast together.

    `composition` is in parts by mass and includes the active material. `loading` is the active mass per electrode
    area; an anode may give `excess` over the cathode's capacity instead. One of `porosity`, `thickness` and
    `density` (of the composite, pore filling not counted) fixes the geometry. `ionic_conductivity` and
    `electronic_conductivity` are effective values of the composite where they were measured; otherwise they follow
    from the volume fractions with `bruggeman_exponent`. `utilisation` is the share of the active material that both
    ions and electrons reach, all of it without: in sulfur cathodes the contact of three phases decides it.
    """

    kind: Literal["composite"]
    active_material: str
    composition: dict[str, Annotated[float, Field(gt=0, allow_inf_nan=False, le=1e9)]]
    loading: ArealMass | None = None
    excess: Excess | None = None
    porosity: PartialFraction | None = None
    thickness: Length | None = None
    density: Density | None = None
    pore_filling: str | None = None
    particle_diameter: Length | None = None
    utilisation: Fraction | None = None
    coating: tuple[Coating, ...] = ()
    ionic_conductivity: Conductivity | None = None
    electronic_conductivity: Conductivity | None = None
    bruggeman_exponent: Ratio | None = None

    @model_validator(mode="after")
    def _is_complete(self) -> Self:
        exactly_one(self, "loading", "excess")
        exactly_one(self, "porosity", "thickness", "density")
        if self.utilisation is not None and self.utilisation.si == 0:
            raise PydanticCustomError("utilisation", "utilisation is 0: nothing of the electrode would take part")
        if self.active_material not in self.composition:
            raise PydanticCustomError(
                "composition",
                "'composition' does not contain the active material {name}",
                {"name": repr(self.active_material)},
            )
        return self


class ThinFilmElectrode(Electrode):
    """A dense film of active material, lithium diffusing across its thickness."""

    kind: Literal["thin_film"]
    active_material: str
    thickness: Length
    porosity: PartialFraction | None = None
    coating: tuple[Coating, ...] = ()


class MetalElectrode(Electrode):
    """Lithium or an alloy with a flat potential: no diffusion, an unlimited reservoir in the simulation.

    `excess` sizes the metal at (1 + excess) times the cathode's capacity, by the metal's own specific capacity.
    """

    kind: Literal["metal"]
    material: str
    thickness: Length | None = None
    excess: Excess | None = None
    mass: Mass | None = None
    porosity: PartialFraction | None = None

    @model_validator(mode="after")
    def _is_sized(self) -> Self:
        exactly_one(self, "thickness", "excess", "mass")
        return self


class SeparatorLayer(StrictModel):
    """One layer between the electrodes: electrolyte, buffer, protection or a soaked membrane.

    One of `thickness`, `areal_mass` and `mass` (on the cell's area) sizes it; `pore_filling` conducts in the pores
    of a membrane, with `bruggeman_exponent`.
    """

    material: str
    thickness: Length | None = None
    areal_mass: ArealMass | None = None
    mass: Mass | None = None
    porosity: PartialFraction | None = None
    pore_filling: str | None = None
    conductivity: Conductivity | None = None
    form: str | None = None
    bruggeman_exponent: Ratio | None = None
    price: PricePerArea | None = None

    @model_validator(mode="after")
    def _is_sized(self) -> Self:
        exactly_one(self, "thickness", "areal_mass", "mass")
        return self


class Foil(StrictModel):
    """A current collector."""

    material: str
    thickness: Length
    price: PricePerArea | None = None


class Collectors(StrictModel):
    """The current collectors; a laboratory cell on steel may have none."""

    cathode: Foil | None = None
    anode: Foil | None = None


class Stack(StrictModel):
    """How unit cells are stacked into a product.

    ``single``: one cell with whole foils. ``parallel``: electrodes on both faces of each foil, so a unit cell
    carries half of each. ``bipolar``: neighbours in series share one foil, the cathode's, and the anode's falls away
    inside the stack. `other_areal_mass` and `other_thickness` are what casing and tabs add to the whole stack.
    """

    arrangement: Literal["single", "parallel", "bipolar"] = "single"
    cells: int = Field(default=1, ge=1, le=10_000)
    other_areal_mass: ArealMass | None = None
    other_thickness: Length | None = None


class Rating(StrictModel):
    """What the stack model takes as delivered; without it the equilibrium curves between the cut-offs decide."""

    specific_capacity: SpecificCapacity | None = None
    average_voltage: Voltage | None = None


class ReportedValue(StrictModel):
    """A result that a source reports of this cell, shown beside ours; `rate` such as ``0.1C`` where it matters."""

    quantity: str
    value: AnyReported
    rate: str | None = None
    source: str = Field(min_length=1)
    note: str | None = None


Cathode = Annotated[CompositeElectrode | ThinFilmElectrode, Field(discriminator="kind")]
Anode = Annotated[MetalElectrode | CompositeElectrode | ThinFilmElectrode, Field(discriminator="kind")]


class CellDescription(StrictModel):
    """A cell file, version 1."""

    schema_version: Literal[1] = Field(alias="schema")
    name: str = Field(min_length=1, max_length=80, pattern=r"^[A-Za-z0-9][A-Za-z0-9_.\-]*$")
    title: str = Field(default="", max_length=300)
    references: tuple[str, ...] = ()
    area: Area
    temperature: Temperature = Quantity(si=298.15, kind="temperature", text="25 degC")
    nominal_capacity: AnyCapacity
    """Fixes 1C: per mass of cathode active material, per electrode area, or of the whole cell."""
    cathode: Cathode
    separator: tuple[SeparatorLayer, ...] = Field(min_length=1, max_length=50)
    anode: Anode
    collectors: Collectors = Collectors()
    stack: Stack = Stack()
    rating: Rating = Rating()
    densities: dict[str, Density] = Field(default_factory=dict)
    """Densities that replace the library's, by material: what a source assumed, where it differs."""
    prices: dict[str, PricePerMass] = Field(default_factory=dict)
    protocol: Protocol | None = None
    degradation: Degradation = Degradation()
    reported: tuple[ReportedValue, ...] = ()

    @model_validator(mode="after")
    def _cathode_has_a_loading(self) -> Self:
        if isinstance(self.cathode, CompositeElectrode) and self.cathode.loading is None:
            raise PydanticCustomError("loading", "cathode.loading is missing: 'excess' sizes an anode, not a cathode")
        return self
