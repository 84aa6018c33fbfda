"""For which questions the own table was chosen: an answer outside them says that it was not checked."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Final

from interlayer.composition import parse_formula
from interlayer.thermo.conventions import CONVENTIONS, trap
from interlayer.thermo.equilibrium import LITHIUM
from interlayer.thermo.phase_table import PhaseTable, composition_key

Key = tuple[tuple[str, float], ...]
_CHECKED: Final = "checked: the table was chosen for this question"
_CHECKED_OPEN: Final = (
    "checked: the table was chosen for the minimum of this question, not for every corner of its profile"
)


@dataclass(frozen=True)
class Coverage:
    """What ``systems.toml`` lists: groups of formulas, each under its composition as `composition_key` writes it."""

    groups: Mapping[str, Mapping[Key, str]]
    pairs: tuple[tuple[str, str], ...]
    open_pairs: tuple[tuple[str, str], ...]
    open_range: tuple[float, float]
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
        open_range=(float(data["open_range_V"][0]), float(data["open_range_V"][1])),
        systems=tuple(frozenset(name.split("-")) for name in data["systems"]),
        exclusions=tuple(
            (_key(case["composition"]), frozenset(_key(formula) for formula in case["exclude"]))
            for case in data["exclusions"]
        ),
    )


def coverage(formulas: Sequence[str], table: PhaseTable, *, own: bool, voltage: float | None = None) -> str:
    """Return whether the own table was chosen for the window of one composition or the reaction of a pair.

    The text starts with "checked" where it was, "not checked" where it was not, and "your table" for a table that
    was given; there it also tells the trap of its convention.
    """
    keys = [_key(formula) for formula in formulas]
    elements = {element for key in keys for element, _ in key}
    if not own:
        warning = trap(table.convention, elements)
        return f"your table: which phases {table.name} has decides the answer{'; ' if warning else ''}{warning}"
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
    lowest, highest = known.open_range
    if lowest <= voltage <= highest:
        return _CHECKED_OPEN
    return f"not checked: the table was chosen for {lowest:g} to {highest:g} V where lithium is open"


def _key(formula: str) -> Key:
    return composition_key(parse_formula(formula))
