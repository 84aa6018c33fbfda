"""One term of a cell's voltage loss."""

from typing import Literal

from pydantic import BaseModel, ConfigDict


class OverpotentialTerm(BaseModel):
    """One term of the voltage loss, mV; positive where it costs voltage."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    term: str
    part: Literal["cathode", "separator", "anode"]
    overpotential_mV: float
