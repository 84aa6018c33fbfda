"""A circuit fitted to a spectrum: parameters with uncertainty and correlation, and how sure the optimum is."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from interlayer.errors import InputError, closest, shown
from interlayer.measure.circuit import Circuit, parse_circuit
from interlayer.measure.circuit_kernel import Array, Complexes, curvature
from interlayer.measure.circuit_kernel import impedance as impedance_of
from interlayer.measure.circuit_search import search
from interlayer.measure.circuit_starts import StartPlan, plan_starts

Weighting = Literal["modulus", "proportional", "unit"]
WEIGHTINGS: Final = ("modulus", "proportional", "unit")
_LARGEST: Final = 1e30
_LARGEST_LN: Final = 690.0
_WIDE: Final = math.log(1e7)
_LOGIT: Final = math.log(0.9995 / 0.0005)
_CORRELATED: Final = 0.95
_JUMPS: Final = 40
_SEED: Final = 7


@dataclass(frozen=True, eq=False)
class CircuitFit:
    """A circuit with the parameters that fit a spectrum best.

    `coordinates` are ln p, for an exponent ln(p/(1-p)); `covariance` is theirs, from the Jacobian and the scatter of
    the residuals, with zeros for what was fixed or is at a bound. `relative_rms` is the root mean square of
    |Z_fit - Z|/|Z| (both parts); `agreeing` of `descents` descents from different starts ended in this minimum.
    """

    circuit: Circuit
    values: Array
    coordinates: Array
    covariance: Array
    free: NDArray[np.bool_]
    at_bound: tuple[str, ...]
    cost: float
    relative_rms: float
    aicc: float
    agreeing: int
    descents: int
    frequency: Array
    measured: Complexes
    weights: Array

    def __getitem__(self, name: str) -> float:
        """Return a parameter's value; InputError names the closest one."""
        return float(self.values[self._place(name)])

    def sigma(self, name: str) -> float | None:
        """Return one standard deviation of a parameter in its unit; None where it was fixed or is at a bound."""
        place = self._place(name)
        if not self.free[place] or name in self.at_bound:
            return None
        value = self.values[place]
        slope = value * (1.0 - value) if self.circuit.program.is_unit[place] else value
        return float(math.sqrt(max(self.covariance[place, place], 0.0)) * slope)

    @property
    def correlation(self) -> Array:
        """Correlation of the fit coordinates, (parameters, parameters); zero where there is none."""
        deviation = np.sqrt(np.diag(self.covariance))
        scale = np.outer(deviation, deviation)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(scale > 0.0, self.covariance / scale, 0.0)

    def correlated(self, above: float = _CORRELATED) -> list[tuple[str, str, float]]:
        """Return the pairs of parameters that the data hardly tell apart, with their correlation."""
        rho, names = self.correlation, self.circuit.names
        pairs = zip(*np.nonzero(np.triu(np.abs(rho) > above, 1)), strict=True)
        return [(names[a], names[b], float(rho[a, b])) for a, b in pairs]

    def impedance(self, frequency: ArrayLike | None = None) -> Complexes:
        """Return the fitted impedance, ohm, at frequencies in Hz; those of the data where none are given."""
        return circuit_impedance(self.circuit, self.values, self.frequency if frequency is None else frequency)

    @property
    def residuals(self) -> Complexes:
        """(Z_fit - Z)/|Z| at each frequency."""
        return np.asarray((self.impedance() - self.measured) / np.abs(self.measured))

    def _place(self, name: str) -> int:
        if name not in self.circuit.names:
            allowed = ", ".join(self.circuit.names)
            raise InputError(
                f"no parameter {shown(name)} in {self.circuit}; it has {allowed}{closest(name, self.circuit.names)}"
            )
        return self.circuit.names.index(name)


def circuit_impedance(circuit: Circuit | str, values: ArrayLike, frequency: ArrayLike) -> Complexes:
    """Return the impedance of a circuit, ohm, with parameters in their own units at frequencies in Hz."""
    circuit = _circuit(circuit)
    parameters = np.asarray(values, dtype=float)
    if parameters.shape != (len(circuit.names),):
        raise InputError(f"{circuit} has {len(circuit.names)} parameters ({', '.join(circuit.names)})")
    omega = 2.0 * np.pi * np.asarray(frequency, dtype=float)
    out = np.empty(len(omega), dtype=complex)
    impedance_of(circuit.program.nodes, parameters, omega, out)
    return out


def fit_circuit(
    frequency: ArrayLike,
    impedance: ArrayLike,
    circuit: Circuit | str,
    *,
    weighting: Weighting = "modulus",
    bounds: Mapping[str, tuple[float, float]] | None = None,
    fixed: Mapping[str, float] | None = None,
    agree: int | None = None,
) -> CircuitFit:
    """Return the circuit's parameters that make sum |w (Z_fit - Z)|^2 least, from starts found in the data.

    `frequency` in Hz and `impedance` in ohm (complex; the imaginary part negative where it is capacitive). `weighting`
    ``modulus`` divides both parts by |Z|, ``proportional`` each by its own size, ``unit`` neither. `bounds` and `fixed`
    go by parameter name, in the parameter's unit. Descents go on until `agree` of them end in the lowest minimum found
    (three fewer than there are parameters and at least two, where none is given; more for data whose arcs run into each
    other), twice as many where its residuals still follow each other.
    Arcs of one kind are put in the order of their time constants, fastest first, where nothing was fixed or bounded.
    Raises InputError for too few points, frequencies that are not positive, and names that are none.
    """
    circuit = _circuit(circuit)
    frequencies, measured = spectrum_arrays(frequency, impedance)
    program = circuit.program
    count = len(circuit.names)
    weights = _weights(measured, weighting)
    free, start, lower, upper = _limits(circuit, frequencies, measured, bounds or {}, fixed or {})
    if 2 * len(frequencies) <= int(free.sum()):
        raise InputError(
            f"{len(frequencies)} frequencies cannot carry the {int(free.sum())} parameters of {circuit}; "
            f"at least {int(free.sum()) // 2 + 1} are needed"
        )
    tiltable = np.ones(count, dtype=bool)
    for name in (*(bounds or {}), *(fixed or {})):
        tiltable[circuit.names.index(name)] = False
    wanted = max(2, count - 3) if agree is None else agree
    plan, jumps, movable = _plan(circuit.text)
    omega = 2.0 * np.pi * frequencies
    x, cost, agreeing, descents = search(
        program.nodes, program.groups, program.is_unit, program.ohm_power, program.second_power, program.alpha_of,
        plan.place, plan.shape, plan.group_from, plan.combinations,
        omega, measured, weights, lower, upper, free, start, tiltable, jumps, movable, wanted,
    )  # fmt: skip
    if not math.isfinite(cost):
        raise InputError(f"{circuit} cannot be fitted: the impedance has values whose squares are no numbers")
    if circuit.alike and not bounds and not fixed:
        x = _in_order(circuit, x)
    normal = np.empty((count, count))
    mean_square = curvature(program.nodes, program.is_unit, x, omega, measured, weights, normal)
    held = free & (np.minimum(x - lower, upper - x) <= 1e-6)
    points, parameters = 2 * len(omega), int(free.sum())
    bounded = np.clip(x, -_LARGEST_LN, _LARGEST_LN)
    values = np.where(program.is_unit, 1.0 / (1.0 + np.exp(-bounded)), np.exp(np.where(program.is_unit, 0.0, bounded)))
    return CircuitFit(
        circuit=circuit,
        values=values,
        coordinates=x,
        covariance=_covariance(normal, free & ~held, points, cost),
        free=free,
        at_bound=tuple(circuit.names[k] for k in held.nonzero()[0]),
        cost=cost,
        relative_rms=math.sqrt(mean_square),
        aicc=_aicc(cost, points, parameters),
        agreeing=agreeing,
        descents=descents,
        frequency=frequencies,
        measured=measured,
        weights=weights,
    )


def spectrum_arrays(frequency: ArrayLike, impedance: ArrayLike) -> tuple[Array, Complexes]:
    """Return frequencies and impedances as arrays, by falling frequency; InputError where they are no spectrum."""
    frequencies = np.asarray(frequency, dtype=float)
    measured = np.asarray(impedance, dtype=complex)
    if frequencies.ndim != 1 or frequencies.shape != measured.shape:
        raise InputError(f"{frequencies.size} frequencies and {measured.size} impedances are no spectrum")
    if len(frequencies) == 0:
        raise InputError("the spectrum has no frequency")
    if not (frequencies.min() > 0.0 and frequencies.max() < math.inf):
        raise InputError("a frequency is not positive")
    size = np.abs(measured)
    smallest, largest = size.min(), size.max()
    if not (smallest > 0.0 and largest < math.inf):
        raise InputError("an impedance is zero or not a finite number")
    if largest > _LARGEST or smallest < 1.0 / _LARGEST:
        raise InputError(f"an impedance of {largest if largest > _LARGEST else smallest:.3g} ohm is none")
    if (frequencies[1:] <= frequencies[:-1]).all():
        return np.ascontiguousarray(frequencies), np.ascontiguousarray(measured)
    order = np.argsort(-frequencies, kind="stable")
    return np.ascontiguousarray(frequencies[order]), np.ascontiguousarray(measured[order])


def _circuit(circuit: Circuit | str) -> Circuit:
    return circuit if isinstance(circuit, Circuit) else _parsed(circuit)


_parsed = lru_cache(maxsize=64)(parse_circuit)


@lru_cache(maxsize=64)
def _plan(text: str) -> tuple[StartPlan, Array, NDArray[np.int64]]:
    circuit = _parsed(text)
    rng = np.random.default_rng(_SEED)
    plan = plan_starts(circuit)
    ranges = zip(plan.group_from[:-1], plan.group_from[1:], strict=True)
    movable = np.column_stack([rng.integers(begin, end, size=_JUMPS) for begin, end in ranges])
    return plan, rng.normal(0.0, 1.0, size=(_JUMPS, len(circuit.names))), movable


def _weights(measured: Complexes, weighting: str) -> Array:
    size = np.abs(measured)
    if weighting == "modulus":
        return np.vstack([1.0 / size, 1.0 / size])
    if weighting == "proportional":
        # a part that is all but zero would otherwise outweigh all others
        floor = 1e-3 * size
        return 1.0 / np.maximum(np.abs(np.vstack([measured.real, measured.imag])), floor)
    if weighting == "unit":
        return np.full((2, len(measured)), 1.0 / float(np.median(size)))
    raise InputError(
        f"no weighting {shown(weighting)}; allowed: {', '.join(WEIGHTINGS)}{closest(weighting, WEIGHTINGS)}"
    )


def _limits(
    circuit: Circuit,
    frequency: Array,
    measured: Complexes,
    bounds: Mapping[str, tuple[float, float]],
    fixed: Mapping[str, float],
) -> tuple[NDArray[np.bool_], Array, Array, Array]:
    """Return what is free, the fixed coordinates, and the bounds of all; wide ones from the data by default."""
    program, names = circuit.program, circuit.names
    for name in (*bounds, *fixed):
        if name not in names:
            raise InputError(
                f"no parameter {shown(name)} in {circuit}; it has {', '.join(names)}{closest(name, names)}"
            )
    size = np.abs(measured)
    sizes = program.ohm_power * math.log(size.min()), program.ohm_power * math.log(size.max())
    shortest, longest = -math.log(2.0 * math.pi * frequency.max()), -math.log(2.0 * math.pi * frequency.min())
    # an exponent may be anything between 0 and 1, so the power of time of what follows one is
    follows = program.alpha_of >= 0
    powers = np.where(follows, 0.0, program.second_power), np.where(follows, 1.0, program.second_power)
    times = [power * ln_time for power in powers for ln_time in (shortest, longest)]
    lower = np.minimum(*sizes) + np.minimum(np.minimum(times[0], times[1]), np.minimum(times[2], times[3])) - _WIDE
    upper = np.maximum(*sizes) + np.maximum(np.maximum(times[0], times[1]), np.maximum(times[2], times[3])) + _WIDE
    lower[program.is_unit], upper[program.is_unit] = -_LOGIT, _LOGIT
    free, start = np.ones(len(names), dtype=bool), np.zeros(len(names))
    for name, limits in bounds.items():
        place = names.index(name)
        low, high = (_coordinate(name, value, bool(program.is_unit[place]), limit=True) for value in limits)
        if not low < high:
            raise InputError(f"bounds of {name}: {limits[0]!r} is not below {limits[1]!r}")
        lower[place], upper[place] = low, high
    for name, value in fixed.items():
        place = names.index(name)
        free[place] = False
        start[place] = _coordinate(name, value, bool(program.is_unit[place]))
        lower[place], upper[place] = start[place] - 1.0, start[place] + 1.0
    return free, start, lower, upper


def _coordinate(name: str, value: float, is_unit: bool, *, limit: bool = False) -> float:
    if is_unit and limit:
        value = min(max(value, 1.0 / (1.0 + math.exp(_LOGIT))), 1.0 / (1.0 + math.exp(-_LOGIT)))
    if is_unit and value == 1.0:
        return 40.0  # an ideal element, to double precision
    if not (math.isfinite(value) and value > 0.0 and (not is_unit or value < 1.0)):
        raise InputError(f"{name}: {value!r} is not {'between 0 and 1' if is_unit else 'positive'}")
    return math.log(value / (1.0 - value)) if is_unit else math.log(value)


def _in_order(circuit: Circuit, x: Array) -> Array:
    """Return the coordinates with summands of the same structure put in the order of their time constants."""
    ordered = x.copy()
    for blocks in circuit.alike:
        by_time = sorted(blocks, key=lambda block: ln_time_constant(circuit, x, *block))
        for (begin, end), (old_begin, old_end) in zip(blocks, by_time, strict=True):
            ordered[begin:end] = x[old_begin:old_end]
    return ordered


def ln_time_constant(circuit: Circuit, x: Array, begin: int, end: int) -> float:
    """Return ln of the time constant of a summand, the parameters begin to end.

    Its own where a parameter is a time; else of its first resistance and capacitance, tau = (R Q)^(1/alpha).
    """
    program = circuit.program
    ohm = second = None
    for k in range(begin, end):
        if program.is_unit[k]:
            continue
        power = program.second_power[k]
        if program.alpha_of[k] >= 0:
            power = 1.0 / (1.0 + math.exp(-x[program.alpha_of[k]]))
        if program.ohm_power[k] == 0.0:
            return float(x[k])
        if power == 0.0 and ohm is None:
            ohm = x[k]
        elif power > 0.0 and program.ohm_power[k] < 0.0 and second is None:
            second = (x[k], power)
    if ohm is None or second is None:
        return 0.0
    return float((ohm + second[0]) / second[1])


def _covariance(normal: Array, free: NDArray[np.bool_], points: int, cost: float) -> Array:
    """Return s^2 (J^T J)^-1 over what is free, s^2 the sum of squares per degree of freedom."""
    places = np.flatnonzero(free)
    covariance = np.zeros(normal.shape)
    if len(places) == 0 or points <= len(places):
        return covariance
    kept = np.ix_(places, places)
    within = normal[kept]
    size = np.sqrt(within.diagonal())
    size[size == 0.0] = 1.0
    scale = size[:, None] * size
    try:
        inverse = np.linalg.inv(within / scale)
    except np.linalg.LinAlgError:
        inverse = -np.eye(len(places))
    if not inverse.diagonal().min() > 0.0:  # two directions that the data cannot tell apart at all
        inverse = np.linalg.pinv(within / scale, rcond=1e-14, hermitian=True)
    covariance[kept] = 2.0 * cost / (points - len(places)) * inverse / scale
    return covariance


def _aicc(cost: float, points: int, parameters: int) -> float:
    """Return Akaike's criterion for a small sample: n ln(RSS/n) + 2k + 2k(k+1)/(n-k-1), k with the noise's scale."""
    k = parameters + 1
    if points - k - 1 <= 0:
        return math.inf
    return points * math.log(max(2.0 * cost / points, 1e-300)) + 2.0 * k + 2.0 * k * (k + 1) / (points - k - 1)


def compare_circuits(
    frequency: ArrayLike,
    impedance: ArrayLike,
    circuits: Sequence[Circuit | str],
    *,
    weighting: Weighting = "modulus",
    agree: int | None = None,
) -> list[CircuitFit]:
    """Return the fits of several circuits to one spectrum, the one with the lowest AICc first."""
    return sorted(
        (fit_circuit(frequency, impedance, circuit, weighting=weighting, agree=agree) for circuit in circuits),
        key=lambda fit: fit.aicc,
    )
