"""Figures of windows and reaction profiles (matplotlib, loaded only here)."""

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from interlayer.thermo.contact_stack import CoatedInterface
    from interlayer.thermo.interface_reaction import Reaction
    from interlayer.thermo.stability_window import Window
    from interlayer.thermo.voltage_sweep import VoltageSweep

_SIZE: Final = (5.5, 3.6)
HIGHEST_SHOWN_V: Final = 5.0
_MOST_MARKED: Final = 30
_MOST_LABELLED: Final = 6
BLUE, ORANGE, GREY = "#0072b2", "#d55e00", "#666666"  # Okabe and Ito: told apart by colour-blind readers


def empty_figure() -> "Figure":
    """Return a figure of the size that the room's figures share."""
    from matplotlib.figure import Figure

    # without pyplot: no window, no global list of figures
    return Figure(figsize=_SIZE, dpi=150, layout="constrained")


def typeset(formula: str) -> str:
    """Return a formula with its numbers as subscripts."""
    return re.sub(r"(\d+\.?\d*)", r"$_{\1}$", formula)


def window_figure(result: "Window") -> "Figure":
    """Draw the potential against the lithium taken up, with the window shaded."""
    figure = empty_figure()
    axes = figure.add_subplot()
    steps = [step for step in result.profile if step.lowest_V < HIGHEST_SHOWN_V]
    lithium: list[float] = []
    potential: list[float] = []
    for step in steps:
        top = min(step.highest_V if step.highest_V is not None else HIGHEST_SHOWN_V, HIGHEST_SHOWN_V)
        lithium += [step.lithium_per_formula] * 2
        potential += [step.lowest_V, top]
    axes.plot(lithium, potential, color=BLUE, linewidth=1.8)
    top = min(result.oxidation_V if result.oxidation_V is not None else HIGHEST_SHOWN_V, HIGHEST_SHOWN_V)
    if top > result.reduction_V:
        axes.axhspan(result.reduction_V, top, color=ORANGE, alpha=0.18, linewidth=0)
    upper = f"{result.oxidation_V:.2f}" if result.oxidation_V is not None else "no limit"
    axes.set_title(
        f"{typeset(result.formula)}: {result.reduction_V:.2f} to {upper} V ({result.convention})", fontsize=10
    )
    axes.set_xlabel("lithium taken up (Li per formula unit)")
    axes.set_ylabel("potential (V against Li/Li$^+$)")
    axes.set_ylim(0.0, HIGHEST_SHOWN_V)
    axes.invert_xaxis()  # as a charging cell is read: lithium leaves to the right
    foot(figure, result.conditions, result.table)
    return figure


def reaction_figure(result: "Reaction") -> "Figure":
    """Draw the reaction energy against the mole fraction of A, its corners and its minimum."""
    import numpy as np

    figure = empty_figure()
    axes = figure.add_subplot()
    fractions = np.array([kink.mixing_fraction for kink in result.profile])
    energies = np.array([kink.energy_eV_per_atom for kink in result.profile]) * 1e3
    axes.plot(*between_corners(result), color=BLUE, linewidth=1.8)
    axes.plot(fractions, energies, "o", color=BLUE, markersize=4)
    axes.axhline(0.0, color=GREY, linewidth=0.8)
    if result.mixing_fraction is not None:
        axes.plot(result.mixing_fraction, result.reaction_energy_eV_per_atom * 1e3, "o", color=ORANGE, markersize=7)
        axes.annotate(
            f"{result.reaction_energy_eV_per_atom * 1e3:.0f} meV at {result.mixing_fraction:.3f}",
            (result.mixing_fraction, result.reaction_energy_eV_per_atom * 1e3),
            xytext=(0, -14),
            textcoords="offset points",
            ha="right" if result.mixing_fraction > 0.5 else "left",
            fontsize=8,
        )
        axes.margins(y=0.15)
    at = "" if result.voltage_V is None else f" at {result.voltage_V:g} V"
    axes.set_title(
        f"{typeset(result.reactant_A)} | {typeset(result.reactant_B)}{at} ({result.convention})", fontsize=10
    )
    axes.set_xlabel(f"mole fraction of {typeset(result.reactant_A)}")
    axes.set_ylabel(f"reaction energy (m{result.normalisation})")
    axes.set_xlim(0.0, 1.0)
    foot(figure, result.conditions, result.table)
    return figure


def between_corners(result: "Reaction") -> tuple[list[float], list[float]]:
    """Return a curve through the corners: straight per mol of atoms, hence slightly bent per mol of formula units."""
    import numpy as np

    from interlayer.composition import parse_formula

    skipped = {"Li"} if result.voltage_V is not None else set()
    sizes = [
        sum(amount for element, amount in parse_formula(formula).items() if element not in skipped)
        for formula in (result.reactant_A, result.reactant_B)
    ]
    corners = np.array([kink.mixing_fraction for kink in result.profile])
    energies = np.array([kink.energy_eV_per_atom for kink in result.profile]) * 1e3
    fine = np.unique(np.concatenate([corners, np.linspace(0.0, 1.0, 201)]))

    def atoms_of_a(fraction: "np.typing.NDArray[np.float64]") -> "np.typing.NDArray[np.float64]":
        return fraction * sizes[0] / (fraction * sizes[0] + (1.0 - fraction) * sizes[1])

    return fine.tolist(), np.interp(atoms_of_a(fine), atoms_of_a(corners), energies).tolist()


def foot(figure: "Figure", conditions: str, table: str) -> None:
    """Write under a figure what it holds for."""
    figure.supxlabel(f"{conditions}; phases: {table}", fontsize=6.5, color=GREY)


def sweep_figure(result: "VoltageSweep") -> "Figure":
    """Draw the mutual and the total reaction energy of a contact against the voltage."""
    figure = empty_figure()
    axes = figure.add_subplot()
    mutual = [one.reaction_energy_eV_per_atom * 1e3 for one in result.at_voltage]
    total = [(one.total_energy_eV_per_atom or 0.0) * 1e3 for one in result.at_voltage]
    marker = "o" if len(mutual) <= _MOST_MARKED else None
    axes.plot(result.voltages_V, mutual, color=BLUE, marker=marker, markersize=4, label="mutual: the contact adds")
    axes.plot(
        result.voltages_V, total, color=ORANGE, marker=marker, markersize=4, label="total: from the unreacted two"
    )
    axes.axhline(0.0, color=GREY, linewidth=0.8)
    first = result.closed
    axes.set_title(f"{typeset(first.reactant_A)} | {typeset(first.reactant_B)} ({first.convention})", fontsize=10)
    axes.set_xlabel("potential (V against Li/Li$^+$)")
    axes.set_ylabel("reaction energy\n(meV per atom without Li)")
    axes.legend(frameon=False, fontsize=8)
    foot(figure, first.conditions, first.table)
    return figure


def coated_figure(result: "CoatedInterface") -> "Figure":
    """Draw the reaction energies of the bare contact and of both sides of the coating, closed and at each voltage."""
    import numpy as np

    figure = empty_figure()
    axes = figure.add_subplot()
    contacts = [*result.before, *result.after]
    series = ["closed", *(f"{voltage:g} V" for voltage in result.voltages_V)]
    height = 0.8 / len(series)
    shades = np.linspace(1.0, 0.35, len(series))
    for i, (name, shade) in enumerate(zip(series, shades, strict=True)):
        reactions = [(contact.closed, *contact.at_voltage)[i] for contact in contacts]
        places = np.arange(len(contacts)) - 0.4 + (i + 0.5) * height
        energies = [one.reaction_energy_eV_per_atom * 1e3 for one in reactions]
        axes.barh(
            places, energies, height, label=name, color=[*[ORANGE] * len(result.before), *[BLUE] * 2], alpha=shade
        )
        for place, energy in zip(places.tolist(), energies, strict=True) if len(series) <= _MOST_LABELLED else ():
            axes.annotate(
                f"{energy:.0f} ({name})", (energy, place), xytext=(-3, 0), textcoords="offset points",
                ha="right", va="center", fontsize=6.5, color=GREY,
            )  # fmt: skip
    names = [f"{typeset(one.closed.reactant_A)} |\n{typeset(one.closed.reactant_B)}" for one in contacts]
    axes.set_yticks(range(len(contacts)), [f"{'bare' if i == 0 else 'coated'}\n{name}" for i, name in enumerate(names)])
    axes.tick_params(axis="y", labelsize=7)
    axes.invert_yaxis()
    axes.margins(x=0.3)
    axes.set_xlim(right=0.0)
    first = contacts[0].closed
    axes.set_xlabel("mutual reaction energy (meV/atom; with voltage per atom without Li)", fontsize=8)
    axes.set_title(f"before and after a coating ({first.convention})", fontsize=10)
    foot(figure, first.conditions, first.table)
    return figure
