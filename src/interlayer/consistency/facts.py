"""What a paper reports, as facts: a quantity of something, as printed, with the conditions and the place."""

import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import Field, ValidationError

from interlayer.consistency.fact_table import ENDINGS as TABLE_ENDINGS
from interlayer.consistency.fact_table import MOST_FACTS, read_fact_table
from interlayer.consistency.interval import Interval, printed
from interlayer.consistency.vocabulary import (
    ABOVE_ZERO,
    LARGEST_FRACTION,
    MORE_UNITS,
    QUANTITIES,
    SIGNED,
    SWELLING,
)
from interlayer.errors import InputError, closest, shown
from interlayer.quantity import StrictModel
from interlayer.reading import read_toml
from interlayer.units import UNITS, normalised, to_si
from interlayer.validation import one_line

_PER: Final = re.compile(r"[\s·.]*([a-zA-Z]+)\^?[-−⁻]([123¹²³])")
_DIGITS: Final = str.maketrans("¹²³⁻−", "123--")
_PLURALS: Final = {"days": "day", "hours": "h", "minutes": "min", "seconds": "s", "d": "day"}
_RATE: Final = re.compile(
    r"^(?P<number>\d+(?:[.,]\d+)?)?\s*[cC]\s*(?:/\s*(?P<over>\d+(?:\.\d+)?))?$|^(?P<plain>\d+(?:[.,]\d+)?)$"
)
_HOTTEST: Final = 5000.0
"""K."""
_SLOWEST: Final = 50
_SAME_RATE: Final = 0.015
"""0.33C and C/3 are one rate."""
_WORDS: Final = ("text", "formula", "pair")


_Short = Annotated[str, Field(max_length=200)]


class _FactFile(StrictModel):
    of: _Short
    name: _Short
    value: _Short
    where: _Short = ""
    temperature: _Short | None = None
    rate: _Short | None = None
    cycle: int | None = Field(default=None, ge=0, le=10**7)
    part: _Short | None = None
    to: _Short | None = None
    digits: int | None = Field(default=None, ge=1, le=12)
    note: str = ""


class _PaperFile(StrictModel):
    id: str
    title: str = ""
    reference: str = ""
    fact: list[_FactFile] = Field(default_factory=list, max_length=MOST_FACTS)


@dataclass(frozen=True)
class Fact:
    """One reported number or word.

    `interval` is in SI, None for words and where the unit does not fit, which `unit_problem` then says; `bound` is
    ``<`` or ``>`` where the paper gives one. `temperature` is in K.
    """

    paper: str
    of: str
    name: str
    text: str
    where: str
    interval: Interval | None
    bound: str
    unit_problem: str
    temperature: float | None
    rate: float | None
    cycle: int | None
    part: str
    to: str

    @property
    def value(self) -> Interval:
        """The interval of a fact that has one."""
        if self.interval is None:
            raise ValueError(f"{self.name} of {self.of} has no number")
        return self.interval

    @property
    def spoken(self) -> str:
        """``ionic conductivity of LNTO-450: 38.7 uS/cm (2.1)``."""
        conditions = [f"{self.rate:.3g}C"] if self.rate is not None else []
        conditions += [f"cycle {self.cycle}"] if self.cycle is not None else []
        conditions += [f"{self.temperature - 273.15:.0f} degC"] if self.temperature is not None else []
        conditions += [self.where] if self.where else []
        part = f" {self.part}" if self.part else ""
        return f"{self.name.replace('_', ' ')}{part} of {self.of}: {self.text}" + (
            f" ({', '.join(conditions)})" if conditions else ""
        )


class Facts:
    """All facts of some papers, found by name, subject and condition."""

    def __init__(self, facts: Iterable[Fact]) -> None:
        """Keep the facts in order; subjects that differ in case and blanks only are one, as first written."""
        self._spelling: dict[str, str] = {}

        def first(of: str) -> str:
            plain = " ".join(of.split())
            return self._spelling.setdefault(plain.casefold(), plain)

        self._facts = tuple(replace(fact, of=first(fact.of), to=first(fact.to)) for fact in facts)
        self._by_name: dict[str, list[tuple[int, Fact]]] = {}
        self._by_subject: dict[tuple[str, str], list[Fact]] = {}
        for place, fact in enumerate(self._facts):
            self._by_name.setdefault(fact.name, []).append((place, fact))
            self._by_subject.setdefault((fact.name, fact.of), []).append(fact)

    def __iter__(self) -> Iterator[Fact]:
        return iter(self._facts)

    def __len__(self) -> int:
        return len(self._facts)

    @property
    def papers(self) -> list[str]:
        """The papers, in order."""
        return list(dict.fromkeys(fact.paper for fact in self._facts))

    def of_paper(self, paper: str) -> "Facts":
        """Return the facts of one paper."""
        return Facts(fact for fact in self._facts if fact.paper == paper)

    def named(self, *names: str) -> list[Fact]:
        """Return the facts of these quantities that have a number."""
        found = [row for name in dict.fromkeys(names) for row in self._by_name.get(name, ())]
        return [fact for _, fact in sorted(found, key=lambda row: row[0]) if fact.interval is not None]

    def words(self, name: str) -> list[Fact]:
        """Return the facts of a quantity that is a word, a formula or a pair."""
        return [fact for _, fact in self._by_name.get(name, ())]

    def get(self, name: str, of: str, **conditions: Any) -> list[Fact]:
        """Return the numbers of a quantity of a subject under conditions; a condition that is None is not asked for."""
        return [
            fact
            for fact in self._by_subject.get((name, self._spelling.get(" ".join(of.split()).casefold(), of)), ())
            if fact.interval is not None
            and all(value is None or getattr(fact, key) == value for key, value in conditions.items())
        ]

    def subjects(self) -> list[str]:
        """Return what the facts are of, in order."""
        return list(dict.fromkeys(fact.of for fact in self._facts))

    def nearest(self, name: str, of: str) -> list[Fact]:
        """Return the numbers of a quantity of a subject, or of the whole (``cell``) where the subject has none."""
        return self.get(name, of) or self.get(name, "cell")


def read_paper(path: str | Path) -> Facts:
    """Return the facts of a file; InputError with one line for what is wrong in it.

    A TOML file has ``id``, perhaps ``title`` and ``reference``, and ``[[fact]]`` tables with ``of``, ``name``,
    ``value`` and perhaps ``where``, ``temperature``, ``rate``, ``cycle``, ``part``, ``to``, ``digits``. A spreadsheet
    or CSV has these as headings (`read_fact_table`).
    """
    path = Path(path)
    ending = path.suffix.lower()
    if ending in TABLE_ENDINGS:
        return _from_table(path)
    if ending != ".toml":
        raise InputError(
            f"{shown(path.name)} is no file of facts; allowed endings: {', '.join(('.toml', *TABLE_ENDINGS))}"
        )
    contents = read_toml(path, "paper file")
    try:
        paper = _PaperFile.model_validate(contents)
    except ValidationError as error:
        raise one_line(error, path.name) from None
    return Facts(
        _placed(paper.id, row, f"{path.name}, fact {number}") for number, row in enumerate(paper.fact, start=1)
    )


def _from_table(path: Path) -> Facts:
    facts = []
    for paper, rows in read_fact_table(path).items():
        for place, row in rows:
            try:
                checked = _FactFile.model_validate(row)
            except ValidationError as error:
                raise one_line(error, place) from None
            facts.append(_placed(paper, checked, place))
    return Facts(facts)


def _placed(paper: str, row: _FactFile, place: str) -> Fact:
    """Return a fact; what is wrong in it is said with its place in the file."""
    try:
        return _fact(paper, row)
    except InputError as error:
        raise InputError(f"{place} ({row.name} of {shown(row.of)}): {error}") from None


def _fact(paper: str, row: _FactFile) -> Fact:
    if row.name not in QUANTITIES:
        raise InputError(
            f"no quantity {shown(row.name)}{closest(row.name, QUANTITIES)}; interlayer audit --quantities lists them"
        )
    quantity = QUANTITIES[row.name]
    interval, bound, problem = None, "", ""
    if quantity.kind not in _WORDS:
        interval, unit, bound = printed(row.value, digits=row.digits, whole=quantity.count)
        _check_sign(row.value, interval, quantity.kind)
        if quantity.kind == "fraction" and not unit:
            _check_fraction(row.value, interval, SWELLING if row.name == "volume_change" else LARGEST_FRACTION)
        try:
            interval = _in_si(interval, unit, quantity.kind)
        except InputError as error:
            interval, problem = None, str(error)
    return Fact(
        paper=paper,
        of=row.of,
        name=row.name,
        text=row.value,
        where=row.where,
        interval=interval,
        bound=bound,
        unit_problem=problem,
        temperature=None if row.temperature is None else _temperature(row.temperature),
        rate=None if row.rate is None else _rate(row.rate),
        cycle=row.cycle,
        part=row.part or "",
        to=row.to or "",
    )


def _check_sign(text: str, interval: Interval, kind: str) -> None:
    if kind not in SIGNED and interval.middle < 0.0:
        raise InputError(f"{shown(text)}: a {kind.replace('_', ' ')} is not below zero")
    if kind in ABOVE_ZERO and interval.high > 0.0 and interval.middle == 0.0:
        raise InputError(f"{shown(text)}: a {kind.replace('_', ' ')} is above zero")


def _check_fraction(text: str, interval: Interval, most: float) -> None:
    if interval.low > most:
        raise InputError(f"{shown(text)} without a unit is {100.0 * interval.middle:.4g} %; write '{text.strip()} %'")


def _temperature(text: str) -> float:
    interval, unit, _ = printed(text)
    kelvin = to_si(interval.middle, unit, "temperature")
    if not 0.0 < kelvin < _HOTTEST:
        raise InputError(f"the temperature {shown(text)} is not between 0 and {_HOTTEST:.0f} K")
    return kelvin


def _rate(text: str) -> float:
    """Return the rate of ``0.1C``, ``0,1C`` and ``C/10``; one near the inverse of a whole number is that."""
    match = _RATE.match(text.strip())
    if match is None:
        raise InputError(f"the rate {shown(text)} is none; write e.g. 0.1C or C/10")
    number = float((match["number"] or match["plain"] or "1").replace(",", "."))
    rate = number / float(match["over"] or "1") if float(match["over"] or "1") > 0.0 else 0.0
    if not 0.0 < rate < 1e6:
        raise InputError(f"the rate {shown(text)} is none; write e.g. 0.1C or C/10")
    hours = round(1.0 / rate)
    return 1.0 / hours if 2 <= hours <= _SLOWEST and abs(rate * hours - 1.0) < _SAME_RATE else rate


def _plain(unit: str) -> str:
    """Return ``mA cm-2`` as ``mA/cm2``, and other spellings as `UNITS` has them."""
    plain = _PER.sub(lambda found: f"/{found[1]}{found[2] if found[2] != '1' else ''}", unit.translate(_DIGITS))
    return normalised(_PLURALS.get(plain, plain))


def _in_si(interval: Interval, unit: str, kind: str) -> Interval:
    plain = _plain(unit)
    if kind in MORE_UNITS:
        factors = MORE_UNITS[kind]
        if plain not in factors:
            allowed = ", ".join(factors) + closest(plain, factors)
            raise InputError(f"{shown(unit)} is no unit of {kind.replace('_', ' ')}; allowed: {allowed}")
        return interval * factors[plain]
    if not unit and "" not in UNITS[kind]:
        raise InputError(f"it has no unit; a {kind.replace('_', ' ')} is in {', '.join(UNITS[kind])}")
    return interval.mapped(lambda value: to_si(value, plain, kind) if math.isfinite(value) else value)
