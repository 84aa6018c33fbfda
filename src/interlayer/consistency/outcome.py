"""What an audit finds: contradictions, notes, and what is missing to check more."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from pydantic import Field

from interlayer.consistency.facts import Fact, Facts
from interlayer.consistency.interval import Interval
from interlayer.quantity import StrictModel

Severity = Literal["contradiction", "doubtful", "note"]


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
        yield Contradiction(
            rule=rule,
            papers=list(dict.fromkeys(fact.paper for fact in facts)),
            quantities=[fact.spoken for fact in facts],
            computed=shown_interval(computed, unit, scale),
            reported=shown_interval(reported, unit, scale),
            severity=severity,
            explanation=explanation,
            reconcile=reconcile,
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
    """Return a contradiction with what was computed and reported in words."""
    return Contradiction(
        rule=rule,
        papers=list(dict.fromkeys(fact.paper for fact in facts)),
        quantities=[fact.spoken for fact in facts],
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


def shown_interval(value: Interval, unit: str = "", scale: float = 1.0) -> str:
    """Return ``0.22 to 0.25 eV``, or one number where the ends are the same to three digits."""
    low, high = (f"{end / scale:.3g}" for end in (value.low, value.high))
    return f"{low if low == high else f'{low} to {high}'} {unit}".strip()
