"""``interlayer window``: between which voltages a material is stable, and what it becomes outside."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from interlayer.thermo import Window


def window(
    composition: Annotated[str, typer.Argument(help="Formula or library name, e.g. Li3PS4 or LGPS.")],
    convention: Annotated[
        str, typer.Option(help="mp_legacy, s_element_2015, or shifts of elements in eV/atom such as S:-0.663.")
    ] = "mp_legacy",
    exclude: Annotated[str, typer.Option(help="Phases to leave out, e.g. Nb2O5,LiNb3O8.")] = "",
    table: Annotated[
        Path | None, typer.Option(help="CSV with formula,formation_energy_eV_per_atom instead of the own table.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout.")] = False,
) -> None:
    """Show the electrochemical window against lithium metal and the whole voltage profile."""
    from interlayer.cli.output import print_json
    from interlayer.thermo import window as find_window

    result = find_window(composition, convention=convention, exclude=exclude, table=table)
    if json:
        print_json(result)
    else:
        _summarise(result)


def _summarise(result: "Window") -> None:
    from rich.table import Table

    from interlayer.cli.output import console

    out = console()
    upper = "no upper limit" if result.oxidation_V is None else f"{result.oxidation_V:.3f} V"
    out.print(f"[bold]{result.formula}[/bold]: {result.reduction_V:.3f} to {upper} against Li/Li+")
    for reaction in result.reactions:
        out.print(f"  {reaction.limit} at {reaction.potential_V:.3f} V: {reaction.reaction}")
    if result.energy_above_hull_eV_per_atom is not None:
        out.print(f"  energy above the hull: {result.energy_above_hull_eV_per_atom * 1e3:.1f} meV/atom")
    steps = Table("from / V", "to / V", "Li per formula", "becomes (mol per formula)", box=None, header_style="bold")
    for step in result.profile:
        products = " + ".join(f"{amount:.3g} {formula}" for formula, amount in step.products.items())
        highest = "" if step.highest_V is None else f"{step.highest_V:.3f}"
        steps.add_row(f"{step.lowest_V:.3f}", highest, f"{step.lithium_per_formula:+.3f}", products)
    out.print(steps)
    out.print(f"[dim]convention {result.convention}; {result.phases_considered} phases of {result.table}[/dim]")
    out.print(f"[dim]{result.conditions}; {result.coverage}[/dim]")
