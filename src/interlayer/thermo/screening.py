"""Coatings against electrolytes and cathodes: windows, reactions, rules and the best of them (verb: ``screen``)."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from interlayer.errors import InputError, closest
from interlayer.materials import library
from interlayer.references import citations
from interlayer.thermo.coverage import coverage
from interlayer.thermo.pareto import judged
from interlayer.thermo.phase_table import PhaseTable
from interlayer.thermo.question import CONDITIONS, PreparedTable, prepared_table
from interlayer.thermo.reactant import reactant
from interlayer.thermo.screening_answers import CHUNK, Question
from interlayer.thermo.screening_lists import read_list
from interlayer.thermo.screening_parts import Parts
from interlayer.thermo.screening_rules import DEFAULT_RULES, RuleSet, check_columns, rule_set
from interlayer.thermo.table_files import own_table, read_table
from interlayer.thermo.voltages import read_voltages

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

ELECTROLYTES: Final = ("Li3PS4", "LGPS", "Li6PS5Cl", "Li3InCl6")
"""Sulfides and a halide; a garnet reacts with every phosphate, so that it would decide all by itself."""
CATHODES: Final = ("NMC532", "Li0.5Ni0.5Mn0.3Co0.2O2", "LiCoO2", "Li0.5CoO2")
"""Layered oxides as made, and with half of their lithium gone, as when charged."""
PARETO: Final = ("worst_electrolyte_eV_per_atom", "worst_cathode_eV_per_atom", "oxidation_V")
_FEWEST_WITH_PRODUCTS: Final = 20_000
"""Contacts up to which products are written out by default."""
_METHOD: Final = (
    "windows and most negative reactions of each coating with each partner, from linear programmes over the phases"
)
_REFERENCES: Final = ("richards2016", "zhu2015")

Progress = Callable[[int, int], None]
"""Called with the number of coatings done and of all."""


@dataclass(frozen=True)
class Screening:
    """`coatings`: one row each, the best first; `contacts`: one row per coating, partner and voltage (nan: closed).

    `rules` is what `passes` and `rejected_by` go by, `pareto` the columns of the view in which no other coating is
    better in everything.
    """

    coatings: "pd.DataFrame"
    contacts: "pd.DataFrame"
    rules: RuleSet
    pareto: tuple[str, ...]
    voltages_V: tuple[float, ...]
    coverage: str
    convention: str
    table: str
    method: str
    conditions: str
    references: tuple[str, ...]

    @property
    def rejections(self) -> dict[str, int]:
        """How many coatings each rule turns away; those without an answer come under ``no answer``."""
        counts = {
            rule.text: int(self.coatings["rejected_by"].str.contains(rule.text, regex=False).sum())
            for rule in self.rules.rules
        }
        return {**counts, "no answer": int((self.coatings["reason"] != "").sum())}

    def plot(self) -> "Figure":
        """Return the coatings by their worst contacts, the Pareto set labelled, as a matplotlib figure."""
        from interlayer.thermo.screening_figure import screening_figure

        return screening_figure(self)

    def document(self) -> dict[str, Any]:
        """Return everything as plain lists and numbers, for JSON."""
        return {
            "coatings": json.loads(self.coatings.to_json(orient="records", double_precision=12)),
            "contacts": json.loads(self.contacts.to_json(orient="records", double_precision=12)),
            "rules": {
                "name": self.rules.name,
                "rules": [rule.text for rule in self.rules.rules],
                "description": self.rules.description,
            },
            "rejections": self.rejections,
            "pareto": list(self.pareto),
            "voltages_V": list(self.voltages_V),
            "coverage": self.coverage,
            "convention": self.convention,
            "table": self.table,
            "method": self.method,
            "conditions": self.conditions,
            "references": list(self.references),
        }


def screen(
    coatings: str | Sequence[str] = "chosen",
    *,
    electrolytes: str | Sequence[str] = ELECTROLYTES,
    cathodes: str | Sequence[str] = CATHODES,
    voltages: str | float | Sequence[float] = (),
    rules: str = DEFAULT_RULES,
    extra_rules: Sequence[str] = (),
    pareto: Sequence[str] = PARETO,
    reference: str | float = "hull",
    convention: str = "mp_legacy",
    exclude: Sequence[str] | str = (),
    table: PhaseTable | str | Path | None = None,
    uncertainty: bool = False,
    products: bool | None = None,
    parts: str | Path | None = None,
    threads: int = 2,
    progress: Progress | None = None,
) -> Screening:
    """Return windows and reactions of coatings with electrolytes and cathodes, sorted by rules and by what is best.

    coatings, electrolytes, cathodes: names, formulas, groups, files or ``table:Li-*-O`` (see `screening_lists`);
    voltages: V against Li/Li+ at which each contact is also answered with lithium open; rules, extra_rules: a named set
    and rules such as ``oxidation_V >= 4.2`` on the columns of the answer (`screening_rules`); pareto: columns of which
    more is better; uncertainty: adds the probability that a contact does not react (Monte Carlo, 200 samples);
    products: whether to write them out (None: for up to 20,000 contacts); parts: a folder in which finished chunks are
    kept, so that a screening that was stopped goes on where it was; the rest as for `react`.

    What has no answer is a row with its reason. Raises InputError for what is wrong with the question as a whole.
    """
    import pandas as pd

    library()  # what is wrong with the library itself must stop here: later it would be the reason of every row
    chosen = own_table() if table is None else read_table(table) if isinstance(table, str | Path) else table
    names = read_list(coatings, chosen, kind="coating")
    sides = {
        "electrolyte": read_list(electrolytes, chosen, kind="electrolyte"),
        "cathode": read_list(cathodes, chosen, kind="cathode"),
    }
    points = list(dict.fromkeys(read_voltages(voltages)))
    asked = rule_set(rules, extra_rules)
    own = table is None
    prepared = prepared_table(None if own else chosen, convention=convention, exclude=exclude)
    for partner in (name for side in sides.values() for name in side):
        # a partner that cannot be answered would leave every coating without an answer
        prepared.table.fractions_of(reactant(partner).atoms)
    contacts = len(names) * sum(map(len, sides.values())) * (1 + len(points))
    question = Question(
        sides=sides,
        points=tuple(points),
        options={"reference": reference, "convention": convention, "exclude": exclude, "threads": threads},
        table=chosen,
        uncertainty=uncertainty,
        products=contacts <= _FEWEST_WITH_PRODUCTS if products is None else products,
    )
    folder = None if parts is None else Parts.open(Path(parts), question.key(names))
    found_coatings, found_contacts = [], []
    for number, first in enumerate(range(0, len(names), CHUNK)):
        answer = None if folder is None else folder.read(number)
        if answer is None:
            answer = question.answer(names[first : first + CHUNK])
            if folder is not None:
                folder.write(number, *answer)
        if number == 0:
            _check_columns(answer[0], asked, pareto)
        found_coatings.append(answer[0])
        found_contacts.append(answer[1])
        if progress is not None:
            progress(min(first + CHUNK, len(names)), len(names))
    if folder is not None:
        folder.finish()
    rows = pd.concat(found_coatings, ignore_index=True)
    return Screening(
        coatings=judged(rows, asked, tuple(pareto)),
        contacts=pd.concat(found_contacts, ignore_index=True),
        rules=asked,
        pareto=tuple(pareto),
        voltages_V=tuple(points),
        coverage=_coverage(prepared, rows, sides, points) if own else coverage((), prepared.table, own=False),
        convention=prepared.table.convention,
        table=prepared.table.name,
        method=_METHOD,
        conditions=CONDITIONS,
        references=tuple(citations([*prepared.table.references, *_REFERENCES, *asked.references])),
    )


def _check_columns(rows: "pd.DataFrame", rules: RuleSet, pareto: Sequence[str]) -> None:
    """Refuse rules and goals on what is no column of numbers, before a long screening has been computed for nothing."""
    columns = list(rows.select_dtypes("number").columns)
    check_columns(rules.rules, columns)
    for column in pareto:
        if column not in columns:
            raise InputError(f"{column!r} is no column of numbers to compare by{closest(column, columns)}")


def _coverage(
    prepared: PreparedTable, rows: "pd.DataFrame", sides: Mapping[str, Sequence[str]], points: Sequence[float]
) -> str:
    """Return for how many contacts the own table was chosen, or that they are too many to look at each."""
    partners = [reactant(name).formula for names in sides.values() for name in names]
    formulas = rows.loc[rows["reason"] == "", "formula"].tolist()
    count = len(partners) * len(formulas) * (1 + len(points))
    if count > _FEWEST_WITH_PRODUCTS:
        return f"not checked: {count} contacts; react and window say it for a single one"
    chosen = sum(
        prepared.coverage((formula, partner), voltage=voltage).startswith("checked")
        for formula in formulas
        for partner in partners
        for voltage in (None, *points)
    )
    return f"the table was chosen for {chosen} of {count} contacts"
