"""From the ageing a cell file states to the terms of the model: surfaces, temperature, driving force."""

from interlayer.cell import Cell
from interlayer.cell.degradation import Growth, InterphaseGrowth, OxygenLoss
from interlayer.cell.description import CompositeElectrode
from interlayer.constants import ELEMENTARY_CHARGE
from interlayer.errors import InputError
from interlayer.simulation.ageing import AgeingTerms, GrowthTerm, arrhenius
from interlayer.simulation.model import CellParameters
from interlayer.transport.conduction import ionic_conductor


def ageing_terms(cell: Cell, parameters: CellParameters) -> AgeingTerms:
    """Return the ageing terms of a cell in SI, on the contacted surface of its cathode.

    Raises InputError where a term needs what the cell does not have: an electrolyte with a formula for the onset or
    the driving force.
    """
    stated = cell.description.degradation
    growths = [_interphase(cell, parameters, term, number) for number, term in enumerate(stated.interphase, start=1)]
    if stated.oxygen_loss is not None:
        growths.append(_oxygen_loss(cell, parameters, stated.oxygen_loss))
    contact, isolation, lithium = stated.contact_loss, stated.isolation, stated.lithium_loss
    pressed = 1.0
    if contact is not None and contact.pressure is not None and contact.reference_pressure is not None:
        pressed = contact.reference_pressure.si / contact.pressure.si
    return AgeingTerms(
        growths=tuple(growths),
        contact_rate=0.0 if contact is None else min(contact.per_cycle.si * pressed, 1.0),
        contact_floor=0.0 if contact is None else contact.floor.si,
        isolation_rate=0.0 if isolation is None else isolation.per_cycle.si,
        isolation_linear=isolation is not None and isolation.law == "linear",
        initial_lithium=lithium.initial.si if lithium is not None and lithium.initial is not None else 0.0,
        initial_cycles=lithium.over_cycles.si if lithium is not None and lithium.over_cycles is not None else 1.0,
        lithium_rate=lithium.per_cycle.si if lithium is not None and lithium.per_cycle is not None else 0.0,
    )


def _interphase(cell: Cell, parameters: CellParameters, term: InterphaseGrowth, number: int) -> GrowthTerm:
    branch = "interphase" if term.above is None else "interphase above its onset"
    factor = _temperature_factor(cell, term)
    if term.above is None:
        factor *= _bare_share(cell)
    if term.at_reaction_energy is not None:
        factor *= _own_reaction_energy(cell) / (term.at_reaction_energy.si / ELEMENTARY_CHARGE)
    above = None
    if term.above == "window":
        above = _oxidation_limit(cell)
    elif term.above is not None:
        above = term.above.si
    return GrowthTerm(
        name=branch if len(cell.description.degradation.interphase) == 1 else f"{branch} ({number})",
        after=term.after.si,
        resistance=_resistance(parameters, term),
        thickness=term.thickness.si if term.thickness is not None else 0.0,
        law=term.law,
        factor=factor,
        above=above,
    )


def _oxygen_loss(cell: Cell, parameters: CellParameters, term: OxygenLoss) -> GrowthTerm:
    return GrowthTerm(
        name="rock-salt layer",
        after=term.after.si,
        resistance=_resistance(parameters, term),
        thickness=term.thickness.si if term.thickness is not None else 0.0,
        law=term.law,
        factor=_temperature_factor(cell, term) * _bare_share(cell),
        below=term.below_stoichiometry.si,
        consumes=term.thickness is not None,
    )


def _resistance(parameters: CellParameters, term: Growth) -> float:
    """Return the layer's resistance after the stated time, ohm m2 of contacted surface."""
    if term.resistance is not None:
        return term.resistance.si * parameters.positive.contacted_area
    if term.thickness is not None and term.conductivity is not None:
        return term.thickness.si / term.conductivity.si
    return 0.0


def _temperature_factor(cell: Cell, term: Growth) -> float:
    energy = None if term.activation_energy is None else term.activation_energy.si
    return arrhenius(energy, cell.description.temperature.si, term.reference_temperature.si)


def _bare_share(cell: Cell) -> float:
    """Return the share of the cathode's surface without a coating."""
    covered = [
        1.0 if one.coverage is None else one.coverage.si for one in getattr(cell.description.cathode, "coating", ())
    ]
    return 1.0 - max(covered, default=0.0)


def _electrolyte(cell: Cell) -> str:
    """Return the name of the electrolyte the cathode's surface touches."""
    cathode = cell.description.cathode
    found = ionic_conductor(cell, cathode, cell.cathode) if isinstance(cathode, CompositeElectrode) else None
    return found[0] if found is not None else cell.description.separator[0].material


def _formula(cell: Cell, name: str) -> str:
    formula = cell.material(name).formula
    if formula is None:
        raise InputError(
            f"{cell.origin}: degradation.interphase needs the formula of {name}, which the library does not give; "
            "write the onset as a potential instead"
        )
    return formula


def _oxidation_limit(cell: Cell) -> float:
    from interlayer.thermo import window

    limit = window(_formula(cell, _electrolyte(cell))).oxidation_V
    return float("inf") if limit is None else limit


def _own_reaction_energy(cell: Cell) -> float:
    """Return the reaction energy of coating (else active material) against electrolyte, eV per atom."""
    from interlayer.thermo import react

    cathode = cell.description.cathode
    coatings = getattr(cathode, "coating", ())
    surface = coatings[-1].material if coatings else cathode.active_material
    return react(_formula(cell, surface), _formula(cell, _electrolyte(cell))).reaction_energy_eV_per_atom
