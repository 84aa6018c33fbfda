"""Records: one table per cell, the same whether a simulation or an instrument wrote it."""

from interlayer.records.columns import COLUMNS, Column
from interlayer.records.files import read, write_record
from interlayer.records.pybamm_solution import from_pybamm
from interlayer.records.record import KINDS, Record

__all__ = ["COLUMNS", "KINDS", "Column", "Record", "from_pybamm", "read", "write_record"]
