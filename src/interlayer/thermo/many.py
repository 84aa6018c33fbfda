"""Many questions by name: the reactions of a list of pairs, the windows of a list of compositions.

One row per question, in the order asked. A question that has no answer is a row with its reason and nan, never an
exception: one bad formula does not cost a screening its other rows. What is wrong for all rows at once (the table, the
convention, the voltage) is refused as by `react` and `window`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from interlayer.errors import InputError
from interlayer.thermo.arrays import Array, Indices
from interlayer.thermo.batch import (
    IMPOSSIBLE,
    LITHIUM,
    PairMinima,
    Solver,
    batch,
    unreacted_energies,
    windows,
)
from interlayer.thermo.composition_objects import CompositionLike, formula_of
from interlayer.thermo.interface_reaction import NO_REACTION
from interlayer.thermo.phase_table import PhaseTable
from interlayer.thermo.question import prepared_table
from interlayer.thermo.reactant import Reactant, entry_energy, reactant, reference_energies, split_reference
from interlayer.thermo.stability_window import moles
from interlayer.thermo.voltages import checked_voltage

if TYPE_CHECKING:
    import pandas as pd

_NO_PHASES: Final = "no phases of the table make up the composition"
_NOT_FOUND: Final = "no solver found the equilibrium"
_LITHIUM_OPEN: Final = "lithium cannot be a reactant while lithium is open at a voltage; leave one of the two out"
_LITHIUM_ALONE: Final = "lithium itself is the reference of the voltage: it has no window"


@dataclass(frozen=True)
class ReactionColumns:
    """The most favourable reaction of each of P pairs; the columns mean what the fields of `Reaction` do.

    Energies in eV per atom, or at a voltage per atom that is not lithium; nan where there is a `reason` for having no
    answer ("" elsewhere), and `mixing_fraction` also where nothing reacts. The two `total` columns are nan where
    lithium is not open. `imbalance` is the largest error of the mass balance, atoms per atom.
    """

    reactant_A: tuple[str, ...]
    reactant_B: tuple[str, ...]
    reaction_energy_eV_per_atom: Array
    mixing_fraction: Array
    total_energy_eV_per_atom: Array
    total_mixing_fraction: Array
    imbalance: Array
    reason: tuple[str, ...]
    voltage_V: float | None
    convention: str
    excluded: tuple[str, ...]
    table: PhaseTable
    _phases: Indices
    _shares: Array
    _counted_atoms: Array

    def __len__(self) -> int:
        return len(self.reason)

    def products(self, row: int) -> Mapping[str, float]:
        """Return the products of one row in mol per mol of A and B; none where nothing reacts."""
        if not np.isfinite(self.mixing_fraction[row]):
            return {}
        shares: dict[str, float] = {}
        for phase, share in zip(self._phases[row].tolist(), self._shares[row].tolist(), strict=True):
            if phase >= 0 and share > NO_REACTION:
                formula = self.table.formulas[phase]
                shares[formula] = shares.get(formula, 0.0) + share
        without = None if self.voltage_V is None else LITHIUM
        return moles(shares, float(self._counted_atoms[row]), without=without)

    def frame(self) -> "pd.DataFrame":
        """Return the columns as a pandas table, products as text."""
        import pandas as pd

        words = [" + ".join(f"{n:.4g} {name}" for name, n in self.products(row).items()) for row in range(len(self))]
        names = (
            "reactant_A", "reactant_B", "reaction_energy_eV_per_atom", "mixing_fraction",
            "total_energy_eV_per_atom", "total_mixing_fraction", "reason",
        )  # fmt: skip
        return pd.DataFrame({**{name: getattr(self, name) for name in names}, "products": words})


@dataclass(frozen=True)
class WindowColumns:
    """The windows of C compositions against Li/Li+; the columns mean what the fields of `Window` do.

    oxidation_V is nan for what gives off no lithium at any voltage, energy_above_hull_eV_per_atom for what is not
    tabulated; all are nan where there is a `reason` for having no answer ("" elsewhere).
    """

    formula: tuple[str, ...]
    reduction_V: Array
    oxidation_V: Array
    energy_above_hull_eV_per_atom: Array
    reason: tuple[str, ...]
    convention: str
    excluded: tuple[str, ...]
    table: PhaseTable

    def __len__(self) -> int:
        return len(self.reason)

    def frame(self) -> "pd.DataFrame":
        """Return the columns as a pandas table."""
        import pandas as pd

        names = ("formula", "reduction_V", "oxidation_V", "energy_above_hull_eV_per_atom", "reason")
        return pd.DataFrame({name: getattr(self, name) for name in names})


def react_many(
    pairs: Iterable[tuple[CompositionLike, CompositionLike]],
    *,
    voltage: float | None = None,
    reference: str | float = "hull",
    convention: str = "mp_legacy",
    exclude: Sequence[str] | str = (),
    table: PhaseTable | str | Path | None = None,
    threads: int = 2,
    solver: Solver | None = None,
) -> ReactionColumns:
    """Return the most negative reaction energy of each pair, as `interlayer.thermo.react` does for one.

    pairs: A and B as `react` takes them; voltage, reference, convention, exclude, table: as for `react`;
    threads, solver: as for `interlayer.thermo.batch.batch`. A pair that cannot be answered is a row with a reason.
    Raises InputError for what is wrong with all pairs at once. The method and its limits are those of `react`
    (Richards et al. 2016, doi 10.1021/acs.chemmater.5b04082).
    """
    if voltage is not None:
        voltage = checked_voltage(voltage)
    split_reference(reference)
    prepared = prepared_table(table, convention=convention, exclude=exclude).table
    asked = [(formula_of(a) or str(a), formula_of(b) or str(b)) for a, b in pairs]
    found = _Compositions.of(
        (name for pair in asked for name in pair), prepared, lithium=None if voltage is None else _LITHIUM_OPEN
    )
    rows = np.array([(found.row.get(a, -1), found.row.get(b, -1)) for a, b in asked], dtype=np.int64).reshape(-1, 2)
    reason = [found.reason.get(a) or found.reason.get(b) or "" for a, b in asked]
    closed = batch(prepared, threads=threads, solver=solver)
    alone = closed.equilibria(closed.counted(found.fractions))
    start, end = np.zeros(len(asked)), np.zeros(len(asked))
    for i, (a, b) in enumerate(rows.tolist()):
        if not reason[i]:
            hulls = float(alone.energy[a]), float(alone.energy[b])
            start[i], end[i], reason[i] = _references(found, a, b, reference, prepared, hulls)
    good = np.flatnonzero([not words for words in reason])
    first, second = rows[good].T
    if voltage is None:
        counted_atoms = found.atoms
        counted = closed.counted(found.fractions)
        minima = closed.pairs(counted, first, second, start[good], end[good])
        total: PairMinima | None = None
    else:
        opened = closed.opened(voltage)
        counted = opened.counted(found.fractions)
        of_lithium = found.fractions[:, opened.table.elements.index(LITHIUM)] if LITHIUM in prepared.elements else 0.0
        counted_atoms = found.atoms * (1.0 - of_lithium)
        alone = opened.equilibria(counted)
        minima = opened.pairs(counted, first, second, alone.energy[first], alone.energy[second])
        unreacted = [
            unreacted_energies(opened, found.fractions[side], energies[good])
            for side, energies in ((first, start), (second, end))
        ]
        total = opened.pairs(counted, first, second, unreacted[0], unreacted[1])
    for i, status in zip(good.tolist(), minima.status.tolist(), strict=True):
        if status >= IMPOSSIBLE:
            reason[i] = _NO_PHASES if status == IMPOSSIBLE else _NOT_FOUND
    energy = np.where(np.abs(minima.energy) < NO_REACTION, 0.0, minima.energy)
    sizes = counted_atoms[first], counted_atoms[second]
    mixing = _mole_fractions(minima.mixing_fraction, *sizes)
    mixing[~(energy <= -NO_REACTION)] = np.nan
    of_mixture = np.where(np.isfinite(mixing), mixing, 0.0)
    nothing = np.full(len(good), np.nan)
    solved = minima.status < IMPOSSIBLE
    return ReactionColumns(
        reactant_A=tuple(found.formula.get(a, a) for a, _ in asked),
        reactant_B=tuple(found.formula.get(b, b) for _, b in asked),
        reaction_energy_eV_per_atom=_column(energy, good, len(asked)),
        mixing_fraction=_column(mixing, good, len(asked)),
        total_energy_eV_per_atom=_column(nothing if total is None else total.energy, good, len(asked)),
        total_mixing_fraction=_column(
            nothing if total is None else _mole_fractions(total.mixing_fraction, *sizes), good, len(asked)
        ),
        imbalance=_column(np.where(solved, minima.imbalance, np.nan), good, len(asked)),
        reason=tuple(reason),
        voltage_V=voltage,
        convention=prepared.convention,
        excluded=prepared.excluded,
        table=closed.table,
        _phases=_places(minima.phases, good, len(asked)),
        _shares=_column(minima.amounts, good, len(asked)),
        _counted_atoms=_column(of_mixture * sizes[0] + (1.0 - of_mixture) * sizes[1], good, len(asked)),
    )


def window_many(
    compositions: Iterable[CompositionLike],
    *,
    convention: str = "mp_legacy",
    exclude: Sequence[str] | str = (),
    table: PhaseTable | str | Path | None = None,
    threads: int = 2,
    solver: Solver | None = None,
) -> WindowColumns:
    """Return the window of each composition, as `interlayer.thermo.window` does for one.

    compositions: as `window` takes them; convention, exclude, table: as for `window`; threads, solver: as
    for `interlayer.thermo.batch.batch`. A composition that cannot be answered is a row with a reason. Raises
    InputError for what is wrong with all of them at once (Zhu, He and Mo 2015, doi 10.1021/acsami.5b07517).
    """
    prepared = prepared_table(table, convention=convention, exclude=exclude).table
    if LITHIUM not in prepared.elements:
        raise InputError(f"the table {prepared.name!r} has no lithium, against which windows are measured")
    asked = [formula_of(name) or str(name) for name in compositions]
    found = _Compositions.of(asked, prepared, lithium=_LITHIUM_ALONE)
    closed = batch(prepared, threads=threads, solver=solver)
    hull = closed.hulls(closed.counted(found.fractions))
    limits = windows(closed, found.fractions)
    entry = np.array([_or_nan(entry_energy(one.formula, prepared)) for one in found.reactants], dtype=float)
    above = np.maximum(entry - hull, 0.0)
    rows = np.array([found.row.get(name, -1) for name in asked], dtype=np.int64)
    good = np.flatnonzero(rows >= 0)
    reason = [found.reason.get(name, "") for name in asked]
    for i in good.tolist():
        if np.isnan(limits[0][rows[i]]):
            reason[i] = _NO_PHASES
    return WindowColumns(
        formula=tuple(found.formula.get(name, name) for name in asked),
        reduction_V=_column(limits[0][rows[good]], good, len(asked)),
        oxidation_V=_column(limits[1][rows[good]], good, len(asked)),
        energy_above_hull_eV_per_atom=_column(above[rows[good]], good, len(asked)),
        reason=tuple(reason),
        convention=prepared.convention,
        excluded=prepared.excluded,
        table=closed.table,
    )


@dataclass(frozen=True)
class _Compositions:
    """Distinct compositions: row by name, the reason for a name without one, fractions (C, e) and atoms (C,)."""

    reactants: tuple[Reactant, ...]
    row: Mapping[str, int]
    reason: Mapping[str, str]
    formula: Mapping[str, str]
    fractions: Array
    atoms: Array

    @classmethod
    def of(cls, names: Iterable[str], table: PhaseTable, *, lithium: str | None) -> "_Compositions":
        """Read the names; `lithium` is the reason why lithium alone has no answer, None where it has one."""
        reactants: list[Reactant] = []
        fractions: list[Array] = []
        row: dict[str, int] = {}
        reason: dict[str, str] = {}
        for name in dict.fromkeys(names):
            try:
                one = reactant(name)
                of_one = table.fractions_of(one.atoms)
            except InputError as error:
                reason[name] = str(error)
                continue
            if lithium and set(one.atoms) <= {LITHIUM}:
                reason[name] = lithium
                continue
            row[name] = len(reactants)
            reactants.append(one)
            fractions.append(of_one)
        return cls(
            reactants=tuple(reactants),
            row=row,
            reason=reason,
            formula={name: reactants[i].formula for name, i in row.items()},
            fractions=np.array(fractions).reshape(len(reactants), len(table.elements)),
            atoms=np.array([sum(one.atoms.values()) for one in reactants]),
        )


def _references(
    found: _Compositions, a: int, b: int, reference: str | float, table: PhaseTable, hulls: tuple[float, float]
) -> tuple[float, float, str]:
    """Return the energies in eV/atom that two sides start from, and the reason where they cannot be known."""
    if not np.isfinite(hulls).all():
        return np.nan, np.nan, _NO_PHASES
    if reference == "hull":
        return *hulls, ""
    try:
        energies, _ = reference_energies((found.reactants[a], found.reactants[b]), reference, table, hulls)
    except InputError as error:
        return np.nan, np.nan, str(error)
    return *energies, ""


def _mole_fractions(shares: Array, of_a: Array, of_b: Array) -> Array:
    """Return mol of A per mol of A and B from A's share of the counted atoms, whose numbers are of_a and of_b."""
    a, b = shares / of_a, (1.0 - shares) / of_b
    result: Array = a / (a + b)
    return result


def _column(values: Array, rows: Indices, count: int) -> Array:
    """Return `count` rows, these values in the rows given, nan elsewhere; read-only."""
    result: Array = np.full((count, *values.shape[1:]), np.nan)
    result[rows] = values
    result.setflags(write=False)
    return result


def _places(phases: Indices, rows: Indices, count: int) -> Indices:
    result: Indices = np.full((count, phases.shape[1]), -1, dtype=np.int64)
    result[rows] = phases
    result.setflags(write=False)
    return result


def _or_nan(value: float | None) -> float:
    return np.nan if value is None else value
