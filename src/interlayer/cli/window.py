"""``interlayer window``: between which voltages a material is stable, and what it becomes outside."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from interlayer.errors import InputError

if TYPE_CHECKING:
    from interlayer.thermo import Decomposition, Window


def window(
    composition: Annotated[str, typer.Argument(help="Formula or library name, e.g. Li3PS4 or LGPS.")],
    voltage: Annotated[
        str | None,
        typer.Option(metavar="V", help="What it becomes at these V against Li/Li+: 4.4, 2.5,4.4 or 0:5:0.5; 0 to 10."),
    ] = None,
    convention: Annotated[
        str, typer.Option(help="mp_legacy, s_element_2015, or shifts of elements in eV/atom such as S:-0.663.")
    ] = "mp_legacy",
    exclude: Annotated[str, typer.Option(help="Phases to leave out, e.g. Nb2O5,LiNb3O8.")] = "",
    table: Annotated[
        Path | None, typer.Option(help="CSV, Parquet, pymatgen entries (JSON) or mp:Li-P-S instead of the own table.")
    ] = None,
    temperature: Annotated[
        str | None, typer.Option(metavar="T", help="Gases as ideal gases at this temperature, e.g. 25degC.")
    ] = None,
    gas: Annotated[
        list[str] | None, typer.Option(metavar="NAME=P", help="Pressure of a gas, e.g. O2=21kPa; 25 degC by default.")
    ] = None,
    uncertainty: Annotated[
        bool, typer.Option("--uncertainty", help="How certain: Monte Carlo over the errors of the phase energies.")
    ] = False,
    what_if: Annotated[bool, typer.Option("--what-if", help="Which phases, left out, move the limits most.")] = False,
    samples: Annotated[int | None, typer.Option(help="Samples of --uncertainty; 1000 by default.")] = None,
    sigma: Annotated[
        str | None, typer.Option(metavar="E", help="Error of the phase energies per atom; 25 meV by default.")
    ] = None,
    seed: Annotated[int | None, typer.Option(help="Seed of --uncertainty; 0 by default.")] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the voltage profile (.csv, .xlsx, .parquet).")
    ] = None,
    plot: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the figure (.png, .pdf, .svg).")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout.")] = False,
) -> None:
    """Show the electrochemical window against lithium metal and the whole voltage profile."""
    from interlayer.cli.output import print_json
    from interlayer.cli.thermo_options import gas_options, refuse_together, sampling_options
    from interlayer.cli.uncertainty import show_what_if_window, show_window_uncertainty
    from interlayer.thermo import window as find_window
    from interlayer.writing import save_figure, save_table

    options: dict[str, Any] = {"convention": convention, "exclude": exclude, "table": table}
    gases = gas_options(temperature, gas or [])
    sampled = sampling_options(samples, sigma, seed)
    refuse_together(("--uncertainty", uncertainty), ("--what-if", what_if), ("--gas or --temperature", gases))
    refuse_together(("--voltage", voltage), ("--uncertainty or --what-if", uncertainty or what_if))
    if sampled and not uncertainty:
        raise InputError("--samples, --sigma and --seed belong to --uncertainty")
    if uncertainty or what_if:
        files: dict[str, Any] = {"out": out, "plot": plot, "json": json}
        if uncertainty:
            show_window_uncertainty(composition, **files, **options, **sampled)
        else:
            show_what_if_window(composition, **files, **options)
        return
    result = find_window(composition, voltages=() if voltage is None else voltage, **options, **gases)
    if out is not None:
        save_table(result.frame(), out)
    if plot is not None:
        save_figure(result.plot(), plot)
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
    else:
        phases = " + ".join(f"{amount:.3g} {formula}" for formula, amount in result.equilibrium.items())
        out.print(f"  [yellow]{result.table} has no phase {result.formula}[/yellow]: taken as {phases}")
    steps = Table("from / V", "to / V", "Li per formula", "becomes (mol per formula)", box=None, header_style="bold")
    for step in result.profile:
        products = " + ".join(f"{amount:.3g} {formula}" for formula, amount in step.products.items())
        highest = "" if step.highest_V is None else f"{step.highest_V:.3f}"
        steps.add_row(f"{step.lowest_V:.3f}", highest, f"{step.lithium_per_formula:+.3f}", products)
    out.print(steps)
    for found in result.at_voltage:
        _print_decomposition(found)
    out.print(f"[dim]convention {result.convention}; {result.phases_considered} phases of {result.table}[/dim]")
    out.print(f"[dim]{result.conditions}; {result.coverage}[/dim]")


def _print_decomposition(found: "Decomposition") -> None:
    from interlayer.cli.output import console

    out = console()
    if found.is_stable:
        out.print(f"[bold]at {found.voltage_V:g} V[/bold]: inside the window, nothing is exchanged")
        return
    verb = "takes up" if found.lithium_per_formula > 0 else "gives off"
    out.print(f"[bold]at {found.voltage_V:g} V[/bold]: {found.reaction}")
    out.print(
        f"  {verb} {abs(found.lithium_per_formula):.3g} Li per formula, {found.charge_mAh_per_g:.0f} mAh/g; driven by "
        f"{found.driving_energy_eV_per_atom * 1e3:.0f} m{found.normalisation} "
        f"({found.driving_energy_kJ_per_mol:.0f} kJ/mol), {found.margin_V:.2f} V outside the window"
    )
    for element, shares in found.element_shares.items():
        parts = ", ".join(f"{share:.0%} {product}" for product, share in shares.items())
        out.print(f"  {element} ends as {parts}")
    for element, species in found.chalcogen_species.items():
        out.print(
            f"  species of {element}: {species.element_or_polysulfide:.0%} element or polysulfide, "
            f"{species.with_oxygen:.0%} bound to oxygen, {species.sulfide:.0%} sulfide"
        )
