"""An electrode of eight cells at once: diffusion by modes, and the Newton system for the ionic current.

The equations, shells and surface closure are those of `electrode`, but the particle's tridiagonal operator is
diagonalised once for all cells: each mode then decays on its own, da/dt = (-lambda a + b G) D / R^2 with G the surface
gradient, and a step of any length h is exact for a flux that is linear in time. So the length of a step follows how
fast the reaction moves through the electrode, not how fast particles relax.

Between the times t and t + h the flux runs straight from w~ to its value at the end, with w~ = w + 2 THETA D2, D2 the
second difference of the last three fluxes. THETA = 0 would be the trapezoidal rule, which lets a reaction oscillate
for ever between cells that no resistance separates; (3 - 2 sqrt 2) / 2 damps that best and stays of second order.

Reference: Cox and Matthews, J. Comput. Phys. 176 (2002) 430, doi 10.1006/jcph.2002.6995 (exact decay of linear terms).
"""
# ruff: noqa: ANN001, ANN201  compiled functions are typed by their callers

from functools import cache
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from interlayer.compiled import compiled
from interlayer.simulation.lanes import (
    LANES,
    absolute,
    decay,
    each,
    gather,
    load,
    logarithm_of_ratio,
    maximum,
    minimum,
    select,
    sqrt,
    store,
    truncated,
)
from interlayer.simulation.layout import (
    AREA,
    CHARGE,
    CONSTANT,
    DIFFUSION_TIME,
    ELECTRODE_COLUMNS,
    ELECTRONIC,
    EXCHANGE,
    IONIC,
    KIND,
    LAYER,
    POTENTIAL,
    SHAPE,
    SURFACE_HIGH,
    SURFACE_LOW,
    SURFACE_MARGIN,
    TABLE_HIGH,
    TABLE_LOW,
)
from interlayer.simulation.open_circuit_table import END_INTERVALS, END_WIDTH, MIDDLE_INTERVALS

Array = NDArray[np.float64]

THETA: Final = 0.5 * (3.0 - 2.0 * 2.0**0.5)

# rows of `scalars`
GAIN: Final = 0
"""Change of the surface stoichiometry per current of a cell at the end of the step, m2/A."""
PATH: Final = 1
"""Ohmic drop between the first cell and the electrode's ends, V: now, and at the last two times."""
_SCALARS: Final = 4


class LaneElectrode(NamedTuple):
    """Arrays of one electrode of eight cells: n cells across, m modes; the last axis is the lane."""

    host: bool
    modes: Array
    """Decay constants, source and surface weights of the modes, (3, m)."""
    table: Array
    row: Array
    """Parameters as in `layout`, (ELECTRODE_COLUMNS, lanes)."""
    amplitude: Array
    """Modes of every particle, (n, m, lanes)."""
    weight: Array
    """For the step: decay, source of w~, source of the end flux, and decay times surface weight, (4, m, lanes)."""
    surface: Array
    """Surface stoichiometry at the end without the end flux, (n, lanes)."""
    ie: Array
    """Ionic current through the faces at the end of the step and at the three times before, A/m2, (4, n + 1, lanes)."""
    local: Array
    local_slope: Array
    curve_slope: Array
    """dU/dx at each surface, V, (n, lanes)."""
    diagonal: Array
    update: Array
    sensitivity: Array
    scalars: Array


@cache
def particle_modes(shape: float, shells: int) -> Array:
    """Return decay constants, source and surface weights of the modes of a particle with equal shells, (3, shells).

    With the shell volumes V and the symmetric exchange K of `electrode.diffuse`, V dx/dt = -K x + e_last G has the
    modes K phi = lambda V phi, phi' V phi = 1. Mode 0 is the mean. The surface is the parabola of `close_surface`.
    """
    edges = np.linspace(0.0, 1.0, shells + 1)
    volume = np.diff(edges**shape) / shape
    exchange = edges[1:-1] ** (shape - 1.0) * shells
    matrix = np.diag(np.append(exchange, 0.0) + np.insert(exchange, 0, 0.0))
    matrix -= np.diag(exchange, 1) + np.diag(exchange, -1)
    root = np.sqrt(volume)
    values, vectors = np.linalg.eigh(matrix / np.outer(root, root))
    vectors /= root[:, None]
    values[0], vectors[:, 0] = 0.0, shape**0.5
    modes: Array = np.array([values, vectors[-1], (9.0 * vectors[-1] - vectors[-2]) / 8.0])
    return modes


def lane_electrode(electrode: Any) -> LaneElectrode:
    """Return the arrays for eight electrodes that share kind, grid, shape and open-circuit curve with `electrode`."""
    shells, cells = electrode.grid
    host = bool(electrode.row[KIND] != CONSTANT)
    shape = (cells, LANES)
    return LaneElectrode(
        host,
        particle_modes(float(electrode.row[SHAPE]), shells) if host else np.zeros((3, shells)),
        electrode.table,
        np.zeros((ELECTRODE_COLUMNS, LANES)),
        np.zeros((cells, shells, LANES)),
        np.zeros((4, shells, LANES)),
        np.zeros(shape),
        np.zeros((4, cells + 1, LANES)),
        np.zeros(shape),
        np.zeros(shape),
        np.zeros(shape),
        np.zeros((cells + 1, LANES)),
        np.zeros((cells + 1, LANES)),
        np.zeros((cells + 1, LANES)),
        np.zeros((_SCALARS, LANES)),
    )


@compiled()
def enter(e, lane, row, stoichiometry):  # type: ignore[no-untyped-def]
    """Put a cell at rest into a lane."""
    e.row[:, lane] = row
    if e.host:
        e.amplitude[:, :, lane] = 0.0
        e.amplitude[:, 0, lane] = stoichiometry / sqrt_of(row[SHAPE])


@compiled()
def sqrt_of(x):  # type: ignore[no-untyped-def]
    """Return the square root of one number."""
    return np.sqrt(x)


@compiled()
def spread(e, lane, current):  # type: ignore[no-untyped-def]
    """Guess a reaction that is even across the electrode, and forget the times before."""
    cells = e.surface.shape[0]
    for y in range(cells + 1):
        for level in range(4):
            e.ie[level, y, lane] = current * (1.0 - y / cells)


@compiled()
def mean_stoichiometry(e, lane):  # type: ignore[no-untyped-def]
    """Return the lithium of one lane's particles as a mean stoichiometry."""
    if not e.host:
        return 0.0
    return np.mean(e.amplitude[:, 0, lane]) * sqrt_of(e.row[SHAPE, lane])


@compiled(inline="always")
def quadratures(z):  # type: ignore[no-untyped-def]
    """Return exp(-z), and the integrals of exp(-z (1 - s)) times 1 - s and s over s = 0..1, for z >= 0."""
    p = z * (1.0 / 39916800.0) - 1.0 / 3628800.0
    p = p * z + 1.0 / 362880.0
    p = p * z - 1.0 / 40320.0
    p = p * z + 1.0 / 5040.0
    p = p * z - 1.0 / 720.0
    p = p * z + 1.0 / 120.0
    p = p * z - 1.0 / 24.0
    p = p * z + 1.0 / 6.0
    near = 0.5 - p * z
    falls = decay(z)
    inverse = 1.0 / maximum(z, each(1e-300))
    far = (1.0 - (1.0 - falls) * inverse) * inverse
    end = select(z < 0.25, near, far)
    both = 1.0 - z * end
    return select(z < 0.25, 1.0 - z * both, falls), both - end, end


@compiled()
def prepare(e, h, ratio):  # type: ignore[no-untyped-def]
    """Set up a step of lengths `h`, `ratio` times the steps before (0: there was none): all but the end flux."""
    if not e.host:
        return
    cells, modes = e.amplitude.shape[0], e.amplitude.shape[1]
    times = h / load(e.row, DIFFUSION_TIME)
    shape = load(e.row, SHAPE)
    per_flux = -float(cells) * h / (load(e.row, CHARGE) * shape)
    start_sum, end_sum = each(0.0), each(0.0)
    for k in range(modes):
        falls, start, end = quadratures(times * e.modes[0, k])
        source = per_flux * e.modes[1, k]
        start, end = start * source, end * source
        at_surface = e.modes[2, k]
        start_sum = start_sum + start * at_surface
        end_sum = end_sum + end * at_surface
        store(e.weight, k, falls)
        store(e.weight, modes + k, start)
        store(e.weight, 2 * modes + k, end)
        store(e.weight, 3 * modes + k, falls * at_surface)
    closure = 3.0 / (8.0 * modes) * -float(cells) * load(e.row, DIFFUSION_TIME) / (load(e.row, CHARGE) * shape)
    store(e.scalars, GAIN, end_sum + start_sum * (2.0 * THETA) + closure)
    now, before = 1.0 - 2.0 * THETA * (1.0 + ratio), 2.0 * THETA * ratio
    for c in range(cells):
        total = start_sum * (now * flux(e, 1, c) + before * flux(e, 2, c))
        even, odd = each(0.0), each(0.0)
        for k in range(0, modes - 1, 2):
            even = even + load(e.weight, 3 * modes + k) * load(e.amplitude, c * modes + k)
            odd = odd + load(e.weight, 3 * modes + k + 1) * load(e.amplitude, c * modes + k + 1)
        if modes % 2 == 1:
            even = even + load(e.weight, 4 * modes - 1) * load(e.amplitude, c * modes + modes - 1)
        store(e.surface, c, total + even + odd)


@compiled(inline="always")
def flux(e, level, c):  # type: ignore[no-untyped-def]
    """Return the current of cell `c` at the end of the step (level 0) or at one of the three times before, A/m2."""
    faces = e.surface.shape[0] + 1
    return load(e.ie, level * faces + c) - load(e.ie, level * faces + c + 1)


@compiled()
def predict(e, fresh, ratio, bend, ratio_before):  # type: ignore[no-untyped-def]
    """Extrapolate the ionic current to the end of the step where `fresh`; the line and the parabola have weights."""
    faces = e.surface.shape[0] + 1
    for y in range(faces):
        one, two, three = load(e.ie, faces + y), load(e.ie, 2 * faces + y), load(e.ie, 3 * faces + y)
        guess = one + ratio * (one - two) + bend * ((one - two) - ratio_before * (two - three))
        store(e.ie, y, select(fresh, guess, load(e.ie, y)))


@compiled(inline="always")
def table_range(e):  # type: ignore[no-untyped-def]
    """Return where the open-circuit table begins, its width, and one over it."""
    low = load(e.row, TABLE_LOW)
    width = load(e.row, TABLE_HIGH) - low
    return low, width, 1.0 / width


@compiled(inline="always")
def open_circuit(e, span, x):  # type: ignore[no-untyped-def]
    """Return U in V and dU/dx, as `open_circuit_table.potential_and_slope` does; `span` is the `table_range`."""
    low, width, per_width = span
    fraction = (x - low) * per_width
    inside = minimum(maximum(fraction, each(0.0)), each(1.0))
    outside = fraction - inside
    first, last = inside < END_WIDTH, inside > 1.0 - END_WIDTH
    dense, coarse = each(END_INTERVALS / END_WIDTH), each(MIDDLE_INTERVALS / (1.0 - 2.0 * END_WIDTH))
    zero = each(0.0)
    scale = select(first, dense, select(last, dense, coarse))
    origin = select(first, zero, select(last, each(1.0 - END_WIDTH), each(END_WIDTH)))
    start = select(first, zero, select(last, each(1.0 * (END_INTERVALS + MIDDLE_INTERVALS)), each(1.0 * END_INTERVALS)))
    most = select(
        first, each(END_INTERVALS - 1.0), select(last, each(END_INTERVALS - 1.0), each(MIDDLE_INTERVALS - 1.0))
    )
    position = (inside - origin) * scale
    # not a number would be no place in the table
    interval = truncated(maximum(zero, minimum(most, position)))
    z = position - interval
    place = start + interval
    c1, c2, c3 = gather(e.table, place, 1), gather(e.table, place, 2), gather(e.table, place, 3)
    slope = (c1 + z * (2.0 * c2 + 3.0 * z * c3)) * scale * per_width
    return gather(e.table, place, 0) + z * (c1 + z * (c2 + z * c3)) + slope * outside * width, slope


@compiled(inline="always")
def charge_transfer(thermal, j, i0_squared):  # type: ignore[no-untyped-def]
    """Return the overpotential 2 (RT/F) asinh(j / 2 i0), and r = sqrt(j^2/4 + i0^2): its slope in j is RT/F / r.

    asinh(j / 2 i0) = ln((|j|/2 + r)^2 / i0^2) / 2.
    """
    half = 0.5 * absolute(j)
    root = sqrt(half * half + i0_squared)
    total = half + root
    eta = logarithm_of_ratio(total * total, i0_squared) * thermal
    return select(j < 0.0, -eta, eta), root


@compiled(inline="always")
def interface(e, span, thermal, x, j):  # type: ignore[no-untyped-def]
    """Return phi_s - phi_e, its slopes in x and j, and dU/dx; divisions are dear and shared."""
    u, du = open_circuit(e, span, x)
    layer = load(e.row, LAYER)
    exchange = load(e.row, EXCHANGE)
    present = exchange > 0.0
    safe = select(present, exchange, each(1.0))
    clipped = minimum(maximum(x, each(SURFACE_MARGIN)), each(1.0 - SURFACE_MARGIN))
    filling = clipped * (1.0 - clipped)
    eta, root = charge_transfer(thermal, j, 4.0 * safe * safe * filling)
    zero = each(0.0)
    inverse = select(present, thermal / (root * filling), zero)
    # i0 ~ sqrt(x (1 - x)): d eta / dx = -(RT/F) (j / r) (1 - 2x) / (2 x (1 - x)), and 0 where i0 is held
    by_filling = select(absolute(x - clipped) > 0.0, zero, 0.5 * inverse * j * (1.0 - 2.0 * clipped))
    return u + j * layer + select(present, eta, zero), du - by_filling, layer + inverse * filling, du


@compiled()
def constant(e, f, current):  # type: ignore[no-untyped-def]
    """Return the potential of a metal at a current, V, and its slope, ohm m2."""
    area = load(e.row, AREA)
    j = current / area
    exchange = load(e.row, EXCHANGE)
    present = exchange > 0.0
    safe = select(present, exchange, each(1.0))
    eta, root = charge_transfer(1.0 / f, j, safe * safe)
    layer, zero = load(e.row, LAYER), each(0.0)
    potential = load(e.row, POTENTIAL) + j * layer + select(present, eta, zero)
    return potential, (layer + select(present, 1.0 / (f * root), zero)) / area


@compiled()
def linearise(e, f, current, border):  # type: ignore[no-untyped-def]
    """Evaluate the electrode at its estimate and solve for the Newton update, as `electrode.linearise` does.

    Returns the largest residual in V, the electrode potential in V, and the parts of its linear change. Only with
    `border` is the sensitivity to the current found.
    """
    zero = each(0.0)
    if not e.host:
        potential, slope = constant(e, f, current)
        return zero, potential, zero, slope
    cells = e.surface.shape[0]
    store(e.ie, 0, current)
    gain = load(e.scalars, GAIN)
    per_area = float(cells) / load(e.row, AREA)
    span, thermal = table_range(e), 1.0 / f
    for c in range(cells):
        w = flux(e, 0, c)
        value, by_x, by_j, curve = interface(e, span, thermal, load(e.surface, c) + gain * w, w * per_area)
        store(e.local, c, value)
        store(e.local_slope, c, by_x * gain + by_j * per_area)
        store(e.curve_slope, c, curve)
    ionic, electronic = load(e.row, IONIC) / float(cells), load(e.row, ELECTRONIC) / float(cells)
    residual = zero
    path = current * (ionic + electronic) * 0.5
    inverse, slope_before, done = zero, load(e.local_slope, 0), zero
    sensed = zero
    before = load(e.local, 0)
    for y in range(1, cells):
        here, through = load(e.local, y), load(e.ie, y)
        r = here - before - (current - through) * electronic + through * ionic
        residual = maximum(residual, absolute(r))
        path = path + (current - through) * electronic
        slope = load(e.local_slope, y)
        factor = slope_before * inverse
        inverse = 1.0 / (slope + slope_before + electronic + ionic - factor * slope_before)
        done = factor * done - r
        store(e.diagonal, y, inverse)
        store(e.update, y, done)
        if border:
            sensed = factor * sensed + electronic
            if y == 1:
                sensed = sensed + slope_before
            store(e.sensitivity, y, sensed)
        slope_before, before = slope, here
    first = load(e.local_slope, 0)
    potential = load(e.local, 0) + path
    change, slope = zero, first + (ionic + electronic) * 0.5
    beyond, done, sensed = zero, zero, zero
    for y in range(cells - 1, 0, -1):
        inverse = load(e.diagonal, y)
        done = (load(e.update, y) + beyond * done) * inverse
        store(e.update, y, done)
        change = change - done * electronic
        if border:
            sensed = (load(e.sensitivity, y) + beyond * sensed) * inverse
            store(e.sensitivity, y, sensed)
            slope = slope + (1.0 - sensed) * electronic
        beyond = load(e.local_slope, y)
    change = change - first * done
    store(e.scalars, PATH, path - done_path(e, cells, electronic))
    return residual, potential, change, slope - first * sensed


@compiled(inline="always")
def done_path(e, cells, electronic):  # type: ignore[no-untyped-def]
    """Return what the update takes from the ohmic drop, V."""
    total = each(0.0)
    for y in range(1, cells):
        total = total + load(e.update, y)
    return total * electronic


@compiled()
def move(e, current_change, border):  # type: ignore[no-untyped-def]
    """Take the Newton update."""
    if not e.host:
        return
    store(e.ie, 0, load(e.ie, 0) + current_change)
    for y in range(1, e.surface.shape[0]):
        change = load(e.update, y)
        if border:
            change = change + load(e.sensitivity, y) * current_change
        store(e.ie, y, load(e.ie, y) + change)


@compiled()
def violation(e):  # type: ignore[no-untyped-def]
    """Return how far the furthest surface is beyond its limits at the end of the step (negative inside)."""
    worst = each(-1.0)
    if e.host:
        low, high, gain = load(e.row, SURFACE_LOW), load(e.row, SURFACE_HIGH), load(e.scalars, GAIN)
        for c in range(e.surface.shape[0]):
            x = load(e.surface, c) + gain * flux(e, 0, c)
            worst = maximum(worst, maximum(x - high, low - x))
    return worst


@compiled()
def voltage_error(e, h, ratio):  # type: ignore[no-untyped-def]
    """Estimate what the bend of the flux costs in a step: the largest |dU/dx| times the error of a cell's filling, V.

    A flux with second difference D2 is integrated to h (1/12 + THETA) D2 2 ratio / (1 + ratio) of its charge.
    """
    worst = each(0.0)
    if not e.host:
        return worst
    cells = e.surface.shape[0]
    for c in range(cells):
        now = flux(e, 1, c)
        second = flux(e, 0, c) - now - ratio * (now - flux(e, 2, c))
        # filling counts where the curve is flat, too: limits and kinetics depend on it
        worst = maximum(worst, absolute(second) * maximum(absolute(load(e.curve_slope, c)), each(1.0)))
    order = select(ratio > 0.0, 2.0 * ratio / (1.0 + ratio), each(1.0))
    return worst * order * h * (float(cells) * (1.0 / 12.0 + THETA)) / load(e.row, CHARGE)


@compiled()
def accept(e, taken, ratio):  # type: ignore[no-untyped-def]
    """Move the lanes that are `taken` to the end of the step."""
    if not e.host:
        return
    cells, modes = e.amplitude.shape[0], e.amplitude.shape[1]
    one, zero = each(1.0), each(0.0)
    for k in range(modes):
        store(e.weight, k, select(taken, load(e.weight, k), one))
        store(e.weight, modes + k, select(taken, load(e.weight, modes + k), zero))
        store(e.weight, 2 * modes + k, select(taken, load(e.weight, 2 * modes + k), zero))
    for c in range(cells):
        start, end = start_flux(e, c, ratio), flux(e, 0, c)
        for k in range(modes):
            a = load(e.amplitude, c * modes + k)
            a = load(e.weight, k) * a + load(e.weight, modes + k) * start + load(e.weight, 2 * modes + k) * end
            store(e.amplitude, c * modes + k, a)
    faces = cells + 1
    for y in range(faces):
        for level in (3, 2, 1):
            new, old = load(e.ie, (level - 1) * faces + y), load(e.ie, level * faces + y)
            store(e.ie, level * faces + y, select(taken, new, old))
    for level in (2, 1):
        new, old = load(e.scalars, PATH + level - 1), load(e.scalars, PATH + level)
        store(e.scalars, PATH + level, select(taken, new, old))


@compiled(inline="always")
def start_flux(e, c, ratio):  # type: ignore[no-untyped-def]
    """Return the flux w~ that the step starts from, A/m2."""
    now, end = flux(e, 1, c), flux(e, 0, c)
    return now + 2.0 * THETA * (end - now - ratio * (now - flux(e, 2, c)))


@compiled(inline="always")
def between(new, now, before, share, ratio):  # type: ignore[no-untyped-def]
    """Return the parabola through three times at a `share` of the last step."""
    second = new - now - ratio * (now - before)
    return now + share * (new - now) + share * (share - 1.0) * second * (ratio / (1.0 + ratio))


@compiled()
def potential_inside(e, f, h, ratio, share, current):  # type: ignore[no-untyped-def]
    """Return the electrode potential at a `share` of a solved step that is not yet accepted, V.

    The first cell's modes are exact there for the same flux; the ohmic drop is interpolated.
    """
    if not e.host:
        return constant(e, f, current)[0]
    cells, modes = e.amplitude.shape[0], e.amplitude.shape[1]
    times = h * share / load(e.row, DIFFUSION_TIME)
    per_charge = -float(cells) / (load(e.row, CHARGE) * load(e.row, SHAPE))
    start = start_flux(e, 0, ratio)
    end = start + share * (flux(e, 0, 0) - start)
    x = each(0.0)
    for k in range(modes):
        falls, at_start, at_end = quadratures(times * e.modes[0, k])
        source = h * share * (at_start * start + at_end * end) * e.modes[1, k] * per_charge
        x = x + e.modes[2, k] * (falls * load(e.amplitude, k) + source)
    w = between(flux(e, 0, 0), flux(e, 1, 0), flux(e, 2, 0), share, ratio)
    x = x + 3.0 / (8.0 * modes) * load(e.row, DIFFUSION_TIME) * per_charge * w
    value = interface(e, table_range(e), 1.0 / f, x, w * (float(cells) / load(e.row, AREA)))[0]
    return value + between(load(e.scalars, PATH), load(e.scalars, PATH + 1), load(e.scalars, PATH + 2), share, ratio)
