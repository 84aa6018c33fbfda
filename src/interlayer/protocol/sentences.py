"""Protocol sentences as PyBaMM's users know them, and the errors a misread one gives."""

import math
import re
from typing import Final, NoReturn

from pydantic import ValidationError

from interlayer.errors import InputError, closest, shown
from interlayer.protocol.steps import ConstantCurrent, Hold, Impedance, Limit, Rate, Rest, Step, Sweep

_NUMBER: Final = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_RATE: Final = re.compile(rf"(?:C\s*/\s*(?P<divisor>{_NUMBER})|(?P<times>{_NUMBER})?\s*C)", re.ASCII)
_CURRENT: Final = re.compile(rf"(?P<number>{_NUMBER})\s*(?P<unit>[A-Za-zµμ]+(?:\s*/\s*[a-z]+2)?)")
_VOLTAGE: Final = re.compile(
    rf"(?P<number>{_NUMBER})\s*(?P<unit>m?V)(?P<reference>\s+vs\.?\s+Li(?:\+/Li|/Li\+)?)?", re.I
)
_OWN: Final = re.compile(r"(?:the )?(?P<own>upper|lower) limit", re.I)
_TIME: Final = re.compile(rf"(?P<number>{_NUMBER})\s*(?P<unit>[A-Za-z]+)")

_CURRENT_UNITS: Final[dict[str, tuple[float, str]]] = {
    "A": (1.0, "A"),
    "mA": (1e-3, "A"),
    "uA": (1e-6, "A"),
    "A/m2": (1.0, "A/m2"),
    "A/cm2": (1e4, "A/m2"),
    "mA/cm2": (10.0, "A/m2"),
    "uA/cm2": (1e-2, "A/m2"),
}
_TIME_UNITS: Final = {
    **dict.fromkeys(("s", "second", "seconds", "sec"), 1.0),
    **dict.fromkeys(("min", "minute", "minutes"), 60.0),
    **dict.fromkeys(("h", "hour", "hours"), 3600.0),
    **dict.fromkeys(("d", "day", "days"), 86400.0),
}

EXAMPLES: Final = {
    "charge": "Charge at 0.1C until 4.4 V vs Li",
    "discharge": "Discharge at C/10 until 2.5 V",
    "rest": "Rest for 1 hour",
    "hold": "Hold at 4.2 V until C/50",
    "sweep": "Sweep at 0.1 mV/s to 4.4 V vs Li",
    "eis": "EIS from 1 MHz to 10 mHz with 10 points per decade",
}
_MOST_CHARACTERS: Final = 300


def read_rate(text: str) -> Rate:
    """Read ``C/10``, ``0.1C``, ``1 mA`` or ``0.13 mA/cm2``.

    >>> read_rate("C/10").value, read_rate("0.13 mA/cm2").value
    (0.1, 1.3)

    Raises InputError for anything else and for a negative current.
    """
    written = " ".join(text.split())
    rate = _RATE.fullmatch(written)
    if rate is not None:
        divisor = float(rate["divisor"]) if rate["divisor"] is not None else 1.0
        value = float(rate["times"] or 1.0) / divisor if divisor > 0 else -1.0
        unit = "C"
    else:
        current = _CURRENT.fullmatch(written)
        name = re.sub(r"\s", "", current["unit"]).replace("µ", "u").replace("μ", "u") if current is not None else ""
        if current is None or name not in _CURRENT_UNITS:
            raise InputError(f"{shown(text)} is not a current; write e.g. '0.1C', 'C/10', '1 mA' or '0.13 mA/cm2'")
        factor, unit = _CURRENT_UNITS[name]
        value = float(current["number"]) * factor
    if not 0 <= value <= 1e6:
        raise InputError(f"the current {shown(text)} is out of range; allowed: 0 to 1e6, the direction is in the verb")
    return Rate.model_validate({"value": value, "unit": unit, "text": written})


def read_limit(text: str) -> Limit:
    """Read ``4.2 V``, ``4200 mV``, ``4.4 V vs Li`` or ``the upper limit``, which is the cell file's own.

    Raises InputError for anything else and beyond -10..10 V.
    """
    own = _OWN.fullmatch(" ".join(text.split()))
    if own is not None:
        upper = own["own"].lower() == "upper"
        return Limit(volts=10.0 if upper else -10.0, own="upper" if upper else "lower")
    match = _VOLTAGE.fullmatch(" ".join(text.split()))
    if match is None:
        raise InputError(f"{shown(text)} is not a voltage; write e.g. '4.2 V', '4.4 V vs Li' or 'the upper limit'")
    volts = float(match["number"]) * (1e-3 if match["unit"].lower() == "mv" else 1.0)
    if not abs(volts) <= 10.0:
        raise InputError(f"the voltage {shown(text)} is out of range; allowed: -10 to 10 V")
    return Limit(volts=volts, against_lithium=match["reference"] is not None)


def read_duration(text: str) -> float:
    """Read ``2 hours``, ``30 min`` or ``10 s`` and return seconds; InputError for anything else."""
    match = _TIME.fullmatch(" ".join(text.split()))
    if match is None or match["unit"].lower() not in _TIME_UNITS:
        raise InputError(f"{shown(text)} is not a time; write e.g. '2 hours', '30 min' or '10 s'")
    seconds = float(match["number"]) * _TIME_UNITS[match["unit"].lower()]
    if not 0 < seconds <= 1e10 or not math.isfinite(seconds):
        raise InputError(f"the time {shown(text)} is out of range; allowed: above 0, at most 1e10 s")
    return seconds


def read_scan_rate(text: str) -> float:
    """Read ``0.1 mV/s`` and return V/s; InputError for anything else."""
    match = re.fullmatch(rf"(?P<number>{_NUMBER})\s*(?P<unit>[mu]?V)\s*/\s*s", " ".join(text.split()))
    value = math.nan if match is None else float(match["number"]) * {"V": 1.0, "mV": 1e-3, "uV": 1e-6}[match["unit"]]
    if not 0 < value <= 1e3:
        raise InputError(f"{shown(text)} is not a scan rate above 0; write e.g. '0.1 mV/s'")
    return value


def read_frequency(text: str) -> float:
    """Read ``1 MHz``, ``10 mHz`` and return Hz; InputError for anything else."""
    match = re.fullmatch(rf"(?P<number>{_NUMBER})\s*(?P<unit>[Mkmu]?Hz)", " ".join(text.split()))
    factors = {"MHz": 1e6, "kHz": 1e3, "Hz": 1.0, "mHz": 1e-3, "uHz": 1e-6}
    value = math.nan if match is None else float(match["number"]) * factors[match["unit"]]
    if not 0 < value <= 1e9:
        raise InputError(f"{shown(text)} is not a frequency above 0, at most 1 GHz; write e.g. '1 MHz' or '10 mHz'")
    return value


def read_sentence(sentence: str) -> Step:
    """Read one sentence, such as ``Discharge at C/10 until 2.5 V or 2 hours``.

    Verbs: Charge, Discharge (at a current), Hold (at a voltage), Rest, Sweep (at a scan rate to a voltage), EIS (from a
    frequency to a lower one). Ends: ``until`` a voltage or current, ``for`` a time, several joined by ``or``. Raises
    InputError: one line with the sentence, what is not understood, and a valid example.
    """
    written = " ".join(sentence.split()).rstrip(".") if len(sentence) <= _MOST_CHARACTERS else sentence[:60]
    verb, _, rest = written.partition(" ")
    kind = verb.lower()
    if len(sentence) > _MOST_CHARACTERS:
        _refuse(written, f"it is longer than {_MOST_CHARACTERS} characters", "charge")
    if kind not in EXAMPLES:
        _refuse(
            written,
            f"{shown(verb)} is no verb of a protocol (charge, discharge, hold, rest, sweep, EIS)"
            f"{closest(kind, EXAMPLES)}",
            "charge",
        )
    if kind in ("sweep", "eis"):
        return _swept(kind, written, rest)
    head, *ends = re.split(r"\b(until|for|or)\b", rest)
    found: dict[str, Rate | Limit | float] = {}
    try:
        if kind == "rest":
            if head.strip():
                raise InputError(f"{shown(head.strip())} is not understood")
        elif not head.startswith("at "):
            raise InputError(f"{shown(head.strip() or 'nothing')} stands where 'at ...' was expected")
        else:
            found["at"] = read_limit(head[3:].strip()) if kind == "hold" else read_rate(head[3:].strip())
        for word, text in zip(ends[::2], ends[1::2], strict=True):
            if text.strip():
                _read_end(kind, word, text.strip(), found)
            elif word != "or":
                pass  # "for 10 hours or until 3.3 V" leaves an empty "or"
        return _step(kind, found)
    except InputError as error:
        _refuse(written, str(error), kind)
    except ValidationError as error:
        _refuse(written, error.errors()[0]["msg"], kind)


def _swept(kind: str, written: str, rest: str) -> Step:
    """Read what a sweep or a spectrum says after its verb."""
    try:
        if kind == "sweep":
            found = re.fullmatch(r"at (?P<scan_rate>.+?) to (?P<to>.+)", rest)
            if found is None:
                raise InputError("a sweep is 'at' a scan rate 'to' a voltage")
            return Sweep.model_validate(
                {"scan_rate": read_scan_rate(found["scan_rate"]), "to": read_limit(found["to"])}
            )
        found = re.fullmatch(
            r"(?:from (?P<highest>.+?) to (?P<lowest>.+?))?(?: ?with (?P<points>\d{1,4}) points per decade)?", rest
        )
        if found is None:
            raise InputError("a spectrum is 'from' a frequency 'to' a lower one")
        given = {key: read_frequency(found[key]) for key in ("highest", "lowest") if found[key] is not None}
        points = {"points_per_decade": int(found["points"])} if found["points"] is not None else {}
        return Impedance.model_validate({**given, **points})
    except InputError as error:
        _refuse(written, str(error), kind)
    except ValidationError as error:
        _refuse(written, error.errors()[0]["msg"], kind)


def _read_end(kind: str, word: str, text: str, found: dict[str, Rate | Limit | float]) -> None:
    """Read one end of a step into `found`: a time, or the quantity that this kind of step can end by."""
    is_time = _TIME.fullmatch(text) is not None and _TIME.fullmatch(text)["unit"].lower() in _TIME_UNITS  # type: ignore[index]
    if word == "for" or is_time or kind == "rest":
        if kind == "rest" and word == "until":
            raise InputError("a rest ends after a time, not 'until' something")
        key, value = "duration", read_duration(text)
    elif kind == "hold":
        key, value = "until", read_rate(text)  # type: ignore[assignment]
    else:
        key, value = "until", read_limit(text)  # type: ignore[assignment]
    if key in found:
        raise InputError(f"{shown(text)} is a second end of the same sort")
    found[key] = value


def _step(kind: str, found: dict[str, Rate | Limit | float]) -> Step:
    ends = {key: found[key] for key in ("until", "duration") if key in found}
    if kind == "rest":
        return Rest.model_validate(ends)
    if kind == "hold":
        return Hold.model_validate({"voltage": found["at"], **ends})
    return ConstantCurrent.model_validate({"kind": kind, "rate": found["at"], **ends})


def _refuse(sentence: str, problem: str, kind: str) -> NoReturn:
    raise InputError(f"protocol sentence {shown(sentence, 100)}: {problem}; a valid example: {EXAMPLES[kind]!r}")
