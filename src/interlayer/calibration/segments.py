"""What was done to a cell, read from its record: steps of constant current, rest, constant voltage, and sweeps."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from interlayer.errors import InputError
from interlayer.protocol import ConstantCurrent, Hold, Limit, Rate, Rest, Step, Sweep
from interlayer.records import Record

Array = NDArray[np.float64]

MOST_POINTS: Final = 300
"""Points of a step that take part in a fit; more are averaged, neighbours together."""
REST: Final = 1e-3
"""A current below this share of the largest one is none."""
CONSTANT: Final = 0.02
"""Relative spread of a current that counts as constant."""
FLAT: Final = 3e-3
"""V; a voltage that moves less is held."""
BEYOND: Final = 0.3
"""V; how far past its measured end a step is simulated, so that a cell that is too resistive still has a curve."""


@dataclass(frozen=True)
class Segment:
    """One step as measured: `time` since its start (s), and `voltage` (V) or `current` (A); `weight` is points per row.

    `observed` is ``voltage`` for constant current and rest, ``current`` for a hold and a sweep. `limit` is the voltage
    at which its simulation gives up; `charge` is what passed by the end, A s; `mean_voltage` is over time.
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


def segments(record: Record) -> tuple[Segment, ...]:
    """Return the steps of a time series; InputError where a step is none that a protocol knows.

    A step is what the record counts as one, else what lies between changes of the current's sign or size and turns of
    the voltage.
    """
    largest = float(np.abs(record.current).max(initial=0.0))
    found = tuple(_segment(number, part, largest) for number, part in enumerate(_parts(record, largest), start=1))
    if not any(segment.charge > 0.0 for segment in found):
        raise InputError("no current flows in the record: there is nothing to fit")
    return found


def _parts(record: Record, largest: float) -> Iterator[Record]:
    if len(record) < 3:
        raise InputError(f"the record has {len(record)} rows: too few to fit")
    if "step_count" in record.columns:
        parts = [part for part in record.iter_steps() if len(part) > 1 and part.time[-1] > part.time[0]]
    else:
        level = np.where(np.abs(record.current) <= REST * largest, 0.0, record.current)
        jumps = (np.sign(level[1:]) != np.sign(level[:-1])) & (np.abs(np.diff(level)) > 0.1 * largest)
        edges = [0, *(np.flatnonzero(jumps) + 1).tolist(), len(record)]
        columns = record.columns
        parts = [
            Record({name: values[a:b] for name, values in columns.items()}, record.metadata)
            for a, b in pairwise(edges)
            if b - a > 1 and record.time[b - 1] > record.time[a]
        ]
    if not parts:
        raise InputError("the record has no step of two rows or more: there is nothing to fit")
    return iter(parts)


def _segment(number: int, part: Record, largest: float) -> Segment:
    time, voltage, current = part.time - part.time[0], part.voltage, part.current
    if np.any(np.diff(time) < 0.0):
        raise InputError(f"step {number} of the record: the time runs backwards")
    duration = float(time[-1])
    inner = current[1:] if len(current) > 2 else current
    level = float(np.median(inner))
    charge = float(abs(np.sum(0.5 * (current[1:] + current[:-1]) * np.diff(time))))
    rows = _thinned(time, voltage, current)
    if np.all(np.abs(inner) <= REST * largest):
        return Segment(Rest(duration=duration), "voltage", *rows, limit=0.0, charge=0.0)
    if np.std(inner) <= CONSTANT * abs(level):
        charging = level > 0.0
        end, mean = float(voltage[-1]), float(np.trapezoid(voltage, time)) / duration
        limit = end + BEYOND if charging else end - BEYOND
        step = ConstantCurrent(
            kind="charge" if charging else "discharge",
            rate=Rate(value=abs(level), unit="A", text=f"{abs(level) * 1e3:g} mA"),
            until=Limit(volts=limit),
            duration=duration,
        )
        return Segment(step, "voltage", *rows, limit=limit, charge=abs(level) * duration, mean_voltage=mean)
    slope, intercept = np.polyfit(time, voltage, 1)
    if np.ptp(voltage) <= FLAT:
        hold = Hold(voltage=Limit(volts=float(np.mean(voltage))), duration=duration)
        return Segment(hold, "current", *rows, limit=0.0, charge=charge)
    if np.std(voltage - slope * time - intercept) <= 0.01 * np.ptp(voltage):
        sweep = Sweep(scan_rate=abs(float(slope)), to=Limit(volts=float(voltage[-1])))
        return Segment(sweep, "current", *rows, limit=0.0, charge=charge)
    raise InputError(
        f"step {number} of the record has neither a constant current nor a held or swept voltage; a fit needs steps"
    )


def _thinned(time: Array, voltage: Array, current: Array) -> tuple[Array, Array, Array, Array]:
    """Return the rows without the first, at most `MOST_POINTS`: means of neighbours, and how many each stands for."""
    time, voltage, current = (values[1:].astype(float) for values in (time, voltage, current))
    most = min(len(time), MOST_POINTS)
    edges = np.linspace(0, len(time), most + 1).astype(int)
    counts = np.diff(edges).astype(float)
    means = [np.add.reduceat(values, edges[:-1]) / counts for values in (time, voltage, current)]
    return means[0], means[1], means[2], counts
