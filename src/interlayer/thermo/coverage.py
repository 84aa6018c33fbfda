"""For which questions the own table was chosen: an answer outside them says that it was not checked."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Final

from interlayer.composition import parse_formula
from interlayer.thermo.conventions import CONVENTIONS
from interlayer.thermo.equilibrium import LITHIUM
from interlayer.thermo.phase_table import PhaseTable, composition_key

Key = tuple[tuple[str, float], ...]
_SAME_VOLTAGE: Final = 1e-9
_CHECKED: Final = "checked: the table was chosen for this question"


@dataclass(frozen=True)
class Coverage:
    """What ``systems.toml`` lists: groups of formulas, each under its composition as `composition_key` writes it."""

    groups: Mapping[str, Mapping[Key, str]]
    pairs: tuple[tuple[str, str], ...]
    open_pairs: tuple[tuple[str, str], ...]
    open_voltages: tuple[float, ...]
    systems: tuple[frozenset[str], ...]
    exclusions: tuple[tuple[Key, frozenset[Key]], ...]

    def has_pair(self, first: Key, second: Key, pairs: Sequence[tuple[str, str]]) -> bool:
        """Return whether two groups that were paired have these members, in either order."""
        return any(
            (first in self.groups[a] and second in self.groups[b])
            or (second in self.groups[a] and first in self.groups[b])
            for a, b in pairs
        )


@cache
def covered_systems() -> Coverage:
    """Return the questions the own table was chosen for, read once."""
    data = tomllib.loads((resources.files("interlayer.thermo") / "data" / "systems.toml").read_text(encoding="utf-8"))
    return Coverage(
        groups={name: {_key(formula): formula for formula in formulas} for name, formulas in data["groups"].items()},
        pairs=tuple((first, second) for first, second in data["pairs"]),
        open_pairs=tuple((first, second) for first, second in data["open_pairs"]),
        open_voltages=tuple(float(voltage) for voltage in data["open_voltages_V"]),
        systems=tuple(frozenset(name.split("-")) for name in data["systems"]),
        exclusions=tuple(
            (_key(case["composition"]), frozenset(_key(formula) for formula in case["exclude"]))
            for case in data["exclusions"]
        ),
    )


def coverage(formulas: Sequence[str], table: PhaseTable, *, own: bool, voltage: float | None = None) -> str:
    """Return whether the own table was chosen for the window of one composition or the reaction of a pair.

    The text starts with "checked" where it was, "not checked" where it was not, and "your table" for a table that
    was given.
    """
    if not own:
        return f"your table: which phases {table.name} has decides the answer"
    keys = [_key(formula) for formula in formulas]
    elements = {element for key in keys for element, _ in key}
    known = covered_systems()
    if table.convention not in CONVENTIONS:
        return f"not checked: the table was chosen for the conventions {', '.join(CONVENTIONS)}"
    if table.excluded:
        excluded = frozenset(_key(formula) for formula in table.excluded)
        if len(keys) == 1 and (keys[0], excluded) in known.exclusions:
            return _CHECKED
        return f"not checked: the table was not chosen for answers without {', '.join(table.excluded)}"
    if any(elements | {LITHIUM} <= system for system in known.systems):
        return _CHECKED
    chemistry = "-".join(sorted(elements))
    missing = f"not checked: the table was not chosen for this question in {chemistry}; phases that decide it may miss"
    if len(keys) == 1:
        return _CHECKED if any(keys[0] in group for group in known.groups.values()) else missing
    if voltage is None:
        return _CHECKED if known.has_pair(keys[0], keys[1], known.pairs) else missing
    if not known.has_pair(keys[0], keys[1], known.open_pairs):
        return missing
    if any(abs(voltage - checked) < _SAME_VOLTAGE for checked in known.open_voltages):
        return _CHECKED
    lowest, highest = min(known.open_voltages), max(known.open_voltages)
    if lowest < voltage < highest:
        below = max(v for v in known.open_voltages if v < voltage)
        above = min(v for v in known.open_voltages if v > voltage)
        return f"checked at {below:g} and {above:g} V, but not between them"
    return f"not checked: the table was chosen for {lowest:g} to {highest:g} V where lithium is open"


def _key(formula: str) -> Key:
    return composition_key(parse_formula(formula))
