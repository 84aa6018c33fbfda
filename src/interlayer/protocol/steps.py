"""Protocols: what is done to a cell, as data. Sentences are read in `sentences`, files in `files`."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Final, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from interlayer.errors import InputError

MOST_STEPS: Final = 10_000
"""A protocol with more steps than this is refused: it is a slip, or a job for a cycling model."""

RateUnit = Literal["C", "A/m2", "A"]


class Frozen(BaseModel):
    """A frozen record that refuses unknown keys."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class Rate(Frozen):
    """A current without direction: a multiple of 1C, a current density in A/m2, or a current in A."""

    value: float = Field(ge=0, le=1e6, allow_inf_nan=False)
    unit: RateUnit
    text: str

    def density(self, one_c: float, area: float) -> float:
        """Return the current density in A/m2 for a cell of this 1C (A/m2) and area (m2)."""
        return self.value * {"C": one_c, "A/m2": 1.0, "A": 1.0 / area}[self.unit]


class Limit(Frozen):
    """A voltage: of the cell, or of the positive electrode against lithium; or the cell's own upper or lower limit.

    With `own` the voltage is that of the cell file's protocol, and `volts` stands for it only until `resolved`.
    """

    volts: float = Field(ge=-10, le=10, allow_inf_nan=False)
    against_lithium: bool = False
    own: Literal["upper", "lower"] | None = None

    @property
    def text(self) -> str:
        """The limit as it is written in a sentence."""
        if self.own is not None:
            return f"the {self.own} limit"
        return f"{self.volts:g} V vs Li" if self.against_lithium else f"{self.volts:g} V"


def _read(parser: str) -> BeforeValidator:
    """Return the reader that turns text into a Rate, a Limit or seconds with the parser of that name."""

    def read(given: Any) -> Any:
        from interlayer.protocol import sentences

        if not isinstance(given, str):
            return given
        try:
            return getattr(sentences, parser)(given)
        except InputError as error:
            raise PydanticCustomError("sentence", "{problem}", {"problem": str(error)}) from None

    return BeforeValidator(read)


RateText = Annotated[Rate, _read("read_rate")]
LimitText = Annotated[Limit, _read("read_limit")]
Seconds = Annotated[float, _read("read_duration"), Field(gt=0, le=1e10, allow_inf_nan=False)]
ScanRate = Annotated[float, _read("read_scan_rate"), Field(gt=0, le=1e3, allow_inf_nan=False)]
Frequency = Annotated[float, _read("read_frequency"), Field(gt=0, le=1e9, allow_inf_nan=False)]


class ConstantCurrent(Frozen):
    """Charge or discharge at a current until a voltage, for a time, or whichever comes first."""

    kind: Literal["charge", "discharge"]
    rate: RateText
    until: LimitText | None = None
    duration: Seconds | None = None
    block: str = ""
    """Steps of one block are left out once a step of it has met its voltage: the pulses of a titration."""

    @model_validator(mode="after")
    def _ends(self) -> Self:
        if self.until is None and self.duration is None:
            raise PydanticCustomError(
                "no_end", "a {kind} needs an end: 'until' a voltage or a 'duration'", {"kind": self.kind}
            )
        if self.rate.value == 0:
            raise PydanticCustomError("no_current", "the current is 0; write kind = 'rest' with a duration")
        return self

    @property
    def text(self) -> str:
        """The step as a sentence."""
        ends = [f"until {self.until.text}"] if self.until is not None else []
        if self.duration is not None:
            ends.append(f"{'or' if ends else 'for'} {_hours(self.duration)}")
        return " ".join([self.kind.capitalize(), "at", self.rate.text, *ends])


class Hold(Frozen):
    """Hold a voltage until the current has fallen, for a time, or whichever comes first."""

    kind: Literal["hold"] = "hold"
    voltage: LimitText
    until: RateText | None = None
    duration: Seconds | None = None

    @model_validator(mode="after")
    def _ends(self) -> Self:
        if (self.until is None or self.until.value == 0) and self.duration is None:
            raise PydanticCustomError("no_end", "a hold needs an end: 'until' a current above 0 or a 'duration'")
        return self

    @property
    def text(self) -> str:
        """The step as a sentence."""
        ends = [f"until {self.until.text}"] if self.until is not None else []
        if self.duration is not None:
            ends.append(f"{'or' if ends else 'for'} {_hours(self.duration)}")
        return " ".join(["Hold at", self.voltage.text, *ends])


class Rest(Frozen):
    """No current for a time."""

    kind: Literal["rest"] = "rest"
    duration: Seconds
    block: str = ""

    @property
    def text(self) -> str:
        """The step as a sentence."""
        return f"Rest for {_hours(self.duration)}"


class Sweep(Frozen):
    """Move the voltage at a constant rate from where it is to another."""

    kind: Literal["sweep"] = "sweep"
    scan_rate: ScanRate
    """V/s."""
    to: LimitText

    @property
    def text(self) -> str:
        """The step as a sentence."""
        return f"Sweep at {self.scan_rate * 1e3:g} mV/s to {self.to.text}"


class Impedance(Frozen):
    """A spectrum about the state that is reached, without current; frequencies in Hz, from high to low."""

    kind: Literal["impedance"] = "impedance"
    highest: Frequency = 1e6
    lowest: Frequency = 1e-3
    points_per_decade: int = Field(default=10, ge=1, le=100)

    @model_validator(mode="after")
    def _falls(self) -> Self:
        if self.lowest >= self.highest:
            raise PydanticCustomError("frequencies", "'lowest' must be below 'highest' frequency")
        return self

    @property
    def text(self) -> str:
        """The step as a sentence."""
        ends = f"from {_hertz(self.highest)} to {_hertz(self.lowest)}"
        return f"EIS {ends} with {self.points_per_decade} points per decade"


Step = ConstantCurrent | Hold | Rest | Sweep | Impedance


class Titration(Frozen):
    """GITT: short pulses with rests between, until a voltage is met or all pulses are done."""

    kind: Literal["gitt"]
    direction: Literal["charge", "discharge"]
    rate: RateText
    pulse: Seconds
    rest: Seconds
    pulses: int = Field(ge=1, le=2000)
    until: LimitText

    def steps(self) -> Iterator[Step]:
        """Return pulse and rest, in turn."""
        block = f"gitt {self.direction} {self.rate.text} {self.pulse:g} {self.rest:g} {self.until.text}"
        for _ in range(self.pulses):
            yield ConstantCurrent(
                kind=self.direction, rate=self.rate, until=self.until, duration=self.pulse, block=block
            )
            yield Rest(duration=self.rest, block=block)


class CyclicVoltammetry(Frozen):
    """Sweeps between two voltages, some times over, first to the upper one."""

    kind: Literal["cv"]
    scan_rate: ScanRate
    upper: LimitText
    lower: LimitText
    cycles: int = Field(default=1, ge=1, le=1000)

    def steps(self) -> Iterator[Step]:
        """Return the sweeps, up and down."""
        for _ in range(self.cycles):
            yield Sweep(scan_rate=self.scan_rate, to=self.upper)
            yield Sweep(scan_rate=self.scan_rate, to=self.lower)


class Plating(Frozen):
    """Plating and stripping: current one way and back, at one rate or at rising ones, as in symmetric cells."""

    kind: Literal["plating"]
    rates: tuple[RateText, ...] = Field(min_length=1, max_length=1000)
    duration: Seconds
    cycles: int = Field(default=1, ge=1, le=2000)

    def steps(self) -> Iterator[Step]:
        """Return charge and discharge, `cycles` times at each rate."""
        for rate in self.rates:
            for _ in range(self.cycles):
                yield ConstantCurrent(kind="charge", rate=rate, duration=self.duration)
                yield ConstantCurrent(kind="discharge", rate=rate, duration=self.duration)


class RateLadder(Frozen):
    """The same charge before a discharge at each of several rates."""

    kind: Literal["rate_ladder"]
    charge: RateText
    rates: tuple[RateText, ...] = Field(min_length=1, max_length=1000)
    upper: LimitText
    lower: LimitText

    def steps(self) -> Iterator[Step]:
        """Return the charges and discharges of the ladder, in order."""
        for rate in self.rates:
            yield ConstantCurrent(kind="charge", rate=self.charge, until=self.upper)
            yield ConstantCurrent(kind="discharge", rate=rate, until=self.lower)


Group = RateLadder | Titration | CyclicVoltammetry | Plating
"""What stands for several steps."""


def _resolved(value: Any, own: Mapping[str, Limit]) -> Any:
    if isinstance(value, Limit):
        return value if value.own is None else own[value.own]
    if isinstance(value, tuple):
        return tuple(_resolved(item, own) for item in value)
    if isinstance(value, BaseModel):
        return value.model_copy(
            update={name: _resolved(getattr(value, name), own) for name in type(value).model_fields}
        )
    return value


def _hours(seconds: float) -> str:
    unit, length = next((u for u in (("hour", 3600.0), ("minute", 60.0)) if seconds >= u[1]), ("second", 1.0))
    number = seconds / length
    return f"{number:g} {unit}" if number == 1.0 else f"{number:g} {unit}s"


def _hertz(frequency: float) -> str:
    for unit, factor in (("MHz", 1e6), ("kHz", 1e3), ("Hz", 1.0)):
        if frequency >= factor:
            return f"{frequency / factor:g} {unit}"
    return f"{frequency * 1e3:g} mHz"


def _from_sentence(given: Any) -> Any:
    from interlayer.protocol import sentences

    if not isinstance(given, str):
        return given
    try:
        return sentences.read_sentence(given).model_dump()
    except InputError as error:
        raise PydanticCustomError("sentence", "{problem}", {"problem": str(error)}) from None


AnyStep = Annotated[Annotated[Step | Group, Field(discriminator="kind")], BeforeValidator(_from_sentence)]


class Protocol(Frozen):
    """A sequence of steps, the whole of it repeated `repeat` times.

    Steps are sentences (``"Discharge at C/10 until 2.5 V"``) or tables
    (``{ kind = "rate_ladder", charge = "0.1C", rates = ["0.1C", "1C"], upper = "4.4 V vs Li", lower = "2.5 V" }``).
    """

    steps: tuple[AnyStep, ...]
    repeat: int = Field(default=1, ge=1, le=MOST_STEPS)

    @model_validator(mode="after")
    def _has_a_length(self) -> Self:
        if not self.steps:
            raise PydanticCustomError(
                "no_steps", "'steps' is empty; write e.g. steps = ['Charge at 0.1C until 4.2 V']", {}
            )
        written = sum(len(list(step.steps())) if isinstance(step, Group) else 1 for step in self.steps)
        if written * self.repeat > MOST_STEPS:
            raise PydanticCustomError(
                "too_long",
                "the protocol has {count} steps; allowed: at most {most}",
                {"count": written * self.repeat, "most": MOST_STEPS},
            )
        return self

    def sequence(self) -> list[Step]:
        """Return every step in the order it is run."""
        once: list[Step] = []
        for step in self.steps:
            once.extend(step.steps() if isinstance(step, Group) else [step])
        return once * self.repeat

    def has_own_limits(self) -> bool:
        """Return whether the protocol names the cell's own limits."""
        return any(limit.own is not None for limit in self.limits())

    def resolved(self, lower: Limit, upper: Limit) -> Self:
        """Return the protocol with the cell's own limits in the place of their names."""
        resolved: Self = _resolved(self, {"lower": lower, "upper": upper})
        return resolved

    def cycle_numbers(self) -> list[int]:
        """Return the cycle of each step of the sequence, from 1.

        A cycle is over when its first direction of current comes again after the other one.
        """
        numbers, cycle, first, turned = [], 1, None, False
        for step in self.sequence():
            if isinstance(step, ConstantCurrent):
                if first is None:
                    first = step.kind
                elif step.kind != first:
                    turned = True
                elif turned:
                    cycle, turned = cycle + 1, False
            numbers.append(cycle)
        return numbers

    def limits(self) -> list[Limit]:
        """Return every voltage the protocol names."""
        steps = self.sequence()
        held = [step.voltage for step in steps if isinstance(step, Hold)]
        held += [step.to for step in steps if isinstance(step, Sweep)]
        return held + [step.until for step in steps if isinstance(step, ConstantCurrent) and step.until is not None]
