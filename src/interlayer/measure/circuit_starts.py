"""Where a circuit's fit starts: shapes drawn once per circuit, their sizes found from each spectrum.

The impedance of a circuit is a sum over what is in series at its top, and each summand is proportional to one
resistance. So a handful of shapes per summand (a time constant, exponents, ratios within the summand) leaves a small
linear problem with non-negative sizes, which has one solution: variable projection (Golub and Pereyra, doi
10.1137/0710036) over a sample instead of a guess by hand.
"""

from dataclasses import dataclass
from itertools import pairwise, product

import numpy as np
from numpy.typing import NDArray

from interlayer.measure.circuit import Circuit, Node
from interlayer.measure.circuit_elements import ELEMENTS

_TIMES = 15
_SHAPES = 60
_COMBINATIONS = 200
_SEED = 20261121
PLAIN_ARC = {"p(R,CPE)", "p(CPE,R)", "p(R,C)", "p(C,R)"}


@dataclass(frozen=True)
class StartPlan:
    """Shapes of the summands of a circuit, and the combinations of them to look at.

    `place` is where a shape's time constant lies in the measured band, 0 at its short end, (shapes,); `shape` the rest:
    ln of a positive parameter in ohm and time constants, exponents as they are, (shapes, parameters of the circuit);
    `group_from` where each summand's shapes begin; `combinations` has a shape of each summand a row.
    """

    place: NDArray[np.float64]
    shape: NDArray[np.float64]
    group_from: NDArray[np.int64]
    combinations: NDArray[np.int64]


def plan_starts(circuit: Circuit) -> StartPlan:
    """Return the plan of a circuit; the same one for the same circuit."""
    rng = np.random.default_rng(_SEED)
    places: list[float] = []
    shapes: list[NDArray[np.float64]] = []
    group_from = [0]
    by_signature: dict[str, list[int]] = {}
    for number, (node, begin, end, _, _) in enumerate(circuit.groups):
        for place, inner in _shapes(node, rng):
            row = np.zeros(len(circuit.names))
            row[begin:end] = inner
            places.append(place)
            shapes.append(row)
        group_from.append(len(places))
        by_signature.setdefault(node.signature, []).append(number)
    counts = np.diff(group_from)
    every = int(np.prod(counts.astype(float)))
    combinations = _COMBINATIONS * (3 if counts.max() > _SHAPES else 1)
    if every <= 2 * combinations:
        drawn = np.array(list(product(*(range(count) for count in counts))))
    else:
        drawn = np.column_stack([rng.integers(0, count, size=4 * combinations) for count in counts])
    drawn = drawn + np.array(group_from[:-1])
    where = np.array(places)
    keep = np.ones(len(drawn), dtype=bool)
    for alike in by_signature.values():
        # arcs of one kind are told apart by their order alone
        for first, second in pairwise(alike):
            if counts[first] > 1:
                keep &= where[drawn[:, first]] < where[drawn[:, second]]
    drawn = drawn[keep][:combinations] if keep.any() else drawn[:combinations]
    return StartPlan(where, np.array(shapes), np.array(group_from), drawn)


def _shapes(node: Node, rng: np.random.Generator) -> list[tuple[float, list[float]]]:
    """Return shapes of one summand: the place of its time constant, and its parameters."""
    kinds = [parameter for leaf in node.leaves() for parameter in ELEMENTS[leaf.label.rstrip("0123456789")].parameters]
    times = (np.arange(_TIMES) + 0.5) / _TIMES
    if all(kind.second_power == 0.0 and not kind.follows_alpha for kind in kinds) or not (
        len(kinds) > 1 or node.children
    ):
        return [(0.5, [0.0] * len(kinds))]
    if node.signature in PLAIN_ARC:
        has_alpha = len(kinds) > 2
        return [
            (float(time), [alpha if kind.scale == "unit" else 0.0 for kind in kinds])
            for time in times
            for alpha in ((0.92, 0.72) if has_alpha else (1.0,))
        ]
    if not node.children and any(kind.scale == "unit" for kind in kinds) and len(kinds) == 2:
        exponents = (0.98, 0.9, 0.8, 0.65, 0.5)
        return [(0.5, [alpha if kind.scale == "unit" else 0.0 for kind in kinds]) for alpha in exponents]
    if len(kinds) == 2:
        return [(float(time), [0.0, 0.0]) for time in times]
    drawn = []
    shapes = _SHAPES * (1 if len(kinds) < 5 else 2)
    for number in range(shapes):
        inner = []
        for kind in kinds:
            if kind.scale == "unit":
                inner.append(float(rng.uniform(0.5, 0.98)))
            elif kind.suffix == "tau" and node.children:
                # diffusion within an arc is slower than the arc, mostly by far
                inner.append(float(rng.uniform(0.0, 9.0)))
            else:
                inner.append(float(rng.normal(0.0, 1.5)))
        drawn.append(((number + float(rng.uniform())) / shapes, inner))
    return drawn
