"""``interlayer screen``: coatings against electrolytes and cathodes."""

import sys
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from interlayer.thermo.screening import Screening

_ROWS_SHOWN = 20


def screen(
    coatings: Annotated[
        str,
        typer.Option(metavar="LIST", help="Names, a file, table:Li-*-O, library, chosen, oxides, phosphates, halides."),
    ] = "chosen",
    electrolytes: Annotated[
        str | None, typer.Option(metavar="LIST", help="As for coatings; default Li3PS4, LGPS, Li6PS5Cl and Li3InCl6.")
    ] = None,
    cathodes: Annotated[
        str | None, typer.Option(metavar="LIST", help="Default NMC532 and LiCoO2, as made and half charged.")
    ] = None,
    voltages: Annotated[
        str, typer.Option(metavar="V", help="V against Li/Li+ at which lithium is also exchanged, or none.")
    ] = "2.5:4.3:0.6",
    rules: Annotated[str, typer.Option(help="xiao2019, nolan2019, inert or none.")] = "xiao2019",
    rule: Annotated[
        list[str] | None, typer.Option(metavar="RULE", help="A rule of your own, e.g. 'oxidation_V >= 4.2'.")
    ] = None,
    pareto: Annotated[
        str | None, typer.Option(metavar="COLUMNS", help="Columns to be best in, separated by commas.")
    ] = None,
    reference: Annotated[str, typer.Option(help="hull, entry, mixture, or two of these as A,B.")] = "hull",
    convention: Annotated[
        str, typer.Option(help="mp_legacy, s_element_2015, or shifts of elements in eV/atom such as S:-0.663.")
    ] = "mp_legacy",
    exclude: Annotated[str, typer.Option(help="Phases to leave out, e.g. Nb2O5,LiNb3O8.")] = "",
    table: Annotated[
        Path | None, typer.Option(metavar="FILE|mp:Li-O-..", help="Phase table instead of the own one.")
    ] = None,
    uncertainty: Annotated[
        bool, typer.Option("--uncertainty", help="Add the probability that a contact does not react.")
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write the coatings (.csv, .xlsx, .parquet), the contacts beside them."),
    ] = None,
    plot: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the figure (.png, .pdf, .svg).")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout.")] = False,
) -> None:
    """Screen coatings: windows, reactions with electrolytes and cathodes, rules, and the best of them.

    With --out a long screening keeps what is finished beside the file, and goes on there when it is started again.
    """
    from json import dumps

    from interlayer.thermo.screening import CATHODES, ELECTROLYTES, PARETO
    from interlayer.thermo.screening import screen as run
    from interlayer.thermo.screening_answers import CHUNK
    from interlayer.thermo.screening_parts import remove_parts
    from interlayer.writing import check_table_ending, save_figure, save_table

    if out is not None:
        check_table_ending(out)
    parts = None if out is None else out.with_name(f"{out.name}.parts")
    result = run(
        coatings,
        electrolytes=ELECTROLYTES if electrolytes is None else electrolytes,
        cathodes=CATHODES if cathodes is None else cathodes,
        voltages=() if voltages.strip().lower() == "none" else voltages,
        rules=rules,
        extra_rules=rule or (),
        pareto=PARETO if pareto is None else [column.strip() for column in pareto.split(",")],
        reference=reference,
        convention=convention,
        exclude=exclude,
        table=table,
        uncertainty=uncertainty,
        parts=parts,
        progress=_progress,
    )
    if out is not None:
        save_table(result.contacts, out.with_name(f"{out.stem}_contacts{out.suffix}"))
        save_table(result.coatings, out)
        if len(result.coatings) <= CHUNK:  # a long one is kept: other rules are then answered at once
            remove_parts(parts or "")
    if plot is not None:
        save_figure(result.plot(), plot)
    if json:
        sys.stdout.write(dumps(result.document(), indent=2, allow_nan=False) + "\n")
    else:
        _summarise(result)


def _progress(done: int, count: int) -> None:
    if count > 2000:
        sys.stderr.write(f"screen: {done} of {count} coatings\n")


def _summarise(result: "Screening") -> None:
    from rich.table import Table

    from interlayer.cli.output import console

    out = console()
    rows = result.coatings
    passing = int(rows["passes"].sum())
    out.print(
        f"[bold]{passing} of {len(rows)} coatings[/bold] keep the rules {result.rules.name}; * is in the Pareto set; "
        "reactions in meV/atom"
    )
    at_voltage = [f"worst_cathode_at_{voltage:g}_V_eV_per_atom" for voltage in result.voltages_V]
    numbers = {rule.text: str(i) for i, rule in enumerate(result.rules.rules, start=1)}
    shown = Table(
        "", "coating", "window / V", "electrolyte", "cathode", *(["cathode, at V"] if at_voltage else []),
        "breaks", box=None, header_style="bold",
    )  # fmt: skip
    records: list[dict[str, Any]] = rows.head(_ROWS_SHOWN).to_dict(orient="records")  # type: ignore[assignment]
    for row in records:
        if row["reason"]:
            shown.add_row("", row["coating"], "", "", "", *([""] if at_voltage else []), row["reason"])
            continue
        upper = "..." if isnan(row["oxidation_V"]) else f"{row['oxidation_V']:.2f}"
        cells = [
            f"{row[f'worst_{side}_eV_per_atom'] * 1e3:.0f} {row[f'worst_{side}']}" if row[f"worst_{side}"] else "-"
            for side in ("electrolyte", "cathode")
        ]
        if at_voltage:
            cells.append(f"{min(row[column] for column in at_voltage) * 1e3:.0f}")
        broken = [numbers[text] for text in row["rejected_by"].split("; ") if text]
        window = f"{row['reduction_V']:.2f}-{upper}"
        shown.add_row("*" if row["pareto"] else "", row["coating"], window, *cells, " ".join(broken))
    out.print(shown)
    if len(rows) > _ROWS_SHOWN:
        out.print(f"  and {len(rows) - _ROWS_SHOWN} more; --out FILE or --json lists them")
    for text, count in result.rejections.items():
        out.print(
            f"  {numbers.get(text, '-')}  {count} of {len(rows)}: {text}" + (" broken" if text in numbers else "")
        )
    out.print(f"[dim]rules {result.rules.name}: {result.rules.description}[/dim]")
    if at_voltage:
        at = ", ".join(f"{voltage:g}" for voltage in result.voltages_V)
        out.print(f"[dim]at V: the strongest at {at} V, mutual, per atom without lithium[/dim]")
    out.print(f"[dim]convention {result.convention}; phases of {result.table}; {result.coverage}[/dim]")
    out.print(f"[dim]{result.conditions}; no rates: kinetics protects much of what reacts here[/dim]")
