"""Write the rendered notebooks of the five papers: docs/notebooks/<paper>.ipynb, run from top to bottom.

    python docs/papers.py [PAPER ...]

A notebook says what the paper does, loads its cells, computes its claims, shows what does not agree and draws every
figure that can be recomputed; of the papers whose cells predict each other it shows the predictions.
"""

import ast
import base64
import contextlib
import io
import json
import sys
import warnings
from pathlib import Path

NOTEBOOKS = Path(__file__).parent / "notebooks"
DOTS_PER_INCH = 62

# what each paper does, in our words, and what to read off its notebook
STORIES = {
    "wang2020": """A coating of LiNb0.5Ta0.5O3 on NMC532, annealed at 350, 450 or 550 °C, conducts lithium at 13.2, 38.7
or 2.43 µS/cm as a pellet; cells with LGPS perform in that order. The paper reads the conductivity as the cause. But
the film's own resistance is some 1e-5 of what is measured, and a law fitted to two coatings misses the third threefold:
see [what the conductivity of a coating can and cannot explain](../coating_conductivity.md).""",
    "wu2016": """A review of solid electrolytes with one calculation of its own: how thin a separator and how thick a
cathode have to be before a solid-state cell beats a lithium-ion cell. Section 3 can be recomputed number by number once
two unstated inputs are found (the capacity of graphite, and how porosity enters the thickness).""",
    "wang2021": """The same cathode, bare and coated, taken apart after cycling: what of the damage is chemistry (oxygen
that ends in sulfite, sulfate and phosphate), what is voltage (sulfide that is oxidised whatever the coating), and how
the surface of NMC532 turns to rock salt.""",
    "tan2021": """Thin-film cells with sputtered LLTO and four ways to meet the cathode: nothing, a graded layer, SiO2,
LiPON. Rates up to 30C and one cell through 1000 cycles. Electrode area, film and buffer thicknesses are not stated, so
much can only be bounded; several statements contradict each other.""",
    "wang2021amr": """An account of interface work: critical conductivity of a coating, sulfur and selenium cathodes,
lithium protected by layers, and what a practical cell needs. Theory values follow from formulas, rates from the cells
of the library.""",
}

SETUP = """import matplotlib.pyplot as plt  # lets a notebook draw figures

from interlayer.literature import Basis, paper, papers
from interlayer.literature.summary import line

basis = Basis()  # keeps simulations, so that table and figures share them
study = paper("{key}")
print(study.reference.citation)
for name in study.cells:
    print(name)"""
COUNTS = """table = papers("{key}", basis=basis)
print(f"{{len(table.rows)}} claims, {{len(table.checkable)}} of them checkable")
for verdict, count in sorted(table.counts().items()):
    print(f"{{verdict.replace('_', ' '):18}}{{count:4}}")"""
MISSES = """for row in table.checkable:
    if row.verdict == "differs":
        print(line(row))
        print("   ", row.reason)"""
CONTRADICTIONS = """for row in table.rows:
    if row.verdict == "inconsistent":
        print(line(row))
        print("   ", row.reason)"""
PREDICTIONS = """from interlayer.literature.transfer import transfer

found = transfer("{number}", basis=basis)
for one in found.predictions:
    interval = f"{{one.low_95:.4g}} to {{one.high_95:.4g}}"
    place = "inside" if one.inside else "outside"
    print(f"{{one.quantity}} of {{one.of}}: {{one.value:.4g}} {{one.unit}} ({{interval}})")
    print(f"    paper {{one.reported:g}}, {{place}}; {{one.route}}")
print(found.statement)"""
FIGURE = """figure = study.figures[{index}]
print(figure.caption)
figure.draw(basis)"""


def cells_of(key):
    """Return the cells of a paper's notebook as (kind, source)."""
    from interlayer.literature import paper
    from interlayer.literature.study import PAPERS

    study = paper(key)
    number = next(number for number, name in PAPERS.items() if name == key)
    yield "markdown", f"# {study.reference.short}\n\n{STORIES[key]}"
    yield "code", SETUP.format(key=key)
    yield "markdown", "## Every claim beside ours\n\nHow a verdict is reached is told in [papers](../papers.md)."
    yield "code", COUNTS.format(key=key)
    yield "markdown", "## What differs, with its factor, ours over theirs"
    yield "code", MISSES
    yield "markdown", "## Where the paper contradicts itself, or another"
    yield "code", CONTRADICTIONS
    if number in ("000", "002", "003", "004"):
        yield "markdown", "## Fitted to some cells, predicting the others"
        yield "code", PREDICTIONS.format(number=number)
    yield "markdown", "## Figures\n\nLines are computed; markers are what the paper states."
    for index in range(len(study.figures)):
        yield "code", FIGURE.format(index=index)


def run(key):
    """Run the cells and return the notebook."""
    names, cells, count = {}, [], 0
    for number, (kind, source) in enumerate(cells_of(key)):
        cell = {
            "cell_type": kind,
            "id": f"cell-{number:02}",
            "metadata": {},
            "source": source.splitlines(keepends=True),
        }
        if kind == "code":
            count += 1
            cell |= {"execution_count": count, "outputs": outputs_of(source, names)}
        cells.append(cell)
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return {
        "cells": cells,
        "metadata": {"kernelspec": kernel, "language_info": {"name": "python", "version": "3.11"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def outputs_of(source, names):
    """Run one cell in `names` and return its outputs: what it prints, and the figure it ends with."""
    tree = ast.parse(source)
    last = ast.Expression(tree.body.pop().value) if isinstance(tree.body[-1], ast.Expr) else None
    with contextlib.redirect_stdout(io.StringIO()) as stream, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        exec(compile(tree, "cell", "exec"), names)
        shown = eval(compile(last, "cell", "eval"), names) if last else None
    outputs = []
    if stream.getvalue():
        text = stream.getvalue().splitlines(keepends=True)
        outputs.append({"name": "stdout", "output_type": "stream", "text": text})
    if hasattr(shown, "savefig"):
        buffer = io.BytesIO()
        shown.savefig(buffer, format="png", dpi=DOTS_PER_INCH, metadata={"Software": None})
        data = {"image/png": base64.b64encode(buffer.getvalue()).decode("ascii"), "text/plain": ["<Figure>"]}
        outputs.append({"data": data, "execution_count": None, "metadata": {}, "output_type": "execute_result"})
    return outputs


def main(wanted):
    """Write the notebooks of the papers named, or of all."""
    for key in wanted or STORIES:
        notebook = run(key)
        for cell in notebook["cells"]:
            for output in cell.get("outputs", ()):
                if output["output_type"] == "execute_result":
                    output["execution_count"] = cell["execution_count"]
        path = NOTEBOOKS / f"{key}.ipynb"
        path.write_text(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        print(f"wrote {path.name}, {path.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main(sys.argv[1:])
