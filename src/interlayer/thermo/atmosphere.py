"""Atmospheres: the partial pressures of what air, a dry room and a glovebox offer to a surface.

Nitrogen is left out: it reacts with nothing but lithium and its nitride at room temperature, while equilibrium would
let it burn to nitrates. Who wants it names it.
"""

import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from interlayer.constants import ZERO_CELSIUS
from interlayer.errors import InputError, closest, shown

TOTAL_PRESSURE: Final = 101325.0
"""Pa; the standard atmosphere."""
OXYGEN_IN_AIR: Final = 0.20939
CARBON_DIOXIDE_IN_AIR: Final = 0.0004
"""Mole fractions of dry air (picard2008); rooms with people hold more CO2."""
HUMIDITY: Final = 0.5
DRY_ROOM_DEW_POINT: Final = ZERO_CELSIUS - 40.0
"""K; the usual set point of the dry rooms that lithium-ion cells are made in."""
GLOVEBOX: Final = 1e-6
"""Mole fraction of H2O and of O2: the 1 ppm that a glovebox is kept below."""

_CRITICAL_K, _CRITICAL_PA = 647.096, 22.064e6
_TRIPLE_K, _TRIPLE_PA = 273.16, 611.657
_LIQUID: Final = (
    (-7.85951783, 1.0),
    (1.84408259, 1.5),
    (-11.7866497, 3.0),
    (22.6807411, 3.5),
    (-15.9618719, 4.0),
    (1.80122502, 7.5),
)
_ICE: Final = ((-21.2144006, 0.00333333333), (27.3203819, 1.20666667), (-6.10598130, 1.70333333))


def saturation_pressure(temperature: float) -> float:
    """Return the vapour pressure of water in Pa over liquid water, and below 273.16 K over ice.

        liquid: ln(p/p_c) = (T_c/T) sum a_i (1 - T/T_c)^b_i        ice: ln(p/p_t) = (T_t/T) sum a_i (T/T_t)^b_i

    temperature in K; raises InputError outside 130 to 647.096 K. The liquid's equation is the one of Wagner and Pruss
    (doi 10.1063/1.1461829), the ice's that of Wagner et al. (doi 10.1063/1.3657937); both within 0.1 % above 200 K.

    >>> round(saturation_pressure(298.15), 1)
    3169.9
    """
    if not 130.0 <= temperature <= _CRITICAL_K:
        raise InputError(f"water has no vapour pressure at {shown(temperature)} K; allowed: 130 to {_CRITICAL_K} K")
    if temperature >= _TRIPLE_K:
        distance = 1.0 - temperature / _CRITICAL_K
        total = sum(factor * distance**power for factor, power in _LIQUID)
        return _CRITICAL_PA * math.exp(total * _CRITICAL_K / temperature)
    share = temperature / _TRIPLE_K
    return _TRIPLE_PA * math.exp(sum(factor * share**power for factor, power in _ICE) / share)


def water_saturation(temperature: float) -> float | None:
    """Return the vapour pressure of water in Pa, or None above its critical point."""
    return None if temperature > _CRITICAL_K else saturation_pressure(temperature)


def water_pressure(
    *, temperature: float, relative_humidity: float | None = None, dew_point: float | None = None
) -> float:
    """Return the pressure of water vapour in Pa from a relative humidity (0 to 1) or a dew point in K, one of them.

    Below 0 degC the dew point is the frost point, over ice, as dry rooms and their instruments state it: -40 degC is
    127 ppm. Raises InputError for both or neither, a humidity outside 0 to 1, and a dew point above the temperature.
    """
    if (relative_humidity is None) == (dew_point is None):
        raise InputError("give the humidity of the air either as a relative humidity or as a dew point")
    if relative_humidity is not None:
        if not 0.0 <= relative_humidity <= 1.0:
            raise InputError(f"the relative humidity must be from 0 to 100 %, not {100.0 * relative_humidity:g} %")
        return relative_humidity * saturation_pressure(temperature)
    assert dew_point is not None
    if not dew_point <= temperature:
        raise InputError(
            f"the dew point {dew_point - ZERO_CELSIUS:g} degC must not lie above the temperature "
            f"{temperature - ZERO_CELSIUS:g} degC: water would condense"
        )
    return saturation_pressure(dew_point)


ATMOSPHERES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "humid": f"air of {HUMIDITY:.0%} relative humidity",
        "dry": "air without water",
        "dry-room": f"air with a dew point of {DRY_ROOM_DEW_POINT - ZERO_CELSIUS:g} degC",
        "glovebox": "argon with 1 ppm each of water and oxygen",
    }
)
"""Name -> what it is, before a humidity or a dew point says otherwise."""


def atmosphere(
    name: str, *, temperature: float, relative_humidity: float | None = None, dew_point: float | None = None
) -> dict[str, float]:
    """Return the partial pressures in Pa of a named atmosphere, gas by gas.

    relative_humidity (0 to 1) or dew_point (K) replaces the water of the name. Raises InputError for an unknown name,
    and for more water than the air's pressure.
    """
    if name not in ATMOSPHERES:
        raise InputError(
            f"the atmosphere {shown(name)} is not known; allowed: {', '.join(ATMOSPHERES)}{closest(name, ATMOSPHERES)}"
        )
    if relative_humidity is not None or dew_point is not None:
        water = water_pressure(temperature=temperature, relative_humidity=relative_humidity, dew_point=dew_point)
    elif name == "humid":
        water = water_pressure(temperature=temperature, relative_humidity=HUMIDITY)
    elif name == "dry-room":
        water = water_pressure(temperature=temperature, dew_point=DRY_ROOM_DEW_POINT)
    else:
        water = GLOVEBOX * TOTAL_PRESSURE if name == "glovebox" else 0.0
    if not water < TOTAL_PRESSURE:
        raise InputError(
            f"air of {TOTAL_PRESSURE:g} Pa cannot hold {water:.4g} Pa of water at {temperature:g} K; "
            f"give a lower humidity"
        )
    if name == "glovebox":
        others = {"O2": GLOVEBOX * TOTAL_PRESSURE}
    else:
        dry = TOTAL_PRESSURE - water
        others = {"O2": OXYGEN_IN_AIR * dry, "CO2": CARBON_DIOXIDE_IN_AIR * dry}
    return {**({"H2O": water} if water > 0.0 else {}), **others}
