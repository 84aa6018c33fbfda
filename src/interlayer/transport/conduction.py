"""Which phase of a cell's layer carries the ions, and how well."""

from interlayer.cell import Cell
from interlayer.cell.description import CompositeElectrode, SeparatorLayer
from interlayer.cell.geometry import Layer
from interlayer.errors import InputError
from interlayer.quantity import Quantity
from interlayer.transport import effective, ohmic
from interlayer.transport.resistances import conductivity_text


def layer_conductivity(cell: Cell, layer: SeparatorLayer) -> Quantity:
    """Return the conductivity of a separator layer's conductor at the cell's temperature."""
    if layer.conductivity is not None:
        return layer.conductivity
    name = layer.pore_filling if layer.pore_filling is not None else layer.material
    return cell.material(name).conductivity_at(cell.description.temperature.si, layer.form)


def separator_resistance(cell: Cell, layer: SeparatorLayer, geometry: Layer) -> float:
    """Return the resistance of one separator layer, t / (sigma eps^b), in ohm m2."""
    sigma = layer_conductivity(cell, layer).si
    if layer.conductivity is None:
        name = layer.pore_filling if layer.pore_filling is not None else layer.material
        exponent = layer.bruggeman_exponent.si if layer.bruggeman_exponent is not None else 1.5
        sigma = effective.bruggeman(sigma, geometry.volume_fractions[name], exponent)
    return ohmic.area_specific_resistance(geometry.thickness, sigma)


def ionic_conductor(cell: Cell, electrode: CompositeElectrode, layer: Layer) -> tuple[str, float] | None:
    """Return (name, volume fraction) of the phase that carries ions in a composite: pore filling or electrolyte."""
    names = [electrode.pore_filling] if electrode.pore_filling is not None else []
    names += [name for name in electrode.composition if cell.material(name).kind == "electrolyte"]
    found = [(name, layer.volume_fractions.get(name, 0.0)) for name in names]
    return max(found, key=lambda pair: pair[1], default=None)


def effective_ionic_conductivity(cell: Cell, electrode: CompositeElectrode, layer: Layer) -> Quantity:
    """Return a composite's effective ionic conductivity: as measured, else sigma eps^b of its ion conductor."""
    if electrode.ionic_conductivity is not None:
        return electrode.ionic_conductivity
    conductor = ionic_conductor(cell, electrode, layer)
    if conductor is None or conductor[1] <= 0:
        raise InputError(
            f"{cell.origin}: the {layer.role} has no ion conductor in its composition or pores; "
            f"add an electrolyte, or give {layer.role}.ionic_conductivity"
        )
    name, fraction = conductor
    bulk = _bulk_conductivity(cell, name)
    exponent = electrode.bruggeman_exponent.si if electrode.bruggeman_exponent is not None else 1.5
    value = effective.bruggeman(bulk.si, fraction, exponent)
    return Quantity(
        si=value,
        kind="conductivity",
        text=conductivity_text(value),
        status="derived",
        source=bulk.source,
        note=f"{name}, {conductivity_text(bulk.si)}, {fraction * 100:.0f} vol%, exponent {exponent:g}",
    )


def _bulk_conductivity(cell: Cell, name: str) -> Quantity:
    """Return a phase's conductivity, as the separator states it where that is of the same material.

    The same powder is pressed into separator and composite, so what the file says of one speaks for the other.
    """
    same = [layer for layer in cell.description.separator if layer.material == name]
    for layer in same:
        if layer.conductivity is not None:
            return layer.conductivity
    form = next((layer.form for layer in same if layer.form is not None), None)
    return cell.material(name).conductivity_at(cell.description.temperature.si, form)
