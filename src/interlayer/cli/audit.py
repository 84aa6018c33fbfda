"""``interlayer audit``: whether the numbers of a paper, a draft or a lab book agree with each other."""

import sys
from json import dumps as json_text
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from interlayer.cli.output import console, print_json
from interlayer.errors import InputError, shown

if TYPE_CHECKING:
    from interlayer.consistency import Audit
    from interlayer.consistency.outcome import Contradiction


_ENDINGS: Final = (".csv", ".xlsx", ".parquet", ".json")
_COLUMNS: Final = ("rule", "severity", "papers", "explanation", "quantities", "computed", "reported", "reconcile")


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
        if files or papers or out or (quantities and rules):
            raise InputError("--quantities and --rules stand alone")
        rows = _vocabulary() if quantities else _rules()
        if json:
            sys.stdout.write(json_text(rows, indent=2, ensure_ascii=False) + "\n")
            return
        line = "{name}: {meaning} {units}" if quantities else "{rule}: {relation}  (needs {needs}; {source})"
        for row in rows:
            console().print(line.format(**row).rstrip(), markup=False)
        return
    if not files and not papers:
        raise InputError("which FILE, or which --paper (000 to 004)? --quantities lists what a file can hold")
    from interlayer.consistency import audit as audit_of
    from interlayer.consistency import paper_facts

    if out is not None:
        _check_out(out, files or [])
    result = audit_of([*map(str, files or []), *(paper_facts(name) for name in papers or [])])
    if out is not None:
        _write(result, out)
    if json:
        print_json(result)
        return
    _print(result)
    if out is not None:
        console().print(f"wrote {out}", markup=False)


def _check_out(out: Path, files: list[Path]) -> None:
    if out.suffix.lower() not in _ENDINGS:
        raise InputError(f"--out {shown(out.name)}: allowed endings: {', '.join(_ENDINGS)}")
    if any(out.resolve() == file.resolve() for file in files):
        raise InputError(f"--out {shown(out.name)} is the file of facts itself; choose another name")


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

    rows = [_row(one) for one in [*result.contradictions, *result.notes]]
    for gap in result.missing:
        lacks = f"{', '.join(gap.missing)} of {gap.of}"
        rows.append(
            dict.fromkeys(_COLUMNS, "")
            | {"rule": gap.rule, "papers": ", ".join(gap.papers), "severity": "missing", "quantities": lacks}
            | {"explanation": gap.explanation}
        )
    save_table(pd.DataFrame(rows, columns=list(_COLUMNS)), path)


def _row(one: "Contradiction") -> dict[str, str]:
    joined = {"papers": ", ".join(one.papers), "quantities": "; ".join(one.quantities)}
    return {**one.model_dump(exclude={"papers", "quantities"}), **joined}


def _vocabulary() -> list[dict[str, str]]:
    from interlayer.consistency.vocabulary import MORE_UNITS, QUANTITIES
    from interlayer.units import UNITS

    def units(kind: str) -> str:
        known = [unit for unit in MORE_UNITS.get(kind) or UNITS.get(kind) or {} if unit]
        return f"[{', '.join(known)}]" if known else ""

    return [
        {"name": name, "meaning": quantity.meaning, "units": units(quantity.kind)}
        for name, quantity in QUANTITIES.items()
    ]


def _rules() -> list[dict[str, str]]:
    from interlayer.consistency.rules import RULES

    return [
        {"rule": rule.name, "relation": rule.relation, "needs": rule.needs, "source": rule.source} for rule in RULES
    ]
