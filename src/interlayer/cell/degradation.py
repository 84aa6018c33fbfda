"""How a cell ages, as its file states it: named terms, each with its own parameters, each optional.

Rates are written as what an experiment sees: so thick, or so many ohms, after so long; so much less per cycle.
"""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from interlayer.quantity import (
    ArealCapacity,
    AreaSpecificResistance,
    Conductivity,
    Energy,
    Fraction,
    Length,
    Pressure,
    Quantity,
    Ratio,
    StrictModel,
    Temperature,
    Voltage,
    quantity,
)

Time = Annotated[Quantity, quantity("time")]
ReactionEnergy = Annotated[Quantity, quantity("energy_per_particle", lowest=-1e-18, highest=0.0, exclude_lowest=False)]
"""Energy released per atom, negative; down to some -6 eV."""
_ROOM = Quantity(si=298.15, kind="temperature", text="25 degC")


class Growth(StrictModel):
    """A layer that grows while a condition holds: `thickness` thick, or of `resistance`, `after` so long.

    ``parabolic``: thickness ~ sqrt(t), limited by diffusion through the layer; ``linear``: limited by the reaction.
    `resistance` is of the whole electrode per electrode area; with `thickness` a `conductivity` is needed for the
    layer to cost voltage. The rate holds at `reference_temperature`, and elsewhere follows `activation_energy`.
    """

    after: Time
    thickness: Length | None = None
    conductivity: Conductivity | None = None
    resistance: AreaSpecificResistance | None = None
    law: Literal["parabolic", "linear"] = "parabolic"
    activation_energy: Energy | None = None
    reference_temperature: Temperature = _ROOM

    @model_validator(mode="after")
    def _costs_something(self) -> Self:
        if (self.thickness is None) == (self.resistance is None):
            raise PydanticCustomError(
                "growth", "give exactly one of 'thickness' (with 'conductivity') and 'resistance'"
            )
        if self.resistance is not None and self.conductivity is not None:
            raise PydanticCustomError("growth", "'conductivity' belongs to 'thickness', not to 'resistance'")
        return self


class InterphaseGrowth(Growth):
    """A reaction layer between active surface (or coating) and electrolyte.

    Without `above` it is the chemical branch: it grows at all times, and only where no coating lies. With `above`, a
    potential against lithium or ``"window"`` (the oxidation limit of the electrode's electrolyte), it is the
    electrochemical branch: it grows while the cathode is above it, coated or not. `at_reaction_energy` is the
    reaction energy per atom of the contact the rate was measured on: the rate of this cell is then scaled by the
    reaction energy of its own contact (coating | electrolyte, or active material | electrolyte) over that one.
    """

    above: Voltage | Literal["window"] | None = None
    at_reaction_energy: ReactionEnergy | None = None

    @model_validator(mode="after")
    def _conducts(self) -> Self:
        if self.thickness is not None and self.conductivity is None:
            raise PydanticCustomError("growth", "'thickness' of an interphase needs its 'conductivity'")
        return self


class OxygenLoss(Growth):
    """A rock-salt layer on uncoated surface, growing while the cathode holds less lithium than `below_stoichiometry`.

    With `thickness` the volume it takes up no longer stores lithium.
    """

    below_stoichiometry: Fraction


class ContactLoss(StrictModel):
    """Contact that is lost as particles breathe: the share `per_cycle` of what is left above `floor`.

    A cycle is one full swing of the stoichiometry from 0 to 1 and back; smaller swings count in proportion. Under
    `pressure` instead of `reference_pressure` the loss is multiplied by their ratio, an assumption of the model.
    """

    per_cycle: Fraction
    floor: Fraction = Quantity(si=0.0, kind="fraction", text="0")
    pressure: Pressure | None = None
    reference_pressure: Pressure | None = None

    @model_validator(mode="after")
    def _has_both_pressures(self) -> Self:
        if (self.pressure is None) != (self.reference_pressure is None):
            raise PydanticCustomError("pressure", "give both or neither of 'pressure' and 'reference_pressure'")
        if self.pressure is not None and self.pressure.si == 0:
            raise PydanticCustomError("pressure", "'pressure' is 0: without any, nothing keeps contact")
        return self


class Isolation(StrictModel):
    """Active material that loses its path for ions or electrons, by cracking of polycrystals or otherwise.

    `per_cycle` (a full swing, as for contact) of what is left (``compound``) or of the first amount (``linear``).
    """

    per_cycle: Fraction
    law: Literal["compound", "linear"] = "compound"


class LithiumLoss(StrictModel):
    """Lithium that is bound for good: `initial` in total, most of it within `over_cycles`, and `per_cycle` for ever.

    The first is what a buffer layer takes up in its first cycles, Q (1 - exp(-n / n0)); the second the share of each
    charge that a side reaction takes.
    """

    initial: ArealCapacity | None = None
    over_cycles: Ratio | None = None
    per_cycle: Fraction | None = None

    @model_validator(mode="after")
    def _is_complete(self) -> Self:
        if self.initial is None and self.per_cycle is None:
            raise PydanticCustomError("lithium", "give 'initial' with 'over_cycles', or 'per_cycle', or all three")
        if (self.initial is None) != (self.over_cycles is None):
            raise PydanticCustomError("lithium", "'initial' and 'over_cycles' belong together")
        return self


class Degradation(StrictModel):
    """The ageing terms of a cell; without a table there is none of it."""

    interphase: tuple[InterphaseGrowth, ...] = Field(default=(), max_length=10)
    oxygen_loss: OxygenLoss | None = None
    contact_loss: ContactLoss | None = None
    isolation: Isolation | None = None
    lithium_loss: LithiumLoss | None = None
