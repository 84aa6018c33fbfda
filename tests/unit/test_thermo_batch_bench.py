"""The benchmark runs from end to end, and both sides agree on what it asks."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("pymatgen.analysis.interface_reactions")


def test_quick_benchmark_prints_one_document():
    script = Path(__file__).parents[2] / "bench" / "thermo.py"
    done = subprocess.run(
        [sys.executable, str(script), "--json", "--quick"], capture_output=True, text=True, check=True, timeout=120
    )
    result = json.loads(done.stdout)
    assert result["max_abs_diff_eV_per_atom"] < 1e-6
    assert result["max_abs_diff_open_eV_per_atom"] < 1e-5
    assert result["mixed_screening_ratio"] > 100
    assert result["screen_100k_peak_MB"] < 2000
    assert "compositions" in done.stderr or "agreement" in done.stderr
