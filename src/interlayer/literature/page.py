"""One HTML page of one paper or all: the table of claims with a filter, and the figures; needs no network."""

import base64
import io
from collections.abc import Iterable, Mapping
from html import escape
from typing import TYPE_CHECKING, Final

from interlayer._version import __version__
from interlayer.literature.computation import Computed
from interlayer.literature.study import PAPERS, PaperFigure, Table, paper
from interlayer.literature.summary import deviation, of_paper, shortened, spoken

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_STYLE: Final = """
:root { color-scheme: light; --ink: #1a1a1a; --soft: #5c5c5c; --line: #d9d9d9; --accent: #0072B2; }
* { box-sizing: border-box; }
body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); margin: 0 auto; max-width: 72rem; padding: 1.5rem; }
h1 { font-size: 1.6rem; margin: 0 0 .4rem; } h2 { font-size: 1.2rem; margin: 2.4rem 0 .4rem; }
p.lead, footer, figcaption { color: var(--soft); font-size: .9rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .86rem; margin: .6rem 0; }
th, td { text-align: left; padding: .3rem .55rem; border-bottom: 1px solid var(--line); vertical-align: top; }
th { color: var(--soft); font-weight: 600; position: sticky; top: 0; background: #fff; }
td.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
td.v { white-space: nowrap; font-weight: 600; } td.reason { color: var(--soft); min-width: 22rem; }
.agrees { color: #00674b; } .differs { color: #a63d00; } .inconsistent { color: #7b3294; }
.cannot_be_derived { color: var(--soft); font-weight: 400 !important; }
.filter label { margin-right: 1.1rem; white-space: nowrap; }
figure { margin: 1.2rem 0; } figure img { max-width: 100%; }
"""
_SCRIPT: Final = """
document.querySelectorAll('.filter input').forEach(box => box.addEventListener('change', () => {
  const wanted = new Set([...document.querySelectorAll('.filter input:checked')].map(one => one.value));
  document.querySelectorAll('tr[data-verdict]').forEach(row => { row.hidden = !wanted.has(row.dataset.verdict); });
}));
"""
_VERDICTS: Final[Mapping[str, str]] = {
    "agrees": "agrees",
    "differs": "differs",
    "inconsistent": "inconsistent in the paper",
    "cannot_be_derived": "cannot be derived",
}


def page(table: Table, figures: "Mapping[str, list[tuple[PaperFigure, Figure]]]") -> str:
    """Return a complete HTML document: for each paper of the table its claims and its figures, by paper number."""
    sections = [_section(number, of_paper(table, number), figures.get(number, [])) for number in PAPERS]
    boxes = "".join(
        f'<label><input type="checkbox" value="{name}" checked> <span class="{name}">{words}</span></label>'
        for name, words in _VERDICTS.items()
    )
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>What the papers say, and what we compute</title><style>{_STYLE}</style></head><body>"
        "<h1>What the papers say, and what we compute</h1>"
        '<p class="lead">Each claim beside a computed value, how it was obtained, and the verdict. A factor is '
        f'ours over theirs.</p><p class="filter">{boxes}</p>{"".join(sections)}'
        f"<footer><p>Computed by Interlayer {escape(__version__)}.</p></footer>"
        f"<script>{_SCRIPT}</script></body></html>\n"
    )


def _section(number: str, table: Table, figures: "Iterable[tuple[PaperFigure, Figure]]") -> str:
    if not table.rows:
        return ""
    one = paper(number)
    counts = table.counts()
    told = ", ".join(f"{counts[name]} {words}" for name, words in _VERDICTS.items())  # type: ignore[index]
    cells = ", ".join(f"<code>{escape(name)}</code>" for name in one.cells)
    protocols = "".join(f"<li>{escape(name)}: {escape(shortened(text))}</li>" for name, text in one.protocols.items())
    shown = "".join(_figure(about, figure) for about, figure in figures)
    return (
        f"<h2>{escape(one.reference.citation)}</h2>"
        f'<p class="lead">{len(table.rows)} claims, {len(table.checkable)} of them checkable: {told}. '
        f"Cells: {cells}.</p>"
        f"<details><summary>Protocols</summary><ul>{protocols}</ul></details>"
        '<div class="wide"><table><tr><th>claim</th><th>what</th><th>paper</th><th>ours</th><th>unit</th><th>how</th>'
        f"<th>off</th><th>verdict</th><th>why</th></tr>{''.join(_row(row) for row in table.rows)}</table></div>{shown}"
    )


def _row(row: Computed) -> str:
    what = f"{row.quantity} of {row.system}" + (f"; {row.conditions}" if row.conditions else "")
    paper_value = row.paper_value if isinstance(row.paper_value, str) else spoken(row.paper_value)
    off = deviation(row) if row.verdict != "agrees" or row.factor != 1.0 else ""
    return (
        f'<tr data-verdict="{row.verdict}"><td>{row.claim}</td><td>{escape(what)}</td>'
        f'<td class="n">{escape(paper_value)}</td><td class="n">{escape(spoken(row.our_value))}</td>'
        f'<td>{escape(row.unit)}</td><td>{row.how}</td><td class="n">{escape(off)}</td>'
        f'<td class="v {row.verdict}">{_VERDICTS[row.verdict]}</td><td class="reason">{escape(row.reason)}</td></tr>'
    )


def _figure(about: PaperFigure, figure: "Figure") -> str:
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=110)
    data = base64.b64encode(buffer.getvalue()).decode("ascii")
    return (
        f'<figure><img alt="{escape(about.name)}" src="data:image/png;base64,{data}">'
        f"<figcaption>{escape(about.name)}: {escape(about.caption)}</figcaption></figure>"
    )
