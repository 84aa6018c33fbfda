"""From a cell to the numbers of its model, every default named.

What the cell file does not state comes from the library, and what the library does not hold is a documented default
of this module; both are listed in `CellParameters.assumptions`, because a simulated capacity is only as good as they.
"""

from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np

from interlayer.cell import Cell, Layer
from interlayer.cell.description import CompositeElectrode, MetalElectrode, ThinFilmElectrode
from interlayer.errors import InputError
from interlayer.materials import Datum, Material
from interlayer.materials.open_circuit import OpenCircuit
from interlayer.quantity import Quantity
from interlayer.simulation.kinetics import Kinetics, capacitances, interface_kinetics
from interlayer.simulation.model import AnyElectrode, CellParameters, ConstantElectrode, HostElectrode
from interlayer.transport.conduction import effective_ionic_conductivity, ionic_conductor, separator_resistance
from interlayer.transport.effective import bruggeman

DEFAULT_DIFFUSIVITY: Final = 1e-14
"""m2/s; the order of magnitude of layered oxides and of graphite."""
DEFAULT_PARTICLE_DIAMETER: Final = 5e-6
"""m."""
DEFAULT_ELECTRONIC_CONDUCTIVITY: Final = 1.0
"""S/m of composite; a few vol% of carbon give more, so that electrons do not limit."""
CELLS: Final = 20
SHELLS: Final = 20


@dataclass
class Ledger:
    """What was assumed and what was cited while the parameters were gathered."""

    assumptions: list[str] = field(default_factory=list)
    references: list[str] = field(default_factory=list)

    def cite(self, *sources: str | None) -> None:
        """Note the sources of a value that was used."""
        self.references.extend(source for source in sources if source)

    def take(self, what: str, value: Quantity, where: str) -> float:
        """Use a library value in the place of one the cell file does not give."""
        self.cite(value.source)
        note = f" ({value.note})" if value.note else ""
        form = f", {value.form}" if isinstance(value, Datum) and value.form else ""
        self.assumptions.append(f"{what} = {value.text}{form}: of {where} in the library, {value.source}{note}")
        return value.si

    def default(self, what: str, value: str, reason: str) -> None:
        """Use a default of this program."""
        self.assumptions.append(f"{what} = {value}: assumed, {reason}")


def cell_parameters(cell: Cell, *, cells: int = CELLS, shells: int = SHELLS) -> CellParameters:
    """Return the model's parameters of a cell, on a grid of `cells` across an electrode and `shells` in a particle.

    Raises InputError where something is missing that has no sensible default: an open-circuit curve, an electrolyte
    in a composite, the conductivity of every separator layer.
    """
    ledger = Ledger()
    description = cell.description
    positive = _electrode(cell, "cathode", cell.cathode, ledger, cells, shells)
    negative = _electrode(cell, "anode", cell.anode, ledger, cells, shells)
    if isinstance(positive, ConstantElectrode):
        raise InputError(f"{cell.origin}: the cathode stores no lithium, so there is nothing to simulate")
    return CellParameters(
        name=cell.name,
        positive=replace(positive, **capacitances(cell, "cathode")),
        negative=replace(negative, **capacitances(cell, "anode")),
        separator_resistances=_separators(cell, ledger),
        area=description.area.si,
        one_c=cell.one_c,
        active_mass=cell.cathode.active_areal_mass,
        temperature=description.temperature.si,
        assumptions=tuple(dict.fromkeys(ledger.assumptions)),
        references=tuple(dict.fromkeys(ledger.references)),
    )


def _separators(cell: Cell, ledger: Ledger) -> dict[str, float]:
    resistances: dict[str, float] = {}
    unknown: InputError | None = None
    for layer, geometry in zip(cell.description.separator, cell.separators, strict=True):
        try:
            value = separator_resistance(cell, layer, geometry)
        except InputError as error:
            unknown = error
            ledger.default(f"resistance of the {layer.material} layer", "0", str(error))
            value = 0.0
        name = layer.material if layer.material not in resistances else f"{layer.material} ({len(resistances) + 1})"
        resistances[name] = value
    if unknown is not None and not any(resistances.values()):
        raise InputError(f"{cell.origin}: {unknown}")
    return resistances


def _electrode(cell: Cell, role: str, layer: Layer, ledger: Ledger, cells: int, shells: int) -> AnyElectrode:
    electrode = getattr(cell.description, role)
    if isinstance(electrode, MetalElectrode):
        return _metal(cell, electrode, ledger)
    material = cell.material(electrode.active_material)
    curve = _open_circuit(cell, role, electrode.open_circuit, material, ledger)
    diffusivity = _diffusivity(role, electrode.diffusivity, material, ledger)
    charge = layer.active_areal_mass * material.capacity_per_stoichiometry
    if isinstance(electrode, ThinFilmElectrode):
        kinetics = interface_kinetics(cell, role, material, 1.0, ledger)
        return _host(
            electrode.active_material,
            curve,
            charge,
            diffusivity,
            kinetics,
            true_area=1.0,
            length=electrode.thickness.si,
            shape="slab",
            cells=1,
            shells=shells,
            start=electrode.initial_stoichiometry,
        )
    radius, true_area = layer.particle_radius, layer.true_area
    used = 1.0 if electrode.utilisation is None else electrode.utilisation.si
    if radius is None:
        radius = DEFAULT_PARTICLE_DIAMETER / 2
        true_area = 3.0 * layer.active_fraction * layer.thickness / radius
        ledger.default(f"{role}.particle_diameter", f"{DEFAULT_PARTICLE_DIAMETER * 1e6:g} um", "the file gives none")
    charge, true_area = charge * used, true_area * used
    ions = effective_ionic_conductivity(cell, electrode, layer)
    ledger.cite(ions.source)
    if electrode.ionic_conductivity is None:
        ledger.assumptions.append(f"{role}.ionic_conductivity = {ions.text}: {ions.note}, {ions.source}")
    conductor = ionic_conductor(cell, electrode, layer)
    if conductor is not None and cell.material(conductor[0]).family == "liquid":
        ledger.assumptions.append(
            f"{conductor[0]} in the {role}: treated as a single-ion conductor, so no salt gradient costs voltage"
        )
    electrons = _electronic_conductivity(cell, role, electrode, layer, ledger)
    return _host(
        electrode.active_material,
        curve,
        charge,
        diffusivity,
        interface_kinetics(cell, role, material, true_area, ledger),
        true_area=true_area,
        length=radius,
        shape="sphere",
        cells=cells,
        shells=shells,
        start=electrode.initial_stoichiometry,
        ionic_resistance=layer.thickness / ions.si,
        electronic_resistance=layer.thickness / electrons,
    )


def _host(
    name: str,
    curve: OpenCircuit,
    charge: float,
    diffusivity: float,
    kinetics: Kinetics,
    *,
    true_area: float,
    length: float,
    shape: str,
    cells: int,
    shells: int,
    start: Quantity | None,
    ionic_resistance: float = 0.0,
    electronic_resistance: float = 0.0,
) -> HostElectrode:
    middle = 0.5 * (curve.lowest + curve.highest)
    return HostElectrode(
        name=name,
        open_circuit=curve,
        charge=charge,
        true_area=true_area,
        length=length,
        diffusivity=diffusivity,
        exchange_current_density=kinetics.exchange_current_density,
        shape="slab" if shape == "slab" else "sphere",
        contact=kinetics.contact,
        layer_resistances=kinetics.layers,
        ionic_resistance=ionic_resistance,
        electronic_resistance=electronic_resistance,
        initial_stoichiometry=middle if start is None else start.si,
        cells=cells,
        shells=shells,
    )


def _metal(cell: Cell, electrode: MetalElectrode, ledger: Ledger) -> ConstantElectrode:
    material = cell.material(electrode.material)
    curve = _open_circuit(cell, "anode", electrode.open_circuit, material, ledger)
    middle = np.array([0.5 * (curve.lowest + curve.highest)])
    kinetics = interface_kinetics(cell, "anode", material, 1.0, ledger)
    return ConstantElectrode(
        name=electrode.material,
        potential=float(curve.potential(middle)[0]),
        exchange_current_density=kinetics.exchange_current_density * kinetics.contact,
        layer_resistances={name: value / kinetics.contact for name, value in kinetics.layers.items()},
    )


def _open_circuit(cell: Cell, role: str, own: OpenCircuit | None, material: Material, ledger: Ledger) -> OpenCircuit:
    if own is not None:
        ledger.cite(own.source)
        return own
    if not material.open_circuit:
        raise InputError(
            f"{cell.origin}: {material.name} has no open-circuit curve in the library; give "
            f"{role}.open_circuit = {{ csv = 'curve.csv', source = '...' }} in the cell file"
        )
    curve = material.open_circuit[0]
    ledger.cite(curve.source)
    return curve


def _diffusivity(role: str, own: Quantity | None, material: Material, ledger: Ledger) -> float:
    what = f"{role}.diffusivity"
    if own is not None:
        ledger.cite(own.source)
        return own.si
    known = material.find("diffusivity")
    if known is not None:
        return ledger.take(what, known, material.name)
    ledger.default(
        what, f"{DEFAULT_DIFFUSIVITY:g} m2/s", f"neither the file nor the library has one for {material.name}"
    )
    return DEFAULT_DIFFUSIVITY


def _electronic_conductivity(
    cell: Cell, role: str, electrode: CompositeElectrode, layer: Layer, ledger: Ledger
) -> float:
    """Return a composite's effective electronic conductivity, S/m: as stated, of its additives, or the default."""
    what = f"{role}.electronic_conductivity"
    if electrode.electronic_conductivity is not None:
        ledger.cite(electrode.electronic_conductivity.source)
        return electrode.electronic_conductivity.si
    total = 0.0
    for name in electrode.composition:
        material = cell.material(name)
        bulk = material.find("electronic_conductivity")
        if bulk is not None and material.kind in ("additive", "cathode", "anode"):
            total += bruggeman(bulk.si, layer.volume_fractions[name])
            ledger.take(f"electronic conductivity of {name} in the {role}", bulk, name)
    if total > 0.0:
        return total
    ledger.default(what, f"{DEFAULT_ELECTRONIC_CONDUCTIVITY * 10:g} mS/cm", "so that electrons do not limit")
    return DEFAULT_ELECTRONIC_CONDUCTIVITY
