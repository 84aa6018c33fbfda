"""A user's own file extends the library and overrides it; a bad one gives one line that says what to change."""

import copy
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interlayer.errors import InputError
from interlayer.materials import library, material
from interlayer.materials.library import read_file

GOOD = """
[MyCathode]
kind = "cathode"
family = "layered oxide"
formula = "LiNi0.9Mn0.05Co0.05O2"
lithium_sites = 1.0
density = [{ value = "4.7 g/cm3", source = "our pycnometer" }]
conductivity = [{ value = "1e-9 S/cm", source = "our cell", temperature = "60 degC", uncertainty = "2e-10 S/cm" }]

[[MyCathode.open_circuit]]
csv = "ocv.csv"
source = "our slow discharge"
"""
CURVE = "stoichiometry,potential_V\n0.2,4.4\n0.5,3.9\n1.0,3.0\n"


@pytest.fixture
def own(tmp_path: Path) -> Path:
    (tmp_path / "ocv.csv").write_text(CURVE, encoding="utf-8")
    path = tmp_path / "my.toml"
    path.write_text(GOOD, encoding="utf-8")
    return path


def written(folder: Path, text: str) -> Path:
    path = folder / "my.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_own_materials_stand_beside_the_librarys(own):
    both = library().with_file(own)
    assert len(both) == len(library()) + 1
    assert both["mycathode"].density[0].si == pytest.approx(4700)
    assert both["LGPS"] is library()["LGPS"]


def test_own_curve_is_read_from_the_csv_beside_the_file(own):
    curve = material("MyCathode", own).open_circuit[0]
    assert (curve.lowest, curve.highest) == (0.2, 1.0)
    assert curve.potential(np.array([0.2, 0.5, 1.0])) == pytest.approx([4.4, 3.9, 3.0])


def test_an_own_curve_stays_monotonic_between_its_points(own):
    potential = material("MyCathode", own).open_circuit[0].potential(np.linspace(0.2, 1.0, 500))
    assert np.all(np.diff(potential) < 0)


def test_a_temperature_and_a_spread_keep_their_units(own):
    datum = material("MyCathode", own).conductivity[0]
    assert datum.temperature == pytest.approx(333.15)
    assert datum.uncertainty == pytest.approx(2e-8)


def test_an_own_material_of_the_same_name_replaces_the_librarys(tmp_path):
    text = '[LiPON]\nkind = "electrolyte"\nfamily = "oxynitride"\nconductivity = [{ value = "3 uS/cm", source = "us" }]'
    both = library().with_file(written(tmp_path, text))
    assert len(both) == len(library())
    assert both["LiPON"].value("conductivity").to("uS/cm") == pytest.approx(3.0)


def test_an_own_name_goes_before_the_alias_of_a_library_material(tmp_path):
    text = '[LNTO]\nkind = "coating"\nfamily = "own"\ndensity = [{ value = "5 g/cm3", source = "us" }]'
    assert library().with_file(written(tmp_path, text))["LNTO"].family == "own"
    assert library()["LNTO"].name == "LNTO-450"


def test_the_unit_may_stand_in_the_key(tmp_path):
    text = '[A]\nkind = "coating"\nfamily = "f"\ndensity = [{ value = "2 g/cm3", source = "us", temperature_K = 300 }]'
    assert library().with_file(written(tmp_path, text))["A"].density[0].temperature == 300.0


def test_the_example_of_the_documentation_is_read(own):
    page = (Path(__file__).parents[2] / "docs" / "materials.md").read_text(encoding="utf-8")
    example = page.split("```toml\n")[1].split("```")[0]
    assert material("MyCathode", written(own.parent, example)).diffusivity[0].si == pytest.approx(2e-15)


BAD = {
    "no source": ('source = "our pycnometer"', 'form = "powder"', "source is missing"),
    "empty source": ('source = "our pycnometer"', 'source = ""', "source"),
    "no unit": ('"4.7 g/cm3"', '"4.7"', "has no unit"),
    "bare number": ('"4.7 g/cm3"', "4.7", "has no unit"),
    "unit of another kind": ("g/cm3", "g/cm2", "allowed: 'kg/m3'"),
    "negative": ('"4.7 g/cm3"', '"-4.7 g/cm3"', "out of range"),
    "zero": ('"4.7 g/cm3"', '"0 g/cm3"', "out of range"),
    "absurd": ('"4.7 g/cm3"', '"4700 g/cm3"', "out of range"),
    "not a number": ('"4.7 g/cm3"', '"nan g/cm3"', "not a number with a unit"),
    "infinite": ('"4.7 g/cm3"', '"1e999 g/cm3"', "not a finite number"),
    "not a list": ('[{ value = "4.7 g/cm3", source = "our pycnometer" }]', '"4.7 g/cm3"', "density"),
    "misspelt key": ("density", "densty", "did you mean 'density'"),
    "unknown kind": ('"cathode"', '"catode"', "kind"),
    "no kind": ('kind = "cathode"\n', "", "kind is missing"),
    "no family": ('family = "layered oxide"\n', "", "family is missing"),
    "not a formula": ("LiNi0.9Mn0.05Co0.05O2", "LiXx2", "is not an element"),
    "unknown status": ('source = "our cell"', 'source = "our cell", status = "guessed"', "status"),
    "negative sites": ("lithium_sites = 1.0", "lithium_sites = -1.0", "lithium_sites"),
    "below absolute zero": ("60 degC", "-300 degC", "temperature"),
    "no temperature unit": ('"60 degC"', '"60"', "has no unit"),
    "a bare temperature": ('"60 degC"', "60", "write e.g. '25 degC'"),
    "missing csv": ("ocv.csv", "nowhere.csv", "cannot read the open-circuit curve 'nowhere.csv': No such file"),
    "two forms of one curve": ('csv = "ocv.csv"', 'csv = "ocv.csv"\nexpression = "3.5"', "exactly one of"),
    "no curve": ('csv = "ocv.csv"\n', "", "exactly one of"),
    "code for an expression": ('csv = "ocv.csv"', "expression = \"__import__('os').getcwd()\"", "something other than"),
    "infinite expression": ('csv = "ocv.csv"', 'expression = "1/x"', "not finite"),
    "end members that do not add up": ("lithium_sites = 1.0", "end_members = { LiNiO2 = 0.9 }", "not 1"),
    "a table instead of a material": ("[MyCathode]", "x = 1\n[MyCathode]", "not a table"),
    "not TOML": ("[MyCathode]", "[MyCathode", "not valid TOML"),
}


@pytest.mark.parametrize(("old", "new", "message"), BAD.values(), ids=BAD.keys())
def test_a_bad_file_gives_one_line_that_says_what_to_change(own, old, new, message):
    assert old in GOOD
    with pytest.raises(InputError) as caught:
        read_file(written(own.parent, GOOD.replace(old, new, 1)))
    assert message in str(caught.value)
    assert str(caught.value).startswith("my.toml")
    assert "\n" not in str(caught.value)


BAD_CURVES = {
    "empty": ("", "0 points"),
    "one point": ("0.5,3.9\n", "1 points"),
    "header only": ("stoichiometry,potential_V\n", "0 points"),
    "nan": ("0.2,nan\n0.5,3.9\n", "out of range"),
    "infinite": ("0.2,inf\n0.5,3.9\n", "out of range"),
    "outside 0..1": ("0.2,4.0\n1.5,3.9\n", "out of range"),
    "twice": ("0.2,4.0\n0.2,3.9\n", "given twice"),
    "text": ("0.2,4.0\n0.5,high\n", "line 2"),
    "three columns": ("0.2,4.0,1\n0.5,3.9,1\n", "line 1"),
    "beyond any electrode": ("0.2,40.0\n0.5,3.9\n", "-10..10 V"),
}


@pytest.mark.parametrize(("text", "message"), BAD_CURVES.values(), ids=BAD_CURVES.keys())
def test_a_bad_curve_gives_one_line(own, text, message):
    (own.parent / "ocv.csv").write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_file(own)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_file_and_a_folder_are_refused(tmp_path):
    for path in (tmp_path / "none.toml", tmp_path):
        with pytest.raises(InputError, match="cannot read the materials file"):
            read_file(path)


VALID = {
    "kind": "electrolyte",
    "family": "sulfide",
    "formula": "Li3PS4",
    "density": [{"value": "1.9 g/cm3", "source": "us"}],
    "conductivity": [{"value": "0.3 mS/cm", "source": "us", "temperature": "25 degC"}],
}
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=150, deadline=None)
@given(
    path=st.sampled_from(
        [
            "kind",
            "family",
            "formula",
            "density",
            "conductivity.0",
            "density.0.value",
            "conductivity.0.temperature",
            "conductivity.0.source",
            "new key",
        ]
    ),
    junk=ANYTHING,
)
def test_whatever_stands_in_a_file_is_read_or_refused_in_one_line(path, junk):
    from interlayer.materials.library import _materials

    entry = copy.deepcopy(VALID)
    *parents, last = path.split(".")
    place = entry
    for step in parents:
        place = place[int(step)] if step.isdigit() else place[step]
    place[int(last) if last.isdigit() else last] = junk
    problem, read = "", None
    try:
        read = _materials({"A": entry}, "my.toml", Path())["A"]
    except InputError as error:
        problem = str(error)
    assert "\n" not in problem
    assert len(problem) < 600
    assert read is None or all(
        math.isfinite(datum.si) and datum.source for datum in (*read.density, *read.conductivity)
    )
