"""Interface reactions: ours and pymatgen's InterfacialReactivity in one process, on the same table.

    python bench/thermo.py [--table FILE] [--json] [--quick]

Speeds are single-thread CPU time per pair, median of three interleaved runs. pymatgen's phase-diagram build and our
pruning of the table are excluded and printed. Ours returns minimum, mixing fraction and products; the full profile
(all kinks, balanced equations) is timed beside it. First comes a screen of 100,000 compositions against 12 partners on
two threads, with the peak memory of this process: pymatgen's diagrams would hide our own.
"""

import argparse
import json
import statistics
import sys
import time
import warnings
from pathlib import Path

import numpy as np
from peer import Peer
from questions import Pairs, battery_pairs, elements_of, indexed, random_pairs, screening_pairs
from synthetic_table import PHASES, synthetic_table

from interlayer.composition import parse_formula
from interlayer.thermo import PhaseTable, react, read_table
from interlayer.thermo.batch import Batch, batch, open_reaction_energies, reaction_energies

SIZES = (4, 5, 6, 7, 8, 9)
OF_PEER = {4: 12, 5: 12, 6: 9, 7: 9, 8: 6, 9: 2}
"""Pairs a size that pymatgen is timed on; ours answers a thousand in each chemistry."""
ROUNDS = 3
OPEN_VOLTAGES = (0.5, 2.5, 3.9)


def say(*words: object) -> None:
    """Print progress where it does not disturb --json."""
    print(*words, file=sys.stderr, flush=True)


def ours_per_pair(ready: Batch, pairs: Pairs) -> tuple[float, float]:
    """Return our CPU and wall seconds per pair, the hull energies of both sides included."""
    question = indexed(ready.table, pairs)
    wall, cpu = time.perf_counter(), time.process_time()
    reaction_energies(ready, *question)
    return (time.process_time() - cpu) / len(pairs), (time.perf_counter() - wall) / len(pairs)


def peer_per_pair(peer: Peer, pairs: Pairs) -> tuple[float, list[float]]:
    """Return pymatgen's CPU seconds per pair, its diagrams built before, and its energies."""
    for a, b in pairs:
        peer.diagram(elements_of(a, b))
    began = time.process_time()
    energies = [peer.closed(a, b) for a, b in pairs]
    return (time.process_time() - began) / len(pairs), energies


def compared(one: Batch, two: Batch, peer: Peer, many: Pairs, few: Pairs, rounds: int) -> dict[str, float]:
    """Return both speeds, their ratio and the largest difference; `few` of the pairs are asked of pymatgen."""
    ours, wall, theirs, energies = [], [], [], []
    for _ in range(rounds):
        seconds, energies = peer_per_pair(peer, few)
        theirs.append(seconds)
        ours.append(ours_per_pair(one, many)[0])
        wall.append(ours_per_pair(two, many)[1])
    differences = reaction_energies(one, *indexed(one.table, few)).energy - np.array(energies)
    return {
        "pairs": len(many),
        "pairs_of_pymatgen": len(few),
        "ours_us": statistics.median(ours) * 1e6,
        "ours_two_threads_wall_us": statistics.median(wall) * 1e6,
        "pymatgen_ms": statistics.median(theirs) * 1e3,
        "ratio": statistics.median(theirs) / statistics.median(ours),
        "pymatgen_build_s": float(np.mean([peer.build_seconds[elements_of(a, b)] for a, b in few])),
        "max_abs_diff_eV_per_atom": float(np.abs(differences).max()),
    }


def by_size(table: PhaseTable, one: Batch, two: Batch, peer: Peer, quick: bool) -> list[dict[str, float]]:
    """Return a row for each number of elements in battery chemistries."""
    rows = []
    for size in SIZES[:2] if quick else SIZES:
        chemistries = battery_pairs(table, size, *((5, 4) if quick else (40, 25)))
        if not chemistries:
            continue
        say(f"{size} elements: pymatgen builds its diagrams")
        each = max((2 if quick else OF_PEER[size]) // len(chemistries), 1)
        rng = np.random.default_rng(size)
        few = [pairs[i] for pairs in chemistries for i in rng.choice(len(pairs), each, replace=False)]
        many = [pair for pairs in chemistries for pair in pairs]
        row = {"elements": size, **compared(one, two, peer, many, few, 1 if quick else ROUNDS)}
        began = time.process_time()
        for a, b in few:
            react(a, b, table=table)
        row["our_full_profile_ms"] = (time.process_time() - began) / len(few) * 1e3
        rows.append(row)
        say(line(row))
    return rows


def line(row: dict[str, float]) -> str:
    return (
        f"{row['elements']:>4.0f} el.  ours {row['ours_us']:6.2f} us ({row['ours_two_threads_wall_us']:5.2f} wall, two "
        f"threads)   pymatgen {row['pymatgen_ms']:8.1f} ms   ratio {row['ratio']:8.0f}   "
        f"build {row['pymatgen_build_s']:7.2f} s   profile {row['our_full_profile_ms']:6.2f} ms   "
        f"diff {row['max_abs_diff_eV_per_atom']:.1e}"
    )


def agreement(table: PhaseTable, one: Batch, peer: Peer, quick: bool) -> dict[str, float]:
    """Return the largest differences on 2,000 random closed and open pairs, mutual and total apart."""
    rng = np.random.default_rng(3)
    names = [e for e in table.elements if e != "Li"]
    worst = {"closed": 0.0, "mutual": 0.0, "total": 0.0}
    closed_pairs = open_pairs = 0
    count, per_system, per_voltage = (2, 10, 4) if quick else (25, 90, 28)
    for number in range(count):
        within = table.within({"Li", *rng.choice(names, int(rng.integers(2, 5)), replace=False).tolist()})
        candidates = [f for f in within.formulas if set(parse_formula(f)) - {"Li"}]
        chosen = [
            (candidates[i], candidates[j]) for i, j in rng.integers(len(candidates), size=(per_system, 2)) if i != j
        ]
        theirs = [peer.closed(a, b) for a, b in chosen]
        ours = reaction_energies(one, *indexed(table, chosen)).energy
        worst["closed"] = max(worst["closed"], float(np.abs(ours - theirs).max()))
        closed_pairs += len(chosen)
        spanning = [pair for pair in chosen if not same_without_lithium(*pair)]
        for voltage in OPEN_VOLTAGES:
            few = [spanning[i] for i in rng.permutation(len(spanning))[:per_voltage]]
            answers = open_reaction_energies(one.opened(voltage), one, *indexed(table, few))
            for kind, answer in zip(("mutual", "total"), answers, strict=True):
                theirs = [peer.opened(a, b, voltage, total=kind == "total") for a, b in few]
                worst[kind] = max(worst[kind], float(np.abs(answer.energy - theirs).max(initial=0.0)))
            open_pairs += len(few)
        say(f"agreement: system {number + 1} of {count}")
    return {
        "closed_pairs": closed_pairs,
        "open_pairs": open_pairs,
        "closed_eV_per_atom": worst["closed"],
        "open_mutual_eV_per_atom": worst["mutual"],
        "open_total_eV_per_atom": worst["total"],
    }


def same_without_lithium(a: str, b: str) -> bool:
    """Say whether two compositions are one point where lithium is open, which pymatgen refuses."""
    shares = []
    for formula in (a, b):
        atoms = {e: n for e, n in parse_formula(formula).items() if e != "Li"}
        shares.append({e: round(n / sum(atoms.values()), 9) for e, n in atoms.items()})
    return shares[0] == shares[1]


def large_screen(table: PhaseTable, quick: bool) -> dict[str, float]:
    """Return wall seconds, pairs per second and peak megabytes of 100,000 compositions against 12 partners."""
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
        together = np.concatenate([share * a + (1 - share) * b, partners])
        first, second = np.repeat(np.arange(chunk), len(partners)), np.tile(np.arange(len(partners)) + chunk, chunk)
        energies[done : done + chunk] = reaction_energies(ready, together, first, second).energy.reshape(chunk, -1)
        if (done // chunk) % 5 == 4:
            say(f"screen: {done + chunk} of {wanted} compositions, {time.perf_counter() - began:.1f} s")
    seconds = time.perf_counter() - began
    return {"seconds": seconds, "pairs_per_s": energies.size / seconds, "peak_MB": peak_megabytes()}


def pick(table: PhaseTable, count: int, rng: np.random.Generator) -> np.ndarray:
    """Return random compounds of two to four elements as atom fractions."""
    sizes = (table.fractions > 0).sum(axis=1)
    return table.fractions[rng.choice(np.flatnonzero((sizes >= 2) & (sizes <= 4)), count)]


def peak_megabytes() -> float:
    """Return the largest resident memory of this process so far; nan where the system does not tell."""
    try:
        import resource
    except ImportError:  # not on Windows
        return float("nan")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1e6 if sys.platform == "darwin" else peak / 1e3


def floor(one: Batch, pairs: Pairs) -> dict[str, float]:
    """Return where the time of eight elements goes: pivots, phases, arithmetic, and CPU time by stage."""
    compositions, first, second = indexed(one.table, pairs)
    began = time.process_time()
    counted = one.counted(compositions)
    hulls = one.hulls(counted)
    of_hulls = time.process_time() - began
    found = one.pairs(counted, first, second, hulls[first], hulls[second])
    of_pairs = time.process_time() - began - of_hulls
    bits = (compositions > 0) @ (1 << np.arange(compositions.shape[1], dtype=np.int64))
    phases = float(np.mean([int(((one.masks & ~mask) == 0).sum()) for mask in np.unique(bits[first] | bits[second])]))
    pivots = float(found.steps.mean())
    return {
        "pivots_per_pair": pivots,
        "phases_per_pair": phases,
        "flops_per_pivot_at_most": 2 * 10 * (phases + 2),  # nine rows and the costs, a multiply-add for each phase
        "hulls_us_per_pair": of_hulls / len(pairs) * 1e6,
        "programmes_us_per_pair": of_pairs / len(pairs) * 1e6,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--table", type=Path, help="CSV of formulas and formation energies; default: synthetic")
    parser.add_argument("--json", action="store_true", help="one JSON document on stdout")
    parser.add_argument("--quick", action="store_true", help="a smoke test")
    options = parser.parse_args()
    quick, rounds = options.quick, 1 if options.quick else ROUNDS
    warnings.filterwarnings("ignore")
    table = read_table(options.table) if options.table else synthetic_table(phases=1500 if quick else PHASES)

    screen = large_screen(table, quick)
    began = time.perf_counter()
    one, two = batch(table, threads=1), batch(table, threads=2)
    prune_seconds = (time.perf_counter() - began) / 2
    peer = Peer(table)
    agreed = agreement(table, one, peer, quick)
    rng = np.random.default_rng(2)
    screened = screening_pairs(table, one.table, 20 if quick else 315, rng)
    sample = [screened[i] for i in rng.choice(len(screened), 3 if quick else 60, replace=False)]
    say(f"mixed screening: {len(screened)} pairs, pymatgen on {len(sample)} of them")
    mixed = compared(one, two, peer, screened, sample, rounds)
    apart_size = 4 if quick else 8
    unlike = random_pairs(table, apart_size, 60 if quick else 3000, rng)
    apart = {"elements": apart_size, **compared(one, two, peer, unlike, unlike[: 2 if quick else 6], rounds)}
    sizes = by_size(table, one, two, peer, quick)
    tens = [pair for pairs in battery_pairs(table, 10, *((3, 3) if quick else (40, 25))) for pair in pairs]
    ten = 1 / statistics.median(ours_per_pair(one, tens)[0] for _ in range(ROUNDS)) if tens else float("nan")
    eights = [pair for pairs in battery_pairs(table, 8, *((3, 3) if quick else (40, 25))) for pair in pairs]
    result = {
        "mixed_screening_ratio": mixed["ratio"],
        "ratio_8_elements": next((row["ratio"] for row in sizes if row["elements"] == 8), None),
        "max_abs_diff_eV_per_atom": max(
            agreed["closed_eV_per_atom"],
            *(row["max_abs_diff_eV_per_atom"] for row in (mixed, apart, *sizes)),
        ),
        "max_abs_diff_open_eV_per_atom": max(agreed["open_mutual_eV_per_atom"], agreed["open_total_eV_per_atom"]),
        "screen_100k_s": screen["seconds"],
        "screen_100k_peak_MB": screen["peak_MB"],
        "screen_pairs_per_s": screen["pairs_per_s"],
        "pairs_per_cpu_s_10_elements": ten,
        "prune_s": prune_seconds,
        "table": table.name,
        "phases": len(table),
        "stable_phases": len(one.table),
        "agreement": agreed,
        "mixed_screening": mixed,
        "by_elements": sizes,
        "no_shared_elements": apart,
        "floor_8_elements": floor(one, eights) if eights else None,
    }
    print(json.dumps(result, indent=2) if options.json else in_words(result))


def in_words(result: dict) -> str:
    mixed, apart, agreed = result["mixed_screening"], result["no_shared_elements"], result["agreement"]
    words = [
        f"{result['phases']} phases ({result['table']}), {result['stable_phases']} stable; "
        f"our pruning {result['prune_s']:.2f} s (excluded, as is pymatgen's build)",
        "single-thread CPU time per pair, battery chemistries:",
        *(line(row) for row in result["by_elements"]),
    ]
    for name, row in (
        (f"mixed screening, {mixed['pairs']} pairs", mixed),
        (f"{apart['elements']} elements, no two pairs of the same", apart),
    ):
        words.append(
            f"{name}: ours {row['ours_us']:.2f} us (wall, two threads {row['ours_two_threads_wall_us']:.2f}), "
            f"pymatgen {row['pymatgen_ms']:.1f} ms on {row['pairs_of_pymatgen']}, ratio {row['ratio']:.0f}"
        )
    words += [
        f"10 elements: {result['pairs_per_cpu_s_10_elements']:.0f} pairs per CPU second",
        f"agreement in eV/atom: {agreed['closed_pairs']} closed pairs {agreed['closed_eV_per_atom']:.1e}; "
        f"{agreed['open_pairs']} open pairs {agreed['open_mutual_eV_per_atom']:.1e} (mutual), "
        f"{agreed['open_total_eV_per_atom']:.1e} (total)",
        f"screen: {result['screen_100k_s']:.1f} s, {result['screen_pairs_per_s']:.0f} pairs/s on two threads, "
        f"peak {result['screen_100k_peak_MB']:.0f} MB",
    ]
    if result["floor_8_elements"]:
        at = result["floor_8_elements"]
        words.append(
            f"8 elements: {at['pivots_per_pair']:.1f} pivots a pair over {at['phases_per_pair']:.0f} phases, at most "
            f"{at['flops_per_pivot_at_most']:.0f} flop each; {at['programmes_us_per_pair']:.2f} us of a pair are its "
            f"programme, {at['hulls_us_per_pair']:.2f} us the two sides' hulls"
        )
    return "\n".join(words)


if __name__ == "__main__":
    main()
