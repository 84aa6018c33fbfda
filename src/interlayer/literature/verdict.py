"""Whether a computed value agrees with a printed one, by rules that are the same for every claim."""

import math
from collections.abc import Sequence
from typing import Final, Literal

from interlayer.literature.claims import Claim

How = Literal["exact", "fitted", "predicted", "analysed", "reported"]
Verdict = Literal["agrees", "differs", "cannot_be_derived", "inconsistent"]
Value = float | bool | str | tuple[float, ...] | None

TOLERANCE: Final[dict[str, float]] = {"exact": 0.02, "fitted": 0.10, "predicted": 0.10, "analysed": 0.10}
"""What a value may be off, relative, beyond the rounding of the printed one: 2 % for formulas, whose inputs are rounded
too; 10 % for models and analyses, where the papers' own nominally equal cells differ by 6 % in capacity (S2-12)."""
POTENTIAL: Final = 0.1
"""V; what a potential against a reference may be off: a share of it would depend on the reference."""
BINDING: Final = 0.3
"""eV; the same for binding energies, whose charge reference is no better known."""
ABOUT: Final = 0.10
"""The same for numbers that the paper itself calls approximate."""


def half_digit(text: str) -> float:
    """Return half a unit of the last printed digit: 0.05 for ``5.0``, 0.005e-4 for ``1.23e-4``; 0.5 for ``120``."""
    mantissa, _, power = text.lower().partition("e")
    digits = len(mantissa.partition(".")[2])
    return float(0.5 * 10.0 ** (-digits) * 10.0 ** int(power or 0))


def allowed(claim: Claim, how: How, reference: float = 0.0) -> tuple[tuple[float, float], ...]:
    """Return for each printed number the interval in which a computed one agrees.

    Tolerances are shares of the number's distance from `reference`, where it is a change that the claim is about; an
    efficiency's change is what it lacks to 100 %.
    """
    reference = _reference(claim, reference)
    return tuple(
        (value - slack, value + slack)
        for text, value in zip(claim.printed, claim.numbers, strict=True)
        for slack in (_slack(claim, text, value, how, reference),)
    )


def _reference(claim: Claim, given: float) -> float:
    efficiency = "efficiency" in claim.quantity and claim.unit == "%"
    return 100.0 if efficiency and given == 0.0 else given


def _slack(claim: Claim, text: str, value: float, how: How, reference: float) -> float:
    """Return what a value may be off: its rounding or the tolerance, whichever is more; a bound is a bound."""
    if claim.bound:
        return 0.0
    return max(half_digit(text), _tolerance(claim, value, how, reference))


def _tolerance(claim: Claim, value: float, how: How, reference: float) -> float:
    """Return what a value may be off beyond rounding."""
    if claim.unit.startswith("V vs") and ";" not in claim.unit:
        return POTENTIAL
    if claim.unit == "eV" and abs(value) > 50.0:
        return BINDING
    return max(TOLERANCE.get(how, 0.0), ABOUT if claim.about else 0.0) * abs(value - reference)


def judge(claim: Claim, value: Value, how: How, reference: float = 0.0) -> tuple[Verdict, float | None]:
    """Return the verdict on a computed value and its factor, computed over printed; `reference` as for `allowed`.

    With a reference the factor is that of the changes.

    True agrees with a claim in words, False differs. A number agrees with a range within it, with a bound on its right
    side, and with a number within `allowed`; a tuple with as many numbers, one by one, and the factor is then the
    worst. Zero against zero has factor 1; zero against anything else none.
    """
    if value is None:
        return "cannot_be_derived", None
    if isinstance(value, bool):
        return ("agrees" if value else "differs"), None
    if isinstance(value, str):
        return ("agrees" if value.strip().lower() == claim.value.strip().lower() else "differs"), None
    values = value if isinstance(value, tuple) else (value,)
    if not all(math.isfinite(one) for one in values) or not claim.numbers:
        return "cannot_be_derived", None
    intervals = allowed(claim, how, reference)
    if claim.bound:
        return _against_bound(claim, values[0])
    if claim.is_range:
        low, high = intervals[0][0], intervals[-1][1]
        inside = all(low <= one <= high for one in values)
        return ("agrees" if inside else "differs"), _range_factor(values, claim.numbers)
    inside = len(values) == len(intervals) and all(
        low <= one <= high for one, (low, high) in zip(values, intervals, strict=False)
    )
    zero = _reference(claim, reference)
    factor = _worst([one - zero for one in values], [one - zero for one in claim.numbers])
    return ("agrees" if inside else "differs"), factor


def _against_bound(claim: Claim, value: float) -> tuple[Verdict, float | None]:
    """Return whether a value is on the bound's right side, on it only where the bound includes it."""
    bound = claim.numbers[0]
    beyond = value < bound if claim.bound.startswith("<") else value > bound
    fits = beyond or (claim.bound.endswith("=") and value == bound)
    return ("agrees" if fits else "differs"), _worst((value,), claim.numbers)


def _range_factor(values: Sequence[float], ends: Sequence[float]) -> float | None:
    """Return how far the worst value lies outside a range, 1 inside."""
    outside = [one / min(max(one, ends[0]), ends[-1]) for one in values if min(max(one, ends[0]), ends[-1]) != 0.0]
    return max(outside, key=lambda one: abs(math.log(one)) if one > 0 else math.inf, default=None)


def _worst(values: Sequence[float], printed: Sequence[float]) -> float | None:
    factors = [
        1.0 if ours == theirs else ours / theirs
        for ours, theirs in zip(values, printed, strict=False)
        if theirs != 0.0 or ours == theirs
    ]
    return max(factors, key=lambda one: abs(math.log(one)) if one > 0 else math.inf, default=None)
