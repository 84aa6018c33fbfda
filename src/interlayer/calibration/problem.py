"""A cell, the parameters to vary and the observations: residuals of many candidates, and their derivatives."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
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

FAILED: Final = 1e8
"""Residual of every point, in standard deviations, where a candidate is no cell or its equations cannot be solved."""
_PATIENCE: Final = 5.0


@dataclass(frozen=True, eq=False)
class Systematics:
    """The systematic errors of an observation: `effect` (n, k) of one standard deviation of each, in its own unit.

    Marginalised, they make the covariance S^2 + U U^T; residuals are multiplied by its inverse root, which is
    1 - Q (1 - 1/sqrt(1 + s^2)) Q^T after division by S, with W = U/S = Q s P^T.
    """

    effect: Array

    def whitened(self, residuals: Array, spread: Array) -> Array:
        """Return residuals (rows, n) in units of the whole covariance; `spread` (n,) is that of the points alone."""
        scaled = residuals / spread
        if self.effect.shape[1] == 0:
            return np.asarray(scaled)
        q, s, _ = np.linalg.svd(self.effect / spread[:, None], full_matrices=False)
        shrunk: Array = (scaled @ q) * (1.0 - 1.0 / np.sqrt(1.0 + s**2))
        return np.asarray(scaled - shrunk @ q.T)

    def explained(self, residuals: Array, spread: Array) -> Array:
        """Return what of the residuals (n,) the systematic errors most likely are, in their own unit."""
        if self.effect.shape[1] == 0:
            return np.zeros(len(residuals))
        w = self.effect / spread[:, None]
        size = np.linalg.solve(np.eye(w.shape[1]) + w.T @ w, w.T @ (residuals / spread))
        return np.asarray(self.effect @ size)


@dataclass
class Problem:
    """Weighted least squares: residuals of all observations in standard deviations, then those of the priors.

    `scales` (one array per observation, an entry per quantity) multiply the spreads that observations come with;
    `systematics` are those at the coordinates last given to `renew`. `evaluations` counts candidates.
    """

    cell: Cell
    base: CellParameters
    parameters: tuple[FitParameter, ...]
    observations: tuple[Observation, ...]
    scales: list[Array] = field(default_factory=list)
    threads: int = 2
    report: Callable[[str], None] | None = None
    evaluations: int = 0
    systematics: list[Systematics] = field(default_factory=list)
    _told: float = 0.0

    def __post_init__(self) -> None:
        if not self.scales:
            self.scales = [np.ones(len(one.quantities)) for one in self.observations]
        if not self.systematics:
            self.systematics = [Systematics(np.zeros((len(one.measured), 0))) for one in self.observations]
        self._told = time.monotonic()

    @property
    def start(self) -> Array:
        """Coordinates of the parameters' starts; where a prior is known, its centre."""
        low, high = self.bounds
        own = np.array([p.coordinate(p.start) if p.prior is None else p.prior.centre for p in self.parameters])
        return np.asarray(np.clip(own, low, high))

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

    def candidate(self, coordinates: Array) -> Candidate:
        """Return the cell at these coordinates; InputError where it is none."""
        changes = {p.key: p.change(p.value(float(c))) for p, c in zip(self.parameters, coordinates, strict=True)}
        try:
            cell, parameters = changed_parameters(self.cell, self.base, changes)
        except (ArithmeticError, ValueError) as error:
            raise InputError(f"no cell at {changes}: {error}") from None
        return cell, parameters

    def renew(self, coordinates: Array) -> None:
        """Take the systematic errors at these coordinates."""
        try:
            candidate = self.candidate(coordinates)
        except InputError:
            return
        self.systematics = [Systematics(one.systematics(candidate)) for one in self.observations]

    def predictions(self, coordinates: Array) -> list[Array]:
        """Return what each observation would be, nan where it cannot be simulated; InputError for no cell at all."""
        candidate = self.candidate(coordinates)
        return [one.predicted([candidate])[0] for one in self.observations]

    def adjusted(self, coordinates: Array) -> list[Array]:
        """Return the predictions with the systematic errors that the records most likely have."""
        return [
            ours + errors.explained(one.measured - ours, one.spread(scales))
            for one, ours, scales, errors in zip(
                self.observations, self.predictions(coordinates), self.scales, self.systematics, strict=True
            )
        ]

    def residuals(self, rows: Array) -> Array:
        """Return the residuals (rows, points + priors) of rows of coordinates; FAILED where there is no answer."""
        found = self._residuals(rows)
        return np.where(np.isfinite(found), np.clip(found, -FAILED, FAILED), FAILED)

    def jacobian(self, coordinates: Array) -> Array:
        """Return d(residual)/d(coordinate) (points + priors, parameters) by central differences inside the bounds.

        Where one side has no answer the other is taken.
        """
        low, high = self.bounds
        steps = np.array([p.step for p in self.parameters])
        up, down = np.minimum(coordinates + steps, high), np.maximum(coordinates - steps, low)
        rows = np.repeat(coordinates[None, :], 2 * len(steps), axis=0)
        for j in range(len(steps)):
            rows[2 * j, j], rows[2 * j + 1, j] = up[j], down[j]
        found = self._residuals(rows)
        failed = ~np.all(np.isfinite(found), axis=1)
        if failed.any():
            found[failed] = self.residuals(coordinates)[0]
            rows[failed] = coordinates
        width = np.array([rows[2 * j, j] - rows[2 * j + 1, j] for j in range(len(steps))])
        return np.asarray(((found[0::2] - found[1::2]) / np.where(width > 0.0, width, 1.0)[:, None]).T)

    def _residuals(self, rows: Array) -> Array:
        """Return the residuals, nan where there is no answer."""
        rows = np.atleast_2d(rows)
        self.evaluations += len(rows)
        self._tell()
        candidates: dict[int, Candidate] = {}
        for number, row in enumerate(rows):
            try:
                candidates[number] = self.candidate(row)
            except InputError:
                continue
        found = np.full((len(rows), self.points), np.nan)
        if candidates:
            own, built = list(candidates), list(candidates.values())
            parts = self._predicted(built)
            for block, one, scales, errors, part in zip(
                self.blocks, self.observations, self.scales, self.systematics, parts, strict=True
            ):
                found[own, block] = errors.whitened(one.measured - part, one.spread(scales))
        priors = np.array([list(self._priors(row)) for row in rows])
        return np.concatenate([found, priors], axis=1)

    def _predicted(self, candidates: list[Candidate]) -> list[Array]:
        """Return what each observation would be for all candidates; the engine leaves the threads free to run."""
        with ThreadPoolExecutor(self.threads) as pool:
            begun = [
                [pool.submit(one.predicted, candidates)]
                if one.together
                else [pool.submit(one.predicted, [candidate]) for candidate in candidates]
                for one in self.observations
            ]
            return [np.concatenate([task.result() for task in tasks]) for tasks in begun]

    def _priors(self, coordinates: Array) -> Iterator[float]:
        for p, c in zip(self.parameters, coordinates, strict=True):
            if p.prior is not None:
                yield (float(c) - p.prior.centre) / p.prior.spread

    def _tell(self) -> None:
        if self.report is not None and time.monotonic() - self._told > _PATIENCE:
            self._told = time.monotonic()
            self.report(f"{self.evaluations} cells simulated")
