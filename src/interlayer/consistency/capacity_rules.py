"""Rules on what a cell holds: loadings, capacities, thicknesses, balance and energy."""

import math
from collections.abc import Callable, Iterable, Iterator
from operator import mul
from typing import Final

from interlayer.consistency.facts import Fact, Facts
from interlayer.consistency.interval import Interval
from interlayer.consistency.matching import FIRST_CYCLES, Pool, by_subject, equation, gentle, least, most
from interlayer.consistency.outcome import Outcome, differs, lacks, says

_HOUR: Final = 3600.0
_RATES: Final = 1.25
"""Capacities at two rates may differ by this factor."""
_WRONG: Final = 2.0


def mass_loading(facts: Facts) -> Iterator[Outcome]:
    """M = loading x A."""
    return equation(
        "mass_loading",
        facts.named("active_mass"),
        lambda of: [facts.get("loading", of), facts.nearest("electrode_area", of)],
        mul,
        "loading times area is another mass",
        unit="mg",
        scale=1e-6,
        slack=0.02,
    )


def loading_stated(facts: Facts) -> Iterator[Outcome]:
    """Capacities per gram at C-rates belong to a loading."""
    capacities = [fact for fact in facts.named("specific_capacity") if fact.rate is not None]
    if capacities and not facts.named("loading"):
        yield lacks("loading_stated", capacities[:1], ["loading"], "a rate without loading is no current density")


def _delivered(facts: Facts, name: str, size: str) -> list[Fact]:
    """Return the capacities of cells that are not the nominal one, the size times the theoretical capacity."""
    return [
        fact
        for fact in facts.named(name)
        if fact.rate is not None
        or fact.cycle is not None
        or not any(
            fact.value.meets(one.value * theory.value, 0.02)
            for one in facts.get(size, fact.of)[:FIRST_CYCLES]
            for theory in facts.nearest("theoretical_capacity", fact.of)[:FIRST_CYCLES]
        )
    ]


def areal_capacity(facts: Facts) -> Iterator[Outcome]:
    """Q/A = loading x q."""
    return equation(
        "areal_capacity",
        _delivered(facts, "areal_capacity", "loading"),
        lambda of: [facts.get("loading", of), facts.get("specific_capacity", of)],
        mul,
        "loading times capacity is another areal capacity",
        unit="mAh/cm2",
        scale=3.6e4,
        slack=0.02,
        open_from=_WRONG,
    )


def cell_capacity(facts: Facts) -> Iterator[Outcome]:
    """Q = q m = (Q/A) A."""
    capacities = _delivered(facts, "cell_capacity", "active_mass")
    forms: tuple[tuple[Callable[[str], list[list[Fact]]], str], ...] = (
        (lambda of: [facts.get("specific_capacity", of), facts.get("active_mass", of)], "capacity per mass times mass"),
        (
            lambda of: [facts.get("areal_capacity", of), facts.nearest("electrode_area", of)],
            "areal capacity times area",
        ),
    )
    for inputs, words in forms:
        yield from equation(
            "cell_capacity",
            capacities,
            inputs,
            mul,
            f"{words} is another capacity of the cell",
            unit="mAh",
            scale=3.6,
            slack=0.02,
            open_from=_WRONG,
        )


def thickness_plausible(facts: Facts) -> Iterator[Outcome]:
    """T >= loading/22 g/cm3 and >= areal capacity/8.4 Ah/cm3: nothing is denser or holds more."""
    limits = (
        ("loading", 22.0e3, "the loading does not fit into the thickness at any density"),
        ("areal_capacity", 8.4e9 * 3.6, "no material holds this capacity in the thickness"),
    )
    for of, found in by_subject(facts.named("thickness")).items():
        for name, densest, explanation in limits:
            held = facts.get(name, of)
            if not held:
                continue
            smallest = least(held)
            needed = smallest.value / densest
            for fact in found:
                yield from differs(
                    "thickness_plausible",
                    [fact, smallest],
                    Interval(needed.low, math.inf),
                    fact.value,
                    explanation,
                    unit="um",
                    scale=1e-6,
                    reconcile="um printed as nm",
                )


def foil_plausible(facts: Facts) -> Iterator[Outcome]:
    """Foils of batteries are 1 um to 1 mm thick."""
    for fact in facts.named("foil_thickness"):
        if fact.value.low > 1e-3 or fact.value.high < 5e-7:
            yield says(
                "foil_plausible",
                [fact],
                "1 um to 1 mm",
                fact.text,
                "no battery has a foil like that",
                "contradiction",
                "another unit",
            )


def balance(facts: Facts) -> Iterator[Outcome]:
    """N/P = negative areal capacity/positive areal capacity."""
    return equation(
        "balance",
        facts.named("negative_to_positive"),
        lambda of: [
            [one for one in facts.get(name, of) if one.cycle is None or one.cycle <= FIRST_CYCLES]
            for name in ("areal_capacity", "negative_areal_capacity")
        ],
        lambda positive, negative: negative / positive,
        "the areal capacities give another N/P",
        slack=0.01,
        open_from=_RATES,
    )


def energy(facts: Facts) -> Iterator[Outcome]:
    """Wh/L = Wh/kg x density, and Wh/kg <= mean voltage x specific capacity of the active material."""
    yield from equation(
        "energy",
        facts.named("energy_density"),
        lambda of: [facts.get("specific_energy", of), facts.get("cell_density", of)],
        lambda specific, density: specific * density * 1e-3,
        "mass and volume of the cell do not relate its two energies",
        unit="Wh/L",
        slack=0.02,
    )
    for of, energies in by_subject(facts.named("specific_energy")).items():
        voltages, capacities = Pool(facts.get("mean_voltage", of)), Pool(facts.get("specific_capacity", of))
        if not (voltages and capacities):
            yield lacks(
                "energy",
                energies,
                ["mean_voltage", "specific_capacity"],
                "an energy is rebuilt from capacities, voltage and masses",
            )
            continue
        for specific in energies:
            if voltages.beside(specific) and capacities.beside(specific):
                yield from _most_energy(specific, voltages.beside(specific), capacities.beside(specific))


def _most_energy(specific: Fact, voltages: Iterable[Fact], capacities: list[Fact]) -> Iterator[Outcome]:
    voltage, capacity = most(voltages), most(capacities)
    largest = voltage.value * capacity.value / _HOUR
    if specific.value.low > 1.02 * largest.high:
        # that of a slow first cycle may be larger than those that are stated
        sure = specific.rate == capacity.rate or gentle(capacity)
        yield from differs(
            "energy",
            [specific, voltage, capacity],
            largest,
            specific.value,
            "the cell has more energy than its active material alone",
            unit="Wh/kg",
            severity="contradiction" if sure else "doubtful",
        )
