"""What was done to a cell, read from its record: steps of constant current, rest, constant voltage, and sweeps."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from interlayer.errors import InputError
from interlayer.measure.sweeps import turning_points
from interlayer.protocol import ConstantCurrent, Hold, Limit, Rate, Rest, Step, Sweep
from interlayer.records import Record

Array = NDArray[np.float64]

MOST_POINTS: Final = 300
"""Points of a step that take part in a fit; more are averaged, neighbours together."""
REST: Final = 2e-3
"""A current whose middle is below this share of the largest one is none."""
CONSTANT: Final = 0.02
"""By how much the mean current of a step's halves may differ, relative, for it to count as constant."""
CHANGED: Final = 0.2
"""A current that changes by this share of its smaller neighbour begins a new step."""
FLAT: Final = 0.010
"""V; a voltage of which nine tenths lie closer together is held."""
_EVEN_ROWS: Final = 6
BEYOND: Final = 0.3
"""V; how far past its measured end a step is simulated, so that a cell that is too resistive still has a curve."""


@dataclass(frozen=True)
class Segment:
    """One step as measured: `time` since its start (s), and `voltage` (V) or `current` (A); `weight` is points per row.

    `observed` is ``voltage`` for constant current and rest, ``current`` for a hold and a sweep. `limit` is the voltage
    at which its simulation gives up; `charge` is what passed by the end, A s; `mean_voltage` is over time. `tail` is
    the mean voltage of its last tenth, and of how many rows. `unsure` is the standard deviation of when it began, s.
    """

    step: Step
    observed: str
    time: Array
    voltage: Array
    current: Array
    weight: Array
    limit: float
    charge: float
    mean_voltage: float = 0.0
    unsure: float = 0.0
    tail: tuple[float, int] = (0.0, 1)


def segments(record: Record) -> tuple[Segment, ...]:
    """Return the steps of a time series; InputError where a step is none that a protocol knows.

    A step is what the record counts as one; without such a column, what lies between turns of a swept voltage, or
    between changes of the current's sign or size. A current that begins to fall at a steady voltage is a step of its
    own in any case, as many cyclers count constant current and voltage as one.
    """
    if len(record) < 3:
        raise InputError(f"the record has {len(record)} rows: too few to fit")
    if np.any(np.diff(record.time) < 0.0):
        raise InputError("the time of the record runs backwards")
    largest = float(np.abs(record.current).max(initial=0.0))
    found: list[Segment] = []
    begun, end = 0, None
    for number, (first, last) in enumerate(_spans(record, largest), start=1):
        start = _start_of(record, first, end)
        unseen = 0.0
        if end is not None:
            if start == end:
                unseen = _unseen(record, begun, first)
                start += 0.5 * unseen
            elif start - end > 2.0 * _even(record, begun, first):
                end = start  # more than the switching was left out
            found[-1] = _longer(found[-1], start - end)
        found.append(
            replace(_segment(number, record, slice(first, last), start, largest), unsure=unseen / np.sqrt(12.0))
        )
        begun, end = first, float(record.time[last - 1])
    if not found:
        raise InputError("the record has no step of two rows or more: there is nothing to fit")
    if not any(segment.charge > 0.0 for segment in found):
        raise InputError("no current flows in the record: there is nothing to fit")
    return tuple(found)


def _even(record: Record, begun: int, first: int) -> float:
    """Return the usual time between the rows of a step, s."""
    return float(np.median(np.diff(record.time[begun:first])))


def _unseen(record: Record, begun: int, first: int) -> float:
    """Return the time, s, in which a step may have begun: from the last row of the one before to its first row.

    It is 0 where the record says when, by a row at the end of the step before, which stands out from rows at even
    intervals; and where so much time has passed that more than the switching was left out.
    """
    intervals = np.diff(record.time[begun:first])
    if len(intervals) < _EVEN_ROWS:
        return 0.0
    even = _even(record, begun, first)
    odd = np.abs(intervals - even) > 0.02 * even
    gap = float(record.time[first] - record.time[first - 1])
    noted = bool(odd[-1]) or np.mean(odd[1:]) > 0.1
    return 0.0 if noted or not 0.2 * even < gap <= 2.0 * even else gap


def _longer(segment: Segment, by: float) -> Segment:
    """Return a step that goes on for some seconds after its last row, at the same current."""
    duration = getattr(segment.step, "duration", None)
    if by <= 0.0 or duration is None:
        return segment
    step = segment.step.model_copy(update={"duration": duration + by})
    charge = segment.charge * (1.0 + by / duration) if isinstance(step, ConstantCurrent) else segment.charge
    return replace(segment, step=step, charge=charge)


def _start_of(record: Record, first: int, before: float | None) -> float:
    """Return when a step began: by the record's own step time, else where the one before ended, else its first row."""
    time = float(record.time[first])
    if "step_time_second" in record.columns:
        since = float(record.columns["step_time_second"][first])
        if since >= 0.0 and (before is None or time - since >= before - 1e-6 * max(abs(before), 1.0)):
            return time - since
    return time if before is None else before


def _spans(record: Record, largest: float) -> Iterator[tuple[int, int]]:
    """Yield the first row and the row after the last of each step of two rows or more that takes time."""
    edges = _counted(record) if "step_count" in record.columns else _seen(record, largest)
    for a, b in pairwise(edges):
        if b - a > 1 and record.time[b - 1] > record.time[a]:
            yield a, b


def _counted(record: Record) -> list[int]:
    changes = np.flatnonzero(np.diff(record.columns["step_count"]) != 0) + 1
    return _with_knees(record, [0, *changes.tolist(), len(record)])


def _with_knees(record: Record, edges: list[int]) -> list[int]:
    """Return edges of steps with one more where a constant current gives way to a held voltage."""
    whole = [0]
    for a, b in pairwise(edges):
        knee = _knee(record.voltage[a:b], record.current[a:b])
        whole += [a + knee] if knee else []
        whole.append(b)
    return whole


def _seen(record: Record, largest: float) -> list[int]:
    """Return where steps begin by the look of voltage and current."""
    time, voltage, current = record.time, record.voltage, record.current
    if _is_swept(time, voltage, current):
        return [*turning_points(np.asarray(voltage, dtype=float), 0.05 * float(np.ptp(voltage))), len(record)]
    from scipy.ndimage import median_filter

    level = median_filter(np.asarray(current, dtype=float), size=3, mode="nearest")
    level = np.where(np.abs(level) <= REST * largest, 0.0, level)
    smaller = np.minimum(np.abs(level[1:]), np.abs(level[:-1]))
    jumps = (np.sign(level[1:]) != np.sign(level[:-1])) | (np.abs(np.diff(level)) > CHANGED * smaller)
    # a current that falls at a held voltage changes little by little
    edges = [0, *(np.flatnonzero(jumps & (np.abs(np.diff(level)) > REST * largest)) + 1).tolist(), len(record)]
    return _with_knees(record, edges)


def _is_swept(time: Array, voltage: Array, current: Array) -> bool:
    """Return whether the voltage moves at one rate up and down while the current does not stay."""
    elapsed = np.diff(time)
    if np.count_nonzero(elapsed > 0.0) < 10:
        return False
    rate = np.abs(np.diff(voltage)[elapsed > 0.0] / elapsed[elapsed > 0.0])
    middle = float(np.median(rate))
    steady = middle > 0.0 and float(np.median(np.abs(rate - middle))) < 0.05 * middle
    return bool(steady and np.mean(np.abs(rate - middle) < 0.2 * middle) > 0.95 and not _is_constant(current))


def _knee(voltage: Array, current: Array) -> int:
    """Return the row at which a constant current gives way to a held voltage, 0 where it does not."""
    n = len(current)
    if n < 8 or _is_constant(current):
        return 0
    level = float(np.median(np.abs(current[: max(n // 10, 3)])))
    falls = np.flatnonzero(np.abs(current) < (1.0 - CONSTANT) * level)
    knee = int(falls[0]) if len(falls) else 0
    if knee < 2 or n - knee < 3 or not _is_flat(voltage[knee:]) or not _is_constant(current[:knee]):
        return 0
    # a hold whose current falls slowly at first has its voltage from the beginning
    moved = float(np.ptp([*voltage[:2], np.mean(voltage[knee:])]))
    return knee if moved > FLAT else 0


def _is_constant(current: Array) -> bool:
    level = float(np.median(current))
    half = len(current) // 2
    apart = abs(float(np.mean(current[:half]) - np.mean(current[half:]))) if half else 0.0
    scatter = float(np.median(np.abs(current - level)))
    return apart <= CONSTANT * abs(level) and scatter <= 5.0 * CONSTANT * abs(level)


def _is_flat(voltage: Array) -> bool:
    low, high = np.percentile(voltage, [5.0, 95.0])
    return bool(high - low <= FLAT)


def _segment(number: int, record: Record, rows: slice, start: float, largest: float) -> Segment:
    time = np.asarray(record.time[rows], dtype=float) - start
    voltage, current = record.voltage[rows], record.current[rows]
    duration = float(time[-1])
    at_switching = time[0] <= 0.0
    inner = current[1:] if at_switching and len(current) > 2 else current
    level = float(np.median(inner))
    thin = _thinned(time, voltage, current, at_switching)
    last = max(len(voltage) // 10, 1)
    tail = float(np.mean(voltage[-last:])), last
    try:
        if abs(level) <= REST * largest and float(np.median(np.abs(inner))) <= 10.0 * REST * largest:
            return Segment(Rest(duration=duration), "voltage", *thin, limit=0.0, charge=0.0, tail=tail)
        if _is_constant(inner):
            return _constant(time, voltage, inner, duration, thin)
        charge = float(abs(np.sum(0.5 * (current[1:] + current[:-1]) * np.diff(time))))
        if _is_flat(voltage):
            hold = Hold(voltage=Limit(volts=float(np.mean(voltage))), duration=duration)
            return Segment(hold, "current", *thin, limit=0.0, charge=charge)
        slope, intercept = np.polyfit(time, voltage, 1)
        if np.std(voltage - slope * time - intercept) <= 0.01 * np.ptp(voltage):
            sweep = Sweep(scan_rate=abs(float(slope)), to=Limit(volts=float(voltage[-1])))
            return Segment(sweep, "current", *thin, limit=0.0, charge=charge)
    except ValidationError as error:
        problem = error.errors()[0]
        raise InputError(f"step {number} of the record: {problem['input']} is no value of a test of a cell") from None
    raise InputError(
        f"step {number} of the record has neither a constant current nor a held or swept voltage; a fit needs steps"
    )


def _constant(
    time: Array, voltage: Array, current: Array, duration: float, thin: tuple[Array, Array, Array, Array]
) -> Segment:
    """Return a step of constant current: the mean one, so that the charge is right."""
    level = float(np.mean(current))
    charging = level > 0.0
    end = float(voltage[-1])
    limit = end + BEYOND if charging else end - BEYOND
    step = ConstantCurrent(
        kind="charge" if charging else "discharge",
        rate=Rate(value=abs(level), unit="A", text=f"{abs(level) * 1e3:g} mA"),
        until=Limit(volts=limit),
        duration=duration,
    )
    mean = float(np.trapezoid(voltage, time)) / float(time[-1] - time[0])
    return Segment(step, "voltage", *thin, limit=limit, charge=abs(level) * duration, mean_voltage=mean)


def _thinned(time: Array, voltage: Array, current: Array, at_switching: bool) -> tuple[Array, Array, Array, Array]:
    """Return the rows but one at the moment of switching, at most `MOST_POINTS`: means of neighbours, and how many."""
    skip = 1 if at_switching else 0
    time, voltage, current = (np.asarray(values[skip:], dtype=float) for values in (time, voltage, current))
    most = min(len(time), MOST_POINTS)
    edges = np.linspace(0, len(time), most + 1).astype(int)
    counts = np.diff(edges).astype(float)
    means = [np.add.reduceat(values, edges[:-1]) / counts for values in (time, voltage, current)]
    return means[0], means[1], means[2], counts
