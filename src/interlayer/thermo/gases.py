"""Ideal gases: the free energy of a molecule at a temperature and a partial pressure, from its molecular constants.

    g(T, p) = H_f(0 K) + [G(T, p0) - H(0 K)] + k T ln(p / p0)

The bracket is that of a rigid rotor and harmonic oscillators, -k T ln(q_tr q_rot q_vib q_el), with every q counted
from the ground state, so that g refers to 0 K as the energies of a phase table do.
"""

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import resources
from types import MappingProxyType
from typing import Final

from interlayer.composition import molar_mass, parse_formula
from interlayer.constants import AVOGADRO, BOLTZMANN, EV_PER_ATOM_IN_KJ_PER_MOL, GAS_CONSTANT, LIGHT_SPEED, PLANCK
from interlayer.errors import InputError, closest, shown

STANDARD_PRESSURE: Final = 1e5
"""Pa; the p0 of the tables since 1982."""
TEMPERATURE_RANGE: Final = (150.0, 1500.0)
"""K; solids carry no entropy here, so that little is gained beyond."""
PRESSURE_RANGE: Final = (1e-40, 1e7)
"""Pa; above, a gas is not ideal."""
_WAVENUMBER_IN_K: Final = 100.0 * PLANCK * LIGHT_SPEED / BOLTZMANN


@dataclass(frozen=True)
class Gas:
    """A gas molecule: its enthalpy of formation at 0 K in eV, and the constants of its rotation and vibration in 1/cm.

    One rotational constant for a linear molecule, three for another; a degenerate vibration stands as often as it is.
    """

    formula: str
    formation_enthalpy_eV: float
    rotational_constants: tuple[float, ...]
    vibrations: tuple[float, ...]
    symmetry_number: int
    electronic_degeneracy: int
    source: str

    @cached_property
    def atoms(self) -> Mapping[str, float]:
        """Return the atoms of the molecule."""
        return parse_formula(self.formula)

    def free_energy(self, *, temperature: float, pressure: float) -> float:
        """Return g(T, p) in eV per molecule, against the elements at 0 K; temperature in K, pressure in Pa.

        Raises InputError for what is not a number in 150..1500 K or 1e-40..1e7 Pa.
        """
        temperature, pressure = checked_temperature(temperature), checked_pressure(self.formula, pressure)
        thermal = -GAS_CONSTANT * temperature * self._log_partition_function(temperature, pressure)
        return self.formation_enthalpy_eV + thermal / (1e3 * EV_PER_ATOM_IN_KJ_PER_MOL)

    def enthalpy_increment(self, *, temperature: float) -> float:
        """Return H(T) - H(0 K) in J/mol."""
        linear = len(self.rotational_constants) == 1
        ratio = 3.5 if linear else 4.0  # translation 3/2, rotation 1 or 3/2, and p V
        if linear:
            theta = _WAVENUMBER_IN_K * self.rotational_constants[0] / temperature
            ratio -= (theta / 3.0 + 2.0 * theta**2 / 15.0) / (1.0 + theta / 3.0 + theta**2 / 15.0)
        for wavenumber in self.vibrations:
            x = _WAVENUMBER_IN_K * wavenumber / temperature
            ratio += x / math.expm1(x)
        return GAS_CONSTANT * temperature * ratio

    def entropy(self, *, temperature: float, pressure: float = STANDARD_PRESSURE) -> float:
        """Return the entropy in J/(mol K): (H - G) / T."""
        log = self._log_partition_function(temperature, pressure)
        return GAS_CONSTANT * log + self.enthalpy_increment(temperature=temperature) / temperature

    def _log_partition_function(self, temperature: float, pressure: float) -> float:
        """Return -(G - H(0 K)) / (R T): translation with one molecule's share of the volume, rotation, vibration."""
        mass = molar_mass(self.formula) / AVOGADRO
        thermal = BOLTZMANN * temperature
        log = 1.5 * math.log(2.0 * math.pi * mass * thermal / PLANCK**2) + math.log(thermal / pressure)
        thetas = [_WAVENUMBER_IN_K * constant for constant in self.rotational_constants]
        if len(thetas) == 1:
            # Mulholland's series: hydrogen's levels are too far apart for the classical limit
            theta = thetas[0] / temperature
            log += math.log((1.0 + theta / 3.0 + theta**2 / 15.0) / (theta * self.symmetry_number))
        else:
            log += 0.5 * math.log(math.pi * temperature**3 / math.prod(thetas)) - math.log(self.symmetry_number)
        for wavenumber in self.vibrations:
            log -= math.log(-math.expm1(-_WAVENUMBER_IN_K * wavenumber / temperature))
        return log + math.log(self.electronic_degeneracy)


@cache
def gases() -> Mapping[str, Gas]:
    """Return the gases that are known, by formula."""
    text = (resources.files("interlayer.thermo") / "data" / "gases.toml").read_text(encoding="utf-8")
    return MappingProxyType(
        {
            formula: Gas(
                formula=formula,
                formation_enthalpy_eV=row["formation_enthalpy_0K_kJ_per_mol"] / EV_PER_ATOM_IN_KJ_PER_MOL,
                rotational_constants=tuple(row["rotational_constants_per_cm"]),
                vibrations=tuple(row["vibrations_per_cm"]),
                symmetry_number=row["symmetry_number"],
                electronic_degeneracy=row["electronic_degeneracy"],
                source=row["source"],
            )
            for formula, row in tomllib.loads(text).items()
        }
    )


def gas(formula: str) -> Gas:
    """Return a gas by its formula. Raises InputError that names the closest known one."""
    known = gases()
    if formula in known:
        return known[formula]
    raise InputError(f"the gas {shown(formula)} is not known{closest(formula, known)}; gases: {', '.join(known)}")


def checked_temperature(temperature: float) -> float:
    """Return a temperature in K; raises InputError for what is not a number from 150 to 1500 K."""
    return _in_range("the temperature", temperature, TEMPERATURE_RANGE, "K")


def checked_pressure(formula: str, pressure: float) -> float:
    """Return a partial pressure in Pa; raises InputError for what is not a number from 1e-40 to 1e7 Pa."""
    return _in_range(f"the pressure of {formula}", pressure, PRESSURE_RANGE, "Pa")


def _in_range(what: str, value: float, allowed: tuple[float, float], unit: str) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = math.nan
    if not allowed[0] <= number <= allowed[1]:
        raise InputError(f"{what} must be a number from {allowed[0]:g} to {allowed[1]:g} {unit}, not {shown(value)}")
    return number
