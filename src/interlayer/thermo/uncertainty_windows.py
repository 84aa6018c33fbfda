"""The window of a composition under the errors of the phase energies: how far its limits move."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
from pydantic import Field

from interlayer.errors import SolverError
from interlayer.quantity import StrictModel
from interlayer.references import citations
from interlayer.thermo.composition_objects import CompositionLike
from interlayer.thermo.equilibrium import System, system
from interlayer.thermo.interface_reaction import NO_REACTION
from interlayer.thermo.phase_errors import CORRELATION, REFERENCES, SIGMA, Covariance, ErrorModel, perturbed
from interlayer.thermo.phase_table import PhaseTable
from interlayer.thermo.question import prepared_table
from interlayer.thermo.reactant import Reactant, reactant
from interlayer.thermo.spread import ProductSet, Spread, most_frequent_sets, phase_probability, spread
from interlayer.thermo.stability_window import Window, voltage_steps, window
from interlayer.thermo.table_files import read_table
from interlayer.thermo.uncertainty import METHOD, SAMPLES

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

_SAME_LITHIUM: Final = 1e-5
_HIGHEST_V: Final = 15.0


class LimitUncertainty(StrictModel):
    """What the errors do to one limit of a window.

    `probability`: the share of the samples that have such a limit; potential and products are over those. The
    products are those on the far side of the limit.
    """

    limit: Literal["reduction", "oxidation"]
    probability: float
    potential_V: Spread
    product_probability: dict[str, float]
    product_sets: list[ProductSet]
    different_product_sets: int


class WindowUncertainty(StrictModel):
    """What the errors of the phase energies do to a window.

    `reduction` is None where no sample is reduced above 0 V, `oxidation` where none gives off lithium; `width_V` is
    oxidation minus reduction. `probability_on_hull`: that the composition does not fall apart by itself, None where it
    is not tabulated. `deterministic` is the answer without errors. `reductions_V` and `oxidations_V` are those of the
    samples; they are no part of the JSON document.
    """

    formula: str
    reduction: LimitUncertainty | None
    oxidation: LimitUncertainty | None
    width_V: Spread | None
    probability_on_hull: float | None
    probability_stable_against_lithium: float
    samples: int
    samples_failed: int
    seed: int
    deterministic: Window
    method: str
    conditions: str
    references: list[str]
    reductions_V: list[float] = Field(default_factory=list, exclude=True, repr=False)
    oxidations_V: list[float | None] = Field(default_factory=list, exclude=True, repr=False)

    def probability_at(self, voltage: float) -> float:
        """Return the probability that a voltage in V against Li/Li+ lies within the window."""
        limits = zip(self.reductions_V, self.oxidations_V, strict=True)
        return float(np.mean([low <= voltage and (high is None or low < high >= voltage) for low, high in limits]))

    def frame(self) -> "pd.DataFrame":
        """Return both limits of each sample as a pandas table."""
        import pandas as pd

        columns = {"reduction_V": self.reductions_V, "oxidation_V": self.oxidations_V}
        return pd.DataFrame({"formula": self.formula, **columns})

    def plot(self) -> "Figure":
        """Return the histograms of both limits as a matplotlib figure."""
        from interlayer.thermo.uncertainty_figures import window_uncertainty_figure

        return window_uncertainty_figure(self)


def window_uncertainty(
    composition: CompositionLike,
    *,
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
) -> WindowUncertainty:
    """Return the distribution of both limits of a window over the errors of the phase energies.

    composition, convention, exclude, table, temperature, gases: as for `interlayer.thermo.window`; the rest as for
    `interlayer.thermo.reaction_uncertainty`, and so are the errors raised. The limits of each sample
    are exact, not scanned.
    """
    model = ErrorModel(sigma, correlation, covariance)
    chosen = read_table(table) if isinstance(table, str | Path) else table
    answer = window(
        composition, convention=convention, exclude=exclude, table=chosen, temperature=temperature, gases=gases
    )
    asked = reactant(composition)
    prepared = prepared_table(
        chosen, convention=convention, exclude=exclude, elements=asked.atoms, temperature=temperature, gases=gases
    ).table
    model.known_in(prepared)
    opened, closed = system(prepared, asked.atoms, voltage=0.0), system(prepared, asked.atoms)
    shares, own = closed.shares(asked.atoms), closed.table.row(asked.formula)
    in_closed = [opened.table.formulas.index(formula) for formula in closed.table.formulas]
    limits: list[_Limits] = []
    on_hull: list[bool] = []
    for error in model.errors(opened.table, samples=samples, seed=seed):
        of_closed = error[in_closed]
        try:
            found = _Limits.of(perturbed(opened, error), asked)
            hull = 0.0 if own is None else perturbed(closed, of_closed).equilibrium(shares).energy
        except SolverError:
            continue
        limits.append(found)
        if own is not None:
            on_hull.append(float(closed.table.energies[own] + of_closed[own]) - hull <= NO_REACTION)
    if not limits:
        raise SolverError(f"{asked.formula}: none of {samples} samples was solved")
    widths = [one.oxidation - one.reduction for one in limits if one.oxidation is not None]
    width = None if answer.oxidation_V is None else answer.oxidation_V - answer.reduction_V
    return WindowUncertainty(
        formula=asked.formula,
        reduction=_limit("reduction", answer.reduction_V, [(one.reduction, one.reduced_to) for one in limits]),
        oxidation=_limit("oxidation", answer.oxidation_V, [(one.oxidation, one.oxidised_to) for one in limits]),
        width_V=spread(width, widths) if widths else None,
        probability_on_hull=float(np.mean(on_hull)) if on_hull else None,
        probability_stable_against_lithium=float(np.mean([one.reduced_to is None for one in limits])),
        samples=samples,
        samples_failed=samples - len(limits),
        seed=seed,
        deterministic=answer,
        method=METHOD.format(model.described),
        conditions=answer.conditions,
        references=citations([*prepared.references, *REFERENCES]),
        reductions_V=[one.reduction for one in limits],
        oxidations_V=[one.oxidation for one in limits],
    )


@dataclass(frozen=True)
class _Limits:
    """The window of one sample; the phases beyond a limit are None where there is no such limit."""

    reduction: float
    oxidation: float | None
    reduced_to: frozenset[str] | None
    oxidised_to: frozenset[str] | None

    @classmethod
    def of(cls, opened: System, asked: Reactant) -> "_Limits":
        steps = voltage_steps(opened, asked.atoms)
        more = [step for step in steps if step.lithium >= _SAME_LITHIUM]
        less = [step for step in steps if step.lithium <= -_SAME_LITHIUM]
        reduction = more[-1].highest if more else 0.0
        oxidation = less[0].lowest if less else _HIGHEST_V
        return cls(
            reduction=reduction,
            oxidation=oxidation if oxidation < _HIGHEST_V else None,
            reduced_to=frozenset(more[-1].products) if more else None,
            oxidised_to=frozenset(less[0].products) if less else None,
        )


def _limit(
    limit: Literal["reduction", "oxidation"],
    without_errors: float | None,
    found: Sequence[tuple[float | None, frozenset[str] | None]],
) -> LimitUncertainty | None:
    products = [phases for _, phases in found if phases is not None]
    if not products:
        return None
    return LimitUncertainty(
        limit=limit,
        probability=len(products) / len(found),
        potential_V=spread(without_errors, [v for v, phases in found if v is not None and phases is not None]),
        product_probability=phase_probability(products),
        product_sets=most_frequent_sets(products),
        different_product_sets=len(set(products)),
    )
