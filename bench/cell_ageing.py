"""500 cycles with ageing, every cycle simulated: ours and PyBaMM's IDAKLU on the same equations and grids.

Both sides run at the loosest tolerance of a ladder whose capacity at the last cycle is within 0.1 % of a tight
reference (PyBaMM at 1e-8). The layer and the isolation move all the time there, and at the end of each step here. Ours
is a batch of eight cells in the lanes of one thread, each of another diffusivity, timed per cell: what a fit of ageing
parameters runs. One cell alone in one lane, and in the engine that keeps a record, is printed beside.
"""

import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from interlayer.materials.open_circuit import OpenCircuit
from interlayer.protocol import read_protocol
from interlayer.simulation import layout
from interlayer.simulation.ageing import AgeingHistory, AgeingTerms, GrowthTerm
from interlayer.simulation.model import CellParameters, ConstantElectrode, HostElectrode
from interlayer.simulation.run import run_protocol, uniform_state

LOWER, UPPER = 2.2, 3.6
TERMS = AgeingTerms(growths=(GrowthTerm("layer", 3.6e6, 4e-3),), isolation_rate=5e-4)
CELL = CellParameters(
    "ageing",
    HostElectrode(
        name="coated oxide",
        open_circuit=OpenCircuit(
            source="bench",
            expression="4.32 - 1.2*x + 0.25*exp(-6*x) - 0.06*tanh(14*(x - 0.45)) - 0.0001*exp(60*(x - 0.87))",
        ),
        charge=72_000.0,
        true_area=36.0,
        length=1.5e-6,
        diffusivity=3e-15,
        exchange_current_density=0.08,
        contact=0.6,
        layer_resistances={"coating": 2.6e-6, "interphase": 1e-3},
        ionic_resistance=1.5e-3,
        electronic_resistance=4e-4,
        initial_stoichiometry=0.9,
    ),
    ConstantElectrode("In-Li", 0.62, exchange_current_density=20.0),
    {"LGPS": 1.8e-3},
    7.85e-5,
    13.0,
    0.084,
)
_LARGEST_ERROR = 1e-3
_OURS = ((1e-2, 0.2), (1e-3, 0.1), (1e-4, 0.05), (1e-5, 0.02), (1e-6, 0.005))
_BATCH = tuple((tolerance, 8.0) for tolerance in (1e-1, 3e-2, 1e-2, 3e-3, 1e-3, 3e-4, 1e-4))
_ALONE = tuple((tolerance, 1.0) for tolerance in (1e-1, 3e-2, 1e-2, 3e-3, 1e-3, 3e-4, 1e-4))
_THEIRS = ((1e-2, 1e-4), (1e-3, 1e-5), (1e-4, 1e-6), (1e-5, 1e-7), (1e-6, 1e-8))
_REFERENCE = (1e-8, 1e-10)


def engine(cycles: int, tolerance: float, stride: float) -> tuple[float, float]:
    """Return (CPU seconds, capacity of the last discharge in A s/m2) of the engine."""
    protocol = read_protocol(
        {"repeat": cycles, "steps": [f"Charge at 1C until {UPPER} V", f"Discharge at 1C until {LOWER} V"]}
    )
    begun = time.process_time()
    history = AgeingHistory(CELL, TERMS)
    state = uniform_state(CELL, CELL.positive.initial_stoichiometry, 0.0)
    steps = run_protocol(CELL, protocol, state, tolerance=tolerance, stride=stride, after=history.after_step)
    return time.process_time() - begun, float(-steps[-1].rows[-1, layout.CHARGE_PASSED])


def lanes(cycles: int, tolerance: float, count: float) -> tuple[float, float]:
    """Return the same of `count` cells in lanes, per cell; the capacity is that of the first, which is `CELL`."""
    from dataclasses import replace

    from interlayer.simulation.batch import CHARGE_PASSED, Case, run_cases

    protocol = read_protocol(
        {"repeat": cycles, "steps": [f"Charge at 1C until {UPPER} V", f"Discharge at 1C until {LOWER} V"]}
    )
    cells = [
        replace(CELL, positive=replace(CELL.positive, diffusivity=CELL.positive.diffusivity * (1.0 + 0.1 * k)))
        for k in range(int(count))
    ]
    for cell in cells:
        cell.positive.__dict__["table"] = CELL.positive.table
    cases = [Case(cell, (CELL.positive.initial_stoichiometry, 0.0), TERMS) for cell in cells]
    begun = time.process_time()
    done = run_cases(cases, protocol, tolerance=tolerance)
    seconds = time.process_time() - begun
    if done.one_by_one:
        raise RuntimeError(f"{done.one_by_one} of {len(cases)} cells were left to the single engine")
    return seconds / len(cases), float(-done.values[0, -1, CHARGE_PASSED])


def peer(cycles: int, relative: float, absolute: float) -> tuple[float, float]:
    """Return the same of IDAKLU, one solve per half cycle from the state before; its model build is not counted."""
    from interlayer.simulation.pybamm_model import pybamm_simulation

    simulation = pybamm_simulation(CELL, relative=relative, absolute=absolute, ageing=TERMS)
    simulation.build()
    _half(simulation, None, 0)  # the first solve sets the solver up
    begun = time.process_time()
    solution = None
    for half in range(2 * cycles):
        solution = _half(simulation, solution, half)
    return time.process_time() - begun, float(solution.t[-1] - solution.t[0]) * CELL.one_c


def _half(simulation: Any, solution: Any, half: int) -> Any:
    charging = half % 2 == 0
    current = CELL.one_c * CELL.area
    inputs = {
        "Current [A]": current if charging else -current,
        "Lower voltage [V]": 0.0 if charging else LOWER,
        "Upper voltage [V]": UPPER if charging else 9.0,
    }
    if solution is not None:
        solution.termination = "final time"  # so that it goes on from where the event stopped it
    return simulation.solver.step(
        solution, simulation.built_model, 14_400.0, t_eval=np.array([0.0, 14_400.0]), inputs=inputs, save=False
    )


def cheapest(
    run: Callable[..., tuple[float, float]], cycles: int, ladder: Sequence[tuple[float, float]], reference: float
) -> tuple[float, tuple[float, float], float]:
    """Return (CPU seconds, tolerances, relative error) of the first rung that is accurate enough; median of three."""
    for rung in ladder:
        seconds, capacity = run(cycles, *rung)
        error = abs(capacity / reference - 1.0)
        if error <= _LARGEST_ERROR:
            return float(np.median([seconds, *(run(cycles, *rung)[0] for _ in range(2))])), rung, error
    raise RuntimeError(f"no tolerance of {run.__name__} reaches {_LARGEST_ERROR:g}")


def measure(cycles: int = 500) -> dict[str, Any]:
    """Return what `bench/cell.py` prints of this part."""
    begun = time.perf_counter()
    engine(1, *_OURS[0])
    lanes(1, *_BATCH[0])
    compiled = time.perf_counter() - begun
    _, reference = peer(cycles, *_REFERENCE)
    single, single_rung, single_error = cheapest(engine, cycles, _OURS, reference)
    alone, alone_rung, alone_error = cheapest(lanes, cycles, _ALONE, reference)
    batch, batch_rung, batch_error = cheapest(lanes, cycles, _BATCH, reference)
    theirs, their_rung, their_error = cheapest(peer, cycles, _THEIRS, reference)
    return {
        "ageing_ratio_cpu": theirs / batch,
        "ageing": {
            "cycles": cycles,
            "ours_cpu_s_per_cell_of_eight": batch,
            "ours_cpu_s_one_lane": alone,
            "ours_cpu_s_single_engine": single,
            "pybamm_cpu_s": theirs,
            "ratio_one_lane": theirs / alone,
            "ratio_single_engine": theirs / single,
            "tolerances": {
                "batch_V": batch_rung[0],
                "one_lane_V": alone_rung[0],
                "single_engine": single_rung,
                "pybamm": their_rung,
            },
            "capacity_errors": {
                "batch": batch_error,
                "one_lane": alone_error,
                "single_engine": single_error,
                "pybamm": their_error,
            },
            "ours_compiled_s": compiled,
        },
    }


if __name__ == "__main__":
    import json

    print(json.dumps(measure(), indent=2))
