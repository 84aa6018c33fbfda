"""Voltages against Li/Li+ as users write them: one, a list, or a range."""

import math
from collections.abc import Sequence
from typing import Final

from interlayer.errors import InputError, shown

VOLTAGE_RANGE: Final = (-1.0, 10.0)
"""V against Li/Li+ that is accepted."""
MOST_VOLTAGES: Final = 2001


def checked_voltage(voltage: float, *, lowest: float = VOLTAGE_RANGE[0]) -> float:
    """Return a voltage in V against Li/Li+; raises InputError for what is not a number from `lowest` to 10."""
    highest = VOLTAGE_RANGE[1]
    try:
        number = float(voltage)
    except (TypeError, ValueError):
        number = math.nan
    if not lowest <= number <= highest:
        raise InputError(
            f"the voltage {shown(voltage)} must be a number from {lowest:g} to {highest:g} V against Li/Li+"
        )
    return number


def read_voltages(text: str | float | Sequence[float], *, lowest: float = VOLTAGE_RANGE[0]) -> list[float]:
    """Return voltages in V from a number, a sequence, or text: ``"4.3"``, ``"2.5, 4.3"`` or a range ``"2.5:4.3:0.1"``.

    A range is start:stop:step, both ends included where the step meets them. Raises InputError for anything else, and
    for more than `MOST_VOLTAGES`.
    """
    if not isinstance(text, str):
        given = [text] if isinstance(text, int | float) else list(text)
    elif ":" in text:
        given = _range(text)
    else:
        given = [_number(part, text) for part in text.replace(";", ",").split(",") if part.strip()]
    if isinstance(text, str) and not given:
        raise InputError(f"no voltage in {shown(text)}; write 4.3, 2.5,4.3 or 2.5:4.3:0.1")
    if len(given) > MOST_VOLTAGES:
        raise InputError(f"more than {MOST_VOLTAGES} voltages are asked for in {shown(text)}")
    return [checked_voltage(one, lowest=lowest) for one in given]


def _range(text: str) -> list[float]:
    parts = [_number(part, text) for part in text.split(":")]
    if len(parts) != 3 or not all(map(math.isfinite, parts)) or parts[2] <= 0.0 or parts[1] < parts[0]:
        raise InputError(f"the range of voltages {shown(text)} must be start:stop:step, such as 2.5:4.3:0.1")
    start, stop, step = parts
    count = int(min((stop - start) / step + 1e-9, MOST_VOLTAGES)) + 1
    return [round(start + i * step, 9) for i in range(count)]


def _number(part: str, text: str) -> float:
    try:
        return float(part.strip().removesuffix("V"))
    except ValueError:
        raise InputError(
            f"{shown(part.strip())} in the voltages {shown(text)} is not a number; write 4.3, 2.5,4.3 or 2.5:4.3:0.1"
        ) from None
