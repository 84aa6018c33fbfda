"""Records: one table per cell, the same whether a simulation or an instrument wrote it."""

from interlayer.records.columns import COLUMNS, Column
from interlayer.records.files import read, write_record
from interlayer.records.record import Record

__all__ = ["COLUMNS", "Column", "Record", "read", "write_record"]
