"""What every question shares: the table after convention and exclusions, and what an answer has to say about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from interlayer.errors import InputError
from interlayer.thermo.conventions import apply_convention
from interlayer.thermo.phase_table import PhaseTable
from interlayer.thermo.table_files import own_table, read_table

CONDITIONS: Final = "0 K, no entropy, no gas pressure"


@dataclass(frozen=True)
class PreparedTable:
    """A table ready to be asked; `own` when it is the project's."""

    table: PhaseTable
    own: bool


def prepared_table(
    table: PhaseTable | str | Path | None, *, convention: str, exclude: Sequence[str] | str
) -> PreparedTable:
    """Return the own table, the given one or the one in a file, with convention and exclusions applied."""
    chosen = own_table() if table is None else table if isinstance(table, PhaseTable) else read_table(table)
    if not isinstance(convention, str):
        raise InputError(f"the convention must be text, not {convention!r}")
    excluded = exclude.split(",") if isinstance(exclude, str) else list(exclude)
    excluded = [formula.strip() for formula in excluded if formula.strip()]
    return PreparedTable(apply_convention(chosen, convention).without(excluded), own=table is None)
