"""What a composition becomes at a voltage: extent, driving energy, species."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interlayer.cli import run
from interlayer.composition import molar_mass, parse_formula
from interlayer.errors import InputError
from interlayer.thermo import window
from interlayer.thermo.equilibrium import system
from interlayer.thermo.question import prepared_table
from interlayer.thermo.species import chalcogen_shares
from interlayer.thermo.voltages import read_voltages

LGPS = "Li10GeP2S12"
COMPOSITIONS = [LGPS, "Li6PS5Cl", "Li7La3Zr2O12", "LiNb0.5Ta0.5O3", "Li3InCl6", "Nb2O5"]


def driving_energy(formula, voltage):
    """The same by two programmes: the open equilibrium less the closed one brought to the voltage, per other atom."""
    table = prepared_table(None, convention="mp_legacy", exclude=()).table
    atoms = dict(parse_formula(formula))
    closed, opened = system(table, atoms), system(table, atoms, voltage=voltage)
    lithium, size = atoms.get("Li", 0.0), sum(atoms.values())
    at_rest = closed.equilibrium(closed.shares(atoms)).energy * size
    return opened.equilibrium(opened.shares(atoms)).energy - (at_rest + voltage * lithium) / (size - lithium)


@pytest.mark.parametrize("formula", COMPOSITIONS)
@settings(max_examples=15, deadline=None)
@given(voltage=st.floats(0.0, 10.0))
def test_the_integral_over_the_plateaus_is_the_difference_of_two_equilibria(formula, voltage):
    found = window(formula, voltages=[voltage]).at_voltage[0]
    assert found.driving_energy_eV_per_atom == pytest.approx(driving_energy(formula, voltage), abs=1e-8)
    assert found.is_stable == (found.driving_energy_eV_per_atom > -1e-9 and found.margin_V == 0.0)


@pytest.mark.parametrize("formula", COMPOSITIONS)
@pytest.mark.parametrize("voltage", [0.0, 1.0, 3.0, 4.4, 10.0])
def test_elements_and_lithium_are_conserved(formula, voltage):
    found = window(formula).at(voltage)
    made = {}
    for product, moles in found.products.items():
        for element, amount in parse_formula(product).items():
            made[element] = made.get(element, 0.0) + moles * amount
    for element, amount in parse_formula(formula).items():
        change = found.lithium_per_formula if element == "Li" else 0.0
        assert made.get(element, 0.0) == pytest.approx(amount + change, abs=1e-5)
    for shares in found.element_shares.values():
        assert sum(shares.values()) == pytest.approx(1.0)
    charge = abs(found.lithium_per_formula) * 26801.4 / (molar_mass(formula) * 1e3)
    assert found.charge_mAh_per_g == pytest.approx(charge, rel=1e-5)


def test_lgps_above_its_window_becomes_polysulfide_and_then_sulfur():
    legacy = window(LGPS, voltages="2.3, 4.4")
    low, high = legacy.at_voltage
    assert "LiS4" in low.products
    assert "S" in high.products
    assert high.lithium_per_formula == pytest.approx(-10.0)
    later = window(LGPS, convention="s_element_2015").at(4.4)
    assert later.chalcogen_species["S"].element_or_polysulfide == pytest.approx(5 / 12)
    assert later.chalcogen_species["S"].with_oxygen == 0.0


def test_species_of_sulfur_add_up_and_know_oxygen():
    shares = chalcogen_shares({"Li2SO4": 1.0, "Li2S": 1.0, "LiS4": 0.25, "S": 1.0}, "S")
    assert shares.model_dump() == pytest.approx({"with_oxygen": 0.25, "element_or_polysulfide": 0.5, "sulfide": 0.25})
    assert chalcogen_shares({"Li2O": 1.0}, "S") is None


def test_voltages_as_users_write_them():
    assert read_voltages("4.4") == [4.4]
    assert read_voltages("2.5, 4.4 V") == [2.5, 4.4]
    assert read_voltages("2.5:4.3:0.6") == pytest.approx([2.5, 3.1, 3.7, 4.3])
    assert read_voltages("2:2.05:0.1") == [2.0]
    assert len(read_voltages("2:5:0.1")) == 31
    assert read_voltages(()) == []


@pytest.mark.parametrize(
    ("text", "part"),
    [("", "no voltage"), ("a", "not a number"), ("1:2", "start:stop:step"), ("1:2:0", "start:stop:step"),
     ("2:1:0.1", "start:stop:step"), ("nan:1:1", "start:stop:step"), ("0:9:1e-9", "more than 2001"), ("11", "-1 to 10"),
     ("inf", "-1 to 10")],
)  # fmt: skip
def test_other_voltages_are_refused_in_one_line(text, part):
    with pytest.raises(InputError, match=part) as caught:
        read_voltages(text)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("voltage", [-0.1, 10.5, float("nan")])
def test_below_lithium_metal_there_is_no_answer(voltage):
    with pytest.raises(InputError, match="0 to 10 V"):
        window(LGPS).at(voltage)


def test_the_command_answers_at_voltages_and_writes_table_and_figure(tmp_path, capsys):
    table, figure = tmp_path / "w.csv", tmp_path / "w.svg"
    assert run(["window", "LGPS", "--voltage", "4.4", "--out", str(table), "--plot", str(figure), "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["at_voltage"][0]["voltage_V"] == 4.4
    assert len(table.read_text(encoding="utf-8").splitlines()) == len(answer["profile"]) + 1
    assert figure.read_text(encoding="utf-8").count("<svg") == 1
    assert run(["window", "LGPS", "--voltage", "4.4"]) == 0
    assert "species of S: 25% element or polysulfide" in capsys.readouterr().out
