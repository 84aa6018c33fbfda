"""A number that a user or a library entry states: SI value, how it is known, and where it comes from."""

import math
from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, model_validator
from pydantic_core import PydanticCustomError

from interlayer import units
from interlayer.constants import BOLTZMANN, ROOM_TEMPERATURE
from interlayer.errors import InputError

Status = Literal["stated", "measured", "derived", "inferred", "fitted", "assumed"]
"""How a value is known: written by the source, measured by it, computed from what it states, inferred from an
ambiguous statement, fitted to its data, or assumed by whoever wrote the file."""


ACTIVATED: Final = {
    "conductivity": True,
    "diffusivity": True,
    "current_density": True,
    "resistance": False,
    "area_specific_resistance": False,
}
"""Kinds that may have an activation energy, and whether they grow with temperature."""


class StrictModel(BaseModel):
    """A frozen record that refuses unknown keys and takes a unit in the key: ``thickness_um = 10``."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    @model_validator(mode="before")
    @classmethod
    def _units_from_keys(cls, data: Any) -> Any:
        """Turn ``thickness_um = 10`` into ``thickness = "10 um"`` when only the first part is a field."""
        if not isinstance(data, Mapping):
            return data
        plain: dict[str, Any] = {}
        for key, value in data.items():
            name, written = key, value
            if isinstance(key, str) and key not in cls.model_fields and _is_number(value):
                field = max((f for f in cls.model_fields if key.startswith(f + "_")), key=len, default=None)
                if field is not None:
                    unit = key[len(field) + 1 :].replace("_per_", "/").replace("_", " ")
                    name, written = field, f"{value!r} {unit}"
            if name in plain:
                raise PydanticCustomError("twice", "is given twice, once as {key}", {"key": key})
            plain[name] = written
        return plain


class Quantity(StrictModel):
    """A value in SI with its standing.

    `si` is the number; `kind` names what it is a quantity of (see `interlayer.units.UNITS`); `text` is what was
    written; `status`, `source` and `note` say how far to trust it; `uncertainty` is one standard deviation in SI.

    A conductivity, a diffusivity, a kinetic current density or a resistance may have an `activation_energy` (J per
    particle): it was stated at `reference_temperature` (K), where it is `reference_si`, and moves by Arrhenius' law.
    """

    si: float
    kind: str
    text: str
    status: Status = "stated"
    source: str | None = None
    note: str | None = None
    uncertainty: float | None = None
    activation_energy: float | None = None
    reference_temperature: float | None = None
    reference_si: float | None = None

    def at_temperature(self, temperature: float) -> Self:
        """Return the quantity at another temperature in K: times exp(-E/k (1/T - 1/T_ref)), a resistance over it."""
        if self.activation_energy is None:
            return self
        reference = ROOM_TEMPERATURE if self.reference_temperature is None else self.reference_temperature
        stated = self.si if self.reference_si is None else self.reference_si
        factor = math.exp(-self.activation_energy / BOLTZMANN * (1.0 / temperature - 1.0 / reference))
        moved = stated * factor if ACTIVATED[self.kind] else stated / factor
        return self.model_copy(update={"si": moved, "reference_si": stated})

    def __float__(self) -> float:
        return self.si

    def to(self, unit: str) -> float:
        """Return the value in `unit`."""
        return units.in_unit(self.si, unit, self.kind)

    @model_validator(mode="after")
    def _an_assumption_has_a_reason(self) -> Self:
        if self.status != "stated" and not (self.source or self.note):
            raise PydanticCustomError(
                "no_source", "the status {status} needs a 'source' or a 'note' that says why", {"status": self.status}
            )
        return self


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _number_in_si(value: object, kind: str) -> tuple[float, str]:
    if isinstance(value, str):
        return units.parse(value, kind), value
    if _is_number(value) and "" in units.UNITS[kind]:
        number = float(value)  # type: ignore[arg-type]
        return units.to_si(number, "", kind), repr(value)
    if _is_number(value):
        raise InputError(f"{value!r} has no unit; write e.g. {units.example(kind)!r}")
    raise InputError(f"expected a quantity such as {units.example(kind)!r}")


def _bounds_text(lowest: float, highest: float, excluded: bool, unit: str) -> str:
    relation = ("above" if excluded else "at least") + f" {lowest:g} {unit}".rstrip()
    return relation if math.isinf(highest) else f"{relation} and at most {highest:g} {unit}".rstrip()


def _activated(given: object, key: str, kind_of_key: str, kind: str) -> float:
    """Return an activation energy or its reference temperature in SI; InputError where the kind has none."""
    if kind not in ACTIVATED:
        kinds = ", ".join(one.replace("_", " ") for one in ACTIVATED)
        raise InputError(f"{key} has no meaning for a {kind.replace('_', ' ')}; it belongs to: {kinds}")
    value, text = _number_in_si(given, kind_of_key)
    if not 0.0 <= value <= 2000.0 or (kind_of_key == "temperature" and value == 0.0):
        raise InputError(f"{key} {text} is out of range")
    return value


def quantity(
    kind: str, *, lowest: float = 0.0, highest: float = math.inf, exclude_lowest: bool = True
) -> BeforeValidator:
    """Return the reader of a quantity of this `kind` with the allowed range in SI, for use in ``Annotated``."""

    def read(given: Any) -> Any:
        if isinstance(given, Quantity):
            return given
        table: Mapping[str, Any] = given if isinstance(given, Mapping) else {"value": given}
        if "value" not in table:
            raise PydanticCustomError(
                "no_value", "needs a 'value', e.g. {{value = {example}}}", {"example": repr(units.example(kind))}
            )
        rest = {key: value for key, value in table.items() if key != "value"}
        try:
            value, text = _number_in_si(table["value"], kind)
            if rest.get("uncertainty") is not None:
                spread = rest["uncertainty"]
                # a spread of temperatures is a difference: 1 degC is 1 K, not 274.15 K
                spread = spread.replace("degC", "K") if kind == "temperature" and isinstance(spread, str) else spread
                rest["uncertainty"], _ = _number_in_si(spread, kind)
            for key, of in (("activation_energy", "energy_per_particle"), ("reference_temperature", "temperature")):
                if rest.get(key) is not None:
                    rest[key] = _activated(rest[key], key, of, kind)
        except InputError as error:
            raise PydanticCustomError("quantity", "{problem}", {"problem": str(error)}) from None
        if not (lowest < value or (not exclude_lowest and value == lowest)) or value > highest:
            unit = next(iter(units.UNITS[kind]))
            raise PydanticCustomError(
                "range",
                "{value} is out of range; allowed: {allowed}",
                {"value": text, "allowed": _bounds_text(lowest, highest, exclude_lowest, unit)},
            )
        return {**rest, "si": value, "kind": kind, "text": text}

    return BeforeValidator(read)


Length = Annotated[Quantity, quantity("length", highest=1.0)]
Area = Annotated[Quantity, quantity("area", highest=100.0)]
ArealMass = Annotated[Quantity, quantity("areal_mass", highest=100.0)]
Mass = Annotated[Quantity, quantity("mass", highest=1000.0)]
Density = Annotated[Quantity, quantity("density", highest=3e4)]
Conductivity = Annotated[Quantity, quantity("conductivity", highest=1e9)]
Resistance = Annotated[Quantity, quantity("resistance", exclude_lowest=False)]
AreaSpecificResistance = Annotated[Quantity, quantity("area_specific_resistance", exclude_lowest=False)]
CurrentDensity = Annotated[Quantity, quantity("current_density")]
Voltage = Annotated[Quantity, quantity("voltage", lowest=-10.0, highest=10.0, exclude_lowest=False)]
Energy = Annotated[Quantity, quantity("energy_per_particle", exclude_lowest=False)]
Diffusivity = Annotated[Quantity, quantity("diffusivity", highest=1.0)]
SpecificCapacity = Annotated[Quantity, quantity("specific_capacity", highest=4e7)]
ArealCapacity = Annotated[Quantity, quantity("areal_capacity")]
ArealCapacitance = Annotated[Quantity, quantity("areal_capacitance", highest=1e3)]
Charge = Annotated[Quantity, quantity("charge")]
MolarVolume = Annotated[Quantity, quantity("molar_volume", highest=1.0)]
Temperature = Annotated[Quantity, quantity("temperature", highest=2000.0)]
Pressure = Annotated[Quantity, quantity("pressure", exclude_lowest=False)]
Fraction = Annotated[Quantity, quantity("fraction", highest=1.0, exclude_lowest=False)]
PartialFraction = Annotated[Quantity, quantity("fraction", highest=0.999, exclude_lowest=False)]
"""A porosity: below one, because something has to be there."""
Excess = Annotated[Quantity, quantity("fraction", lowest=-0.999, highest=1e4)]
Ratio = Annotated[Quantity, quantity("number")]
PricePerMass = Annotated[Quantity, quantity("price_per_mass", exclude_lowest=False)]
PricePerArea = Annotated[Quantity, quantity("price_per_area", exclude_lowest=False)]
