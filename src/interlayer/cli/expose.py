"""``interlayer expose``: what a material does in air, in a dry room or in any mixture of gases."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from interlayer.thermo.gas_exposure import Exposure, GasReaction, Threshold


def expose(
    material: Annotated[str, typer.Argument(help="Formula or library name, e.g. Li3PS4 or LLZO.")],
    gas: Annotated[
        list[str] | None,
        typer.Option(metavar="GAS=P", help="Partial pressure of a gas, e.g. H2O=1.6kPa; may be given several times."),
    ] = None,
    air: Annotated[
        str | None,
        typer.Option(help="humid, dry, dry-room or glovebox; humid where neither --air nor --gas is given."),
    ] = None,
    humidity: Annotated[
        str | None, typer.Option(metavar="RH", help="Relative humidity of the air, e.g. 50%; over ice below 0 degC.")
    ] = None,
    dew_point: Annotated[
        str | None, typer.Option(metavar="T", help="Dew point of the air, e.g. -40degC; below 0 degC the frost point.")
    ] = None,
    temperature: Annotated[str, typer.Option(metavar="T", help="Temperature of gas and material.")] = "25degC",
    released_at: Annotated[
        str, typer.Option(metavar="P", help="Pressure at which any other gas counts as given off; 1 ppm of the air.")
    ] = "0.1Pa",
    reference: Annotated[
        str, typer.Option(help="What the material starts from: hull, entry, mixture or eV/atom above the hull.")
    ] = "hull",
    convention: Annotated[
        str, typer.Option(help="mp_legacy, s_element_2015, or shifts of elements in eV/atom such as S:-0.663.")
    ] = "mp_legacy",
    exclude: Annotated[str, typer.Option(help="Phases to leave out, e.g. H2,C.")] = "",
    table: Annotated[
        Path | None, typer.Option(help="CSV, Parquet, pymatgen entries (JSON) or mp:Li-P-S instead of the own table.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the reactions (.csv, .xlsx, .parquet).")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout.")] = False,
) -> None:
    """Show what a material takes up and gives off, what it becomes, and from which pressure of each gas on."""
    from interlayer.cli.output import print_json
    from interlayer.cli.thermo_options import pressures
    from interlayer.thermo.gas_exposure import exposure
    from interlayer.units import parse
    from interlayer.writing import save_table

    result = exposure(
        material,
        gases=pressures(gas or []),
        atmosphere=air,
        relative_humidity=None if humidity is None else parse(humidity, "fraction"),
        dew_point=None if dew_point is None else parse(dew_point, "temperature"),
        temperature=parse(temperature, "temperature"),
        released_at=parse(released_at, "pressure"),
        reference=reference,
        convention=convention,
        exclude=exclude,
        table=table,
    )
    if out is not None:
        save_table(result.frame(), out)
    if json:
        print_json(result)
    else:
        _summarise(result)


def _summarise(result: "Exposure") -> None:
    from rich.table import Table

    from interlayer.cli.output import console
    from interlayer.constants import ZERO_CELSIUS

    out = console()
    gases = ", ".join(f"{name} {_pressure(value)}" for name, value in result.atmosphere_Pa.items())
    out.print(f"[bold]{result.formula}[/bold] at {result.temperature_K - ZERO_CELSIUS:g} degC in {gases}")
    rows = Table("gases", "meV/atom", "kJ/mol", "reaction", box=None, header_style="bold")
    for one in (result.together, *result.parts):
        energy, spread = one.reaction_free_energy_eV_per_atom * 1e3, one.uncertainty_eV_per_atom * 1e3
        shown = f"{energy:.0f} +- {spread:.0f}" if one.reacts else "0"
        names = "all" if one is result.together and result.parts else " ".join(one.gases)
        rows.add_row(names, shown, f"{one.reaction_free_energy_kJ_per_mol:.0f}", one.reaction)
    out.print(rows)
    for line in _released(result.together, *result.parts):
        out.print(f"  {line}")
    for threshold in result.thresholds:
        out.print(f"  {_limits(threshold)}")
    out.print(
        f"[dim]starts from {result.reference_used}; a gas counts as given off at {result.released_at_Pa:g} Pa[/dim]"
    )
    out.print(f"[dim]{result.conditions}; convention {result.convention}[/dim]")
    out.print(f"[dim]{result.phases_considered} phases of {result.table}; {result.coverage}[/dim]")


def _released(*reactions: "GasReaction") -> list[str]:
    """Return one line for each released gas: the highest pressure it can build up, and with which gases."""
    highest: dict[str, tuple[float, str]] = {}
    for one in reactions:
        for name, pressure in one.given_off_up_to_Pa.items():
            if pressure > highest.get(name, (0.0, ""))[0]:
                highest[name] = pressure, " ".join(one.gases)
    return [f"{name} is given off up to {_pressure(p)} (with {gases})" for name, (p, gases) in highest.items()]


def _limits(threshold: "Threshold") -> str:
    if threshold.takes_up_above_Pa is None:
        text = f"{threshold.gas} alone is not taken up"
    elif threshold.takes_up_above_Pa == 0.0:
        text = f"{threshold.gas} alone is taken up at any pressure: {threshold.reaction_above}"
    else:
        limit = _pressure(threshold.takes_up_above_Pa)
        text = f"{threshold.gas} alone is taken up above {limit}: {threshold.reaction_above}"
    if threshold.gives_off_below_Pa is not None:
        text += f"; it is given off below {_pressure(threshold.gives_off_below_Pa)}"
    return text


def _pressure(value: float) -> str:
    """Return a pressure for people: bar, kPa or Pa."""
    if value >= 0.999e7:
        return "100 bar or more"
    for unit, size in (("bar", 1e5), ("kPa", 1e3)):
        if value >= size:
            return f"{value / size:.3g} {unit}"
    return f"{value:.2g} Pa"
