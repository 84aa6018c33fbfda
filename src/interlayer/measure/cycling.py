"""Cycling: capacities and efficiencies of each cycle, retention, and how the capacity fades."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from interlayer.errors import InputError
from interlayer.measure.finding import Analysis, Finding
from interlayer.records import Record

Array = NDArray[np.float64]

METHOD: Final = "current integrated over time by the trapezoidal rule, cycle by cycle, charge and discharge apart"
_NOT_REPEATED: Final = "one record of one cell: nothing was repeated"
_FEWEST: Final = 4
"""Cycles that a fade law needs at least."""


def cycle_capacities(record: Record) -> tuple[Array, Array, Array]:
    """Return cycle numbers, charge and discharge (both positive, A h) of a record with a cycle column.

    Q = integral of the positive (negative) part of I dt within a cycle. Raises InputError without ``cycle_count``.
    """
    if "cycle_count" not in record.columns:
        raise InputError("the record has no column cycle_count; say which heading it is with --column")
    cycles = record.columns["cycle_count"]
    time, current = record.columns["test_time_second"], record.columns["current_ampere"]
    numbers = np.unique(cycles).astype(float)
    lengths = np.diff(time)
    # an interval belongs to the cycle it begins in, and only where it ends in the same one
    inside = cycles[1:] == cycles[:-1]
    charge, discharge = (
        0.5 * (np.maximum(side * current[1:], 0.0) + np.maximum(side * current[:-1], 0.0)) * lengths * inside / 3600.0
        for side in (1.0, -1.0)
    )
    bins = np.searchsorted(numbers, cycles[:-1])
    sums = [np.bincount(bins, weights=values, minlength=len(numbers)).astype(float) for values in (charge, discharge)]
    return numbers, sums[0], sums[1]


def analyse_cycling(record: Record, *, formation_cycles: int = 0) -> Analysis:
    """Return first and last discharge capacity, retention, mean coulombic efficiency and compound fade.

    The first `formation_cycles` cycles are left out of all of them, and said so. The fade is the slope of ln Q against
    the cycle number by least squares, its uncertainty that of the slope. Capacities are per mass of active material
    where the record knows it, else of the cell. Raises InputError where no cycle discharges.
    """
    numbers, charge, discharge = cycle_capacities(record)
    keep = (discharge > 0.0) & (np.arange(len(numbers)) >= formation_cycles)
    if not keep.any():
        raise InputError(f"no cycle after the first {formation_cycles} discharges; there are {len(numbers)} cycles")
    numbers, charge, discharge = numbers[keep], charge[keep], discharge[keep]
    mass = record.metadata.get("cathode_active_mass_kg")
    scale, unit = (1.0 / mass, "mAh/g") if mass else (1e3, "mAh")
    findings = [
        _finding("cycles", float(len(numbers)), "", "counted", METHOD),
        _finding("first_discharge_capacity", float(discharge[0] * scale), unit, _NOT_REPEATED, METHOD),
        _finding("last_discharge_capacity", float(discharge[-1] * scale), unit, _NOT_REPEATED, METHOD),
    ]
    warnings = []
    if len(numbers) > 1:
        findings.append(
            _finding("retention", 100.0 * float(discharge[-1] / discharge[0]), "%", _NOT_REPEATED, "last over first")
        )
    charged = charge > 0.0
    if charged.any():
        efficiency = 100.0 * discharge[charged] / charge[charged]
        findings.append(_mean("coulombic_efficiency", efficiency, "%", "mean over the cycles, discharge over charge"))
        product = float(np.prod(np.minimum(efficiency / 100.0, 1.0)))
        if len(numbers) > 1 and product < 0.8 * discharge[-1] / discharge[0]:
            warnings.append(
                f"the efficiencies multiply to {product:.2f}, the capacity is still {discharge[-1] / discharge[0]:.2f} "
                "of the first: what the efficiency loses is not the lithium that cycles"
            )
    if len(numbers) >= _FEWEST:
        slope, error = _slope(numbers, np.log(discharge))
        findings.append(
            Finding(
                name="fade_per_cycle",
                value=-100.0 * float(np.expm1(slope)),
                unit="%",
                uncertainty=100.0 * error,
                method="compound: slope of ln Q against the cycle number, least squares",
            )
        )
    else:
        warnings.append(f"{len(numbers)} cycles are too few for a fade law; at least {_FEWEST} are needed")
    left_out = f" The first {formation_cycles} cycles were left out as formation." if formation_cycles else ""
    return Analysis(
        kind="cycling",
        source=str(record.metadata.get("file", record.metadata.get("cell", ""))),
        findings=findings,
        warnings=warnings,
        methods=f"Capacities are the {METHOD}.{left_out} Retention is the last discharge over the first.",
        details={
            "cycle": numbers.tolist(),
            f"charge_{_key(unit)}": (charge * scale).tolist(),
            f"discharge_{_key(unit)}": (discharge * scale).tolist(),
        },
    )


def _finding(name: str, value: float, unit: str, reason: str, method: str) -> Finding:
    return Finding(name=name, value=value, unit=unit, uncertainty_reason=reason, method=method)


def _mean(name: str, values: Array, unit: str, method: str) -> Finding:
    """Return a mean with its standard error, or the only value there is."""
    known: dict[str, Any] = {"uncertainty_reason": _NOT_REPEATED}
    if len(values) > 1:
        known = {"uncertainty": float(values.std(ddof=1) / np.sqrt(len(values)))}
    return Finding(name=name, value=float(values.mean()), unit=unit, method=method, **known)


def _slope(x: Array, y: Array) -> tuple[float, float]:
    """Return the slope of a straight line by least squares, and its standard error."""
    centred = x - x.mean()
    slope = float(centred @ y / (centred @ centred))
    residual = y - y.mean() - slope * centred
    return slope, float(np.sqrt(residual @ residual / max(len(x) - 2, 1) / (centred @ centred)))


def _key(unit: str) -> str:
    return unit.replace("/", "_per_")
