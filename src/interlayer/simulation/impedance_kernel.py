"""The impedance of one electrode, compiled: a loop over frequencies of a few complex operations each.

The formulas are those of `impedance`; currents and impedances are per area of electrode.
"""
# ruff: noqa: ANN001, ANN201  compiled functions are typed by their callers

import numpy as np

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
    SHAPE,
    SURFACE_MARGIN,
)


@compiled()
def tanh_of(s):  # type: ignore[no-untyped-def]
    """Return tanh of a complex number whose real part is not negative, without overflow."""
    decay = np.exp(-2.0 * s)
    return (1.0 - decay) / (1.0 + decay)


@compiled()
def particle_response(p, sphere, modes):  # type: ignore[no-untyped-def]
    """Return surface stoichiometry over surface gradient at an imaginary p = i w R^2/D.

    `modes` (3, m) are decay constants, source and surface weights of the engine's shells; (3, 0) asks for the exact
    sphere tanh(s)/(s - tanh s) or slab 1/(s tanh s), s^2 = p.
    """
    shells = modes.shape[1]
    if shells > 0:
        real, imaginary, w = 3.0 / (8.0 * shells), 0.0, p.imag
        for k in range(shells):
            weight = modes[1, k] * modes[2, k] / (modes[0, k] * modes[0, k] + w * w)
            real += weight * modes[0, k]
            imaginary -= weight * w
        return complex(real, imaginary)
    if sphere and abs(p) < 1e-3:
        # s - tanh s loses its digits there
        return 3.0 / p + 0.2 - p / 175.0
    s = np.sqrt(p)
    tanh = tanh_of(s)
    return tanh / (s - tanh) if sphere else 1.0 / (s * tanh)


@compiled()
def layers_in_series(resistances, capacitances, omega):  # type: ignore[no-untyped-def]
    """Return the sum of R/(1 + i w R C), ohm m2."""
    total = 0.0j
    for k in range(resistances.shape[0]):
        total += resistances[k] / (1.0 + omega * resistances[k] * capacitances[k])
    return total


@compiled()
def transmission_line(z, ionic, electronic):  # type: ignore[no-untyped-def]
    """Return the impedance of a uniform porous electrode, z the interface's for the whole current; ohm m2."""
    total = ionic + electronic
    if total <= 0.0:
        return z
    reach = np.sqrt(z / total)
    decay = np.exp(-1.0 / reach)
    square = decay * decay
    coth = (1.0 + square) / (1.0 - square)
    one_over_sinh = 2.0 * decay / (1.0 - square)
    shared = ionic * electronic / total * (1.0 + 2.0 * reach * one_over_sinh)
    return shared + reach * (ionic * ionic + electronic * electronic) / total * coth


@compiled()
def uniform_ladder(z, cells, ionic, electronic):  # type: ignore[no-untyped-def]
    """Return the impedance of `ladder` with equal interfaces z, in closed form.

    The ionic current through face y is e/(i + e) + A r^y + B r^(n-y), r the smaller root of r + 1/r = 2 + (i + e)/zn.
    """
    zn, ions, electrons = z * cells, ionic / cells, electronic / cells
    total = ions + electrons
    half = 0.5 * total / zn
    # the root below one, without the cancellation of 1 + half - sqrt(...)
    r = 1.0 / (1.0 + half + np.sqrt(half * (half + 2.0)))
    share = electrons / total if total > 0.0 else 0.0
    if total <= 0.0:
        return z
    before = r ** (cells - 1)
    power = before * r
    beyond = 1.0 - power * power
    a = ((1.0 - share) + share * power) / beyond
    b = (-share - (1.0 - share) * power) / beyond
    first = share + a * r + b * before
    between = r * (1.0 - before) / (1.0 - r)
    inside = (cells - 1) * share + (a + b) * between
    return zn * (1.0 - first) + 0.5 * total + electrons * ((cells - 1) - inside)


@compiled()
def ladder(z, ionic, electronic, diagonal, right):  # type: ignore[no-untyped-def]
    """Return the impedance of a porous electrode of n > 1 cells with interfaces z (n,) for the whole current.

    The equations of `electrode.linearise` for a current of one; `diagonal` and `right` (n,) are room to work in.
    """
    cells = z.shape[0]
    ions, electrons = ionic / cells, electronic / cells
    for y in range(1, cells):
        diagonal[y] = cells * (z[y] + z[y - 1]) + ions + electrons
        right[y] = electrons
    right[1] += cells * z[0]
    for y in range(2, cells):
        factor = cells * z[y - 1] / diagonal[y - 1]
        diagonal[y] -= factor * cells * z[y - 1]
        right[y] += factor * right[y - 1]
    beyond, rest = 0.0j, 0.0j
    for y in range(cells - 1, 0, -1):
        beyond = (right[y] + (cells * z[y] * beyond if y < cells - 1 else 0.0)) / diagonal[y]
        rest += 1.0 - beyond
    return cells * z[0] * (1.0 - beyond) + 0.5 * (ions + electrons) + electrons * rest


@compiled()
def electrode_impedance(  # type: ignore[no-untyped-def]
    row, omegas, f, fillings, slopes, resistances, capacitances, double_layer, modes, shown_cells, out
):
    """Add the impedance of an electrode to `out` (F,), ohm m2.

    `row` as in `layout`; `omegas` (F,) are 2 pi times the frequency; `fillings` and `slopes` (n,) the surfaces and
    dU/dx there, one for a uniform electrode; `resistances` and `capacitances` (L,) of the layers, ohm m2 and F/m2 of
    contacted surface; `shown_cells` is the number of cells of a uniform ladder, 0 for the exact line.
    """
    area, exchange = row[AREA], row[EXCHANGE]
    constant = row[KIND] == CONSTANT
    cells = fillings.shape[0]
    sphere = row[SHAPE] == 3.0
    z, diagonal, right = np.empty(cells, np.complex128), np.empty(cells, np.complex128), np.empty(cells, np.complex128)
    ionic, electronic = row[IONIC], row[ELECTRONIC]
    for w in range(omegas.shape[0]):
        omega = 1j * omegas[w]
        coats = layers_in_series(resistances, capacitances, omega)
        response = 0.0j if constant else particle_response(omega * row[DIFFUSION_TIME], sphere, modes)
        for c in range(cells):
            transfer = 0.0j
            if exchange > 0.0:
                x = min(max(fillings[c], SURFACE_MARGIN), 1.0 - SURFACE_MARGIN)
                transfer += 1.0 / (f * exchange * (1.0 if constant else 2.0 * np.sqrt(x * (1.0 - x))))
            if not constant:
                transfer -= slopes[c] * row[DIFFUSION_TIME] / (row[CHARGE] * row[SHAPE]) * response * area
            z[c] = (transfer / (1.0 + omega * double_layer * transfer) + coats) / area
        if constant:
            out[w] += z[0]
        elif cells > 1:
            out[w] += ladder(z, ionic, electronic, diagonal, right)
        elif shown_cells == 1:  # a film: its interface sits in the middle of both paths
            out[w] += z[0] + 0.5 * (ionic + electronic)
        elif shown_cells > 1:
            out[w] += uniform_ladder(z[0], shown_cells, ionic, electronic)
        else:
            out[w] += transmission_line(z[0], ionic, electronic)
