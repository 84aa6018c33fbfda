"""Findings as text and files: value(uncertainty) unit, tables, JSON, a methods paragraph, figures."""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from interlayer.measure.choose import draw
from interlayer.measure.finding import Analysis, Finding
from interlayer.references import reference
from interlayer.writing import save_figure, save_table, write_whole

if TYPE_CHECKING:
    import pandas as pd


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
    """Write findings, methods and figures of an analysis into a folder, each file whole; return the paths.

    ``NAME.json``, ``NAME.csv``, ``NAME.methods.txt`` and a ``NAME.FIGURE.png`` for each figure.
    """
    written = [
        write_whole(folder / f"{name}.json", analysis.model_dump_json(indent=2) + "\n"),
        save_table(analysis.frame(), folder / f"{name}.csv"),
        write_whole(folder / f"{name}.methods.txt", f"{analysis.methods}\n{_cited(analysis)}"),
    ]
    return written + [save_figure(figure, folder / f"{name}.{title}.png") for title, figure in draw(analysis).items()]


def _cited(analysis: Analysis) -> str:
    keys = dict.fromkeys([*analysis.references, *(key for row in analysis.findings for key in row.references)])
    return "".join(f"\n{reference(key).citation}" for key in keys) + ("\n" if keys else "")


def series_frame(analyses: Mapping[str, Analysis]) -> "pd.DataFrame":
    """Return the findings of several files as one table: a row per file, a column per finding and one per sigma."""
    import pandas as pd

    rows = []
    for label, analysis in analyses.items():
        row: dict[str, object] = {"file": label}
        for finding in analysis.findings:
            heading = f"{finding.name} / {finding.unit}" if finding.unit else finding.name
            row[heading] = finding.value
            row[f"sigma of {heading}"] = finding.uncertainty
        rows.append(row)
    return pd.DataFrame(rows)
