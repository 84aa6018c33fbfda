"""What-if: published cases that hang on one phase, and that no phase without a part in the answer can move it."""

import json

import pytest

from interlayer.cli.uncertainty import show_what_if, show_what_if_window
from interlayer.composition import parse_formula
from interlayer.errors import InputError
from interlayer.thermo import PhaseTable, own_table, react, window
from interlayer.thermo.phase_sensitivity import what_if, what_if_window

LGPS = "Li10GeP2S12"


def change(found, *phases, kind="without"):
    return next(one for one in found.changes if (one.change, one.phases) == (kind, sorted(phases)))


def test_the_oxidation_of_lithium_niobate_hangs_on_niobium_pentoxide():
    found = what_if_window("LiNbO3")
    one = change(found, "Nb2O5")
    assert found.deterministic.oxidation_V == pytest.approx(3.76, abs=0.005)
    assert one.oxidation_V == pytest.approx(3.88, abs=0.005)
    assert one.moved_oxidation_V == pytest.approx(0.12, abs=0.005)
    assert one.moved_reduction_V == 0.0
    assert one.new_products == ["LiNb3O8"]


def test_the_oxidation_of_the_perovskite_hangs_on_one_titanate():
    found = what_if_window("LiLaTi2O6")
    assert found.changes[0].phases == ["Li7Ti10O24"]
    assert found.changes[0].oxidation_V == pytest.approx(3.71, abs=0.005)
    assert found.deterministic.oxidation_V == pytest.approx(2.51, abs=0.005)


def test_the_reduction_of_lithium_indium_chloride_hangs_on_the_subchlorides_together():
    found = what_if_window("Li3InCl6", depth=4)
    subchlorides = ["In2Cl3", "In5Cl9", "In7Cl9", "InCl2"]
    reductions = [change(found, *subchlorides[3:]).reduction_V, change(found, *subchlorides).reduction_V]
    assert reductions == pytest.approx([2.51, 2.44], abs=0.005)
    # three of the four do less than all, and what is not moved further by all its phases is not listed
    assert change(found, "InCl2", "In5Cl9", "In2Cl3").reduction_V > reductions[1] + 0.03
    assert not any({"Cl2", "InCl2"} <= set(one.phases) for one in found.changes)


def test_an_excluded_phase_is_put_back():
    found = what_if_window("LiNbO3", exclude="Nb2O5")
    one = change(found, "Nb2O5", kind="with")
    assert (one.oxidation_V, one.moved_oxidation_V) == pytest.approx((3.76, -0.12), abs=0.005)
    pair = what_if("LiCoO2", "Li3PS4", exclude=["Li2SO4", "Co3S4"])
    for phase, kept in (("Li2SO4", "Co3S4"), ("Co3S4", "Li2SO4")):
        back = change(pair, phase, kind="with")
        assert back.reaction_energy_eV_per_atom == react("LiCoO2", "Li3PS4", exclude=kept).reaction_energy_eV_per_atom
        assert back.new_products == [phase]
        assert back.moved_eV_per_atom < 0.0


REACTIONS = [
    ("LiCoO2", "Li3PS4", {}),
    ("LiNb0.5Ta0.5O3", LGPS, {}),
    ("LiCoO2", LGPS, {"voltage": 4.0}),
    ("LiFePO4", LGPS, {"reference": "entry"}),
]


@pytest.mark.parametrize(("a", "b", "options"), REACTIONS)
def test_only_active_phases_move_a_reaction(a, b, options):
    found = what_if(a, b, **options)
    base = found.deterministic.reaction_energy_eV_per_atom
    elements = {"Li", *parse_formula(a), *parse_formula(b)}
    asked = {own_table().row(a), own_table().row(b)}
    passive = [
        formula
        for formula in own_table().within(elements).formulas
        if formula not in found.active_phases and own_table().row(formula) not in asked
    ]
    assert len(passive) > 4 * len(found.active_phases)
    for formula in passive:
        without = react(a, b, exclude=[formula], **options).reaction_energy_eV_per_atom
        assert without == pytest.approx(base, abs=1e-9), formula
    assert found.changes[0].moved_eV_per_atom != 0.0


@pytest.mark.parametrize("formula", [LGPS, "LiNbO3", "LiNb0.5Ta0.5O3", "Al2O3"])
def test_only_active_phases_move_a_window(formula):
    found = what_if_window(formula)
    base = found.deterministic
    for other in own_table().within({"Li", *parse_formula(formula)}).formulas:
        if other in found.active_phases or other in (formula, "Li"):
            continue
        without = window(formula, exclude=[other])
        assert without.reduction_V == pytest.approx(base.reduction_V, abs=1e-6), other
        assert without.oxidation_V == pytest.approx(base.oxidation_V, abs=1e-6), other


def test_the_list_begins_with_what_moves_the_answer_most():
    found = what_if("NMC532", "LGPS", depth=2)
    moved = [abs(one.moved_eV_per_atom) for one in found.changes]
    assert moved == sorted(moved, reverse=True)
    single = {one.phases[0]: one.moved_eV_per_atom for one in found.changes if len(one.phases) == 1}
    products = set(found.deterministic.products)
    # without a product less energy is released, without what a reactant falls apart into by itself more
    assert all(value >= 0.0 for phase, value in single.items() if phase in products)
    assert single["Li2MnO3"] < -0.02
    assert "Li2MnO3" not in products


def test_what_does_not_react_hangs_on_no_phase():
    found = what_if("LiCoO2", "Li3PO4")
    assert found.active_phases == []
    assert found.changes == []


def test_without_any_place_for_an_element_there_is_a_reason_and_no_number():
    rows = {"NaCl": -2.0, "KBr": -2.0, "NaBr": -2.1, "KCl": -2.1}
    table = PhaseTable.from_rows([(f, e, "made up") for f, e in rows.items()], name="toy", references=("made up",))
    found = what_if("Na2KCl3", "KBr", table=table, exclude=["Na", "K", "Cl", "Br"])
    gone = change(found, "NaCl")
    assert gone.reaction_energy_eV_per_atom is None
    assert "nowhere to put" in gone.reason
    assert change(found, "NaBr").moved_eV_per_atom > 0.0
    assert change(found, "NaBr").reason == ""


@pytest.mark.parametrize("depth", [0, 5, 1.5, True])
def test_a_depth_outside_its_range_is_refused(depth):
    with pytest.raises(InputError, match="depth"):
        what_if("LiCoO2", "Li3PS4", depth=depth)


def test_an_unknown_phase_or_lithium_at_a_voltage_is_refused_as_by_react():
    with pytest.raises(InputError, match="cannot be excluded"):
        what_if("LiCoO2", "Li3PS4", exclude="Li7Se")
    with pytest.raises(InputError, match="lithium cannot be a reactant"):
        what_if("LiCoO2", "Li", voltage=3.0)


def test_the_command_line_prints_a_table_or_one_document(capsys, tmp_path):
    show_what_if_window("LiNbO3", out=tmp_path / "w.csv")
    printed = capsys.readouterr().out
    assert "without Nb2O5" in printed
    assert "+0.120" in printed
    assert (tmp_path / "w.csv").read_text(encoding="utf-8").count("\n") == 5
    show_what_if("LiCoO2", "Li3PS4", json=True)
    document = json.loads(capsys.readouterr().out)
    assert document["changes"][0]["phases"] == ["Li3PO4"]
    assert document["deterministic"]["conditions"]
    with pytest.raises(InputError, match="no figure"):
        show_what_if("LiCoO2", "Li3PS4", plot=tmp_path / "x.png")


def test_hydrogen_and_gases_reach_the_question():
    found = what_if("LiOH", "Li3PS4")
    assert found.deterministic == react("LiOH", "Li3PS4")
    assert found.changes[0].moved_eV_per_atom != 0.0
    air = {"temperature": 298.15, "gases": {"O2": 21_000.0}}
    assert what_if_window("Li7La3Zr2O12", **air).deterministic == window("Li7La3Zr2O12", **air)
