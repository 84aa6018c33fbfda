"""Physical constants in SI.

Values that define the SI since 2019 are exact (BIPM, The International System of Units, 9th ed., 2019);
the permittivity is CODATA 2018 (Tiesinga et al., Rev. Mod. Phys. 93, 025010, 2021, doi 10.1103/RevModPhys.93.025010).
"""

from typing import Final

ELEMENTARY_CHARGE: Final = 1.602176634e-19
"""C, exact."""
AVOGADRO: Final = 6.02214076e23
"""1/mol, exact."""
BOLTZMANN: Final = 1.380649e-23
"""J/K, exact."""
FARADAY: Final = ELEMENTARY_CHARGE * AVOGADRO
"""C/mol, 96485.33212..., exact."""
GAS_CONSTANT: Final = BOLTZMANN * AVOGADRO
"""J/(mol K), 8.314462618..., exact."""
PLANCK: Final = 6.62607015e-34
"""J s, exact."""
LIGHT_SPEED: Final = 299792458.0
"""m/s, exact."""
VACUUM_PERMITTIVITY: Final = 8.8541878128e-12
"""F/m, CODATA 2018."""

ZERO_CELSIUS: Final = 273.15
"""K, exact."""
ROOM_TEMPERATURE: Final = 298.15
"""K; what "RT" and "25 degC" mean in this project."""
EV_PER_ATOM_IN_KJ_PER_MOL: Final = FARADAY / 1000.0
"""kJ/mol of atoms for 1 eV/atom, 96.485..."""
