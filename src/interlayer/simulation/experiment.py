"""The verb ``simulate``: a cell, a protocol, and what comes of it."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np

from interlayer._version import __version__
from interlayer.cell import Cell, as_cell, load_cell
from interlayer.cell.assumptions import assumptions
from interlayer.errors import InputError
from interlayer.materials import Library
from interlayer.protocol import AnyProtocol, ConstantCurrent, Protocol, read_protocol
from interlayer.records import Record
from interlayer.records.files import check_ending
from interlayer.simulation import layout
from interlayer.simulation.ageing import AgeingHistory
from interlayer.simulation.ageing_terms import ageing_terms
from interlayer.simulation.budget import overpotential_budget
from interlayer.simulation.cycles import cycle_results
from interlayer.simulation.explain import explain_step
from interlayer.simulation.explanation import Explanation
from interlayer.simulation.initial_state import initial_state
from interlayer.simulation.model import CellParameters, ConstantElectrode, HostElectrode
from interlayer.simulation.parameters import cell_parameters
from interlayer.simulation.result import SimulationResult, SpectrumResult, StepResult
from interlayer.simulation.run import Progress, RunStep, State, run_protocol, uniform_state
from interlayer.simulation.switches import SWITCHES, without

METHOD: Final = (
    "porous electrodes in a single-ion conductor (transference number 1), diffusion in particles, Butler-Volmer "
    "kinetics and layers in series, one temperature; finite volumes, variable-step BDF2, cut-offs located within 1 uV"
)
_REFERENCES: Final = ("newman1975",)


def simulate(
    cell: Cell | str | Path,
    *,
    protocol: AnyProtocol | None = None,
    out: str | Path | None = None,
    library: Library | str | Path | None = None,
    progress: Progress | None = None,
    explain: bool = False,
    leave_out: Sequence[str] = (),
) -> SimulationResult:
    """Put a cell through a protocol and return its steps and its record.

    `cell` is a Cell, a path or the name of an example; `protocol` is sentences
    (``"Charge at 0.1C until 4.4 V vs Li; Discharge at 1C until 2.5 V vs Li"``), a list of steps, a TOML file or a
    Protocol, by default the cell file's own; `out` writes the record (.csv, .xlsx, .parquet); `library` replaces the
    cell's library, as a Library or as a TOML file on top of the project's; `explain` says of each discharge (each
    charge, where there is none) which term costs how many mV and mAh/g; `leave_out` names terms of the model to
    switch off (`switches.SWITCHES`). 1C is the cell's nominal capacity in one hour; "vs Li" subtracts the anode's
    potential.

    A step that the cell cannot carry has zero capacity and a `note`. Raises InputError for what a user can mend and
    SolverError, with time, state and parameters, where the equations could not be solved.

    Reference: Newman and Tiedemann, AIChE J. 21 (1975) 25, doi 10.1002/aic.690210103.
    """
    if out is not None:
        check_ending(out)
    cell = with_library(cell, library)
    steps = protocol_of(cell, protocol)
    parameters = without(cell_parameters(cell), *leave_out)
    given = tuple(_stated(getattr(cell.description, role)) for role in ("cathode", "anode"))
    start = initial_state(parameters, steps, (given[0], given[1]))
    state = uniform_state(parameters, start.positive, start.negative)
    terms = ageing_terms(cell, parameters)
    history = AgeingHistory(parameters, terms) if terms else None
    starts = [state.copy()]

    def after_step(step: RunStep, left: State) -> CellParameters:
        following = step.cell if history is None else history.after_step(step, left)
        if explain:
            starts.append(left.copy())
        return following

    done = run_protocol(parameters, steps, state, progress=progress, after=after_step)
    record = build_record(parameters, steps, done, origin="simulated")
    path = None if out is None else str(record.write(out))
    charge_balance, lithium_balance = balances(parameters, done)
    negative = parameters.negative
    summaries = tuple(
        _step_result(parameters, number, cycle, step)
        for number, (cycle, step) in enumerate(zip(steps.cycle_numbers(), done, strict=True), start=1)
    )
    return SimulationResult(
        cell=cell.name,
        steps=summaries,
        cycles=cycle_results(summaries, history),
        record=path,
        one_c_mA_per_cm2=parameters.one_c / 10.0,
        reference_potential_V=negative.potential if isinstance(negative, ConstantElectrode) else None,
        budget=overpotential_budget(parameters, done),
        spectra=_spectra(done),
        explanations=_explanations(done, starts) if explain else (),
        assumptions=(
            *(f"{name} is switched off: {SWITCHES[name]}" for name in leave_out),
            *assumptions(cell.description),
            *parameters.assumptions,
            *start.reasons,
        ),
        lithium_balance_relative=lithium_balance,
        charge_balance_relative=charge_balance,
        method=METHOD,
        references=(*parameters.references, *_REFERENCES),
        data=record,
    )


def _spectra(done: Sequence[RunStep]) -> tuple[SpectrumResult, ...]:
    """Return the spectra of a run, each with its step and the state it was taken at."""
    return tuple(
        SpectrumResult(
            step=number,
            positive_stoichiometry=float(step.rows[-1, layout.STOICHIOMETRY]),
            voltage_V=float(step.rows[-1, layout.VOLTAGE]),
            area_cm2=step.spectrum.area * 1e4,
            frequency_hertz=tuple(step.spectrum.frequency.tolist()),
            real_impedance_ohm=tuple(step.spectrum.impedance.real.tolist()),
            imaginary_impedance_ohm=tuple(step.spectrum.impedance.imag.tolist()),
        )
        for number, step in enumerate(done, start=1)
        if step.spectrum is not None
    )


def _explanations(done: Sequence[RunStep], starts: Sequence[State]) -> tuple[Explanation, ...]:
    """Return that of every discharge that passed charge, or of every charge where there is none."""
    for kind in ("discharge", "charge"):
        found = tuple(
            explain_step(step.cell, step, start, number)
            for number, (step, start) in enumerate(zip(done, starts, strict=False), start=1)
            if step.step.kind == kind and len(step.rows) > 2
        )
        if found:
            return found
    return ()


def with_library(cell: Cell | str | Path, library: Library | str | Path | None) -> Cell:
    """Return the cell, with another library where one is given."""
    if library is None:
        return as_cell(cell)
    if isinstance(library, Library):
        return replace(as_cell(cell), library=library).check()
    if isinstance(cell, Cell):
        return replace(cell, library=cell.library.with_file(library)).check()
    return load_cell(cell, materials=library)


def protocol_of(cell: Cell, given: AnyProtocol | None) -> Protocol:
    """Return the protocol given, else the cell file's own; InputError where there is none.

    The cell's own limits, where the protocol names them, are the highest and the lowest voltage of the cell file's.
    """
    own = cell.description.protocol
    if given is None and own is None:
        raise InputError(
            f"{cell.origin}: protocol is missing; give one, e.g. --protocol 'Charge at 0.1C until 4.2 V; "
            "Discharge at 0.1C until 2.5 V'"
        )
    protocol = read_protocol(given) if given is not None else read_protocol(own, origin=f"{cell.origin}, protocol")  # type: ignore[arg-type]
    if not protocol.has_own_limits():
        return protocol
    limits = [] if own is None else [limit for limit in own.limits() if limit.own is None]
    if not limits:
        raise InputError(
            f"{cell.origin}: the protocol asks for the cell's own limits, but its file has no protocol with a voltage; "
            "write the voltage instead"
        )
    return protocol.resolved(min(limits, key=lambda one: one.volts), max(limits, key=lambda one: one.volts))


def _stated(electrode: Any) -> float | None:
    start = electrode.initial_stoichiometry
    return None if start is None else float(start.si)


def build_record(cell: CellParameters, protocol: Protocol, steps: Sequence[RunStep], *, origin: str) -> Record:
    """Return the record of a run, in Battery Data Format columns; each step begins with a row of its own."""
    lengths = [len(step.rows) for step in steps]
    numbers = np.repeat(np.arange(1, len(steps) + 1), lengths)
    starts = np.concatenate([[0.0], np.cumsum([step.rows[-1, layout.TIME] for step in steps])])[:-1]
    rows = np.concatenate([step.rows for step in steps])
    columns = {
        "test_time_second": rows[:, layout.TIME] + np.repeat(starts, lengths),
        "voltage_volt": rows[:, layout.VOLTAGE],
        "current_ampere": rows[:, layout.CURRENT] * cell.area,
        "cycle_count": np.repeat(protocol.cycle_numbers(), lengths),
        "step_count": numbers,
        "step_time_second": rows[:, layout.TIME],
        "step_cumulative_capacity_ah": np.abs(rows[:, layout.CHARGE_PASSED]) * cell.area / 3600.0,
        "step_cumulative_energy_wh": np.concatenate([_energy(step) for step in steps]) * cell.area / 3600.0,
        "positive_stoichiometry": rows[:, layout.STOICHIOMETRY],
    }
    if isinstance(cell.negative, HostElectrode):
        columns["negative_stoichiometry"] = rows[:, layout.STOICHIOMETRY + 1]
    metadata: dict[str, Any] = {
        "cell": cell.name,
        "origin": origin,
        "version": f"interlayer {__version__}",
        "area_m2": cell.area,
        "cathode_active_mass_kg": cell.active_mass * cell.area,
        "one_c_ampere": cell.one_c * cell.area,
        "temperature_K": cell.temperature,
        "steps": [step.step.text for step in steps],
    }
    if isinstance(cell.negative, ConstantElectrode):
        metadata["reference_potential_V"] = cell.negative.potential
    return Record(columns, metadata)


def _energy(step: RunStep) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Return the energy passed since the step's start, W s/m2: V dQ by the trapezoidal rule."""
    passed, voltage = np.abs(step.rows[:, layout.CHARGE_PASSED]), step.rows[:, layout.VOLTAGE]
    increments = 0.5 * (voltage[1:] + voltage[:-1]) * np.diff(passed)
    return np.concatenate([[0.0], np.cumsum(increments)])


def _step_result(cell: CellParameters, number: int, cycle: int, step: RunStep) -> StepResult:
    rows = step.rows
    charge = float(abs(rows[-1, layout.CHARGE_PASSED]))
    energy = float(_energy(step)[-1])
    return StepResult(
        number=number,
        cycle=cycle,
        kind=step.step.kind,
        step=step.step.text,
        capacity_mAh_per_g=charge / 3600.0 / cell.active_mass,
        energy_Wh_per_kg_active=energy / 3600.0 / cell.active_mass,
        mean_voltage_V=energy / charge if charge > 0 and isinstance(step.step, ConstantCurrent) else None,
        start_voltage_V=float(rows[0, layout.VOLTAGE]),
        end_voltage_V=float(rows[-1, layout.VOLTAGE]),
        duration_h=float(rows[-1, layout.TIME]) / 3600.0,
        ended_by=step.ended_by,
        note=step.note,
    )


def balances(cell: CellParameters, steps: Sequence[RunStep]) -> tuple[float, float]:
    """Return (charge balance, lithium balance), relative to all the charge that passed.

    The charge balance is the largest difference, of either electrode, between the lithium it gained or lost and the
    charge counted; the lithium balance is what both electrodes together gained. A reservoir of lithium gains what the
    charge says. What ages between steps is no part of either. Less than a ten-thousandth of the cathode's capacity
    counts as that: the rest is round-off.
    """
    through = sum(float(np.abs(np.diff(step.rows[:, layout.CHARGE_PASSED])).sum()) for step in steps)
    net = sum(float(step.rows[-1, layout.CHARGE_PASSED]) for step in steps)
    through = max(through, 1e-4 * cell.positive.charge)
    lost = -sum(_gain(step, 0) * step.cell.positive.charge for step in steps)
    gained = net
    if isinstance(cell.negative, HostElectrode):
        gained = sum(
            _gain(step, 1) * step.cell.negative.charge
            for step in steps
            if isinstance(step.cell.negative, HostElectrode)
        )
    charge = max(abs(lost - net), abs(gained - net)) / through
    return charge, abs(gained - lost) / through


def _gain(step: RunStep, electrode: int) -> float:
    """Return the rise of an electrode's mean stoichiometry (0: positive) within a step."""
    filling = step.rows[:, layout.STOICHIOMETRY + electrode]
    return float(filling[-1] - filling[0])
