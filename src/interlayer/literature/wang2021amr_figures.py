"""Figures of 004 drawn anew: what is computed as lines and bars, what the paper states as open markers on top."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from interlayer.literature.basis import Basis
from interlayer.literature.claims import claim
from interlayer.literature.study import PaperFigure
from interlayer.literature.wang2021amr_electrolytes import LAGP, LATP, borohydride_oxidation_V, foreign_conductivities
from interlayer.literature.wang2021amr_lithium import (
    COATED_CELL,
    SYMMETRIC_CELL,
    half_cycle,
    lithium_thickness,
    plating,
)
from interlayer.literature.wang2021amr_oxides import (
    ONE_SHELL_CONTACT,
    barrier_for,
    barriers,
    coated_resistances,
    film_resistance,
    lic_rates,
    roughness,
    shell_rates,
)
from interlayer.literature.wang2021amr_rates import (
    FIFTH_CYCLE,
    SELENIUM,
    SELENIUM_CELL,
    SES2,
    TRAINED_ON,
    calibrated_selenium,
    calibrated_selenium_changes,
    plain_selenium,
    plain_ses2,
    rate_test,
    ses2_utilisation,
    specific_current,
)
from interlayer.literature.wang2021amr_theory import implied_content, sesx_capacity, theoretical_capacity
from interlayer.simulation import SimulationResult
from interlayer.thermo import window

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_BLUE, _RED, _GREEN, _PURPLE, _SKY, _GREY = "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#555555"
_PALE: Final = "#BDBDBD"
_WHITE: Final[dict[str, Any]] = {"facecolor": "white", "edgecolor": "none", "pad": 0.6}
_STATED: Final[dict[str, Any]] = {"ls": "none", "marker": "o", "ms": 6, "mfc": "white", "mec": "black", "mew": 1.2}
_FAMILIES: Final = (
    ("sulfide", "S4-01", ("Li10GeP2S12", "Li3PS4", "Li6PS5Cl"), _BLUE),
    ("liquid", "S4-02", (), _GREY),
    ("halide", "S4-05", ("Li3InCl6", "Li3ScCl6", "Li3YBr6"), _GREEN),
    ("borohydride", "S4-06", ("Li(CB9H10)0.7(CB11H12)0.3",), _PURPLE),
    ("oxide", "S4-03", ("Li7La3Zr2O12", "Li1.3Al0.3Ti1.7(PO4)3", "Li0.5La0.5TiO3"), _RED),
    ("quasi-solid\npolymer", "S4-07", (), _GREY),
    ("LiPON", "S4-04", ("LiPON",), _RED),
)
_WINDOWS: Final = (
    ("Li$_{10}$GeP$_2$S$_{12}$", "LGPS", _BLUE),
    ("Li$_3$PS$_4$", "Li3PS4", _BLUE),
    ("Li$_6$PS$_5$Cl", "Li6PS5Cl", _BLUE),
    ("LLZO", "LLZO", _RED),
    ("LATP", LATP, _RED),
    ("LAGP", LAGP, _RED),
    ("Li$_3$InCl$_6$", "Li3InCl6", _GREEN),
    ("Li$_3$YBr$_6$", "Li3YBr6", _GREEN),
)
_SHELL_RATES: Final = (0.1, 0.2, 0.5, 1.0, 2.0, 4.0)
_LIC_RATES: Final = (0.1, 0.5, 1.0, 2.0, 4.0, 6.0, 8.0, 10.0, 14.0, 18.0, 22.0)


def _figure(width: float, height: float) -> "Figure":
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height), layout="constrained")


def _plain(*all_axes: "Axes") -> None:
    for axes in all_axes:
        axes.grid(alpha=0.25, lw=0.6)
        axes.set_axisbelow(True)
        for side in ("top", "right"):
            axes.spines[side].set_visible(False)


def _legend(axes: "Axes", **options: Any) -> None:
    axes.legend(frameon=True, framealpha=1.0, edgecolor="white", borderpad=0.2, fontsize=8, **options)


def _electrolytes(basis: Basis) -> "Figure":
    figure = _figure(9.4, 4.6)
    left, right = figure.subplots(1, 2, width_ratios=(1.15, 1.0))
    for place, (_, name, materials, colour) in enumerate(_FAMILIES):
        found = [value * 1e3 for one in materials for value in foreign_conductivities(one)]
        offsets = np.linspace(-0.16, 0.16, len(found)) if len(found) > 1 else np.zeros(len(found))
        left.plot(place + offsets, found, "o", ms=4.5, color=colour, alpha=0.75, mew=0)
        stated = basis.number(name) * 1e3
        left.plot([place], [stated], **{**_STATED, "marker": "D"})
        if claim(name).bound:
            left.annotate("", (place, stated * 3.2), (place, stated * 1.25), arrowprops={"arrowstyle": "->", "lw": 1.0})
    left.plot([], [], "o", ms=4.5, color=_GREY, label="other sources, one substance each time")
    left.plot([], [], **{**_STATED, "marker": "D"}, label="stated (arrow: more than)")
    left.set_yscale("log")
    left.set_xticks(range(len(_FAMILIES)), [name for name, *_ in _FAMILIES], rotation=35, ha="right", fontsize=8)
    left.set_ylabel("ionic conductivity at RT / mS cm$^{-1}$")
    left.set_ylim(3e-4, 300)
    _legend(left, loc="upper right")
    for place, (_, formula, colour) in enumerate(_WINDOWS):
        found_window = window(formula)
        top = found_window.oxidation_V or 5.0
        right.barh(place, top - found_window.reduction_V, left=found_window.reduction_V, height=0.6, color=colour)
        right.text(
            top + 0.06, place, f"{found_window.reduction_V:.2f}-{top:.2f}", va="center", fontsize=7.5, bbox=_WHITE
        )
    place = len(_WINDOWS)
    limit = borohydride_oxidation_V()
    right.barh(place, limit, left=0.0, height=0.6, color=_PURPLE)
    right.text(limit + 0.06, place, f"< {limit:.2f} (measured enthalpy)", va="center", fontsize=7.5, bbox=_WHITE)
    right.set_yticks(range(place + 1), [*(label for label, *_ in _WINDOWS), "LiBH$_4$"], fontsize=8)
    right.invert_yaxis()
    right.axvline(basis.number("S4-13"), color="black", lw=1.0, ls="--")
    right.text(basis.number("S4-13") + 0.05, -0.75, "oxide cathodes (stated)", fontsize=7.5, va="center")
    right.set_xlim(0.0, 5.4)
    right.set_ylim(place + 0.6, -1.1)
    right.set_xlabel("potential against Li/Li$^+$ / V")
    _plain(left, right)
    return figure


def _capacities(result: SimulationResult) -> list[float]:
    return [step.capacity_mAh_per_g for step in result.steps if step.kind == "discharge"]


def _oxide_rates(basis: Basis) -> "Figure":
    figure = _figure(8.6, 3.8)
    left, right = figure.subplots(1, 2)
    left.plot(
        _SHELL_RATES, _capacities(shell_rates(basis, _SHELL_RATES)), "-", color=_BLUE, lw=1.8,
        label="two shells: all of the surface touches",
    )  # fmt: skip
    for contact, style in ((ONE_SHELL_CONTACT, "--"), (0.05, ":")):
        left.plot(
            _SHELL_RATES, _capacities(shell_rates(basis, _SHELL_RATES, contact)), style, color=_RED, lw=1.6,
            label=f"one shell: {100 * contact:.0f} % touches (assumed)",
        )  # fmt: skip
    left.set_title("LiNbO$_3$, LGPS shells on LiCoO$_2$", fontsize=9, loc="left")
    right.plot(_LIC_RATES, _capacities(lic_rates(basis, _LIC_RATES)), "-", color=_GREEN, lw=1.8, label="simulated")
    right.plot([0.1], [basis.number("S4-28")], **_STATED, label="stated capacity at 0.1C")
    right.axvline(basis.number("S4-29"), color="black", lw=1.0, ls="--", label="stated maximum rate")
    right.set_title("15 wt% Li$_3$InCl$_6$ on LiCoO$_2$", fontsize=9, loc="left")
    for axes in (left, right):
        axes.set_xscale("log")
        axes.set_xlabel("discharge rate / C")
        axes.set_ylabel("discharge capacity / mAh g$^{-1}$")
        axes.set_ylim(0.0, 150.0)
        axes.set_xticks([0.1, 1.0, 10.0] if axes is right else [0.1, 1.0], labels=None)
        axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
        _legend(axes, loc="lower left")
    _plain(left, right)
    return figure


def _coating_barrier(basis: Basis) -> "Figure":
    figure = _figure(8.6, 3.8)
    left, right = figure.subplots(1, 2)
    measured, steps, surface = coated_resistances(basis), barriers(basis), roughness(basis)
    sigma = np.logspace(-6.2, -4.0, 40)
    thin, thick = (np.array([film_resistance(float(one), nm) / surface for one in sigma]) for nm in (5.0, 10.0))
    left.fill_between(sigma, thin, thick, color=_SKY, alpha=0.6, lw=0, label="through 5-10 nm of film, t/σ")
    ordered = sorted(measured)
    slope = measured[ordered[-1]] * ordered[-1]
    left.plot(sigma, slope / sigma, "--", color=_BLUE, lw=1.2, label="proportional to 1/σ, through 38.7 µS cm$^{-1}$")
    left.plot(ordered, [measured[one] for one in ordered], **_STATED, label="measured (000)")
    left.set_xscale("log")
    left.set_yscale("log")
    left.set_ylim(1e-4, 2e4)
    left.set_ylabel("interface resistance / Ω cm$^2$ of electrode")
    _legend(left, loc="lower left", bbox_to_anchor=(0.0, 0.36))
    resistance = np.logspace(0.5, 3.5, 30)
    right.plot(
        resistance, [barrier_for(basis, float(one) * surface) for one in resistance], "-", color=_BLUE, lw=1.6,
        label="depleted layer of LGPS (Mott-Schottky)",
    )  # fmt: skip
    right.plot([measured[one] for one in ordered], [steps[one] for one in ordered], **_STATED, label="measured (000)")
    for one in ordered:
        right.annotate(
            f"{one * 1e6:.3g} µS cm$^{{-1}}$",
            (measured[one], steps[one]),
            (7, -11),
            textcoords="offset points",
            fontsize=8,
        )
    right.set_xscale("log")
    right.set_ylabel("potential step that would explain it / V")
    right.set_xlabel("interface resistance / Ω cm$^2$ of electrode")
    left.set_xlabel("conductivity of the coating / S cm$^{-1}$")
    left.axvline(basis.number("S4-26"), color="black", lw=1.0, ls="--")
    left.text(basis.number("S4-26") * 1.06, 4e3, "critical (stated)", fontsize=8)
    _legend(right, loc="upper left")
    _plain(left, right)
    return figure


def _branches(axes: "Axes", result: SimulationResult, colour: str, label: str, style: str = "-") -> None:
    for number, (_, capacity, voltage) in enumerate(result.curves()):
        axes.plot(capacity, voltage, style, color=colour, lw=1.5, label=label if number == 0 else None)


def _p4s34(basis: Basis) -> "Figure":
    figure = _figure(6.4, 4.0)
    axes = figure.subplots()
    result = basis.simulate("wang2021amr_p4s34")
    _branches(axes, result, _BLUE, "simulated at 0.1C, utilisation fitted to the stated capacity")
    levels = (
        (theoretical_capacity("P4S34", 36.0), "18 S beyond 4 Li$_3$PS$_4$", 0.0),
        (theoretical_capacity("P4S34", 48.0), "with the lithium of Li$_3$PS$_4$", 0.0),
    )
    for capacity, text, _ in levels:
        axes.axvline(capacity, color=_GREEN, lw=1.1, ls="--")
        axes.text(capacity + 8, 1.75, text, rotation=90, va="bottom", ha="left", fontsize=8, color=_GREEN)
    axes.plot([basis.number("S4-34")], [0.5], **_STATED, label="stated reversible capacity", clip_on=False, zorder=5)
    axes.set_xlim(0.0, 1180.0)
    axes.set_ylim(0.5, 3.2)
    axes.set_xlabel("specific capacity / mAh g$^{-1}$ of P$_4$S$_{34}$")
    axes.set_ylabel("cell voltage against In-Li / V")
    _legend(axes, loc="upper left")
    _plain(axes)
    return figure


def _shades(count: int) -> list[str]:
    from matplotlib import colormaps
    from matplotlib.colors import to_hex

    return [to_hex(colormaps["cividis"](one)) for one in np.linspace(0.0, 0.88, count)]


def _selenium_rates(basis: Basis) -> "Figure":
    figure = _figure(9.0, 4.0)
    left, right = figure.subplots(1, 2)
    currents = [specific_current(name) for name in SELENIUM]
    result = rate_test(basis, SELENIUM_CELL, currents, *calibrated_selenium_changes(basis))
    curves = list(result.curves())[2::2]
    for (_, capacity, voltage), name, colour in zip(curves, SELENIUM, _shades(len(SELENIUM)), strict=True):
        left.plot(capacity, voltage, color=colour, lw=1.4, label=f"{specific_current(name):.0f}")
        left.plot([basis.number(name)], [0.5], **{**_STATED, "ms": 5, "mec": colour}, clip_on=False, zorder=5)
    left.set_xlim(0.0, 710.0)
    left.set_ylim(0.5, 1.5)
    left.set_xlabel("specific capacity / mAh g$^{-1}$")
    left.set_ylabel("cell voltage against Li-Sn / V")
    _legend(left, title="mA g$^{-1}$", title_fontsize=8, loc="lower left", ncols=2)
    plain, fitted = plain_selenium(basis), calibrated_selenium(basis)
    right.plot(currents, [plain[name] for name in SELENIUM], "--", color=_RED, lw=1.5, label="example cell, not fitted")
    right.plot(
        currents, [fitted[name] for name in SELENIUM], "-", color=_BLUE, lw=1.8, label="fitted to two rates (filled)"
    )
    right.plot(currents, [basis.number(name) for name in SELENIUM], **_STATED, label="stated")
    right.plot(
        [specific_current(name) for name in TRAINED_ON], [basis.number(name) for name in TRAINED_ON],
        **{**_STATED, "mfc": _BLUE},
    )  # fmt: skip
    right.axhline(theoretical_capacity("Se", 2.0), color=_GREY, lw=1.0, ls=":", label="theory, Li$_2$Se")
    right.set_xlabel("current / mA g$^{-1}$")
    right.set_ylabel("discharge capacity / mAh g$^{-1}$")
    right.set_ylim(400.0, 705.0)
    _legend(right, loc="lower left")
    _plain(left, right)
    return figure


def _selenium_cycling(basis: Basis) -> "Figure":
    figure = _figure(6.4, 3.8)
    axes = figure.subplots()
    cycles = np.arange(0, 101)
    first, last = basis.number("S4-39"), basis.number("S4-48")
    ratio = last / first
    axes.plot(cycles, first * ratio ** (cycles / 100.0), color=_BLUE, lw=1.8, label="the same share lost in each cycle")
    axes.plot(
        cycles,
        first - (first - last) * np.sqrt(cycles / 100.0),
        "--",
        color=_RED,
        lw=1.5,
        label="square root of the cycle",
    )
    axes.plot([0, 100], [first, last], **_STATED, label="stated", clip_on=False, zorder=5)
    axes.set_xlabel("cycle at 50 mA g$^{-1}$")
    axes.set_ylabel("discharge capacity / mAh g$^{-1}$")
    axes.set_xlim(0, 100)
    axes.set_ylim(550.0, 700.0)
    axes.axhline(theoretical_capacity("Se", 2.0), color=_GREY, lw=1.0, ls=":", label="theory, Li$_2$Se")
    _legend(axes, loc="lower left")
    _plain(axes)
    return figure


def _sesx(basis: Basis) -> "Figure":
    figure = _figure(6.6, 4.0)
    axes = figure.subplots()
    contents = np.linspace(0.0, 3.4, 120)
    theory = np.array([sesx_capacity(float(x)) for x in contents])
    share = ses2_utilisation(basis)
    axes.plot(contents, theory, ":", color=_GREY, lw=1.5, label="theory, Li$_2$Se + x Li$_2$S")
    axes.plot(
        contents,
        share * theory,
        color=_BLUE,
        lw=1.8,
        label="utilisation of the simulated SeS$_2$ cell at 0.4 A g$^{-1}$",
    )
    places = [implied_content(basis, share_of) for share_of in FIFTH_CYCLE.values()]
    axes.plot(
        places,
        [basis.number(name) for name in FIFTH_CYCLE],
        **_STATED,
        label="stated, fifth cycle (x from the stated share)",
    )
    axes.plot(
        [2.0],
        [basis.number("S4-60")],
        **{**_STATED, "marker": "s", "mec": _RED},
        label="stated, SeS$_2$ in the rate test",
    )
    axes.set_xlabel("sulfur per selenium, x in SeS$_x$")
    axes.set_ylabel("capacity / mAh g$^{-1}$")
    axes.set_xlim(0.0, 3.4)
    axes.set_ylim(600.0, 1300.0)
    _legend(axes, loc="lower right")
    _plain(axes)
    return figure


def _ses2_rates(basis: Basis) -> "Figure":
    figure = _figure(6.4, 3.8)
    axes = figure.subplots()
    currents = [specific_current(name) * 1e-3 for name in SES2]
    found = plain_ses2(basis)
    axes.plot(
        currents,
        [found[name] for name in SES2],
        "-",
        color=_BLUE,
        lw=1.8,
        label="simulated, utilisation from 0.2 A g$^{-1}$",
    )
    axes.plot(currents, [basis.number(name) for name in SES2], **_STATED, label="stated, rate test")
    axes.plot([0.4], [basis.number("S4-53")], **{**_STATED, "marker": "s", "mec": _RED}, label="stated, fifth cycle")
    axes.axhline(sesx_capacity(2.0), color=_GREY, lw=1.0, ls=":", label="theory, Li$_2$Se + 2 Li$_2$S")
    axes.set_xlabel("current / A g$^{-1}$")
    axes.set_ylabel("discharge capacity / mAh g$^{-1}$")
    axes.set_xlim(0.1, 1.1)
    axes.set_ylim(750.0, 1180.0)
    _legend(axes, loc="lower left")
    _plain(axes)
    return figure


def _traces(axes: "Axes", result: SimulationResult, colour: str, label: str) -> None:
    data = result.data.columns
    time = np.asarray(data["test_time_second"], dtype=float) / 3600.0
    axes.plot(time, np.asarray(data["voltage_volt"], dtype=float) * 1e3, color=colour, lw=1.4, label=label)
    axes.set_xlabel("time / h")
    axes.set_ylabel("cell voltage / mV")
    axes.set_ylim(-1.75 * _highest(data["voltage_volt"]) * 1e3, 1.75 * _highest(data["voltage_volt"]) * 1e3)
    axes.axhline(0.0, color=_PALE, lw=0.8)


def _highest(voltage: Any) -> float:
    return float(np.max(np.abs(np.asarray(voltage, dtype=float))))


def _coated_lithium(basis: Basis) -> "Figure":
    figure = _figure(6.4, 3.6)
    axes = figure.subplots()
    capacity = half_cycle("S4-67")
    result = plating(basis, COATED_CELL, capacity, capacity, cycles=4)
    thickness = lithium_thickness(basis, capacity)
    _traces(axes, result, _GREEN, f"simulated: {capacity:g} mAh cm$^{{-2}}$ = {thickness:.1f} µm Li each way")
    axes.text(
        0.98, 0.04, f"stated life: {basis.number('S4-67'):.0f} h; nothing in the model ends it",
        transform=axes.transAxes, ha="right", fontsize=8,
    )  # fmt: skip
    _legend(axes, loc="upper left")
    _plain(axes)
    return figure


def _symmetric(basis: Basis) -> "Figure":
    figure = _figure(7.4, 5.0)
    all_axes: Sequence[Axes] = figure.subplots(2, 1)
    for axes, name, colour in zip(all_axes, ("S4-71", "S4-70"), (_BLUE, _RED), strict=True):
        current, capacity = basis.numbers(name)
        thickness = lithium_thickness(basis, capacity)
        _traces(
            axes, plating(basis, SYMMETRIC_CELL, current, capacity, cycles=3), colour,
            f"simulated: {current:g} mA cm$^{{-2}}$, {capacity:g} mAh cm$^{{-2}}$ (stated) = {thickness:.1f} µm Li",
        )  # fmt: skip
        _legend(axes, loc="upper left")
    _plain(*all_axes)
    return figure


def _of(name: str, caption: str, draw: Callable[[Basis], "Figure"], claims: Sequence[str]) -> PaperFigure:
    return PaperFigure(name, caption, draw, tuple(claims))


FIGURES: Final[tuple[PaperFigure, ...]] = (
    _of(
        "fig1",
        "Electrolytes. Left: conductivities that other sources report (dots) beside those stated (diamonds). Right: "
        "windows computed from phase equilibria; LiBH4 from its measured enthalpy and entropy.",
        _electrolytes,
        ("S4-01", "S4-02", "S4-03", "S4-04", "S4-05", "S4-06", "S4-07", "S4-08", "S4-09", "S4-10", "S4-11", "S4-13"),
    ),
    _of(
        "fig3c",
        "Rate of coated LiCoO2. Left: simulated with an outer shell and with the contact that is assumed without one; "
        "no number is stated. Right: the cell with Li3InCl6, simulated, and the stated capacity and maximum rate.",
        _oxide_rates,
        ("S4-24", "S4-28", "S4-29"),
    ),
    _of(
        "fig3d",
        "Coating conductivity. Left: interface resistances of three coatings as measured, what the film itself can "
        "explain, and the stated critical conductivity. Right: the potential step at which a depleted layer would "
        "have these resistances.",
        _coating_barrier,
        ("S4-12", "S4-25", "S4-26"),
    ),
    _of(
        "fig4b",
        "P4S34: the simulated first discharge and charge, with the utilisation fitted to the stated capacity; dashed: "
        "the capacities of two complete reactions.",
        _p4s34,
        ("S4-34", "S4-36"),
    ),
    _of(
        "fig4e",
        "Rates of the selenium cell. Left: discharges simulated with diffusivity and utilisation fitted to 50 and 400 "
        "mA/g; markers on the axis: stated capacities. Right: all stated capacities, the fitted and the unfitted "
        "cell.",
        _selenium_rates,
        SELENIUM,
    ),
    _of(
        "fig4f",
        "Cycling of the selenium cell: the two stated capacities, and two laws drawn through them. Which one holds "
        "the stated numbers do not say.",
        _selenium_cycling,
        ("S4-48", "S4-49"),
    ),
    _of(
        "fig4g",
        "Capacity over the sulfur content of SeSx: theory, the utilisation of the simulated SeS2 cell, and the four "
        "stated capacities at the compositions assumed for them.",
        _sesx,
        (*FIFTH_CYCLE, *FIFTH_CYCLE.values()),
    ),
    _of(
        "fig4h",
        "Rates of the SeS2 cell at 60 degC: simulated with the utilisation of the lowest rate, and stated. The fifth "
        "cycle of the cycling test lies far above the rate test at the same current.",
        _ses2_rates,
        SES2,
    ),
    _of(
        "fig5g",
        "Symmetric lithium cell with a LixSiSy layer: simulated voltage. The layers' conductivities are assumed, and "
        "no voltage is stated; the stated life cannot be computed.",
        _coated_lithium,
        ("S4-67",),
    ),
    _of(
        "fig5i",
        "Symmetric lithium cell with a fluorinated argyrodite: simulated voltage at the two stated currents and "
        "capacities. Resistances are assumed, and no voltage is stated.",
        _symmetric,
        ("S4-70", "S4-71"),
    ),
)
