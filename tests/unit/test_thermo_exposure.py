"""Materials in air: known products, thresholds that are equilibria, balances, refusals, and the command."""

import json
import math
import re

import pytest
import typer
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from interlayer.cli.expose import expose
from interlayer.composition import parse_formula
from interlayer.constants import EV_PER_ATOM_IN_KJ_PER_MOL, GAS_CONSTANT
from interlayer.errors import InputError
from interlayer.thermo import own_table, window
from interlayer.thermo.gas_exposure import UNCERTAINTY_EV, exposure
from interlayer.thermo.gases import gas
from interlayer.thermo.question import prepared_table

ROOM = 298.15
NO_REDOX = "H2,C"


def part(found, *names):
    return next(one for one in found.parts if one.gases == list(names))


def test_the_garnet_turns_to_carbonate_and_hydroxide_in_air():
    # 001 (S1-98): LLZO grows Li2CO3 in air
    found = exposure("Li7La3Zr2O12")
    assert found.together.reacts
    assert found.together.products["Li2CO3"] == pytest.approx(3.5)
    assert found.together.taken_up.keys() == {"H2O", "CO2"}
    water = part(found, "H2O")
    assert water.reaction.startswith("Li7La3Zr2O12 + 15 H2O -> 7 LiOH(H2O) + 3 La(OH)3")
    assert part(found, "CO2").products["Li2CO3"] > 0.0
    for one in found.thresholds:
        if one.gas in ("H2O", "CO2"):
            assert one.takes_up_above_Pa < 1e-9


def test_thiophosphate_gives_its_sulfur_off_as_hydrogen_sulfide():
    found = exposure("Li3PS4", atmosphere="dry-room")
    water = part(found, "H2O")
    assert water.reaction == "Li3PS4 + 4 H2O -> Li3PO4 + 4 H2S"
    assert water.given_off == {"H2S": pytest.approx(4.0)}
    assert water.given_off_up_to_Pa["H2S"] > 1e3
    # oxygen, if it takes part, makes sulfate instead
    assert "H2S" not in found.together.given_off


def test_tin_resists_water_better_than_phosphorus():
    # the order of soft and hard acids: 004 has the electrolytes with Sn as those stable in air
    by_metal = {
        name: exposure(name, gases={"H2O": 1600.0}, exclude=NO_REDOX) for name in ("Li3PS4", "Li4SnS4", "Li10GeP2S12")
    }
    starts = {name: found.thresholds[0].takes_up_above_Pa for name, found in by_metal.items()}
    assert starts["Li4SnS4"] > 1e6 * starts["Li3PS4"]
    energy = {name: one.together.reaction_free_energy_eV_per_atom for name, one in by_metal.items()}
    assert energy["Li3PS4"] < energy["Li10GeP2S12"] < energy["Li4SnS4"]


@pytest.mark.parametrize("coating", ["LiTaO3", "Li3PO4", "Li2CO3", "Li1.3Al0.3Ti1.7(PO4)3"])
def test_coatings_and_phosphates_do_not_react_with_air(coating):
    found = exposure(coating)
    assert not found.together.reacts
    assert found.together.reaction.endswith("no reaction")
    assert found.together.reaction_free_energy_eV_per_atom == 0.0


def test_niobate_is_a_miss_that_its_oxide_explains():
    # LiNbO3 is kept in air; the table's Nb2O5 alone is off by 0.9 eV per Nb
    found = exposure("LiNbO3", atmosphere="dry")
    assert found.together.reaction == "2 LiNbO3 + CO2 -> Li2CO3 + Nb2O5"
    assert -0.05 < found.together.reaction_free_energy_eV_per_atom < 0.0
    assert not exposure(
        "LiNbO3", atmosphere="dry", exclude="Nb2O5,Nb12O29"
    ).together.reaction_free_energy_eV_per_atom < (found.together.reaction_free_energy_eV_per_atom)


def test_layered_nickel_loses_lithium_to_carbonate_more_readily_than_cobalt():
    nickel, cobalt = (exposure(name).together.reaction_free_energy_eV_per_atom for name in ("LiNiO2", "LiCoO2"))
    assert nickel < cobalt < 0.0


@pytest.mark.parametrize(
    ("material", "gas", "measured_Pa", "decades"),
    [
        # from measured free energies of formation, p = 1 bar exp(dG/RT): see the reactions in test_thermo_gases
        ("Li2O", "H2O", 1e5 * math.exp(-88.1e3 / (GAS_CONSTANT * ROOM)), 0.5),
        ("Li2O", "CO2", 1e5 * math.exp(-176.5e3 / (GAS_CONSTANT * ROOM)), 1.2),
        ("LiOH", "H2O", 1e5 * math.exp(-13.43e3 / (GAS_CONSTANT * ROOM)), 1.0),
        ("LiCl", "H2O", 1e5 * math.exp(-18.8e3 / (GAS_CONSTANT * ROOM)), 0.2),
    ],
)
def test_thresholds_are_the_measured_dissociation_pressures(material, gas, measured_Pa, decades):
    found = exposure(material, gases={gas: 1.0})
    assert abs(math.log10(found.thresholds[0].takes_up_above_Pa / measured_Pa)) < decades


def test_what_takes_up_above_a_pressure_gives_off_below_it():
    up = exposure("Li2O", gases={"CO2": 1.0}).thresholds[0].takes_up_above_Pa
    off = exposure("Li2CO3", gases={"CO2": 1.0}).thresholds[0].gives_off_below_Pa
    assert up == pytest.approx(off, rel=1e-6)


@settings(max_examples=15, deadline=None)
@given(st.sampled_from(["Li2O", "LiOH", "Li2ZrO3", "Li3InCl6", "LiCl"]), st.floats(-3.0, 3.0))
def test_a_material_reacts_exactly_above_its_threshold(material, decades):
    name = "CO2" if material in ("Li2O", "Li2ZrO3") else "H2O"
    limit = exposure(material, gases={name: 1.0}).thresholds[0].takes_up_above_Pa
    pressure = limit * 10.0**decades
    if abs(decades) < 0.01 or not 1e-39 < pressure < 3000.0:
        return
    assert exposure(material, gases={name: pressure}).together.reacts is (decades > 0.0)


@settings(max_examples=20, deadline=None)
@given(
    st.sampled_from(["Li3PS4", "Li7La3Zr2O12", "LiCoO2", "Li6PS5Cl", "Li3YBr6", "Li", "Li3N", "LiH"]),
    st.floats(250.0, 500.0),
    st.floats(1e-3, 60.0),
)
def test_every_reaction_is_balanced_and_the_more_gases_the_more_energy(material, temperature, water):
    found = exposure(material, temperature=temperature, atmosphere="dry", gases={"H2O": water})
    for one in (found.together, *found.parts):
        assert one.reaction_free_energy_eV_per_atom >= found.together.reaction_free_energy_eV_per_atom - 1e-9
        left = dict(parse_formula(material))
        for sign, amounts in ((1.0, one.taken_up), (-1.0, one.products), (-1.0, one.given_off)):
            for formula, amount in amounts.items():
                for element, number in parse_formula(formula).items():
                    left[element] = left.get(element, 0.0) + sign * amount * number
        if one.reacts:
            assert max(abs(amount) for amount in left.values()) < 1e-4
            assert one.uncertainty_eV_per_atom > 0.0
        else:
            assert not one.products


@pytest.mark.parametrize("material", ["Li3PS4", "Li7La3Zr2O12", "LiNiO2", "Li6PS5Cl", "Li3N"])
def test_the_energy_is_that_of_one_programme_with_free_amounts_of_gas(material):
    supplied = {"H2O": 500.0, "CO2": 40.0, "O2": 2e4}
    found = exposure(material, gases=supplied)
    atoms = parse_formula(material)
    elements = {*atoms, "H", "C", "O"}
    table = prepared_table(
        None,
        convention="mp_legacy",
        exclude="",
        elements=elements,
        temperature=ROOM,
        gases=supplied,
        other_gases=found.released_at_Pa,
    ).table.within(elements)
    total = sum(atoms.values())
    free = [(None, None) if formula in supplied else (0.0, None) for formula in table.formulas]
    solved = linprog(
        table.energies,
        A_eq=table.fractions.T,
        b_eq=[atoms.get(element, 0.0) / total for element in table.elements],
        bounds=free,
        method="highs",
    )
    hull = window(material).energy_above_hull_eV_per_atom
    entry = own_table().energies[own_table().row(material)]
    assert found.together.reaction_free_energy_eV_per_atom == pytest.approx(solved.fun - (entry - hull), abs=1e-7)


def test_a_table_of_ones_own_keeps_its_solids_and_gets_the_measured_gases(tmp_path):
    file = tmp_path / "mine.csv"
    file.write_text("formula,formation_energy_eV_per_atom\nLi2O,-2.0657\nLi2CO3,-2.1006\nCO2,-9.0\n", encoding="utf-8")
    found = exposure("Li2O", gases={"CO2": 40.0}, table=file)
    assert found.together.reaction == "Li2O + CO2 -> Li2CO3"
    carbon_dioxide = gas("CO2").free_energy(temperature=ROOM, pressure=40.0)
    expected = (6 * -2.1006 - 3 * -2.0657 - carbon_dioxide) / 3
    assert found.together.reaction_free_energy_eV_per_atom == pytest.approx(expected, abs=1e-6)
    assert found.coverage.startswith("your table")
    with pytest.raises(InputError, match="no phase with H"):
        exposure("Li2O", table=file)


def test_a_pure_reaction_costs_what_its_formula_says():
    # Li2O + CO2 -> Li2CO3: the energy changes by kT per e-fold of pressure, one gas per formula unit
    low, high = (exposure("Li2O", gases={"CO2": p}).together for p in (1.0, math.e))
    change = high.reaction_free_energy_kJ_per_mol - low.reaction_free_energy_kJ_per_mol
    assert change == pytest.approx(-GAS_CONSTANT * ROOM / 1e3, rel=1e-6)
    assert low.reaction_free_energy_kJ_per_mol == pytest.approx(
        3 * low.reaction_free_energy_eV_per_atom * EV_PER_ATOM_IN_KJ_PER_MOL
    )
    assert low.uncertainty_eV_per_atom == pytest.approx(UNCERTAINTY_EV / 3)


def test_a_named_gas_replaces_that_of_the_air_and_a_starting_energy_adds():
    found = exposure("Li2O", atmosphere="dry", gases={"CO2": 5.0})
    assert found.atmosphere_Pa["CO2"] == 5.0
    assert found.atmosphere_Pa["O2"] > 2e4
    raised = exposure("Li2O", atmosphere="dry", gases={"CO2": 5.0}, reference=0.05)
    change = raised.together.reaction_free_energy_eV_per_atom - found.together.reaction_free_energy_eV_per_atom
    assert change == pytest.approx(-0.05)


def test_the_record_says_how_it_was_obtained_and_becomes_a_table():
    found = exposure("Li3PS4")
    assert "ideal gases at 298.15 K" in found.conditions
    assert "no rates" in found.conditions
    assert found.coverage.startswith("not checked")
    assert any("JANAF" in line for line in found.references)
    assert len(found.frame()) == 1 + len(found.parts)
    assert type(found).model_validate_json(found.model_dump_json()) == found


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"gases": {"H20": 1.0}}, "did you mean"),
        ({"gases": {"H2O": -1.0}}, "pressure of H2O must be a number"),
        ({"gases": {"H2": 1e3, "O2": 1e3}}, "the gases H2, O2 cannot be supplied"),
        ({"gases": {"CO": 1e3}}, "the gas CO cannot be supplied"),
        ({"gases": {"H2O": 5e3}}, "above its saturation"),
        ({"atmosphere": "mars"}, "allowed: humid, dry"),
        ({"temperature": 20.0}, "from 150 to 1500 K"),
        ({"temperature": 450.0}, "cannot hold 4.661e.05 Pa of water at 450 K"),
        ({"exclude": "CO2"}, "it is a gas of the atmosphere"),
        ({"exclude": "Xx2"}, "not an element"),
        ({"reference": "mixture"}, "it has no end members"),
        ({"released_at": 0.0}, "must be a number"),
    ],
)
def test_bad_questions_get_one_line(options, message):
    with pytest.raises(InputError, match=message) as caught:
        exposure("Li3PS4", **options)
    assert "\n" not in str(caught.value)


def run(*arguments):
    app = typer.Typer()
    app.command()(expose)
    typer.main.get_command(app).main(list(arguments), standalone_mode=False)


def test_the_command_prints_one_page(capsys):
    run("Li3PS4", "--air", "dry-room")
    text = capsys.readouterr().out
    assert "Li3PS4 + 4 H2O -> Li3PO4 + 4 H2S" in re.sub(r"\s+", " ", text)
    assert "H2O alone is taken up above" in text
    assert "solids at 0 K without entropy" in text
    assert len(text.splitlines()) < 30


def test_the_command_prints_json_and_writes_a_table(capsys, tmp_path):
    run("LLZO", "--gas", "CO2=40Pa", "--gas", "H2O=1.6kPa", "--temperature", "30degC", "--json")
    found = json.loads(capsys.readouterr().out)
    assert found["atmosphere_Pa"] == {"CO2": 40.0, "H2O": 1600.0}
    assert found["temperature_K"] == pytest.approx(303.15)
    run("LLZO", "--humidity", "30%", "--out", str(tmp_path / "air.csv"))
    assert (tmp_path / "air.csv").read_text(encoding="utf-8").count("\n") == 6


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--gas", "H2O"], "needs a formula and a pressure"),
        (["--gas", "H2O=1"], "has no unit"),
        (["--gas", "H2O=1 kg"], "is not a unit of pressure"),
        (["--gas", "H2O=1Pa", "--gas", "H2O=2Pa"], "twice"),
        (["--dew-point", "30degC"], "must not lie above the temperature"),
        (["--humidity", "50"], "from 0 to 100 %"),
    ],
)
def test_the_command_refuses_in_one_line(arguments, message):
    with pytest.raises(InputError, match=message):
        run("Li3PS4", *arguments)
