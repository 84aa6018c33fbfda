"""The phase table: provenance, coverage, conventions, and what a user's own file may get wrong."""

import csv
import re
from importlib import resources
from pathlib import Path

import numpy as np
import pytest

from interlayer.composition import parse_formula
from interlayer.errors import InputError
from interlayer.thermo import PhaseTable, own_table, react, read_table, window
from interlayer.thermo.conventions import apply_convention, element_shifts
from interlayer.thermo.coverage import covered_systems
from interlayer.thermo.equilibrium import system
from interlayer.thermo.phase_table import composition_key
from interlayer.thermo.stability_window import voltage_steps

BIG_TABLE = Path(__file__).parents[2].parent / "shared" / "data" / "thermo" / "mp_legacy_2018_battery.csv"
DATA = resources.files("interlayer.thermo") / "data"
SULFUR_CORRECTION = 0.66346


@pytest.fixture(scope="module")
def big_table():
    if not BIG_TABLE.exists():
        pytest.skip("the large reference table is not here")
    return read_table(BIG_TABLE)


def data_rows():
    lines = [line for line in (DATA / "phases.csv").read_text(encoding="utf-8").splitlines() if line[:1] != "#"]
    return list(csv.DictReader(lines))


def test_every_row_says_where_it_is_from_and_what_it_is_for():
    roles = {"window", "pair", "voltage", "system", "exclusion", "entry", "element"}
    for row in data_rows():
        assert re.fullmatch(r"(matbench|bartel2020)(; mp-\d+)?", row["source"]), row
        assert row["role"], row
        assert set(row["role"].split()) <= roles, row
        assert row["needed_by"], row


def test_the_attribution_travels_with_the_data():
    head = (DATA / "phases.csv").read_text(encoding="utf-8")[:1500]
    for text in ("CC BY 4.0", "10.1063/1.4812323", "10.1038/s41524-020-00406-3", "10.1038/s41524-020-00362-y"):
        assert text in head
        assert text.replace("CC BY 4.0", "Attribution 4.0") in (DATA / "README.md").read_text(encoding="utf-8")
    assert own_table().references == ("jain2013", "dunn2020", "bartel2020")


def test_the_table_is_a_choice_and_has_no_composition_twice():
    table = own_table()
    assert 400 <= len(table) <= 950  # chosen phases, of more than 11,000 in the same source
    assert len({composition_key(parse_formula(formula)) for formula in table.formulas}) == len(data_rows())
    elements = [row for row, formula in enumerate(table.formulas) if len(parse_formula(formula)) == 1]
    assert len(elements) == len(table.elements)
    assert not table.energies[elements].any()


def test_energies_are_those_of_the_large_table(big_table):
    own = own_table()
    for formula, energy in zip(own.formulas, own.energies, strict=True):
        assert energy == pytest.approx(big_table.energies[big_table.row(formula)], abs=1.1e-6), formula


@pytest.mark.parametrize("convention", ["mp_legacy", "s_element_2015"])
def test_windows_of_covered_compositions_are_those_of_the_large_table(big_table, convention):
    formulas = {formula for group in covered_systems().groups.values() for formula in group.values()}
    own, big = apply_convention(own_table(), convention), apply_convention(big_table, convention)
    for formula in sorted(formulas - {"Li"}):
        atoms = parse_formula(formula)
        ours = voltage_steps(system(own, atoms, voltage=0.0), atoms)
        theirs = voltage_steps(system(big, atoms, voltage=0.0), atoms)
        assert [s.lowest for s in ours] == pytest.approx([s.lowest for s in theirs], abs=1e-5), formula
        assert [s.lithium for s in ours] == pytest.approx([s.lithium for s in theirs], abs=1e-5), formula


@pytest.mark.parametrize("convention", ["mp_legacy", "s_element_2015"])
def test_pairs_of_covered_groups_react_as_in_the_large_table(big_table, convention):
    known = covered_systems()
    random = np.random.default_rng(8)
    for a, b, voltages in [
        *((a, b, (None,)) for a, b in known.pairs),
        *(
            (a, b, np.round(np.arange(known.open_range[0], known.open_range[1] + 0.05, 0.1), 2))
            for a, b in known.open_pairs
        ),
    ]:
        first, second = list(known.groups[a].values()), list(known.groups[b].values())
        for _ in range(30):
            formulas = first[random.integers(len(first))], second[random.integers(len(second))]
            asked = {"voltage": voltages[random.integers(len(voltages))], "convention": convention}
            ours, theirs = react(*formulas, **asked), react(*formulas, **asked, table=big_table)
            assert ours.coverage.startswith("checked"), formulas
            assert theirs.coverage.startswith("your table")
            assert ours.reaction_energy_eV_per_atom == pytest.approx(theirs.reaction_energy_eV_per_atom, abs=1e-6)
            if asked["voltage"] is None:
                energies = [kink.energy_eV_per_atom for kink in ours.profile]
                assert energies == pytest.approx([kink.energy_eV_per_atom for kink in theirs.profile], abs=1e-6)
            else:
                assert ours.total_energy_eV_per_atom == pytest.approx(theirs.total_energy_eV_per_atom, abs=1e-6)


def test_listed_compositions_have_an_entry_wherever_the_large_table_has_one(big_table):
    for group in covered_systems().groups.values():
        for formula in group.values():
            row, big_row = own_table().row(formula), big_table.row(formula)
            assert (row is None) == (big_row is None), formula


def test_complete_systems_hold_every_stable_phase_of_the_large_table(big_table):
    for elements in covered_systems().systems:
        full = big_table.within(elements)
        for row, formula in enumerate(full.formulas):
            atoms = parse_formula(formula)
            phases = system(full, atoms)
            if phases.equilibrium(phases.shares(atoms)).energy > full.energies[row] - 1e-9:
                assert own_table().row(formula) is not None, formula


def test_answers_outside_the_choice_say_so():
    assert window("Li3PS4").coverage.startswith("checked")
    assert window("Li7P2S8").coverage.startswith("checked")  # inside Li-P-S, which is complete
    assert window("Li4Mn5O12F").coverage.startswith("not checked")
    assert window("Li3PS4", exclude="P2S7").coverage.startswith("not checked")
    assert window("LiNbO3", exclude="Nb2O5").coverage.startswith("checked")
    assert window("Li3PS4", convention="S:-0.5").coverage.startswith("not checked")
    assert react("LiCoO2", "Li3PS4", voltage=3.0).coverage.startswith("checked")
    assert react("LiCoO2", "Li3PS4", voltage=4.4).coverage.endswith("not for every corner of its profile")
    assert react("LiCoO2", "Li3PS4", voltage=1.9).coverage.startswith("not checked")
    assert react("LiCoO2", "Li3PS4", voltage=5.1).coverage.startswith("not checked")
    assert react("Nb2O5", "Ta2O5").coverage.startswith("not checked")


def test_the_2015_convention_lowers_elemental_sulfur_alone():
    legacy, shifted = own_table(), apply_convention(own_table(), "s_element_2015")
    sulfur = legacy.elements.index("S")
    for row, formula in enumerate(legacy.formulas):
        # seen from an elemental sulfur that was lowered, every compound lies higher by the correction of its sulfur
        raised = SULFUR_CORRECTION * legacy.fractions[row, sulfur] if formula != "S" else 0.0
        assert shifted.energies[row] - legacy.energies[row] == pytest.approx(raised, abs=1e-12)
    assert shifted.convention == "s_element_2015"
    assert legacy.convention == "mp_legacy"


def test_a_convention_is_not_put_on_top_of_another():
    shifted = apply_convention(own_table(), "s_element_2015")
    assert apply_convention(shifted, "s_element_2015") is shifted
    with pytest.raises(InputError, match="already"):
        window("Li3PS4", table=shifted)
    assert window("Li3PS4", table=shifted, convention="s_element_2015").oxidation_V == pytest.approx(2.302, abs=1e-3)


def test_a_shift_of_an_element_moves_no_reaction_that_leaves_the_element_out():
    shifted = apply_convention(own_table(), "S:-0.663,O:0.1")
    atoms = parse_formula("Li3PS4")
    energies = []
    for table in (own_table(), shifted):
        binary = system(table, {"Li": 1, "S": 1, "P": 1})
        parts = {f: binary.equilibrium(binary.shares(parse_formula(f))).energy for f in ("Li2S", "P2S5", "Li3PS4")}
        assert sum(atoms.values()) == 8
        energies.append(16 * parts["Li3PS4"] - 9 * parts["Li2S"] - 7 * parts["P2S5"])
    assert energies[0] == pytest.approx(energies[1], abs=1e-9)


@pytest.mark.parametrize(
    ("convention", "problem"),
    [
        ("mp_legcy", "did you mean 'mp_legacy'"),
        ("Q:0.1", "'Q' is not an element"),
        ("S:abc", "not 'abc'"),
        ("S:nan", "between -10 and 10"),
        ("S:", "between -10 and 10"),
        ("S:99", "between -10 and 10"),
    ],
)
def test_a_wrong_convention_is_refused_in_one_line(convention, problem):
    with pytest.raises(InputError, match=re.escape(problem)) as caught:
        element_shifts(convention)
    assert "\n" not in str(caught.value)


def test_an_excluded_phase_must_exist_and_may_be_written_in_any_order():
    assert "Nb2O5" not in own_table().without(["O5Nb2"]).formulas
    with pytest.raises(InputError, match=r"Nb2O6.*did you mean"):
        own_table().without(["Nb2O6"])


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "empty"),
        ("# only a comment\n", "empty"),
        ("formula,energy\nLi,0\n", "no column 'formation_energy_eV_per_atom'"),
        ("formula,formation_energy_eV_per_atom\n", "contains no phases"),
        ("formula,formation_energy_eV_per_atom\nLi2S,low\n", "line 2: the formation energy 'low' is not a number"),
        ("formula,formation_energy_eV_per_atom\nLi2S,nan\n", "not a finite number"),
        ("formula,formation_energy_eV_per_atom\n#\nLi2S\n", "line 3: 1 cells"),
        ("formula,formation_energy_eV_per_atom\nXx2,0\n", "line 2: 'Xx2': 'Xx' is not an element"),
        ("formula,formation_energy_eV_per_atom\nLi,-1.9\n", "total energies instead of formation energies"),
        ('formula,formation_energy_eV_per_atom\n"Li2S,0\n', "not readable as CSV"),
    ],
)
def test_a_wrong_table_file_is_refused_in_one_line(tmp_path, text, problem):
    file = tmp_path / "mine.csv"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=re.escape(problem)) as caught:
        read_table(file)
    assert "mine.csv" in str(caught.value)


def test_a_missing_table_file_is_refused(tmp_path):
    with pytest.raises(InputError, match="cannot read the phase table"):
        read_table(tmp_path / "absent.csv")


def test_a_table_of_ones_own_decides_and_its_polymorphs_and_elements_are_handled(tmp_path):
    file = tmp_path / "mine.csv"
    file.write_text(
        "# mine\nsource,formula,formation_energy_eV_per_atom\na,Na2S,-1.0\nb,S4Na8,-1.2\n", encoding="utf-8"
    )
    table = read_table(file)
    assert len(table) == 3  # one sodium sulfide, the lower one, and the two elements
    assert table.energies[table.row("Na2S")] == -1.2
    answer = react("Na", "S", table=file)
    assert answer.products == pytest.approx({table.formulas[table.row("Na2S")]: 1 / 12})
    assert answer.reaction_energy_eV_per_atom == pytest.approx(-1.2)
    assert answer.coverage == "your table: which phases mine.csv has decides the answer"
    with pytest.raises(InputError, match="no phase with Li"):
        window("Na2S", table=file)


def test_an_element_outside_the_table_is_named_with_the_way_out():
    with pytest.raises(InputError, match=r"no phase with K.*--table FILE"):
        react("LiCoO2", "KCl")


def test_tables_are_frozen():
    with pytest.raises(ValueError, match="read-only"):
        own_table().energies[0] = 1.0
    assert isinstance(own_table(), PhaseTable)
