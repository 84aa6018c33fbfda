"""The compiled kernel for many programmes at once: pairs of compositions, grouped by the elements they contain.

The programme is that of `equilibrium.System.lowest_mixture`,

    min e.w - x E_1 - (1 - x) E_2   subject to   A w + x (c_2 - c_1) = c_2,  x + s = 1,  w, x, s >= 0

It differs from `simplex` in what is kept: the whole tableau, B^-1 A, and not the inverse of the basis. With so few rows
a step is then one multiply-add per row and phase, along memory, and none for the rows (half of them) that the entering
phase does not touch; the inverse stands in the columns of the elements. The phases within a group of elements are
gathered once, and groups are spread over threads.
"""

import numba
import numpy as np

from interlayer.compiled import compiled
from interlayer.thermo.arrays import Array, Indices

SOLVED = 0
FAILED = 1

_PRICE = 1e-11
_PIVOT = 1e-10
_NEGATIVE = 1e-7
_BALANCE = 1e-7
_REFINE = 1e-13
_RUN = 32
"""Groups that one thread takes at a time, in the same working room; fewer where there are few groups to share out."""


@compiled(nogil=True, fastmath={"contract", "reassoc", "nsz"})
def _subtract(row: Array, factor: float, pivot_row: Array) -> None:
    for k in range(len(row)):
        row[k] -= factor * pivot_row[k]


@compiled(nogil=True, fastmath={"contract", "reassoc", "nsz", "nnan"})
def _lowest(reduced: Array) -> int:
    """Return the index of the lowest reduced cost, or -1 where none is a gain."""
    best = 0.0
    for k in range(len(reduced)):
        best = min(best, reduced[k])
    if best > -_PRICE:
        return -1
    for k in range(len(reduced)):
        if reduced[k] == best:
            return k
    return -1


@compiled(nogil=True)
def _solve(
    columns: Array,
    costs: Array,
    group_reduced: Array,
    start: Indices,
    first: Array,
    second: Array,
    energy_first: float,
    energy_second: float,
    shifted: Array,
    tableau: Array,
    reduced: Array,
    values: Array,
    duals: Array,
    basis: Indices,
    weights: Array,
) -> tuple[int, float, float, int, float]:
    """Solve one programme; fill `basis`, `weights`, `duals`; return (status, energy, fraction, steps, imbalance).

    columns (m, n): phases of the group, element by element; group_reduced (n,): their reduced costs at the start;
    start (m,): the elements' own phases; first, second (m,): compositions per counted atom; shifted: the right-hand
    side with its ties broken, m long for the equilibrium at `second`, m + 1 long where `first` may be mixed in.
    Column n of the tableau is then the mixing fraction, n + 1 its slack.
    """
    m, n = columns.shape
    size = len(shifted)
    mixing = size > m
    for i in range(m):
        for k in range(n):
            tableau[i, k] = columns[i, k]
        values[i] = shifted[i]
        basis[i] = start[i]
    for k in range(n):
        reduced[k] = group_reduced[k]
    if mixing:
        reduced[n] = energy_second - energy_first
        reduced[n + 1] = 0.0
        for i in range(m):
            tableau[i, n] = second[i] - first[i]
            tableau[i, n + 1] = 0.0
            reduced[n] -= float(costs[start[i]] * tableau[i, n])
        tableau[m, :] = 0.0
        tableau[m, n] = 1.0
        tableau[m, n + 1] = 1.0
        values[m] = shifted[m]
        basis[m] = n + 1
    bland_after = 100 + 40 * size
    limit = 4000 + 400 * size
    steps = 0
    status = FAILED
    while steps < limit:
        entering = _lowest(reduced)
        if entering >= 0 and steps > bland_after:  # the first that gains, whatever it gains: this rule cannot cycle
            entering = 0
            while reduced[entering] >= -_PRICE:
                entering += 1
        if entering < 0:
            status = SOLVED
            break
        leaving = -1
        longest = np.inf
        for i in range(size):
            change = tableau[i, entering]
            if change > _PIVOT:
                length = values[i] / change
                if length < longest or (length == longest and basis[i] < basis[leaving]):
                    longest = length
                    leaving = i
        if leaving < 0:
            break
        pivot_row = tableau[leaving]
        pivot = 1.0 / pivot_row[entering]
        for k in range(len(pivot_row)):
            pivot_row[k] *= pivot
        for i in range(size):
            factor = tableau[i, entering]
            if i != leaving and factor != 0.0:
                values[i] = max(values[i] - longest * factor, 0.0)
                _subtract(tableau[i], factor, pivot_row)
                tableau[i, entering] = 0.0
        _subtract(reduced, reduced[entering], pivot_row)
        reduced[entering] = 0.0
        values[leaving] = longest
        basis[leaving] = entering
        steps += 1
    # the true right-hand side: weights from the inverse, the objective from the duals, which do not depend on it
    energy = 0.0
    for j in range(m):
        duals[j] = costs[start[j]] - reduced[start[j]]
        energy += float(duals[j] * second[j])
        values[j] = second[j]
        weights[j] = 0.0
    if mixing:
        duals[m] = -reduced[n + 1]
        energy += float(duals[m]) - energy_second
        values[m] = 1.0
        weights[m] = 0.0
    imbalance = 1.0
    for _ in range(3):
        for i in range(size):
            for j in range(m):
                weights[i] += tableau[i, start[j]] * values[j]
            if mixing:
                weights[i] += tableau[i, n + 1] * values[m]
        imbalance = _residual(columns, basis, weights, first, second, values)
        if imbalance < _REFINE:
            break
    fraction = 0.0
    for i in range(size):
        if weights[i] < -_NEGATIVE:
            status = FAILED
        if basis[i] == n:
            fraction = weights[i]
    if not imbalance <= _BALANCE:
        status = FAILED
    return status, energy, min(max(fraction, 0.0), 1.0), steps, imbalance


@compiled(nogil=True)
def _residual(columns: Array, basis: Indices, weights: Array, first: Array, second: Array, residual: Array) -> float:
    """Fill what the basis leaves unbalanced, element by element; return the largest, in atoms per counted atom."""
    m, n = columns.shape
    size = len(residual)
    fraction = 0.0
    together = 0.0
    for j in range(m):
        residual[j] = second[j]
    for i in range(size):
        if basis[i] < n:
            for j in range(m):
                residual[j] -= weights[i] * columns[j, basis[i]]
        else:
            together += weights[i]
            if basis[i] == n:
                fraction = weights[i]
    largest = 0.0
    for j in range(m):
        residual[j] -= fraction * (second[j] - first[j])
        largest = max(largest, abs(float(residual[j])))
    if size > m:
        residual[m] = 1.0 - together
        largest = max(largest, abs(float(residual[m])))
    return largest


@compiled(nogil=True, parallel=True)
def solve_groups(
    fractions: Array,
    costs: Array,
    masks: Indices,
    buckets: Indices,
    element_rows: Indices,
    shifts: Array,
    group_masks: Indices,
    group_starts: Indices,
    order: Indices,
    compositions: Array,
    first: Indices,
    second: Indices,
    energies_first: Array,
    energies_second: Array,
    mixing: bool,
    status: Indices,
    energy: Array,
    fraction: Array,
    steps: Indices,
    imbalance: Array,
    phases: Indices,
    amounts: Array,
    potentials: Array,
) -> None:
    """Solve all programmes, group by group, and fill the last eight arrays, each in the order of the pairs.

    fractions (e, n) and costs (n,): all phases, those from buckets[i] to buckets[i + 1] having i as their rarest
    element; masks (n,): their elements as bits; element_rows (e,): the phase that is each element; shifts (e + 1,):
    what breaks the ties; compositions (c, e); first, second (p,): the pairs, as rows of them; group g holds the pairs
    order[group_starts[g]:group_starts[g + 1]], whose elements are group_masks[g]. Without `mixing` the programme is
    the equilibrium at `second` alone. phases and amounts (p, m or m + 1): the basis of each answer, -1 where it is no
    phase; potentials (p or 0, e).
    """
    e, n = fractions.shape
    groups = len(group_masks)
    length = max(1, min(_RUN, groups // 16))
    for run in numba.prange((groups + length - 1) // length):
        # the room that the groups of a run work in, one after the other
        rows = np.empty(e, np.int64)
        members = np.empty(n + 1, np.int64)
        start = np.empty(e, np.int64)
        basis = np.empty(e + 1, np.int64)
        group_costs = np.empty(n)
        room = np.empty((6, e + 1))
        values, duals, shifted, weights, one, other = room[0], room[1], room[2], room[3], room[4], room[5]
        for g in range(run * length, min((run + 1) * length, groups)):
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
            for i in range(m):
                of_element = fractions[rows[i]]
                for c in range(count):
                    columns[i, c] = of_element[members[c]]
            for c in range(count):
                k = members[c]
                group_costs[c] = costs[k]
                if masks[k] & (masks[k] - 1) == 0:  # a single element
                    for i in range(m):
                        if element_rows[rows[i]] == k:
                            start[i] = c
            group_reduced = group_costs[:count].copy()
            for i in range(m):
                if group_costs[start[i]] != 0.0:
                    _subtract(group_reduced, group_costs[start[i]], columns[i])
            size = m + 1 if mixing else m
            tableau = np.empty((size, count + 2 if mixing else count))
            reduced = np.empty(tableau.shape[1])
            for position in range(group_starts[g], group_starts[g + 1]):
                p = order[position]
                a, b = first[p], second[p]
                for i in range(m):
                    one[i] = compositions[a, rows[i]]
                    other[i] = compositions[b, rows[i]]
                    shifted[i] = other[i] + shifts[rows[i]]
                if mixing:
                    shifted[m] = 1.0 + shifts[e]
                status[p], energy[p], fraction[p], steps[p], imbalance[p] = _solve(
                    columns, group_costs, group_reduced, start, one, other, energies_first[p], energies_second[p],
                    shifted[:size], tableau, reduced, values[:size], duals, basis, weights,
                )  # fmt: skip
                for i in range(size):
                    phases[p, i] = members[basis[i]] if basis[i] < count else -1
                    amounts[p, i] = max(weights[i], 0.0)
                if potentials.shape[0] > 0:
                    for i in range(m):
                        potentials[p, rows[i]] = duals[i]
