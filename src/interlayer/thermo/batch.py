"""Many pairs and many compositions on one phase table, in one call.

Arrays in, arrays out: compositions as atom fractions in the order of the table's elements, energies in eV per atom
(with lithium open: per atom that is not lithium). `interlayer.thermo.react` and `window` answer one question with
everything around it; this module answers a hundred thousand with the numbers alone, and `interlayer.thermo.many` asks
them by name.
"""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from functools import cache, cached_property
from importlib import import_module
from threading import Lock
from typing import Final, Literal

import numpy as np

from interlayer.errors import InputError, SolverError
from interlayer.thermo.arrays import Array, Indices
from interlayer.thermo.linear_programme import minimise_with_highs
from interlayer.thermo.phase_table import PhaseTable

LITHIUM: Final = "Li"
Solver = Literal["compiled", "numpy"]

SOLVED: Final = 0
SOLVED_BY_HIGHS: Final = 1
IMPOSSIBLE: Final = 2
"""No phases of the table make up the composition: an element was excluded and no compound is left for it."""
FAILED: Final = 3
"""Neither solver found the equilibrium."""

_ON_HULL: Final = 1e-9
"""eV/atom; a phase this far above the hull of its own composition never enters an equilibrium."""
_UNAVAILABLE: Final = 1e3
"""eV/atom; the cost of an element whose phase was excluded."""
_NEGLIGIBLE: Final = 1e-6
"""Atoms per atom; smaller amounts of a phase are round-off."""
_GROUP: Final = 256
"""Pairs that share one gathering of the phases: enough to pay for it, few enough to spread over threads."""
_SHIFT: Final = 1e-9
"""Atoms per atom added to the right-hand side to break ties; the answer is recomputed without it."""
_LITHIUM_STEP: Final = 1e-6
"""Atoms of lithium per atom by which a composition is moved to either side for its one-sided slopes."""
_LITHIUM_SHIFT: Final = 1e-11
"""The shift that breaks ties there: far below the step, so that it cannot turn a slope."""
_HIGHEST_V: Final = 15.0
"""Beyond any battery: a composition that keeps its lithium up to here has no oxidation limit."""

_one_at_a_time = Lock()
"""The compiler's simplest thread pool, the only one on some systems, must not be entered by two threads at once."""


@dataclass(frozen=True)
class Equilibria:
    """The hull at each of C compositions of E elements, of which no more than W occur together.

    energy (C,): eV per counted atom; phases (C, W): places in the batch (`Batch.rows` leads to the table), -1 where
    empty; amounts (C, W): counted atoms of each phase per counted atom; potentials (C, E): of the elements in eV, nan
    for an element that is absent; status, steps, imbalance: as in `PairMinima`.
    """

    energy: Array
    phases: Indices
    amounts: Array
    potentials: Array
    status: Indices
    steps: Indices
    imbalance: Array


@dataclass(frozen=True)
class PairMinima:
    """The lowest mixture of each of P pairs.

    energy (P,): eV per counted atom; mixing_fraction (P,): the first's share of the counted atoms; phases (P, W): rows
    of the batch's table, -1 where a place is empty; amounts (P, W): counted atoms of each per counted atom of the
    mixture; status (P,): `SOLVED`, `SOLVED_BY_HIGHS`, `IMPOSSIBLE` or `FAILED`, the last two with energy nan; steps
    (P,): pivots taken; imbalance (P,): the largest difference between an element's atoms in the products and in the
    mixture, per counted atom, never above 1e-7 where solved.
    """

    energy: Array
    mixing_fraction: Array
    phases: Indices
    amounts: Array
    status: Indices
    steps: Indices
    imbalance: Array

    @property
    def repeated(self) -> int:
        """How many pairs the kernel gave up and HiGHS solved."""
        return int((self.status == SOLVED_BY_HIGHS).sum())


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
    threads: int
    solver: Solver

    @property
    def costs(self) -> Array:
        """Cost of each phase, eV per counted atom."""
        return self.formation_costs + (self.voltage or 0.0) * self.lithium_ratios

    @cached_property
    def _by_element(self) -> Array:
        """The fractions (e, n) as the kernels read them: along the phases."""
        return np.ascontiguousarray(self.fractions.T)

    def at(self, voltage: float) -> "Batch":
        """Return the same open batch at another voltage."""
        if self.voltage is None:
            raise InputError("this batch is closed; build it with a voltage to open it to lithium")
        return replace(self, voltage=voltage)

    def opened(self, voltage: float) -> "Batch":
        """Return the same phases, pruned or not, open to lithium at a voltage."""
        return batch(self.table, voltage=voltage, threads=self.threads, solver=self.solver, prune=False)

    def counted(self, compositions: Array) -> Array:
        """Return compositions (C, all elements of the table) per counted atom, (C, e).

        Raises InputError for one that is not made of finite, positive amounts, and for lithium alone where lithium is
        open.
        """
        if not (np.isfinite(compositions).all() and (compositions >= 0.0).all()):
            raise InputError("compositions must be finite amounts that are not negative")
        taken = compositions[:, [self.table.elements.index(element) for element in self.elements]]
        total = taken.sum(axis=1, keepdims=True)
        if np.any(total <= 1e-12):
            raise InputError("lithium cannot be a reactant while lithium is open at a voltage")
        return np.ascontiguousarray(taken / total)

    def equilibria(self, compositions: Array, *, shift: float = _SHIFT) -> Equilibria:
        """Return the equilibrium at each composition (C, e) per counted atom; failures have energy nan."""
        itself, zero = np.arange(len(compositions)), np.zeros(len(compositions))
        found, potentials = self._solve(compositions, itself, itself, zero, zero, mixing=False, shift=shift)
        return Equilibria(
            energy=found.energy,
            phases=found.phases,
            amounts=found.amounts,
            potentials=potentials,
            status=found.status,
            steps=found.steps,
            imbalance=found.imbalance,
        )

    def hulls(self, compositions: Array) -> Array:
        """Return the energy of the equilibrium at each composition (C, e), eV per counted atom."""
        return self.equilibria(compositions).energy

    def pairs(
        self,
        compositions: Array,
        first: Indices,
        second: Indices,
        energies_first: Array,
        energies_second: Array,
    ) -> PairMinima:
        """Return the most negative mixture of each pair against the line between its two energies.

        compositions (C, e): per counted atom; first, second (P,): rows of it; energies (P,): eV per counted atom that
        each side starts from.
        """
        found, _ = self._solve(compositions, first, second, energies_first, energies_second, mixing=True)
        real = found.phases >= 0
        found.phases[real] = self.rows[found.phases[real]]
        return found

    def _solve(
        self,
        compositions: Array,
        first: Indices,
        second: Indices,
        energies_first: Array,
        energies_second: Array,
        *,
        mixing: bool,
        shift: float = _SHIFT,
    ) -> tuple[PairMinima, Array]:
        """Return the answers, their phases as places in the batch, and without `mixing` the potentials."""
        count, elements = len(first), len(self.elements)
        bits = _bits(compositions)
        occupied = bits[first] | bits[second]
        order = np.argsort(occupied, kind="stable").astype(np.int64)
        group_masks, group_starts = _groups(occupied[order])
        bits_set = (group_masks[:, None] >> np.arange(elements) & 1).sum(axis=1)
        width = int(bits_set.max(initial=0)) + int(mixing)
        found = PairMinima(
            energy=np.empty(count),
            mixing_fraction=np.empty(count),
            phases=np.full((count, width), -1, dtype=np.int64),
            amounts=np.zeros((count, width)),
            status=np.empty(count, dtype=np.int64),
            steps=np.empty(count, dtype=np.int64),
            imbalance=np.empty(count),
        )
        potentials = np.full((0 if mixing else count, elements), np.nan)
        # unequal shifts, golden-ratio multiples: equal ones would leave the ties they are meant to break
        shifts = shift * (1.0 + 3.0 * (np.arange(elements + 1) * 0.6180339887498949 % 1.0))
        arguments = (
            self._by_element, self.costs, self.masks, self.buckets, self.element_rows, shifts,
            group_masks, group_starts, order, np.ascontiguousarray(compositions),
            np.ascontiguousarray(first, dtype=np.int64), np.ascontiguousarray(second, dtype=np.int64),
            np.ascontiguousarray(energies_first, dtype=float), np.ascontiguousarray(energies_second, dtype=float),
            mixing, found.status, found.energy, found.mixing_fraction, found.steps, found.imbalance,
            found.phases, found.amounts, potentials,
        )  # fmt: skip
        if count:
            with _one_at_a_time:
                _run(self.solver, self.threads, arguments)
        for p in np.flatnonzero(found.status != SOLVED).tolist():
            sides = compositions[first[p]], compositions[second[p]]
            self._with_highs(found, potentials, p, *sides, float(energies_first[p]), float(energies_second[p]))
        if (self.rows < 0).any():
            stands_in = (found.phases >= 0) & (self.rows[found.phases] < 0) & (found.amounts > _NEGLIGIBLE)
            found.status[stands_in.any(axis=1)] = IMPOSSIBLE
        if mixing:
            found.status[~(np.isfinite(energies_first) & np.isfinite(energies_second))] = IMPOSSIBLE
        found.energy[found.status >= IMPOSSIBLE] = np.nan
        return found, potentials

    def _with_highs(
        self,
        found: PairMinima,
        potentials: Array,
        p: int,
        first: Array,
        second: Array,
        energy_first: float,
        energy_second: float,
    ) -> None:
        """Solve one programme again where the kernel gave up, over the phases of its elements only."""
        rows = len(first)
        mixing = len(potentials) == 0
        found.phases[p], found.amounts[p] = -1, 0.0
        if not np.isfinite(energy_first - energy_second):
            return
        occupied = int(_bits((first + second)[None])[0])
        members = np.flatnonzero((self.masks & ~occupied) == 0)
        columns, own, rhs = self.fractions[members], (np.empty((0, rows)), np.empty(0)), second
        if mixing:
            columns, rhs = np.hstack([columns, np.zeros((len(members), 1))]), np.append(second, 1.0)
            of_mixing = np.zeros((2, rows + 1))
            of_mixing[0, :rows] = second - first
            of_mixing[:, rows] = 1.0
            own = (of_mixing, np.array([energy_second - energy_first, 0.0]))
        try:
            best = minimise_with_highs(columns, self.costs[members], rhs, own=own)
        except SolverError:
            found.status[p] = FAILED
            return
        found.status[p] = SOLVED_BY_HIGHS
        found.energy[p] = best.objective - energy_second
        found.mixing_fraction[p] = best.weights[best.basis == len(members)].sum()
        real = best.basis < len(members)
        # the optimum of a programme has no more phases than rows; rounding may leave more, the smallest of which go
        largest = np.argsort(-best.weights[real], kind="stable")[: found.phases.shape[1]]
        found.phases[p, : len(largest)] = members[best.basis[real][largest]]
        found.amounts[p, : len(largest)] = best.weights[real][largest]
        made = found.amounts[p, : len(largest)] @ self.fractions[found.phases[p, : len(largest)]]
        mixture = second + found.mixing_fraction[p] * (first - second) if mixing else second
        found.imbalance[p] = np.abs(made - mixture).max()
        if not mixing:
            potentials[p] = np.where(second > 0.0, best.duals[:rows], np.nan)


def batch(
    table: PhaseTable,
    *,
    voltage: float | None = None,
    threads: int = 2,
    solver: Solver | None = None,
    prune: bool = True,
) -> Batch:
    """Return a table made ready for many questions; `prune` first leaves out what is never stable, which is exact.

    `threads` at most are used; `solver` ``"numpy"`` does without the compiler, some ten times slower, and None takes
    the compiler where there is one.
    """
    solver = solver or _available()
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
    # each phase is looked for under its rarest element only: the phases of a few elements are then quickly together
    present = fractions > 0.0
    rarest = np.where(present, present.sum(axis=0), len(present) + 1).argmin(axis=1)
    order = np.argsort(rarest, kind="stable")
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
        buckets=np.searchsorted(rarest[order], np.arange(len(elements) + 1)).astype(np.int64),
        element_rows=element_rows.astype(np.int64),
        voltage=voltage,
        threads=threads,
        solver=solver,
    )


def stable_phases(table: PhaseTable, *, threads: int = 2, solver: Solver | None = None) -> PhaseTable:
    """Return the phases of a table that lie on the hull of their own elements, and the elements themselves.

    A phase above it decomposes into others with the same lithium content, so it is in no equilibrium, closed or open.
    """
    whole = batch(table, threads=threads, solver=solver, prune=False)
    hull = whole.hulls(table.fractions)
    is_element = (table.fractions > 0.0).sum(axis=1) == 1
    # one whose hull was not found stays: leaving it out would not be exact
    keep = np.flatnonzero(~(table.energies > hull + _ON_HULL) | is_element)
    return table.keep(keep.tolist())


def reaction_energies(closed: Batch, compositions: Array, first: Indices, second: Indices) -> PairMinima:
    """Return the most negative reaction of each pair from the hull energies of the two, eV/atom.

    compositions (C, elements of the table): atom fractions; first, second (P,): rows of it. A composition's hull is
    solved once, in however many pairs it takes part.
    """
    counted = closed.counted(compositions)
    alone = closed.equilibria(counted)
    return closed.pairs(counted, first, second, alone.energy[first], alone.energy[second])


def open_reaction_energies(
    opened: Batch, closed: Batch, compositions: Array, first: Indices, second: Indices
) -> tuple[PairMinima, PairMinima]:
    """Return the mutual and the total reaction of each pair at the voltage of `opened`, eV per atom without lithium.

    The mutual one starts from each side's own equilibrium at the voltage, the total one from the unreacted two in
    their closed hull energies, (E + V n_Li) per atom that is not lithium.
    """
    counted = opened.counted(compositions)
    alone = opened.equilibria(counted)
    unreacted = unreacted_energies(opened, compositions, closed.hulls(closed.counted(compositions)))
    mutual = opened.pairs(counted, first, second, alone.energy[first], alone.energy[second])
    return mutual, opened.pairs(counted, first, second, unreacted[first], unreacted[second])


def unreacted_energies(opened: Batch, compositions: Array, energies: Array) -> Array:
    """Return (E + V n_Li) per atom that is not lithium, from energies (C,) in eV per atom of all elements."""
    total = compositions.sum(axis=1)
    elements = opened.table.elements
    lithium = compositions[:, elements.index(LITHIUM)] / total if LITHIUM in elements else np.zeros(len(total))
    result: Array = (energies + (opened.voltage or 0.0) * lithium) / (1.0 - lithium)
    return result


def windows(closed: Batch, compositions: Array) -> tuple[Array, Array]:
    """Return the reduction and the oxidation limit of each composition (C, elements of the table), V.

    The hull's one-sided slopes along lithium: its chemical potential, -mu_Li, with 1e-6 atoms of it more and less.
    They are exact unless the hull bends within that step. nan where there is no limit (no oxidation for a composition
    without lithium) or no answer (both nan). Raises InputError for lithium alone.
    """
    whole = closed.counted(compositions)
    lithium = closed.elements.index(LITHIUM)
    if np.any(whole[:, lithium] > 1.0 - 1e-9):
        raise InputError("lithium itself is the reference of the voltage: it has no window")
    more, less = whole.copy(), whole.copy()
    more[:, lithium] += _LITHIUM_STEP
    has_lithium = whole[:, lithium] > 2 * _LITHIUM_STEP
    less[has_lithium, lithium] -= _LITHIUM_STEP
    above, below = (closed.equilibria(one, shift=_LITHIUM_SHIFT) for one in (more, less))
    solved = (above.status < IMPOSSIBLE) & (below.status < IMPOSSIBLE)
    reduction = np.where(solved, np.maximum(-above.potentials[:, lithium], 0.0), np.nan)
    oxidation = np.where(solved & has_lithium, np.maximum(-below.potentials[:, lithium], 0.0), np.nan)
    oxidation[oxidation >= _HIGHEST_V] = np.nan
    return reduction, np.maximum(reduction, oxidation)


@cache
def _available() -> Solver:
    """Return the compiler's kernel where it can be loaded: not without numba, nor where numba cannot keep a cache."""
    try:
        from interlayer.thermo import batch_kernel  # noqa: F401
    except (ImportError, RuntimeError, OSError):
        return "numpy"
    return "compiled"


def _bits(compositions: Array) -> Indices:
    """Return the elements of each composition (C, e) as the bits of a number, (C,)."""
    result = np.zeros(len(compositions), dtype=np.int64)
    for i in range(compositions.shape[1]):
        result |= (compositions[:, i] > 1e-12).astype(np.int64) << i
    return result


def _groups(occupied: Indices) -> tuple[Indices, Indices]:
    """Return the masks and the bounds of runs of equal elements in sorted `occupied`, at most `_GROUP` long."""
    at = np.arange(len(occupied))
    is_new = np.ones(len(occupied), dtype=bool)
    is_new[1:] = occupied[1:] != occupied[:-1]
    begun = np.maximum.accumulate(np.where(is_new, at, 0))
    split = np.flatnonzero((at - begun) % _GROUP == 0)
    return occupied[split].astype(np.int64), np.r_[split, len(occupied)].astype(np.int64)


def _run(solver: Solver, threads: int, arguments: tuple[object, ...]) -> None:
    """Let the kernel of this name fill its last eight arguments."""
    module = import_module("interlayer.thermo." + ("batch_kernel" if solver == "compiled" else "batch_numpy"))
    with _threads(threads) if solver == "compiled" else nullcontext():
        module.solve_groups(*arguments)


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
