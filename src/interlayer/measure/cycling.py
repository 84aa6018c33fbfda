"""Cycling: capacities, efficiencies and mean voltages of each cycle, how the capacity fades, what the current costs."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from interlayer.errors import InputError
from interlayer.measure.fade import FEWEST, FadeLaw, fade_laws
from interlayer.measure.finding import Analysis, Finding
from interlayer.records import Record

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Array = NDArray[np.float64]

METHOD: Final = "current integrated over time by the trapezoidal rule, cycle by cycle, charge and discharge apart"
_NOT_REPEATED: Final = "one record of one cell: nothing was repeated"
_SAME_CURRENT: Final = 0.1
_FEW_AT_A_RATE: Final = 1


@dataclass(frozen=True, eq=False)
class CycleTable:
    """What each cycle passed: numbers, charge and discharge in A h and W h, and the mean discharge current in A."""

    number: Array
    charge: Array
    discharge: Array
    charge_energy: Array
    discharge_energy: Array
    discharge_current: Array
    derived: bool
    """Whether the cycles were counted here, from the record's changes of direction."""


def cycle_table(record: Record) -> CycleTable:
    """Return what each cycle of a record passed.

    Q = integral of the positive (negative) part of I dt within a cycle, E that of V I dt. Without ``cycle_count`` a
    cycle begins where, after a discharge, a charge begins (or the other way round, as the record starts). Raises
    InputError where no current flows.
    """
    time, current, voltage = (
        np.asarray(record.columns[name], dtype=float) for name in ("test_time_second", "current_ampere", "voltage_volt")
    )
    derived = "cycle_count" not in record.columns
    cycles = _counted(current) if derived else record.columns["cycle_count"]
    lengths = np.diff(time)
    if np.any(lengths < 0.0):
        raise InputError("the time runs backwards somewhere: no charge can be counted")
    numbers = np.unique(cycles).astype(float)
    # an interval belongs to the cycle it begins in, and only where it ends in the same one
    inside = cycles[1:] == cycles[:-1]
    bins = np.searchsorted(numbers, cycles[:-1])

    def sums(values: Array) -> Array:
        return np.bincount(bins, weights=values * inside, minlength=len(numbers)).astype(float)

    passed, energy, active = [], [], []
    for side in (1.0, -1.0):
        part = np.maximum(side * current, 0.0)
        passed.append(sums(0.5 * (part[1:] + part[:-1]) * lengths) / 3600.0)
        energy.append(sums(0.5 * (part[1:] * voltage[1:] + part[:-1] * voltage[:-1]) * lengths) / 3600.0)
        active.append(sums(lengths * ((part[1:] > 0.0) & (part[:-1] > 0.0))))
    with np.errstate(divide="ignore", invalid="ignore"):
        mean_current = np.where(active[1] > 0.0, passed[1] * 3600.0 / active[1], 0.0)
    return CycleTable(numbers, passed[0], passed[1], energy[0], energy[1], mean_current, derived)


def _counted(current: Array) -> NDArray[np.int64]:
    size = np.abs(current)
    if not size.size or size.max() == 0.0:
        raise InputError("the record passes no current: it has no cycles")
    direction = np.where(size < 1e-3 * size.max(), 0.0, np.sign(current))
    moving = np.flatnonzero(direction)
    # a rest belongs to what came before it
    last = np.maximum.accumulate(np.where(direction != 0.0, np.arange(len(current)), 0))
    held = np.where(direction[last] == 0.0, direction[moving[0]], direction[last])
    begins = (held[1:] == direction[moving[0]]) & (held[:-1] == -direction[moving[0]])
    return np.concatenate([[1], 1 + np.cumsum(begins)]).astype(np.int64)


def cycle_capacities(record: Record) -> tuple[Array, Array, Array]:
    """Return cycle numbers, charge and discharge (both positive, A h) of a record."""
    table = cycle_table(record)
    return table.number, table.charge, table.discharge


def analyse_cycling(record: Record, *, formation_cycles: int = 0, mass_kg: float | None = None) -> Analysis:
    """Return capacities, retention, efficiencies, polarisation, the fade laws compared, and rate capability.

    The first `formation_cycles` cycles are left out of everything, and said so. Capacities are per `mass_kg` of active
    material (the record's own where it knows it), else of the cell. Where cycles ran at several currents, only those
    at the commonest one go into retention and fade; the capacities at each current are given with their scatter.
    Raises InputError where no cycle discharges.
    """
    whole = cycle_table(record)
    keep = (whole.discharge > 0.0) & (np.arange(len(whole.number)) >= formation_cycles)
    if not keep.any():
        raise InputError(
            f"no cycle after the first {formation_cycles} discharges; there are {len(whole.number)} cycles"
        )
    table = replace(
        whole,
        **{
            name: getattr(whole, name)[keep]
            for name in ("number", "charge", "discharge", "charge_energy", "discharge_energy", "discharge_current")
        },
    )
    mass = mass_kg if mass_kg is not None else record.metadata.get("cathode_active_mass_kg")
    if mass is not None and not 0.0 < float(mass) < 1e3:
        raise InputError(f"mass_kg {mass!r} is not a mass of active material")
    scale, unit = (1.0 / float(mass), "mAh/g") if mass else (1e3, "mAh")
    rates = _rates(table)
    usual = max(rates, key=len)
    discharge = table.discharge
    findings = [
        _finding("cycles", float(len(table.number)), "", "counted", METHOD),
        _finding("first_discharge_capacity", float(discharge[0] * scale), unit, _NOT_REPEATED, METHOD),
        _finding("last_discharge_capacity", float(discharge[-1] * scale), unit, _NOT_REPEATED, METHOD),
    ]
    warnings = ["the record has no column cycle_count: cycles were counted from charge and discharge"] * table.derived
    first, last = discharge[usual[0]], discharge[usual[-1]]
    if len(usual) > 1:
        method = "last over first" + (", at the commonest current" if len(rates) > 1 else "")
        findings.append(_finding("retention", 100.0 * float(last / first), "%", _NOT_REPEATED, method))
    findings += _efficiencies(table, warnings)
    laws = fade_laws(table.number[usual], discharge[usual] * scale)
    findings += _fade(laws, unit, table.number[usual], warnings)
    if len(rates) > 1:
        findings += _rate_capability(table, rates, scale, unit)
    left_out = f" The first {formation_cycles} cycles were left out as formation." if formation_cycles else ""
    return Analysis(
        kind="cycling",
        source=str(record.metadata.get("file", record.metadata.get("cell", ""))),
        findings=findings,
        warnings=warnings,
        methods=(
            f"Capacities are the {METHOD}.{left_out} Retention is the last discharge over the first. Linear, compound, "
            "square-root and knee laws were fitted to the discharge capacities by least squares and compared by "
            "Akaike's criterion for small samples."
        ),
        references=["hurvich1989"],
        details=_details(table, scale, unit, laws, usual, rates),
    )


def _rates(table: CycleTable) -> list[list[int]]:
    """Return the places of the cycles at each discharge current, the smallest first, currents within 10 % together."""
    groups: list[list[int]] = []
    for place in np.argsort(table.discharge_current, kind="stable"):
        current = table.discharge_current[place]
        if groups and current <= table.discharge_current[groups[-1][0]] * (1.0 + _SAME_CURRENT):
            groups[-1].append(int(place))
        else:
            groups.append([int(place)])
    return [sorted(group) for group in groups]


def _efficiencies(table: CycleTable, warnings: list[str]) -> list[Finding]:
    charged = table.charge > 0.0
    if not charged.any():
        return []
    discharge, charge = table.discharge[charged], table.charge[charged]
    efficiency = 100.0 * discharge / charge
    rows = [_mean("coulombic_efficiency", efficiency, "%", "mean over the cycles, discharge over charge")]
    product = float(np.prod(np.minimum(efficiency / 100.0, 1.0)))
    if len(table.number) > 1 and product < 0.8 * table.discharge[-1] / table.discharge[0]:
        warnings.append(
            f"the efficiencies multiply to {product:.2f}, the capacity is still "
            f"{table.discharge[-1] / table.discharge[0]:.2f} of the first: what the efficiency loses is not the "
            "lithium that cycles"
        )
    energies = table.charge_energy[charged], table.discharge_energy[charged]
    if np.all(energies[0] > 0.0):
        rows.append(_mean("energy_efficiency", 100.0 * energies[1] / energies[0], "%", "mean, discharge over charge"))
    means = [
        np.divide(energy, passed, out=np.zeros_like(energy), where=passed > 0.0)
        for energy, passed in zip(energies, (charge, discharge), strict=True)
    ]
    polarisation = (means[0] - means[1])[discharge > 0.0]
    if len(polarisation) == 0:
        return rows
    rows.append(_mean("polarisation", polarisation, "V", "mean charge voltage less mean discharge voltage"))
    return rows


def _fade(laws: list[FadeLaw], unit: str, number: Array, warnings: list[str]) -> list[Finding]:
    if not laws:
        warnings.append(f"{len(number)} cycles are too few for a fade law; at least {FEWEST} are needed")
        return []
    by_name = {law.name: law for law in laws}
    best = laws[0]
    compound, linear = by_name["compound"], by_name["linear"]
    rows = [
        Finding(
            name="fade_per_cycle", value=100.0 * compound.rate, unit="%", uncertainty=100.0 * compound.rate_sigma,
            method="compound: Q0 (1 - a)^n, least squares",
        ),
        Finding(
            name="linear_fade_per_cycle", value=100.0 * linear.rate, unit="%", uncertainty=100.0 * linear.rate_sigma,
            method="linear: Q0 (1 - a n), of the first capacity, least squares",
        ),
    ]  # fmt: skip
    if best.knee is not None:
        rows.append(
            Finding(
                name="knee", value=float(number[0] + best.knee), unit="", uncertainty=best.knee_sigma,
                method="two straight lines that meet; the law with the lowest AICc",
            )
        )  # fmt: skip
    if best.rate > 0.0 and best.end is not None:
        beyond = best.end > number[-1] - number[0]
        low, high = best.end_low, best.end_high
        interval = "" if low is None else f"95 % interval {number[0] + low:.4g} to {_or_never(high, number[0])}"
        rows.append(
            Finding(
                name="cycles_to_80_percent", value=float(number[0] + best.end), unit="", uncertainty=None,
                uncertainty_reason=interval or "a knee has no interval of its own here",
                method=f"{best.name} law, {best.formula}",
                note=f"extrapolated {best.end / max(number[-1] - number[0], 1.0):.1f} times beyond the data"
                if beyond
                else "",
            )
        )  # fmt: skip
    rivals = [law.name for law in laws[1:] if law.aicc - best.aicc < 2.0]
    if rivals:
        warnings.append(f"the data do not tell a {best.name} fade from {' or '.join(rivals)} (AICc within 2)")
    return rows


def _or_never(value: float | None, first: float) -> str:
    return "never" if value is None else f"{first + value:.4g}"


def _rate_capability(table: CycleTable, rates: list[list[int]], scale: float, unit: str) -> list[Finding]:
    slowest = float(np.mean(table.discharge[rates[0]]))
    rows = []
    for number, group in enumerate(rates, start=1):
        values = table.discharge[group] * scale
        current = float(np.mean(table.discharge_current[group]))
        known: dict[str, Any] = {"uncertainty_reason": "one cycle at this current"}
        if len(group) > _FEW_AT_A_RATE:
            known = {"uncertainty": float(np.std(values, ddof=1))}
        rows.append(
            Finding(
                name=f"capacity_at_current_{number}", value=float(values.mean()), unit=unit,
                method=f"mean and scatter of {len(group)} discharges at {current * 1e3:.4g} mA",
                note=f"{100.0 * float(values.mean()) / (slowest * scale):.1f} % of that at the smallest current",
                **known,
            )
        )  # fmt: skip
    return rows


def _details(
    table: CycleTable, scale: float, unit: str, laws: list[FadeLaw], usual: list[int], rates: list[list[int]]
) -> dict[str, Any]:
    key = unit.replace("/", "_per_")
    charged = np.where(table.charge > 0.0, table.charge, np.nan)
    efficiency = 100.0 * table.discharge / charged
    return {
        "cycle": table.number.tolist(),
        "unit": unit,
        f"charge_{key}": (table.charge * scale).tolist(),
        f"discharge_{key}": (table.discharge * scale).tolist(),
        "discharge_current_ampere": table.discharge_current.tolist(),
        "coulombic_efficiency_percent": [None if np.isnan(value) else float(value) for value in efficiency],
        "fade_laws": [
            {
                "law": law.name, "formula": law.formula, "aicc_difference": law.aicc - laws[0].aicc,
                "fade_per_cycle_percent": 100.0 * law.rate, "cycle": table.number[usual].tolist(),
                "fitted": law.fitted.tolist(),
            }
            for law in laws
        ],
        "rates": [
            {"current_ampere": float(np.mean(table.discharge_current[group])),
             "capacity": (table.discharge[group] * scale).tolist()}
            for group in rates
        ],
    }  # fmt: skip


def draw_cycling(analysis: Analysis) -> dict[str, "Figure"]:
    """Return capacity and efficiency over the cycles, and the capacity over the current where there are several."""
    from interlayer.measure.cycling_figures import draw_capacity, draw_rates

    figures = {"capacity": draw_capacity(analysis.details)}
    return figures | ({"rates": draw_rates(analysis.details)} if len(analysis.details["rates"]) > 1 else {})


def _finding(name: str, value: float, unit: str, reason: str, method: str) -> Finding:
    return Finding(name=name, value=value, unit=unit, uncertainty_reason=reason, method=method)


def _mean(name: str, values: Array, unit: str, method: str) -> Finding:
    """Return a mean with its standard error, or the only value there is."""
    known: dict[str, Any] = {"uncertainty_reason": _NOT_REPEATED}
    if len(values) > 1:
        known = {"uncertainty": float(values.std(ddof=1) / np.sqrt(len(values)))}
    return Finding(name=name, value=float(values.mean()), unit=unit, method=method, **known)
