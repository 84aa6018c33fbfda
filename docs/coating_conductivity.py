"""Draw docs/coating_conductivity.png: what the conductivity of a coating explains, and what it does not.

python docs/coating_conductivity.py [FILE]
"""

import sys
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from interlayer.literature import Basis
from interlayer.literature.coating_laws import LAWS, Point, fit_law
from interlayer.literature.transfer import coatings, predictions, surroundings

COLOURS = {"K/σ": "#D55E00", "spreading": "#009E73", "K/σ ∥ bare": "#0072B2", "K/√σ": "#CC79A7"}
QUANTITIES = {
    "S0-61": "interface resistance",
    "S0-71": "IR drop",
    "S0-49": "CV separation",
    "S0-37": "capacity, 0.1C",
    "S0-45": "retention",
}


def coating_conductivity() -> Figure:
    """Return the figure: share of the film, laws of R over conductivity, predictions of LNTO-550."""
    basis = Basis()
    figure = Figure(figsize=(13.2, 4.1), dpi=150, layout="constrained")
    share, laws, predicted = figure.subplots(1, 3, width_ratios=[1.0, 1.35, 1.25])
    draw_share(share, basis)
    draw_laws(laws, basis)
    draw_predictions(predicted, basis)
    for axes in (share, laws, predicted):
        axes.spines[["top", "right"]].set_visible(False)
        axes.title.set_fontsize(10)
    return figure


def draw_share(axes, basis):
    """Draw measured resistance and t/sigma of the film on the particles, both in ohm of the cell."""
    cell = basis.cell("wang2020_lnto450")
    area = cell.cathode.true_area * cell.description.area.si
    points = coatings(basis)
    film = [p.thickness * 1e-9 / (p.conductivity * 100.0) / area for p in points]
    place = np.arange(len(points))
    axes.bar(place - 0.19, [p.resistance for p in points], 0.36, color="0.35", label="measured")
    axes.bar(place + 0.19, film, 0.36, color="#56B4E9", label="through the film, t/σ")
    for x, p, own in zip(place, points, film, strict=True):
        axes.text(x + 0.19, own * 1.3, f"{own / p.resistance:.0e}", ha="center", va="bottom", fontsize=8)
    axes.set_yscale("log")
    axes.set_ylim(1e-4, 1e4)
    axes.set_xticks(place, [f"LNTO-{p.label}" for p in points])
    axes.set_ylabel("resistance / Ω")
    axes.set_title("the film itself carries 1e-5", loc="left")
    axes.legend(frameon=False, fontsize=8, loc="upper left")


def draw_laws(axes, basis):
    """Draw the laws that two coatings fix, and all points."""
    about, points = surroundings(basis), coatings(basis)
    sigma = np.geomspace(1.5e-6, 8e-5, 80)
    for law in LAWS:
        if law.name in COLOURS:
            fitted = fit_law(law, points[:2], about)
            line = [fitted(Point("", float(s), points[0].thickness, 1.0)) for s in sigma]
            axes.loglog(sigma * 1e6, line, color=COLOURS[law.name], lw=1.8, label=law.name)
    axes.axhline(about.bare_resistance, color="0.6", lw=1.0, ls="--")
    axes.text(95, about.bare_resistance * 1.06, "bare, of the sister paper", fontsize=8, color="0.4", ha="right")
    for p, filled in zip(points, (True, True, False), strict=True):
        face = "0.1" if filled else "white"
        axes.plot(p.conductivity * 1e6, p.resistance, "o", ms=8, mfc=face, mec="0.1", mew=1.6, zorder=5)
        axes.annotate(
            p.label, (p.conductivity * 1e6, p.resistance), xytext=(-30, -14), textcoords="offset points", fontsize=9
        )
    other = basis.number("S2-17")
    axes.plot(basis.number("S0-21"), other, "s", ms=7, mfc="white", mec="0.45", mew=1.4, zorder=5)
    axes.annotate("450, sister\npaper", (basis.number("S0-21"), other), xytext=(9, 3), textcoords="offset points",
                  fontsize=8, color="0.4")  # fmt: skip
    axes.set_xlim(1.4, 100.0)
    axes.set_ylim(60, 4500)
    axes.set_xticks([2, 5, 10, 20, 50], ["2", "5", "10", "20", "50"])
    axes.set_xticks([], minor=True)
    axes.set_yticks([100, 200, 500, 1000, 2000], ["100", "200", "500", "1000", "2000"])
    axes.set_yticks([], minor=True)
    axes.set_xlabel("conductivity of the coating's pellet / µS cm⁻¹")
    axes.set_ylabel("interface resistance / Ω")
    axes.set_title("fitted to 350 and 450 (filled), 550 left out", loc="left")
    axes.legend(frameon=False, fontsize=8, loc="lower left")


def draw_predictions(axes, basis):
    """Draw predicted over reported of LNTO-550, from conductivity alone and from the measured resistance."""
    found = predictions("000", basis=basis)
    routes = {"conductivity alone": "#D55E00", "measured resistance, then a line": "#0072B2"}
    for number, claim in enumerate(QUANTITIES):
        for shift, (route, colour) in zip((-0.13, 0.13), routes.items(), strict=True):
            for one in found:
                line = "loss" not in one.route
                if one.claim == claim and one.route.startswith(route) and line:
                    low, middle, high = (value / one.reported for value in (one.low_95, one.value, one.high_95))
                    y = len(QUANTITIES) - 1 - number - shift
                    axes.plot([low, high], [y, y], "-", color=colour, lw=2.2, solid_capstyle="butt")
                    axes.plot(middle, y, "o", color=colour, ms=6)
    axes.axvline(1.0, color="0.3", lw=1.0)
    axes.set_yticks(range(len(QUANTITIES)), list(QUANTITIES.values())[::-1])
    axes.set_xlim(-0.1, 5.5)
    axes.set_xlabel("predicted over reported, 95 %")
    axes.set_title("LNTO-550 from the other two", loc="left")
    for y, (route, colour) in zip((0.42, 0.34), routes.items(), strict=True):
        axes.text(0.98, y, f"from {route.split(',')[0]}", color=colour, fontsize=9, ha="right", va="top",
                  transform=axes.transAxes)  # fmt: skip


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).with_suffix(".png")
    coating_conductivity().savefig(target, dpi=110, metadata={"Software": None})
    print(f"wrote {target.name}")
