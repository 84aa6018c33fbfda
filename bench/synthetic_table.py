"""A seeded synthetic phase table as large as the Materials Project's battery elements, with a realistic hull.

Formation energies follow charge balance and electronegativity difference (the ingredients of Pauling's and Miedema's
rules), with a random part per phase. About a quarter of the phases end up on the hull, as in the real table.
"""

import numpy as np

from interlayer.thermo import PhaseTable
from interlayer.thermo.phase_table import composition_key

PHASES = 11_760
# Pauling electronegativities (CRC Handbook of Chemistry and Physics) and common oxidation states
ELEMENTS = {
    "Li": (0.98, 1), "Na": (0.93, 1), "Mg": (1.31, 2), "Ca": (1.00, 2), "La": (1.10, 3), "Y": (1.22, 3),
    "Sc": (1.36, 3), "Zr": (1.33, 4), "Ti": (1.54, 4), "Nb": (1.60, 5), "Ta": (1.50, 5), "Mn": (1.55, 3),
    "Fe": (1.83, 3), "Co": (1.88, 3), "Ni": (1.91, 2), "Zn": (1.65, 2), "Al": (1.61, 3), "Ga": (1.81, 3),
    "In": (1.78, 3), "Si": (1.90, 4), "Ge": (2.01, 4), "Sn": (1.96, 4), "B": (2.04, 3), "P": (2.19, 5),
    "O": (3.44, -2), "S": (2.58, -2), "N": (3.04, -3), "F": (3.98, -1), "Cl": (3.16, -1), "Br": (2.96, -1),
}  # fmt: skip
ANIONS = tuple(name for name, (_, charge) in ELEMENTS.items() if charge < 0)
CATIONS = tuple(name for name, (_, charge) in ELEMENTS.items() if charge > 0)
# shares of binaries, ternaries, quaternaries and quinaries; most known compounds are ternary
SHARES = {2: 0.22, 3: 0.48, 4: 0.25, 5: 0.05}
RANDOM_EV = 0.12


def synthetic_table(seed: int = 0, phases: int = PHASES) -> PhaseTable:
    """Return the table; the same seed gives the same phases and energies."""
    rng = np.random.default_rng(seed)
    rows: dict[str, float] = dict.fromkeys(ELEMENTS, 0.0)
    compositions = {composition_key({name: 1}) for name in ELEMENTS}
    while len(rows) < phases:
        size = rng.choice(list(SHARES), p=list(SHARES.values()))
        cations = rng.choice(CATIONS, size=max(size - int(rng.integers(0, 3)), 1), replace=False).tolist()
        anions = rng.choice(ANIONS, size=max(size - len(cations), 0), replace=False).tolist()
        atoms = {name: int(rng.integers(1, 5)) for name in cations}
        if anions:
            charge = sum(ELEMENTS[name][1] * amount for name, amount in atoms.items())
            atoms |= {name: max(round(charge / len(anions) / -ELEMENTS[name][1]), 1) for name in anions}
        key = composition_key(atoms)
        if len(atoms) == size and key not in compositions:
            compositions.add(key)
            rows["".join(f"{name}{amount}" for name, amount in sorted(atoms.items()))] = energy(atoms, rng)
    return PhaseTable.from_rows(
        ((formula, value, "synthetic") for formula, value in rows.items()), name="synthetic", references=()
    )


def energy(atoms: dict[str, int], rng: np.random.Generator) -> float:
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
