"""Measured data: from an instrument's file to numbers with an uncertainty (verb: ``analyse``)."""

from interlayer.measure.choose import analyse
from interlayer.measure.finding import Analysis, Finding

__all__ = ["Analysis", "Finding", "analyse"]
