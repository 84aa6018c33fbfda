"""Rules that a coating has to keep: a column of the screening, a relation and a number, named and with a source."""

import math
import operator
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from interlayer.errors import InputError, closest, shown

if TYPE_CHECKING:
    import pandas as pd

_RELATIONS: Final = {
    "<=": operator.le, ">=": operator.ge, "<": operator.lt, ">": operator.gt, "==": operator.eq, "!=": operator.ne,
}  # fmt: skip
_RULE: Final = re.compile(r"\s*([^\s<>=!]+)\s*(<=|>=|==|!=|<|>)\s*([^\s<>=!]+)\s*$")
UNKNOWN_PASSES: Final = ("energy_above_hull_eV_per_atom", "oxidation_V")
"""Columns whose nan is no failure: a composition that is not tabulated, one that never gives off lithium."""


@dataclass(frozen=True)
class Rule:
    """`column` `relation` `value`, such as ``oxidation_V >= 4``."""

    column: str
    relation: str
    value: float

    @property
    def text(self) -> str:
        """The rule as it is written."""
        return f"{self.column} {self.relation} {self.value:g}"

    def keeps(self, rows: "pd.DataFrame") -> "pd.Series[bool]":
        """Return which rows keep the rule; what is not known does not, but for `UNKNOWN_PASSES`."""
        column = rows[self.column]
        kept: pd.Series[bool] = _RELATIONS[self.relation](column, self.value) & column.notna()
        return kept | column.isna() if self.column in UNKNOWN_PASSES else kept


@dataclass(frozen=True)
class RuleSet:
    """Rules that belong together, what they are after, and the bibliography's key."""

    name: str
    rules: tuple[Rule, ...]
    description: str
    references: tuple[str, ...] = ()


RULE_SETS: Final = {
    one.name: one
    for one in (
        RuleSet(
            "xiao2019",
            (
                Rule("lithium_fraction", ">", 0.0),
                Rule("energy_above_hull_eV_per_atom", "<=", 0.005),
                Rule("reduction_V", "<=", 2.7),
                Rule("oxidation_V", ">=", 4.0),
                Rule("worst_electrolyte_eV_per_atom", ">=", -0.1),
                Rule("worst_cathode_eV_per_atom", ">=", -0.1),
            ),
            "limits of Xiao et al. 2019 for coatings between Li3PS4 and a layered oxide, taken from a summary of the "
            "paper and not from its text; here against every electrolyte and cathode that is asked for, charged ones "
            "too, which is stricter; its band gap above 0.5 eV is not looked at",
            ("xiao2019",),
        ),
        RuleSet(
            "nolan2019",
            (Rule("worst_cathode_eV_per_atom", ">=", 0.0),),
            "no reaction at all with a cathode, as made and charged, which Nolan et al. 2019 call stable; taken from a "
            "summary of the paper and not from its text",
            ("nolan2019",),
        ),
        RuleSet(
            "inert",
            (
                Rule("reduction_V", "<=", 3.0),
                Rule("oxidation_V", ">=", 4.3),
                Rule("worst_electrolyte_eV_per_atom", ">=", -0.025),
                Rule("worst_cathode_eV_per_atom", ">=", -0.025),
            ),
            "stable from 3.0 to 4.3 V and no reaction beyond the error of the phase energies, 25 meV/atom: assumed",
            ("hautier2012",),
        ),
        RuleSet("none", (), "no rule: every coating that could be answered passes"),
    )
}
DEFAULT_RULES: Final = "xiao2019"


def rule_set(name: str, extra: Sequence[str] = ()) -> RuleSet:
    """Return a named set with `extra` rules (text) added; a rule on the same column and side replaces the set's.

    Raises InputError for an unknown set and for text that is no rule.
    """
    if name not in RULE_SETS:
        raise InputError(
            f"the rules {shown(name)} are not known; allowed: {', '.join(RULE_SETS)}{closest(name, RULE_SETS)}"
        )
    base, added = RULE_SETS[name], [read_rule(text) for text in extra]
    replaced = {(rule.column, rule.relation[0]) for rule in added}
    kept = [rule for rule in base.rules if (rule.column, rule.relation[0]) not in replaced]
    described = base.description + (f"; with {', '.join(rule.text for rule in added)}" if added else "")
    return RuleSet(base.name, (*kept, *added), described, base.references)


def read_rule(text: str) -> Rule:
    """Return the rule that text such as ``oxidation_V >= 4.2`` states; InputError for anything else."""
    match = _RULE.match(text)
    number = math.nan
    if match is not None:
        try:
            number = float(match.group(3))
        except ValueError:
            number = math.nan
    if match is None or not math.isfinite(number):
        raise InputError(
            f"the rule {shown(text)} must be a column, one of {', '.join(_RELATIONS)}, and a number, such as "
            "'oxidation_V >= 4.2'"
        )
    return Rule(match.group(1), match.group(2), number)


def check_columns(rules: Sequence[Rule], columns: Sequence[str]) -> None:
    """Refuse a rule on a column that the screening does not have."""
    for rule in rules:
        if rule.column not in columns:
            near = closest(rule.column, columns) or f"; columns: {', '.join(columns)}"
            raise InputError(f"the rule {shown(rule.text)} is about {shown(rule.column)}, which is no column{near}")
