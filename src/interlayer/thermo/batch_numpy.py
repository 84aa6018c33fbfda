"""The kernel of `batch_kernel` without the compiler: the pairs of a group step together through the same simplex.

Slower by about a factor of ten, and the same answers: it is for machines on which nothing can be compiled, and a
second opinion for tests. It starts every programme from the elements.
"""

import numpy as np

from interlayer.thermo.arrays import Array, Indices

SOLVED = 0
FAILED = 1

_PRICE = 1e-11
_PIVOT = 1e-10
_NEGATIVE = 1e-7
_BALANCE = 1e-7
_STEPS_PER_ROW = 200


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
    """Fill the last eight arrays; arguments as for `batch_kernel.solve_groups` (`buckets` are not needed)."""
    bits = 1 << np.arange(len(fractions), dtype=np.int64)
    for mask, begin, end in zip(group_masks, group_starts[:-1], group_starts[1:], strict=True):
        rows = np.flatnonzero(mask & bits)
        members = np.flatnonzero((masks & ~mask) == 0)
        pairs = order[begin:end]
        size = len(rows) + int(mixing)
        (status[pairs], energy[pairs], fraction[pairs], steps[pairs], imbalance[pairs], basis, weights, duals) = _solve(
            fractions[np.ix_(rows, members)].T,
            costs[members],
            np.searchsorted(members, element_rows[rows]),
            compositions[np.ix_(first[pairs], rows)],
            compositions[np.ix_(second[pairs], rows)],
            energies_first[pairs],
            energies_second[pairs],
            np.append(shifts[rows], shifts[-1])[:size],
        )
        real = basis < len(members)
        phases[pairs, :size] = np.where(real, members[np.minimum(basis, len(members) - 1)], -1)
        amounts[pairs, :size] = np.maximum(weights, 0.0)
        if len(potentials):
            potentials[np.ix_(pairs, rows)] = duals[:, : len(rows)]


def _solve(
    columns: Array, costs: Array, start: Indices, first: Array, second: Array, low: Array, high: Array, shifts: Array
) -> tuple[Indices, Array, Array, Indices, Array, Indices, Array, Array]:
    """Return (status, energy, fraction, steps, imbalance, basis, weights, duals) of one group's pairs, in lock step.

    columns (n, m); first, second (p, m); low, high (p,): the energies of first and second; shifts (m or m + 1,): its
    length says whether the first may be mixed in.
    """
    n, m = columns.shape
    p, size = len(first), len(shifts)
    mixes = size > m
    padded = np.zeros((n + 2, size))
    padded[:n, :m] = columns
    mixing = np.zeros((p, size))
    mixing[:, :m] = second - first
    rhs = np.ones((p, size))
    rhs[:, :m] = second
    basis = np.broadcast_to(start, (p, m)).copy()
    all_costs = np.broadcast_to(np.append(costs, [0.0, 0.0]), (p, n + 2)).copy()
    if mixes:
        padded[n + 1, m] = 1.0
        mixing[:, m] = 1.0
        all_costs[:, n] = high - low
        basis = np.concatenate([basis, np.full((p, 1), n + 1)], axis=1)
    inverse = np.broadcast_to(np.eye(size), (p, size, size)).copy()
    values = rhs + shifts
    basic_costs = np.take_along_axis(all_costs, basis, axis=1)
    status, steps = np.full(p, FAILED, dtype=np.int64), np.zeros(p, dtype=np.int64)
    active = np.arange(p)
    for _ in range(_STEPS_PER_ROW * size):
        duals = np.einsum("pi,pij->pj", basic_costs[active], inverse[active])
        reduced = all_costs[active] - duals @ padded.T
        reduced[:, n] = all_costs[active, n] - np.einsum("pj,pj->p", duals, mixing[active])
        np.put_along_axis(reduced, basis[active], 0.0, axis=1)
        entering = reduced.argmin(axis=1)
        gains = reduced[np.arange(len(active)), entering] < -_PRICE
        status[active[~gains]] = SOLVED
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
    imbalance = np.abs(np.einsum("pi,pij->pj", weights, in_basis) - rhs).max(axis=1)
    status[(weights.min(axis=1) < -_NEGATIVE) | ~(imbalance <= _BALANCE)] = FAILED
    fraction = np.clip(np.where(basis == n, weights, 0.0).sum(axis=1), 0.0, 1.0)
    energy = np.einsum("pj,pj->p", duals, rhs) - (high if mixes else 0.0)
    return status, energy, fraction, steps, imbalance, basis, weights, duals
