"""``interlayer materials``: what the library knows, and where from."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from interlayer.cli.output import console, print_json

if TYPE_CHECKING:
    from rich.console import Console

    from interlayer.materials.sheet import MaterialList, MaterialSheet


def materials(
    name: Annotated[
        str | None, typer.Argument(help="Material to show (name, alias or formula); without it all are listed.")
    ] = None,
    own: Annotated[Path | None, typer.Option("--materials", help="TOML file of your own materials.")] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")] = False,
) -> None:
    """List the materials, or show every value of one with its source."""
    from interlayer.materials import library
    from interlayer.materials.sheet import sheet, summaries

    known = library() if own is None else library().with_file(own)
    if name is None:
        listed = summaries(known.values())
        print_json(listed) if json else _print_list(listed)
    else:
        shown = sheet(known[name])
        print_json(shown) if json else _print_sheet(shown)


def _print_list(listed: "MaterialList") -> None:
    from rich.markup import escape
    from rich.table import Table

    out = console()
    for kind in dict.fromkeys(row.kind for row in listed.materials):
        table = Table(box=None, header_style="bold", padding=(0, 1, 0, 0))
        for column in (kind, "family", "formula", "S/cm", "g/cm³", "also"):
            table.add_column(column, overflow="fold")
        for row in listed.materials:
            if row.kind == kind:
                table.add_row(
                    escape(row.name),
                    escape(row.family),
                    "" if row.formula in (row.name, None) else escape(row.formula),
                    "" if row.conductivity_S_per_cm is None else f"{row.conductivity_S_per_cm:.3g}",
                    "" if row.density_g_per_cm3 is None else f"{row.density_g_per_cm3:.3g}",
                    escape(", ".join(row.aliases)),
                )
        out.print(table)
        out.print()
    out.print(f"{len(listed.materials)} materials; 'interlayer materials NAME' shows every value and its source")


def _print_sheet(sheet: "MaterialSheet") -> None:
    from rich.markup import escape

    out = console()
    also = f" (also {', '.join(sheet.aliases)})" if sheet.aliases else ""
    out.print(f"[bold]{escape(sheet.name)}[/bold]{escape(also)}: {sheet.kind}, {escape(sheet.family)}")
    if sheet.formula is not None:
        out.print(escape(f"{sheet.formula}, {sheet.molar_mass_g_per_mol:.2f} g/mol"))
    for text in (sheet.description, sheet.source and f"named in {sheet.source}"):
        if text:
            out.print(escape(text))
    if sheet.values:
        out.print()
        _print_values(sheet, out)
    if sheet.references:
        out.print("\n[bold]References[/bold]")
        for line in sheet.references:
            out.print(escape(line))


def _print_values(sheet: "MaterialSheet", out: "Console") -> None:
    """Print one line per value; what there is to say about it stands below, once, by number."""
    from rich.markup import escape
    from rich.table import Table

    table = Table(box=None, header_style="bold")
    for column in ("property", "value", "at", "form", "source", "note"):
        table.add_column(column, no_wrap=column in ("at", "source"), justify="right" if column == "note" else "left")
    notes: dict[str, int] = {}
    before = None
    for row in sheet.values:
        how = "" if row.status == "stated" else row.status
        curve = row.property == "open_circuit"  # too long for a cell of the table
        text = ": ".join(part for part in (how, f"U(x) = {row.value}" if curve else "", row.note) if part)
        table.add_row(
            "" if row.property == before else row.property.replace("_", " "),
            "U(x)" if curve else escape(row.value),
            "" if row.temperature_K is None else f"{row.temperature_K - 273.15:.0f} °C",
            escape(row.form or ""),
            escape(row.source),
            str(notes.setdefault(text, len(notes) + 1)) if text else "",
        )
        before = row.property
    out.print(table)
    out.print("\nThe first value of a property is the one used, unless a cell asks for another form.")
    for text, number in notes.items():
        out.print(escape(f"{number:>3}  {text}"))
