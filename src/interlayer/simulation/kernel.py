"""The engine: one protocol step of one cell, by variable-step BDF2 with located ends.

The two electrodes share nothing but the current, so each is reduced to E(J) and dE/dJ by `electrode.linearise`, and
the cell is one equation more: V = E_pos - E_neg + I R_separator. A held voltage makes the current that equation's
unknown (a bordered system); a held current leaves nothing to solve. Charge is integrated by the same formula as
lithium, so the two agree to round-off whatever the step size.
"""
# ruff: noqa: ANN001, ANN201  compiled functions are typed by their callers

import numpy as np

from interlayer.compiled import compiled
from interlayer.simulation.electrode import (
    choose_direction,
    diffuse,
    freeze,
    linearise,
    mean_stoichiometry,
    move,
    overpotentials,
    profile,
    workspace,
)
from interlayer.simulation.layout import (
    CHARGE,
    CHARGE_PASSED,
    CONSTANT,
    CURRENT,
    DIFFUSION_TIME,
    ENDED_BY_CURRENT,
    ENDED_BY_NEGATIVE_SURFACE,
    ENDED_BY_POSITIVE_SURFACE,
    ENDED_BY_TIME,
    ENDED_BY_VOLTAGE,
    INVERSE_THERMAL_VOLTAGE,
    KIND,
    NOT_SOLVED,
    OUT_OF_ROOM,
    SEPARATOR,
    STOICHIOMETRY,
    SURFACE_HIGH,
    SURFACE_LOW,
    TERMS,
    TIME,
    VOLTAGE,
)

VOLTAGE_TOLERANCE = 1e-6
"""V; a cut-off is met within this and never passed."""
RAMP_STRIDE = 2e-3
"""V."""
SURFACE_TOLERANCE = 1e-8
CURRENT_TOLERANCE = 1e-6
"""Relative to the current that ends a hold."""
RESIDUAL_TOLERANCE = 1e-10
"""V, or relative where an electrode's potentials exceed 1 V: a Newton iteration is converged below this."""
STALLED_TOLERANCE = 1e-7
QUADRATIC_TOLERANCE = 1e-6
QUADRATIC_MOVE = 1e-6
"""V and stoichiometry: a Newton step this small leaves its square, so it is taken without looking again."""
SETTLED_TOLERANCE = 1e-10
"""Stoichiometry: a converged iteration is refined until its next step would move no surface by more. On a flat curve
the voltage alone leaves the surface open, and the end of a step, which looks at it, would jump."""
MOST_REFINEMENTS = 3
BEND = 1e-3
"""Share of a Newton step within which a bend of the curves is located."""
NEWTON_ITERATIONS = 1000
MOST_STEPS = 200_000


@compiled()
def spread(works, current):  # type: ignore[no-untyped-def]
    """Start from a reaction that is even across both electrodes."""
    pos_work, neg_work = works
    for work, j in ((pos_work, current), (neg_work, -current)):
        cells = work.local.shape[0]
        for y in range(cells + 1):
            work.ie[y] = j * (1.0 - y / cells)


@compiled()
def solve(cell, pos, neg, tables, works, current, holding, voltage):  # type: ignore[no-untyped-def]
    """Solve both electrodes at one instant from the ionic currents in `works` and a guess of the current.

    Where potentials fall with filling, the equations are the gradient of a convex function of the currents (half the
    heat and the work against the interfaces), so a Newton step that stops before the function rises steeply again
    always gets closer; charge transfer is nearly logarithmic, and full steps from afar overshoot. Returns current,
    voltage, both electrode potentials and success.
    """
    f = cell[INVERSE_THERMAL_VOLTAGE]
    pos_work, neg_work = works
    share, slope_low, step, refinements, tries = 0.0, 0.0, 0.0, 0, 0
    low, along_low, high, along_high, rises = 0.0, 0.0, 1.0, 0.0, False
    for _ in range(NEWTON_ITERATIONS):
        pos_miss, pos_scale, pos_along, pos_e, pos_change, pos_slope = linearise(pos, tables[0], f, pos_work, current)
        neg_miss, neg_scale, neg_along, neg_e, neg_change, neg_slope = linearise(neg, tables[1], f, neg_work, -current)
        v = pos_e - neg_e + current * cell[SEPARATOR]
        miss = voltage - v if holding else 0.0
        largest = max(pos_miss, neg_miss, abs(miss))
        scale = max(1.0, pos_scale, neg_scale)
        converged = largest < RESIDUAL_TOLERANCE * scale
        if converged and refinements == MOST_REFINEMENTS:
            return current, v, pos_e, neg_e, True
        along = pos_along + neg_along - miss * step
        searching = share > 0.0 and not converged
        if searching and not along <= -0.5 * slope_low:  # past the bottom and rising, or not a number
            high, along_high, rises = share, along, True
        elif searching and rises and along < 0.5 * slope_low:  # still falling, with a rise known ahead
            low, along_low = share, along
        else:
            searching = False
        # at a bend of the curves no point is level: just behind it the steep side is known, which the next step needs
        if searching and share == high and along < 1e30 and high - low < BEND * high:
            searching = False
        if searching and high < 1e-10:
            # round-off of the currents, times a steep interface, may leave more than the tolerance
            return current, v, pos_e, neg_e, largest < STALLED_TOLERANCE * scale
        if searching:
            tries += 1
            wanted = 0.5 * (low + high)
            if high - low < BEND * high:
                wanted = high if along_high < 1e30 else low
            elif tries % 3 != 0 and along_high < 1e30:
                wanted = low - along_low * (high - low) / (along_high - along_low)
                wanted = min(max(wanted, low + 0.01 * (high - low)), high - 0.1 * (high - low))
            ahead = wanted - share
            share = wanted
        else:
            step = (miss - pos_change + neg_change) / (pos_slope + neg_slope + cell[SEPARATOR]) if holding else 0.0
            pos_along, pos_moved = choose_direction(pos, pos_work, step)
            neg_along, neg_moved = choose_direction(neg, neg_work, -step)
            moved = max(pos_moved, neg_moved)
            if converged:
                if moved < SETTLED_TOLERANCE:
                    return current, v, pos_e, neg_e, True
                refinements += 1
            if largest < QUADRATIC_TOLERANCE and moved < QUADRATIC_MOVE:
                move(pos, pos_work, 1.0)
                move(neg, neg_work, 1.0)
                pos_e += pos_change + pos_slope * step
                neg_e += neg_change - neg_slope * step
                current += step
                pos_work.ie[0], neg_work.ie[0] = current, -current
                return current, pos_e - neg_e + current * cell[SEPARATOR], pos_e, neg_e, True
            slope_low = pos_along + neg_along - miss * step
            low, along_low, high, along_high, rises, tries = 0.0, slope_low, 1.0, 0.0, False, 0
            share, ahead = 1.0, 1.0
        move(pos, pos_work, ahead)
        move(neg, neg_work, ahead)
        current += ahead * step
    return current, 0.0, 0.0, 0.0, False


@compiled()
def surface_violation(row, work):  # type: ignore[no-untyped-def]
    """Return how far the furthest surface is beyond the limit it moves to (negative inside).

    A surface that stands at a limit and moves away from it, as after a step that ended there, is inside.
    """
    worst = -1.0
    if row[KIND] == CONSTANT:
        return worst
    for k in range(work.local.shape[0]):
        leaving = work.ie[k] - work.ie[k + 1]
        x = work.surface[k] + work.gain[0] * leaving
        if leaving > 0.0:
            worst = max(worst, row[SURFACE_LOW] - x)
        elif leaving < 0.0:
            worst = max(worst, x - row[SURFACE_HIGH])
    return worst


@compiled()
def end_reached(pos, neg, pos_work, neg_work, current, v, side, v_end, i_end):  # type: ignore[no-untyped-def]
    """Return the largest end function in units of its tolerance (an end is reached at -1..0) and its code."""
    worst, code = -1e30, ENDED_BY_TIME
    if side != 0.0:
        worst, code = side * (v - v_end) / VOLTAGE_TOLERANCE, ENDED_BY_VOLTAGE
    if i_end > 0.0:
        distance = (i_end - abs(current)) / (CURRENT_TOLERANCE * i_end)
        if distance > worst:
            worst, code = distance, ENDED_BY_CURRENT
    distance = surface_violation(pos, pos_work) / SURFACE_TOLERANCE
    if distance > worst:
        worst, code = distance, ENDED_BY_POSITIVE_SURFACE
    distance = surface_violation(neg, neg_work) / SURFACE_TOLERANCE
    if distance > worst:
        worst, code = distance, ENDED_BY_NEGATIVE_SURFACE
    return worst, code


@compiled()
def root(low, low_value, high, high_value, other, other_value, tries):  # type: ignore[no-untyped-def]
    """Return where a function that is negative at `low` and positive at `high` is next asked for its root.

    Inverse quadratic interpolation through a third point: near the end of a discharge the time is a smooth function
    of the voltage, where the voltage is a steep function of the time. Every fourth try halves the bracket.
    """
    a, b, c = low_value + 0.5, high_value + 0.5, other_value + 0.5
    width = high - low
    guess = low - width * a / (b - a)
    if a != c and b != c:
        guess = (
            low * b * c / ((a - b) * (a - c)) + high * a * c / ((b - a) * (b - c)) + other * a * b / ((c - a) * (c - b))
        )
    if tries % 4 == 3 or not low < guess < high:
        return low + 0.5 * width
    return min(max(guess, low + 1e-4 * width), high - 1e-4 * width)


@compiled()
def history(rate, weight_1, weight_2, x1, x2, into):  # type: ignore[no-untyped-def]
    """Write rate (weight_1 x1 - weight_2 x2): what the formula knows of the past."""
    for m in range(x1.shape[0]):
        for k in range(x1.shape[1]):
            into[m, k] = rate * (weight_1 * x1[m, k] - weight_2 * x2[m, k])


@compiled()
def advance(cell, pos, neg, tables, works, pos_x, neg_x, charge, h, h1, order, control, value, guess):  # type: ignore[no-untyped-def]
    """Take one implicit step of length h into ``pos_x[3]``, ``neg_x[3]``; returns current, voltage, charge, ...

    ``pos_x[2]`` is the present, ``pos_x[1]`` the time before it at distance h1. Order 1 is backward Euler.
    """
    if order == 1:
        lead, weight_1, weight_2 = 1.0, 1.0, 0.0
    else:
        ratio = h / h1
        lead = (1.0 + 2.0 * ratio) / (1.0 + ratio)
        weight_1, weight_2 = 1.0 + ratio, ratio * ratio / (1.0 + ratio)
    pos_work, neg_work = works
    if pos[KIND] != CONSTANT:
        history(1.0 / h, weight_1, weight_2, pos_x[2], pos_x[1], pos_x[3])
        diffuse(pos, pos_work, lead / h, pos_x[3])
    if neg[KIND] != CONSTANT:
        history(1.0 / h, weight_1, weight_2, neg_x[2], neg_x[1], neg_x[3])
        diffuse(neg, neg_work, lead / h, neg_x[3])
    current, v, pos_e, neg_e, solved = solve(cell, pos, neg, tables, works, guess, control == 1, value)
    if solved:
        profile(pos, pos_work, pos_x[3])
        profile(neg, neg_work, neg_x[3])
    passed = (weight_1 * charge[1] - weight_2 * charge[0] + h * current) / lead
    return current, v, pos_e, neg_e, passed, solved


@compiled()
def local_error(row, x, h, h1, h2):  # type: ignore[no-untyped-def]
    """Estimate the BDF2 error of ``x[3]`` from its distance to the parabola through the three times before it.

    Both are proportional to the third derivative: the parabola misses by h (h+h1) (h+h1+h2) / 6 of it, the formula by
    h^2 (h+h1) / 6 divided by its leading coefficient.
    """
    if row[KIND] == CONSTANT:
        return 0.0
    a, b, c = h, h + h1, h + h1 + h2
    weight_2 = b * c / (h1 * (h1 + h2))
    weight_1 = -a * c / (h1 * h2)
    weight_0 = a * b / ((h1 + h2) * h2)
    distance = 0.0
    for m in range(x.shape[1]):
        for k in range(x.shape[2]):
            d = x[3, m, k] - (weight_2 * x[2, m, k] + weight_1 * x[1, m, k] + weight_0 * x[0, m, k])
            distance = max(distance, abs(d))
    ratio = h / h1
    formula = a * a * b * (1.0 + ratio) / (1.0 + 2.0 * ratio)
    return distance * formula / (formula + a * b * c)


@compiled()
def extrapolate(ie, work, ahead, bend, ratio):  # type: ignore[no-untyped-def]
    """Guess the ionic current at the end of a step by the parabola through the last three times."""
    for y in range(ie.shape[1]):
        rise, rise_before = ie[2, y] - ie[1, y], ie[1, y] - ie[0, y]
        work.ie[y] = ie[2, y] + ahead * rise + bend * (rise - ratio * rise_before)


@compiled()
def write_row(out, n, t, current, v, charge, cell, pos, neg, tables, works, pos_x, neg_x, pos_e, neg_e):  # type: ignore[no-untyped-def]
    """Write one row of output for the profiles ``pos_x``, ``neg_x``."""
    f = cell[INVERSE_THERMAL_VOLTAGE]
    out[n, TIME] = t
    out[n, CURRENT] = current
    out[n, VOLTAGE] = v
    out[n, CHARGE_PASSED] = charge
    out[n, STOICHIOMETRY] = mean_stoichiometry(pos, works[0], pos_x)
    out[n, STOICHIOMETRY + 1] = mean_stoichiometry(neg, works[1], neg_x)
    overpotentials(pos, tables[0], f, works[0], current, out[n, STOICHIOMETRY], pos_e, out[n, TERMS : TERMS + 4])
    overpotentials(
        neg, tables[1], f, works[1], -current, out[n, STOICHIOMETRY + 1], neg_e, out[n, TERMS + 4 : TERMS + 8]
    )


@compiled()
def longest_step(pos, neg, current, stride, t_end, ramp):  # type: ignore[no-untyped-def]
    """Return the time step that moves an electrode by `stride` in stoichiometry, at most a twentieth of the step.

    A voltage that is swept moves by `RAMP_STRIDE` at most, so that no peak is passed by.
    """
    longest = t_end / 20.0
    if ramp != 0.0:
        longest = min(longest, RAMP_STRIDE / abs(ramp))
    for row in (pos, neg):
        if row[KIND] != CONSTANT and current != 0.0:
            longest = min(longest, stride * row[CHARGE] / abs(current))
    return longest


@compiled(nogil=True)
def run_step(  # type: ignore[no-untyped-def]
    cell,
    pos,
    neg,
    tables,
    pos_start,
    neg_start,
    guess,
    control,
    value,
    ramp,
    side,
    v_end,
    i_end,
    t_end,
    tolerance,
    stride,
    out,
):
    """Run one protocol step and return (rows written, code).

    `control` 0 holds the current `value` (A/m2, positive charges the cell), 1 holds the voltage `value`, which rises by
    `ramp` (V/s). The step ends at `t_end`, when ``side * (V - v_end)`` reaches 0 (side 0: never), when a held voltage
    needs no more than `i_end`, or when a particle surface is full or empty. `pos_start` and `neg_start` (shells, cells)
    are moved to the end state; `guess` starts the search for a current. Rows are those of `layout`.
    """
    works = (
        workspace(pos, pos_start.shape[0], pos_start.shape[1]),
        workspace(neg, neg_start.shape[0], neg_start.shape[1]),
    )
    pos_work, neg_work = works
    pos_x = np.zeros((4, pos_start.shape[0], pos_start.shape[1]))
    neg_x = np.zeros((4, neg_start.shape[0], neg_start.shape[1]))
    pos_x[2] = pos_start
    neg_x[2] = neg_start
    current = value if control == 0 else guess
    spread(works, current)
    if pos[KIND] != CONSTANT:
        freeze(pos, pos_work, pos_x[2])
    if neg[KIND] != CONSTANT:
        freeze(neg, neg_work, neg_x[2])
    current, v, pos_e, neg_e, solved = solve(cell, pos, neg, tables, works, current, control == 1, value)
    if not solved:
        return 0, NOT_SOLVED
    write_row(out, 0, 0.0, current, v, 0.0, cell, pos, neg, tables, works, pos_x[2], neg_x[2], pos_e, neg_e)
    before, code = end_reached(pos, neg, pos_work, neg_work, current, v, side, v_end, i_end)
    if before >= -1.0:
        return 1, code

    fastest = t_end
    for row, x in ((pos, pos_start), (neg, neg_start)):
        if row[KIND] != CONSTANT:
            fastest = min(fastest, row[DIFFUSION_TIME] / x.shape[0] ** 2)
    longest = longest_step(pos, neg, current, stride, t_end, ramp)
    h = min(max(1e-2 * fastest, 1e-6 * longest), 1e-2 * longest)
    shortest = 1e-12 * t_end
    h1 = h2 = h
    charge = np.zeros(2)
    pos_ie = np.empty((3, pos_work.ie.shape[0]))
    neg_ie = np.empty((3, neg_work.ie.shape[0]))
    for level in range(3):
        pos_ie[level] = pos_work.ie
        neg_ie[level] = neg_work.ie
    t, taken, rows, before_two = 0.0, 0, 1, before
    for _ in range(MOST_STEPS):
        if rows == out.shape[0]:
            return rows, OUT_OF_ROOM
        remaining = t_end - t
        if h > 0.999 * remaining:
            h = remaining
        order = 1 if taken == 0 else 2
        ahead = h / h1 if taken > 1 else 0.0
        bend = h * (h + h1) / (h1 * (h1 + h2)) if taken > 2 else 0.0
        extrapolate(pos_ie, pos_work, ahead, bend, h1 / h2)
        extrapolate(neg_ie, neg_work, ahead, bend, h1 / h2)
        new, v, pos_e, neg_e, passed, solved = advance(
            cell, pos, neg, tables, works, pos_x, neg_x, charge, h, h1, order, control, value + ramp * (t + h), current
        )
        if not solved:
            h *= 0.25
            if h < shortest:
                return rows, NOT_SOLVED
            continue
        grow = 1.0 if taken < 2 else 2.0
        if taken >= 2:
            error = max(local_error(pos, pos_x, h, h1, h2), local_error(neg, neg_x, h, h1, h2))
            if error > tolerance and h > 1e3 * shortest:
                h *= max(0.2, 0.9 * (tolerance / error) ** (1.0 / 3.0))
                continue
            grow = min(2.0, 0.9 * (tolerance / max(error, 1e-14)) ** (1.0 / 3.0))
        after, code = end_reached(pos, neg, pos_work, neg_work, new, v, side, v_end, i_end)
        if after > 0.0:  # passed: find the step that ends just before
            low, high, low_value, high_value, jumped = 0.0, h, before, after, code
            other, other_value = -h1, before_two
            for search in range(200):
                h = 0.5 * (low + high)
                if high_value < 1e29:
                    h = root(low, low_value, high, high_value, other, other_value, search)
                new, v, pos_e, neg_e, passed, solved = advance(
                    cell,
                    pos,
                    neg,
                    tables,
                    works,
                    pos_x,
                    neg_x,
                    charge,
                    h,
                    h1,
                    order,
                    control,
                    value + ramp * (t + h),
                    current,
                )
                if not solved:
                    high, high_value = h, 1e30
                else:
                    after, code = end_reached(pos, neg, pos_work, neg_work, new, v, side, v_end, i_end)
                    if after > 0.0:
                        other, other_value = high, high_value
                        high, high_value, jumped = h, after, code
                    elif after < -1.0:
                        other, other_value = low, low_value
                        low, low_value = h, after
                    else:
                        break
                if high - low < 1e-15 * (t + high):
                    break
            if (not solved or after > 0.0) and high_value < 1e29 and high - low < 1e-9 * (t + high):
                # where round-off makes the end jump, the last time before it is the end
                code = jumped
                if low == 0.0:
                    pos_start[:, :] = pos_x[2]
                    neg_start[:, :] = neg_x[2]
                    return rows, code
                h = low
                new, v, pos_e, neg_e, passed, solved = advance(
                    cell,
                    pos,
                    neg,
                    tables,
                    works,
                    pos_x,
                    neg_x,
                    charge,
                    h,
                    h1,
                    order,
                    control,
                    value + ramp * (t + h),
                    current,
                )
                after, _ = end_reached(pos, neg, pos_work, neg_work, new, v, side, v_end, i_end)
            if not solved or after > 0.0:
                return rows, NOT_SOLVED
            t += h
            write_row(out, rows, t, new, v, passed, cell, pos, neg, tables, works, pos_x[3], neg_x[3], pos_e, neg_e)
            pos_start[:, :] = pos_x[3]
            neg_start[:, :] = neg_x[3]
            return rows + 1, code
        t += h
        write_row(out, rows, t, new, v, passed, cell, pos, neg, tables, works, pos_x[3], neg_x[3], pos_e, neg_e)
        rows += 1
        before_two, before = before, after
        finished = h == remaining
        if finished or after >= -1.0:
            pos_start[:, :] = pos_x[3]
            neg_start[:, :] = neg_x[3]
            return rows, code if after >= -1.0 else ENDED_BY_TIME
        for level in range(3):
            pos_x[level] = pos_x[level + 1]
            neg_x[level] = neg_x[level + 1]
        charge[0], charge[1] = charge[1], passed
        for level in range(2):
            pos_ie[level] = pos_ie[level + 1]
            neg_ie[level] = neg_ie[level + 1]
        pos_ie[2] = pos_work.ie
        neg_ie[2] = neg_work.ie
        current = new
        h2, h1 = h1, h
        h = min(h * grow, longest_step(pos, neg, current, stride, t_end, ramp))
        taken += 1
    return rows, NOT_SOLVED
