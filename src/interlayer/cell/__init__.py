"""Cells: the file, its schema, and the geometry that follows from it."""

from interlayer.cell.cell import Cell
from interlayer.cell.description import CellDescription
from interlayer.cell.files import (
    as_cell,
    build_cell,
    changed_cell,
    example_files,
    find_cell_file,
    load_cell,
    new_cell_file,
)
from interlayer.cell.geometry import Layer, layers

__all__ = [
    "Cell",
    "CellDescription",
    "Layer",
    "as_cell",
    "build_cell",
    "changed_cell",
    "example_files",
    "find_cell_file",
    "layers",
    "load_cell",
    "new_cell_file",
]
