"""Transport: what a layer, a contact or an interface costs in resistance, and the budget of a cell."""

from interlayer.transport.budget import resistance
from interlayer.transport.resistances import InterfaceBalance, ResistanceBudget, ResistanceTerm

__all__ = ["InterfaceBalance", "ResistanceBudget", "ResistanceTerm", "resistance"]
