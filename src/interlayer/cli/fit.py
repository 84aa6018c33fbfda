"""``interlayer fit``: a cell's parameters from records of it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from interlayer.cli.output import console, print_json
from interlayer.cli.record_options import Columns, Decimal, Sign, headings_of
from interlayer.errors import InputError, shown

if TYPE_CHECKING:
    from interlayer.calibration import Fit, FittedParameter


def fit(
    cell: Annotated[str, typer.Argument(metavar="CELL", help="Cell file or the name of an example.")],
    records: Annotated[
        list[Path], typer.Argument(metavar="RECORD...", help="Time series (curves, GITT, CV, cycles) and spectra.")
    ],
    vary: Annotated[
        list[str] | None,
        typer.Option(
            "--vary",
            metavar="KEY[=LOW..HIGH UNIT]",
            help='What is fitted: cathode.diffusivity, cathode.loading="7..9 mg/cm2"; repeat. By default diffusivity '
            "and exchange current density of the cathode.",
        ),
    ] = None,
    prior: Annotated[
        list[str] | None,
        typer.Option("--prior", metavar="KEY=CENTRE +- SPREAD", help='Known beforehand; "1e-11 cm2/s x/ 2": a factor.'),
    ] = None,
    changes: Annotated[
        list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Change the cell before the fit.")
    ] = None,
    at: Annotated[
        list[str] | None,
        typer.Option("--at", metavar="RECORD=STATE", help='State of a spectrum: eis.csv="3.2 V" or eis.csv=x=0.5.'),
    ] = None,
    noise: Annotated[
        list[str] | None,
        typer.Option("--noise", metavar="RECORD=NUMBER", help="Known standard deviation: V; relative for spectra."),
    ] = None,
    starts: Annotated[int, typer.Option("--starts", min=1, max=1000, help="Starts that are followed.")] = 4,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Seed of the starts.")] = 0,
    advice: Annotated[bool, typer.Option(help="Look for an experiment that would determine what stays open.")] = True,
    materials: Annotated[
        Path | None, typer.Option("--materials", metavar="FILE", help="Your own materials (TOML).")
    ] = None,
    area: Annotated[str | None, typer.Option("--area", metavar="AREA", help="Electrode area the records lack.")] = None,
    column: Columns = None,
    sign: Sign = None,
    decimal: Decimal = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR", help="Write the fitted cell file, JSON, tables and figures here."),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")] = False,
) -> None:
    """Fit parameters of a cell to records of it, with 95 % intervals and what the records leave open.

    The cell is driven by the measured steps. What is found is written back as a cell file (--out), with intervals.
    """
    from interlayer.calibration import fit as fit_cell
    from interlayer.calibration.fitting import DEFAULTS
    from interlayer.cell import load_cell
    from interlayer.records import read

    built = load_cell(cell, materials=materials, changes=changes or [])
    named = {}
    for file in records:
        if file.name in named:
            raise InputError(f"two records are called {shown(file.name)}")
        named[file.name] = read(file, columns=headings_of(column), sign=sign, decimal=decimal, area=area)
    noises = {name: _number(name, text) for name, text in _pairs("--noise", noise).items()}
    terminal = console(stderr=True)
    result = fit_cell(
        built,
        named,
        vary=vary or DEFAULTS,
        priors=prior or [],
        at=_pairs("--at", at),
        noise=noises,
        starts=starts,
        seed=seed,
        advice=advice,
        progress=None if json else lambda text: terminal.print(text, markup=False),
    )
    if not vary and not json:
        terminal.print(f"varied by default: {', '.join(DEFAULTS)} (--vary chooses others)", markup=False)
    paths = [] if out is None else _write(result, out, cell if not changes else None)
    if json:
        print_json(result)
        return
    _print(result)
    for path in paths:
        console().print(f"wrote {path}", markup=False)


def _pairs(option: str, given: list[str] | None) -> dict[str, str]:
    found = {}
    for text in given or []:
        name, equals, value = (part.strip() for part in text.partition("="))
        if not (name and equals and value):
            raise InputError(f"{option} {shown(text)} is not RECORD=VALUE")
        found[name] = value
    return found


def _number(name: str, text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not 0.0 < value < float("inf"):
        raise InputError(f"--noise {name}={shown(text)}: a number above 0, in V or relative")
    return value


def _write(result: "Fit", out: Path, origin: str | None) -> list[Path]:
    from interlayer.calibration.fitted_file import fitted_file
    from interlayer.writing import save_figure, save_table, write_whole

    paths = [
        write_whole(out / f"{result.cell}_fitted.toml", fitted_file(result, origin)),
        write_whole(out / "fit.json", result.model_dump_json(indent=2) + "\n"),
        save_table(result.frame(), out / "parameters.csv"),
        save_table(result.curves(), out / "curves.csv"),
    ]
    return paths + [save_figure(figure, out / f"{name}.png") for name, figure in result.plot().items()]


def _print(result: "Fit") -> None:
    terminal = console()
    for parameter in result.parameters:
        terminal.print(f"{parameter.key} = {_spoken(parameter)}", markup=False)
    for record in result.records:
        size = f"{1e3 * record.rms:.3g} mV" if record.unit == "V" else f"{record.rms:.3g} {record.unit}"
        terminal.print(f"{record.label}: {record.points} points, {record.quantity} met within {size} rms", markup=False)
    for line in result.statements:
        terminal.print(f"open: {line}", markup=False)
    for line in result.warnings:
        terminal.print(f"warning: {line}", markup=False)
    terminal.print(
        f"{result.same_optimum} of {result.followed_starts} starts found this optimum; AICc {result.aicc:.1f}; "
        f"{result.evaluations} cells simulated",
        markup=False,
    )


def _spoken(parameter: "FittedParameter") -> str:
    from interlayer.calibration.fitted_file import interval

    return f"{parameter.value:.5g} {parameter.unit}".rstrip() + f"  ({interval(parameter)})"
