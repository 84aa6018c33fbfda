"""Placeholder."""

from interlayer.literature.study import Paper

PAPER = Paper(id="000", key="wang2020", cells=(), protocols={}, computations=())
