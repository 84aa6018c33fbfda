"""Machine code on disk is fresh only while every source that went into it is unchanged."""

import subprocess
import sys

from interlayer.compiled import sources_digest
from interlayer.simulation import kernel, lanes_protocol
from interlayer.thermo import batch_kernel, simplex

_USE = "import sys; sys.path.insert(0, {folder!r}); import outer; print(outer.twice(3.0))"
_OUTER = """
from interlayer.compiled import compiled
from inner import once

@compiled()
def twice(x):
    return once(once(x))
"""
_INNER = """
from interlayer.compiled import compiled

@compiled()
def once(x):
    return x {change}
"""


def test_a_change_in_a_called_file_is_seen(tmp_path):
    (tmp_path / "outer.py").write_text(_OUTER, encoding="utf-8")
    answers = []
    for change in ("+ 1.0", "+ 1.0", "* 10.0"):
        (tmp_path / "inner.py").write_text(_INNER.format(change=change), encoding="utf-8")
        done = subprocess.run(
            [sys.executable, "-c", _USE.format(folder=str(tmp_path))], capture_output=True, text=True, check=True
        )
        answers.append(float(done.stdout))
    assert answers == [5.0, 5.0, 300.0]


def test_only_kernels_and_their_constants_count(tmp_path):
    def digest():
        sources_digest.cache_clear()
        return sources_digest(tmp_path)

    (tmp_path / "kernel.py").write_text("@compiled()\ndef f(): ...", encoding="utf-8")
    first = digest()
    (tmp_path / "result.py").write_text("x = 1", encoding="utf-8")
    assert digest() == first
    (tmp_path / "layout.py").write_text("COLUMN = 3", encoding="utf-8")
    assert digest() != first


def test_the_engines_carry_the_digest():
    for function in (kernel.run_step, lanes_protocol.run_rows, batch_kernel.solve_groups, simplex.simplex):
        assert len(function._cache._cache_file._source_stamp) == 2
