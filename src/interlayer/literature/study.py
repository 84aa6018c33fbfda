"""The five papers as studies: their cells, their experiments, their claims beside what we compute, their figures."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Final

from pydantic import RootModel

from interlayer.errors import InputError, closest, shown
from interlayer.literature.basis import Basis
from interlayer.literature.claims import CHECKABLE, claims
from interlayer.literature.computation import Computation, Computed, compute_all
from interlayer.literature.verdict import Verdict
from interlayer.references import Reference, reference

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from interlayer.cell import Cell

PAPERS: Final = {"000": "wang2020", "001": "wu2016", "002": "wang2021", "003": "tan2021", "004": "wang2021amr"}
"""The papers by their number, and the key of their reference."""

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class PaperFigure:
    """A figure of a paper, drawn anew with what the paper states on top: ``fig2a``, what it shows, how it is drawn."""

    name: str
    caption: str
    draw: "Callable[[Basis], Figure]"
    claims: tuple[str, ...] = ()


@dataclass(frozen=True)
class Paper:
    """One paper: the example cells that stand for its cells, its experiments as protocols, computations and figures.

    `protocols` maps what the paper calls an experiment to sentences that `simulate` runs.
    """

    id: str
    key: str
    cells: tuple[str, ...]
    protocols: Mapping[str, str]
    computations: tuple[Computation, ...]
    figures: tuple[PaperFigure, ...] = field(default=())

    @property
    def reference(self) -> Reference:
        """The paper's reference."""
        return reference(self.key)

    def load_cells(self) -> "Iterator[Cell]":
        """Yield the paper's cells."""
        from interlayer.cell import load_cell

        return (load_cell(name) for name in self.cells)


def paper(name: str) -> Paper:
    """Return a paper by its number (``000``) or the key of its reference (``wang2020``); InputError otherwise."""
    key = PAPERS.get(name, name.lower())
    if key not in PAPERS.values():
        known = [*PAPERS, *PAPERS.values()]
        raise InputError(f"no paper {shown(name)}; allowed: {', '.join(known)}{closest(name, known)}")
    found: Paper = import_module(f"interlayer.literature.{key}").PAPER
    return found


class Table(RootModel[list[Computed]]):
    """The claims of one paper or all, beside what was computed: a list of rows."""

    @property
    def rows(self) -> list[Computed]:
        """The rows, in the order of the claims."""
        return self.root

    @property
    def checkable(self) -> list[Computed]:
        """The rows that owe a verdict: not what the authors put in, nor words."""
        return [row for row in self.root if row.kind in CHECKABLE]

    def counts(self) -> Counter[Verdict]:
        """How often each verdict was reached among the checkable."""
        return Counter(row.verdict for row in self.checkable)

    def frame(self) -> "pd.DataFrame":
        """Return the rows as a pandas table; values of several numbers as text."""
        import pandas as pd

        rows = [row.model_dump() for row in self.root]
        for row in rows:
            row["basis"] = ", ".join(row["basis"])
            if isinstance(row["our_value"], tuple):
                row["our_value"] = "; ".join(f"{one:.5g}" for one in row["our_value"])
        return pd.DataFrame(rows)

    def misses(self) -> list[Computed]:
        """Return the rows that differ."""
        return [row for row in self.root if row.verdict == "differs"]


def papers(name: str | None = None, *, basis: Basis | None = None, progress: Progress | None = None) -> Table:
    """Compute every claim of a paper, or of all five, and return the table.

    `name` is ``000`` to ``004`` or a reference key such as ``wang2020``. `progress` is called with the number of claims
    done and of all. Raises InputError for another name.
    """
    chosen = [paper(name)] if name is not None else [paper(number) for number in PAPERS]
    basis = basis or Basis()
    total = sum(len(claims(one.id)) for one in chosen)
    rows: list[Computed] = []

    def step(_done: int, _all: int) -> None:
        if progress is not None:
            progress(len(rows) + 1, total)

    for one in chosen:
        rows.extend(compute_all(one.computations, claims(one.id), basis, step))
    return Table(rows)
