"""The options of an analysis as a user writes them: ``area=0.785 cm2``, ``circuit=R0-p(R1,CPE1)``."""

import inspect
from collections.abc import Callable, Sequence
from typing import Any, Final, get_type_hints

from pydantic import TypeAdapter, ValidationError

from interlayer.errors import InputError, closest, shown
from interlayer.units import parse

_KINDS: Final = {
    "m": "length",
    "m2": "area",
    "kg": "mass",
    "s": "time",
    "K": "temperature",
    "V": "voltage",
    "A": "current",
    "ohm": "resistance",
    "Pa": "pressure",
    "m2_per_s": "diffusivity",
    "S_per_m": "conductivity",
}
"""What the unit at the end of an option's name says: ``area_m2`` may be given as ``area=0.785 cm2``."""


def options_of(function: Callable[..., Any]) -> dict[str, Any]:
    """Return the names of an analysis's options and their types."""
    hints = get_type_hints(function)
    return {
        name: hints[name]
        for name, parameter in inspect.signature(function).parameters.items()
        if parameter.kind is inspect.Parameter.KEYWORD_ONLY
    }


def read_options(function: Callable[..., Any], texts: Sequence[str]) -> dict[str, Any]:
    """Return the options that texts like ``area=0.785 cm2`` or ``formation_cycles=2`` give to an analysis.

    A name may leave out the unit that the option ends in; its value then states one. Raises InputError for a name that
    is no option of this analysis, and for a value that it does not take.
    """
    allowed = options_of(function)
    short = {}
    for name in allowed:
        for unit in _KINDS:
            if name.endswith(f"_{unit}"):
                short[name.removesuffix(f"_{unit}")] = (name, _KINDS[unit])
    found: dict[str, Any] = {}
    for text in texts:
        name, equals, value = (part.strip() for part in text.partition("="))
        if not (name and equals and value):
            raise InputError(f"--set {shown(text)} is not NAME=VALUE")
        if name in short and name not in allowed:
            name, kind = short[name]
            found[name] = parse(value, kind)
            continue
        if name not in allowed:
            names = sorted({*allowed, *short})
            raise InputError(
                f"no option {shown(name)} here; allowed: {', '.join(names) or 'none'}{closest(name, names)}"
            )
        found[name] = _value(name, value, allowed[name])
    return found


def _value(name: str, text: str, wanted: Any) -> Any:
    adapter = TypeAdapter(wanted)
    parts = [part.strip() for part in text.split(",") if part.strip()]
    for given in (text, parts):
        try:
            return adapter.validate_python(given)
        except ValidationError as error:
            problem = error.errors()[0]["msg"]
    raise InputError(f"{name}: {shown(text)}: {problem[0].lower()}{problem[1:]}")
