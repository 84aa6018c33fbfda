"""The cell engine against PyBaMM's IDAKLU in one process: same equations, same grids, equal errors.

    python bench/cell.py [--json] [--quick] [--only PART ...]

Each part is a module with a function `measure` that returns its figures. Speeds are CPU time of one core, both sides
interleaved in one process; compilation and model building are excluded and printed.
"""

import argparse
import json
import sys
from importlib import import_module
from importlib.util import find_spec
from typing import Any

PARTS: dict[str, dict[str, int]] = {
    "cell_sweep": {"designs": 100},
    "cell_cc": {"cells": 24},
    "cell_eis": {},
    "cell_gitt": {"pulses": 2},
    "cell_ageing": {"cycles": 3},
}
"""Modules, and what makes a smoke test of each. The sweep comes first: PyBaMM's memory would hide ours."""


def say(*words: object) -> None:
    """Print progress where it does not disturb --json."""
    print(*words, file=sys.stderr, flush=True)


def lines(result: dict[str, Any], indent: str = "") -> list[str]:
    found = []
    for key, value in result.items():
        if isinstance(value, dict):
            found += [f"{indent}{key}", *lines(value, indent + "  ")]
        else:
            found.append(f"{indent}{key}: {f'{value:.4g}' if isinstance(value, float) else value}")
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="one JSON document on stdout")
    parser.add_argument("--quick", action="store_true", help="a smoke test")
    parser.add_argument("--only", nargs="+", choices=sorted(PARTS), help="some parts")
    options = parser.parse_args()
    result: dict[str, Any] = {}
    for name, quick in PARTS.items():
        if (options.only is None or name in options.only) and find_spec(name) is not None:
            say(f"{name} ...")
            result |= import_module(name).measure(**(quick if options.quick else {}))
    print(json.dumps(result, indent=2) if options.json else "\n".join(lines(result)))


if __name__ == "__main__":
    main()
