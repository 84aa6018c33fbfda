"""A cell of a sheet as it shows: the number format decides how many digits a number has, and what stands behind it.

Number formats: ECMA-376, part 1, section 18.8.31 (sections by ``;``, ``0`` a digit in any case, ``#`` and ``?`` where
it is needed, text in quotes, after a backslash or in brackets).
"""

import datetime
import re
from typing import Any, Final

from interlayer.errors import InputError, shown

_GENERAL_DIGITS: Final = 11
"""As many as a sheet shows of a number without a format."""
_PARTS: Final = re.compile(r'"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|\[[^\]]*\]|[_*].|(?P<plain>.)', re.DOTALL)
_DIGITS: Final = re.compile(r"[0#?][0#?,]*(?:\.(?P<decimals>[0#?]*))?(?P<power>[eE][+-]?[0#?]+)?")
_DATES: Final = (datetime.date, datetime.time, datetime.timedelta)


def as_shown(value: Any, number_format: str, place: str = "a cell") -> str:
    """Return a cell as text: 8.4 in the format ``0.00`` is ``8.40``, 0.86 in ``0.0%`` is ``86.0 %``.

    Raises InputError for a date, into which a sheet turns ``5-10``.
    """
    if value is None:
        return ""
    if isinstance(value, _DATES):
        raise InputError(
            f"{place}: {shown(str(value))} is a date or time; format the cell as text, or write 5 to 10 nm"
        )
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    digits, suffix, percent = _read(number_format or "General")
    if digits is None:
        return f"{value:.{_GENERAL_DIGITS}g}{suffix}"
    value = 100.0 * value if percent else value
    decimals = digits["decimals"] or ""
    needed = len(decimals.rstrip("#?"))
    if digits["power"]:
        return f"{value:.{len(decimals)}e}{suffix}"
    text = f"{value:.{len(decimals)}f}"
    while len(decimals) > needed and text.endswith("0"):
        text, decimals = text[:-1], decimals[:-1]
    return text.removesuffix(".") + suffix


def _read(number_format: str) -> tuple[re.Match[str] | None, str, bool]:
    """Return the digits of a format's first section, the text behind them, and whether it is in per cent."""
    plain, literal = "", []
    for part in _PARTS.finditer(number_format):
        if part["plain"] == ";":
            break
        text = part["quoted"] or part["escaped"]
        plain += "\0" if text else part["plain"] or ""
        if text:
            literal.append(text)
    if plain.strip().lower() == "general":
        return None, "", False
    digits = _DIGITS.search(plain)
    if digits is None:
        return None, "", "%" in plain
    before = plain[: digits.start()].count("\0")
    behind = "".join(literal[before:]).strip()
    percent = "%" in plain
    return digits, f" {'%' if percent else behind}".rstrip(), percent
