"""Wu et al. 2016, its figures drawn anew: lines are computed, markers are what the paper states."""

from typing import TYPE_CHECKING, Any, Final

from interlayer.energy import Axis, SweepTable, stack, sweep_stack
from interlayer.literature.basis import Basis
from interlayer.literature.claims import claim
from interlayer.literature.study import PaperFigure
from interlayer.literature.wu2016_cells import (
    DRAWN_UM,
    LATP,
    LGPS,
    LIGHTER_COLLECTORS,
    LIION,
    LLZO,
    loading_of,
    section_cell,
)
from interlayer.literature.wu2016_separators import allowed_loss, thickness_um
from interlayer.materials import library

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BLUE: Final = "#0072B2"
ORANGE: Final = "#D55E00"
GREEN: Final = "#009E73"
GREY: Final = "0.4"
_CELLS: Final = {
    LLZO: ("Li$_7$La$_3$Zr$_2$O$_{12}$", ORANGE),
    LATP: ("Li$_{1.3}$Al$_{0.3}$Ti$_{1.7}$(PO$_4$)$_3$", GREEN),
    LGPS: ("Li$_{10}$GeP$_2$S$_{12}$", BLUE),
}
_SHADES: Final = ("#08306B", "#4FA3D1", "#F0A860", "#D9662B", "#8C2D04")
_MARKER: Final[dict[str, Any]] = {
    "ls": "none", "marker": "o", "ms": 7.0, "mfc": "white", "mew": 1.7, "zorder": 5, "clip_on": False,
}  # fmt: skip
_FAMILIES: Final = {"oxide": ORANGE, "phosphate": GREEN, "sulfide": BLUE}
_CONDUCTORS: Final = (
    ("S1-05", "Li$_{1/2}$La$_{1/2}$TiO$_3$, bulk", "oxide", "LLTO"),
    ("S1-06", "Li$_7$La$_3$Zr$_2$O$_{12}$", "oxide", "LLZO"),
    ("S1-07", "Li$_7$La$_3$Zr$_2$O$_{12}$ with Ta, Nb, Te", "oxide", ""),
    ("S1-08", "LiTi$_2$(PO$_4$)$_3$", "phosphate", ""),
    ("S1-09", "Li$_{1.3}$Al$_{0.3}$Ti$_{1.7}$(PO$_4$)$_3$", "phosphate", "LATP"),
    ("S1-10", "the same, spark plasma sintered", "phosphate", ""),
    ("S1-11", "LiPON", "phosphate", "LiPON"),
    ("S1-12", "Li$_2$S-P$_2$S$_5$-LiI glass", "sulfide", ""),
    ("S1-13", "Li$_{3.25}$Ge$_{0.25}$P$_{0.75}$S$_4$", "sulfide", ""),
    ("S1-14", "Li$_{10}$GeP$_2$S$_{12}$", "sulfide", "LGPS"),
    ("S1-15", "the same, more lithium", "sulfide", ""),
    ("S1-16", "70Li$_2$S-30P$_2$S$_5$ glass ceramic", "sulfide", ""),
    ("S1-17", "Li$_{9.54}$Si$_{1.74}$P$_{1.44}$S$_{11.7}$Cl$_{0.3}$", "sulfide", ""),
)
_OWN: Final = "wu2016"
_THICKNESS: Final = "separator thickness / µm"
_LOADING: Final = "active loading / mg cm$^{-2}$"
_ENERGIES: Final = {
    "specific_energy_Wh_per_kg": "specific energy / Wh kg$^{-1}$",
    "energy_density_Wh_per_L": "energy density / Wh L$^{-1}$",
}
_BREAK_EVEN: Final = ("break_even_thickness_um.specific_energy", "break_even_thickness_um.energy_density")


def _steps(start: float, stop: float, count: int) -> tuple[float, ...]:
    return tuple(start + (stop - start) * i / (count - 1) for i in range(count))


_THICKNESSES: Final = Axis("separator.thickness", (0.1, *_steps(2.0, 150.0, 38)), "um")
_LOADINGS: Final = Axis("cathode.loading", _steps(1.0, 50.0, 50), "mg/cm2")


def _panels(count: int, width: float, height: float = 3.9) -> "tuple[Figure, list[Axes]]":
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    panels = list(figure.subplots(1, count, squeeze=False)[0])
    for axes in panels:
        for side in ("top", "right"):
            axes.spines[side].set_visible(False)
        axes.grid(alpha=0.2, lw=0.6)
        axes.tick_params(labelsize=9)
    return figure, panels


def _state(axes: "Axes", x: float, y: float, colour: str, label: str = "") -> None:
    axes.plot([x], [y], mec=colour, label=label or "_nolegend_", **_MARKER)


def _reference(axes: "Axes", level: float, at: float) -> None:
    """Draw the level of the lithium-ion cell."""
    axes.axhline(level, color=GREY, lw=1.1, ls=(0, (4, 3)))
    axes.annotate(
        "lithium-ion cell", (at, level), xytext=(0, -3), textcoords="offset points", va="top", fontsize=8, color=GREY
    )


def draw_conductivities(basis: Basis) -> "Figure":
    """Draw the stated conductivities and, above, the thickness that each allows by Ohm's law."""
    figure, (axes,) = _panels(1, 7.4, 5.3)
    (loss, _), current = allowed_loss("S1-03"), basis.number("S1-04")
    places = range(len(_CONDUCTORS))
    for place, (name, _, family, material) in zip(places, _CONDUCTORS, strict=True):
        value, colour = basis.number(name), _FAMILIES[family]
        axes.plot([1e-7, value], [place, place], color=colour, lw=5.0, alpha=0.25, solid_capstyle="butt")
        axes.plot([value], [place], mec=colour, **{**_MARKER, "marker": ">" if claim(name).bound else "o"})
        other = _elsewhere(material) if material else ()
        axes.plot(other, [place] * len(other), "|", color="black", ms=9, mew=1.5, zorder=4)
    for family, colour in _FAMILIES.items():
        axes.plot([], [], color=colour, mec=colour, label=f"{family}, stated", **{**_MARKER, "clip_on": True})
    axes.plot([], [], ">", mfc="white", mec=GREY, ms=7, mew=1.7, label="stated as more than")
    axes.plot([], [], "|", color="black", ms=9, mew=1.5, label="same formula, other sources")
    axes.set_xscale("log")
    axes.set(xlim=(1e-7, 1e-1), ylim=(len(_CONDUCTORS) - 0.4, -0.6), xlabel="ionic conductivity / S cm$^{-1}$")
    axes.set_yticks(list(places), [label for _, label, _, _ in _CONDUCTORS], fontsize=8.5)
    axes.grid(axis="y", visible=False)
    ratio = thickness_um(loss, current, 1.0)

    def length(sigma: Any) -> Any:
        return sigma * ratio

    def conductivity(thickness: Any) -> Any:
        return thickness / ratio

    above = axes.secondary_xaxis("top", functions=(length, conductivity))
    above.set_xlabel(f"thickness that loses {loss * 1e3:g} mV at {current:g} mA cm$^{{-2}}$ / µm", fontsize=9)
    above.tick_params(labelsize=9)
    figure.legend(frameon=False, fontsize=8.5, loc="outside lower center", ncols=3)
    return figure


def _elsewhere(material: str) -> tuple[float, ...]:
    """Return the conductivities in S/cm of a material in the library whose source is another than this paper."""
    return tuple(
        datum.si * 1e-2
        for datum in library()[material].conductivity
        if datum.source is not None and not datum.source.startswith(_OWN)
    )


def draw_thickness(basis: Basis) -> "Figure":
    """Draw both energies over the separator's thickness for the three electrolytes at the loading of S1-38."""
    figure, (by_mass, by_volume) = _panels(2, 9.6)
    tables = {name: sweep_stack(section_cell(basis, name), _THICKNESSES) for name in _CELLS}
    styles: dict[str, dict[str, Any]] = {
        LLZO: {"lw": 5.0, "alpha": 0.35}, LATP: {"lw": 2.4}, LGPS: {"lw": 1.5, "ls": ":"},
    }  # fmt: skip
    for name, (label, colour) in _CELLS.items():
        x = tables[name].column(_THICKNESSES.column)
        for axes, energy, style in ((by_mass, 0, {"lw": 1.8}), (by_volume, 1, styles[name])):
            axes.plot(x, tables[name].column(list(_ENERGIES)[energy]), color=colour, label=label, **style)
    liion = stack(section_cell(basis, LIION))
    _reference(by_mass, liion.specific_energy_Wh_per_kg, 2.0)
    _reference(by_volume, liion.energy_density_Wh_per_L, 2.0)
    level = basis.number("S1-34")
    for source, name in (("S1-39", LLZO), ("S1-40", LATP), ("S1-41", LGPS)):
        _state(by_mass, basis.number(source), level, _CELLS[name][1])
    for source, name in (("S1-44", LLZO), ("S1-45", LGPS)):
        _state(by_mass, basis.number(source), 1.5 * level, _CELLS[name][1])
    _state(by_volume, basis.number("S1-42"), basis.number("S1-35"), "black", "stated")
    _state(by_mass, float("nan"), float("nan"), "black", "stated")
    by_mass.text(30.0, 1.5 * level, "half as much again", fontsize=8, color=GREY, va="center")
    by_volume.text(4.0, 860.0, "lines coincide", fontsize=8, color=GREY)
    for axes, energy_label in zip((by_mass, by_volume), _ENERGIES.values(), strict=True):
        axes.set(xlabel=_THICKNESS, ylabel=energy_label, xlim=(0.0, 150.0))
        axes.set_ylim(bottom=0.0)
        axes.legend(frameon=False, fontsize=8, loc="upper right")
    return figure


def draw_break_even(basis: Basis) -> "Figure":
    """Draw the break-even thickness over the loading, for Wh/kg and for Wh/L."""
    figure, (axes,) = _panels(1, 5.8, 4.2)
    reference = section_cell(basis, LIION)
    loading = basis.numbers("S1-38")[0]
    for name, (label, colour) in _CELLS.items():
        table = sweep_stack(section_cell(basis, name), _LOADINGS, reference=reference)
        x = table.column(_LOADINGS.column)
        axes.plot(x, table.column(_BREAK_EVEN[0]), color=colour, lw=1.8, label=f"equal Wh kg$^{{-1}}$, {label}")
        if name == LGPS:  # equal for all three: their volumes are
            axes.plot(
                x, table.column(_BREAK_EVEN[1]), color="black", lw=1.5, ls="--", label="equal Wh L$^{-1}$, all three"
            )
    for source in ("S1-47", "S1-48"):
        _state(axes, loading_of(source), basis.number(source), _CELLS[LLZO][1])
    for source, name in (("S1-39", LLZO), ("S1-40", LATP), ("S1-41", LGPS)):
        _state(axes, loading, basis.number(source), _CELLS[name][1])
    _state(axes, loading, basis.number("S1-42"), "black", "stated")
    _state(axes, basis.number("S1-54"), 100.0, "black")
    axes.set(xlabel=_LOADING, ylabel="break-even separator thickness / µm", xlim=(0.0, 52.0))
    axes.set_ylim(bottom=0.0)
    axes.legend(frameon=False, fontsize=8, loc="upper left")
    return figure


def _over_loading(basis: Basis, energy: str) -> "tuple[Figure, Axes]":
    """Draw one energy of the garnet cell over the loading for several thicknesses of the separator."""
    figure, (axes,) = _panels(1, 5.8, 4.2)
    limit = getattr(stack(section_cell(basis, LIION)), energy)
    grid = [Axis("separator.thickness", DRAWN_UM, "um"), _LOADINGS]
    table = sweep_stack(section_cell(basis, LLZO), grid)
    count = len(_LOADINGS.values)
    x, y = table.column(_LOADINGS.column), table.column(energy)
    for place, (thickness, colour) in enumerate(zip(DRAWN_UM, _SHADES, strict=True)):
        rows = slice(place * count, (place + 1) * count)
        axes.plot(x[rows], y[rows], color=colour, lw=1.8, label=f"{thickness:g} µm")
        axes.annotate(
            f"{thickness:g} µm", (x[rows][-1], y[rows][-1]), xytext=(5, 0), textcoords="offset points", va="center",
            fontsize=8.5, color=colour,
        )  # fmt: skip
    _reference(axes, limit, 24.5)
    axes.set(xlabel=_LOADING, ylabel=_ENERGIES[energy], xlim=(0.0, 57.0))
    axes.set_ylim(bottom=0.0)
    return figure, axes


def draw_specific_energy(basis: Basis) -> "Figure":
    """Draw the specific energy of the garnet cell over the loading, with the stated parity points."""
    figure, axes = _over_loading(basis, "specific_energy_Wh_per_kg")
    level = basis.number("S1-34")
    axes.plot([], [], mec="black", label="stated break-even thickness", **_MARKER)
    for source, loading, away, side in (
        ("S1-47", loading_of("S1-47"), (-10, 4), "right"),
        ("S1-39", basis.numbers("S1-38")[0], (0, 8), "center"),
        ("S1-48", loading_of("S1-48"), (-6, -10), "right"),
    ):
        _state(axes, loading, level, "black")
        axes.annotate(
            f"{basis.number(source):g} µm",
            (loading, level),
            xytext=away,
            textcoords="offset points",
            ha=side,
            fontsize=8,
        )
    axes.legend(*_only_last(axes), frameon=False, fontsize=8, loc="upper left")
    return figure


def draw_energy_density(basis: Basis) -> "Figure":
    """Draw the energy density of the garnet cell over the loading, with the stated parity at 100 um."""
    figure, axes = _over_loading(basis, "energy_density_Wh_per_L")
    _state(axes, basis.number("S1-54"), basis.number("S1-35"), _SHADES[DRAWN_UM.index(100.0)], "stated for 100 µm")
    axes.legend(*_only_last(axes), frameon=False, fontsize=8, loc="upper left")
    return figure


def _only_last(axes: "Axes") -> tuple[list[Any], list[str]]:
    """Return the legend's last entry: the lines carry their labels."""
    handles, labels = axes.get_legend_handles_labels()
    return handles[-1:], labels[-1:]


def draw_collectors(basis: Basis) -> "Figure":
    """Draw both energies of the garnet cell with whole and with lighter collectors, and the gain."""
    figure, panels = _panels(3, 12.4)
    before, after = (
        sweep_stack(section_cell(basis, LLZO, *changes), _LOADINGS) for changes in ((), LIGHTER_COLLECTORS)
    )
    x = before.column(_LOADINGS.column)
    stated = (("S1-56", "S1-57"), ("S1-58", "S1-59"))
    for axes, (energy, label), colour, pair in zip(panels, _ENERGIES.items(), (BLUE, ORANGE), stated, strict=False):
        axes.plot(x, after.column(energy), color=colour, lw=1.8, label="no Cu, 5 µm Al")
        axes.plot(x, before.column(energy), color=colour, lw=1.6, ls="--", label="5 µm Cu, 10 µm Al")
        axes.set_ylabel(label)
        axes.legend(frameon=False, fontsize=8.5, loc="lower right")
        panels[2].plot(x, _gain(before, after, energy), color=colour, lw=1.8, label=label.partition(" / ")[0])
        for source in pair:
            _state(panels[2], loading_of(source), basis.number(source), colour)
    _state(panels[2], float("nan"), float("nan"), "black", "stated")
    panels[2].set_ylabel("gain / %")
    panels[2].legend(frameon=False, fontsize=8.5)
    for axes in panels:
        axes.set(xlabel=_LOADING, xlim=(0.0, 52.0))
        axes.set_ylim(bottom=0.0)
    return figure


def _gain(before: SweepTable, after: SweepTable, energy: str) -> list[float]:
    return [100.0 * (new / old - 1.0) for old, new in zip(before.column(energy), after.column(energy), strict=True)]


FIGURES: Final[tuple[PaperFigure, ...]] = (
    PaperFigure(
        "fig2",
        "Ionic conductivities near room temperature. Circles and triangles: stated, the paper's years are left out. "
        "Bars across: the same formula in other sources of the library. Upper scale, computed: the separator that "
        "loses 50 mV at 3 mA/cm².",
        draw_conductivities,
        ("S1-03", *(name for name, _, _, _ in _CONDUCTORS)),
    ),
    PaperFigure(
        "fig3b",
        "Specific energy and energy density over the separator's thickness at 19.5 mg/cm². Lines: the stack model "
        "with the paper's inputs and 362 mAh/g of graphite, which it does not state. Circles: stated thicknesses for "
        "equality and for half as much again.",
        draw_thickness,
        ("S1-39", "S1-40", "S1-41", "S1-42", "S1-44", "S1-45"),
    ),
    PaperFigure(
        "fig3c",
        "Break-even thickness over the loading. Lines: the stack model. Circles: stated; the three of LLZO lie on no "
        "straight line.",
        draw_break_even,
        ("S1-39", "S1-40", "S1-41", "S1-42", "S1-46", "S1-47", "S1-48", "S1-54"),
    ),
    PaperFigure(
        "fig3d",
        "Specific energy of the garnet cell over the loading for five separators. Lines: the stack model. Circles: "
        "the thickness stated for equality with the lithium-ion cell at three loadings.",
        draw_specific_energy,
        ("S1-39", "S1-47", "S1-48", "S1-52", "S1-53"),
    ),
    PaperFigure(
        "fig3e",
        "Energy density of the garnet cell over the loading for five separators. Lines: the stack model. Circle: the "
        "loading stated for equality with a separator of 100 µm.",
        draw_energy_density,
        ("S1-54",),
    ),
    PaperFigure(
        "fig3f",
        "Energies of the garnet cell with a separator of 20 µm, with whole and with lighter collectors, and the gain. "
        "Lines: the stack model. Circles: stated gains.",
        draw_collectors,
        ("S1-56", "S1-57", "S1-58", "S1-59"),
    ),
)
