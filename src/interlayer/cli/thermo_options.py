"""Options that the thermodynamic verbs share: read once, and refused where they do not go together."""

from collections.abc import Sequence
from typing import Any

from interlayer.errors import InputError, shown
from interlayer.units import parse


def pressures(given: Sequence[str]) -> dict[str, float]:
    """Read ``H2O=1.6kPa`` into formula -> Pa."""
    read: dict[str, float] = {}
    for text in given:
        formula, equals, pressure = (part.strip() for part in text.partition("="))
        if not equals:
            raise InputError(f"--gas {shown(text)} needs a formula and a pressure; write e.g. H2O=1.6kPa")
        if formula in read:
            raise InputError(f"--gas gives the pressure of {shown(formula)} twice")
        read[formula] = parse(pressure, "pressure")
    return read


def gas_options(temperature: str | None, gas: Sequence[str]) -> dict[str, Any]:
    """Return `temperature` (K) and `gases` (formula -> Pa) for a question with gases, nothing without."""
    if temperature is None and not gas:
        return {}
    return {
        "temperature": parse(temperature if temperature is not None else "25 degC", "temperature"),
        "gases": pressures(gas),
    }


def sampling_options(samples: int | None, sigma: str | None, seed: int | None) -> dict[str, Any]:
    """Return the options of a Monte Carlo answer that were given; `sigma` such as ``25 meV`` is per atom."""
    from interlayer.constants import ELEMENTARY_CHARGE

    options: dict[str, Any] = {}
    if samples is not None:
        options["samples"] = samples
    if sigma is not None:
        options["sigma"] = parse(sigma, "energy_per_particle") / ELEMENTARY_CHARGE
    if seed is not None:
        options["seed"] = seed
    return options


def refuse_together(*pairs: tuple[str, object]) -> None:
    """Refuse options that were given but exclude each other; each pair is the option's name and its value."""
    given = [name for name, value in pairs if value]
    if len(given) > 1:
        raise InputError(f"{given[0]} does not go together with {given[1]}; leave one of the two out")
