"""Draws the README's picture: the four answers about the coated cell of Wang et al. 2020.

python docs/overview.py [FILE]
"""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import interlayer as il
from interlayer.writing import save_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BLUE, ORANGE, GREEN, PINK, GREY = "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#8c8c8c"
CELL = "wang2020_lnto450"
SOLID = {"wu2016_llzo": ("LLZO", ORANGE), "wu2016_latp": ("LATP", PINK), "wu2016_lgps": ("LGPS", GREEN)}


def stability(axes: "Axes") -> None:
    """Draw the reaction energies of the contacts, with and without the coating."""
    pairs = [("NMC532", "LGPS", ORANGE), ("LNTO-450", "LGPS", BLUE), ("NMC532", "LNTO-450", BLUE)]
    for row, (a, b, colour) in enumerate(pairs):
        energy = il.react(a, b).reaction_energy_eV_per_atom * 1000
        axes.barh(row, energy, color=colour, height=0.6)
        axes.annotate(
            f"{energy:.0f}".replace("-", "−"),
            (energy, row),
            xytext=(-4, 0),
            textcoords="offset points",
            ha="right",
            va="center",
        )
    axes.set_yticks(range(len(pairs)), [f"{a} |\n{b}" for a, b, _ in pairs])
    axes.invert_yaxis()
    axes.set_xlim(-480, 0)
    axes.set_xlabel("reaction energy / meV per atom")
    axes.set_title("Stable? Bare (orange) and coated (blue)")


def resistance(axes: "Axes") -> None:
    """Draw the budget of the cell's resistance on a logarithmic axis."""
    budget = il.resistance(CELL)
    terms = [term for term in budget.terms if term.area_specific_resistance_ohm_cm2]
    names = [f"{term.name}" + (" (the rest)" if term.how.startswith("inferred") else "") for term in terms]
    values = [term.area_specific_resistance_ohm_cm2 for term in terms]
    axes.barh(range(len(terms)), values, color=[GREEN, BLUE, BLUE, ORANGE][: len(terms)], height=0.6)
    for row, value in enumerate(values):
        axes.annotate(f"{value:.2g}", (value, row), xytext=(4, 0), textcoords="offset points", va="center")
    axes.set_xscale("log")
    axes.set_xlim(1e-4, 3e3)
    axes.set_yticks(range(len(terms)), [name.replace(", ", ",\n").replace(" through ", "\nthrough ") for name in names])
    axes.invert_yaxis()
    axes.set_xlabel("resistance per electrode area / Ω cm²")
    axes.set_title(f"Resistive? The film is {budget.interface.explained_share:.0e} of its interface")


def delivery(axes: "Axes") -> None:
    """Draw the simulated discharges, and the reported capacities as points."""
    run = il.simulate(CELL)
    reported = {entry.rate: entry for entry in il.load_cell(CELL).description.reported if "discharge" in entry.quantity}
    discharges = [curve for curve in run.curves() if curve[0].startswith("Discharge")]
    for (step, capacity, voltage), colour in zip(discharges, (BLUE, ORANGE), strict=True):
        rate = step.split(" at ")[1].split(" ")[0]
        axes.plot(capacity, voltage, color=colour, label=f"{rate}, simulated")
        axes.plot(
            reported[rate].value.to("mAh/g"), 2.5 - 0.62, "v", color=colour, clip_on=False, label=f"{rate}, reported"
        )
    axes.set_xlabel("capacity / mAh per g of NMC532")
    axes.set_ylabel("cell voltage / V")
    axes.set_xlim(0, 215)
    axes.set_ylim(1.88, 3.8)
    axes.legend(frameon=False, fontsize=8)
    axes.set_title("Delivers? Resistance alone does not limit it")


def weight(axes: "Axes") -> None:
    """Draw specific energy against separator thickness, and where each electrolyte breaks even."""
    import numpy as np

    level = il.stack("wu2016_liion").specific_energy_Wh_per_kg
    thickness = np.linspace(5, 150, 30)
    for cell, (name, colour) in SOLID.items():
        energies = [
            il.stack(il.load_cell(cell, changes=[f"separator.thickness={t:g} um"])).specific_energy_Wh_per_kg
            for t in thickness
        ]
        even = il.stack(cell, reference="wu2016_liion").break_even_thickness_um.specific_energy
        axes.plot(thickness, energies, color=colour, label=name)
        axes.plot(even, level, "o", color=colour)
        axes.annotate(f"{even:.0f} µm", (even, level), xytext=(3, 6), textcoords="offset points", fontsize=8)
    axes.axhline(level, color=GREY, linestyle="--", linewidth=1)
    axes.annotate("lithium-ion", (2, level), xytext=(0, -14), textcoords="offset points", color=GREY)
    axes.set_xlim(0, 150)
    axes.set_xlabel("separator thickness / µm")
    axes.set_ylabel("specific energy / Wh per kg")
    axes.legend(frameon=False, fontsize=8)
    axes.set_title("Weighs? Break-even with a lithium-ion cell")


def overview() -> "Figure":
    """Return the figure of the four answers."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10.5, 6.6), layout="constrained")
    for draw, axes in zip((stability, resistance, delivery, weight), figure.subplots(2, 2).flat, strict=True):
        draw(axes)
        axes.title.set_fontsize(10)
        axes.title.set_fontweight("bold")
        for side in ("top", "right"):
            axes.spines[side].set_visible(False)
    return figure


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).with_suffix(".png")
    print(save_figure(overview(), target, dots_per_inch=130))
