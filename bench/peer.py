"""pymatgen's interface reactions on the same phases."""

import time

from questions import elements_of

from interlayer.composition import parse_formula
from interlayer.thermo import PhaseTable


class Peer:
    """pymatgen on the same phases; a diagram is built once for each set of elements, and its time kept apart."""

    def __init__(self, table: PhaseTable) -> None:
        self.table = table
        self.diagrams: dict[frozenset[str], object] = {}
        self.entries: dict[frozenset[str], list[object]] = {}
        self.build_seconds: dict[frozenset[str], float] = {}
        self.grand: dict[tuple[frozenset[str], float], object] = {}

    def diagram(self, elements: frozenset[str]) -> object:
        from pymatgen.analysis.phase_diagram import PDEntry, PhaseDiagram
        from pymatgen.core import Composition

        if elements not in self.diagrams:
            within = self.table.within(elements)
            self.entries[elements] = [
                PDEntry(Composition(formula), energy * sum(parse_formula(formula).values()))
                for formula, energy in zip(within.formulas, within.energies.tolist(), strict=True)
            ]
            began = time.process_time()
            self.diagrams[elements] = PhaseDiagram(self.entries[elements])
            self.build_seconds[elements] = time.process_time() - began
        return self.diagrams[elements]

    def closed(self, a: str, b: str) -> float:
        from pymatgen.analysis.interface_reactions import InterfacialReactivity
        from pymatgen.core import Composition

        diagram = self.diagram(elements_of(a, b))
        found = InterfacialReactivity(Composition(a), Composition(b), diagram, use_hull_energy=True)
        return min(kink[2] for kink in found.get_kinks())

    def opened(self, a: str, b: str, voltage: float, *, total: bool) -> float:
        from pymatgen.analysis.interface_reactions import GrandPotentialInterfacialReactivity
        from pymatgen.analysis.phase_diagram import GrandPotentialPhaseDiagram
        from pymatgen.core import Composition, Element

        elements = elements_of(a, b) | {"Li"}
        closed = self.diagram(elements)
        if (elements, voltage) not in self.grand:
            self.grand[elements, voltage] = GrandPotentialPhaseDiagram(
                self.entries[elements], {Element("Li"): -voltage}
            )
        grand = self.grand[elements, voltage]
        found = GrandPotentialInterfacialReactivity(
            Composition(a), Composition(b), grand, closed,
            include_no_mixing_energy=total, norm=True, use_hull_energy=True,
        )  # fmt: skip
        return min(kink[2] for kink in found.get_kinks())
