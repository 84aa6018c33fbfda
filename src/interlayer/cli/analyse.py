"""``interlayer analyse``: from an instrument's file to numbers with their uncertainty."""

from pathlib import Path
from typing import Annotated

import typer

from interlayer.cli.output import console, print_json
from interlayer.errors import InputError, shown


def analyse(
    file: Annotated[Path, typer.Argument(help="Record or instrument file.")],
    kind: Annotated[
        str | None,
        typer.Option("--as", metavar="KIND", help="cycling; eis, gitt and cv are read but not analysed yet."),
    ] = None,
    column: Annotated[
        list[str] | None, typer.Option("--column", metavar="NAME=HEADING", help="Which heading is a column.")
    ] = None,
    sign: Annotated[
        str | None, typer.Option("--sign", help="A positive number means: Im, -Im, charge or discharge.")
    ] = None,
    decimal: Annotated[str | None, typer.Option("--decimal", help="Decimal mark of the text: . or ,")] = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="DIR", help="Write JSON, CSV and methods here.")] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")] = False,
) -> None:
    """Find what a measured or simulated record says, with uncertainty."""
    from interlayer.measure.choose import analyse as analysis_of
    from interlayer.measure.report import spoken, write_analysis
    from interlayer.records import read

    result = analysis_of(read(file, columns=_columns(column), sign=sign, decimal=decimal), kind)
    paths = write_analysis(result, out, file.stem) if out is not None else []
    if json:
        print_json(result)
        return
    terminal = console()
    for finding in result.findings:
        terminal.print(f"{finding.name}: {spoken(finding)}", markup=False)
    for line in result.warnings:
        terminal.print(f"warning: {line}", markup=False)
    for path in paths:
        terminal.print(f"wrote {path}", markup=False)


def _columns(given: list[str] | None) -> dict[str, str] | None:
    if not given:
        return None
    pairs = [pair.partition("=") for pair in given]
    for name, equals, heading in pairs:
        if not (name and equals and heading):
            raise InputError(f"--column {shown(name)} is not NAME=HEADING")
    return {name: heading for name, _, heading in pairs}
