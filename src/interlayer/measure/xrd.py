"""Diffraction patterns: peaks with their errors, lattice spacings, Scherrer sizes, and how much is amorphous."""

from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from interlayer.errors import InputError, shown
from interlayer.measure.counts import counts_per_unit as counting
from interlayer.measure.counts import ordinary
from interlayer.measure.finding import Analysis, Finding
from interlayer.measure.local_regression import noise_level
from interlayer.measure.xrd_peaks import Hump, Peak, amorphous_hump, crystallinity, fit_peaks
from interlayer.records import Record

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Array = NDArray[np.float64]

InstrumentShape = Literal["gaussian", "lorentzian"]
_FEWEST: Final = 50
_ROUNDS: Final = 3


def analyse_xrd(
    record: Record,
    *,
    wavelength_m: float | None = None,
    second_wavelength_m: float | None = None,
    instrument_fwhm_degree: float | None = None,
    instrument_shape: InstrumentShape = "gaussian",
    scherrer_constant: float = 0.9,
    hump: bool = True,
    threshold_sigma: float = 6.0,
    counts_per_unit: float | None = None,
    from_degree: float | None = None,
    to_degree: float | None = None,
    before_file: str | None = None,
) -> Analysis:
    """Return position, width and area of each peak, d, crystallite size, and the crystalline share of the area.

    Peaks are pseudo-Voigt on a local straight background, neighbours fitted together. d = lambda/(2 sin theta).
    Size L = K lambda/(beta cos theta), with beta the full width at half maximum in radians less the instrument's: by
    squares for `instrument_shape` ``gaussian``, by difference for ``lorentzian`` (langford1978). Without
    `instrument_fwhm_degree` there is no size, without `wavelength_m` neither d nor size. `second_wavelength_m` adds a
    line of half the area to each peak (K alpha 2). Crystallinity is the area of the peaks over that of peaks and
    amorphous hump. Strain broadens peaks as well, so that a size from one peak is a lower limit.
    With `before_file`, another pattern that is analysed in the same way, the shifts from it follow (`compare_xrd`).
    """
    _check(wavelength_m, second_wavelength_m, instrument_fwhm_degree, instrument_shape, scherrer_constant)
    angle, intensity = _pattern(record, from_degree, to_degree)
    per_unit = counting(intensity, counts_per_unit)
    noise = noise_level(angle, intensity)
    doublet = None if not (wavelength_m and second_wavelength_m) else second_wavelength_m / wavelength_m
    search: dict[str, Any] = {
        "per_unit": per_unit,
        "noise": noise,
        "doublet": doublet,
        "threshold_sigma": threshold_sigma,
    }
    fitted, broad = fit_peaks(angle, intensity, **search), None
    # a hump is curved under the peaks, and their tails reach into it: each is fitted again beside the other
    for _ in range(_ROUNDS if hump else 0):
        broad = amorphous_hump(angle, intensity - fitted.curve, per_unit=per_unit, expected=fitted.total)
        fitted = fit_peaks(angle, intensity, under=broad.curve if broad.seen else None, **search)
    findings = [_count(fitted.peaks, threshold_sigma)]
    for number, peak in enumerate(fitted.peaks, start=1):
        findings += _peak_findings(number, peak)
        findings += _spacing_and_size(
            number, peak, wavelength_m, instrument_fwhm_degree, instrument_shape, scherrer_constant
        )
    findings += _amorphous(fitted.peaks, broad)
    result = Analysis(
        kind="xrd",
        source=str(record.metadata.get("file", record.metadata.get("cell", ""))),
        findings=findings,
        warnings=_warnings(fitted.peaks, per_unit, broad, instrument_fwhm_degree, fitted.reduced_chi_squares),
        methods=_methods(wavelength_m, instrument_fwhm_degree, instrument_shape, scherrer_constant, hump, per_unit),
        references=["langford1978", "thompson1987"],
        details={
            "two_theta_degree": angle.tolist(),
            "intensity": intensity.tolist(),
            "fit_intensity": fitted.total.tolist(),
            "peaks": [
                {"two_theta_degree": peak.position, "fwhm_degree": peak.fwhm, "area": peak.area, "mixing": peak.mixing}
                for peak in fitted.peaks
            ],
            "hump_intensity": None if broad is None else (broad.line + broad.curve).tolist(),
            "straight_intensity": None if broad is None else broad.line.tolist(),
        },
    )
    if before_file is None:
        return result
    from interlayer.records import read

    before = analyse_xrd(
        read(before_file),
        hump=hump,
        wavelength_m=wavelength_m,
        second_wavelength_m=second_wavelength_m,
        threshold_sigma=threshold_sigma,
        counts_per_unit=counts_per_unit,
        from_degree=from_degree,
        to_degree=to_degree,
    )
    shifts = compare_xrd(before, result)
    return result.model_copy(
        update={
            "findings": [*result.findings, *shifts.findings],
            "warnings": [*result.warnings, *shifts.warnings],
            "methods": f"{result.methods} {shifts.methods}",
        }
    )


def compare_xrd(before: Analysis, after: Analysis, *, within_degree: float = 0.3) -> Analysis:
    """Return the shift of each peak that both patterns have, nearest to nearest, with its significance.

    shift = 2theta_after - 2theta_before, errors in quadrature. An unchanged peak, such as (003) of a coated cathode,
    says that the lattice did not change by more than the error. A displaced sample shifts all peaks by about the same
    angle: then the shifts relative to each other tell. Raises InputError where no peak pairs.
    """
    findings = []
    for peak in _positions(before):
        near = min(_positions(after), key=lambda other: abs(other[0] - peak[0]), default=None)
        if near is None or abs(near[0] - peak[0]) > within_degree:
            continue
        shift, sigma = near[0] - peak[0], float(np.hypot(near[1], peak[1]))
        told = "told from none at 3 sigma" if abs(shift) > 3.0 * sigma else "not told from none"
        findings.append(
            Finding(
                name=f"shift_at_{peak[0]:.2f}_degree",
                value=shift,
                unit="degree",
                uncertainty=sigma,
                method="difference of the fitted positions, errors in quadrature",
                note=told,
            )
        )
    if not findings:
        raise InputError(f"no peak of the two patterns lies within {within_degree:g} degree of another")
    return Analysis(
        kind="xrd",
        source=f"{before.source} -> {after.source}",
        findings=findings,
        warnings=["a displaced or differently mounted sample shifts all peaks together; an internal standard tells"],
        methods=f"Peaks within {within_degree:g} degree of each other were paired; a shift is the difference of two.",
    )


def _positions(analysis: Analysis) -> list[tuple[float, float]]:
    found = [f for f in analysis.findings if f.name.startswith("peak") and f.name.endswith("_position")]
    return [(f.value, f.uncertainty) for f in found if f.value is not None and f.uncertainty is not None]


def _check(
    wavelength: float | None, second: float | None, instrument: float | None, shape: str, constant: float
) -> None:
    for name, value in (("wavelength_m", wavelength), ("second_wavelength_m", second)):
        if value is not None and not 1e-12 < value < 1e-9:
            raise InputError(f"{name} is {value:g} m; X-rays for diffraction lie between 1e-12 and 1e-9 m")
    if second is not None and wavelength is None:
        raise InputError("second_wavelength_m needs wavelength_m")
    if instrument is not None and not 0.0 < instrument < 5.0:
        raise InputError(f"instrument_fwhm_degree is {instrument:g}; it must lie between 0 and 5 degree")
    if shape not in ("gaussian", "lorentzian"):
        raise InputError(f"no instrument_shape {shown(shape)}; allowed: gaussian, lorentzian")
    if not 0.5 < constant < 1.5:
        raise InputError(f"scherrer_constant is {constant:g}; it lies between 0.5 and 1.5 for any crystallite shape")


def _pattern(record: Record, low: float | None, high: float | None) -> tuple[Array, Array]:
    angle = np.asarray(record["two_theta_degree"], dtype=float)
    intensity = ordinary("intensity", np.asarray(record["intensity"], dtype=float))
    order = np.argsort(angle)
    angle, intensity = angle[order], intensity[order]
    keep = (angle >= (-np.inf if low is None else low)) & (angle <= (np.inf if high is None else high))
    angle, intensity = angle[keep], intensity[keep]
    if len(angle) < _FEWEST or np.any(np.diff(angle) <= 0.0):
        raise InputError(
            f"the pattern has {len(np.unique(angle))} different angles; at least {_FEWEST} are needed, each once"
        )
    if angle[0] <= 0.0 or angle[-1] >= 180.0:
        raise InputError(f"2 theta runs from {angle[0]:g} to {angle[-1]:g} degree; it lies between 0 and 180")
    return angle, intensity


def _count(peaks: list[Peak], threshold: float) -> Finding:
    return Finding(
        name="peaks",
        value=float(len(peaks)),
        unit="",
        uncertainty_reason="counted",
        method=f"peaks whose area is more than {threshold:g} sigma",
    )


def _peak_findings(number: int, peak: Peak) -> list[Finding]:
    method = "pseudo-Voigt on a straight background, least squares"
    rows = (
        ("position", peak.position, "degree", peak.position_sigma),
        ("fwhm", peak.fwhm, "degree", peak.fwhm_sigma),
        ("area", peak.area, "intensity degree", peak.area_sigma),
    )
    return [
        Finding(
            name=f"peak{number}_{name}",
            value=value,
            unit=unit,
            uncertainty=sigma,
            method=method,
            references=["thompson1987"],
        )
        for name, value, unit, sigma in rows
    ]


def _spacing_and_size(
    number: int, peak: Peak, wavelength: float | None, instrument: float | None, shape: str, constant: float
) -> list[Finding]:
    if wavelength is None:
        return []
    theta, theta_sigma = np.radians(peak.position / 2.0), np.radians(peak.position_sigma / 2.0)
    spacing = wavelength / (2.0 * np.sin(theta))
    found = [
        Finding(
            name=f"peak{number}_d",
            value=float(spacing),
            unit="m",
            uncertainty=float(spacing * theta_sigma / np.tan(theta)),
            method=f"lambda/(2 sin theta), lambda = {wavelength * 1e10:.5f} angstrom; zero shift not corrected",
        )
    ]
    name, method = f"peak{number}_size", f"Scherrer, K = {constant:g}, on the full width at half maximum"
    if instrument is None:
        reason = "no instrument width was given: without it the width is not the sample's"
        return [*found, _no_answer(name, "m", method, reason)]
    if shape == "gaussian":
        left = peak.fwhm**2 - instrument**2
        beta = np.sqrt(max(left, 0.0))
        beta_sigma = peak.fwhm * peak.fwhm_sigma / beta if beta > 0.0 else np.inf
    else:
        beta, beta_sigma = peak.fwhm - instrument, peak.fwhm_sigma
    if not beta > 2.0 * beta_sigma:
        reason = f"the peak is not broader than the instrument's {instrument:g} degree by 2 sigma"
        return [*found, _no_answer(name, "m", method, reason)]
    size = constant * wavelength / (np.radians(beta) * np.cos(theta))
    size_finding = Finding(
        name=name,
        value=float(size),
        unit="m",
        uncertainty=float(size * beta_sigma / beta),
        method=f"{method}, instrument width taken off as {shape}",
        references=["langford1978"],
        note="strain is not separated: a lower limit",
    )
    return [*found, size_finding]


def _no_answer(name: str, unit: str, method: str, reason: str) -> Finding:
    return Finding(name=name, value=None, unit=unit, uncertainty_reason=reason, method=method, note=reason)


def _amorphous(peaks: list[Peak], broad: Hump | None) -> list[Finding]:
    if broad is None:
        return []
    method = "area of the Bragg peaks over that of peaks and hump, above a straight background"
    definition = "an area fraction of the scattering in this range: no mass fraction"
    position = [
        Finding(
            name=f"hump_{name}",
            value=value,
            unit=unit,
            uncertainty=sigma,
            method="one Gaussian on a straight background, after the peaks are taken off",
        )
        for name, value, unit, sigma in (
            ("position", broad.position, "degree", broad.position_sigma),
            ("fwhm", broad.fwhm, "degree", broad.fwhm_sigma),
            ("area", broad.area, "intensity degree", broad.area_sigma),
        )
        if broad.seen
    ]
    if not broad.seen and not peaks:
        return [_no_answer("crystallinity", "%", method, "neither peaks nor a hump stand above the background")]
    if not peaks:
        none = Finding(
            name="crystallinity",
            value=0.0,
            unit="%",
            uncertainty_reason="no peak was found",
            method=method,
            note=definition,
        )
        return [*position, none]
    share, sigma = crystallinity(peaks, broad)
    if not broad.seen:
        least = 100.0 * (1.0 - 1.645 * sigma)
        reason = (
            f"no hump is told from the background: at least {max(least, 0.0):.0f} % of the area is crystalline (95 %)"
        )
        return [_no_answer("crystallinity", "%", method, reason)]
    crystalline = Finding(
        name="crystallinity", value=100.0 * share, unit="%", uncertainty=100.0 * sigma, method=method, note=definition
    )
    return [*position, crystalline]


def _warnings(
    peaks: list[Peak], per_unit: float | None, broad: Hump | None, instrument: float | None, chi: list[float]
) -> list[str]:
    found = []
    if per_unit is None:
        found.append("the intensity is no whole counts: the noise was taken from the scatter")
    if not peaks:
        found.append("no peak stands above the background: the pattern shows no crystalline phase at this noise")
    if any(value > 2.0 for value in chi):
        found.append(
            f"reduced chi-square up to {max(chi):.1f}: the peak shape is not quite a pseudo-Voigt function; the errors "
            "were widened"
        )
    if broad is not None and broad.seen:
        found.append(
            "the hump includes whatever the sample holder, glue or window scatters; measure it empty to subtract it"
        )
    if instrument is not None:
        found.append("sizes from one peak each: strain and stacking faults broaden peaks as well")
    return found


def _methods(
    wavelength: float | None, instrument: float | None, shape: str, constant: float, hump: bool, per_unit: float | None
) -> str:
    weights = "counting statistics" if per_unit is not None else "the scatter of the data"
    text = (
        "Diffraction peaks were fitted with pseudo-Voigt functions on local straight backgrounds, overlapping ones "
        f"together, weighted by {weights}."
    )
    if wavelength is not None:
        text += f" Lattice spacings follow from lambda = {wavelength * 1e10:.5f} angstrom without zero correction."
    if wavelength is not None and instrument is not None:
        text += (
            f" Crystallite sizes follow from the Scherrer equation with K = {constant:g} on the full width at half "
            f"maximum, after an instrument width of {instrument:g} degree was taken off as {shape}."
        )
    if hump:
        text += " Crystallinity is the area of the peaks over that of peaks and one Gaussian hump."
    return text


def draw_xrd(analysis: Analysis) -> dict[str, "Figure"]:
    """Draw the pattern with the fitted peaks, the amorphous hump filled, and ticks where the peaks are."""
    from matplotlib.figure import Figure

    held: dict[str, Any] = analysis.details
    angle = held["two_theta_degree"]
    figure = Figure(figsize=(6.8, 4.2), layout="constrained")
    axes = figure.subplots()
    axes.plot(angle, held["intensity"], ".", color="0.55", markersize=2, label="measured")
    axes.plot(angle, held["fit_intensity"], color="#D55E00", linewidth=1.0, label="fit")
    if held["hump_intensity"] is not None:
        axes.fill_between(
            angle, held["straight_intensity"], held["hump_intensity"], color="#0072B2", alpha=0.3, label="amorphous"
        )
    low, high = axes.get_ylim()
    for peak in held["peaks"]:
        axes.plot([peak["two_theta_degree"]] * 2, [high, high + 0.03 * (high - low)], color="black", linewidth=0.9)
    axes.set_xlabel("2θ / degree")
    axes.set_ylabel("intensity")
    axes.set_title(analysis.source, fontsize=9, loc="left")
    axes.legend(frameon=False, fontsize=8)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    return {"pattern": figure}
