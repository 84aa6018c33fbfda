"""The corners of a convex, piecewise linear function that is known through its values and slopes.

The hull energy along a line of compositions, and the grand potential against the voltage, are such functions: each
linear programme gives the value and, through its duals, the slope of a supporting line. Two supporting lines meet
either at a corner or below the function; in the second case the programme at that point gives a new line.
"""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Final

Point = tuple[float, float, float]
"""Abscissa, value and slope of a supporting line there."""

_TOUCHES: Final = 1e-9
"""eV per atom; a function within this of the crossing of two lines has its corner there."""
_APART: Final = 1e-9
_MAX_DEPTH: Final = 60


def breakpoints(evaluate: Callable[[float], tuple[float, float]], low: float, high: float) -> list[float]:
    """Return the corners of a convex piecewise linear function between `low` and `high`, both ends included.

    `evaluate` returns value and slope. A corner that bends the function by less than 1e-8 is left out.
    """
    first, last = (low, *evaluate(low)), (high, *evaluate(high))
    found = [first, *_between(evaluate, first, last, _MAX_DEPTH), last]
    return _corners(found)


def _between(evaluate: Callable[[float], tuple[float, float]], left: Point, right: Point, depth: int) -> list[Point]:
    (t0, v0, s0), (t1, v1, s1) = left, right
    if s1 - s0 < _APART or depth == 0:
        return []
    crossing = ((v0 - s0 * t0) - (v1 - s1 * t1)) / (s1 - s0)
    if not t0 + _APART < crossing < t1 - _APART:
        return []
    middle = (crossing, *evaluate(crossing))
    if middle[1] - (v0 + s0 * (crossing - t0)) < _TOUCHES:
        return [middle]
    return [
        *_between(evaluate, left, middle, depth - 1),
        middle,
        *_between(evaluate, middle, right, depth - 1),
    ]


def _corners(points: Sequence[Point]) -> list[float]:
    """Leave out the points that lie on the straight line between their neighbours."""
    kept = [points[0]]
    for point, following in pairwise(points[1:]):
        (t0, v0, _), (t1, v1, _), (t2, v2, _) = kept[-1], point, following
        chord = v0 + (v2 - v0) * (t1 - t0) / (t2 - t0)
        if chord - v1 > 10 * _TOUCHES:
            kept.append(point)
    kept.append(points[-1])
    return [t for t, _, _ in kept]
