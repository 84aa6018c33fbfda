"""The record of an explained step: what each term costs."""

from interlayer.quantity import StrictModel
from interlayer.simulation.overpotential import OverpotentialTerm


class SwitchedOff(StrictModel):
    """The same step without one term of the model: what it delivers, and how that differs from the whole cell."""

    switch: str
    meaning: str
    capacity_mAh_per_g: float
    capacity_gain_mAh_per_g: float
    mean_voltage_V: float | None
    mean_voltage_shift_mV: float | None
    ended_by: str


class Explanation(StrictModel):
    """Where the voltage and the capacity of one step went; `terms` are means over the charge of the step."""

    step: str
    number: int
    capacity_mAh_per_g: float
    mean_voltage_V: float
    mean_equilibrium_voltage_V: float
    terms: list[OverpotentialTerm]
    without: list[SwitchedOff]
    method: str
