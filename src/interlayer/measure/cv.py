"""Voltammetry: peaks and charges of sweeps, resistance and diffusion from a pair of them, scan rates compared."""

import math
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from interlayer.constants import FARADAY, GAS_CONSTANT
from interlayer.errors import InputError
from interlayer.measure.diffusion import Shape
from interlayer.measure.finding import Analysis, Finding
from interlayer.measure.sweep_fit import fit_sweeps
from interlayer.measure.sweeps import CurvePeak, Sweep, curve_peaks, find_sweeps, on_grid, smoothed
from interlayer.records import Record

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Array = NDArray[np.float64]
_SAME_RATE: Final = 0.1
_ONE_SWEEP: Final = "one sweep: nothing was repeated"


def analyse_cv(
    record: Record,
    *,
    smoothing_V: float = 0.02,
    diffusion_length_m: float | None = None,
    shape: Literal["sphere", "film"] = "sphere",
    area_m2: float | None = None,
    concentration_mol_per_m3: float | None = None,
    temperature_K: float = 298.15,
) -> Analysis:
    """Return peaks and charges of a voltammogram, from its last cycle, and what the scan rate does to the peaks.

    Each sweep is put on an even grid of voltage and smoothed by local cubics over `smoothing_V`; peaks stand above the
    line between their feet. Resistance and diffusion time come from bringing two sweeps onto one curve (`sweep_fit`),
    with `shape` and `diffusion_length_m` (radius or film thickness) the diffusivity: charge transfer far from linear,
    and phase transitions with a hysteresis of their own, are not in it. Where three or more scan rates are in the
    record, b of i_p ~ v^b is found, and with `area_m2` and `concentration_mol_per_m3` the diffusivity of Randles' and
    Sevcik's equation, i_p = 0.4463 F A c sqrt(F v D/(R T)), which holds for semi-infinite diffusion and fast kinetics.
    Raises InputError where no voltage is swept.
    """
    if not 0.0 < smoothing_V < 1.0:
        raise InputError(f"smoothing_V {smoothing_V!r} is not between 0 and 1 V")
    sweeps = find_sweeps(record)
    peaks = [_peaks(sweep, smoothing_V) for sweep in sweeps]
    area_m2 = area_m2 if area_m2 is not None else record.metadata.get("area_m2")
    findings, warnings = _of_last_cycle(sweeps, peaks)
    findings += _full_fit(sweeps, shape, diffusion_length_m)
    findings += _scan_rates(sweeps, peaks, area_m2, concentration_mol_per_m3, temperature_K)
    incomplete = sum(not found for found in peaks)
    if incomplete:
        warnings.append(
            f"{incomplete} of {len(sweeps)} sweeps have no peak: it lies beyond their end, or there is none"
        )
    return Analysis(
        kind="cv",
        source=str(record.metadata.get("file", record.metadata.get("cell", ""))),
        findings=findings,
        warnings=warnings,
        methods=(
            "Sweeps were found where the voltage turns. Each was averaged on an even grid of voltage and smoothed by "
            f"local cubics over {1e3 * smoothing_V:.3g} mV (Savitzky and Golay); peak positions and heights come from "
            "a cubic through the upper fifth of a peak, heights and areas from above the line between its feet. "
            "Resistance and diffusion time make the sweeps of a pair fall onto one curve of voltage over the filling "
            "at the surface, the current being carried on by diffusion of finite length."
        ),
        references=["randles1948"] if any(row.references for row in findings) else [],
        details=_details(sweeps, peaks),
    )


def _peaks(sweep: Sweep, smoothing: float) -> list[CurvePeak]:
    sign = 1.0 if sweep.rises else -1.0
    grid, current = on_grid(sweep.voltage, sign * sweep.current)
    return curve_peaks(grid, current, smoothed(grid, current, smoothing))


def _finding(name: str, value: float, unit: str, sigma: float | None, method: str, reason: str = _ONE_SWEEP) -> Finding:
    return Finding(
        name=name, value=value, unit=unit, uncertainty=sigma, uncertainty_reason="" if sigma is not None else reason,
        method=method,
    )  # fmt: skip


def _of_last_cycle(sweeps: list[Sweep], peaks: list[list[CurvePeak]]) -> tuple[list[Finding], list[str]]:
    rows, warnings = [], []
    rows.append(_finding("sweeps", float(len(sweeps)), "", None, "counted", "counted"))
    rates = np.array([abs(sweep.rate) for sweep in sweeps])
    spread = float(np.std(rates, ddof=1)) if len(rates) > 1 and np.ptp(rates) < _SAME_RATE * rates.mean() else None
    rows.append(_finding("scan_rate", float(np.median(rates)), "V/s", spread, "slope of the voltage over time"))
    strongest: dict[str, CurvePeak] = {}
    for name, rises in (("anodic", True), ("cathodic", False)):
        last = next((k for k in range(len(sweeps) - 1, -1, -1) if sweeps[k].rises == rises), None)
        if last is None:
            warnings.append(f"the record has no {name} sweep")
            continue
        charge = float(sweeps[last].charge[-1] - sweeps[last].charge[0])
        rows.append(_finding(f"{name}_charge", charge, "A s", None, "current integrated over the last such sweep"))
        for number, peak in enumerate(peaks[last]):
            label = f"{name}_peak" + (f"_{number + 1}" if number else "")
            method = "cubic through the upper fifth of the smoothed peak"
            rows.append(_finding(f"{label}_voltage", peak.voltage, "V", peak.voltage_sigma, method))
            rows.append(
                _finding(f"{label}_current", peak.height, "A", peak.height_sigma, "above the line between feet")
            )
            rows.append(_finding(f"{label}_half_width", peak.half_width, "V", None, "width at half prominence"))
        if peaks[last]:
            strongest[name] = peaks[last][0]
    if len(strongest) == 2:
        up, down = strongest["anodic"], strongest["cathodic"]
        known = up.voltage_sigma is not None and down.voltage_sigma is not None
        sigma = math.hypot(up.voltage_sigma or 0.0, down.voltage_sigma or 0.0) if known else None
        rows.append(_finding("peak_separation", up.voltage - down.voltage, "V", sigma, "between the strongest peaks"))
        rows.append(
            _finding("half_wave_voltage", 0.5 * (up.voltage + down.voltage), "V", sigma and sigma / 2.0, "their mean")
        )
    return rows, warnings


def _full_fit(sweeps: list[Sweep], shape: Shape, length: float | None) -> list[Finding]:
    """Return resistance and diffusion from a late pair of sweeps, downwards first where there is a choice.

    The first sweep of a record begins from a state that is mostly not at rest.
    """
    method = "two sweeps brought onto one curve of voltage over the filling at the surface"
    pairs = [(a, b) for a, b in pairwise(sweeps) if a.rises != b.rises]
    fit = fit_sweeps(*pairs[-1 if len(sweeps) < 4 else -2], shape) if pairs else None
    if fit is None:
        return []
    rows = [_finding("resistance", fit.resistance, "ohm", fit.resistance_sigma, method)]
    if fit.diffusion_time is None or fit.diffusion_time_relative_sigma is None:
        note = "the sweeps do not determine a diffusion time; the resistance then holds all of the hysteresis"
        return [
            *rows,
            Finding(
                name="diffusion_time", value=None, unit="s", uncertainty_reason="no answer", method=method, note=note
            ),
        ]
    relative = fit.diffusion_time_relative_sigma
    rows.append(_finding("diffusion_time", fit.diffusion_time, "s", fit.diffusion_time * relative, method))
    if length is not None:
        value = length**2 / fit.diffusion_time * 1e4
        rows.append(
            _finding("diffusivity", value, "cm2/s", value * relative, f"L^2 over it, L = {length * 1e6:.4g} um")
        )
    return rows


def _scan_rates(
    sweeps: list[Sweep],
    peaks: list[list[CurvePeak]],
    area: float | None,
    concentration: float | None,
    temperature: float,
) -> list[Finding]:
    rows = []
    for name, rises in (("anodic", True), ("cathodic", False)):
        points = [
            (abs(sweep.rate), found[0].height) for sweep, found in zip(sweeps, peaks, strict=True)
            if sweep.rises == rises and found
        ]  # fmt: skip
        rates = np.array([rate for rate, _ in points])
        if len(points) < 3 or len(np.unique(np.round(np.log(rates) / _SAME_RATE))) < 3:
            continue
        currents = np.array([height for _, height in points])
        if len(points) > 3:
            (b, _), covariance = np.polyfit(np.log(rates), np.log(currents), 1, cov=True)
            sigma = float(np.sqrt(covariance[0, 0]))
        else:
            b, sigma = np.polyfit(np.log(rates), np.log(currents), 1)[0], None
        rows.append(
            _finding(f"{name}_b", float(b), "", sigma, "slope of ln i_p over ln v: 0.5 diffusion, 1 at the surface",
                     "three scan rates leave too little scatter to tell")
        )  # fmt: skip
        if area is None or concentration is None:
            continue
        factor = 0.4463 * FARADAY * area * concentration * math.sqrt(FARADAY / (GAS_CONSTANT * temperature))
        slopes = currents / np.sqrt(rates)
        diffusivity = (float(np.mean(slopes)) / factor) ** 2 * 1e4
        relative = 2.0 * float(np.std(slopes, ddof=1) / np.mean(slopes)) / math.sqrt(len(slopes))
        rows.append(
            Finding(
                name=f"{name}_diffusivity", value=diffusivity, unit="cm2/s", uncertainty=diffusivity * relative,
                method="Randles and Sevcik, one electron, semi-infinite diffusion, fast kinetics",
                references=["randles1948"],
                note="" if abs(b - 0.5) < 0.1 else f"b is {b:.2f}, not 0.5: the equation does not hold here",
            )
        )  # fmt: skip
    return rows


def _details(sweeps: list[Sweep], peaks: list[list[CurvePeak]]) -> dict[str, Any]:
    rows = []
    for sweep, found in zip(sweeps, peaks, strict=True):
        thinned = slice(None, None, max(1, len(sweep.voltage) // 1000))
        rows.append(
            {
                "cycle": sweep.cycle,
                "scan_rate_volt_per_second": sweep.rate,
                "voltage_volt": sweep.voltage[thinned].tolist(),
                "current_ampere": sweep.current[thinned].tolist(),
                "peaks": [
                    {
                        "voltage_volt": peak.voltage,
                        "voltage_sigma_volt": peak.voltage_sigma,
                        "height_ampere": peak.height,
                        "half_width_volt": peak.half_width,
                        "charge_ampere_second": peak.area / abs(sweep.rate),
                    }
                    for peak in found
                ],
            }
        )
    return {"sweeps": rows}


def draw_cv(analysis: Analysis) -> dict[str, "Figure"]:
    """Return current over voltage, sweep by sweep, with the peaks marked."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6.4, 4.4), layout="constrained")
    axes = figure.subplots()
    sweeps = analysis.details["sweeps"]
    for number, sweep in enumerate(sweeps):
        colour = "#D55E00" if sweep["scan_rate_volt_per_second"] > 0.0 else "#0072B2"
        alpha = 0.35 + 0.65 * (number + 1) / len(sweeps)
        current = np.array(sweep["current_ampere"]) * 1e3
        axes.plot(sweep["voltage_volt"], current, color=colour, lw=1.0, alpha=alpha)
        for peak in sweep["peaks"]:
            height = float(np.interp(peak["voltage_volt"], *_rising(sweep["voltage_volt"], current)))
            axes.plot(peak["voltage_volt"], height, "v" if height > 0 else "^", ms=5, color=colour, alpha=alpha)
            if number >= len(sweeps) - 2:
                place, above = (peak["voltage_volt"], height), 7 if height > 0 else -14
                axes.annotate(
                    f"{place[0]:.3f} V", place, xytext=(0, above), textcoords="offset points", ha="center", fontsize=7.5
                )
    axes.axhline(0.0, color="0.6", lw=0.6, zorder=0)
    axes.margins(y=0.12)
    axes.set_xlabel("cell voltage / V")
    axes.set_ylabel("current / mA")
    axes.grid(alpha=0.25)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    return {"voltammogram": figure}


def _rising(voltage: list[float], current: Array) -> tuple[Array, Array]:
    order = np.argsort(voltage, kind="stable")
    return np.asarray(voltage)[order], current[order]
