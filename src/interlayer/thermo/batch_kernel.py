"""The compiled kernel for many programmes at once: pairs of compositions, grouped by the elements they contain.

The programme is that of `equilibrium.System.lowest_mixture`,

    min e.w - x E_1 - (1 - x) E_2   subject to   A w + x (c_2 - c_1) = c_2,  x + s = 1,  w, x, s >= 0

solved by the revised simplex of `simplex`, with three changes for speed: the phases within a group of elements are
gathered once and shared by its pairs, they are kept element by element so that pricing runs along memory, and the
groups are spread over threads.
"""

import numba
import numpy as np

from interlayer.thermo.arrays import Array, Indices

SOLVED = 0
FAILED = 1

_PRICE = 1e-11
_PIVOT = 1e-10
_PERTURBATION = 1e-9
_BALANCE = 1e-7
_RUN = 32
"""Groups that one thread takes at a time, in the same working room."""


@numba.njit(cache=True, nogil=True, fastmath={"contract", "reassoc", "nsz"}, error_model="numpy")
def _price(columns: Array, costs: Array, duals: Array, reduced: Array) -> tuple[float, int]:
    """Fill `reduced` costs of all phases, c_k - y.a_k, and return the lowest with its index."""
    m, n = columns.shape
    for k in range(n):
        reduced[k] = costs[k]
    for i in range(m):
        dual = duals[i]
        if dual != 0.0:
            for k in range(n):
                reduced[k] -= dual * columns[i, k]
    best = 0.0
    entering = -1
    for k in range(n):
        if reduced[k] < best:
            best = reduced[k]
            entering = k
    return best, entering


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _solve(
    columns: Array,
    costs: Array,
    start: Indices,
    first: Array,
    second: Array,
    energy_first: float,
    energy_second: float,
    inverse: Array,
    values: Array,
    basic_costs: Array,
    duals: Array,
    direction: Array,
    reduced: Array,
    basis: Indices,
    weights: Array,
) -> tuple[int, float, float, int]:
    """Solve one pair; fill `basis` and `weights`, return (status, energy, mixing fraction, steps).

    columns (m, n): phases of the group, element by element; first, second (m,): the compositions per counted atom.
    Column n is the mixing fraction, n + 1 its slack.
    """
    m, n = columns.shape
    size = m + 1
    for i in range(size):
        for j in range(size):
            inverse[i, j] = 0.0
        inverse[i, i] = 1.0
    for i in range(m):
        basis[i] = start[i]
        basic_costs[i] = costs[start[i]]
        values[i] = second[i] + _PERTURBATION * (1.0 + 0.37 * ((7 * i) % 11))
    basis[m] = n + 1
    basic_costs[m] = 0.0
    values[m] = 1.0 + _PERTURBATION * (1.0 + 0.37 * ((7 * m) % 11))
    mixing_cost = energy_second - energy_first
    bland_after = 100 + 40 * size
    limit = 4000 + 400 * size
    steps = 0
    status = FAILED
    while steps < limit:
        for j in range(size):
            duals[j] = 0.0
        for i in range(size):
            cost = basic_costs[i]
            if cost != 0.0:
                for j in range(size):
                    duals[j] += cost * inverse[i, j]
        best, entering = _price(columns, costs, duals, reduced)
        if steps > bland_after:  # the first that gains, whatever it gains: this rule cannot cycle
            entering = -1
            for k in range(n):
                if reduced[k] < -_PRICE:
                    best = reduced[k]
                    entering = k
                    break
        elif best > -_PRICE:
            entering = -1
            best = -_PRICE
        if entering < 0 or steps <= bland_after:
            of_mixing = mixing_cost - float(duals[m])
            for i in range(m):
                of_mixing -= float(duals[i] * (second[i] - first[i]))
            if of_mixing < min(best, -_PRICE):
                best = of_mixing
                entering = n
            if -duals[m] < min(best, -_PRICE):
                best = -float(duals[m])
                entering = n + 1
        if entering < 0:
            status = SOLVED
            break
        leaving = -1
        longest = np.inf
        for i in range(size):
            change = 0.0
            if entering < n:
                for j in range(m):
                    change += inverse[i, j] * columns[j, entering]
            elif entering == n:
                for j in range(m):
                    change += inverse[i, j] * (second[j] - first[j])
                change += inverse[i, m]
            else:
                change = inverse[i, m]
            direction[i] = change
            if change > _PIVOT:
                length = values[i] / change
                if length < longest or (length == longest and basis[i] < basis[leaving]):
                    longest = length
                    leaving = i
        if leaving < 0:
            break
        for i in range(size):
            if i != leaving:
                values[i] = max(values[i] - longest * direction[i], 0.0)
        values[leaving] = longest
        basis[leaving] = entering
        basic_costs[leaving] = costs[entering] if entering < n else (mixing_cost if entering == n else 0.0)
        pivot = 1.0 / direction[leaving]
        for j in range(size):
            inverse[leaving, j] *= pivot
        for i in range(size):
            factor = direction[i]
            if i != leaving and factor != 0.0:
                for j in range(size):
                    inverse[i, j] -= factor * inverse[leaving, j]
        steps += 1
    # the true right-hand side: weights from the inverse, the objective from the duals, which do not depend on it
    energy = float(duals[m]) - energy_second
    fraction = 0.0
    for i in range(m):
        energy += float(duals[i] * second[i])
    lowest = 0.0
    for i in range(size):
        weight = inverse[i, m]
        for j in range(m):
            weight += inverse[i, j] * second[j]
        weights[i] = weight
        if weight < lowest:
            lowest = weight
        if basis[i] == n:
            fraction = weight
    if lowest < -100.0 * _PERTURBATION:
        status = FAILED
    for j in range(m):
        balance = -second[j]
        for i in range(size):
            k = basis[i]
            if k < n:
                balance += weights[i] * columns[j, k]
            elif k == n:
                balance += weights[i] * (second[j] - first[j])
        if abs(balance) > _BALANCE:
            status = FAILED
    return status, energy, min(max(fraction, 0.0), 1.0), steps


@numba.njit(cache=True, nogil=True, parallel=True, error_model="numpy")
def solve_groups(
    fractions: Array,
    costs: Array,
    masks: Indices,
    buckets: Indices,
    element_rows: Indices,
    group_masks: Indices,
    group_starts: Indices,
    order: Indices,
    compositions: Array,
    first: Indices,
    second: Indices,
    energies_first: Array,
    energies_second: Array,
    status: Indices,
    energy: Array,
    fraction: Array,
    steps: Indices,
    phases: Indices,
    amounts: Array,
) -> None:
    """Solve all pairs, group by group, and fill the last six arrays, each in the order of the pairs.

    fractions (n, e) and costs (n,): all phases, sorted by their lowest element, phases buckets[i] to buckets[i + 1]
    having element i as the lowest; masks (n,): their elements as bits; element_rows (e,): the phase that is each
    element; compositions (c, e), first and second (p,): the pairs, as rows of `compositions`; group g holds the pairs
    order[group_starts[g]:group_starts[g + 1]], whose elements are within group_masks[g]. phases (p, e + 1) and
    amounts (p, e + 1): the basis of each answer, -1 where it is no phase.
    """
    n, e = fractions.shape
    groups = len(group_masks)
    for run in numba.prange((groups + _RUN - 1) // _RUN):
        # the room that the groups of a run work in, one after the other
        rows = np.empty(e, np.int64)
        members = np.empty(n, np.int64)
        own_costs = np.empty(n)
        reduced = np.empty(n)
        start = np.empty(e, np.int64)
        inverse = np.empty((e + 1, e + 1))
        values = np.empty(e + 1)
        basic_costs = np.empty(e + 1)
        duals = np.empty(e + 1)
        direction = np.empty(e + 1)
        basis = np.empty(e + 1, np.int64)
        weights = np.empty(e + 1)
        one = np.empty(e)
        other = np.empty(e)
        for g in range(run * _RUN, min((run + 1) * _RUN, groups)):
            mask = group_masks[g]
            m = 0
            for i in range(e):
                if (mask >> i) & 1:
                    rows[m] = i
                    m += 1
            count = 0
            for i in range(m):
                for k in range(buckets[rows[i]], buckets[rows[i] + 1]):
                    members[count] = k
                    count += masks[k] & ~mask == 0  # kept or written over: no branch to mispredict
            columns = np.empty((m, count))
            for c in range(count):
                k = members[c]
                own_costs[c] = costs[k]
                for i in range(m):
                    columns[i, c] = fractions[k, rows[i]]
                if masks[k] & (masks[k] - 1) == 0:  # a single element
                    for i in range(m):
                        if element_rows[rows[i]] == k:
                            start[i] = c
            for position in range(group_starts[g], group_starts[g + 1]):
                p = order[position]
                for i in range(m):
                    one[i] = compositions[first[p], rows[i]]
                    other[i] = compositions[second[p], rows[i]]
                found = _solve(
                    columns, own_costs, start, one, other, energies_first[p], energies_second[p],
                    inverse, values, basic_costs, duals, direction, reduced, basis, weights,
                )  # fmt: skip
                status[p], energy[p], fraction[p], steps[p] = found
                for i in range(m + 1):
                    phases[p, i] = members[basis[i]] if basis[i] < count else -1
                    amounts[p, i] = weights[i]
