"""Symmetric lithium cells: overpotential and area-specific resistance of each half cycle, and the critical current."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from interlayer.errors import InputError
from interlayer.measure.finding import Analysis, Finding
from interlayer.records import Record

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Array = NDArray[np.float64]
_SHORT: Final = 0.5
"""A half cycle whose resistance falls below this fraction of those before it, at no smaller current, is a short."""
_FEWEST_POINTS: Final = 4
_SAME_CURRENT: Final = 0.05


@dataclass(frozen=True)
class HalfCycle:
    """A stretch of current of one sign: A, V and s; `voltage` is the median over its last half, `noise` its scatter."""

    start: float
    current: float
    charge: float
    voltage: float
    noise: float

    @property
    def resistance(self) -> float:
        """V/I, ohm."""
        return self.voltage / self.current


def half_cycles(record: Record) -> list[HalfCycle]:
    """Return the half cycles of a record; InputError where no current flows."""
    time, voltage, current = (
        np.asarray(record.columns[name], dtype=float) for name in ("test_time_second", "voltage_volt", "current_ampere")
    )
    size = np.abs(current)
    if not size.size or size.max() == 0.0:
        raise InputError("the record passes no current: it has no half cycles")
    sign = np.where(size < 1e-3 * size.max(), 0.0, np.sign(current))
    # a step of the current is a new half cycle as much as a change of its sign is
    steps = np.abs(np.diff(current)) > _SAME_CURRENT * np.maximum(size[1:], size[:-1])
    edges = np.flatnonzero((np.diff(sign) != 0.0) | steps) + 1
    found = []
    for begin, end in zip([0, *edges], [*edges, len(sign)], strict=True):
        if sign[begin] == 0.0 or end - begin < _FEWEST_POINTS:
            continue
        last = slice(begin + (end - begin) // 2, end)
        middle = float(np.median(voltage[last]))
        passed = float(np.trapezoid(current[begin:end], time[begin:end]))
        scatter = 1.4826 * float(np.median(np.abs(voltage[last] - middle)))
        found.append(HalfCycle(float(time[begin]), float(np.median(current[last])), passed, middle, scatter))
    if not found:
        raise InputError(f"no stretch of current has {_FEWEST_POINTS} points")
    return found


def analyse_symmetric(record: Record, *, area_m2: float | None = None) -> Analysis:
    """Return overpotential, area-specific resistance and its growth, and the critical current of a symmetric cell.

    A short is the first half cycle whose resistance falls below half of the median of the three before it while the
    current is no smaller. The critical current lies between the largest current before it and that at which it came.
    `area_m2` is the electrode area (the record's own where it knows it); without it currents and resistances are those
    of the cell. Raises InputError where the voltage is that of a cell and not of two alike electrodes.
    """
    area = area_m2 if area_m2 is not None else record.metadata.get("area_m2")
    if area is not None and not 0.0 < float(area) < 1e4:
        raise InputError(f"area_m2 {area!r} is not an area")
    halves = half_cycles(record)
    forward = [half for half in halves if half.current * half.voltage > 0.0]
    if len(forward) < 0.7 * len(halves):
        raise InputError(
            "the voltage does not follow the sign of the current: this is not a cell of two alike electrodes; "
            "use --as cycling"
        )
    resistances = np.array([half.resistance for half in halves])
    currents = np.array([abs(half.current) for half in halves])
    short = _short(resistances, currents)
    sound = len(halves) if short is None else short
    area_factor, unit, per_area = (float(area) * 1e4, "ohm cm2", "mA/cm2") if area else (1.0, "ohm", "mA")
    to_current = 1e3 / area_factor
    findings = [
        Finding(name="half_cycles", value=float(len(halves)), unit="", uncertainty_reason="counted", method="counted"),
        _median("overpotential", np.abs([half.voltage for half in halves[:sound]]), "V", "median over half cycles"),
        _median(
            "resistance", resistances[:sound] * area_factor, unit, "V/I at the end of half cycles before any short"
        ),
    ]
    findings += _growth(halves[:sound], area_factor, unit)
    findings.append(_critical(currents, short, to_current, per_area))
    warnings = []
    if short is not None:
        left = resistances[short] / np.median(resistances[:short])
        warnings.append(
            f"half cycle {short + 1} of {len(halves)} has {left:.0%} of the resistance before: a short or a soft short"
        )
    if area is None:
        warnings.append("no area was given: currents and resistances are those of the cell")
    return Analysis(
        kind="symmetric",
        source=str(record.metadata.get("file", record.metadata.get("cell", ""))),
        findings=findings,
        warnings=warnings,
        methods=(
            "The overpotential of a half cycle is the median voltage over its last half. A short is a half cycle with "
            "less than half of the resistance of the three before it at no smaller current; the critical current lies "
            "between the largest current before it and its own."
        ),
        details={
            "time_second": [half.start for half in halves],
            "current_milliampere" + ("_per_cm2" if area else ""): (
                np.array([half.current for half in halves]) * to_current
            ).tolist(),
            "voltage_volt": [half.voltage for half in halves],
            "resistance_" + unit.replace(" ", "_"): (resistances * area_factor).tolist(),
            "resistance_unit": unit,
            "current_unit": per_area,
            "short": short,
        },
    )


def _short(resistances: Array, currents: Array) -> int | None:
    for k in range(1, len(resistances)):
        before = [j for j in range(max(0, k - 3), k) if currents[j] <= currents[k] * (1.0 + _SAME_CURRENT)]
        if before and resistances[k] < _SHORT * float(np.median(resistances[before])):
            return k
    return None


def _median(name: str, values: Array, unit: str, method: str) -> Finding:
    known: dict[str, Any] = {"uncertainty_reason": "one half cycle: nothing was repeated"}
    if len(values) > 1:
        known = {"uncertainty": float(np.std(values, ddof=1))}
    return Finding(
        name=name, value=float(np.median(values)), unit=unit, method=f"{method}; scatter between them", **known
    )


def _growth(halves: list[HalfCycle], factor: float, unit: str) -> list[Finding]:
    """Return the growth of the resistance with time, where the current stays the same."""
    currents = np.array([abs(half.current) for half in halves])
    same = np.abs(currents - np.median(currents)) < _SAME_CURRENT * np.median(currents)
    if same.sum() < 4:
        return []
    hours = np.array([half.start for half in halves])[same] / 3600.0
    values = np.array([half.resistance for half in halves])[same] * factor
    if np.ptp(hours) <= 0.0:
        return []
    (slope, _), covariance = np.polyfit(hours, values, 1, cov=True)
    return [
        Finding(
            name="resistance_growth", value=float(slope) * 100.0, unit=f"{unit} per 100 h",
            uncertainty=float(np.sqrt(covariance[0, 0])) * 100.0,
            method="slope over time by least squares, half cycles of the commonest current",
        )
    ]  # fmt: skip


def _critical(currents: Array, short: int | None, to_current: float, unit: str) -> Finding:
    method = "between the largest current before the short and that of the short; half the gap as uncertainty"
    if short is None:
        return Finding(
            name="critical_current", value=None, unit=unit, uncertainty_reason="no answer", method=method,
            note=f"no short up to {currents.max() * to_current:.4g} {unit}",
        )  # fmt: skip
    below, at = float(currents[:short].max()) * to_current, float(currents[short]) * to_current
    if at <= below * (1.0 + _SAME_CURRENT):
        return Finding(
            name="critical_current", value=at, unit=unit,
            uncertainty_reason="the short came with time at one current, not with a step of it", method=method,
        )  # fmt: skip
    return Finding(
        name="critical_current", value=0.5 * (below + at), unit=unit, uncertainty=0.5 * (at - below), method=method,
        note=f"between {below:.4g} and {at:.4g} {unit}",
    )  # fmt: skip


def draw_symmetric(analysis: Analysis) -> dict[str, "Figure"]:
    """Return overpotential over time, and resistance over current, with the short marked."""
    from matplotlib.figure import Figure

    details = analysis.details
    figure = Figure(figsize=(6.4, 5.4), layout="constrained")
    above, below = figure.subplots(2, 1)
    hours = np.array(details["time_second"]) / 3600.0
    above.step(hours, np.array(details["voltage_volt"]) * 1e3, where="post", color="#0072B2", lw=0.9)
    above.set_xlabel("time / h")
    above.set_ylabel("voltage / mV")
    unit, per = details["resistance_unit"], details["current_unit"]
    current = np.abs(details["current_milliampere" + ("_per_cm2" if "cm2" in per else "")])
    resistance = np.array(details["resistance_" + unit.replace(" ", "_")])
    below.plot(current, resistance, "o", ms=4, mfc="white", color="#0072B2")
    if details["short"] is not None:
        short = details["short"]
        above.axvline(hours[short], color="#D55E00", lw=0.9, ls="--")
        below.plot(current[short], resistance[short], "x", ms=9, color="#D55E00", label="short")
        below.legend(frameon=False, fontsize=8)
    below.set_ylim(bottom=0.0)
    below.set_xlabel(f"current / {per.replace('/cm2', ' cm⁻²')}")
    below.set_ylabel(f"resistance / {unit.replace('ohm cm2', 'Ω cm²').replace('ohm', 'Ω')}")
    for axes in (above, below):
        axes.grid(alpha=0.25)
        for side in ("top", "right"):
            axes.spines[side].set_visible(False)
    return {"symmetric": figure}
