"""The report as one HTML file that needs no network: text, tables and figures."""

from collections.abc import Iterable, Sequence
from html import escape
from typing import TYPE_CHECKING

from interlayer._version import __version__
from interlayer.report import interactive

if TYPE_CHECKING:
    from interlayer.report.design import DesignReport
    from interlayer.thermo import Reaction

_STYLE = """
:root { color-scheme: light; --ink: #1a1a1a; --soft: #5c5c5c; --line: #d9d9d9; --accent: #0072B2; }
* { box-sizing: border-box; }
body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); margin: 0 auto; max-width: 60rem; padding: 1.5rem; }
h1 { font-size: 1.6rem; margin: 0; } h2 { font-size: 1.2rem; margin: 2.5rem 0 .5rem; }
p.lead { color: var(--soft); margin: .3rem 0 1.2rem; }
.answers { display: grid; grid-template-columns: repeat(auto-fit, minmax(13rem, 1fr)); gap: 1rem; }
.answers div { border: 1px solid var(--line); border-top: 4px solid var(--accent); padding: .7rem .9rem; }
.answers h3 { font-size: .85rem; color: var(--soft); font-weight: 600; margin: 0 0 .3rem; }
.answers p { margin: 0; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .88rem; margin: .6rem 0; }
th, td { text-align: left; padding: .3rem .6rem; border-bottom: 1px solid var(--line); vertical-align: top; }
th { color: var(--soft); font-weight: 600; } td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; }
.stable { color: #00674b; } .mild { color: #8a5a00; } .reactive { color: #a63d00; }
.notes, footer { color: var(--soft); font-size: .88rem; } li { margin: .2rem 0; }
@media print { body { max-width: none; } h2 { break-after: avoid; } }
"""


COMPARISON_NOTE = (
    "The simulation knows the resistances of the cell file and diffusion, but no loss of contact, no particles that "
    "are cut off and no ageing: where it delivers more than was measured, such terms have to carry the factor."
)


def page(report: "DesignReport") -> str:
    """Return the report as a complete HTML document with the plotting library inside."""
    from plotly.offline import get_plotlyjs

    body = "".join(
        (
            _head(report),
            _stability(report),
            _resistance(report),
            _cell(report),
            _stack(report),
            _list("What was assumed", report.assumptions, "Nothing: every value of the cell file is stated."),
            _list("References", report.references, "None."),
            f"<footer><p>Computed by Interlayer {escape(__version__)} from {escape(report.origin)}.</p></footer>",
        )
    )
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(report.title or report.name)}</title><style>{_STYLE}</style>"
        f"<script>{get_plotlyjs()}</script></head><body>{body}</body></html>\n"
    )


def _head(report: "DesignReport") -> str:
    answers = "".join(
        f"<div><h3>{escape(question)}</h3><p>{escape(answer)}</p></div>" for question, answer in report.answers.items()
    )
    return (
        f'<h1>{escape(report.title or report.name)}</h1><p class="lead">{escape(report.name)}, '
        f'{report.temperature_K - 273.15:.0f} °C</p><div class="answers">{answers}</div>'
    )


def _stability(report: "DesignReport") -> str:
    stability = report.stability
    rows = []
    for contact in stability.contacts:
        reaction, charged = contact.reaction, contact.charged_reaction
        rows.append(
            [
                escape(f"{contact.a} | {contact.b}") + (" <em>(what if)</em>" if contact.what_if else ""),
                escape(contact.place),
                f'<span class="{contact.verdict.split()[0]}">{contact.verdict}</span>',
                _number(reaction.reaction_energy_eV_per_atom * 1000 if reaction else None, ".0f"),
                _number(charged.reaction_energy_eV_per_atom * 1000 if charged else None, ".0f"),
                escape(reaction.reaction if reaction else contact.reason) + (_doubt(reaction) or _doubt(charged)),
            ]
        )
    windows = [
        [
            escape(layer.material),
            escape(layer.place),
            _number(layer.window.reduction_V if layer.window else None, ".2f"),
            _number(layer.window.oxidation_V if layer.window else None, ".2f"),
            f"{layer.lowest_potential_V:.2f} to {layer.highest_potential_V:.2f}",
            escape(layer.statement),
        ]
        for layer in stability.windows
    ]
    charged_header = f"at {stability.charged_potential_V:.2f} V, meV/atom*"
    return (
        f"<h2>Is each interface stable?</h2><p>{escape(stability.statement)}</p>"
        + _table(["contact", "where", "verdict", "meV/atom", charged_header, "reaction"], rows, {3, 4})
        + interactive.as_html(interactive.reaction_figure(stability))
        + _table(["layer", "where", "reduction / V", "oxidation / V", "it meets / V", ""], windows, {2, 3})
        + interactive.as_html(interactive.window_figure(stability))
        + f'<p class="notes">Thermodynamics at 0 K without entropy; slow reactions widen the window that is measured. '
        f"{escape(stability.thresholds)}. *Mutual energy with lithium open, per atom that is not lithium.</p>"
    )


def _doubt(reaction: "Reaction | None") -> str:
    """Return a warning where the phase table was not chosen for a reaction's elements."""
    if reaction is None or not reaction.coverage.startswith("not checked"):
        return ""
    return f' <em class="notes">({escape(reaction.coverage)})</em>'


def _resistance(report: "DesignReport") -> str:
    budget = report.resistance
    rows = [
        [
            escape(term.name),
            escape(term.part),
            _number(term.area_specific_resistance_ohm_cm2, ".3g"),
            _number(term.resistance_ohm, ".3g"),
            escape(term.how),
            escape("; ".join(text for text in (term.inputs, term.note) if text)),
        ]
        for term in budget.terms
    ]
    statement = f"<p>{escape(budget.interface.statement)}</p>" if budget.interface is not None else ""
    return (
        f"<h2>How resistive is each layer?</h2>{statement}"
        + _table(["term", "part", "Ω cm²", "Ω", "how", "from"], rows, {2, 3})
        + interactive.as_html(interactive.resistance_figure(budget))
    )


def _cell(report: "DesignReport") -> str:
    simulation = report.cell
    rows = [
        [
            escape(step.step),
            _number(step.capacity_mAh_per_g, ".1f"),
            _number(step.mean_voltage_V, ".3f"),
            _number(step.energy_Wh_per_kg_active, ".0f"),
            escape(step.ended_by),
        ]
        for step in simulation.steps
    ]
    compared = [
        [
            escape(row.quantity),
            escape(row.rate or ""),
            _number(row.reported, ".4g"),
            _number(row.ours, ".4g"),
            escape(row.unit),
            _number(row.factor, ".2f"),
            escape(row.source),
        ]
        for row in report.comparison
    ]
    table = (
        "<p>Beside what the source reports:</p>"
        + _table(["quantity", "rate", "reported", "simulated", "unit", "factor", "source"], compared, {2, 3, 5})
        + f'<p class="notes">{escape(COMPARISON_NOTE)}</p>'
        if compared
        else ""
    )
    lines = [(f"{row.quantity}, {row.rate}", row.reported) for row in report.comparison if row.unit == "mAh/g"]
    return (
        "<h2>What does the cell deliver?</h2>"
        + _table(["step", "mAh/g", "mean V", "Wh/kg active", "ended by"], rows, {1, 2, 3})
        + interactive.as_html(interactive.voltage_figure(simulation, lines))
        + table
    )


def _stack(report: "DesignReport") -> str:
    result = report.stack
    rows = [
        [
            escape(layer.name),
            escape(layer.role),
            _number(layer.thickness_um, ".4g"),
            _number(layer.areal_mass_mg_per_cm2, ".4g"),
            _number(layer.mass_share * 100, ".1f"),
            _number(layer.thickness_share * 100, ".1f"),
        ]
        for layer in result.layers
    ]
    return (
        f"<h2>What does the stack weigh?</h2><p>{result.specific_energy_Wh_per_kg:.4g} Wh/kg and "
        f"{result.energy_density_Wh_per_L:.4g} Wh/L from {result.areal_capacity_mAh_per_cm2:.3g} mAh/cm² at "
        f"{result.average_voltage_V:.3f} V ({escape(result.capacity_source)}).</p>"
        + _table(["layer", "role", "µm", "mg/cm²", "mass / %", "thickness / %"], rows, {2, 3, 4, 5})
        + interactive.as_html(interactive.stack_figure(result))
    )


def _number(value: float | None, spec: str) -> str:
    return "–" if value is None else format(value, spec).replace("-", "−")


def _table(header: Sequence[str], rows: Iterable[Sequence[str]], numbers: set[int]) -> str:
    """Return a table of cells that are HTML already; the columns in `numbers` are aligned right."""
    head = "".join(f"<th{' class=n' if i in numbers else ''}>{escape(text)}</th>" for i, text in enumerate(header))
    lines = []
    for row in rows:
        cells = (f"<td{' class=n' if i in numbers else ''}>{cell}</td>" for i, cell in enumerate(row))
        lines.append(f"<tr>{''.join(cells)}</tr>")
    return f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{"".join(lines)}</tbody></table></div>'


def _list(title: str, items: Sequence[str], empty: str) -> str:
    inside = "".join(f"<li>{escape(item)}</li>" for item in items) or f"<li>{escape(empty)}</li>"
    return f'<h2>{escape(title)}</h2><ul class="notes">{inside}</ul>'
