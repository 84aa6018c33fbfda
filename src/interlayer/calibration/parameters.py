"""What a calibration may change: keys of the cell file (or of the model) with a start, bounds, and perhaps a prior."""

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from interlayer import units
from interlayer.cell import Cell
from interlayer.errors import InputError, closest, shown
from interlayer.quantity import Quantity
from interlayer.simulation.designs import MODEL_KEYS, parameter
from interlayer.simulation.model import CellParameters

SPAN: Final = 1000.0
"""Bounds that nobody gives lie this factor below and above the start."""
LINEAR_KINDS: Final = ("voltage", "temperature")
"""Kinds that are varied as they are; all others by their logarithm, so that no value turns negative."""

_BETWEEN: Final = re.compile(r"^\s*(?P<low>[^\s.]\S*?)\s*\.\.\s*(?P<high>\S+)\s*(?P<unit>.*)$")
_PRIOR: Final = re.compile(r"^(?P<centre>.+?)\s*(?P<sign>\+-|±|x/|×/)\s*(?P<spread>.+)$")


@dataclass(frozen=True)
class Prior:
    """What is known beforehand: a normal distribution of the varied coordinate, ln of the value or the value itself."""

    centre: float
    spread: float
    text: str


@dataclass(frozen=True)
class FitParameter:
    """One key that is varied: SI values of `start`, `low` and `high`, and the `unit` in which it is shown.

    Its coordinate in the fit is ln(value), or the value where `logarithmic` is False.
    """

    key: str
    kind: str
    unit: str
    start: float
    low: float
    high: float
    logarithmic: bool = True
    prior: Prior | None = None

    def coordinate(self, value: float) -> float:
        """Return the coordinate of an SI value."""
        return math.log(value) if self.logarithmic else value

    def value(self, coordinate: float) -> float:
        """Return the SI value of a coordinate."""
        return math.exp(coordinate) if self.logarithmic else coordinate

    def shown(self, value: float) -> float:
        """Return an SI value in the parameter's unit."""
        return value if self.kind == "model" else units.in_unit(value, self.unit, self.kind)

    def difference(self, value: float) -> float:
        """Return a difference of SI values in the parameter's unit: 1 K is 1 degC."""
        return value if self.kind in ("model", "temperature") else value / units.UNITS[self.kind][self.unit]

    @property
    def step(self) -> float:
        """The change of the coordinate over which derivatives are taken."""
        return 2e-3 if self.logarithmic else 2e-4

    def change(self, value: float) -> Any:
        """Return an SI value as a row of changes takes it: a number, or text with the SI unit."""
        if self.kind == "model":
            return value
        unit = (
            "K"
            if self.kind == "temperature"
            else next(u for u, factor in units.UNITS[self.kind].items() if factor == 1)
        )
        return f"{value!r} {unit}".strip()


# what the file need not state, because the library or the model knows it: kind, unit shown, and SI value
_DEFAULTS: Final[dict[str, tuple[str, str, Callable[[Any], float]]]] = {
    "diffusivity": ("diffusivity", "cm2/s", lambda e: e.diffusivity),
    "interface.exchange_current_density": ("current_density", "mA/cm2", lambda e: e.exchange_current_density),
    "interface.area_specific_resistance": ("area_specific_resistance", "ohm cm2", lambda e: 0.0),
    "interface.contact_fraction": ("fraction", "", lambda e: e.contact),
    "interface.double_layer_capacitance": ("areal_capacitance", "uF/cm2", lambda e: e.double_layer_capacitance),
    "utilisation": ("fraction", "", lambda e: 1.0),
    "particle_diameter": ("length", "um", lambda e: 2.0 * e.length),
    "initial_stoichiometry": ("fraction", "", lambda e: e.initial_stoichiometry),
}


def fit_parameters(
    cell: Cell, base: CellParameters, wanted: Sequence[str], priors: Sequence[str]
) -> tuple[FitParameter, ...]:
    """Read ``KEY``, ``KEY=LOW..HIGH UNIT`` or ``KEY=START`` of each parameter, and ``KEY=CENTRE +- SPREAD`` of priors.

    A prior's spread is one standard deviation; ``x/ 2`` means a factor. A key without a start takes it from the cell
    file, else from the model. Raises InputError for a key that is no quantity, bounds that exclude each other, a prior
    of a parameter that is not varied, and a parameter named twice.
    """
    if not wanted:
        raise InputError("nothing to fit: name at least one parameter, e.g. cathode.diffusivity")
    found: dict[str, FitParameter] = {}
    for text in wanted:
        key, _, given = (part.strip() for part in text.partition("="))
        if key in found:
            raise InputError(f"{key} is to be varied twice")
        found[key] = _bounded(_start(cell, base, key, given), given)
    for text in priors:
        key, equals, given = (part.strip() for part in text.partition("="))
        if equals and key in found and found[key].prior is not None:
            raise InputError(f"{key} has two priors")
        if not equals or key not in found:
            raise InputError(
                f"prior {shown(text)} is not KEY=CENTRE +- SPREAD of a varied parameter{closest(key, found)}"
            )
        found[key] = replace(found[key], prior=_prior(found[key], given))
    return tuple(found.values())


def _start(cell: Cell, base: CellParameters, key: str, given: str) -> FitParameter:
    """Return a parameter without bounds: start from the file, from what is given, or from the model."""
    if key in MODEL_KEYS:
        value = parameter(base, key)
        return FitParameter(key, "model", "SI", value, value, value, logarithmic=value > 0.0)
    stated = _stated(cell, key)
    if stated is not None:
        unit = _unit_of(stated)
        linear = stated.kind in LINEAR_KINDS or stated.si <= 0.0
        return FitParameter(key, stated.kind, unit, stated.si, stated.si, stated.si, logarithmic=not linear)
    kind, unit, value = _of_model(cell, base, key, given)
    return FitParameter(key, kind, unit, value, value, value, logarithmic=kind not in LINEAR_KINDS)


def _of_model(cell: Cell, base: CellParameters, key: str, given: str) -> tuple[str, str, float]:
    role, _, name = key.partition(".")
    electrodes = {"cathode": base.positive, "anode": base.negative}
    if role == "separator":
        place, _, name = name.rpartition(".")
        number = int(place) if place.isdecimal() else 0
        if name == "conductivity" and number < len(cell.separators) and (place or len(cell.separators) == 1):
            resistance = list(base.separator_resistances.values())[number]
            if resistance > 0.0:
                return "conductivity", "mS/cm", cell.separators[number].thickness / resistance
    if role in electrodes:
        electrode = electrodes[role]
        if name == "ionic_conductivity" and getattr(electrode, "ionic_resistance", 0.0) > 0.0:
            return "conductivity", "mS/cm", getattr(cell, role).thickness / electrode.ionic_resistance  # type: ignore[union-attr]
        if name in _DEFAULTS:
            kind, unit, read = _DEFAULTS[name]
            try:
                value = read(electrode)
            except AttributeError:
                raise InputError(f"{key}: the {electrode.name} electrode has no such parameter") from None
            if value <= 0.0 and kind not in LINEAR_KINDS:
                if not given:
                    raise InputError(f"{key} is {value:g} in this cell; give bounds, e.g. {key}='0.1..10 {unit}'")
                value = 1.0
            return kind, unit, value
    known = [f"{side}.{one}" for side in electrodes for one in _DEFAULTS] + [*MODEL_KEYS]
    raise InputError(
        f"{shown(key)} is no quantity that this cell states or the model has{closest(key, known)}; write it into the "
        "cell file, or vary e.g. cathode.diffusivity"
    )


def _stated(cell: Cell, key: str) -> Quantity | None:
    """Return the quantity of the cell file at a dotted key, None where it states none."""
    place: Any = cell.description
    for part in key.split("."):
        if isinstance(place, tuple | list):
            if part.isdecimal() and int(part) < len(place):
                place = place[int(part)]
                continue
            if len(place) != 1 or part.isdecimal():
                return None
            place = place[0]
        place = place.get(part) if isinstance(place, dict) else getattr(place, part, None)
        if place is None:
            return None
    return place if isinstance(place, Quantity) else None


def _unit_of(stated: Quantity) -> str:
    """Return the unit in which a quantity was written, else its SI unit."""
    written = re.sub(r"^[\s\d.+\-eE]*", "", stated.text).split(" x ")[0].strip()
    table = units.UNITS[stated.kind]
    if written in table:
        return written
    return next(iter(table))


def _bounded(found: FitParameter, given: str) -> FitParameter:
    """Return a parameter with its bounds: those given, else a thousandth to a thousandfold, a fraction at most 1."""
    between = _BETWEEN.match(given)
    if between is not None:
        unit = between["unit"].strip()
        low, high = (_read(found, f"{between[name]} {unit}".strip()) for name in ("low", "high"))
        if not low < high:
            raise InputError(f"{found.key}: the bounds {shown(given)} do not rise")
        if found.logarithmic and low <= 0.0:
            raise InputError(f"{found.key}: the lower bound must be above 0, it is varied by its logarithm")
        middle = math.sqrt(low * high) if found.logarithmic else 0.5 * (low + high)
        start = found.start if low <= found.start <= high else middle
        return replace(found, start=start, low=low, high=high)
    start = _read(found, given) if given else found.start
    if not found.logarithmic:
        width = {"voltage": 0.3, "temperature": 30.0}.get(found.kind, max(abs(start), 1.0))
        return replace(found, start=start, low=start - width, high=start + width)
    if start <= 0.0:
        raise InputError(f"{found.key}: the start must be above 0, not {shown(given)}")
    high = min(start * SPAN, 1.0) if found.kind == "fraction" else start * SPAN
    return replace(found, start=min(start, high), low=start / SPAN, high=high)


def _read(found: FitParameter, text: str) -> float:
    if found.kind != "model":
        try:
            return units.parse(text, found.kind)
        except InputError as error:
            raise InputError(f"{found.key}: {error}") from None
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise InputError(f"{found.key}: {shown(text)} is not a finite number in SI")
    return value


def _prior(found: FitParameter, given: str) -> Prior:
    match = _PRIOR.match(given)
    if match is None:
        raise InputError(f"{found.key}: the prior {shown(given)} is not CENTRE +- SPREAD or CENTRE x/ FACTOR")
    centre = _read(found, match["centre"].strip())
    if match["sign"] in ("x/", "×/"):
        try:
            factor = float(match["spread"])
        except ValueError:
            factor = math.nan
        if not factor > 1.0 or not found.logarithmic or not math.isfinite(factor):
            raise InputError(f"{found.key}: the prior's factor {shown(match['spread'])} must be a number above 1")
        spread = math.log(factor)
    else:
        text = match["spread"].strip()
        # a spread of temperatures is a difference: 2 degC are 2 K
        spread = _read(found, text.replace("degC", "K") if found.kind == "temperature" else text)
        if found.logarithmic:
            spread = spread / centre if centre > 0.0 else math.nan
    if not (spread > 0.0 and math.isfinite(spread) and (centre > 0.0 or not found.logarithmic)):
        raise InputError(f"{found.key}: the prior {shown(given)} needs a centre in range and a spread above 0")
    return Prior(found.coordinate(centre), spread, given)
