"""``interlayer export``: a cell in the format that other programs read."""

from pathlib import Path
from typing import Annotated

import typer

from interlayer.cli.output import console


def export(
    cell: Annotated[str, typer.Argument(help="Cell file, or the name of an example.")],
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the BPX file here (.json) instead of to stdout.")
    ] = None,
    changes: Annotated[list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Change one key.")] = None,
    materials: Annotated[Path | None, typer.Option(help="TOML file of your own materials.")] = None,
) -> None:
    """Write a cell as Battery Parameter eXchange (BPX), and say what of it that format cannot hold.

    PyBaMM reads the file: pybamm.ParameterValues.create_from_bpx("cell.json").
    """
    from interlayer.cell import load_cell
    from interlayer.simulation.bpx import to_bpx

    exported = to_bpx(load_cell(cell, materials=materials, changes=changes or ()))
    if out is None:
        typer.echo(exported.text(), nl=False)
    else:
        exported.write(out)
    notes = console(stderr=True)
    for line in exported.dropped:
        notes.print(f"not in BPX: {line}", markup=False)
    if out is not None:
        notes.print(f"written: {out}", markup=False)
