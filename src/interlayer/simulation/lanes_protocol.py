"""Eight cells at once through a protocol, each at its own pace; a lane that is done takes the next cell of the queue.

Every round is one attempt at one time step in every lane. Lanes that converged with a small error move on, others try
a shorter step or search for the end of their protocol step; nobody waits except for Newton iterations.
"""
# ruff: noqa: ANN001, ANN201  compiled functions are typed by their callers

from typing import Final

import numpy as np

from interlayer.compiled import compiled
from interlayer.simulation.kernel import root
from interlayer.simulation.lanes import (
    LANES,
    absolute,
    any_lane,
    both,
    decay,
    each,
    load,
    logarithm_of_ratio,
    maximum,
    minimum,
    select,
    store,
)
from interlayer.simulation.lanes_ageing import EXPOSURES, age, bind, expose
from interlayer.simulation.lanes_electrode import (
    THETA,
    accept,
    enter,
    linearise,
    mean_stoichiometry,
    move,
    potential_inside,
    predict,
    prepare,
    spread,
    violation,
    voltage_error,
)
from interlayer.simulation.layout import (
    CELL_COLUMNS,
    CHARGE,
    ENDED_BY_CURRENT,
    ENDED_BY_NEGATIVE_SURFACE,
    ENDED_BY_POSITIVE_SURFACE,
    ENDED_BY_TIME,
    ENDED_BY_VOLTAGE,
    INVERSE_THERMAL_VOLTAGE,
    NOT_SOLVED,
    SEPARATOR,
)

# a step of a protocol as the engine takes it
CONTROL: Final = 0
"""0 holds the current `VALUE` (A/m2, positive charges the cell), 1 the voltage `VALUE`."""
VALUE: Final = 1
SIDE: Final = 2
V_END: Final = 3
I_END: Final = 4
T_END: Final = 5
CONTROL_COLUMNS: Final = 6

# what a step of a protocol did
CODE: Final = 0
"""As in `layout`; not a number where the step was not reached."""
DURATION: Final = 1
CHARGE_PASSED: Final = 2
"""A s/m2, positive where the cell was charged."""
ENERGY: Final = 3
"""Integral of V over the magnitude of the charge, W s/m2."""
START_VOLTAGE: Final = 4
END_VOLTAGE: Final = 5
START_CURRENT: Final = 6
END_STOICHIOMETRY: Final = 7
"""of the positive electrode; the negative's is the next."""
STEPS_TAKEN: Final = 9
RESULT_COLUMNS: Final = 10

NEWTON_TOLERANCE: Final = 1e-4
LOCATE_TOLERANCE: Final = 2e-6
"""V before the last update, which squares it; finer where an end is searched, so that its voltage does not jump."""
NEWTON_ITERATIONS: Final = 5
MOST_ROUNDS: Final = 12
"""Rounds of iterations a start may take; a time step may take two before it is shortened."""
VOLTAGE_TOLERANCE: Final = 1e-5
"""V; a cut-off is met within this and not passed, ten times less finely than in the engine for single cells."""
CURRENT_TOLERANCE: Final = 1e-6
SURFACE_TOLERANCE: Final = 1e-8
HELD_FACTOR: Final = 10.0
LONGEST: Final = 0.06
"""Largest share of an electrode's capacity in a time step: energies are integrated by Simpson's rule over it."""
LONGEST_OF_FILM: Final = 0.01
FIRST: Final = 0.02
"""Length of the first time step as a share of the longest."""
SHORTEST: Final = 1e-12
NARROWEST: Final = 1e-11
"""Shares of a step's longest and present time: no shorter time step is tried, and no end is located more finely."""
MOST_ATTEMPTS: Final = 20_000
MOST_GROWTH: Final = 3.0

_IDLE: Final = 0
_START: Final = 1
_RUN: Final = 2
_LOCATE: Final = 3


@compiled()
def longest_step(e, lane, current):  # type: ignore[no-untyped-def]
    """Return the longest time step that a current allows an electrode, s.

    A film has no reaction that moves and would shorten the steps where its curve bends.
    """
    if not e.host:
        return np.inf
    share = LONGEST if e.surface.shape[0] > 1 else LONGEST_OF_FILM
    return share * e.row[CHARGE, lane] / abs(current)


@compiled(nogil=True)
def run_rows(  # type: ignore[no-untyped-def]
    cells,
    pos_rows,
    neg_rows,
    starts,
    controls,
    tolerance,
    pos,
    neg,
    out,
    curve_step,
    grid,
    curves,
    growths,
    losses,
    ages,
):
    """Run R cells through S steps and write ``out`` (R, S, RESULT_COLUMNS); returns the number of rounds.

    `cells` (R, CELL_COLUMNS), `pos_rows` and `neg_rows` (R, ELECTRODE_COLUMNS) are rows of `layout`; `starts` (R, 2)
    are stoichiometries at rest, `controls` is (R, S, CONTROL_COLUMNS), `tolerance` the voltage error of a time step.
    `curves` (R, G) takes the voltage of step `curve_step` (-1: none) at the charges `grid` (R, G), A s/m2. A row that
    could not be solved has the code NOT_SOLVED in the step that failed. Where `ages`, a cell ages between its steps by
    `growths` (R, G, columns) and `losses` (R, columns) of `lanes_ageing`.
    """
    rows, steps = controls.shape[0], controls.shape[1]
    cell = np.zeros((CELL_COLUMNS, LANES))
    cell[INVERSE_THERMAL_VOLTAGE] = 1.0
    pos.row[:, :] = pos_rows[:1].T
    neg.row[:, :] = neg_rows[:1].T
    phase = np.zeros(LANES, np.int64)
    row_of = np.zeros(LANES, np.int64)
    step_of = np.zeros(LANES, np.int64)
    taken, tries = np.zeros(LANES, np.int64), np.zeros(LANES, np.int64)
    rounds = np.zeros(LANES, np.int64)
    next_point = np.zeros(LANES, np.int64)
    time = np.zeros(LANES)
    charge = np.zeros(LANES)
    energy = np.zeros(LANES)
    voltage_before = np.zeros(LANES)
    end_before = np.zeros(LANES)
    low, low_value = np.zeros(LANES), np.zeros(LANES)
    high, high_value = np.zeros(LANES), np.zeros(LANES)
    other, other_value, end_two = np.zeros(LANES), np.zeros(LANES), np.zeros(LANES)
    longest = np.zeros(LANES)
    h_1, h_2 = np.zeros(LANES), np.zeros(LANES)
    code = np.zeros(LANES, np.int64)
    control = np.zeros((CONTROL_COLUMNS, LANES))
    ends = np.zeros(LANES, np.bool_)
    # what vector code reads and writes
    step_length, ratio, bend, ratio_before = np.zeros(LANES), np.zeros(LANES), np.zeros(LANES), np.zeros(LANES)
    fresh, allowed, held, wanted = np.zeros(LANES), np.zeros(LANES), np.zeros(LANES), np.zeros(LANES)
    current, voltage, residual = np.zeros(LANES), np.zeros(LANES), np.zeros(LANES)
    factor, error, pos_over, neg_over = np.zeros(LANES), np.zeros(LANES), np.zeros(LANES), np.zeros(LANES)
    moves, share, inside = np.zeros(LANES), np.zeros(LANES), np.zeros(LANES)
    current_before, current_two = np.zeros(LANES), np.zeros(LANES)
    seconds, been = np.zeros((growths.shape[1], LANES)), np.zeros((EXPOSURES, LANES))
    queue, attempts, border = 0, 0, False
    for r in range(rows):
        for s in range(steps):
            border = border or controls[r, s, CONTROL] == 1.0

    for lane in range(LANES):
        if queue < rows:
            row_of[lane], step_of[lane], phase[lane] = queue, -1, _START
            ends[lane] = True
            queue += 1
            cell[:, lane] = cells[row_of[lane]]
            enter(pos, lane, pos_rows[row_of[lane]], starts[row_of[lane], 0])
            enter(neg, lane, neg_rows[row_of[lane]], starts[row_of[lane], 1])

    while True:
        # lanes at the end of a step: the next one, or the next cell
        active = False
        for lane in range(LANES):
            if ends[lane]:
                ends[lane] = False
                step_of[lane] += 1
                if step_of[lane] == steps or code[lane] == NOT_SOLVED:
                    if queue == rows:
                        phase[lane] = _IDLE
                        allowed[lane] = 0.0
                        step_length[lane], ratio[lane], bend[lane] = 0.0, 0.0, 0.0
                        continue
                    row_of[lane], step_of[lane] = queue, 0
                    current[lane] = 0.0
                    seconds[:, lane], been[:, lane] = 0.0, 0.0
                    queue += 1
                    cell[:, lane] = cells[row_of[lane]]
                    enter(pos, lane, pos_rows[row_of[lane]], starts[row_of[lane], 0])
                    enter(neg, lane, neg_rows[row_of[lane]], starts[row_of[lane], 1])
                phase[lane], rounds[lane], code[lane], taken[lane] = _START, 0, ENDED_BY_TIME, 0
                control[:, lane] = controls[row_of[lane], step_of[lane]]
                held[lane] = control[CONTROL, lane]
                wanted[lane] = control[VALUE, lane]
                if held[lane] == 0.0:
                    current[lane] = wanted[lane]
                if held[lane] == 0.0 or step_of[lane] == 0:
                    spread(pos, lane, current[lane])
                    spread(neg, lane, -current[lane])
                time[lane], charge[lane], energy[lane], next_point[lane] = 0.0, 0.0, 0.0, 0
                step_length[lane], ratio[lane], bend[lane], ratio_before[lane] = 0.0, 0.0, 0.0, 0.0
                fresh[lane], allowed[lane] = 0.0, 0.0
            active = active or phase[lane] != _IDLE
        if not active:
            return attempts
        attempts += 1

        # one attempt in every lane
        h, r_1 = load(step_length, 0), load(ratio, 0)
        f, separator = load(cell, INVERSE_THERMAL_VOLTAGE), load(cell, SEPARATOR)
        prepare(pos, h, r_1)
        prepare(neg, h, r_1)
        new = load(fresh, 0) > 0.0
        predict(pos, new, r_1, load(bend, 0), load(ratio_before, 0))
        predict(neg, new, r_1, load(bend, 0), load(ratio_before, 0))
        j, zero = load(current, 0), each(0.0)
        if border:
            one, two = load(current_before, 0), load(current_two, 0)
            j = select(both(new, load(held, 0) > 0.0), one + r_1 * (one - two), j)
        v = zero
        for _ in range(NEWTON_ITERATIONS):
            miss_pos, e_pos, change_pos, slope_pos = linearise(pos, f, j, border)
            miss_neg, e_neg, change_neg, slope_neg = linearise(neg, f, -j, border)
            v = e_pos - e_neg + j * separator
            worst = maximum(miss_pos, miss_neg)
            step, change = zero, change_pos - change_neg
            if border:
                miss = select(load(held, 0) > 0.0, load(wanted, 0) - v, zero)
                slope = slope_pos + slope_neg + separator
                step = select(load(held, 0) > 0.0, (miss - change) / slope, zero)
                change = change + slope * step
                worst = maximum(worst, absolute(miss))
            move(pos, step, border)
            move(neg, -step, border)
            j = j + step
            v = v + change
            store(residual, 0, worst)
            if not any_lane(both(worst > load(allowed, 0), load(allowed, 0) > 0.0)):
                break
        store(current, 0, j)
        store(voltage, 0, v)
        store(pos_over, 0, violation(pos))
        store(neg_over, 0, violation(neg))
        found = maximum(voltage_error(pos, h, r_1), voltage_error(neg, h, r_1))
        if border:  # a held voltage shows its errors in the current
            found = select(load(held, 0) > 0.0, HELD_FACTOR * found, found)
        found = minimum(maximum(found, each(1e-12)), each(1e6))
        store(error, 0, found)
        # (tolerance / error)^(1/3) of a method of second order
        store(factor, 0, 0.85 * decay(logarithm_of_ratio(found, each(tolerance)) * (1.0 / 3.0)))

        # what each lane makes of it
        moved = False
        for lane in range(LANES):
            moves[lane] = 0.0
            if phase[lane] == _IDLE:
                continue
            fresh[lane] = 1.0
            row, number = row_of[lane], step_of[lane]
            t_end = control[T_END, lane]
            solved = residual[lane] <= max(allowed[lane], NEWTON_TOLERANCE) and np.isfinite(voltage[lane])
            rounds[lane] += 1
            if not solved:
                if phase[lane] == _START:
                    fresh[lane] = 0.0
                    if rounds[lane] > MOST_ROUNDS:
                        ends[lane] = True
                else:
                    fresh[lane] = 0.0 if rounds[lane] < 2 and np.isfinite(voltage[lane]) else 1.0
                    if fresh[lane] == 1.0:
                        rounds[lane] = 0
                        if phase[lane] == _LOCATE:
                            high[lane], high_value[lane] = step_length[lane], 1e30
                            step_length[lane] = 0.5 * (low[lane] + step_length[lane])
                        else:
                            step_length[lane] *= 0.25
                        if step_length[lane] < SHORTEST * t_end:
                            ends[lane] = True
                if ends[lane]:
                    code[lane] = NOT_SOLVED
                    out[row, number, CODE] = NOT_SOLVED
                    continue
            else:
                rounds[lane] = 0
                end, reason = -1e30, ENDED_BY_TIME
                if control[SIDE, lane] != 0.0:
                    end = control[SIDE, lane] * (voltage[lane] - control[V_END, lane]) / VOLTAGE_TOLERANCE
                    reason = ENDED_BY_VOLTAGE
                if control[I_END, lane] > 0.0:
                    distance = (control[I_END, lane] - abs(current[lane])) / (CURRENT_TOLERANCE * control[I_END, lane])
                    if distance > end:
                        end, reason = distance, ENDED_BY_CURRENT
                if pos_over[lane] / SURFACE_TOLERANCE > end:
                    end, reason = pos_over[lane] / SURFACE_TOLERANCE, ENDED_BY_POSITIVE_SURFACE
                if neg_over[lane] / SURFACE_TOLERANCE > end:
                    end, reason = neg_over[lane] / SURFACE_TOLERANCE, ENDED_BY_NEGATIVE_SURFACE
                if phase[lane] == _START:
                    moves[lane] = 1.0
                    out[row, number, START_VOLTAGE] = voltage[lane]
                    out[row, number, START_CURRENT] = current[lane]
                    if end >= -1.0:
                        code[lane], ends[lane] = reason, True
                elif phase[lane] == _RUN:
                    if taken[lane] > 0 and error[lane] > tolerance and step_length[lane] > 1e3 * SHORTEST * t_end:
                        step_length[lane] *= max(0.2, factor[lane])
                    elif end > 0.0:
                        phase[lane] = _LOCATE
                        low[lane], low_value[lane] = 0.0, end_before[lane]
                        high[lane], high_value[lane] = step_length[lane], end
                        other[lane], other_value[lane] = -h_1[lane], end_two[lane]
                        tries[lane] = 0
                    else:
                        moves[lane] = 1.0
                        if end >= -1.0:
                            code[lane], ends[lane] = reason, True
                elif end > 0.0:
                    other[lane], other_value[lane] = high[lane], high_value[lane]
                    high[lane], high_value[lane] = step_length[lane], end
                elif end >= -1.0:
                    moves[lane] = 1.0
                    code[lane], ends[lane] = reason, True
                elif high_value[lane] > 1e29:  # beyond it nothing was solved: go on from here
                    moves[lane], phase[lane] = 1.0, _RUN
                else:
                    other[lane], other_value[lane] = low[lane], low_value[lane]
                    low[lane], low_value[lane] = step_length[lane], end
                if moves[lane] == 1.0:
                    end_two[lane], end_before[lane] = end_before[lane], end
            if phase[lane] == _LOCATE and moves[lane] == 0.0 and solved:
                width = high[lane] - low[lane]
                if width < NARROWEST * (time[lane] + high[lane]):
                    moves[lane], code[lane], ends[lane] = 1.0, reason, True
                else:
                    step_length[lane] = root(
                        low[lane],
                        low_value[lane],
                        high[lane],
                        high_value[lane],
                        other[lane],
                        other_value[lane],
                        tries[lane],
                    )
                    tries[lane] += 1
            moved = moved or moves[lane] == 1.0

        if moved:
            # energy by Simpson's rule, and the points of the curve that lie in the step
            store(share, 0, each(0.5))
            v = potential_inside(pos, f, h, r_1, each(0.5), j) - potential_inside(neg, f, h, r_1, each(0.5), -j)
            store(inside, 0, v + j * separator)
            for lane in range(LANES):
                if moves[lane] == 1.0 and held[lane] == 0.0:
                    mean = (voltage_before[lane] + 4.0 * inside[lane] + voltage[lane]) / 6.0
                    energy[lane] += mean * abs(current[lane]) * step_length[lane]
            pending = curve_step >= 0
            while pending:
                pending = False
                for lane in range(LANES):
                    share[lane] = -1.0
                    if moves[lane] == 1.0 and step_of[lane] == curve_step and held[lane] == 0.0:
                        point, row = next_point[lane], row_of[lane]
                        passed = abs(charge[lane])
                        more = abs(current[lane]) * step_length[lane]
                        if point < grid.shape[1] and grid[row, point] <= passed + more:
                            share[lane] = (grid[row, point] - passed) / more if more > 0.0 else 1.0
                            pending = True
                if pending:
                    at = minimum(maximum(load(share, 0), zero), each(1.0))
                    v = potential_inside(pos, f, h, r_1, at, j) - potential_inside(neg, f, h, r_1, at, -j)
                    store(inside, 0, v + j * separator)
                    for lane in range(LANES):
                        if share[lane] >= 0.0:
                            row = row_of[lane]
                            value = voltage[lane] if step_length[lane] == 0.0 else inside[lane]
                            curves[row, next_point[lane]] = value
                            next_point[lane] += 1
            accept(pos, load(moves, 0) > 0.0, r_1)
            accept(neg, load(moves, 0) > 0.0, r_1)

        for lane in range(LANES):
            if moves[lane] == 1.0:
                row, number = row_of[lane], step_of[lane]
                length = step_length[lane]
                if held[lane] == 0.0:
                    charge[lane] += current[lane] * length
                else:
                    before = current_before[lane]
                    second = current[lane] - before - ratio[lane] * (before - current_two[lane])
                    passed = length * (0.5 * (current[lane] + before) + THETA * second)
                    charge[lane] += passed
                    energy[lane] += voltage[lane] * abs(passed)
                current_two[lane] = current_before[lane]
                current_before[lane] = current[lane]
                time[lane] += length
                voltage_before[lane] = voltage[lane]
                if ages:
                    filling = mean_stoichiometry(pos, lane)
                    expose(growths[row], losses[row], seconds, been, lane, length, voltage[lane], filling)
                if phase[lane] == _START:
                    current_two[lane] = current[lane]
                    phase[lane] = _RUN
                    longest[lane] = 0.1 * control[T_END, lane]
                    if current[lane] != 0.0:
                        longest[lane] = min(longest[lane], longest_step(pos, lane, current[lane]))
                        longest[lane] = min(longest[lane], longest_step(neg, lane, current[lane]))
                    h_1[lane], h_2[lane] = 0.0, 0.0
                    step_length[lane] = FIRST * longest[lane]
                else:
                    taken[lane] += 1
                    h_2[lane], h_1[lane] = h_1[lane], length
                    step_length[lane] = min(length * min(MOST_GROWTH, factor[lane]), longest[lane])
                remaining = control[T_END, lane] - time[lane]
                if not ends[lane] and remaining <= 1e-12 * control[T_END, lane]:
                    code[lane], ends[lane] = ENDED_BY_TIME, True
                if ends[lane]:
                    out[row, number, CODE] = code[lane]
                    out[row, number, DURATION] = time[lane]
                    out[row, number, CHARGE_PASSED] = charge[lane]
                    out[row, number, ENERGY] = energy[lane]
                    out[row, number, END_VOLTAGE] = voltage[lane]
                    out[row, number, END_STOICHIOMETRY] = mean_stoichiometry(pos, lane)
                    out[row, number, END_STOICHIOMETRY + 1] = mean_stoichiometry(neg, lane)
                    out[row, number, STEPS_TAKEN] = taken[lane]
                    if ages:
                        if neg.host:
                            is_charge = held[lane] == 0.0 and control[VALUE, lane] > 0.0
                            filling = mean_stoichiometry(neg, lane)
                            bind(losses[row], been, lane, charge[lane], is_charge, neg.amplitude, neg.row, filling)
                        age(growths[row], losses[row], seconds, been, lane, pos_rows[row], pos.row)
            if phase[lane] == _RUN:
                remaining = control[T_END, lane] - time[lane]
                if step_length[lane] > 0.999 * remaining:
                    step_length[lane] = remaining
            if phase[lane] == _RUN or phase[lane] == _LOCATE:
                allowed[lane] = NEWTON_TOLERANCE if phase[lane] == _RUN else LOCATE_TOLERANCE
                length, one, two = step_length[lane], h_1[lane], h_2[lane]
                ratio[lane] = length / one if one > 0.0 else 0.0
                bend[lane] = length * (length + one) / (one * (one + two)) if two > 0.0 else 0.0
                ratio_before[lane] = one / two if two > 0.0 else 0.0
