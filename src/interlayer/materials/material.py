"""The Material record: what a substance is made of and every value known about it, each with its source."""

import math
from collections.abc import Sequence
from typing import Annotated, Any, Final, Literal, Self

from pydantic import BeforeValidator, Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from interlayer import composition, units
from interlayer.constants import BOLTZMANN, ELEMENTARY_CHARGE, FARADAY, ROOM_TEMPERATURE
from interlayer.errors import InputError, shown
from interlayer.materials.open_circuit import OpenCircuit
from interlayer.quantity import Quantity, Status, StrictModel, quantity

MaterialKind = Literal["electrolyte", "coating", "cathode", "anode", "additive"]
_HOTTEST: Final = 5000.0


def _kelvin(text: Any) -> float:
    """Read a temperature with its unit; a bare 25 would be 25 K to us and 25 degC to whoever wrote it."""
    try:
        if not isinstance(text, str):
            raise InputError(f"{shown(text)} has no unit; write e.g. '25 degC'")
        kelvin = units.parse(text, "temperature")
        if not 0.0 < kelvin <= _HOTTEST:
            raise InputError(f"{shown(text)} is out of range; allowed: above 0 K and at most {_HOTTEST:g} K")
    except InputError as error:
        raise PydanticCustomError("quantity", "{problem}", {"problem": str(error)}) from None
    return kelvin


class Datum(Quantity):
    """One published value: a Quantity that must name its source, with the conditions it holds for.

    `source` is a key of ``references.bib``, with the claim id after a colon where a paper of the project states it
    (``wu2016:S1-14``). `form` is the body that was measured (``crystal``, ``pellet``, ``film``, ``glass`` ...);
    `temperature` is in K.
    """

    source: str = Field(min_length=1)
    temperature: Annotated[float, BeforeValidator(_kelvin)] = ROOM_TEMPERATURE
    form: str | None = None
    status: Status = "stated"


class ActivationEnergy(Datum):
    """An activation energy and the Arrhenius form it belongs to.

    ``ln_sigma``: sigma = s0 exp(-E/kT); ``ln_sigma_T``: sigma T = s0 exp(-E/kT). The two differ by about kT.
    """

    arrhenius: Literal["ln_sigma", "ln_sigma_T"] = "ln_sigma"


class Material(StrictModel):
    """A substance of the library or of a user's own file.

    Each property is a tuple of values in the order of preference; the first that fits the asked form is used, and
    all of them are shown. `formula` is absent where the substance has none (a liquid electrolyte, a polymer blend).
    """

    name: str
    kind: MaterialKind
    family: str
    formula: str | None = None
    aliases: tuple[str, ...] = ()
    description: str = ""
    source: str | None = Field(default=None, min_length=1)
    """Where the substance is named, or its composition stated, if not with one of its values."""
    end_members: dict[str, float] = Field(default_factory=dict)
    """For a solid solution: formula of each ordered end member and its mole share, e.g. LiNiO2 0.5, LiMnO2 0.3."""
    lithium_sites: float | None = Field(default=None, gt=0, le=100)
    """Lithium atoms of one formula unit that the stoichiometry x = 1 of the open-circuit curve stands for."""

    density: tuple[Annotated[Datum, quantity("density", highest=3e4)], ...] = ()
    molar_volume: tuple[Annotated[Datum, quantity("molar_volume", highest=1.0)], ...] = ()
    conductivity: tuple[Annotated[Datum, quantity("conductivity", highest=1e4)], ...] = ()
    electronic_conductivity: tuple[Annotated[Datum, quantity("conductivity", highest=1e9)], ...] = ()
    activation_energy: tuple[Annotated[ActivationEnergy, quantity("energy_per_particle", highest=5e-19)], ...] = ()
    diffusivity: tuple[Annotated[Datum, quantity("diffusivity", highest=1.0)], ...] = ()
    relative_permittivity: tuple[Annotated[Datum, quantity("number", highest=1e6)], ...] = ()
    specific_capacity: tuple[Annotated[Datum, quantity("specific_capacity", highest=4e7)], ...] = ()
    exchange_current_density: tuple[Annotated[Datum, quantity("current_density", highest=1e6)], ...] = ()
    volume_change: tuple[Annotated[Datum, quantity("fraction", lowest=-1.0, highest=10.0)], ...] = ()
    open_circuit: tuple[OpenCircuit, ...] = ()
    price: tuple[Annotated[Datum, quantity("price_per_mass", exclude_lowest=False)], ...] = ()

    @field_validator("formula")
    @classmethod
    def _formula_is_readable(cls, formula: str | None) -> str | None:
        if formula is not None:
            try:
                composition.parse_formula(formula)
            except InputError as error:
                raise PydanticCustomError("formula", "{problem}", {"problem": str(error)}) from None
        return formula

    @model_validator(mode="after")
    def _end_members_add_up(self) -> Self:
        if self.end_members and abs(sum(self.end_members.values()) - 1.0) > 1e-6:
            raise PydanticCustomError(
                "end_members",
                "the shares of end_members add up to {total}, not 1",
                {"total": sum(self.end_members.values())},
            )
        return self

    def value(self, name: str, form: str | None = None) -> Datum:
        """Return the preferred value of the property `name`, of this `form` if one is stated for it.

        Raises InputError that names the material and the property when the library has no such value.
        """
        found = self.find(name, form)
        if found is None:
            raise InputError(
                f"{self.name} has no {name.replace('_', ' ')} in the library; "
                f"give it in the cell file or in a file of your own with --materials"
            )
        return found

    def find(self, name: str, form: str | None = None) -> Datum | None:
        """Return the preferred value of the property `name`, or None; a value of this `form` goes first."""
        values: Sequence[Datum] = getattr(self, name)
        return next((v for v in values if form is not None and v.form == form), values[0] if values else None)

    @property
    def molar_mass(self) -> float:
        """Molar mass of the formula unit, kg/mol."""
        if self.formula is None:
            raise InputError(f"{self.name} has no formula, so it has no molar mass")
        return composition.molar_mass(self.formula)

    @property
    def capacity_per_stoichiometry(self) -> float:
        """Charge per mass that takes x from 0 to 1: n F / M, A s/kg, with n the `lithium_sites`."""
        if self.lithium_sites is None:
            raise InputError(f"{self.name} has no lithium_sites, so it stores no lithium in this model")
        return self.lithium_sites * FARADAY / self.molar_mass

    def conductivity_at(self, temperature: float, form: str | None = None) -> Datum:
        """Return the ionic conductivity moved to `temperature` in K by the material's activation energy.

        sigma(T) = sigma(T0) exp(-E/k (1/T - 1/T0)), times T0/T where E was taken from ln(sigma T). Of several values
        of one form, the one measured nearest to `temperature` is moved; within 1 K it is returned as it is. Raises
        InputError when there is no activation energy to move it with.
        """
        preferred = self.value("conductivity", form)
        alike = [datum for datum in self.conductivity if datum.form == preferred.form]
        datum = min(alike, key=lambda datum: abs(datum.temperature - temperature))  # the first of equally near ones
        if abs(datum.temperature - temperature) <= 1.0:
            return datum
        energy = self.find("activation_energy", datum.form)
        if not isinstance(energy, ActivationEnergy):
            raise InputError(
                f"{self.name}: the conductivity is known at {datum.temperature:.2f} K only, and without an activation "
                f"energy it cannot be moved to {temperature:.2f} K"
            )
        moved = datum.si * math.exp(-energy.si / BOLTZMANN * (1 / temperature - 1 / datum.temperature))
        if energy.arrhenius == "ln_sigma_T":
            moved *= datum.temperature / temperature
        return datum.model_copy(
            update={
                "si": moved,
                "text": f"{moved / 0.1:.4g} mS/cm",
                "temperature": temperature,
                "status": "derived",
                "uncertainty": None,
                "note": f"{datum.text} at {datum.temperature:.2f} K moved with {energy.si / ELEMENTARY_CHARGE:.3g} eV "
                f"({energy.arrhenius}; {energy.source})",
            }
        )
