"""The compiled kernel: a revised simplex for the small, degenerate programmes of phase equilibria.

    minimise  c.w   subject to   sum_k w_k column_k = b,   w >= 0

One column per phase, one row per element, so that the basis matrix is tiny (2 to 12 rows) while the columns are many.
The starting basis must be an identity: the elements' own phases are one, which saves the search for a feasible start.

Equilibria are degenerate by nature (a pure compound is made of one phase, not of as many as there are elements), and
the simplex can then go round in circles. Shifting the right-hand side a little makes every step a real descent; the
answer is recomputed with the true right-hand side afterwards. A step limit switches to Bland's rule, which cannot
cycle (Bland, Math. Oper. Res. 2, 103, 1977, doi 10.1287/moor.2.2.103).

The columns of all problems (`columns`) and those of one (`own_columns`) are separate arguments, so that many problems
can share the phases without copying them.
"""

import numpy as np

from interlayer.compiled import compiled
from interlayer.thermo.arrays import Array, Indices

CONVERGED = 0
UNBOUNDED = 1
STEP_LIMIT = 2

_PRICE = 1e-11
"""A reduced cost above minus this, in eV per atom, is no gain."""
_PIVOT = 1e-10


@compiled(nogil=True)
def simplex(
    columns: Array,
    costs: Array,
    own_columns: Array,
    own_costs: Array,
    start: Indices,
    rhs: Array,
    perturbation: float,
    basis: Indices,
    weights: Array,
    duals: Array,
) -> tuple[int, int]:
    """Solve one programme; fill `basis`, `weights` (of the basis) and `duals`, and return (status, steps).

    columns (n, m) and costs (n,): the phases; own_columns (k, m) and own_costs (k,): further columns, with the
    indices n..n+k-1; start (m,): the columns that form the identity, in the order of the rows; rhs (m,), not negative.
    """
    n, m = columns.shape
    total = n + own_columns.shape[0]
    inverse = np.eye(m)
    values = np.empty(m)
    basic_costs = np.empty(m)
    direction = np.empty(m)
    column = np.empty(m)
    is_basic = np.zeros(total, np.bool_)
    for i in range(m):
        q = start[i]
        basis[i] = q
        is_basic[q] = True
        basic_costs[i] = costs[q] if q < n else own_costs[q - n]
        # unequal shifts: equal ones would leave the ties they are meant to break
        values[i] = rhs[i] + perturbation * (1.0 + 0.37 * ((7 * i) % 11))
    bland_after = 100 + 40 * m
    step_limit = 40 * bland_after
    status = STEP_LIMIT
    steps = 0
    while steps < step_limit:
        for j in range(m):
            dual = 0.0
            for i in range(m):
                dual += basic_costs[i] * inverse[i, j]
            duals[j] = dual
        entering = -1
        best = -_PRICE
        for k in range(total):
            if is_basic[k]:
                continue
            if k < n:
                reduced = costs[k]
                for i in range(m):
                    reduced -= duals[i] * columns[k, i]
            else:
                reduced = own_costs[k - n]
                for i in range(m):
                    reduced -= duals[i] * own_columns[k - n, i]
            if reduced < best:
                best = reduced
                entering = k
                if steps > bland_after:
                    break
        if entering < 0:
            status = CONVERGED
            break
        for j in range(m):
            column[j] = columns[entering, j] if entering < n else own_columns[entering - n, j]
        leaving = -1
        longest = np.inf
        for i in range(m):
            change = 0.0
            for j in range(m):
                change += inverse[i, j] * column[j]
            direction[i] = change
            if change > _PIVOT:
                length = values[i] / change
                if length < longest or (length == longest and basis[i] < basis[leaving]):
                    longest = length
                    leaving = i
        if leaving < 0:
            status = UNBOUNDED
            break
        for i in range(m):
            if i != leaving:
                values[i] = max(values[i] - longest * direction[i], 0.0)
        values[leaving] = longest
        is_basic[basis[leaving]] = False
        is_basic[entering] = True
        basis[leaving] = entering
        basic_costs[leaving] = costs[entering] if entering < n else own_costs[entering - n]
        for j in range(m):
            inverse[leaving, j] /= direction[leaving]
        for i in range(m):
            if i != leaving and direction[i] != 0.0:
                for j in range(m):
                    inverse[i, j] -= direction[i] * inverse[leaving, j]
        steps += 1
    _true_weights(columns, own_columns, basis, inverse, rhs, weights)
    return status, steps


@compiled(nogil=True)
def _true_weights(
    columns: Array, own_columns: Array, basis: Indices, inverse: Array, rhs: Array, weights: Array
) -> None:
    """Fill `weights` for the unshifted right-hand side, with one refinement for the rounding of the inverse."""
    n, m = columns.shape
    residual = rhs.copy()
    for i in range(m):
        weights[i] = 0.0
    for _ in range(2):
        for i in range(m):
            for j in range(m):
                weights[i] += inverse[i, j] * residual[j]
        for j in range(m):
            residual[j] = rhs[j]
        for i in range(m):
            q = basis[i]
            for j in range(m):
                residual[j] -= weights[i] * (columns[q, j] if q < n else own_columns[q - n, j])
