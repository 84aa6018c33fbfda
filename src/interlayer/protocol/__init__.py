"""Protocols: what is done to a cell, as data, as sentences and as files."""

from interlayer.protocol.files import AnyProtocol, read_protocol
from interlayer.protocol.steps import (
    ConstantCurrent,
    Hold,
    Impedance,
    Limit,
    Protocol,
    Rate,
    RateLadder,
    Rest,
    Step,
    Sweep,
)

__all__ = [
    "AnyProtocol",
    "ConstantCurrent",
    "Hold",
    "Impedance",
    "Limit",
    "Protocol",
    "Rate",
    "RateLadder",
    "Rest",
    "Step",
    "Sweep",
    "read_protocol",
]
