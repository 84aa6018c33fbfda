"""The records of a resistance budget: one row per term, and what a measured interface resistance leaves open."""

from collections.abc import Iterable
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

_CM2 = 1e4  # ohm cm2 per ohm m2

How = Literal["computed", "measured", "inferred from the measurement", "not known"]


class ResistanceTerm(BaseModel):
    """One term of a cell's resistance, at small current.

    `area_specific_resistance_ohm_cm2` is per electrode area; `resistance_ohm` is on the cell's area;
    `true_area_resistance_ohm_cm2` is per area of particle surface, where the term acts there.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    part: Literal["cathode", "cathode interface", "separator", "anode"]
    how: How
    area_specific_resistance_ohm_cm2: float | None
    resistance_ohm: float | None
    true_area_resistance_ohm_cm2: float | None = None
    inputs: str
    sources: tuple[str, ...] = ()
    note: str = ""


class InterfaceBalance(BaseModel):
    """How much of a measured cathode interface resistance the named layers explain."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    measured_ohm: float
    measured_ohm_cm2: float
    measured_true_area_ohm_cm2: float
    explained_share: float
    explained_share_low: float
    explained_share_high: float
    explained_by: tuple[str, ...]
    left_ohm: float
    left_carried_by: Literal["charge_transfer", "ohmic", "ignored"]
    exchange_current_density_uA_per_cm2: float | None
    conductivity_a_film_would_need_S_per_cm: float | None
    statement: str
    source: str


class ResistanceBudget(BaseModel):
    """Where a cell's resistance sits, term by term, per electrode area and on the cell."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    cell: str
    temperature_K: float
    area_cm2: float
    true_area_per_electrode_area: float
    one_c_mA_per_cm2: float
    terms: tuple[ResistanceTerm, ...]
    known_total_ohm_cm2: float
    voltage_loss_at_0_1C_mV: float
    voltage_loss_at_1C_mV: float
    interface: InterfaceBalance | None
    assumptions: tuple[str, ...]
    references: tuple[str, ...]
    method: str = Field(
        default="computed from the cell file and the library; linear, at small current: kinetics and diffusion at "
        "large current are the simulation's"
    )

    def plot(self) -> Any:
        """Return a matplotlib figure of the terms on a logarithmic axis, measured resistance beside them."""
        from interlayer.transport.figures import budget_figure

        return budget_figure(self)


def term(
    area: float,
    name: str,
    part: str,
    value: float | None,
    inputs: str,
    *,
    how: How = "computed",
    true: float | None = None,
    sources: Iterable[str | None] = (),
    note: str = "",
) -> ResistanceTerm:
    """Return a row from a resistance per electrode area and per `true` area (ohm m2) on a cell of `area` m2."""
    return ResistanceTerm.model_validate(
        {
            "name": name,
            "part": part,
            "how": how,
            "area_specific_resistance_ohm_cm2": None if value is None else value * _CM2,
            "resistance_ohm": None if value is None else value / area,
            "true_area_resistance_ohm_cm2": None if true is None else true * _CM2,
            "inputs": inputs,
            "sources": tuple(source for source in sources if source),
            "note": note,
        }
    )


def length_text(value: float) -> str:
    """Return a length in m as a reader would write it."""
    for unit, scale in (("nm", 1e-9), ("um", 1e-6), ("mm", 1e-3)):
        if value < 1000 * scale:
            return f"{value / scale:.3g} {unit}"
    return f"{value:.3g} m"


def conductivity_text(value: float) -> str:
    """Return a conductivity in S/m as a reader would write it."""
    return f"{value / 0.1:.3g} mS/cm" if value >= 1e-4 else f"{value / 100:.3g} S/cm"
