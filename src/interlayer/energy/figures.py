"""The figures of the stack model: where mass and thickness go, and both energies over a sweep."""

import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from interlayer.energy.results import StackLayer, StackResult
    from interlayer.energy.sweep import SweepTable

LAYER_COLOURS = {
    "cathode collector": "#BDBDBD",
    "cathode": "#0072B2",
    "separator": "#009E73",
    "anode": "#CC79A7",
    "anode collector": "#7A7A7A",
    "other": "#E3E3E3",
}
_SEPARATOR_COLOURS = ("#009E73", "#56B4A0", "#8FD1BF", "#00694C")
_ENERGIES = (
    ("specific_energy_Wh_per_kg", "specific energy / Wh kg⁻¹"),
    ("energy_density_Wh_per_L", "energy density / Wh L⁻¹"),
)
_MAX_LINES = 8


def stack_figure(result: "StackResult") -> "Figure":
    """Draw the shares of every layer in mass and in thickness as two bars, with the values in the legend."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7.2, 2.2 + 0.24 * len(result.layers)), layout="constrained")
    axes = figure.subplots()
    colours = _layer_colours(result.layers)
    for row, field in ((0, "mass_share"), (1, "thickness_share")):
        left = 0.0
        for layer, colour in zip(result.layers, colours, strict=True):
            share = 100.0 * getattr(layer, field)
            label = _layer_label(layer) if row == 0 else None
            axes.barh(row, share, left=left, height=0.62, color=colour, edgecolor="white", linewidth=0.8, label=label)
            if share >= 5.0:
                ink = "white" if _is_dark(colour) else "black"
                axes.text(left + share / 2, row, f"{share:.0f} %", ha="center", va="center", fontsize=9, color=ink)
            left += share
    axes.set_yticks(
        [0, 1], [f"mass\n{result.areal_mass_mg_per_cm2:.1f} mg cm⁻²", f"thickness\n{result.thickness_um:.0f} µm"]
    )
    axes.invert_yaxis()
    axes.set_xlim(0, 100)
    axes.set_xlabel("share of the cell / %")
    axes.set_title(
        f"{result.title or result.cell}: {result.specific_energy_Wh_per_kg:.0f} Wh kg⁻¹, "
        f"{result.energy_density_Wh_per_L:.0f} Wh L⁻¹",
        fontsize=10,
        loc="left",
    )
    axes.tick_params(axis="y", length=0)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    figure.legend(loc="outside lower left", fontsize=8.5, frameon=False, ncols=1, handlelength=1.0, handleheight=1.0)
    return figure


def _layer_colours(layers: "tuple[StackLayer, ...]") -> list[str]:
    separators = iter(_SEPARATOR_COLOURS * len(layers))
    return [next(separators) if layer.role == "separator" else LAYER_COLOURS[layer.role] for layer in layers]


def _layer_label(layer: "StackLayer") -> str:
    role = f"{layer.role}, {layer.name}" if layer.role != "other" else layer.name
    part = f", {layer.share:.2g} of it" if layer.share != 1.0 else ""
    return (
        f"{role}{part}: {layer.areal_mass_mg_per_cm2:.3g} mg cm⁻² ({100 * layer.mass_share:.1f} %), "
        f"{layer.thickness_um:.3g} µm ({100 * layer.thickness_share:.1f} %)"
    )


def _is_dark(colour: str) -> bool:
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return 0.299 * red + 0.587 * green + 0.114 * blue < 140


def sweep_figure(table: "SweepTable") -> "Figure":
    """Draw specific energy and energy density over one swept key; a second key is a family of lines or a map."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9.0, 3.5), layout="constrained")
    panels = figure.subplots(1, 2)
    second = sorted(set(table.column(table.columns[1]))) if len(table.keys) == 2 else []
    for axes, (name, label) in zip(panels, _ENERGIES, strict=True):
        axes.set_xlabel(axis_label(table.keys[0], table.units[0]))
        if len(second) > _MAX_LINES:
            _map(axes, table, name, label)
            continue
        draw_lines(axes, table, name, second)
        axes.set_ylabel(label)
        axes.set_ylim(bottom=0.0)
        axes.grid(alpha=0.25)
        if name in table.reference_values:
            axes.axhline(
                table.reference_values[name], color="black", linestyle="--", linewidth=1, label=table.reference
            )
        for side in ("top", "right"):
            axes.spines[side].set_visible(False)
    handles, labels = panels[0].get_legend_handles_labels()
    if len(second) <= _MAX_LINES and handles:
        title = axis_label(table.keys[1], table.units[1]) if second else None
        figure.legend(
            handles, labels, loc="outside right upper", title=title, fontsize=8, title_fontsize=8, frameon=False
        )
    figure.suptitle(table.cell, fontsize=10, x=0.01, ha="left")
    return figure


def draw_lines(axes: "Axes", table: "SweepTable", name: str, second: "list[float]") -> None:
    """Draw column `name` over the first key: one line, or one for each value of the second key."""
    from matplotlib import colormaps

    x, y = table.column(table.columns[0]), table.column(name)
    if not second:
        axes.plot(x, y, color=LAYER_COLOURS["cathode"], linewidth=1.8)
        return
    families = table.column(table.columns[1])
    shades = colormaps["viridis"]
    for place, value in enumerate(second):
        rows = [i for i, family in enumerate(families) if family == value]
        colour = shades(0.9 * place / max(len(second) - 1, 1))
        axes.plot([x[i] for i in rows], [y[i] for i in rows], color=colour, linewidth=1.8, label=f"{value:g}")


def _map(axes: "Axes", table: "SweepTable", name: str, label: str) -> None:
    import numpy as np

    rows = len(dict.fromkeys(table.column(table.columns[0])))
    x, y, z = (np.array(table.column(column)).reshape(rows, -1) for column in (*table.columns[:2], name))
    filled = axes.contourf(x, y, np.ma.masked_invalid(z), levels=14, cmap="viridis")
    axes.set_ylabel(axis_label(table.keys[1], table.units[1]))
    bar: Any = axes.figure.colorbar(filled, ax=axes)
    bar.set_label(label)
    level = table.reference_values.get(name)
    if level is not None and math.isfinite(level) and np.nanmin(z) < level < np.nanmax(z):
        line = axes.contour(x, y, np.ma.masked_invalid(z), levels=[level], colors="white", linestyles="--")
        axes.clabel(line, fmt={level: table.reference or ""}, fontsize=8)


def axis_label(key: str, unit: str) -> str:
    """Return a swept key and its unit as an axis label, ``cathode loading / mg cm⁻²``."""
    name = " ".join(part for part in key.replace("_", " ").split(".") if not part.isdigit())
    shown = {"mg/cm2": "mg cm⁻²", "um": "µm", "mAh/g": "mAh g⁻¹", "g/cm3": "g cm⁻³"}.get(unit, unit)
    return f"{name} / {shown}" if shown else name
