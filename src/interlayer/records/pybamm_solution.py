"""A PyBaMM solution as a record, so that a simulation by others is analysed like any other."""

from typing import Any

import numpy as np

from interlayer.errors import InputError
from interlayer.records.record import Record


def from_pybamm(solution: Any) -> Record:
    """Return the record of a PyBaMM solution: time, voltage, current (here positive where it charges), cycles, steps.

    PyBaMM counts a discharging current as positive; the sign is turned. Raises InputError for what has no such
    variables.
    """
    try:
        time = np.asarray(solution["Time [s]"].entries, dtype=float)
        current = -np.asarray(solution["Current [A]"].entries, dtype=float)
        voltage = np.asarray(solution["Voltage [V]"].entries, dtype=float)
    except (KeyError, TypeError, AttributeError) as error:
        problem = " ".join(str(error).split())[:100]
        raise InputError(f"this is no PyBaMM solution with time, voltage and current: {problem}") from None
    columns = {"test_time_second": time, "voltage_volt": voltage, "current_ampere": current}
    numbers: dict[str, list[int]] = {"cycle_count": [], "step_count": []}
    step = 0
    for number, cycle in enumerate(getattr(solution, "cycles", None) or [], start=1):
        for part in getattr(cycle, "steps", None) or [cycle]:
            step += 1
            points = len(np.asarray(part["Time [s]"].entries))
            numbers["cycle_count"] += [number] * points
            numbers["step_count"] += [step] * points
    for name, counted in numbers.items():
        if len(counted) == len(time):
            columns[name] = np.array(counted)
    return Record(columns, {"origin": "simulated", "cell": "PyBaMM"})
