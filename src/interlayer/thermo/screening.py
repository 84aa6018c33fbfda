"""Coatings against electrolytes and cathodes: windows, reactions, rules and the best of them (verb: ``screen``)."""

import hashlib
import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from interlayer._version import __version__
from interlayer.composition import parse_formula
from interlayer.errors import InputError, closest
from interlayer.materials import library
from interlayer.references import citations
from interlayer.thermo.coverage import coverage
from interlayer.thermo.many import react_many, window_many
from interlayer.thermo.pareto import judged
from interlayer.thermo.phase_table import PhaseTable
from interlayer.thermo.question import CONDITIONS, PreparedTable, prepared_table
from interlayer.thermo.reactant import reactant
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
CHUNK: Final = 2000
"""Coatings that are answered together; memory does not grow with the number of coatings beyond the table itself."""
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
    question = _Question(
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


def _lithium_fraction(formula: str) -> float:
    """Return the atom fraction of lithium, nan for what is no formula."""
    try:
        atoms = parse_formula(formula)
    except InputError:
        return math.nan
    return atoms.get("Li", 0.0) / sum(atoms.values())


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


@dataclass(frozen=True)
class _Question:
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
