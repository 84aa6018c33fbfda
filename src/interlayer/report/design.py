"""The four questions about a cell, answered in one go (verb: ``design``)."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict

from interlayer.cell import Cell, as_cell
from interlayer.cell.assumptions import assumptions
from interlayer.errors import InputError
from interlayer.quantity import StrictModel
from interlayer.report.potentials import potentials
from interlayer.report.stability import Stability, stability
from interlayer.writing import save_figure, write_whole

if TYPE_CHECKING:
    from interlayer.energy import StackResult
    from interlayer.simulation import SimulationResult
    from interlayer.transport import ResistanceBudget

Progress = Callable[[str], None]
"""Called with the name of each stage as it begins."""
STAGES = ("stability", "resistance", "cell", "stack", "report")


class Comparison(StrictModel):
    """A value that a source reports beside ours; `factor` is ours over theirs, None where either is zero."""

    quantity: str
    rate: str | None
    reported: float
    ours: float | None
    unit: str
    factor: float | None
    source: str


class DesignReport(BaseModel):
    """Stability, resistance, delivery and weight of one cell, with what was assumed and cited.

    `answers` holds one sentence per question. `files` are the paths written, empty where nothing was asked for.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    name: str
    title: str
    origin: str
    temperature_K: float
    answers: dict[str, str]
    stability: Stability
    resistance: "ResistanceBudget"
    cell: "SimulationResult"
    stack: "StackResult"
    stack_at_simulated_capacity: "StackResult | None"
    comparison: tuple[Comparison, ...]
    assumptions: tuple[str, ...]
    references: tuple[str, ...]
    files: tuple[str, ...] = ()

    def plot(self) -> Any:
        """Return the voltage curves as a matplotlib figure; each section has a `plot` of its own."""
        return self.cell.plot()


def design(cell: Cell | str | Path, *, out: str | Path | None = None, progress: Progress | None = None) -> DesignReport:
    """Return the design report of a cell: its stability, its resistance, what it delivers and what it weighs.

    `cell` is a Cell, a path or the name of an example. With `out`, a folder, ``report.json``, a self-contained
    ``report.html`` and the figures as PNG are written there; the record of the simulation as CSV beside them.
    `progress` is called with each of `STAGES`. Raises InputError for what a user can mend.
    """
    from interlayer.energy import stack
    from interlayer.simulation import simulate
    from interlayer.transport import resistance

    DesignReport.model_rebuild(_types_namespace=_record_types())
    tell = progress or (lambda stage: None)
    cell = as_cell(cell)
    if cell.description.protocol is None:
        raise InputError(f"{cell.origin}: protocol is missing; 'design' needs one to say what the cell delivers")
    folder = None if out is None else _folder(Path(out))
    limits = potentials(cell)
    tell("stability")
    stable = stability(cell, charged=limits.charged, discharged=limits.discharged, anode=limits.anode)
    tell("resistance")
    budget = resistance(cell)
    tell("cell")
    record = None if folder is None else folder / "record.csv"
    simulation = simulate(cell, out=record)
    tell("stack")
    weight = stack(cell)
    delivered = _first_discharge(simulation)
    weight_as_simulated = (
        stack(cell, capacity=delivered[0], voltage=delivered[1])
        if delivered is not None and delivered[0] > 0 and delivered[1] > 0
        else None
    )
    tell("report")
    compared = tuple(_compare(cell, simulation))
    report = DesignReport(
        name=cell.name,
        title=cell.description.title,
        origin=cell.origin,
        temperature_K=cell.description.temperature.si,
        answers=_answers(stable, budget, simulation, weight, weight_as_simulated),
        stability=stable,
        resistance=budget,
        cell=simulation,
        stack=weight,
        stack_at_simulated_capacity=weight_as_simulated,
        comparison=compared,
        assumptions=_unique([*assumptions(cell.description), *simulation.assumptions, *weight.assumptions]),
        references=_references(cell, stable, budget, simulation, weight),
    )
    return report if folder is None else _write(report, folder)


def _record_types() -> dict[str, Any]:
    from interlayer.energy import StackResult
    from interlayer.simulation import SimulationResult
    from interlayer.transport import ResistanceBudget

    return {"StackResult": StackResult, "SimulationResult": SimulationResult, "ResistanceBudget": ResistanceBudget}


def _folder(path: Path) -> Path:
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"cannot write the report into {str(path)!r}: {error.strerror or error}") from None
    return path


def _first_discharge(simulation: "SimulationResult") -> tuple[float, float] | None:
    """Return (mAh/g, V) of the first step that discharges."""
    for step in simulation.steps:
        if step.kind == "discharge" and step.mean_voltage_V is not None:
            return step.capacity_mAh_per_g, step.mean_voltage_V
    return None


def _compare(cell: Cell, simulation: "SimulationResult") -> Iterator[Comparison]:
    """Yield each reported capacity beside the simulated step of the same kind and rate, the first such step."""
    areal = cell.cathode.active_areal_mass * 0.1  # mAh/cm2 per mAh/g: 1 kg/m2 is 0.1 g/cm2
    scales = {
        "specific_capacity": ("mAh/g", 1.0),
        "areal_capacity": ("mAh/cm2", areal),
        "charge": ("uAh", areal * cell.description.area.to("cm2") * 1e3),
    }
    for reported in cell.description.reported:
        if reported.value.kind not in scales:
            continue
        unit, scale = scales[reported.value.kind]
        value = reported.value.to(unit)
        kind = reported.quantity.split()[0]
        ours = next(
            (
                step.capacity_mAh_per_g * scale
                for step in simulation.steps
                if step.kind == kind and reported.rate is not None and f" at {reported.rate} " in f" {step.step} "
            ),
            None,
        )
        yield Comparison(
            quantity=reported.quantity,
            rate=reported.rate,
            reported=value,
            ours=ours,
            unit=unit,
            factor=ours / value if ours and value else None,
            source=reported.source,
        )


def _answers(
    stable: Stability,
    budget: "ResistanceBudget",
    simulation: "SimulationResult",
    weight: "StackResult",
    as_simulated: "StackResult | None",
) -> dict[str, str]:
    first = _first_discharge(simulation)
    delivers = (
        f"{first[0]:.0f} mAh/g at {first[1]:.2f} V on the first discharge."
        if first is not None
        else "The protocol has no discharge."
    )
    later = [step for step in simulation.steps if step.kind == "discharge"][1:]
    if later:
        delivers = delivers[:-1] + "; " + ", ".join(f"{s.capacity_mAh_per_g:.0f} mAh/g ({s.step})" for s in later) + "."
    known = f"{budget.known_total_ohm_cm2:.3g} Ω cm² known, {budget.voltage_loss_at_1C_mV:.0f} mV at 1C."
    if budget.interface is not None:
        known += f" {budget.interface.statement}"
    weighs = f"{weight.specific_energy_Wh_per_kg:.0f} Wh/kg, {weight.energy_density_Wh_per_L:.0f} Wh/L"
    if as_simulated is not None and weight.capacity_source != as_simulated.capacity_source:
        weighs += f" ({weight.capacity_source}); {as_simulated.specific_energy_Wh_per_kg:.0f} Wh/kg as simulated"
    return {
        "Is each interface stable?": stable.statement,
        "How resistive is each layer?": known,
        "What does the cell deliver?": delivers,
        "What does the stack weigh?": weighs + ".",
    }


def _references(
    cell: Cell,
    stable: Stability,
    budget: "ResistanceBudget",
    simulation: "SimulationResult",
    weight: "StackResult",
) -> tuple[str, ...]:
    """Return a full citation for each source key used, then the sources of the methods."""
    from interlayer.references import citations

    keys = [*cell.description.references, *budget.references, *simulation.references, *weight.references]
    keys += [row.source for row in cell.description.reported]
    methods = [text for contact in stable.contacts if contact.reaction for text in contact.reaction.references]
    methods += [text for layer in stable.windows if layer.window for text in layer.window.references]
    return _unique([*citations(keys), *methods])


def _unique(lines: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(line for line in lines if line))


def _write(report: DesignReport, folder: Path) -> DesignReport:
    """Write page and figures, then the JSON last: where it stands, the rest is whole."""
    from interlayer.report.page import page

    figures = {
        "voltage.png": report.cell.plot(),
        "resistance.png": report.resistance.plot(),
        "stack.png": report.stack.plot(),
    }
    worst = min(
        (c.reaction for c in report.stability.contacts if c.reaction is not None),
        key=lambda reaction: reaction.reaction_energy_eV_per_atom,
        default=None,
    )
    if worst is not None:
        figures["reaction.png"] = worst.plot()
    shown = next((layer.window for layer in report.stability.windows if layer.window is not None), None)
    if shown is not None:
        figures["window.png"] = shown.plot()
    files = [save_figure(figure, folder / name) for name, figure in figures.items()]
    files += [folder / "record.csv", folder / "report.html", folder / "report.json"]
    report = report.model_copy(update={"files": tuple(str(path) for path in files)})
    write_whole(folder / "report.html", page(report))
    write_whole(folder / "report.json", report.model_dump_json(indent=2) + "\n")
    return report
