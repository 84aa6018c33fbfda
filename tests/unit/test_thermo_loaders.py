"""A user's own energies: pymatgen entries, CSV and Parquet there and back, and what each may get wrong."""

import gzip
import json
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from interlayer.errors import InputError
from interlayer.thermo import own_table, react, read_table, window
from interlayer.thermo.conventions import apply_convention

TOTAL = {"Li": -1.9, "S": -4.1}  # eV per atom of the elements, as a calculation gives them


def entry(composition, energy, **more):
    return {"@module": "pymatgen.entries.computed_entries", "@class": "ComputedEntry"} | {
        "composition": composition,
        "energy": energy,
        "correction": 0.0,
        "energy_adjustments": [],
        "entry_id": None,
        "parameters": {},
        "data": {},
        **more,
    }


def adjustment(per_atom, atoms, name="MP2020 anion correction (S)", maker="MaterialsProject2020Compatibility"):
    return {
        "@module": "pymatgen.entries.computed_entries",
        "@class": "CompositionEnergyAdjustment",
        "adj_per_atom": per_atom,
        "n_atoms": atoms,
        "uncertainty_per_atom": 0.01,
        "name": name,
        "cls": {"@module": "pymatgen.entries.compatibility", "@class": maker},
        "description": "Composition-based energy adjustment",
    }


ELEMENTS = [
    entry({"Li": 2.0}, 2 * TOTAL["Li"], entry_id="mp-135"),
    entry({"Li": 1.0}, TOTAL["Li"] + 0.1, entry_id="mp-high"),
    entry({"S": 32.0}, 32 * TOTAL["S"], entry_id="mp-77"),
]
LI2S = entry(
    {"Li": 8.0, "S": 4.0},
    8 * TOTAL["Li"] + 4 * TOTAL["S"] - 12 * 1.2,
    entry_id="mp-1153",
    energy_adjustments=[adjustment(-0.503, 4.0)],
)
LI2S_EV = -1.2 - 0.503 / 3


def written(folder, data, name="mine.json"):
    file = folder / name
    file.write_text(data if isinstance(data, str) else json.dumps(data), encoding="utf-8")
    return file


@pytest.mark.parametrize(
    "wrapped", [lambda e: e, lambda e: {"entries": e}, lambda e: {"@class": "X", "all_entries": e}]
)
def test_entries_become_formation_energies_against_the_lowest_elements(tmp_path, wrapped):
    table = read_table(written(tmp_path, wrapped([*ELEMENTS, LI2S])))
    assert table.formulas == ("Li", "S", "Li2S")
    assert table.energies == pytest.approx([0.0, 0.0, LI2S_EV], abs=1e-12)
    assert table.sources == ("mp-135", "mp-77", "mp-1153")
    assert table.convention == "mp_2020"
    found = react("Li", "S", table=table)
    assert found.products == pytest.approx({"Li2S": 1 / 3})
    assert found.reaction_energy_eV_per_atom == pytest.approx(LI2S_EV)
    assert found.convention == "mp_2020"
    assert window("Li2S", table=table).oxidation_V == pytest.approx(-1.5 * LI2S_EV)


def test_of_polymorphs_the_lowest_counts_whatever_the_size_of_its_cell(tmp_path):
    worse = {**LI2S, "composition": {"Li": 2.0, "S": 1.0}, "energy": LI2S["energy"] / 4 + 0.3, "entry_id": "mp-2"}
    worse["energy_adjustments"] = [adjustment(-0.503, 1.0)]
    for order in ([*ELEMENTS, worse, LI2S], [*ELEMENTS, LI2S, worse]):
        table = read_table(written(tmp_path, order))
        assert table.sources[table.row("Li2S")] == "mp-1153"
        assert table.energies[table.row("Li2S")] == pytest.approx(LI2S_EV)


def test_a_packed_file_is_read_and_its_content_not_its_name_decides(tmp_path):
    plain = read_table(written(tmp_path, [*ELEMENTS, LI2S]))
    packed = tmp_path / "entries.txt"
    packed.write_bytes(gzip.compress(json.dumps([*ELEMENTS, LI2S]).encode()))
    assert read_table(packed).energies == pytest.approx(plain.energies)


def test_phase_diagram_entries_and_structures_without_a_composition_are_read(tmp_path):
    plain = [{"@class": "PDEntry", "composition": "Li2S", "energy": -4.0, "name": "Li2S", "attribute": None}]
    plain += [{"composition": {"Li+": 1, "@module": "x"}, "energy": 0.0}, {"composition": {"S2-": 1}, "energy": 0.0}]
    table = read_table(written(tmp_path, plain))
    assert table.energies[table.row("Li2S")] == pytest.approx(-4 / 3)
    assert table.convention == "as given"
    sites = [{"species": [{"element": "Li", "occu": 1}], "abc": [0, 0, 0]}] * 2
    sites += [{"species": [{"element": "S", "occu": 0.5}, {"element": "Se", "occu": 0.5}]}]
    mixed = {"@class": "ComputedStructureEntry", "energy": -3.0, "correction": 0.0, "structure": {"sites": sites}}
    table = read_table(written(tmp_path, [*plain, {"composition": "Se", "energy": 0.0}, mixed]))
    assert table.energies[table.row("Li4SSe")] == pytest.approx(-1.0)


def test_a_correction_without_a_name_is_added_once(tmp_path):
    old = entry({"Li": 2.0, "S": 1.0}, -10.0, correction=-0.5)
    del old["energy_adjustments"]
    new = entry({"Li": 2.0, "S": 1.0}, -10.0, correction=-0.5, energy_adjustments=[adjustment(-0.5, 1)])
    energies = [read_table(written(tmp_path, [*ELEMENTS, one])).energies[-1] for one in (old, new)]
    assert energies[0] == pytest.approx(energies[1])
    assert energies[0] == pytest.approx((-10.5 - 2 * TOTAL["Li"] - TOTAL["S"]) / 3)


@pytest.mark.parametrize(
    ("more", "convention"),
    [
        (
            {"energy_adjustments": [adjustment(-0.6, 1, "MP Anion Correction", "MaterialsProjectCompatibility")]},
            "mp_legacy",
        ),
        ({"energy_adjustments": [adjustment(-0.6, 1, "Manual adjustment", "")]}, "as given"),
        ({"parameters": {"run_type": "GGA_U"}}, "as given"),
    ],
)
def test_the_convention_is_what_the_file_holds(tmp_path, more, convention):
    table = read_table(written(tmp_path, [*ELEMENTS, entry({"Li": 2, "S": 1}, -10.0, **more)]))
    assert table.convention == convention
    assert window("Li2S", table=table).convention == convention


def test_r2scan_is_named_where_every_calculation_is(tmp_path):
    of_one = {"parameters": {"run_type": "r2SCAN"}}
    entries = [{**one, **of_one} for one in ELEMENTS] + [entry({"Li": 2, "S": 1}, -10.0, **of_one)]
    assert read_table(written(tmp_path, entries)).convention == "r2scan"
    entries[-1]["parameters"] = {"run_type": "GGA"}
    with pytest.raises(InputError, match="mixes functionals"):
        read_table(written(tmp_path, entries))
    mixing = adjustment(0.2, 1, "MP GGA(+U)/r2SCAN mixing adjustment", "MaterialsProjectDFTMixingScheme")
    entries[-1]["energy_adjustments"] = [mixing]
    assert read_table(written(tmp_path, entries)).convention == "as given"


def test_sulfates_that_were_corrected_as_sulfides_are_marked_and_the_answer_warns(tmp_path):
    sulfate = entry({"Li": 2, "S": 1, "O": 4}, -60.0, entry_id="mp-4556", energy_adjustments=[adjustment(-0.503, 1)])
    table = read_table(written(tmp_path, [*ELEMENTS, LI2S, entry({"O": 2}, -9.8), sulfate]))
    assert "corrected as that of a sulfide" in table.sources[table.row("Li2SO4")]
    assert "sulfates such as Li2SO4 may come out too stable" in window("Li2SO4", table=table).coverage
    assert "sulfates" not in window("Li2S", table=table).coverage


def test_a_shift_that_belongs_to_other_corrections_is_refused_and_a_given_one_is_named(tmp_path):
    table = read_table(written(tmp_path, [*ELEMENTS, LI2S]))
    with pytest.raises(InputError, match=r"undoes a correction of mp_legacy energies.*S:-0.503"):
        window("Li2S", table=table, convention="s_element_2015")
    with pytest.raises(InputError, match="holds mp_legacy energies and cannot be asked for mp_2020"):
        window("Li2S", convention="mp_2020")
    shifted = window("Li2S", table=table, convention="S:-0.503")
    assert shifted.convention == "mp_2020 + S:-0.503"
    assert shifted.oxidation_V == pytest.approx(1.5 * 1.2)  # elemental sulfur down by what its compound was given
    once = apply_convention(table, "S:-0.503")
    assert apply_convention(once, "S:-0.503") is once
    with pytest.raises(InputError, match="already"):
        apply_convention(once, "S:-0.6")


WRONG = [
    ("[", "mine.json is not valid JSON: Expecting value in line 1"),
    ("[" * 100_000, "mine.json is not valid JSON: it is nested too deeply"),
    ('{"a": 1}', "mine.json holds an object with the keys 'a'; allowed: a list of pymatgen entries"),
    ("[]", "mine.json contains no entries"),
    ("[1]", "mine.json, entry 1: 1 is no entry; it needs 'composition' and 'energy'"),
    ('[{"composition": "Li"}]', "entry 1: 'energy' is missing"),
    ('[{"energy": 1}]', "entry 1: 'composition' is missing"),
    ('[{"composition": {}, "energy": 1}]', "entry 1: the composition contains no atoms"),
    ('[{"composition": {"Xx": 1}, "energy": 1}]', "entry 1: 'Xx' is not an element"),
    ('[{"composition": {"Li": -1}, "energy": 1}]', "the amount of 'Li' is -1; it cannot be negative"),
    ('[{"composition": {"Li": "two"}, "energy": 1}]', "the amount of 'Li' must be a number, not 'two'"),
    ('[{"composition": "Li", "energy": NaN}]', "'energy' must be a finite number, not nan"),
    ('[{"composition": "Li", "energy": 1e999}]', "'energy' must be a finite number, not inf"),
    ('[{"composition": "Li", "energy": true}]', "'energy' must be a number, not True"),
    ('[{"composition": "Li", "energy": ' + "9" * 400 + "}]", "'energy' must be a finite number"),
    ('[{"composition": "Li2Q", "energy": 1, "entry_id": "mp-1"}]', "entry 1 ('mp-1'): 'Li2Q': 'Q' is not an element"),
    (
        '[{"@class": "GibbsComputedStructureEntry"}]',
        "'GibbsComputedStructureEntry' is not read; allowed: ComputedEntry",
    ),
    ('[{"composition": "Li", "energy": 1, "correction": "x"}]', "'correction' must be a number, not 'x'"),
    ('[{"composition": "Li", "energy": 1, "energy_adjustments": 3}]', "'energy_adjustments' must be a list, not 3"),
    ('[{"composition": "Li", "energy": 1, "energy_adjustments": [{}]}]', "energy adjustment 1 has neither 'value'"),
    ('[{"energy": 1, "structure": {"sites": [{}]}}]', "a site of the structure has no 'species'"),
    ('[{"composition": "Li7La3Zr2O12", "energy": 1}]', "has no entry of the elements La, Li, O, Zr itself"),
]


@pytest.mark.parametrize(("text", "problem"), WRONG, ids=[problem[:40] for _, problem in WRONG])
def test_a_wrong_file_of_entries_is_refused_in_one_line(tmp_path, text, problem):
    with pytest.raises(InputError, match=re.escape(problem)) as caught:
        read_table(written(tmp_path, text))
    assert "\n" not in str(caught.value)
    assert "mine.json" in str(caught.value)
    assert len(str(caught.value)) < 300


def test_two_kinds_of_corrections_in_one_file_are_refused_with_an_entry_of_each(tmp_path):
    legacy = adjustment(-0.66, 1, "MP Anion Correction", "MaterialsProjectCompatibility")
    entries = [*ELEMENTS, LI2S, entry({"Li": 1, "S": 1}, -9.0, entry_id="mp-9", energy_adjustments=[legacy])]
    with pytest.raises(InputError, match=r"mixes corrections: 'mp-1153' has mp_2020, 'mp-9' has mp_legacy"):
        read_table(written(tmp_path, entries))


@pytest.mark.parametrize(
    "content", [b"\x1f\x8b broken", gzip.compress(b"formula")[:-6], b"PAR1 broken", b"\xff\xfe\x00"]
)
def test_a_file_that_cannot_be_unpacked_or_decoded_is_refused_in_one_line(tmp_path, content):
    file = tmp_path / "mine.dat"
    file.write_bytes(content)
    with pytest.raises(InputError, match=r"mine\.dat (cannot be unpacked|is not readable as Parquet|is not UTF-8)"):
        read_table(file)


def test_a_folder_and_a_bomb_are_refused(tmp_path, monkeypatch):
    with pytest.raises(InputError, match="it is not a file"):
        read_table(tmp_path)
    monkeypatch.setattr("interlayer.thermo.table_files._MAX_BYTES", 1000)
    bomb = tmp_path / "bomb.json"
    bomb.write_bytes(gzip.compress(b" " * 100_000))
    with pytest.raises(InputError, match="unpacks to more than 1000 bytes"):
        read_table(bomb)


def test_a_parquet_file_whose_names_are_no_text_is_refused(tmp_path):
    file = own_table().save(tmp_path / "mine.parquet")
    file.write_bytes(file.read_bytes().replace(b"formation_energy_eV_per_atom", b"\xff" * 28))
    with pytest.raises(InputError, match=r"mine\.parquet is not readable as Parquet"):
        read_table(file)


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_a_table_is_the_same_after_it_was_saved_and_read(tmp_path, ending):
    for table in (own_table(), apply_convention(own_table().without(["Nb2O5"]), "s_element_2015")):
        again = read_table(table.save(tmp_path / f"kept.{ending}"))
        assert again.formulas == table.formulas
        assert np.array_equal(again.energies, table.energies)
        assert again.sources == table.sources
        assert again.convention == table.convention
        assert again.references == table.references
        assert again.name == f"kept.{ending}"


def test_the_frame_is_a_copy_with_units_in_its_names():
    frame = own_table().frame()
    assert list(frame.columns) == ["formula", "formation_energy_eV_per_atom", "source"]
    frame.loc[0, "formation_energy_eV_per_atom"] = 5.0
    assert own_table().energies[0] == 0.0


def test_a_table_goes_only_where_it_can_be_read_back(tmp_path):
    with pytest.raises(InputError, match=r"allowed endings: .csv, .parquet"):
        own_table().save(tmp_path / "kept.xlsx")


def test_a_csv_says_what_it_holds_and_nonsense_is_refused(tmp_path):
    text = "# convention: {}\n# reference: jain2013\nformula,formation_energy_eV_per_atom\nLi2S,-1.4\n"
    table = read_table(written(tmp_path, text.format("mp_2020"), "mine.csv"))
    assert table.convention == "mp_2020"
    assert any("APL Materials" in line for line in window("Li2S", table=table).references)
    with pytest.raises(InputError, match=r"mine.csv: the convention 'mp_2002' is not known.*did you mean 'mp_2020'"):
        read_table(written(tmp_path, text.format("mp_2002"), "mine.csv"))


@given(
    st.lists(
        st.tuples(st.sampled_from(["Li2S", "Li4S4", "LiS8", "Li3S"]), st.floats(-3, 1), st.integers(1, 5)), min_size=1
    )
)
def test_formation_energies_do_not_depend_on_the_zero_of_the_elements(rows):
    from interlayer.composition import parse_formula
    from interlayer.thermo.computed_entries import ComputedEnergy, table_of_entries

    tables = []
    for zero in ({"Li": 0.0, "S": 0.0}, TOTAL):
        computed = [ComputedEnergy({element: 1.0}, energy, element) for element, energy in zero.items()]
        for formula, energy, cells in rows:
            atoms = {element: n * cells for element, n in parse_formula(formula).items()}
            total = sum(atoms.values()) * energy + sum(n * zero[element] for element, n in atoms.items())
            computed.append(ComputedEnergy(atoms, total, "x"))
        tables.append(table_of_entries(computed, name="x", references=()))
    assert tables[0].formulas == tables[1].formulas
    assert tables[0].energies == pytest.approx(tables[1].energies, abs=1e-9)
