"""Open-circuit curves as tables of cubics: evaluated in a few nanoseconds, with a continuous slope."""

from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from interlayer.compiled import compiled
from interlayer.materials.open_circuit import OpenCircuit

Array = NDArray[np.float64]

END_WIDTH: Final = 1.0 / 32.0
END_INTERVALS: Final = 512
MIDDLE_INTERVALS: Final = 1024
INTERVALS: Final = MIDDLE_INTERVALS + 2 * END_INTERVALS
"""The outer thirty-seconds of the range are sampled sixteen times more densely: there curves fall like exp(100 x)."""


@lru_cache(maxsize=64)
def tabulate(curve: OpenCircuit) -> Array:
    """Return the cubic coefficients of U(x) on each interval between the curve's ends, shape (INTERVALS, 4), V.

    On an interval with local coordinate z in 0..1, U = c0 + z (c1 + z (c2 + z c3)): a cubic Hermite interpolant whose
    slopes come from fourth-order differences of the curve itself. Cells with the same curve share the table.
    """
    ends = END_WIDTH * np.linspace(0.0, 1.0, END_INTERVALS + 1)
    middle = np.linspace(END_WIDTH, 1.0 - END_WIDTH, MIDDLE_INTERVALS + 1)
    nodes = np.concatenate([ends, middle[1:-1], 1.0 - ends[::-1]])
    width = curve.highest - curve.lowest
    shift = END_WIDTH / END_INTERVALS / 8.0

    def potential(fraction: Array) -> Array:
        return curve.potential(curve.lowest + width * fraction)

    values = potential(nodes)
    slopes = np.empty_like(nodes)
    inner = slice(1, -1)
    slopes[inner] = (
        8.0 * (potential(nodes[inner] + shift) - potential(nodes[inner] - shift))
        - (potential(nodes[inner] + 2 * shift) - potential(nodes[inner] - 2 * shift))
    ) / (12.0 * shift)
    one_sided = np.array([-25.0, 48.0, -36.0, 16.0, -3.0]) / (12.0 * shift)
    steps = shift * np.arange(5.0)
    slopes[0] = one_sided @ potential(steps)
    slopes[-1] = -one_sided @ potential(1.0 - steps)

    lengths = np.diff(nodes)
    left, right = slopes[:-1] * lengths, slopes[1:] * lengths
    rise = np.diff(values)
    return np.column_stack([values[:-1], left, 3.0 * rise - 2.0 * left - right, left + right - 2.0 * rise])


@compiled()
def potential_and_slope(table, low, high, x):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """Return U in V and dU/dx of a table between `low` and `high`; outside, the curve goes on straight."""
    width = high - low
    fraction = (x - low) / width
    outside = 0.0
    if fraction < 0.0:
        outside, fraction = fraction, 0.0
    elif fraction > 1.0:
        outside, fraction = fraction - 1.0, 1.0
    if fraction < END_WIDTH:
        scale, first, origin = END_INTERVALS / END_WIDTH, 0, 0.0
    elif fraction > 1.0 - END_WIDTH:
        scale, first, origin = END_INTERVALS / END_WIDTH, END_INTERVALS + MIDDLE_INTERVALS, 1.0 - END_WIDTH
    else:
        scale, first, origin = MIDDLE_INTERVALS / (1.0 - 2.0 * END_WIDTH), END_INTERVALS, END_WIDTH
    position = (fraction - origin) * scale
    interval = int(position)
    last = (END_INTERVALS if scale > 2 * MIDDLE_INTERVALS else MIDDLE_INTERVALS) - 1
    interval = min(interval, last)
    z = position - interval
    row = first + interval
    c1, c2, c3 = table[row, 1], table[row, 2], table[row, 3]
    slope = (c1 + z * (2.0 * c2 + 3.0 * z * c3)) * scale / width
    return table[row, 0] + z * (c1 + z * (c2 + z * c3)) + slope * outside * width, slope
