"""A seeded synthetic phase table as large as the Materials Project's of 30 battery elements in 2018.

What decides the speed of both sides is how many phases share the elements of a pair, so the elements are as frequent
as in that table: half of all phases are oxides, a quarter contain lithium. Formation energies follow electronegativity
difference and charge balance (the ingredients of Pauling's and Miedema's rules) with a random part per phase.
"""

import numpy as np

from interlayer.thermo import PhaseTable
from interlayer.thermo.phase_table import composition_key

PHASES = 11_760
# Pauling electronegativity and a common oxidation state (CRC Handbook of Chemistry and Physics), and the share of
# phases that contain the element (counted in the Materials Project of 2018, Jain et al. 2013, doi 10.1063/1.4812323)
ELEMENTS = {
    "Li": (0.98, 1, 0.273), "Fe": (1.83, 3, 0.184), "Mn": (1.55, 3, 0.168), "P": (2.19, 5, 0.160),
    "Ni": (1.91, 2, 0.156), "Co": (1.88, 3, 0.148), "Ti": (1.54, 4, 0.110), "Si": (1.90, 4, 0.098),
    "C": (2.55, 4, 0.095), "La": (1.10, 3, 0.089), "Al": (1.61, 3, 0.081), "Zn": (1.65, 2, 0.076),
    "Sn": (1.96, 4, 0.076), "Nb": (1.60, 5, 0.073), "Y": (1.22, 3, 0.071), "B": (2.04, 3, 0.068),
    "Zr": (1.33, 4, 0.060), "Ge": (2.01, 4, 0.058), "Ga": (1.81, 3, 0.054), "Ta": (1.50, 5, 0.043),
    "Sc": (1.36, 3, 0.041), "In": (1.78, 3, 0.041),
    "O": (3.44, -2, 0.518), "N": (3.04, -3, 0.109), "S": (2.58, -2, 0.101), "F": (3.98, -1, 0.088),
    "Cl": (3.16, -1, 0.061), "Se": (2.55, -2, 0.050), "I": (2.66, -1, 0.029), "Br": (2.96, -1, 0.028),
}  # fmt: skip
CATIONS = tuple(name for name, (_, charge, _) in ELEMENTS.items() if charge > 0)
ANIONS = tuple(name for name, (_, charge, _) in ELEMENTS.items() if charge < 0)
# shares of phases with two to six elements, and with none, one or two anions, in the same table
SIZES = {2: 0.177, 3: 0.497, 4: 0.266, 5: 0.056, 6: 0.004}
ANION_COUNTS = {0: 0.26, 1: 0.54, 2: 0.20}
RANDOM_EV = 0.12


def synthetic_table(seed: int = 0, phases: int = PHASES) -> PhaseTable:
    """Return the table; the same seed gives the same phases and energies."""
    rng = np.random.default_rng(seed)
    rows: dict[str, float] = dict.fromkeys(ELEMENTS, 0.0)
    known = {composition_key({name: 1}) for name in ELEMENTS}
    while len(rows) < phases:
        atoms = _atoms(rng)
        key = composition_key(atoms)
        if key not in known:
            known.add(key)
            rows["".join(f"{name}{amount}" for name, amount in sorted(atoms.items()))] = _energy(atoms, rng)
    return PhaseTable.from_rows(
        ((formula, energy, "synthetic") for formula, energy in rows.items()), name="synthetic", references=()
    )


def _atoms(rng: np.random.Generator) -> dict[str, int]:
    """Return the atoms of a random compound; the anions' amounts balance the cations' charge as far as they can."""
    size = int(rng.choice(list(SIZES), p=list(SIZES.values())))
    anions = min(int(rng.choice(list(ANION_COUNTS), p=list(ANION_COUNTS.values()))), size - 1)
    atoms = {name: int(rng.integers(1, 7)) for name in _names(CATIONS, size - anions, rng)}
    charge = sum(ELEMENTS[name][1] * amount for name, amount in atoms.items())
    for name in _names(ANIONS, anions, rng):
        atoms[name] = max(round(charge / anions / -ELEMENTS[name][1]), 1)
    return atoms


def _names(of: tuple[str, ...], count: int, rng: np.random.Generator) -> list[str]:
    shares = np.array([ELEMENTS[name][2] for name in of])
    return [str(name) for name in rng.choice(of, count, replace=False, p=shares / shares.sum())]


def _energy(atoms: dict[str, int], rng: np.random.Generator) -> float:
    """Return a formation energy in eV/atom: bonds between unlike atoms, less what an unbalanced charge costs."""
    total = sum(atoms.values())
    names = list(atoms)
    bonds = sum(
        atoms[a] * atoms[b] / total**2 * (ELEMENTS[a][0] - ELEMENTS[b][0]) ** 2
        for i, a in enumerate(names)
        for b in names[i + 1 :]
    )
    imbalance = abs(sum(ELEMENTS[name][1] * amount for name, amount in atoms.items())) / total
    return float(-2.2 * bonds + 0.25 * imbalance * bonds + rng.normal(0.0, RANDOM_EV) * min(1.0, bonds * 4))
