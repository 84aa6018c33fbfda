"""Rules on cycles: first cycles, retention, fade and efficiencies."""

from collections.abc import Iterator

from interlayer.consistency.facts import Fact, Facts
from interlayer.consistency.interval import Interval
from interlayer.consistency.matching import ANY, FIRST_CYCLES, MOST_TRIES, Pool, agree, by_subject, equation
from interlayer.consistency.outcome import Outcome, differs, lacks, says, shown_interval, too_many


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
            if not found or any(fact.value.meets(one.value, 0.01) for fact in found for one in readings):
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
        either = [one.meets(rate.value, 0.02 + 1.0 / cycle) for one in (linear, compound)]
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
            if fact.cycle is not None and 1 <= fact.cycle <= FIRST_CYCLES:
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
        if any(share.meets(kept.value, 0.005) for _, _, share in shares):
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
            of_cycles = efficiency.cycle is None or efficiency.cycle >= FIRST_CYCLES
            kept = longest.get(efficiency.rate or ANY) or longest.get(None)
            if not of_cycles or kept is None or (kept.cycle or 0) < FIRST_CYCLES or efficiency.value.high > 1.0:
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
