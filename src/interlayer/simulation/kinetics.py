"""What an electrode's interface costs in the model: exchange current density, layers, and the share that touches."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from interlayer.cell import Cell
from interlayer.cell.description import MetalElectrode
from interlayer.constants import VACUUM_PERMITTIVITY
from interlayer.errors import InputError
from interlayer.materials import Material
from interlayer.transport.interface import contact_terms
from interlayer.transport.kinetics import exchange_current_density
from interlayer.transport.ohmic import area_specific_resistance

if TYPE_CHECKING:
    from interlayer.simulation.parameters import Ledger

DEFAULT_EXCHANGE_CURRENT_DENSITY: Final = 1.0
"""A/m2 of active surface at half filling."""
_CM2: Final = 1e4


@dataclass(frozen=True)
class Kinetics:
    """The interface of an electrode: `exchange_current_density`, `layers` and the `contact` share of the surface.

    Per contacted surface: A/m2 at half filling (0 leaves charge transfer out of the model) and ohm m2 by name.
    """

    exchange_current_density: float
    layers: dict[str, float] = field(default_factory=dict)
    contact: float = 1.0


def capacitances(cell: Cell, role: str) -> dict[str, Any]:
    """Return an electrode's `double_layer_capacitance` and `layer_capacitances`, F/m2, as far as the file states them.

    A film of permittivity eps and thickness t has eps eps0/t, films of one name in series.
    """
    electrode = getattr(cell.description, role)
    films: dict[str, float] = {}
    for coating in getattr(electrode, "coating", ()):
        if coating.permittivity is not None:
            name = f"{coating.material} coating"
            own = coating.permittivity.si * VACUUM_PERMITTIVITY / coating.thickness.si
            films[name] = own if name not in films else 1.0 / (1.0 / films[name] + 1.0 / own)
    stated = electrode.interface.double_layer_capacitance
    found: dict[str, Any] = {"layer_capacitances": films} if films else {}
    return found if stated is None else {**found, "double_layer_capacitance": stated.si}


def interface_kinetics(cell: Cell, role: str, material: Material, true_area: float, ledger: "Ledger") -> Kinetics:
    """Return the interface of an electrode with `true_area` of active surface (m2/m2).

    A measured resistance, less the layers, becomes what `remainder` says: RT/(F i0), taken to hold at half filling,
    or an ohmic layer. Everything is moved to the contacted surface, the share theta of the true area.
    """
    electrode = getattr(cell.description, role)
    interface = electrode.interface
    contact = interface.contact_fraction.si if interface.contact_fraction is not None else 1.0
    layers: dict[str, float] = {}
    for coating in getattr(electrode, "coating", ()):
        try:
            conductivity = cell.coating_conductivity(coating)
        except InputError as error:
            ledger.default(f"resistance of the {coating.material} coating", "0", str(error))
            continue
        ledger.cite(conductivity.source, coating.thickness.source)
        name = f"{coating.material} coating"
        layers[name] = layers.get(name, 0.0) + area_specific_resistance(coating.thickness.si, conductivity.si)
    if role == "cathode":
        for term in contact_terms(cell):
            layers[term.name] = (term.true_area_resistance_ohm_cm2 or 0.0) / _CM2 * contact
            ledger.cite(*term.sources)
    if interface.area_specific_resistance is not None:
        layers["interphase"] = interface.area_specific_resistance.si
        ledger.cite(interface.area_specific_resistance.source)

    if interface.exchange_current_density is not None:
        ledger.cite(interface.exchange_current_density.source)
        return Kinetics(interface.exchange_current_density.si, layers, contact)
    if interface.measured_resistance is not None and interface.remainder != "ignored":
        ledger.cite(interface.measured_resistance.source)
        on_surface = cell.resistance_per_area(interface.measured_resistance) * true_area * contact
        left = on_surface - sum(layers.values())
        what = f"{role} interface: {interface.measured_resistance.text} measured, less the layers"
        if left <= 0.0:
            ledger.assumptions.append(f"{what}, leaves nothing for charge transfer")
            return Kinetics(0.0, layers, contact)
        if interface.remainder == "ohmic":
            ledger.assumptions.append(f"{what}, taken as an ohmic layer: an input, not a prediction")
            return Kinetics(0.0, {**layers, "unexplained layer": left}, contact)
        i0 = exchange_current_density(left, cell.description.temperature.si)
        ledger.assumptions.append(
            f"{what}, taken as charge transfer at half filling, i0 = {i0 * 100:.3g} uA/cm2: an input, not a prediction"
        )
        return Kinetics(i0, layers, contact)
    return Kinetics(_library_value(role, material, isinstance(electrode, MetalElectrode), ledger), layers, contact)


def _library_value(role: str, material: Material, metal: bool, ledger: "Ledger") -> float:
    what = f"{role}.interface.exchange_current_density"
    known = material.find("exchange_current_density")
    if known is not None:
        return ledger.take(what, known, material.name)
    if metal:
        ledger.assumptions.append(f"{what}: none known for {material.name}, its charge transfer is left out")
        return 0.0
    value = f"{DEFAULT_EXCHANGE_CURRENT_DENSITY * 0.1:g} mA/cm2"
    ledger.default(what, value, f"neither the file nor the library has one for {material.name}")
    return DEFAULT_EXCHANGE_CURRENT_DENSITY
