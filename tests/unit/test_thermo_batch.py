"""Many questions at once give the answers of one at a time, of HiGHS and of the kernel without a compiler."""

import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from interlayer.composition import parse_formula
from interlayer.errors import InputError
from interlayer.thermo import PhaseTable, own_table, react, window
from interlayer.thermo.batch import (
    IMPOSSIBLE,
    SOLVED,
    SOLVED_BY_HIGHS,
    batch,
    open_reaction_energies,
    reaction_energies,
    stable_phases,
    windows,
)

NAMES = (
    "LiCoO2", "Li3PS4", "Li10GeP2S12", "LiNi0.5Mn0.3Co0.2O2", "LiNb0.5Ta0.5O3", "Li3PO4", "Li7La3Zr2O12", "Li6PS5Cl",
)  # fmt: skip
LEFT, RIGHT = np.triu_indices(len(NAMES), 1)


@pytest.fixture(scope="module")
def table():
    return own_table()


@pytest.fixture(scope="module")
def closed(table):
    return batch(table)


@pytest.fixture(scope="module")
def fractions(table):
    return np.array([table.fractions_of(parse_formula(name)) for name in NAMES])


def random_pairs(table, count, seed):
    rng = np.random.default_rng(seed)
    return table.fractions, *rng.integers(0, len(table), (2, count))


def test_closed_pairs_are_those_of_react(closed, fractions):
    found = reaction_energies(closed, fractions, LEFT, RIGHT)
    for k, (i, j) in enumerate(zip(LEFT, RIGHT, strict=True)):
        assert found.energy[k] == pytest.approx(react(NAMES[i], NAMES[j]).reaction_energy_eV_per_atom, abs=1e-9)


@pytest.mark.parametrize("voltage", [0.5, 3.9])
def test_open_pairs_are_those_of_react(table, closed, fractions, voltage):
    mutual, total = open_reaction_energies(batch(table, voltage=voltage), closed, fractions, LEFT, RIGHT)
    for k, (i, j) in enumerate(zip(LEFT, RIGHT, strict=True)):
        one = react(NAMES[i], NAMES[j], voltage=voltage)
        assert mutual.energy[k] == pytest.approx(one.reaction_energy_eV_per_atom, abs=1e-9)
        assert total.energy[k] == pytest.approx(one.total_energy_eV_per_atom, abs=1e-9)


def test_windows_are_those_of_window(closed, fractions):
    reduction, oxidation = windows(closed, fractions)
    for k, name in enumerate(NAMES):
        one = window(name)
        assert reduction[k] == pytest.approx(one.reduction_V, abs=1e-6)
        assert oxidation[k] == pytest.approx(one.oxidation_V, abs=1e-6)


def test_a_composition_without_lithium_has_no_oxidation_limit(closed, table):
    _, oxidation = windows(closed, table.fractions_of(parse_formula("Nb2O5"))[None])
    assert np.isnan(oxidation[0])


@pytest.mark.parametrize("voltage", [None, 3.0])
def test_without_the_compiler_the_answers_are_the_same(table, voltage):
    everything, first, second = random_pairs(table, 400, 1)
    metal = everything[:, table.elements.index("Li")] > 0.999
    some = ~(metal[first] | metal[second])
    compositions = np.where(metal[:, None], everything[np.flatnonzero(~metal)[0]], everything)
    answers = []
    for solver in ("compiled", "numpy"):
        ready = batch(table, voltage=voltage, solver=solver)
        counted = ready.counted(compositions)
        hulls = ready.hulls(counted)
        a, b = first[some], second[some]
        answers.append(ready.pairs(counted, a, b, hulls[a], hulls[b]))
    np.testing.assert_allclose(answers[0].energy, answers[1].energy, atol=1e-9)


def test_the_amounts_conserve_every_element_and_their_energy_is_the_answer(table, closed):
    compositions, first, second = random_pairs(table, 500, 2)
    hulls = closed.hulls(closed.counted(compositions))
    found = reaction_energies(closed, compositions, first, second)
    (a, b), (low, high) = (closed.counted(compositions)[[first, second]], hulls[[first, second]])
    real = found.phases >= 0
    rows = np.where(real, found.phases, 0)
    amounts = np.where(real, found.amounts, 0.0)
    made = np.einsum("pi,pie->pe", amounts, closed.table.fractions[rows])
    x = found.mixing_fraction[:, None]
    np.testing.assert_allclose(made, x * a + (1 - x) * b, atol=1e-9)
    energy = (amounts * closed.table.energies[rows]).sum(axis=1) - x[:, 0] * low - (1 - x[:, 0]) * high
    np.testing.assert_allclose(energy, found.energy, atol=1e-9)


def test_highs_agrees(table, closed):
    compositions, first, second = random_pairs(table, 60, 3)
    hulls = closed.hulls(closed.counted(compositions))
    found = reaction_energies(closed, compositions, first, second)
    # the batch keeps its phases in an order of its own
    (a, b), (low, high) = (closed.counted(compositions)[[first, second]], hulls[[first, second]])
    columns, bounds = closed.fractions, [(0, None)] * len(closed.fractions) + [(0, 1)]
    for p in range(len(a)):
        equal = np.hstack([columns.T, (b[p] - a[p])[:, None]])
        answer = linprog(
            np.append(closed.costs, high[p] - low[p]),
            A_eq=equal,
            b_eq=b[p],
            bounds=bounds,
        )
        assert found.energy[p] == pytest.approx(answer.fun - high[p], abs=1e-9)


def test_what_is_pruned_changes_nothing(table):
    pairs = random_pairs(table, 300, 4)
    answers = [reaction_energies(batch(table, prune=prune), *pairs).energy for prune in (True, False)]
    np.testing.assert_allclose(*answers, atol=1e-9)
    assert len(stable_phases(table)) < len(table)


def test_energies_are_never_above_zero(table, closed):
    found = reaction_energies(closed, *random_pairs(table, 2000, 5))
    assert found.energy.max() < 1e-8
    assert np.all((found.mixing_fraction >= 0) & (found.mixing_fraction <= 1))


def test_the_order_of_a_pair_does_not_matter(table, closed):
    compositions, first, second = random_pairs(table, 300, 6)
    one = reaction_energies(closed, compositions, first, second).energy
    other = reaction_energies(closed, compositions, second, first).energy
    np.testing.assert_allclose(one, other, atol=1e-9)


def test_an_excluded_element_can_still_be_a_part_of_compounds(table):
    left = batch(table.without(["S"]))
    pair = np.array([table.fractions_of(parse_formula(name)) for name in ("LiCoO2", "Li3PS4")])
    assert reaction_energies(left, pair, np.array([0]), np.array([1])).energy[0] <= -0.39


def test_lithium_alone_is_refused_where_lithium_is_open(table):
    with pytest.raises(InputError, match="lithium"):
        batch(table, voltage=1.0).counted(table.fractions_of({"Li": 1.0})[None])
    with pytest.raises(InputError, match="closed"):
        batch(table).at(2.0)


def test_threads_are_given_back(table, closed):
    import numba

    before = numba.get_num_threads()
    closed.hulls(table.fractions[:10])
    assert numba.get_num_threads() == before


def test_the_status_says_how_an_answer_was_found_and_the_balance_is_kept(closed, table):
    found = reaction_energies(closed, *random_pairs(table, 500, 7))
    assert set(found.status.tolist()) <= {SOLVED, SOLVED_BY_HIGHS}
    assert found.imbalance.max() < 1e-7
    assert np.isfinite(found.energy).all()


def test_where_the_kernel_gives_up_highs_answers(table, closed, monkeypatch):
    from interlayer.thermo import batch_numpy

    solve_groups = batch_numpy.solve_groups
    pairs = random_pairs(table, 20, 8)
    expected = reaction_energies(closed, *pairs).energy

    def gives_up(*arguments):
        solve_groups(*arguments)
        arguments[-8][::3] = batch_numpy.FAILED  # status
        arguments[-7][::3] = 99.0  # energy, wrong where the status says so

    monkeypatch.setattr(batch_numpy, "solve_groups", gives_up)
    found = reaction_energies(batch(table, solver="numpy", prune=False), *pairs)
    assert found.repeated == 7
    np.testing.assert_allclose(found.energy, expected, atol=1e-8)
    assert found.imbalance.max() < 1e-7


def test_a_failure_of_both_solvers_is_a_status_and_not_a_number(table, monkeypatch):
    from interlayer.errors import SolverError
    from interlayer.thermo import batch as module
    from interlayer.thermo import batch_numpy

    def gives_up(*arguments):
        arguments[-8][:] = batch_numpy.FAILED

    def fails(*_, **__):
        raise SolverError("no")

    monkeypatch.setattr(batch_numpy, "solve_groups", gives_up)
    monkeypatch.setattr(module, "minimise_with_highs", fails)
    ready = batch(table, solver="numpy", prune=False)
    found = ready.equilibria(table.fractions[:5])
    assert np.isnan(found.energy).all()
    assert set(found.status.tolist()) == {module.FAILED}


def test_a_composition_that_no_phases_make_up_has_no_energy():
    rows = [("Li", 0.0, "a"), ("O", 0.0, "a"), ("Li2O", -2.0, "a"), ("Cl", 0.0, "a"), ("LiCl", -2.1, "a")]
    without = PhaseTable.from_rows(rows, name="small", references=()).without(["Cl"])
    ready = batch(without)
    compositions = np.array([without.fractions_of(parse_formula(f)) for f in ("LiCl", "Li2O", "LiCl3")])
    found = ready.equilibria(compositions)
    assert found.status.tolist() == [SOLVED, SOLVED, IMPOSSIBLE]
    assert np.isnan(found.energy[2])
    pairs = reaction_energies(ready, compositions, np.array([0, 2]), np.array([1, 1]))
    assert pairs.status.tolist() == [SOLVED, IMPOSSIBLE]
    assert np.isnan(pairs.energy[1])


@pytest.mark.parametrize("amount", [np.nan, np.inf, -0.5])
def test_compositions_that_are_none_are_refused(closed, table, amount):
    wrong = table.fractions_of({"Li": 1.0})[None].copy()
    wrong[0, 0] = amount
    with pytest.raises(InputError, match="finite"):
        closed.counted(wrong)


@pytest.mark.parametrize("solver", ["compiled", "numpy"])
def test_no_questions_have_no_answers(table, solver):
    ready = batch(table, solver=solver)
    nothing = np.empty(0, dtype=np.int64)
    assert len(reaction_energies(ready, np.empty((0, len(table.elements))), nothing, nothing).energy) == 0


def test_where_the_compiler_cannot_be_loaded_numpy_takes_over(table, monkeypatch):
    from interlayer.thermo import batch as module

    module._available.cache_clear()
    with monkeypatch.context() as without_compiler:
        without_compiler.setitem(sys.modules, "interlayer.thermo.batch_kernel", None)
        without_compiler.delattr("interlayer.thermo.batch_kernel", raising=False)
        assert batch(table).solver == "numpy"
    module._available.cache_clear()
    assert batch(table).solver == "compiled"


@given(seed=st.integers(0, 2**32 - 1))
@settings(max_examples=25, deadline=None)
def test_random_mixtures_of_random_tables(seed):
    """Degenerate on purpose: many phases on one line, equal energies, compositions that are phases."""
    rng = np.random.default_rng(seed)
    names = ("Li", "O", "P", "S")
    rows = [(name, 0.0, "a") for name in names]
    for _ in range(40):
        atoms = rng.integers(0, 3, 4)
        if (atoms > 0).sum() >= 2:
            formula = "".join(f"{name}{n}" for name, n in zip(names, atoms.tolist(), strict=True) if n)
            rows.append((formula, -float(rng.integers(0, 5)) / 4, "a"))
    small = PhaseTable.from_rows(rows, name="random", references=())
    count = len(small)
    first, second = rng.integers(0, count, (2, 30))
    answers = [reaction_energies(batch(small, solver=s), small.fractions, first, second) for s in ("compiled", "numpy")]
    np.testing.assert_allclose(answers[0].energy, answers[1].energy, atol=1e-8)
    assert max(answer.imbalance.max() for answer in answers) < 1e-7
    assert answers[0].repeated == 0
    for p in rng.integers(0, 30, 3).tolist():
        a, b = small.formulas[first[p]], small.formulas[second[p]]
        assert answers[0].energy[p] == pytest.approx(react(a, b, table=small).reaction_energy_eV_per_atom, abs=1.1e-6)
