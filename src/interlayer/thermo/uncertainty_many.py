"""How certain "no reaction" is, for a list of pairs: all are answered with the same errors of the phase energies."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from interlayer.errors import InputError
from interlayer.thermo.arrays import Array, Indices
from interlayer.thermo.batch import Batch, Solver, batch
from interlayer.thermo.composition_objects import CompositionLike, formula_of
from interlayer.thermo.equilibrium import LITHIUM
from interlayer.thermo.interface_reaction import NO_REACTION
from interlayer.thermo.phase_errors import CORRELATION, SIGMA, Covariance, ErrorModel
from interlayer.thermo.phase_table import PhaseTable
from interlayer.thermo.question import prepared_table
from interlayer.thermo.reactant import Reactant, reactant, split_reference
from interlayer.thermo.starting_point import FROM_HULL, StartingPoint, starting_points
from interlayer.thermo.uncertainty import METHOD, checked_threshold
from interlayer.thermo.voltages import checked_voltage

if TYPE_CHECKING:
    import pandas as pd

SAMPLES_OF_MANY: Final = 200
_NO_PHASES: Final = "no phases of the table make up the composition"
_LITHIUM_OPEN: Final = "lithium cannot be a reactant while lithium is open at a voltage; leave one of the two out"


@dataclass(frozen=True)
class StabilityColumns:
    """How each of P pairs fares under the errors; the columns mean what the fields of `ReactionUncertainty` do.

    Energies in eV per atom, or at a voltage per atom that is not lithium; nan where there is a `reason` for having no
    answer ("" elsewhere). `samples_failed` (P,) counts the samples that no solver answered.
    """

    reactant_A: tuple[str, ...]
    reactant_B: tuple[str, ...]
    probability_stable: Array
    reaction_energy_eV_per_atom: Array
    reaction_energy_p05_eV_per_atom: Array
    reaction_energy_median_eV_per_atom: Array
    reaction_energy_p95_eV_per_atom: Array
    samples_failed: Indices
    reason: tuple[str, ...]
    voltage_V: float | None
    threshold_eV_per_atom: float
    samples: int
    seed: int
    method: str

    def __len__(self) -> int:
        return len(self.reason)

    def frame(self) -> "pd.DataFrame":
        """Return the columns as a pandas table."""
        import pandas as pd

        names = (
            "reactant_A", "reactant_B", "probability_stable", "reaction_energy_eV_per_atom",
            "reaction_energy_p05_eV_per_atom", "reaction_energy_median_eV_per_atom",
            "reaction_energy_p95_eV_per_atom", "samples_failed", "reason",
        )  # fmt: skip
        return pd.DataFrame({name: getattr(self, name) for name in names})


def stability_probability(
    pairs: Iterable[tuple[CompositionLike, CompositionLike]],
    *,
    voltage: float | None = None,
    reference: str | float = "hull",
    convention: str = "mp_legacy",
    exclude: Sequence[str] | str = (),
    table: PhaseTable | str | Path | None = None,
    samples: int = SAMPLES_OF_MANY,
    seed: int = 0,
    sigma: float | Mapping[str, float] = SIGMA,
    correlation: float = CORRELATION,
    covariance: Covariance | None = None,
    threshold: float = 0.0,
    threads: int = 2,
    solver: Solver | None = None,
) -> StabilityColumns:
    """Return the probability that each pair does not react, and the percentiles of its reaction energy.

    pairs: A and B as for `react_many`; threads, solver: as for `interlayer.thermo.batch.batch`; the
    rest as for `interlayer.thermo.uncertainty.reaction_uncertainty`, whose numbers these are. All pairs share the
    samples, so that two pairs may be compared sample by sample. With 200 samples a probability near one half is known
    to 4 %. A pair without an answer is a row with a reason; InputError for what is wrong with all pairs at once.
    """
    if voltage is not None:
        voltage = checked_voltage(voltage)
    split_reference(reference)
    model, limit = ErrorModel(sigma, correlation, covariance), checked_threshold(threshold)
    prepared = prepared_table(table, convention=convention, exclude=exclude).table
    model.known_in(prepared)
    errors = model.errors(prepared, samples=samples, seed=seed)
    asked = [(formula_of(a) or str(a), formula_of(b) or str(b)) for a, b in pairs]
    known, reasons = _reactants(asked, prepared, is_open=voltage is not None)
    row = {name: i for i, name in enumerate(known)}
    fractions = np.array([prepared.fractions_of(one.atoms) for one in known.values()])
    ready = batch(prepared, voltage=voltage, threads=threads, solver=solver, prune=False)
    counted = ready.counted(fractions.reshape(len(known), len(prepared.elements)))
    hulls = ready.hulls(counted)
    reason = [reasons.get(a) or reasons.get(b) or "" for a, b in asked]
    starts: list[tuple[StartingPoint, StartingPoint]] = []
    for i, (a, b) in enumerate(asked):
        start = (FROM_HULL, FROM_HULL)
        if not reason[i]:
            of_pair = float(hulls[row[a]]), float(hulls[row[b]])
            if not np.isfinite(of_pair).all():
                reason[i] = _NO_PHASES
            elif voltage is None and reference != "hull":
                try:
                    start = starting_points((known[a], known[b]), reference, prepared, of_pair)
                except InputError as refusal:
                    reason[i] = str(refusal)
        starts.append(start)
    good = np.array([i for i, words in enumerate(reason) if not words], dtype=np.int64)
    sides = [_Side.of([row[asked[i][k]] for i in good], [starts[i][k] for i in good]) for k in (0, 1)]
    nothing = np.zeros(len(prepared))
    energies = np.array([_energies(ready, counted, sides, nothing)])
    found = np.array([_energies(ready, counted, sides, error) for error in errors])
    failed = np.zeros(len(asked), dtype=np.int64)
    failed[good] = np.isnan(found).sum(axis=0)
    lost = failed[good] == samples
    for i in good[lost]:
        reason[i] = "no solver found the equilibrium in any sample"
    found[:, lost] = 0.0  # so that a percentile of nothing is not asked for; the rows are taken out below
    keep = good[~lost]
    stable = np.nansum(found >= -limit, axis=0) / np.maximum(samples - failed[good], 1)
    of_columns = np.nanpercentile if np.isnan(found).any() else np.percentile  # the former is slow
    percentiles = of_columns(found, [5.0, 50.0, 95.0], axis=0) if len(good) else np.empty((3, 0))
    column = [_column(values[~lost], keep, len(asked)) for values in (stable, energies[0], *percentiles)]
    return StabilityColumns(
        reactant_A=tuple(known[a].formula if a in known else a for a, _ in asked),
        reactant_B=tuple(known[b].formula if b in known else b for _, b in asked),
        probability_stable=column[0],
        reaction_energy_eV_per_atom=column[1],
        reaction_energy_p05_eV_per_atom=column[2],
        reaction_energy_median_eV_per_atom=column[3],
        reaction_energy_p95_eV_per_atom=column[4],
        samples_failed=failed,
        reason=tuple(reason),
        voltage_V=voltage,
        threshold_eV_per_atom=limit,
        samples=samples,
        seed=seed,
        method=METHOD.format(model.described),
    )


@dataclass(frozen=True)
class _Side:
    """One side of P pairs: its composition's row and where it starts from, entries as columns of the table."""

    composition: Indices
    above_hull: Array
    tabulated: Array
    pair_of_entry: Indices
    phase_of_entry: Indices
    share_of_entry: Array

    @classmethod
    def of(cls, composition: Sequence[int], starts: Sequence[StartingPoint]) -> "_Side":
        entries = [(i, r, s) for i, one in enumerate(starts) for r, s in zip(one.rows, one.shares, strict=True)]
        pair, phase, share = (np.array(values) for values in (zip(*entries, strict=True) if entries else ((), (), ())))
        return cls(
            composition=np.array(composition, dtype=np.int64),
            above_hull=np.array([one.above_hull for one in starts]),
            tabulated=np.array([np.nan if one.tabulated is None else one.tabulated for one in starts]),
            pair_of_entry=pair.astype(np.int64),
            phase_of_entry=phase.astype(np.int64),
            share_of_entry=share.astype(float),
        )

    def energies(self, hulls: Array, error: Array) -> Array:
        """Return the energy that each starts from, eV per counted atom."""
        moved = np.bincount(
            self.pair_of_entry,
            weights=self.share_of_entry * error[self.phase_of_entry],
            minlength=len(self.composition),
        )
        of_hull = hulls[self.composition] + self.above_hull
        return np.where(np.isnan(self.tabulated), of_hull, self.tabulated + moved)


def _energies(ready: Batch, counted: Array, sides: Sequence[_Side], error: Array) -> Array:
    """Return the reaction energy of each pair in one sample, nan where no solver found it."""
    of_phase = np.where(ready.rows >= 0, error[ready.rows], 0.0) * (1.0 + ready.lithium_ratios)
    sample = replace(ready, formation_costs=ready.formation_costs + of_phase)
    hulls = sample.hulls(counted)
    starts = [side.energies(hulls, error) for side in sides]
    energy = sample.pairs(counted, sides[0].composition, sides[1].composition, starts[0], starts[1]).energy
    return np.where(np.abs(energy) < NO_REACTION, 0.0, energy)


def _reactants(
    pairs: Sequence[tuple[str, str]], table: PhaseTable, *, is_open: bool
) -> tuple[dict[str, Reactant], dict[str, str]]:
    """Return the reactants by the names they were asked by, and the reasons of those that are none."""
    known: dict[str, Reactant] = {}
    reasons: dict[str, str] = {}
    for name in dict.fromkeys(name for pair in pairs for name in pair):
        try:
            one = reactant(name)
            table.fractions_of(one.atoms)
        except InputError as error:
            reasons[name] = str(error)
            continue
        if is_open and set(one.atoms) <= {LITHIUM}:
            reasons[name] = _LITHIUM_OPEN
        else:
            known[name] = one
    return known, reasons


def _column(values: Array, rows: Indices, count: int) -> Array:
    result: Array = np.full(count, np.nan)
    result[rows] = values
    return result
