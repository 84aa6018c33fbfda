"""What an audit finds: contradictions, notes, and what is missing to check more."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, Literal

from pydantic import Field

from interlayer.consistency.facts import Fact, Facts
from interlayer.consistency.interval import Interval
from interlayer.quantity import StrictModel

Severity = Literal["contradiction", "doubtful", "note"]
_MOST_LISTED: Final = 8


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
    if not computed.meets(reported, slack):
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


def shown_factor(one: Interval, other: Interval) -> str:
    """Return by how much two numbers differ."""
    factor = one.factor(other)
    return f"a factor of {factor:.3g}" if math.isfinite(factor) else "more than any factor"
