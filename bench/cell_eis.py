"""Spectra of 60 frequencies: ours and PyBaMM's impedance simulation, on the same equations, grids and closure.

PyBaMM linearises the exported model and solves one sparse system per frequency; its set-up and its first solve, which
compiles the Jacobian, are left out, as is our compilation. Each spectrum is about another state of charge.
"""

import time
from typing import Any

import numpy as np
from cell_ageing import CELL

from interlayer.simulation.impedance import Capacitances, impedance
from interlayer.simulation.run import uniform_state

FREQUENCIES = np.geomspace(1e5, 1e-3, 60)
STATES = np.linspace(0.35, 0.85, 20)
_NO_CAPACITY = Capacitances(0.0, 0.0)  # the exported model has none


def measure() -> dict[str, Any]:
    """Return what `bench/cell.py` prints of this part."""
    from dataclasses import replace

    from interlayer.simulation.pybamm_model import pybamm_impedance

    begun = time.perf_counter()
    impedance(CELL, uniform_state(CELL, 0.5, 0.0), FREQUENCIES, closure="grid")
    compiled = time.perf_counter() - begun
    ratios, ours_all, theirs_all, worst, from_exact = [], [], [], 0.0, 0.0
    for _ in range(3):
        ours_s = theirs_s = 0.0
        for x in STATES[:: len(STATES) // 5]:
            cell = replace(CELL, positive=replace(CELL.positive, initial_stoichiometry=float(x)))
            simulation = pybamm_impedance(cell)
            simulation.solve(FREQUENCIES[:1])
            begun = time.process_time()
            theirs = simulation.solve(FREQUENCIES).impedance
            theirs_s += time.process_time() - begun
            state = uniform_state(cell, float(x), 0.0)
            begun = time.process_time()
            for _ in range(20):
                ours = impedance(cell, state, FREQUENCIES, closure="grid", capacitances=_NO_CAPACITY) / cell.area
            ours_s += (time.process_time() - begun) / 20
            worst = max(worst, float(np.max(np.abs(theirs / ours - 1.0))))
            exact = impedance(cell, state, FREQUENCIES, capacitances=_NO_CAPACITY) / cell.area
            from_exact = max(from_exact, float(np.max(np.abs(ours / exact - 1.0))))
        ratios.append(theirs_s / ours_s)
        ours_all.append(ours_s / 5)
        theirs_all.append(theirs_s / 5)
    return {
        "eis_ratio_cpu": float(np.median(ratios)),
        "eis": {
            "frequencies": len(FREQUENCIES),
            "ours_us_per_spectrum": float(np.median(ours_all)) * 1e6,
            "pybamm_ms_per_spectrum": float(np.median(theirs_all)) * 1e3,
            "largest_relative_difference_same_closure": worst,
            "largest_relative_difference_of_the_closure_from_the_exact_one": from_exact,
            "ours_compiled_s": compiled,
        },
    }


if __name__ == "__main__":
    import json

    print(json.dumps(measure(), indent=2))
