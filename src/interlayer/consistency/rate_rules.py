"""Rules on rates: currents, areas, rates and times of cycling."""

import math
from collections.abc import Callable, Iterator
from operator import mul
from typing import Final, Literal

from interlayer.consistency.facts import Fact, Facts
from interlayer.consistency.interval import Interval, exact
from interlayer.consistency.matching import (
    FIRST_CYCLES,
    Pool,
    agree,
    by_subject,
    equation,
    gentle,
    hull,
    least,
    most,
    unsigned,
)
from interlayer.consistency.outcome import Outcome, Severity, differs, lacks, says, shown_interval

_HOUR: Final = 3600.0
_NOMINAL: Final = 1.5
"""1C may be that of a nominal capacity, which differs from the delivered one by about this factor."""
_WRONG: Final = 2.0
_POOR: Final = 5.0
"""A poor cell delivers as little of its nominal capacity as one part in this."""
_IMPLIED: Final = {
    "current": ("uAh", 3.6e-3),
    "current_density": ("mAh/cm2", 3.6e4),
    "specific_current": ("mAh/g", 3600.0),
}
"""Unit of the capacity that a current implies with its rate, and its size in SI."""
Reference = tuple[list[Fact], Interval]
Implied = tuple[list[Fact], Interval, Interval]
"""A current and its rate, the capacity that they imply, and the same with what is left at its cycle."""


def one_c(facts: Facts) -> Iterator[Outcome]:
    """1C = loading x theoretical capacity per hour."""
    needed = ("loading", "theoretical_capacity")
    for of, ones in by_subject(facts.named("one_c_current_density")).items():
        lacking = [name for name in needed if not facts.nearest(name, of)]
        if lacking:
            yield lacks("one_c", ones, lacking, "what 1C means follows from loading and capacity")
    yield from equation(
        "one_c",
        [one for one in facts.named("one_c_current_density") if not _practical(facts, one)],
        lambda of: [facts.nearest(name, of) for name in needed],
        lambda loading, capacity: loading * capacity / _HOUR,
        "loading times theoretical capacity gives another 1C",
        unit="mA/cm2",
        scale=10.0,
        slack=0.02,
        doubtful_below=_WRONG,
        reconcile="1C of the practical capacity",
    )


def _practical(facts: Facts, one: Fact) -> bool:
    """Whether 1C is that of a capacity between the delivered and the theoretical one."""
    loadings, delivered = facts.nearest("loading", one.of), facts.get("specific_capacity", one.of)
    theory = facts.nearest("theoretical_capacity", one.of)
    if not (loadings and delivered and theory):
        return False
    capacity = one.value * _HOUR / hull(loadings)
    return capacity.high >= most(delivered).value.low and capacity.low <= hull(theory).high


def _off(value: Interval, low: Interval, high: Interval) -> float:
    """Return the factor by which a value lies outside of what lies between two others, 1 within."""
    below = low.low / value.high if value.high > 0.0 else math.inf
    above = value.low / high.high if high.high > 0.0 else math.inf
    return max(below, above, 1.0)


def rate_capacity(facts: Facts) -> Iterator[Outcome]:
    """I = rate x capacity, for currents, current densities and currents per mass."""
    for name in _IMPLIED:
        for of, currents in by_subject(unsigned(facts.named(name))).items():
            implied = list(_implied(facts, of, currents))
            yield from _one_capacity(implied, name)
            yield from _against_references(facts, of, implied, name)


def _implied(facts: Facts, of: str, currents: list[Fact]) -> Iterator[Implied]:
    """Yield currents with the capacities that they imply, of a whole cell and of what is left of it at their cycle."""
    rates, kept = facts.get("c_rate", of), Pool(facts.get("retention", of))
    alone = sum(fact.rate is None for fact in currents) == 1
    for fact in currents:
        used, rate = [fact], exact(fact.rate or 0.0)
        if fact.rate is None:
            if not (alone and len(rates) == 1 and agree([fact, rates[0]])):
                continue
            used, rate = [fact, rates[0]], rates[0].value
        if rate.high <= 0.0:
            continue
        charge = fact.value / rate * _HOUR
        left = [one.value for one in kept.beside(fact) if one.cycle == fact.cycle] if fact.cycle else []
        yield used, charge, charge / left[0] if left else charge


def _one_capacity(implied: list[Implied], name: str) -> Iterator[Outcome]:
    """All currents of one cell imply one capacity, be their rates of the first capacity or of what is left."""
    by_part: dict[str, list[Implied]] = {}
    for one in implied:
        by_part.setdefault(one[0][0].part, []).append(one)
    for group in by_part.values():
        of_all, of_rest = (_extremes(group, which) for which in (1, 2))
        if not of_all[2].meets(of_all[3], 0.05) and not of_rest[2].meets(of_rest[3], 0.05):
            unit, scale = _IMPLIED[name]
            yield from differs(
                "rate_capacity",
                [*of_rest[0], *of_rest[1]],
                of_rest[2],
                of_rest[3],
                "two currents with their C-rates imply two capacities of one cell",
                unit=unit,
                scale=scale,
                slack=0.05,
                reconcile="a misprinted rate, or 1C of different cells",
            )


def _extremes(group: list[Implied], which: Literal[1, 2]) -> tuple[list[Fact], list[Fact], Interval, Interval]:
    """Return the facts and the values of the capacities that are farthest apart."""
    small = min(group, key=lambda one: one[which].high)
    large = max(group, key=lambda one: one[which].low)
    return small[0], large[0], small[which], large[which]


def _against_references(facts: Facts, of: str, implied: list[Implied], name: str) -> Iterator[Outcome]:
    """The capacity that a current implies is near one that the paper states."""
    if not implied:
        return
    defined, nominal, delivered = _references(facts, of, name)
    known = defined or [*nominal, *delivered]
    if not known:
        return
    low, high = (pick(known, key=end) for pick, end in ((min, _low_end), (max, _high_end)))
    worst: tuple[float, Severity, list[Fact], Interval] | None = None
    for used, *both in implied:
        off = min(_off(one, low[1], high[1]) for one in both)
        above = both[0].low > high[1].high
        poor = above and not defined and not nominal
        if poor and not all(gentle(fact) for fact in high[0]):
            continue
        limit, wrong = (1.1, _WRONG) if defined else (_POOR, _POOR) if poor else (_NOMINAL, _WRONG)
        if off > limit and (worst is None or off > worst[0]):
            severity: Severity = "contradiction" if off >= wrong else "doubtful"
            worst = off, severity, [*used, *(high if above else low)[0]], both[0]
    if worst is not None:
        unit, scale = _IMPLIED[name]
        yield says(
            "rate_capacity",
            worst[2],
            shown_interval(worst[3], unit, scale),
            shown_interval(Interval(low[1].low, high[1].high), unit, scale),
            "the current with its C-rate implies another capacity than the paper states",
            worst[1],
            "1C of another capacity, or a misprinted rate",
        )


def _low_end(one: Reference) -> float:
    return one[1].low


def _high_end(one: Reference) -> float:
    return one[1].high


def _references(facts: Facts, of: str, name: str) -> tuple[list[Reference], list[Reference], list[Reference]]:
    """Return the capacities that define 1C, those that may, and the largest that was delivered."""
    area, loading = facts.nearest("electrode_area", of), facts.get("loading", of)
    mass, theory = facts.get("active_mass", of), facts.get("theoretical_capacity", of)
    specific, areal, cell = (facts.get(f"{kind}_capacity", of) for kind in ("specific", "areal", "cell"))
    one = facts.get("one_c_current_density", of)
    products: dict[str, list[list[list[Fact]]]] = {
        "current": [[one, area], [cell], [theory, mass], [specific, mass], [areal, area], [theory, loading, area]],
        "current_density": [[one], [areal], [theory, loading], [specific, loading]],
        "specific_current": [[one, loading], [theory], [specific]],
    }
    defined: list[Reference] = []
    nominal: list[Reference] = []
    delivered: list[Reference] = []
    for first, *others in products[name]:
        if not first or not all(others):
            continue
        size = exact(1.0)
        for other in others:
            size = size * hull(other)
        beside = [least(other) for other in others]
        if first is one:
            # current per mass is that per area over the loading
            size = exact(1.0) / size if name == "specific_current" else size
            defined.append(([least(first), *beside], hull(first) * size * _HOUR))
            continue
        stated = [fact for fact in first if fact.rate is not None or fact.cycle is not None]
        bare = [fact for fact in first if fact.rate is None and fact.cycle is None]
        if bare:
            nominal.append(([least(bare), *beside], hull(bare) * size))
        if stated:
            delivered.append(([most(stated), *beside], most(stated).value * size))
    return defined, nominal, [max(delivered, key=_high_end)] if delivered else []


def current_area(facts: Facts) -> Iterator[Outcome]:
    """I = i A = s m, and i = s x loading."""
    for of, currents in by_subject(unsigned(facts.named("current"))).items():
        densities = Pool(unsigned(facts.get("current_density", of)))
        if densities and not facts.nearest("electrode_area", of):
            for current in currents:
                beside = [one for one in densities.beside(current) if one.rate == current.rate]
                if beside:
                    area = shown_interval(current.value / beside[0].value, "cm2", 1e-4)
                    yield says(
                        "current_area",
                        [beside[0], current],
                        f"an area of {area}",
                        "not stated",
                        "current over current density implies an electrode area that the paper does not state",
                        "note",
                    )
                    break
    forms: list[tuple[str, Callable[[str], list[list[Fact]]], str, str, float]] = [
        (
            "current",
            lambda of: [unsigned(facts.get("current_density", of)), facts.nearest("electrode_area", of)],
            "current density times area is another current",
            "mA",
            1e-3,
        ),
        (
            "current",
            lambda of: [unsigned(facts.get("specific_current", of)), facts.get("active_mass", of)],
            "current per mass times mass is another current",
            "mA",
            1e-3,
        ),
        (
            "current_density",
            lambda of: [unsigned(facts.get("specific_current", of)), facts.get("loading", of)],
            "current per mass times loading is another current density",
            "mA/cm2",
            10.0,
        ),
    ]
    for name, inputs, explanation, unit, scale in forms:
        yield from equation(
            "current_area",
            unsigned(facts.named(name)),
            inputs,
            mul,
            explanation,
            unit=unit,
            scale=scale,
            slack=0.02,
            open_from=math.inf,
        )


def area_stated(facts: Facts) -> Iterator[Outcome]:
    """Resistances in ohm and currents in A belong to an area."""
    if facts.named("electrode_area", "electrode_diameter"):
        return
    used = facts.named("interface_resistance", "cell_resistance", "current", "one_c_current_density")
    if used:
        yield lacks(
            "area_stated",
            used[:3],
            ["electrode_area"],
            "no area: resistances and currents cannot be compared with another cell's",
        )


def diameter_area(facts: Facts) -> Iterator[Outcome]:
    """A = pi d^2/4."""
    return equation(
        "diameter_area",
        facts.named("electrode_area"),
        lambda of: [facts.get("electrode_diameter", of)],
        lambda diameter: diameter * diameter * (math.pi / 4.0),
        "the diameter gives another area",
        unit="cm2",
        scale=1e-4,
        slack=0.02,
    )


def cycling_time(facts: Facts) -> Iterator[Outcome]:
    """N cycles take 2 n Q/I at least, with the fastest current that may be meant."""
    for of, durations in by_subject(facts.named("duration")).items():
        counts, capacities = Pool(facts.get("cycles", of)), Pool(facts.get("cell_capacity", of))
        currents = Pool(unsigned(facts.get("current", of)))
        kept = min((fact.value.low for fact in facts.get("retention", of)), default=0.5)
        rated = ("specific_capacity", "areal_capacity", "cell_capacity", "retention")
        fastest = max((fact.rate or 0.0 for name in rated for fact in facts.get(name, of)), default=0.0)
        for duration in durations:
            cycles = counts.beside(duration)
            if not cycles:
                yield lacks("cycling_time", [duration], ["cycles"], "a time of cycling needs the number of cycles")
                continue
            stated = duration if duration.rate is not None else least(cycles)
            found = [fact for fact in currents.beside(stated) if agree([duration, fact])]
            if not found:
                continue
            for current, severity in _currents_that_count(found):
                beside = capacities.beside(current)
                if not beside:
                    continue
                capacity = least(beside)
                same = capacity.rate is not None and capacity.rate == current.rate
                left = min(max(kept if same else min(kept, 0.5), 0.1), 1.0)
                # where the time has no rate, the cell may have cycled at any that is stated
                faster = max(fastest / current.rate, 1.0) if stated.rate is None and current.rate else 1.0
                time = least(cycles).value * capacity.value / current.value * (2.0 * left / faster)
                if time.low > 1.1 * duration.value.high:
                    yield from differs(
                        "cycling_time",
                        [duration, least(cycles), current, capacity],
                        time,
                        duration.value,
                        "so many cycles at this current take longer than the paper says, even with the "
                        "capacity that is left at the end",
                        unit="days",
                        scale=86400.0,
                        severity=severity,
                        reconcile="a larger current",
                    )
                    break


def _currents_that_count(currents: list[Fact]) -> list[tuple[Fact, Severity]]:
    """Return the fastest current; of several without any condition also the slowest, which is doubtful only."""
    fastest, slowest = most(currents), least(currents)
    found: list[tuple[Fact, Severity]] = [(fastest, "contradiction")]
    if (fastest.rate, fastest.part) == (slowest.rate, slowest.part):
        found.append((slowest, "doubtful"))
    return found


def same_capacity_at_two_rates(facts: Facts) -> Iterator[Outcome]:
    """A capacity to three digits is not the same at two currents when the cell is new; later, capacities may cross."""
    groups: dict[tuple[object, ...], list[Fact]] = {}
    for fact in facts.named("specific_capacity"):
        new = fact.cycle is None or fact.cycle <= FIRST_CYCLES
        if new and (fact.rate is not None or fact.part) and not fact.bound and _digits(fact.text) >= 3:
            groups.setdefault((fact.of, fact.text, fact.cycle, fact.temperature), []).append(fact)
    for group in groups.values():
        at = {(fact.rate, fact.part): fact for fact in reversed(group)}
        if len(at) > 1:
            yield says(
                "same_capacity_at_two_rates",
                [fact for fact in group if at[fact.rate, fact.part] is fact],
                f"{len(at)} capacities",
                group[0].text,
                "the same capacity to every digit at two currents",
                "doubtful",
                "one of them is a slip",
            )


def _digits(text: str) -> int:
    """Return the number of digits printed; zeros that lead do not count."""
    number = ""
    for char in text.strip():
        if not (char.isdigit() or char in ".,"):
            break
        number += char if char.isdigit() else ""
    return len(number.lstrip("0"))
