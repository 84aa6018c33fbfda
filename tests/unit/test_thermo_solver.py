"""The linear programmes: the kernel against HiGHS, degeneracy, fall-back and conservation of matter."""

import numpy as np
import pytest

from interlayer.composition import parse_formula
from interlayer.errors import InputError
from interlayer.thermo import linear_programme, own_table, simplex
from interlayer.thermo.breakpoints import breakpoints
from interlayer.thermo.equilibrium import system
from interlayer.thermo.reaction_equation import equation

NOTHING_OWN = 0


def no_own_columns(rows):
    return np.empty((NOTHING_OWN, rows)), np.empty(NOTHING_OWN)


def test_kernel_and_highs_find_the_same_energy_for_random_mixtures():
    table = own_table()
    random = np.random.default_rng(3)
    for _ in range(60):
        atoms = {}
        for row in random.integers(len(table), size=3):
            share = random.uniform(0.1, 1.0)
            for element, amount in parse_formula(table.formulas[row]).items():
                atoms[element] = atoms.get(element, 0.0) + share * amount
        voltage = None if random.random() < 0.5 else random.uniform(-1.0, 10.0)
        if set(atoms) == {"Li"}:
            continue
        phases = system(table, atoms, voltage=voltage)
        shares = phases.shares(atoms)
        own = no_own_columns(len(shares))
        ours = linear_programme.minimise(phases.columns, phases.costs, phases.start, shares, own=own)
        theirs = linear_programme.minimise_with_highs(phases.columns, phases.costs, shares, own=own)
        assert ours.solver == "simplex"
        assert ours.objective == pytest.approx(theirs.objective, abs=1e-9)
        assert ours.weights @ phases.columns[ours.basis] == pytest.approx(shares, abs=1e-9)


def test_every_stable_phase_is_its_own_equilibrium():
    # the most degenerate case there is: one phase carries everything, all other basic amounts are zero
    table = own_table()
    stable = 0
    for row, formula in enumerate(table.formulas):
        atoms = parse_formula(formula)
        phases = system(table, atoms)
        found = phases.equilibrium(phases.shares(atoms))
        assert found.energy <= table.energies[row] + 1e-9
        if found.energy > table.energies[row] - 1e-9:
            stable += 1
    assert stable > 0.9 * len(table)


@pytest.mark.parametrize("perturbation", [0.0, 1e-9])
def test_beales_example_on_which_the_plain_simplex_cycles(perturbation):
    # Beale, Nav. Res. Logist. Q. 2, 269 (1955): the largest-gain rule returns to its start after six steps
    columns = np.array([[0.25, 0.5, 0.0], [-8.0, -12.0, 0.0], [-1.0, -0.5, 1.0], [9.0, 3.0, 0.0], *np.eye(3)])
    costs = np.array([-0.75, 20.0, -0.5, 6.0, 0.0, 0.0, 0.0])
    rhs = np.array([0.0, 0.0, 1.0])
    basis, weights, duals = np.empty(3, dtype=np.int64), np.empty(3), np.empty(3)
    status, _ = simplex.simplex(
        columns, costs, *no_own_columns(3), np.array([4, 5, 6]), rhs, perturbation, basis, weights, duals
    )
    assert status == simplex.CONVERGED
    assert duals @ rhs == pytest.approx(-1.25)
    assert weights @ columns[basis] == pytest.approx(rhs, abs=1e-12)


@pytest.mark.parametrize("damage", ["status", "balance"])
def test_highs_answers_where_the_kernel_gives_up_or_loses_matter(monkeypatch, damage):
    phases = system(own_table(), parse_formula("LiCoO2PS4"))
    shares = phases.shares(parse_formula("LiCoO2PS4"))
    expected = phases.equilibrium(shares)

    def damaged(*arguments):
        basis, weights, duals = arguments[-3:]
        basis[:], weights[:], duals[:] = phases.start, 0.0, 0.0
        return (simplex.STEP_LIMIT if damage == "status" else simplex.CONVERGED), 0

    monkeypatch.setattr(simplex, "simplex", damaged)
    rescued = phases.equilibrium(shares)
    assert rescued.energy == pytest.approx(expected.energy, abs=1e-9)
    assert rescued.phases == pytest.approx(expected.phases, abs=1e-7)
    assert rescued.potentials == pytest.approx(expected.potentials, abs=1e-7)


def test_an_excluded_element_is_missed_only_where_nothing_else_can_take_it_up():
    without_sulfur = own_table().without(["S"])
    atoms = parse_formula("Li3PS4")
    phases = system(without_sulfur, atoms)
    assert phases.equilibrium(phases.shares(atoms)).phases == pytest.approx({"Li3PS4": 1.0})
    atoms = parse_formula("P2S5S20")
    phases = system(own_table().within(["P", "S"]).without(["S"]), atoms)
    with pytest.raises(InputError, match="without S"):
        phases.equilibrium(phases.shares(atoms))


def test_breakpoints_of_a_known_function():
    corners = [0.1, 0.4, 0.400001, 0.9]

    def steepening(x):
        return sum(abs(x - corner) for corner in corners), float(sum(np.sign(x - corner) for corner in corners))

    assert breakpoints(steepening, 0.0, 1.0) == pytest.approx([0.0, *corners, 1.0], abs=1e-9)
    assert breakpoints(lambda x: (2.0 * x, 2.0), 0.0, 1.0) == [0.0, 1.0]


def test_equations_use_small_whole_numbers_where_there_are_some():
    assert equation({"Li3PS4": 0.125, "Li": 1.0}, {"Li3P": 0.125, "Li2S": 0.5})[0] == "Li3PS4 + 8 Li -> Li3P + 4 Li2S"
    text, factor = equation({"A": 0.31831, "B": 0.68169}, {"C": 1.0})
    assert text == "0.3183 A + 0.6817 B -> C"
    assert factor == 1.0
