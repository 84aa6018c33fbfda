"""What the heading of an instrument's file means: a quantity, a unit and, for impedance, a sign.

A unit is taken from the heading or from the user, never from the size of the numbers.
"""

import re
from typing import Final

from interlayer.errors import InputError, shown

ALIASES: Final[dict[str, frozenset[str]]] = {
    "test_time_second": frozenset({"time", "t", "test time", "test_time", "elapsed time"}),
    "voltage_volt": frozenset({"voltage", "ewe", "ecell", "u", "v", "e", "potential", "cell voltage"}),
    "current_ampere": frozenset({"current", "i", "<i>", "cell current"}),
    "frequency_hertz": frozenset({"frequency", "freq", "freq.", "f"}),
    "real_impedance_ohm": frozenset({"re(z)", "z'", "zs'", "zreal", "z re", "z_re", "real impedance", "re z", "zre"}),
    "imaginary_impedance_ohm": frozenset(
        {
            "im(z)",
            "-im(z)",
            "z''",
            "zs''",
            "-z''",
            "zimag",
            "-zimag",
            "imaginary impedance",
            "im z",
            "-im z",
            "zim",
            "-zim",
        }
    ),
}

UNITS: Final[dict[str, dict[str, float]]] = {
    "second": {"s": 1.0, "sec": 1.0, "ms": 1e-3, "min": 60.0, "h": 3600.0},
    "volt": {"V": 1.0, "mV": 1e-3, "µV": 1e-6, "uV": 1e-6},
    "ampere": {"A": 1.0, "mA": 1e-3, "µA": 1e-6, "uA": 1e-6, "nA": 1e-9},
    "hertz": {"Hz": 1.0, "kHz": 1e3, "MHz": 1e6, "mHz": 1e-3},
    "ohm": {"Ohm": 1.0, "ohm": 1.0, "Ω": 1.0, "mOhm": 1e-3, "kOhm": 1e3, "MOhm": 1e6, "kΩ": 1e3, "mΩ": 1e-3, "MΩ": 1e6},
}

_WITH_UNIT: Final = (
    re.compile(r"^(?P<name>.+?)\s*\[(?P<unit>[^\]]*)\]$"),
    re.compile(r"^(?P<name>.+?)\s*/\s*(?P<unit>[^/]+)$"),
    re.compile(r"^(?P<name>.+?)\s*\((?!z\)|a\)|b\))(?P<unit>[^)]*)\)$", re.IGNORECASE),
)


def split_unit(heading: str) -> tuple[str, str | None]:
    """Return a heading's name in lower case and its unit, None where it states none."""
    text = heading.strip().strip('"').replace("μ", "µ").replace("\u2126", "Ω")
    for pattern in _WITH_UNIT:
        match = pattern.match(text)
        if match:
            return match["name"].strip().lower(), match["unit"].strip()
    words = re.split(r"[\s,_]+", text)
    if len(words) > 1 and any(words[-1] in units for units in UNITS.values()):
        return text[: -len(words[-1])].rstrip(" ,_").lower(), words[-1]
    return text.lower(), None


def factor(name: str, heading: str, *, named_by_user: bool = False) -> float:
    """Return what turns the numbers under `heading` into the unit of the column `name`.

    A heading without unit is taken in the column's own unit where the user named it, and refused elsewhere.
    Raises InputError for an unknown unit and for a missing one.
    """
    kind = name.rsplit("_", 1)[-1]
    unit = split_unit(heading)[1]
    if unit is None and named_by_user:
        return 1.0
    units = UNITS.get(kind)
    if units is None:
        return 1.0
    if unit is None:
        raise InputError(
            f"the column {shown(heading)} states no unit; if it is in {kind}, say columns "
            f"{name}={shown(heading)} (--column)"
        )
    if unit not in units:
        raise InputError(f"the unit of {shown(heading)} is none of {', '.join(units)}")
    return units[unit]


def candidates(name: str, headings: list[str]) -> list[int]:
    """Return the places of the headings that may be the column `name`."""
    return [place for place, heading in enumerate(headings) if split_unit(heading)[0] in ALIASES[name]]
