"""Figures of a calibration: each record with the fit and its residuals, the profiles, the correlations."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from interlayer.calibration.observations import FadeObservation, Observation, SpectrumObservation

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from interlayer.calibration.result import Fit

Array = NDArray[np.float64]

_DATA, _FIT = "0.45", "#0072B2"


def draw(fit: "Fit") -> "dict[str, Figure]":
    """Return figures by name: ``records``, ``profiles``, ``correlation``."""
    return {"records": _records(fit), "profiles": _profiles(fit), "correlation": _correlation(fit)}


def _records(fit: "Fit") -> "Figure":
    from matplotlib.figure import Figure

    observations = fit.problem.observations
    columns = min(len(observations), 3)
    rows = -(-len(observations) // columns)
    figure = Figure(figsize=(4.2 * columns, 4.2 * rows), dpi=150, layout="constrained")
    grid = figure.add_gridspec(2 * rows, columns, height_ratios=[3.0, 1.0] * rows)
    predicted = fit.problem.adjusted(fit.optimum)
    for number, (one, ours) in enumerate(zip(observations, predicted, strict=True)):
        row, column = divmod(number, columns)
        above, below = figure.add_subplot(grid[2 * row, column]), figure.add_subplot(grid[2 * row + 1, column])
        _record(above, below, one, ours, fit.problem.scales[number])
        above.set_title(one.label, fontsize=9, loc="left")
        for axes in (above, below):
            axes.grid(alpha=0.25)
            axes.spines[["top", "right"]].set_visible(False)
        below.axhline(0.0, color="0.3", lw=0.8)
    return figure


def _record(above: "Axes", below: "Axes", one: Observation, ours: Array, scale: Array) -> None:
    residual = (one.measured - ours) / one.spread(scale)
    below.set_ylabel("residual / σ", fontsize=8)
    if isinstance(one, SpectrumObservation):
        n = len(one.frequency)
        above.plot(one.measured[:n], -one.measured[n:], "o", ms=3, color=_DATA, mfc="none", label="measured")
        above.plot(ours[:n], -ours[n:], "-", color=_FIT, lw=1.4, label="fitted")
        above.set_xlabel("Re Z / Ω")
        above.set_ylabel("−Im Z / Ω")
        above.set_aspect("equal", adjustable="datalim")
        below.semilogx(one.frequency, residual[:n], ".", ms=3, color=_FIT, label="Re")
        below.semilogx(one.frequency, residual[n:], ".", ms=3, color="#D55E00", label="Im")
        below.legend(frameon=False, fontsize=7, ncols=2)
        below.set_xlabel("frequency / Hz")
    elif isinstance(one, FadeObservation):
        n = len(one.discharges)
        cycles = np.arange(1, n + 1)
        above.plot(cycles, one.measured[:n] / 3.6, "o", ms=3, color=_DATA, mfc="none", label="measured")
        above.plot(cycles, ours[:n] / 3.6, "-", color=_FIT, lw=1.4, label="fitted")
        above.set_ylabel("discharge capacity / mAh")
        below.plot(cycles, residual[:n], ".", ms=3, color=_FIT)
        below.set_xlabel("cycle")
    else:
        _series(above, below, one, ours, residual)
    above.legend(frameon=False, fontsize=8)


def _series(above: "Axes", below: "Axes", one: Observation, ours: Array, residual: Array) -> None:
    """Draw the steps of a time series one after the other, in hours."""
    start, first = 0.0, 0
    parts = one.parts  # type: ignore[union-attr]
    currents = any(part.observed == "current" for part in parts)
    for number, part in enumerate(parts):
        rows = slice(first, first + len(part.time))
        hours = (start + part.time) / 3600.0
        shown = not currents or part.observed == "current"
        if shown:
            unit = 1e3 if part.observed == "current" else 1.0
            above.plot(
                hours, one.measured[rows] * unit, ".", ms=2.5, color=_DATA, label="measured" if number == 0 else None
            )
            above.plot(hours, ours[rows] * unit, "-", color=_FIT, lw=1.3, label="fitted" if number == 0 else None)
        below.plot(hours, residual[rows], ".", ms=2, color=_FIT)
        start, first = start + float(part.time[-1]), rows.stop
    above.set_ylabel("current / mA" if currents else "voltage / V")
    below.set_xlabel("time / h")


def _profiles(fit: "Fit") -> "Figure":
    from matplotlib.figure import Figure

    columns = min(len(fit.profiles), 3)
    rows = -(-len(fit.profiles) // columns)
    figure = Figure(figsize=(3.6 * columns, 2.9 * rows), dpi=150, layout="constrained")
    panels = figure.subplots(rows, columns, squeeze=False).ravel()
    for axes, profile, parameter in zip(panels, fit.profiles, fit.parameters, strict=False):
        _parabola(axes, np.array(profile.value), np.array(profile.rise), parameter.value)
        axes.axhline(profile.threshold, color="#D55E00", lw=1.0, ls="--")
        axes.axvline(parameter.value, color="0.4", lw=0.8)
        axes.set_ylim(-0.1 * profile.threshold, 2.2 * profile.threshold)
        inside = [v for v, rise in zip(profile.value, profile.rise, strict=True) if rise <= 4.0 * profile.threshold]
        ends = [end for end in (parameter.low_95, parameter.high_95) if end is not None]
        low, high = min(inside + ends), max(inside + ends)
        if high > low:
            axes.set_xlim(low - 0.15 * (high - low), high + 0.15 * (high - low))
        if parameter.logarithmic and high > 20.0 * low > 0.0:
            axes.set_xscale("log")
            axes.set_xlim(low / 1.5, high * 1.5)
        name = profile.key.split(".")[-1].replace("_", " ")
        axes.set_xlabel(f"{name} / {parameter.unit}" if parameter.unit else name, fontsize=8)
        axes.tick_params(labelsize=7)
        axes.grid(alpha=0.25)
        axes.spines[["top", "right"]].set_visible(False)
    for row in range(rows):
        panels[row * columns].set_ylabel("rise of χ²", fontsize=8)
    for axes in panels[len(fit.profiles) :]:
        axes.set_visible(False)
    panels[0].annotate(
        "95 %", (0.98, fit.profiles[0].threshold), xycoords=("axes fraction", "data"), fontsize=7, color="#D55E00",
        ha="right", va="bottom",
    )  # fmt: skip
    return figure


def _parabola(axes: "Axes", value: Array, rise: Array, best: float) -> None:
    """Draw a profile's points and a smooth line through them: the signed root of the rise is nearly straight."""
    from scipy.interpolate import PchipInterpolator

    axes.plot(value, rise, "o", ms=3.5, color=_FIT)
    at, kept = np.unique(value, return_index=True)
    if len(at) > 2:
        root = np.sign(at - best) * np.sqrt(np.maximum(rise[kept], 0.0))
        line = np.linspace(at[0], at[-1], 200)
        axes.plot(line, PchipInterpolator(at, root)(line) ** 2, "-", lw=1.2, color=_FIT)


def _correlation(fit: "Fit") -> "Figure":
    from matplotlib.figure import Figure

    names = [one.key for one in fit.parameters]
    size = 1.8 + 0.75 * len(names)
    figure = Figure(figsize=(size + 1.2, size), dpi=150, layout="constrained")
    axes = figure.subplots()
    table = np.array(fit.correlation)
    image = axes.imshow(table, vmin=-1.0, vmax=1.0, cmap="RdBu_r")
    for (i, j), value in np.ndenumerate(table):
        axes.text(
            j, i, f"{value:+.2f}", ha="center", va="center", fontsize=7, color="white" if abs(value) > 0.6 else "0.2"
        )
    axes.set_xticks(range(len(names)), names, rotation=40, ha="right", fontsize=7)
    axes.set_yticks(range(len(names)), names, fontsize=7)
    figure.colorbar(image, ax=axes, label="correlation", shrink=0.8)
    return figure
