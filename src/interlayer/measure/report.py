"""Findings as text and files: value(uncertainty) unit, one table, one JSON document, one methods paragraph."""

import math
from pathlib import Path

from interlayer.measure.finding import Analysis, Finding
from interlayer.writing import save_table, write_whole


def spoken(finding: Finding) -> str:
    """Return a finding the field's way: ``12.34(56) ohm``, the digits in brackets being one standard deviation.

    The uncertainty has two digits. Without one, the value has four and the reason follows.
    """
    value, sigma = finding.value, finding.uncertainty
    unit = f" {finding.unit}" if finding.unit else ""
    if value is None:
        return f"no answer: {finding.note or finding.uncertainty_reason}"
    if sigma is None:
        return f"{value:.4g}{unit} (no uncertainty: {finding.uncertainty_reason})"
    if not (math.isfinite(value) and math.isfinite(sigma)) or sigma <= 0.0:
        return f"{value:.6g} ± {sigma:.2g}{unit}"
    power = math.floor(math.log10(max(abs(value), sigma)))
    last = int(f"{sigma:.1e}".split("e")[1]) - 1  # the place of the second digit of the uncertainty
    shift = power if not -3 <= power <= 4 or last > 0 else 0
    places = max(shift - last, 0)
    digits = round(sigma / 10.0**last)
    exponent = f"e{shift}" if shift else ""
    number = f"{value / 10.0**shift:.{places}f}({digits}){exponent}"
    return f"{number}{unit}"


def write_analysis(analysis: Analysis, folder: Path, name: str) -> list[Path]:
    """Write ``NAME.json``, ``NAME.csv`` and ``NAME.methods.txt`` into a folder, each whole; return the paths."""
    return [
        write_whole(folder / f"{name}.json", analysis.model_dump_json(indent=2) + "\n"),
        save_table(analysis.frame(), folder / f"{name}.csv"),
        write_whole(folder / f"{name}.methods.txt", analysis.methods + "\n"),
    ]
