"""What the README shows is what the code prints."""

import contextlib
import io
import re
import runpy
from pathlib import Path

import pytest

README = Path(__file__).parents[2] / "README.md"


@pytest.fixture(scope="module")
def text():
    return README.read_text(encoding="utf-8")


def test_the_ten_lines_print_what_is_shown(text):
    code, shown = re.search(r"```python\n(.*?)```\s*```text\n(.*?)```", text, re.DOTALL).groups()
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(code, "README.md", "exec"), {})
    assert printed.getvalue() == shown


def test_it_is_short_and_its_links_exist(text):
    assert len(text.splitlines()) <= 120
    for target in re.findall(r"\]\(([^)#:]+)\)", text):
        assert (README.parent / target).exists(), target


def test_the_verbs_it_names_exist(text):
    from interlayer.cli import _VERBS

    for verb in re.findall(r"`interlayer (\w+)", text):
        assert verb in _VERBS


def test_the_picture_is_made_by_the_code(tmp_path):
    script = runpy.run_path(str(README.parent / "docs" / "overview.py"))
    figure = script["overview"]()
    assert len(figure.axes) == 4
    assert all(axes.get_title() for axes in figure.axes)


def test_the_table_of_the_papers_is_what_the_code_gives(text):
    from interlayer.literature import papers
    from interlayer.literature.summary import markdown

    shown = re.search(r"<!-- interlayer papers --summary -->\n(.*?)\n<!-- end -->", text, re.DOTALL)[1]
    assert shown == markdown(papers())
