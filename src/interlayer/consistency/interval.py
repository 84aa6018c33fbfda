"""A number as it was printed: what it may have been before it was rounded."""

import math
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from interlayer.errors import InputError, shown

_NUMBER: Final = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_TEXT: Final = re.compile(
    rf"^\s*(?P<about>~|about |ca\. )?(?P<bound>[<>]=?)?\s*(?P<low>{_NUMBER})"
    rf"(?:\((?P<last>\d{{1,3}})\)|\s*\+-\s*(?P<sigma>{_NUMBER})|\s*(?:-|–|to)\s*(?P<high>{_NUMBER}))?"
    r"\s*(?P<unit>[^\d\s,;:.].*)?$"
)
_COMMA: Final = re.compile(r"(?<![\d.,])(\d+),(\d+)(?![\d.,])")
_THOUSANDS: Final = re.compile(r"(?<![\d.,])\d{1,3}(?:,\d{3})*,\d{3}(?:,\d{3}|\.\d+)(?![\d,])")
_POWER: Final = re.compile(r"(?<=[\d)])\s*[×x]\s*10\s*\^?\s*([+-]?\d+)")
_SPELLINGS: Final = {"−": "-", "±": "+-", "+/-": "+-", "≈": "~", "≤": "<=", "≥": ">="}
_LONGEST: Final = 200
_LARGEST: Final = 1e100
"""No quantity is larger, nor smaller than its inverse; products of a few stay numbers."""
_ABOUT: Final = 0.2
_ROUNDING: Final = 1e-12


@dataclass(frozen=True)
class Interval:
    """All values between `low` and `high`; arithmetic keeps whatever the operands may have been."""

    low: float
    high: float

    @property
    def middle(self) -> float:
        """The value in the middle; of positive values with a wide range the geometric one, of a bound the bound."""
        if math.isinf(self.high) or math.isinf(self.low):
            return self.low if math.isinf(self.high) else self.high
        if self.low > 0.0 and self.high / self.low > 2.0:
            return math.sqrt(self.low * self.high)
        return 0.5 * (self.low + self.high)

    def __add__(self, other: "Interval | float") -> "Interval":
        o = exact(other)
        return Interval(self.low + o.low, self.high + o.high)

    def __sub__(self, other: "Interval | float") -> "Interval":
        o = exact(other)
        return Interval(self.low - o.high, self.high - o.low)

    def __mul__(self, other: "Interval | float") -> "Interval":
        o = exact(other)
        # nothing times anything, however large, is nothing
        ends = [a * b if a and b else 0.0 for a in (self.low, self.high) for b in (o.low, o.high)]
        return Interval(min(ends), max(ends))

    def __truediv__(self, other: "Interval | float") -> "Interval":
        o = exact(other)
        if o.low == 0.0 < o.high and self.low >= 0.0:
            return Interval(self.low / o.high if math.isfinite(self.low) else 0.0, math.inf)
        if o.low <= 0.0 <= o.high:
            return Interval(-math.inf, math.inf)
        return self * Interval(1.0 / o.high, 1.0 / o.low)

    def mapped(self, function: Callable[[float], float]) -> "Interval":
        """Return the interval under a monotone function."""
        ends = function(self.low), function(self.high)
        return Interval(min(ends), max(ends))

    def meets(self, other: "Interval", slack: float = 0.0) -> bool:
        """Whether both may be one number, each end moved outwards by the fraction `slack` of its size.

        What arithmetic itself rounds is never told apart.
        """
        share = max(slack, _ROUNDING)

        def wider(end: float, sign: float) -> float:
            return end + sign * share * abs(end) if math.isfinite(end) else end

        return wider(self.low, -1.0) <= wider(other.high, 1.0) and wider(other.low, -1.0) <= wider(self.high, 1.0)

    def factor(self, other: "Interval") -> float:
        """Return the ratio of the middles, at least 1; infinite where one is zero or the signs differ."""
        a, b = self.middle, other.middle
        return max(a / b, b / a) if a * b > 0.0 else math.inf


def exact(value: "Interval | float") -> Interval:
    """Return an interval of one value."""
    return value if isinstance(value, Interval) else Interval(float(value), float(value))


def printed(text: str, *, digits: int | None = None, whole: bool = False) -> tuple[Interval, str, str]:
    """Return what a printed number may have been, its unit, and ``<`` or ``>`` where it is a bound.

    Half a unit of the last printed digit is its rounding; zeros at the end of a whole number are no digits unless
    `digits` says how many count or the number is a count (`whole`). ``5-10`` is a range, ``1.2+-0.1`` and ``1.2(1)``
    two standard deviations either way, ``~`` a fifth; ``<5`` is anything from 0 to 5, ``>5`` anything above. Raises
    InputError for what is none of these.
    """
    if len(text) > _LONGEST:
        raise InputError(f"{shown(text)} has {len(text)} characters; that is no number with a unit")
    match = _TEXT.match(_spelt(text))
    if match is None:
        raise InputError(
            f"{shown(text)} is not a number with a unit; write e.g. '38.7 uS/cm', '5-10 nm', '~20 um', '<0.1 V'"
        )
    unit, bound = (match["unit"] or "").strip(), (match["bound"] or "")[:1]
    low = float(match["low"])
    numbers = [abs(float(match[part])) for part in ("low", "high", "sigma") if match[part]]
    if any(number > _LARGEST or 0.0 < number < 1.0 / _LARGEST for number in numbers):
        raise InputError(f"{shown(text)} is beyond what a number can be")
    if match["high"] is not None:
        high = float(match["high"])
        if high < low:
            raise InputError(f"{shown(text)}: a range goes from the smaller to the larger number")
        return _bounded(Interval(low, high), bound), unit, bound
    # a bound is chosen, not rounded
    half = 0.0 if whole or bound else _half_digit(match["low"], digits)
    if match["sigma"] is not None:
        half = 2.0 * float(match["sigma"])
    elif match["last"] is not None:
        half = 2.0 * float(match["last"]) * _last_place(match["low"])
    if match["about"]:
        half = max(half, _ABOUT * abs(low))
    return _bounded(Interval(low - half, low + half), bound), unit, bound


def _bounded(own: Interval, bound: str) -> Interval:
    """Return what a bound leaves: nothing negative unless the bound itself is."""
    if bound == "<":
        return Interval(0.0 if own.high > 0.0 else -math.inf, own.high)
    return Interval(own.low, math.inf) if bound == ">" else own


def _spelt(text: str) -> str:
    """Return a text with plain signs, ``e-4`` for a power of ten, and points for decimal commas."""
    plain = unicodedata.normalize("NFKC", text)
    for spelling, sign in _SPELLINGS.items():
        plain = plain.replace(spelling, sign)
    return _with_point(_POWER.sub(r"e\1", plain))


def _with_point(text: str) -> str:
    """Return a text with points for decimal commas; InputError where a comma may as well part thousands."""
    text = _THOUSANDS.sub(lambda found: found[0].replace(",", ""), text)
    for comma in _COMMA.finditer(text):
        if len(comma[2]) == 3 and comma[1].lstrip("0"):
            plain = comma[0].replace(",", ".")
            raise InputError(f"{shown(text)}: {comma[0]} may be {plain} or {plain.replace('.', '')}; write one of them")
    return _COMMA.sub(r"\1.\2", text)


def _last_place(text: str) -> float:
    """Return one unit of the last printed digit."""
    mantissa, _, exponent = text.lower().lstrip("+-").partition("e")
    return 10.0 ** (min(int(exponent or 0), 300) - len(mantissa.partition(".")[2]))


def _half_digit(text: str, digits: int | None) -> float:
    mantissa, _, exponent = text.lower().lstrip("+-").partition("e")
    power = int(exponent or 0)
    whole, point, fraction = mantissa.partition(".")
    if digits is not None:
        value = abs(float(text))
        return 0.5 * 10.0 ** (math.floor(math.log10(value)) + 1 - digits) if value > 0.0 else 0.0
    if point:
        return 0.5 * 10.0 ** (power - len(fraction))
    zeros = len(whole) - len(whole.rstrip("0"))
    return 0.5 * 10.0 ** (power + (zeros if zeros < len(whole) else 0))
