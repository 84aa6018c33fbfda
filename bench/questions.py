"""The pairs that the benchmark asks about: named battery chemistries, and phases drawn without regard to chemistry."""

import numpy as np

from interlayer.composition import parse_formula
from interlayer.thermo import PhaseTable

Pairs = list[tuple[str, str]]

# cathode | electrolyte, by the number of elements in both
CHEMISTRIES = {
    4: ("Li Co O | Li Nb O", "Li Fe P O | Li P O", "Li Mn O | Li Zr O"),
    5: ("Li Co O | Li P S", "Li Ni O | Li Y Cl", "Li Fe P O | Li S"),
    6: ("Li Co O | Li Ge P S", "Li Mn O | Li P S Cl", "Li Ni Co O | Li In Cl"),
    7: ("Li Ni Mn Co O | Li P S", "Li Co O | Li Si P S Cl", "Li Fe P O | Li Y In Cl"),
    8: ("Li Ni Mn Co O | Li Ge P S", "Li Ni Mn Co O | Li P S Cl", "Li Ni Co Al O | Li Sn P S"),
    9: ("Li Ni Mn Co O | Li Si P S Cl",),
    10: ("Li Ni Mn Co Al O | Li Si P S Cl", "Li Ni Mn Co Nb O | Li Ge P S Cl"),
}
PARTNERS = (
    "LiCoO2", "LiNiO2", "LiNi0.5Mn0.3Co0.2O2", "LiMn2O4", "LiFePO4", "Li10GeP2S12", "Li3PS4", "Li6PS5Cl",
    "Li7La3Zr2O12", "Li1.3Al0.3Ti1.7P3O12", "Li3InCl6", "Li3YCl6",
)  # fmt: skip


def battery_pairs(table: PhaseTable, size: int, cathodes: int, electrolytes: int, seed: int = 1) -> list[Pairs]:
    """Return, for each chemistry of this size that the table covers, all pairs of random compositions of its sides.

    The compositions are solid solutions, not phases of the table: integer amounts of 1 to 9 of every element.
    """
    rng = np.random.default_rng([seed, size])
    pairs = []
    for chemistry in CHEMISTRIES[size]:
        sides = [side.split() for side in chemistry.split("|")]
        if set(sides[0]) | set(sides[1]) <= set(table.elements):
            first, second = (
                ["".join(f"{element}{rng.integers(1, 10)}" for element in side) for _ in range(count)]
                for side, count in zip(sides, (cathodes, electrolytes), strict=True)
            )
            pairs.append([(a, b) for a in first for b in second])
    return pairs


def random_pairs(table: PhaseTable, size: int, count: int, rng: np.random.Generator) -> Pairs:
    """Return random pairs of phases that contain `size` elements together; hardly two share their elements."""
    phases = [(formula, frozenset(parse_formula(formula))) for formula in table.formulas]
    fitting = [phase for phase in phases if (size + 1) // 2 <= len(phase[1]) <= size]
    pairs: Pairs = []
    while len(pairs) < count:
        (a, of_a), (b, of_b) = (fitting[i] for i in rng.integers(len(fitting), size=2))
        if a != b and len(of_a | of_b) == size:
            pairs.append((a, b))
    return pairs


def screening_pairs(table: PhaseTable, stable: PhaseTable, coatings: int, rng: np.random.Generator) -> Pairs:
    """Return coatings (stable lithium compounds of three or four elements) against the twelve partners."""
    of = [frozenset(parse_formula(formula)) for formula in stable.formulas]
    names = [f for f, e in zip(stable.formulas, of, strict=True) if "Li" in e and 3 <= len(e) <= 4]
    partners = [name for name in PARTNERS if set(parse_formula(name)) <= set(table.elements)]
    chosen = rng.choice(names, min(coatings, len(names)), replace=False).tolist()
    return [(a, b) for a in chosen for b in partners]


def elements_of(*formulas: str) -> frozenset[str]:
    """Return the elements of some formulas."""
    return frozenset(element for formula in formulas for element in parse_formula(formula))


def indexed(table: PhaseTable, pairs: Pairs) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the distinct compositions of some pairs, and the pairs as rows of them."""
    distinct = list(dict.fromkeys(formula for pair in pairs for formula in pair))
    row = {formula: number for number, formula in enumerate(distinct)}
    compositions = np.array([table.fractions_of(parse_formula(formula)) for formula in distinct])
    return compositions, *np.array([[row[a], row[b]] for a, b in pairs], dtype=np.int64).T
