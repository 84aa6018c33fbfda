"""The audit: every rule over the facts of one or several papers."""

from collections.abc import Iterable
from importlib import resources
from pathlib import Path
from typing import Final

from interlayer.consistency.facts import Fact, Facts, read_paper
from interlayer.consistency.outcome import Audit, Contradiction, Missing
from interlayer.consistency.rules import RULES
from interlayer.errors import InputError, closest, shown

PAPERS: Final = {
    "000": "wang2020",
    "001": "wu2016",
    "002": "wang2021",
    "003": "tan2021",
    "004": "wang2021amr",
}
"""The five papers of the project, by number and by the key of their reference."""
Source = Facts | str | Path
"""Facts, a file of them, or the number of one of the five papers."""
_ORDER: Final = {"contradiction": 0, "doubtful": 1, "note": 2}


def paper_facts(name: str) -> Facts:
    """Return the facts of one of the five papers; InputError for a name that is none."""
    key = PAPERS.get(name, name.lower())
    if key not in PAPERS.values():
        allowed = [*PAPERS, *PAPERS.values()]
        raise InputError(f"no paper {shown(name)}; allowed: {', '.join(allowed)}{closest(name, allowed)}")
    with resources.as_file(resources.files("interlayer.consistency") / "papers" / f"{key}.toml") as path:
        return read_paper(Path(path))


def _facts(given: Source) -> Facts:
    if isinstance(given, Facts):
        return given
    if not isinstance(given, str | Path):
        raise InputError(f"{shown(given)} is no file of facts, no paper and no facts")
    name = str(given)
    return paper_facts(name) if name in (*PAPERS, *PAPERS.values()) and not Path(name).exists() else read_paper(given)


def _together(parts: Iterable[Facts]) -> Facts:
    """Return the facts of several sources; InputError where two of them are one paper by name."""
    known: set[str] = set()
    whole: list[Fact] = []
    for part in parts:
        for name in part.papers:
            if name in known:
                raise InputError(f"two papers are called {shown(name)}: rename one (a table is called as its file)")
        known.update(part.papers)
        whole += part
    return Facts(whole)


def audit(facts: Source | Iterable[Source]) -> Audit:
    """Return what does not go together in the facts of one or several papers, and what is missing to check more.

    `facts` are those of `read_paper`, the path of a file of facts, the number of one of the five papers (``"000"``), or
    several of these. Raises InputError where a file cannot be read.
    """
    if not isinstance(facts, Iterable | Path):
        raise InputError(f"{shown(facts)} is no file of facts, no paper and no facts")
    given = [facts] if isinstance(facts, Facts | str | Path) else facts
    whole = _together(_facts(one) for one in given)
    contradictions: list[Contradiction] = []
    notes: list[Contradiction] = []
    missing: dict[str, Missing] = {}
    papers = [whole.of_paper(paper) for paper in whole.papers]
    for rule in RULES:
        for part in [whole] if rule.across else papers:
            for outcome in rule.check(part):
                if isinstance(outcome, Missing):
                    missing.setdefault(outcome.model_dump_json(), outcome)
                elif outcome.severity == "note":
                    notes.append(outcome)
                else:
                    contradictions.append(outcome)
    return Audit(
        papers=whole.papers,
        facts=len(whole),
        rules=len(RULES),
        contradictions=sorted(contradictions, key=lambda one: _ORDER[one.severity]),
        notes=notes,
        missing=list(missing.values()),
    )
