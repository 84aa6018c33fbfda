"""How far the errors of the phase energies move an answer: Monte Carlo over the energies of all phases of a question.

Each sample gives every phase an error (see `interlayer.thermo.phase_errors`) and answers the question anew, reactants
included: a material that is reactant here and product there has one error. No phase is left out beforehand, because
one above the hull may come to lie on it.

One thing follows that is no flaw of the sampling: a reaction energy is a minimum over mixtures and phases, and the mean
of a minimum lies below the minimum of the means. The median tends to be more negative than the answer without errors.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from pydantic import Field

from interlayer.errors import InputError, SolverError, shown
from interlayer.quantity import StrictModel
from interlayer.references import citations
from interlayer.thermo.composition_objects import CompositionLike
from interlayer.thermo.equilibrium import system
from interlayer.thermo.interface_reaction import NO_REACTION, Reaction, react
from interlayer.thermo.phase_errors import CORRELATION, REFERENCES, SIGMA, Covariance, ErrorModel, perturbed
from interlayer.thermo.phase_table import PhaseTable
from interlayer.thermo.question import prepared_table
from interlayer.thermo.reactant import reactant
from interlayer.thermo.spread import ProductSet, Spread, most_frequent_sets, phase_probability, spread
from interlayer.thermo.starting_point import FROM_HULL, starting_points
from interlayer.thermo.table_files import read_table

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

SAMPLES: Final = 1000
METHOD: Final = "Monte Carlo, each sample answered anew with perturbed phase energies: {}"


class ReactionUncertainty(StrictModel):
    """What the errors of the phase energies do to the reaction of A with B.

    `probability_stable`: the share of the samples whose reaction energy is not below minus `threshold_eV_per_atom`;
    `standard_error`: of this share, from the number of samples alone, and not 0 where all agree.
    `product_probability`: in what share of the samples a phase is among the products of the most favourable reaction;
    `product_sets`: the most frequent ten of `different_product_sets` combinations. Energies are normalised as those of
    `deterministic`, the answer without errors. `energies_eV_per_atom` are those of the samples; they are no part of
    the JSON document.
    """

    reactant_A: str
    reactant_B: str
    voltage_V: float | None
    probability_stable: float
    standard_error: float
    threshold_eV_per_atom: float
    reaction_energy_eV_per_atom: Spread
    product_probability: dict[str, float]
    product_sets: list[ProductSet]
    different_product_sets: int
    samples: int
    samples_failed: int
    seed: int
    deterministic: Reaction
    method: str
    conditions: str
    references: list[str]
    energies_eV_per_atom: list[float] = Field(default_factory=list, exclude=True, repr=False)

    def frame(self) -> "pd.DataFrame":
        """Return the reaction energy of each sample as a pandas table."""
        import pandas as pd

        return pd.DataFrame(
            {
                "reactant_A": self.reactant_A,
                "reactant_B": self.reactant_B,
                "voltage_V": self.voltage_V,
                "reaction_energy_eV_per_atom": self.energies_eV_per_atom,
            }
        )

    def plot(self) -> "Figure":
        """Return the histogram of the reaction energies as a matplotlib figure."""
        from interlayer.thermo.uncertainty_figures import reaction_uncertainty_figure

        return reaction_uncertainty_figure(self)


def reaction_uncertainty(
    a: CompositionLike,
    b: CompositionLike,
    *,
    voltage: float | None = None,
    reference: str | float = "hull",
    convention: str = "mp_legacy",
    exclude: Sequence[str] | str = (),
    table: PhaseTable | str | Path | None = None,
    temperature: float | None = None,
    gases: Mapping[str, float] | None = None,
    samples: int = SAMPLES,
    seed: int = 0,
    sigma: float | Mapping[str, float] = SIGMA,
    correlation: float = CORRELATION,
    covariance: Covariance | None = None,
    threshold: float = 0.0,
) -> ReactionUncertainty:
    """Return the distribution of the reaction energy of two materials over the errors of the phase energies.

    a, b, voltage, reference, convention, exclude, table, temperature, gases: as for `interlayer.thermo.react`; samples
    and seed: the same seed gives the same errors; sigma, correlation, covariance: see `interlayer.thermo.ErrorModel`;
    threshold: eV/atom (with lithium open: per atom that is not lithium) that a reaction may release and still count
    as none. At a voltage the energy is the mutual one.

    Raises InputError as `react` does, and for numbers outside their range. What is missing in the table, entropy and
    kinetics are not sampled (size of the errors: Hautier et al. 2012, doi 10.1103/PhysRevB.85.155208).
    """
    model, limit = ErrorModel(sigma, correlation, covariance), checked_threshold(threshold)
    chosen = read_table(table) if isinstance(table, str | Path) else table
    answer = react(
        a,
        b,
        voltage=voltage,
        reference=reference,
        convention=convention,
        exclude=exclude,
        table=chosen,
        temperature=temperature,
        gases=gases,
    )
    pair = (reactant(a), reactant(b))
    atoms = {**pair[0].atoms, **pair[1].atoms}
    prepared = prepared_table(
        chosen, convention=convention, exclude=exclude, elements=atoms, temperature=temperature, gases=gases
    ).table
    model.known_in(prepared)
    phases = system(prepared, atoms, voltage=answer.voltage_V)
    first, second = (phases.shares(one.atoms) for one in pair)
    starts = (FROM_HULL, FROM_HULL)
    if answer.voltage_V is None:
        hulls = phases.equilibrium(first).energy, phases.equilibrium(second).energy
        starts = starting_points(pair, reference, phases.table, hulls)
    energies: list[float] = []
    found: list[frozenset[str]] = []
    for error in model.errors(phases.table, samples=samples, seed=seed):
        sample = perturbed(phases, error)
        try:
            alone = sample.equilibrium(first).energy, sample.equilibrium(second).energy
            best = sample.lowest_mixture(first, second, (starts[0].at(alone[0], error), starts[1].at(alone[1], error)))
        except SolverError:
            continue
        reacts = best.energy <= -NO_REACTION
        energies.append(best.energy if abs(best.energy) >= NO_REACTION else 0.0)
        found.append(frozenset(best.phases) if reacts else frozenset())
    if not found:
        raise SolverError(f"{answer.reactant_A} | {answer.reactant_B}: none of {samples} samples was solved")
    stable = float(np.mean(np.array(energies) >= -limit))
    return ReactionUncertainty(
        reactant_A=answer.reactant_A,
        reactant_B=answer.reactant_B,
        voltage_V=answer.voltage_V,
        probability_stable=stable,
        standard_error=_standard_error(stable, len(found)),
        threshold_eV_per_atom=limit,
        reaction_energy_eV_per_atom=spread(answer.reaction_energy_eV_per_atom, energies),
        product_probability=phase_probability(found),
        product_sets=most_frequent_sets(found),
        different_product_sets=len(set(found)),
        samples=samples,
        samples_failed=samples - len(found),
        seed=seed,
        deterministic=answer,
        method=METHOD.format(model.described),
        conditions=answer.conditions,
        references=citations([*prepared.references, *REFERENCES]),
        energies_eV_per_atom=energies,
    )


def _standard_error(share: float, count: int) -> float:
    """Return the standard error of a share; one more sample of either kind keeps it from 0 where all agree."""
    moderate = (share * count + 1.0) / (count + 2.0)
    return float(np.sqrt(moderate * (1.0 - moderate) / count))


def checked_threshold(threshold: float) -> float:
    """Return how negative, in eV/atom, a reaction energy may be and still count as none; InputError for nonsense."""
    is_number = isinstance(threshold, int | float) and not isinstance(threshold, bool)
    if not is_number or not 0.0 <= threshold <= 1.0:
        raise InputError(f"the threshold must be a number from 0 to 1 eV/atom, not {shown(threshold)}")
    return max(float(threshold), NO_REACTION)
