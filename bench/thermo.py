"""Interface reactions: ours and pymatgen's InterfacialReactivity in one process, on the same table.

    python bench/thermo.py [--table FILE] [--json] [--quick]

Speeds are single-thread CPU time per pair, median of three interleaved runs. pymatgen's phase-diagram build and our
pruning of the table are excluded and printed. Ours returns minimum, mixing fraction and products; the full profile
(all kinks, balanced equations) is timed beside it. The last line is a screen of 100,000 compositions against 12
partners on two threads, with the peak memory of this process.
"""

import argparse
import json
import statistics
import sys
import time
import warnings
from itertools import combinations
from pathlib import Path

import numpy as np
from synthetic_table import synthetic_table

from interlayer.composition import parse_formula
from interlayer.thermo import PhaseTable, react, read_table
from interlayer.thermo.batch import Batch, batch, open_reaction_energies, reaction_energies

SIZES = (4, 5, 6, 7, 8, 9)
ROUNDS = 3
OPEN_VOLTAGES = (0.5, 2.5, 3.9)


def say(*words: object) -> None:
    """Print progress where it does not disturb --json."""
    print(*words, file=sys.stderr, flush=True)


class Peer:
    """pymatgen on the same phases; a diagram is built once for each set of elements, and its time kept apart."""

    def __init__(self, table: PhaseTable) -> None:
        self.table = table
        self.diagrams: dict[frozenset[str], object] = {}
        self.entries: dict[frozenset[str], list[object]] = {}
        self.build_seconds: dict[frozenset[str], float] = {}

    def diagram(self, elements: frozenset[str]) -> object:
        from pymatgen.analysis.phase_diagram import PDEntry, PhaseDiagram
        from pymatgen.core import Composition

        if elements not in self.diagrams:
            within = self.table.within(elements)
            self.entries[elements] = [
                PDEntry(Composition(formula), energy * sum(parse_formula(formula).values()))
                for formula, energy in zip(within.formulas, within.energies.tolist(), strict=True)
            ]
            began = time.process_time()
            self.diagrams[elements] = PhaseDiagram(self.entries[elements])
            self.build_seconds[elements] = time.process_time() - began
        return self.diagrams[elements]

    def closed(self, a: str, b: str) -> float:
        from pymatgen.analysis.interface_reactions import InterfacialReactivity
        from pymatgen.core import Composition

        diagram = self.diagram(elements_of(a, b))
        found = InterfacialReactivity(Composition(a), Composition(b), diagram, use_hull_energy=True)
        return min(kink[2] for kink in found.get_kinks())

    def opened(self, a: str, b: str, voltage: float, *, total: bool) -> float:
        from pymatgen.analysis.interface_reactions import GrandPotentialInterfacialReactivity
        from pymatgen.analysis.phase_diagram import GrandPotentialPhaseDiagram
        from pymatgen.core import Composition, Element

        elements = elements_of(a, b) | {"Li"}
        closed = self.diagram(elements)
        grand = GrandPotentialPhaseDiagram(self.entries[elements], {Element("Li"): -voltage})
        found = GrandPotentialInterfacialReactivity(
            Composition(a), Composition(b), grand, closed,
            include_no_mixing_energy=total, norm=True, use_hull_energy=True,
        )  # fmt: skip
        return min(kink[2] for kink in found.get_kinks())


def elements_of(*formulas: str) -> frozenset[str]:
    return frozenset(element for formula in formulas for element in parse_formula(formula))


def pairs_of_size(table: PhaseTable, size: int, count: int, rng: np.random.Generator) -> list[tuple[str, str]]:
    """Return random pairs of phases that contain `size` elements together and do not lie on one another."""
    phases = [(formula, frozenset(parse_formula(formula))) for formula in table.formulas]
    fitting = [phase for phase in phases if (size + 1) // 2 <= len(phase[1]) <= size]
    pairs: list[tuple[str, str]] = []
    while len(pairs) < count:
        (a, of_a), (b, of_b) = (fitting[i] for i in rng.integers(len(fitting), size=2))
        if a != b and len(of_a | of_b) == size:
            pairs.append((a, b))
    return pairs


def indexed(table: PhaseTable, pairs: list[tuple[str, str]]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the distinct compositions of some pairs, and the pairs as rows of them."""
    distinct = list(dict.fromkeys(formula for pair in pairs for formula in pair))
    row = {formula: number for number, formula in enumerate(distinct)}
    compositions = np.array([table.fractions_of(parse_formula(formula)) for formula in distinct])
    return compositions, *np.array([[row[a], row[b]] for a, b in pairs], dtype=np.int64).T


def cpu_per_pair(ready: Batch, pairs: list[tuple[str, str]]) -> float:
    """Return our CPU seconds per pair, hull energies of both sides included, on one thread."""
    question = indexed(ready.table, pairs)
    began = time.process_time()
    reaction_energies(ready, *question)
    return (time.process_time() - began) / len(pairs)


def peer_cpu(peer: Peer, pairs: list[tuple[str, str]]) -> tuple[float, list[float]]:
    """Return pymatgen's CPU seconds per pair, its diagrams built before, and its energies."""
    for a, b in pairs:
        peer.diagram(elements_of(a, b))
    began = time.process_time()
    energies = [peer.closed(a, b) for a, b in pairs]
    return (time.process_time() - began) / len(pairs), energies


def by_size(table: PhaseTable, one: Batch, peer: Peer, quick: bool) -> list[dict[str, float]]:
    """Return a row for each number of elements: both speeds, their ratio and the largest difference."""
    rng = np.random.default_rng(1)
    theirs_count = {4: 20, 5: 20, 6: 20, 7: 15, 8: 12, 9: 6}
    rows = []
    for size in SIZES[:2] if quick else SIZES:
        many = pairs_of_size(table, size, 200 if quick else 5000, rng)
        few = many[: theirs_count[size]]
        say(f"{size} elements: pymatgen builds its diagrams")
        ours, theirs, energies = [], [], []
        for _ in range(1 if quick else ROUNDS):
            seconds, energies = peer_cpu(peer, few)
            theirs.append(seconds)
            ours.append(cpu_per_pair(one, many))
        difference = np.abs(reaction_energies(one, *indexed(table, few)).energy - np.array(energies)).max()
        began = time.process_time()
        for a, b in few:
            react(a, b, table=table)
        rows.append(
            {
                "elements": size,
                "ours_us": statistics.median(ours) * 1e6,
                "pymatgen_ms": statistics.median(theirs) * 1e3,
                "ratio": statistics.median(theirs) / statistics.median(ours),
                "pymatgen_build_s": float(np.mean([peer.build_seconds[elements_of(a, b)] for a, b in few])),
                "our_full_profile_ms": (time.process_time() - began) / len(few) * 1e3,
                "max_abs_diff_eV_per_atom": float(difference),
            }
        )
        say(_line(rows[-1]))
    return rows


def _line(row: dict[str, float]) -> str:
    return (
        f"{row['elements']:>4.0f} el.  ours {row['ours_us']:8.1f} us   pymatgen {row['pymatgen_ms']:9.1f} ms   "
        f"ratio {row['ratio']:9.0f}   build {row['pymatgen_build_s']:7.2f} s   "
        f"profile {row['our_full_profile_ms']:6.2f} ms   diff {row['max_abs_diff_eV_per_atom']:.1e}"
    )


def mixed_screening(table: PhaseTable, one: Batch, peer: Peer, quick: bool) -> dict[str, float]:
    """Return the ratio for 315 lithium phases against 12 partners; pymatgen is timed on a sample of the pairs."""
    rng = np.random.default_rng(2)
    stable = one.table
    of = [frozenset(parse_formula(formula)) for formula in stable.formulas]
    coatings = [f for f, e in zip(stable.formulas, of, strict=True) if "Li" in e and 3 <= len(e) <= 4]
    partners = [f for f, e in zip(stable.formulas, of, strict=True) if "Li" in e and 3 <= len(e) <= 5]
    coatings = list(rng.choice(coatings, min(315, len(coatings)), replace=False))
    partners = list(rng.choice(partners, 12, replace=False))
    everything = [(str(a), str(b)) for a in coatings for b in partners if a != b]
    sample = [everything[i] for i in rng.choice(len(everything), 4 if quick else 60, replace=False)]
    say(f"mixed screening: {len(everything)} pairs, pymatgen on {len(sample)} of them")
    ours, theirs, energies = [], [], []
    for _ in range(1 if quick else ROUNDS):
        seconds, energies = peer_cpu(peer, sample)
        theirs.append(seconds)
        ours.append(cpu_per_pair(one, everything))
    difference = np.abs(reaction_energies(one, *indexed(table, sample)).energy - np.array(energies)).max()
    return {
        "pairs": len(everything),
        "ours_us": statistics.median(ours) * 1e6,
        "pymatgen_ms": statistics.median(theirs) * 1e3,
        "ratio": statistics.median(theirs) / statistics.median(ours),
        "max_abs_diff_eV_per_atom": float(difference),
    }


def agreement(table: PhaseTable, one: Batch, peer: Peer, quick: bool) -> dict[str, float]:
    """Return the largest differences on 2,000 random closed pairs, and on open pairs, mutual and total apart."""
    rng = np.random.default_rng(3)
    names = [e for e in table.elements if e != "Li"]
    systems = [frozenset({"Li", *rng.choice(names, 3, replace=False).tolist()}) for _ in range(2 if quick else 25)]
    per_system = 10 if quick else 80
    worst, worst_mutual, worst_total, closed_pairs, open_pairs = 0.0, 0.0, 0.0, 0, 0
    for number, elements in enumerate(systems):
        within = table.within(elements)
        candidates = [f for f in within.formulas if set(parse_formula(f)) - {"Li"}]
        available = list(combinations(candidates, 2))
        chosen = [available[i] for i in rng.integers(len(available), size=per_system)]
        ours = reaction_energies(one, *indexed(table, chosen)).energy
        theirs = [peer.closed(a, b) for a, b in chosen]
        worst = max(worst, float(np.abs(ours - theirs).max()))
        closed_pairs += len(chosen)
        for voltage in OPEN_VOLTAGES:
            few = [pair for pair in chosen[:6] if not _same_without_lithium(*pair)]
            if not few:
                continue
            opened = batch(one.table, voltage=voltage, threads=1, prune=False)
            mutual, total = open_reaction_energies(opened, one, *indexed(table, few))
            for (a, b), of_mutual, of_total in zip(few, mutual.energy, total.energy, strict=True):
                worst_mutual = max(worst_mutual, abs(of_mutual - peer.opened(a, b, voltage, total=False)))
                worst_total = max(worst_total, abs(of_total - peer.opened(a, b, voltage, total=True)))
                open_pairs += 1
        say(f"agreement: system {number + 1} of {len(systems)}")
    return {
        "closed_pairs": closed_pairs,
        "open_pairs": open_pairs,
        "closed_eV_per_atom": worst,
        "open_mutual_eV_per_atom": worst_mutual,
        "open_total_eV_per_atom": worst_total,
    }


def _same_without_lithium(a: str, b: str) -> bool:
    shares = []
    for formula in (a, b):
        atoms = {e: n for e, n in parse_formula(formula).items() if e != "Li"}
        total = sum(atoms.values())
        shares.append({e: round(n / total, 9) for e, n in atoms.items()})
    return shares[0] == shares[1]


def ten_elements(table: PhaseTable, one: Batch, quick: bool) -> float:
    """Return pairs per second of CPU time for pairs that contain ten elements."""
    pairs = pairs_of_size(table, 10, 50 if quick else 3000, np.random.default_rng(4))
    return 1.0 / statistics.median(cpu_per_pair(one, pairs) for _ in range(ROUNDS))


def large_screen(table: PhaseTable, quick: bool) -> tuple[float, float, float]:
    """Return wall seconds and peak megabytes of 100,000 compositions against 12 partners, and pairs per second."""
    rng = np.random.default_rng(5)
    began = time.perf_counter()
    ready = batch(table, threads=2)
    partners = pick(ready.table, 12, rng)
    wanted, chunk = (2_000 if quick else 100_000), 2_000
    energies = np.empty((wanted, len(partners)), dtype=np.float32)
    for done in range(0, wanted, chunk):
        # compositions between two phases: up to eight elements, none of them a phase of the table
        a, b = pick(ready.table, chunk, rng), pick(ready.table, chunk, rng)
        share = rng.uniform(0.05, 0.95, (chunk, 1))
        compositions = share * a + (1 - share) * b
        together = np.concatenate([compositions, partners])
        first, second = np.repeat(np.arange(chunk), len(partners)), np.tile(np.arange(len(partners)) + chunk, chunk)
        found = reaction_energies(ready, together, first, second)
        energies[done : done + chunk] = found.energy.reshape(chunk, -1)
        if (done // chunk) % 5 == 4:
            say(f"screen: {done + chunk} of {wanted} compositions, {time.perf_counter() - began:.1f} s")
    seconds = time.perf_counter() - began
    return seconds, peak_megabytes(), energies.size / seconds


def pick(table: PhaseTable, count: int, rng: np.random.Generator) -> np.ndarray:
    """Return random compounds of two to four elements as atom fractions."""
    sizes = (table.fractions > 0).sum(axis=1)
    rows = np.flatnonzero((sizes >= 2) & (sizes <= 4))
    return table.fractions[rng.choice(rows, count)]


def peak_megabytes() -> float:
    """Return the largest resident memory of this process so far; nan where the system does not tell."""
    try:
        import resource
    except ImportError:  # not on Windows
        return float("nan")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1e6 if sys.platform == "darwin" else peak / 1e3


def floor(one: Batch, table: PhaseTable) -> str:
    """Return where the time goes: pivots per pair, phases priced at each, and the arithmetic that takes."""
    pairs = pairs_of_size(table, 8, 500, np.random.default_rng(6))
    compositions, first, second = indexed(table, pairs)
    found = reaction_energies(one, compositions, first, second)
    bits = (compositions > 0) @ (1 << np.arange(compositions.shape[1], dtype=np.int64))
    members = [int(((one.masks & ~mask) == 0).sum()) for mask in bits[first] | bits[second]]
    pivots, phases = float(found.steps.mean()), float(np.mean(members))
    return (
        f"8 elements: {pivots:.1f} pivots a pair, {phases:.0f} stable phases priced at each with 8 multiply-adds: "
        f"{pivots * phases * 16 / 1e3:.0f} kflop; the basis inverse adds {pivots * 3 * 81 * 2 / 1e3:.0f} kflop"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--table", type=Path, help="CSV of formulas and formation energies; default: synthetic")
    parser.add_argument("--json", action="store_true", help="one JSON document on stdout")
    parser.add_argument("--quick", action="store_true", help="a smoke test of a minute")
    options = parser.parse_args()
    warnings.filterwarnings("ignore")
    table = read_table(options.table) if options.table else synthetic_table(phases=1500 if options.quick else 11_760)

    # memory first: pymatgen's diagrams would hide our own peak
    screen_seconds, screen_megabytes, rate = large_screen(table, options.quick)
    began = time.perf_counter()
    one = batch(table, threads=1)
    prune_seconds = time.perf_counter() - began
    cpu_per_pair(one, pairs_of_size(table, 4, 50, np.random.default_rng(0)))  # everything is compiled by now
    peer = Peer(table)
    agreed = agreement(table, one, peer, options.quick)
    sizes = by_size(table, one, peer, options.quick)
    mixed = mixed_screening(table, one, peer, options.quick)
    ten = ten_elements(table, one, options.quick)
    result = {
        "mixed_screening_ratio": mixed["ratio"],
        "ratio_8_elements": next((row["ratio"] for row in sizes if row["elements"] == 8), None),
        "max_abs_diff_eV_per_atom": max(
            agreed["closed_eV_per_atom"], mixed["max_abs_diff_eV_per_atom"],
            *(row["max_abs_diff_eV_per_atom"] for row in sizes),
        ),
        "max_abs_diff_open_eV_per_atom": max(agreed["open_mutual_eV_per_atom"], agreed["open_total_eV_per_atom"]),
        "screen_100k_s": screen_seconds,
        "screen_100k_peak_MB": screen_megabytes,
        "screen_pairs_per_s": rate,
        "pairs_per_cpu_s_10_elements": ten,
        "prune_s": prune_seconds,
        "table": table.name,
        "phases": len(table),
        "stable_phases": len(one.table),
        "agreement": agreed,
        "mixed_screening": mixed,
        "by_elements": sizes,
    }  # fmt: skip
    if options.json:
        print(json.dumps(result, indent=2))
        return
    print(f"{len(table)} phases of {len(table.elements)} elements ({table.name}), {len(one.table)} stable")
    print(f"our pruning of the table {prune_seconds:.2f} s (excluded, as is pymatgen's build)")
    for row in sizes:
        print(_line(row))
    print(
        f"mixed screening of {mixed['pairs']:.0f} pairs: ours {mixed['ours_us']:.1f} us, "
        f"pymatgen {mixed['pymatgen_ms']:.1f} ms, ratio {mixed['ratio']:.0f}"
    )
    print(f"10 elements: {ten:.0f} pairs per CPU second")
    print(
        f"agreement: {agreed['closed_pairs']:.0f} closed pairs within {agreed['closed_eV_per_atom']:.1e} eV/atom; "
        f"{agreed['open_pairs']:.0f} open pairs within {agreed['open_mutual_eV_per_atom']:.1e} (mutual) and "
        f"{agreed['open_total_eV_per_atom']:.1e} (total)"
    )
    print(f"screen: {screen_seconds:.1f} s for {rate:.0f} pairs/s on two threads, peak {screen_megabytes:.0f} MB")
    print(floor(one, table))


if __name__ == "__main__":
    main()
