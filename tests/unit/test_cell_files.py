"""A cell file either loads or says in one line what to change."""

import tomllib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from interlayer.cell import build_cell, example_files, load_cell, new_cell_file
from interlayer.errors import InputError
from interlayer.materials import library

EXAMPLES = sorted(example_files())
WANG = "wang2020_lnto450"


def contents():
    return tomllib.loads(example_files()[WANG].read_text(encoding="utf-8"))


def loaded(data):
    return build_cell(data, library(), origin="cell.toml")


def put(data, path, value):
    *parents, last = path
    for part in parents:
        data = data[part]
    if value is DELETE:
        del data[last]
    else:
        data[last] = value


DELETE = object()

# (where, what stands there instead, what the one line has to contain)
MALFORMED = [
    (["schema"], DELETE, ["schema is missing", "schema = 1"]),
    (["schema"], 2, ["schema is 2", "schema = 1"]),
    (["schema"], "one", ["schema is 'one'"]),
    (["name"], DELETE, ["name is missing"]),
    (["name"], "../../etc", ["name"]),
    (["name"], "", ["name"]),
    (["area"], DELETE, ["area is missing"]),
    (["area"], "0.785", ["area", "has no unit", "'0.785 cm2'"]),
    (["area"], 0.785, ["area", "has no unit"]),
    (["area"], "0.785 cm", ["area", "'cm' is not a unit of area", "did you mean 'cm2'"]),
    (["area"], "-1 cm2", ["area", "-1 cm2 is out of range", "above 0"]),
    (["area"], "0 cm2", ["area", "out of range"]),
    (["area"], "nan cm2", ["area", "not a number"]),
    (["area"], "1e400 cm2", ["area", "finite"]),
    (["area"], {"status": "assumed"}, ["area", "needs a 'value'"]),
    (["area"], {"value": "1 cm2", "status": "guessed"}, ["area.status", "assumed"]),
    (["area"], {"value": "1 cm2", "status": "assumed"}, ["area", "'source' or a 'note'"]),
    (["area"], {"value": "1 cm2", "colour": "red"}, ["area.colour"]),
    (["area"], [], ["area"]),
    (["temperature"], "-300 degC", ["temperature", "out of range"]),
    (["temperature"], "25 C", ["temperature", "'C' is not a unit of temperature"]),
    (["nominal_capacity"], DELETE, ["nominal_capacity is missing"]),
    (["nominal_capacity"], "160 mA/g", ["nominal_capacity", "160 mA/g", "mAh/g"]),
    (["cathode"], DELETE, ["cathode is missing"]),
    (["cathode"], "NMC532", ["cathode"]),
    (["cathode", "kind"], DELETE, ["cathode.kind is missing", "composite"]),
    (["cathode", "kind"], "composit", ["cathode.kind", "did you mean 'composite'"]),
    (["cathode", "loadng"], "8 mg/cm2", ["unknown key 'cathode.loadng'", "did you mean 'loading'"]),
    (["cathode", "loading"], DELETE, ["cathode", "'loading', 'excess'"]),
    (["cathode", "loading"], "8.4 mg", ["cathode", "loading", "mg/cm2"]),
    (["cathode", "active_material"], "NMC999", ["active material"]),
    (["cathode", "composition"], {"NMC532": 70, "unobtainium": 30}, ["unobtainium"]),
    (["cathode", "composition"], {"NMC532": -70}, ["cathode", "composition.NMC532"]),
    (["cathode", "composition"], {"NMC532": float("inf")}, ["composition.NMC532"]),
    (["cathode", "porosity"], "10 %", ["exactly one of 'porosity', 'thickness', 'density'"]),
    (["cathode", "density"], "9 g/cm3", ["cathode", "density", "leaves no room"]),
    (["cathode", "particle_diameter"], DELETE, ["particle_diameter is missing"]),
    (["cathode", "coating", 0, "material"], "LNTO-45O", ["LNTO-45O", "did you mean 'LNTO-450'"]),
    (["cathode", "coating", 0, "thickness"], "-7 nm", ["coating[0].thickness", "out of range"]),
    (["cathode", "coating", 0, "thickness"], "7 mg", ["coating[0].thickness", "not a unit of length"]),
    (["cathode", "coating"], {"material": "LNTO-450"}, ["cathode", "coating"]),
    (["cathode", "interface", "remainder"], "magic", ["remainder"]),
    (["cathode", "interface", "measured_resistance"], "124 V", ["measured_resistance", "ohm"]),
    (["cathode", "interface", "contact_fraction"], 0.0, ["contact_fraction is 0"]),
    (["cathode", "interface", "contact_fraction"], "130 %", ["contact_fraction", "out of range"]),
    (["separator"], [], ["separator"]),
    (["separator"], DELETE, ["separator is missing"]),
    (["separator", 0, "thickness"], "500 um", ["exactly one of 'thickness', 'areal_mass', 'mass'"]),
    (["separator", 0, "mass"], DELETE, ["exactly one of"]),
    (["separator", 0, "porosity"], "100 %", ["porosity", "out of range"]),
    (["anode"], {"kind": "metal", "material": "In-Li"}, ["exactly one of 'thickness', 'excess', 'mass'"]),
    (["anode", "kind"], "metall", ["anode.kind", "did you mean 'metal'"]),
    (["reported"], [{"quantity": "discharge capacity", "value": "152 mAh/g"}], ["reported[0].source is missing"]),
    (["colour"], "red", ["unknown key 'colour'"]),
    (["densities"], {"Li10GeP2S12": "2"}, ["densities.Li10GeP2S12", "no unit"]),
    (["area_cm2"], 0.785, ["given twice"]),
]


@pytest.mark.parametrize(("path", "value", "expected"), MALFORMED, ids=lambda v: str(v)[:40])
def test_a_malformed_cell_gives_one_line_that_names_the_key(path, value, expected):
    data = contents()
    put(data, path, value)
    with pytest.raises(InputError) as error:
        loaded(data)
    message = str(error.value)
    assert message.startswith("cell.toml")
    assert "\n" not in message
    for part in expected:
        assert part in message


def test_there_are_at_least_thirty_malformed_files():
    assert len(MALFORMED) >= 30


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_example_loads_and_every_value_that_is_not_stated_says_why(name):
    cell = load_cell(name)
    assert cell.name == name
    assert all(layer.thickness > 0 and layer.areal_mass > 0 for layer in cell.layers)
    assert cell.one_c > 0


def test_the_thirteen_cells_of_the_papers_are_shipped():
    assert {
        "wang2020_lnto350", "wang2020_lnto450", "wang2020_lnto550", "wang2021_lnto", "wang2021_bare",
        "wu2016_liion", "wu2016_llzo", "wu2016_latp", "wu2016_lgps",
        "tan2021_none", "tan2021_homogeneous", "tan2021_sio2", "tan2021_lipon",
    } <= set(EXAMPLES)  # fmt: skip


def test_the_new_cell_file_loads_as_it_is():
    cell = build_cell(tomllib.loads(new_cell_file()), library(), origin="new")
    assert cell.cathode.true_area == pytest.approx(36, rel=0.02)


def test_a_unit_in_the_key_is_the_same_as_a_unit_in_the_text():
    data = contents()
    coating = data["cathode"]["coating"][0]
    coating.pop("thickness")
    coating["thickness_nm"] = 10
    data["cathode"].pop("loading")
    data["cathode"]["loading_mg_per_cm2"] = 8.4
    cell = loaded(data)
    assert cell.description.cathode.coating[0].thickness.si == pytest.approx(10e-9)
    assert cell.description.cathode.loading.si == pytest.approx(0.084)


@pytest.mark.parametrize(
    ("change", "read"),
    [
        ("cathode.loading=10 mg/cm2", lambda d: d.cathode.loading.si / 0.1),
        ("separator.mass=100 mg", lambda d: d.separator[0].mass.si / 1e-4),
        ("separator.0.mass='100 mg'", lambda d: d.separator[0].mass.si / 1e-4),
        ("cathode.coating.thickness=10 nm", lambda d: d.cathode.coating[0].thickness.si / 1e-8),
    ],
)
def test_a_change_reaches_its_key(change, read):
    assert read(load_cell(WANG, changes=[change]).description) == pytest.approx(1.0)


@pytest.mark.parametrize(
    "change",
    ["cathode", "=1", "a..b=2", "separator.7.mass=1 mg", "name.x=1", "cathode.loading=-1 mg/cm2", "x=" + "[" * 999],
)
def test_a_change_that_makes_no_sense_is_one_line(change):
    with pytest.raises(InputError) as error:
        load_cell(WANG, changes=[change])
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("name", ["", ".", "/", "no_such_cell", "wang2020_lnto45", "a" * 5000, "nul\0", "examples"])
def test_a_file_that_is_not_there_is_one_line(name):
    with pytest.raises(InputError) as error:
        load_cell(name)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe\x00",
        b"= 1",
        b"[cathode",
        b"schema = 1\nschema = 1",
        b"a = " + b"[" * 2000,
        b"\x00" * 100,
        b"schema = 1",
    ],
)
def test_a_broken_file_is_one_line(tmp_path, content):
    file = tmp_path / "broken.toml"
    file.write_bytes(content)
    with pytest.raises(InputError) as error:
        load_cell(file)
    assert str(error.value).startswith("broken.toml")
    assert "\n" not in str(error.value)


def keys_of(data, path=()):
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in items:
        yield (*path, key)
        yield from keys_of(value, (*path, key))


JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=20),
    st.sampled_from(
        ["1 nm", "1 mg", "-3 V", "1e-300 um", "1e300 m", "0 %", "99.9999 %", "25 degC", "1/0", "NMC532", "Li"]
    ),
    st.lists(st.integers(), max_size=2),
    st.dictionaries(st.sampled_from(["value", "status", "kind", "material", "x"]), st.text(max_size=5), max_size=3),
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(name=st.sampled_from(EXAMPLES), data=st.data())
def test_any_mutation_of_an_example_loads_or_is_one_line(name, data):
    contents = tomllib.loads(example_files()[name].read_text(encoding="utf-8"))
    for _ in range(data.draw(st.integers(1, 3))):
        path = data.draw(st.sampled_from(list(keys_of(contents))))
        put(contents, path, data.draw(st.one_of(st.just(DELETE), JUNK)))
    try:
        cell = loaded(contents)
    except InputError as refused:
        message = str(refused)
    else:
        message = ""
        assert all(layer.thickness > 0 for layer in cell.layers)
    assert "\n" not in message
    assert len(message) < 1500
