"""The phase equilibrium of a composition in contact with gases that never run out, as linear programmes.

    min sum_k G_k w_k + sum_g mu_g y_g     subject to   sum_k a_k w_k + sum_g a_g y_g = a_material,   w >= 0

y_g is what is given off of gas g; it may be negative for the gases that are supplied. Along mu_g the minimum is concave
and piecewise linear and its slope is y_g, so that the pressures at which something happens are its corners: what
`window` does with lithium and a voltage.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Final

from interlayer.composition import parse_formula
from interlayer.constants import BOLTZMANN, ELEMENTARY_CHARGE
from interlayer.errors import InputError, SolverError
from interlayer.thermo.atmosphere import water_saturation
from interlayer.thermo.breakpoints import breakpoints
from interlayer.thermo.equilibrium import System
from interlayer.thermo.gases import PRESSURE_RANGE, gas, gases
from interlayer.thermo.linear_programme import minimise

NEGLIGIBLE: Final = 1e-6
"""mol per mol of the material's atoms; smaller amounts are round-off."""
_SHIFT_TOLERANCE: Final = 1e-3
"""eV per molecule; 4 % of a pressure at room temperature."""


@dataclass(frozen=True)
class GasEquilibrium:
    """An equilibrium: energy in eV, and phases and gases in mol, per mol of the material's atoms.

    The energy counts what is given off at its chemical potential, and what is taken up as paid for; `gases` are
    negative where they are taken up.
    """

    energy: float
    phases: Mapping[str, float]
    gases: Mapping[str, float]


@dataclass(frozen=True)
class PressureStep:
    """The equilibrium between two pressures of one gas, in Pa."""

    lowest: float
    highest: float
    found: GasEquilibrium


@dataclass(frozen=True)
class GasContact:
    """Phases with gases among them, each at its own pressure in Pa, and a temperature in K.

    `pressures` must be those the gases' energies in the table were made with.
    """

    phases: System
    pressures: Mapping[str, float]
    temperature: float

    @cached_property
    def _columns(self) -> Mapping[str, int]:
        column_of = {int(row): column for column, row in enumerate(self.phases.rows)}
        rows = {formula: self.phases.table.row(formula) for formula in gases()}
        return {formula: column_of[row] for formula, row in rows.items() if row is not None and row in column_of}

    @property
    def _thermal_energy(self) -> float:
        return BOLTZMANN * self.temperature / ELEMENTARY_CHARGE

    def equilibrium(
        self, atoms: Mapping[str, float], supplied: Sequence[str], shifts: Mapping[str, float] | None = None
    ) -> GasEquilibrium:
        """Return the equilibrium of a composition with these gases supplied.

        shifts: change of a gas's chemical potential against its own pressure, eV per molecule. Raises InputError for a
        supplied gas that was excluded, and SolverError where the gases would react without end.
        """
        missing = [formula for formula in supplied if formula not in self._columns]
        if missing:
            raise InputError(f"{missing[0]} cannot be excluded: it is a gas of the atmosphere")
        costs = self.phases.costs.copy()
        for formula, shift in (shifts or {}).items():
            costs[self._columns[formula]] += shift / sum(gas(formula).atoms.values())
        taking = [self._columns[formula] for formula in supplied]
        columns = self.phases.columns
        own = (-columns[taking], -costs[taking])
        found = minimise(columns, costs, self.phases.start, self.phases.shares(atoms), own=own)
        name_of = {column: formula for formula, column in self._columns.items()}
        solids: dict[str, float] = {}
        exchanged: dict[str, float] = {}
        for column, weight in zip(found.basis.tolist(), found.weights.tolist(), strict=True):
            taken = column >= len(columns)
            at = taking[column - len(columns)] if taken else column
            row = int(self.phases.rows[at])
            if row < 0:
                if weight > NEGLIGIBLE:
                    raise InputError("without the excluded phases there is nowhere to put an element of the material")
                continue
            formula = self.phases.table.formulas[row]
            amount = weight / sum(parse_formula(formula).values())
            amounts = exchanged if at in name_of else solids
            amounts[formula] = amounts.get(formula, 0.0) + (-amount if taken else amount)
        return GasEquilibrium(
            energy=found.objective,
            phases={formula: amount for formula, amount in solids.items() if amount > NEGLIGIBLE},
            gases={formula: amount for formula, amount in exchanged.items() if abs(amount) > NEGLIGIBLE},
        )

    def steps(
        self,
        atoms: Mapping[str, float],
        formula: str,
        *,
        supplied: Sequence[str],
        lowest: float | None = None,
    ) -> list[PressureStep]:
        """Return the equilibria along the pressure of one gas, upwards from `lowest` to saturation or 100 bar.

        The range ends before where the gases would react among themselves without end.
        """
        low = self._furthest(atoms, formula, supplied, PRESSURE_RANGE[0]) if lowest is None else lowest
        high = self._furthest(atoms, formula, supplied, highest_pressure(formula, self.temperature))
        if not low < high:
            return []

        def turned(shift: float) -> tuple[float, float]:
            found = self.equilibrium(atoms, supplied, {formula: shift})
            return -found.energy, -found.gases.get(formula, 0.0)  # convex instead of concave

        corners = breakpoints(turned, self._shift(formula, low), self._shift(formula, high))
        return [
            PressureStep(
                lowest=self._pressure(formula, below),
                highest=self._pressure(formula, above),
                found=self.equilibrium(atoms, supplied, {formula: 0.5 * (below + above)}),
            )
            for below, above in pairwise(corners)
        ]

    def _furthest(self, atoms: Mapping[str, float], formula: str, supplied: Sequence[str], pressure: float) -> float:
        """Return `pressure`, or how near to it the gas can go before the gases react among themselves without end.

        At a low enough pressure oxygen is drawn out of water, at a high enough one carbon monoxide falls apart.
        """

        def is_bounded(shift: float) -> bool:
            try:
                self.equilibrium(atoms, supplied, {formula: shift})
            except SolverError:
                return False
            return True

        good, wanted = 0.0, self._shift(formula, pressure)
        if is_bounded(wanted):
            return pressure
        while abs(wanted - good) > _SHIFT_TOLERANCE:
            middle = 0.5 * (good + wanted)
            good, wanted = (middle, wanted) if is_bounded(middle) else (good, middle)
        return self._pressure(formula, good)

    def _shift(self, formula: str, pressure: float) -> float:
        return self._thermal_energy * math.log(pressure / self.pressures[formula])

    def _pressure(self, formula: str, shift: float) -> float:
        return self.pressures[formula] * math.exp(shift / self._thermal_energy)


def highest_pressure(formula: str, temperature: float) -> float:
    """Return the highest pressure in Pa that a gas is followed to: water's saturation, 100 bar for all else."""
    saturated = water_saturation(temperature) if formula == "H2O" else None
    return PRESSURE_RANGE[1] if saturated is None else min(saturated, PRESSURE_RANGE[1])
