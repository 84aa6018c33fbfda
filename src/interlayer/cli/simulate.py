"""``interlayer simulate``: a cell put through a protocol."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from interlayer.cli.output import console, print_json

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from rich.console import RenderableType

    from interlayer.simulation import OverpotentialBudget, SimulationResult
    from interlayer.simulation.explanation import Explanation
    from interlayer.simulation.result import SpectrumResult

_MOST_CYCLES_OF_STEPS = 6
_MOST_EXPLAINED = 8
_CYCLES_SHOWN = 12


def simulate(
    cell: Annotated[str, typer.Argument(help="Cell file, or the name of an example.")],
    protocol: Annotated[
        str | None,
        typer.Option(
            metavar="FILE|SENTENCE", help="TOML file, or sentences separated by ';'; default: the cell's own."
        ),
    ] = None,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the record (.csv, .xlsx, .parquet).")] = None,
    changes: Annotated[list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Change one key.")] = None,
    materials: Annotated[Path | None, typer.Option(help="TOML file of your own materials.")] = None,
    plot: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the figure (.png, .pdf, .svg).")] = None,
    explain: Annotated[
        bool, typer.Option("--explain", help="Which term costs how many mV and mAh/g of each discharge.")
    ] = False,
    without: Annotated[
        list[str] | None, typer.Option(metavar="TERM", help="Switch a term of the model off, e.g. charge_transfer.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")] = False,
) -> None:
    """Simulate a protocol: capacity, energy and voltage of each step, and where the voltage is lost.

    For example: interlayer simulate wang2020_lnto450 --protocol "Charge at 0.1C until 4.4 V vs Li; Discharge at 1C
    until 2.5 V vs Li".
    """
    from interlayer.cell import load_cell
    from interlayer.simulation import simulate as run

    loaded = load_cell(cell, materials=materials, changes=changes or ())
    terms = without or ()
    status = console(stderr=True)
    if status.is_terminal:
        with status.status("compiling or loading the engine") as line:
            result = run(
                loaded,
                protocol=protocol,
                out=out,
                explain=explain,
                leave_out=terms,
                progress=lambda number, count, text: line.update(f"step {number} of {count}: {text}"),
            )
    else:
        result = run(loaded, protocol=protocol, out=out, explain=explain, leave_out=terms)
    if out is not None and result.spectra:
        from interlayer.writing import save_table

        save_table(result.spectra_table(), out.with_name(f"{out.stem}_spectra{out.suffix}"))
    if plot is not None:
        from interlayer.writing import save_figure

        save_figure(_figure(result), plot)
    if json:
        print_json(result)
        return
    shown = console()
    shown.print(steps_table(result) if len(result.cycles) <= _MOST_CYCLES_OF_STEPS else cycles_table(result))
    for step in result.steps:
        if step.note:
            shown.print(f"  step {step.number}: {step.note}")
    for explanation in result.explanations[:_MOST_EXPLAINED]:
        shown.print()
        for table in explanation_tables(explanation):
            shown.print(table)
    if result.budget is not None and not explain:
        shown.print()
        shown.print(budget_table(result.budget))
    for line_of_text in result.assumptions:
        shown.print(f"  assumed: {line_of_text}", style="dim", markup=False)
    for spectrum in result.spectra:
        shown.print(spectrum_line(spectrum), markup=False)
    if result.record is not None:
        shown.print(f"record: {result.record}", markup=False)


def _figure(result: "SimulationResult") -> "Figure":
    """Return the figure that fits the protocol: spectra, cycles, or voltage against capacity."""
    if result.spectra:
        return result.plot_spectra()
    return result.plot_cycles() if len(result.cycles) > _MOST_CYCLES_OF_STEPS else result.plot()


def spectrum_line(found: "SpectrumResult") -> str:
    """Return where a spectrum was taken and the resistances it shows at its ends."""
    real, imaginary = found.real_impedance_ohm, found.imaginary_impedance_ohm
    crossing = min(range(len(real)), key=lambda i: abs(imaginary[i]) / max(abs(real[i]), 1e-300))
    return (
        f"spectrum of step {found.step} at {found.voltage_V:.3f} V: {real[0]:.4g} ohm at "
        f"{found.frequency_hertz[0]:.3g} Hz, {real[crossing]:.4g} ohm where it is most real "
        f"({found.frequency_hertz[crossing]:.3g} Hz)"
    )


def steps_table(result: "SimulationResult") -> "RenderableType":
    """Return the steps as a table for the terminal."""
    from rich.table import Table

    table = Table(
        "step", "mAh/g", "Wh/kg active", "mean V", "from V", "to V", "h", "ended by", box=None, header_style="bold"
    )
    for step in result.steps:
        table.add_row(
            step.step,
            f"{step.capacity_mAh_per_g:.1f}",
            f"{step.energy_Wh_per_kg_active:.0f}",
            "-" if step.mean_voltage_V is None else f"{step.mean_voltage_V:.3f}",
            f"{step.start_voltage_V:.3f}",
            f"{step.end_voltage_V:.3f}",
            f"{step.duration_h:.2f}",
            step.ended_by,
        )
    return table


def cycles_table(result: "SimulationResult") -> "RenderableType":
    """Return the cycles as a table for the terminal: the first, the last, and some between."""
    from rich.table import Table

    table = Table(
        "cycle", "charge mAh/g", "discharge mAh/g", "CE %", "retention %", "active %", "contact %", "grown ohm cm2",
        box=None, header_style="bold",
    )  # fmt: skip
    last = len(result.cycles) - 1
    for i in sorted({round(last * part / _CYCLES_SHOWN) for part in range(_CYCLES_SHOWN + 1)} | {1}):
        one = result.cycles[i]
        table.add_row(
            str(one.cycle),
            f"{one.charge_mAh_per_g:.1f}",
            f"{one.discharge_mAh_per_g:.1f}",
            "-" if one.coulombic_efficiency is None else f"{100 * one.coulombic_efficiency:.2f}",
            "-" if one.retention is None else f"{100 * one.retention:.1f}",
            f"{100 * one.active:.1f}",
            f"{100 * one.contact:.1f}",
            f"{one.grown_resistance_ohm_cm2:.3g}",
        )
    return table


def explanation_tables(explanation: "Explanation") -> "list[RenderableType]":
    """Return the terms of an explained step in mV, and the step again without each, as tables for the terminal."""
    from rich.table import Table

    title = (
        f"{explanation.step}: {explanation.capacity_mAh_per_g:.1f} mAh/g at a mean of "
        f"{explanation.mean_voltage_V:.3f} V, {explanation.mean_equilibrium_voltage_V:.3f} V without losses"
    )
    style: dict[str, Any] = {"title_justify": "left", "title_style": "", "box": None, "header_style": "bold"}
    losses = Table("term", "part", "mean mV", title=title, **style)
    for term in explanation.terms:
        losses.add_row(term.term, term.part, f"{term.overpotential_mV:.3g}")
    again = Table("without", "mAh/g", "gain", "mean V", "shift / mV", "ends by", title="the step again", **style)
    for one in explanation.without:
        mean = "-" if one.mean_voltage_V is None else f"{one.mean_voltage_V:.3f}"
        shift = "-" if one.mean_voltage_shift_mV is None else f"{one.mean_voltage_shift_mV:+.2f}"
        gain = f"{one.capacity_gain_mAh_per_g:+.2f}"
        again.add_row(one.switch, f"{one.capacity_mAh_per_g:.1f}", gain, mean, shift, one.ended_by)
    return [losses, again]


def budget_table(budget: "OverpotentialBudget") -> "RenderableType":
    """Return the overpotentials as a table for the terminal."""
    from rich.table import Table

    title = f"voltage loss at {budget.capacity_mAh_per_g:.0f} mAh/g of: {budget.step}"
    table = Table(
        "term", "part", "mV", box=None, header_style="bold", title=title, title_justify="left", title_style=""
    )
    for term in budget.terms:
        table.add_row(term.term, term.part, f"{term.overpotential_mV:.3g}")
    return table
