"""Placeholder."""

from interlayer.literature.study import Paper

PAPER = Paper(id="001", key="wu2016", cells=(), protocols={}, computations=())
