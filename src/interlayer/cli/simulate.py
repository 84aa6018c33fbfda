"""``interlayer simulate``: a cell put through a protocol."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from interlayer.cli.output import console, print_json

if TYPE_CHECKING:
    from rich.console import RenderableType

    from interlayer.simulation import OverpotentialBudget, SimulationResult


def simulate(
    cell: Annotated[str, typer.Argument(help="Cell file, or the name of an example.")],
    protocol: Annotated[
        str | None,
        typer.Option(
            metavar="FILE|SENTENCE", help="TOML file, or sentences separated by ';'; default: the cell's own."
        ),
    ] = None,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the record (.csv, .xlsx, .parquet).")] = None,
    changes: Annotated[list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Change one key.")] = None,
    materials: Annotated[Path | None, typer.Option(help="TOML file of your own materials.")] = None,
    plot: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the figure (.png, .pdf, .svg).")] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")] = False,
) -> None:
    """Simulate a protocol: capacity, energy and voltage of each step, and where the voltage is lost.

    For example: interlayer simulate wang2020_lnto450 --protocol "Charge at 0.1C until 4.4 V vs Li; Discharge at 1C
    until 2.5 V vs Li".
    """
    from interlayer.cell import load_cell
    from interlayer.simulation import simulate as run

    loaded = load_cell(cell, materials=materials, changes=changes or ())
    status = console(stderr=True)
    if status.is_terminal:
        with status.status("compiling or loading the engine") as line:
            result = run(
                loaded,
                protocol=protocol,
                out=out,
                progress=lambda number, count, text: line.update(f"step {number} of {count}: {text}"),
            )
    else:
        result = run(loaded, protocol=protocol, out=out)
    if plot is not None:
        from interlayer.writing import save_figure

        save_figure(result.plot(), plot)
    if json:
        print_json(result)
        return
    shown = console()
    shown.print(steps_table(result))
    for step in result.steps:
        if step.note:
            shown.print(f"  step {step.number}: {step.note}")
    if result.budget is not None:
        shown.print()
        shown.print(budget_table(result.budget))
    for line_of_text in result.assumptions:
        shown.print(f"  assumed: {line_of_text}", style="dim", markup=False)
    if result.record is not None:
        shown.print(f"record: {result.record}", markup=False)


def steps_table(result: "SimulationResult") -> "RenderableType":
    """Return the steps as a table for the terminal."""
    from rich.table import Table

    table = Table(
        "step", "mAh/g", "Wh/kg active", "mean V", "from V", "to V", "h", "ended by", box=None, header_style="bold"
    )
    for step in result.steps:
        table.add_row(
            step.step,
            f"{step.capacity_mAh_per_g:.1f}",
            f"{step.energy_Wh_per_kg_active:.0f}",
            "-" if step.mean_voltage_V is None else f"{step.mean_voltage_V:.3f}",
            f"{step.start_voltage_V:.3f}",
            f"{step.end_voltage_V:.3f}",
            f"{step.duration_h:.2f}",
            step.ended_by,
        )
    return table


def budget_table(budget: "OverpotentialBudget") -> "RenderableType":
    """Return the overpotentials as a table for the terminal."""
    from rich.table import Table

    title = f"voltage loss at {budget.capacity_mAh_per_g:.0f} mAh/g of: {budget.step}"
    table = Table(
        "term", "part", "mV", box=None, header_style="bold", title=title, title_justify="left", title_style=""
    )
    for term in budget.terms:
        table.add_row(term.term, term.part, f"{term.overpotential_mV:.3g}")
    return table
