"""Materials: records of substances and the library that holds them."""

from interlayer.materials.library import Library, library, material
from interlayer.materials.material import ActivationEnergy, Datum, Material
from interlayer.materials.open_circuit import OpenCircuit

__all__ = ["ActivationEnergy", "Datum", "Library", "Material", "OpenCircuit", "library", "material"]
