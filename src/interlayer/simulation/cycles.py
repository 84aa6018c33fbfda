"""Steps summed up to cycles: capacities, efficiencies, retention, and how far the cell has aged."""

from collections.abc import Sequence
from typing import Literal

from interlayer.simulation.ageing import AgedState, AgeingHistory
from interlayer.simulation.result import CycleResult, StepResult


def cycle_results(steps: Sequence[StepResult], history: AgeingHistory | None) -> tuple[CycleResult, ...]:
    """Return one row per cycle of a protocol; a hold counts with the direction of the current before it."""
    found: list[CycleResult] = []
    first: float | None = None
    for cycle in dict.fromkeys(step.cycle for step in steps):
        members = [(i, step) for i, step in enumerate(steps) if step.cycle == cycle]
        sums = {"charge": [0.0, 0.0], "discharge": [0.0, 0.0]}
        direction: Literal["charge", "discharge"] = "charge"
        for _, step in members:
            if step.kind in ("charge", "discharge"):
                direction = "charge" if step.kind == "charge" else "discharge"
            sums[direction][0] += step.capacity_mAh_per_g
            sums[direction][1] += step.energy_Wh_per_kg_active
        (charge, stored), (discharge, delivered) = sums["charge"], sums["discharge"]
        first = discharge if first is None and discharge > 0.0 else first
        aged = AgedState() if history is None else history.state_after(members[-1][0])
        found.append(
            CycleResult(
                cycle=cycle,
                charge_mAh_per_g=charge,
                discharge_mAh_per_g=discharge,
                coulombic_efficiency=discharge / charge if charge > 0.0 else None,
                energy_efficiency=delivered / stored if stored > 0.0 else None,
                retention=discharge / first if first else None,
                mean_charge_voltage_V=stored / charge if charge > 0.0 else None,
                mean_discharge_voltage_V=delivered / discharge if discharge > 0.0 else None,
                contact=aged.contact,
                active=aged.active,
                grown_resistance_ohm_cm2=_grown(aged, history),
                thicknesses_nm={name: t * 1e9 for name, t in aged.thicknesses.items() if t > 0.0},
                lithium_bound_mAh_per_cm2=aged.lithium_bound / 3.6e4,
            )
        )
    return tuple(found)


def _grown(aged: AgedState, history: AgeingHistory | None) -> float:
    """Return what grown layers add per electrode area, ohm cm2: less contact makes the same layer cost more."""
    if history is None:
        return 0.0
    area = history.fresh.positive.contacted_area * aged.contact * aged.active
    return sum(aged.resistances.values()) / area * 1e4
