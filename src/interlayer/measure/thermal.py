"""Thermal scans: onset, extremum and enthalpy of each peak of the heat flow, and the steps of a mass loss."""

from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from interlayer.errors import InputError, shown
from interlayer.measure.counts import ordinary
from interlayer.measure.finding import Analysis, Finding
from interlayer.measure.local_regression import noise_level, smooth
from interlayer.measure.thermal_events import Baseline, HeatPeak, MassStep, baseline, heat_peaks, mass_steps
from interlayer.records import Record

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Array = NDArray[np.float64]

_FEWEST: Final = 50
_REFERENCES: Final = ["vyazovkin2014"]


def analyse_thermal(
    record: Record,
    *,
    exothermic: Literal["up", "down"] | None = None,
    heating_rate_K_per_s: float | None = None,
    signal_in_W_per_kg: float | None = None,
    baseline_degree: int = 1,
    smoothing_K: float | None = None,
    threshold_sigma: float = 5.0,
    from_celsius: float | None = None,
    to_celsius: float | None = None,
) -> Analysis:
    """Return the peaks of a heat-flow scan and, with a column mass_percent, the steps of the mass.

    Extremum: largest deviation of the local estimate from the baseline, a polynomial of `baseline_degree` (1 to 3)
    through what deviates least. Onset: where the tangent at the steepest point of the leading side meets the baseline.
    Area: integral of signal less baseline over temperature between the ends of the peak, to the valley where peaks
    overlap. Enthalpy = area / heating rate * `signal_in_W_per_kg` (what one unit of the signal is) needs both numbers.
    `exothermic` says which way heat given off points; without it peaks are called up and down. Errors hold the noise
    of the scan, for areas also the difference to a baseline of one degree more, not the calibration. Raises
    InputError for what is not positive and a scan too short (vyazovkin2014).
    """
    _check(exothermic, heating_rate_K_per_s, signal_in_W_per_kg, baseline_degree, smoothing_K)
    temperature, signal, mass = _scan(record, from_celsius, to_celsius)
    width = smoothing_K or max(4.0 * float(np.median(np.diff(temperature))), 0.01 * float(np.ptp(temperature)))
    line = baseline(temperature, signal, width, baseline_degree)
    noise = noise_level(temperature, signal)
    other = baseline(temperature, signal, width, baseline_degree + 1)
    peaks = heat_peaks(temperature, signal, line, other, noise=noise, half_width=width, threshold_sigma=threshold_sigma)
    steps = [] if mass is None else mass_steps(temperature, mass, width, threshold_sigma)
    scale = (
        None
        if heating_rate_K_per_s is None or signal_in_W_per_kg is None
        else signal_in_W_per_kg / heating_rate_K_per_s
    )
    findings = [_count("peaks", len(peaks), f"extrema more than {threshold_sigma:g} sigma from the baseline")]
    for number, peak in enumerate(peaks, start=1):
        findings += _peak_findings(number, peak, exothermic, scale)
    if mass is not None:
        findings.append(_count("mass_steps", len(steps), "maxima of the rate of loss"))
        for number, step in enumerate(steps, start=1):
            findings += _step_findings(number, step)
    return Analysis(
        kind="thermal",
        source=str(record.metadata.get("file", record.metadata.get("cell", ""))),
        findings=findings,
        warnings=_warnings(peaks, exothermic, scale, line),
        methods=_methods(width, baseline_degree, scale, mass is not None),
        references=_REFERENCES,
        details={
            "temperature_celsius": temperature.tolist(),
            "signal": signal.tolist(),
            "baseline_signal": line.values.tolist(),
            "mass_percent": None if mass is None else mass.tolist(),
            "mass_rate_percent_per_K": None
            if mass is None
            else smooth(temperature, mass, width, derivative=1).tolist(),
            "peaks": [
                {
                    "extremum_celsius": peak.extremum,
                    "onset_celsius": peak.onset,
                    "from_celsius": peak.start,
                    "to_celsius": peak.end,
                    "signal": peak.height,
                    "up": peak.sign > 0,
                }
                for peak in peaks
            ],
            "mass_step_end_celsius": [step.end for step in steps],
            "exothermic": exothermic,
        },
    )


def _check(
    exothermic: str | None, rate: float | None, per_unit: float | None, degree: int, width: float | None
) -> None:
    if exothermic not in (None, "up", "down"):
        raise InputError(f"exothermic is {shown(exothermic)}; allowed: up, down")
    for name, value in (("heating_rate_K_per_s", rate), ("signal_in_W_per_kg", per_unit), ("smoothing_K", width)):
        if value is not None and not (np.isfinite(value) and value > 0.0):
            raise InputError(f"{name} is {value:g}; it must be positive")
    if degree not in (1, 2, 3):
        raise InputError(f"baseline_degree is {degree}; allowed: 1, 2, 3")


def _scan(record: Record, low: float | None, high: float | None) -> tuple[Array, Array, Array | None]:
    temperature = np.asarray(record["temperature_celsius"], dtype=float)
    # a scan is one ramp: mean over what was recorded at one temperature, so that the abscissa increases
    order, inverse = np.unique(temperature, return_inverse=True)
    counts = np.bincount(inverse)

    def mean(name: str) -> Array:
        values = np.asarray(record[name], dtype=float)
        if not np.all(np.isfinite(values)):
            raise InputError(f"the column {name} has a value that is not a finite number")
        return np.asarray(np.bincount(inverse, weights=ordinary(name, values)) / counts)

    turns = int(np.sum(np.diff(np.sign(np.diff(temperature[:: max(len(temperature) // 50, 1)]))) != 0))
    if turns > 2:
        raise InputError(f"the temperature turns {turns} times; give one heating or cooling ramp")
    signal = mean("signal")
    mass = mean("mass_percent") if "mass_percent" in record.columns else None
    keep = (order >= (-np.inf if low is None else low)) & (order <= (np.inf if high is None else high))
    if keep.sum() < _FEWEST:
        raise InputError(f"the scan has {int(keep.sum())} different temperatures; at least {_FEWEST} are needed")
    return order[keep], signal[keep], None if mass is None else mass[keep]


def _count(name: str, number: int, method: str) -> Finding:
    return Finding(name=name, value=float(number), unit="", uncertainty_reason="counted", method=method)


def _peak_findings(number: int, peak: HeatPeak, exothermic: str | None, scale: float | None) -> list[Finding]:
    way = "up" if peak.sign > 0 else "down"
    kind = way if exothermic is None else ("exothermic" if way == exothermic else "endothermic")
    overlap = "; it overlaps its neighbour and ends at the valley" if peak.overlaps else ""
    found = [
        Finding(
            name=f"peak{number}_extremum",
            value=peak.extremum,
            unit="degC",
            uncertainty=peak.extremum_sigma,
            method="extremum of the local cubic estimate less the baseline",
            note=kind,
        ),
        Finding(
            name=f"peak{number}_onset",
            value=peak.onset,
            unit="degC",
            method="extrapolated: tangent at the steepest point of the leading side meets the baseline",
            references=_REFERENCES,
            **(
                {"uncertainty": peak.onset_sigma}
                if peak.onset is not None
                else {"uncertainty_reason": "the leading side has no point of inflection", "note": "no leading side"}
            ),
        ),
    ]
    method = f"integral of the signal less baseline from {peak.start:.1f} to {peak.end:.1f} degC"
    if scale is None:
        name, unit, factor = f"peak{number}_area", "signal K", 1.0
    else:
        name, unit, factor = f"peak{number}_enthalpy", "J/kg", scale
    found.append(
        Finding(
            name=name,
            value=factor * peak.area,
            unit=unit,
            uncertainty=factor * peak.area_sigma,
            method=method,
            note=f"{kind}, in the sense of the signal{overlap}",
        )
    )
    return found


def _step_findings(number: int, step: MassStep) -> list[Finding]:
    rows = (
        ("start", step.start, step.start_sigma, "degC", "tangent at the fastest loss meets the plateau before"),
        ("fastest", step.fastest, step.fastest_sigma, "degC", "largest rate of loss of the local cubic estimate"),
        ("end", step.end, step.end_sigma, "degC", "tangent at the fastest loss meets the plateau after"),
        ("loss", step.loss, step.loss_sigma, "%", "difference of the plateaus, of the mass at the start of the scan"),
    )
    return [
        Finding(name=f"mass_step{number}_{name}", value=value, unit=unit, uncertainty=sigma, method=method)
        for name, value, sigma, unit, method in rows
    ]


def _warnings(peaks: list[HeatPeak], exothermic: str | None, scale: float | None, line: Baseline) -> list[str]:
    found = ["temperatures are as recorded: their error holds the noise of the scan, not the calibration"]
    if exothermic is None:
        found.append("which way is exothermic was not said: peaks are called up and down")
    if scale is None:
        found.append(
            "areas are in the signal's unit times K: an enthalpy needs heating_rate_K_per_s and signal_in_W_per_kg"
        )
    if line.share < 0.3:
        found.append(
            f"only {100.0 * line.share:.0f} % of the points lie on the baseline: it is uncertain, and the areas with it"
        )
    if any(peak.overlaps for peak in peaks):
        found.append("overlapping peaks were cut at the valley between them: their areas depend on that")
    return found


def _methods(width: float, degree: int, scale: float | None, mass: bool) -> str:
    text = (
        f"Peak temperatures are extrema, and onsets tangents, of local cubic estimates within {width:.2g} K above a "
        f"baseline of degree {degree} through the points without a peak."
    )
    if scale is not None:
        text += " Enthalpies are areas over the heating rate; their error holds a baseline of one degree more."
    if mass:
        text += " Mass-loss steps lie between the tangent at the fastest loss and the plateaus beside it."
    return text


def draw_thermal(analysis: Analysis) -> dict[str, "Figure"]:
    """Draw heat flow over temperature with baseline, onsets and extrema; the mass on an axis of its own."""
    from matplotlib.figure import Figure

    held: dict[str, Any] = analysis.details
    temperature = held["temperature_celsius"]
    figure = Figure(figsize=(6.4, 4.2), layout="constrained")
    axes = figure.subplots()
    axes.plot(temperature, held["signal"], color="#D55E00", linewidth=1.2)
    axes.plot(temperature, held["baseline_signal"], "--", color="0.5", linewidth=1.0)
    for peak in held["peaks"]:
        inside = [peak["from_celsius"] <= value <= peak["to_celsius"] for value in temperature]
        axes.fill_between(
            temperature, held["signal"], held["baseline_signal"], where=inside, color="#D55E00", alpha=0.2, linewidth=0
        )
        axes.annotate(
            f"{peak['extremum_celsius']:.0f}",
            (peak["extremum_celsius"], peak["signal"]),
            ha="center",
            va="bottom" if peak["up"] else "top",
            fontsize=8,
        )
        if peak["onset_celsius"] is not None:
            axes.axvline(peak["onset_celsius"], color="0.7", linewidth=0.7, linestyle=":")
    way = held["exothermic"]
    axes.set_ylabel("heat flow / signal unit" + (f", exothermic {way}" if way else ""), color="#D55E00")
    axes.set_xlabel("temperature / °C")
    axes.set_title(analysis.source, fontsize=9, loc="left")
    axes.spines["top"].set_visible(False)
    if held["mass_percent"] is not None:
        other = axes.twinx()
        other.plot(temperature, held["mass_percent"], color="#0072B2", linewidth=1.2)
        for end in held["mass_step_end_celsius"]:
            other.axvline(end, color="#0072B2", linewidth=0.7, linestyle=":")
        other.set_ylabel("mass / %", color="#0072B2")
        other.spines["top"].set_visible(False)
    return {"scan": figure}
