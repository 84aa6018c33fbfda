"""Which physics carries a coating's resistance: laws of R(conductivity), fitted, compared and put to the test.

Every law gives the interface resistance of a cell in ohm from the coating's conductivity (S/cm) and thickness (nm).
They are fitted in ln R. With few points and a scatter between cells of a factor of two, Akaike's criterion is what says
how many parameters the points can carry, and leaving one out how a law predicts.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares

from interlayer.transport.contact import domain_radius, spreading_conductance

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Point:
    """One coated cell: what it is, the conductivity of its coating (S/cm), thickness (nm), and its resistance (ohm)."""

    label: str
    conductivity: float
    thickness: float
    resistance: float


@dataclass(frozen=True)
class Surroundings:
    """What laws need to know of the cells: particle radius (m), particles per cell, resistance without a coating."""

    particle_radius: float
    particles: float
    bare_resistance: float


@dataclass(frozen=True)
class Law:
    """A law: its name, the physics it stands for, how many parameters are fitted, and R(point, parameters).

    Parameters are fitted by their logarithms, begun at `start`; `fixed` says which way the physics needs them.
    """

    name: str
    physics: str
    start: tuple[float, ...]
    resistance: Callable[[Point, Array, Surroundings], float]
    causal: bool = True
    """Whether it follows from a physical picture, not from looking at the points."""

    @property
    def parameters(self) -> int:
        """How many parameters are fitted."""
        return len(self.start)


@dataclass(frozen=True)
class FittedLaw:
    """A law with parameters; `residuals` are ln(R/R_law) of the points it was fitted to."""

    law: Law
    values: tuple[float, ...]
    residuals: tuple[float, ...]
    surroundings: Surroundings

    def __call__(self, point: Point) -> float:
        """Return the resistance in ohm."""
        return self.law.resistance(point, np.array(self.values), self.surroundings)


def _through_film(point: Point, p: Array, _: Surroundings) -> float:
    return float(p[0] * point.thickness / point.conductivity)


def _series(point: Point, p: Array, _: Surroundings) -> float:
    return float(p[0] + p[1] / point.conductivity)


def _inverse(point: Point, p: Array, _: Surroundings) -> float:
    return float(p[0] / point.conductivity)


def _power(point: Point, p: Array, _: Surroundings) -> float:
    return float(p[0] * point.conductivity ** -p[1])


def _bare_path(point: Point, p: Array, about: Surroundings) -> float:
    return float(1.0 / (point.conductivity / p[0] + 1.0 / about.bare_resistance))


def _transmission_line(point: Point, p: Array, _: Surroundings) -> float:
    return float(p[0] / math.sqrt(point.conductivity))


def _logarithm(point: Point, p: Array, _: Surroundings) -> float:
    return float(max(p[0] - p[1] * math.log(point.conductivity * 1e6), 1e-3))


def _constant(point: Point, p: Array, _: Surroundings) -> float:
    return float(p[0])


def _spreading(point: Point, p: Array, about: Surroundings) -> float:
    """Return R with one contact of radius p[0] nm per particle and charge transfer p[1] ohm cm2 under the film."""
    rim = domain_radius(about.particle_radius, 1.0)
    radius = min(float(p[0]) * 1e-9, rim)
    sheet = point.conductivity * 100.0 * point.thickness * 1e-9
    return 1.0 / (about.particles * spreading_conductance(sheet, float(p[1]) * 1e-4, radius, rim))


LAWS: Final = (
    Law("K/σ", "the film, or anything in proportion to it, carries the resistance", (1e-3,), _inverse),
    Law("K t/σ", "the same with the thickness of each film", (1e-4,), _through_film),
    Law("R0 + K/σ", "film in series with what no coating changes", (10.0, 1e-3), _series),
    Law("c σ^-n", "a power, whatever it stands for", (1e-3, 1.0), _power, causal=False),
    Law("K/σ ∥ bare", "film in parallel with the uncoated contact of the bare cell", (1e-3,), _bare_path),
    Law("spreading", "one small contact a particle: lithium spreads along the film", (100.0, 10.0), _spreading),
    Law("K/√σ", "transmission line along film and surface", (1.0,), _transmission_line, causal=False),
    Law("a - b ln σ", "a straight line over ln σ, without a picture", (800.0, 100.0), _logarithm, causal=False),
    Law(
        "constant",
        "charge transfer, constriction, interphase or space charge that no coating changes",
        (300.0,),
        _constant,
    ),
)


def fit_law(law: Law, points: Sequence[Point], about: Surroundings) -> FittedLaw:
    """Return a law with the parameters that make the sum of ln(R/R_law)^2 least."""

    def miss(logarithms: Array) -> Array:
        p = np.exp(logarithms)
        return np.array([math.log(one.resistance / max(law.resistance(one, p, about), 1e-12)) for one in points])

    tried = [
        least_squares(miss, np.log(law.start) + shift, bounds=(-60.0, 40.0), x_scale=1.0) for shift in (0.0, -3.0, 3.0)
    ]
    found = min(tried, key=lambda one: float(one.cost))
    return FittedLaw(law, tuple(np.exp(found.x).tolist()), tuple(found.fun.tolist()), about)


def aicc(fitted: FittedLaw, spread: float) -> float:
    """Return Akaike's criterion with its correction for few points, for a known `spread` of ln R.

    sum r^2/s^2 + 2k + 2k(k + 1)/(n - k - 1), infinite where the points are too few (Burnham and Anderson, Model
    Selection and Multimodel Inference, 2nd ed., Springer 2002, section 2.4).
    """
    n, k = len(fitted.residuals), fitted.law.parameters
    chi = sum((r / spread) ** 2 for r in fitted.residuals)
    return chi + 2.0 * k + (2.0 * k * (k + 1.0) / (n - k - 1.0) if n - k - 1 > 0 else math.inf)


def left_out(law: Law, points: Sequence[Point], about: Surroundings) -> tuple[float, ...]:
    """Return for each point the factor, predicted over measured, of the law fitted to the others; nan where too few."""
    factors = []
    for number, one in enumerate(points):
        others = [*points[:number], *points[number + 1 :]]
        if len(others) < law.parameters:
            factors.append(math.nan)
            continue
        factors.append(fit_law(law, others, about)(one) / one.resistance)
    return tuple(factors)
