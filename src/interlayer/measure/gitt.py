"""Titration: what each pulse says about diffusion and resistance, by formula and by full fit, and what it is worth."""

import math
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from interlayer.errors import InputError
from interlayer.measure.diffusion import PulseDiffusion, analyse_pulse, fitted_curve
from interlayer.measure.finding import Analysis, Finding
from interlayer.measure.pulses import Pulse, find_pulses
from interlayer.records import Record

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Array = NDArray[np.float64]

_VALID: Final = 0.1
"""tau D/L^2 above this and the formula is not valid: the pulse has reached the middle of the particle."""
_RELAXED: Final = 0.05
"""A rest whose last tenth still moves by more than this fraction of dE_s was too short."""
_STRAIGHT: Final = 0.99
_REFERENCES: Final = ["weppner1977"]


def analyse_gitt(
    record: Record,
    *,
    diffusion_length_m: float | None = None,
    shape: Literal["sphere", "film"] = "sphere",
    volume_over_area_m: float | None = None,
) -> Analysis:
    """Return diffusivities and resistances of the pulses of a titration, with the validity of each formula.

    `diffusion_length_m` is the radius of a particle (`shape` ``sphere``) or the thickness of a film that takes the
    current on one side (``film``). The formula needs V/S, the material's volume over the area through which lithium
    enters: a third of the radius, the thickness, or `volume_over_area_m` where a paper used another one, such as
    m V_M/(M S) with the electrode's geometric area. Without a length the rates D/L^2 are given. The pulse duration tau
    is that of the pulse, not of the rest. Raises InputError where the record has no pulse.
    """
    for name, value in (("diffusion_length_m", diffusion_length_m), ("volume_over_area_m", volume_over_area_m)):
        if value is not None and not 0.0 < value < 1.0:
            raise InputError(f"{name} {value!r} m is no length of a particle or film")
    pulses = find_pulses(record)
    found = [analyse_pulse(pulse, shape) for pulse in pulses]
    sides = 3.0 if shape == "sphere" else 1.0
    over_area = volume_over_area_m or (diffusion_length_m / sides if diffusion_length_m else None)
    square = diffusion_length_m**2 if diffusion_length_m else None
    formula_square = over_area**2 if over_area else None
    fit_rates = np.array([one.fit_rate or math.nan for one in found])
    formula_rates = np.array([one.formula_rate or math.nan for one in found])
    durations = np.array([pulse.duration for pulse in pulses])
    validity = durations * fit_rates
    findings = [
        _plain("pulses", float(len(pulses)), "", "counted: current between two rests"),
        _spread("pulse_duration", durations, "s", "from the record"),
        _spread("rest_duration", np.array([p.rest_time[-1] - p.duration for p in pulses]), "s", "from the record"),
        _spread(
            "resistance",
            np.array([one.resistance for one in found]),
            "ohm",
            "voltage over sqrt(t) extrapolated to the start of the pulse, less the voltage before it, over the current",
        ),
        _spread("ir_drop", np.abs([o.resistance * p.current for o, p in zip(found, pulses, strict=True)]), "V", "R I"),
        _logarithmic(
            "diffusivity_fit", "diffusion_rate_fit", fit_rates, square, "diffusion of finite length, full fit"
        ),
        _logarithmic(
            "diffusivity_formula",
            "diffusion_rate_formula",
            formula_rates,
            formula_square,
            "4/(pi tau) (V/S)^2 (dE_s/dE_tau)^2, tau the pulse",
        ),
        _logarithmic(
            "diffusivity_slope",
            "diffusion_rate_slope",
            np.array([one.slope_rate or math.nan for one in found]),
            formula_square,
            "4/pi (V/S)^2 (dE_s/tau over the slope in sqrt(t))^2",
        ),
        _validity(validity),
    ]
    if square and formula_square:
        bias = formula_rates * formula_square / (fit_rates * square)
        findings.append(_ratio("formula_over_fit", bias))
    return Analysis(
        kind="gitt",
        source=str(record.metadata.get("file", record.metadata.get("cell", ""))),
        findings=findings,
        warnings=_warnings(pulses, found, validity),
        methods=_methods(shape, diffusion_length_m, over_area),
        references=_REFERENCES,
        details=_details(record, pulses, found, shape, square, formula_square),
    )


def _plain(name: str, value: float, unit: str, method: str) -> Finding:
    return Finding(name=name, value=value, unit=unit, uncertainty_reason="counted", method=method)


def _spread(name: str, values: Array, unit: str, method: str) -> Finding:
    """Return the median over the pulses with their standard deviation, which is of the pulses and not of the median."""
    known: dict[str, Any] = {"uncertainty_reason": "one pulse: nothing was repeated"}
    if len(values) > 1:
        known = {"uncertainty": float(np.std(values, ddof=1))}
    return Finding(
        name=name,
        value=float(np.median(values)),
        unit=unit,
        method=f"{method}; median and scatter of {len(values)} pulses",
        note=f"{values.min():.4g} to {values.max():.4g}",
        **known,
    )


def _logarithmic(name: str, rate_name: str, rates: Array, square: float | None, method: str) -> Finding:
    """Return the median of rates times a squared length, and their scatter as that of the logarithm."""
    known = rates[np.isfinite(rates)]
    unit, factor = ("cm2/s", square * 1e4) if square else ("1/s", 1.0)
    name = name if square else rate_name
    if len(known) == 0:
        return Finding(
            name=name, value=None, unit=unit, uncertainty_reason="no answer", method=method,
            note=f"none of the {len(rates)} pulses carries it",
        )  # fmt: skip
    middle = float(np.median(known)) * factor
    given: dict[str, Any] = {"uncertainty_reason": "one pulse: nothing was repeated"}
    if len(known) > 1:
        given = {"uncertainty": middle * float(np.std(np.log(known), ddof=1))}
    return Finding(
        name=name,
        value=middle,
        unit=unit,
        method=f"{method}; median and scatter of {len(known)} of {len(rates)} pulses",
        references=_REFERENCES,
        note=f"{known.min() * factor:.3g} to {known.max() * factor:.3g}",
        **given,
    )


def _validity(validity: Array) -> Finding:
    known = validity[np.isfinite(validity)]
    method = f"pulse times fitted D/L^2; the formula is valid far below 1, taken as below {_VALID:g}"
    if len(known) == 0:
        return Finding(
            name="validity_tau_D_over_L2", value=None, unit="", uncertainty_reason="no answer", method=method,
            note="no pulse could be fitted",
        )  # fmt: skip
    return _spread("validity_tau_D_over_L2", known, "", method)


def _ratio(name: str, values: Array) -> Finding:
    known = values[np.isfinite(values)]
    method = "diffusivity by the formula over that of the full fit: the formula's bias"
    if len(known) == 0:
        return Finding(
            name=name, value=None, unit="", uncertainty_reason="no answer", method=method, note="no pulse has both"
        )
    return _spread(name, known, "", method)


def _warnings(pulses: list[Pulse], found: list[PulseDiffusion], validity: Array) -> list[str]:
    lines = []
    count = len(pulses)
    late = int(np.sum(validity > _VALID))
    if late:
        lines.append(
            f"the formula is not valid for {late} of {count} pulses: tau D/L^2 is above {_VALID:g}; use the full fit"
        )
    unfit = sum(one.fit_rate is None for one in found)
    if unfit:
        lines.append(
            f"{unfit} of {count} pulses do not determine a diffusion time: too little curvature, or too much noise"
        )
    none = sum(one.formula_rate is None for one in found)
    if none:
        lines.append(f"{none} of {count} pulses have dE_s or dE_tau of the wrong sign or below twice the noise")
    above = sum(abs(one.steady_change) > abs(one.transient_change) for one in found if one.formula_rate is not None)
    if above:
        lines.append(
            f"{above} of {count} pulses have |dE_s| above |dE_tau|: the drop taken off holds part of the diffusion"
        )
    negative = sum(one.resistance < 0.0 for one in found)
    if negative:
        lines.append(
            f"{negative} of {count} pulses extrapolate to a negative resistance: the open-circuit voltage bends too "
            "much within them, or the first point comes too late"
        )
    restless = sum(one.drift > _RELAXED * abs(one.steady_change) for one in found)
    if restless:
        lines.append(f"{restless} of {count} rests still move at their end: dE_s is not that of equilibrium")
    bent = sum(one.linearity < _STRAIGHT for one in found)
    if bent:
        lines.append(f"{bent} of {count} pulses are not straight over sqrt(t) (R2 below {_STRAIGHT:g})")
    return lines


def _methods(shape: str, length: float | None, over_area: float | None) -> str:
    where = "no diffusion length was given, so rates D/L^2 are stated"
    if length:
        kind = "radius of a sphere" if shape == "sphere" else "thickness of a film"
        where = f"the diffusion length was {length * 1e6:.4g} um ({kind})"
    if over_area:
        where += f" and V/S in the formula {over_area * 1e6:.4g} um"
    return (
        "Pulses were found as stretches of current between rests. The drop at the start of a pulse was extrapolated in "
        "sqrt(t) and taken off. Diffusivities follow from the formula of Weppner and Huggins with the duration of the "
        "pulse, from the slope over sqrt(t), and from a least-squares fit of finite-length diffusion to pulse and rest "
        f"together, linear in rest voltage, dE_s and resistance; {where}."
    )


def _details(
    record: Record,
    pulses: list[Pulse],
    found: list[PulseDiffusion],
    shape: Literal["sphere", "film"],
    square: float | None,
    formula_square: float | None,
) -> dict[str, Any]:
    fit_factor, formula_factor = (1e4 * value if value else 1.0 for value in (square, formula_square))
    suffix = "cm2_per_s" if square else "per_s"

    def times(value: float | None, factor: float) -> float | None:
        return None if value is None else value * factor

    rows = [
        {
            "charge_ampere_second": pulse.charge,
            "voltage_before_volt": pulse.before,
            "current_ampere": pulse.current,
            "pulse_duration_second": pulse.duration,
            "steady_change_volt": one.steady_change,
            "transient_change_volt": one.transient_change,
            "resistance_ohm": one.resistance,
            "fitted_resistance_ohm": one.fit_resistance,
            f"diffusivity_formula_{suffix}": times(one.formula_rate, formula_factor),
            f"diffusivity_slope_{suffix}": times(one.slope_rate, formula_factor),
            f"diffusivity_fit_{suffix}": times(one.fit_rate, fit_factor),
            "diffusivity_fit_relative_sigma": one.fit_sigma,
            "linearity": one.linearity,
            "fit_rms_volt": one.fit_rms,
            "rest_drift_volt": one.drift,
        }
        for pulse, one in zip(pulses, found, strict=True)
    ]
    middle = len(pulses) // 2
    rate = found[middle].fit_rate
    curve = {}
    if rate is not None:
        time, measured, fitted = fitted_curve(pulses[middle], shape, rate)
        curve = {"time_second": time.tolist(), "voltage_volt": measured.tolist(), "fitted_volt": fitted.tolist()}
    thinned = slice(None, None, max(1, len(record) // 4000))
    return {
        "pulses": rows,
        "diffusivity_key": suffix,
        "middle_pulse": curve,
        "time_second": record.time[thinned].tolist(),
        "voltage_volt": record.voltage[thinned].tolist(),
    }


def draw_gitt(analysis: Analysis) -> dict[str, "Figure"]:
    """Return the titration with its pulses, diffusivity over voltage by fit and formula, and one pulse with its fit."""
    from interlayer.measure.gitt_figures import draw_diffusivity, draw_pulse, draw_titration

    figures = {"titration": draw_titration(analysis.details), "diffusivity": draw_diffusivity(analysis.details)}
    return figures | ({"pulse": draw_pulse(analysis.details)} if analysis.details["middle_pulse"] else {})
