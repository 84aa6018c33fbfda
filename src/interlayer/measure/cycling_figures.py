"""Figures of cycling."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_CHARGE, _DISCHARGE, _EFFICIENCY = "#D55E00", "#0072B2", "#009E73"


def draw_capacity(details: Mapping[str, Any]) -> "Figure":
    """Return charge and discharge capacity with the best fade law, and the coulombic efficiency on the right."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6.4, 4.2), layout="constrained")
    axes = figure.subplots()
    unit = details["unit"]
    key = unit.replace("/", "_per_")
    cycle = np.array(details["cycle"])
    axes.plot(cycle, details[f"charge_{key}"], "^", ms=4, mfc="white", color=_CHARGE, label="charge")
    axes.plot(cycle, details[f"discharge_{key}"], "o", ms=4, color=_DISCHARGE, label="discharge")
    if details["fade_laws"]:
        law = details["fade_laws"][0]
        axes.plot(law["cycle"], law["fitted"], "-", lw=1.0, color="0.2", label=f"{law['law']} fade")
    axes.set_ylim(bottom=0.0)
    axes.set_xlabel("cycle")
    axes.set_ylabel(f"capacity / {unit.replace('/g', ' g⁻¹')}")
    right = axes.twinx()
    efficiency = np.array([np.nan if value is None else value for value in details["coulombic_efficiency_percent"]])
    right.plot(cycle, efficiency, "s", ms=3, color=_EFFICIENCY, label="efficiency")
    if np.any(np.isfinite(efficiency)):
        right.set_ylim(min(90.0, float(np.nanmin(efficiency)) - 1.0), max(100.5, float(np.nanmax(efficiency)) + 0.5))
    right.set_ylabel("coulombic efficiency / %", color=_EFFICIENCY)
    right.spines["top"].set_visible(False)
    handles, labels = axes.get_legend_handles_labels()
    more, names = right.get_legend_handles_labels()
    axes.legend(handles + more, labels + names, frameon=False, fontsize=8, loc="lower left")
    _plain(axes)
    return figure


def draw_rates(details: Mapping[str, Any]) -> "Figure":
    """Return each discharge capacity over its current, with the means joined."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6.4, 4.2), layout="constrained")
    axes = figure.subplots()
    rates = details["rates"]
    currents = np.array([row["current_ampere"] for row in rates]) * 1e3
    for current, row in zip(currents, rates, strict=True):
        axes.plot([current] * len(row["capacity"]), row["capacity"], "o", ms=4, mfc="white", color=_DISCHARGE)
    axes.plot(currents, [np.mean(row["capacity"]) for row in rates], "-", lw=1.0, color=_DISCHARGE)
    axes.set_xscale("log")
    axes.set_ylim(bottom=0.0)
    axes.set_xlabel("discharge current / mA")
    axes.set_ylabel(f"capacity / {details['unit'].replace('/g', ' g⁻¹')}")
    _plain(axes)
    return figure


def _plain(axes: "Axes") -> None:
    axes.grid(alpha=0.25)
    axes.set_axisbelow(True)
    axes.spines["top"].set_visible(False)
