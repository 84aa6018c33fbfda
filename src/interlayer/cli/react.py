"""``interlayer react``: whether two materials in contact react, to what, and how strongly."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from interlayer.thermo import Reaction


def react(
    a: Annotated[str, typer.Argument(metavar="A", help="Formula or library name, e.g. LiCoO2 or NMC532.")],
    b: Annotated[str, typer.Argument(metavar="B", help="Formula or library name, e.g. Li3PS4 or LGPS.")],
    voltage: Annotated[
        float | None, typer.Option(help="V against Li/Li+ at which lithium is exchanged (-1 to 10); closed without.")
    ] = None,
    reference: Annotated[
        str, typer.Option(help="hull, entry, mixture, an energy above the hull in eV/atom, or two of these as A,B.")
    ] = "hull",
    convention: Annotated[
        str, typer.Option(help="mp_legacy, s_element_2015, or shifts of elements in eV/atom such as S:-0.663.")
    ] = "mp_legacy",
    exclude: Annotated[str, typer.Option(help="Phases to leave out, e.g. Nb2O5,LiNb3O8.")] = "",
    table: Annotated[
        Path | None, typer.Option(help="CSV with formula,formation_energy_eV_per_atom instead of the own table.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout.")] = False,
) -> None:
    """Show the most negative reaction energy of A in contact with B, its products and the whole profile."""
    from interlayer.cli.output import print_json
    from interlayer.thermo import react as find_reaction

    result = find_reaction(
        a, b, voltage=voltage, reference=reference, convention=convention, exclude=exclude, table=table
    )
    if json:
        print_json(result)
    else:
        _summarise(result)


_MOST_CORNERS = 12


def _summarise(result: "Reaction") -> None:
    from interlayer.cli.output import console

    out = console()
    at = "" if result.voltage_V is None else f" at {result.voltage_V:g} V"
    energy = result.reaction_energy_eV_per_atom * 1e3
    out.print(f"[bold]{result.reactant_A} | {result.reactant_B}{at}[/bold]: {energy:.1f} m{result.normalisation}")
    out.print(f"  {result.reaction}")
    if result.mixing_fraction is not None:
        out.print(
            f"  {result.mixing_fraction:.4f} mol {result.reactant_A} per mol of both; "
            f"{result.reaction_energy_kJ_per_mol_reaction:.1f} kJ per mol of the reaction as written"
        )
    if result.total_energy_eV_per_atom is not None:
        total, fraction = result.total_energy_eV_per_atom * 1e3, result.total_mixing_fraction
        out.print(f"  mutual; the total, from the unreacted: {total:.1f} m{result.normalisation} at {fraction:.4f}")
    if len(result.profile) <= _MOST_CORNERS:
        _print_profile(result)
    else:
        out.print(f"  the profile has {len(result.profile)} corners; --json lists them")
    used = ", ".join(f"{side} from {how}" for side, how in result.reference_used.items())
    out.print(f"[dim]reference: {used}; convention {result.convention}[/dim]")
    out.print(f"[dim]{result.phases_considered} phases of {result.table}; {result.conditions}; {result.coverage}[/dim]")


def _print_profile(result: "Reaction") -> None:
    from rich.table import Table

    from interlayer.cli.output import console

    kinks = Table("mol A per mol", f"m{result.normalisation}", "reaction", box=None, header_style="bold")
    for kink in result.profile:
        kinks.add_row(f"{kink.mixing_fraction:.4f}", f"{kink.energy_eV_per_atom * 1e3:.1f}", kink.reaction)
    console().print(kinks)
