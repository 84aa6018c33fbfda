"""``interlayer design``: the four questions in one report."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from interlayer.cli.output import console, print_json
from interlayer.cli.resistance import budget_table

if TYPE_CHECKING:
    from rich.console import Console

    from interlayer.report import DesignReport


def design(
    cell: Annotated[str, typer.Argument(help="Cell file, or the name of an example.")],
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Folder of the report; default ./<cell>-report.")
    ] = None,
    changes: Annotated[list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Change one key.")] = None,
    materials: Annotated[Path | None, typer.Option(help="TOML file of your own materials.")] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")] = False,
) -> None:
    """Answer four questions about a cell: is it stable, how resistive, what does it deliver and weigh.

    Writes report.json, a self-contained report.html and figures into the folder.
    """
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    from interlayer.cell import load_cell
    from interlayer.report import STAGES
    from interlayer.report import design as report_of

    loaded = load_cell(cell, materials=materials, changes=changes or ())
    folder = out if out is not None else Path(f"{loaded.name}-report")
    errors = console(stderr=True)
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=errors, transient=True, disable=not errors.is_terminal) as progress:
        task = progress.add_task("reading", total=len(STAGES))

        def tell(stage: str) -> None:
            progress.update(task, description=f"{stage} ({STAGES.index(stage) + 1} of {len(STAGES)})")

        report = report_of(loaded, out=folder, progress=tell)
    if json:
        print_json(report)
    else:
        _print(report, console())


def _print(report: "DesignReport", out: "Console") -> None:
    from rich.table import Table

    out.print(f"[bold]{report.title or report.name}[/bold]  ({report.name}, {report.temperature_K - 273.15:.0f} °C)\n")
    for question, answer in report.answers.items():
        out.print(f"[bold]{question}[/bold]\n  {answer}")
    contacts = Table("contact", "where", "verdict", "meV/atom", "products", box=None, header_style="bold")
    for contact in report.stability.contacts:
        reaction = contact.reaction
        contacts.add_row(
            f"{contact.a} | {contact.b}",
            contact.place,
            contact.verdict,
            "-" if reaction is None else f"{reaction.reaction_energy_eV_per_atom * 1000:.0f}",
            contact.reason if reaction is None else ", ".join(reaction.products),
        )
    out.print()
    out.print(contacts)
    out.print()
    out.print(budget_table(report.resistance))
    steps = Table("step", "mAh/g", "mean V", "ended by", box=None, header_style="bold")
    for step in report.cell.steps:
        steps.add_row(
            step.step,
            f"{step.capacity_mAh_per_g:.1f}",
            "-" if step.mean_voltage_V is None else f"{step.mean_voltage_V:.3f}",
            step.ended_by,
        )
    out.print()
    out.print(steps)
    if report.comparison:
        compared = Table("reported", "rate", "paper", "ours", "factor", "source", box=None, header_style="bold")
        for row in report.comparison:
            compared.add_row(
                row.quantity,
                row.rate or "",
                f"{row.reported:.4g} {row.unit}",
                "-" if row.ours is None else f"{row.ours:.4g}",
                "-" if row.factor is None else f"{row.factor:.2f}",
                row.source,
            )
        out.print()
        out.print(compared)
    page = next((path for path in report.files if path.endswith(".html")), None)
    out.print(f"\n{len(report.assumptions)} assumptions and {len(report.references)} references: see {page}")
