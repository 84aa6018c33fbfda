"""The verb ``fit``: a cell's parameters from records, with intervals that say how far to trust them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from interlayer.calibration.identifiability import identifiability
from interlayer.calibration.likelihood import Profile, profiles
from interlayer.calibration.observations import observation
from interlayer.calibration.optimum import Optimum, best
from interlayer.calibration.parameters import FitParameter, fit_parameters
from interlayer.calibration.problem import Problem
from interlayer.calibration.result import Fit, FittedParameter, FittedRecord, ProfileCurve
from interlayer.cell import Cell, as_cell
from interlayer.cell.assumptions import assumptions
from interlayer.errors import InputError, closest, shown
from interlayer.records import Record, read
from interlayer.simulation.parameters import cell_parameters

Array = NDArray[np.float64]
Report = Callable[[str], None]
AnyRecord = Record | str | Path

DEFAULTS: Final = ("cathode.diffusivity", "cathode.interface.exchange_current_density")
"""What is varied where nobody says."""
METHOD: Final = (
    "weighted least squares with bounds (trust region) from {starts} starts; spreads estimated from each record's own "
    "residuals; 95 % intervals by profile likelihood, widened where residuals correlate"
)
_REFERENCES: Final = ("raue2009", "branch1999")
_CORRELATED: Final = 3.0
_OUTLYING: Final = 5.0
"""Standard deviations; one in two million of normal residuals."""
_FAR_V: Final = 0.03
_FAR_SHARE: Final = 0.1
"""Deviations beyond these (V, or of the largest value) are no fit."""


def fit(
    cell: Cell | str | Path,
    records: Mapping[str, AnyRecord] | Sequence[AnyRecord] | AnyRecord,
    *,
    vary: Sequence[str] = DEFAULTS,
    priors: Sequence[str] = (),
    at: Mapping[str, str] | None = None,
    noise: Mapping[str, float] | None = None,
    starts: int = 4,
    seed: int = 0,
    threads: int = 2,
    advice: bool = True,
    progress: Report | None = None,
) -> Fit:
    """Calibrate parameters of a cell to records of it and return them with their 95 % intervals.

    `records` are records or files, by a name of your own or by theirs: time series (constant currents, rests,
    titrations, holds, sweeps), impedance spectra, and series of cycles of a cell that ages. `vary` names keys of the
    cell file or of the model, each with bounds or a start if wanted (``"cathode.diffusivity=1e-13..1e-8 cm2/s"``);
    `priors` are ``"KEY=CENTRE +- SPREAD"``. `at` gives the state of spectra by record name, `noise` standard deviations
    that are known (V; relative for spectra and capacities) and are then not estimated. `starts` are followed from all
    over the bounds; `advice` looks for an experiment that would determine what these records do not.

    Raises InputError for a record that is no test of a cell, a parameter the cell does not have, fewer points than
    parameters.
    """
    cell = as_cell(cell)
    base = cell_parameters(cell)
    if starts < 1 or threads < 1:
        raise InputError("starts and threads must be at least 1")
    parameters = fit_parameters(cell, base, vary, priors)
    named = _named(records)
    for given in (at or {}, noise or {}):
        for name in given:
            if name not in named:
                raise InputError(f"no record {shown(name)}; there are: {', '.join(named)}{closest(name, named)}")
    own_start = any(p.key.endswith("initial_stoichiometry") for p in parameters)
    observations = tuple(
        observation(record, name, cell, at=(at or {}).get(name), noise=(noise or {}).get(name), own_start=own_start)
        for name, record in named.items()
    )
    problem = Problem(cell, base, parameters, observations, threads=threads)
    known = tuple(name in (noise or {}) for name in named)
    if problem.points <= len(parameters):
        raise InputError(f"{problem.points} points cannot determine {len(parameters)} parameters")
    return _fit(problem, known, starts, seed, advice, progress)


def _named(records: Mapping[str, AnyRecord] | Sequence[AnyRecord] | AnyRecord) -> dict[str, Record]:
    if isinstance(records, Record | str | Path):
        records = [records]
    if not isinstance(records, Mapping):
        named: dict[str, AnyRecord] = {}
        for number, record in enumerate(records, start=1):
            name = f"record {number}" if isinstance(record, Record) else Path(record).name
            if name in named:
                raise InputError(f"two records are called {shown(name)}")
            named[name] = record
        records = named
    if not records:
        raise InputError("nothing to fit to: give at least one record")
    return {name: one if isinstance(one, Record) else read(one) for name, one in records.items()}


def _fit(
    problem: Problem, known: tuple[bool, ...], starts: int, seed: int, advice: bool, progress: Report | None
) -> Fit:
    optimum = best(problem, starts=starts, seed=seed, noise_known=known, report=progress)
    weights = _weights(problem, optimum)
    if progress is not None:
        progress("profile likelihood")
    found = profiles(problem, optimum, weights)
    if progress is not None:
        progress("what the data leave open")
    known_about = identifiability(problem, optimum, weights, advice=advice)
    records = tuple(_records(problem, optimum, known))
    return Fit(
        cell=problem.cell.name,
        parameters=tuple(
            _parameter(p, float(c), profile, float(error), problem)
            for p, c, profile, error in zip(
                problem.parameters, optimum.coordinates, found, known_about.standard_errors, strict=True
            )
        ),
        records=records,
        sum_of_squares=optimum.sum_of_squares,
        points=problem.points,
        degrees_of_freedom=problem.points - len(problem.parameters),
        aicc=_aicc(problem, optimum),
        followed_starts=len(optimum.starts),
        same_optimum=optimum.same,
        correlation=tuple(tuple(float(x) for x in row) for row in known_about.correlation),
        profiles=tuple(_curve(p, profile) for p, profile in zip(problem.parameters, found, strict=True)),
        statements=known_about.statements,
        warnings=tuple(_warnings(problem, optimum, records)),
        assumptions=assumptions(problem.cell.description),
        evaluations=problem.evaluations,
        method=METHOD.format(starts=len(optimum.starts)),
        references=_REFERENCES,
        fitted_cell=problem.candidate(optimum.coordinates)[0],
        problem=problem,
        covariance=known_about.covariance,
        optimum=optimum.coordinates,
    )


def _weights(problem: Problem, optimum: Optimum) -> Array:
    """Return what multiplies the residuals so that those that hang together count as fewer."""
    weights = np.ones(len(optimum.residuals))
    for block, length in zip(problem.blocks, optimum.correlation_lengths, strict=True):
        weights[block] = 1.0 / np.sqrt(length)
    return weights


def _aicc(problem: Problem, optimum: Optimum) -> float:
    """Return sum of n ln(RSS/n) over the quantities of the records + 2k + 2k(k + 1)/(N - k - 1), RSS as measured.

    Burnham and Anderson, Model Selection and Multimodel Inference, 2nd ed., Springer 2002, section 2.4; one variance
    per quantity of a record counts among the k.
    """
    total, k = 0.0, len(problem.parameters)
    for one, ours in zip(problem.observations, problem.adjusted(optimum.coordinates), strict=True):
        deviation = (one.measured - ours) / one.own_spread
        for quantity in one.quantities:
            own = deviation[quantity.points]
            total += len(own) * float(np.log(max(float(own @ own) / len(own), 1e-300)))
            k += 1
    left = problem.points - k - 1.0
    return total + 2.0 * k + (2.0 * k * (k + 1.0) / left if left > 0.0 else np.inf)


def _parameter(p: FitParameter, c: float, profile: Profile, error: float, problem: Problem) -> FittedParameter:
    value = p.value(c)
    ends = [None if end is None else p.shown(p.value(end)) for end in (profile.low, profile.high)]
    room = min(c - p.coordinate(p.low), p.coordinate(p.high) - c)
    return FittedParameter(
        key=p.key,
        value=p.shown(value),
        unit=p.unit,
        low_95=ends[0],
        high_95=ends[1],
        standard_error_relative=error if p.logarithmic else p.difference(error),
        start=p.shown(p.start),
        bounds=(p.shown(p.low), p.shown(p.high)),
        prior=None if p.prior is None else p.prior.text,
        logarithmic=p.logarithmic,
        at_bound=room < 1e-3,
    )


def _records(problem: Problem, optimum: Optimum, known: tuple[bool, ...]) -> Iterator[FittedRecord]:
    """Yield how each quantity of each record is met, systematic errors as they most likely are."""
    adjusted = problem.adjusted(optimum.coordinates)
    for one, ours, length, given in zip(
        problem.observations, adjusted, optimum.correlation_lengths, known, strict=True
    ):
        for place, quantity in enumerate(one.quantities):
            own = (one.measured - ours)[quantity.points]
            size = np.abs(one.measured[quantity.points]).max(initial=0.0)
            yield FittedRecord(
                label=one.label,
                kind=one.kind,
                quantity=quantity.name,
                points=len(own),
                rms=float(np.sqrt(np.mean(own**2))),
                rms_relative=float(np.sqrt(np.mean(own**2)) / size) if size > 0.0 else 0.0,
                unit=quantity.unit,
                spread_known=given and place == 0,
                correlated_points=float(length),
            )


def _warnings(problem: Problem, optimum: Optimum, records: Sequence[FittedRecord]) -> Iterator[str]:
    for one, length in zip(problem.observations, optimum.correlation_lengths, strict=True):
        if length > _CORRELATED:
            yield (
                f"{one.label}: the residuals hang together over {length:.0f} points, so the model does not follow this "
                "record within its noise; the intervals are wider by the square root of that and still not to be "
                "trusted, as a value may stand for physics that the model lacks"
            )
    for one, block in zip(problem.observations, problem.blocks, strict=True):
        alone = _lone(optimum.residuals[block])
        if alone:
            lie = "points lie" if alone > 1 else "point lies"
            yield (
                f"{one.label}: {alone} {lie} far from the neighbours and the fit, which they pull; leave them out if "
                "they are slips of the instrument"
            )
    for record in records:
        if (record.unit == "V" and record.rms > _FAR_V) or (record.unit != "V" and record.rms_relative > _FAR_SHARE):
            yield (
                f"{record.label}: the {record.quantity} is met within {record.rms:.3g} {record.unit} only: this is no "
                "fit, so the values mean little"
            )
    for p, c in zip(problem.parameters, optimum.coordinates, strict=True):
        if min(float(c) - p.coordinate(p.low), p.coordinate(p.high) - float(c)) < 1e-3:
            yield f"{p.key} has run into its bound: widen it, or the model lacks something"
    if len(optimum.starts) > 1 and optimum.same == 1:
        yield "only one of the starts found this optimum; more starts may find a better one"


def _lone(residuals: Array) -> int:
    """Return how many residuals (in standard deviations) are far off while their neighbours are not."""
    size = np.abs(residuals)
    beside = np.maximum(np.append(size[1:], 0.0), np.append(0.0, size[:-1]))
    return int(np.sum((size > _OUTLYING) & (beside < 0.5 * _OUTLYING)))


def _curve(p: FitParameter, profile: Profile) -> ProfileCurve:
    return ProfileCurve(
        key=p.key,
        value=tuple(p.shown(p.value(float(c))) for c in profile.coordinate),
        rise=tuple(float(r) for r in profile.rise),
        threshold=profile.threshold,
    )
