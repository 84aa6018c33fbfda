"""Figures of Tan et al. 2021, computed anew: lines are computed, markers are what the paper states."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from interlayer.constants import ZERO_CELSIUS
from interlayer.literature.basis import Basis
from interlayer.literature.study import PaperFigure
from interlayer.literature.tan2021_cells import (
    CELLS,
    LONG_LIMITS,
    RATE_LIMITS,
    interface_resistance,
    ohmic_interface,
    rate_test,
    small_current_uA,
    stated_inputs,
    temperature_K,
)
from interlayer.literature.tan2021_cycling import (
    LAWS,
    LONG,
    MIDDLE,
    SHORT,
    SHOWN,
    c_rate,
    cycle_steps,
    fitted_isolation,
    isolation,
    law_retention,
    long_test,
    retention_percent,
    short_test,
)
from interlayer.literature.tan2021_electrolyte import (
    blocked_film,
    film_resistance_ohm,
    frequency_limits_hertz,
    line_through_end_points,
    middle_film,
    moved_conductivity,
)
from interlayer.simulation import SimulationResult

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_BLUE, _ORANGE, _GREEN, _PURPLE, _GREY = "#0072B2", "#D55E00", "#009E73", "#CC79A7", "0.45"
_OF_CELL: Final = dict(zip(CELLS, (_GREY, _BLUE, _ORANGE, _GREEN), strict=True))
_LABEL: Final = dict(zip(CELLS, ("A: no buffer", "B: LLTO/NCM", "C: SiO₂", "D: LiPON"), strict=True))
_AFTER_100: Final = dict(zip(CELLS, ("S3-31", "S3-32", "S3-33", "S3-34"), strict=True))
_STATED: Final[dict[str, Any]] = {"ls": "", "mfc": "white", "mew": 1.4, "ms": 7, "zorder": 5, "clip_on": False}
_STATED_SPAN: Final[dict[str, Any]] = {**_STATED, "ls": "-", "lw": 1.2}
_SHOWN_CYCLES: Final = (85, 425, SHOWN)
"""Middles of the cycles that Fig. 5c to 5e show (80 to 90, 420 to 430, 840 to 850)."""


def _figure(width: float, height: float) -> "Figure":
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height), layout="constrained")


def _plain(axes: "Axes") -> None:
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(labelsize=9)


def _shades(count: int) -> list[Any]:
    """Return colours from dark to light that are told apart in grey print, too."""
    from matplotlib import colormaps

    return [colormaps["viridis"](value) for value in np.linspace(0.0, 0.88, count)]


def _series_degC(basis: Basis) -> list[float]:
    """Return the temperatures of the series: from the first by the stated step (S3-21), and the last one."""
    first, last = (temperature_K(name) - ZERO_CELSIUS for name in ("S3-15", "S3-16"))
    return [*np.arange(first, last - 1e-9, basis.number("S3-21")).tolist(), last]


def _nyquist(basis: Basis) -> "Figure":
    figure = _figure(6.4, 4.0)
    axes = figure.subplots()
    thickness, area = middle_film(basis)
    line = line_through_end_points(basis, "ln_sigma")
    high, low = frequency_limits_hertz(basis)
    series = _series_degC(basis)
    for celsius, colour in zip(series, _shades(len(series)), strict=True):
        sigma = moved_conductivity(
            basis.number("S3-15"),
            line.activation_energy_eV,
            temperature_K("S3-15"),
            celsius + ZERO_CELSIUS,
            "ln_sigma",
        )
        measured = blocked_film(np.geomspace(high, low, 160), sigma, thickness, area)
        beyond = blocked_film(np.geomspace(low, low / 10.0, 80), sigma, thickness, area)
        axes.plot(measured.real, -measured.imag, "-", color=colour, lw=1.8, label=f"{celsius:.0f} °C")
        axes.plot(beyond.real, -beyond.imag, ":", color=colour, lw=1.2)
        axes.plot(measured.real[-1], -measured.imag[-1], "o", color=colour, ms=4)
    for number, name in enumerate(("S3-15", "S3-16")):
        stated = film_resistance_ohm(basis.number(name), thickness, area)
        label = "L/(σA) of the stated σ" if number == 0 else None
        axes.plot(stated, 0.0, "D", color=_ORANGE, label=label, **_STATED)
    largest = film_resistance_ohm(basis.number("S3-15"), thickness, area)
    axes.set(xlim=(0.0, 1.35 * largest), ylim=(0.0, 0.75 * largest), aspect="equal")
    axes.set_xlabel("Re Z / Ω")
    axes.set_ylabel("−Im Z / Ω")
    axes.legend(frameon=False, fontsize=8, ncols=2, loc="upper right")
    _plain(axes)
    return figure


def _arrhenius(basis: Basis) -> "Figure":
    figure = _figure(5.4, 4.2)
    axes = figure.subplots()
    start, end = temperature_K("S3-15"), temperature_K("S3-16")
    temperature = np.linspace(start - 4.0, end + 6.0, 100)
    joined = line_through_end_points(basis, "ln_sigma").activation_energy_eV
    hopping = line_through_end_points(basis, "ln_sigma_T").activation_energy_eV
    room, hot, stated = basis.number("S3-15"), basis.number("S3-16"), basis.number("S3-19")

    def draw(sigma: float, energy: float, at: float, style: str, colour: str, label: str) -> None:
        values = [moved_conductivity(sigma, energy, at, float(one), "ln_sigma") for one in temperature]
        axes.plot(1000.0 / temperature, values, style, color=colour, lw=1.8, label=label)

    draw(room, joined, start, "-", _BLUE, f"through both: {joined:.3f} eV ({hopping:.3f} eV in σT)")
    draw(room, stated, start, "--", _ORANGE, f"{stated:g} eV from 25 °C")
    draw(hot, stated, end, ":", _PURPLE, f"{stated:g} eV from 120 °C")
    axes.plot([1000.0 / start, 1000.0 / end], [room, hot], "o", color="0.1", label="stated, 300 °C film", **_STATED)
    axes.set_yscale("log")
    axes.set_xlabel("1000/T / K⁻¹")
    axes.set_ylabel("conductivity / S cm⁻¹")
    axes.legend(frameon=False, fontsize=8.5, loc="lower left")
    axes.spines["right"].set_visible(False)
    above = axes.secondary_xaxis("top")
    celsius = np.array(_series_degC(basis))
    above.set_xticks(1000.0 / (celsius + ZERO_CELSIUS), [f"{one:.0f}" for one in celsius])
    above.set_xlabel("temperature / °C")
    return figure


def _discharges(result: SimulationResult) -> list[tuple[Any, Any]]:
    """Return capacity (percent of the slowest discharge) and voltage of each discharge."""
    steps = [step for step in result.steps if step.kind == "discharge"]
    rows = [result.data.step(step.number) for step in steps]
    return [
        (100.0 * _specific(row) / steps[0].capacity_mAh_per_g, row.voltage)
        for row, step in zip(rows, steps, strict=True)
        if step.capacity_mAh_per_g > 0.0
    ]


def _specific(rows: Any) -> Any:
    return np.asarray(rows.specific_capacity, dtype=float)


def _rate_capability(basis: Basis) -> "Figure":
    figure = _figure(7.2, 5.6)
    grid = figure.subplots(2, 2, sharex=True, sharey=True)
    rates = basis.numbers("S3-23")
    shades = _shades(len(rates))
    stated = {CELLS[0]: "S3-24", CELLS[2]: "S3-25"}
    for axes, name, letter in zip(grid.flat, CELLS, "abcd", strict=True):
        for (share, voltage), colour, rate in zip(_discharges(rate_test(basis, name)), shades, rates, strict=False):
            axes.plot(share, voltage, "-", color=colour, lw=1.5, label=f"{rate:g}C")
        if name in stated:
            needed = interface_resistance(basis, stated[name])
            share, voltage = _discharges(rate_test(basis, CELLS[0], *ohmic_interface(needed)))[-1]
            axes.plot(share, voltage, "--", color=_ORANGE, lw=1.6, label=f"30C, {needed:.0f} Ω cm²")
            left = basis.number(stated[name])
            axes.plot(left, RATE_LIMITS[0], "o", color=_ORANGE, label=f"stated at 30C: {left:g} %", **_STATED)
            handles = axes.get_legend_handles_labels()
            axes.legend(handles[0][-2:], handles[1][-2:], frameon=False, fontsize=8, loc="upper right")
        axes.set_title(f"({letter}) {_LABEL[name]}", fontsize=9.5, loc="left")
        _plain(axes)
    grid[0, 1].legend(frameon=False, fontsize=8, ncols=2, loc="lower left")
    for axes in grid[1]:
        axes.set_xlabel("capacity / % of that at 0.1C")
    for axes in grid[:, 0]:
        axes.set_ylabel("voltage / V vs Li")
    grid[0, 0].set(xlim=(0.0, 103.0), ylim=(RATE_LIMITS[0], RATE_LIMITS[1] + 0.05))
    return figure


def _isolated(basis: Basis, name: str) -> SimulationResult:
    """Return 100 cycles of a cell whose isolation per swing gives the stated retention at their end."""
    wanted = 1.0 - 0.01 * basis.number(_AFTER_100[name])

    def run(per_cycle: float) -> SimulationResult:
        law = ("degradation.isolation.law=linear", isolation(per_cycle))
        steps = cycle_steps(small_current_uA(), RATE_LIMITS, SHORT)
        return basis.simulate(name, None, *stated_inputs(basis, name), *steps, *law)

    guess = wanted / SHORT
    return run(guess * wanted / (1.0 - 0.01 * retention_percent(run(guess), SHORT)))


def _retentions(result: SimulationResult) -> tuple[list[int], list[float]]:
    kept = [(cycle.cycle, 100.0 * cycle.retention) for cycle in result.cycles if cycle.retention is not None]
    return [cycle for cycle, _ in kept], [share for _, share in kept]


def _hundred_cycles(basis: Basis) -> "Figure":
    figure = _figure(5.8, 4.2)
    axes = figure.subplots()
    for name in CELLS:
        colour = _OF_CELL[name]
        axes.plot(*_retentions(_isolated(basis, name)), "-", color=colour, lw=1.8, label=_LABEL[name])
        axes.plot(SHORT, basis.number(_AFTER_100[name]), "o", color=colour, **_STATED)
    predicted = short_test(basis, fitted_isolation(basis))
    axes.plot(*_retentions(predicted), "--", color=_ORANGE, lw=1.6, label="C, from its 500 long cycles: linear")
    cycles = np.arange(SHORT + 1)
    root = [100.0 * law_retention("square root", 0.01 * basis.number("S3-40"), MIDDLE, float(n)) for n in cycles]
    axes.plot(cycles, root, ":", color=_ORANGE, lw=1.6, label="C, the same: square root")
    axes.plot([], [], "o", color="0.2", label="stated after 100 cycles", **{**_STATED, "clip_on": True})
    axes.set(xlim=(0, SHORT), ylim=(45.0, 101.0))
    axes.set_xlabel("cycle")
    axes.set_ylabel("capacity / % of the first")
    axes.legend(frameon=False, fontsize=8.5, loc="lower left")
    _plain(axes)
    return figure


def _thousand_cycles(basis: Basis) -> "Figure":
    figure = _figure(8.4, 3.9)
    left, right = figure.subplots(1, 2)
    cycles, kept = _retentions(long_test(basis))
    share = 0.01 * basis.number("S3-40")
    left.plot(cycles, kept, "-", color=_BLUE, lw=2.0, label="cell model, set at 500")
    grid = np.linspace(0.0, LONG, 201)
    for law, style, colour in zip(LAWS, (":", "-.", "--"), (_PURPLE, _GREEN, _GREY), strict=True):
        values = [100.0 * law_retention(law, share, MIDDLE, float(n)) for n in grid]
        left.plot(grid, values, style, color=colour, lw=1.4, label=f"{law} law")
    left.plot([MIDDLE, LONG], [basis.number("S3-40"), basis.number("S3-42")], "o", color=_ORANGE, **_STATED)
    left.plot([], [], "o", color=_ORANGE, label="stated", **{**_STATED, "clip_on": True})
    left.set_ylabel("capacity / % of the first")
    left.set(ylim=(0.0, 103.0))
    left.legend(frameon=False, fontsize=8.5, loc="lower left")
    right.plot(cycles, [c_rate(basis, one) for one in kept], "-", color=_BLUE, lw=2.0, label="cell model")
    points = (100.0, basis.number("S3-40"), basis.number("S3-42"))
    between = np.interp(grid, (0.0, MIDDLE, LONG), points)
    rates = [c_rate(basis, float(one)) for one in between]
    right.plot(grid, rates, "--", color=_GREY, lw=1.4, label="straight lines between stated retentions")
    low, high = basis.numbers("S3-39")
    right.plot([SHORT / 2] * 2, [low, high], "-", color=_ORANGE, lw=5, solid_capstyle="butt", alpha=0.55)
    right.plot([MIDDLE, LONG], [basis.number("S3-41"), basis.number("S3-43")], "o", color=_ORANGE, **_STATED)
    right.plot([], [], "o", color=_ORANGE, label="stated", **{**_STATED, "clip_on": True})
    right.plot(SHOWN, basis.number("S3-43"), "x", color=_ORANGE, ms=7, mew=1.6, label="the same, at Fig. 5e's cycles")
    right.set_ylabel("C-rate of the long test's current")
    right.set(ylim=(0.0, 5.3))
    right.legend(frameon=False, fontsize=8.5, loc="upper left")
    for axes, letter in ((left, "a"), (right, "b")):
        axes.set(xlim=(0, LONG))
        axes.set_xlabel("cycle")
        axes.set_title(f"({letter})", fontsize=9.5, loc="left")
        _plain(axes)
    return figure


def _charge_curves(basis: Basis) -> "Figure":
    figure = _figure(7.6, 3.4)
    panels: Sequence[Axes] = figure.subplots(1, len(_SHOWN_CYCLES), sharex=True, sharey=True)
    result = long_test(basis)
    current = basis.number("S3-38")
    stated = dict(zip(_SHOWN_CYCLES, ("S3-39", "S3-41", "S3-43"), strict=True))
    for axes, cycle, letter in zip(panels, _SHOWN_CYCLES, "cde", strict=True):
        for number, colour in ((2 * cycle - 1, _BLUE), (2 * cycle, _ORANGE)):
            rows = result.data.step(number)
            seconds = np.asarray(rows.columns["test_time_second"], dtype=float)
            label = "charge" if colour == _BLUE else "discharge"
            axes.plot((seconds - seconds[0]) / 3600.0 * current, rows.voltage, "-", color=colour, lw=1.8, label=label)
        ends = [current / rate for rate in basis.numbers(stated[cycle])]
        axes.plot(ends, [LONG_LIMITS[0]] * len(ends), "o", color="0.2", label="stated C-rate", **_STATED_SPAN)
        axes.set_title(f"({letter}) cycle {cycle}", fontsize=9.5, loc="left")
        axes.set_xlabel("charge passed / µAh")
        _plain(axes)
    panels[0].set_ylabel("voltage / V vs Li")
    panels[0].set(xlim=(0.0, None), ylim=(LONG_LIMITS[0], LONG_LIMITS[1] + 0.05))
    panels[0].legend(frameon=False, fontsize=8.5, loc="lower left", bbox_to_anchor=(0.0, 0.1))
    return figure


FIGURES: Final[tuple[PaperFigure, ...]] = (
    PaperFigure(
        "fig1e",
        "Spectra of the LLTO film annealed at 300 °C between blocking electrodes, from the two stated conductivities, "
        "the line between them and the middle of the stated geometry; permittivity 100 and 10 µF/cm² assumed. Solid: "
        "the stated range, down to 100 kHz (dots); dotted: a decade below. Diamonds: the resistance of the stated "
        "conductivities. The other two films have no printed conductivity.",
        _nyquist,
        ("S3-07", "S3-09", "S3-15", "S3-16", "S3-21"),
    ),
    PaperFigure(
        "fig1g",
        "Conductivity of the film annealed at 300 °C over temperature. Circles: stated. Lines: through both, and with "
        "the stated activation energy from either, which misses the other by a factor of 2.7.",
        _arrhenius,
        ("S3-15", "S3-16", "S3-19"),
    ),
    PaperFigure(
        "fig3",
        "Discharges of the four cells at the stated rates, computed with an assumed area, buffer thickness and "
        "exchange current (solid). Circles: stated capacity at 30C. Dashed: 30C with the ohmic interface resistance "
        "that the stated capacity needs.",
        _rate_capability,
        ("S3-23", "S3-24", "S3-25"),
    ),
    PaperFigure(
        "fig4",
        "Retention over 100 cycles at the small current. Circles: stated. Solid: the cell model with a linear "
        "isolation of active material set by the circle. Broken: what the long test of cell C (65 % after 500 cycles) "
        "predicts.",
        _hundred_cycles,
        ("S3-31", "S3-32", "S3-33", "S3-34", "S3-40"),
    ),
    PaperFigure(
        "fig5b",
        "1000 cycles of the cell with SiO₂. (a) Retention: the cell model and three laws of one parameter, all set at "
        "500 cycles; circles: stated. (b) C-rate of the current: computed from the model and from the stated "
        "retentions; circles and bar: stated. The last one fits cycles 840 to 850, which the figure shows, and not "
        "1000.",
        _thousand_cycles,
        ("S3-38", "S3-39", "S3-40", "S3-41", "S3-42", "S3-43"),
    ),
    PaperFigure(
        "fig5c_e",
        "Charge and discharge of the cell with SiO₂ after 85, 425 and 845 cycles in the model set at 500 cycles. "
        "Circles: the charge that the stated C-rates imply for the discharge current.",
        _charge_curves,
        ("S3-38", "S3-39", "S3-40", "S3-41", "S3-43"),
    ),
)
"""What of the paper's figures can be computed from its numbers."""
