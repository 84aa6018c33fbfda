"""Records as observations: what was measured, how sure each point is, and what a cell predicts for it.

- time series: the cell is driven by the measured steps. Where the current is given, the voltage is compared, and the
  other way round. Where a simulated step cannot go on for as long as the measured one, its voltage is taken to go on as
  steeply as it ended, so that a fit knows which way to go.
- spectrum: both parts of the impedance at a given state, each weighed by the magnitude.
- fade: discharge capacity and mean voltage of every cycle of a cell that ages.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import PchipInterpolator

from interlayer.calibration.segments import Segment, segments
from interlayer.cell import Cell
from interlayer.errors import InputError, SolverError, shown
from interlayer.protocol import ConstantCurrent, Limit, Protocol, Rest, Sweep
from interlayer.records import Record
from interlayer.simulation import layout
from interlayer.simulation.ageing_terms import ageing_terms
from interlayer.simulation.batch import CHARGE_PASSED, DURATION, END_VOLTAGE, ENERGY, Case, run_cases
from interlayer.simulation.impedance import capacitances_of, impedance
from interlayer.simulation.initial_state import initial_state
from interlayer.simulation.model import CellParameters, ConstantElectrode, HostElectrode
from interlayer.simulation.parameters import cell_parameters
from interlayer.simulation.run import RunStep, run_step, uniform_state

Array = NDArray[np.float64]

STEEP: Final = (5.0, 500.0)
"""V per capacity of a step, least and most, for the charge that a simulated step lacks."""
SPREAD: Final[Mapping[str, float]] = {"voltage": 1e-3, "current": 0.01, "impedance": 0.01, "capacity": 0.005}
"""Standard deviations a fit begins with: V; relative for the largest current, |Z| and the capacity. Then estimated."""
CHARGE: Final = 5e-4
"""Standard deviation of the charge passed in a step, relative: what good cyclers state for their current."""
WINDOW: Final = 0.01
"""Share of a step over which its slope is taken either way, so that noise does not look steep."""
VOLTAGE_TOLERANCE: Final = 1e-6
"""V; error of a time step where candidates are run together, small against the noise and against differences."""
FEW_STEPS: Final = 6
MANY_CYCLES: Final = 12
"""From so many cycles on a record of an ageing cell is compared by capacity and mean voltage, not point by point."""


Candidate = tuple[Cell, CellParameters]
"""A cell and its model parameters, as one candidate of a fit gives them."""


@dataclass(frozen=True, eq=False)
class SeriesObservation:
    """The steps of a time series, and the limits between which the cell was at rest when it began."""

    label: str
    parts: tuple[Segment, ...]
    begin: Protocol
    start_voltage: float | None
    measured: Array
    own_spread: Array
    charge_spread: Array
    """What the charge's standard deviation makes of the voltage, V: much where the voltage is steep."""
    kind: str = "time series"

    def spread(self, scale: float) -> Array:
        """Return one standard deviation of each point with the value's own spread times `scale`."""
        return np.hypot(scale * self.own_spread, self.charge_spread)

    def telling(self, scale: float) -> NDArray[np.bool_]:
        """Return which points tell about the value's own spread."""
        return np.asarray(self.charge_spread < 0.5 * scale * self.own_spread)

    def predicted(self, candidates: Sequence[Candidate]) -> Array:
        """Return voltages (V) or currents (A) at the measured times, (candidates, points); nan where unsolved.

        A few steps of constant current go through the engine's lanes, all candidates together; others one by one.
        """
        few = len(self.parts) <= FEW_STEPS and all(isinstance(part.step, ConstantCurrent) for part in self.parts)
        if few:
            return self._in_lanes(candidates)
        return np.array([_or_nan(self._one, candidate, len(self.measured)) for candidate in candidates])

    def _one(self, candidate: Candidate) -> Array:
        parameters = candidate[1]
        state = uniform_state(parameters, *self._start(candidate))
        values = []
        for number, part in enumerate(self.parts, start=1):
            step = run_step(parameters, part.step, state, number=number)
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

    def _start(self, candidate: Candidate) -> tuple[float, float]:
        cell, parameters = candidate
        stated = [getattr(cell.description, role).initial_stoichiometry for role in ("cathode", "anode")]
        given = tuple(None if one is None else one.si for one in stated)
        if given[0] is None and self.start_voltage is not None:
            return state_at_voltage(parameters, self.start_voltage)
        start = initial_state(parameters, self.begin, (given[0], given[1]))
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

    def spread(self, scale: float) -> Array:
        """Return one standard deviation of each point."""
        return np.asarray(scale * self.own_spread)

    def telling(self, scale: float) -> NDArray[np.bool_]:
        """Return which points tell about the spread: all."""
        return np.ones(len(self.measured), dtype=bool)

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

    def spread(self, scale: float) -> Array:
        """Return one standard deviation of each point."""
        return np.asarray(scale * self.own_spread)

    def telling(self, scale: float) -> NDArray[np.bool_]:
        """Return which points tell about the spread: all."""
        return np.ones(len(self.measured), dtype=bool)

    def predicted(self, candidates: Sequence[Candidate]) -> Array:
        """Return the capacities, then the mean voltages, (candidates, 2 cycles)."""
        cases = []
        for cell, parameters in candidates:
            start = initial_state(parameters, self.protocol, (None, None))
            cases.append(Case(parameters, (start.positive, start.negative), ageing_terms(cell, parameters) or None))
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
"""Something measured: `label`, `kind`, `measured` (n,) and `spread(scale)` (n,), one standard deviation each."""


def observation(
    record: Record,
    label: str,
    cell: Cell,
    *,
    at: str | None = None,
    noise: float | None = None,
) -> Observation:
    """Return a record as an observation of a cell.

    `at` is the state of a spectrum: a voltage such as ``"3.2 V"`` or ``"3.8 V vs Li"``, or ``"x=0.5"``, the positive
    electrode's stoichiometry; without it the record's own metadata decide. `noise` replaces the standard deviation the
    fit begins with, in V, in ohm per ohm, and so on as in `SPREAD`. Raises InputError for what a fit cannot use.
    """
    try:
        if record.kind == "spectrum":
            return _spectrum(record, label, at, noise)
        if record.kind != "time series":
            raise InputError(f"a {record.kind} is no test of a cell; a fit takes time series and spectra")
        parts = segments(record)
        if _cycles(parts) >= MANY_CYCLES and cell.description.degradation.model_fields_set:
            return _fade(parts, label, cell, noise)
        return _series(parts, record, label, cell, noise)
    except InputError as error:
        raise InputError(f"{label}: {error}") from None


def _series(
    parts: tuple[Segment, ...], record: Record, label: str, cell: Cell, noise: float | None
) -> SeriesObservation:
    largest = float(np.abs(record.current).max())
    spreads = {
        "voltage": SPREAD["voltage"] if noise is None else noise,
        "current": SPREAD["current"] * largest,
    }
    measured = np.concatenate([getattr(part, part.observed) for part in parts])
    charge = np.concatenate([_charge_spread(part) for part in parts])
    first = parts[0]
    at_rest = isinstance(first.step, Rest)
    voltage = float(first.voltage[-1]) if at_rest else None
    if isinstance(first.step, Sweep):
        # a sweep begins where the cell rests, or is held, before it
        voltage = float(first.voltage[0])
    value = np.concatenate([spreads[part.observed] / np.sqrt(part.weight) for part in parts])
    return SeriesObservation(label, parts, _begin(parts, cell), voltage, measured, value, charge)


def _charge_spread(part: Segment) -> Array:
    """Return |dV/dq| s_q of each point, V: where the voltage falls steeply, a little charge is many volts."""
    if part.observed != "voltage" or part.charge == 0.0 or len(part.time) < 3:
        return np.zeros(len(part.time))
    share = part.time / float(part.time[-1])
    ends = [np.clip(share + side * WINDOW, share[0], share[-1]) for side in (-1.0, 1.0)]
    rise = np.interp(ends[1], share, part.voltage) - np.interp(ends[0], share, part.voltage)
    return np.asarray(CHARGE * np.abs(rise) / (ends[1] - ends[0]))


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


def _spectrum(record: Record, label: str, at: str | None, noise: float | None) -> SpectrumObservation:
    real, imaginary = record["real_impedance_ohm"], record["imaginary_impedance_ohm"]
    frequency = record["frequency_hertz"].astype(float)
    if np.any(frequency <= 0.0):
        raise InputError("the spectrum has a frequency that is not above 0")
    size = np.abs(real + 1j * imaginary)
    spread = (SPREAD["impedance"] if noise is None else noise) * np.maximum(size, 1e-12 + 1e-6 * size.max())
    voltage, stoichiometry = _state(record, at)
    return SpectrumObservation(
        label,
        frequency,
        np.concatenate([real, imaginary]).astype(float),
        np.concatenate([spread, spread]),
        voltage,
        stoichiometry,
    )


def _state(record: Record, at: str | None) -> tuple[float | None, float | None]:
    if at is not None:
        if at.replace(" ", "").startswith("x="):
            try:
                x = float(at.partition("=")[2])
            except ValueError:
                x = np.nan
            if not 0.0 <= x <= 1.0:
                raise InputError(f"the state {shown(at)} is not x=0 to x=1")
            return None, x
        from interlayer.units import parse

        return parse(at, "voltage"), None
    for key, place in (("positive_stoichiometry", 1), ("voltage_V", 0)):
        value = record.metadata.get(key)
        if value is not None:
            return (float(value), None) if place == 0 else (None, float(value))
    raise InputError("at which state was the spectrum taken? Give its rest voltage, e.g. at = '3.2 V', or 'x=0.5'")


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
    """Return voltages (candidates, points) that go on from a simulated step's `end` (s) and `last` voltage where nan.

    They go on as steeply as they ended, within `STEEP`, so that a fit feels the charge that is missing.
    """
    seen = np.sum(~np.isnan(voltage), axis=1, keepdims=True)
    before = np.clip(seen - 1, 0, None)
    elapsed = end - part.time[before[:, 0], None]
    drop = last - np.take_along_axis(voltage, before, axis=1)
    slope = np.abs(np.divide(drop, elapsed, out=np.zeros_like(drop), where=(elapsed > 0.0) & (seen > 0)))
    least, most = (limit / float(part.time[-1]) for limit in STEEP)
    sign = 1.0 if part.step.kind == "charge" else -1.0
    beyond = last + sign * np.clip(slope, least, most) * np.maximum(part.time - end, 0.0)
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
