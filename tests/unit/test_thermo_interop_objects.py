"""Objects of other libraries as reactants, without those libraries."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interlayer.composition import parse_formula
from interlayer.errors import InputError
from interlayer.thermo import own_table, react, react_many, window, window_many
from interlayer.thermo.composition_objects import formula_of, smallest_whole, written_formula


class Composition:
    """What is used of pymatgen's."""

    def __init__(self, **atoms):
        self.atoms = atoms

    def get_el_amt_dict(self):
        return self.atoms


class Structure:
    """What is used of pymatgen's."""

    def __init__(self, **atoms):
        self.composition = Composition(**atoms)


class Atoms:
    """What is used of ASE's."""

    def __init__(self, *symbols):
        self.symbols = list(symbols)

    def get_chemical_symbols(self):
        return self.symbols


def test_the_size_of_a_cell_says_nothing_but_that_of_a_composition_does():
    assert formula_of(Structure(Li=4, Co=4, O=8)) == "LiCoO2"
    assert formula_of(Atoms(*"LiLiOO", "Co", "Co", "O", "O")) is not None
    assert formula_of(Atoms("Li", "Co", "O", "O", "Li", "Co", "O", "O")) == "LiCoO2"
    assert formula_of(Composition(Li=2, Co=2, O=4)) == "Li2Co2O4"
    assert formula_of(Structure(Li=1.3, Al=0.3, Ti=1.7, P=3, O=12)) == "Li1.3Al0.3Ti1.7P3O12"
    assert formula_of("LiCoO2") is None


def test_a_structure_is_the_reactant_that_its_formula_is():
    assert react(Structure(Li=2, Co=2, O=4), Atoms("Li", "Li", "Li", "P", *"SSSS")) == react("LiCoO2", "Li3PS4")
    assert window(Composition(Li=3, P=1, S=4)) == window("Li3PS4")


def test_lists_of_questions_take_objects_too():
    found = react_many([(Structure(Li=2, Co=2, O=4), Composition(Li=3, P=1, S=4))])
    assert found.reaction_energy_eV_per_atom[0] == pytest.approx(-0.4023, abs=1e-4)
    assert window_many([Atoms("Li", "Li", "S")]).oxidation_V[0] == pytest.approx(window("Li2S").oxidation_V)


def test_an_object_finds_its_end_members_in_the_library():
    found = react(Composition(Li=1, Ni=0.5, Mn=0.3, Co=0.2, O=2), "LGPS", reference="mixture")
    assert found.reference_used["A"].startswith("mixture of")


@pytest.mark.parametrize("thing", [Composition(), Structure(), Atoms(), Composition(X=1.0), object(), 3, None, b"Li"])
def test_an_object_without_elements_is_refused_in_one_line(thing):
    with pytest.raises(InputError) as caught:
        window(thing)
    assert "\n" not in str(caught.value)


@given(
    st.dictionaries(
        st.sampled_from(["Li", "O", "S", "Co"]),
        st.one_of(st.integers(1, 500), st.floats(1e-4, 900.0).map(lambda x: round(x, 6))),
        min_size=1,
    )
)
def test_a_written_formula_is_read_as_it_was_meant(atoms):
    read = parse_formula(written_formula(atoms))
    assert dict(read) == pytest.approx(atoms, abs=1e-9)
    whole = smallest_whole(atoms)
    element = next(iter(atoms))
    assert [n / whole[element] for n in whole.values()] == pytest.approx(
        [n / atoms[element] for n in atoms.values()], rel=1e-2, abs=1e-6
    )


def test_reactants_of_other_libraries_load_none_of_them():
    code = (
        "import sys; from interlayer.thermo import react, read_table\n"
        "class C:\n    def get_el_amt_dict(self): return {'Li': 1, 'Co': 1, 'O': 2}\n"
        "react(C(), 'Li3PS4')\n"
        "print([m for m in ('pymatgen', 'ase', 'pandas', 'requests', 'pyarrow', 'matplotlib') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_without_pymatgen_the_way_to_get_it_is_told(monkeypatch):
    for name in [name for name in sys.modules if name.split(".")[0] == "pymatgen"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "pymatgen", None)
    with pytest.raises(InputError, match=r"needs pymatgen.*interlayer\[peers\]"):
        own_table().to_pymatgen()
