"""The five papers as running studies: cells, protocols and claims, each claim beside ours (verb: papers)."""

from interlayer.literature.basis import Basis
from interlayer.literature.claims import Claim, claim, claims
from interlayer.literature.computation import Computed
from interlayer.literature.study import Paper, Table, paper, papers

__all__ = ["Basis", "Claim", "Computed", "Paper", "Table", "claim", "claims", "paper", "papers"]
