"""The benchmark of circuit fits runs, and finds what it says it finds."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

BENCH = Path(__file__).parents[2] / "bench" / "eis.py"


def test_the_benchmark_runs_on_a_few_spectra():
    pytest.importorskip("impedance")
    done = subprocess.run(
        [sys.executable, str(BENCH), "--quick", "--json"], capture_output=True, text=True, check=True, cwd=BENCH.parent
    )
    found = json.loads(done.stdout)
    assert {"fits_per_second_ratio", "success_rate", "peer_success_rate", "coverage_1_sigma"} <= set(found)
    assert len(found["circuits"]) >= 5
    assert found["success_rate"] > 0.9
    assert 0.5 < found["coverage_1_sigma"] < 0.85
