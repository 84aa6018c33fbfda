"""Wang et al. 2020, Nano Energy: LNTO coatings of three conductivities between NMC532 and LGPS."""

from typing import Final

from interlayer.literature import wang2020_coating, wang2020_cycling, wang2020_impedance, wang2020_titration
from interlayer.literature.computation import Computation
from interlayer.literature.study import Paper
from interlayer.literature.wang2020_cells import CYCLED, SAMPLES
from interlayer.literature.wang2020_figures import FIGURES

COMPUTATIONS: Final[tuple[Computation, ...]] = (
    *wang2020_coating.COMPUTATIONS,
    *wang2020_cycling.COMPUTATIONS,
    *wang2020_impedance.COMPUTATIONS,
    *wang2020_titration.COMPUTATIONS,
)

_LADDER: Final = "; ".join(
    f"Charge at 0.1C until 4.4 V vs Li; Discharge at {rate}C until 2.5 V vs Li" for rate in (0.1, 0.2, 0.5, 1)
)
_PULSES: Final = "; ".join(["Discharge at 0.13 mA/cm2 until 2.5 V vs Li or 5 minutes; Rest for 2 hours"] * 100)

PROTOCOLS: Final = {
    "first cycle": "Charge at 0.1C until 4.4 V vs Li; Discharge at 0.1C until 2.5 V vs Li",
    "rate": _LADDER,
    "cycling": "Charge at C/3 until 4.4 V vs Li; Discharge at C/3 until 2.5 V vs Li",
    "voltammetry": "Sweep at 0.1 mV/s to 4.4 V vs Li; Sweep at 0.1 mV/s to 2.5 V vs Li",
    "impedance": (
        "Charge at 0.1C until 3.3 V; Rest for 1 hour; EIS from 7 MHz to 0.1 Hz with 10 points per decade; Charge at "
        "0.1C until 3.8 V; Rest for 1 hour; EIS from 7 MHz to 0.1 Hz with 10 points per decade"
    ),
    "titration": f"Charge at 0.1C until 4.4 V vs Li; Rest for 2 hours; {_PULSES}",
}
"""Rate of the cycling, scan rate and frequencies are assumed: the paper states none."""

PAPER: Final = Paper(
    id="000",
    key="wang2020",
    cells=(*(one.cell for one in SAMPLES), CYCLED),
    protocols=PROTOCOLS,
    computations=COMPUTATIONS,
    figures=FIGURES,
)
