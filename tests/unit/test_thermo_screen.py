"""Screening: rows are the answers of `react` and `window`, rules and Pareto sets are what they say, nothing is lost."""

import doctest
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import interlayer.thermo.screening as module
import interlayer.thermo.screening_answers as answers
from interlayer.cli import run
from interlayer.composition import parse_formula
from interlayer.errors import InputError
from interlayer.thermo import own_table, react, window
from interlayer.thermo.pareto import non_dominated
from interlayer.thermo.screening import screen
from interlayer.thermo.screening_lists import read_list
from interlayer.thermo.screening_rules import Rule, read_rule, rule_set

SMALL = {"electrolytes": ["LGPS", "Li3InCl6"], "cathodes": ["LiCoO2"]}


def test_the_rows_are_the_single_answers():
    found = screen(["LiNbO3", "Li3PO4"], **SMALL, voltages=[4.3])
    for row in found.coatings.to_dict(orient="records"):
        alone = window(row["coating"])
        assert row["reduction_V"] == pytest.approx(alone.reduction_V, abs=1e-6)
        assert row["oxidation_V"] == pytest.approx(alone.oxidation_V, abs=1e-6)
        energies = {p: react(row["coating"], p).reaction_energy_eV_per_atom for p in SMALL["electrolytes"]}
        assert row["worst_electrolyte_eV_per_atom"] == pytest.approx(min(energies.values()), abs=1e-9)
        assert row["worst_electrolyte"] == min(energies, key=energies.get)
    for row in found.contacts.to_dict(orient="records"):
        voltage = None if np.isnan(row["voltage_V"]) else row["voltage_V"]
        alone = react(row["coating"], row["partner"], voltage=voltage)
        assert row["reaction_energy_eV_per_atom"] == pytest.approx(alone.reaction_energy_eV_per_atom, abs=1e-9)
    assert len(found.contacts) == 2 * 3 * 2


def test_partners_and_voltages_given_twice_count_once():
    found = screen(["Li3PO4"], electrolytes=["LGPS", "LGPS"], cathodes=["LiCoO2"], voltages=[4.3, 4.3])
    assert found.voltages_V == (4.3,)
    assert len(found.contacts) == 2 * 2


def test_a_failure_is_a_row_with_its_reason():
    found = screen(["Li3PO4", "Xx2", "LiUO3"], **SMALL)
    reasons = dict(zip(found.coatings["coating"], found.coatings["reason"], strict=True))
    assert reasons["Li3PO4"] == ""
    assert "not an element" in reasons["Xx2"]
    assert "no phase with U" in reasons["LiUO3"]
    assert not found.coatings.set_index("coating").loc["Xx2", "passes"]
    assert found.rejections["no answer"] == 2


def test_a_fault_that_all_rows_share_stops_the_screening(monkeypatch, tmp_path):
    def broken():
        raise InputError("cathodes.toml: density[0].source is missing")

    monkeypatch.setattr(module, "library", broken)
    with pytest.raises(InputError, match="source is missing"):
        screen(["Li3PO4"], **SMALL, parts=tmp_path / "parts")
    assert not (tmp_path / "parts").exists()


def test_rules_turn_away_what_breaks_them():
    found = screen(["LiNbO3", "Li3PO4", "SiO2"], **SMALL, rules="xiao2019").coatings.set_index("coating")
    assert found.loc["Li3PO4", "passes"]
    assert found.loc["SiO2", "rejected_by"] == "lithium_fraction > 0"  # and no oxidation limit is no failure
    assert found.loc["LiNbO3", "rejected_by"] == "oxidation_V >= 4; worst_electrolyte_eV_per_atom >= -0.1"
    strict = screen(["Li3PO4"], **SMALL, extra_rules=["oxidation_V >= 4.5"])
    assert [rule.text for rule in strict.rules.rules].count("oxidation_V >= 4.5") == 1
    assert "oxidation_V >= 4" not in [rule.text for rule in strict.rules.rules]
    assert not strict.coatings["passes"].any()
    assert screen(["LiNbO3"], **SMALL, rules="none").coatings["passes"].all()
    # stable with a cathode is no reaction at all, as made and charged
    stable = screen(["Li3PO4", "LiNbO3"], electrolytes=["LGPS"], cathodes=["NMC532"], rules="nolan2019").coatings
    assert dict(zip(stable["coating"], stable["passes"], strict=True)) == {"Li3PO4": True, "LiNbO3": False}


def test_rules_may_be_about_one_partner_or_one_voltage():
    columns = ["with_Li3InCl6_eV_per_atom", "with_LiCoO2_eV_per_atom", "worst_cathode_at_4.3_V_eV_per_atom"]
    rules = [f"{column} >= -0.05" for column in columns]
    found = screen(["LiNbO3", "LiPO3"], **SMALL, voltages=[4.3], rules="none", extra_rules=rules).coatings
    for row in found.to_dict(orient="records"):
        broken = [rule for rule, column in zip(rules, columns, strict=True) if row[column] < -0.05]
        assert row["rejected_by"] == "; ".join(broken)
        assert row["with_LiCoO2_eV_per_atom"] == pytest.approx(
            react(row["coating"], "LiCoO2").reaction_energy_eV_per_atom, abs=1e-9
        )
    assert found["passes"].tolist().count(False) >= 1


# windows (V) and reaction energies (meV/atom, with Li3PS4, LGPS and Li6PS5Cl) as Xiao et al. 2019 list them
XIAO_WINDOWS = {"LiPO3": (2.52, 5.01), "Li3PO4": (0.71, 4.22), "Li4P2O7": (2.33, 4.36), "LiAl5O8": (0.85, 4.09)}
XIAO_ENERGIES = {"Li2ZrO3": (-115, -90, -88), "LiNbO3": (-164, -126, -123), "LiPO3": (-30, -43, -52)}


def test_published_windows_and_reactions_come_out():
    partners = ["Li3PS4", "LGPS", "Li6PS5Cl"]
    names = [*XIAO_WINDOWS, "Li2ZrO3", "LiNbO3"]
    found = screen(names, electrolytes=partners, cathodes=["LiCoO2"], convention="s_element_2015")
    rows = found.coatings.set_index("coating")
    for name, (reduction, oxidation) in XIAO_WINDOWS.items():
        assert rows.loc[name, "passes"]  # as in the paper
        assert rows.loc[name, "reduction_V"] == pytest.approx(reduction, abs=0.045)
        assert rows.loc[name, "oxidation_V"] == pytest.approx(oxidation, abs=0.045)
    for name, energies in XIAO_ENERGIES.items():
        ours = [rows.loc[name, f"with_{partner}_eV_per_atom"] * 1e3 for partner in partners]
        assert ours == pytest.approx(energies, abs=8.0)
    for name in ("Li2ZrO3", "LiNbO3"):  # the paper's comparison, which its own limits turn away
        assert "worst_electrolyte_eV_per_atom >= -0.1" in rows.loc[name, "rejected_by"]


def test_a_rule_that_cannot_be_known_is_not_kept_unless_it_says_so():
    rows = pd.DataFrame({"oxidation_V": [4.5, np.nan, 3.0], "reduction_V": [1.0, np.nan, 1.0]})
    assert Rule("oxidation_V", ">=", 4.0).keeps(rows).tolist() == [True, True, False]
    assert Rule("reduction_V", "<=", 3.0).keeps(rows).tolist() == [True, False, True]
    assert read_rule(" oxidation_V>=4.2 ") == Rule("oxidation_V", ">=", 4.2)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(*[st.integers(0, 4)] * 3), min_size=1, max_size=25))
def test_the_pareto_set_is_that_of_all_comparisons(rows):
    goals = np.array(rows, dtype=float)
    expected = [not any((b >= a).all() and (b > a).any() for b in goals) for a in goals]
    assert non_dominated(goals).tolist() == expected
    goals[0, 1] = np.nan
    assert not non_dominated(goals)[0]


def test_lists_come_from_names_groups_files_and_the_table(tmp_path):
    table = own_table()
    (tmp_path / "a.txt").write_text("# mine\nLiNbO3\n\nLi3PO4\n", encoding="utf-8")
    (tmp_path / "b.csv").write_text("id,Formula\n1,LiTaO3\n2,LiNbO3\n", encoding="utf-8")
    pd.DataFrame({"material": ["ZrO2", None]}).to_excel(tmp_path / "c.xlsx", index=False)
    given = f"SiO2,{tmp_path / 'a.txt'},{tmp_path / 'b.csv'},{tmp_path / 'c.xlsx'}"
    assert read_list(given, table, kind="coating") == ["SiO2", "LiNbO3", "Li3PO4", "LiTaO3", "ZrO2"]
    ternaries = read_list("table:Li-*-O", table, kind="coating")
    assert "LiNbO3" in ternaries
    assert "Li2O" not in ternaries
    assert {"NbO", "NbO2", "Nb2O5"} <= set(read_list("table:Nb-O", table, kind="coating"))
    assert all(set(parse_formula(one)) == {"Nb", "O"} for one in read_list("table:Nb-O", table, kind="coating"))
    chosen = read_list("chosen", table, kind="coating")
    assert "LiNbO3" in chosen
    chemistries = [read_list(name, table, kind="coating") for name in ("oxides", "phosphates", "halides")]
    assert sorted(one for group in chemistries for one in group) == sorted(chosen)
    assert [("LiNbO3" in group, "Li3PO4" in group, "Li3InCl6" in group) for group in chemistries] == [
        (True, False, False), (False, True, False), (False, False, True)
    ]  # fmt: skip
    assert read_list("library:coatings", table, kind="coating") == read_list("library", table, kind="coating")
    example = Path(__file__).parents[2] / "examples" / "screening" / "coatings.csv"
    assert "LiNb0.5Ta0.5O3" in read_list(str(example), table, kind="coating")


def test_a_screening_that_was_stopped_goes_on(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "CHUNK", 2)
    names, parts = ["LiNbO3", "Li3PO4", "SiO2", "ZrO2", "Al2O3"], tmp_path / "parts"
    whole = screen(names, **SMALL)

    def stop(done, count):
        if done >= 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        screen(names, **SMALL, parts=parts, progress=stop)
    asked = []
    real = answers.react_many
    monkeypatch.setattr(
        answers, "react_many", lambda pairs, **options: asked.append(len(pairs)) or real(pairs, **options)
    )
    resumed = screen(names, **SMALL, parts=parts)
    assert sum(asked) == 3  # the last coating alone, with three partners
    pd.testing.assert_frame_equal(resumed.coatings, whole.coatings)
    pd.testing.assert_frame_equal(resumed.contacts, whole.contacts)
    # a finished one answers again without a reaction being asked, other rules included, and gives way to another
    asked.clear()
    again = screen(names, **SMALL, parts=parts, rules="none")
    assert asked == []
    assert again.coatings["passes"].all()
    other = screen([*names, "TiO2"], **SMALL, parts=parts)
    assert sum(asked) == 18
    assert len(other.coatings) == 6


def test_an_unfinished_screening_is_not_lost_to_another_question(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "CHUNK", 1)

    def stop(done, count):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        screen(["LiNbO3", "SiO2"], **SMALL, parts=tmp_path, progress=stop)
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(InputError, match="another screening"):
        screen(["LiNbO3", "TiO2"], **SMALL, parts=tmp_path)
    with pytest.raises(InputError, match="another screening"):
        screen(["LiNbO3", "SiO2"], **SMALL, parts=tmp_path, convention="s_element_2015")
    screen(["LiNbO3", "SiO2"], **SMALL, parts=tmp_path)
    module.Parts(tmp_path).remove()
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]  # what is not ours stays


def test_uncertainty_adds_the_probability_of_no_reaction():
    found = screen(["Li3PO4", "LiNbO3"], **SMALL, uncertainty=True).coatings.set_index("coating")
    assert found.loc["LiNbO3", "least_probability_stable_electrolyte"] < 0.05
    assert found.loc["Li3PO4", "least_probability_stable_cathode"] > 0.5


def test_the_command_writes_tables_and_figure_and_leaves_no_parts(tmp_path, capsys):
    out, figure = tmp_path / "s.csv", tmp_path / "s.png"
    arguments = [
        "screen",
        "--coatings",
        "LiNbO3,Li3PO4,Xx",
        "--voltages",
        "4.3",
        "--out",
        str(out),
        "--plot",
        str(figure),
    ]
    assert run([*arguments, "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert {row["coating"] for row in answer["coatings"]} == {"LiNbO3", "Li3PO4", "Xx"}
    assert len(pd.read_csv(out)) == 3
    assert len(pd.read_csv(tmp_path / "s_contacts.csv")) == 3 * 8 * 2
    assert sorted(path.name for path in tmp_path.iterdir()) == ["s.csv", "s.png", "s_contacts.csv"]
    assert run(arguments) == 0
    assert "1 of 3 coatings" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (["--rules", "strict"], "not known"),
        (["--rule", "oxidation>=4"], "did you mean 'oxidation_V'"),
        (["--rule", "oxidation_V about 4"], "must be a column"),
        (["--rule", "oxidation_V >= nan"], "must be a column"),
        (["--coatings", "table:Li-Q-O"], "not an element"),
        (["--coatings", "table:Li-U-O"], "an element the table lacks"),
        (["--coatings", "none.csv"], "cannot read the list"),
        (["--coatings", ","], "no coating is given"),
        (["--pareto", "beauty"], "no column of numbers"),
        (["--rule", "with_LiCo02_eV_per_atom >= 0"], "did you mean 'with_LiCoO2_eV_per_atom'"),
        (["--electrolytes", "LGPS,Xx2"], "'Xx' is not an element"),
        (["--cathodes", "LiUO3"], "no phase with U"),
        (["--voltages", "20"], "-1 to 10 V"),
        (["--out", "s.doc"], "allowed endings"),
    ],
)
def test_a_question_that_cannot_be_asked_is_one_line(arguments, part, capsys):
    assert run(["screen", *arguments]) == 2
    message = capsys.readouterr().err
    assert part in message
    assert message.count("\n") == 1


def test_every_rule_set_can_be_applied():
    for name in ("xiao2019", "nolan2019", "inert", "none"):
        assert screen(["Li3PO4"], **SMALL, rules=name).rules == rule_set(name)


def test_the_page_of_the_documentation_prints_what_it_says():
    page = Path(__file__).parents[2] / "docs" / "screening.md"
    assert doctest.testfile(str(page), module_relative=False, encoding="utf-8").failed == 0
