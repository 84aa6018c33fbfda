"""Units at the edges: every quantity a user writes has a kind, a list of accepted units, and one SI float inside.

A unit library is not used here on purpose: the field writes ``mg/cm2``, ``ohm cm2`` and ``mAh/g``, which the
general libraries do not read, and an error has to name the units that *this* key accepts.
"""

import math
import re
import unicodedata
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from interlayer.constants import AVOGADRO, ELEMENTARY_CHARGE, ZERO_CELSIUS
from interlayer.errors import InputError, closest, shown


def _scales(**scales: Mapping[str, float]) -> Mapping[str, Mapping[str, float]]:
    return MappingProxyType({kind: MappingProxyType(dict(units)) for kind, units in scales.items()})


UNITS: Final[Mapping[str, Mapping[str, float]]] = _scales(
    length={"m": 1.0, "cm": 1e-2, "mm": 1e-3, "um": 1e-6, "nm": 1e-9, "angstrom": 1e-10},
    area={"m2": 1.0, "cm2": 1e-4, "mm2": 1e-6},
    areal_mass={"kg/m2": 1.0, "g/m2": 1e-3, "mg/cm2": 1e-2, "g/cm2": 10.0},
    mass={"kg": 1.0, "g": 1e-3, "mg": 1e-6},
    density={"kg/m3": 1.0, "g/cm3": 1e3, "g/L": 1.0},
    conductivity={"S/m": 1.0, "S/cm": 1e2, "mS/cm": 0.1, "uS/cm": 1e-4, "nS/cm": 1e-7},
    area_specific_resistance={"ohm m2": 1.0, "ohm cm2": 1e-4, "mohm cm2": 1e-7, "kohm cm2": 0.1},
    resistance={"ohm": 1.0, "kohm": 1e3, "Mohm": 1e6, "mohm": 1e-3},
    current={"A": 1.0, "mA": 1e-3, "uA": 1e-6, "nA": 1e-9},
    current_density={"A/m2": 1.0, "mA/cm2": 10.0, "uA/cm2": 1e-2, "A/cm2": 1e4},
    voltage={"V": 1.0, "mV": 1e-3},
    energy_per_particle={"eV": ELEMENTARY_CHARGE, "meV": 1e-3 * ELEMENTARY_CHARGE, "J": 1.0, "kJ/mol": 1e3 / AVOGADRO},
    diffusivity={"m2/s": 1.0, "cm2/s": 1e-4},
    specific_capacity={"A s/kg": 1.0, "mAh/g": 3600.0, "Ah/kg": 3600.0},
    areal_capacity={"A s/m2": 1.0, "mAh/cm2": 3.6e4, "uAh/cm2": 36.0},
    charge={"A s": 1.0, "C": 1.0, "mAh": 3.6, "uAh": 3.6e-3, "Ah": 3600.0},
    molar_volume={"m3/mol": 1.0, "cm3/mol": 1e-6},
    molar_mass={"kg/mol": 1.0, "g/mol": 1e-3},
    areal_capacitance={"F/m2": 1.0, "F/cm2": 1e4, "uF/cm2": 1e-2},
    pressure={"Pa": 1.0, "kPa": 1e3, "MPa": 1e6, "GPa": 1e9, "bar": 1e5},
    temperature={"K": 1.0, "degC": 1.0},
    time={"s": 1.0, "min": 60.0, "h": 3600.0, "day": 86400.0},
    fraction={"": 1.0, "%": 1e-2, "wt%": 1e-2, "vol%": 1e-2},
    price_per_mass={"USD/kg": 1.0, "$/kg": 1.0},
    price_per_area={"USD/m2": 1.0, "$/m2": 1.0},
    number={"": 1.0},
)
"""Accepted units of each kind of quantity, and the factor to SI. Temperatures in degC are shifted, not scaled."""

# after Unicode's compatibility form, which already turns superscripts into digits and the ohm sign into an omega
_SPELLINGS: Final = {
    "μ": "u",
    "Ω": "ohm",
    "Å": "angstrom",
    "°C": "degC",
    "**": "",
    "^": "",
    "·": " ",
    "*": " ",
}
_NUMBER: Final = re.compile(r"\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*(.*?)\s*$", re.ASCII | re.DOTALL)


def normalised(unit: str) -> str:
    """Return a unit in the spelling of `UNITS`: ``Ω cm²`` as ``ohm cm2``."""
    unit = unicodedata.normalize("NFKC", unit)
    for spelling, plain in _SPELLINGS.items():
        unit = unit.replace(spelling, plain)
    unit = " ".join(unit.split())
    return {"degrees C": "degC", "Angstrom": "angstrom", "A.s": "A s", "hours": "h", "hour": "h", "seconds": "s"}.get(
        unit, unit
    )


def to_si(number: float, unit: str, kind: str) -> float:
    """Convert `number` in `unit` to SI for a quantity of this `kind`; degC becomes K.

    Raises InputError for a unit the kind does not accept and for a number that is not finite.
    """
    units = UNITS[kind]
    unit = normalised(unit)
    if unit not in units:
        raise InputError(
            f"unit {shown(unit)} is not a unit of {kind.replace('_', ' ')}; "
            f"allowed: {', '.join(repr(u) for u in units)}{closest(unit, units)}"
        )
    if not math.isfinite(number):
        raise InputError(f"{number} is not a finite number")
    if kind == "temperature" and unit == "degC":
        return number + ZERO_CELSIUS
    return number * units[unit]


def parse(text: str, kind: str) -> float:
    """Read ``"10 nm"`` as a quantity of this `kind` and return it in SI.

    >>> round(parse("10 nm", "length") * 1e9, 9)
    10.0
    >>> parse("25 degC", "temperature")
    298.15

    Raises InputError for text without a number, without a unit, or with a unit of another kind.
    """
    match = _NUMBER.match(text)
    if match is None:
        raise InputError(f"{shown(text)} is not a number with a unit; write e.g. {example(kind)!r}")
    number, unit = match.groups()
    if not unit and "" not in UNITS[kind]:
        raise InputError(f"{shown(text)} has no unit; write e.g. {example(kind)!r}")
    return to_si(float(number), unit, kind)


def in_unit(value: float, unit: str, kind: str) -> float:
    """Convert an SI `value` of this `kind` to `unit`; the inverse of `to_si`."""
    unit = normalised(unit)
    if kind == "temperature" and unit == "degC":
        return value - ZERO_CELSIUS
    return value / UNITS[kind][unit]


def example(kind: str) -> str:
    """Return a quantity of this `kind` as a user would write it."""
    return _EXAMPLES.get(kind, f"1 {next(iter(UNITS[kind]))}".strip())


_EXAMPLES: Final = {
    "length": "10 nm",
    "area": "0.785 cm2",
    "areal_mass": "8.4 mg/cm2",
    "mass": "80 mg",
    "density": "2.0 g/cm3",
    "conductivity": "2.8 mS/cm",
    "area_specific_resistance": "100 ohm cm2",
    "resistance": "124 ohm",
    "current_density": "0.13 mA/cm2",
    "voltage": "3.6 V",
    "energy_per_particle": "0.25 eV",
    "diffusivity": "1e-11 cm2/s",
    "specific_capacity": "200 mAh/g",
    "areal_capacity": "1.3 mAh/cm2",
    "temperature": "25 degC",
    "fraction": "30 %",
    "time": "1 h",
    "price_per_area": "10 USD/m2",
    "price_per_mass": "40 USD/kg",
}
