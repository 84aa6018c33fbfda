"""A cell, the parameters to vary and the observations: residuals of many candidates, and their derivatives."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from interlayer.calibration.observations import Candidate, Observation
from interlayer.calibration.parameters import FitParameter
from interlayer.cell import Cell
from interlayer.errors import InputError
from interlayer.simulation.designs import changed_parameters
from interlayer.simulation.model import CellParameters

Array = NDArray[np.float64]

FAILED: Final = 1e3
"""Residual of every point, in standard deviations, where a candidate is no cell or its equations cannot be solved."""


@dataclass
class Problem:
    """Weighted least squares: residuals (measured - predicted)/spread of all observations, then those of the priors.

    `scales` (one per observation) multiply the spreads that observations come with. `evaluations` counts candidates.
    """

    cell: Cell
    base: CellParameters
    parameters: tuple[FitParameter, ...]
    observations: tuple[Observation, ...]
    scales: Array = field(default_factory=lambda: np.zeros(0))
    threads: int = 2
    evaluations: int = 0

    def __post_init__(self) -> None:
        if len(self.scales) == 0:
            self.scales = np.ones(len(self.observations))

    @property
    def start(self) -> Array:
        """Coordinates of the parameters' starts."""
        return np.array([p.coordinate(p.start) for p in self.parameters])

    @property
    def bounds(self) -> tuple[Array, Array]:
        """Lowest and highest coordinates."""
        return (
            np.array([p.coordinate(p.low) for p in self.parameters]),
            np.array([p.coordinate(p.high) for p in self.parameters]),
        )

    @property
    def blocks(self) -> list[slice]:
        """The rows of each observation among the residuals."""
        ends = np.cumsum([len(one.measured) for one in self.observations])
        return [slice(int(b) - len(one.measured), int(b)) for one, b in zip(self.observations, ends, strict=True)]

    @property
    def points(self) -> int:
        """How many measured points there are."""
        return sum(len(one.measured) for one in self.observations)

    def with_parameters(self, parameters: Sequence[FitParameter]) -> "Problem":
        """Return the same observations with other parameters to vary."""
        return replace(self, parameters=tuple(parameters), evaluations=0)

    def candidate(self, coordinates: Array) -> Candidate:
        """Return the cell at these coordinates; InputError where it is none."""
        changes = {p.key: p.change(p.value(float(c))) for p, c in zip(self.parameters, coordinates, strict=True)}
        return changed_parameters(self.cell, self.base, changes)

    def predictions(self, coordinates: Array) -> list[Array]:
        """Return what each observation would be, nan where it cannot be simulated; InputError for no cell at all."""
        candidate = self.candidate(coordinates)
        return [one.predicted([candidate])[0] for one in self.observations]

    def residuals(self, rows: Array) -> Array:
        """Return the residuals (rows, points + priors) of rows of coordinates, each in standard deviations."""
        rows = np.atleast_2d(rows)
        self.evaluations += len(rows)
        candidates: dict[int, Candidate] = {}
        for number, row in enumerate(rows):
            try:
                candidates[number] = self.candidate(row)
            except InputError:
                continue
        found = np.full((len(rows), self.points), np.nan)
        if candidates:
            own, built = list(candidates), list(candidates.values())
            with ThreadPoolExecutor(self.threads) as pool:
                parts = list(pool.map(lambda one: one.predicted(built), self.observations))
            for block, one, scale, part in zip(self.blocks, self.observations, self.scales, parts, strict=True):
                found[own, block] = (one.measured - part) / one.spread(float(scale))
        priors = np.array([list(self._priors(row)) for row in rows])
        whole = np.concatenate([found, priors], axis=1)
        return np.where(np.isfinite(whole), np.clip(whole, -FAILED, FAILED), FAILED)

    def jacobian(self, coordinates: Array) -> Array:
        """Return d(residual)/d(coordinate) (points + priors, parameters) by central differences inside the bounds."""
        low, high = self.bounds
        steps = np.array([p.step for p in self.parameters])
        up, down = np.minimum(coordinates + steps, high), np.maximum(coordinates - steps, low)
        rows = np.repeat(coordinates[None, :], 2 * len(steps), axis=0)
        for j in range(len(steps)):
            rows[2 * j, j], rows[2 * j + 1, j] = up[j], down[j]
        found = self.residuals(rows)
        failed = np.any(np.abs(found) >= FAILED, axis=1)
        if failed.any():
            found[failed] = self.residuals(coordinates)[0]
            for row in np.flatnonzero(failed):
                rows[row] = coordinates
        width = np.array([rows[2 * j, j] - rows[2 * j + 1, j] for j in range(len(steps))])
        return np.asarray(((found[0::2] - found[1::2]) / np.where(width > 0.0, width, 1.0)[:, None]).T)

    def _priors(self, coordinates: Array) -> Iterator[float]:
        for p, c in zip(self.parameters, coordinates, strict=True):
            if p.prior is not None:
                yield (float(c) - p.prior.centre) / p.prior.spread
