"""The claims of the five papers, numbered: what is printed, with its unit, its conditions and where it stands."""

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Final, Literal

from interlayer.errors import InputError, closest, shown

Kind = Literal["measured-input", "qualitative", "derivable", "model-output", "analysis-output", "thermo", "atomistic"]
CHECKABLE: Final = ("derivable", "model-output", "analysis-output", "thermo", "atomistic")
"""Kinds of claims that get a verdict; the others are what the authors put in, and words."""

_NUMBER: Final = re.compile(r"(?:(?<![\w.)])-)?(?<![A-Za-z\d.])\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
_RANGE: Final = re.compile(r"^~?\(?(\d[\d.]*)-(\d[\d.]*)\)?((?:e[+-]?\d+)?)$")


@dataclass(frozen=True)
class Claim:
    """One numbered claim of a paper; `value` is text as printed, `note` what the project knows about it."""

    id: str
    paper: str
    system: str
    quantity: str
    value: str
    unit: str
    conditions: str
    where: str
    kind: Kind
    note: str

    @property
    def checkable(self) -> bool:
        """Whether a verdict is owed."""
        return self.kind in CHECKABLE

    @property
    def numbers(self) -> tuple[float, ...]:
        """The numbers in the value, in order: both ends of a range, each of a list."""
        return tuple(float(text) for text in self.printed)

    @property
    def printed(self) -> tuple[str, ...]:
        """The numbers as printed, so that the last digit is known."""
        text = self.value.replace(" to ", "-").replace(" ", "")
        match = _RANGE.match(text)
        if match:  # (2-3)e-4
            return match[1] + match[3], match[2] + match[3]
        return tuple(_NUMBER.findall(self.value))

    @property
    def is_range(self) -> bool:
        """Whether the value is one range, such as 5-10."""
        return _RANGE.match(self.value.replace(" to ", "-").replace(" ", "")) is not None

    @property
    def number(self) -> float:
        """The only number in the value; InputError where there is none or several."""
        if len(self.numbers) != 1:
            raise InputError(f"{self.id} has {len(self.numbers)} numbers: {shown(self.value)}")
        return self.numbers[0]

    @property
    def about(self) -> bool:
        """Whether the paper calls the number approximate."""
        return self.value.startswith("~") or "approx" in f"{self.unit} {self.conditions}"

    @property
    def bound(self) -> str:
        """``<``, ``<=``, ``>`` or ``>=`` where the value is a bound, else empty."""
        match = re.match(r"[<>]=?", self.value)
        return match[0] if match else ""


@cache
def _all() -> Mapping[str, Claim]:
    text = (resources.files("interlayer.literature") / "claims.csv").read_text(encoding="utf-8")
    return {row["id"]: Claim(**row) for row in csv.DictReader(text.splitlines())}  # type: ignore[arg-type]


def claims(paper: str | None = None) -> tuple[Claim, ...]:
    """Return all claims, or those of one paper (``000`` to ``004``), in order."""
    return tuple(claim for claim in _all().values() if paper in (None, claim.paper))


def claim(name: str) -> Claim:
    """Return the claim of that number (``S0-31``); InputError names the closest."""
    known = _all()
    if name not in known:
        raise InputError(f"no claim {shown(name)}{closest(name, known)}")
    return known[name]
