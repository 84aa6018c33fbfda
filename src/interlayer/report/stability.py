"""Is each interface of a cell stable? Pairs that touch, windows against the potentials they see."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Literal

from interlayer.cell import Cell
from interlayer.cell.description import CompositeElectrode
from interlayer.errors import InputError
from interlayer.quantity import StrictModel
from interlayer.thermo.interface_reaction import Reaction, react
from interlayer.thermo.stability_window import Window, window

STABLE_EV_PER_ATOM = 0.001
"""Below this nothing is said to react: the tabulated energies are not better than that."""
MILD_EV_PER_ATOM = 0.1
"""The limit that coating screenings draw (Xiao et al. 2019, doi 10.1016/j.joule.2019.02.006)."""

Verdict = Literal["stable", "mild", "reactive", "not computed"]


class Contact(StrictModel):
    """Two materials of a cell that touch, closed and at the potential of the charged cathode.

    `what_if` marks a contact that only exists where a coating is missing. The energy at the potential is the mutual
    one per atom that is not lithium: what the contact adds to what each side does by itself.
    """

    place: str
    a: str
    b: str
    what_if: bool
    verdict: Verdict
    reason: str
    reaction: Reaction | None
    charged_reaction: Reaction | None


class LayerWindow(StrictModel):
    """The window of a layer beside the potentials it meets, V against Li/Li+."""

    material: str
    place: str
    lowest_potential_V: float
    highest_potential_V: float
    window: Window | None
    inside: bool | None
    statement: str


class Stability(StrictModel):
    """Every contact and every window of a cell, the most reactive contact first in `statement`."""

    contacts: tuple[Contact, ...]
    windows: tuple[LayerWindow, ...]
    charged_potential_V: float
    discharged_potential_V: float
    anode_potential_V: float
    statement: str
    thresholds: str = (
        f"stable below {STABLE_EV_PER_ATOM} eV/atom, mild to {MILD_EV_PER_ATOM} eV/atom "
        "(Xiao et al. 2019, doi 10.1016/j.joule.2019.02.006), reactive beyond"
    )


def stability(cell: Cell, *, charged: float, discharged: float, anode: float) -> Stability:
    """Return contacts and windows of a cell whose cathode swings from `discharged` to `charged` V against Li/Li+.

    `anode` is the anode's potential. Materials without a formula (a liquid, a polymer) are listed as not computed.
    """
    contacts = tuple(_contact(cell, *touching, charged=charged) for touching in _touching(cell))
    windows = tuple(
        _layer_window(cell, name, place, low, high)
        for name, place, low, high in _exposed(cell, charged=charged, anode=anode)
    )
    return Stability(
        contacts=contacts,
        windows=windows,
        charged_potential_V=charged,
        discharged_potential_V=discharged,
        anode_potential_V=anode,
        statement=_statement(contacts, windows),
    )


def _touching(cell: Cell) -> Iterator[tuple[str, str, str, bool]]:
    """Yield (place, a, b, what if) of each pair of materials that touch, from the cathode to the anode."""
    description = cell.description
    cathode = description.cathode
    names = [layer.pore_filling or layer.material for layer in description.separator]
    partners = _electrolytes(cell, cathode) if isinstance(cathode, CompositeElectrode) else [names[0]]
    coatings = [coating.material for coating in cathode.coating]
    shell = [cathode.active_material, *coatings]
    for inner, outer in pairwise(shell):
        yield "cathode, under the coating", inner, outer, False
    for partner in partners:
        yield "cathode", shell[-1], partner, False
        if coatings:
            yield "cathode, where the coating is missing", cathode.active_material, partner, True
    if isinstance(cathode, CompositeElectrode):
        for partner in partners:
            if not _same(cell, partner, names[0]):
                yield "cathode | separator", partner, names[0], False
    for one, other in pairwise(names):
        if not _same(cell, one, other):
            yield "separator", one, other, False
    yield "anode", names[-1], cell.anode_material, False


def _electrolytes(cell: Cell, electrode: CompositeElectrode) -> list[str]:
    found = [name for name in electrode.composition if cell.material(name).kind == "electrolyte"]
    return found + ([electrode.pore_filling] if electrode.pore_filling is not None else [])


def _same(cell: Cell, one: str, other: str) -> bool:
    a, b = cell.material(one), cell.material(other)
    return a.name == b.name or (a.formula is not None and a.formula == b.formula)


def _contact(cell: Cell, place: str, a: str, b: str, what_if: bool, *, charged: float) -> Contact:
    closed, opened = None, None
    verdict: Verdict = "not computed"
    missing = [name for name in (a, b) if cell.material(name).formula is None]
    if missing:
        reason = f"{' and '.join(missing)} has no formula, so no phase energies"
    else:
        first, second = (str(cell.material(name).formula) for name in (a, b))
        try:
            closed = react(first, second)
            opened = react(first, second, voltage=charged) if place.startswith("cathode") else None
        except InputError as error:
            reason = str(error)
        else:
            size = -closed.reaction_energy_eV_per_atom
            reason = f"{-size * 1000:.0f} meV/atom"
            verdict = "stable" if size < STABLE_EV_PER_ATOM else "mild" if size <= MILD_EV_PER_ATOM else "reactive"
    return Contact(
        place=place,
        a=a,
        b=b,
        what_if=what_if,
        verdict=verdict,
        reason=reason,
        reaction=closed,
        charged_reaction=opened,
    )


def _exposed(cell: Cell, *, charged: float, anode: float) -> Iterator[tuple[str, str, float, float]]:
    """Yield (material, place, lowest, highest potential) of each layer that lithium passes, once each.

    A layer between the electrodes sees the anode's potential on one face and the charged cathode's on the other
    where it touches both; inside a stack of layers the drop is unknown, so the electrode it touches decides.
    """
    description = cell.description
    cathode = description.cathode
    last = len(description.separator) - 1
    seen: dict[str, tuple[str, float, float]] = {}

    def add(name: str, place: str, low: float, high: float) -> None:
        key = cell.material(name).name
        if key in seen:
            before, other_low, other_high = seen[key]
            place = before if place in before else f"{before} and {place}"
            low, high = min(low, other_low), max(high, other_high)
        seen[key] = (place, low, high)

    for coating in cathode.coating:
        add(coating.material, "coating", charged, charged)
    if isinstance(cathode, CompositeElectrode):
        for name in _electrolytes(cell, cathode):
            add(name, "cathode", charged, charged)
    for number, layer in enumerate(description.separator):
        name = layer.pore_filling or layer.material
        low = anode if number == last else charged
        high = charged if number == 0 else anode
        if 0 < number < last:
            continue
        add(name, "separator", min(low, high), max(low, high))
    for name, (place, low, high) in seen.items():
        yield name, place, low, high


def _layer_window(cell: Cell, name: str, place: str, low: float, high: float) -> LayerWindow:
    formula = cell.material(name).formula
    found, inside = None, None
    if formula is None:
        statement = f"{name} has no formula: no window computed"
    else:
        try:
            found = window(formula)
        except InputError as error:
            statement = str(error)
        else:
            inside, statement = _judged(found, low, high)
    return LayerWindow(
        material=name,
        place=place,
        lowest_potential_V=low,
        highest_potential_V=high,
        window=found,
        inside=inside,
        statement=statement,
    )


def _judged(found: Window, low: float, high: float) -> tuple[bool, str]:
    problems = []
    if found.oxidation_V is not None and high > found.oxidation_V + 1e-9:
        problems.append(f"oxidised above {found.oxidation_V:.2f} V, it meets {high:.2f} V")
    if low < found.reduction_V - 1e-9:
        problems.append(f"reduced below {found.reduction_V:.2f} V, it meets {low:.2f} V")
    return not problems, "; ".join(problems) if problems else "inside its window at every potential it meets"


def _statement(contacts: tuple[Contact, ...], windows: tuple[LayerWindow, ...]) -> str:
    real = [c for c in contacts if not c.what_if and c.reaction is not None]
    parts = []
    if real:
        worst = min(real, key=lambda c: c.reaction.reaction_energy_eV_per_atom if c.reaction else 0.0)
        parts.append(f"the most reactive contact is {worst.a} | {worst.b}, {worst.reason} ({worst.verdict})")
    cathode = [c for c in real if c.place == "cathode"]
    bare = [c for c in contacts if c.what_if and c.reaction is not None]
    if cathode and bare:
        parts.append(f"the coating takes the cathode contact from {bare[0].reason} to {cathode[0].reason}")
    outside = [w.material for w in windows if w.inside is False]
    if outside:
        parts.append(f"outside its window: {', '.join(outside)}")
    text = "; ".join(parts) if parts else "nothing could be computed"
    return text[:1].upper() + text[1:] + "."
