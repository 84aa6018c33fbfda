"""Wang, Adair and Sun, Acc. Mater. Res. (2021), paper 004: sulfide cells with oxide, sulfur and lithium interfaces."""

from typing import Final

from interlayer.literature import (
    wang2021amr_electrolytes,
    wang2021amr_lithium,
    wang2021amr_oxides,
    wang2021amr_rates,
    wang2021amr_theory,
)
from interlayer.literature.computation import Computation
from interlayer.literature.study import Paper
from interlayer.literature.wang2021amr_figures import FIGURES

_CELLS: Final = (
    "wang2021amr_se",
    "wang2021amr_ses2",
    "wang2021amr_p4s34",
    "wang2021amr_li2s",
    "wang2021amr_lco_lic",
    "wang2021amr_nmc811_lpo",
    "wang2021amr_dual_shell",
    "wang2021amr_li_symmetric",
    "wang2021amr_li_lixsisy",
)
_PROTOCOLS: Final = {
    "first cycle of the selenium cell, 50 mA/g": "Discharge at 0.0735C until 0.5 V; Charge at 0.0735C until 2.5 V",
    "selenium cell at 50, 200 and 800 mA/g": (
        "Discharge at 0.0735C until 0.5 V; Charge at 0.0735C until 2.5 V; Discharge at 0.294C until 0.5 V; Charge at "
        "0.0735C until 2.5 V; Discharge at 1.176C until 0.5 V"
    ),
    "SeS2 cell at 0.2 and 1 A/g": (
        "Discharge at 0.178C until 0.5 V; Charge at 0.178C until 2.5 V; Discharge at 0.890C until 0.5 V"
    ),
    "first cycle of the P4S34 cell": "Discharge at 0.1C until 0.5 V; Charge at 0.1C until 2.4 V",
    "LiCoO2 with Li3InCl6 at 0.1C and 4C": (
        "Charge at 0.1C until 4.2 V vs Li; Discharge at 0.1C until 3.0 V vs Li; Charge at 0.1C until 4.2 V vs Li; "
        "Discharge at 4C until 3.0 V vs Li"
    ),
    "symmetric lithium cell, 1 mAh/cm2": (
        "Charge at 1.27 mA/cm2 for 47 minutes; Discharge at 1.27 mA/cm2 for 47 minutes"
    ),
    "symmetric lithium cell, 5 mAh/cm2": (
        "Charge at 6.37 mA/cm2 for 47 minutes; Discharge at 6.37 mA/cm2 for 47 minutes"
    ),
    "coated symmetric lithium cell, 0.5 mAh/cm2": (
        "Charge at 0.5 mA/cm2 for 1 hour; Discharge at 0.5 mA/cm2 for 1 hour"
    ),
}

COMPUTATIONS: Final[tuple[Computation, ...]] = (
    *wang2021amr_theory.COMPUTATIONS,
    *wang2021amr_electrolytes.COMPUTATIONS,
    *wang2021amr_oxides.COMPUTATIONS,
    *wang2021amr_rates.COMPUTATIONS,
    *wang2021amr_lithium.COMPUTATIONS,
)

PAPER: Final = Paper(
    id="004",
    key="wang2021amr",
    cells=_CELLS,
    protocols=_PROTOCOLS,
    computations=COMPUTATIONS,
    figures=FIGURES,
)
