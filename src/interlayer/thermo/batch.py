"""Many pairs and many compositions on one phase table, in one call.

Arrays in, arrays out: compositions as atom fractions in the order of the table's elements, energies in eV per atom
(with lithium open: per atom that is not lithium). `interlayer.thermo.react` and `window` answer one question with
everything around it; this module answers a hundred thousand with the numbers alone.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final, Literal

import numpy as np

from interlayer.errors import InputError
from interlayer.thermo.arrays import Array, Indices
from interlayer.thermo.linear_programme import minimise_with_highs
from interlayer.thermo.phase_table import PhaseTable

LITHIUM: Final = "Li"
Solver = Literal["compiled", "numpy"]

_ON_HULL: Final = 1e-9
"""eV/atom; a phase this far above the hull of its own composition never enters an equilibrium."""
_UNAVAILABLE: Final = 1e3
"""eV/atom; the cost of an element whose phase was excluded."""
_GROUP: Final = 256
"""Pairs that share one gathering of the phases: enough to pay for it, few enough to spread over threads."""
_LITHIUM_STEP: Final = 1e-6
"""Atoms of lithium per atom that a one-sided slope of the hull is taken over."""


@dataclass(frozen=True)
class PairMinima:
    """The lowest mixture of each pair; P pairs on E elements.

    energy (P,): eV per counted atom; mixing_fraction (P,): the first's share of the counted atoms; phases (P, E + 1):
    rows of the table, -1 where a place is empty; amounts (P, E + 1): counted atoms of each per counted atom of the
    mixture; steps (P,): pivots taken; repeated: how many pairs the kernel gave up and HiGHS solved.
    """

    energy: Array
    mixing_fraction: Array
    phases: Indices
    amounts: Array
    steps: Indices
    repeated: int


@dataclass(frozen=True)
class Batch:
    """A phase table made ready for many questions, closed or open to lithium at `voltage` (V against Li/Li+).

    `elements` are those that count; fractions (n, e) and formation_costs, lithium_ratios (n,) are per counted atom;
    rows (n,) lead back to the table, -1 for a stand-in of an excluded element. Build it with `batch`.
    """

    table: PhaseTable
    elements: tuple[str, ...]
    fractions: Array
    formation_costs: Array
    lithium_ratios: Array
    rows: Indices
    masks: Indices
    buckets: Indices
    element_rows: Indices
    voltage: float | None
    threads: int = 2
    solver: Solver = "compiled"

    @property
    def costs(self) -> Array:
        """Cost of each phase, eV per counted atom."""
        return self.formation_costs + (self.voltage or 0.0) * self.lithium_ratios

    def at(self, voltage: float) -> "Batch":
        """Return the same open batch at another voltage."""
        if self.voltage is None:
            raise InputError("this batch is closed; build it with a voltage to open it to lithium")
        return replace(self, voltage=voltage)

    def counted(self, compositions: Array) -> Array:
        """Return compositions (P, all elements of the table) per counted atom, (P, e).

        Raises InputError for one of lithium alone where lithium is open.
        """
        taken = compositions[:, [self.table.elements.index(element) for element in self.elements]]
        total = taken.sum(axis=1, keepdims=True)
        if np.any(total <= 1e-12):
            raise InputError("lithium cannot be a reactant while lithium is open at a voltage")
        return np.ascontiguousarray(taken / total)

    def pairs(
        self, compositions: Array, first: Indices, second: Indices, energies_first: Array, energies_second: Array
    ) -> PairMinima:
        """Return the most negative mixture of each pair against the line between its two energies.

        compositions (C, e): per counted atom; first, second (P,): rows of it; energies (P,): eV per counted atom that
        each side starts from.
        """
        count, elements = len(first), compositions.shape[1]
        bits = _bits(compositions)
        occupied = bits[first] | bits[second]
        order = np.argsort(occupied, kind="stable").astype(np.int64)
        group_masks, group_starts = _groups(occupied[order])
        result = PairMinima(
            energy=np.empty(count),
            mixing_fraction=np.empty(count),
            phases=np.full((count, elements + 1), -1, dtype=np.int64),
            amounts=np.zeros((count, elements + 1)),
            steps=np.empty(count, dtype=np.int64),
            repeated=0,
        )
        status = np.empty(count, dtype=np.int64)
        arguments = (
            self.fractions, self.costs, self.masks, self.buckets, self.element_rows,
            group_masks, group_starts, order, np.ascontiguousarray(compositions),
            np.ascontiguousarray(first, dtype=np.int64), np.ascontiguousarray(second, dtype=np.int64),
            np.ascontiguousarray(energies_first), np.ascontiguousarray(energies_second),
            status, result.energy, result.mixing_fraction, result.steps, result.phases, result.amounts,
        )  # fmt: skip
        if self.solver == "compiled":
            from interlayer.thermo import batch_kernel

            with _threads(self.threads):
                batch_kernel.solve_groups(*arguments)
        else:
            from interlayer.thermo.batch_numpy import solve_groups

            solve_groups(*arguments)
        failed = np.flatnonzero(status != 0)
        for p in failed.tolist():
            sides = compositions[first[p]], compositions[second[p]]
            self._with_highs(result, p, *sides, float(energies_first[p]), float(energies_second[p]))
        taken = result.phases >= 0
        result.phases[taken] = self.rows[result.phases[taken]]
        return replace(result, repeated=len(failed))

    def hulls(self, compositions: Array) -> Array:
        """Return the energy of the equilibrium at each composition (P, e), eV per counted atom."""
        itself, zero = np.arange(len(compositions)), np.zeros(len(compositions))
        return self.pairs(compositions, itself, itself, zero, zero).energy

    def _with_highs(
        self, result: PairMinima, p: int, first: Array, second: Array, energy_first: float, energy_second: float
    ) -> None:
        """Solve one pair again where the kernel gave up, over the phases of its elements only."""
        rows = len(first)
        occupied = int(_bits((first + second)[None])[0])
        members = np.flatnonzero((self.masks & ~occupied) == 0)
        columns = np.hstack([self.fractions[members], np.zeros((len(members), 1))])
        mixing = np.zeros((2, rows + 1))
        mixing[0, :rows] = second - first
        mixing[:, rows] = 1.0
        found = minimise_with_highs(
            columns,
            self.costs[members],
            np.append(second, 1.0),
            own=(mixing, np.array([energy_second - energy_first, 0.0])),
        )
        result.energy[p] = found.objective - energy_second
        result.mixing_fraction[p] = found.weights[found.basis == len(members)].sum()
        result.phases[p], result.amounts[p] = -1, 0.0
        real = found.basis < len(members)
        result.phases[p, : real.sum()] = members[found.basis[real]]
        result.amounts[p, : real.sum()] = found.weights[real]


def batch(
    table: PhaseTable,
    *,
    voltage: float | None = None,
    threads: int = 2,
    solver: Solver = "compiled",
    prune: bool = True,
) -> Batch:
    """Return a table made ready for many questions; `prune` first leaves out what is never stable, which is exact.

    `threads` at most are used; `solver` ``"numpy"`` does without the compiler, some ten times slower.
    """
    if prune:
        table = stable_phases(table, threads=threads, solver=solver)
    is_open = voltage is not None
    elements = tuple(element for element in table.elements if not (is_open and element == LITHIUM))
    if len(elements) > 62:
        raise InputError(f"the table {table.name!r} has {len(elements)} elements; at most 62 can be handled together")
    taken = table.fractions[:, [table.elements.index(element) for element in elements]]
    counted = taken.sum(axis=1)
    rows = np.flatnonzero(counted > 1e-9).astype(np.int64)
    fractions, counted = taken[rows] / counted[rows, None], counted[rows]
    costs = table.energies[rows] / counted
    lithium = (1.0 - counted) / counted if is_open else np.zeros(len(rows))
    for i, element in enumerate(elements):
        row = table.row(element)
        if row is None or row not in rows:  # the element itself was excluded
            fractions = np.vstack([fractions, np.eye(len(elements))[i]])
            costs, lithium, rows = np.append(costs, _UNAVAILABLE), np.append(lithium, 0.0), np.append(rows, -1)
    lowest = (fractions > 0.0).argmax(axis=1)
    order = np.argsort(lowest, kind="stable")
    fractions, costs, lithium, rows = fractions[order], costs[order], lithium[order], rows[order]
    pure = np.flatnonzero((fractions > 0.0).sum(axis=1) == 1)
    # of an element's own phases, with lithium open also those that differ in lithium only, the first may start
    element_rows = np.array([pure[fractions[pure].argmax(axis=1) == i][0] for i in range(len(elements))])
    return Batch(
        table=table,
        elements=elements,
        fractions=np.ascontiguousarray(fractions),
        formation_costs=costs,
        lithium_ratios=lithium,
        rows=rows,
        masks=_bits(fractions),
        buckets=np.searchsorted(lowest[order], np.arange(len(elements) + 1)).astype(np.int64),
        element_rows=element_rows.astype(np.int64),
        voltage=voltage,
        threads=threads,
        solver=solver,
    )


def stable_phases(table: PhaseTable, *, threads: int = 2, solver: Solver = "compiled") -> PhaseTable:
    """Return the phases of a table that lie on the hull of their own elements, and the elements themselves.

    A phase above it decomposes into others with the same lithium content, so it is in no equilibrium, closed or open.
    """
    whole = batch(table, threads=threads, solver=solver, prune=False)
    hull = whole.hulls(table.fractions)
    is_element = (table.fractions > 0.0).sum(axis=1) == 1
    keep = np.flatnonzero((table.energies <= hull + _ON_HULL) | is_element)
    return table.keep(keep.tolist())


def reaction_energies(closed: Batch, compositions: Array, first: Indices, second: Indices) -> PairMinima:
    """Return the most negative reaction of each pair from the hull energies of the two, eV/atom.

    compositions (C, elements of the table): atom fractions; first, second (P,): rows of it. A composition's hull is
    solved once, in however many pairs it takes part.
    """
    counted = closed.counted(compositions)
    hulls = closed.hulls(counted)
    return closed.pairs(counted, first, second, hulls[first], hulls[second])


def open_reaction_energies(
    opened: Batch, closed: Batch, compositions: Array, first: Indices, second: Indices
) -> tuple[PairMinima, PairMinima]:
    """Return the mutual and the total reaction of each pair at the voltage of `opened`, eV per atom without lithium.

    The mutual one starts from each side's own equilibrium at the voltage, the total one from the unreacted two in
    their closed hull energies, (E + V n_Li) per atom that is not lithium.
    """
    counted = opened.counted(compositions)
    own = opened.hulls(counted)
    lithium = compositions[:, opened.table.elements.index(LITHIUM)]
    unreacted = (closed.hulls(closed.counted(compositions)) + (opened.voltage or 0.0) * lithium) / (1.0 - lithium)
    return tuple(opened.pairs(counted, first, second, e[first], e[second]) for e in (own, unreacted))  # type: ignore[return-value]


def windows(closed: Batch, compositions: Array) -> tuple[Array, Array]:
    """Return the reduction and the oxidation limit of each composition (P, elements of the table), V.

    One-sided slopes of the hull along lithium, -dE/dn_Li, over 1e-6 atoms per atom; a limit is nan where it does not
    exist: no oxidation for a composition without lithium. Both agree with `window` to about 1e-6 V.
    """
    whole = closed.counted(compositions)
    lithium = closed.elements.index(LITHIUM)
    here = closed.hulls(whole)
    more, less = whole.copy(), whole.copy()
    more[:, lithium] += _LITHIUM_STEP
    has_lithium = whole[:, lithium] > 2 * _LITHIUM_STEP
    less[:, lithium] -= np.where(has_lithium, _LITHIUM_STEP, 0.0)
    above = closed.hulls(more / (1 + _LITHIUM_STEP)) * (1 + _LITHIUM_STEP)
    below = closed.hulls(less / less.sum(axis=1, keepdims=True)) * (1 - _LITHIUM_STEP)
    reduction = -(above - here) / _LITHIUM_STEP
    oxidation = np.where(has_lithium, -(here - below) / _LITHIUM_STEP, np.nan)
    return np.maximum(reduction, 0.0), oxidation


def _bits(compositions: Array) -> Indices:
    """Return the elements of each composition (C, e) as the bits of a number, (C,)."""
    result = np.zeros(len(compositions), dtype=np.int64)
    for i in range(compositions.shape[1]):
        result |= (compositions[:, i] > 1e-12).astype(np.int64) << i
    return result


def _groups(occupied: Indices) -> tuple[Indices, Indices]:
    """Return the masks and the bounds of runs of equal elements in sorted `occupied`, at most `_GROUP` long."""
    starts = np.flatnonzero(np.r_[True, occupied[1:] != occupied[:-1]])
    bounds = np.r_[starts, len(occupied)]
    split = np.concatenate([np.arange(a, b, _GROUP) for a, b in pairwise(bounds)])
    return occupied[split].astype(np.int64), np.r_[split, len(occupied)].astype(np.int64)


@contextmanager
def _threads(count: int) -> Iterator[None]:
    """Use at most `count` threads inside, and give back what was set before."""
    import numba

    before = numba.get_num_threads()
    numba.set_num_threads(max(1, min(count, before)))
    try:
        yield
    finally:
        numba.set_num_threads(before)
