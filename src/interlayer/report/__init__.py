"""The design report: stability, resistance, delivery and weight of one cell."""

from interlayer.report.design import STAGES, Comparison, DesignReport, design
from interlayer.report.stability import Contact, LayerWindow, Stability, stability

__all__ = ["STAGES", "Comparison", "Contact", "DesignReport", "LayerWindow", "Stability", "design", "stability"]
