"""The same equilibria in pymatgen, in the same process: closed pairs, open pairs (mutual and total), windows."""

import warnings

import numpy as np
import pytest

from interlayer.composition import parse_formula
from interlayer.thermo import own_table, react, window
from interlayer.thermo.batch import batch, open_reaction_energies, reaction_energies
from interlayer.thermo.equilibrium import system

pytest.importorskip("pymatgen.analysis.interface_reactions")

CHEMISTRIES = [
    "Li Co O P S",
    "Li Nb O P S",
    "Li Co Ge O P S",
    "Li Si O P S Cl",
    "Li Fe O P S",
    "Li La Zr O Al",
    "Li In Cl Co O",
    "Li Ti Al P O",
    "Li Ni Mn O S",
    "Li Ta O P S Br",
]
CLOSED_PER_CHEMISTRY = 60
OPEN_VOLTAGES = (0.5, 2.5, 3.9)
OPEN_PER_VOLTAGE = 10


@pytest.fixture(scope="module", params=CHEMISTRIES)
def chemistry(request):
    """Return our table within some elements, and pymatgen's entries and phase diagram of the same phases."""
    from pymatgen.analysis.phase_diagram import PDEntry, PhaseDiagram
    from pymatgen.core import Composition

    table = own_table().within(request.param.split())
    entries = [
        PDEntry(Composition(formula), energy * sum(parse_formula(formula).values()))
        for formula, energy in zip(table.formulas, table.energies.tolist(), strict=True)
    ]
    return table, entries, PhaseDiagram(entries)


def random_pairs(table, count, *, without_lithium_metal=False):
    """Return pairs of phases that span a line, stable or not."""
    random = np.random.default_rng(len(table))
    pairs = []
    while len(pairs) < count:
        a, b = (table.formulas[row] for row in random.integers(len(table), size=2))
        shares = []
        for formula in (a, b):
            atoms = {e: n for e, n in parse_formula(formula).items() if not (without_lithium_metal and e == "Li")}
            total = sum(atoms.values())
            shares.append({e: n / total for e, n in atoms.items()})
        if all(shares) and shares[0] != shares[1]:
            pairs.append((a, b))
    return pairs


def test_closed_pairs(chemistry):
    from pymatgen.analysis.interface_reactions import InterfacialReactivity
    from pymatgen.core import Composition

    table, _, diagram = chemistry
    worst = 0.0
    pairs = random_pairs(table, CLOSED_PER_CHEMISTRY)
    shares = np.array([table.fractions_of(parse_formula(formula)) for pair in pairs for formula in pair])
    at_once = reaction_energies(batch(table), shares, np.arange(0, len(shares), 2), np.arange(1, len(shares), 2))
    for (a, b), of_batch in zip(pairs, at_once.energy.tolist(), strict=True):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            peer = InterfacialReactivity(Composition(a), Composition(b), diagram, use_hull_energy=True)
        theirs = min(kink[2] for kink in peer.get_kinks())
        worst = max(worst, abs(react(a, b).reaction_energy_eV_per_atom - theirs))
        assert of_batch == pytest.approx(theirs, abs=1e-6), (a, b)
    # our own limit of "no reaction" is 1e-6 eV/atom, and so is the tolerance
    assert worst < 1.1e-6


def test_open_pairs_mutual_and_total(chemistry):
    from pymatgen.analysis.interface_reactions import GrandPotentialInterfacialReactivity
    from pymatgen.analysis.phase_diagram import GrandPotentialPhaseDiagram
    from pymatgen.core import Composition, Element

    table, entries, diagram = chemistry
    closed = batch(table)
    pairs = random_pairs(table, OPEN_PER_VOLTAGE, without_lithium_metal=True)
    shares = np.array([table.fractions_of(parse_formula(formula)) for pair in pairs for formula in pair])
    rows = np.arange(0, len(shares), 2), np.arange(1, len(shares), 2)
    for voltage in OPEN_VOLTAGES:
        grand = GrandPotentialPhaseDiagram(entries, {Element("Li"): -voltage})
        at_once = open_reaction_energies(closed.opened(voltage), closed, shares, *rows)
        for row, (a, b) in enumerate(pairs):
            ours = react(a, b, voltage=voltage)
            for total, energy, of_batch in (
                (False, ours.reaction_energy_eV_per_atom, at_once[0].energy[row]),
                (True, ours.total_energy_eV_per_atom, at_once[1].energy[row]),
            ):
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    peer = GrandPotentialInterfacialReactivity(
                        Composition(a),
                        Composition(b),
                        grand,
                        diagram,
                        include_no_mixing_energy=total,
                        norm=True,
                        use_hull_energy=True,
                    )
                theirs = min(kink[2] for kink in peer.get_kinks())
                assert energy == pytest.approx(theirs, abs=1e-5), (a, b, voltage, total)
                assert of_batch == pytest.approx(theirs, abs=1e-5), (a, b, voltage, total)


def test_hull_energies_and_decompositions(chemistry):
    from pymatgen.core import Composition

    table, _, diagram = chemistry
    random = np.random.default_rng(1)
    for _ in range(20):
        shares = random.dirichlet(np.ones(len(diagram.elements)))
        atoms = {str(element): float(share) for element, share in zip(diagram.elements, shares, strict=True)}
        phases = system(table, atoms)
        ours = phases.equilibrium(phases.shares(atoms))
        composition = Composition(atoms)
        assert ours.energy == pytest.approx(diagram.get_hull_energy_per_atom(composition), abs=1e-8)
        theirs = {entry.name: share for entry, share in diagram.get_decomposition(composition).items()}
        named = {Composition(formula).reduced_formula: share for formula, share in ours.phases.items()}
        assert named == pytest.approx({name: share for name, share in theirs.items() if share > 1e-6}, abs=1e-5)


@pytest.mark.parametrize("formula", ["Li3PS4", "LiCoO2", "Li3PO4", "LiNbO3", "Li3InCl6"])
def test_window_limits_are_pymatgens_transition_potentials(formula):
    from pymatgen.analysis.phase_diagram import PDEntry, PhaseDiagram
    from pymatgen.core import Composition, Element

    table = own_table().within({*parse_formula(formula), "Li"})
    entries = [
        PDEntry(Composition(phase), energy * sum(parse_formula(phase).values()))
        for phase, energy in zip(table.formulas, table.energies.tolist(), strict=True)
    ]
    profile = PhaseDiagram(entries).get_element_profile(Element("Li"), Composition(formula))
    potentials = sorted(-step["chempot"] for step in profile if -step["chempot"] > 1e-9)
    ours = window(formula)
    plateaus = [step.lowest_V for step in ours.profile if step.lowest_V > 0.0]
    assert plateaus == pytest.approx(potentials, abs=1e-5)
    assert ours.oxidation_V == pytest.approx(min(potentials, key=lambda v: abs(v - ours.oxidation_V)), abs=1e-5)
