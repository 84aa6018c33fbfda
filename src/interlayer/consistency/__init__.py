"""Do reported numbers agree with each other? A check of papers, drafts and lab books (verb: ``audit``)."""

from interlayer.consistency.audit import audit, paper_facts
from interlayer.consistency.facts import Fact, Facts, read_paper
from interlayer.consistency.outcome import Audit, Contradiction, Missing

__all__ = ["Audit", "Contradiction", "Fact", "Facts", "Missing", "audit", "paper_facts", "read_paper"]
