"""The columns of a record: names and labels of the Battery Data Format, and two of our own.

Format: Battery Data Alliance, Battery Data Format ontology 1.2.0 (2026),
https://w3id.org/battery-data-alliance/ontology/battery-data-format. A text file has the labels as its header.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Column:
    """A column: machine-readable `name`, `label` with its unit, what it holds, and whether the format defines it."""

    name: str
    label: str
    meaning: str
    whole_numbers: bool = False
    required: bool = False
    standard: bool = True


COLUMNS: Final = (
    Column("test_time_second", "Test Time / s", "time since the start of the test", required=True),
    Column("voltage_volt", "Voltage / V", "voltage of the cell", required=True),
    Column("current_ampere", "Current / A", "current, positive where it charges the cell", required=True),
    Column("cycle_count", "Cycle Count / 1", "number of the cycle, from 1", whole_numbers=True),
    Column("step_count", "Step Count / 1", "number of the step, from 1, never falling", whole_numbers=True),
    Column("step_time_second", "Step Time / s", "time since the start of the step"),
    Column("step_cumulative_capacity_ah", "Step Cumulative Capacity / Ah", "charge passed since the step's start"),
    Column(
        "step_cumulative_energy_wh",
        "Step Cumulative Energy / Wh",
        "energy passed since the step's start, counted in the direction of the current",
    ),
    Column(
        "positive_stoichiometry",
        "Positive Electrode Stoichiometry / 1",
        "mean filling of the positive electrode's lithium sites",
        standard=False,
    ),
    Column(
        "negative_stoichiometry",
        "Negative Electrode Stoichiometry / 1",
        "mean filling of the negative electrode's lithium sites, where it has any",
        standard=False,
    ),
)
"""What our records hold, in the order of a file. Other columns of a file that is read are kept under their label."""

BY_NAME: Final = {column.name: column for column in COLUMNS}
BY_LABEL: Final = {column.label: column for column in COLUMNS}

RENAMED: Final = {
    "Step Capacity / Ah": "step_cumulative_capacity_ah",
    "Step Energy / Wh": "step_cumulative_energy_wh",
    "step_capacity_ah": "step_cumulative_capacity_ah",
    "step_energy_wh": "step_cumulative_energy_wh",
}
"""Names that version 1.1.0 of the format retired; files still carry them."""


def name_of(heading: str) -> str:
    """Return the column name for a file's heading: a label, a name, or the heading itself where it is not ours."""
    heading = heading.strip()
    if heading in RENAMED:
        return RENAMED[heading]
    return BY_LABEL[heading].name if heading in BY_LABEL else heading


def label_of(name: str) -> str:
    """Return the heading under which a column is written."""
    return BY_NAME[name].label if name in BY_NAME else name
