"""Distributions over samples: of a number, and of the phases that appear."""

from collections import Counter
from collections.abc import Sequence

import numpy as np

from interlayer.quantity import StrictModel

MOST_SETS = 10
"""Product sets that an answer lists, the most frequent first."""


class Spread(StrictModel):
    """The distribution of one number over the samples, in the unit that the field's name says.

    `without_errors` is the answer with the energies as tabulated, None where it is no number; `p05`, `median` and
    `p95` are percentiles.
    """

    without_errors: float | None
    p05: float
    median: float
    p95: float
    mean: float
    standard_deviation: float


class ProductSet(StrictModel):
    """Phases that appear together, none where nothing reacts, and the share of the samples in which they do."""

    products: list[str]
    probability: float


def spread(without_errors: float | None, values: Sequence[float]) -> Spread:
    """Return the distribution of at least one value."""
    p05, median, p95 = np.percentile(values, [5.0, 50.0, 95.0]).tolist()
    return Spread(
        without_errors=without_errors,
        p05=p05,
        median=median,
        p95=p95,
        mean=float(np.mean(values)),
        standard_deviation=float(np.std(values)),
    )


def phase_probability(found: Sequence[frozenset[str]]) -> dict[str, float]:
    """Return in what share of the samples each phase appears, the most frequent first."""
    times = Counter(phase for phases in found for phase in phases)
    return {phase: count / len(found) for phase, count in sorted(times.items(), key=lambda item: (-item[1], item[0]))}


def most_frequent_sets(found: Sequence[frozenset[str]]) -> list[ProductSet]:
    """Return the combinations of phases that appear most often."""
    times = sorted(Counter(found).items(), key=lambda item: (-item[1], sorted(item[0])))
    return [ProductSet(products=sorted(phases), probability=count / len(found)) for phases, count in times[:MOST_SETS]]
