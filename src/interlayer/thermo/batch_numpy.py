"""The kernel of `batch_kernel` without the compiler: the pairs of a group step together through the same simplex.

Slower by about a factor of ten, and the same answers: it is for machines on which nothing can be compiled, and a
second opinion for tests.
"""

import numpy as np

from interlayer.thermo.arrays import Array, Indices

_PRICE = 1e-11
_PIVOT = 1e-10
_PERTURBATION = 1e-9
_BALANCE = 1e-7
_STEPS_PER_ROW = 200


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
    """Fill the last six arrays; arguments as for `batch_kernel.solve_groups` (`buckets` are not needed here)."""
    bits = 1 << np.arange(fractions.shape[1], dtype=np.int64)
    for mask, begin, end in zip(group_masks, group_starts[:-1], group_starts[1:], strict=True):
        rows = np.flatnonzero(mask & bits)
        members = np.flatnonzero((masks & ~mask) == 0)
        columns = fractions[np.ix_(members, rows)]
        start = np.searchsorted(members, element_rows[rows])
        pairs = order[begin:end]
        found = _solve(
            columns,
            costs[members],
            start,
            compositions[np.ix_(first[pairs], rows)],
            compositions[np.ix_(second[pairs], rows)],
            energies_first[pairs],
            energies_second[pairs],
        )
        status[pairs], energy[pairs], fraction[pairs], steps[pairs], basis, weights = found
        size = len(rows) + 1
        real = basis < len(members)
        phases[pairs, :size] = np.where(real, members[np.minimum(basis, len(members) - 1)], -1)
        amounts[pairs, :size] = weights


def _solve(
    columns: Array, costs: Array, start: Indices, first: Array, second: Array, low: Array, high: Array
) -> tuple[Indices, Array, Array, Indices, Indices, Array]:
    """Return (status, energy, fraction, steps, basis, weights) of the pairs of one group, all in lock step.

    columns (n, m); first, second (p, m); low, high (p,): the energies of first and second.
    """
    n, m = columns.shape
    p, size = len(first), m + 1
    padded = np.zeros((n + 2, size))
    padded[:n, :m] = columns
    padded[n + 1, m] = 1.0
    mixing = np.concatenate([second - first, np.ones((p, 1))], axis=1)
    all_costs = np.broadcast_to(np.append(costs, [0.0, 0.0]), (p, n + 2)).copy()
    all_costs[:, n] = high - low
    rhs = np.concatenate([second, np.ones((p, 1))], axis=1)
    shift = _PERTURBATION * (1.0 + 0.37 * ((7 * np.arange(size)) % 11))
    inverse = np.broadcast_to(np.eye(size), (p, size, size)).copy()
    basis = np.broadcast_to(np.append(start, n + 1), (p, size)).copy()
    values = rhs + shift
    basic_costs = np.take_along_axis(all_costs, basis, axis=1)
    status, steps = np.ones(p, dtype=np.int64), np.zeros(p, dtype=np.int64)
    active = np.arange(p)
    for _ in range(_STEPS_PER_ROW * size):
        duals = np.einsum("pi,pij->pj", basic_costs[active], inverse[active])
        reduced = all_costs[active] - duals @ padded.T
        reduced[:, n] = all_costs[active, n] - np.einsum("pj,pj->p", duals, mixing[active])
        np.put_along_axis(reduced, basis[active], 0.0, axis=1)
        entering = reduced.argmin(axis=1)
        gains = reduced[np.arange(len(active)), entering] < -_PRICE
        status[active[~gains]] = 0
        active, entering = active[gains], entering[gains]
        if len(active) == 0:
            break
        column = padded[entering]
        column[entering == n] = mixing[active[entering == n]]
        direction = np.einsum("pij,pj->pi", inverse[active], column)
        with np.errstate(divide="ignore", invalid="ignore"):
            lengths = np.where(direction > _PIVOT, values[active] / direction, np.inf)
        leaving = lengths.argmin(axis=1)
        every = np.arange(len(active))
        longest = lengths[every, leaving]
        bounded = np.isfinite(longest)
        status[active[~bounded]] = 2
        active, entering, direction = active[bounded], entering[bounded], direction[bounded]
        leaving, longest, every = leaving[bounded], longest[bounded], np.arange(int(bounded.sum()))
        moved = np.maximum(values[active] - longest[:, None] * direction, 0.0)
        moved[every, leaving] = longest
        values[active] = moved
        basis[active, leaving] = entering
        basic_costs[active, leaving] = all_costs[active, entering]
        block = inverse[active]
        pivot_row = block[every, leaving] / direction[every, leaving][:, None]
        direction[every, leaving] = 0.0
        block -= direction[:, :, None] * pivot_row[:, None, :]
        block[every, leaving] = pivot_row
        inverse[active] = block
        steps[active] += 1
    duals = np.einsum("pi,pij->pj", basic_costs, inverse)
    weights = np.einsum("pij,pj->pi", inverse, rhs)
    in_basis = np.where((basis == n)[:, :, None], mixing[:, None, :], padded[np.where(basis == n, 0, basis)])
    balance = np.abs(np.einsum("pi,pij->pj", weights, in_basis) - rhs).max(axis=1)
    status[(weights.min(axis=1) < -100 * _PERTURBATION) | (balance > _BALANCE)] = 3
    fraction = np.clip(np.where(basis == n, weights, 0.0).sum(axis=1), 0.0, 1.0)
    return status, np.einsum("pj,pj->p", duals, rhs) - high, fraction, steps, basis, weights
