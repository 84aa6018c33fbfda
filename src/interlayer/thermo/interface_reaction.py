"""The reaction between two materials in contact (verb: ``react``)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from interlayer.constants import EV_PER_ATOM_IN_KJ_PER_MOL
from interlayer.errors import InputError
from interlayer.quantity import StrictModel
from interlayer.references import citations
from interlayer.thermo.arrays import Array
from interlayer.thermo.composition_objects import CompositionLike
from interlayer.thermo.equilibrium import LITHIUM, Equilibrium, System, system
from interlayer.thermo.phase_table import PhaseTable
from interlayer.thermo.question import prepared_table
from interlayer.thermo.reactant import Reactant, reactant, reference_energies
from interlayer.thermo.reaction_equation import equation
from interlayer.thermo.stability_window import moles
from interlayer.thermo.voltages import checked_voltage

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

NO_REACTION: Final = 1e-6
"""eV/atom; a smaller gain is round-off of the tabulated energies, and reported as no reaction."""
_END: Final = 1e-7
_METHOD_CLOSED: Final = "most negative mixture of the two: one linear programme over all phases of their elements"
_METHOD_OPEN: Final = "most negative mixture of the two, each equilibrated at the voltage before: linear programmes"
_REFERENCES: Final = ("richards2016", "zhu2016")


class Kink(StrictModel):
    """A corner of the reaction profile; between corners the energy is linear in the mixture.

    `mixing_fraction` in mol of A per mol of A and B; energy in the normalisation of the whole answer, and in kJ per
    mol of the reaction as it is written; `products` in mol per mol of A and B.
    """

    mixing_fraction: float
    energy_eV_per_atom: float
    energy_kJ_per_mol_reaction: float
    reaction: str
    products: dict[str, float]
    lithium_per_mol: float


class Reaction(StrictModel):
    """The most favourable reaction of A with B; all energies are negative where energy is released.

    Closed: `reaction_energy_eV_per_atom` counts every atom and starts from the `reference` of the two. With a
    `voltage_V` it is the mutual energy, per atom that is not lithium: what the contact adds, each side having come to
    equilibrium at that voltage by itself. `total_energy_eV_per_atom` then starts from the two unreacted (in their
    `reference`) and is the most negative over all mixtures, at `total_mixing_fraction`;
    `total_energy_at_mixing_fraction_eV_per_atom` is the same at the mixture of the mutual minimum.

    `mixing_fraction` is mol of A per mol of A and B as written, None where nothing reacts; `products` in mol per mol
    of A and B; `lithium_per_mol` is what the pair takes up (or, negative, gives off) where lithium is open.
    """

    reactant_A: str
    reactant_B: str
    reaction_energy_eV_per_atom: float
    reaction_energy_kJ_per_mol_atoms: float
    reaction_energy_kJ_per_mol_reaction: float
    mixing_fraction: float | None
    products: dict[str, float]
    reaction: str
    voltage_V: float | None
    lithium_per_mol: float
    total_energy_eV_per_atom: float | None = None
    total_mixing_fraction: float | None = None
    total_energy_at_mixing_fraction_eV_per_atom: float | None = None
    reference: str
    reference_used: dict[str, str]
    convention: str
    excluded: list[str]
    normalisation: str
    profile: list[Kink]
    phases_considered: int
    table: str
    coverage: str
    method: str
    conditions: str
    references: list[str]

    def frame(self) -> "pd.DataFrame":
        """Return the corners of the profile as a pandas table, one row each."""
        import pandas as pd

        return pd.DataFrame([kink.model_dump(exclude={"products"}) for kink in self.profile]).assign(
            normalisation=self.normalisation, voltage_V=self.voltage_V
        )

    def plot(self) -> "Figure":
        """Return the reaction energy against the mixture as a matplotlib figure."""
        from interlayer.thermo.figures import reaction_figure

        return reaction_figure(self)


def react(
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
) -> Reaction:
    """Return the most negative reaction energy of two materials in contact, its products and the whole profile.

        dE(x) = E_hull(x A + (1 - x) B) - x E_A - (1 - x) E_B

    a, b: formulas, names of the library, or objects of pymatgen or ASE that have a composition; voltage: V against
    Li/Li+ at which lithium is exchanged, None for a closed contact; reference: where E_A and E_B start: ``hull`` (each
    in its own equilibrium), ``entry`` (tabulated), ``mixture`` (unmixed end members of a solid solution), or the energy
    above the hull in eV/atom, and ``"A,B"`` for one of these each; convention, exclude, table, temperature, gases: as
    for `interlayer.thermo.window`.

    Raises InputError for nonsense, elements the table lacks, a voltage that is not finite or outside -1..10 V, and
    lithium as a reactant where lithium is open. Solids are at 0 K; says nothing about rates (Richards et al. 2016, doi
    10.1021/acs.chemmater.5b04082).
    """
    if voltage is not None:
        voltage = checked_voltage(voltage)
    pair = (reactant(a), reactant(b))
    prepared = prepared_table(
        table,
        convention=convention,
        exclude=exclude,
        elements={*pair[0].atoms, *pair[1].atoms},
        temperature=temperature,
        gases=gases,
    )
    if voltage is not None and any(set(one.atoms) <= {LITHIUM} for one in pair):
        raise InputError("lithium cannot be a reactant while lithium is open at a voltage; leave one of the two out")
    atoms = {**pair[0].atoms, **pair[1].atoms}
    closed = system(prepared.table, atoms)
    hulls = tuple(closed.equilibrium(closed.shares(one.atoms)).energy for one in pair)
    energies, used = reference_energies(pair, reference, prepared.table, (hulls[0], hulls[1]))
    if voltage is None:
        contact = _Contact.of(closed, pair, energies)
    else:
        opened = system(prepared.table, atoms, voltage=voltage)
        alone = [opened.equilibrium(opened.shares(one.atoms)).energy for one in pair]
        contact = _Contact.of(opened, pair, (alone[0], alone[1]))
    best = contact.lowest()
    mixing_fraction = best.mixing_fraction if best.products else None
    total: dict[str, float | None] = {}
    if voltage is not None:
        unreacted = [_grand_potential(one.atoms, e, voltage) for one, e in zip(pair, energies, strict=True)]
        total = _total_energies(contact, (unreacted[0], unreacted[1]), mixing_fraction)
    return Reaction(
        reactant_A=pair[0].formula,
        reactant_B=pair[1].formula,
        reaction_energy_eV_per_atom=best.energy_eV_per_atom,
        reaction_energy_kJ_per_mol_atoms=best.energy_eV_per_atom * EV_PER_ATOM_IN_KJ_PER_MOL,
        reaction_energy_kJ_per_mol_reaction=best.energy_kJ_per_mol_reaction,
        mixing_fraction=mixing_fraction,
        products=best.products,
        reaction=best.reaction,
        voltage_V=voltage,
        lithium_per_mol=best.lithium_per_mol,
        **total,
        reference=reference if isinstance(reference, str) else f"{reference:g}",
        reference_used={"A": used[0], "B": used[1]},
        convention=prepared.table.convention,
        excluded=list(prepared.table.excluded),
        normalisation="eV per atom" if voltage is None else "eV per atom without Li",
        profile=contact.profile(),
        phases_considered=len(contact.phases.table),
        table=prepared.table.name,
        coverage=prepared.coverage([one.formula for one in pair], voltage=voltage),
        method=_METHOD_CLOSED if voltage is None else _METHOD_OPEN,
        conditions=prepared.conditions,
        references=citations([*prepared.table.references, *_REFERENCES]),
    )


def _grand_potential(atoms: Mapping[str, float], energy: float, voltage: float) -> float:
    """Return (E + V n_Li) per atom that is not lithium, from an energy per atom."""
    size, lithium = sum(atoms.values()), atoms.get(LITHIUM, 0.0)
    return (energy * size + voltage * lithium) / (size - lithium)


@dataclass(frozen=True)
class _Contact:
    """Two compositions, the phases they may turn into, and the energies per counted atom they start from."""

    phases: System
    pair: tuple[Reactant, Reactant]
    shares: tuple[Array, Array]
    sizes: tuple[float, float]
    energies: tuple[float, float]

    @classmethod
    def of(cls, phases: System, pair: tuple[Reactant, Reactant], energies: tuple[float, float]) -> "_Contact":
        shares, sizes = zip(*((phases.shares(one.atoms), phases.counted_atoms(one.atoms)) for one in pair), strict=True)
        return cls(phases, pair, (shares[0], shares[1]), (sizes[0], sizes[1]), energies)

    def mole_fraction(self, atom_fraction: float) -> float:
        """Return mol of A per mol of A and B from A's share of the counted atoms."""
        of_a, of_b = atom_fraction / self.sizes[0], (1.0 - atom_fraction) / self.sizes[1]
        return of_a / (of_a + of_b)

    def atom_fraction(self, mole_fraction: float) -> float:
        """Return A's share of the counted atoms from mol of A per mol of A and B."""
        of_a, of_b = mole_fraction * self.sizes[0], (1.0 - mole_fraction) * self.sizes[1]
        return of_a / (of_a + of_b)

    def lowest(self) -> Kink:
        """Return the most negative mixture, or a statement that nothing reacts."""
        found = self.phases.lowest_mixture(*self.shares, self.energies)
        if found.energy > -NO_REACTION and found.mixing_fraction is not None:
            names = " + ".join(dict.fromkeys(one.formula for one in self.pair))
            return Kink(
                mixing_fraction=0.0,
                energy_eV_per_atom=0.0 if abs(found.energy) < NO_REACTION else found.energy,
                energy_kJ_per_mol_reaction=0.0,
                reaction=f"{names}: no reaction",
                products={},
                lithium_per_mol=0.0,
            )
        return self._kink(found.mixing_fraction or 0.0, found, found.energy)

    def profile(self) -> list[Kink]:
        """Return all corners of the energy along the mixture, from pure B (0) to pure A (1)."""
        kinks = []
        for x in self.phases.mixing_kinks(*self.shares):
            found = self.phases.equilibrium(x * self.shares[0] + (1.0 - x) * self.shares[1])
            energy = found.energy - x * self.energies[0] - (1.0 - x) * self.energies[1]
            kinks.append(self._kink(x, found, energy))
        return kinks

    def energy_at(self, x: float) -> float:
        """Return the reaction energy at A's share `x` of the counted atoms."""
        found = self.phases.equilibrium(x * self.shares[0] + (1.0 - x) * self.shares[1])
        return found.energy - x * self.energies[0] - (1.0 - x) * self.energies[1]

    def _kink(self, x: float, found: Equilibrium, energy: float) -> Kink:
        x = 0.0 if x < _END else 1.0 if x > 1.0 - _END else x
        fraction = self.mole_fraction(x)
        counted = fraction * self.sizes[0] + (1.0 - fraction) * self.sizes[1]
        is_open = self.phases.voltage is not None
        products = moles(found.phases, counted, without=LITHIUM if is_open else None)
        reactants: dict[str, float] = {}
        lithium = found.lithium * counted if is_open else 0.0
        for one, amount in zip(self.pair, (fraction, 1.0 - fraction), strict=True):
            reactants[one.formula] = reactants.get(one.formula, 0.0) + amount
            lithium -= amount * one.atoms.get(LITHIUM, 0.0) if is_open else 0.0
        taken, given = ({LITHIUM: max(lithium, 0.0)}, {LITHIUM: max(-lithium, 0.0)}) if is_open else ({}, {})
        text, factor = equation({**reactants, **taken}, {**products, **given})
        return Kink(
            mixing_fraction=fraction,
            energy_eV_per_atom=energy,
            energy_kJ_per_mol_reaction=energy * counted * factor * EV_PER_ATOM_IN_KJ_PER_MOL,
            reaction=text,
            products=products,
            lithium_per_mol=lithium,
        )


def _total_energies(
    contact: _Contact, unreacted: tuple[float, float], mixing_fraction: float | None
) -> dict[str, float | None]:
    """Return the total energies of an open contact, measured from the unreacted phases at the same voltage."""
    from_unreacted = replace(contact, energies=unreacted)
    lowest = contact.phases.lowest_mixture(*contact.shares, unreacted)
    there = None if mixing_fraction is None else from_unreacted.energy_at(contact.atom_fraction(mixing_fraction))
    return {
        "total_energy_eV_per_atom": lowest.energy,
        "total_mixing_fraction": contact.mole_fraction(lowest.mixing_fraction or 0.0),
        "total_energy_at_mixing_fraction_eV_per_atom": there,
    }
