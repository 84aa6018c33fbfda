"""Calibration: six parameters from three discharges and a spectrum of a cell whose parameters are known.

    python bench/fit.py [--json] [--runs 100] [--gain 5e-4]

Each run draws a truth, simulates the records with 1 mV and 0.5 % of |Z| of noise, and fits them from starts that know
nothing of it. Printed: wall time of a fit on two threads (compilation left out), how often the 95 % intervals hold the
truth, per parameter and pooled, and the deviation in standard errors. A run that ends elsewhere than the truth counts.
"""

import argparse
import json
import sys
import time

import numpy as np
from twins import CELL, PARAMETERS, STATE, VARY, draw_truth, records_of

import interlayer as il


def one_run(seed, starts, gain=0.0):
    rng = np.random.default_rng(seed)
    truth = draw_truth(rng)
    records = records_of(truth, rng, gain=gain * rng.normal())
    begun = time.perf_counter()
    fit = il.fit(CELL, records, vary=VARY, at={"eis.csv": f"x={STATE}"}, starts=starts, seed=seed, advice=True)
    seconds = time.perf_counter() - begun
    held, deviation = [], []
    for (_, unit, *_), value, found in zip(PARAMETERS, truth, fit.parameters, strict=True):
        scale = 1e-3 if (unit, found.unit) == ("uA/cm2", "mA/cm2") else 1.0
        low, high = found.low_95, found.high_95
        held.append((low is None or low <= value * scale) and (high is None or value * scale <= high))
        deviation.append(float(np.log(found.value / (value * scale)) / found.standard_error_relative))
    return seconds, held, deviation, fit


def measure(runs, starts=4, gain=0.0, report=lambda text: None):
    """Return the figures of `runs` seeded runs."""
    one_run(10_000, starts)  # compiles
    seconds, held, deviations = [], [], []
    for seed in range(runs):
        one = one_run(seed, starts, gain)
        seconds.append(one[0])
        held.append(one[1])
        deviations.append(one[2])
        report(f"{seed + 1}/{runs}: {one[0]:.1f} s, {sum(one[1])} of {len(PARAMETERS)} held")
    held = np.array(held)
    return {
        "runs": runs,
        "parameters": [key for key, *_ in PARAMETERS],
        "seconds_median": float(np.median(seconds)),
        "seconds_highest": float(np.max(seconds)),
        "coverage_95_percent": 100.0 * float(held.mean()),
        "coverage_by_parameter_percent": [100.0 * float(x) for x in held.mean(axis=0)],
        "deviation_in_standard_errors": [float(x) for x in np.std(deviations, axis=0)],
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--runs", type=int, default=100)
    parser.add_argument("--starts", type=int, default=4)
    parser.add_argument("--gain", type=float, default=0.0, help="spread of an error of the current, relative: 5e-4")
    options = parser.parse_args()
    figures = measure(options.runs, options.starts, options.gain, lambda text: print(text, file=sys.stderr))
    if options.json:
        print(json.dumps(figures, indent=2))
        return
    for name, value in figures.items():
        print(f"{name}: {value}")


if __name__ == "__main__":
    main()
