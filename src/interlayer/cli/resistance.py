"""``interlayer resistance``: the budget of a cell."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from interlayer.cli.output import console, print_json

if TYPE_CHECKING:
    from rich.console import RenderableType

    from interlayer.transport import ResistanceBudget


def resistance(
    cell: Annotated[str, typer.Argument(help="Cell file, or the name of an example.")],
    changes: Annotated[list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Change one key.")] = None,
    materials: Annotated[Path | None, typer.Option(help="TOML file of your own materials.")] = None,
    plot: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the figure (.png, .pdf, .svg).")] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")] = False,
) -> None:
    """Show where a cell's resistance sits, and what of the measured one is explained."""
    from interlayer.cell import load_cell
    from interlayer.transport import resistance as budget_of

    budget = budget_of(load_cell(cell, materials=materials, changes=changes or ()))
    if plot is not None:
        from interlayer.writing import save_figure

        save_figure(budget.plot(), plot)
    if json:
        print_json(budget)
        return
    out = console()
    out.print(budget_table(budget))
    if budget.interface is not None:
        out.print(budget.interface.statement)
    for line in budget.assumptions:
        out.print(f"  assumed: {line}", style="dim")


def budget_table(budget: "ResistanceBudget") -> "RenderableType":
    """Return the terms as a table for the terminal."""
    from rich.table import Table

    table = Table("term", "part", "Ω cm²", "Ω", "how", box=None, header_style="bold")
    for term in budget.terms:
        value, whole = term.area_specific_resistance_ohm_cm2, term.resistance_ohm
        table.add_row(
            term.name,
            term.part,
            "-" if value is None else f"{value:.3g}",
            "-" if whole is None else f"{whole:.3g}",
            term.how,
        )
    return table
