"""What every question shares: the table after gases, convention and exclusions, and what an answer says about it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from interlayer.errors import InputError
from interlayer.thermo.conventions import apply_convention
from interlayer.thermo.coverage import coverage
from interlayer.thermo.gases import STANDARD_PRESSURE
from interlayer.thermo.phase_table import PhaseTable
from interlayer.thermo.table_files import own_table, read_table

CONDITIONS: Final = "0 K, no entropy, no gas pressure"
_HYDROGEN: Final = "H"
_MIXED: Final = "not checked: measured phases and gases stand beside calculated ones, some 0.2 eV per gas molecule"


@dataclass(frozen=True)
class PreparedTable:
    """A table ready to be asked; `own` when it is the project's, `mixed` when measured phases or gases were added."""

    table: PhaseTable
    own: bool
    mixed: bool = False
    conditions: str = CONDITIONS

    def coverage(self, formulas: Sequence[str], *, voltage: float | None = None) -> str:
        """Return whether the table was chosen for the question, see `interlayer.thermo.coverage`."""
        if self.own and self.mixed:
            return _MIXED
        return coverage(formulas, self.table, own=self.own, voltage=voltage)


def prepared_table(
    table: PhaseTable | str | Path | None,
    *,
    convention: str,
    exclude: Sequence[str] | str,
    elements: Iterable[str] = (),
    temperature: float | None = None,
    gases: Mapping[str, float] | None = None,
    other_gases: float = STANDARD_PRESSURE,
) -> PreparedTable:
    """Return the own table, the given one or the one in a file, with convention and exclusions applied.

    elements: of the question; hydrogen among them brings the measured phases into the own table. temperature in K:
    gives the gases their free energy, at the partial pressures `gases` in Pa and at `other_gases` where none is named.
    Raises InputError for gases without a temperature, and for what `interlayer.thermo.measured.with_gases` refuses.
    """
    if not isinstance(convention, str):
        raise InputError(f"the convention must be text, not {convention!r}")
    if gases and temperature is None:
        raise InputError("gas pressures need a temperature; give one, such as 298.15 K")
    excluded = exclude.split(",") if isinstance(exclude, str) else list(exclude)
    excluded = [formula.strip() for formula in excluded if formula.strip()]
    chosen = own_table() if table is None else table if isinstance(table, PhaseTable) else read_table(table)
    mixed = temperature is not None or (table is None and _HYDROGEN in elements)
    conditions = CONDITIONS
    if mixed:
        from interlayer.thermo.measured import gas_enthalpies, own_table_with_measured, with_gases

        chosen = own_table_with_measured() if table is None else chosen
        if temperature is not None:
            enthalpies = gas_enthalpies(own_table()) if table is None else None
            chosen = with_gases(chosen, temperature, gases or {}, others=other_gases, enthalpies=enthalpies)
            pressures = [f"{formula} {pressure:.3g} Pa" for formula, pressure in (gases or {}).items()]
            named = ", ".join([*pressures, f"others {other_gases:.3g} Pa"])
            conditions = f"solids at 0 K without entropy; ideal gases at {temperature:g} K: {named}"
    return PreparedTable(apply_convention(chosen, convention).without(excluded), table is None, mixed, conditions)
