"""The benchmark of the cell engine runs from end to end; both sides solve the same equations."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("pybamm")


def test_quick_benchmark_prints_one_document():
    script = Path(__file__).parents[2] / "bench" / "cell.py"
    done = subprocess.run(
        [sys.executable, str(script), "--json", "--quick", "--only", "cell_sweep", "cell_cc", "cell_gitt"],
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    result = json.loads(done.stdout)
    assert result["cc_ratio_cpu"] > 10
    assert result["cc_p99_error_mV"]["ours"] <= min(0.5, result["cc_p99_error_mV"]["pybamm"])
    assert result["sweep_10000_s"] < 60
    assert result["sweep"]["unsolved"] == 0
    assert result["random_valid_cells"]["not_finite_without_reason"] == 0
    assert result["gitt_ratio_cpu"] > 5
    assert "cell_cc" in done.stderr
