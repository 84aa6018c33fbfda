"""``interlayer table``: what a phase table holds, from where, and where to keep it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from interlayer.errors import InputError

if TYPE_CHECKING:
    from interlayer.thermo.table_summary import TableSummary


def table(
    source: Annotated[
        str | None,
        typer.Argument(
            metavar="[FILE]", help="CSV, Parquet, pymatgen entries (JSON) or mp:Li-La-Zr-O; the own table without."
        ),
    ] = None,
    within: Annotated[str, typer.Option(metavar="ELEMENTS", help="List the phases of these, e.g. Li-P-S.")] = "",
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Keep the table, or what is listed (.csv, .parquet).")
    ] = None,
    functional: Annotated[str, typer.Option(help="Of the Materials Project (mp:): GGA_GGA+U or R2SCAN.")] = "GGA_GGA+U",
    refresh: Annotated[bool, typer.Option("--refresh", help="Load a table of the Materials Project again.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout.")] = False,
) -> None:
    """Show what a phase table holds: elements, convention, sources, and phases with their distance to the hull.

    mp: loads all phases of some elements with your key (MP_API_KEY), once, and keeps them in a file.
    """
    from interlayer.cli.output import print_json
    from interlayer.thermo import own_table, read_table
    from interlayer.thermo.table_files import ONLINE
    from interlayer.thermo.table_summary import summarise_table, within_elements

    if source is not None and source.startswith(ONLINE):
        from interlayer.thermo.materials_project import materials_project

        found = materials_project(source.removeprefix(ONLINE), functional=functional, refresh=refresh)
    elif refresh:
        raise InputError("--refresh loads a table of the Materials Project again; name one, such as mp:Li-La-Zr-O")
    else:
        found = own_table() if source is None else read_table(source)
    elements = [part for part in within.split("-") if part.strip()]
    summary = summarise_table(found, elements)
    if out is not None:
        (within_elements(found, elements) if elements else found).save(out)
    if json:
        print_json(summary)
    else:
        _summarise(summary)


def _summarise(summary: "TableSummary") -> None:
    from rich.table import Table

    from interlayer.cli.output import console

    out = console()
    out.print(f"[bold]{summary.table}[/bold]: {summary.number_of_phases} phases of {len(summary.elements)} elements")
    out.print(f"  {' '.join(summary.elements)}")
    out.print(f"  convention: {summary.convention}")
    if summary.phases:
        rows = Table("phase", "eV/atom", "meV/atom above the hull", "source", box=None, header_style="bold")
        for phase in summary.phases:
            above = f"{phase.energy_above_hull_eV_per_atom * 1e3:.1f}" if phase.energy_above_hull_eV_per_atom else "0"
            rows.add_row(phase.formula, f"{phase.formation_energy_eV_per_atom:.4f}", above, phase.source)
        out.print(rows)
    for line in summary.references:
        out.print(f"[dim]{line}[/dim]", soft_wrap=True)
