"""EXAFS: chi(k) over a spline background, the peaks of |chi(R)| (not corrected for phase), shells through larch."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from interlayer.errors import InputError
from interlayer.measure.absorption_edge import Edge, find_edge, spectrum_of
from interlayer.measure.finding import Analysis, Finding
from interlayer.records import Record

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Array = NDArray[np.float64]
Place = tuple[float, float, float, float]
"""Position of a peak, its sigma, height, its sigma."""

K_SQUARED_PER_EV: Final = 0.2624682917
"""2 m_e / hbar^2 in 1/(angstrom^2 eV): k^2 = 0.26247 (E - E0)."""
_ANGSTROM: Final = 1e-10
_K_STEP: Final = 0.05
_R_STEP: Final = 0.02
_R_END: Final = 6.0
_DRAWS: Final = 200
_SEED: Final = 20
_MOST_PEAKS: Final = 3
_SAME_PEAK: Final = 0.4
_FAR_APART: Final = 3.0
_UNCORRECTED: Final = (
    "not corrected for the phase shift of the scattering: the bond is longer by 0.2 to 0.5 angstrom; compare with a "
    "reference of known structure, or fit shells"
)
_REFERENCES: Final = ["newville2014"]


@dataclass(frozen=True, eq=False)
class Oscillations:
    """chi over k (1/angstrom) and its transform over R (angstrom), which is a matrix times the absorption."""

    k: Array
    chi: Array
    chi_sigma: Array
    r: Array
    transform: NDArray[np.complex128]
    operator: NDArray[np.complex128]
    """transform = operator @ absorption."""


def analyse_exafs(
    record: Record,
    *,
    k_from_per_m: float = 3e10,
    k_to_per_m: float | None = None,
    k_weight: int = 2,
    background_to_m: float = 1e-10,
    shells_from_m: float = 1e-10,
    edge_eV: float | None = None,
    feff_files: list[str] | None = None,
) -> Analysis:
    """Return the positions of the first peaks of |chi(R)|, with the error of the noise and of the choice of E0.

    chi = (mu - mu0)/step on k = sqrt(2 m (E - E0))/hbar; mu0 is a spline that leaves least below `background_to_m` in
    R; the transform goes over k^`k_weight` chi with a Hann window from `k_from_per_m` to `k_to_per_m` (the end of the
    data unless given). Peaks beyond `shells_from_m` count where they stand five sigma out of the noise. They are not
    corrected for phase shift and are no bond lengths. `feff_files`, paths computed by FEFF, one per shell, are fitted
    with larch (extra ``larch``) and give distances, which are (`exafs_shells`). E0 is the largest derivative unless
    `edge_eV` is given. Raises InputError for a spectrum that ends too soon and ranges that make no sense.
    """
    energy, absorption = spectrum_of(record)
    edge = find_edge(energy, absorption)
    at = edge.derivative[0] if edge_eV is None else edge_eV
    if not energy[0] < at < energy[-1]:
        raise InputError(f"edge_eV is {at:g}; the spectrum covers {energy[0]:.0f} to {energy[-1]:.0f} eV")
    reach = float(np.sqrt(K_SQUARED_PER_EV * (energy[-1] - at)))
    low = k_from_per_m * _ANGSTROM
    high = reach if k_to_per_m is None else k_to_per_m * _ANGSTROM
    _check(low, high, reach, k_weight, background_to_m / _ANGSTROM, shells_from_m / _ANGSTROM)
    found = oscillations(edge, at, (low, high), k_weight, background_to_m / _ANGSTROM)
    peaks = _peaks(found, edge, shells_from_m / _ANGSTROM)
    if edge_eV is None and edge.half is not None:
        # where k is zero is a choice: what the other definition of the edge would give is part of the error
        other = oscillations(edge, edge.half[0], (low, high), k_weight, background_to_m / _ANGSTROM)
        peaks = _widened(peaks, _peaks(other, edge, 0.8 * shells_from_m / _ANGSTROM))
    findings = [_peak_finding(number, *peak) for number, peak in enumerate(peaks, start=1)]
    warnings = [_UNCORRECTED] if peaks else ["no peak of |chi(R)| stands five sigma out of the noise"]
    if high < 8.0:
        apart = np.pi / (2.0 * (high - low))
        warnings.append(f"with k up to {high:.1f} per angstrom shells closer than {apart:.2f} angstrom are one peak")
    if edge_eV is None and edge.half is not None and abs(edge.half[0] - at) > _FAR_APART:
        warnings.append(
            f"the edge by derivative lies {at - edge.half[0]:+.1f} eV from half height: k = 0 is uncertain by that; "
            "give edge_eV"
        )
    shells: list[Finding] = []
    if feff_files:
        from interlayer.measure.exafs_shells import fit_shells

        shells, more = fit_shells(energy, absorption, feff_files, k_range=(low, high), k_weight=k_weight, edge_eV=at)
        warnings += more
    return Analysis(
        kind="exafs",
        source=str(record.metadata.get("file", record.metadata.get("cell", ""))),
        findings=[_edge_finding(edge, edge_eV), *findings, *shells],
        warnings=warnings,
        methods=_methods(at, low, high, k_weight, background_to_m / _ANGSTROM, bool(shells)),
        references=[*_REFERENCES, *(["newville2013"] if shells else [])],
        details={
            "k_per_angstrom": found.k.tolist(),
            "chi": found.chi.tolist(),
            "chi_sigma": found.chi_sigma.tolist(),
            "k_weight": k_weight,
            "k_range_per_angstrom": [low, high],
            "r_angstrom": found.r.tolist(),
            "chi_r_magnitude": np.abs(found.transform).tolist(),
            "peaks_angstrom": [place for place, *_ in peaks],
        },
    )


def _check(low: float, high: float, reach: float, weight: int, background: float, shells: float) -> None:
    if low <= 0.0 or low + 3.0 > high:
        raise InputError(
            f"k runs from {low:.3g} to {high:.3g} per angstrom (the data end at {reach:.3g}); the transform needs 3"
        )
    if high > reach + 1e-9:
        raise InputError(f"k_to_per_m is {high * 1e10:.3g}; the data end at {reach * 1e10:.3g} per m")
    if weight not in (0, 1, 2, 3):
        raise InputError(f"k_weight is {weight}; allowed: 0, 1, 2, 3")
    if not (0.3 <= background <= 2.0 and background <= shells <= 4.0):
        raise InputError(
            f"background_to_m is {background * _ANGSTROM:g} and shells_from_m {shells * _ANGSTROM:g}; the first lies "
            "between 3e-11 and 2e-10 m, the second above it"
        )


def hann_window(k: Array, low: float, high: float, *, slope: float = 1.0) -> Array:
    """Return 1 between `low` and `high`, falling to 0 within `slope` around each end as cos^2."""
    rise = np.clip((k - low + slope / 2.0) / slope, 0.0, 1.0)
    fall = np.clip((high + slope / 2.0 - k) / slope, 0.0, 1.0)
    return np.asarray(np.sin(0.5 * np.pi * rise) ** 2 * np.sin(0.5 * np.pi * fall) ** 2)


def fourier_matrix(k: Array, r: Array, weights: Array) -> NDArray[np.complex128]:
    """Return T with T @ chi = (1/sqrt(2 pi)) integral chi(k) w(k) exp(2 i k R) dk on an even grid of k."""
    return np.asarray(np.exp(2j * np.outer(r, k)) * weights * (k[1] - k[0]) / np.sqrt(2.0 * np.pi))


def oscillations(edge: Edge, at: float, k_range: tuple[float, float], weight: int, background: float) -> Oscillations:
    """Return chi(k) and chi(R) of a spectrum, with E0 = `at` (eV) and lengths in angstrom.

    The background is a cubic spline in k whose number of parameters is what the transform below `background` can carry,
    2 R dk/pi + 2; its coefficients leave the least of k^w chi there. That is linear, so that chi and its transform are
    matrices times the absorption.
    """
    from scipy.interpolate import BSpline

    low, high = k_range
    k = np.arange(0.0, np.sqrt(K_SQUARED_PER_EV * (edge.energy[-1] - at)), _K_STEP)
    onto = _interpolation(at + k**2 / K_SQUARED_PER_EV, edge.energy)
    count = max(int(2.0 * background * (k[-1] - low) / np.pi) + 2, 5)
    knots = np.linspace(k[0], k[-1], count - 2)
    splines = BSpline.design_matrix(k, np.concatenate([[k[0]] * 3, knots, [k[-1]] * 3]), 3).toarray()
    weights = hann_window(k, low, high) * k**weight
    inner = fourier_matrix(k, np.arange(0.0, background, _R_STEP), weights)
    stacked = np.vstack([inner.real, inner.imag])
    # beyond the window the transform sees nothing: there the spline follows the absorption itself, weakly
    hold = 1e-3 * float(np.linalg.norm(stacked, axis=0).max()) * np.eye(len(k))
    rows = np.vstack([stacked, hold])
    solution = np.linalg.lstsq(rows @ splines, rows, rcond=None)[0]
    residue = (np.eye(len(k)) - splines @ solution) @ onto / edge.step[0]
    r = np.arange(0.0, _R_END, _R_STEP)
    operator = fourier_matrix(k, r, weights) @ residue
    return Oscillations(
        k=k,
        chi=np.asarray(residue @ edge.absorption),
        chi_sigma=np.asarray(edge.noise * np.linalg.norm(residue, axis=1)),
        r=r,
        transform=np.asarray(operator @ edge.absorption),
        operator=operator,
    )


def _interpolation(places: Array, nodes: Array) -> Array:
    """Return W with W @ y on `places`: the mean of y over the cell of each place where nodes are dense, else a line."""
    edges = np.concatenate([[places[0]], 0.5 * (places[1:] + places[:-1]), [places[-1]]])
    rows = np.zeros((len(places), len(nodes)))
    for i, place in enumerate(places):
        inside = (nodes >= edges[i]) & (nodes < edges[i + 1])
        if inside.sum() > 2:
            rows[i, inside] = 1.0 / inside.sum()
            continue
        j = int(np.clip(np.searchsorted(nodes, place), 1, len(nodes) - 1))
        share = float(np.clip((place - nodes[j - 1]) / (nodes[j] - nodes[j - 1]), 0.0, 1.0))
        rows[i, j - 1], rows[i, j] = 1.0 - share, share
    return rows


def _peaks(found: Oscillations, edge: Edge, start: float) -> list[Place]:
    """Return position, sigma, height, sigma of the first peaks beyond `start` (angstrom).

    The noise goes through the matrices in seeded draws, because the place of a maximum is not linear in it.
    """
    from scipy.signal import find_peaks

    size = np.abs(found.transform)
    beyond = found.r >= start
    noise = edge.noise * np.linalg.norm(found.operator, axis=1) / np.sqrt(2.0)
    least = np.maximum(5.0 * noise, 0.15 * float(size[beyond].max()))
    places, _ = find_peaks(size, height=least, prominence=0.5 * least)
    places = [int(place) for place in places if beyond[place]][:_MOST_PEAKS]
    draws = np.random.default_rng(_SEED).normal(0.0, edge.noise, (found.operator.shape[1], _DRAWS))
    noisy = np.abs(found.transform[:, None] + found.operator @ draws)
    peaks = []
    for place in places:
        at, height = _top(found.r, size[:, None], place)
        tops, heights = _top(found.r, noisy, place)
        peaks.append((float(at[0]), float(np.std(tops)), float(height[0]), float(np.std(heights))))
    return peaks


def _widened(peaks: list[Place], others: list[Place]) -> list[Place]:
    """Return the peaks with the difference to those of another choice added to the sigma of the position."""
    found = []
    for at, sigma, *height in peaks:
        near = min((abs(other[0] - at) for other in others), default=np.inf)
        found.append((at, float(np.hypot(sigma, near)) if near < _SAME_PEAK else sigma, height[0], height[1]))
    return found


def _top(r: Array, size: Array, place: int) -> tuple[Array, Array]:
    """Return place and height of the maximum of each column near a point, by the parabola through three points."""
    low, high = max(place - 8, 1), min(place + 9, len(r) - 1)
    top = low + np.argmax(size[low:high], axis=0)
    columns = np.arange(size.shape[1])
    before, here, after = size[top - 1, columns], size[top, columns], size[top + 1, columns]
    bend = before - 2.0 * here + after
    shift = np.where(bend < 0.0, 0.5 * (before - after) / np.where(bend < 0.0, bend, -1.0), 0.0)
    return r[top] + shift * (r[1] - r[0]), here - 0.25 * (before - after) * shift


def _edge_finding(edge: Edge, given: float | None) -> Finding:
    if given is not None:
        return Finding(name="edge", value=given, unit="eV", uncertainty_reason="given", method="given")
    return Finding(
        name="edge", value=edge.derivative[0], unit="eV", uncertainty=edge.derivative[1], method="largest derivative"
    )


def _peak_finding(number: int, place: float, sigma: float, height: float, height_sigma: float) -> Finding:
    return Finding(
        name=f"peak{number}_R",
        value=place * _ANGSTROM,
        unit="m",
        uncertainty=sigma * _ANGSTROM,
        method="maximum of |chi(R)|, not corrected for phase shift; error of the noise and of the choice of E0",
        references=_REFERENCES,
        note=f"magnitude {height:.3g} ± {height_sigma:.1g}",
    )


def _methods(at: float, low: float, high: float, weight: int, background: float, shells: bool) -> str:
    text = (
        f"EXAFS oscillations were isolated with a cubic spline that leaves least below R = {background:g} angstrom "
        f"(E0 = {at:.1f} eV) and transformed over k^{weight} chi(k) from {low:.2f} to {high:.2f} per angstrom with a "
        "Hann window of 1 per angstrom at each end. Positions in |chi(R)| are not corrected for phase shift."
    )
    if shells:
        text += " Shells were fitted in R with paths computed by FEFF, through larch."
    return text


def draw_exafs(analysis: Analysis) -> dict[str, "Figure"]:
    """Draw k^w chi(k) and |chi(R)|, the peaks marked."""
    from matplotlib.figure import Figure

    held: dict[str, Any] = analysis.details
    k, weight = np.array(held["k_per_angstrom"]), held["k_weight"]
    figure = Figure(figsize=(6.4, 5.2), layout="constrained")
    above, below = figure.subplots(2, 1)
    above.axhline(0.0, color="0.8", linewidth=0.8)
    above.plot(k, np.array(held["chi"]) * k**weight, color="#0072B2", linewidth=1.2)
    above.axvspan(*held["k_range_per_angstrom"], color="0.93", zorder=0)
    low, high = held["k_range_per_angstrom"]
    inside = (k >= low) & (k <= high)
    most = 1.3 * float(np.max(np.abs(np.array(held["chi"]) * k**weight)[inside]))
    above.set_xlim(0.0, float(k[-1]))
    above.set_ylim(-most, most)
    above.set_xlabel("k / Å$^{-1}$")
    above.set_ylabel(f"k$^{weight}$χ(k) / Å$^{{-{weight}}}$" if weight else "χ(k)")
    above.set_title(analysis.source, fontsize=9, loc="left")
    below.plot(held["r_angstrom"], held["chi_r_magnitude"], color="#D55E00", linewidth=1.2)
    for place in held["peaks_angstrom"]:
        below.axvline(place, color="0.6", linewidth=0.8, linestyle="--")
    below.set_xlim(0.0, held["r_angstrom"][-1])
    below.set_ylim(0.0, None)
    below.set_xlabel("R / Å, not corrected for phase shift")
    below.set_ylabel(f"|χ(R)| / Å$^{{-{weight + 1}}}$")
    for axes in (above, below):
        for side in ("top", "right"):
            axes.spines[side].set_visible(False)
    return {"exafs": figure}
