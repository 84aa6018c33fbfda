"""``interlayer stack``: what a cell weighs, measures and delivers."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from interlayer.cli.output import console, print_json
from interlayer.errors import InputError

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.table import Table

    from interlayer.energy import StackResult, SweepTable

# the columns of a sweep that fit a terminal; --json and --csv give all
_HEADINGS = {
    "specific_energy_Wh_per_kg": "Wh/kg",
    "energy_density_Wh_per_L": "Wh/L",
    "areal_capacity_mAh_per_cm2": "mAh/cm²",
    "thickness_um": "µm",
    "break_even_thickness_um.specific_energy": "break-even\nWh/kg, µm",
    "break_even_thickness_um.energy_density": "break-even\nWh/L, µm",
}


def stack(
    cell: Annotated[str, typer.Argument(help="Cell file, or the name of an example.")],
    reference: Annotated[
        str | None, typer.Option(metavar="CELL", help="Cell to compare with: break-even thickness and gain.")
    ] = None,
    changes: Annotated[
        list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Change one key; KEY= removes it.")
    ] = None,
    sweep: Annotated[
        list[str] | None,
        typer.Option(metavar="KEY=START:STOP:COUNT UNIT", help="Vary a key; once or twice. Also KEY=10,20,50 UNIT."),
    ] = None,
    materials: Annotated[Path | None, typer.Option(help="TOML file of your own materials.")] = None,
    csv: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the layers, or the sweep, as CSV.")] = None,
    plot: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the figure (.png, .pdf, .svg).")] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")] = False,
) -> None:
    """Compute masses, thicknesses, Wh/kg, Wh/L, lithium and cost of a cell, alone or against another."""
    from interlayer.cell import load_cell
    from interlayer.energy import parse_axis, stack, sweep_stack
    from interlayer.writing import save_figure, write_whole

    if sweep and len(sweep) > 2:
        raise InputError(f"--sweep is given {len(sweep)} times; allowed: once, or twice for a grid")
    loaded = load_cell(cell, materials=materials, changes=changes or ())
    against = load_cell(reference, materials=materials) if reference is not None else None
    result: StackResult | SweepTable
    if sweep:
        result = sweep_stack(loaded, [parse_axis(text) for text in sweep], reference=against)
    else:
        result = stack(loaded, reference=against)
    if csv is not None:
        write_whole(csv, result.to_csv())
    if plot is not None:
        save_figure(result.plot(), plot)
    if json:
        print_json(result)
        return
    out = console()
    if sweep:
        out.print(_sweep_table(result))  # type: ignore[arg-type]
        return
    _print_stack(out, result)  # type: ignore[arg-type]


def _print_stack(out: "Console", result: "StackResult") -> None:
    out.print(f"[bold]{result.title or result.cell}[/bold]")
    out.print(layer_table(result))
    out.print(summary_table(result))
    for line in result.comparison.notes if result.comparison is not None else ():
        out.print(f"  {line}")
    for line in result.assumptions:
        out.print(f"  assumed: {line}", style="dim")


def layer_table(result: "StackResult") -> "RenderableType":
    """Return the layers with mass and thickness as a table for the terminal."""
    from rich.table import Table

    table = Table("layer", "material", "µm", "mg/cm²", "% of thickness", "% of mass", box=None, header_style="bold")
    for layer in result.layers:
        whole = "" if layer.share == 1.0 else f" x {layer.share:.3g}"
        table.add_row(
            layer.role + whole,
            layer.name,
            f"{layer.thickness_um:.4g}",
            f"{layer.areal_mass_mg_per_cm2:.4g}",
            f"{100 * layer.thickness_share:.1f}",
            f"{100 * layer.mass_share:.1f}",
        )
    table.add_row(
        "cell", "", f"{result.thickness_um:.4g}", f"{result.areal_mass_mg_per_cm2:.4g}", "100.0", "100.0", style="bold"
    )
    return table


def summary_table(result: "StackResult") -> "RenderableType":
    """Return the energies, the lithium, the cost and the comparison as a table for the terminal."""
    from rich.table import Table

    table = Table("", "", "", box=None, show_header=False)
    lithium = result.lithium_inventory_mAh_per_cm2
    table.add_row("specific energy", f"{result.specific_energy_Wh_per_kg:.1f} Wh/kg", "")
    table.add_row("energy density", f"{result.energy_density_Wh_per_L:.1f} Wh/L", "")
    table.add_row(
        "capacity",
        f"{result.areal_capacity_mAh_per_cm2:.3g} mAh/cm²",
        f"{result.specific_capacity_mAh_per_g:.1f} mAh/g ({result.capacity_source})",
    )
    table.add_row("mean voltage", f"{result.average_voltage_V:.3g} V", result.voltage_source)
    if lithium.anode is not None and lithium.excess is not None:
        held = "lithium in the anode" if lithium.anode_is == "lithium metal" else "room in the anode"
        table.add_row(held, f"{lithium.anode:.3g} mAh/cm²", f"{100 * lithium.excess / lithium.cathode:+.0f} % excess")
    if result.plated_lithium_um is not None:
        table.add_row("lithium plated on charge", f"{result.plated_lithium_um:.3g} µm", "dense")
    if result.stack.cells > 1:
        table.add_row(
            f"{result.stack.arrangement} stack of {result.stack.cells}",
            f"{result.stack.voltage_V:.4g} V",
            f"{result.stack.areal_capacity_mAh_per_cm2:.3g} mAh/cm², {result.stack.thickness_um:.4g} µm",
        )
    if result.cost.known_USD_per_m2 is not None:
        missing = "" if result.cost.complete else f"at least; without price: {', '.join(result.cost.unpriced)}"
        table.add_row(
            "cost", f"{result.cost.known_USD_per_m2:.3g} USD/m², {result.cost.known_USD_per_kWh:.3g} USD/kWh", missing
        )
    _add_comparison(table, result)
    return table


def _add_comparison(table: "Table", result: "StackResult") -> None:
    compared, even = result.comparison, result.break_even_thickness_um
    if compared is None or even is None:
        return
    more = compared.thickness_for_50_percent_more_um
    table.add_row(
        f"against {compared.reference}",
        f"{compared.specific_energy_gain_percent:+.1f} % Wh/kg, {compared.energy_density_gain_percent:+.1f} % Wh/L",
        f"{compared.reference_specific_energy_Wh_per_kg:.1f} Wh/kg, "
        f"{compared.reference_energy_density_Wh_per_L:.1f} Wh/L",
    )
    table.add_row(f"break-even {compared.separator}", _thicknesses(even.specific_energy, even.energy_density), "")
    table.add_row("for 50 % more", _thicknesses(more.specific_energy, more.energy_density), "")


def _thicknesses(by_mass: float | None, by_volume: float | None) -> str:
    mass, volume = ("none" if value is None else f"{value:.3g} µm" for value in (by_mass, by_volume))
    return f"{mass} (Wh/kg), {volume} (Wh/L)"


def _sweep_table(sweep: "SweepTable") -> "RenderableType":
    from rich.table import Table

    swept = [
        "{}.\n{}\n{}".format(*key.rpartition(".")[::2], unit) for key, unit in zip(sweep.keys, sweep.units, strict=True)
    ]
    shown = {name: place for place, name in enumerate(sweep.columns) if name in _HEADINGS}
    table = Table(*swept, *(_HEADINGS[name] for name in shown), box=None, header_style="bold")
    for row, problem in zip(sweep.rows, sweep.problems, strict=True):
        values = [*row[: len(swept)], *(row[place] for place in shown.values())]
        table.add_row(*("-" if value is None else f"{value:.4g}" for value in values), style="dim" if problem else None)
    return table
