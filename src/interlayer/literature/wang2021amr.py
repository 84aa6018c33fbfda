"""Placeholder."""

from interlayer.literature.study import Paper

PAPER = Paper(id="004", key="wang2021amr", cells=(), protocols={}, computations=())
