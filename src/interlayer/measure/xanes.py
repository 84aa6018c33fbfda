"""XANES: edge energy by two definitions, shifts against references, white line, linear combinations of references."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from interlayer.errors import InputError
from interlayer.measure.absorption_edge import Edge, find_edge, spectrum_of
from interlayer.measure.curve_fit import inflation
from interlayer.measure.finding import Analysis, Finding
from interlayer.records import Record

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Array = NDArray[np.float64]

_REFERENCES: Final = ["newville2014", "ravel2005"]
_MOST_REFERENCES: Final = 6


@dataclass(frozen=True, eq=False)
class Combination:
    """A linear combination fit: shares and their covariance, energies, the fitted curve, reduced chi-square."""

    shares: Array
    covariance: Array
    energy: Array
    curve: Array
    reduced_chi_square: float
    residual_rms: float


def analyse_xanes(
    record: Record,
    *,
    reference_files: list[str] | None = None,
    sum_to_one: bool = True,
    fit_from_eV: float = -20.0,
    fit_to_eV: float = 60.0,
    pre_from_eV: float | None = None,
    pre_to_eV: float | None = None,
    post_from_eV: float | None = None,
    post_to_eV: float | None = None,
    post_degree: int | None = None,
    smoothing_eV: float | None = None,
) -> Analysis:
    """Return the edge energy by derivative and by half height, the edge step and the white line.

    The two energies may differ by several eV; only shifts by one and the same definition compare. With
    `reference_files`, records of absorption spectra, the shift against each and the linear combination of them within
    `fit_from_eV` and `fit_to_eV` of the edge follow. Windows of the normalisation are relative to the edge
    (`absorption_edge.find_edge`). Energies are as recorded: a calibration error goes into every shift.
    """
    from interlayer.records import read

    references = [] if reference_files is None else [read(path) for path in reference_files]
    names = [] if reference_files is None else [_stem(path) for path in reference_files]
    return compare_with_references(
        record,
        references,
        names=names,
        sum_to_one=sum_to_one,
        fit_range_eV=(fit_from_eV, fit_to_eV),
        normalisation={
            "pre": (pre_from_eV, pre_to_eV),
            "post": (post_from_eV, post_to_eV),
            "post_degree": post_degree,
            "smoothing": smoothing_eV,
        },
    )


def compare_with_references(
    record: Record,
    references: Sequence[Record],
    *,
    names: Sequence[str],
    sum_to_one: bool = True,
    fit_range_eV: tuple[float, float] = (-20.0, 60.0),
    normalisation: dict[str, Any] | None = None,
) -> Analysis:
    """Return what `analyse_xanes` does, with references that are records in memory.

    Raises InputError for more than six references, for a name given twice and for what `find_edge` refuses.
    """
    if len(references) > _MOST_REFERENCES or len(set(names)) < len(references):
        raise InputError(f"{len(references)} references: at most {_MOST_REFERENCES}, each with a name of its own")
    options = normalisation or {}
    edge = find_edge(*spectrum_of(record), **options)
    others = [find_edge(*spectrum_of(other), **options) for other in references]
    findings = _edge_findings(edge)
    for name, other in zip(names, others, strict=True):
        findings += _shifts(name, edge, other)
    combination = None
    if len(others) > 1:
        combination = linear_combination(edge, others, fit_range_eV=fit_range_eV, sum_to_one=sum_to_one)
        findings += _shares(names, combination, sum_to_one)
    return Analysis(
        kind="xanes",
        source=str(record.metadata.get("file", record.metadata.get("cell", ""))),
        findings=findings,
        warnings=_warnings(edge, combination),
        methods=_methods(edge, names, combination, fit_range_eV, sum_to_one),
        references=_REFERENCES,
        details=_details(edge, dict(zip(names, others, strict=True)), combination),
    )


def linear_combination(
    edge: Edge, references: Sequence[Edge], *, fit_range_eV: tuple[float, float], sum_to_one: bool
) -> Combination:
    """Fit a normalised spectrum with normalised references; shares are not negative.

    y = sum s_i r_i on the points of the spectrum within the range of its edge, references interpolated, no energy
    shifts. The covariance holds the noise of the spectrum and of the references, widened where the misfit is larger
    than the noise. Raises InputError where a reference does not cover the range.
    """
    from scipy.optimize import nnls

    at = edge.derivative[0]
    inside = (edge.energy >= at + fit_range_eV[0]) & (edge.energy <= at + fit_range_eV[1])
    energy, y = edge.energy[inside], edge.normalised[inside]
    if len(energy) <= len(references) + 3:
        raise InputError(f"the fit range from {fit_range_eV[0]:g} to {fit_range_eV[1]:g} eV has {len(energy)} points")
    for other in references:
        if other.energy[0] > energy[0] or other.energy[-1] < energy[-1]:
            raise InputError(
                f"a reference covers {other.energy[0]:.0f} to {other.energy[-1]:.0f} eV; the fit needs {energy[0]:.0f} "
                f"to {energy[-1]:.0f} eV"
            )
    columns = np.array([np.interp(energy, other.energy, other.normalised) for other in references]).T
    noise = edge.noise / edge.step[0]
    # the sum is an equation that outweighs the data, so that the same non-negative solver serves both
    rows, values = columns, y
    if sum_to_one:
        weight = 1e4 * max(float(np.linalg.norm(columns)), 1.0)
        rows, values = np.vstack([columns, weight * np.ones(len(references))]), np.append(y, weight)
    shares, _ = nnls(rows, values)
    misses = y - columns @ shares
    variance = noise**2 + sum(
        float(share) ** 2 * (other.noise / other.step[0]) ** 2 for share, other in zip(shares, references, strict=True)
    )
    freedom = max(len(y) - len(shares) + int(sum_to_one), 1)
    reduced = float(misses @ misses) / freedom / max(variance, 1e-300)
    inverse = np.linalg.pinv(columns.T @ columns)
    if sum_to_one:
        ones = np.ones(len(shares))
        inverse = inverse - np.outer(inverse @ ones, inverse @ ones) / float(ones @ inverse @ ones)
    # how far each share moves with each point of each spectrum, normalisation included
    moves = [edge.noise * inverse @ columns.T @ edge.gradient[inside]]
    for share, other in zip(shares, references, strict=True):
        between = np.array([np.interp(energy, other.energy, column) for column in other.gradient.T]).T
        moves.append(float(share) * other.noise * inverse @ columns.T @ between)
    covariance = np.sum([move @ move.T for move in moves], axis=0)
    return Combination(
        shares=shares,
        covariance=np.asarray(covariance * inflation(reduced, freedom)),
        energy=energy,
        curve=np.asarray(columns @ shares),
        reduced_chi_square=reduced,
        residual_rms=float(np.sqrt(np.mean(misses**2))),
    )


def _stem(path: str) -> str:
    from pathlib import Path

    return Path(path).stem


def _edge_findings(edge: Edge) -> list[Finding]:
    smoothing = f"local cubics within {edge.windows.smoothing:.2g} eV"
    found = [
        Finding(
            name="edge_derivative",
            value=edge.derivative[0],
            unit="eV",
            uncertainty=edge.derivative[1],
            method=f"largest derivative, {smoothing}",
            references=_REFERENCES[:1],
        )
    ]
    half: dict[str, Any] = {"value": None, "uncertainty_reason": "it does not rise through half height near the edge"}
    if edge.half is not None:
        half = {"value": edge.half[0], "uncertainty": edge.half[1]}
    found.append(
        Finding(
            name="edge_half_height",
            unit="eV",
            method=f"first rise through half the edge step, {smoothing}; depends on the normalisation",
            **half,
        )
    )
    found.append(
        Finding(
            name="edge_step",
            value=edge.step[0],
            unit="absorption",
            uncertainty=edge.step[1],
            method="post-edge less pre-edge at the edge by derivative",
        )
    )
    if edge.white_line is None:
        reason = "no maximum within 40 eV above the edge"
        return [
            *found,
            Finding(name="white_line_position", value=None, unit="eV", uncertainty_reason=reason, method=smoothing),
        ]
    place, sigma, height, height_sigma = edge.white_line
    method = f"largest normalised absorption within 40 eV above the edge, {smoothing}"
    return [
        *found,
        Finding(name="white_line_position", value=place, unit="eV", uncertainty=sigma, method=method),
        Finding(name="white_line_height", value=height, unit="", uncertainty=height_sigma, method=method),
    ]


def _shifts(name: str, edge: Edge, other: Edge) -> list[Finding]:
    found = [
        Finding(
            name=f"shift_derivative_from_{name}",
            value=edge.derivative[0] - other.derivative[0],
            unit="eV",
            uncertainty=float(np.hypot(edge.derivative[1], other.derivative[1])),
            method="difference of the edges by derivative",
        )
    ]
    if edge.half is not None and other.half is not None:
        found.append(
            Finding(
                name=f"shift_half_height_from_{name}",
                value=edge.half[0] - other.half[0],
                unit="eV",
                uncertainty=float(np.hypot(edge.half[1], other.half[1])),
                method="difference of the edges by half height",
            )
        )
    return found


def _shares(names: Sequence[str], fit: Combination, sum_to_one: bool) -> list[Finding]:
    constraint = "sum held at 1" if sum_to_one else "sum free"
    return [
        Finding(
            name=f"share_{name}",
            value=100.0 * float(share),
            unit="%",
            uncertainty=100.0 * float(np.sqrt(max(variance, 0.0))),
            method=f"linear combination of the references, none negative, {constraint}",
            references=_REFERENCES[1:],
            note="at zero" if share == 0.0 else "",
        )
        for name, share, variance in zip(names, fit.shares, np.diag(fit.covariance), strict=True)
    ]


def _warnings(edge: Edge, fit: Combination | None) -> list[str]:
    found = ["energies are as recorded: measure a foil with the sample, or a calibration error is part of the shift"]
    if edge.half is not None and abs(edge.half[0] - edge.derivative[0]) > 1.0:
        found.append(
            f"the edge by half height lies {edge.half[0] - edge.derivative[0]:+.1f} eV from that by derivative: "
            "compare by one definition only"
        )
    if edge.rivals:
        places = ", ".join(f"{place:.1f}" for place in edge.rivals)
        found.append(
            f"the derivative is almost as large at {places} eV: the edge by derivative may jump between spectra"
        )
    if fit is not None and fit.reduced_chi_square > 3.0:
        found.append(
            f"the combination misses the spectrum by {fit.residual_rms:.3f} of the edge step, more than the noise: a "
            "reference is missing or shifted; shares were widened and are still a lower bound of the error"
        )
    return found


def _methods(
    edge: Edge, names: Sequence[str], fit: Combination | None, fit_range: tuple[float, float], sum_to_one: bool
) -> str:
    w = edge.windows
    text = (
        f"Spectra were normalised with a straight pre-edge from {w.pre[0]:.0f} to {w.pre[1]:.0f} eV and a post-edge of "
        f"degree {w.post_degree} from {w.post[0]:.0f} to {w.post[1]:.0f} eV of the edge. The edge energy is the "
        "largest derivative, and apart from it the first rise through half the step, of local cubics within "
        f"{w.smoothing:.2g} eV."
    )
    if fit is not None:
        text += (
            f" Shares of {', '.join(names)} follow from a non-negative linear combination from {fit_range[0]:g} to "
            f"{fit_range[1]:g} eV of the edge{' with a sum of one' if sum_to_one else ''}, without energy shifts."
        )
    return text


def _details(edge: Edge, others: dict[str, Edge], fit: Combination | None) -> dict[str, Any]:
    return {
        "photon_energy_electronvolt": edge.energy.tolist(),
        "normalised_absorption": edge.normalised.tolist(),
        "edge_derivative_eV": edge.derivative[0],
        "edge_half_height_eV": None if edge.half is None else edge.half[0],
        "normalisation_window_eV": [*edge.windows.pre, *edge.windows.post],
        "references": {
            name: {
                "photon_energy_electronvolt": other.energy.tolist(),
                "normalised_absorption": other.normalised.tolist(),
            }
            for name, other in others.items()
        },
        "combination": None
        if fit is None
        else {
            "photon_energy_electronvolt": fit.energy.tolist(),
            "normalised_absorption": fit.curve.tolist(),
            "reduced_chi_square": fit.reduced_chi_square,
        },
    }


def draw_xanes(analysis: Analysis) -> dict[str, "Figure"]:
    """Draw the normalised spectrum with the edge by both definitions, the references and the combination."""
    from matplotlib.figure import Figure

    held = analysis.details
    figure = Figure(figsize=(6.4, 4.2), layout="constrained")
    axes = figure.subplots()
    for name, row in held["references"].items():
        axes.plot(row["photon_energy_electronvolt"], row["normalised_absorption"], linewidth=0.9, alpha=0.8, label=name)
    axes.plot(
        held["photon_energy_electronvolt"], held["normalised_absorption"], color="black", linewidth=1.5, label="sample"
    )
    if held["combination"] is not None:
        row = held["combination"]
        axes.plot(
            row["photon_energy_electronvolt"], row["normalised_absorption"], "--", color="#D55E00", label="combination"
        )
    at, half = held["edge_derivative_eV"], held["edge_half_height_eV"]
    axes.axvline(at, color="0.6", linewidth=0.8, label="edge, derivative")
    if half is not None:
        axes.plot([half], [0.5], "o", color="0.3", markersize=5, label="edge, half height")
    axes.set_xlim(at - 30.0, at + 80.0)
    axes.set_xlabel("photon energy / eV")
    axes.set_ylabel("normalised absorption")
    axes.set_title(analysis.source, fontsize=9, loc="left")
    axes.legend(frameon=False, fontsize=8)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    return {"xanes": figure}
