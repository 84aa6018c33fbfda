"""The result of a calibration: each parameter with its interval, how well each record is met, and what stays open."""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import ConfigDict, Field

from interlayer.calibration.problem import Problem
from interlayer.cell import Cell
from interlayer.quantity import StrictModel

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure


class FittedParameter(StrictModel):
    """A parameter in its `unit`: best value and 95 % interval by profile likelihood.

    An end of the interval is None where the bound of the search was reached first: the data set no limit there.
    `standard_error_relative` is that of the linearised fit, of ln(value); of the value itself, in the unit, where
    `logarithmic` is False.
    """

    key: str
    value: float
    unit: str
    low_95: float | None
    high_95: float | None
    standard_error_relative: float
    start: float
    bounds: tuple[float, float]
    prior: str | None = None
    logarithmic: bool = True
    at_bound: bool = False

    @property
    def identified(self) -> bool:
        """Whether the data limit it on both sides."""
        return self.low_95 is not None and self.high_95 is not None


class FittedRecord(StrictModel):
    """How a quantity of a record is met: `points`, root-mean-square deviation in `unit` and over the largest value.

    Systematic errors (the current's gain, where the cell stood at the start) are taken as they most likely are.
    Where `correlated_points` is well above 1 the model does not follow the record within its noise, and the intervals
    have been widened by its square root. `quantity` is what was compared.
    """

    label: str
    kind: str
    quantity: str
    points: int
    rms: float
    rms_relative: float
    unit: str
    spread_known: bool
    correlated_points: float


class ProfileCurve(StrictModel):
    """Rise of the sum of squares over a parameter's value in its unit, others refitted; 95 % lie below `threshold`."""

    key: str
    value: tuple[float, ...]
    rise: tuple[float, ...]
    threshold: float


class Fit(StrictModel):
    """A calibrated cell.

    `sum_of_squares` is in units of the spreads, `aicc` Akaike's criterion with its correction for few points, counted
    over all points (smaller is better, for the same records). `same_optimum` of `followed_starts` ended in the
    same place. `statements` say in words what the data do not determine, and what would; `warnings` what else stands
    against the result. `correlation` is of the varied coordinates, in the order of `parameters`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    cell: str
    parameters: tuple[FittedParameter, ...]
    records: tuple[FittedRecord, ...]
    sum_of_squares: float
    points: int
    degrees_of_freedom: int
    aicc: float
    followed_starts: int
    same_optimum: int
    correlation: tuple[tuple[float, ...], ...]
    profiles: tuple[ProfileCurve, ...]
    statements: tuple[str, ...]
    warnings: tuple[str, ...]
    assumptions: tuple[str, ...]
    evaluations: int
    method: str
    references: tuple[str, ...]
    fitted_cell: Cell = Field(exclude=True, repr=False)
    problem: Problem = Field(exclude=True, repr=False)
    covariance: NDArray[np.float64] = Field(exclude=True, repr=False)
    optimum: NDArray[np.float64] = Field(exclude=True, repr=False)

    def __getitem__(self, key: str) -> FittedParameter:
        """Return the parameter of this key; KeyError where it was not varied."""
        for parameter in self.parameters:
            if parameter.key == key:
                return parameter
        raise KeyError(key)

    def draws(self, count: int, *, seed: int = 0) -> list[dict[str, Any]]:
        """Return rows of changes for `simulate_many`, drawn from the normal approximation about the optimum.

        The approximation is in the varied coordinates and is cut at the bounds.
        """
        rng = np.random.default_rng(seed)
        low, high = self.problem.bounds
        rows = rng.multivariate_normal(self.optimum, self.covariance, size=count, method="eigh")
        rows = np.clip(rows, low, high)
        return [
            {p.key: p.change(p.value(float(c))) for p, c in zip(self.problem.parameters, row, strict=True)}
            for row in rows
        ]

    def frame(self) -> "pd.DataFrame":
        """Return the parameters as a pandas table."""
        import pandas as pd

        rows = [one.model_dump() for one in self.parameters]
        for row in rows:
            row["bound_low"], row["bound_high"] = row.pop("bounds")
        return pd.DataFrame(rows)

    def curves(self) -> "pd.DataFrame":
        """Return measured and fitted values of every point as a pandas table."""
        import pandas as pd

        predicted = self.problem.adjusted(self.optimum)
        return pd.concat(
            [
                pd.DataFrame(
                    {"record": one.label, "measured": one.measured, "fitted": ours, "spread": one.spread(scale)}
                )
                for one, ours, scale in zip(self.problem.observations, predicted, self.problem.scales, strict=True)
            ],
            ignore_index=True,
        )

    def plot(self) -> "dict[str, Figure]":
        """Draw each record with the fit and its residuals, the profiles, and the correlations."""
        from interlayer.calibration.figures import draw

        return draw(self)
