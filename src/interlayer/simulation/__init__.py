"""Simulation: the cell model, the engine that solves it, and the records it writes (verb: ``simulate``)."""

from interlayer.simulation.columns import Sensitivity, SimulationColumns
from interlayer.simulation.experiment import simulate
from interlayer.simulation.many import simulate_many
from interlayer.simulation.model import CellParameters, ConstantElectrode, HostElectrode
from interlayer.simulation.overpotential import OverpotentialTerm
from interlayer.simulation.parameters import cell_parameters
from interlayer.simulation.result import OverpotentialBudget, SimulationResult, StepResult

__all__ = [
    "CellParameters",
    "ConstantElectrode",
    "HostElectrode",
    "OverpotentialBudget",
    "OverpotentialTerm",
    "Sensitivity",
    "SimulationColumns",
    "SimulationResult",
    "StepResult",
    "cell_parameters",
    "simulate",
    "simulate_many",
]
