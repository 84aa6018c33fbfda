"""Records as observations: what was measured, how sure each point is, and what a cell predicts for it.

- time series: the cell is driven by the measured steps. Where the current is given, the voltage is compared, and the
  other way round. Where a simulated step cannot go on for as long as the measured one, its voltage is taken to go on
  steeply, so that a fit knows which way to go.
- spectrum: both parts of the impedance at a given state, each weighed by the magnitude.
- fade: discharge capacity and mean voltage of every cycle of a cell that ages.

Beside the scatter of its points a time series has systematic errors, which all points share: the gain of the current in
each step, and where the cell stood when it began.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import ClassVar, Final

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import PchipInterpolator

from interlayer.calibration.segments import Segment, segments
from interlayer.cell import Cell
from interlayer.errors import InputError, SolverError, shown
from interlayer.protocol import ConstantCurrent, Limit, Protocol, Rest, Step, Sweep
from interlayer.records import Record
from interlayer.simulation import layout
from interlayer.simulation.ageing_terms import ageing_terms
from interlayer.simulation.batch import CHARGE_PASSED, DURATION, END_VOLTAGE, ENERGY, Case, run_cases
from interlayer.simulation.impedance import capacitances_of, impedance
from interlayer.simulation.initial_state import initial_state, rest_voltage
from interlayer.simulation.model import CellParameters, ConstantElectrode, HostElectrode
from interlayer.simulation.parameters import cell_parameters
from interlayer.simulation.run import RunStep, run_step, uniform_state

Array = NDArray[np.float64]

STEEP: Final = 20.0
"""V per duration of a step, for the charge that a simulated step lacks."""
SPREAD: Final[Mapping[str, float]] = {"voltage": 1e-3, "current": 0.01, "impedance": 0.01, "capacity": 0.005}
"""Standard deviations a fit begins with: V; relative for the largest current, |Z| and the capacity. Then estimated."""
GAIN: Final = 5e-4
"""Standard deviation of a step's current, relative: what good cyclers state."""
POINT_CHARGE: Final = 5e-4
"""The same of the charge at a single point, from the timing of rows and the time steps of the simulation."""
ASSUMED_START: Final = 5e-4
"""Standard deviation of the stoichiometry at which a record is taken to begin where it does not begin at rest."""
REST_VOLTAGE: Final = 2e-4
"""V; how sure a rest voltage is at best, as no rest is long enough."""
SMALL: Final = 0.1
"""Share of a standard deviation over which the effect of a systematic error is taken."""
MOST_GAINS: Final = 8
"""A record of more steps has two gains, of charge and of discharge."""
WINDOW: Final = 0.01
"""Share of a step over which its slope is taken either way, so that noise does not look steep."""
VOLTAGE_TOLERANCE: Final = 1e-6
"""V; error of a time step where candidates are run together, small against the noise and against differences."""
FEW_STEPS: Final = 6
MANY_CYCLES: Final = 12
"""From so many cycles on a record of an ageing cell is compared by capacity and mean voltage, not point by point."""


Candidate = tuple[Cell, CellParameters]
"""A cell and its model parameters, as one candidate of a fit gives them."""


@dataclass(frozen=True)
class Quantity:
    """One quantity of an observation: its name, unit, and the points (n,) that hold it."""

    name: str
    unit: str
    points: NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class SeriesObservation:
    """The steps of a time series, and where the cell stood when it began.

    `start_voltage` is the voltage of a rest at the beginning and its standard deviation (V), None without one; `begin`
    holds the limits between which the cell is used. With `own_start` the cell's stated stoichiometry holds in any case.
    """

    label: str
    parts: tuple[Segment, ...]
    begin: Protocol
    start_voltage: tuple[float, float] | None
    measured: Array
    own_spread: Array
    charge_spread: Array
    """What the timing of rows makes of the voltage, V: much where the voltage is steep."""
    own_start: bool = False
    kind: str = "time series"

    @property
    def quantities(self) -> tuple[Quantity, ...]:
        """Voltage and current, as far as they are compared."""
        volts = np.concatenate([np.full(len(part.time), part.observed == "voltage") for part in self.parts])
        both = (Quantity("voltage", "V", volts), Quantity("current", "A", ~volts))
        return tuple(one for one in both if one.points.any())

    @property
    def together(self) -> bool:
        """Whether candidates are faster together than one by one: a few steps of constant current."""
        return len(self.parts) <= FEW_STEPS and all(isinstance(part.step, ConstantCurrent) for part in self.parts)

    def spread(self, scales: Array) -> Array:
        """Return one standard deviation of each point with each quantity's own spread times its scale."""
        return np.hypot(scaled_spread(self, scales), self.charge_spread)

    def predicted(self, candidates: Sequence[Candidate]) -> Array:
        """Return voltages (V) or currents (A) at the measured times, (candidates, points); nan where unsolved.

        A few steps of constant current go through the engine's lanes, all candidates together; others one by one.
        """
        if self.together:
            return self._in_lanes(candidates)
        return np.array([_or_nan(self._one, candidate, len(self.measured)) for candidate in candidates])

    def systematics(self, candidate: Candidate) -> Array:
        """Return what one standard deviation of each systematic error does to every point, (points, errors).

        The errors are the gains of the current, when steps began, and the state at the start; by differences of
        simulations.
        """
        length = len(self.measured)
        plain = _or_nan(self._one, candidate, length)
        moved = [partial(self._one, gains=SMALL * gains) for gains in self._gains()]
        moved += [partial(self._one, late=SMALL * late) for late in self._switchings()]
        shift = self._start_error(candidate)
        if shift > 0.0:
            moved.append(partial(self._one, shift=SMALL * shift))
        columns = [(_or_nan(one, candidate, length) - plain) / SMALL for one in moved]
        currents = np.concatenate([np.full(len(part.time), part.observed == "current") for part in self.parts])
        if currents.any():
            columns.append(np.where(currents, GAIN * self.measured, 0.0))
        found = np.stack(columns, axis=1) if columns else np.zeros((length, 0))
        # where a step's end jumps over a point, that is no small error
        return np.where(np.isfinite(found), np.clip(found, -0.1, 0.1), 0.0)

    def _gains(self) -> list[Array]:
        flowing = [number for number, part in enumerate(self.parts) if isinstance(part.step, ConstantCurrent)]
        kinds = [part.step.kind for part in self.parts]
        # one gain is the instrument's, and each step has its own range and timing
        groups = [flowing]
        if 1 < len(flowing) <= MOST_GAINS:
            groups += [[number] for number in flowing]
        elif len(flowing) > 1:
            groups += [[number for number in flowing if kinds[number] == kind] for kind in ("charge", "discharge")]
        found = []
        for group in groups:
            if group:
                gains = np.zeros(len(self.parts))
                gains[group] = GAIN
                found.append(gains)
        return found

    def _switchings(self) -> list[Array]:
        """Return by how many seconds each step begins late, one row per switching that no row of the record notes."""
        unsure = np.array([part.unsure for part in self.parts])
        places = np.flatnonzero(unsure > 0.0)
        if len(places) <= MOST_GAINS:
            return [np.where(np.arange(len(unsure)) == place, unsure, 0.0) for place in places]
        # many switchings: those into charges and those into discharges, as if each kind were late together
        charging = np.array([getattr(part.step, "kind", "") == "charge" for part in self.parts])
        return [np.where(kind, unsure, 0.0) for kind in (charging, ~charging) if np.any(unsure[kind] > 0.0)]

    def _start_error(self, candidate: Candidate) -> float:
        if self.start_voltage is None or (self.own_start and self._stated(candidate) is not None):
            return ASSUMED_START if self.start_voltage is None and self._stated(candidate) is None else 0.0
        volts, spread = self.start_voltage
        ends = [state_at_voltage(candidate[1], volts + side * max(spread, REST_VOLTAGE))[0] for side in (-1.0, 1.0)]
        return float(np.clip(0.5 * abs(ends[1] - ends[0]), 1e-6, 0.05))

    def _one(
        self, candidate: Candidate, *, gains: Array | None = None, late: Array | None = None, shift: float = 0.0
    ) -> Array:
        parameters = candidate[1]
        positive, negative = self._start(candidate)
        if shift:
            positive, negative = _shifted(parameters, positive, negative, shift)
        state = uniform_state(parameters, positive, negative)
        values = []
        for number, part in enumerate(self.parts):
            gain = 0.0 if gains is None else float(gains[number])
            part = part if late is None else _moved(part, late[number], late[number + 1 : number + 2].sum())
            step = run_step(parameters, _with_gain(part.step, gain), state, number=number + 1)
            values.append(_at_rows(part, step, parameters))
        return np.concatenate(values)

    def _in_lanes(self, candidates: Sequence[Candidate]) -> Array:
        protocol = Protocol(steps=tuple(part.step for part in self.parts))
        cases = [Case(parameters, self._start((cell, parameters))) for cell, parameters in candidates]
        area = candidates[0][1].area
        columns = []
        for number, part in enumerate(self.parts):
            rate = part.charge / float(part.step.duration or 1.0) / area  # type: ignore[union-attr]
            found = run_cases(cases, protocol, curve_step=number, charges=rate * part.time, tolerance=VOLTAGE_TOLERANCE)
            end, last = found.values[:, number, [DURATION]], found.values[:, number, [END_VOLTAGE]]
            columns.append(_continued(part, found.curves, end, last))
        return np.concatenate(columns, axis=1)

    def _stated(self, candidate: Candidate) -> float | None:
        stated = candidate[0].description.cathode.initial_stoichiometry
        return None if stated is None else stated.si

    def _start(self, candidate: Candidate) -> tuple[float, float]:
        cell, parameters = candidate
        stated = self._stated(candidate)
        if self.start_voltage is not None and (stated is None or not self.own_start):
            return state_at_voltage(parameters, self.start_voltage[0])
        return _begun(cell, parameters, self.begin)


def scaled_spread(one: "Observation", scales: Array) -> Array:
    """Return the own spread of each point times the scale of its quantity."""
    factor = np.ones(len(one.measured))
    for quantity, scale in zip(one.quantities, scales, strict=True):
        factor[quantity.points] = scale
    return np.asarray(factor * one.own_spread)


def _with_gain(step: Step, gain: float) -> Step:
    if gain == 0.0 or not isinstance(step, ConstantCurrent):
        return step
    return step.model_copy(update={"rate": step.rate.model_copy(update={"value": step.rate.value * (1.0 + gain)})})


def _moved(part: Segment, late: float, end: float) -> Segment:
    """Return a step that begins and ends some seconds later, its rows where they are."""
    duration = getattr(part.step, "duration", None)
    if duration is None or late == end == 0.0:
        return part
    step = part.step.model_copy(update={"duration": duration - late + end})
    return replace(part, time=np.maximum(part.time - late, 0.0), step=step)


def _shifted(parameters: CellParameters, positive: float, negative: float, shift: float) -> tuple[float, float]:
    """Return both stoichiometries with `shift` more lithium in the positive electrode, taken from a host's negative."""
    if isinstance(parameters.negative, HostElectrode):
        negative = negative - shift * parameters.positive.charge / parameters.negative.charge
    return positive - shift if positive + shift > 0.999 else positive + shift, max(negative, 0.0)


def _begun(cell: Cell, parameters: CellParameters, begin: Protocol) -> tuple[float, float]:
    """Return both stoichiometries at the start by what the cell states, else by the limits between which it is used.

    Where only the positive's is stated, a host's negative holds what the positive has given since it was made.
    """
    stated = [getattr(cell.description, role).initial_stoichiometry for role in ("cathode", "anode")]
    if stated[0] is not None and stated[1] is None:
        return state_at_stoichiometry(parameters, stated[0].si)
    start = initial_state(parameters, begin, tuple(None if one is None else one.si for one in stated))  # type: ignore[arg-type]
    return start.positive, start.negative


@dataclass(frozen=True, eq=False)
class SpectrumObservation:
    """An impedance spectrum at a state: the rest voltage (V) or the positive electrode's stoichiometry."""

    label: str
    frequency: Array
    measured: Array
    own_spread: Array
    voltage: float | None = None
    stoichiometry: float | None = None
    kind: str = "spectrum"
    together: ClassVar[bool] = False

    @property
    def quantities(self) -> tuple[Quantity, ...]:
        """The impedance."""
        return (Quantity("impedance", "ohm", np.ones(len(self.measured), dtype=bool)),)

    def spread(self, scales: Array) -> Array:
        """Return one standard deviation of each point."""
        return scaled_spread(self, scales)

    def systematics(self, candidate: Candidate) -> Array:
        """Return the systematic errors, of which none is known."""
        return np.zeros((len(self.measured), 0))

    def predicted(self, candidates: Sequence[Candidate]) -> Array:
        """Return the real parts, then the imaginary parts, ohm of the cell, (candidates, 2 frequencies)."""
        return np.array([_or_nan(self._one, candidate, len(self.measured)) for candidate in candidates])

    def _one(self, candidate: Candidate) -> Array:
        parameters = candidate[1]
        if self.stoichiometry is not None:
            positive, negative = state_at_stoichiometry(parameters, self.stoichiometry)
        else:
            positive, negative = state_at_voltage(parameters, float(self.voltage or 0.0))
        state = uniform_state(parameters, positive, negative)
        z = impedance(parameters, state, self.frequency, capacitances=capacitances_of(parameters)) / parameters.area
        return np.concatenate([z.real, z.imag])


@dataclass(frozen=True, eq=False)
class FadeObservation:
    """Discharge capacities (A s) and mean voltages (V) of every cycle, between the measured cut-offs."""

    label: str
    protocol: Protocol
    discharges: NDArray[np.int64]
    measured: Array
    own_spread: Array
    kind: str = "fade"
    together: ClassVar[bool] = True

    @property
    def quantities(self) -> tuple[Quantity, ...]:
        """Capacity and mean voltage."""
        first = np.arange(len(self.measured)) < len(self.discharges)
        return Quantity("discharge capacity", "A s", first), Quantity("mean voltage", "V", ~first)

    def spread(self, scales: Array) -> Array:
        """Return one standard deviation of each point."""
        return scaled_spread(self, scales)

    def systematics(self, candidate: Candidate) -> Array:
        """Return what one standard deviation of the current's gain does: all capacities together."""
        capacity = self.quantities[0].points
        return np.where(capacity, GAIN * self.measured, 0.0)[:, None]

    def predicted(self, candidates: Sequence[Candidate]) -> Array:
        """Return the capacities, then the mean voltages, (candidates, 2 cycles)."""
        cases = []
        for cell, parameters in candidates:
            start = _begun(cell, parameters, self.protocol)
            cases.append(Case(parameters, start, ageing_terms(cell, parameters) or None))
        found = run_cases(cases, self.protocol, tolerance=VOLTAGE_TOLERANCE)
        values = found.values[:, self.discharges]
        charge = np.abs(values[:, :, CHARGE_PASSED])
        mean = np.divide(values[:, :, ENERGY], charge, out=np.zeros_like(charge), where=charge > 0.0)
        areas = np.array([[parameters.area] for _, parameters in candidates])
        return np.concatenate([charge * areas, mean], axis=1)


def _or_nan(predict: Callable[[Candidate], Array], candidate: Candidate, length: int) -> Array:
    """Return a prediction, or nan where the candidate cannot be simulated."""
    try:
        return predict(candidate)
    except (InputError, SolverError):
        return np.full(length, np.nan)


Observation = SeriesObservation | SpectrumObservation | FadeObservation
"""Something measured: `label`, `kind`, `measured` (n,), its `quantities`, `spread(scales)` (n,), `systematics`, and
whether candidates go `together`."""


def observation(
    record: Record,
    label: str,
    cell: Cell,
    *,
    at: str | None = None,
    noise: float | None = None,
    own_start: bool = False,
) -> Observation:
    """Return a record as an observation of a cell.

    `at` is the state of a spectrum: a voltage such as ``"3.2 V"`` or ``"3.8 V vs Li"``, or ``"x=0.5"``, the positive
    electrode's stoichiometry; without it the record's own metadata decide. `noise` replaces the standard deviation the
    fit begins with: of the voltage in V; relative for spectra, capacities, and currents where only these are compared.
    With `own_start` the stated stoichiometry of the cell holds although the record begins at rest. Raises InputError
    for what a fit cannot use.
    """
    try:
        if record.kind == "spectrum":
            return _spectrum(record, label, cell, at, noise)
        if record.kind != "time series":
            raise InputError(f"a {record.kind} is no test of a cell; a fit takes time series and spectra")
        if at is not None:
            raise InputError("a state is given for a spectrum only; a time series begins at rest or at its limits")
        parts = segments(record)
        if _cycles(parts) >= MANY_CYCLES and cell.description.degradation.model_fields_set:
            return _fade(parts, label, cell, noise)
        return _series(parts, record, label, cell, noise, own_start)
    except InputError as error:
        raise InputError(f"{label}: {error}") from None


def _series(
    parts: tuple[Segment, ...], record: Record, label: str, cell: Cell, noise: float | None, own_start: bool
) -> SeriesObservation:
    largest = float(np.abs(record.current).max())
    volts = any(part.observed == "voltage" for part in parts)
    relative = SPREAD["current"] if noise is None or volts else noise
    spreads = {"voltage": SPREAD["voltage"] if noise is None else noise, "current": relative * largest}
    measured = np.concatenate([getattr(part, part.observed) for part in parts])
    charge = np.concatenate([_charge_spread(part) for part in parts])
    value = np.concatenate([spreads[part.observed] / np.sqrt(part.weight) for part in parts])
    first, start = parts[0], None
    if isinstance(first.step, Rest):
        start = first.tail[0], spreads["voltage"] / float(np.sqrt(first.tail[1]))
    elif isinstance(first.step, Sweep):
        # a sweep begins where the cell rests, or is held, before it
        start = float(first.voltage[0]), REST_VOLTAGE
    return SeriesObservation(label, parts, _begin(parts, cell), start, measured, value, charge, own_start)


def _charge_spread(part: Segment) -> Array:
    """Return |dV/dq| s_q of each point, V: where the voltage falls steeply, a little charge is many volts."""
    if part.observed != "voltage" or part.charge == 0.0 or len(part.time) < 3:
        return np.zeros(len(part.time))
    share = part.time / float(part.time[-1])
    ends = [np.clip(share + side * WINDOW, share[0], share[-1]) for side in (-1.0, 1.0)]
    rise = np.interp(ends[1], share, part.voltage) - np.interp(ends[0], share, part.voltage)
    width = np.maximum(ends[1] - ends[0], 1e-12)
    return np.asarray(POINT_CHARGE * np.abs(rise) / width)


def _begin(parts: tuple[Segment, ...], cell: Cell) -> Protocol:
    """Return the constant currents with the voltages between which the cell is used: they say where it came from.

    These are the lowest and highest of the record and of the cell's own protocol.
    """
    step = next((part.step for part in parts if isinstance(part.step, ConstantCurrent)), None)
    if step is None:
        return Protocol(steps=(Rest(duration=1.0),))
    own = cell.description.protocol
    limits = [] if own is None else [limit for limit in own.limits() if limit.own is None]
    offset = -_reference(cell) if limits else 0.0
    own_volts = [limit.volts + (offset if limit.against_lithium else 0.0) for limit in limits]
    measured = [float(part.voltage.min()) for part in parts], [float(part.voltage.max()) for part in parts]
    ends = {"discharge": min(*measured[0], *own_volts), "charge": max(*measured[1], *own_volts)}
    other = "charge" if step.kind == "discharge" else "discharge"
    return Protocol(
        steps=tuple(
            step.model_copy(update={"kind": kind, "until": Limit(volts=ends[kind])}) for kind in (step.kind, other)
        )
    )


def _reference(cell: Cell) -> float:
    """Return the potential of the negative electrode against lithium, 0 where it changes with its charge."""
    negative = cell_parameters(cell).negative
    return negative.potential if isinstance(negative, ConstantElectrode) else 0.0


def _spectrum(record: Record, label: str, cell: Cell, at: str | None, noise: float | None) -> SpectrumObservation:
    real, imaginary = record["real_impedance_ohm"], record["imaginary_impedance_ohm"]
    frequency = record["frequency_hertz"].astype(float)
    if np.any(frequency <= 0.0):
        raise InputError("the spectrum has a frequency that is not above 0")
    size = np.abs(real + 1j * imaginary)
    spread = (SPREAD["impedance"] if noise is None else noise) * np.maximum(size, 1e-12 + 1e-6 * size.max())
    voltage, stoichiometry = _state(record, cell, at)
    if voltage is not None:
        _check_voltage(cell, voltage)
    return SpectrumObservation(
        label,
        frequency,
        np.concatenate([real, imaginary]).astype(float),
        np.concatenate([spread, spread]),
        voltage,
        stoichiometry,
    )


def _state(record: Record, cell: Cell, at: str | None) -> tuple[float | None, float | None]:
    """Return the rest voltage or the stoichiometry at which a spectrum was taken."""
    if at is not None:
        return _read_state(cell, at)
    for key, place in (("positive_stoichiometry", 1), ("voltage_V", 0)):
        value = record.metadata.get(key)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return (float(value), None) if place == 0 else (None, float(value))
    raise InputError("at which state was the spectrum taken? Give its rest voltage, e.g. at = '3.2 V', or 'x=0.5'")


def _read_state(cell: Cell, at: str) -> tuple[float | None, float | None]:
    if at.replace(" ", "").startswith("x="):
        try:
            x = float(at.partition("=")[2])
        except ValueError:
            x = np.nan
        if not 0.0 <= x <= 1.0:
            raise InputError(f"the state {shown(at)} is not x=0 to x=1")
        return None, x
    from interlayer.protocol.sentences import read_limit

    limit = read_limit(at)
    if limit.own is not None:
        raise InputError(f"the state {shown(at)} is not a voltage or x=0 to x=1")
    return limit.volts - (_reference(cell) if limit.against_lithium else 0.0), None


def _check_voltage(cell: Cell, voltage: float) -> None:
    """Refuse a rest voltage that the cell cannot have."""
    parameters = cell_parameters(cell)
    ends = [rest_voltage(parameters, *state_at_voltage(parameters, far)) for far in (-1e3, 1e3)]
    if not ends[0] - 0.05 <= voltage <= ends[1] + 0.05:
        raise InputError(f"the cell rests between {ends[0]:.3g} and {ends[1]:.3g} V, not at {voltage:.4g} V")


def _cycles(parts: tuple[Segment, ...]) -> int:
    return sum(isinstance(part.step, ConstantCurrent) and part.step.kind == "discharge" for part in parts)


def _fade(parts: tuple[Segment, ...], label: str, cell: Cell, noise: float | None) -> FadeObservation:
    if not all(isinstance(part.step, ConstantCurrent | Rest) for part in parts):
        raise InputError("an ageing record may hold constant currents and rests only")
    steps = [
        part.step.model_copy(update={"until": Limit(volts=float(part.voltage[-1])), "duration": None})
        if isinstance(part.step, ConstantCurrent)
        else part.step
        for part in parts
    ]
    places = [
        number
        for number, part in enumerate(parts)
        if isinstance(part.step, ConstantCurrent) and part.step.kind == "discharge"
    ]
    capacity = np.array([parts[number].charge for number in places])
    mean = np.array([parts[number].mean_voltage for number in places])
    share = SPREAD["capacity"] if noise is None else noise
    spread = np.concatenate(
        [np.full(len(places), share * capacity.max()), np.full(len(places), 5.0 * SPREAD["voltage"])]
    )
    return FadeObservation(
        label, Protocol(steps=tuple(steps)), np.array(places), np.concatenate([capacity, mean]), spread
    )


def _at_rows(part: Segment, step: RunStep, parameters: CellParameters) -> Array:
    """Return what a simulated step gives at the measured times; what it no longer reaches goes on steeply."""
    rows = step.rows
    column = layout.VOLTAGE if part.observed == "voltage" else layout.CURRENT
    scale = 1.0 if part.observed == "voltage" else parameters.area
    if isinstance(part.step, Sweep):
        return _along_voltage(part, rows) * scale
    time, kept = np.unique(rows[:, layout.TIME], return_index=True)
    value = rows[kept, column]
    if len(time) < 2:
        result = np.full(len(part.time), value[-1]) * scale
    else:
        result = np.asarray(PchipInterpolator(time, value)(np.minimum(part.time, time[-1]))) * scale
    if part.charge > 0.0 and part.observed == "voltage":
        result[part.time > time[-1]] = np.nan
        return np.asarray(_continued(part, result[None, :], time[-1:, None], value[-1:, None] * scale)[0])
    return result


def _continued(part: Segment, voltage: Array, end: Array, last: Array) -> Array:
    """Return voltages (candidates, points) that go on steeply from a simulated step's `end` (s) and `last` voltage."""
    sign = 1.0 if part.step.kind == "charge" else -1.0
    beyond = last + sign * STEEP / float(part.time[-1]) * np.maximum(part.time - end, 0.0)
    return np.where(np.isnan(voltage), beyond, voltage)


def _along_voltage(part: Segment, rows: Array) -> Array:
    """Return the current of a simulated sweep at the measured voltages, A/m2."""
    voltage = rows[:, layout.VOLTAGE]
    if len(rows) < 2:
        return np.full(len(part.voltage), rows[-1, layout.CURRENT])
    if voltage[-1] < voltage[0]:
        rows, voltage = rows[::-1], voltage[::-1]
    return np.interp(part.voltage, voltage, rows[:, layout.CURRENT])


def state_at_stoichiometry(cell: CellParameters, positive: float) -> tuple[float, float]:
    """Return both stoichiometries where the positive's is given; the other has what it gave since it was made."""
    electrode = cell.positive
    low, high = electrode.open_circuit.lowest, min(electrode.open_circuit.highest, 0.999)
    if not low <= positive <= electrode.open_circuit.highest:
        raise InputError(f"x = {positive:g} is outside the open-circuit curve of {electrode.name}, {low:g} to {high:g}")
    return positive, _negative(cell, high - positive)


def state_at_voltage(cell: CellParameters, voltage: float) -> tuple[float, float]:
    """Return both stoichiometries at which the cell rests at a voltage; the nearest within its curves otherwise."""
    curve = cell.positive.open_circuit
    low, high = max(curve.lowest, 1e-3), min(curve.highest, 0.999)
    x = np.linspace(low, high, 4001)
    other = np.array([_negative(cell, high - low), _negative(cell, 0.0)])
    rest = curve.potential(x)
    if isinstance(cell.negative, HostElectrode):
        rest = rest - cell.negative.open_circuit.potential(np.interp(x, [low, high], other))
    else:
        rest = rest - cell.negative.potential
    falling = np.minimum.accumulate(rest)
    found = float(np.interp(-voltage, -falling, x))
    return found, _negative(cell, high - found)


def _negative(cell: CellParameters, given: float) -> float:
    """Return the negative electrode's stoichiometry after the positive has given this much of its own."""
    if not isinstance(cell.negative, HostElectrode):
        return 0.0
    empty = max(cell.negative.open_circuit.lowest, 1e-3)
    # as made it is empty; beyond its curve it stays at the end of it
    return float(min(empty + given * cell.positive.charge / cell.negative.charge, cell.negative.open_circuit.highest))
