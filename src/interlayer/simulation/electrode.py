"""One electrode at one instant: particles that share a diffusion operator, and the ionic current between cells.

Everything is per electrode area, and the current J of an electrode is positive where it gives up lithium. Cells are
counted from the separator (0) to the collector (n - 1); the ionic current ``ie[f]`` flows through face f towards the
separator, so ``ie[0] = J`` and ``ie[n] = 0``.

Equations (electrolyte with a transference number of one, so that Ohm's law is exact):

- charge: a theta j = -d ie/dy, with j on the contacted surface
- potentials: d(phi_s - phi_e)/dy = (J - ie)/sigma - ie/kappa
- interface: phi_s - phi_e = U(x_s) + (2RT/F) asinh(j / 2 i0) + j R_layer, i0 = i0_half 2 sqrt(x_s (1 - x_s))
- particle: dx/dt = D r^(1-s) d/dr(r^(s-1) dx/dr), D c_max F dx/dr at the surface = -theta j

Reference for the porous electrode: Newman and Tiedemann, AIChE J. 21 (1975) 25, doi 10.1002/aic.690210103.
"""
# ruff: noqa: ANN001, ANN201  compiled functions are typed by their callers

from math import asinh, sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from interlayer.compiled import compiled
from interlayer.simulation.layout import (
    AREA,
    CHARGE,
    CONSTANT,
    DIFFUSION_TIME,
    ELECTRONIC,
    EXCHANGE,
    IONIC,
    KIND,
    LAYER,
    POTENTIAL,
    SHAPE,
    SURFACE_MARGIN,
    TABLE_HIGH,
    TABLE_LOW,
)
from interlayer.simulation.open_circuit_table import potential_and_slope

Array = NDArray[np.float64]


class Workspace(NamedTuple):
    """Arrays of one electrode that live as long as a step: n cells across, m shells in a particle."""

    volume: Array
    """Shell volumes of the unit particle, (m)."""
    face: Array
    """Areas between shells, (m + 1); the innermost is 0 because nothing flows there."""
    held: Array
    """Profile at the new time if nothing left the particle, (m, n)."""
    unit: Array
    """Change of a profile for a surface gradient of one, (m)."""
    upper: Array
    pivot: Array
    surface: Array
    """Surface stoichiometry without flux, (n)."""
    ie: Array
    """Ionic current through the faces, A/m2, (n + 1)."""
    local: Array
    """phi_s - phi_e in each cell, V, (n)."""
    local_slope: Array
    """Its derivative with respect to the current of the cell, ohm m2, (n)."""
    diagonal: Array
    update: Array
    sensitivity: Array
    residual: Array
    direction: Array
    """What one full Newton step adds to the ionic current, A/m2."""
    gain: Array
    """[0]: change of the surface stoichiometry per current of a cell, m2/A."""


@compiled()
def workspace(row, shells, cells):  # type: ignore[no-untyped-def]
    """Return the arrays of one electrode; a constant potential needs them only for their types."""
    volume = np.empty(shells)
    face = np.empty(shells + 1)
    shape = row[SHAPE]
    for m in range(shells + 1):
        r = m / shells
        face[m] = r * r if shape == 3.0 else 1.0
    face[0] = 0.0
    for m in range(shells):
        inner, outer = m / shells, (m + 1) / shells
        volume[m] = (outer**3 - inner**3) / 3.0 if shape == 3.0 else outer - inner
    return Workspace(
        volume,
        face,
        np.zeros((shells, cells)),
        np.zeros(shells),
        np.zeros(shells),
        np.zeros(shells),
        np.zeros(cells),
        np.zeros(cells + 1),
        np.zeros(cells),
        np.zeros(cells),
        np.zeros(cells + 1),
        np.zeros(cells + 1),
        np.zeros(cells + 1),
        np.zeros(cells + 1),
        np.zeros(cells + 1),
        np.zeros(1),
    )


@compiled()
def mean_stoichiometry(row, work, x):  # type: ignore[no-untyped-def]
    """Return the lithium of all particles as a mean stoichiometry."""
    shells, cells = x.shape
    total = 0.0
    for m in range(shells):
        shell = 0.0
        for k in range(cells):
            shell += x[m, k]
        total += shell * work.volume[m]
    return total * row[SHAPE] / cells


@compiled()
def close_surface(row, work):  # type: ignore[no-untyped-def]
    """Take the surface from the two outer shells and the flux: the parabola through both that has its slope.

    A straight line through two shells would cost up to 10 mV with twenty shells.
    """
    shells, cells = work.held.shape
    for k in range(cells):
        work.surface[k] = (9.0 * work.held[shells - 1, k] - work.held[shells - 2, k]) / 8.0
    per_gradient = (9.0 * work.unit[shells - 1] - work.unit[shells - 2]) / 8.0 + 3.0 / (8.0 * shells)
    work.gain[0] = per_gradient * gradient_per_current(row, cells)


@compiled()
def gradient_per_current(row, cells):  # type: ignore[no-untyped-def]
    """Return dx/d(r/R) at the surface per current of one cell, m2/A."""
    return -cells * row[DIFFUSION_TIME] / (row[CHARGE] * row[SHAPE])


@compiled()
def freeze(row, work, x):  # type: ignore[no-untyped-def]
    """Prepare the instant at which a current is switched: the profile is what it is, only the flux is new."""
    work.held[:, :] = x
    work.unit[:] = 0.0
    close_surface(row, work)


@compiled()
def diffuse(row, work, rate, history):  # type: ignore[no-untyped-def]
    """Solve rate x - div(grad x) R^-2 D = history for all particles with one factorisation.

    Leaves the profiles without flux in `held` and the answer to a unit surface gradient in `unit`.
    """
    shells, cells = history.shape
    dr = 1.0 / shells
    k = 1.0 / row[DIFFUSION_TIME]
    held, unit, upper, pivot = work.held, work.unit, work.upper, work.pivot
    for m in range(shells):
        below = k * work.face[m] / (work.volume[m] * dr)
        above = k * work.face[m + 1] / (work.volume[m] * dr) if m < shells - 1 else 0.0
        diagonal = rate + below + above
        if m == 0:
            pivot[m] = 1.0 / diagonal
            for c in range(cells):
                held[m, c] = history[m, c] * pivot[m]
            unit[m] = 0.0
        else:
            pivot[m] = 1.0 / (diagonal + below * upper[m - 1])
            factor = below * pivot[m]
            for c in range(cells):
                held[m, c] = history[m, c] * pivot[m] + factor * held[m - 1, c]
            source = k * work.face[shells] / work.volume[m] if m == shells - 1 else 0.0
            unit[m] = (source + below * unit[m - 1]) * pivot[m]
        upper[m] = -above * pivot[m]
    for m in range(shells - 2, -1, -1):
        for c in range(cells):
            held[m, c] -= upper[m] * held[m + 1, c]
        unit[m] -= upper[m] * unit[m + 1]
    # the sum of the equations says what the mean is; elimination knows it only to round-off times h D / dr^2, so an
    # even shift, the direction that diffusion does not see, puts it right
    mean = 0.0
    for m in range(shells):
        mean += work.volume[m] * unit[m]
    shift = k / rate - mean
    for m in range(shells):
        unit[m] += shift * row[SHAPE]
    for c in range(cells):
        miss = 0.0
        for m in range(shells):
            miss += work.volume[m] * (history[m, c] / rate - held[m, c])
        for m in range(shells):
            held[m, c] += miss * row[SHAPE]
    close_surface(row, work)


@compiled()
def profile(row, work, x):  # type: ignore[no-untyped-def]
    """Write the profiles that belong to the solved ionic current into `x`."""
    shells, cells = x.shape
    gradient = gradient_per_current(row, cells)
    for m in range(shells):
        for c in range(cells):
            x[m, c] = work.held[m, c] + work.unit[m] * gradient * (work.ie[c] - work.ie[c + 1])


@compiled()
def exchange(row, x):  # type: ignore[no-untyped-def]
    """Return i0(x) and its slope; within the margin of empty and full it stays at its value there."""
    if x <= SURFACE_MARGIN or x >= 1.0 - SURFACE_MARGIN:
        return row[EXCHANGE] * 2.0 * sqrt(SURFACE_MARGIN * (1.0 - SURFACE_MARGIN)), 0.0
    i0 = row[EXCHANGE] * 2.0 * sqrt(x * (1.0 - x))
    return i0, i0 * (1.0 - 2.0 * x) / (2.0 * x * (1.0 - x))


@compiled()
def charge_transfer(f, j, i0):  # type: ignore[no-untyped-def]
    """Return the Butler-Volmer overpotential for equal transfer coefficients, and its slopes in j and i0."""
    root = sqrt(j * j + 4.0 * i0 * i0)
    return 2.0 / f * asinh(j / (2.0 * i0)), 2.0 / f / root, -2.0 / f * j / (i0 * root)


@compiled()
def linearise(row, table, f, work, current):  # type: ignore[no-untyped-def]
    """Evaluate an electrode at its current estimate and solve for the Newton update.

    Returns the largest residual in V, the largest potential difference in V (the scale of round-off), the residuals'
    sum along the chosen direction (V A/m2), the electrode potential E in V (collector against the electrolyte at the
    separator), and the parts of its linear change: E + change + slope * dJ. The update of the ionic current is
    ``update + sensitivity * dJ``.
    """
    if row[KIND] == CONSTANT:
        potential = row[POTENTIAL] + current * row[LAYER] / row[AREA]
        slope = row[LAYER] / row[AREA]
        if row[EXCHANGE] > 0.0:
            eta, eta_slope, _ = charge_transfer(f, current / row[AREA], row[EXCHANGE])
            potential += eta
            slope += eta_slope / row[AREA]
        return 0.0, abs(potential), 0.0, potential, 0.0, slope
    cells = work.local.shape[0]
    ie, local, local_slope, gain = work.ie, work.local, work.local_slope, work.gain[0]
    ie[0] = current
    ie[cells] = 0.0
    per_area = cells / row[AREA]
    scale = 0.0
    for k in range(cells):
        w = ie[k] - ie[k + 1]
        x = work.surface[k] + gain * w
        u, du = potential_and_slope(table, row[TABLE_LOW], row[TABLE_HIGH], x)
        j = w * per_area
        local[k] = u + j * row[LAYER]
        local_slope[k] = du * gain + per_area * row[LAYER]
        if row[EXCHANGE] > 0.0:
            i0, i0_slope = exchange(row, x)
            eta, eta_j, eta_i0 = charge_transfer(f, j, i0)
            local[k] += eta
            local_slope[k] += eta_j * per_area + eta_i0 * i0_slope * gain
        scale = max(scale, abs(local[k]))
    ionic, electronic = row[IONIC] / cells, row[ELECTRONIC] / cells
    diagonal, update, sensitivity = work.diagonal, work.update, work.sensitivity
    residual, along = 0.0, 0.0
    for y in range(1, cells):
        r = local[y] - local[y - 1] - (current - ie[y]) * electronic + ie[y] * ionic
        residual = max(residual, abs(r))
        along += r * work.direction[y]
        work.residual[y] = r
        update[y] = -r
        sensitivity[y] = electronic
        diagonal[y] = local_slope[y] + local_slope[y - 1] + electronic + ionic
    if cells > 1:
        sensitivity[1] += local_slope[0]
    for y in range(2, cells):
        factor = local_slope[y - 1] / diagonal[y - 1]
        diagonal[y] -= factor * local_slope[y - 1]
        update[y] += factor * update[y - 1]
        sensitivity[y] += factor * sensitivity[y - 1]
    update[cells] = 0.0
    sensitivity[cells] = 0.0
    for y in range(cells - 1, 0, -1):
        beyond = local_slope[y] if y < cells - 1 else 0.0
        update[y] = (update[y] + beyond * update[y + 1]) / diagonal[y]
        sensitivity[y] = (sensitivity[y] + beyond * sensitivity[y + 1]) / diagonal[y]
    potential = local[0] + current * (ionic + electronic) / 2.0
    slope = local_slope[0] + (ionic + electronic) / 2.0
    change = 0.0
    if cells > 1:
        change -= local_slope[0] * update[1]
        slope -= local_slope[0] * sensitivity[1]
    for y in range(1, cells):
        potential += (current - ie[y]) * electronic
        change -= update[y] * electronic
        slope += (1.0 - sensitivity[y]) * electronic
    return residual, scale, along, potential, change, slope


@compiled()
def choose_direction(row, work, current_change):  # type: ignore[no-untyped-def]
    """Keep the Newton update for a change of the electrode's current.

    Returns the residuals' sum along it, and how far it moves the surface stoichiometry of any cell.
    """
    along, moved = 0.0, 0.0
    if row[KIND] != CONSTANT:
        cells = work.local.shape[0]
        work.direction[0], work.direction[cells] = current_change, 0.0
        for y in range(1, cells):
            work.direction[y] = work.update[y] + work.sensitivity[y] * current_change
            along += work.residual[y] * work.direction[y]
        for k in range(cells):
            moved = max(moved, abs(work.gain[0] * (work.direction[k] - work.direction[k + 1])))
    return along, moved


@compiled()
def move(row, work, share):  # type: ignore[no-untyped-def]
    """Move the ionic current by a share of the direction."""
    if row[KIND] == CONSTANT:
        return
    for y in range(1, work.local.shape[0]):
        work.ie[y] += share * work.direction[y]


@compiled()
def overpotentials(row, table, f, work, current, mean, potential, terms):  # type: ignore[no-untyped-def]
    """Split E - U(mean x) into charge transfer, layer, diffusion and transport, V, written into `terms`.

    Each is weighted with the current that passes it, so that they add up and transport is the heat of the ohmic
    paths over the current: E J = sum(w E_k) + Joule heat. Without current the cells count alike.
    """
    terms[:] = 0.0
    if row[KIND] == CONSTANT:
        if row[EXCHANGE] > 0.0:
            terms[0] = charge_transfer(f, current / row[AREA], row[EXCHANGE])[0]
        terms[1] = current * row[LAYER] / row[AREA]
        return
    cells = work.local.shape[0]
    rest = potential_and_slope(table, row[TABLE_LOW], row[TABLE_HIGH], mean)[0]
    for k in range(cells):
        w = work.ie[k] - work.ie[k + 1]
        weight = w / current if current != 0.0 else 1.0 / cells
        x = work.surface[k] + work.gain[0] * w
        j = w * cells / row[AREA]
        if row[EXCHANGE] > 0.0:
            terms[0] += weight * charge_transfer(f, j, exchange(row, x)[0])[0]
        terms[1] += weight * j * row[LAYER]
        terms[2] += weight * (potential_and_slope(table, row[TABLE_LOW], row[TABLE_HIGH], x)[0] - rest)
    terms[3] = potential - rest - terms[0] - terms[1] - terms[2]
