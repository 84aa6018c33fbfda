"""The audit as a whole: consistent papers raise no alarm, errors put into them are found, and the five papers'."""

import csv
import datetime
import json
import math
import re
import tomllib
from pathlib import Path

import numpy as np
import openpyxl
import pytest

from interlayer.cli import run
from interlayer.composition import molar_mass
from interlayer.consistency import audit, paper_facts, read_paper
from interlayer.consistency.facts import Facts, _fact, _FactFile
from interlayer.consistency.interval import printed
from interlayer.consistency.sheet_numbers import as_shown
from interlayer.errors import InputError

FOLDER = Path(__file__).parents[2] / "examples" / "audit"


def rounded(value, unit, digits):
    """Print a value as papers do: two to four digits, no exponent where none is needed."""
    if value == 0.0:
        return f"0 {unit}"
    places = digits - 1 - math.floor(math.log10(abs(value)))
    text = (
        f"{round(value, places):.{max(places, 0)}f}" if -3 < math.log10(abs(value)) < 5 else f"{value:.{digits - 1}e}"
    )
    return f"{text} {unit}".strip()


def consistent_paper(seed):
    """Facts of a true cell, drawn and rounded: everything that a rule relates is related."""
    rng = np.random.default_rng(seed)

    def lu(low, high):
        return float(np.exp(rng.uniform(np.log(low), np.log(high))))

    rows = []

    def say(of, name, value, unit, *, count=False, **conditions):
        digits = int(rng.integers(2, 5))
        text = f"{round(value)} {unit}".strip() if count else rounded(value, unit, digits)
        rows.append(_fact(f"paper{seed}", _FactFile(of=of, name=name, value=text, **conditions)))

    def word(of, name, value, **conditions):
        rows.append(_fact(f"paper{seed}", _FactFile(of=of, name=name, value=value, **conditions)))

    area, loading, theory = lu(0.3, 5.0), lu(2.0, 30.0), rng.uniform(150.0, 280.0)
    say("cell", "electrode_area", area, "cm2")
    say("cell", "electrode_diameter", 20.0 * math.sqrt(area / math.pi), "mm")
    say("cell", "loading", loading, "mg/cm2")
    say("cell", "active_mass", loading * area, "mg")
    say("cell", "theoretical_capacity", theory, "mAh/g")
    one_c = loading * theory / 1000.0
    say("cell", "one_c_current_density", one_c, "mA/cm2")
    for rate in (0.1, 1.0):
        say("cell", "current_density", rate * one_c, "mA/cm2", rate=f"{rate}C")
        say("cell", "current", rate * one_c * area, "mA", rate=f"{rate}C")
    charge = theory * rng.uniform(0.8, 0.95)
    discharge = charge * rng.uniform(0.6, 0.95)
    say("cell", "first_charge_capacity", charge, "mAh/g")
    say("cell", "first_discharge_capacity", discharge, "mAh/g")
    say("cell", "initial_efficiency", 100.0 * discharge / charge, "%")
    say("cell", "specific_capacity", discharge, "mAh/g", rate="0.1C", cycle=1)
    say("cell", "areal_capacity", discharge * loading / 1000.0, "mAh/cm2", rate="0.1C", cycle=1)
    say("cell", "negative_areal_capacity", 1.3 * discharge * loading / 1000.0, "mAh/cm2")
    say("cell", "negative_to_positive", 1.3, "")
    cycles, fade = int(rng.integers(50, 800)), rng.uniform(1e-4, 2e-3)
    fast = discharge * rng.uniform(0.5, 0.9)
    kept = (1.0 - fade) ** (cycles - 1)
    say("cell", "specific_capacity", fast, "mAh/g", rate="1C", cycle=1)
    say("cell", "specific_capacity", fast * kept, "mAh/g", rate="1C", cycle=cycles)
    say("cell", "retention", 100.0 * kept, "%", rate="1C", cycle=cycles)
    say("cell", "fade_per_cycle", 100.0 * fade, "%", rate="1C")
    say("cell", "coulombic_efficiency", 99.97, "%")
    hours = 2.0 * cycles * fast / theory * rng.uniform(1.0, 1.4)
    say("long", "duration", hours / 24.0, "days")
    say("long", "cycles", cycles, "", count=True)
    say("long", "current", one_c * area, "mA")
    say("long", "cell_capacity", fast * loading * area / 1000.0 * rng.uniform(0.6, 0.99), "mAh")
    energy, room = rng.uniform(0.2, 0.6), lu(1e-6, 1e-2)
    warm = room * math.exp(energy / 8.617333262e-5 * (1.0 / 298.15 - 1.0 / 353.15))
    say("SE", "activation_energy", energy, "eV")
    say("SE", "ionic_conductivity", room, "S/cm", temperature="25 degC")
    if warm < 0.09:
        say("SE", "ionic_conductivity", warm, "S/cm", temperature="80 degC")
    resistance = lu(10.0, 1000.0)
    say("cell", "interface_resistance", resistance, "ohm")
    say("cell", "area_specific_resistance", resistance * area, "ohm cm2")
    say("cell", "ir_drop", 0.1 * one_c * area * resistance * rng.uniform(1.1, 2.5), "mV", rate="0.1C")
    density = rng.uniform(1.8, 5.2)
    share = rng.uniform(0.7, 0.99)
    say("SE", "density", density * share, "g/cm3")
    say("SE", "theoretical_density", density, "g/cm3")
    say("SE", "relative_density", 100.0 * share, "%")
    plated = rng.uniform(0.2, 6.0)
    say("Li", "areal_capacity", plated, "mAh/cm2")
    say("Li", "plated_thickness", plated * 3.6e4 * molar_mass("Li") / (96485.33 * 534.0) * 1e6, "um")
    before, after = 2.07, 1.66
    say("S", "density", before, "g/cm3")
    say("Li2S", "density", after, "g/cm3")
    change = molar_mass("Li2S") / after / (molar_mass("S") / before) - 1.0
    say("S -> Li2S", "volume_change", 100.0 * change, "%")
    say("stack", "specific_energy", specific := rng.uniform(150.0, 450.0), "Wh/kg")
    say("stack", "cell_density", weight := rng.uniform(1.8, 3.2), "g/cm3")
    say("stack", "energy_density", specific * weight, "Wh/L")
    say("stack", "mean_voltage", 3.7, "V")
    say("stack", "specific_capacity", specific / 3.7 * rng.uniform(1.3, 2.0), "mAh/g", rate="0.1C")
    say("cathode", "thickness", loading / rng.uniform(1.5, 3.5) * 10.0, "um")
    say("cathode", "loading", loading, "mg/cm2")
    say("foil", "foil_thickness", rng.uniform(5.0, 30.0), "um")
    slope, start = rng.uniform(1.0, 4.0), rng.uniform(1.0, 20.0)
    word("trend", "statement", "linear")
    for x in rng.choice(np.arange(2, 60), 4, replace=False):
        word("trend", "point", f"{x:.1f}; {start + slope * x:.1f}")
    for formula in ("Li7La3Zr2O12", "Li6PS5Cl", "Li10GeP2S12", "LiNi0.8Mn0.1Co0.1O2", "Li1.3Al0.3Ti1.7P3O12"):
        word(formula, "formula", formula)
    word("Li6PS5Cl | Li", "product", "LiCl")
    shares = rng.dirichlet(np.ones(3))
    for part, value in zip("abc", shares, strict=True):
        rows.append(
            _fact(
                f"paper{seed}",
                _FactFile(of="S 2p", name="species_fraction", value=f"{100 * value - 0.1:.1f} %", part=part),
            )
        )
    say("titration", "gitt_pulse", 300.0, "s")
    say("titration", "gitt_rest", 7200.0, "s")
    say("titration", "gitt_tau", 300.0, "s")
    say("titration", "diffusivity", lu(1e-14, 4e-12), "cm2/s")
    say("titration", "particle_diameter", rng.uniform(4.0, 12.0), "um")
    say("a", "peak_separation", 0.31, "V")
    say("b", "peak_separation", 0.155, "V")
    say("a", "ratio", 2.0, "", part="peak_separation", to="b")
    return Facts(rows)


def test_two_hundred_consistent_papers_raise_no_alarm():
    alarms = []
    for seed in range(200):
        found = audit(consistent_paper(seed))
        alarms += [
            f"{seed}: {one.rule}: {one.quantities} {one.computed} {one.reported}" for one in found.contradictions
        ]
    assert alarms == []


@pytest.mark.parametrize(
    ("of", "name", "factor", "rule"),
    [
        ("cell", "initial_efficiency", 1.05, "first_cycle"),
        ("cell", "active_mass", 1.3, "mass_loading"),
        ("cell", "one_c_current_density", 1.4, "one_c"),
        ("SE", "activation_energy", 1.4, "arrhenius"),
        ("cell", "retention", 0.9, "retention"),
        ("Li", "plated_thickness", 2.0, "plated_lithium"),
        ("stack", "energy_density", 1.3, "energy"),
        ("cell", "area_specific_resistance", 10.0, "area_specific"),
        ("long", "duration", 0.2, "cycling_time"),
        ("cathode", "thickness", 1e-3, "thickness_plausible"),
    ],
)
def test_an_error_put_into_a_consistent_paper_is_found(of, name, factor, rule):
    from dataclasses import replace

    found = 0
    for seed in range(20):
        paper = consistent_paper(seed)
        wrong = Facts(
            replace(fact, interval=fact.interval * factor) if (fact.of, fact.name) == (of, name) else fact
            for fact in paper
        )
        found += any(one.rule == rule for one in audit(wrong).contradictions)
    assert found >= 15


EXPECTED = {
    "000: no area": ("000", "area_stated"),
    "000: no loading": ("000", "loading_stated"),
    "000: three IR drops called 450": ("000", "one_value"),
    "000: tau is the rest": ("000", "gitt_tau"),
    "000: S undefined": ("000", "gitt_area"),
    "000: particle area needs ratios above 1": ("000", "gitt_ratio"),
    "000: mS cm-2": ("000", "unit"),
    "000: fully suppressed against 50-70 nm": ("000", "suppressed"),
    "000: rate of the retention": ("000", "retention"),
    "000: scan rate": ("000", "scan_rate_stated"),
    "000/002: 1C, and 124 against 248 ohm": ("002", "papers_agree"),
    "004: 6.37 mA/cm2 is 5 mA on 0.785 cm2": ("004", "current_area"),
    "001: nm for um": ("001", "one_value"),
    "001: 10 mm Al foil": ("001", "foil_plausible"),
    "001: Li7La3Zr2O7": ("001", "charge_balance"),
    "001: S to Li2S": ("001", "volume_change"),
    "001: 10-20 um of lithium": ("001", "plated_lithium"),
    "001: graphite capacity": ("001", "energy"),
    "001: break-even points": ("001", "linear"),
    "001: Li2O without oxygen": ("001", "element_balance"),
    "002: relative density in g/cm3": ("002", "unit"),
    "002: theoretical 160 below 161.4": ("002", "theoretical_capacity"),
    "002: 0.09 % is compound": ("002", "fade"),
    "002: SOx is halved": ("002", "suppressed"),
    "003: D is labelled B; 3 or 40 uA": ("003", "one_value"),
    "003: 0.1C or 1C; 30.8 or 40.1 uAh": ("003", "rate_capacity"),
    "003: 32 days": ("003", "cycling_time"),
    "003: 0.22-0.25 eV": ("003", "arrhenius"),
    "003: LiSiO2": ("003", "charge_balance"),
    "003: 100 kHz": ("003", "frequency_range"),
    "003: insulating SiO2": ("003", "insulating_layer"),
    "004: less than 1e-5": ("004", "required_direction"),
    "004: conductivity of sulfur; SeS2": ("004", "one_value"),
    "004: Li6PS5Cl0.4F0.7": ("004", "charge_balance"),
    "004: 652 mAh/g twice": ("004", "same_capacity_at_two_rates"),
}


def test_the_listed_inconsistencies_of_the_five_papers_are_found():
    result = audit([paper_facts(name) for name in ("000", "001", "002", "003", "004")])
    outcomes = [*result.contradictions, *result.notes, *result.missing]
    found = {(paper, one.rule) for one in outcomes for paper in one.papers}
    assert [item for item, pair in EXPECTED.items() if pair not in found] == []
    assert len([one for one in result.contradictions if one.severity == "contradiction"]) >= 20


def test_the_examples_and_the_command(tmp_path, capsys):
    assert run(["audit", str(FOLDER / "consistent.toml"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["contradictions"] == []
    assert run(["audit", str(FOLDER / "inconsistent.toml"), "--json", "--out", str(tmp_path / "a.csv")]) == 0
    found = json.loads(capsys.readouterr().out)
    assert len(found["contradictions"]) >= 5
    assert set(found["contradictions"][0]) >= {"rule", "quantities", "computed", "reported", "severity", "explanation"}
    assert (tmp_path / "a.csv").read_text(encoding="utf-8").count("\n") >= 6
    assert run(["audit", "--paper", "000", "--paper", "wang2021"]) == 0
    assert "contradictions" in capsys.readouterr().out
    assert run(["audit", "--rules"]) == 0
    assert run(["audit", "--quantities"]) == 0


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("", "id"),
        (
            'id = "a"\n[[fact]]\nof = "x"\nname = "ionic_conductivty"\nvalue = "1 S/cm"',
            "did you mean 'ionic_conductivity'",
        ),
        ('id = "a"\n[[fact]]\nof = "x"\nname = "density"\nvalue = "heavy"', "not a number"),
        ('id = "a"\n[[fact]]\nof = "x"\nname = "density"\nvalue = "1 g/cm3"\nrate = "fast"', "rate"),
        ('id = "a"\n[[fact]]\nof = "x"\nname = "thickness"\nvalue = "9-3 nm"', "smaller to the larger"),
        ('id = "a"\n[[fact]]\nof = "x"\nvalue = "1 S/cm"', "name"),
        ("id = ", "TOML"),
    ],
)
def test_a_file_that_is_none_gives_one_line(tmp_path, text, part):
    path = tmp_path / "p.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as raised:
        read_paper(path)
    assert part in str(raised.value)
    assert "\n" not in str(raised.value)


def test_bad_calls_of_the_command(capsys):
    assert run(["audit"]) == 2
    assert run(["audit", "--paper", "005"]) == 2
    assert run(["audit", "nofile.toml"]) == 2
    assert all(line.startswith("interlayer: ") for line in capsys.readouterr().err.splitlines())


def table_of(path):
    """The facts of a TOML file as rows under headings."""
    facts = tomllib.loads(path.read_text(encoding="utf-8"))["fact"]
    headings = list(dict.fromkeys(key for fact in facts for key in fact))
    return [headings, *([fact.get(key, "") for key in headings] for fact in facts)]


@pytest.mark.parametrize("name", ["consistent", "inconsistent"])
@pytest.mark.parametrize(("ending", "delimiter"), [(".csv", ","), (".csv", ";"), (".txt", "\t"), (".xlsx", "")])
def test_a_table_gives_what_the_same_facts_in_toml_give(tmp_path, name, ending, delimiter):
    rows = table_of(FOLDER / f"{name}.toml")
    path = tmp_path / f"{name}{ending}"
    if ending == ".xlsx":
        book = openpyxl.Workbook()
        book.active.append(["what we measured"])
        for row in rows:
            book.active.append(row)
        book.save(path)
    else:
        with path.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file, delimiter=delimiter).writerows([["what we measured"], [], *rows])
    ours, theirs = (audit(read_paper(one)).model_dump() for one in (path, FOLDER / f"{name}.toml"))
    assert ours == theirs
    assert (len(ours["contradictions"]) > 0) is (name == "inconsistent")


def test_a_lab_book_in_a_table_is_audited(capsys):
    assert run(["audit", str(FOLDER / "lab_book.csv"), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)["contradictions"]
    assert [one["rule"] for one in found] == ["retention"]


def test_the_audit_takes_files_papers_and_facts_alike():
    path = FOLDER / "lab_book.csv"
    found = audit(path)
    assert found == audit(str(path)) == audit([path]) == audit(read_paper(path))
    assert audit([path, "000"]).papers == ["lab_book", "000"]
    assert audit("000") == audit(paper_facts("000"))


@pytest.mark.parametrize(
    ("value", "number_format", "text"),
    [
        (8.4, "0.00", "8.40"),
        (8.4567, "[$-409]0.00", "8.46"),
        (8.4567, "[>100]0.0;0.000", "8.5"),
        (8.4567, '"d = 10 "0.00', "8.46"),
        (8.4567, "0.0#", "8.46"),
        (8.5, "0.0##", "8.5"),
        (8.4567, "#.00", "8.46"),
        (0.8612, "0.0%", "86.1 %"),
        (0.8612, "0 %", "86 %"),
        (5, '0.0" um"', "5.0 um"),
        (25, '0" °C"', "25 °C"),
        (2.1e-6, "0.00E+00", "2.10e-06"),
        (1344.0, "#,##0.0", "1344.0"),
        (3.0, "_-* 0.00_-", "3.00"),
        (0.1 + 0.2, "General", "0.3"),
        (160, "General", "160"),
        ("38.7 uS/cm", "General", "38.7 uS/cm"),
        (None, "", ""),
    ],
)
def test_a_sheet_is_read_as_it_shows_its_numbers(value, number_format, text):
    assert as_shown(value, number_format) == text


def workbook(path, *sheets, number_format=None):
    book = openpyxl.Workbook()
    for number, rows in enumerate(sheets):
        sheet = book.active if number == 0 else book.create_sheet()
        for row in rows:
            sheet.append(row)
            if number_format:
                sheet.cell(sheet.max_row, 3).number_format = number_format
    book.save(path)
    return path


def test_every_sheet_with_the_headings_is_read(tmp_path):
    heading = ["of", "name", "value\n(printed)", "unit"]
    notes, first = [["what I did"]], [heading, ["cell", "loading", 8.4, "mg/cm2"]]
    second = [heading, ["cell", "electrode_area", 0.785, "cm2"]]
    assert len(read_paper(workbook(tmp_path / "a.xlsx", notes, first, second))) == 2


def test_a_unit_that_stands_twice_is_one(tmp_path):
    rows = [["of", "name", "value", "unit"], ["cell", "retention", 0.8612, "%"]]
    fact = next(iter(read_paper(workbook(tmp_path / "a.xlsx", rows, number_format="0.0%"))))
    assert (fact.text, fact.unit_problem) == ("86.1 %", "")


def test_a_date_in_a_sheet_is_called_one(tmp_path):
    rows = [["of", "name", "value", "unit"], ["cell", "thickness", datetime.datetime(2026, 10, 5), "nm"]]
    with pytest.raises(InputError, match="row 2: '2026-10-05 00:00:00' is a date"):
        read_paper(workbook(tmp_path / "a.xlsx", rows))


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_a_table_in_any_encoding_a_sheet_writes(tmp_path, encoding):
    path = tmp_path / "a.csv"
    path.write_text("of,name,value,temperature\nfilm,thickness,5 µm,25 °C\n", encoding=encoding)
    fact = next(iter(read_paper(path)))
    assert fact.value.middle == pytest.approx(5e-6)
    assert fact.temperature == pytest.approx(298.15)


def test_subjects_that_differ_in_case_and_blanks_are_one():
    rows = [("Cell A", "90.0 mAh/g", 1), ("cell  a", "45.0 mAh/g", 100)]
    facts = [_fact("p", _FactFile(of=of, name="specific_capacity", value=v, cycle=n)) for of, v, n in rows]
    facts.append(_fact("p", _FactFile(of="CELL A", name="retention", value="90.0 %", cycle=100)))
    assert [one.rule for one in audit(Facts(facts)).contradictions] == ["retention"]


@pytest.mark.parametrize(
    ("text", "rate"), [("C/3", 1 / 3), ("0.33C", 1 / 3), ("0,5C", 0.5), ("2C", 2.0), ("C", 1.0), ("0.15C", 0.15)]
)
def test_rates_in_the_words_of_the_laboratory(text, rate):
    assert _fact("p", _FactFile(of="a", name="retention", value="90 %", rate=text)).rate == rate


def test_a_bound_is_met_by_what_it_allows_and_not_by_what_it_forbids():
    def rules(retention):
        rows = [("specific_capacity", "120.0 mAh/g", 1), ("specific_capacity", "115.0 mAh/g", 100)]
        facts = [_fact("p", _FactFile(of="a", name=name, value=v, cycle=n)) for name, v, n in rows]
        facts.append(_fact("p", _FactFile(of="a", name="retention", value=retention, cycle=100)))
        return [one.rule for one in audit(Facts(facts)).contradictions]

    assert rules(">85 %") == rules("<97 %") == rules("≥95 %") == []
    assert rules(">97 %") == rules("<90 %") == ["retention"]


@pytest.mark.parametrize(
    ("name", "value", "more", "part"),
    [
        ("thickness", "-5 um", {}, "not below zero"),
        ("electrode_area", "0 cm2", {}, "above zero"),
        ("coulombic_efficiency", "99.94", {}, "write '99.94 %'"),
        ("thickness", "1e400 um", {}, "beyond what a number can be"),
        ("thickness", "5 um", {"temperature": "-300 degC"}, "not between 0 and"),
        ("thickness", "5 um", {"temperature": "1e400 K"}, "beyond what a number can be"),
        ("thickness", "5 um", {"temperature": "RT"}, "not a number"),
        ("thickness", "12:30 um", {}, "not a number"),
        ("thickness", "5 " + "y" * 190, {}, "no unit of length|not a unit of length"),
    ],
)
def test_numbers_that_cannot_be_cost_one_line_or_a_finding(name, value, more, part):
    row = _FactFile(of="a", name=name, value=value, **more)
    if "unit" in part:
        assert re.search(part, _fact("p", row).unit_problem)
        return
    with pytest.raises(InputError, match=part):
        _fact("p", row)


def test_two_papers_of_one_name_are_refused(tmp_path):
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "lab.csv").write_text("of,name,value\ncell,loading,1 mg/cm2\n")
    with pytest.raises(InputError, match="two papers are called 'lab'"):
        audit([tmp_path / "a" / "lab.csv", tmp_path / "b" / "lab.csv"])
    with pytest.raises(InputError, match="two papers are called '000'"):
        audit(["000", "wang2020"])
    for nothing in (None, 5, [5]):
        with pytest.raises(InputError, match="no file of facts"):
            audit(nothing)


def test_the_findings_never_replace_the_facts(tmp_path, capsys):
    path = tmp_path / "lab.csv"
    text = (FOLDER / "lab_book.csv").read_text(encoding="utf-8")
    path.write_text(text, encoding="utf-8")
    assert run(["audit", str(path), "--out", str(path)]) == 2
    assert path.read_text(encoding="utf-8") == text
    assert run(["audit", str(FOLDER / "consistent.toml"), "--out", str(tmp_path / "none.csv")]) == 0
    assert (tmp_path / "none.csv").read_text().startswith("rule,severity,papers,explanation")
    assert run(["audit", str(path), "--out", str(tmp_path / "a.pdf")]) == 2
    assert ".json" in capsys.readouterr().err


def test_the_lists_come_as_json_too(capsys):
    for option, key in (("--rules", "rule"), ("--quantities", "name")):
        assert run(["audit", option, "--json"]) == 0
        assert all(key in row for row in json.loads(capsys.readouterr().out))
    assert run(["audit", "--rules", "--quantities"]) == 2


def test_one_table_may_hold_several_papers(tmp_path):
    path = tmp_path / "all.csv"
    path.write_text("paper,of,name,value\na,cell,loading,8.4 mg/cm2\nb,cell,loading,9.9 mg/cm2\n", encoding="utf-8")
    assert read_paper(path).papers == ["a", "b"]


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("of,name,value\ncell,loadng,1 mg/cm2\n", "row 2 (loadng of 'cell'): no quantity 'loadng'; did you mean"),
        ("of,name,value\ncell,loading,heavy\n", "row 2"),
        ("of,name,value,unitt\ncell,loading,1,mg/cm2\n", "no column 'unitt'; did you mean 'unit'"),
        ("of,name,value,cycle\ncell,loading,1 mg/cm2,first\n", "cycle 'first' is no whole number"),
        ("name,value\nloading,1 mg/cm2\n", "row 1: no column 'of'"),
        ("of,name,value,value\ncell,loading,1 mg/cm2,2\n", "twice"),
        ("of,name,value\ncell,,1 mg/cm2\n", "name"),
        ("of;name;value\ncell;loading;1,234 mg/cm2\n", "1,234 may be 1.234 or 1234"),
        ("", "headings"),
        ("1,2,3\n", "headings of, name, value; it begins with '1,2,3'"),
        ('of,name,value,where\ncell,loading,1 mg/cm2,"p. 5\ncell,loading,2 mg/cm2,\n', "a quote is not closed"),
        ("of,name,value\ncell,negative_to_positive,1,38\n", "'38' stands under no heading"),
        ("of,name,value,cycle\ncell,loading,1 mg/cm2,²\n", "cycle '²' is no whole number"),
        ("of,name,value\n,loading,1 mg/cm2\n", "of is missing"),
        ("of,name,value\n" + "a,thickness,1 um\n" * 5001, "more than 5000 facts"),
    ],
)
def test_a_table_that_is_none_gives_one_line(tmp_path, text, part):
    path = tmp_path / "p.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as raised:
        read_paper(path)
    assert part in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_workbook_that_is_none_gives_one_line(tmp_path):
    (tmp_path / "p.xlsx").write_bytes(b"PK nothing")
    with pytest.raises(InputError, match="xlsx"):
        read_paper(tmp_path / "p.xlsx")


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("38,7 S/m", 38.65, 38.75),
        ("1,234,567 s", 1234566.5, 1234567.5),
        ("0,125 V", 0.1245, 0.1255),
        ("1,5-2,5 nm", 1.5, 2.5),
    ],
)
def test_a_decimal_comma_is_read_as_one(text, low, high):
    interval, _, _ = printed(text)
    assert (interval.low, interval.high) == pytest.approx((low, high), rel=1e-12)
    for unclear in ("1,234 mAh", "1,2,3 V"):
        with pytest.raises(InputError):
            printed(unclear)
