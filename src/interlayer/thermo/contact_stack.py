"""Cathode | coating | electrolyte in one answer: what the coating prevents, and what it cannot.

A coating stands between two materials that react with each other, so it removes their *chemical* reaction and puts
two others in its place. It does not lower the potential that the electrolyte meets wherever electrons reach it: its
*electrochemical* decomposition stays (Wang et al. 2021, doi 10.1002/aenm.202100210).
"""

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from interlayer.composition import parse_formula
from interlayer.quantity import StrictModel
from interlayer.thermo.decomposition import Decomposition
from interlayer.thermo.interface_reaction import Reaction, react
from interlayer.thermo.phase_table import PhaseTable
from interlayer.thermo.species import share_with_oxygen
from interlayer.thermo.stability_window import Window, window
from interlayer.thermo.table_files import read_table
from interlayer.thermo.voltages import read_voltages

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

Pair = Literal["cathode | electrolyte", "cathode | coating", "coating | electrolyte"]


class Contact(StrictModel):
    """One contact of the stack, closed and at each voltage.

    `bound_to_oxygen`: for each element of the electrolyte that is neither lithium nor oxygen, the share of its atoms
    that the closed reaction leaves in products with oxygen (sulfates, phosphates); empty without the electrolyte or
    without a reaction.
    """

    pair: Pair
    closed: Reaction
    at_voltage: list[Reaction]
    bound_to_oxygen: dict[str, float]


class CoatedInterface(StrictModel):
    """A cathode against an electrolyte, `before` and `after` a coating lies between them.

    The windows say what the voltage does to electrolyte and coating by themselves (`at_voltage`), coated or not.
    `findings` puts the numbers into sentences. The coating is taken to be dense and to leave no bare contact.
    """

    cathode: str
    coating: str
    electrolyte: str
    voltages_V: list[float]
    before: list[Contact]
    after: list[Contact]
    electrolyte_window: Window
    coating_window: Window
    findings: list[str]

    def frame(self) -> "pd.DataFrame":
        """Return one row per contact and voltage (nan: closed); energies in eV per atom (without Li at a voltage)."""
        import pandas as pd

        rows = [
            {
                "coated": coated,
                "contact": contact.pair,
                "materials": f"{reaction.reactant_A} | {reaction.reactant_B}",
                "voltage_V": reaction.voltage_V,
                "reaction_energy_eV_per_atom": reaction.reaction_energy_eV_per_atom,
                "total_energy_eV_per_atom": reaction.total_energy_eV_per_atom,
                "normalisation": reaction.normalisation,
                "mixing_fraction": reaction.mixing_fraction,
                "reaction": reaction.reaction,
                "coverage": reaction.coverage,
            }
            for coated, contacts in ((False, self.before), (True, self.after))
            for contact in contacts
            for reaction in (contact.closed, *contact.at_voltage)
        ]
        return pd.DataFrame(rows)

    def plot(self) -> "Figure":
        """Return the reaction energies of all contacts, closed and at each voltage, as a matplotlib figure."""
        from interlayer.thermo.figures import coated_figure

        return coated_figure(self)


def coated_interface(
    cathode: str,
    coating: str,
    electrolyte: str,
    *,
    voltages: str | float | Sequence[float] = (),
    reference: str | float = "hull",
    convention: str = "mp_legacy",
    exclude: Sequence[str] | str = (),
    table: PhaseTable | str | Path | None = None,
) -> CoatedInterface:
    """Return the reactions of cathode | electrolyte and of both sides of a coating between them.

    cathode, coating, electrolyte: formulas or names of the library; voltages: V against Li/Li+ at which each contact
    is also answered with lithium open (0 to 10 V; text such as ``"2.5,4.4"`` or ``"2.5:4.3:0.1"``); the rest as for
    `react`, and so are the errors.
    """
    points = read_voltages(voltages, lowest=0.0)
    chosen = read_table(table) if isinstance(table, str | Path) else table
    ask = partial(react, reference=reference, convention=convention, exclude=exclude, table=chosen)
    look = partial(window, voltages=points, convention=convention, exclude=exclude, table=chosen)

    def contact(pair: Pair, a: str, b: str) -> Contact:
        closed = ask(a, b)
        bound = _bound_to_oxygen(closed.products, of_electrolyte) if pair.endswith("electrolyte") else {}
        return Contact(
            pair=pair, closed=closed, at_voltage=[ask(a, b, voltage=v) for v in points], bound_to_oxygen=bound
        )

    electrolyte_window, coating_window = look(electrolyte), look(coating)
    of_electrolyte = [e for e in parse_formula(electrolyte_window.formula) if e not in ("Li", "O")]
    before = [contact("cathode | electrolyte", cathode, electrolyte)]
    after = [contact("cathode | coating", cathode, coating), contact("coating | electrolyte", coating, electrolyte)]
    return CoatedInterface(
        cathode=before[0].closed.reactant_A,
        coating=coating_window.formula,
        electrolyte=electrolyte_window.formula,
        voltages_V=points,
        before=before,
        after=after,
        electrolyte_window=electrolyte_window,
        coating_window=coating_window,
        findings=[
            *_chemical_findings(before[0], after),
            *(
                _voltage_finding("electrolyte", one, "; a coating does not change that")
                for one in electrolyte_window.at_voltage
            ),
            *(_voltage_finding("coating", one, "") for one in coating_window.at_voltage),
        ],
    )


def _bound_to_oxygen(products: Mapping[str, float], elements: Sequence[str]) -> dict[str, float]:
    shares = {element: share_with_oxygen(products, element) for element in elements}
    return {element: share for element, share in shares.items() if share is not None}


def _chemical_findings(bare: Contact, coated: Sequence[Contact]) -> list[str]:
    """Say what the coating does to the chemical reaction: the energies, and what is left bound to oxygen."""
    worst = min(coated, key=lambda contact: contact.closed.reaction_energy_eV_per_atom)
    without, left = bare.closed.reaction_energy_eV_per_atom, worst.closed.reaction_energy_eV_per_atom
    findings = [f"bare: {_energy(bare.closed)}{_oxygen(bare)}"]
    if left == 0.0:
        findings.append("coated: neither contact of the coating reacts")
    else:
        ratio = f", {without / left:.1f} times less" if without < left else ", no less than without it"
        findings.append(f"coated: the stronger contact is {_energy(worst.closed)}{ratio}{_oxygen(worst)}")
    return findings


def _energy(reaction: Reaction) -> str:
    energy = reaction.reaction_energy_eV_per_atom * 1e3
    return f"{reaction.reactant_A} | {reaction.reactant_B} at {energy:.0f} meV/atom"


def _oxygen(contact: Contact) -> str:
    shares = [f"{share:.0%} of {element}" for element, share in contact.bound_to_oxygen.items() if share > 5e-3]
    return f"; bound to oxygen afterwards: {', '.join(shares)}" if shares else ""


def _voltage_finding(role: str, alone: Decomposition, ending: str) -> str:
    at = f"{alone.voltage_V:g} V: the {role} {alone.formula}"
    if alone.is_stable:
        return f"{at} is inside its window"
    verb = "takes up" if alone.lithium_per_formula > 0 else "gives off"
    oxidised = [
        f"{share.element_or_polysulfide:.0%} of its {element} becomes the element or a polysulfide"
        for element, share in alone.chalcogen_species.items()
        if share.element_or_polysulfide > 5e-3
    ]
    what = f"; {', '.join(oxidised)}" if oxidised else ""
    return f"{at} {verb} {abs(alone.lithium_per_formula):.3g} Li per formula ({alone.reaction}){what}{ending}"
