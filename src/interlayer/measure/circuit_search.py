"""The compiled search for the best fit of a circuit: starts from the plan, descents until they agree."""

import math

import numpy as np

from interlayer.compiled import compiled
from interlayer.measure.circuit_kernel import Array, Complexes, Flags, Indices, descend, parameters, up

_POINTS = 24
"""Frequencies on which the search goes on, spread over all; the last descents use all of them."""
_MINIMA = 4
_NEAR = 0.5
"""Minima within this fraction of the lowest may change places once all frequencies count."""
_SAME = 1e-4
"""Two minima agree where their costs differ by less than this fraction."""
_BEST = 8
_APART = 0.1
"""Starts differ where some time constant is this fraction of the measured band (in decades) away."""
_WHITE = 1.5
"""Durbin's and Watson's ratio: 2 where residuals are independent, 0 where they follow each other."""
_LEAST = 1e-4
"""What the linear problem gives no size gets this fraction of the spectrum's own, as a start."""


@compiled()
def _sizes(gram: Array, right: Array, chosen: Indices, weights: Array, matrix: Array, out: Flags) -> float:
    """Solve the small non-negative problem of some columns; return the drop in half the sum of squares.

    The most negative size is set to zero until none is: not always the optimum, always a start.
    """
    count = len(chosen)
    out[:] = False
    while True:
        left = 0
        for a in range(count):
            weights[a] = 0.0
            if out[a]:
                continue
            left += 1
            for b in range(a + 1):
                matrix[a, b] = 0.0 if out[b] else gram[chosen[a], chosen[b]]
        if left == 0:
            return 0.0
        for a in range(count):
            if out[a]:
                continue
            for b in range(a):
                if out[b]:
                    continue
                s = matrix[a, b]
                for c in range(b):
                    if not out[c]:
                        s -= matrix[a, c] * matrix[b, c]
                matrix[a, b] = s / matrix[b, b]
            s = matrix[a, a] * (1.0 + 1e-10)
            for c in range(a):
                if not out[c]:
                    s -= matrix[a, c] * matrix[a, c]
            matrix[a, a] = math.sqrt(max(s, 1e-30))
        gain = 0.0
        for a in range(count):
            if out[a]:
                continue
            s = right[chosen[a]]
            for c in range(a):
                if not out[c]:
                    s -= matrix[a, c] * weights[c]
            weights[a] = s / matrix[a, a]
            gain += 0.5 * weights[a] * weights[a]
        worst, where = 0.0, -1
        for a in range(count - 1, -1, -1):
            if out[a]:
                continue
            s = weights[a]
            for c in range(a + 1, count):
                if not out[c]:
                    s -= matrix[c, a] * weights[c]
            weights[a] = s / matrix[a, a]
            if weights[a] < worst:
                worst, where = weights[a], a
        if where < 0:
            return gain
        out[where] = True


@compiled()
def _columns(
    nodes: Indices,
    groups: Indices,
    is_unit: Flags,
    ohm_power: Array,
    second_power: Array,
    alpha_of: Indices,
    place: Array,
    shape: Array,
    group_from: Indices,
    omega: Array,
    every: Indices,
    weights: Array,
    points: Array,
    columns: Array,
) -> None:
    """Write the parameters of each shape (unit size) to `points` and its weighted impedance to `columns`."""
    count, parts = shape.shape[1], len(every)
    some = omega[every]
    ln_some = np.log(some)
    z, slope = np.empty((len(nodes), parts), np.complex128), np.empty((count, parts), np.complex128)
    longest, shortest = math.log(1.0 / omega.min()), math.log(1.0 / omega.max())
    p = np.ones(count)
    for g in range(len(groups)):
        for c in range(group_from[g], group_from[g + 1]):
            ln_tau = shortest + place[c] * (longest - shortest)
            for k in range(groups[g, 0], groups[g, 1]):
                if is_unit[k]:
                    p[k] = shape[c, k]
                else:
                    power = second_power[k] if alpha_of[k] < 0 else shape[c, alpha_of[k]]
                    p[k] = math.exp(shape[c, k] + power * ln_tau)
                points[c, k] = p[k]
            up(nodes, groups[g, 2], groups[g, 3], p, some, ln_some, z, slope)
            value = z[groups[g, 3] - 1]
            for i in range(parts):
                columns[c, i] = weights[0, every[i]] * value[i].real
                columns[c, parts + i] = weights[1, every[i]] * value[i].imag


@compiled(nogil=True)
def search(
    nodes: Indices,
    groups: Indices,
    is_unit: Flags,
    ohm_power: Array,
    second_power: Array,
    alpha_of: Indices,
    place: Array,
    shape: Array,
    group_from: Indices,
    combinations: Indices,
    omega: Array,
    measured: Complexes,
    weights: Array,
    lower: Array,
    upper: Array,
    free: Flags,
    fixed: Array,
    tiltable: Flags,
    jumps: Array,
    movable: Indices,
    agree: int,
) -> tuple[Array, float, int, int]:
    """Return the fit coordinates of the lowest minimum, its cost, how many descents found it, and how many were made.

    `fixed` holds the fit coordinates of what is not `free`; `jumps` (descents, parameters) the steps from the best
    point at which further descents start once the planned starts are used up.
    """
    count, summands = shape.shape[1], len(groups)
    few = max(_POINTS, 2 * count)
    every = np.arange(0, len(omega), max(1, -(-len(omega) // few)))
    all_columns = len(place)
    points, columns = np.zeros((all_columns, count)), np.empty((all_columns, 2 * len(every)))
    _columns(
        nodes, groups, is_unit, ohm_power, second_power, alpha_of, place, shape, group_from, omega, every, weights,
        points, columns,
    )  # fmt: skip
    target = np.empty(2 * len(every))
    for i in range(len(every)):
        target[i] = weights[0, every[i]] * measured[every[i]].real
        target[len(every) + i] = weights[1, every[i]] * measured[every[i]].imag
    norms = np.empty(all_columns)
    for c in range(all_columns):
        # columns of unit length: sizes of an inductance and of a capacitance differ by tens of orders
        norms[c] = max(math.sqrt(np.sum(columns[c] * columns[c])), 1e-300)
        columns[c] /= norms[c]
    gram, right = columns @ columns.T, columns @ target
    sizes, matrix, out = np.empty(summands), np.empty((summands, summands)), np.empty(summands, np.bool_)

    gains = np.empty(len(combinations))
    for row in range(len(combinations)):
        gains[row] = _sizes(gram, right, combinations[row], sizes, matrix, out)
    order = np.argsort(-gains)
    starts, chosen = np.empty((_BEST, summands), np.int64), np.empty(summands, np.int64)
    start_gain = np.empty(_BEST)
    found = 0
    for row in order:
        if _is_new(starts[:found], combinations[row], place):
            starts[found] = combinations[row]
            start_gain[found] = gains[row]
            found += 1
            if found == _BEST:
                break
    for row in range(0, found, 2):
        # every other one is improved, the others keep the starts diverse
        start_gain[row] = _exchange(gram, right, starts[row], group_from, start_gain[row], sizes, matrix, out)

    some, some_measured, some_weights = omega[every], measured[every], np.ascontiguousarray(weights[:, every])
    ln_some = np.log(some)
    minima, costs, kept = np.empty((_MINIMA, count)), np.empty(_MINIMA), 0
    lowest, agreeing, made = math.inf, 0, 0
    best_x, x, tilt = fixed.copy(), np.empty(count), np.zeros(count)
    ln_omega = np.log(omega)
    longest, shortest = -ln_omega.min(), -ln_omega.max()
    largest = math.sqrt(np.sum(target * target))
    by_gain = np.argsort(-start_gain[:found])
    enough = agree
    for attempt in range(found + len(jumps)):
        if attempt < found:
            chosen[:] = starts[by_gain[attempt]]
            _sizes(gram, right, chosen, sizes, matrix, out)
            first, last = 0, summands
        else:
            # one summand of the best fit is moved elsewhere, the others a little
            x[:] = best_x + 0.3 * jumps[attempt - found]
            first = (attempt - found) % summands
            last = first + 1
            chosen[first] = movable[attempt - found, first]
            sizes[first] = 0.2 * largest
        for g in range(first, last):
            size = max(sizes[g], _LEAST * largest) / norms[chosen[g]]
            ln_tau = shortest + place[chosen[g]] * (longest - shortest)
            for k in range(groups[g, 0], groups[g, 1]):
                value = points[chosen[g], k]
                if is_unit[k]:
                    value = min(max(value, 1e-3), 1.0 - 1e-3)
                    x[k] = math.log(value / (1.0 - value))
                else:
                    x[k] = math.log(value) + ohm_power[k] * math.log(size)
                # coordinates with bounds of their own stay as they are
                if alpha_of[k] >= 0 and tiltable[k]:
                    tilt[k] = -ln_tau
        for k in range(count):
            if not free[k]:
                x[k] = fixed[k]
        for k in range(count):
            if alpha_of[k] >= 0:
                x[k] += tilt[k] / (1.0 + math.exp(-x[alpha_of[k]]))
        cost, _ = descend(
            nodes, is_unit, alpha_of, tilt, x, lower, upper, some, ln_some, some_measured, some_weights, free, lowest,
            1e-6,
        )  # fmt: skip
        _untilt(x, tilt, alpha_of)
        made += 1
        if cost > lowest * (1.0 + _NEAR):
            continue
        if cost < lowest * (1.0 - _SAME):
            agreeing = 1
        elif cost <= lowest * (1.0 + _SAME):
            agreeing += 1
        if cost < lowest:
            lowest = cost
            best_x[:] = x
        kept = _keep(minima, costs, kept, x, cost)
        if agreeing < enough:
            continue
        if enough > agree:
            break
        # the best minimum counts all frequencies from here on, so that the last comparison need not descend to it again
        minima[0], full_cost = _polish(
            nodes, is_unit, alpha_of, minima[:1], costs[:1], lower, upper, omega, ln_omega, measured, weights, free
        )  # fmt: skip
        if _is_white(nodes, is_unit, minima[0], omega, ln_omega, measured, weights):
            if kept == 1 or costs[1] > costs[0] * (1.0 + _NEAR):
                return minima[0].copy(), full_cost, agreeing, made
            break
        enough = 2 * agree
    best_x, lowest = _polish(
        nodes, is_unit, alpha_of, minima[:kept], costs[:kept], lower, upper, omega, ln_omega, measured, weights, free
    )  # fmt: skip
    return best_x, lowest, agreeing, made


@compiled()
def _untilt(x: Array, tilt: Array, alpha_of: Indices) -> None:
    for k in range(len(x)):
        if alpha_of[k] >= 0:
            x[k] -= tilt[k] / (1.0 + math.exp(-x[alpha_of[k]]))


@compiled()
def _keep(minima: Array, costs: Array, kept: int, x: Array, cost: float) -> int:
    """Put a minimum among those kept, the lowest first, unless it is one of them; return how many there are."""
    for other in range(kept):
        if abs(costs[other] - cost) <= _SAME * cost:
            return kept
    place = kept
    while place > 0 and costs[place - 1] > cost:
        place -= 1
    if place == _MINIMA:
        return kept
    for other in range(min(kept, _MINIMA - 1), place, -1):
        minima[other] = minima[other - 1]
        costs[other] = costs[other - 1]
    minima[place] = x
    costs[place] = cost
    return min(kept + 1, _MINIMA)


@compiled()
def _polish(
    nodes: Indices,
    is_unit: Flags,
    alpha_of: Indices,
    minima: Array,
    costs: Array,
    lower: Array,
    upper: Array,
    omega: Array,
    ln_omega: Array,
    measured: Complexes,
    weights: Array,
    free: Flags,
) -> tuple[Array, float]:
    """Return the lowest minimum of all data that descends from the minima of some of them."""
    best, best_cost, x, tilt = minima[0].copy(), math.inf, minima[0].copy(), np.zeros(minima.shape[1])
    for row in range(len(minima)):
        if costs[row] > costs[0] * (1.0 + _NEAR):
            break
        x[:] = minima[row]
        cost, _ = descend(
            nodes, is_unit, alpha_of, tilt, x, lower, upper, omega, ln_omega, measured, weights, free, best_cost, 1e-9
        )  # fmt: skip
        if cost < best_cost:
            best_cost = cost
            best[:] = x
    return best, best_cost


@compiled()
def _exchange(
    gram: Array,
    right: Array,
    chosen: Indices,
    group_from: Indices,
    gain: float,
    sizes: Array,
    matrix: Array,
    out: Flags,
) -> float:
    """Exchange one shape at a time while that helps; return the gain."""
    for _ in range(2):
        before = gain
        for g in range(len(chosen)):
            kept = chosen[g]
            for c in range(group_from[g], group_from[g + 1]):
                chosen[g] = c
                trial = _sizes(gram, right, chosen, sizes, matrix, out)
                if trial > gain:
                    gain, kept = trial, c
            chosen[g] = kept
        if gain == before:
            break
    return gain


@compiled()
def _is_new(starts: Indices, chosen: Indices, place: Array) -> bool:
    """Whether some time constant of a start lies elsewhere than in each of the others."""
    for other in range(len(starts)):
        furthest = 0.0
        for g in range(len(chosen)):
            furthest = max(furthest, abs(place[starts[other, g]] - place[chosen[g]]))
        if furthest < _APART:
            return False
    return True


@compiled()
def _is_white(
    nodes: Indices, is_unit: Flags, x: Array, omega: Array, ln_omega: Array, measured: Complexes, weights: Array
) -> bool:
    """Whether neighbouring residuals of a fit do not go together (Durbin and Watson), as at the true optimum of noise.

    A fit that is stuck, or a circuit that does not describe the data, leaves waves.
    """
    p, tilt, alpha_of = np.empty(len(x)), np.zeros(len(x)), np.full(len(x), -1)
    parameters(x, is_unit, alpha_of, tilt, p)
    z = np.empty((len(nodes), len(omega)), np.complex128)
    up(nodes, 0, len(nodes), p, omega, ln_omega, z, np.empty((len(x), len(omega)), np.complex128))
    change = total = before_re = before_im = 0.0
    for i in range(len(omega)):
        difference = z[-1, i] - measured[i]
        re, im = weights[0, i] * difference.real, weights[1, i] * difference.imag
        total += re * re + im * im
        if i > 0:
            change += (re - before_re) ** 2 + (im - before_im) ** 2
        before_re, before_im = re, im
    return change > _WHITE * total
