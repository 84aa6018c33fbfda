"""A claim computed: the value, how it was obtained, and the verdict."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from interlayer.literature.basis import Basis
from interlayer.literature.claims import Claim, claim
from interlayer.literature.verdict import How, Value, Verdict, judge
from interlayer.quantity import StrictModel


@dataclass(frozen=True)
class Answer:
    """What a computation found: the value in the claim's unit, and the reason a reader needs.

    `verdict` is given only where numbers cannot decide: the paper contradicts itself (``inconsistent``), or something
    is missing (``cannot_be_derived``, with a value of None).
    """

    value: Value
    reason: str
    verdict: Verdict | None = None
    reference: float = 0.0
    """Where the claim is about a change: what it started from, in its unit. Tolerances are shares of the change."""


@dataclass(frozen=True)
class Computation:
    """How one claim, or several of a kind, are computed: `compute` gets the basis and the claim's number."""

    claims: tuple[str, ...]
    how: How
    compute: Callable[[Basis, str], Answer]


class Computed(StrictModel):
    """One row of the table: a claim beside what was computed for it.

    `how` is ``exact`` (a formula), ``fitted`` (an input of ours that the claim itself set), ``predicted`` (from other
    claims or a model), ``analysed`` (from a simulated or measured record) or ``reported`` (nothing computes it).
    `factor` is computed over printed, of several numbers the worst, and of the changes where the claim is about one;
    `basis` names what was used.
    """

    claim: str
    system: str
    quantity: str
    conditions: str
    kind: str
    paper_value: float | str
    approximate: bool = False
    our_value: float | bool | str | tuple[float, ...] | None
    unit: str
    how: How
    factor: float | None
    verdict: Verdict
    reason: str
    basis: tuple[str, ...] = ()


def only(name: str, how: How, compute: Callable[[Basis], Answer]) -> Computation:
    """Return the computation of one claim."""
    return Computation((name,), how, lambda basis, _: compute(basis))


def reported(names: Iterable[str], reason: str) -> Computation:
    """Return what is said of claims that nothing of ours can compute: what only an instrument or other code gives."""
    return Computation(tuple(names), "reported", lambda _basis, _name: Answer(None, reason))


def inconsistent(name: str, how: How, compute: Callable[[Basis], Answer]) -> Computation:
    """Return a computation whose verdict is that the paper contradicts itself."""

    def found(basis: Basis, _: str) -> Answer:
        answer = compute(basis)
        return Answer(answer.value, answer.reason, "inconsistent")

    return Computation((name,), how, found)


def contradicted(
    name: str,
    how: How,
    compute: Callable[[Basis], Answer],
    *,
    unless: Callable[[Basis], float] | None = None,
    judged: Callable[[Basis], float] | None = None,
) -> Computation:
    """Return a computation from a paper's other numbers that finds the paper at odds with itself, or not.

    The verdict is inconsistent where the value (or what is `judged` in its place) misses the claim and no other reading
    of the same numbers (`unless`) meets it.
    """

    def found(basis: Basis, _: str) -> Answer:
        answer = compute(basis)
        readings: list[Value] = [answer.value if judged is None else judged(basis)]
        if unless is not None:
            readings.append(unless(basis))
        missed = all(judge(claim(name), value, how)[0] == "differs" for value in readings)
        return Answer(answer.value, answer.reason, "inconsistent" if missed else None)

    return Computation((name,), how, found)


_UNCOMPUTED: Final = {
    "measured-input": "measured or chosen by the authors: an input here",
    "qualitative": "a statement without a number that could be computed",
}


def compute_all(
    computations: Sequence[Computation],
    wanted: Sequence[Claim],
    basis: Basis,
    progress: Callable[[int, int], None] | None = None,
) -> Iterator[Computed]:
    """Yield one row per claim in order; a claim that nothing computes is reported only, with its note."""
    of_claim = {name: computation for computation in computations for name in computation.claims}
    for number, one in enumerate(wanted):
        yield compute_one(of_claim.get(one.id), one, basis)
        if progress is not None:
            progress(number + 1, len(wanted))


def compute_one(computation: Computation | None, one: Claim, basis: Basis) -> Computed:
    """Return the row of one claim."""
    used: tuple[str, ...] = ()
    how: How = "reported"
    if computation is None:
        reason = _UNCOMPUTED.get(one.kind, "nothing computes it yet")
        answer = Answer(None, f"{reason}; {one.note}" if one.note else reason)
    else:
        own = basis.fresh()
        answer, how = computation.compute(own, one.id), computation.how
        used = tuple(own.used)
    verdict, factor = judge(one, answer.value, how, answer.reference)
    single = len(one.numbers) == 1 and not one.bound and _is_number(one.value.lstrip("~"))
    return Computed(
        claim=one.id,
        system=one.system,
        quantity=one.quantity,
        conditions=one.conditions,
        kind=one.kind,
        paper_value=one.number if single else one.value,
        approximate=one.about,
        our_value=answer.value,
        unit=one.unit,
        how=how,
        factor=factor,
        verdict=answer.verdict or verdict,
        reason=answer.reason,
        basis=used,
    )


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def check(computations: Sequence[Computation]) -> None:
    """Raise ValueError where a claim is computed twice or does not exist: for tests."""
    names = [name for computation in computations for name in computation.claims]
    for name in names:
        claim(name)
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise ValueError(f"computed twice: {', '.join(sorted(twice))}")
