"""What if a phase did not form, or one that was left out did: the phases that an answer hangs on.

An answer is the optimum of a linear programme over the phases, and leaving out a phase of which the optimum holds
nothing leaves it where it is. So only the *active* phases need to be tried, a handful of the table: the products at the
minimum of a reaction or beyond the limits of a window, and what a reactant falls apart into before it reacts. The
materials asked about are not left out themselves.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, Generic, Literal, TypeVar

from interlayer.composition import parse_formula
from interlayer.errors import InputError, SolverError, shown
from interlayer.quantity import StrictModel
from interlayer.thermo.composition_objects import CompositionLike
from interlayer.thermo.equilibrium import system
from interlayer.thermo.interface_reaction import Reaction, react
from interlayer.thermo.phase_table import PhaseTable, composition_key
from interlayer.thermo.question import prepared_table
from interlayer.thermo.reactant import reactant
from interlayer.thermo.stability_window import Window, window
from interlayer.thermo.table_files import read_table

if TYPE_CHECKING:
    import pandas as pd

MOST_PHASES: Final = 4
_METHOD: Final = (
    "asked again without each phase that is active in the answer (up to {} together), and with each one that was "
    "excluded; no other phase of the table can move it"
)
_NO_LIMIT_V: Final = 15.0
_SAME: Final = 1e-9
"""eV/atom or V; a smaller movement is round-off."""
Answer = TypeVar("Answer")
Phases = tuple[str, ...]
Change = Literal["without", "with"]


@dataclass(frozen=True)
class _Found(Generic[Answer]):
    """An answer, or the reason why there is none."""

    answer: Answer | None
    reason: str = ""


class ReactionChange(StrictModel):
    """The reaction `without` some phases, or `with` one that was excluded.

    `moved_eV_per_atom` is against the answer as asked, positive where less energy is released; `new_products` are
    those that it does not have. Where the question has no answer any more, numbers are None and `reason` says why.
    """

    change: Change
    phases: list[str]
    reaction_energy_eV_per_atom: float | None
    moved_eV_per_atom: float | None
    reaction: str
    products: dict[str, float]
    new_products: list[str]
    reason: str


class WindowChange(StrictModel):
    """The window `without` some phases, or `with` one that was excluded.

    Movements are against the answer as asked, None where one of the two has no such limit. `reactions` are those at
    the limits. Where the question has no answer any more, numbers are None and `reason` says why.
    """

    change: Change
    phases: list[str]
    reduction_V: float | None
    oxidation_V: float | None
    moved_reduction_V: float | None
    moved_oxidation_V: float | None
    reactions: list[str]
    new_products: list[str]
    reason: str


class ReactionWhatIf(StrictModel):
    """How the reaction of A with B hangs on single phases: `changes`, that which moves it most first.

    `deterministic` is the answer as asked; `active_phases` those that can move it.
    """

    reactant_A: str
    reactant_B: str
    voltage_V: float | None
    active_phases: list[str]
    changes: list[ReactionChange]
    deterministic: Reaction
    method: str
    conditions: str
    references: list[str]

    def frame(self) -> "pd.DataFrame":
        """Return one row per change as a pandas table."""
        return _frame(self.changes)


class WindowWhatIf(StrictModel):
    """How the window of a composition hangs on single phases: `changes`, that which moves a limit most first.

    `deterministic` is the answer as asked; `active_phases` those that can move it.
    """

    formula: str
    active_phases: list[str]
    changes: list[WindowChange]
    deterministic: Window
    method: str
    conditions: str
    references: list[str]

    def frame(self) -> "pd.DataFrame":
        """Return one row per change as a pandas table."""
        return _frame(self.changes)


def what_if(
    a: CompositionLike,
    b: CompositionLike,
    *,
    voltage: float | None = None,
    reference: str | float = "hull",
    convention: str = "mp_legacy",
    exclude: Sequence[str] | str = (),
    table: PhaseTable | str | Path | None = None,
    temperature: float | None = None,
    gases: Mapping[str, float] | None = None,
    depth: int = 1,
) -> ReactionWhatIf:
    """Return how the reaction of two materials moves without each active phase, and with each excluded one.

    The arguments are those of `interlayer.thermo.react`; depth: how many phases may be left out together, 1 to 4 (a
    phase that takes the place of another one counts as active then). Raises InputError as `react` does, and for a
    depth outside this range. With lithium open the energy is the mutual one.
    """
    chosen = read_table(table) if isinstance(table, str | Path) else table
    elements = {*reactant(a).atoms, *reactant(b).atoms}
    ask = partial(
        react,
        a,
        b,
        voltage=voltage,
        reference=reference,
        convention=convention,
        table=chosen,
        temperature=temperature,
        gases=gases,
    )

    def active(answer: Reaction, left_out: Sequence[str]) -> Iterable[str]:
        prepared = prepared_table(
            chosen, convention=convention, exclude=left_out, elements=elements, temperature=temperature, gases=gases
        ).table
        return [*answer.products, *_own_phases(answer, prepared)]

    base, without, put_back = _asked_again(
        lambda left_out: ask(exclude=left_out),
        active,
        lambda answer: (answer.reaction_energy_eV_per_atom,),
        (a, b),
        exclude,
        depth,
    )
    changes = [_reaction_change("without", phases, found, base) for phases, found in without.items()]
    changes += [_reaction_change("with", phases, found, base) for phases, found in put_back.items()]
    return ReactionWhatIf(
        reactant_A=base.reactant_A,
        reactant_B=base.reactant_B,
        voltage_V=base.voltage_V,
        active_phases=sorted({phase for one in changes if one.change == "without" for phase in one.phases}),
        changes=sorted(changes, key=lambda one: (-abs(one.moved_eV_per_atom or 0.0), len(one.phases), one.phases)),
        deterministic=base,
        method=_METHOD.format(depth),
        conditions=base.conditions,
        references=base.references,
    )


def what_if_window(
    composition: CompositionLike,
    *,
    convention: str = "mp_legacy",
    exclude: Sequence[str] | str = (),
    table: PhaseTable | str | Path | None = None,
    temperature: float | None = None,
    gases: Mapping[str, float] | None = None,
    depth: int = 1,
) -> WindowWhatIf:
    """Return how the limits of a window move without each active phase, and with each excluded one.

    The arguments are those of `interlayer.thermo.window` and of `what_if`, and so are the errors raised.
    """
    chosen = read_table(table) if isinstance(table, str | Path) else table
    ask = partial(window, composition, convention=convention, table=chosen, temperature=temperature, gases=gases)
    base, without, put_back = _asked_again(
        lambda left_out: ask(exclude=left_out),
        lambda answer, _: _beside_limits(answer),
        lambda answer: (answer.reduction_V, _NO_LIMIT_V if answer.oxidation_V is None else answer.oxidation_V),
        (composition,),
        exclude,
        depth,
    )
    changes = [_window_change("without", phases, found, base) for phases, found in without.items()]
    changes += [_window_change("with", phases, found, base) for phases, found in put_back.items()]

    def distance(one: WindowChange) -> float:
        moved = max(abs(one.moved_reduction_V or 0.0), abs(one.moved_oxidation_V or 0.0))
        gone = not one.reason and (one.oxidation_V is None) != (base.oxidation_V is None)
        return float("inf") if gone else moved

    return WindowWhatIf(
        formula=base.formula,
        active_phases=sorted({phase for one in changes if one.change == "without" for phase in one.phases}),
        changes=sorted(changes, key=lambda one: (-distance(one), len(one.phases), one.phases)),
        deterministic=base,
        method=_METHOD.format(depth),
        conditions=base.conditions,
        references=base.references,
    )


def _asked_again(
    ask: Callable[[list[str]], Answer],
    active: Callable[[Answer, list[str]], Iterable[str]],
    values: Callable[[Answer], Sequence[float]],
    asked: Sequence[CompositionLike],
    exclude: Sequence[str] | str,
    depth: int,
) -> tuple[Answer, dict[Phases, _Found[Answer]], dict[Phases, _Found[Answer]]]:
    """Return the answer as asked, those without active phases, and those with each excluded phase.

    Several phases together are kept where one of the `values` differs from what it is without fewer of them.
    """
    if isinstance(depth, bool) or not isinstance(depth, int) or not 1 <= depth <= MOST_PHASES:
        raise InputError(f"the depth must be a whole number from 1 to {MOST_PHASES}, not {shown(depth)}")
    given = exclude.split(",") if isinstance(exclude, str) else list(exclude)
    given = [formula.strip() for formula in given if formula.strip()]
    kept = {_key(reactant(name).formula) for name in asked}
    base = ask(given)
    level: dict[Phases, _Found[Answer]] = {(): _Found(base)}
    seen = dict(level)
    for _ in range(depth):
        following: dict[Phases, _Found[Answer]] = {}
        for phases, found in level.items():
            for phase in [] if found.answer is None else active(found.answer, [*given, *phases]):
                together = tuple(sorted((*phases, phase)))
                if _key(phase) not in kept and together not in following:
                    following[together] = _answer(ask, [*given, *together])
        seen.update(following)
        level = following
    without = {}
    for phases, found in seen.items():
        fewer = [seen[p] for phase in phases if (p := tuple(one for one in phases if one != phase)) in seen]
        before = [values(one.answer) for one in (*fewer, _Found(base)) if one.answer is not None]
        if len(phases) == 1 or (phases and found.answer is not None and _is_new(values(found.answer), before)):
            without[phases] = found
    back = {formula: [other for other in given if _key(other) != _key(formula)] for formula in given}
    put_back: dict[Phases, _Found[Answer]] = {(formula,): _answer(ask, rest) for formula, rest in back.items()}
    return base, without, put_back


def _answer(ask: Callable[[list[str]], Answer], left_out: list[str]) -> _Found[Answer]:
    try:
        return _Found(ask(left_out))
    except (InputError, SolverError) as refusal:
        return _Found(None, str(refusal))


def _is_new(values: Sequence[float], before: Sequence[Sequence[float]]) -> bool:
    """Return whether one of the values is in none of the rows before."""
    return any(all(abs(value - row[i]) > _SAME for row in before) for i, value in enumerate(values))


def _own_phases(answer: Reaction, table: PhaseTable) -> Iterable[str]:
    """Yield what the reactants fall apart into before they react, where they start from their own equilibrium."""
    for formula, used in zip((answer.reactant_A, answer.reactant_B), answer.reference_used.values(), strict=True):
        if answer.voltage_V is not None or "hull" in used:
            atoms = parse_formula(formula)
            phases = system(table, atoms, voltage=answer.voltage_V)
            yield from phases.equilibrium(phases.shares(atoms)).phases


def _beside_limits(answer: Window) -> Iterable[str]:
    """Yield the phases within the window and those beyond both limits."""
    for step in answer.profile:
        inside = answer.reduction_V <= step.lowest_V and step.highest_V == answer.oxidation_V
        if inside or any(step.products.keys() == one.products.keys() for one in answer.reactions):
            yield from step.products


def _reaction_change(change: Change, phases: Phases, found: _Found[Reaction], base: Reaction) -> ReactionChange:
    after = found.answer
    return ReactionChange(
        change=change,
        phases=list(phases),
        reaction_energy_eV_per_atom=None if after is None else after.reaction_energy_eV_per_atom,
        moved_eV_per_atom=_moved(
            None if after is None else after.reaction_energy_eV_per_atom, base.reaction_energy_eV_per_atom
        ),
        reaction="" if after is None else after.reaction,
        products={} if after is None else after.products,
        new_products=[] if after is None else [one for one in after.products if one not in base.products],
        reason=found.reason,
    )


def _window_change(change: Change, phases: Phases, found: _Found[Window], base: Window) -> WindowChange:
    after = found.answer
    reactions = [] if after is None else after.reactions
    known = {product for one in base.reactions for product in one.products}
    return WindowChange(
        change=change,
        phases=list(phases),
        reduction_V=None if after is None else after.reduction_V,
        oxidation_V=None if after is None else after.oxidation_V,
        moved_reduction_V=_moved(None if after is None else after.reduction_V, base.reduction_V),
        moved_oxidation_V=_moved(None if after is None else after.oxidation_V, base.oxidation_V),
        reactions=[one.reaction for one in reactions],
        new_products=sorted({product for one in reactions for product in one.products} - known),
        reason=found.reason,
    )


def _moved(after: float | None, before: float | None) -> float | None:
    if after is None or before is None:
        return None
    return after - before if abs(after - before) > _SAME else 0.0


def _frame(changes: Sequence[ReactionChange | WindowChange]) -> "pd.DataFrame":
    import pandas as pd

    rows = [one.model_dump(exclude={"products"}) for one in changes]
    words = {name: [", ".join(row[name]) for row in rows] for name in ("phases", "new_products")}
    return pd.DataFrame(rows).drop(columns=["reactions"], errors="ignore").assign(**words)


def _key(formula: str) -> tuple[tuple[str, float], ...]:
    return composition_key(parse_formula(formula))
