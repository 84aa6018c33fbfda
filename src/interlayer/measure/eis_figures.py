"""Figures of impedance: Nyquist with equal axes and -Im up, Bode with residuals, relaxation times on log axes."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_COLOURS: Final = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#000000")
_SUPERSCRIPTS: Final = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
Rows = Sequence[Mapping[str, Any]]


def draw_nyquist(rows: Rows) -> "Figure":
    """Return -Im Z over Re Z, both on the same scale, with a filled point and a label at each decade of frequency."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6.4, 4.6), layout="constrained")
    axes = figure.subplots()
    factor, unit = _scaled(np.concatenate([np.abs(row["real_impedance_ohm"]) for row in rows]))
    for number, row in enumerate(rows):
        colour = _COLOURS[number % len(_COLOURS)]
        frequency = np.array(row["frequency_hertz"])
        re, im = np.array(row["real_impedance_ohm"]) * factor, -np.array(row["imaginary_impedance_ohm"]) * factor
        label = f"{row['label']}" if len(rows) > 1 else "data"
        axes.plot(re, im, "o", ms=4, mfc="white", mec=colour, mew=1.0, label=label)
        fitted = -np.array(row["fitted_imaginary_impedance_ohm"]) * factor
        axes.plot(
            np.array(row["fitted_real_impedance_ohm"]) * factor, fitted, "-", color=colour, lw=1.2,
            label=row["circuit"] if number == 0 else None,
        )  # fmt: skip
        _mark_decades(axes, frequency, re, im, colour, labels=number == 0)
    axes.set_aspect("equal", adjustable="datalim")
    axes.set_xlabel(f"Re Z / {unit}")
    axes.set_ylabel(f"−Im Z / {unit}")
    axes.axhline(0.0, color="0.6", lw=0.6, zorder=0)
    _plain(axes)
    axes.legend(frameon=False, fontsize=8)
    return figure


def _mark_decades(axes: "Axes", frequency: Any, re: Any, im: Any, colour: str, *, labels: bool) -> None:
    powers = range(int(np.ceil(np.log10(frequency.min()))), int(np.floor(np.log10(frequency.max()))) + 1)
    span = max(np.ptp(re), np.ptp(im))
    last: tuple[float, float] | None = None
    for power in powers:
        nearest = int(np.argmin(np.abs(np.log10(frequency) - power)))
        axes.plot(re[nearest], im[nearest], "o", ms=4.5, color=colour)
        place = (re[nearest], im[nearest])
        # labels closer than this would lie on each other
        if labels and (last is None or np.hypot(place[0] - last[0], place[1] - last[1]) > 0.06 * span):
            text = f"10{str(power).translate(_SUPERSCRIPTS)} Hz"
            axes.annotate(text, place, xytext=(4, 5), textcoords="offset points", fontsize=7, color="0.3")
            last = place


def draw_bode(rows: Rows) -> "Figure":
    """Return |Z| and phase over frequency, and the residuals of the fit in per cent of |Z|."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6.4, 6.4), layout="constrained")
    size, phase, rest = figure.subplots(3, 1, sharex=True, height_ratios=(2, 2, 1.2))
    for number, row in enumerate(rows):
        colour = _COLOURS[number % len(_COLOURS)]
        frequency = np.array(row["frequency_hertz"])
        measured = np.array(row["real_impedance_ohm"]) + 1j * np.array(row["imaginary_impedance_ohm"])
        fitted = np.array(row["fitted_real_impedance_ohm"]) + 1j * np.array(row["fitted_imaginary_impedance_ohm"])
        residual = 100.0 * (fitted - measured) / np.abs(measured)
        size.loglog(frequency, np.abs(measured), "o", ms=3.5, mfc="white", mec=colour, label=row["label"])
        size.loglog(frequency, np.abs(fitted), "-", color=colour, lw=1.2)
        phase.semilogx(frequency, -np.degrees(np.angle(measured)), "o", ms=3.5, mfc="white", mec=colour)
        phase.semilogx(frequency, -np.degrees(np.angle(fitted)), "-", color=colour, lw=1.2)
        rest.semilogx(frequency, residual.real, ".-", lw=0.7, ms=4, color=colour, label="real" if not number else None)
        rest.semilogx(
            frequency, residual.imag, "x--", lw=0.7, ms=3.5, color=colour, label="imaginary" if not number else None
        )
    size.set_ylabel("|Z| / Ω")
    phase.set_ylabel("−phase / °")
    rest.set_ylabel("fit − data / %")
    rest.set_xlabel("frequency / Hz")
    rest.axhline(0.0, color="0.6", lw=0.6, zorder=0)
    rest.legend(frameon=False, fontsize=7, ncols=2)
    for axes in (size, phase, rest):
        _plain(axes)
    if len(rows) > 1:
        size.legend(frameon=False, fontsize=8)
    return figure


def draw_relaxation_times(rows: Rows) -> "Figure":
    """Return gamma over the time constant, both on log axes, with its spread and the peaks' resistances."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6.4, 4.2), layout="constrained")
    axes = figure.subplots()
    floor = max(max(row["gamma_ohm"], default=1.0) for row in rows) * 1e-4 or 1e-9
    for number, row in enumerate(rows):
        colour = _COLOURS[number % len(_COLOURS)]
        tau, gamma, sigma = (np.array(row[key]) for key in ("time_constant_s", "gamma_ohm", "gamma_sigma_ohm"))
        axes.loglog(tau, np.maximum(gamma, floor), "-", color=colour, lw=1.4, label=row["label"])
        axes.fill_between(
            tau, np.maximum(gamma - sigma, floor), np.maximum(gamma + sigma, floor), color=colour, alpha=0.2, lw=0
        )
        for peak in row["peaks"] if len(rows) == 1 else ():
            height = float(np.interp(np.log(peak["time_constant_s"]), np.log(tau), gamma))
            axes.annotate(
                f"{peak['resistance_ohm']:.3g} Ω", (peak["time_constant_s"], max(height, floor)), xytext=(0, 6),
                textcoords="offset points", ha="center", fontsize=8,
            )  # fmt: skip
    axes.set_ylim(bottom=floor, top=axes.get_ylim()[1] * 2.0)
    axes.set_xlabel("time constant / s")
    axes.set_ylabel("γ / Ω")
    _plain(axes)
    if len(rows) > 1:
        axes.legend(frameon=False, fontsize=8)
    return figure


def _scaled(values: Any) -> tuple[float, str]:
    largest = float(np.max(values)) if len(values) else 1.0
    for limit, factor, unit in ((1e6, 1e-6, "MΩ"), (1e3, 1e-3, "kΩ"), (1.0, 1.0, "Ω")):
        if largest >= limit:
            return factor, unit
    return 1e3, "mΩ"


def _plain(axes: "Axes") -> None:
    axes.grid(alpha=0.25)
    axes.set_axisbelow(True)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
