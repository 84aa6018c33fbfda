"""``interlayer audit``: whether the numbers of a paper, a draft or a lab book agree with each other."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from interlayer.cli.output import console, print_json
from interlayer.errors import InputError

if TYPE_CHECKING:
    from interlayer.consistency import Audit
    from interlayer.consistency.outcome import Contradiction


def audit(
    files: Annotated[
        list[Path] | None,
        typer.Argument(metavar="FILE...", help="Reported numbers (.toml, .csv, .xlsx); several: compared."),
    ] = None,
    papers: Annotated[
        list[str] | None, typer.Option("--paper", metavar="ID", help="One of the five papers: 000 to 004.")
    ] = None,
    quantities: Annotated[bool, typer.Option("--quantities", help="List what a fact can be, and its unit.")] = False,
    rules: Annotated[bool, typer.Option("--rules", help="List the rules, what each needs and its source.")] = False,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write the findings as .csv, .xlsx, .parquet or .json.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")] = False,
) -> None:
    """Find what does not go together in reported numbers, and what is missing to check more.

    A table has a row per number under the headings of, name, value and perhaps unit, where, temperature, rate, cycle;
    in TOML each is a table called fact. Numbers are taken as rounded where they end. examples/audit has samples.
    """
    if quantities or rules:
        _print_vocabulary() if quantities else _print_rules()
        return
    if not files and not papers:
        raise InputError("which FILE, or which --paper (000 to 004)? --quantities lists what a file can hold")
    from interlayer.consistency import audit as audit_of
    from interlayer.consistency import paper_facts, read_paper

    result = audit_of([*(read_paper(file) for file in files or []), *(paper_facts(name) for name in papers or [])])
    if out is not None:
        _write(result, out)
    if json:
        print_json(result)
        return
    _print(result)
    if out is not None:
        console().print(f"wrote {out}", markup=False)


def _print(result: "Audit") -> None:
    terminal = console()
    for one in [*result.contradictions, *result.notes]:
        terminal.print(f"{one.severity} ({one.rule}; {', '.join(one.papers)}): {one.explanation}", markup=False)
        for quantity in one.quantities:
            terminal.print(f"    {quantity}", markup=False)
        terminal.print(f"    computed {one.computed}; reported {one.reported}", markup=False)
        if one.reconcile:
            terminal.print(f"    would reconcile it: {one.reconcile}", markup=False)
    for gap in result.missing:
        wanted = ", ".join(gap.missing)
        terminal.print(
            f"missing ({gap.rule}; {', '.join(gap.papers)}): {wanted} of {gap.of}: {gap.explanation}", markup=False
        )
    sure = sum(one.severity == "contradiction" for one in result.contradictions)
    terminal.print(
        f"{result.facts} facts, {result.rules} rules: {sure} contradictions, "
        f"{len(result.contradictions) - sure} doubtful, {len(result.notes)} notes, {len(result.missing)} gaps",
        markup=False,
    )


def _write(result: "Audit", path: Path) -> None:
    from interlayer.writing import save_table, write_whole

    if path.suffix.lower() == ".json":
        write_whole(path, result.model_dump_json(indent=2) + "\n")
        return
    import pandas as pd

    def row(one: "Contradiction") -> dict[str, str]:
        joined = {"papers": ", ".join(one.papers), "quantities": "; ".join(one.quantities)}
        return {**one.model_dump(exclude={"papers", "quantities"}), **joined}

    save_table(pd.DataFrame([row(one) for one in [*result.contradictions, *result.notes]]), path)


def _print_vocabulary() -> None:
    from interlayer.consistency.vocabulary import MORE_UNITS, QUANTITIES
    from interlayer.units import UNITS

    terminal = console()
    for name, quantity in QUANTITIES.items():
        units = MORE_UNITS.get(quantity.kind) or UNITS.get(quantity.kind) or {}
        known = ", ".join(unit for unit in units if unit)
        terminal.print(f"{name}: {quantity.meaning}" + (f" [{known}]" if known else ""), markup=False)


def _print_rules() -> None:
    from interlayer.consistency.rules import RULES

    terminal = console()
    for rule in RULES:
        terminal.print(f"{rule.name}: {rule.relation}  (needs {rule.needs}; {rule.source})", markup=False)
