"""Contacts over a range of voltages, and a coating between two materials."""

import json

import pytest

from interlayer.cli import run
from interlayer.errors import InputError
from interlayer.thermo import coated_interface, react, react_over_voltages

LNTO = "LiNb0.5Ta0.5O3"


def test_each_voltage_of_a_range_is_the_answer_at_that_voltage():
    sweep = react_over_voltages("LiCoO2", "Li3PS4", voltages="2.5:4.3:0.9")
    assert sweep.voltages_V == pytest.approx([2.5, 3.4, 4.3])
    for voltage, found in zip(sweep.voltages_V, sweep.at_voltage, strict=True):
        assert found == react("LiCoO2", "Li3PS4", voltage=voltage)
    assert sweep.closed == react("LiCoO2", "Li3PS4")
    assert sweep.worst.reaction_energy_eV_per_atom == sweep.frame()["mutual_energy_eV_per_atom_without_Li"].min()


def test_the_energy_is_piecewise_linear_in_the_voltage():
    """Nothing but corners between products: within one set of products, second differences vanish."""
    sweep = react_over_voltages("NMC532", "LGPS", voltages="4.2:4.4:0.02")
    energies = [one.reaction_energy_eV_per_atom for one in sweep.at_voltage]
    products = [frozenset(one.products) for one in sweep.at_voltage]
    checked = 0
    for i in range(1, len(energies) - 1):
        if products[i - 1] == products[i] == products[i + 1]:
            assert energies[i - 1] - 2 * energies[i] + energies[i + 1] == pytest.approx(0.0, abs=1e-9)
            checked += 1
    assert checked > 3


def test_a_coating_prevents_the_chemical_reaction_and_not_the_electrochemical_one():
    """The conclusion of wang2021: no sulfates behind a coating, yet sulfur and polysulfides all the same."""
    found = coated_interface("NMC532", LNTO, "LGPS", voltages=[4.4], convention="s_element_2015")
    bare, (inner, outer) = found.before[0], found.after
    assert bare.bound_to_oxygen["S"] > 0.05
    assert outer.bound_to_oxygen["S"] == 0.0
    worst = min(inner.closed.reaction_energy_eV_per_atom, outer.closed.reaction_energy_eV_per_atom)
    assert bare.closed.reaction_energy_eV_per_atom < 3 * worst
    alone = found.electrolyte_window.at_voltage[0]
    assert alone.chalcogen_species["S"].element_or_polysulfide > 0.3
    assert any("a coating does not change that" in finding for finding in found.findings)
    assert inner.bound_to_oxygen == {}


def test_the_contacts_are_those_of_react():
    found = coated_interface("LiCoO2", "Li3PO4", "Li3PS4", voltages="3,4")
    assert found.before[0].closed == react("LiCoO2", "Li3PS4")
    assert found.after[0].at_voltage[1] == react("LiCoO2", "Li3PO4", voltage=4.0)
    assert found.after[1].closed == react("Li3PO4", "Li3PS4")
    assert "coated: neither contact of the coating reacts" in found.findings
    assert len(found.frame()) == 9


def test_three_materials_on_the_command_line(tmp_path, capsys):
    table, figure = tmp_path / "c.parquet", tmp_path / "c.png"
    arguments = ["react", "NMC532", LNTO, "LGPS", "--voltage", "2.5,4.4"]
    assert run([*arguments, "--out", str(table), "--plot", str(figure), "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert [contact["pair"] for contact in answer["after"]] == ["cathode | coating", "coating | electrolyte"]
    assert table.stat().st_size > 0
    assert figure.stat().st_size > 0
    assert run(arguments) == 0
    assert "4.4 times less" in capsys.readouterr().out


def test_a_range_on_the_command_line(tmp_path, capsys):
    table = tmp_path / "s.csv"
    arguments = ["react", "LiCoO2", "Li3PS4", "--voltage", "2.5:4.3:0.6"]
    assert run([*arguments, "--out", str(table), "--plot", str(tmp_path / "s.pdf"), "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["at_voltage"]) == 4
    assert len(table.read_text(encoding="utf-8").splitlines()) == 5
    assert run(arguments) == 0
    assert "closed; at most" in capsys.readouterr().out


def test_what_a_coating_cannot_be_asked():
    with pytest.raises(InputError, match="0 to 10 V"):
        coated_interface("LiCoO2", "Li3PO4", "Li3PS4", voltages=-0.5)
    with pytest.raises(InputError, match="not an element"):
        coated_interface("LiCoO2", "Xx2", "Li3PS4")
