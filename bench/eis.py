"""Circuit fits: ours and impedance.py in one process, on spectra with known parameters.

    python bench/eis.py [--json] [--quick] [--example FILE]

Seven circuits, thirty noisy spectra each (impedance.py gets the first twelve), modulus weights on both sides. Ours
starts from the data; impedance.py needs a guess and gets one scaled to the data. CPU time of one thread; our
compilation is left out and printed. A fit succeeds where its cost is within 0.1 % of the lowest that anything found:
ours, a descent from the truth, and ours with many times as many starts. Coverage: how often the stated one-sigma
interval holds the truth, over 500 spectra per circuit.
`--example` takes impedance.py's own example spectrum (CSV of frequency, real and imaginary part).
"""

import argparse
import json
import sys
import time
import warnings

import numpy as np
from spectra import CIRCUITS, FREQUENCIES, draw, noisy

from interlayer.measure.circuit_fit import fit_circuit

EXAMPLE = "R0-p(R1,CPE1)-p(R2-Wo1,CPE2)"
WITHIN = 1.001


def cost_of(fitted, measured):
    """Return half the sum of squares that a fit with modulus weights makes least."""
    return 0.5 * float(np.sum(np.abs((fitted - measured) / measured) ** 2))


def guess_for(circuit, measured, truth_like=0.1):
    """Return a guess for impedance.py that knows the size of the data and nothing else."""
    size = float(np.abs(measured).max())
    slow, fast = 1.0 / (2 * np.pi * FREQUENCIES.min()), 1.0 / (2 * np.pi * FREQUENCIES.max())
    arcs = sum(1 for name in circuit.names if name.endswith("_Q"))
    guess, arc = [], 0
    for _, parameter in circuit.parameters:
        if parameter.scale == "unit":
            guess.append(0.8)
        elif parameter.unit == "ohm":
            guess.append(size / 3.0)
        elif parameter.unit == "ohm s^-1/2":
            guess.append(size / 10.0)
        elif parameter.unit == "s":
            guess.append(slow)
        elif parameter.unit == "H":
            guess.append(0.1 * size * fast)
        else:  # time constants spread evenly over the band
            arc += 1
            guess.append((fast * (slow / fast) ** (arc / (arcs + 1.0))) ** 0.8 * 3.0 / size)
    return guess


def peer_fit(circuit, measured, frequencies=FREQUENCIES, guess=None):
    """Return impedance.py's fitted impedance and the CPU time of its fit; None where it raised."""
    from impedance.models.circuits import CustomCircuit

    text = str(circuit)
    begun = time.process_time()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model = CustomCircuit(initial_guess=guess or guess_for(circuit, measured), circuit=text)
            model.fit(frequencies, measured, weight_by_modulus=True)
            taken = time.process_time() - begun
            return model.predict(frequencies), taken
    except (RuntimeError, ValueError):
        return None, time.process_time() - begun


def race(text, spectra, peer_spectra, seed):
    """Return both sides' time and success on one circuit."""
    rng = np.random.default_rng(seed)
    drawn = [draw(text, rng) for _ in range(spectra)]
    data = [(circuit, values, noisy(circuit, values, rng)) for circuit, values in drawn]
    ours_s = peer_s = 0.0
    ours_good = peer_good = 0
    for number, (circuit, values, measured) in enumerate(data):
        begun = time.process_time()
        fit = fit_circuit(FREQUENCIES, measured, circuit)
        ours_s += time.process_time() - begun
        best = min(fit.cost, lowest_known(circuit, values, measured))
        ours_good += fit.cost <= WITHIN * best
        if number < peer_spectra:
            fitted, taken = peer_fit(circuit, measured)
            peer_s += taken
            peer_good += fitted is not None and cost_of(fitted, measured) <= WITHIN * best
    return {
        "circuit": text,
        "ours_fits_per_s": spectra / ours_s,
        "peer_fits_per_s": peer_spectra / peer_s,
        "ratio": (spectra / ours_s) / (peer_spectra / peer_s),
        "success_rate": ours_good / spectra,
        "peer_success_rate": peer_good / peer_spectra,
        "ours_s": ours_s / spectra,
        "peer_s": peer_s / peer_spectra,
    }


def lowest_known(circuit, values, measured):
    """Return the lowest cost that a descent from the truth and a search twelve times as long find."""
    from interlayer.measure.circuit_fit import _limits, _weights, spectrum_arrays
    from interlayer.measure.circuit_kernel import descend

    frequencies, sorted_data = spectrum_arrays(FREQUENCIES, measured)
    program, omega = circuit.program, 2.0 * np.pi * frequencies
    free, _, lower, upper = _limits(circuit, frequencies, sorted_data, {}, {})
    x = np.where(program.is_unit, np.log(values / (1.0 - np.where(program.is_unit, values, 0.0))), np.log(values))
    cost, _ = descend(
        program.nodes, program.is_unit, program.alpha_of, np.zeros(len(x)), x, lower, upper, omega, np.log(omega),
        sorted_data, _weights(sorted_data, "modulus"), free, np.inf, 1e-10,
    )  # fmt: skip
    return min(cost, fit_circuit(FREQUENCIES, measured, circuit, agree=60).cost)


def crowded(spectra, seed):
    """Return the success on spectra whose arcs lie anywhere: what the numbers of `race` do not show."""
    rng = np.random.default_rng(seed)
    rows = {}
    for text in CIRCUITS:
        good = 0
        for _ in range(spectra):
            circuit, values = draw(text, rng, crowded=True)
            measured = noisy(circuit, values, rng)
            fit = fit_circuit(FREQUENCIES, measured, circuit)
            good += fit.cost <= WITHIN * min(fit.cost, lowest_known(circuit, values, measured))
        rows[text] = good / spectra
    return rows


def coverage(text, spectra, seed):
    """Return how often the one-sigma interval in fit coordinates holds the truth, by parameter; and the counts."""
    rng = np.random.default_rng(seed)
    held, counted = {}, {}
    for _ in range(spectra):
        circuit, values = draw(text, rng)
        fit = fit_circuit(FREQUENCIES, noisy(circuit, values, rng), circuit)
        unit = circuit.program.is_unit
        truth = np.where(unit, np.log(values / (1.0 - np.where(unit, values, 0.0))), np.log(values))
        sigma = np.sqrt(np.diag(fit.covariance))
        for k, name in enumerate(circuit.names):
            if sigma[k] > 0.0:
                counted[name] = counted.get(name, 0) + 1
                held[name] = held.get(name, 0) + int(abs(fit.coordinates[k] - truth[k]) <= sigma[k])
    return held, counted


def example(path):
    """Return both sides on impedance.py's example spectrum with the circuit its documentation fits."""
    from interlayer.measure.circuit import parse_circuit

    table = np.loadtxt(path, delimiter=",")
    table = table[table[:, 2] < 0.0]
    frequencies, measured = table[:, 0], table[:, 1] + 1j * table[:, 2]
    circuit = parse_circuit(EXAMPLE)
    guess = [0.01, 0.005, 0.1, 0.9, 0.005, 0.05, 200.0, 0.1, 0.9]
    fitted, peer_s = peer_fit(circuit, measured, frequencies, guess)
    begun = time.process_time()
    fit = fit_circuit(frequencies, measured, circuit)
    ours_s = time.process_time() - begun
    return {
        "circuit": EXAMPLE,
        "ours_relative_rms": fit.relative_rms,
        "peer_relative_rms": None
        if fitted is None
        else float(np.sqrt(2.0 * cost_of(fitted, measured) / len(measured))),
        "ratio": peer_s / ours_s,
        "agreeing": fit.agreeing,
        "descents": fit.descents,
    }


def measure(*, quick, example_path):
    """Return all figures."""
    spectra, peer_spectra, covered = (3, 1, 10) if quick else (30, 12, 500)
    rng = np.random.default_rng(0)
    circuit, values = draw(CIRCUITS[0], rng)
    begun = time.perf_counter()
    fit_circuit(FREQUENCIES, noisy(circuit, values, rng), circuit)
    compiled = time.perf_counter() - begun
    rows = []
    for seed, text in enumerate(CIRCUITS):
        fit_circuit(FREQUENCIES, noisy(*draw(text, rng), rng), text)  # its starts are planned once a circuit
        rows.append(race(text, spectra, peer_spectra, seed))
        print(f"{text}: {rows[-1]['ratio']:.0f} x, {rows[-1]['success_rate']:.1%}", file=sys.stderr, flush=True)
    held, counted, per_circuit = 0, 0, {}
    for seed, text in enumerate(CIRCUITS):
        inside, count = coverage(text, covered, 100 + seed)
        shares = {name: inside[name] / count[name] for name in count}
        per_circuit[text] = {
            "pooled": sum(inside.values()) / sum(count.values()),
            "lowest": min(shares.values()),
            "highest": max(shares.values()),
            "by_parameter": shares,
        }
        held, counted = held + sum(inside.values()), counted + sum(count.values())
    return {
        "fits_per_second_ratio": float(sum(row["peer_s"] for row in rows) / sum(row["ours_s"] for row in rows)),
        "lowest_ratio": min(row["ratio"] for row in rows),
        "success_rate": float(np.mean([row["success_rate"] for row in rows])),
        "peer_success_rate": float(np.mean([row["peer_success_rate"] for row in rows])),
        "coverage_1_sigma": held / counted,
        "spectra": spectra * len(CIRCUITS),
        "compiled_s": compiled,
        "circuits": rows,
        "coverage": per_circuit,
        "success_rate_crowded": crowded(3 if quick else 100, 200),
        "example": None if example_path is None else example(example_path),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="one JSON document on stdout")
    parser.add_argument("--quick", action="store_true", help="a smoke test of some seconds")
    parser.add_argument("--example", metavar="FILE", help="impedance.py's exampleData.csv")
    options = parser.parse_args()
    found = measure(quick=options.quick, example_path=options.example)
    if options.json:
        print(json.dumps(found, indent=2))
        return
    print(f"{'circuit':40} {'ours/s':>8} {'peer/s':>8} {'ratio':>6} {'success':>8} {'peer':>6} {'coverage':>9}")
    for row in found["circuits"]:
        covered = found["coverage"][row["circuit"]]["pooled"]
        print(
            f"{row['circuit']:40} {row['ours_fits_per_s']:8.0f} {row['peer_fits_per_s']:8.1f} {row['ratio']:6.0f} "
            f"{row['success_rate']:8.1%} {row['peer_success_rate']:6.0%} {covered:9.1%}"
        )
    print(
        f"all: {found['fits_per_second_ratio']:.0f} x, success {found['success_rate']:.1%} "
        f"(impedance.py {found['peer_success_rate']:.1%}), coverage {found['coverage_1_sigma']:.1%}, "
        f"compiled in {found['compiled_s']:.1f} s"
    )
    print("success where arcs may lie anywhere:", {k: f"{v:.0%}" for k, v in found["success_rate_crowded"].items()})
    if found["example"]:
        print("example:", found["example"])


if __name__ == "__main__":
    main()
