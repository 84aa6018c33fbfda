"""Wang et al. 2020, its figures drawn anew: lines are computed, markers are what the paper states."""

from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from interlayer.literature.basis import Basis
from interlayer.literature.study import PaperFigure
from interlayer.literature.wang2020_cells import (
    AMORPHOUS,
    CRYSTALLINE,
    LIMITS,
    PARTLY,
    SAMPLES,
    Sample,
    apparent_over_true,
    discharge_capacity,
    lasting_loss,
    line_in_resistance,
    rate_test,
    rates,
)
from interlayer.literature.wang2020_coating import barrier_difference_meV
from interlayer.literature.wang2020_cycling import CYCLES, ageing, compound_loss
from interlayer.literature.wang2020_impedance import CUT_OFFS, SCAN_RATE, finding, peaks, spectra
from interlayer.literature.wang2020_titration import pulse_rows, simulated_drop_mV, titration
from interlayer.simulation import SimulationResult

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Array = NDArray[np.float64]
COLOURS: Final = {350: "#0072B2", 450: "#009E73", 550: "#D55E00"}
GREY: Final = "0.45"
_MARKS: Final = {350: "s", 450: "o", 550: "^"}
_VOLTAGE: Final = "voltage vs Li$^+$/Li / V"
_CAPACITY: Final = "specific capacity / mAh g$^{-1}$"
_STATED: Final[dict[str, Any]] = {"ls": "none", "ms": 6.5, "mfc": "white", "mew": 1.6, "zorder": 5, "clip_on": False}


def _style(axes: "Axes") -> None:
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    axes.grid(alpha=0.2, lw=0.6)
    axes.tick_params(labelsize=9)


def _axes(width: float = 5.4, height: float = 3.9) -> "tuple[Figure, Axes]":
    figure, (axes,) = _panels(1, width, height)
    return figure, axes


def _panels(count: int, width: float = 9.6, height: float = 3.5, **shared: Any) -> "tuple[Figure, list[Axes]]":
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    found = list(np.atleast_1d(figure.subplots(1, count, **shared)))
    for axes in found:
        _style(axes)
    return figure, found


def _marker(sample: Sample) -> dict[str, Any]:
    return {"color": COLOURS[sample.temperature], "marker": _MARKS[sample.temperature], **_STATED}


def _curve(result: SimulationResult, number: int) -> tuple[Array, Array]:
    """Return specific capacity (mAh/g) and voltage against lithium of a step, counted from 1."""
    rows = result.data.step(number)
    capacity = rows.specific_capacity
    if capacity is None:
        raise ValueError(f"step {number} of {result.cell} knows no mass")  # the cells of this paper all do
    return np.asarray(capacity), np.asarray(rows.voltage) + (result.reference_potential_V or 0.0)


def _discharge(axes: "Axes", basis: Basis, sample: Sample, number: int, **line: Any) -> None:
    """Draw a simulated discharge, dotted where it lies beyond the capacity that the first cycle leaves."""
    capacity, voltage = _curve(rate_test(basis, sample), number)
    kept = capacity <= capacity[-1] - lasting_loss(basis, sample)
    axes.plot(capacity[kept], voltage[kept], **{"lw": 1.6, **line})
    axes.plot(capacity[~kept], voltage[~kept], ":", lw=1.1, color=line["color"])


def draw_first_cycles(basis: Basis) -> "Figure":
    """Draw the first charge and discharge of the three cells with the stated capacities at the limits."""
    figure, axes = _axes(5.8, 4.1)
    low, high = LIMITS
    for sample in SAMPLES:
        colour = COLOURS[sample.temperature]
        axes.plot(*_curve(rate_test(basis, sample), 1), color=colour, lw=1.6, label=f"{sample.label}, computed")
        _discharge(axes, basis, sample, 2, color=colour, ls="--")
        given = basis.number(sample.capacity)
        taken = 100.0 * given / basis.number(sample.efficiency)
        axes.plot([taken, given], [high, low], label=f"{sample.label}, stated", **_marker(sample))
    axes.set(xlabel=_CAPACITY, ylabel=_VOLTAGE, xlim=(0, 205), ylim=(2.4, 4.5))
    axes.legend(
        frameon=False, fontsize=8, loc="lower left", bbox_to_anchor=(0.0, 0.04), alignment="left", title_fontsize=8,
        title="full: charge, dashed: discharge,\ndotted: beyond the first-cycle loss",
    )  # fmt: skip
    return figure


def draw_retention(basis: Basis) -> "Figure":
    """Draw the retention through 200 cycles: ageing cells, the stated end, and the line over the resistance."""
    figure, axes = _axes(5.8, 4.1)
    number = np.arange(0, CYCLES + 1)
    for sample in SAMPLES:
        colour = COLOURS[sample.temperature]
        cycles = ageing(basis, sample).cycles
        axes.plot(
            [one.cycle for one in cycles], [100.0 * (one.retention or np.nan) for one in cycles], color=colour, lw=1.5,
            label=f"{sample.label}, ageing cell",
        )  # fmt: skip
        stated = basis.number(sample.retention)
        axes.plot(number, 100.0 * (1.0 - compound_loss(stated) / 100.0) ** number, "--", color=colour, lw=1.1)
        axes.plot(CYCLES, stated, label=f"{sample.label}, stated", **_marker(sample))
        line = line_in_resistance(basis, sample, lambda one: one.retention)
        axes.plot(CYCLES + 9, line, "D", color=colour, ms=4.5, label=f"{sample.label}, line over $R_{{int}}$")
    axes.set(xlabel="cycle number", ylabel="capacity retention / %", xlim=(0, CYCLES + 12), ylim=(0, 104))
    axes.legend(
        frameon=False, fontsize=8, loc="lower left", alignment="left", title_fontsize=8,
        title="dashed: compound fade to the stated end",
    )  # fmt: skip
    return figure


def draw_voltammograms(basis: Basis) -> "Figure":
    """Draw the last simulated cycle of voltammetry of each cell with the stated separation of the peaks."""
    figure, panels = _panels(3, sharey=True)
    for axes, sample in zip(panels, SAMPLES, strict=True):
        colour, found = COLOURS[sample.temperature], peaks(basis, sample)
        reference = rate_test(basis, sample).reference_potential_V or 0.0
        for sweep in found.details["sweeps"][-2:]:
            volts = np.array(sweep["voltage_volt"]) + reference
            axes.plot(volts, 1e3 * np.array(sweep["current_ampere"]), color=colour, lw=1.5)
        up, down = (finding(found, f"{side}_peak_voltage") + reference for side in ("anodic", "cathodic"))
        stated = basis.number(sample.separation)
        middle = 0.5 * (up + down)
        for height, width, shade, text in (
            (1.15, up - down, colour, f"computed {up - down:.2f} V"),
            (1.48, stated, "black", f"stated {stated:.2f} V"),
        ):
            ends = middle + 0.5 * width, middle - 0.5 * width
            arrow = {"arrowstyle": "<->", "color": shade, "lw": 1.3, "shrinkA": 0.0, "shrinkB": 0.0}
            axes.annotate("", (ends[0], height), (ends[1], height), arrowprops=arrow)
            axes.text(middle, height + 0.05, text, color=shade, fontsize=8, ha="center", va="bottom")
        axes.axhline(0.0, color=GREY, lw=0.6)
        axes.set(xlabel=_VOLTAGE, xlim=LIMITS, ylim=(-1.15, 1.8))
        axes.set_title(sample.label, fontsize=10, loc="left")
    panels[0].set_ylabel("current / mA")
    return figure


def draw_rates(basis: Basis) -> "Figure":
    """Draw the discharge capacity of the three cells over the rate, simulated and stated."""
    figure, axes = _axes(5.8, 3.9)
    tested = rates(basis)
    for sample in SAMPLES:
        computed = [discharge_capacity(basis, sample, rate) for rate in tested]
        axes.plot(tested, computed, ".-", color=COLOURS[sample.temperature], lw=1.6, label=f"{sample.label}, computed")
        axes.plot(min(tested), basis.number(sample.capacity), label=f"{sample.label}, stated", **_marker(sample))
    for sample, name in ((PARTLY, "S0-52"), (CRYSTALLINE, "S0-53")):
        axes.plot(max(tested), basis.number(name), **_marker(sample))
    axes.set(xlabel="discharge rate / C", ylabel="discharge capacity / mAh g$^{-1}$", xlim=(0, 1.05), ylim=(0, 215))
    axes.legend(frameon=False, fontsize=8, ncols=3, loc="upper center", columnspacing=1.0)
    return figure


def draw_rate_curves(basis: Basis) -> "Figure":
    """Draw the simulated discharge curves of the three cells at all rates with the stated capacities."""
    figure, panels = _panels(3, sharey=True)
    stated: dict[Sample, dict[float, str]] = {one: {min(rates(basis)): one.capacity} for one in SAMPLES}
    for sample, name in ((PARTLY, "S0-52"), (CRYSTALLINE, "S0-53")):
        stated[sample][max(rates(basis))] = name
    shades = dict(zip(rates(basis), ("#08306b", "#0072B2", "#56B4E9", "#E69F00"), strict=False))
    for axes, sample in zip(panels, SAMPLES, strict=True):
        for place, rate in enumerate(rates(basis)):
            _discharge(axes, basis, sample, 2 * place + 2, color=shades[rate], label=f"{rate:g}C")
            if rate in stated[sample]:
                label = "stated" if sample is AMORPHOUS else None
                axes.plot(
                    basis.number(stated[sample][rate]),
                    LIMITS[0],
                    color=shades[rate],
                    marker="o",
                    label=label,
                    **_STATED,
                )
        axes.set(xlabel=_CAPACITY, xlim=(0, 205), ylim=(2.4, 4.45))
        axes.set_title(sample.label, fontsize=10, loc="left")
    panels[0].set_ylabel(_VOLTAGE)
    entries = sorted(zip(*panels[0].get_legend_handles_labels(), strict=True), key=lambda entry: entry[1] == "stated")
    handles, labels = zip(*entries, strict=True)
    panels[0].legend(handles, labels, frameon=False, fontsize=8, loc="lower left", bbox_to_anchor=(0.0, 0.1))
    return figure


def draw_spectra(basis: Basis) -> "Figure":
    """Draw the simulated spectra at three cut-off voltages with the stated resistance of the arc."""
    figure, panels = _panels(3, 9.8, 3.4)
    shades = ("#08306b", "#0072B2", "#56B4E9")
    for axes, sample in zip(panels, SAMPLES, strict=True):
        stated = basis.number(sample.resistance)
        intercept = min(spectra(basis, sample)[0].real_impedance_ohm)
        for found, volt, shade in zip(spectra(basis, sample), CUT_OFFS, shades, strict=True):
            axes.plot(
                found.real_impedance_ohm, -np.array(found.imaginary_impedance_ohm), color=shade, lw=1.5,
                label=f"computed, {volt:g} V",
            )  # fmt: skip
        axes.plot(
            [intercept, intercept + stated], [0.0, 0.0], color="black", marker="o", lw=1.0,
            **{key: value for key, value in _STATED.items() if key != "ls"},
            label=f"arc as stated, {stated:g} $\\Omega$",
        )  # fmt: skip
        right = 1.06 * max(max(found.real_impedance_ohm) for found in spectra(basis, sample))
        axes.set(xlabel="Re Z / $\\Omega$", xlim=(0, right), ylim=(0, 0.8 * right))
        axes.set_aspect("equal")
        axes.set_title(sample.label, fontsize=10, loc="left")
        axes.legend(frameon=False, fontsize=7.5, loc="upper left")
    panels[0].set_ylabel("$-$Im Z / $\\Omega$")
    return figure


def draw_titration(basis: Basis) -> "Figure":
    """Draw the simulated titrations over the charge passed, pulses and rests."""
    figure, axes = _axes(5.8, 3.9)
    for sample in SAMPLES:
        result = titration(basis, sample)
        record = result.data
        mass = float(record.metadata["cathode_active_mass_kg"])
        discharging = record.columns["step_count"] > 2
        current, time = record.current[discharging], record.time[discharging]
        steps = 0.5 * (current[1:] + current[:-1]) * np.diff(time)
        passed = -np.concatenate([[0.0], np.cumsum(steps)]) / 3.6 / (1e3 * mass)
        volts = record.voltage[discharging] + (result.reference_potential_V or 0.0)
        axes.plot(passed, volts, color=COLOURS[sample.temperature], lw=0.7, label=sample.label)
    axes.set(xlabel="discharged / mAh g$^{-1}$", ylabel=_VOLTAGE, xlim=(0, 132))
    legend = axes.legend(frameon=False, fontsize=8.5, loc="upper right")
    for handle in legend.get_lines():
        handle.set_linewidth(1.8)
    return figure


def draw_drops(basis: Basis) -> "Figure":
    """Draw the voltage drop over the interface resistance: stated, simulated, and the line of two carried on."""
    figure, axes = _axes(5.4, 3.9)
    resistances = [basis.number(one.resistance) for one in SAMPLES]
    known = [(basis.number(one.resistance), basis.number(one.drop)) for one in (PARTLY, AMORPHOUS)]
    (r1, d1), (r2, d2) = known
    slope = (d2 - d1) / (r2 - r1)
    start = d1 - slope * r1
    grid = np.array([0.0, 1.08 * max(resistances)])
    axes.plot(grid, start + slope * grid, "--", color="black", lw=1.3, label="line through 450 and 350, as stated")
    computed = [simulated_drop_mV(basis, one) for one in SAMPLES]
    order = np.argsort(resistances)
    axes.plot(
        np.array(resistances)[order], np.array(computed)[order], "-", color=GREY, lw=1.3, marker="x", ms=6,
        label="simulated pulses, median",
    )  # fmt: skip
    for sample in SAMPLES:
        axes.plot(
            basis.number(sample.resistance),
            basis.number(sample.drop),
            label=f"{sample.label}, stated",
            **_marker(sample),
        )
    axes.set(xlabel="interface resistance / $\\Omega$", ylabel="voltage drop / mV", xlim=(0, grid[1]), ylim=(0, 190))
    axes.legend(frameon=False, fontsize=8, loc="upper left")
    return figure


def draw_diffusivities(basis: Basis) -> "Figure":
    """Draw the diffusivity by the formula over the charge passed, in the paper's reading, with the stated averages."""
    figure, axes = _axes(5.8, 4.0)
    factor = apparent_over_true(basis)
    for sample in SAMPLES:
        rows = [(row.passed, row.diffusivity) for row in pulse_rows(basis, sample) if row.diffusivity is not None]
        passed, found = (np.array(one) for one in zip(*rows, strict=True))
        stated = basis.number(sample.diffusivity)
        colour = COLOURS[sample.temperature]
        axes.semilogy(passed, factor * found, color=colour, lw=1.5, label=f"{sample.label}, computed")
        axes.axhline(stated, color=colour, lw=0.8, ls=":")
        axes.plot(66.0, stated, label=f"{sample.label}, stated average", **_marker(sample))
    liquid = basis.number("S0-82")
    axes.axhline(liquid, color=GREY, lw=0.8, ls=":")
    axes.plot(66.0, liquid, color=GREY, marker="D", label="liquid cell, stated average", **_STATED)
    axes.set(
        xlabel="discharged / mAh g$^{-1}$", ylabel="apparent diffusivity / cm$^2$ s$^{-1}$", xlim=(0, 132),
        ylim=(4e-12, 9e-9),
    )  # fmt: skip
    axes.legend(frameon=False, fontsize=8, ncols=2, loc="upper center", columnspacing=1.2)
    return figure


def draw_barriers(basis: Basis) -> "Figure":
    """Draw the barriers that equal prefactors would need, and what each conductivity says of the resistance."""
    from matplotlib.ticker import NullLocator

    figure, (left, right) = _panels(2, 8.6, 3.5)
    ordered = (PARTLY, AMORPHOUS, CRYSTALLINE)
    for place, sample in enumerate(ordered):
        height, sigma = barrier_difference_meV(basis, sample), basis.number(sample.conductivity)
        left.bar(place, height, width=0.55, color=COLOURS[sample.temperature])
        left.annotate(
            f"{height:.0f} meV\n{sigma:g} $\\mu$S cm$^{{-1}}$", (place, height), xytext=(0, 4), fontsize=8.5,
            ha="center", textcoords="offset points",
        )  # fmt: skip
        right.plot(sigma, basis.number(sample.resistance), label=f"{sample.label}, stated", **_marker(sample))
    left.set_xticks(range(3), [one.label for one in ordered])
    left.set(ylabel="barrier above LNTO-450 / meV", ylim=(0, 95))
    left.grid(visible=False, axis="x")
    grid = np.geomspace(1.7, 55.0, 60)
    constant = np.sqrt(np.prod([basis.number(one.resistance) * basis.number(one.conductivity) for one in ordered[:2]]))
    right.loglog(grid, constant / grid, "--", color="black", lw=1.3, label="$K/\\sigma$ through 450 and 350")
    right.set(
        xlabel="pellet conductivity / $\\mu$S cm$^{-1}$", ylabel="interface resistance / $\\Omega$", xlim=(1.7, 55.0)
    )
    for axis, places in ((right.xaxis, (2, 5, 10, 20, 50)), (right.yaxis, (100, 200, 500, 1000, 2000))):
        axis.set_ticks(places, [str(place) for place in places])
        axis.set_minor_locator(NullLocator())
    right.legend(frameon=False, fontsize=8, loc="upper right")
    return figure


FIGURES: Final[tuple[PaperFigure, ...]] = (
    PaperFigure(
        "fig2a",
        "First cycle at 0.1C. Lines: simulated from the measured interface resistances and titrated diffusivities; "
        "dotted: beyond the loss that the cathode has in a liquid cell. Symbols: stated.",
        draw_first_cycles,
        ("S0-35", "S0-36", "S0-37", "S0-38", "S0-39", "S0-40"),
    ),
    PaperFigure(
        "fig2b",
        "Retention. Full lines: the ageing cell of LNTO-450 with each fresh resistance; dashed: compound fade to the "
        "stated end (open symbols). Diamonds: the straight line over the resistance through the two other samples.",
        draw_retention,
        ("S0-43", "S0-44", "S0-45"),
    ),
    PaperFigure(
        "fig2c",
        f"Cyclic voltammetry (2c to 2e), simulated at {SCAN_RATE:g} mV/s, which is assumed: the paper states no scan "
        "rate. Arrows: separation of the peaks, computed and stated.",
        draw_voltammograms,
        ("S0-47", "S0-48", "S0-49"),
    ),
    PaperFigure(
        "fig2f",
        "Discharge capacity over the rate, simulated and less the first-cycle loss. Open symbols: stated.",
        draw_rates,
        ("S0-35", "S0-36", "S0-37", "S0-52", "S0-53"),
    ),
    PaperFigure(
        "fig2g",
        "Discharge curves at 0.1 to 1C, simulated; the dotted ends lie beyond the first-cycle loss. Circles: stated "
        "capacities, in the colour of their rate.",
        draw_rate_curves,
        ("S0-35", "S0-36", "S0-37", "S0-52", "S0-53"),
    ),
    PaperFigure(
        "fig3",
        "Spectra of the first charge at three cut-off voltages, simulated: a charge transfer grows towards full "
        "charge. Black: the arc as stated, which hardly changes with voltage in the experiment.",
        draw_spectra,
        ("S0-59", "S0-60", "S0-61"),
    ),
    PaperFigure(
        "fig4a",
        "Titration while discharging: pulses of five minutes at 0.13 mA/cm2 and rests of two hours, simulated.",
        draw_titration,
        ("S0-78", "S0-75"),
    ),
    PaperFigure(
        "fig4b",
        "Voltage drop of the titration over the interface resistance. The line through LNTO-450 and LNTO-350 predicts "
        "LNTO-550; the simulated drops carry less than half of what is stated (open symbols).",
        draw_drops,
        ("S0-69", "S0-70", "S0-71"),
    ),
    PaperFigure(
        "fig4c",
        "Apparent diffusivity in the paper's reading (geometric area, rest as time) by the formula on the simulated "
        "titrations, whose true diffusivity is constant and set by the stated average. Open symbols: stated averages.",
        draw_diffusivities,
        ("S0-79", "S0-80", "S0-81", "S0-82"),
    ),
    PaperFigure(
        "fig4d",
        "Left: barriers above that of LNTO-450 that the stated conductivities mean if prefactors are equal. Right: "
        "stated interface resistance over pellet conductivity with the law K/sigma of LNTO-450 and LNTO-350.",
        draw_barriers,
        ("S0-20", "S0-21", "S0-22", "S0-59", "S0-60", "S0-61"),
    ),
)
