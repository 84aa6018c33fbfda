"""Tan et al., Nanomaterials 11 (2021) 989: thin-film cells NCM | buffer | LLTO | Li."""

from typing import Final

from interlayer.literature import tan2021_cycling, tan2021_electrolyte, tan2021_rates
from interlayer.literature.study import Paper
from interlayer.literature.tan2021_cells import CELLS, CYCLED, rate_steps
from interlayer.literature.tan2021_figures import FIGURES

COMPUTATIONS: Final = (
    *tan2021_electrolyte.COMPUTATIONS,
    *tan2021_rates.COMPUTATIONS,
    *tan2021_cycling.COMPUTATIONS,
)
PAPER: Final = Paper(
    id="003",
    key="tan2021",
    cells=(*CELLS, CYCLED),
    protocols={
        "rate capability": "; ".join(rate_steps((0.1, 1.0, 5.0, 10.0, 20.0, 30.0))),
        "one of 100 cycles": "Charge at 0.003 mA until 4.2 V; Discharge at 0.003 mA until 3.2 V",
        "one of 1000 cycles": "Charge at 0.04 mA until 4.2 V; Discharge at 0.04 mA until 2.8 V",
    },
    computations=COMPUTATIONS,
    figures=FIGURES,
)
