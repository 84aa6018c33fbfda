"""Is a spectrum that of a linear, causal, stationary system? The Kramers-Kronig test before any fit."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from interlayer.measure.circuit_fit import spectrum_arrays

Array = NDArray[np.float64]
_DENSEST: Final = 7.0
_FEWEST: Final = 3


@dataclass(frozen=True, eq=False)
class KramersKronig:
    """A spectrum and the nearest one that obeys the Kramers-Kronig relations.

    `residuals` are (Z_model - Z)/|Z|, complex; `elements` the resistor-capacitor pairs of the model; `mu` is one minus
    the ratio of negative to positive resistances (Schoenleber et al., doi 10.1016/j.electacta.2014.01.034): near 1 for
    a spectrum of relaxations, low where the model follows the noise or the spectrum has loops.
    """

    frequency: Array
    residuals: NDArray[np.complex128]
    elements: int
    mu: float

    @property
    def rms(self) -> float:
        """Root mean square of the residuals, both parts together, relative to |Z|."""
        return float(np.sqrt(np.mean(np.abs(self.residuals) ** 2)))

    @property
    def worst(self) -> tuple[float, float]:
        """The frequency in Hz with the largest residual, and that residual relative to |Z|."""
        place = int(np.argmax(np.abs(self.residuals)))
        return float(self.frequency[place]), float(np.abs(self.residuals[place]))


def kramers_kronig(frequency: ArrayLike, impedance: ArrayLike) -> KramersKronig:
    """Return the test of a spectrum (Hz, ohm) against a chain of resistor-capacitor pairs.

    Z = R0 + sum_k R_k/(1 + j omega tau_k) + j omega L + 1/(j omega C) obeys the relations for any real R_k, and is
    linear in them: one weighted linear problem (Boukamp, doi 10.1149/1.2044210), its time constants spread evenly over
    the band. Akaike's criterion for small samples says how many pairs; stopping by mu, as Schoenleber et al. propose,
    ends at once on spectra of two far arcs. Raises InputError for what is no spectrum.
    """
    frequencies, measured = spectrum_arrays(frequency, impedance)
    omega = 2.0 * np.pi * frequencies
    weight = 1.0 / np.abs(measured)
    target = np.concatenate([weight * measured.real, weight * measured.imag])
    best: tuple[NDArray[np.complex128], int, float] | None = None
    lowest = np.inf
    decades = float(np.log10(omega.max() / omega.min()))
    most = max(_FEWEST, min(len(omega) - 4, round(_DENSEST * decades)))
    for elements in range(_FEWEST, most + 1):
        times = np.geomspace(1.0 / omega.max(), 1.0 / omega.min(), elements)
        pairs = 1.0 / (1.0 + 1j * omega[:, None] * times)
        others = np.column_stack([np.ones_like(omega) + 0j, 1j * omega, 1.0 / (1j * omega)])
        columns = np.hstack([pairs, others])
        weighted = np.vstack([weight[:, None] * columns.real, weight[:, None] * columns.imag])
        scale = np.sqrt(np.sum(weighted * weighted, axis=0))
        solution = np.linalg.lstsq(weighted / scale, target, rcond=1e-12)[0] / scale
        sizes = solution[:elements]
        positive = float(sizes[sizes > 0.0].sum())
        mu = 1.0 - float(-sizes[sizes < 0.0].sum()) / positive if positive > 0.0 else 0.0
        residuals = (columns @ solution - measured) * weight
        points, free = 2 * len(omega), elements + 4
        left = max(points - free - 1, 1)
        criterion = points * np.log(max(np.mean(np.abs(residuals) ** 2), 1e-300)) + 2.0 * free * points / left
        if criterion < lowest:
            lowest, best = criterion, (residuals, elements, mu)
    if best is None:
        raise ValueError("a spectrum has at least one frequency")
    return KramersKronig(frequencies, best[0], best[1], best[2])
