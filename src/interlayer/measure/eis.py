"""Impedance: which circuit describes a spectrum, what its arcs are, and what the data cannot tell."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from interlayer.errors import InputError, shown
from interlayer.measure.arcs import Arc, arcs
from interlayer.measure.circuit_fit import CircuitFit, Weighting, compare_circuits, fit_circuit, spectrum_arrays
from interlayer.measure.finding import Analysis, Finding
from interlayer.measure.kramers_kronig import KramersKronig, kramers_kronig
from interlayer.measure.relaxation_times import RelaxationTimes, relaxation_times
from interlayer.records import Record

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Array = NDArray[np.float64]

CIRCUITS: Final = (
    "R0-CPE1",
    "p(R1,CPE1)",
    "p(R1,CPE1)-CPE2",
    "p(R1,CPE1)-p(R2,CPE2)-CPE3",
    "R0-p(R1,CPE1)",
    "R0-p(R1,CPE1)-CPE2",
    "R0-p(R1,CPE1)-W1",
    "R0-p(R1,CPE1)-p(R2,CPE2)",
    "R0-p(R1,CPE1)-p(R2,CPE2)-CPE3",
    "R0-p(R1,CPE1)-p(R2,CPE2)-W1",
    "R0-p(R1,CPE1)-p(R2,CPE2)-p(R3,CPE3)",
    "R0-p(R1,CPE1)-p(R2,CPE2)-p(R3,CPE3)-CPE4",
    "R0-p(R1,CPE1)-p(R2,CPE2)-p(R3,CPE3)-W1",
)
"""What is compared where no circuit is given: one to three arcs, with and without diffusion or a blocking end."""
_KNOWN: Final = 0.5
"""A resistance whose standard deviation is more than this fraction of it does not support its arc."""
_THOROUGH: Final = 8
"""Descents that must agree: one spectrum at a time, thoroughness costs milliseconds."""
_CLOSE: Final = 10.0
"""Circuits whose AICc is this much above the lowest are out of the question."""
_KRONIG_RMS: Final = 0.02
_REFERENCES: Final = [
    "boukamp1995",
    "schonleber2014",
    "hurvich1989",
    "hsu2001",
    "brug1984",
    "irvine1990",
    "delevie1963",
]


def analyse_eis(
    record: Record,
    *,
    circuit: str | None = None,
    weighting: Weighting = "modulus",
    fixed: list[str] | None = None,
    bounds: list[str] | None = None,
    area_m2: float | None = None,
    thickness_m: float | None = None,
) -> Analysis:
    """Return the circuit fit of a spectrum, its arcs, the Kramers-Kronig test and the relaxation times.

    Without a `circuit` those of `CIRCUITS` are compared by AICc (with an inductance, ideal or lossy, where the spectrum
    goes below the axis); among those close to the best, one without a parameter at a bound and without a hardly known
    resistance goes first. `fixed` (``CPE1_alpha=1``) and `bounds` (``R1=10:200``) hold parameters of a given circuit,
    in their units. `area_m2` turns resistances into area-specific ones; `thickness_m` with it gives the conductivity
    thickness/(R area) of each arc, as if it were a layer of that thickness, and of all of them together.
    A record of several spectra (`cycle_count` or `temperature_kelvin` changes) gives the findings of each, under
    ``name[1]``, ``name[2]``, with the circuit that the first one chose. Raises InputError for a circuit that is none,
    and too few points.
    """
    area_m2 = area_m2 if area_m2 is not None else record.metadata.get("area_m2")
    for name, value in (("area_m2", area_m2), ("thickness_m", thickness_m)):
        if value is not None and not 0.0 < value < 1e6:
            raise InputError(f"{name} {shown(str(value))} is not positive")
    if circuit is None and (fixed or bounds):
        raise InputError("fixed and bounds need a circuit, whose parameters they name")
    held = _Held(circuit, weighting, _numbers(fixed or [], 1), _numbers(bounds or [], 2))
    spectra = _spectra(record)
    first = _fitted(*spectra[0][1:], held)
    chosen = str(first[0].circuit)
    findings, warnings, rows = [], [], []
    details: dict[str, Any] = {}
    for number, (label, frequency, impedance) in enumerate(spectra):
        fits = first if number == 0 else _fitted(frequency, impedance, replace(held, circuit=chosen))
        test, times = kramers_kronig(frequency, impedance), relaxation_times(frequency, impedance)
        named = arcs(fits[0], thickness_m=thickness_m, area_m2=area_m2)
        suffix = f"[{label}]" if len(spectra) > 1 else ""
        findings += _findings(fits[0], test, times, named, area_m2, thickness_m, suffix)
        warnings += _warnings(fits[0], test, suffix)
        rows.append({"label": label, **_curves(fits, test, times, named)})
    details["spectra"] = rows
    return Analysis(
        kind="eis",
        source=str(record.metadata.get("file", record.metadata.get("cell", ""))),
        findings=findings,
        warnings=warnings,
        methods=_methods(chosen, weighting, given=circuit is not None, first=first),
        references=_REFERENCES,
        details=details,
    )


def _spectra(record: Record) -> list[tuple[str, Array, NDArray[np.complex128]]]:
    impedance = record.columns["real_impedance_ohm"] + 1j * record.columns["imaginary_impedance_ohm"]
    frequency = record.columns["frequency_hertz"]
    for column in ("cycle_count", "temperature_kelvin"):
        if column in record.columns and len(np.unique(record.columns[column])) > 1:
            labels = record.columns[column]
            values = list(dict.fromkeys(labels.tolist()))
            return [(f"{value:g}", frequency[labels == value], impedance[labels == value]) for value in values]
    if len(frequency) and len(np.unique(frequency)) < len(frequency):
        raise InputError(
            "a frequency stands there twice and no column cycle_count tells the spectra apart; "
            "split the file or say --column cycle_count=HEADING"
        )
    return [("1", frequency, impedance)]


@dataclass(frozen=True)
class _Held:
    """What the user said about the fit."""

    circuit: str | None
    weighting: Weighting
    fixed: dict[str, tuple[float, ...]]
    bounds: dict[str, tuple[float, ...]]


def _numbers(texts: Sequence[str], count: int) -> dict[str, tuple[float, ...]]:
    """Return the numbers in texts such as ``R1=10`` and ``R1=10:200``."""
    found = {}
    for text in texts:
        name, _, rest = text.partition("=")
        try:
            values = tuple(float(part) for part in rest.split(":"))
        except ValueError:
            values = ()
        if len(values) != count:
            raise InputError(f"{shown(text)} is not {'NAME=VALUE' if count == 1 else 'NAME=LOW:HIGH'}")
        found[name.strip()] = values
    return found


def _fitted(frequency: Array, impedance: NDArray[np.complex128], held: _Held) -> list[CircuitFit]:
    """Return the fit of the given circuit, else those of all that are compared, the chosen one first."""
    if held.circuit is not None:
        return [
            fit_circuit(
                frequency,
                impedance,
                held.circuit,
                weighting=held.weighting,
                fixed={name: values[0] for name, values in held.fixed.items()},
                bounds={name: (values[0], values[1]) for name, values in held.bounds.items()},
                agree=_THOROUGH,
            )
        ]
    frequencies, measured = spectrum_arrays(frequency, impedance)
    inductive = bool(np.any(measured.imag[: max(len(measured) // 5, 1)] > 0.0))
    leads = ("L0-", "La0-") if inductive else ("",)
    texts = [lead + text for lead in leads for text in CIRCUITS]
    carried = [text for text in texts if 2 * len(frequencies) > 2 * text.count("CPE") + text.count("R") + 4]
    if not carried:
        raise InputError(f"{len(frequencies)} frequencies are too few for any circuit")
    fits = compare_circuits(frequencies, measured, carried, weighting=held.weighting, agree=_THOROUGH)
    close = [fit for fit in fits if fit.aicc - fits[0].aicc < _CLOSE]
    supported = [fit for fit in close if not fit.at_bound and all(_is_known(fit, name) for name in fit.circuit.names)]
    best = supported[0] if supported else min(close, key=lambda fit: len(fit.values))
    return [best, *(fit for fit in fits if fit is not best)]


def _is_known(fit: CircuitFit, name: str) -> bool:
    sigma = fit.sigma(name)
    return not name.startswith("R") or (sigma is not None and sigma < _KNOWN * fit[name])


def _findings(
    fit: CircuitFit,
    test: KramersKronig,
    times: RelaxationTimes,
    named: Sequence[Arc],
    area: float | None,
    thickness: float | None,
    suffix: str,
) -> list[Finding]:
    method = f"least squares of {fit.circuit}, {fit.agreeing} of {fit.descents} descents agree"
    rows = []
    for name, unit in zip(fit.circuit.names, fit.circuit.units, strict=True):
        sigma = fit.sigma(name)
        rows.append(
            Finding(
                name=name + suffix,
                value=fit[name],
                unit=unit,
                uncertainty=sigma,
                uncertainty_reason="" if sigma is not None else _why_certain(fit, name),
                method=method,
            )
        )
    rows += [_total(fit, suffix)] if any(name.startswith("R") for name in fit.circuit.names) else []
    for arc in named:
        unknown = "" if arc.capacitance_sigma_F is not None else "a parameter of the arc is at a bound"
        rows.append(
            Finding(
                name=f"capacitance_{arc.resistor}{suffix}",
                value=arc.capacitance_F,
                unit="F",
                uncertainty=arc.capacitance_sigma_F,
                uncertainty_reason=unknown,
                method="(R Q)^(1/alpha)/R",
                references=["hsu2001", "irvine1990"],
                note=f"probably {arc.origin}",
            )
        )
    if area is not None:
        rows += _by_geometry(rows, area, thickness, suffix)
    rows.append(
        Finding(
            name=f"drt_polarisation_resistance{suffix}",
            value=times.polarisation_resistance,
            unit="ohm",
            uncertainty=times.polarisation_sigma,
            method="area of the distribution of relaxation times, ridge with non-negative gamma",
        )
    )
    frequency, worst = test.worst
    rows.append(
        Finding(
            name=f"kramers_kronig_rms{suffix}",
            value=100.0 * test.rms,
            unit="%",
            uncertainty_reason="a measure of the data itself",
            method=f"chain of {test.elements} resistor-capacitor pairs",
            references=["boukamp1995", "schonleber2014"],
            note=f"largest {100.0 * worst:.2g} % at {frequency:.3g} Hz",
        )
    )
    return rows


def _why_certain(fit: CircuitFit, name: str) -> str:
    return "at the bound of what is possible" if name in fit.at_bound else "fixed by the user"


def _total(fit: CircuitFit, suffix: str) -> Finding:
    """Return the sum of all resistances, with the covariance of the fit."""
    places = [k for k, unit in enumerate(fit.circuit.units) if unit == "ohm"]
    gradient = np.zeros(len(fit.values))
    gradient[places] = fit.values[places]
    variance = float(gradient @ fit.covariance @ gradient)
    certain = not any(fit.circuit.names[k] in fit.at_bound for k in places)
    return Finding(
        name=f"total_resistance{suffix}",
        value=float(fit.values[places].sum()),
        unit="ohm",
        uncertainty=float(np.sqrt(max(variance, 0.0))) if certain else None,
        uncertainty_reason="" if certain else "a resistance is at the bound of what is possible",
        method="sum of the circuit's resistances, with their correlation",
    )


def _by_geometry(rows: Sequence[Finding], area: float, thickness: float | None, suffix: str) -> list[Finding]:
    """Return area-specific resistances, ohm cm2, and with a thickness conductivities, S/cm, of what is in ohm."""
    found = []
    for row in rows:
        if row.unit != "ohm" or row.value is None:
            continue
        known: dict[str, Any] = {"uncertainty_reason": row.uncertainty_reason}
        name = row.name.removesuffix(suffix)
        if row.uncertainty is not None:
            known = {"uncertainty": row.uncertainty * area * 1e4}
        found.append(
            Finding(
                name=f"asr_{name}{suffix}",
                value=row.value * area * 1e4,
                unit="ohm cm2",
                method=f"resistance times {area * 1e4:.4g} cm2, taken as exact",
                **known,
            )
        )
        if thickness is not None and row.value > 0.0:
            conductivity = thickness / (row.value * area) * 1e-2
            if row.uncertainty is not None:
                known = {"uncertainty": conductivity * row.uncertainty / row.value}
            found.append(
                Finding(
                    name=f"conductivity_{name}{suffix}",
                    value=conductivity,
                    unit="S/cm",
                    method=f"{thickness * 1e6:.4g} um / (R {area * 1e4:.4g} cm2), geometry taken as exact",
                    **known,
                )
            )
    return found


def _warnings(fit: CircuitFit, test: KramersKronig, suffix: str) -> list[str]:
    lines = []
    label = f"{suffix} " if suffix else ""
    if test.rms > _KRONIG_RMS:
        lines.append(
            f"{label}the spectrum misses the Kramers-Kronig relations by {100.0 * test.rms:.2g} %: it drifts, is not "
            "linear, or is noisy; no circuit can describe it better than that"
        )
    if fit.relative_rms > 2.0 * max(test.rms, 1e-4):
        lines.append(
            f"{label}{fit.circuit} leaves {100.0 * fit.relative_rms:.2g} % where the data allow "
            f"{100.0 * test.rms:.2g} %: the circuit lacks something, and its uncertainties are too small"
        )
    lines += [f"{label}{name} is at the bound of what is possible: leave the element out" for name in fit.at_bound]
    lines += [
        f"{label}{a} and {b} are hardly told apart (correlation {rho:.2f})"
        for a, b, rho in fit.correlated()
        if not (a.endswith("_Q") and b == a.removesuffix("_Q") + "_alpha")
    ]
    for name, unit in zip(fit.circuit.names, fit.circuit.units, strict=True):
        sigma = fit.sigma(name)
        if unit == "ohm" and sigma is not None and sigma > _KNOWN * fit[name]:
            lines.append(f"{label}{name} is not known to within {100.0 * _KNOWN:.0f} %: the data do not carry it")
    return lines


def _curves(
    fits: Sequence[CircuitFit], test: KramersKronig, times: RelaxationTimes, named: Sequence[Arc]
) -> dict[str, Any]:
    fit = fits[0]
    fitted = fit.impedance()
    return {
        "circuit": str(fit.circuit),
        "frequency_hertz": fit.frequency.tolist(),
        "real_impedance_ohm": fit.measured.real.tolist(),
        "imaginary_impedance_ohm": fit.measured.imag.tolist(),
        "fitted_real_impedance_ohm": fitted.real.tolist(),
        "fitted_imaginary_impedance_ohm": fitted.imag.tolist(),
        "relative_rms": fit.relative_rms,
        "kramers_kronig_residual_real": test.residuals.real.tolist(),
        "kramers_kronig_residual_imaginary": test.residuals.imag.tolist(),
        "time_constant_s": times.time_constants.tolist(),
        "gamma_ohm": times.gamma.tolist(),
        "gamma_sigma_ohm": times.gamma_sigma.tolist(),
        "peaks": [
            {"time_constant_s": peak.time_constant_s, "resistance_ohm": peak.resistance_ohm} for peak in times.peaks
        ],
        "arcs": [
            {"resistor": arc.resistor, "time_constant_s": arc.time_constant_s, "origin": arc.origin} for arc in named
        ],
        "compared": [
            {
                "circuit": str(other.circuit),
                "aicc_difference": other.aicc - min(each.aicc for each in fits),
                "relative_rms": other.relative_rms,
                "at_bound": list(other.at_bound),
            }
            for other in fits
        ],
        "correlation": fit.correlation.tolist(),
        "parameters": list(fit.circuit.names),
    }


def _methods(chosen: str, weighting: str, *, given: bool, first: Sequence[CircuitFit]) -> str:
    weights = {
        "modulus": "both parts weighted by 1/|Z|",
        "proportional": "each part weighted by its own size",
        "unit": "unit weights",
    }[weighting]
    how = (
        f"The circuit {chosen} was given."
        if given
        else f"The circuit {chosen} was chosen from {len(first)} by Akaike's criterion for small samples, leaving out "
        "those with a parameter at a bound or a resistance known to less than half of itself."
    )
    return (
        "The spectrum was tested against the Kramers-Kronig relations with a chain of resistor-capacitor pairs. "
        f"{how} It was fitted by non-linear least squares ({weights}) from starts found in the data, until several "
        "descents agreed; standard deviations follow from the Jacobian and the scatter of the residuals. "
        "Capacitances of arcs are (R Q)^(1/alpha)/R. The distribution of relaxation times was found by non-negative "
        "least squares with a ridge whose strength predicts left-out frequencies best."
    )


def draw_eis(analysis: Analysis) -> dict[str, "Figure"]:
    """Return the Nyquist and Bode plots with fit and residuals, and the distribution of relaxation times."""
    from interlayer.measure.eis_figures import draw_bode, draw_nyquist, draw_relaxation_times

    rows = analysis.details["spectra"]
    return {"nyquist": draw_nyquist(rows), "bode": draw_bode(rows), "drt": draw_relaxation_times(rows)}
