"""How a cell lies in memory for the compiled engine: one row of floats per electrode, one small array per cell.

The rows hold lumped parameters only (times, charges, areas and resistances per electrode area), so that many cells
are one array with a row each. Plain integers, because compiled code reads them as constants.
"""

from typing import Final

# an electrode's row
KIND: Final = 0
"""0: a host that stores lithium in particles or a film; 1: a constant potential."""
DIFFUSION_TIME: Final = 1
"""R^2 / D, s."""
SHAPE: Final = 2
"""Surface times half-width over volume: 3 for spheres, 1 for slabs."""
CHARGE: Final = 3
"""Charge that takes the stoichiometry from 0 to 1, A s per m2 of electrode."""
AREA: Final = 4
"""Contacted active surface per electrode area, m2/m2."""
EXCHANGE: Final = 5
"""Exchange current density at half filling on the contacted surface, A/m2; 0 leaves charge transfer out."""
LAYER: Final = 6
"""Resistance of coating and interphase on the contacted surface, ohm m2."""
IONIC: Final = 7
"""Thickness over effective ionic conductivity, ohm m2."""
ELECTRONIC: Final = 8
"""Thickness over effective electronic conductivity, ohm m2."""
POTENTIAL: Final = 9
"""Potential against lithium of an electrode of constant potential, V."""
SURFACE_LOW: Final = 10
SURFACE_HIGH: Final = 11
"""The surface stoichiometry may move between these; reaching one ends a step."""
TABLE_LOW: Final = 12
TABLE_HIGH: Final = 13
"""Stoichiometries of the first and the last node of the open-circuit table."""
ELECTRODE_COLUMNS: Final = 14

HOST: Final = 0.0
CONSTANT: Final = 1.0

# the cell's own numbers
INVERSE_THERMAL_VOLTAGE: Final = 0
"""F / (R T), 1/V."""
SEPARATOR: Final = 1
"""Resistance of all layers between the electrodes, ohm m2."""
CELL_COLUMNS: Final = 2

# a row of the output
TIME: Final = 0
CURRENT: Final = 1
VOLTAGE: Final = 2
CHARGE_PASSED: Final = 3
STOICHIOMETRY: Final = 4
"""of the positive electrode; the negative's is the next."""
TERMS: Final = 6
"""charge transfer, layer, diffusion and transport of the positive electrode, then of the negative, V."""
OUTPUT_COLUMNS: Final = 14

# how a step ended
ENDED_BY_VOLTAGE: Final = 1
ENDED_BY_TIME: Final = 2
ENDED_BY_CURRENT: Final = 3
ENDED_BY_POSITIVE_SURFACE: Final = 4
ENDED_BY_NEGATIVE_SURFACE: Final = 5
NOT_SOLVED: Final = -1
OUT_OF_ROOM: Final = -2

SURFACE_MARGIN: Final = 1e-4
"""The surface stays this far from empty and full, where the exchange current density would vanish."""
