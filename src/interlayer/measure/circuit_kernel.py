"""The compiled kernel of equivalent circuits: impedance, derivatives, and the least-squares fit from many starts.

A circuit is a list of nodes in postorder (`circuit.Program`), so that one compiled kernel serves every circuit. Going
up the list adds impedances (series) or admittances (parallel); going down it carries dZ/dZ_node: unchanged through a
series, times (Z_parallel/Z_branch)^2 through a parallel. A parameter belongs to one element, so its derivative is that
factor times the element's own. All derivatives are exact.

Fit coordinates x are ln p for positive parameters and ln(p/(1-p)) for exponents. A Q is hardly known apart from its
exponent; ln Q + alpha ln(omega_0), its admittance at a frequency within its arc, is: `tilt` holds those ln(omega_0).
The fit is Levenberg's and Marquardt's
with box bounds by projection (Madsen, Nielsen and Tingleff, Methods for Non-Linear Least Squares
Problems, 2004).
"""

import cmath
import math

import numpy as np
from numpy.typing import NDArray

from interlayer.compiled import compiled
from interlayer.measure.circuit_elements import (
    CAPACITOR,
    CPE,
    GERISCHER,
    INDUCTOR,
    LINE,
    LINE_TRANSFER,
    LOSSY_INDUCTOR,
    OPEN,
    PARALLEL,
    RESISTOR,
    SERIES,
    SHORT,
    WARBURG,
)

Array = NDArray[np.float64]
Complexes = NDArray[np.complex128]
Indices = NDArray[np.int64]
Flags = NDArray[np.bool_]

CODE, FIRST, PARENT = 0, 1, 2
"""Columns of the array of nodes: what a node is, its first parameter, the node above it."""
_STEPS = 200
_PATIENCE = 6
_HOPELESS = 20.0


@compiled(inline="always")
def _inverse(z: complex) -> complex:
    """Return 1/z without the care for sizes beyond 1e150, which no impedance has and which costs most of the time."""
    size = z.real * z.real + z.imag * z.imag
    return complex(z.real / size, -z.imag / size)


@compiled(inline="always")
def _coth_over(s: complex) -> tuple[complex, complex]:
    """Return coth(s)/s and its derivative; Re s > 0."""
    if abs(s) < 1e-4:
        return 1.0 / (s * s) + 1.0 / 3.0, -2.0 / (s * s * s)
    e = cmath.exp(-2.0 * s)
    coth = (1.0 + e) / (1.0 - e)
    return coth / s, -4.0 * e / ((1.0 - e) ** 2 * s) - coth / (s * s)


@compiled(inline="always")
def _tanh_over(s: complex) -> tuple[complex, complex]:
    """Return tanh(s)/s and its derivative; Re s >= 0."""
    if abs(s) < 1e-3:
        square = s * s
        return 1.0 - square / 3.0 + 2.0 / 15.0 * square * square, s * (-2.0 / 3.0 + 8.0 / 15.0 * square)
    e = cmath.exp(-2.0 * s)
    tanh = (1.0 - e) / (1.0 + e)
    return tanh / s, 4.0 * e / ((1.0 + e) ** 2 * s) - tanh / (s * s)


@compiled()
def _element(code: int, p: Array, k: int, omega: Array, ln_omega: Array, z: Complexes, slope: Complexes) -> None:
    """Write an element's impedance to z, and dZ/d ln p, for an exponent dZ/dp, to the rows of `slope` from k on."""
    if code == RESISTOR:
        z[:] = p[k]
        slope[k, :] = p[k]
    elif code == CAPACITOR:
        for i in range(len(omega)):
            z[i] = complex(0.0, -1.0 / (omega[i] * p[k]))
            slope[k, i] = -z[i]
    elif code == INDUCTOR:
        for i in range(len(omega)):
            z[i] = complex(0.0, omega[i] * p[k])
            slope[k, i] = z[i]
    elif code in (CPE, LOSSY_INDUCTOR):
        sign = -1.0 if code == CPE else 1.0
        angle = sign * 0.5 * math.pi * p[k + 1]
        turn = complex(math.cos(angle), math.sin(angle))
        ln_size = sign * math.log(p[k])
        for i in range(len(omega)):
            z[i] = math.exp(ln_size + sign * p[k + 1] * ln_omega[i]) * turn
            slope[k, i] = sign * z[i]
            slope[k + 1, i] = sign * z[i] * complex(ln_omega[i], 0.5 * math.pi)
    elif code == WARBURG:
        for i in range(len(omega)):
            size = p[k] / math.sqrt(omega[i])
            z[i] = complex(size, -size)
            slope[k, i] = z[i]
    elif code in (OPEN, SHORT):
        for i in range(len(omega)):
            s = cmath.sqrt(complex(0.0, omega[i] * p[k + 1]))
            value, change = _coth_over(s) if code == OPEN else _tanh_over(s)
            z[i] = p[k] * value
            slope[k, i] = z[i]
            slope[k + 1, i] = 0.5 * p[k] * change * s
    elif code == GERISCHER:
        for i in range(len(omega)):
            inside = complex(1.0, omega[i] * p[k + 1])
            z[i] = p[k] / cmath.sqrt(inside)
            slope[k, i] = z[i]
            slope[k + 1, i] = -0.5 * z[i] * complex(0.0, omega[i] * p[k + 1]) / inside
    else:  # the transmission lines: s^2 = R (1/Rct + Q (j omega)^alpha)
        q = k + 1 if code == LINE else k + 2
        angle = 0.5 * math.pi * p[q + 1]
        turn = complex(math.cos(angle), math.sin(angle))
        passed = 0.0 if code == LINE else p[k] / p[k + 1]
        for i in range(len(omega)):
            stored = p[k] * p[q] * math.exp(p[q + 1] * ln_omega[i]) * turn
            s = cmath.sqrt(stored + passed)
            value, change = _coth_over(s)
            by_square = p[k] * change / (2.0 * s)
            z[i] = p[k] * value
            slope[k, i] = z[i] + by_square * (stored + passed)
            if code == LINE_TRANSFER:
                slope[k + 1, i] = -by_square * passed
            slope[q, i] = by_square * stored
            slope[q + 1, i] = slope[q, i] * complex(ln_omega[i], 0.5 * math.pi)


@compiled()
def up(
    nodes: Indices, begin: int, end: int, p: Array, omega: Array, ln_omega: Array, z: Complexes, slope: Complexes
) -> None:
    """Write the impedance of the nodes [begin, end), (nodes, frequencies), to z and of elements the slopes."""
    for n in range(begin, end):
        code = nodes[n, CODE]
        if code < SERIES:
            _element(code, p, nodes[n, FIRST], omega, ln_omega, z[n], slope)
            continue
        total = z[n]
        total[:] = 0.0
        for child in range(begin, n):
            if nodes[child, PARENT] == n:
                below = z[child]
                if code == SERIES:
                    for i in range(len(omega)):
                        total[i] += below[i]
                else:
                    for i in range(len(omega)):
                        total[i] += _inverse(below[i])
        if code == PARALLEL:
            for i in range(len(omega)):
                total[i] = _inverse(total[i])


@compiled()
def down(
    nodes: Indices,
    is_unit: Flags,
    alpha_of: Indices,
    tilt: Array,
    p: Array,
    z: Complexes,
    through: Complexes,
    slope: Complexes,
) -> None:
    """Turn `slope` from derivatives of each element into derivatives of the whole by the fit coordinates."""
    last_node, points = len(nodes) - 1, z.shape[1]
    through[last_node, :] = 1.0
    last = len(p)
    for n in range(last_node, -1, -1):
        factor = through[n]
        if n < last_node:
            above = nodes[n, PARENT]
            if nodes[above, CODE] == PARALLEL:
                for i in range(points):
                    ratio = z[above, i] * _inverse(z[n, i])
                    factor[i] = through[above, i] * ratio * ratio
            else:
                factor[:] = through[above]
        if nodes[n, CODE] < SERIES:
            begin = nodes[n, FIRST]
            for k in range(begin, last):
                if alpha_of[k] >= 0 and tilt[k] != 0.0:  # the exponent is of the same element, and comes after it
                    for i in range(points):
                        slope[alpha_of[k], i] -= tilt[k] * slope[k, i]
            for k in range(begin, last):
                inner = p[k] * (1.0 - p[k]) if is_unit[k] else 1.0
                for i in range(points):
                    slope[k, i] *= factor[i] * inner
            last = begin


@compiled()
def impedance(nodes: Indices, p: Array, omega: Array, out: Complexes) -> None:
    """Write the impedance of a circuit with parameters p (in their units) at angular frequencies omega to `out`."""
    z = np.empty((len(nodes), len(omega)), np.complex128)
    up(nodes, 0, len(nodes), p, omega, np.log(omega), z, np.empty((len(p), len(omega)), np.complex128))
    out[:] = z[-1]


@compiled()
def parameters(x: Array, is_unit: Flags, alpha_of: Indices, tilt: Array, p: Array) -> None:
    """Write the parameters at fit coordinates x to p."""
    for k in range(len(x)):
        if is_unit[k]:
            p[k] = 1.0 / (1.0 + math.exp(-x[k]))
    for k in range(len(x)):
        if not is_unit[k]:
            p[k] = math.exp(x[k] if alpha_of[k] < 0 else x[k] - p[alpha_of[k]] * tilt[k])


@compiled()
def derivatives(nodes: Indices, is_unit: Flags, x: Array, omega: Array, out: Complexes, jacobian: Complexes) -> None:
    """Write the impedance at fit coordinates x without tilt and its derivatives by them, (parameters, frequencies)."""
    p, tilt, alpha_of = np.empty(len(x)), np.zeros(len(x)), np.full(len(x), -1)
    parameters(x, is_unit, alpha_of, tilt, p)
    z, through = np.empty((len(nodes), len(omega)), np.complex128), np.empty((len(nodes), len(omega)), np.complex128)
    up(nodes, 0, len(nodes), p, omega, np.log(omega), z, jacobian)
    down(nodes, is_unit, alpha_of, tilt, p, z, through, jacobian)
    out[:] = z[-1]


@compiled(fastmath={"contract", "reassoc", "nsz"})
def _dot(a: Array, b: Array) -> float:
    total = 0.0
    for i in range(len(a)):
        total += a[i] * b[i]
    return total


@compiled()
def normal_equations(
    nodes: Indices,
    is_unit: Flags,
    alpha_of: Indices,
    tilt: Array,
    x: Array,
    omega: Array,
    ln_omega: Array,
    measured: Complexes,
    weights: Array,
    free: Flags,
    work: Complexes,
    rows: Array,
    matrix: Array,
    gradient: Array,
) -> float:
    """Return half the weighted sum of squares |w (Z - measured)|^2; fill J^T J and J^T r over the free coordinates.

    `weights` is (2, frequencies), one over the standard deviation of the real and of the imaginary part. `work` has
    room for twice the nodes and once the parameters, `rows` for the parameters and the residuals (one more).
    """
    size, count, points = len(nodes), len(x), len(omega)
    p = np.empty(count)
    parameters(x, is_unit, alpha_of, tilt, p)
    z, through, slope = work[:size], work[size : 2 * size], work[2 * size :]
    up(nodes, 0, size, p, omega, ln_omega, z, slope)
    down(nodes, is_unit, alpha_of, tilt, p, z, through, slope)
    residuals = rows[count]
    for i in range(points):
        residuals[i] = weights[0, i] * (z[size - 1, i].real - measured[i].real)
        residuals[points + i] = weights[1, i] * (z[size - 1, i].imag - measured[i].imag)
    for a in range(count):
        gradient[a] = 0.0
        if free[a]:
            for i in range(points):
                rows[a, i] = weights[0, i] * slope[a, i].real
                rows[a, points + i] = weights[1, i] * slope[a, i].imag
            gradient[a] = _dot(rows[a], residuals)
            for b in range(a + 1):
                matrix[a, b] = _dot(rows[a], rows[b]) if free[b] else 0.0
        else:
            matrix[a, : a + 1] = 0.0
    cost: float = 0.5 * _dot(residuals, residuals)
    return cost


@compiled()
def curvature(
    nodes: Indices,
    is_unit: Flags,
    x: Array,
    omega: Array,
    measured: Complexes,
    weights: Array,
    matrix: Array,
) -> float:
    """Fill J^T J at fit coordinates x without tilt; return the mean of |Z_fit - Z|^2/|Z|^2."""
    count, points = len(x), len(omega)
    fitted, jacobian = np.empty(points, np.complex128), np.empty((count, points), np.complex128)
    derivatives(nodes, is_unit, x, omega, fitted, jacobian)
    rows = np.empty((count, 2 * points))
    for a in range(count):
        for i in range(points):
            rows[a, i] = weights[0, i] * jacobian[a, i].real
            rows[a, points + i] = weights[1, i] * jacobian[a, i].imag
        for b in range(a + 1):
            matrix[a, b] = matrix[b, a] = _dot(rows[a], rows[b])
    total = 0.0
    for i in range(points):
        difference, size = fitted[i] - measured[i], measured[i]
        total += (difference.real**2 + difference.imag**2) / (size.real**2 + size.imag**2)
    return total / points


@compiled()
def _solve(matrix: Array, right: Array, damping: float, active: Flags, factor: Array, step: Array) -> bool:
    """Solve (M + damping diag M) step = -right over the active rows by Cholesky; False where that is not definite."""
    count = len(right)
    for a in range(count):
        for b in range(a + 1):
            factor[a, b] = matrix[a, b] if active[a] and active[b] else 0.0
        factor[a, a] = matrix[a, a] * (1.0 + damping) + 1e-300 if active[a] else 1.0
        step[a] = -right[a] if active[a] else 0.0
    for a in range(count):
        for b in range(a):
            s = factor[a, b]
            for c in range(b):
                s -= factor[a, c] * factor[b, c]
            factor[a, b] = s / factor[b, b]
        s = factor[a, a]
        for c in range(a):
            s -= factor[a, c] * factor[a, c]
        if not s > 1e-14 * abs(factor[a, a]):
            return False
        factor[a, a] = math.sqrt(s)
    for a in range(count):
        s = step[a]
        for c in range(a):
            s -= factor[a, c] * step[c]
        step[a] = s / factor[a, a]
    for a in range(count - 1, -1, -1):
        s = step[a]
        for c in range(a + 1, count):
            s -= factor[c, a] * step[c]
        step[a] = s / factor[a, a]
    return True


@compiled(nogil=True)
def descend(
    nodes: Indices,
    is_unit: Flags,
    alpha_of: Indices,
    tilt: Array,
    x: Array,
    lower: Array,
    upper: Array,
    omega: Array,
    ln_omega: Array,
    measured: Complexes,
    weights: Array,
    free: Flags,
    lowest: float,
    tolerance: float,
) -> tuple[float, int]:
    """Descend from x to a minimum within the bounds, in place; return its cost and the number of steps.

    It has arrived where two steps gain less than `tolerance` times the cost. A descent that is not on its way to the
    `lowest` cost known so far is given up.
    """
    count = len(x)
    work = np.empty((2 * len(nodes) + count, len(omega)), np.complex128)
    rows = np.empty((count + 1, 2 * len(omega)))
    matrix, trial_matrix, factor = np.empty((count, count)), np.empty((count, count)), np.empty((count, count))
    gradient, trial_gradient, step, trial = np.empty(count), np.empty(count), np.empty(count), np.empty(count)
    active = np.empty(count, np.bool_)
    for k in range(count):
        x[k] = min(max(x[k], lower[k]), upper[k])
    cost = normal_equations(
        nodes, is_unit, alpha_of, tilt, x, omega, ln_omega, measured, weights, free, work, rows, matrix, gradient
    )
    damping, growth, flat, before = 1e-2, 2.0, 0, cost
    for number in range(_STEPS):
        if not math.isfinite(cost):
            return math.inf, number
        for k in range(count):
            held = (x[k] <= lower[k] and gradient[k] > 0.0) or (x[k] >= upper[k] and gradient[k] < 0.0)
            active[k] = free[k] and not held
        if not _solve(matrix, gradient, damping, active, factor, step):
            damping = max(damping * growth, 1e-12)
            growth *= 2.0
            if damping > 1e12:
                return cost, number
            continue
        promised = 0.0
        for k in range(count):
            move = min(max(step[k], -3.0), 3.0)  # a leap of more than e^3 leaves the region where the model is straight
            trial[k] = min(max(x[k] + move, lower[k]), upper[k])
            if active[k]:
                promised += 0.5 * step[k] * (damping * matrix[k, k] * step[k] - gradient[k])
        trial_cost = normal_equations(
            nodes,
            is_unit,
            alpha_of,
            tilt,
            trial,
            omega,
            ln_omega,
            measured,
            weights,
            free,
            work,
            rows,
            trial_matrix,
            trial_gradient,
        )
        gained = cost - trial_cost
        if gained > 0.0:
            flat = flat + 1 if gained < tolerance * cost else 0
            ratio = gained / max(promised, 1e-300)
            damping *= 0.1 if ratio > 0.75 else 0.5 if ratio > 0.25 else 2.0
            growth = 2.0
            cost = trial_cost
            x[:] = trial
            matrix, trial_matrix = trial_matrix, matrix
            gradient, trial_gradient = trial_gradient, gradient
            if flat >= 2:
                return cost, number + 1
            if number % _PATIENCE == _PATIENCE - 1:
                # what at this pace would take many times as long to come down to the lowest is given up
                if cost - lowest > _HOPELESS * (before - cost) and cost > lowest * (1.0 + 1e-3):
                    return cost, number + 1
                before = cost
        else:
            if promised < tolerance * cost or math.isnan(trial_cost):
                return cost, number + 1
            damping = max(damping * growth, 1e-12)
            growth *= 2.0
            if damping > 1e12:
                return cost, number + 1
    return cost, _STEPS
