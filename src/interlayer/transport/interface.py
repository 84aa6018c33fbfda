"""The cathode interface: what coating and contacts explain of a measured resistance, and what they leave."""

import math
from collections.abc import Iterable

from interlayer.cell import Cell, geometry
from interlayer.cell.description import CompositeElectrode
from interlayer.composition import molar_mass, parse_formula
from interlayer.constants import AVOGADRO
from interlayer.errors import InputError
from interlayer.materials import Datum
from interlayer.quantity import Quantity
from interlayer.transport import contact, kinetics, ohmic, space_charge
from interlayer.transport.conduction import ionic_conductor
from interlayer.transport.resistances import InterfaceBalance, ResistanceTerm, conductivity_text, length_text, term

_CM2 = 1e4  # ohm cm2 per ohm m2


def contacted_area(cell: Cell) -> float:
    """Return the active surface that touches electrolyte per electrode area, m2/m2: true area times contact share."""
    contact_share = cell.description.cathode.interface.contact_fraction
    return cell.cathode.true_area * (contact_share.si if contact_share is not None else 1.0)


def interface_remainder(cell: Cell) -> float | None:
    """Return what a measured cathode interface resistance leaves after the named layers, ohm m2 of contacted surface.

    None where the cell file gives no measurement; never negative.
    """
    interface = cell.description.cathode.interface
    if interface.measured_resistance is None:
        return None
    measured = cell.resistance_per_area(interface.measured_resistance)
    explained = _sum([*coating_terms(cell), *contact_terms(cell)])
    return max(measured - explained, 0.0) * contacted_area(cell)


def _sum(terms: Iterable[ResistanceTerm]) -> float:
    """Return the sum of terms per electrode area, ohm m2."""
    return sum((term.area_specific_resistance_ohm_cm2 or 0.0) / _CM2 for term in terms)


def coating_terms(cell: Cell) -> list[ResistanceTerm]:
    """Return the through-film resistance of each coating, t / sigma on the particle surface."""
    area = contacted_area(cell)
    terms = []
    for coating in getattr(cell.description.cathode, "coating", ()):
        sigma = cell.coating_conductivity(coating)
        true = ohmic.area_specific_resistance(coating.thickness.si, sigma.si)
        terms.append(
            term(
                cell.description.area.si,
                f"{coating.material} film",
                "cathode interface",
                ohmic.on_electrode_area(true, area),
                f"t = {length_text(coating.thickness.si)}, sigma = {conductivity_text(sigma.si)}, "
                f"on {area:.1f} cm2 of particles per cm2",
                true=true,
                sources=[sigma.source, coating.thickness.source],
                note=_pellet_warning(sigma),
            )
        )
    return terms


def _pellet_warning(sigma: Quantity) -> str:
    if isinstance(sigma, Datum) and sigma.form == "pellet":
        return "the conductivity is a pellet's; a film of some nanometres may differ"
    return ""


def contact_terms(cell: Cell) -> list[ResistanceTerm]:
    """Return what the contact itself costs: sparse contacts and a space charge, where the cell file describes them."""
    return [*_sparse_contacts(cell), *_space_charge(cell)]


def _space_charge(cell: Cell) -> list[ResistanceTerm]:
    """Return the depleted layer of a stated potential step in the electrolyte that the cathode touches."""
    electrode = cell.description.cathode
    stated = electrode.interface.space_charge
    if stated is None:
        return []
    found = ionic_conductor(cell, electrode, cell.cathode) if isinstance(electrode, CompositeElectrode) else None
    name = found[0] if found is not None else cell.description.separator[0].material
    material = cell.material(name)
    if material.formula is None:
        raise InputError(f"{cell.origin}: cathode.interface.space_charge needs the formula of {name} for its lithium")
    temperature = cell.description.temperature.si
    sigma = material.conductivity_at(temperature)
    lithium = parse_formula(material.formula).get("Li", 0.0) / molar_mass(material.formula)
    carriers = lithium * geometry.density(name, cell.description, cell.library) * AVOGADRO
    step, permittivity = stated.potential.si, stated.permittivity.si
    if carriers <= 0.0:
        raise InputError(
            f"{cell.origin}: {name} has no lithium to be depleted of; leave cathode.interface.space_charge out"
        )
    touching = space_charge.space_charge_resistance(step, permittivity, carriers, sigma.si, temperature)
    true = touching * cell.cathode.true_area / contacted_area(cell)
    width = space_charge.depletion_width(step, permittivity, carriers)
    return [
        term(
            cell.description.area.si,
            f"space charge in {name}",
            "cathode interface",
            ohmic.on_electrode_area(true, cell.cathode.true_area),
            f"{step:g} V over {length_text(width)}, permittivity {permittivity:g}, {carriers * 1e-6:.3g} Li/cm3",
            true=true,
            sources=[sigma.source, stated.potential.source, stated.permittivity.source],
        )
    ]


def _sparse_contacts(cell: Cell) -> list[ResistanceTerm]:
    """Return constriction in the electrolyte and spreading in the film, where the cell file describes contacts."""
    electrode = cell.description.cathode
    interface = electrode.interface
    radius = cell.cathode.particle_radius
    if interface.contact_radius is None or radius is None or not isinstance(electrode, CompositeElectrode):
        return []
    a = interface.contact_radius.si
    count = interface.contacts_per_particle.si if interface.contacts_per_particle is not None else 1.0
    b = contact.domain_radius(radius, count)
    if a > b:
        raise InputError(
            f"{cell.origin}: cathode.interface.contact_radius {interface.contact_radius.text} is larger than the "
            f"{b * 1e9:.0f} nm that {count:g} contacts per particle leave each; allowed: at most that"
        )
    conductor = ionic_conductor(cell, electrode, cell.cathode)
    area_per_contact = 4.0 * math.pi * radius**2 / count
    described = f"a = {length_text(a)}, {count:g} per particle"
    terms = []
    if conductor is not None:
        sigma = cell.material(conductor[0]).conductivity_at(cell.description.temperature.si)
        true = contact.constriction(sigma.si, a) * area_per_contact
        terms.append(
            term(
                cell.description.area.si,
                f"constriction in {conductor[0]}",
                "cathode interface",
                ohmic.on_electrode_area(true, cell.cathode.true_area),
                f"1/(4 sigma a): {described}, sigma = {conductivity_text(sigma.si)}",
                true=true,
                sources=[sigma.source, interface.contact_radius.source],
            )
        )
    if electrode.coating and interface.exchange_current_density is not None:
        film = sum(cell.coating_conductivity(c).si * c.thickness.si for c in electrode.coating)
        uniform = kinetics.charge_transfer_resistance(
            interface.exchange_current_density.si, cell.description.temperature.si
        )
        true = area_per_contact / contact.spreading_conductance(film, uniform, a, b) - uniform
        terms.append(
            term(
                cell.description.area.si,
                "lateral spreading in the coating",
                "cathode interface",
                ohmic.on_electrode_area(true, cell.cathode.true_area),
                f"beyond an even charge transfer: {described}, sheet conductance {film:.3g} S",
                true=true,
                sources=[interface.contact_radius.source],
            )
        )
    return terms


def interface_balance(cell: Cell) -> InterfaceBalance | None:
    """Return what the layers explain of the cathode interface's measured resistance; None without a measurement."""
    interface = cell.description.cathode.interface
    measured = interface.measured_resistance
    if measured is None:
        return None
    explained = [*coating_terms(cell), *contact_terms(cell)]
    geometric = cell.resistance_per_area(measured)
    true = geometric * contacted_area(cell)
    share = _sum(explained) / geometric if geometric > 0 else math.inf
    low, high = _share_interval(cell, share, measured)
    left = interface_remainder(cell) or 0.0
    temperature = cell.description.temperature.si
    thickness = sum(c.thickness.si for c in getattr(cell.description.cathode, "coating", ()))
    names = tuple(term.name for term in explained)
    what = "the " + " and the ".join(names) if names else "no layer of the cell file"
    carried = {
        "charge_transfer": "is taken as charge transfer, an input and not a prediction",
        "ohmic": "is taken as an ohmic layer, an input and not a prediction",
        "ignored": "is left out",
    }[interface.remainder]
    i0 = kinetics.exchange_current_density(left, temperature) if left > 0 else None
    return InterfaceBalance(
        measured_ohm=geometric / cell.description.area.si,
        measured_ohm_cm2=geometric * _CM2,
        measured_true_area_ohm_cm2=true * _CM2,
        explained_share=share,
        explained_share_low=low,
        explained_share_high=high,
        explained_by=names,
        left_ohm=left / contacted_area(cell) / cell.description.area.si,
        left_carried_by=interface.remainder,
        exchange_current_density_uA_per_cm2=None
        if i0 is None or interface.remainder != "charge_transfer"
        else i0 * 100.0,
        conductivity_a_film_would_need_S_per_cm=thickness / true / 100.0 if thickness and true > 0 else None,
        statement=f"{what[:1].upper()}{what[1:]} explain{'s' if len(names) < 2 else ''} {share:.1g} of the measured "
        f"{geometric / cell.description.area.si:.4g} ohm; the rest {carried}.",
        source=measured.source or "cell file",
    )


def _share_interval(cell: Cell, share: float, measured: Quantity) -> tuple[float, float]:
    """Return share / f and share * f for the one-sigma relative spreads of thickness and measurement."""
    spreads = [measured.uncertainty / measured.si] if measured.uncertainty and measured.si else []
    for coating in getattr(cell.description.cathode, "coating", ()):
        if coating.thickness.uncertainty:
            spreads.append(coating.thickness.uncertainty / coating.thickness.si)
        sigma = cell.coating_conductivity(coating)
        if sigma.uncertainty:
            spreads.append(sigma.uncertainty / sigma.si)
    factor = 1.0 + math.sqrt(sum(spread**2 for spread in spreads))
    return share / factor, share * factor
