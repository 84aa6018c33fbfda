"""Calibration: a cell's parameters fitted to records, with intervals and what they leave open (verb: ``fit``)."""

from interlayer.calibration.fitting import fit
from interlayer.calibration.result import Fit, FittedParameter

__all__ = ["Fit", "FittedParameter", "fit"]
