"""The table in words: how often each verdict was reached, every miss with its factor, and one row as text."""

from collections.abc import Sequence

from interlayer.literature.computation import Computed
from interlayer.literature.study import PAPERS, Table, paper
from interlayer.literature.verdict import Value


def spoken(value: Value) -> str:
    """Return a value as a table shows it: four digits, ``yes`` and ``no``, ``-`` for none."""
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return value
    if isinstance(value, tuple):
        return ", ".join(spoken(one) for one in value)
    return f"{value:.4g}"


def deviation(row: Computed) -> str:
    """Return how far a row is off: a percentage up to a half, a factor beyond."""
    if row.factor is None:
        return ""
    if 0.5 <= row.factor <= 1.5:
        return f"{100.0 * (row.factor - 1.0):+.2g} %"
    return f"x {row.factor:.2g}"


def line(row: Computed) -> str:
    """Return one row as text."""
    verdict = row.verdict.replace("_", " ")
    off = f" ({deviation(row)})" if row.factor is not None and row.verdict != "agrees" else ""
    unit = f" {row.unit}" if row.unit else ""
    return (
        f"{row.claim}  {row.quantity}: {row.paper_value}{unit}; ours {spoken(row.our_value)}, {row.how}: {verdict}{off}"
    )


def shortened(sentences: str, most: int = 300) -> str:
    """Return a protocol's sentences, the middle of a long one left out with how many steps there are."""
    if len(sentences) <= most:
        return sentences
    steps = sentences.split("; ")
    shown: list[str] = []
    for step in steps:
        if sum(len(one) + 2 for one in shown) + len(step) > most - 80:
            break
        shown.append(step)
    return f"{'; '.join(shown)}; ... ({len(steps)} steps); {steps[-1]}"


def of_paper(table: Table, number: str) -> Table:
    """Return the rows of one paper."""
    return Table([row for row in table.rows if row.claim.startswith(f"S{int(number)}-")])


def markdown(table: Table) -> str:
    """Return the README's table: a line per paper with its verdicts and every miss with its factor.

    Verdicts are counted over the claims that owe one; misses are those that a computation contradicts.
    """
    heads = ["paper", "claims", "checkable", "agree", "differ", "inconsistent in the paper", "cannot be derived"]
    lines = [f"| {' | '.join(heads)} | every miss, ours over theirs |", "|---" * (len(heads) + 1) + "|"]
    for number, key in PAPERS.items():
        own = of_paper(table, number)
        if own.rows:
            lines.append(_paper_line(f"{number}, {paper(key).reference.short}", own))
    if len(lines) > 3:
        lines.append(_paper_line("all", table, misses=False))
    return "\n".join(lines)


def _paper_line(name: str, table: Table, *, misses: bool = True) -> str:
    counts = table.counts()
    owed = [row for row in table.misses() if row in table.checkable]
    told = ", ".join(f"{row.claim} {_off(row)}" for row in owed) if misses else ""
    checkable = len(table.checkable)
    share = f"{counts['agrees']} ({100.0 * counts['agrees'] / max(checkable, 1):.0f} %)"
    numbers = [
        len(table.rows),
        checkable,
        share,
        counts["differs"],
        counts["inconsistent"],
        counts["cannot_be_derived"],
    ]
    return f"| {name} | {' | '.join(str(one) for one in numbers)} | {told} |"


def _off(row: Computed) -> str:
    return f"{row.factor:.3g}" if row.factor is not None else f"({spoken(row.our_value)})"


def verdict_lines(rows: Sequence[Computed]) -> list[str]:
    """Return the rows as text, one line each."""
    return [line(row) for row in rows]
