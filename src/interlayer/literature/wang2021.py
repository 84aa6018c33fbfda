"""Wang et al. 2021, Adv. Energy Mater.: how NMC532 and LGPS react, chemically and electrochemically, coated or not."""

from typing import Final

from interlayer.literature import (
    wang2021_cells,
    wang2021_design,
    wang2021_reactions,
    wang2021_spectra,
    wang2021_vacancies,
)
from interlayer.literature.computation import Computation
from interlayer.literature.study import Paper
from interlayer.literature.wang2021_figures import FIGURES

COMPUTATIONS: Final[tuple[Computation, ...]] = (
    *wang2021_cells.COMPUTATIONS,
    *wang2021_design.COMPUTATIONS,
    *wang2021_reactions.COMPUTATIONS,
    *wang2021_spectra.COMPUTATIONS,
    *wang2021_vacancies.COMPUTATIONS,
)

PROTOCOLS: Final = {
    "first cycle": "Charge at 0.1C until 4.4 V vs Li; Discharge at 0.1C until 2.5 V vs Li",
    "cycling": "Charge at C/3 until 4.4 V vs Li; Discharge at C/3 until 2.5 V vs Li",
    "rate": (
        "Charge at 0.1C until 4.4 V vs Li; Discharge at 0.1C until 2.5 V vs Li; Charge at 0.1C until 4.4 V vs Li; "
        "Discharge at C/3 until 2.5 V vs Li; Charge at 0.1C until 4.4 V vs Li; Discharge at 1C until 2.5 V vs Li"
    ),
    "impedance": "Rest for 3 hours; EIS from 7 MHz to 0.1 Hz with 10 points per decade",
}

PAPER: Final = Paper(
    id="002",
    key="wang2021",
    cells=("wang2021_lnto", "wang2021_bare", "wang2021_lnto_cycling", "wang2021_bare_cycling"),
    protocols=PROTOCOLS,
    computations=COMPUTATIONS,
    figures=FIGURES,
)
