"""Figures of uncertainties: how the samples spread around the answer without errors."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from interlayer.thermo.figures import BLUE, GREY, ORANGE, empty_figure, foot, typeset

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from interlayer.thermo.spread import Spread
    from interlayer.thermo.uncertainty import ReactionUncertainty
    from interlayer.thermo.uncertainty_windows import WindowUncertainty

_BINS: Final = 40
_ROOM_FOR_LEGEND: Final = 1.35


def reaction_uncertainty_figure(result: "ReactionUncertainty") -> "Figure":
    """Draw the histogram of the reaction energies, the answer without errors and the middle 90 %."""
    figure = empty_figure()
    axes = figure.add_subplot()
    energies = [energy * 1e3 for energy in result.energies_eV_per_atom]
    _histogram(axes, energies, _BINS, result.reaction_energy_eV_per_atom, color=BLUE, scale=1e3, unit="meV")
    if result.threshold_eV_per_atom > 1e-4:
        axes.axvline(-result.threshold_eV_per_atom * 1e3, color=GREY, linewidth=1.0, linestyle=":", label="threshold")
    at = "" if result.voltage_V is None else f" at {result.voltage_V:g} V"
    pair = f"{typeset(result.reactant_A)} | {typeset(result.reactant_B)}{at}"
    axes.set_title(f"{pair}: no reaction in {result.probability_stable:.0%} of the samples", fontsize=10)
    axes.set_xlabel(f"reaction energy (m{result.deterministic.normalisation})")
    _finish(figure, axes, len(energies))
    foot(figure, result.conditions, result.deterministic.table)
    return figure


def window_uncertainty_figure(result: "WindowUncertainty") -> "Figure":
    """Draw the histograms of both limits of a window, each with the limit without errors and the middle 90 %."""
    import numpy as np

    figure = empty_figure()
    axes = figure.add_subplot()
    reductions = [value for value in result.reductions_V if value > 0.0]
    oxidations = [value for value in result.oxidations_V if value is not None]
    widest = max((float(np.ptp(values)) for values in (reductions, oxidations) if values), default=0.0)
    for values, limit, color in ((reductions, result.reduction, BLUE), (oxidations, result.oxidation, ORANGE)):
        if limit is not None and values:
            bins = max(1, round(_BINS * float(np.ptp(values)) / widest)) if widest > 0.0 else 1  # of one width
            _histogram(axes, values, bins, limit.potential_V, color=color, unit="V", name=f"{limit.limit}: ")
    axes.set_title(f"{typeset(result.formula)}: window ({result.deterministic.convention})", fontsize=10)
    axes.set_xlabel("potential (V against Li/Li$^+$)")
    _finish(figure, axes, len(result.reductions_V))
    foot(figure, result.conditions, result.deterministic.table)
    return figure


def _histogram(
    axes: "Axes",
    values: Sequence[float],
    bins: int,
    distribution: "Spread",
    *,
    color: str,
    unit: str,
    scale: float = 1.0,
    name: str = "",
) -> None:
    digits = 0 if unit == "meV" else 2
    low, high = distribution.p05 * scale, distribution.p95 * scale
    axes.hist(values, bins=bins, color=color, alpha=0.55)
    middle = f"{name}90 % from {low:.{digits}f} to {high:.{digits}f} {unit}"
    axes.axvspan(low, high, color=color, alpha=0.12, linewidth=0, label=middle)
    if distribution.without_errors is not None:
        value = distribution.without_errors * scale
        axes.axvline(value, color=color, linewidth=1.8, label=f"{name}without errors {value:.{digits}f} {unit}")


def _finish(figure: "Figure", axes: "Axes", samples: int) -> None:
    axes.set_ylabel(f"samples (of {samples})")
    axes.set_ylim(top=axes.get_ylim()[1] * _ROOM_FOR_LEGEND)
    axes.legend(fontsize=7, ncols=2, loc="upper center", framealpha=0.9, edgecolor="none")
