"""The figure of a screening: the worst contact on either side, the Pareto set labelled."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

import numpy as np

from interlayer.thermo.figures import GREY, ORANGE, typeset

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from interlayer.thermo.arrays import Array
    from interlayer.thermo.screening import Screening

_MOST_LABELS: Final = 40
_LABEL_SIZE: Final = 6.5
_LOWEST_SHOWN: Final = -200.0
"""meV/atom; what reacts more strongly is drawn at the edge, or it would press all others into a corner."""
_HIGHEST_SHOWN_V: Final = 5.0


def screening_figure(result: "Screening") -> "Figure":
    """Draw each coating by its worst reaction with electrolytes and with cathodes, coloured by its oxidation limit."""
    from matplotlib.figure import Figure

    rows = result.coatings
    rows = rows[np.isfinite(rows["worst_electrolyte_eV_per_atom"]) & np.isfinite(rows["worst_cathode_eV_per_atom"])]
    figure = Figure(figsize=(6.2, 4.6), dpi=150, layout="constrained")
    axes = figure.add_subplot()
    raw = rows[["worst_electrolyte_eV_per_atom", "worst_cathode_eV_per_atom"]].to_numpy() * 1e3
    across, up = np.maximum(raw, _LOWEST_SHOWN).T
    beyond = (raw < _LOWEST_SHOWN).any(axis=1)
    limit = np.minimum(rows["oxidation_V"].fillna(_HIGHEST_SHOWN_V).to_numpy(), _HIGHEST_SHOWN_V)
    for which, marker, label in ((~beyond, "o", None), (beyond, "v", f"beyond {_LOWEST_SHOWN:g} meV/atom")):
        drawn = axes.scatter(
            across[which], up[which], c=limit[which], cmap="viridis", s=26, edgecolors="none", marker=marker,
            vmin=2.5, vmax=_HIGHEST_SHOWN_V, label=label if which.any() else None,
        )  # fmt: skip
    best = rows["pareto"].to_numpy()
    axes.scatter(across[best], up[best], s=90, facecolors="none", edgecolors=ORANGE, linewidths=1.4, label="Pareto set")
    for rule in result.rules.rules:
        if rule.column == "worst_electrolyte_eV_per_atom":
            axes.axvline(rule.value * 1e3, color=GREY, linewidth=0.8, linestyle="--")
        elif rule.column == "worst_cathode_eV_per_atom":
            axes.axhline(rule.value * 1e3, color=GREY, linewidth=0.8, linestyle="--")
    important = best | rows["passes"].to_numpy()
    shown = np.flatnonzero(important | (len(rows) <= _MOST_LABELS))[:_MOST_LABELS]
    axes.set_xlabel("worst reaction with an electrolyte (meV/atom)")
    axes.set_ylabel("worst reaction with a cathode (meV/atom)")
    axes.margins(0.08)
    figure.colorbar(drawn, label="oxidation limit (V against Li/Li$^+$; 5: at least)")
    axes.set_title(f"{len(rows)} coatings, rules {result.rules.name} (dashed), {result.convention}", fontsize=9)
    if best.any() or beyond.any():
        axes.legend(frameon=False, fontsize=7, loc="best")
    figure.supxlabel(f"{result.conditions}; phases: {result.table}", fontsize=6.5, color=GREY)
    figure.draw_without_rendering()  # lays out, so that places on the page are known
    _label(axes, np.column_stack([across, up]), {at: str(rows["formula"].iloc[at]) for at in shown.tolist()})
    return figure


def _label(axes: "Axes", points: "Array", names: Mapping[int, str]) -> None:
    """Write names beside their points, each at the nearest place where it covers neither a point nor a name."""
    per_point = axes.figure.dpi / 72.0
    on_page = axes.transData.transform(points) / per_point
    frame = axes.bbox.bounds
    inside = np.array([frame[0], frame[1], frame[0] + frame[2], frame[1] + frame[3]]) / per_point
    taken = [np.r_[place - 4.0, place + 4.0] for place in on_page]
    for at, name in names.items():
        half = np.array([0.3 * _LABEL_SIZE * len(name) + 1.0, 0.65 * _LABEL_SIZE])
        best: tuple[float, Array, Array] | None = None
        for distance in (8.0, 16.0, 26.0, 38.0, 52.0):
            for angle in np.arange(12) * np.pi / 6.0:
                direction = np.array([np.cos(angle), np.sin(angle)])
                offset = direction * (distance + half * np.abs(direction))
                box = np.r_[on_page[at] + offset - half, on_page[at] + offset + half]
                covered = sum(_overlap(box, other) for other in taken)
                outside = np.maximum(inside[:2] - box[:2], 0.0).sum() + np.maximum(box[2:] - inside[2:], 0.0).sum()
                cost = covered + 100.0 * float(outside) + distance
                if best is None or cost < best[0]:
                    best = cost, offset, box
        assert best is not None
        taken.append(best[2])
        axes.annotate(
            typeset(name), points[at], xytext=tuple(best[1]), textcoords="offset points", fontsize=_LABEL_SIZE,
            ha="center", va="center",
            arrowprops={"arrowstyle": "-", "color": GREY, "linewidth": 0.5, "shrinkA": 1.0, "shrinkB": 3.0},
        )  # fmt: skip


def _overlap(one: "Array", other: "Array") -> float:
    """Return the common area of two boxes (left, bottom, right, top)."""
    sides = np.minimum(one[2:], other[2:]) - np.maximum(one[:2], other[:2])
    return float(sides[0] * sides[1]) * 10.0 if (sides > 0.0).all() else 0.0
