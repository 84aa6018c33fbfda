"""Analyses of records that no instrument wrote: an answer or one line, never a fault.

``python tests/integration/test_analysis_fuzz.py [SECONDS] [SEED]`` runs for as long as wanted.
"""

import sys
import time
import warnings

import numpy as np

from interlayer.errors import InputError
from interlayer.measure.choose import analyse, draw
from interlayer.records import Record

KINDS = ("eis", "gitt", "cv", "dqdv", "cycling", "symmetric", "arrhenius")


def odd_values(rng, n):
    """Columns that are constant, noise, far too large, falling, in blocks, square waves."""
    size = 10.0 ** rng.integers(-12, 12)
    choices = (
        lambda: np.zeros(n),
        lambda: np.full(n, rng.normal() * size),
        lambda: rng.normal(size=n) * size,
        lambda: np.arange(n) * size,
        lambda: np.sort(rng.normal(size=n))[::-1],
        lambda: np.repeat(rng.normal(size=n // 8 + 1), 8)[:n],
        lambda: np.where(np.arange(n) % 20 < 10, 1.0, -1.0) * size,
        lambda: np.abs(rng.normal(size=n)) * 1e29,
    )
    return choices[rng.integers(len(choices))]()


def odd_record(rng, kind, n):
    if kind == "eis":
        frequency = np.geomspace(10.0 ** rng.integers(1, 8), 10.0 ** rng.integers(-4, 1), n)
        if rng.random() < 0.3:
            frequency = np.abs(odd_values(rng, n))
        return Record(
            {
                "frequency_hertz": frequency,
                "real_impedance_ohm": odd_values(rng, n) if rng.random() < 0.6 else np.abs(rng.normal(size=n)) + 1.0,
                "imaginary_impedance_ohm": odd_values(rng, n),
            }
        )
    if kind == "arrhenius":
        temperature = np.abs(odd_values(rng, n)) if rng.random() < 0.5 else np.linspace(250.0, 400.0, n)
        return Record({"temperature_kelvin": temperature, "conductivity_siemens_per_metre": np.abs(odd_values(rng, n))})
    steps = np.where((np.arange(n) // max(n // 9, 1)) % 2 == 0, 0.0, 1e-3)
    columns = {
        "test_time_second": np.cumsum(np.abs(rng.normal(size=n))) if rng.random() < 0.7 else odd_values(rng, n),
        "voltage_volt": odd_values(rng, n) if rng.random() < 0.6 else 3.0 + 0.01 * np.cumsum(rng.normal(size=n)),
        "current_ampere": odd_values(rng, n) if rng.random() < 0.4 else steps,
    }
    if rng.random() < 0.5:
        columns["cycle_count"] = np.sort(rng.integers(1, 9, size=n))
    return Record(columns)


def outcome(rng):
    """Analyse, print and draw one odd record; return ``answer``, or the one line that refused it."""
    kind, n = str(rng.choice(KINDS)), int(rng.choice([1, 2, 3, 5, 8, 20, 60, 200]))
    try:
        record = odd_record(rng, kind, n)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            warnings.filterwarnings("ignore", "Attempting to set identical", UserWarning)  # a residual of zero
            found = analyse(record, kind)
            draw(type(found).model_validate_json(found.model_dump_json()))
    except InputError as error:
        return str(error)
    return "answer"


def test_odd_records_get_an_answer_or_one_line():
    rng = np.random.default_rng(20)
    outcomes = [outcome(rng) for _ in range(250)]
    assert all("\n" not in line for line in outcomes)
    assert 10 < outcomes.count("answer") < 240


def main(seconds, seed):
    rng, begun, count = np.random.default_rng(seed), time.monotonic(), 0
    while time.monotonic() - begun < seconds:
        assert "\n" not in outcome(rng)
        count += 1
    print(f"{count} records, no fault")


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 60.0, int(sys.argv[2]) if len(sys.argv) > 2 else 0)
