"""The figure of a resistance budget."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from interlayer.transport.resistances import ResistanceBudget

PART_COLOURS = {
    "cathode": "#0072B2",
    "cathode interface": "#D55E00",
    "separator": "#009E73",
    "anode": "#CC79A7",
}


def budget_figure(budget: "ResistanceBudget") -> "Figure":
    """Draw each known term per electrode area on a logarithmic axis, and the measured interface as a line."""
    from matplotlib.figure import Figure

    known = [term for term in budget.terms if term.area_specific_resistance_ohm_cm2]
    figure = Figure(figsize=(7.0, 0.9 + 0.42 * max(len(known), 2)), layout="constrained")
    axes = figure.subplots()
    values = [term.area_specific_resistance_ohm_cm2 or 0.0 for term in known]
    rows = range(len(known))
    axes.barh(rows, values, color=[PART_COLOURS[term.part] for term in known], height=0.62)
    axes.set_yticks(rows, [term.name for term in known])
    axes.invert_yaxis()
    axes.set_xscale("log")
    axes.set_xlabel("resistance per electrode area / Ω cm²")
    axes.grid(axis="x", which="major", alpha=0.3)
    axes.set_axisbelow(True)
    for row, value in zip(rows, values, strict=True):
        axes.annotate(f"{value:.3g}", (value, row), xytext=(4, 0), textcoords="offset points", va="center", fontsize=8)
    axes.set_xlim(min(values, default=1.0) / 3, max([*values, 1.0]) * 8)
    if budget.interface is not None:
        measured = budget.interface.measured_ohm_cm2
        axes.axvline(measured, color="black", linestyle="--", linewidth=1)
        axes.set_title(
            f"{budget.cell}: dashed, the measured cathode interface ({measured:.3g} Ω cm²)", fontsize=9, loc="left"
        )
    else:
        axes.set_title(budget.cell, fontsize=9, loc="left")
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    return figure
