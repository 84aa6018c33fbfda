"""10,000 designs through `simulate_many` on two threads, and 10,000 random valid cells through the engine under it.

The sweep changes four keys of a cell file, so every design is validated, turned into parameters and solved. The random
cells cover composites, films and two-electrode cells, flat and steep curves, with and without charge transfer, over
many orders of magnitude of each parameter: none may crash or give a number that is not one, and each that is not
solved says why.
"""

import sys
import time
from typing import Any

import numpy as np

from interlayer.materials.open_circuit import OpenCircuit
from interlayer.protocol import read_protocol
from interlayer.simulation.batch import Case, run_cases
from interlayer.simulation.many import simulate_many
from interlayer.simulation.model import CellParameters, ConstantElectrode, HostElectrode

_CURVES = {
    "positive": (
        "3.5",
        "4.2 - x",
        "4.3 - 0.9*x - 0.3*tanh(8*(x - 0.3)) - 0.0001*exp(30*(x - 0.7))",
        "4.32 - 1.2*x + 0.25*exp(-6*x) - 0.06*tanh(14*(x - 0.45)) - 0.0001*exp(60*(x - 0.87))",
    ),
    "negative": ("0.08 + 0.7*exp(-30*x) - 0.04*tanh(12*(x - 0.5))", "0.4 - 0.3*x"),
}
_PROTOCOL = read_protocol(
    "Charge at 1C until 4.1 V; Hold at 4.1 V until C/50 or 2 h; Rest for 1 h; Discharge at 2C until 2.8 V"
)


def sweep(designs: int) -> tuple[float, int]:
    """Return the wall seconds of a sweep and how many designs were not solved."""
    rng = np.random.default_rng(6)
    changes = {
        "cathode.loading [mg/cm2]": rng.uniform(3, 20, designs),
        "cathode.particle_diameter [um]": rng.uniform(1, 8, designs),
        "cathode.coating.thickness [nm]": rng.uniform(1, 30, designs),
        "cathode.diffusivity [m2/s]": 10 ** rng.uniform(-15, -13, designs),
    }
    begun = time.perf_counter()
    columns = simulate_many("wang2020_lnto450", changes, protocol="Discharge at 1C until 2.0 V", threads=2)
    return time.perf_counter() - begun, sum(status != "solved" for status in columns.status)


def random_cells(count: int) -> list[Case]:
    rng = np.random.default_rng(7)

    def between(low: float, high: float) -> float:
        return float(np.exp(rng.uniform(np.log(low), np.log(high))))

    curves = {side: [OpenCircuit(source="bench", expression=text) for text in texts] for side, texts in _CURVES.items()}

    def electrode(side: str, charge: float) -> HostElectrode:
        film = rng.random() < 0.3
        return HostElectrode(
            name=side,
            open_circuit=curves[side][rng.integers(len(curves[side]))],
            charge=charge,
            true_area=1.0 if film else between(3, 300),
            length=between(1e-7, 2e-5),
            diffusivity=between(1e-18, 1e-10),
            exchange_current_density=0.0 if rng.random() < 0.3 else between(1e-5, 1e2),
            shape="slab" if film or rng.random() < 0.3 else "sphere",
            contact=between(0.01, 1.0),
            layer_resistances={"film": between(1e-7, 1.0)},
            ionic_resistance=0.0 if film else between(1e-6, 1.0),
            electronic_resistance=0.0 if film else between(1e-7, 0.1),
            cells=1 if film else 20,
        )

    def case() -> Case:
        charge = between(1e3, 1e6)
        metal = ConstantElectrode("metal", rng.uniform(0.0, 0.7), float(rng.choice([0.0, 1e-3, 10.0])), {"skin": 1e-4})
        negative = metal if rng.random() < 0.5 else electrode("negative", charge * rng.uniform(0.5, 2.0))
        separator = {"electrolyte": between(1e-5, 0.1)}
        temperature, start = rng.uniform(250.0, 400.0), rng.uniform(0.02, 0.98)
        positive = electrode("positive", charge)
        cell = CellParameters("random", positive, negative, separator, 1e-4, charge / 3600.0, 1.0, temperature)
        return Case(cell, (start, start))

    return [case() for _ in range(count)]


def robustness(count: int) -> dict[str, Any]:
    begun, unsolved, silent, alone, reasons = time.perf_counter(), 0, 0, 0, []
    cases = random_cells(count)
    for first in range(0, count, 500):
        answers = run_cases(cases[first : first + 500], _PROTOCOL)
        finite = np.all(np.isfinite(answers.values), axis=(1, 2))
        unsolved += len(answers.reasons)
        alone += answers.one_by_one
        reasons += list(answers.reasons.values())
        silent += sum(not good and row not in answers.reasons for row, good in enumerate(finite.tolist()))
    return {
        "cells": count,
        "seconds": time.perf_counter() - begun,
        "one_by_one": alone,
        "unsolved_with_reason": unsolved,
        "not_finite_without_reason": silent,
        "reasons": reasons[:3],
    }


def peak_megabytes() -> float:
    """Return the largest resident memory of this process so far; nan where the system does not tell."""
    try:
        import resource
    except ImportError:  # not on Windows
        return float("nan")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1e6 if sys.platform == "darwin" else peak / 1e3


def measure(designs: int = 10_000) -> dict[str, Any]:
    """Return what `bench/cell.py` prints of this part."""
    sweep(max(designs // 10, 32))  # compiles, and shows the memory of a tenth
    tenth = peak_megabytes()
    seconds, unsolved = sweep(designs)
    whole = peak_megabytes()
    return {
        "sweep_10000_s": seconds * 10_000 / designs,
        "sweep": {
            "designs": designs,
            "wall_s": seconds,
            "unsolved": unsolved,
            "peak_MB_of_a_tenth": tenth,
            "peak_MB": whole,
        },
        "random_valid_cells": robustness(designs),
    }


if __name__ == "__main__":
    import json

    print(json.dumps(measure(), indent=2))
