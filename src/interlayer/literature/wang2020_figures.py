"""Placeholder."""

from interlayer.literature.study import PaperFigure

FIGURES: tuple[PaperFigure, ...] = ()
