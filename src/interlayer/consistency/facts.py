"""What a paper reports, as facts: a quantity of something, as printed, with the conditions and the place."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pydantic import Field, ValidationError

from interlayer.consistency.fact_table import ENDINGS as TABLE_ENDINGS
from interlayer.consistency.fact_table import read_fact_table
from interlayer.consistency.interval import Interval, printed
from interlayer.consistency.vocabulary import MORE_UNITS, QUANTITIES
from interlayer.errors import InputError, closest, shown
from interlayer.quantity import StrictModel
from interlayer.reading import read_toml
from interlayer.units import UNITS, to_si
from interlayer.validation import one_line

_PER: Final = re.compile(r"[\s·.]*([a-zA-Z]+)\^?[-−⁻]([123¹²³])")
_DIGITS: Final = str.maketrans("¹²³⁻−", "123--")
_PLURALS: Final = {"days": "day", "hours": "h", "minutes": "min", "seconds": "s", "d": "day"}
_WORDS: Final = ("text", "formula", "pair")


class _FactFile(StrictModel):
    of: str
    name: str
    value: str
    where: str = ""
    temperature: str | None = None
    rate: str | None = None
    cycle: int | None = None
    part: str | None = None
    to: str | None = None
    digits: int | None = Field(default=None, ge=1, le=12)
    note: str = ""


class _PaperFile(StrictModel):
    id: str
    title: str = ""
    reference: str = ""
    fact: list[_FactFile] = Field(default_factory=list, max_length=5000)


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
        conditions = [f"{self.rate:g}C"] if self.rate is not None else []
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
        self._facts = tuple(facts)

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
        return [fact for fact in self._facts if fact.name in names and fact.interval is not None]

    def words(self, name: str) -> list[Fact]:
        """Return the facts of a quantity that is a word, a formula or a pair."""
        return [fact for fact in self._facts if fact.name == name]

    def get(self, name: str, of: str, **conditions: Any) -> list[Fact]:
        """Return the numbers of a quantity of a subject under conditions; a condition that is None is not asked for."""
        return [
            fact
            for fact in self.named(name)
            if fact.of == of and all(value is None or getattr(fact, key) == value for key, value in conditions.items())
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
    if path.suffix.lower() in TABLE_ENDINGS:
        return _from_table(path)
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
        for number, row in rows:
            try:
                checked = _FactFile.model_validate(row)
            except ValidationError as error:
                raise one_line(error, f"{path.name}, row {number}") from None
            facts.append(_placed(paper, checked, f"{path.name}, row {number}"))
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
        temperature=None if row.temperature is None else _number(row.temperature, "temperature"),
        rate=None if row.rate is None else _rate(row.rate),
        cycle=row.cycle,
        part=row.part or "",
        to=row.to or "",
    )


def _number(text: str, kind: str) -> float:
    interval, unit, _ = printed(text)
    return to_si(interval.middle, unit, kind)


def _rate(text: str) -> float:
    """Return the rate of ``0.1C``."""
    try:
        rate = float(text.strip().upper().removesuffix("C"))
    except ValueError:
        rate = 0.0
    if not 0.0 < rate < 1e6:
        raise InputError(f"the rate {shown(text)} is none; write e.g. 0.1C")
    return rate


def _in_si(interval: Interval, unit: str, kind: str) -> Interval:
    plain = _PER.sub(lambda found: f"/{found[1]}{found[2] if found[2] != '1' else ''}", unit.translate(_DIGITS))
    plain = _PLURALS.get(plain, plain)
    if kind in MORE_UNITS:
        factors = MORE_UNITS[kind]
        if plain not in factors:
            raise InputError(f"{shown(unit)} is no unit of {kind.replace('_', ' ')}; known: {', '.join(factors)}")
        return interval * factors[plain]
    if not unit and "" not in UNITS[kind]:
        raise InputError(f"it has no unit; a {kind.replace('_', ' ')} is in {', '.join(UNITS[kind])}")
    return interval.mapped(lambda value: to_si(value, plain, kind))
