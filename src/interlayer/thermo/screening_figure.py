"""The figure of a screening: the worst contact on either side, the Pareto set labelled."""

from typing import TYPE_CHECKING, Final

import numpy as np

from interlayer.thermo.figures import GREY, ORANGE, typeset

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from interlayer.thermo.screening import Screening

_MOST_LABELS: Final = 14
_OFFSETS: Final = ((-14, 10), (-16, -10), (-30, 0), (-10, -22), (-24, 18))
"""Where labels stand from their points, in turns, so that neighbours do not cover each other; points."""
_HIGHEST_SHOWN_V: Final = 5.0


def screening_figure(result: "Screening") -> "Figure":
    """Draw each coating by its worst reaction with electrolytes and with cathodes, coloured by its oxidation limit."""
    from matplotlib.figure import Figure

    rows = result.coatings
    rows = rows[np.isfinite(rows["worst_electrolyte_eV_per_atom"]) & np.isfinite(rows["worst_cathode_eV_per_atom"])]
    figure = Figure(figsize=(6.2, 4.6), dpi=150, layout="constrained")
    axes = figure.add_subplot()
    across = rows["worst_electrolyte_eV_per_atom"].to_numpy() * 1e3
    up = rows["worst_cathode_eV_per_atom"].to_numpy() * 1e3
    limit = np.minimum(rows["oxidation_V"].fillna(_HIGHEST_SHOWN_V).to_numpy(), _HIGHEST_SHOWN_V)
    drawn = axes.scatter(across, up, c=limit, cmap="viridis", s=26, edgecolors="none", vmin=2.5, vmax=_HIGHEST_SHOWN_V)
    best = rows["pareto"].to_numpy()
    axes.scatter(across[best], up[best], s=90, facecolors="none", edgecolors=ORANGE, linewidths=1.4, label="Pareto set")
    for rule in result.rules.rules:
        if rule.column == "worst_electrolyte_eV_per_atom":
            axes.axvline(rule.value * 1e3, color=GREY, linewidth=0.8, linestyle="--")
        elif rule.column == "worst_cathode_eV_per_atom":
            axes.axhline(rule.value * 1e3, color=GREY, linewidth=0.8, linestyle="--")
    shown = np.flatnonzero(best | rows["passes"].to_numpy())[:_MOST_LABELS]
    for place, at in enumerate(shown.tolist()):
        axes.annotate(
            typeset(str(rows["formula"].iloc[at])),
            (across[at], up[at]),
            xytext=_OFFSETS[place % len(_OFFSETS)],
            textcoords="offset points",
            fontsize=6.5,
            ha="right",
            va="center",
            arrowprops={"arrowstyle": "-", "color": GREY, "linewidth": 0.5, "shrinkA": 0.0, "shrinkB": 3.0},
        )
    axes.set_xlabel("worst reaction with an electrolyte (meV/atom)")
    axes.set_ylabel("worst reaction with a cathode (meV/atom)")
    axes.margins(0.08)
    figure.colorbar(drawn, label="oxidation limit (V against Li/Li$^+$; 5: at least)")
    axes.set_title(f"{len(rows)} coatings, rules {result.rules.name} (dashed), {result.convention}", fontsize=9)
    if best.any():
        axes.legend(frameon=False, fontsize=7, loc="lower left")
    figure.supxlabel(f"{result.conditions}; phases: {result.table}", fontsize=6.5, color=GREY)
    return figure
