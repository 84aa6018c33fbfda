"""Rules about rates, capacities, fade and time."""

import math
from collections.abc import Callable, Iterable, Iterator
from typing import Final, Literal

from interlayer.consistency.facts import Fact, Facts
from interlayer.consistency.interval import Interval, exact
from interlayer.consistency.outcome import (
    ANY,
    MOST_TRIES,
    Outcome,
    Pool,
    Severity,
    agree,
    by_subject,
    differs,
    equation,
    fits,
    hull,
    lacks,
    least,
    most,
    says,
    shown_interval,
    too_many,
    unsigned,
)

_HOUR: Final = 3600.0
_FIRST_CYCLES: Final = 10
"""A first capacity is that of cycle 1, or of one soon after the forming cycles."""
_NOMINAL: Final = 1.5
"""1C may be that of a nominal capacity, which differs from the delivered one by about this factor."""
_RATES: Final = 1.25
"""Capacities at two rates may differ by this factor."""
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


def _times(one: Interval, other: Interval) -> Interval:
    return one * other


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
        if not fits(of_all[2], of_all[3], 0.05) and not fits(of_rest[2], of_rest[3], 0.05):
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
        if poor and not all(_gentle(fact) for fact in high[0]):
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


def _gentle(fact: Fact) -> bool:
    """Whether a cell gives what it can: slowly and when new."""
    return (fact.rate is None or fact.rate <= 0.2) and (fact.cycle is None or fact.cycle <= _FIRST_CYCLES)


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
            _times,
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


def mass_loading(facts: Facts) -> Iterator[Outcome]:
    """M = loading x A."""
    return equation(
        "mass_loading",
        facts.named("active_mass"),
        lambda of: [facts.get("loading", of), facts.nearest("electrode_area", of)],
        _times,
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
            fits(fact.value, one.value * theory.value, 0.02)
            for one in facts.get(size, fact.of)[:_FIRST_CYCLES]
            for theory in facts.nearest("theoretical_capacity", fact.of)[:_FIRST_CYCLES]
        )
    ]


def areal_capacity(facts: Facts) -> Iterator[Outcome]:
    """Q/A = loading x q."""
    return equation(
        "areal_capacity",
        _delivered(facts, "areal_capacity", "loading"),
        lambda of: [facts.get("loading", of), facts.get("specific_capacity", of)],
        _times,
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
            _times,
            f"{words} is another capacity of the cell",
            unit="mAh",
            scale=3.6,
            slack=0.02,
            open_from=_WRONG,
        )


def first_cycle(facts: Facts) -> Iterator[Outcome]:
    """First efficiency = first discharge/first charge."""
    first = [fact for fact in facts.named("coulombic_efficiency") if fact.cycle == 1]
    return equation(
        "first_cycle",
        [*facts.named("initial_efficiency"), *first],
        lambda of: [facts.get(f"first_{way}_capacity", of) for way in ("charge", "discharge")],
        lambda charge, discharge: discharge / charge,
        "the capacities give another first efficiency",
        unit="%",
        scale=0.01,
        slack=0.002,
        also=(
            lambda charge, discharge: charge / discharge,
            "the first efficiency is charge over discharge, as of a negative electrode against lithium",
        ),
    )


def first_discharge(facts: Facts) -> Iterator[Outcome]:
    """The first discharge capacity is the capacity at cycle 1."""
    for of, firsts in by_subject(facts.named("first_discharge_capacity")).items():
        cycle_one = Pool(fact for fact in facts.get("specific_capacity", of) if fact.cycle == 1)
        charges = Pool(facts.get("first_charge_capacity", of))
        for first in firsts:
            found = [fact for fact in cycle_one.beside(first) if fact.rate == first.rate]
            readings = [first, *charges.beside(first)]
            if not found or any(fits(fact.value, one.value, 0.01) for fact in found for one in readings):
                continue
            nearest = min(found, key=lambda fact, first=first: fact.value.factor(first.value))  # type: ignore[misc]
            positive = any(charge.value.low > first.value.high for charge in readings)
            sure = positive or nearest.value.low > first.value.high
            yield from differs(
                "first_discharge",
                [first, nearest],
                nearest.value,
                first.value,
                "the capacity at cycle 1 is not that of the first discharge",
                unit="mAh/g",
                scale=3600.0,
                severity="contradiction" if sure else "doubtful",
                reconcile="" if sure else "a negative electrode, whose first discharge takes lithium up",
            )


def fade(facts: Facts) -> Iterator[Outcome]:
    """Retention = 1 - n a (linear) or (1 - a)^n (compound)."""
    for of, rates in by_subject(facts.named("fade_per_cycle")).items():
        options = list(_kept(facts, of))
        if len(options) * len(rates) > MOST_TRIES:
            yield too_many("fade", rates[0])
            continue
        for rate in rates:
            found = [one for one in options if agree([rate, *one[1]], but="cycle")]
            found = [one for one in found if one[2] == rate.cycle] or found
            if not found:
                yield lacks(
                    "fade", [rate], ["retention", "cycle"], "a fade per cycle is tested by a retention at a cycle"
                )
                continue
            yield from _fade_of(rate, found)


def _fade_of(rate: Fact, found: list[tuple[Interval, list[Fact], int]]) -> Iterator[Outcome]:
    one_way: tuple[list[Fact], str, str] | None = None
    numbers = ""
    for kept, used, cycle in found:
        n = float(cycle - 1)
        linear = (Interval(1.0, 1.0) - kept) / n
        compound = kept.mapped(lambda value, n=n: 1.0 - max(value, 1e-12) ** (1.0 / n))  # type: ignore[misc]
        either = [fits(one, rate.value, 0.02 + 1.0 / cycle) for one in (linear, compound)]
        if all(either):
            return
        numbers = (
            f"{shown_interval(linear, '%', 0.01)} linear, {shown_interval(compound, '%', 0.01)} compound per cycle"
        )
        if any(either) and one_way is None:
            one_way = used, "compound" if either[1] else "linear", numbers
    if one_way is None:
        yield says(
            "fade",
            [rate, *found[-1][1]],
            numbers,
            rate.text,
            "neither reading of the fade gives a retention that is stated",
            "contradiction",
            "the rate of another part of the cycles",
        )
    else:
        used, which, numbers = one_way
        explanation = f"only the {which} reading gives the retention; the other differs"
        yield says("fade", [rate, *used], numbers, rate.text, explanation, "note")


def _kept(facts: Facts, of: str) -> Iterator[tuple[Interval, list[Fact], int]]:
    """Yield what was kept at later cycles, as reported, else from two capacities at one rate: facts and cycle."""
    reported = [fact for fact in facts.get("retention", of) if fact.cycle and fact.cycle > 1]
    for fact in reported:
        yield fact.value, [fact], fact.cycle or 2
    capacities = facts.get("specific_capacity", of)
    first = {(fact.rate, fact.part): fact for fact in reversed(capacities) if fact.cycle == 1}
    known = {(fact.rate, fact.cycle) for fact in reported}
    for fact in capacities:
        beside = first.get((fact.rate, fact.part))
        if beside and fact.cycle and fact.cycle > 1 and (fact.rate, fact.cycle) not in known:
            yield fact.value / beside.value, [beside, fact], fact.cycle


def retention(facts: Facts) -> Iterator[Outcome]:
    """Retention = capacity at the cycle over that of the first, at one rate."""
    one_rate = len({fact.rate for fact in facts.named("specific_capacity") if fact.rate}) == 1
    for of, reported in by_subject(facts.named("retention")).items():
        firsts, later = _first_and_later(facts, of)
        for kept in reported:
            if kept.rate is None and not one_rate:
                yield lacks("retention", [kept], ["rate"], "a retention belongs to a rate")
            if kept.cycle is None:
                yield lacks("retention", [kept], ["cycle"], "a retention belongs to a cycle")
            elif kept.cycle > 1:
                yield from _retention_of(kept, firsts, later.get(kept.cycle, []))


def _first_and_later(
    facts: Facts, of: str
) -> tuple[dict[tuple[str, float | None], list[Fact]], dict[int | None, list[Fact]]]:
    """Return the capacities of the first cycles by quantity and rate, and all by their cycle."""
    firsts: dict[tuple[str, float | None], list[Fact]] = {}
    later: dict[int | None, list[Fact]] = {}
    for name in ("specific_capacity", "areal_capacity", "cell_capacity"):
        for fact in facts.get(name, of):
            later.setdefault(fact.cycle, []).append(fact)
            if fact.cycle is not None and 1 <= fact.cycle <= _FIRST_CYCLES:
                firsts.setdefault((name, fact.rate), []).append(fact)
    return firsts, later


def _retention_of(
    kept: Fact, firsts: dict[tuple[str, float | None], list[Fact]], last: list[Fact]
) -> Iterator[Outcome]:
    """Compare a retention with pairs at one rate, and only where there is none with pairs whose rate is half said."""
    same = [(one, other) for other in last for one in firsts.get((other.name, other.rate), [])]
    mixed = [(one, other) for other in last for one in firsts.get((other.name, None), [])]
    mixed += [(one, other) for other in last if other.rate is None for one in firsts.get((other.name, kept.rate), [])]
    for pairs in (same, mixed):
        if len(pairs) > MOST_TRIES:
            yield too_many("retention", kept)
            return
        shares = [
            (one, other, other.value / one.value)
            for one, other in pairs
            if (one.cycle or 0) < (kept.cycle or 0) and agree([kept, one, other], but="cycle")
        ]
        if not shares:
            continue
        if any(fits(share, kept.value, 0.005) for _, _, share in shares):
            return
        one, other, share = min(shares, key=lambda pair: pair[2].factor(kept.value))
        yield from differs(
            "retention",
            [kept, one, other],
            share,
            kept.value,
            "the capacities give another retention",
            unit="%",
            scale=0.01,
            slack=0.005,
            severity="contradiction" if pairs is same else "doubtful",
            reconcile="" if pairs is same else "capacities at different rates",
        )
        return


def efficiency_product(facts: Facts) -> Iterator[Outcome]:
    """CE^n is what would be left of a fixed amount of lithium."""
    for of, efficiencies in by_subject(facts.named("coulombic_efficiency")).items():
        longest: dict[object, Fact] = {}
        for fact in facts.get("retention", of):
            for rate in (fact.rate, ANY):
                if rate not in longest or (longest[rate].cycle or 0) < (fact.cycle or 0):
                    longest[rate] = fact
        for efficiency in efficiencies:
            of_cycles = efficiency.cycle is None or efficiency.cycle >= _FIRST_CYCLES
            kept = longest.get(efficiency.rate or ANY) or longest.get(None)
            if not of_cycles or kept is None or (kept.cycle or 0) < _FIRST_CYCLES or efficiency.value.high > 1.0:
                continue
            if not agree([efficiency, kept], but="cycle"):
                continue
            left = efficiency.value.mapped(lambda value, n=kept.cycle: max(value, 0.0) ** n)  # type: ignore[misc]
            if left.high < 0.8 * kept.value.low:
                yield says(
                    "efficiency_product",
                    [efficiency, kept],
                    f"{100 * left.middle:.2g} % left",
                    kept.text,
                    "the efficiency lost more than the capacity did: what it loses is not the lithium that cycles",
                    "note",
                    "lithium in excess, or a side current",
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
        new = fact.cycle is None or fact.cycle <= _FIRST_CYCLES
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
            [one for one in facts.get(name, of) if one.cycle is None or one.cycle <= _FIRST_CYCLES]
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
        sure = specific.rate == capacity.rate or _gentle(capacity)
        yield from differs(
            "energy",
            [specific, voltage, capacity],
            largest,
            specific.value,
            "the cell has more energy than its active material alone",
            unit="Wh/kg",
            severity="contradiction" if sure else "doubtful",
        )
