"""The stack: what a cell weighs, how thick it is and how much energy it holds."""

from interlayer.energy.results import StackResult
from interlayer.energy.search import find_value
from interlayer.energy.stack import stack
from interlayer.energy.sweep import Axis, SweepTable, parse_axis, sweep_stack

__all__ = ["Axis", "StackResult", "SweepTable", "find_value", "parse_axis", "stack", "sweep_stack"]
