"""``interlayer react``: whether materials in contact react, to what, and how strongly."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from interlayer.errors import InputError

if TYPE_CHECKING:
    from interlayer.thermo import CoatedInterface, Reaction, VoltageSweep


def react(
    a: Annotated[str, typer.Argument(metavar="A", help="Formula or library name, e.g. LiCoO2 or NMC532.")],
    b: Annotated[str, typer.Argument(metavar="B", help="Formula or library name, e.g. Li3PS4; of three: the coating.")],
    c: Annotated[
        str | None, typer.Argument(metavar="[C]", help="Electrolyte: before and after the coating B lies between.")
    ] = None,
    voltage: Annotated[
        str | None,
        typer.Option(
            metavar="V", help="V against Li/Li+ at which lithium is exchanged: 4.3, 2.5,4.3 or 2.5:4.3:0.1; -1 to 10."
        ),
    ] = None,
    reference: Annotated[
        str, typer.Option(help="hull, entry, mixture, an energy above the hull in eV/atom, or two of these as A,B.")
    ] = "hull",
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
    what_if: Annotated[bool, typer.Option("--what-if", help="Which phases, left out, move the answer most.")] = False,
    samples: Annotated[int | None, typer.Option(help="Samples of --uncertainty; 1000 by default.")] = None,
    sigma: Annotated[
        str | None, typer.Option(metavar="E", help="Error of the phase energies per atom; 25 meV by default.")
    ] = None,
    seed: Annotated[int | None, typer.Option(help="Seed of --uncertainty; 0 by default.")] = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write the profile, voltages or contacts (.csv, .xlsx, .parquet)."),
    ] = None,
    plot: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the figure (.png, .pdf, .svg).")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout.")] = False,
) -> None:
    """Show the most negative reaction energy of A in contact with B, its products and the whole profile.

    With several voltages: the energy at each. With a third material: cathode, coating and electrolyte in one table.
    """
    from interlayer.cli.output import print_json
    from interlayer.cli.thermo_options import gas_options, refuse_together, sampling_options
    from interlayer.cli.uncertainty import show_reaction_uncertainty, show_what_if
    from interlayer.thermo import coated_interface, react_over_voltages
    from interlayer.thermo import react as find_reaction
    from interlayer.thermo.voltages import read_voltages
    from interlayer.writing import save_figure, save_table

    voltages = [] if voltage is None else read_voltages(voltage)
    options: dict[str, Any] = {"reference": reference, "convention": convention, "exclude": exclude, "table": table}
    gases = gas_options(temperature, gas or [])
    sampled = sampling_options(samples, sigma, seed)
    three, many = ("a third material", c is not None), ("several voltages", len(voltages) > 1)
    for single in (("--uncertainty", uncertainty), ("--what-if", what_if), ("--gas or --temperature", gases)):
        refuse_together(single, three)
        refuse_together(single, many)
    refuse_together(("--uncertainty", uncertainty), ("--what-if", what_if), ("--gas or --temperature", gases))
    if sampled and not uncertainty:
        raise InputError("--samples, --sigma and --seed belong to --uncertainty")
    if uncertainty or what_if:
        options["voltage"] = voltages[0] if voltages else None
        files: dict[str, Any] = {"out": out, "plot": plot, "json": json}
        if uncertainty:
            show_reaction_uncertainty(a, b, **files, **options, **sampled)
        else:
            show_what_if(a, b, **files, **options)
        return
    result: Reaction | VoltageSweep | CoatedInterface
    if c is not None:
        result = coated_interface(a, b, c, voltages=voltages, **options)
    elif len(voltages) > 1:
        result = react_over_voltages(a, b, voltages=voltages, **options)
    else:
        result = find_reaction(a, b, voltage=voltages[0] if voltages else None, **options, **gases)
    if out is not None:
        save_table(result.frame(), out)
    if plot is not None:
        save_figure(result.plot(), plot)
    if json:
        print_json(result)
    else:
        _summarise(result)


_MOST_CORNERS = 12
_MOST_COLUMNS = 5


def _summarise(result: "Reaction | VoltageSweep | CoatedInterface") -> None:
    from interlayer.thermo import CoatedInterface, VoltageSweep

    match result:
        case CoatedInterface():
            _summarise_coated(result)
        case VoltageSweep():
            _summarise_sweep(result)
        case _:
            _summarise_pair(result)


def _summarise_pair(result: "Reaction") -> None:
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
    _print_foot(result)


def _summarise_sweep(result: "VoltageSweep") -> None:
    from rich.table import Table

    from interlayer.cli.output import console

    out = console()
    closed, worst = result.closed, result.worst
    out.print(
        f"[bold]{result.reactant_A} | {result.reactant_B}[/bold]: {closed.reaction_energy_eV_per_atom * 1e3:.1f} "
        f"m{closed.normalisation} closed; at most {worst.reaction_energy_eV_per_atom * 1e3:.1f} "
        f"m{worst.normalisation} at {worst.voltage_V:g} V (mutual)"
    )
    rows = Table("V", "mutual / meV", "total / meV", "at the mutual minimum", box=None, header_style="bold")
    for one in result.at_voltage:
        total = (one.total_energy_eV_per_atom or 0.0) * 1e3
        rows.add_row(f"{one.voltage_V:g}", f"{one.reaction_energy_eV_per_atom * 1e3:.1f}", f"{total:.1f}", one.reaction)
    out.print(rows)
    _print_foot(worst)


def _summarise_coated(result: "CoatedInterface") -> None:
    from rich.table import Table

    from interlayer.cli.output import console

    out = console()
    out.print(f"[bold]{result.cathode} | {result.coating} | {result.electrolyte}[/bold]")
    for finding in result.findings:
        out.print(f"  {finding}")
    shown = result.voltages_V if len(result.voltages_V) <= _MOST_COLUMNS else []
    rows = Table("meV/atom", "", "closed", *(f"{v:g} V" for v in shown), box=None, header_style="bold")
    named = [("bare", contact) for contact in result.before] + [("coated", contact) for contact in result.after]
    for state, contact in named:
        found = [contact.closed, *contact.at_voltage][: len(shown) + 1]
        energies = (f"{one.reaction_energy_eV_per_atom * 1e3:.1f}" for one in found)
        rows.add_row(state, f"{contact.closed.reactant_A} | {contact.closed.reactant_B}", *energies)
    out.print(rows)
    if shown:
        out.print("[dim]with a voltage: mutual, per atom without Li[/dim]")
    elif result.voltages_V:
        out.print(f"[dim]{len(result.voltages_V)} voltages: --json or --out FILE lists them[/dim]")
    for state, contact in named:
        out.print(f"  {state}, closed: {contact.closed.reaction}")
    for name, limits in (("coating", result.coating_window), ("electrolyte", result.electrolyte_window)):
        upper = "no upper limit" if limits.oxidation_V is None else f"{limits.oxidation_V:.2f} V"
        out.print(f"  window of the {name} {limits.formula}: {limits.reduction_V:.2f} to {upper}")
    for contact in (*result.before, *result.after):
        _print_foot(contact.closed)


def _print_foot(result: "Reaction") -> None:
    from interlayer.cli.output import console

    out = console()
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
