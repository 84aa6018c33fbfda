"""One linear programme: the kernel first, HiGHS where the kernel gives up, and a check of the mass balance always."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from interlayer.errors import SolverError
from interlayer.thermo.arrays import Array, Indices

_PERTURBATION: Final = 1e-9
"""Shift of the right-hand side in atoms per atom: it breaks ties, and is far below any amount that is reported."""
_BALANCE: Final = 1e-7
"""Largest imbalance of an element, in atoms per atom, that an answer may have."""


@dataclass(frozen=True, slots=True)
class Optimum:
    """The solution of ``min c.w, A w = b, w >= 0``.

    `objective` is c.w; `basis` the columns that may be non-zero and `weights` their amounts; `duals` the price of one
    more unit of each right-hand side, which for a phase equilibrium are the chemical potentials; `solver` says which
    solver found it.
    """

    objective: float
    basis: Indices
    weights: Array
    duals: Array
    solver: str


def minimise(columns: Array, costs: Array, start: Indices, rhs: Array, *, own: tuple[Array, Array]) -> Optimum:
    """Solve one programme over the shared `columns` (n, m) and the problem's `own` columns (k, m) with their costs.

    `start` names the columns, one a row, that form an identity matrix. Raises SolverError when the kernel and HiGHS
    both fail, or when the answer does not conserve every element to 1e-7 of the atoms.
    """
    from interlayer.thermo import simplex  # numba: loaded by the first question, not by the import

    rows = len(rhs)
    basis = np.empty(rows, dtype=np.int64)
    weights, duals = np.empty(rows), np.empty(rows)
    own_columns, own_costs = own
    status, _ = simplex.simplex(
        columns, costs, own_columns, own_costs, start, rhs, _PERTURBATION, basis, weights, duals
    )
    if status == simplex.CONVERGED and weights.min() > -100 * _PERTURBATION:
        weights = np.maximum(weights, 0.0)
        if _imbalance(columns, own[0], basis, weights, rhs) <= _BALANCE:
            # the duals give the objective: exact for the true right-hand side, where clipped weights are not quite
            return Optimum(float(duals @ rhs), basis, weights, duals, "simplex")
    return minimise_with_highs(columns, costs, rhs, own=own)


def minimise_with_highs(columns: Array, costs: Array, rhs: Array, *, own: tuple[Array, Array]) -> Optimum:
    """Solve the same programme with HiGHS (Huangfu and Hall 2018, doi 10.1007/s12532-017-0130-5)."""
    from scipy.optimize import linprog

    all_columns = np.concatenate([columns, own[0]])
    all_costs = np.concatenate([costs, own[1]])
    found = linprog(all_costs, A_eq=all_columns.T, b_eq=rhs, bounds=(0, None), method="highs")
    if not found.success:
        raise SolverError(f"the phase equilibrium was not found: HiGHS says {found.message!r}")
    amounts: Array = np.asarray(found.x, dtype=float)
    basis = np.flatnonzero(amounts > 0.0).astype(np.int64)
    imbalance = float(np.abs(amounts @ all_columns - rhs).max())
    if imbalance > _BALANCE:
        raise SolverError(f"the phase equilibrium found by HiGHS is out of balance by {imbalance:.1e} atoms per atom")
    duals = np.asarray(found.eqlin.marginals, dtype=float)
    return Optimum(float(amounts @ all_costs), basis, amounts[basis], duals, "HiGHS")


def _imbalance(columns: Array, own_columns: Array, basis: Indices, weights: Array, rhs: Array) -> float:
    """Return the largest difference between what the phases contain and what there is, atoms per atom."""
    n = len(columns)
    of_basis = np.array([columns[q] if q < n else own_columns[q - n] for q in basis])
    return float(np.abs(weights @ of_basis - rhs).max())
