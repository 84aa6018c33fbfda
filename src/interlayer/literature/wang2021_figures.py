"""Wang et al. 2021, its figures drawn anew: lines are computed, markers are what the paper states."""

from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from interlayer.literature.basis import Basis
from interlayer.literature.study import PaperFigure
from interlayer.literature.wang2021_cells import (
    BARE,
    COATED,
    CYCLES,
    RATES,
    changes,
    lasting_loss,
    protocol,
    run,
    simulated_discharge,
    square_root_law,
)
from interlayer.literature.wang2021_vacancies import LITHIUM_VACANCIES, formula_units, population_ratio, slope
from interlayer.measure.dqdv import analyse_dqdv
from interlayer.simulation import SimulationResult

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Array = NDArray[np.float64]
BLUE: Final = "#0072B2"
ORANGE: Final = "#D55E00"
GREEN: Final = "#009E73"
GREY: Final = "0.45"
_C_RATES: Final = {"0.1C": 0.1, "0.2C": 0.2, "C/3": 1.0 / 3.0, "0.5C": 0.5, "1C": 1.0}
_STATED: Final = {"0.1C": "S2-12", "C/3": "S2-19", "1C": "S2-23"}
_SHADES: Final = {"0.1C": "#08306b", "0.2C": "#08519c", "C/3": BLUE, "0.5C": "#6baed6", "1C": "#9ecae1"}
_VOLTAGE: Final = "voltage vs Li$^+$/Li / V"
_MARKER: Final[dict[str, Any]] = {
    "ls": "none", "marker": "o", "ms": 6.5, "mfc": "white", "mew": 1.6, "zorder": 5, "clip_on": False,
}  # fmt: skip


def _axes(width: float = 5.4, height: float = 3.9) -> "tuple[Figure, Axes]":
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    axes = figure.subplots()
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    axes.grid(alpha=0.2, lw=0.6)
    axes.tick_params(labelsize=9)
    return figure, axes


def _curve(result: SimulationResult, number: int) -> tuple[Array, Array]:
    """Return specific capacity (mAh/g) and voltage against lithium of a step, counted from 1."""
    rows = result.data.step(number)
    capacity = rows.specific_capacity
    if capacity is None:
        raise ValueError(f"step {number} of {result.cell} knows no mass")  # the cells of this paper all do
    return np.asarray(capacity), np.asarray(rows.voltage) + (result.reference_potential_V or 0.0)


def _discharge(axes: "Axes", basis: Basis, name: str, number: int, style: str, **kept_line: Any) -> None:
    """Draw a simulated discharge, dotted where it lies beyond the capacity that the first cycle leaves."""
    capacity, voltage = _curve(run(basis, name), number)
    kept = capacity <= capacity[-1] - lasting_loss(basis, name)
    axes.plot(capacity[kept], voltage[kept], style, lw=1.6, **kept_line)
    axes.plot(capacity[~kept], voltage[~kept], ":", lw=1.2, color=kept_line["color"])


def draw_first_cycles(basis: Basis) -> "Figure":
    """Draw the first charge and discharge of both cells with the stated capacities at the limits."""
    figure, axes = _axes()
    lower, upper = basis.numbers("S2-34")
    for name, label, colour, charge, discharge in (
        (COATED, "LNTO-coated", BLUE, "S2-11", "S2-12"),
        (BARE, "bare", ORANGE, "S2-09", "S2-10"),
    ):
        axes.plot(*_curve(run(basis, name), 1), color=colour, lw=1.6, label=f"{label}, charge")
        _discharge(axes, basis, name, 2, "--", color=colour, label=f"{label}, discharge")
        stated = [basis.number(charge), basis.number(discharge)]
        axes.plot(stated, [upper, lower], color=colour, label=f"{label}, stated at the limits", **_MARKER)
    axes.set(xlabel="specific capacity / mAh g$^{-1}$", ylabel=_VOLTAGE, xlim=(0, 215), ylim=(2.4, 4.5))
    axes.legend(
        frameon=False, fontsize=8, loc="lower left", bbox_to_anchor=(0.0, 0.08), alignment="left", title_fontsize=8,
        title="dotted: beyond the first-cycle loss",
    )  # fmt: skip
    return figure


def draw_differential_capacity(basis: Basis) -> "Figure":
    """Draw dQ/dV of the coated cell's first cycle with the peaks found."""
    figure, axes = _axes()
    result = basis.simulate(COATED, protocol(basis, RATES[:1]), *changes(basis, COATED))
    shift = result.reference_potential_V or 0.0
    mass = float(result.data.metadata["cathode_active_mass_kg"])
    for row in analyse_dqdv(result.data).details["steps"]:
        charging = row["current_ampere"] > 0.0
        voltage = np.array(row["voltage_volt"]) + shift
        slope_g = (1.0 if charging else -1.0) * np.array(row["dqdv_ampere_hour_per_volt"]) / mass
        colour = ORANGE if charging else BLUE
        axes.plot(voltage, slope_g, color=colour, lw=1.5, label=f"{row['step']}, computed")
        for peak in row["peaks_volt"]:
            height = float(np.interp(peak + shift, voltage, slope_g))
            axes.plot(peak + shift, height, marker="v" if charging else "^", color=colour, ms=6, ls="none")
            axes.annotate(
                f"{peak + shift:.2f} V", (peak + shift, height), xytext=(8, 4 if charging else -10), fontsize=8.5,
                textcoords="offset points", color=colour,
            )  # fmt: skip
    axes.axhline(0.0, color=GREY, lw=0.6)
    axes.set(xlabel="voltage vs Li$^+$/Li / V", ylabel="dQ/dV / mAh g$^{-1}$ V$^{-1}$", xlim=basis.numbers("S2-34"))
    axes.margins(y=0.15)
    axes.set_title(f"the paper states {basis.number('S2-18'):.0f} reversible pair of peaks", fontsize=9, color=GREY)
    axes.legend(frameon=False, fontsize=8.5, loc="upper left")
    return figure


def draw_cycling(basis: Basis) -> "Figure":
    """Draw the discharge capacities of both ageing cells, and the compound fade that the paper states."""
    figure, axes = _axes()
    for name, label, colour in ((COATED, "LNTO-coated", BLUE), (BARE, "bare", ORANGE)):
        cycles = basis.simulate(f"{name}_cycling").cycles
        axes.plot(
            [one.cycle for one in cycles], [one.discharge_mAh_per_g for one in cycles], color=colour, lw=1.6,
            label=f"{label}, ageing cell",
        )  # fmt: skip
    first, rate = basis.number("S2-19"), basis.number("S2-22") / 100.0
    number = np.arange(0, CYCLES + 1)
    axes.plot(
        number, first * (1.0 - rate) ** number, "--", color=BLUE, lw=1.4,
        label=f"stated start, {100 * rate:.2g} % per cycle",
    )  # fmt: skip
    axes.plot([0, CYCLES], [first, basis.number("S2-20")], color=BLUE, label="LNTO-coated, stated", **_MARKER)
    axes.plot(200, basis.number("S2-21"), color=ORANGE, label="bare, stated", **_MARKER)
    axes.set(
        xlabel="cycle number", ylabel="discharge capacity at C/3 / mAh g$^{-1}$", xlim=(0, CYCLES * 1.02), ylim=(0, 245)
    )
    axes.legend(frameon=False, fontsize=8, ncols=2, loc="upper right")
    return figure


def draw_rates(basis: Basis) -> "Figure":
    """Draw the discharge capacity of the coated cell over the rate: simulated, by the empirical law, and stated."""
    figure, axes = _axes()
    current = basis.number("S2-65")
    rate = np.linspace(0.03, 1.05, 120)
    low, high = ((_C_RATES[one] * current, basis.number(_STATED[one])) for one in ("0.1C", "1C"))
    law = [square_root_law(low, high, one * current) for one in rate]
    axes.plot(rate, law, "--", color=GREEN, lw=1.5, label="$Q_0 - k\\sqrt{J}$ through 0.1C and 1C")
    axes.plot(
        [_C_RATES[one] for one in RATES], [simulated_discharge(basis, COATED, one) for one in RATES], "s-", color=BLUE,
        ms=4.5, lw=1.5, label="simulated, less first-cycle loss",
    )  # fmt: skip
    axes.plot(
        [_C_RATES[one] for one in _STATED], [basis.number(claim) for claim in _STATED.values()], color="black",
        label="stated", **_MARKER,
    )  # fmt: skip
    axes.plot(
        1.0, basis.number("S2-12") * basis.number("S0-52") / basis.number("S0-35"), "D", color=ORANGE, ms=5.5,
        label="from the share kept in Wang et al. 2020",
    )  # fmt: skip
    axes.set(xlabel="discharge rate / C", ylabel="discharge capacity / mAh g$^{-1}$", xlim=(0, 1.08), ylim=(90, 205))
    axes.legend(frameon=False, fontsize=8, loc="upper right")
    return figure


def draw_rate_curves(basis: Basis) -> "Figure":
    """Draw the simulated discharge curves of the coated cell with the stated capacities at the lower limit."""
    figure, axes = _axes()
    lower = basis.numbers("S2-34")[0]
    for number, rate in enumerate(RATES):
        _discharge(axes, basis, COATED, 2 * number + 2, "-", color=_SHADES[rate], label=f"{rate}, computed")
    for rate, name in _STATED.items():
        axes.plot(basis.number(name), lower, color=_SHADES[rate], label=f"{rate}, stated", **_MARKER)
    axes.set(xlabel="specific capacity / mAh g$^{-1}$", ylabel=_VOLTAGE, xlim=(0, 205), ylim=(2.4, 4.5))
    axes.legend(
        frameon=False, fontsize=8, loc="lower left", bbox_to_anchor=(0.0, 0.08), alignment="left", title_fontsize=8,
        title="dotted: beyond the first-cycle loss",
    )  # fmt: skip
    return figure


def draw_vacancies(basis: Basis) -> "Figure":
    """Draw the stated formation energies, the line between them, and how many times more vacancies they mean."""
    figure, axes = _axes(5.8)
    pristine, delithiated, per_vacancy = basis.number("S2-49"), basis.number("S2-50"), slope(basis)
    inside = np.linspace(0.0, LITHIUM_VACANCIES, 60)
    beyond = np.linspace(LITHIUM_VACANCIES, -pristine / per_vacancy, 60)
    axes.plot(inside, pristine + per_vacancy * inside, color=BLUE, lw=1.6, label="straight line between the two")
    axes.plot(beyond, pristine + per_vacancy * beyond, ":", color=BLUE, lw=1.4, label="the same line extrapolated")
    axes.plot([0, LITHIUM_VACANCIES], [pristine, delithiated], color="black", label="stated", **_MARKER)
    units = formula_units()
    onset = basis.number("S2-41") / 100.0 * units
    axes.axvline(onset, color=GREY, lw=0.8, ls="--")
    axes.text(
        onset + 0.4, 1.45, "rock salt favoured\nbeyond (stated)", fontsize=8, color=GREY,
        va="top",
    )  # fmt: skip
    axes.set(
        xlabel=f"Li vacancies in a cell of {units} formula units", ylabel="O vacancy formation energy / eV",
        xlim=(-0.5, units), ylim=(0, 2.25),
    )  # fmt: skip

    decades_per_ev = np.log10(population_ratio(1.0))

    def decades(energy: Any) -> Any:
        return (pristine - energy) * decades_per_ev

    def energy(power: Any) -> Any:
        return pristine - power / decades_per_ev

    side = axes.secondary_yaxis("right", functions=(decades, energy))
    side.set_ylabel("log$_{10}$ of O vacancies over pristine, 25 °C", fontsize=9)
    side.tick_params(labelsize=9)
    axes.legend(frameon=False, fontsize=8.5, loc="upper right")
    return figure


FIGURES: Final[tuple[PaperFigure, ...]] = (
    PaperFigure(
        "fig2a",
        "First cycle at 0.1C of coated and bare NMC532. Lines: simulated, the bare cell from the coated one with the "
        "coating removed and the interface resistance exchanged; dotted: beyond the loss the cathode has in a liquid "
        "cell. Circles: stated.",
        draw_first_cycles,
        ("S2-09", "S2-10", "S2-11", "S2-12"),
    ),
    PaperFigure(
        "fig2b",
        "dQ/dV of the simulated first cycle of the coated cell at 0.1C; triangles are the peaks found. The paper "
        "states one reversible pair.",
        draw_differential_capacity,
        ("S2-18",),
    ),
    PaperFigure(
        "fig2c",
        "Cycling at C/3. Solid: ageing cells, whose loss rates were fitted; dashed: the stated first capacity with "
        "the stated compound rate. Circles: stated.",
        draw_cycling,
        ("S2-19", "S2-20", "S2-21", "S2-22"),
    ),
    PaperFigure(
        "fig2d",
        "Discharge capacity of the coated cell over the rate: simulated, by the empirical square-root law, and by the "
        "share that the same coating kept in Wang et al. 2020. Circles: stated.",
        draw_rates,
        ("S2-12", "S2-19", "S2-23"),
    ),
    PaperFigure(
        "fig2e",
        "Discharge curves of the coated cell, simulated; the dotted ends lie beyond the first-cycle loss of the "
        "cathode. Circles: stated capacities.",
        draw_rate_curves,
        ("S2-12", "S2-19", "S2-23"),
    ),
    PaperFigure(
        "fig5a",
        "Formation energy of an oxygen vacancy over lithium vacancies: the two stated values, the line between them "
        "and, on the right, by what power of ten it multiplies the vacancies at equilibrium. The energies are not "
        "computed.",
        draw_vacancies,
        ("S2-41", "S2-49", "S2-50", "S2-51"),
    ),
)
