"""A material in an atmosphere: what it takes up and gives off, what it becomes, and from which pressure on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from interlayer.constants import EV_PER_ATOM_IN_KJ_PER_MOL, ROOM_TEMPERATURE
from interlayer.errors import InputError, SolverError
from interlayer.quantity import StrictModel
from interlayer.references import citations
from interlayer.thermo.atmosphere import atmosphere as named_atmosphere
from interlayer.thermo.equilibrium import system
from interlayer.thermo.gas_contact import GasContact, GasEquilibrium
from interlayer.thermo.gases import checked_pressure, checked_temperature, gas
from interlayer.thermo.gases import gases as known_gases
from interlayer.thermo.phase_table import PhaseTable
from interlayer.thermo.question import prepared_table
from interlayer.thermo.reactant import Reactant, reactant, reference_energies
from interlayer.thermo.reaction_equation import equation

if TYPE_CHECKING:
    import pandas as pd

CARRIED_AWAY: Final = 0.1
"""Pa; 1 ppm of the atmosphere: a gas that reaches this pressure counts as given off."""
UNCERTAINTY_EV: Final = 0.2
"""eV per molecule of gas exchanged; docs/thermo.md shows what it was taken from."""
NO_REACTION: Final = 1e-6
"""eV per atom of the material."""
_METHOD: Final = "phase equilibrium open to the gases, one linear programme per pressure; thresholds are its corners"
_REFERENCES: Final = (
    "chase1998",
    "shimanouchi1972",
    "huber1979",
    "johnson2022",
    "wagner2002",
    "wagner2011",
    "picard2008",
)


class GasReaction(StrictModel):
    """What the gases named in `gases` do together; the others of the atmosphere can only be given off.

    Energies are negative where energy is released, per atom of the material and per mol of it as written;
    `uncertainty_eV_per_atom` is what the mixed references allow. Amounts in mol per formula unit of the material.
    `given_off_up_to_Pa` is the pressure a released gas can build up before nothing of it is given off any more.
    """

    gases: list[str]
    reacts: bool
    reaction: str
    reaction_free_energy_eV_per_atom: float
    reaction_free_energy_kJ_per_mol: float
    uncertainty_eV_per_atom: float
    products: dict[str, float]
    taken_up: dict[str, float]
    given_off: dict[str, float]
    given_off_up_to_Pa: dict[str, float]


class Threshold(StrictModel):
    """Between which pressures of one gas the material neither takes it up nor gives it off, the others at theirs.

    The material counts as its own equilibrium: an unstable one reacts where the first phase it falls apart into does.
    `takes_up_above_Pa` is None where no pressure up to saturation (or 100 bar) is enough, and 0 where every pressure
    is; `gives_off_below_Pa` is None where it is never given off.
    """

    gas: str
    pressure_Pa: float
    takes_up_above_Pa: float | None
    reaction_above: str | None
    gives_off_below_Pa: float | None


class Exposure(StrictModel):
    """A material in an atmosphere: its reaction with all gases and with some of them, and their thresholds.

    `together` lets every gas take part; `parts` holds each gas alone, and all but oxygen, which at room temperature
    is often too slow to do what equilibrium asks of it. `atmosphere_Pa` are the partial pressures.
    """

    material: str
    formula: str
    temperature_K: float
    atmosphere_Pa: dict[str, float]
    released_at_Pa: float
    together: GasReaction
    parts: list[GasReaction]
    thresholds: list[Threshold]
    reference_used: str
    convention: str
    excluded: list[str]
    phases_considered: int
    table: str
    coverage: str
    method: str
    conditions: str
    references: list[str]

    def frame(self) -> "pd.DataFrame":
        """Return the reactions as a pandas table, one row for each set of gases."""
        import pandas as pd

        rows = []
        for one in (self.together, *self.parts):
            row = one.model_dump(exclude={"gases", "products", "taken_up", "given_off", "given_off_up_to_Pa"})
            limits = "; ".join(f"{name} {pressure:.3g}" for name, pressure in one.given_off_up_to_Pa.items())
            rows.append({"formula": self.formula, "gases": " ".join(one.gases), **row, "given_off_up_to_Pa": limits})
        return pd.DataFrame(rows)


def exposure(
    material: str,
    *,
    gases: Mapping[str, float] | None = None,
    atmosphere: str | None = None,
    relative_humidity: float | None = None,
    dew_point: float | None = None,
    temperature: float = ROOM_TEMPERATURE,
    released_at: float = CARRIED_AWAY,
    reference: str | float = "hull",
    convention: str = "mp_legacy",
    exclude: Sequence[str] | str = (),
    table: PhaseTable | str | Path | None = None,
) -> Exposure:
    """Return what a formula or a material of the library does in contact with gases that never run out.

    gases: formula -> partial pressure in Pa, in place of or on top of a named `atmosphere` (``humid``, ``dry``,
    ``dry-room``, ``glovebox``; humid air where neither is given), whose water follows from relative_humidity (0 to 1)
    or dew_point (K); temperature in K; released_at: pressure in Pa at which every other gas counts as given off;
    reference: what the material starts from, ``hull`` (its own equilibrium at 0 K), ``entry``, ``mixture`` or eV/atom
    above the hull; convention, exclude, table: as for `interlayer.thermo.window`.

    Solids are at 0 K, gases ideal; no rates, no solutions (a deliquescent salt stays a salt), no exchange of protons
    for lithium inside a crystal. Raises InputError for unknown gases, pressures that are not positive, water above
    saturation, gases that react with each other, and what `window` refuses.
    """
    temperature = checked_temperature(temperature)
    pressures = _pressures(gases, atmosphere, temperature, relative_humidity, dew_point)
    released_at = checked_pressure("the gases given off", released_at)
    asked = reactant(material)
    elements = {*asked.atoms, *(element for formula in pressures for element in gas(formula).atoms)}
    solids = prepared_table(table, convention=convention, exclude=exclude, elements={*elements, "H"})
    at_rest = system(solids.table, asked.atoms)
    hull = at_rest.equilibrium(at_rest.shares(asked.atoms)).energy
    start = f"{reference},{reference}" if isinstance(reference, str) else reference  # two words: no silent fall-back
    energies, used = reference_energies((asked, asked), start, solids.table, (hull, hull))
    prepared = prepared_table(
        table,
        convention=convention,
        exclude=exclude,
        elements=elements,
        temperature=temperature,
        gases=pressures | ({} if "H2O" in pressures else {"H2O": released_at}),
        other_gases=released_at,
    )
    open_system = system(prepared.table, dict.fromkeys(elements, 1.0))
    at = {formula: pressures.get(formula, released_at) for formula in known_gases()}
    exposed = _Exposed(GasContact(open_system, at, temperature), asked, energies[0], tuple(pressures))
    exposed.check_atmosphere()
    every = list(pressures)
    parts = [[formula] for formula in every] if len(every) > 1 else []
    if "O2" in pressures and len(every) > 2:
        parts.append([formula for formula in every if formula != "O2"])
    return Exposure(
        material=asked.name,
        formula=asked.formula,
        temperature_K=temperature,
        atmosphere_Pa=pressures,
        released_at_Pa=released_at,
        together=exposed.reaction(every),
        parts=[exposed.reaction(part) for part in parts],
        thresholds=[exposed.threshold(formula) for formula in every],
        reference_used=used[0],
        convention=prepared.table.convention,
        excluded=list(prepared.table.excluded),
        phases_considered=len(open_system.table),
        table=prepared.table.name,
        coverage=prepared.coverage([asked.formula]),
        method=_METHOD,
        conditions=f"{prepared.conditions}; no rates",
        references=citations([*prepared.table.references, *_REFERENCES]),
    )


def _pressures(
    given: Mapping[str, float] | None,
    atmosphere: str | None,
    temperature: float,
    relative_humidity: float | None,
    dew_point: float | None,
) -> dict[str, float]:
    """Return the partial pressures in Pa that were asked for; gases named one by one replace those of the air."""
    pressures = {
        gas(formula).formula: checked_pressure(formula, pressure) for formula, pressure in (given or {}).items()
    }
    damp = relative_humidity is not None or dew_point is not None
    if atmosphere is None and given and not damp:
        return pressures
    air = named_atmosphere(
        atmosphere or "humid", temperature=temperature, relative_humidity=relative_humidity, dew_point=dew_point
    )
    return {**air, **pressures}


@dataclass(frozen=True)
class _Exposed:
    """A material with the energy per atom that it starts from, and the gases of its atmosphere."""

    contact: GasContact
    material: Reactant
    energy: float
    atmosphere: tuple[str, ...]

    @property
    def _size(self) -> float:
        return sum(self.material.atoms.values())

    def check_atmosphere(self) -> None:
        """Raise InputError where the gases of the atmosphere react with each other: they are in no equilibrium then."""
        mixed: dict[str, float] = {}
        for formula in self.atmosphere:
            for element, amount in gas(formula).atoms.items():
                mixed[element] = mixed.get(element, 0.0) + amount
        try:
            self.contact.equilibrium(mixed, self.atmosphere)
        except SolverError:
            what = "the gases" if len(self.atmosphere) > 1 else "the gas"
            raise InputError(
                f"{what} {', '.join(self.atmosphere)} cannot be supplied at these pressures and "
                f"{self.contact.temperature:g} K without reacting to other gases or to solids first; leave one out"
            ) from None

    def reaction(self, supplied: Sequence[str]) -> GasReaction:
        """Return the equilibrium in which these gases may be taken up."""
        found = self.contact.equilibrium(self.material.atoms, supplied)
        size, energy = self._size, found.energy - self.energy
        reacts = energy < -NO_REACTION and bool(found.gases)
        exchanged = {formula: amount * size for formula, amount in found.gases.items()} if reacts else {}
        taken = {formula: -amount for formula, amount in exchanged.items() if amount < 0.0}
        given = {formula: amount for formula, amount in exchanged.items() if amount > 0.0}
        energy = energy if reacts else 0.0
        return GasReaction(
            gases=list(supplied),
            reacts=reacts,
            reaction=self._equation(found) if reacts else f"{self.material.formula}: no reaction",
            reaction_free_energy_eV_per_atom=energy,
            reaction_free_energy_kJ_per_mol=energy * size * EV_PER_ATOM_IN_KJ_PER_MOL,
            uncertainty_eV_per_atom=UNCERTAINTY_EV * max(sum(taken.values()), sum(given.values())) / size,
            products={formula: amount * size for formula, amount in found.phases.items()} if reacts else {},
            taken_up=taken,
            given_off=given,
            given_off_up_to_Pa={name: self._given_off_up_to(name, supplied) for name in given if name not in supplied},
        )

    def threshold(self, formula: str) -> Threshold:
        """Return the pressures of one gas between which it is neither taken up nor given off."""
        steps = self.contact.steps(self.material.atoms, formula, supplied=[formula])
        taking = [step for step in steps if step.found.gases.get(formula, 0.0) < 0.0]
        giving = [step for step in steps if step.found.gases.get(formula, 0.0) > 0.0]
        always = bool(taking) and len(taking) == len(steps)
        return Threshold(
            gas=formula,
            pressure_Pa=self.contact.pressures[formula],
            takes_up_above_Pa=0.0 if always else taking[0].lowest if taking else None,
            reaction_above=self._equation(taking[0].found) if taking else None,
            gives_off_below_Pa=giving[-1].highest if giving else None,
        )

    def _given_off_up_to(self, formula: str, supplied: Sequence[str]) -> float:
        """Return the highest pressure in Pa, up to 100 bar, at which the gas is still given off."""
        steps = self.contact.steps(
            self.material.atoms, formula, supplied=supplied, lowest=self.contact.pressures[formula]
        )
        return max(step.highest for step in steps if step.found.gases.get(formula, 0.0) > 0.0)

    def _equation(self, found: GasEquilibrium) -> str:
        taken = {formula: -amount * self._size for formula, amount in found.gases.items() if amount < 0.0}
        given = {formula: amount * self._size for formula, amount in found.gases.items() if amount > 0.0}
        solids = {formula: amount * self._size for formula, amount in found.phases.items()}
        ordered = dict(sorted(solids.items(), key=lambda item: -item[1]))
        return equation({self.material.formula: 1.0, **taken}, {**ordered, **given})[0]
