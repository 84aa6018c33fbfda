"""Notebooks of the documentation run from top to bottom, and show what their code prints."""

import ast
import contextlib
import io
import json
import sys
import warnings
from importlib.util import find_spec
from pathlib import Path

import pytest

NOTEBOOKS = Path(__file__).parents[2] / "docs" / "notebooks"
APP = NOTEBOOKS / "licoo2_li3ps4.ipynb"
PUBLISHED_NODES = (0.667, 0.686, 0.742)  # of the Materials Project's interface app, beside the two ends


def code_cells(file):
    cells = json.loads(file.read_text(encoding="utf-8"))["cells"]
    return [cell for cell in cells if cell["cell_type"] == "code"]


def run(file):
    """Execute the code cells in order; return the names they leave and, per cell, what it prints and what it shows."""
    names, printed, shown = {}, [], []
    for number, cell in enumerate(code_cells(file), start=1):
        tree = ast.parse("".join(cell["source"]))
        last = ast.Expression(tree.body.pop().value) if isinstance(tree.body[-1], ast.Expr) else None
        with contextlib.redirect_stdout(io.StringIO()) as stream, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            exec(compile(tree, f"{file.name} cell {number}", "exec"), names)
            shown.append(eval(compile(last, f"{file.name} cell {number}", "eval"), names) if last else None)
        printed.append(stream.getvalue())
    return names, printed, shown


def stored_text(cell):
    return "".join(line for one in cell["outputs"] if one["output_type"] == "stream" for line in one["text"])


def has_figure(cell):
    return any("image/png" in one.get("data", {}) for one in cell["outputs"])


@pytest.mark.skipif(find_spec("pymatgen") is None, reason="the stored outputs have pymatgen's numbers beside ours")
def test_the_stored_outputs_are_what_the_cells_print_and_draw():
    _, printed, shown = run(APP)
    for cell, text, value in zip(code_cells(APP), printed, shown, strict=True):
        assert stored_text(cell) == text
        assert has_figure(cell) == hasattr(value, "savefig")
    assert "agree within 1e-9 eV/atom: True" in "".join(printed)


def test_the_app_example_has_its_eight_nodes_without_pymatgen_too(monkeypatch):
    for name in [name for name in sys.modules if name.split(".")[0] == "pymatgen"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "pymatgen", None)
    names, printed, _ = run(APP)
    result = names["result"]
    assert len(result.profile) == len(names["nodes"]) == 8
    assert set(PUBLISHED_NODES) <= set(names["nodes"])
    assert result.mixing_fraction == pytest.approx(0.686, abs=5e-4)
    assert result.reaction_energy_eV_per_atom == pytest.approx(-0.402, abs=5e-4)
    assert "2 LiCoO2 + Li3PS4: -616 kJ/mol" in "".join(printed)
    assert "pip install 'interlayer[peers]'" in "".join(printed)


@pytest.mark.parametrize("file", sorted(NOTEBOOKS.glob("*.ipynb")), ids=lambda file: file.name)
def test_notebooks_are_small_and_were_run_from_top_to_bottom(file):
    assert file.stat().st_size < 500_000
    notebook = json.loads(file.read_text(encoding="utf-8"))
    assert (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 5)
    assert len({cell["id"] for cell in notebook["cells"]}) == len(notebook["cells"])
    counts = [cell["execution_count"] for cell in code_cells(file)]
    assert counts == list(range(1, len(counts) + 1))


@pytest.mark.parametrize("key", ["wang2020", "wu2016", "wang2021", "tan2021", "wang2021amr"])
def test_the_notebook_of_a_paper_prints_what_is_stored(key):
    names = {}
    for cell in code_cells(NOTEBOOKS / f"{key}.ipynb"):
        source = "".join(cell["source"])
        if "figure.draw" in source:
            assert has_figure(cell)
            continue
        with contextlib.redirect_stdout(io.StringIO()) as stream:
            exec(compile(source, key, "exec"), names)
        assert stored_text(cell) == stream.getvalue()
