"""Which coatings keep the rules, and which no other beats."""

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from interlayer.thermo.screening_rules import RuleSet

if TYPE_CHECKING:
    import pandas as pd

_HIGHEST_V: Final = 15.0


def judged(rows: "pd.DataFrame", rules: RuleSet, pareto: tuple[str, ...]) -> "pd.DataFrame":
    """Return the rows with what the rules and the Pareto view say, best first."""
    answered = (rows["reason"] == "").to_numpy()
    broken = [["" if ok else rule.text for ok in rule.keeps(rows)] for rule in rules.rules]
    rejected = (
        ["; ".join(text for text in texts if text) for texts in zip(*broken, strict=True)]
        if broken
        else [""] * len(rows)
    )
    found = rows.assign(
        passes=answered & np.array([why == "" for why in rejected], dtype=bool),
        rejected_by=np.where(answered, np.array(rejected, dtype=object), ""),
    )
    # a coating that gives off no lithium at any voltage is better there than any other
    goals = found[list(pareto)].to_numpy(dtype=float)
    for i, column in enumerate(pareto):
        if column == "oxidation_V":
            goals[:, i] = np.where(np.isnan(goals[:, i]) & answered, _HIGHEST_V, goals[:, i])
    found["pareto"] = non_dominated(goals)
    found["_worst"] = found[["worst_electrolyte_eV_per_atom", "worst_cathode_eV_per_atom"]].min(axis=1)
    order = ["passes", "pareto", "_worst"]
    return found.sort_values(order, ascending=False, kind="stable").drop(columns="_worst").reset_index(drop=True)


def non_dominated(goals: Any) -> Any:
    """Return which rows of `goals` (R, G) no other row beats: none is at least as good in all and better in one.

    More is better; a row with nan is never chosen. Equal rows are all chosen.
    """
    chosen = np.zeros(len(goals), dtype=bool)
    known = np.flatnonzero(np.isfinite(goals).all(axis=1))
    front: list[int] = []
    # from the largest sum on: whatever beats a row comes before it
    for row in known[np.argsort(-goals[known].sum(axis=1), kind="stable")].tolist():
        beaten = any(bool((goals[other] >= goals[row]).all() and (goals[other] > goals[row]).any()) for other in front)
        if not beaten:
            front.append(row)
    chosen[front] = True
    return chosen
