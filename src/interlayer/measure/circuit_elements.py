"""The elements of an equivalent circuit: impedance, parameters, units.

`s` is the square root that the element's line names; omega is the angular frequency.
"""

from dataclasses import dataclass
from typing import Final, Literal

RESISTOR, CAPACITOR, INDUCTOR, LOSSY_INDUCTOR, CPE, WARBURG, OPEN, SHORT, GERISCHER, LINE, LINE_TRANSFER = range(11)
SERIES, PARALLEL = 20, 21


@dataclass(frozen=True)
class Parameter:
    """A parameter of an element.

    `scale` is ``log`` (any positive number) or ``unit`` (between 0 and 1). Under a change of units it goes as
    ohm^`ohm_power` s^`second_power`; a constant phase element's Q has the exponent alpha instead, which the
    `follows_alpha` says.
    """

    suffix: str
    unit: str
    ohm_power: float
    second_power: float
    scale: Literal["log", "unit"] = "log"
    follows_alpha: bool = False


@dataclass(frozen=True)
class Element:
    """An element: what it is called in a circuit, its formula, its parameters and the code its kernel knows it by."""

    code: int
    name: str
    formula: str
    parameters: tuple[Parameter, ...]


_ALPHA: Final = Parameter("alpha", "", 0.0, 0.0, scale="unit")
_Q: Final = Parameter("Q", "S s^alpha", -1.0, 0.0, follows_alpha=True)
_R: Final = Parameter("R", "ohm", 1.0, 0.0)
_TAU: Final = Parameter("tau", "s", 0.0, 1.0)

ELEMENTS: Final = {
    "R": Element(RESISTOR, "resistor", "Z = R", (Parameter("", "ohm", 1.0, 0.0),)),
    "C": Element(CAPACITOR, "capacitor", "Z = 1/(j omega C)", (Parameter("", "F", -1.0, 1.0),)),
    "L": Element(INDUCTOR, "inductor", "Z = j omega L", (Parameter("", "H", 1.0, 1.0),)),
    "La": Element(
        LOSSY_INDUCTOR,
        "inductor with losses",
        "Z = L (j omega)^alpha",
        (Parameter("L", "H s^(alpha-1)", 1.0, 0.0, follows_alpha=True), _ALPHA),
    ),
    "CPE": Element(CPE, "constant phase element", "Z = 1/(Q (j omega)^alpha)", (_Q, _ALPHA)),
    "W": Element(
        WARBURG, "semi-infinite diffusion", "Z = A (1 - j)/sqrt(omega)", (Parameter("A", "ohm s^-1/2", 1.0, -0.5),)
    ),
    "Wo": Element(OPEN, "diffusion before a wall", "Z = R coth(s)/s, s = sqrt(j omega tau)", (_R, _TAU)),
    "Ws": Element(SHORT, "diffusion to a reservoir", "Z = R tanh(s)/s, s = sqrt(j omega tau)", (_R, _TAU)),
    "G": Element(GERISCHER, "diffusion with reaction", "Z = R/sqrt(1 + j omega tau)", (_R, _TAU)),
    "TLM": Element(
        LINE, "ions in a composite that blocks", "Z = R coth(s)/s, s = sqrt(R Q (j omega)^alpha)", (_R, _Q, _ALPHA)
    ),
    "TLMR": Element(
        LINE_TRANSFER,
        "ions in a composite with charge transfer",
        "Z = R coth(s)/s, s = sqrt(R/Rct + R Q (j omega)^alpha)",
        (_R, Parameter("Rct", "ohm", 1.0, 0.0), _Q, _ALPHA),
    ),
}
"""Elements by the name that a circuit uses. TLM and TLMR: R is the ionic resistance of the whole electrode, whose
electronic rail has none, Q the interface of all of it (de Levie, doi 10.1016/0013-4686(63)80042-0).
"""
