"""Simulation: the cell model, the protocols it is put through, and the records it writes."""
