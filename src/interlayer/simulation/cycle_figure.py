"""The figure of a cycled cell: capacity, efficiency and grown resistance against the cycle number."""

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from interlayer.simulation.result import SimulationResult

_BLUE, _ORANGE, _GREEN, _GREY = "#0072b2", "#d55e00", "#009e73", "#666666"
_SIZE: Final = (5.5, 5.0)


def cycle_figure(result: "SimulationResult") -> "Figure":
    """Draw discharge capacity and coulombic efficiency above, what has aged below."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=_SIZE, dpi=150, layout="constrained")
    upper, lower = figure.subplots(2, 1, sharex=True)
    numbers = [one.cycle for one in result.cycles]
    style = {"marker": "o" if len(numbers) <= 60 else None, "markersize": 3.0, "linewidth": 1.5}
    upper.plot(numbers, [one.discharge_mAh_per_g for one in result.cycles], color=_BLUE, **style)
    upper.set_ylabel("discharge (mAh/g)", color=_BLUE)
    upper.set_ylim(bottom=0.0)
    efficiency = upper.twinx()
    shares = [float("nan") if one.coulombic_efficiency is None else one.coulombic_efficiency for one in result.cycles]
    efficiency.plot(numbers, [100.0 * share for share in shares], color=_ORANGE, **{**style, "linewidth": 0.8})
    efficiency.set_ylabel("coulombic efficiency (%)", color=_ORANGE)
    efficiency.set_ylim(80.0, 102.0)
    lower.plot(numbers, [100.0 * one.active for one in result.cycles], color=_GREEN, label="active material", **style)
    lower.plot(
        numbers, [100.0 * one.contact for one in result.cycles], color=_GREY, linestyle="--", label="contact", **style
    )
    lower.set_ylabel("what is left (%)")
    lower.set_ylim(0.0, 105.0)
    lower.set_xlabel("cycle")
    lower.legend(frameon=False, fontsize=8, loc="lower left")
    grown = lower.twinx()
    grown.plot(numbers, [one.grown_resistance_ohm_cm2 for one in result.cycles], color=_ORANGE, **style)
    grown.set_ylabel("grown resistance (ohm cm$^2$)", color=_ORANGE)
    grown.set_ylim(bottom=0.0)
    upper.set_title(result.cell, fontsize=10)
    return figure
