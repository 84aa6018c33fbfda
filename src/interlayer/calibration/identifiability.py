"""What the data cannot tell apart, and which further experiment would.

From the derivatives at the optimum: correlations of the parameters, combinations that are fixed where the parameters
are not, and for each of a few candidate experiments how much narrower the intervals would become with it (Fisher's
information of the data and of the candidate added).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

import numpy as np
from numpy.typing import NDArray

from interlayer.calibration.likelihood import spread
from interlayer.calibration.observations import Observation, observation
from interlayer.calibration.optimum import Optimum
from interlayer.calibration.parameters import FitParameter
from interlayer.calibration.problem import FAILED, Problem
from interlayer.cell import Cell
from interlayer.errors import InputError, SolverError
from interlayer.protocol import Protocol, read_protocol
from interlayer.records import Record
from interlayer.simulation.experiment import simulate

Array = NDArray[np.float64]

TOGETHER: Final = 0.95
"""A correlation beyond this: the two cannot be told apart."""
LOOSE: Final = 0.35
"""A standard deviation of ln(value) beyond this (a factor of 2 either way at 95 %): the parameter is hardly known."""
HELP: Final = 0.3
"""A candidate has to narrow the weak parameters by this much, ln of the product of their errors, to be named."""
Weakness = tuple[str, tuple[int, ...]]
_FREQUENCIES: Final = np.geomspace(1e6, 1e-2, 49)


@dataclass(frozen=True, eq=False)
class Identifiability:
    """`standard_errors` of the coordinates, their `correlation`, and what follows from both in words."""

    standard_errors: Array
    covariance: Array
    correlation: Array
    statements: tuple[str, ...]


def identifiability(problem: Problem, optimum: Optimum, weights: Array, *, advice: bool = True) -> Identifiability:
    """Return what the derivatives at the optimum say; `weights` as for `profiles`.

    With `advice` each statement names the candidate experiment that would mend it best.
    """
    jacobian = optimum.jacobian * weights[:, None]
    information = np.asarray(jacobian.T @ jacobian)
    covariance, errors, correlation = spread(information)
    parameters = problem.parameters
    findings = [*_unfelt(parameters, information)]
    findings += [*_pairs(parameters, information, correlation), *_loose(parameters, information, errors, correlation)]
    more = [*_candidate_information(problem, optimum.coordinates)] if advice and findings else []
    statements = tuple(text + _advice(parameters, information, more, weak) for text, weak in findings)
    return Identifiability(errors, covariance, correlation, statements)


def _unfelt(parameters: Sequence[FitParameter], information: Array) -> Iterator[Weakness]:
    for j, parameter in enumerate(parameters):
        if not _felt(parameter, information[j, j]):
            change = "an e-fold change" if parameter.logarithmic else "a change across half its bounds"
            yield f"the data do not feel {parameter.key}: {change} moves nothing beyond the noise", (j,)


def _felt(parameter: FitParameter, information: float) -> bool:
    """Return whether a change e-fold, or across half the bounds of one that is varied as it is, shows."""
    width = 1.0 if parameter.logarithmic else 0.5 * (parameter.high - parameter.low)
    return bool(information * width**2 >= 1.0)


def _pairs(parameters: Sequence[FitParameter], information: Array, correlation: Array) -> Iterator[Weakness]:
    for i, j in combinations(range(len(parameters)), 2):
        a, b = parameters[i], parameters[j]
        felt = _felt(a, information[i, i]) and _felt(b, information[j, j])
        if abs(correlation[i, j]) > TOGETHER and felt:
            fixed = _fixed(a, b, information[np.ix_([i, j], [i, j])])
            together = f"{a.key} and {b.key} cannot be told apart from these data"
            yield f"{together} (correlation {correlation[i, j]:+.3f}){fixed}", (i, j)


def _fixed(a: FitParameter, b: FitParameter, information: Array) -> str:
    """Return the combination of two that the data fix: the eigenvector with the most information."""
    if not (a.logarithmic and b.logarithmic):
        return ""
    _, vectors = np.linalg.eigh(information)
    one, two = vectors[:, -1]
    if abs(one) < 0.05 or abs(two) < 0.05:
        return ""
    power = float(two / one)
    relation = f"{a.key} * {b.key}^{power:.2g}" if power > 0 else f"{a.key} / {b.key}^{-power:.2g}"
    return f"; what they fix is {relation}"


def _loose(
    parameters: Sequence[FitParameter], information: Array, errors: Array, correlation: Array
) -> Iterator[Weakness]:
    for j, parameter in enumerate(parameters):
        paired = np.delete(np.abs(correlation[j]), j).max(initial=0.0) > TOGETHER
        if parameter.logarithmic and errors[j] > LOOSE and not paired and _felt(parameter, information[j, j]):
            factor = float(np.exp(min(1.96 * errors[j], 50.0)))
            yield f"{parameter.key} is known within a factor of {factor:.2g} only", (j,)


def _candidate_information(problem: Problem, coordinates: Array) -> Iterator[tuple[str, Array]]:
    for name, candidate in candidates(problem, coordinates):
        own = Problem(problem.cell, problem.base, problem.parameters, (candidate,), threads=problem.threads)
        own.renew(coordinates)
        jacobian = own.jacobian(coordinates)[: len(candidate.measured)]
        if np.all(np.abs(jacobian) < FAILED):
            yield name, np.asarray(jacobian.T @ jacobian)


def _advice(
    parameters: Sequence[FitParameter], information: Array, more: Sequence[tuple[str, Array]], weak: tuple[int, ...]
) -> str:
    """Return which candidate experiment would help most, and how far; empty where none does."""
    own = list(weak)
    before = spread(information)[1][own]
    after = {name: spread(information + added)[1][own] for name, added in more}
    best = min(after, key=lambda name: float(np.sum(np.log(after[name]))), default=None)
    if best is None or float(np.sum(np.log(before / after[best]))) < HELP:
        return ""
    changes = [
        f"{parameters[j].key} to within {_within(parameters[j], float(e))}"
        for j, e in zip(own, after[best], strict=True)
    ]
    return f"; {best} would determine {' and '.join(changes)}"


def _within(parameter: FitParameter, error: float) -> str:
    if not parameter.logarithmic:
        return f"+-{1.96 * parameter.difference(error):.2g} {parameter.unit}".strip()
    return (
        f"{100.0 * np.expm1(1.96 * error):.2g} %"
        if error < 0.3
        else f"a factor of {np.exp(min(1.96 * error, 50.0)):.2g}"
    )


def candidates(problem: Problem, coordinates: Array) -> Iterator[tuple[str, Observation]]:
    """Yield experiments that would be easy to add, simulated at these coordinates, with 1 mV and 1 % of |Z|.

    A spectrum at 50 % of the stoichiometry's range, slow and fast discharges between the limits of the cell's own
    protocol, and a titration pulse.
    """
    cell, parameters = problem.candidate(coordinates)
    curve = parameters.positive.open_circuit
    middle = 0.5 * (curve.lowest + curve.highest)
    zeros = np.zeros(len(_FREQUENCIES))
    blank = Record(
        {"frequency_hertz": _FREQUENCIES, "real_impedance_ohm": zeros + 1.0, "imaginary_impedance_ohm": zeros}
    )
    spectrum = observation(blank, "candidate", cell, at=f"x={middle!r}")
    own = Problem(problem.cell, problem.base, problem.parameters, (spectrum,), threads=1)
    impedance = own.predictions(coordinates)[0]
    real, imaginary = np.split(impedance, 2)
    seen = Record({"frequency_hertz": _FREQUENCIES, "real_impedance_ohm": real, "imaginary_impedance_ohm": imaginary})
    yield "a spectrum at half charge", observation(seen, "candidate", cell, at=f"x={middle!r}")
    for name, protocol in _protocols(cell):
        try:
            yield name, observation(simulate(cell, protocol=protocol).data, "candidate", cell)
        except (InputError, SolverError):
            continue


def _protocols(cell: Cell) -> Iterator[tuple[str, Protocol]]:
    own = cell.description.protocol
    limits = [] if own is None else [limit for limit in own.limits() if limit.own is None]
    if len(limits) < 2:
        return
    low, high = min(limits, key=lambda one: one.volts).text, max(limits, key=lambda one: one.volts).text
    charge = f"Charge at 0.1C until {high}"
    for rate in ("0.05C", "2C"):
        yield f"a discharge at {rate}", read_protocol(f"{charge}; Discharge at {rate} until {low}")
    yield (
        "titration pulses of 10 min at 0.1C with 2 h of rest",
        read_protocol(
            f"{charge}; Discharge at 0.1C for 4 hours or until {low}; Rest for 2 hours; "
            "Discharge at 0.1C for 10 minutes; Rest for 2 hours"
        ),
    )
