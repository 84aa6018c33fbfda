"""Placeholder."""

from interlayer.literature.study import Paper

PAPER = Paper(id="002", key="wang2021", cells=(), protocols={}, computations=())
