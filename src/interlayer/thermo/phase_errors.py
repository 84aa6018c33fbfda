"""How wrong the energies of the phases may be, and what their errors have in common.

The error of phase i, in eV/atom, is drawn as

    delta_i = sigma_i (sqrt(rho) sum_a u_ia z_a + sqrt(1 - rho) z_i),   sum_a u_ia^2 = 1

with independent standard normal numbers: z_i of the phase alone, z_a of the anion-forming element a, with u_i along the
phase's atoms of the anion-forming elements. Two oxides share rho of their variance, an oxide and a sulfide nothing; a
sulfate, four oxygen to one sulfur, counts nearly as an oxide. What has no anion-forming element (alloys, phosphides)
shares a number too. The elements are exact: formation energies are measured from them.

**The size.** Hautier et al. (2012, doi 10.1103/PhysRevB.85.155208) compared 135 measured reactions of binary to ternary
oxides with calculated ones: errors are normal, their mean close to 0, their standard deviation 24 meV/atom. That is the
error of a reaction. For a ternary oxide of two binaries in equal shares of atoms the numbers above give
sigma sqrt(1.5 (1 - rho)), and with sigma = 25 meV/atom the measured 24 follows from rho = 0.39: hence the default 0.4.
One set of reactions of one chemistry decides it; take it as an assumption and vary it.

**Why not an error for each element.** One that grows with the amount of an element, as that of a fitted correction of
O or S does, cancels in each balanced reaction in which no element forms. It is not what is left: the fits are good
to 2 meV per O and 9 per S (Wang et al. 2021, doi 10.1038/s41598-021-94550-5), and corrections of that kind bring
calculated decomposition energies only 2 meV/atom closer to the measured ones, which differ by 70 meV/atom on average
and by 35 where compounds alone take part (Bartel et al. 2019, doi 10.1038/s41524-018-0143-2). The rest belongs to the
phases. Whoever knows better gives a covariance.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import blake2b
from typing import Final

import numpy as np

from interlayer.composition import parse_formula
from interlayer.errors import InputError, closest, shown
from interlayer.thermo.arrays import Array
from interlayer.thermo.equilibrium import System
from interlayer.thermo.phase_table import PhaseTable, composition_key

SIGMA: Final = 0.025
"""eV/atom; one standard deviation of the energy of a phase."""
CORRELATION: Final = 0.4
"""The share of the variance that phases of one chemistry have in common."""
ANION_FORMERS: Final = ("O", "S", "Se", "Te", "N", "F", "Cl", "Br", "I")
REFERENCES: Final = ("hautier2012", "bartel2019", "wang2021corrections")
MOST_SAMPLES: Final = 100_000
_LARGEST: Final = 1.0
_WITHOUT_ANION: Final = "no anion"
_INDEFINITE: Final = 1e-9

Covariance = Mapping[str, Mapping[str, float]]


@dataclass(frozen=True)
class ErrorModel:
    """The distribution of the errors of phase energies.

    sigma: standard deviation in eV/atom of every phase, or of those that are named (formula -> eV/atom; the others
    have `SIGMA`); correlation: rho of the module's text, from 0 to 1; covariance: formula -> formula -> eV^2/atom^2,
    which replaces both for the phases it names and makes them independent of the others.

    Raises InputError for what is no standard deviation from 0 to 1 eV/atom, no correlation from 0 to 1, or a matrix
    that is not symmetric or has a negative eigenvalue.
    """

    sigma: float | Mapping[str, float] = SIGMA
    correlation: float = CORRELATION
    covariance: Covariance | None = None

    def __post_init__(self) -> None:
        if not _is_number(self.correlation) or not 0.0 <= self.correlation <= 1.0:
            raise InputError(f"the correlation {shown(self.correlation)} must be a number from 0 to 1")
        sigmas = self.sigma if isinstance(self.sigma, Mapping) else {"": self.sigma}
        for formula, value in sigmas.items():
            if not _is_number(value) or not 0.0 <= value <= _LARGEST:
                of = f" of {formula}" if formula else ""
                raise InputError(
                    f"the standard deviation{of} must be a number from 0 to {_LARGEST:g} eV/atom (such as 0.025), not "
                    f"{shown(value)}"
                )
        _ = self._given  # a covariance that is none is refused here, not at the first draw

    @property
    def described(self) -> str:
        """The model in one line."""
        default = SIGMA if isinstance(self.sigma, Mapping) else self.sigma
        named = len(self.sigma) if isinstance(self.sigma, Mapping) else 0
        parts = [
            f"errors of {default * 1e3:g} meV/atom",
            f"{self.correlation:.0%} of the variance shared by phases of one anion",
            *([f"{named} phases with a standard deviation of their own"] if named else []),
            *([f"{len(self._given[0])} phases with a covariance of their own"] if self._given[0] else []),
            "elements exact",
        ]
        return ", ".join(parts)

    def known_in(self, table: PhaseTable) -> None:
        """Raise InputError for a phase that the model names and the table has not."""
        named: Iterable[str] = (*(self.sigma if isinstance(self.sigma, Mapping) else ()), *self._given[0])
        for formula in named:
            if table.row(formula) is None:
                raise InputError(
                    f"{shown(formula)} cannot have an error of its own: it is not in the table {table.name!r}"
                    f"{closest(formula, table.formulas)}"
                )

    def errors(self, table: PhaseTable, *, samples: int, seed: int) -> Array:
        """Return the errors (samples, phases of the table) in eV/atom.

        A phase gets the same numbers from the same seed in whatever table it stands, so that answers with another
        partner, without a phase or at another sigma differ by that alone.
        """
        count, root = _checked(samples, "samples", 1, MOST_SAMPLES), _checked(seed, "seed", 0, 2**63 - 1)
        shares = _anion_shares(table)
        common = np.stack([_normal(f"of {name}", count, root) for name in (*ANION_FORMERS, _WITHOUT_ANION)])
        errors: Array = math.sqrt(self.correlation) * (common.T @ shares.T)
        own, sigma = math.sqrt(1.0 - self.correlation), self._sigma_of(table)
        is_element = (table.fractions > 0.0).sum(axis=1) == 1
        for row, formula in enumerate(table.formulas):
            if own > 0.0 and not is_element[row]:
                errors[:, row] += own * _normal(_key_text(formula), count, root)
        errors *= np.where(is_element, 0.0, sigma)
        formulas, matrix = self._given
        if formulas:
            independent = np.stack([_normal(_key_text(formula), count, root) for formula in formulas])
            drawn = _square_root(matrix) @ independent
            for formula, values in zip(formulas, drawn, strict=True):
                row_of_one = table.row(formula)
                if row_of_one is not None and not is_element[row_of_one]:
                    errors[:, row_of_one] = values
        return errors

    def _sigma_of(self, table: PhaseTable) -> Array:
        if not isinstance(self.sigma, Mapping):
            return np.full(len(table), float(self.sigma))
        result = np.full(len(table), SIGMA)
        for formula, value in self.sigma.items():
            row = table.row(formula)
            if row is not None:
                result[row] = value
        return result

    @cached_property
    def _given(self) -> tuple[list[str], Array]:
        """The formulas of the covariance and its matrix."""
        if self.covariance is None:
            return [], np.empty((0, 0))
        formulas = list(self.covariance)
        matrix = np.zeros((len(formulas), len(formulas)))
        for i, first in enumerate(formulas):
            for second, value in self.covariance[first].items():
                if second not in self.covariance or not _is_number(value):
                    raise InputError(
                        f"the covariance of {shown(first)} and {shown(second)} is {shown(value)}; each phase needs a "
                        f"row of numbers (eV^2/atom^2)"
                    )
                matrix[i, formulas.index(second)] = value
        if not np.allclose(matrix, matrix.T, rtol=1e-6, atol=1e-12):
            raise InputError("the covariance is not symmetric: give both orders of each two phases")
        lowest = float(np.linalg.eigvalsh(matrix).min(initial=0.0))
        if lowest < -_INDEFINITE:
            raise InputError(f"the covariance has the negative eigenvalue {lowest:.3g}: no errors can vary like that")
        return formulas, matrix


def perturbed(phases: System, error: Array) -> System:
    """Return a system whose phases have these errors (phases of its table,) in eV/atom.

    The elements have none, and so has a stand-in of an excluded element.
    """
    of_column = np.where(phases.rows >= 0, error[phases.rows], 0.0)
    # per counted atom: with lithium open 1 + lithium ratio is how many atoms come with one that counts
    return replace(phases, formation_costs=phases.formation_costs + of_column * (1.0 + phases.lithium_ratios))


def _checked(value: object, name: str, lowest: int, highest: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or not lowest <= value <= highest:
        raise InputError(f"the {name} must be a whole number from {lowest} to {highest}, not {shown(value)}")
    return int(value)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float | np.number) and not isinstance(value, bool) and math.isfinite(value)


def _key_text(formula: str) -> str:
    return " ".join(f"{element}{share:.5f}" for element, share in composition_key(parse_formula(formula)))


def _normal(name: str, count: int, seed: int) -> Array:
    """Return standard normal numbers that depend on this name and the seed alone."""
    of_name = int.from_bytes(blake2b(name.encode("utf-8"), digest_size=8).digest(), "big")
    return np.random.default_rng([seed, of_name]).standard_normal(count)


def _anion_shares(table: PhaseTable) -> Array:
    """Return u (phases, anion-forming elements and none), each row of length 1."""
    shares = np.zeros((len(table), len(ANION_FORMERS) + 1))
    for i, element in enumerate(ANION_FORMERS):
        if element in table.elements:
            shares[:, i] = table.fractions[:, table.elements.index(element)]
    shares[shares.sum(axis=1) == 0.0, -1] = 1.0
    result: Array = shares / np.linalg.norm(shares, axis=1, keepdims=True)
    return result


def _square_root(matrix: Array) -> Array:
    values, vectors = np.linalg.eigh(matrix)
    result: Array = vectors * np.sqrt(np.maximum(values, 0.0)) @ vectors.T
    return result
