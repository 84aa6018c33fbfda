"""The quantities that a paper can report, and what each is measured in."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Quantity:
    """A quantity: the kind of its unit (`units.UNITS`), ``text`` or ``formula``; counts are exact as printed."""

    kind: str
    meaning: str
    count: bool = False


QUANTITIES: Final = {
    # materials
    "formula": Quantity("formula", "chemical formula as printed"),
    "product": Quantity("formula", "a product that the paper lists for a reaction of this subject"),
    "ionic_conductivity": Quantity("conductivity", "ionic conductivity; say the temperature"),
    "electronic_conductivity": Quantity("conductivity", "electronic conductivity"),
    "activation_energy": Quantity("energy_per_particle", "activation energy of the conductivity"),
    "density": Quantity("density", "density"),
    "theoretical_density": Quantity("density", "density without pores"),
    "relative_density": Quantity("fraction", "density over theoretical density"),
    "molar_mass": Quantity("molar_mass", "molar mass"),
    "molar_volume": Quantity("molar_volume", "molar volume"),
    "theoretical_capacity": Quantity("specific_capacity", "theoretical capacity per active mass"),
    "volume_change": Quantity("fraction", "change of volume on full lithiation, of the first volume"),
    # geometry
    "electrode_area": Quantity("area", "geometric area of the electrode"),
    "electrode_diameter": Quantity("length", "diameter of a round electrode"),
    "thickness": Quantity("length", "thickness of a layer"),
    "foil_thickness": Quantity("length", "thickness of a metal foil"),
    "particle_diameter": Quantity("length", "diameter of a particle"),
    "coating_thickness": Quantity("length", "thickness of a coating"),
    "coating_mass_fraction": Quantity("fraction", "mass of the coating over that of what it covers"),
    "loading": Quantity("areal_mass", "mass of active material per electrode area"),
    "active_mass": Quantity("mass", "mass of active material in the cell"),
    "porosity": Quantity("fraction", "volume of pores over volume"),
    "break_even_thickness": Quantity("length", "separator thickness at which two cells have the same energy"),
    "plated_thickness": Quantity("length", "thickness of lithium plated or stripped by a charge"),
    # cells
    "areal_capacity": Quantity("areal_capacity", "capacity per electrode area"),
    "specific_capacity": Quantity("specific_capacity", "capacity per active mass; say rate and cycle"),
    "cell_capacity": Quantity("charge", "capacity of the cell"),
    "one_c_current_density": Quantity("current_density", "current density that the paper calls 1C"),
    "current": Quantity("current", "current"),
    "current_density": Quantity("current_density", "current over electrode area"),
    "specific_current": Quantity("specific_current", "current over active mass"),
    "c_rate": Quantity("number", "rate in C"),
    "retention": Quantity("fraction", "capacity at a cycle over the first; say cycle and rate"),
    "fade_per_cycle": Quantity("fraction", "loss of capacity per cycle"),
    "cycles": Quantity("number", "number of cycles", count=True),
    "duration": Quantity("time", "how long the cycling took"),
    "coulombic_efficiency": Quantity("fraction", "charge given back over charge put in, mean over cycles"),
    "initial_efficiency": Quantity("fraction", "the same in the first cycle"),
    "first_charge_capacity": Quantity("specific_capacity", "capacity of the first charge"),
    "first_discharge_capacity": Quantity("specific_capacity", "capacity of the first discharge"),
    "interface_resistance": Quantity("resistance", "resistance of an interface from impedance"),
    "cell_resistance": Quantity("resistance", "resistance of the whole cell"),
    "area_specific_resistance": Quantity("area_specific_resistance", "resistance times area"),
    "ir_drop": Quantity("voltage", "instant drop of the voltage under the current"),
    "mean_voltage": Quantity("voltage", "mean discharge voltage"),
    "specific_energy": Quantity("specific_energy", "energy per mass"),
    "energy_density": Quantity("volumetric_energy", "energy per volume"),
    "cell_density": Quantity("density", "mass of a cell or stack over its volume"),
    "negative_to_positive": Quantity("number", "capacity of the negative over that of the positive electrode"),
    "negative_areal_capacity": Quantity("areal_capacity", "capacity of the negative electrode per area"),
    # methods
    "diffusivity": Quantity("diffusivity", "diffusivity of lithium"),
    "gitt_pulse": Quantity("time", "duration of a titration's pulse"),
    "gitt_rest": Quantity("time", "duration of a titration's rest"),
    "gitt_tau": Quantity("time", "what the paper calls tau in the formula"),
    "gitt_area": Quantity("area", "what the paper calls S in the formula"),
    "specific_surface": Quantity("specific_surface", "surface per mass of the particles that lithium enters"),
    "scan_rate": Quantity("scan_rate", "scan rate of a voltammogram"),
    "highest_frequency": Quantity("frequency", "highest frequency of an impedance spectrum"),
    "peak_separation": Quantity("voltage", "distance between the peaks of a voltammogram"),
    "species_fraction": Quantity("fraction", "share of a species; say which (`part`) and of what (`of`)"),
    "fraction_before": Quantity("fraction", "share of a species before a treatment"),
    "fraction_after": Quantity("fraction", "the same after it"),
    "layer_remaining": Quantity("length", "thickness of a reaction layer that the paper itself shows"),
    # what a paper says in words
    "statement": Quantity("text", "a word of the paper: suppressed, linear, no grain boundary, insulating, blocking"),
    "label": Quantity("text", "what the paper calls a sample"),
    "required_conductivity": Quantity("conductivity", "bound that the paper sets, with < or >"),
    "point": Quantity("pair", "two numbers of a dependence, 'x; y'; the same subject for all points"),
    "ratio": Quantity("number", "claimed ratio of a quantity (`part`) of two subjects (`of` over `to`)"),
}
"""Names a fact can have."""

SIGNED: Final = frozenset({"fraction", "number", "voltage", "current", "current_density", "specific_current"})
"""Kinds whose numbers may be below zero."""
ABOVE_ZERO: Final = frozenset({"area", "areal_mass", "mass", "density", "molar_mass", "molar_volume"})
"""Kinds whose numbers cannot be zero."""
LARGEST_FRACTION: Final = 1.5
"""A fraction above this without a % is taken for a percentage whose sign was left out."""
SWELLING: Final = 5.0
"""The same of a change of volume; sulfur's is 0.8, silicon's 3."""

MORE_UNITS: Final = {
    "specific_current": {"A/kg": 1.0, "A/g": 1e3, "mA/g": 1.0},
    "specific_energy": {"Wh/kg": 1.0, "kWh/kg": 1e3},
    "volumetric_energy": {"Wh/L": 1.0, "kWh/L": 1e3},
    "specific_surface": {"m2/kg": 1.0, "m2/g": 1e3},
    "scan_rate": {"V/s": 1.0, "mV/s": 1e-3},
    "frequency": {"Hz": 1.0, "kHz": 1e3, "MHz": 1e6},
}
"""Units of kinds that nothing else in the package takes."""
