"""Placeholder."""

from interlayer.literature.study import Paper

PAPER = Paper(id="003", key="tan2021", cells=(), protocols={}, computations=())
