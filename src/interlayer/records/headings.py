"""What the heading of an instrument's file means: a quantity, a unit and, for impedance, a sign.

A unit is taken from the heading or from the user, never from the size of the numbers.
"""

import re
from typing import Final

from interlayer.constants import ZERO_CELSIUS
from interlayer.errors import InputError, shown
from interlayer.records.columns import name_of

ALIASES: Final[dict[str, frozenset[str]]] = {
    "test_time_second": frozenset(
        {"time", "t", "test time", "test_time", "testtime", "elapsed time", "total time", "seconds"}
    ),
    "voltage_volt": frozenset({"voltage", "ewe", "ecell", "u", "v", "e", "potential", "cell voltage", "vf", "volts"}),
    "current_ampere": frozenset({"current", "i", "<i>", "cell current", "im", "amps"}),
    "cycle_count": frozenset({"cycle", "cycle number", "cycle index", "cycle_index", "cycle-index", "cyc#", "z cycle"}),
    "step_count": frozenset({"step", "step index", "step_index", "step number", "ns"}),
    "binding_energy_electronvolt": frozenset({"binding energy", "be", "b.e.", "binding_energy"}),
    "photon_energy_electronvolt": frozenset({"energy", "photon energy", "e0", "mono energy"}),
    "two_theta_degree": frozenset({"2theta", "2-theta", "two theta", "2th", "2θ", "°2th.", "pos. [°2th.]"}),
    "intensity": frozenset({"intensity", "counts", "cps", "counts/s", "raw intensity", "i"}),
    "absorption": frozenset({"mu", "xmu", "mu(e)", "absorption", "absorbance", "norm", "mutrans", "mufluor"}),
    "temperature_celsius": frozenset({"temperature", "temp", "temp.", "sample temp."}),
    "signal": frozenset({"dsc", "heat flow", "heatflow", "dta", "signal"}),
    "mass_percent": frozenset({"mass", "tg", "weight", "tga"}),
    "position_metre": frozenset({"position", "distance", "depth"}),
    "temperature_kelvin": frozenset({"temperature", "temp", "temp."}),
    "conductivity_siemens_per_metre": frozenset({"conductivity", "ionic conductivity", "sigma", "σ"}),
    "conductivity_uncertainty_siemens_per_metre": frozenset({"uncertainty", "conductivity uncertainty", "sigma_error"}),
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
    "second": {
        "s": 1.0,
        "sec": 1.0,
        "Sec": 1.0,
        "Seconds": 1.0,
        "seconds": 1.0,
        "ms": 1e-3,
        "min": 60.0,
        "Min": 60.0,
        "h": 3600.0,
        "hr": 3600.0,
        "Hr": 3600.0,
    },
    "volt": {"V": 1.0, "Volts": 1.0, "mV": 1e-3, "µV": 1e-6, "uV": 1e-6},
    "ampere": {"A": 1.0, "Amps": 1.0, "mA": 1e-3, "µA": 1e-6, "uA": 1e-6, "nA": 1e-9},
    "hertz": {"Hz": 1.0, "kHz": 1e3, "MHz": 1e6, "mHz": 1e-3},
    "electronvolt": {"eV": 1.0, "keV": 1e3},
    "degree": {"deg": 1.0, "degree": 1.0, "degrees": 1.0, "°": 1.0, "°2θ": 1.0, "°2Th.": 1.0},
    "siemens_per_metre": {
        "S/m": 1.0,
        "S/cm": 1e2,
        "mS/cm": 0.1,
        "uS/cm": 1e-4,
        "µS/cm": 1e-4,
        "S cm-1": 1e2,
        "mS cm-1": 0.1,
        "S cm^-1": 1e2,
    },
    "metre": {"m": 1.0, "mm": 1e-3, "um": 1e-6, "µm": 1e-6, "nm": 1e-9, "Å": 1e-10, "A": 1e-10},
    "celsius": {"°C": 1.0, "degC": 1.0, "C": 1.0, "K": 1.0},
    "kelvin": {"K": 1.0, "°C": 1.0, "degC": 1.0, "C": 1.0},
    "percent": {"%": 1.0, "wt%": 1.0},
    "ohm": {
        "Ohm": 1.0,
        "ohm": 1.0,
        "Ohms": 1.0,
        "ohms": 1.0,
        "Ω": 1.0,
        "mOhm": 1e-3,
        "kOhm": 1e3,
        "MOhm": 1e6,
        "kΩ": 1e3,
        "mΩ": 1e-3,
        "MΩ": 1e6,
    },
}

_WITH_UNIT: Final = (
    re.compile(r"^(?P<name>.+?)\s*\[(?P<unit>[^\]]*)\]$"),
    re.compile(r"^(?P<name>.+?)\s*/\s*(?P<unit>[^/]+)$"),
    re.compile(r"^(?P<name>.+?)\s*\((?P<unit>[^)]*)\)$", re.IGNORECASE),
)

_OF_Z: Final = ("z'", "im", "re", "|z", "ph")
"""Headings such as Z'(a) and Im(Z) have no unit in their brackets."""


def split_unit(heading: str) -> tuple[str, str | None]:
    """Return a heading's name in lower case and its unit, None where it states none."""
    text = heading.strip().strip('"').replace("μ", "µ").replace("\u2126", "Ω")
    for pattern in _WITH_UNIT:
        match = pattern.match(text)
        if match and not (match["unit"].lower() in ("a", "b", "z") and match["name"].lower().lstrip("-")[:2] in _OF_Z):
            return match["name"].strip().lower(), match["unit"].strip()
    words = re.split(r"[\s,_]+", text)
    if len(words) > 1 and any(words[-1] in units for units in UNITS.values()):
        return text[: -len(words[-1])].rstrip(" ,_").lower(), words[-1]
    return text.lower(), None


def kind_of_unit(name: str) -> str | None:
    """Return what a column is measured in, by the end of its name; None for a pure number."""
    ends = [kind for kind in UNITS if name.endswith(f"_{kind}")]
    return max(ends, key=len) if ends else None


def conversion(name: str, heading: str, *, named_by_user: bool = False) -> tuple[float, float]:
    """Return factor and offset that turn the numbers under `heading` into the unit of the column `name`.

    A heading without unit is taken in the column's own unit where the user named it, and refused elsewhere; a heading
    that is the unit (``Volts``) states it. Raises InputError for an unknown unit and for a missing one.
    """
    kind = kind_of_unit(name)
    title, unit = split_unit(heading)
    if kind is None or title == name or (unit is None and named_by_user):
        return 1.0, 0.0
    units = UNITS[kind]
    if unit is None and heading.strip() in units:
        unit = heading.strip()
    if unit is None:
        raise InputError(
            f"the column {shown(heading)} states no unit; if it is in {kind}, say columns "
            f"{name}={shown(heading)} (--column)"
        )
    if unit not in units:
        raise InputError(f"the unit of {shown(heading)} is none of {', '.join(units)}")
    offset = 0.0
    if kind in ("kelvin", "celsius"):
        offset = (ZERO_CELSIUS if unit != "K" else 0.0) - (ZERO_CELSIUS if kind == "celsius" else 0.0)
    return units[unit], offset


def candidates(name: str, headings: list[str]) -> list[int]:
    """Return the places of the headings that may be the column `name`: its name, its label, or one of its aliases."""
    exact = [place for place, heading in enumerate(headings) if name_of(heading) == name]
    if exact:
        return exact
    return [place for place, heading in enumerate(headings) if _is_alias(name, heading)]


def _is_alias(name: str, heading: str) -> bool:
    title, unit = split_unit(heading)
    if title not in ALIASES.get(name, ()):
        return False
    kind = kind_of_unit(name)
    # two columns of one instrument may share a title and differ in what they are in: current I/mA, intensity I
    return unit is None or kind is None or unit in UNITS[kind] or not any(unit in units for units in UNITS.values())
