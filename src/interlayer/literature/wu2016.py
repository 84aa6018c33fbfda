"""Wu et al., J. Mater. Chem. A 4 (2016) 15266, paper 001: energy of solid-state stacks, and what limits interfaces."""

from typing import Final

from interlayer.literature import (
    wu2016_lithium,
    wu2016_reactions,
    wu2016_separators,
    wu2016_space_charge,
    wu2016_stack,
    wu2016_sulfur,
)
from interlayer.literature.computation import Computation
from interlayer.literature.study import Paper
from interlayer.literature.wu2016_figures import FIGURES

_CELLS: Final = ("wu2016_llzo", "wu2016_latp", "wu2016_lgps", "wu2016_liion", "wu2016_li_o2")
_PROTOCOLS: Final = {
    "lithium-ion cell at 1C, 3 mA/cm2": "Charge at C/10 until 4.2 V; Discharge at 1C until 2.8 V",
    "solid-state cell at C/10": "Charge at C/10 until 4.2 V; Discharge at C/10 until 2.8 V",
    "solid-state cell at 3 mA/cm2": "Charge at C/10 until 4.2 V; Discharge at 3 mA/cm2 until 2.8 V",
    "lithium-oxygen cell at low current": "Discharge at 0.3 mA/cm2 for 30 minutes",
    "lithium-oxygen cell at high current": "Discharge at 3 mA/cm2 for 30 minutes",
    "lithium on garnet, 0.5 mA/cm2": "Charge at 0.5 mA/cm2 for 1 hour; Discharge at 0.5 mA/cm2 for 1 hour",
}

COMPUTATIONS: Final[tuple[Computation, ...]] = (
    *wu2016_separators.COMPUTATIONS,
    *wu2016_stack.COMPUTATIONS,
    *wu2016_space_charge.COMPUTATIONS,
    *wu2016_reactions.COMPUTATIONS,
    *wu2016_sulfur.COMPUTATIONS,
    *wu2016_lithium.COMPUTATIONS,
)

PAPER: Final = Paper(
    id="001",
    key="wu2016",
    cells=_CELLS,
    protocols=_PROTOCOLS,
    computations=COMPUTATIONS,
    figures=FIGURES,
)
