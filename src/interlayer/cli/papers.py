"""``interlayer papers``: what the five papers say, beside what is computed."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from interlayer.cli.output import console, print_json
from interlayer.errors import InputError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from interlayer.literature import Basis, Table
    from interlayer.literature.study import PaperFigure


_DIFFERING: Final = ("differs", "inconsistent")


def papers(
    paper: Annotated[
        str | None, typer.Argument(metavar="[ID]", help="000 to 004, or a key such as wang2020; all five without.")
    ] = None,
    differing: Annotated[bool, typer.Option("--differing", help="Print only what does not agree.")] = False,
    summary: Annotated[bool, typer.Option("--summary", help="Print a Markdown table of verdicts and misses.")] = False,
    predict: Annotated[
        bool, typer.Option("--predict", help="Fit on some cells, predict the others, with intervals (000, 002 to 004).")
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR", help="Write the table (JSON, CSV, XLSX), the page and the figures here."),
    ] = None,
    html: Annotated[bool, typer.Option("--html", help="One HTML page with figures on stdout.")] = False,
    json: Annotated[bool, typer.Option("--json", help="One JSON list of claims on stdout.")] = False,
) -> None:
    """Put every claim of the papers beside a computed value: how it was obtained, how far off, and the verdict.

    A factor is ours over theirs. Claims are those of the five papers whose cells are the examples.
    """
    from interlayer.literature import Basis
    from interlayer.literature import papers as compute

    asked = [name for name, wanted in (("--json", json), ("--html", html), ("--summary", summary)) if wanted]
    if len(asked) > 1:
        raise InputError(f"{' or '.join(asked)}, not both: each is the only thing on stdout")
    if predict and (html or summary or differing):
        raise InputError("--predict goes with --json and --out only")
    if differing and (html or summary):
        raise InputError("--differing goes with the list or --json; a page and a summary show every verdict")
    if predict:
        _predict(paper, out, json)
        return
    basis = Basis()
    quiet = json or html or not sys.stderr.isatty()
    table = compute(paper, basis=basis, progress=None if quiet else _progress)
    paths = [] if out is None else _write(table, basis, out)
    if json:
        print_json(type(table)([row for row in table.rows if row.verdict in _DIFFERING]) if differing else table)
    elif html:
        from interlayer.literature.page import page

        sys.stdout.write(page(table, _figures(table, basis)))
    elif summary:
        from interlayer.literature.summary import markdown

        sys.stdout.write(markdown(table) + "\n")
    else:
        _print(table, paper, differing)
    terminal = console(stderr=json or html)
    for path in paths:
        terminal.print(f"wrote {path}", markup=False)


def _predict(name: str | None, out: Path | None, json: bool) -> None:
    from interlayer.literature import paper as paper_of
    from interlayer.literature.transfer import frame, transfer
    from interlayer.writing import save_table

    found = transfer(None if name is None else paper_of(name).id)
    if not found.predictions:
        raise InputError(f"{name} holds nothing to train on and predict; 000, 002, 003 and 004 do")
    path = None if out is None else save_table(frame(found.predictions), out / "predictions.csv")
    if json:
        print_json(found)
        return
    terminal = console()
    for one in found.predictions:
        off = f", x {one.factor:.2g}" if one.factor is not None else ""
        terminal.print(
            f"{one.claim}  {one.quantity} of {one.of} from {one.trained_on}: {one.value:.4g} {one.unit} "
            f"({one.low_95:.4g} to {one.high_95:.4g}); paper {one.reported:g}: "
            f"{'inside' if one.inside else 'outside'}{off}\n    {one.route}" + (f"; {one.note}" if one.note else ""),
            markup=False,
        )
    for law in found.laws:
        criteria = [f"{one:.1f}" if one is not None else "-" for one in (law.aicc_measurement, law.aicc_cells)]
        factors = ", ".join("-" if one is None else f"{one:.2f}" for one in law.factors)
        terminal.print(
            f"R = {law.law} ({law.physics}): LNTO-550 {law.predicted_550_ohm:.0f} ohm, x {law.factor_550:.2f}; each of "
            f"the three from the others x {factors}; AICc {criteria[0]}, with the scatter between cells {criteria[1]}",
            markup=False,
        )
    if found.statement:
        terminal.print(found.statement, markup=False)
    if path is not None:
        terminal.print(f"wrote {path}", markup=False)


def _progress(done: int, total: int) -> None:
    sys.stderr.write(f"\r{done}/{total} claims" + ("\n" if done == total else ""))
    sys.stderr.flush()


def _print(table: "Table", name: str | None, differing: bool) -> None:
    from interlayer.literature.study import PAPERS
    from interlayer.literature.study import paper as paper_of
    from interlayer.literature.summary import line, of_paper, shortened

    terminal = console()
    for number in PAPERS:
        own = of_paper(table, number)
        if not own.rows:
            continue
        one = paper_of(number)
        terminal.print(f"{number}  {one.reference.citation}", markup=False)
        terminal.print(f"cells: {', '.join(one.cells)}", markup=False)
        for title, sentences in one.protocols.items() if name is not None else ():
            terminal.print(f"protocol, {title}: {shortened(sentences)}", markup=False)
        for row in own.rows:
            if not differing or row.verdict in _DIFFERING:
                terminal.print(f"{line(row)}\n    {row.reason}", markup=False)
        counts = own.counts()
        terminal.print(
            f"{len(own.rows)} claims, {len(own.checkable)} checkable: {counts['agrees']} agree, "
            f"{counts['differs']} differ, {counts['inconsistent']} inconsistent in the paper, "
            f"{counts['cannot_be_derived']} cannot be derived\n",
            markup=False,
        )


def _figures(table: "Table", basis: "Basis") -> "dict[str, list[tuple[PaperFigure, Figure]]]":
    from interlayer.literature.study import PAPERS
    from interlayer.literature.study import paper as paper_of
    from interlayer.literature.summary import of_paper

    wanted = [number for number in PAPERS if of_paper(table, number).rows]
    return {number: [(one, one.draw(basis)) for one in paper_of(number).figures] for number in wanted}


def _write(table: "Table", basis: "Basis", out: Path) -> list[Path]:
    from interlayer.literature.page import page
    from interlayer.literature.study import PAPERS
    from interlayer.writing import save_figure, save_table, write_whole

    figures = _figures(table, basis)
    frame = table.frame()
    paths = [
        write_whole(out / "papers.json", table.model_dump_json(indent=2) + "\n"),
        save_table(frame, out / "papers.csv"),
        save_table(frame, out / "papers.xlsx"),
        write_whole(out / "papers.html", page(table, figures)),
    ]
    return paths + [
        save_figure(figure, out / f"{PAPERS[number]}_{one.name}.png")
        for number, drawn in figures.items()
        for one, figure in drawn
    ]
