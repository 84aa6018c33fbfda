"""Figures of a titration."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_FIT, _FORMULA, _DATA = "#0072B2", "#D55E00", "#555555"
Details = Mapping[str, Any]


def draw_titration(details: Details) -> "Figure":
    """Return the voltage over time and the voltage at rest before each pulse."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6.4, 4.0), layout="constrained")
    axes = figure.subplots()
    time = np.array(details["time_second"]) / 3600.0
    axes.plot(time, details["voltage_volt"], color=_DATA, lw=0.8)
    axes.set_xlabel("time / h")
    axes.set_ylabel("cell voltage / V")
    _plain(axes)
    return figure


def draw_diffusivity(details: Details) -> "Figure":
    """Return the diffusivities of all pulses over the voltage at rest, and the resistance beneath."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6.4, 5.6), layout="constrained")
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=(2, 1))
    rows, suffix = details["pulses"], details["diffusivity_key"]
    voltage = np.array([row["voltage_before_volt"] for row in rows])
    charging = np.array([row["current_ampere"] > 0.0 for row in rows])
    for key, colour, label in (("fit", _FIT, "full fit"), ("formula", _FORMULA, "formula")):
        values = np.array([row[f"diffusivity_{key}_{suffix}"] or np.nan for row in rows], dtype=float)
        sigma = np.array([row["diffusivity_fit_relative_sigma"] or 0.0 for row in rows]) * values
        for side, marker in ((charging, "o"), (~charging, "s")):
            if side.any():
                way = "charge" if marker == "o" else "discharge"
                axes_sigma = sigma[side] if key == "fit" else None
                above.errorbar(
                    voltage[side], values[side], yerr=axes_sigma, fmt=marker, ms=4, color=colour, capsize=2, lw=0.8,
                    mfc=colour if key == "fit" else "white", label=f"{label}, {way}",
                )  # fmt: skip
    above.set_yscale("log")
    above.set_ylabel("D / cm² s⁻¹" if suffix == "cm2_per_s" else "D/L² / s⁻¹")
    above.legend(frameon=False, fontsize=8)
    below.plot(voltage, [row["resistance_ohm"] for row in rows], "o", ms=3.5, color=_DATA)
    below.set_ylabel("resistance / Ω")
    below.set_xlabel("voltage at rest / V")
    for axes in (above, below):
        _plain(axes)
    return figure


def draw_pulse(details: Details) -> "Figure":
    """Return the middle pulse and its rest, measured and fitted."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6.4, 4.0), layout="constrained")
    axes = figure.subplots()
    curve = details["middle_pulse"]
    time = np.array(curve["time_second"]) / 60.0
    axes.plot(time, curve["voltage_volt"], "o", ms=3, mfc="white", color=_DATA, label="data, thinned")
    axes.plot(time, curve["fitted_volt"], "-", color=_FIT, lw=1.2, label="diffusion of finite length")
    axes.set_xlabel("time since the pulse began / min")
    axes.set_ylabel("cell voltage / V")
    axes.legend(frameon=False, fontsize=8)
    _plain(axes)
    return figure


def _plain(axes: "Axes") -> None:
    axes.grid(alpha=0.25)
    axes.set_axisbelow(True)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
