"""Section 3 of Wu et al., J. Mater. Chem. A 4 (2016) 15266, recomputed: its 17 numbers, and its Figs. 3b to 3f.

    python wu2016_section3.py [FOLDER]

prints what the section states beside what the stack model gives for the example cells wu2016_liion, _llzo, _latp and
_lgps, and draws the figures into FOLDER (default: wu2016-figures). Circles in the figures are the stated numbers.
"""

import sys
from pathlib import Path

from matplotlib.figure import Figure

from interlayer.cell import changed_cell, load_cell
from interlayer.energy import Axis, stack, sweep_stack
from interlayer.energy.published import compare_with_stated, implied_reference_energy, stated_numbers
from interlayer.writing import save_figure

LIION = "wu2016_liion"
ELECTROLYTES = {
    "wu2016_llzo": ("Li₇La₃Zr₂O₁₂", "#D55E00"),
    "wu2016_latp": ("Li₁.₃Al₀.₃Ti₁.₇(PO₄)₃", "#009E73"),
    "wu2016_lgps": ("Li₁₀GeP₂S₁₂", "#0072B2"),
}
THICKNESSES = (10.0, 20.0, 50.0, 100.0, 150.0)  # um
SHADES = ("#08306B", "#4FA3D1", "#F0A860", "#D9662B", "#8C2D04")
ENERGIES = {
    "specific_energy_Wh_per_kg": "specific energy / Wh kg⁻¹",
    "energy_density_Wh_per_L": "energy density / Wh L⁻¹",
}
COLOURS = ("#0072B2", "#D55E00")
MODIFIED = ["collectors.anode=", "collectors.cathode.thickness=5 um"]


def steps(start, stop, count):
    return tuple(start + (stop - start) * i / (count - 1) for i in range(count))


LOADINGS = Axis("cathode.loading", steps(1.0, 50.0, 50), "mg/cm2")


def print_table():
    print("Section 3 of Wu et al. 2016: stated and computed\n")
    print(f"{'':56}{'stated':>8}{'computed':>10}{'off':>9}  inside printed rounding")
    rows = compare_with_stated()
    for row in rows:
        verdict = "yes" if row.inside_rounding else "no, not reachable" if row.unreachable else "no"
        numbers = f"{row.stated:8.0f}{row.computed:10.2f}{row.deviation_percent:+8.1f}%"
        print(f"{f'{row.name} / {row.unit}':56}{numbers}  {verdict}")
    print(f"\n{sum(row.inside_rounding for row in rows)} of {len(rows)} inside printed rounding.")
    print("\nNot reachable together with the others:")
    for row in rows:
        if row.unreachable:
            print(f"  {row.stated:.0f} {row.unit} ({row.claim}): {row.unreachable}")
    print(
        "\nWhat the Li-ion cell would have to hold for each stated break-even thickness of LLZO, within its rounding:"
    )
    for claim, loading in (("S1-47", 10.0), ("S1-39", 19.5), ("S1-48", 50.0)):
        number = next(n for n in stated_numbers() if n.claim == claim)
        lowest, highest = (
            implied_reference_energy("wu2016_llzo", [f"cathode.loading={loading} mg/cm2"], number.value + off)
            for off in (number.half_digit, -number.half_digit)
        )
        print(f"  {loading:4.1f} mg/cm2, {number.value:3.0f} um: {lowest:.1f} to {highest:.1f} Wh/kg")
    print(f"  the cell as described: {stack(LIION).specific_energy_Wh_per_kg:.1f} Wh/kg; the section states 264")


def draw_figures(folder):
    stated = {number.claim: number.value for number in stated_numbers()}
    figures = {
        "fig3b.png": energies_over_thickness(stated),
        "fig3c.png": break_even_over_loading(stated),
        "fig3d.png": energy_over_loading("specific_energy_Wh_per_kg", []),
        "fig3e.png": energy_over_loading("energy_density_Wh_per_L", [(stated["S1-54"], stated["S1-35"])]),
        "fig3f.png": collector_gain(stated),
    }
    for name, figure in figures.items():
        save_figure(figure, folder / name)
    print(f"\nFigures 3b to 3f are in {folder}.")


def energies_over_thickness(stated):
    """Fig. 3b: both energies over the separator's thickness, three electrolytes, 19.5 mg/cm2."""
    figure, panels = panel(2)
    axis = Axis("separator.thickness", (0.1, *steps(2.0, 150.0, 75)), "um")
    liion = stack(LIION)
    for cell, (name, colour) in ELECTROLYTES.items():
        table = sweep_stack(cell, axis)
        for axes, energy in zip(panels, ENERGIES, strict=True):
            style = {"lw": 2.0, "ls": "-"}
            if (
                energy == "energy_density_Wh_per_L"
            ):  # the three coincide: the cathodes hold equal volumes of electrolyte
                style = {"wu2016_llzo": {"lw": 5.0, "alpha": 0.35}, "wu2016_latp": {"lw": 2.4}}.get(
                    cell, {"lw": 1.6, "ls": ":"}
                )
            axes.plot(table.column(axis.column), table.column(energy), color=colour, label=name, **style)
    reference_line(panels[0], liion.specific_energy_Wh_per_kg, "Li-ion cell", at=2.0, below=True)
    reference_line(panels[1], liion.energy_density_Wh_per_L, "Li-ion cell", at=2.0, below=True)
    level = stated["S1-34"]
    for claim, cell in (("S1-39", "wu2016_llzo"), ("S1-40", "wu2016_latp"), ("S1-41", "wu2016_lgps")):
        point(panels[0], stated[claim], level, ELECTROLYTES[cell][1])
    for claim, cell in (("S1-44", "wu2016_llzo"), ("S1-45", "wu2016_lgps")):
        point(panels[0], stated[claim], 1.5 * level, ELECTROLYTES[cell][1])
    point(panels[1], stated["S1-42"], stated["S1-35"], "black")
    for axes, label in zip(panels, ENERGIES.values(), strict=True):
        finish(axes, "separator thickness / µm", label, right=150.0)
    panels[0].legend(frameon=False, fontsize=9, loc="upper right")
    panels[0].text(28, 1.5 * level, "50 % more", va="bottom", fontsize=8, color="0.3")
    panels[1].text(30, 1150, "the same for all three", fontsize=8, color="0.3")
    return figure


def break_even_over_loading(stated):
    """Fig. 3c: the break-even thickness over the active loading."""
    figure, (axes,) = panel(1)
    for cell, (name, colour) in ELECTROLYTES.items():
        table = sweep_stack(cell, LOADINGS, reference=LIION)
        axes.plot(
            table.column(LOADINGS.column),
            table.column("break_even_thickness_um.specific_energy"),
            color=colour,
            lw=2.0,
            label=f"equal Wh kg⁻¹, {name}",
        )
    equal = table.column("break_even_thickness_um.energy_density")  # the same whatever the electrolyte
    axes.plot(table.column(LOADINGS.column), equal, color="black", lw=1.6, ls="--", label="equal Wh L⁻¹, all three")
    for claim, loading in (("S1-47", 10.0), ("S1-39", 19.5), ("S1-48", 50.0)):
        point(axes, loading, stated[claim], ELECTROLYTES["wu2016_llzo"][1])
    point(axes, 19.5, stated["S1-40"], ELECTROLYTES["wu2016_latp"][1])
    point(axes, 19.5, stated["S1-41"], ELECTROLYTES["wu2016_lgps"][1])
    point(axes, 19.5, stated["S1-42"], "black")
    point(axes, stated["S1-54"], 100.0, "black")
    finish(axes, "active loading / mg cm⁻²", "break-even separator thickness / µm", right=52.0)
    axes.legend(frameon=False, fontsize=9, loc="upper left")
    return figure


def energy_over_loading(energy, stated_points):
    """Figs. 3d and 3e: one energy over the active loading for several thicknesses of LLZO."""
    figure, (axes,) = panel(1)
    table = sweep_stack("wu2016_llzo", [Axis("separator.thickness", THICKNESSES, "um"), LOADINGS], reference=LIION)
    loading, value = table.column(LOADINGS.column), table.column(energy)
    count = len(LOADINGS.values)
    for i, (thickness, colour) in enumerate(zip(THICKNESSES, SHADES, strict=True)):
        rows = slice(i * count, (i + 1) * count)
        axes.plot(loading[rows], value[rows], color=colour, lw=2.0)
        axes.annotate(
            f"{thickness:g} µm", (loading[rows][-1], value[rows][-1]), xytext=(5, 0), textcoords="offset points",
            va="center", fontsize=9, color=colour,
        )  # fmt: skip
    reference_line(axes, table.reference_values[energy], "Li-ion cell", at=27.0, below=True)
    for x, y in stated_points:
        point(axes, x, y, SHADES[THICKNESSES.index(100.0)])
    finish(axes, "active loading / mg cm⁻²", ENERGIES[energy], right=57.0)
    axes.set_title("separator of Li₇La₃Zr₂O₁₂", fontsize=9, loc="left")
    return figure


def collector_gain(stated):
    """Fig. 3f: both energies with whole collectors, and without copper and with half the aluminium; 20 um of LLZO."""
    figure, panels = panel(3)
    whole = load_cell("wu2016_llzo")
    before, after = sweep_stack(whole, LOADINGS), sweep_stack(changed_cell(whole, MODIFIED), LOADINGS)
    x, gains = before.column(LOADINGS.column), panels[2]
    claims = (("S1-56", "S1-57"), ("S1-58", "S1-59"))
    for axes, (energy, label), colour, pair in zip(panels[:2], ENERGIES.items(), COLOURS, claims, strict=True):
        old, new = before.column(energy), after.column(energy)
        axes.plot(x, new, color=colour, lw=2.0, label="no Cu, 5 µm Al")
        axes.plot(x, old, color=colour, lw=1.8, ls="--", label="5 µm Cu, 10 µm Al")
        axes.legend(frameon=False, fontsize=9, loc="lower right")
        finish(axes, "active loading / mg cm⁻²", label, right=52.0)
        percent = [100 * (b / a - 1) for a, b in zip(old, new, strict=True)]
        gains.plot(x, percent, color=colour, lw=2.0, label=label.split(" / ")[0])
        for claim, loading in zip(pair, (1.0, 50.0), strict=True):
            point(gains, loading, stated[claim], colour)
    finish(gains, "active loading / mg cm⁻²", "gain / %", right=52.0)
    gains.legend(frameon=False, fontsize=9)
    return figure


def panel(count):
    figure = Figure(figsize=(4.6 * count + 0.6, 3.8), layout="constrained")
    return figure, figure.subplots(1, count, squeeze=False)[0]


def reference_line(axes, level, label, *, at, below=False):
    axes.axhline(level, color="0.3", lw=1.0, ls=(0, (4, 3)))
    place = {"xytext": (0, -3 if below else 3), "textcoords": "offset points", "va": "top" if below else "bottom"}
    axes.annotate(label, (at, level), fontsize=8, color="0.3", **place)


def point(axes, x, y, colour):
    axes.plot([x], [y], "o", ms=7, mfc="white", mec=colour, mew=1.8, zorder=5, clip_on=False)


def finish(axes, across, up, *, right):
    axes.set_xlabel(across)
    axes.set_ylabel(up)
    axes.set_xlim(0, right)
    axes.set_ylim(bottom=0)
    axes.grid(alpha=0.25)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)


if __name__ == "__main__":
    print_table()
    draw_figures(Path(sys.argv[1] if len(sys.argv) > 1 else "wu2016-figures"))
