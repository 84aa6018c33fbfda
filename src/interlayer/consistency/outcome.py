"""What an audit finds, and how a relation is tested on facts that belong together."""

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import product
from typing import Any, Final, Literal

from pydantic import Field

from interlayer.consistency.facts import Fact, Facts
from interlayer.consistency.interval import Interval
from interlayer.quantity import StrictModel

Severity = Literal["contradiction", "doubtful", "note"]
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
_MOST_LISTED: Final = 8
_ROUNDING: Final = 1e-12
MOST_TRIES: Final = 20_000
"""Choices that are tested for one subject."""
ANY: Final = "any"


class Contradiction(StrictModel):
    """Facts that do not go together.

    `quantities` are the facts as printed; `computed` and `reported` the numbers that differ, with units. `severity` is
    ``contradiction`` where no rounding and no reading reconciles them, ``doubtful`` where something unusual would,
    ``note`` where they agree and something follows that the reader should know. `reconcile` says what would help.
    """

    rule: str
    papers: list[str]
    quantities: list[str]
    computed: str
    reported: str
    severity: Severity
    explanation: str
    reconcile: str = ""


class Missing(StrictModel):
    """What is not reported, and which check it stops."""

    rule: str
    papers: list[str]
    of: str
    missing: list[str]
    explanation: str


class Audit(StrictModel):
    """The result of an audit: `contradictions` (and doubts), `notes`, what is `missing`, how many facts there were."""

    papers: list[str]
    facts: int
    rules: int
    contradictions: list[Contradiction] = Field(default_factory=list)
    notes: list[Contradiction] = Field(default_factory=list)
    missing: list[Missing] = Field(default_factory=list)


Outcome = Contradiction | Missing


@dataclass(frozen=True)
class Rule:
    """A relation between quantities: its name, what it needs, where it comes from, and the check.

    `across` is set for rules that compare papers; the others see one paper at a time.
    """

    name: str
    needs: str
    relation: str
    source: str
    check: Callable[[Facts], Iterator[Outcome]]
    across: bool = False


def differs(
    rule: str,
    facts: list[Fact],
    computed: Interval,
    reported: Interval,
    explanation: str,
    *,
    unit: str = "",
    scale: float = 1.0,
    slack: float = 0.0,
    severity: Severity = "contradiction",
    reconcile: str = "",
) -> Iterator[Contradiction]:
    """Yield the contradiction of a computed and a reported interval where they do not meet; `scale` is SI per unit."""
    if not fits(computed, reported, slack):
        yield says(
            rule,
            facts,
            shown_interval(computed, unit, scale),
            shown_interval(reported, unit, scale),
            explanation,
            severity,
            reconcile,
        )


def says(
    rule: str,
    facts: list[Fact],
    computed: str,
    reported: str,
    explanation: str,
    severity: Severity,
    reconcile: str = "",
) -> Contradiction:
    """Return a contradiction with what was computed and reported in words; of many facts the first are listed."""
    return Contradiction(
        rule=rule,
        papers=list(dict.fromkeys(fact.paper for fact in facts)),
        quantities=listed([fact.spoken for fact in facts[: _MOST_LISTED + 1]], len(facts)),
        computed=computed,
        reported=reported,
        severity=severity,
        explanation=explanation,
        reconcile=reconcile,
    )


def lacks(rule: str, facts: list[Fact], missing: list[str], explanation: str) -> Missing:
    """Return what is missing beside the facts."""
    return Missing(
        rule=rule,
        papers=list(dict.fromkeys(fact.paper for fact in facts)),
        of=facts[0].of,
        missing=missing,
        explanation=explanation,
    )


def too_many(rule: str, fact: Fact) -> Missing:
    """Return the gap of a subject of which more values could belong together than are tested."""
    return lacks(rule, [fact], ["rate", "cycle"], "too many values that could belong together")


def listed(texts: list[str], count: int | None = None) -> list[str]:
    """Return the first texts, and how many more there are of `count` in all."""
    count = len(texts) if count is None else count
    return texts if count <= _MOST_LISTED else [*texts[:_MOST_LISTED], f"and {count - _MOST_LISTED} more"]


def shown_interval(value: Interval, unit: str = "", scale: float = 1.0) -> str:
    """Return ``0.22 to 0.25 eV``, one number where the ends are the same to three digits, ``at least`` for a bound."""
    low, high = (f"{end / scale:.3g}" for end in (value.low, value.high))
    if math.isinf(value.high):
        text = "anything" if math.isinf(value.low) else f"at least {low}"
    elif math.isinf(value.low):
        text = f"at most {high}"
    else:
        text = low if low == high else f"{low} to {high}"
    return f"{text} {unit}".strip()


def fits(one: Interval, other: Interval, slack: float = 0.0) -> bool:
    """Whether both may be one number, save what arithmetic itself rounds."""
    return one.meets(other, max(slack, _ROUNDING))


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


def shown_factor(one: Interval, other: Interval) -> str:
    """Return by how much two numbers differ."""
    factor = one.factor(other)
    return f"a factor of {factor:.3g}" if math.isfinite(factor) else "more than any factor"


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
                if fits(computed, fact.value, slack):
                    nearest = other = None
                    break
                if also is not None and fits(also[0](*values), fact.value, slack):
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
