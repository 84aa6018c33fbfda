"""The figure of a record: voltage against the capacity of each step."""

from typing import TYPE_CHECKING

from interlayer.records.record import Record

if TYPE_CHECKING:
    from matplotlib.figure import Figure

CHARGE_COLOUR = "#D55E00"
DISCHARGE_COLOUR = "#0072B2"
_LEGEND_MOST = 12


def record_figure(record: Record) -> "Figure":
    """Draw one line per step that passes charge; per mass of cathode active material where the mass is known."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6.4, 4.2), layout="constrained")
    axes = figure.subplots()
    steps = [step for step in record.iter_steps() if len(step) > 1 and step.capacity[-1] > 0]
    counts = {True: 0, False: 0}
    for step in steps:
        counts[_charges(step)] += 1
    seen = {True: 0, False: 0}
    for step in steps:
        charges = _charges(step)
        seen[charges] += 1
        specific = step.specific_capacity
        # later steps of a ladder are paler, so that their order can be seen without the legend
        alpha = 1.0 - 0.65 * (seen[charges] - 1) / max(counts[charges] - 1, 1)
        current = abs(float(step.current[len(step) // 2])) * 1e3
        axes.plot(
            step.capacity * 1e3 if specific is None else specific,
            step.voltage,
            color=CHARGE_COLOUR if charges else DISCHARGE_COLOUR,
            alpha=alpha,
            label=f"{'charge' if charges else 'discharge'}, {current:.3g} mA",
        )
    axes.set_xlabel("capacity / mAh" if record.specific_capacity is None else "specific capacity / mAh g$^{-1}$")
    axes.set_ylabel("cell voltage / V")
    axes.set_title(str(record.metadata.get("cell", "")), fontsize=9, loc="left")
    axes.grid(alpha=0.3)
    axes.set_axisbelow(True)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    if 0 < len(steps) <= _LEGEND_MOST:
        axes.legend(frameon=False, fontsize=8)
    return figure


def _charges(step: Record) -> bool:
    return bool(step.current[len(step) // 2] > 0)
