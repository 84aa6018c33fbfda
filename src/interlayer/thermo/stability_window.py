"""The electrochemical window of a composition and what it becomes at every voltage (verb: ``window``)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from pydantic import Field

from interlayer.composition import parse_formula
from interlayer.errors import InputError
from interlayer.quantity import StrictModel
from interlayer.references import citations
from interlayer.thermo.breakpoints import breakpoints
from interlayer.thermo.composition_objects import CompositionLike
from interlayer.thermo.decomposition import Decomposition, decomposition
from interlayer.thermo.equilibrium import LITHIUM, System, system
from interlayer.thermo.phase_table import PhaseTable
from interlayer.thermo.question import prepared_table
from interlayer.thermo.reactant import entry_energy, reactant
from interlayer.thermo.reaction_equation import equation
from interlayer.thermo.voltages import read_voltages

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

_HIGHEST_V: Final = 15.0
"""Beyond any battery: a composition that keeps its lithium up to here has no oxidation limit."""
_SAME_LITHIUM: Final = 1e-5
_METHOD: Final = "phase equilibria open to lithium, one linear programme per voltage; limits are exact, not scanned"
_REFERENCES: Final = ("zhu2015", "richards2016")


class LimitReaction(StrictModel):
    """What happens when the voltage passes a limit of the window.

    `products` in mol per formula unit; `lithium_per_formula` is taken up (positive) or given off (negative).
    """

    limit: Literal["reduction", "oxidation"]
    potential_V: float
    reaction: str
    products: dict[str, float]
    lithium_per_formula: float


class VoltageStep(StrictModel):
    """The equilibrium between two potentials; at each of them lies a plateau.

    `highest_V` is None for the last step. `lithium_per_formula` is the change against the composition as written.
    """

    lowest_V: float
    highest_V: float | None
    lithium_per_formula: float
    products: dict[str, float]


class Window(StrictModel):
    """The voltages against Li/Li+ between which a composition neither takes up nor gives off lithium.

    `reduction_V` is 0 for what is stable against lithium metal; `oxidation_V` is None for what gives off no lithium
    at any voltage. Both are equal for a composition that lies on a plateau. `profile` is what the composition becomes
    from 0 V upwards, `at_voltage` the same at the voltages that were asked for, with its extent and driving energy.
    `energy_above_hull_eV_per_atom` is None where the composition is not tabulated.
    """

    formula: str
    reduction_V: float
    oxidation_V: float | None
    convention: str
    excluded: list[str]
    reactions: list[LimitReaction]
    profile: list[VoltageStep]
    equilibrium: dict[str, float]
    energy_above_hull_eV_per_atom: float | None
    phases_considered: int
    table: str
    coverage: str
    method: str
    conditions: str
    references: list[str]
    at_voltage: list[Decomposition] = Field(default_factory=list)

    def at(self, voltage: float) -> "Decomposition":
        """Return what the composition becomes at a voltage in V against Li/Li+ (0 to 10), and how far it gets."""
        return decomposition(self, voltage)

    def frame(self) -> "pd.DataFrame":
        """Return the voltage profile as a pandas table, products in mol per formula unit as text."""
        import pandas as pd

        return pd.DataFrame(
            {
                "formula": self.formula,
                "lowest_V": [step.lowest_V for step in self.profile],
                "highest_V": [step.highest_V for step in self.profile],
                "lithium_per_formula": [step.lithium_per_formula for step in self.profile],
                "products": [" + ".join(f"{n:.4g} {name}" for name, n in s.products.items()) for s in self.profile],
            }
        )

    def plot(self) -> "Figure":
        """Return the voltage profile as a matplotlib figure."""
        from interlayer.thermo.figures import window_figure

        return window_figure(self)


def window(
    composition: CompositionLike,
    *,
    voltages: str | float | Sequence[float] = (),
    convention: str = "mp_legacy",
    exclude: Sequence[str] | str = (),
    table: PhaseTable | str | Path | None = None,
    temperature: float | None = None,
    gases: Mapping[str, float] | None = None,
) -> Window:
    """Return the window of a formula or a material of the library, against lithium metal.

    The grand potential phi(V) = min (E + V n_Li) is concave and piecewise linear in V, and its slope is the lithium
    content of the equilibrium: the corners are the plateaus, and the step that holds the composition's own lithium is
    the window (Zhu, He and Mo 2015, doi 10.1021/acsami.5b07517). Thermodynamics at 0 K; slow reactions widen the
    window that is measured.

    composition: as A or B of `react`; voltages: V against Li/Li+ (0 to 10) to answer in `at_voltage`;
    convention: see `interlayer.thermo.conventions`; exclude: formulas left out; table: a `PhaseTable` or what
    `read_table` reads instead of the own one; temperature: K, gives the gases among the phases their free energy, at
    the partial pressures `gases` (formula -> Pa) and 1 bar where none is named; 0 K without.
    Raises InputError for a composition of lithium alone, an element the table lacks, an unknown convention or phase.
    """
    points = read_voltages(voltages, lowest=0.0)
    asked = reactant(composition)
    prepared = prepared_table(
        table, convention=convention, exclude=exclude, elements=asked.atoms, temperature=temperature, gases=gases
    )
    if set(asked.atoms) <= {LITHIUM}:
        raise InputError(f"{asked.formula} is lithium itself, the reference of the voltage: it has no window")
    opened = system(prepared.table, asked.atoms, voltage=0.0)
    steps = voltage_steps(opened, asked.atoms)
    own = next((i for i, step in enumerate(steps) if abs(step.lithium) < _SAME_LITHIUM), None)
    if own is None:  # the lithium content lies between two steps, on their common plateau
        above = next((i for i, step in enumerate(steps) if step.lithium < 0.0), len(steps) - 1)
        reduction = oxidation = steps[above].lowest
        below = above - 1
    else:
        reduction, oxidation = steps[own].lowest, steps[own].highest
        below, above = own - 1, own + 1
    reactions = []
    if below >= 0:
        reactions.append(_limit_reaction("reduction", reduction, asked.formula, steps[below]))
    if above < len(steps) and oxidation < _HIGHEST_V:
        reactions.append(_limit_reaction("oxidation", oxidation, asked.formula, steps[above]))

    closed = system(prepared.table, asked.atoms)
    at_rest = closed.equilibrium(closed.shares(asked.atoms))
    entry = entry_energy(asked.formula, prepared.table)
    found = Window(
        formula=asked.formula,
        reduction_V=reduction,
        oxidation_V=oxidation if oxidation < _HIGHEST_V else None,
        convention=prepared.table.convention,
        excluded=list(prepared.table.excluded),
        reactions=reactions,
        profile=[
            VoltageStep(
                lowest_V=step.lowest,
                highest_V=step.highest if step.highest < _HIGHEST_V else None,
                lithium_per_formula=step.lithium,
                products=dict(step.products),
            )
            for step in steps
        ],
        equilibrium=moles(at_rest.phases, sum(asked.atoms.values())),
        energy_above_hull_eV_per_atom=None if entry is None else max(entry - at_rest.energy, 0.0),
        phases_considered=len(opened.table),
        table=prepared.table.name,
        coverage=prepared.coverage([asked.formula]),
        method=_METHOD,
        conditions=prepared.conditions,
        references=citations([*prepared.table.references, *_REFERENCES]),
    )
    return found.model_copy(update={"at_voltage": [found.at(voltage) for voltage in points]})


@dataclass(frozen=True)
class Step:
    """Products in mol per formula unit between two potentials, and the lithium taken up to get there."""

    lowest: float
    highest: float
    lithium: float
    products: Mapping[str, float]


def voltage_steps(opened: System, atoms: Mapping[str, float]) -> list[Step]:
    """Return the equilibria of a composition from 0 V upwards, each with its range of voltage in V."""
    shares = opened.shares(atoms)
    counted = opened.counted_atoms(atoms)

    def grand_potential(voltage: float) -> tuple[float, float]:
        found = opened.at(voltage).equilibrium(shares)
        return -found.energy, -found.lithium  # convex instead of concave

    corners = breakpoints(grand_potential, 0.0, _HIGHEST_V)
    steps = []
    for lowest, highest in pairwise(corners):
        found = opened.at(0.5 * (lowest + highest)).equilibrium(shares)
        lithium = found.lithium * counted - atoms.get(LITHIUM, 0.0)
        steps.append(Step(lowest, highest, lithium, moles(found.phases, counted, without=LITHIUM)))
    return steps


def moles(phases: Mapping[str, float], atoms: float, *, without: str | None = None) -> dict[str, float]:
    """Return the mol of each phase per formula unit from its share of the unit's atoms.

    `without` is the element that does not count as an atom, where lithium is open.
    """
    amounts = {}
    for formula, share in phases.items():
        size = sum(amount for element, amount in parse_formula(formula).items() if element != without)
        amounts[formula] = share * atoms / size
    return dict(sorted(amounts.items(), key=lambda item: -item[1]))


def _limit_reaction(
    limit: Literal["reduction", "oxidation"], potential: float, formula: str, step: Step
) -> LimitReaction:
    taken, given = {LITHIUM: max(step.lithium, 0.0)}, {LITHIUM: max(-step.lithium, 0.0)}
    text, _ = equation({formula: 1.0, **taken}, {**step.products, **given})
    return LimitReaction(
        limit=limit,
        potential_V=potential,
        reaction=text,
        products=dict(step.products),
        lithium_per_formula=step.lithium,
    )
