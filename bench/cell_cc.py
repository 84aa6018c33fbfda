"""1,000 random discharges at constant current: `simulate_many`'s engine and PyBaMM's IDAKLU on the same equations.

Grids and closures are the same, only inputs change. Each side runs at its loosest tolerance whose voltage curves have a
99th percentile of the error within 0.5 mV, ours also no worse than IDAKLU's; the judge of both is IDAKLU at 1e-8.
Errors are taken at 100 capacities from the start to 99.9 % of the end of each discharge.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from interlayer.materials.open_circuit import OpenCircuit
from interlayer.protocol import read_protocol
from interlayer.simulation.batch import Case, run_cases
from interlayer.simulation.model import CellParameters, ConstantElectrode, HostElectrode

LOWER, START = 2.2, 0.25
LONGEST = 3600.0 * 4
POINTS = np.linspace(0.0, 0.999, 100)
BASE = CellParameters(
    "random discharge",
    HostElectrode(
        name="coated oxide",
        open_circuit=OpenCircuit(
            source="bench",
            expression="4.32 - 1.2*x + 0.25*exp(-6*x) - 0.06*tanh(14*(x - 0.45)) - 0.0001*exp(60*(x - 0.87))",
        ),
        charge=72_000.0,
        true_area=36.0,
        length=1.5e-6,
        diffusivity=1e-14,
        exchange_current_density=0.3,
        layer_resistances={"coating": 1e-3},
        ionic_resistance=1.5e-3,
        electronic_resistance=4e-4,
        initial_stoichiometry=START,
    ),
    ConstantElectrode("In-Li", 0.62),
    {"electrolyte": 1.8e-3},
    7.85e-5,
    13.0,
    0.084,
)
_RANGES = {
    "coating": (1e-4, 3e-2),
    "diffusivity": (1e-15, 1e-13),
    "exchange_current_density": (0.02, 3.0),
    "conductivity": (0.25, 4.0),
    "length": (5e-7, 4e-6),
    "thickness": (0.5, 2.0),
}
"""Coating resistance (ohm m2), D, i0, ionic conductivity and thickness (times the base), radius: uniform in the log."""
_PROTOCOL = read_protocol(f"Discharge at 1C until {LOWER} V")
_OURS = (1e-3, 5e-4, 2e-4, 1e-4, 5e-5, 2e-5, 1e-5)
_THEIRS = tuple((relative, relative * share) for relative in (1e-3, 5e-4, 2e-4, 1e-4, 1e-5) for share in (0.1, 0.01))
_REFERENCE = (1e-8, 1e-10)
_LARGEST_ERROR = 0.5e-3
ROUNDS = 3
_HERE: dict[str, Any] = {"cwd": Path(__file__).parent, "capture_output": True, "text": True}

Inputs = dict[str, float]


def random_inputs(count: int) -> list[Inputs]:
    rng = np.random.default_rng(4)
    drawn = {name: np.exp(rng.uniform(*np.log(limits), count)) for name, limits in _RANGES.items()}
    return [{name: float(column[i]) for name, column in drawn.items()} for i in range(count)]


def cell_of(given: Any) -> CellParameters:
    """Return the cell of one draw; its values may be numbers or PyBaMM's input parameters."""
    host = BASE.positive
    positive = replace(
        host,
        charge=host.charge * given["thickness"],
        true_area=3.0 * host.true_area * host.length / 3.0 * given["thickness"] / given["length"],
        length=given["length"],
        diffusivity=given["diffusivity"],
        exchange_current_density=given["exchange_current_density"],
        layer_resistances={"coating": given["coating"]},
        ionic_resistance=host.ionic_resistance * given["thickness"] / given["conductivity"],
        electronic_resistance=host.electronic_resistance * given["thickness"],
    )
    return replace(BASE, positive=positive)


class Peer:
    """IDAKLU at one tolerance; `build_s` is what setting it up took."""

    def __init__(self, tolerances: tuple[float, float]) -> None:
        import pybamm

        from interlayer.simulation.pybamm_model import pybamm_simulation

        begun = time.process_time()
        symbols = {name: pybamm.InputParameter(name) for name in _RANGES}
        self.simulation = pybamm_simulation(cell_of(symbols), relative=tolerances[0], absolute=tolerances[1])
        self.simulation.build()
        self.solve(random_inputs(1))
        self.build_s = time.process_time() - begun

    def solve(self, inputs: Sequence[Inputs]) -> Any:
        fixed = {"Current [A]": -BASE.one_c * BASE.area, "Lower voltage [V]": LOWER, "Upper voltage [V]": 9.0}
        answers = self.simulation.solver.solve(
            self.simulation.built_model,
            np.array([0.0, LONGEST]),
            inputs=[{**fixed, **given} for given in inputs],
        )
        return answers if isinstance(answers, list) else [answers]


def ends_and_curves(solutions: Sequence[Any], ends: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Return the end times and the voltages at the points of the given ends (by default their own)."""
    own = np.array([solution.t[-1] for solution in solutions])
    ends = own if ends is None else ends
    voltages = [
        solution["Voltage [V]"](np.minimum(POINTS * end, solution.t[-1]))
        for solution, end in zip(solutions, ends, strict=True)
    ]
    return own, np.array(voltages)


def with_ends(cases: Sequence[Case], ends: np.ndarray) -> list[Case]:
    """Return the cases with masses that make `POINTS` shares of each one's end; voltages do not depend on the mass."""
    return [
        Case(replace(case.cell, active_mass=BASE.one_c * end / 3600.0), case.start)
        for case, end in zip(cases, ends, strict=True)
    ]


def ours(cases: Sequence[Case], tolerance: float) -> np.ndarray:
    """Return our voltages at the points."""
    answers = run_cases(cases, _PROTOCOL, curve_step=0, grid=POINTS, tolerance=tolerance)
    if answers.reasons or answers.one_by_one:
        print(f"{answers.one_by_one} of {len(cases)} cells were left to the single engine", file=sys.stderr)
    return answers.curves


def cheapest_peer(
    inputs: Sequence[Inputs], ends: np.ndarray, reference: np.ndarray
) -> tuple[Peer, tuple[float, float], float]:
    """Return IDAKLU at the fastest of its tolerances that are accurate enough, those tolerances and the error."""
    found = []
    for rung in _THEIRS:
        peer = Peer(rung)
        begun = time.process_time()
        answers = peer.solve(inputs)
        seconds = time.process_time() - begun
        error = percentile(ends_and_curves(answers, ends)[1] - reference)
        if error <= _LARGEST_ERROR:
            found.append((seconds, rung, error, peer))
    _, rung, error, peer = min(found, key=lambda each: each[0])
    return peer, rung, error


def percentile(difference: np.ndarray) -> float:
    """Return the 99th percentile of the error, V; a point that one side lacks counts as wrong."""
    return float(np.percentile(np.nan_to_num(np.abs(difference), nan=1.0), 99.0))


def cpu(run: Callable[[], object]) -> float:
    begun = time.process_time()
    run()
    return time.process_time() - begun


def compile_seconds() -> float:
    """Return what the first run of a fresh installation takes, less that of the second: the compilation."""
    script = "import time, cell_cc as c; t = time.perf_counter(); c.first_run(); print(time.perf_counter() - t)"
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "NUMBA_CACHE_DIR": folder}
        seconds = [
            float(subprocess.run([sys.executable, "-c", script], **_HERE, env=environment, check=True).stdout)
            for _ in range(2)
        ]
    return seconds[0] - seconds[1]


def first_run() -> None:
    run_cases([Case(cell_of(random_inputs(1)[0]), (START, 0.0))], _PROTOCOL, curve_step=0, grid=POINTS)


def measure(cells: int = 1000) -> dict[str, Any]:
    """Return what `bench/cell.py` prints of this part."""
    inputs = random_inputs(cells)
    cases = [Case(cell_of(given), (START, 0.0)) for given in inputs]
    run_cases(cases[:8], _PROTOCOL, curve_step=0, grid=POINTS)  # compiled, or loaded
    ends, reference = ends_and_curves(Peer(_REFERENCE).solve(inputs))
    cases = with_ends(cases, ends)
    peer, rung, their_error = cheapest_peer(inputs, ends, reference)
    tolerance, our_error = _OURS[0], 1.0
    for tolerance in _OURS:
        our_error = percentile(ours(cases, tolerance) - reference)
        if our_error <= min(_LARGEST_ERROR, their_error):
            break
    seconds: dict[str, list[float]] = {"ours": [], "pybamm": []}
    for _ in range(ROUNDS):
        seconds["ours"].append(cpu(lambda: ours(cases, tolerance)))
        seconds["pybamm"].append(cpu(lambda: peer.solve(inputs)))
    median = {side: statistics.median(values) for side, values in seconds.items()}
    ratios = [theirs / mine for mine, theirs in zip(seconds["ours"], seconds["pybamm"], strict=True)]
    return {
        "cc_ratio_cpu": statistics.median(ratios),
        "cc_p99_error_mV": {"ours": our_error * 1e3, "pybamm": their_error * 1e3},
        "cc": {
            "cells": cells,
            "ours_us_per_cell": median["ours"] / cells * 1e6,
            "pybamm_us_per_cell": median["pybamm"] / cells * 1e6,
            "ratios": ratios,
            "ours_tolerance_V": tolerance,
            "pybamm_tolerances": rung,
            "ours_compiled_s": compile_seconds() if cells > 100 else None,
            "pybamm_build_s": peer.build_s,
        },
    }


if __name__ == "__main__":
    import json

    print(json.dumps(measure(), indent=2))
