"""How long uncertainty takes, on the project's own table.

    python bench/uncertainty.py [--json] [--quick]

Wall-clock time after one call of each kind has compiled and loaded everything: a thousand samples of a pair (closed,
and at 4 V), a thousand of a window, and 10,000 pairs with 200 samples each, closed and at 4 V, with the peak memory of
this process. The pairs are the phases of the table against twelve battery materials, in the table's order.
"""

import argparse
import json
import statistics
import sys
import time

from interlayer.thermo import own_table, reaction_uncertainty, stability_probability, window_uncertainty

PARTNERS = (
    "LiCoO2", "LiNi0.5Mn0.3Co0.2O2", "LiMn2O4", "LiFePO4", "Li3PS4", "Li10GeP2S12",
    "Li6PS5Cl", "Li6PS5Br", "Li7P3S11", "Li7La3Zr2O12", "Li1.3Al0.3Ti1.7P3O12", "Li3InCl6",
)  # fmt: skip
PAIRS = 10_000


def seconds(work):
    """Return the time that `work` takes, median of three after a first call."""
    work()
    taken = []
    for _ in range(3):
        begin = time.perf_counter()
        work()
        taken.append(time.perf_counter() - begin)
    return statistics.median(taken)


def peak_mb():
    """Return the peak memory of this process in MB, None where the system does not tell."""
    try:
        import resource
    except ImportError:
        return None
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.add_argument("--quick", action="store_true", help="a smoke test with few pairs")
    options = parser.parse_args()
    count = 100 if options.quick else PAIRS
    pairs = [(formula, partner) for formula in own_table().formulas for partner in PARTNERS][:count]
    found = {
        "pair_1000_samples_s": seconds(lambda: reaction_uncertainty("NMC532", "LGPS")),
        "pair_1000_samples_at_4_V_s": seconds(lambda: reaction_uncertainty("NMC532", "LGPS", voltage=4.0)),
        "window_1000_samples_s": seconds(lambda: window_uncertainty("LGPS")),
        "pairs": len(pairs),
        "pairs_200_samples_s": seconds(lambda: stability_probability(pairs)),
        "pairs_200_samples_at_4_V_s": seconds(lambda: stability_probability(pairs, voltage=4.0)),
        "peak_MB": peak_mb(),
    }
    if options.json:
        print(json.dumps(found))
        return
    for name, value in found.items():
        print(f"{name:28s} {value if value is None or isinstance(value, int) else round(value, 2)}")


if __name__ == "__main__":
    main()
