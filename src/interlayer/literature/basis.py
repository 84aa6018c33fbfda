"""What a claim is computed from: other claims, example cells, simulations; everything that was used is noted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from interlayer.cell import Cell, load_cell
from interlayer.literature.claims import claim
from interlayer.simulation import SimulationResult, simulate


@dataclass(frozen=True)
class Basis:
    """Numbers of claims, example cells and their simulations, with what was used kept in `used`.

    `factors` multiply the numbers of claims and `changes` change example cells (``KEY=VALUE``), by name: a basis
    that is disturbed must give other answers. Simulations are kept in `cache`, which copies of a basis share.
    """

    factors: Mapping[str, float] = field(default_factory=dict)
    changes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    cache: dict[Any, Any] = field(default_factory=dict)
    used: dict[str, None] = field(default_factory=dict)

    def fresh(self) -> "Basis":
        """Return the same basis with nothing used yet."""
        return replace(self, used={})

    def number(self, name: str) -> float:
        """Return the only number of a claim, in its printed unit."""
        self.used[name] = None
        return claim(name).number * self.factors.get(name, 1.0)

    def numbers(self, name: str) -> tuple[float, ...]:
        """Return all numbers of a claim, in order and in its printed unit."""
        self.used[name] = None
        return tuple(value * self.factors.get(name, 1.0) for value in claim(name).numbers)

    def words(self, name: str) -> str:
        """Return a claim's value as text."""
        self.used[name] = None
        return claim(name).value

    def middle(self, name: str) -> float:
        """Return the mean of a claim's numbers: the middle of a range."""
        values = self.numbers(name)
        return sum(values) / len(values)

    def cell(self, name: str, *changes: str) -> Cell:
        """Return an example cell, with the basis' own changes and then these."""
        self.used[name] = None
        return load_cell(name, changes=[*self.changes.get(name, ()), *changes])

    def simulate(
        self, name: str, protocol: str | Sequence[str] | None = None, *changes: str, leave_out: Sequence[str] = ()
    ) -> SimulationResult:
        """Return the simulation of an example cell, each only once."""
        self.used[name] = None
        steps = protocol if protocol is None or isinstance(protocol, str) else "; ".join(protocol)
        key = ("simulate", name, self.changes.get(name, ()), steps, changes, tuple(leave_out))
        if key not in self.cache:
            self.cache[key] = simulate(self.cell(name, *changes), protocol=steps, leave_out=leave_out)
        result: SimulationResult = self.cache[key]
        return result

    def once(self, key: tuple[Any, ...], compute: Any) -> Any:
        """Return what `compute()` gives, computed once per key and disturbance; what it used is noted each time."""
        whole = (key, tuple(sorted(self.factors.items())), tuple(sorted(self.changes.items())))
        if whole not in self.cache:
            inner = self.fresh()
            self.cache[whole] = (compute(inner), tuple(inner.used))
        value, used = self.cache[whole]
        self.used.update(dict.fromkeys(used))
        return value
