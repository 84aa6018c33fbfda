"""The distribution of relaxation times: which time constants a spectrum holds, without a circuit."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import nnls

from interlayer.measure.circuit_fit import spectrum_arrays

Array = NDArray[np.float64]
_PER_DECADE: Final = 10
_STRENGTHS: Final = np.geomspace(1e-6, 1e-1, 11)
_BELL: Final = 0.35
"""Standard deviation of a bell in ln tau: 0.15 of a decade; a pair of resistor and capacitor spans 1.1 decades."""
_REPEATS: Final = 24
_SMALLEST_PEAK: Final = 0.02
_SEED: Final = 5


@dataclass(frozen=True)
class Peak:
    """A peak: its time constant in s, its resistance in ohm, and that resistance's standard deviation."""

    time_constant_s: float
    resistance_ohm: float
    resistance_sigma_ohm: float


@dataclass(frozen=True, eq=False)
class RelaxationTimes:
    """gamma(ln tau), ohm, over time constants in s, and what stands beside it.

    Z = R0 + j omega L + A (1 - j)/sqrt(omega) + 1/(j omega C) + sum_k gamma_k dln(tau)/(1 + j omega tau_k), no part of
    it negative. `strength` is the weight of the ridge, chosen by leaving out frequencies; `residuals` are
    (Z_model - Z)/|Z|.
    """

    time_constants: Array
    gamma: Array
    gamma_sigma: Array
    series_resistance: float
    inductance: float
    warburg: float
    elastance: float
    strength: float
    polarisation_resistance: float
    polarisation_sigma: float
    peaks: tuple[Peak, ...]
    residuals: NDArray[np.complex128]


def relaxation_times(frequency: ArrayLike, impedance: ArrayLike) -> RelaxationTimes:
    """Return the distribution of relaxation times of a spectrum (Hz, ohm; imaginary part negative where capacitive).

    Non-negative least squares with a ridge (Tikhonov) and modulus weights; gamma is a sum of bells 0.15 of a decade
    wide, ten a decade within the measured band, since outside it nothing holds them. Of eleven strengths of the ridge
    that one is taken which predicts best the half of the frequencies that a fit has not seen. Standard deviations are
    the spread over 24 fits of the model with its own residuals drawn anew. Raises InputError for what is no spectrum.
    """
    frequencies, measured = spectrum_arrays(frequency, impedance)
    omega = 2.0 * np.pi * frequencies
    decades = float(np.log10(omega.max() / omega.min()))
    count = max(round(decades * _PER_DECADE) + 1, 3)
    times = np.geomspace(1.0 / omega.max(), 1.0 / omega.min(), count)
    width = float(np.log(times[1] / times[0]))
    weight = 1.0 / np.abs(measured)
    # gamma is a sum of bells of a width that no spectrum resolves, so that the ridge cannot turn it into needles
    bells = np.exp(-0.5 * ((np.log(times)[:, None] - np.log(times)) / _BELL) ** 2)
    bells /= bells.sum(axis=0)
    pairs = (width / (1.0 + 1j * omega[:, None] * times)) @ bells
    others = np.column_stack([np.ones_like(omega) + 0j, 1j * omega, (1.0 - 1j) / np.sqrt(omega), 1.0 / (1j * omega)])
    # in units of their own size, so that the ridge means the same for every spectrum and the problem is well scaled
    size = float(np.median(np.abs(measured)))
    scale = np.concatenate([np.full(count, size), size / np.max(np.abs(others), axis=0)])
    columns = np.hstack([pairs, others]) * scale
    rows = np.vstack([weight[:, None] * columns.real, weight[:, None] * columns.imag])
    target = np.concatenate([weight * measured.real, weight * measured.imag])
    strength = _chosen(rows, target, count)
    solution = _solve(rows, target, count, strength)
    residual = rows @ solution - target
    rng = np.random.default_rng(_SEED)
    drawn = np.array(
        [_solve(rows, rows @ solution + rng.permutation(residual), count, strength) for _ in range(_REPEATS)]
    )
    gamma, spread = bells @ solution[:count] * size, drawn[:, :count] @ bells.T * size
    half = len(omega)
    return RelaxationTimes(
        time_constants=times,
        gamma=gamma,
        gamma_sigma=spread.std(axis=0, ddof=1),
        series_resistance=float(solution[count] * scale[count]),
        inductance=float(solution[count + 1] * scale[count + 1]),
        warburg=float(solution[count + 2] * scale[count + 2]),
        elastance=float(solution[count + 3] * scale[count + 3]),
        strength=strength,
        polarisation_resistance=float(gamma.sum() * width),
        polarisation_sigma=float(spread.sum(axis=1).std(ddof=1) * width),
        peaks=_peaks(times, gamma, spread, width),
        residuals=np.asarray(residual[:half] + 1j * residual[half:]),
    )


def _solve(rows: Array, target: Array, count: int, strength: float) -> Array:
    ridge = np.zeros((count, rows.shape[1]))
    ridge[np.arange(count), np.arange(count)] = np.sqrt(strength * len(target) / count)
    return np.asarray(nnls(np.vstack([rows, ridge]), np.concatenate([target, np.zeros(count)]), maxiter=10_000)[0])


def _chosen(rows: Array, target: Array, count: int) -> float:
    """Return the strength that predicts every other frequency best from the rest."""
    half = len(target) // 2
    even = np.arange(half) % 2 == 0
    both = np.concatenate([even, even])
    errors = [
        sum(
            float(np.sum((rows[~seen] @ _solve(rows[seen], target[seen], count, strength) - target[~seen]) ** 2))
            for seen in (both, ~both)
        )
        for strength in _STRENGTHS
    ]
    return float(_STRENGTHS[int(np.argmin(errors))])


def _peaks(times: Array, gamma: Array, spread: Array, width: float) -> tuple[Peak, ...]:
    """Return the maxima of gamma with what lies between the minima beside them."""
    total = float(gamma.sum())
    if total <= 0.0:
        return ()
    padded = np.concatenate([[0.0], gamma, [0.0]])
    tops = [k for k in range(len(gamma)) if padded[k + 1] > padded[k] and padded[k + 1] >= padded[k + 2]]
    found = []
    for number, top in enumerate(tops):
        begin = 0 if number == 0 else tops[number - 1] + int(np.argmin(gamma[tops[number - 1] : top + 1]))
        last = number == len(tops) - 1
        end = len(gamma) if last else top + int(np.argmin(gamma[top : tops[number + 1] + 1]))
        area = float(gamma[begin:end].sum())
        if area < _SMALLEST_PEAK * total:
            continue
        centre = float(np.exp(np.sum(gamma[begin:end] * np.log(times[begin:end])) / area))
        sigma = float(spread[:, begin:end].sum(axis=1).std(ddof=1) * width)
        found.append(Peak(centre, area * width, sigma))
    return tuple(found)
