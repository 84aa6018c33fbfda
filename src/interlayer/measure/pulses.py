"""Titration pulses in a record: a rest, a current, a rest."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from interlayer.errors import InputError
from interlayer.records import Record

Array = NDArray[np.float64]
_CURRENT: Final = 0.05
"""A current below this fraction of the usual one of the record is none."""
_FEWEST_POINTS: Final = 5


@dataclass(frozen=True, eq=False)
class Pulse:
    """A current between two rests; times in s since the pulse began, voltages in V.

    `before` is the voltage at the end of the rest before it and `noise` the scatter there; `time` and `voltage` are the
    pulse's, `rest_time` and `rest_voltage` those of the rest after it; `current` in A is the mean, positive charging.
    `charge` in A s is what the record has passed when the pulse begins.
    """

    before: float
    noise: float
    time: Array
    voltage: Array
    rest_time: Array
    rest_voltage: Array
    current: float
    duration: float
    charge: float


def find_pulses(record: Record) -> list[Pulse]:
    """Return the pulses of a record, in order.

    A pulse is a stretch of current of one sign with a rest on both sides and at least five points in each. Raises
    InputError where there is none, and says what the record has instead.
    """
    time, voltage, current = (
        np.asarray(record.columns[name], dtype=float) for name in ("test_time_second", "voltage_volt", "current_ampere")
    )
    if len(time) < 3 * _FEWEST_POINTS:
        raise InputError(f"{len(time)} points are too few for a pulse between two rests")
    if np.any(np.diff(time) < 0.0):
        raise InputError("the time runs backwards somewhere: no pulses can be told from it")
    size = np.abs(current)
    usual = float(np.median(size[size > 1e-3 * size.max()])) if size.max() > 0.0 else 0.0
    if usual == 0.0:
        raise InputError("the record passes no current: it has no pulses")
    sign = np.where(size < _CURRENT * usual, 0, np.sign(current)).astype(int)
    edges = np.flatnonzero(np.diff(sign)) + 1
    starts, ends = np.concatenate([[0], edges]), np.concatenate([edges, [len(sign)]])
    passed = np.concatenate([[0.0], np.cumsum(0.5 * (current[1:] + current[:-1]) * np.diff(time))])
    pulses = []
    for k in range(1, len(starts) - 1):
        begin, end = starts[k], ends[k]
        whole = sign[begin] != 0 and sign[starts[k - 1]] == 0 and sign[starts[k + 1]] == 0
        rests = ends[k - 1] - starts[k - 1], ends[k + 1] - starts[k + 1]
        if not whole or end - begin < _FEWEST_POINTS or min(rests) < _FEWEST_POINTS:
            continue
        last = slice(max(starts[k - 1], begin - max(rests[0] // 5, _FEWEST_POINTS)), begin)
        zero, over = float(time[begin - 1]), float(time[end - 1])
        if over <= zero:
            continue
        before, noise = _end_of_rest(time[last], voltage[last])
        after = slice(starts[k + 1], ends[k + 1])
        # the instant of switching is written twice by some instruments; the rest begins after it
        later = time[after] > over
        pulses.append(
            Pulse(
                before=before,
                noise=noise,
                time=time[begin:end] - zero,
                voltage=voltage[begin:end],
                rest_time=time[after][later] - zero,
                rest_voltage=voltage[after][later],
                current=float(np.trapezoid(current[begin:end], time[begin:end]) / (time[end - 1] - time[begin]))
                if time[end - 1] > time[begin]
                else float(current[begin:end].mean()),
                duration=over - zero,
                charge=float(passed[begin - 1]),
            )
        )
    if not pulses:
        raise InputError(
            f"no pulse between two rests of at least {_FEWEST_POINTS} points; the record has {len(starts)} stretches "
            f"of current and rest, {int(np.sum(sign[starts] == 0))} of them rests"
        )
    return pulses


def _end_of_rest(time: Array, voltage: Array) -> tuple[float, float]:
    """Return the voltage that a straight line through the last part of a rest ends at, and the scatter around it."""
    if len(time) < 3 or time[-1] <= time[0]:
        return float(voltage[-1]), 0.0
    line = np.polyfit(time - time[-1], voltage, 1)
    rest = voltage - np.polyval(line, time - time[-1])
    return float(line[1]), float(np.sqrt(rest @ rest / max(len(time) - 2, 1)))
