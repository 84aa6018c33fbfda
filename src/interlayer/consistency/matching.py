"""Which facts belong together, and whether a relation holds for any choice of them."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import product
from typing import Any, Final

from interlayer.consistency.facts import Fact
from interlayer.consistency.interval import Interval
from interlayer.consistency.outcome import Outcome, differs, says, shown_interval, too_many

_CONDITIONS: Final = ("rate", "cycle", "temperature", "part")
_SAME_TEMPERATURE: Final = 1.0
"""K: 25 degC and 298 K are one temperature."""
_VARIES: Final = frozenset(
    {
        "specific_capacity",
        "areal_capacity",
        "negative_areal_capacity",
        "cell_capacity",
        "current",
        "current_density",
        "specific_current",
        "specific_energy",
        "interface_resistance",
        "cell_resistance",
    }
)
"""Quantities that change with rate, cycle and temperature."""
_HALF_SAID: Final = 2.0
"""A fact with a condition and inputs without it may differ by this factor."""
MOST_TRIES: Final = 20_000
"""Choices that are tested for one subject."""
ANY: Final = "any"
FIRST_CYCLES: Final = 10
"""A first capacity is that of cycle 1, or of one soon after the forming cycles."""


def unsigned(facts: Iterable[Fact]) -> list[Fact]:
    """Return the facts with the sizes of their numbers: the sign of a current or a drop says only which way."""
    return [replace(fact, interval=_size(fact.value)) if fact.value.low < 0.0 else fact for fact in facts]


def _size(value: Interval) -> Interval:
    ends = abs(value.low), abs(value.high)
    return Interval(0.0 if value.high > 0.0 else min(ends), max(ends))


def hull(facts: Iterable[Fact]) -> Interval:
    """Return all values that some facts may have."""
    values = [fact.value for fact in facts]
    return Interval(min(value.low for value in values), max(value.high for value in values))


def least(facts: Iterable[Fact]) -> Fact:
    """Return the fact that may have the smallest value."""
    return min(facts, key=lambda fact: fact.value.low)


def most(facts: Iterable[Fact]) -> Fact:
    """Return the fact that may have the largest value."""
    return max(facts, key=lambda fact: fact.value.high)


def by_subject(facts: Iterable[Fact]) -> dict[str, list[Fact]]:
    """Return the facts by what they are of, in order."""
    groups: dict[str, list[Fact]] = {}
    for fact in facts:
        groups.setdefault(fact.of, []).append(fact)
    return groups


def agree(facts: Iterable[Fact], *, but: str = "") -> bool:
    """Whether facts can belong together: no condition that two of them state differs, save the condition `but`."""
    stated: dict[str, Any] = {}
    for fact in facts:
        for key in _CONDITIONS:
            value = getattr(fact, key)
            if value is None or value == "" or key == but:
                continue
            other = stated.setdefault(key, value)
            if other != value and not (key == "temperature" and abs(other - value) <= _SAME_TEMPERATURE):
                return False
    return True


def _leaves_open(one: Fact, other: Fact) -> bool:
    """Whether a fact leaves a condition open that another states."""
    return any(
        getattr(one, key) is None and getattr(other, key) is not None for key in ("rate", "cycle", "temperature")
    )


class Pool:
    """Facts of one subject, found by the conditions of another fact."""

    def __init__(self, facts: Iterable[Fact]) -> None:
        self._found: dict[tuple[Any, ...], list[Fact]] = {}
        self._by: dict[tuple[Any, Any], list[Fact]] = {}
        for fact in facts:
            for key in product((fact.rate, ANY), (fact.cycle, ANY)):
                self._by.setdefault(key, []).append(fact)

    def __bool__(self) -> bool:
        return bool(self._by)

    def beside(self, fact: Fact) -> list[Fact]:
        """Return the facts that agree with a fact; where some of a quantity state its conditions, only those."""
        key = tuple(getattr(fact, name) for name in _CONDITIONS)
        if key not in self._found:
            self._found[key] = self._search(fact)
        return self._found[key]

    def _search(self, fact: Fact) -> list[Fact]:
        rates, cycles = (ANY if own is None else (own, None) for own in (fact.rate, fact.cycle))
        found = [
            one
            for key in product([ANY] if rates is ANY else rates, [ANY] if cycles is ANY else cycles)
            for one in self._by.get(key, ())
            if agree((fact, one))
        ]
        for key in _CONDITIONS:
            if getattr(fact, key) not in (None, ""):
                stated = {one.name for one in found if getattr(one, key) not in (None, "")}
                found = [one for one in found if one.name not in stated or getattr(one, key) not in (None, "")]
        return found


def equation(
    rule: str,
    reported: Iterable[Fact],
    inputs: Callable[[str], list[list[Fact]]],
    compute: Callable[..., Interval],
    explanation: str,
    *,
    unit: str = "",
    scale: float = 1.0,
    slack: float = 0.0,
    doubtful_below: float = 1.0,
    open_from: float = 1.0,
    says_from: float = 1.0,
    reconcile: str = "",
    also: tuple[Callable[..., Interval], str] | None = None,
) -> Iterator[Outcome]:
    """Yield a contradiction for each reported fact that no choice of its inputs gives, with the choice that is nearest.

    `inputs` are the facts of each input for a subject; a choice is one of each, all of which agree in their conditions
    with the fact. Where the nearest is off by less than a factor `doubtful_below`, the fact is only doubtful. So it is
    where a fact leaves a rate or cycle open and `open_from` is above 1; a factor below that, or below `says_from`,
    says nothing. `also` is another reading, and the note to give where only that fits.
    """
    for of, facts in by_subject(reported).items():
        pools = [Pool(found) for found in inputs(of)]
        if not all(pools):
            continue
        tries = 0
        for fact in facts:
            nearest: tuple[float, list[Fact], Interval] | None = None
            other: tuple[list[Fact], Interval] | None = None
            for choice in product(*(pool.beside(fact) for pool in pools)):
                tries += 1
                if tries > MOST_TRIES:
                    break
                used = [fact, *choice]
                if not agree(used):
                    continue
                values = [one.value for one in choice]
                computed = compute(*values)
                if computed.meets(fact.value, slack):
                    nearest = other = None
                    break
                if also is not None and (also[0](*values)).meets(fact.value, slack):
                    other = used, computed
                factor = computed.factor(fact.value)
                if nearest is None or factor < nearest[0]:
                    nearest = factor, used, computed
            if tries > MOST_TRIES:
                yield too_many(rule, fact)
                break
            if other is not None and also is not None:
                shown = shown_interval(other[1], unit, scale)
                yield says(rule, other[0], shown, shown_interval(fact.value, unit, scale), also[1], "note")
            elif nearest is not None:
                factor, used, computed = nearest
                varying = [one for one in used[1:] if one.name in _VARIES]
                half_said = any(_leaves_open(one, fact) for one in varying)
                limit = max(
                    _HALF_SAID if half_said else 1.0,
                    open_from if half_said or any(_leaves_open(fact, one) for one in varying) else 1.0,
                )
                if factor < max(limit, says_from):
                    continue
                yield from differs(
                    rule,
                    used,
                    computed,
                    fact.value,
                    explanation,
                    unit=unit,
                    scale=scale,
                    slack=slack,
                    severity="doubtful" if limit > 1.0 or factor < doubtful_below else "contradiction",
                    reconcile=reconcile,
                )


def gentle(fact: Fact) -> bool:
    """Whether a cell gives what it can: slowly and when new."""
    return (fact.rate is None or fact.rate <= 0.2) and (fact.cycle is None or fact.cycle <= FIRST_CYCLES)
