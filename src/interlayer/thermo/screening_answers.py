"""One question of a screening, answered for some coatings at a time."""

import hashlib
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from interlayer._version import __version__
from interlayer.composition import parse_formula
from interlayer.errors import InputError
from interlayer.thermo.many import react_many, window_many
from interlayer.thermo.phase_table import PhaseTable

if TYPE_CHECKING:
    import pandas as pd

CHUNK: Final = 2000
"""Coatings that are answered together; memory does not grow with the number of coatings beyond the table itself."""


@dataclass(frozen=True)
class Question:
    """All that decides the answer for a coating."""

    sides: dict[str, list[str]]
    points: tuple[float, ...]
    options: dict[str, Any]
    table: PhaseTable
    uncertainty: bool
    products: bool

    def key(self, names: Sequence[str]) -> str:
        """Return a digest of the question, the table and the version: the same digest is the same answer."""
        text = json.dumps(
            [
                __version__,
                list(names),
                self.sides,
                self.points,
                {name: str(value) for name, value in self.options.items() if name != "threads"},
                self.uncertainty,
                self.products,
                CHUNK,
            ]
        )
        digest = hashlib.sha256(text.encode("utf-8"))
        digest.update("\n".join(self.table.formulas).encode("utf-8"))
        digest.update(self.table.energies.tobytes())
        return digest.hexdigest()

    def answer(self, names: Sequence[str]) -> "tuple[pd.DataFrame, pd.DataFrame]":
        """Return the rows of some coatings and of their contacts."""
        import numpy as np
        import pandas as pd

        options = {key: value for key, value in self.options.items() if key != "reference"}
        windows = window_many(names, **options, table=self.table)
        rows = pd.DataFrame(
            {
                "coating": list(names),
                "formula": list(windows.formula),
                "energy_above_hull_eV_per_atom": windows.energy_above_hull_eV_per_atom,
                "reduction_V": windows.reduction_V,
                "oxidation_V": windows.oxidation_V,
                "lithium_fraction": [_lithium_fraction(formula) for formula in windows.formula],
                "reason": list(windows.reason),
            }
        )
        contacts = pd.concat([self._contacts(names, role) for role in self.sides], ignore_index=True)
        each: dict[str, Any] = {}
        for role, partners in self.sides.items():
            for voltage in (None, *self.points):
                at = contacts["voltage_V"].isna() if voltage is None else contacts["voltage_V"] == voltage
                of_side = contacts[(contacts["role"] == role) & at]
                energy = of_side["reaction_energy_eV_per_atom"].to_numpy().reshape(len(names), len(partners))
                known = np.isfinite(energy)
                worst = np.where(known.any(axis=1), np.min(np.where(known, energy, np.inf), axis=1), np.nan)
                ending = "" if voltage is None else f"_at_{voltage:g}_V"
                rows[f"worst_{role}{ending}_eV_per_atom"] = worst
                if voltage is None:
                    strongest = np.array(partners)[np.argmin(np.where(known, energy, np.inf), axis=1)]
                    rows[f"worst_{role}"] = np.where(known.any(axis=1), strongest, "")
                    unanswered = (~known).sum(axis=1)
                    rows[f"{role}s_without_answer"] = unanswered
                    for partner, of_partner in zip(partners, energy.T, strict=True):
                        each[f"with_{partner}_eV_per_atom"] = of_partner
            if self.uncertainty:
                closed = contacts[(contacts["role"] == role) & contacts["voltage_V"].isna()]
                stable = closed["probability_stable"].to_numpy().reshape(len(names), len(partners))
                rows[f"least_probability_stable_{role}"] = np.min(np.where(np.isnan(stable), 0.0, stable), axis=1)
        return rows.assign(**each), contacts

    def _contacts(self, names: Sequence[str], role: str) -> "pd.DataFrame":
        """Return one row per coating, partner and voltage, in this order of nesting, voltages outermost."""
        import numpy as np
        import pandas as pd

        partners = self.sides[role]
        pairs = [(name, partner) for name in names for partner in partners]
        blocks = []
        for voltage in (None, *self.points):
            found = react_many(pairs, voltage=voltage, **self.options, table=self.table)
            block = {
                "coating": [name for name, _ in pairs],
                "role": role,
                "partner": [partner for _, partner in pairs],
                "voltage_V": np.nan if voltage is None else voltage,
                "reaction_energy_eV_per_atom": found.reaction_energy_eV_per_atom,
                "total_energy_eV_per_atom": found.total_energy_eV_per_atom,
                "mixing_fraction": found.mixing_fraction,
                "reason": list(found.reason),
            }
            if self.products:
                block["products"] = found.frame()["products"]
            if self.uncertainty:
                block["probability_stable"] = np.nan if voltage is not None else self._probabilities(pairs)
            blocks.append(pd.DataFrame(block))
        return pd.concat(blocks, ignore_index=True)

    def _probabilities(self, pairs: Sequence[tuple[str, str]]) -> Any:
        from interlayer.thermo.uncertainty_many import stability_probability

        return stability_probability(pairs, **self.options, table=self.table).probability_stable


def _lithium_fraction(formula: str) -> float:
    """Return the atom fraction of lithium, nan for what is no formula."""
    try:
        atoms = parse_formula(formula)
    except InputError:
        return math.nan
    return atoms.get("Li", 0.0) / sum(atoms.values())
