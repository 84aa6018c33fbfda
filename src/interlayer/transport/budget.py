"""The resistance budget of a cell: every term that can be computed, beside what was measured.

The through-film resistance of a coating is spread over the particle surface, some tens of times the electrode's
area, so it explains about 1e-5 of a measured interface resistance. The budget says so instead of hiding the rest in
a fitted number, and names what carries the rest in a simulation.
"""

from pathlib import Path

from interlayer.cell import Cell, as_cell
from interlayer.cell.assumptions import assumptions
from interlayer.cell.description import CompositeElectrode, Interface
from interlayer.materials import Datum
from interlayer.quantity import Quantity
from interlayer.transport import effective, kinetics
from interlayer.transport.conduction import effective_ionic_conductivity, layer_conductivity, separator_resistance
from interlayer.transport.interface import (
    coating_terms,
    contact_terms,
    contacted_area,
    interface_balance,
    interface_remainder,
)
from interlayer.transport.resistances import (
    InterfaceBalance,
    ResistanceBudget,
    ResistanceTerm,
    conductivity_text,
    length_text,
    term,
)


def resistance(cell: Cell | str | Path) -> ResistanceBudget:
    """Return the resistance budget of a cell (a Cell, a path or the name of an example).

    Terms: each separator layer t/(sigma eps^b); the ion and electron paths of a composite cathode, L/(3 kappa_eff);
    each coating t/sigma on the particle surface; constriction and spreading where contacts are described; charge
    transfer RT/(F i0) where i0 is known, or what the measured interface resistance leaves.
    """
    cell = as_cell(cell)
    description = cell.description
    interface = description.cathode.interface
    explained = [*coating_terms(cell), *contact_terms(cell)]
    balance = interface_balance(cell)
    terms = [
        *_separator_terms(cell),
        *_path_terms(cell),
        *explained,
        *_kinetic_terms(cell, interface, balance),
        *_anode_terms(cell),
    ]
    known = sum(t.area_specific_resistance_ohm_cm2 or 0.0 for t in terms)
    one_c = cell.one_c / 10.0  # mA/cm2
    return ResistanceBudget(
        cell=cell.name,
        temperature_K=description.temperature.si,
        area_cm2=description.area.to("cm2"),
        true_area_per_electrode_area=cell.cathode.true_area,
        one_c_mA_per_cm2=one_c,
        terms=tuple(terms),
        known_total_ohm_cm2=known,
        voltage_loss_at_0_1C_mV=known * one_c * 0.1,
        voltage_loss_at_1C_mV=known * one_c,
        interface=balance,
        assumptions=assumptions(description),
        references=tuple(sorted({s for t in terms for s in t.sources} | ({balance.source} if balance else set()))),
    )


def _separator_terms(cell: Cell) -> list[ResistanceTerm]:
    terms = []
    for layer, geometry in zip(cell.description.separator, cell.separators, strict=True):
        sigma = layer_conductivity(cell, layer)
        terms.append(
            term(
                cell.description.area.si,
                f"{layer.material}, {length_text(geometry.thickness)}",
                "separator",
                separator_resistance(cell, layer, geometry),
                f"t = {length_text(geometry.thickness)}, sigma = {conductivity_text(sigma.si)}",
                sources=[sigma.source],
                note=sigma.note or "",
            )
        )
    return terms


def _path_terms(cell: Cell) -> list[ResistanceTerm]:
    electrode = cell.description.cathode
    if not isinstance(electrode, CompositeElectrode):
        return []
    layer = cell.cathode
    ions = effective_ionic_conductivity(cell, electrode, layer)
    terms = [
        term(
            cell.description.area.si,
            "ions through the composite",
            "cathode",
            effective.transmission_line_limit(layer.thickness, ions.si),
            f"L/(3 kappa): L = {length_text(layer.thickness)}, kappa = {conductivity_text(ions.si)}",
            sources=[ions.source],
            note=ions.note or "",
        )
    ]
    electrons = electrode.electronic_conductivity
    if electrons is not None:
        terms.append(
            term(
                cell.description.area.si,
                "electrons through the composite",
                "cathode",
                effective.transmission_line_limit(layer.thickness, electrons.si),
                f"L/(3 sigma): L = {length_text(layer.thickness)}, sigma = {conductivity_text(electrons.si)}",
                sources=[electrons.source],
                note=electrons.note or "",
            )
        )
    return terms


def _kinetic_terms(cell: Cell, interface: Interface, balance: InterfaceBalance | None) -> list[ResistanceTerm]:
    area, true_area, temperature = cell.description.area.si, contacted_area(cell), cell.description.temperature.si
    terms = []
    i0: Quantity | None = interface.exchange_current_density
    if i0 is None and balance is None:  # the library's value is one of a liquid cell, and its note says so
        i0 = cell.material(cell.description.cathode.active_material).find("exchange_current_density")
    if i0 is not None:
        true = kinetics.charge_transfer_resistance(i0.si, temperature)
        terms.append(
            term(
                area,
                "charge transfer",
                "cathode interface",
                true / true_area,
                f"RT/(F i0): i0 = {i0.to('uA/cm2'):.3g} uA/cm2 of particle surface{_form(i0)}",
                true=true,
                sources=[i0.source],
                note=i0.note or "",
            )
        )
    elif balance is not None and balance.left_carried_by != "ignored":
        true = interface_remainder(cell) or 0.0
        name = "charge transfer" if balance.left_carried_by == "charge_transfer" else "unexplained ohmic layer"
        terms.append(
            term(
                area,
                name,
                "cathode interface",
                true / true_area,
                "measured interface resistance less the terms above",
                how="inferred from the measurement",
                true=true,
                sources=[balance.source],
            )
        )
    elif balance is None:
        terms.append(
            term(
                area,
                "charge transfer",
                "cathode interface",
                None,
                "no i0 and no measurement",
                how="not known",
            )
        )
    extra = interface.area_specific_resistance
    if extra is not None:
        terms.append(
            term(
                area,
                "interphase",
                "cathode interface",
                extra.si / true_area,
                f"{extra.text} of particle surface",
                true=extra.si,
                sources=[extra.source],
                note=extra.note or "",
            )
        )
    return terms


def _form(value: Quantity) -> str:
    """Return where a library value was measured, for one that the cell file does not give."""
    return f" ({value.form}, from the library)" if isinstance(value, Datum) and value.form else ""


def _anode_terms(cell: Cell) -> list[ResistanceTerm]:
    interface, temperature = cell.description.anode.interface, cell.description.temperature.si
    true_area = cell.anode.true_area
    if interface.measured_resistance is not None:
        value = cell.resistance_per_area(interface.measured_resistance)
        return [
            term(
                cell.description.area.si,
                f"{cell.anode_material} interface",
                "anode",
                value,
                interface.measured_resistance.text,
                how="measured",
                sources=[interface.measured_resistance.source],
            )
        ]
    name, area = cell.anode_material, cell.description.area.si
    layer = interface.area_specific_resistance
    terms = []
    if layer is not None:
        terms.append(
            term(
                area,
                f"layer on {name}",
                "anode",
                layer.si / true_area,
                f"{layer.text} of surface",
                true=layer.si,
                sources=[layer.source],
                note=layer.note or "",
            )
        )
    known = interface.exchange_current_density or cell.material(name).find("exchange_current_density")
    if known is None:
        return [*terms, term(area, f"{name} interface", "anode", None, "no i0 and no measurement", how="not known")]
    true = kinetics.charge_transfer_resistance(known.si, temperature)
    terms.append(
        term(
            area,
            f"{name} charge transfer",
            "anode",
            true / true_area,
            f"RT/(F i0): i0 = {known.to('mA/cm2'):.3g} mA/cm2",
            true=true,
            sources=[known.source],
            note=known.note or "",
        )
    )
    return terms
