"""Differential capacity and voltage of steps at constant current, their peaks, and the polarisation between them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from interlayer.errors import InputError
from interlayer.measure.finding import Analysis, Finding
from interlayer.measure.sweeps import CurvePeak, curve_peaks, on_grid, smoothed
from interlayer.records import Record

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Array = NDArray[np.float64]
_STEADY: Final = 0.05
_FEWEST: Final = 30
_LEAST_SPAN: Final = 0.05


@dataclass(frozen=True, eq=False)
class ConstantCurrent:
    """A step at constant current: V, and A h passed since it began (positive both ways); `current` in A."""

    voltage: Array
    charge: Array
    current: float

    @property
    def charges(self) -> bool:
        """Whether the cell is charged."""
        return self.current > 0.0


def constant_current_steps(record: Record) -> list[ConstantCurrent]:
    """Return the steps of a record whose current stays within 5 % and whose voltage moves by 50 mV at least.

    Raises InputError where there is none.
    """
    time, voltage, current = (
        np.asarray(record.columns[name], dtype=float) for name in ("test_time_second", "voltage_volt", "current_ampere")
    )
    size = np.abs(current)
    if not size.size or size.max() == 0.0:
        raise InputError("the record passes no current: it has no step at constant current")
    sign = np.where(size < 1e-3 * size.max(), 0.0, np.sign(current))
    jump = np.abs(np.diff(current)) > _STEADY * np.maximum(size[1:], size[:-1])
    edges = np.flatnonzero((np.diff(sign) != 0.0) | jump) + 1
    found = []
    for begin, end in zip([0, *edges], [*edges, len(sign)], strict=True):
        part = slice(begin, end)
        if sign[begin] == 0.0 or end - begin < _FEWEST or np.ptp(voltage[part]) < _LEAST_SPAN:
            continue
        mean = float(np.median(current[part]))
        if np.ptp(current[part]) > 2.0 * _STEADY * abs(mean):
            continue  # a sweep or a hold
        steps = 0.5 * (size[begin + 1 : end] + size[begin : end - 1]) * np.diff(time[part]) / 3600.0
        found.append(ConstantCurrent(voltage[part], np.concatenate([[0.0], np.cumsum(steps)]), mean))
    if not found:
        raise InputError(
            f"no step at constant current has {_FEWEST} points and moves the voltage by {1e3 * _LEAST_SPAN:.0f} mV"
        )
    return found


def differential_capacity(step: ConstantCurrent, smoothing: float) -> tuple[Array, Array]:
    """Return dQ/dV, A h/V, over an even grid of voltage: the slope of local cubics over `smoothing` volts in Q(V).

    Positive both ways. Where the voltage turns back within the step, points of one voltage are averaged.
    """
    grid, charge = on_grid(step.voltage, step.charge if step.charges else step.charge[-1] - step.charge)
    return grid, smoothed(grid, charge, smoothing, derivative=1)


def analyse_dqdv(record: Record, *, smoothing_V: float = 0.02) -> Analysis:
    """Return the peaks of dQ/dV of the last charge and the last discharge, and the polarisation between pairs.

    Q(V) is put on 400 even steps of voltage and differentiated by local cubics over `smoothing_V` (Savitzky and Golay);
    a peak narrower than that is broadened to it. Raises InputError where no step is at constant current.
    """
    if not 0.0 < smoothing_V < 1.0:
        raise InputError(f"smoothing_V {smoothing_V!r} is not between 0 and 1 V")
    steps = constant_current_steps(record)
    rows: list[Finding] = [
        Finding(name="steps", value=float(len(steps)), unit="", uncertainty_reason="counted", method="counted")
    ]
    details, peaks = [], {}
    for name, charges in (("charge", True), ("discharge", False)):
        step = next((one for one in reversed(steps) if one.charges == charges), None)
        if step is None:
            continue
        grid, slope = differential_capacity(step, smoothing_V)
        peaks[name] = curve_peaks(grid, slope, slope)
        rows += [row for number, peak in enumerate(peaks[name]) for row in _of_peak(name, number, peak)]
        q, dvdq = _differential_voltage(step, smoothing_V)
        details.append(
            {
                "step": name,
                "current_ampere": step.current,
                "voltage_volt": grid.tolist(),
                "dqdv_ampere_hour_per_volt": slope.tolist(),
                "charge_ampere_hour": q.tolist(),
                "dvdq_volt_per_ampere_hour": dvdq.tolist(),
                "peaks_volt": [peak.voltage for peak in peaks[name]],
            }
        )
    if peaks.get("charge") and peaks.get("discharge"):
        up, down = peaks["charge"][0], peaks["discharge"][0]
        rows.append(
            Finding(
                name="polarisation", value=up.voltage - down.voltage, unit="V",
                uncertainty_reason="one pair of steps: nothing was repeated",
                method="between the largest peaks of charge and discharge",
            )
        )  # fmt: skip
    warnings = [f"the {name} has no peak of dQ/dV" for name, found in peaks.items() if not found]
    return Analysis(
        kind="dqdv",
        source=str(record.metadata.get("file", record.metadata.get("cell", ""))),
        findings=rows,
        warnings=warnings,
        methods=(
            "Q(V) of the last charge and discharge at constant current was averaged on 400 even steps of voltage and "
            f"differentiated by local cubics over {1e3 * smoothing_V:.3g} mV (Savitzky and Golay)."
        ),
        details={"steps": details},
    )


def _of_peak(name: str, number: int, peak: CurvePeak) -> list[Finding]:
    label = f"{name}_peak" + (f"_{number + 1}" if number else "")
    method = "cubic through the upper fifth of the peak of dQ/dV"
    reason = "one step: the scatter of a smoothed curve is not that of its points"
    return [
        Finding(name=f"{label}_voltage", value=peak.voltage, unit="V", uncertainty_reason=reason, method=method),
        Finding(
            name=f"{label}_capacity", value=1e3 * peak.area, unit="mAh", uncertainty_reason=reason,
            method="area of the peak above the line between its feet",
        ),
    ]  # fmt: skip


def _differential_voltage(step: ConstantCurrent, smoothing: float) -> tuple[Array, Array]:
    """Return dV/dQ over the charge, smoothed over the same share of the range as dQ/dV is."""
    grid, voltage = on_grid(step.charge, step.voltage)
    share = smoothing / float(np.ptp(step.voltage))
    return grid, smoothed(grid, voltage, share * float(np.ptp(step.charge)), derivative=1)


def draw_dqdv(analysis: Analysis) -> dict[str, "Figure"]:
    """Return dQ/dV over the voltage, charge up and discharge down, with the peaks marked, and dV/dQ over the charge."""
    from matplotlib.figure import Figure

    first, second = (Figure(figsize=(6.4, 4.2), layout="constrained") for _ in range(2))
    above, below = first.subplots(), second.subplots()
    for row in analysis.details["steps"]:
        charging = row["current_ampere"] > 0.0
        sign, colour = (1.0, "#D55E00") if charging else (-1.0, "#0072B2")
        values: Any = sign * np.array(row["dqdv_ampere_hour_per_volt"]) * 1e3
        above.plot(row["voltage_volt"], values, color=colour, lw=1.1, label=row["step"])
        for voltage in row["peaks_volt"]:
            height = float(np.interp(voltage, row["voltage_volt"], values))
            offset = 6 if charging else -13
            above.annotate(
                f"{voltage:.3f} V", (voltage, height), xytext=(0, offset), textcoords="offset points", ha="center",
                fontsize=7.5,
            )  # fmt: skip
        charge = np.array(row["charge_ampere_hour"]) * 1e3
        below.plot(charge, np.abs(row["dvdq_volt_per_ampere_hour"]) * 1e-3, color=colour, lw=1.1, label=row["step"])
    above.axhline(0.0, color="0.6", lw=0.6, zorder=0)
    above.margins(y=0.12)
    above.set_xlabel("cell voltage / V")
    above.set_ylabel("dQ/dV / mAh V⁻¹")
    below.set_xlabel("capacity / mAh")
    below.set_ylabel("|dV/dQ| / V mAh⁻¹")
    below.set_yscale("log")
    for axes in (above, below):
        axes.legend(frameon=False, fontsize=8)
        axes.grid(alpha=0.25)
        for side in ("top", "right"):
            axes.spines[side].set_visible(False)
    return {"dqdv": first, "dvdq": second}
