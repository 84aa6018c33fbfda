"""``interlayer analyse``: from an instrument's file to numbers with their uncertainty."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from interlayer.cli.output import console, print_json
from interlayer.cli.record_options import Columns, Decimal, Sign, headings_of
from interlayer.errors import InputError, shown

if TYPE_CHECKING:
    from interlayer.measure.finding import Analysis


def analyse(
    files: Annotated[
        list[Path] | None, typer.Argument(metavar="FILE...", help="Record or instrument file; several: a series.")
    ] = None,
    kind: Annotated[
        str | None,
        typer.Option(
            "--as",
            metavar="KIND",
            help="eis, gitt, cv, dqdv, cycling, symmetric, arrhenius, xps, xanes, exafs, xrd, thermal, profile.",
        ),
    ] = None,
    options: Annotated[
        list[str] | None,
        typer.Option(
            "--set", metavar="NAME=VALUE", help='Option of the analysis: area="0.785 cm2", circuit="R0-p(R1,CPE1)".'
        ),
    ] = None,
    list_options: Annotated[
        bool, typer.Option("--options", help="Say which options the analysis takes, and what it does.")
    ] = False,
    column: Columns = None,
    sign: Sign = None,
    decimal: Decimal = None,
    record_kind: Annotated[
        str | None, typer.Option("--kind", metavar="KIND", help='What the file holds, such as "diffraction pattern".')
    ] = None,
    block: Annotated[str | None, typer.Option("--block", help="Spectrum of a VAMAS file, by name or number.")] = None,
    area: Annotated[str | None, typer.Option("--area", metavar="AREA", help='Electrode area: "0.785 cm2".')] = None,
    mass: Annotated[str | None, typer.Option("--mass", metavar="MASS", help='Active mass: "8.4 mg".')] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Write JSON, CSV, figures and a methods paragraph here.")
    ] = None,
    json: Annotated[
        bool, typer.Option("--json", help="One JSON document on stdout; a list for several files.")
    ] = False,
) -> None:
    """Find what a measured or simulated record says, with uncertainty.

    The analysis follows from the columns where only one fits. Several files are analysed alike: for spectra the circuit
    that the first one chooses is fitted to all.
    """
    if list_options:
        _print_options(kind)
        return
    if not files:
        raise InputError("which FILE? give one or more, or --as KIND --options")
    from interlayer.measure.report import write_analysis

    given: dict[str, Any] = {
        "columns": headings_of(column),
        "sign": sign,
        "decimal": decimal,
        "kind": record_kind,
        "block": block,
    }
    given |= {"area": area, "mass": mass}
    results = _analysed(files, kind, options or [], given)
    paths = [] if out is None else [path for label, one in results.items() for path in write_analysis(one, out, label)]
    if out is not None and len(results) > 1:
        paths.append(_write_series(results, out))
    if json:
        _print_json(list(results.values()))
        return
    for label, result in results.items():
        _print(result, label if len(results) > 1 else "")
    terminal = console()
    for path in paths:
        terminal.print(f"wrote {path}", markup=False)


def _print_options(kind: str | None) -> None:
    import inspect

    from interlayer.measure.choose import ANALYSES, function_of
    from interlayer.measure.options import options_of

    if kind not in ANALYSES:
        raise InputError(f"--options needs --as KIND; allowed: {', '.join(ANALYSES)}")
    function = function_of(kind)
    terminal = console()
    terminal.print(inspect.cleandoc(function.__doc__ or ""), markup=False)
    terminal.print("\noptions (--set NAME=VALUE):", markup=False)
    defaults = inspect.signature(function).parameters
    for name, wanted in options_of(function).items():
        described = wanted.__name__ if isinstance(wanted, type) else str(wanted).replace("typing.", "")
        terminal.print(f"  {name}: {described}, default {defaults[name].default!r}", markup=False)


def _analysed(files: list[Path], kind: str | None, texts: list[str], given: dict[str, Any]) -> "dict[str, Analysis]":
    from interlayer.measure.choose import analyse as analysis_of
    from interlayer.measure.choose import function_of, kind_of
    from interlayer.measure.options import read_options
    from interlayer.records import read
    from interlayer.records.compressed import unpacked_name

    results: dict[str, Analysis] = {}
    circuit: dict[str, str] = {}
    for file in files:
        label = unpacked_name(file).stem
        if label in results:
            raise InputError(f"two files are called {shown(label)}; their results would overwrite each other")
        record = read(file, **given)
        chosen = kind_of(record, kind)
        result = analysis_of(record, chosen, **{**circuit, **read_options(function_of(chosen), texts)})
        if chosen == "eis":
            circuit = {"circuit": result.details["spectra"][0]["circuit"]}
        results[label] = result
    return results


def _write_series(results: "dict[str, Analysis]", out: Path) -> Path:
    from interlayer.measure.report import series_frame
    from interlayer.writing import save_table

    return save_table(series_frame(results), out / "series.csv")


def _print(result: "Analysis", label: str) -> None:
    from interlayer.measure.report import spoken

    terminal = console()
    if label:
        terminal.print(f"{label} ({result.kind})", markup=False)
    for finding in result.findings:
        note = f"  [{finding.note}]" if finding.note and finding.value is not None else ""
        terminal.print(f"{finding.name}: {spoken(finding)}{note}", markup=False)
    for line in result.warnings:
        terminal.print(f"warning: {line}", markup=False)


def _print_json(results: "list[Analysis]") -> None:
    import sys

    if len(results) == 1:
        print_json(results[0])
        return
    import json

    documents = [json.loads(result.model_dump_json()) for result in results]
    sys.stdout.write(json.dumps(documents, indent=2, allow_nan=False) + "\n")
