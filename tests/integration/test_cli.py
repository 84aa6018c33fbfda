"""The command line as a contract: keys, exit codes, one line for every mistake."""

import json
import re
import subprocess
import sys

import pytest

import interlayer
from interlayer.cli import run

HEAVY = {"pandas", "matplotlib", "numba", "pymatgen", "plotly", "scipy", "pybamm", "pyarrow", "openpyxl"}


def answer(capsys, *arguments):
    status = run(arguments)
    captured = capsys.readouterr()
    assert status == 0, captured.err
    return json.loads(captured.out)


def refusal(capsys, *arguments):
    status = run(arguments)
    captured = capsys.readouterr()
    assert status == 2, captured.err
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    assert "Traceback" not in captured.err
    return captured.err


def modules_after(statement):
    """Return the modules a fresh interpreter has loaded after `statement`, and its CPU seconds."""
    code = f"import sys, time\n{statement}\nprint(time.process_time()); print('\\n'.join(sys.modules))"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    *_, seconds = re.findall(r"^\d+\.\d+$", result.stdout, re.MULTILINE)
    return {name.split(".")[0] for name in result.stdout.split()}, float(seconds)


def test_import_is_light():
    loaded, _ = modules_after("import interlayer")
    assert not loaded & (HEAVY | {"numpy", "pydantic", "typer", "rich"})


def test_help_is_light():
    loaded, _ = modules_after("from interlayer.cli import run\nassert run(['--help']) == 0")
    assert not loaded & HEAVY


def test_version(capsys):
    assert run(["--version"]) == 0
    assert capsys.readouterr().out.strip() == f"interlayer {interlayer.__version__}"


def test_every_public_name_is_there():
    for name in interlayer.__all__:
        assert getattr(interlayer, name) is not None


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["desing", "x"], ["desing", "did you mean 'design'"]),
        (["design"], ["missing argument", "cell"]),
        (["design", "wang2020_lnto45"], ["no cell file", "did you mean 'wang2020_lnto450'"]),
        (["design", "wang2020_lnto450", "--jsn"], ["--jsn", "did you mean '--json'"]),
        (["design", "wang2020_lnto450", "--set", "cathode.loading=-1 mg/cm2"], ["cathode", "loading", "out of range"]),
        (["stack", "wang2020_lnto450", "--set", "area"], ["KEY=VALUE"]),
        (["stack", "wang2020_lnto450", "--reference", "nothing"], ["no cell file"]),
        (["window", "Li10GeP2S12x"], ["Li10GeP2S12x"]),
        (["window", "Li3PS4", "--convention", "mp_legcy"], ["mp_legcy", "did you mean 'mp_legacy'"]),
        (["window", "Li3PS4", "--exclude", "Unobtainium"], ["Unobtainium"]),
        (["window", "Li3PuS4"], ["Pu", "--table"]),
        (["window", "Li3PS4", "--table", "no_such.csv"], ["no_such.csv"]),
        (["react", "LiCoO2", ""], ["empty"]),
        (["react", "LiCoO2", "Li3PS4", "--voltage", "11"], ["11", "-1"]),
        (["react", "LiCoO2", "Li3PS4", "--voltage", "nan"], ["nan"]),
        (["react", "LiCoO2", "Li3PS4", "--voltage", "abc"], ["abc"]),
        (["react", "Li", "Li3PS4", "--voltage", "2"], ["lithium"]),
        (["react", "LiCoO2", "Li3PS4", "--reference", "hul"], ["hul"]),
        (["simulate", "wang2020_lnto450", "--protocol", "Dance until 2.5 V"], ["Dance"]),
        (["simulate", "wang2020_lnto450", "--out", "record.docx"], ["docx"]),
        (["materials", "LGP"], ["LGP", "did you mean"]),
        (["materials", "--materials", "nothing.toml"], ["nothing.toml"]),
        (["examples", "wang"], ["wang"]),
        (["resistance", "wang2020_lnto450", "--plot", "x.bmp"], [".png"]),
    ],
    ids=lambda value: " ".join(value)[:50],
)
def test_a_mistake_is_one_line_and_exit_2(capsys, tmp_path, monkeypatch, arguments, expected):
    monkeypatch.chdir(tmp_path)
    line = refusal(capsys, *arguments)
    for part in expected:
        assert part in line
    assert not list(tmp_path.iterdir())


def test_stack_contract(capsys):
    data = answer(capsys, "stack", "wu2016_llzo", "--reference", "wu2016_liion", "--json")
    for key in ("specific_energy_Wh_per_kg", "energy_density_Wh_per_L", "areal_capacity_mAh_per_cm2", "thickness_um"):
        assert data[key] > 0
    assert set(data["break_even_thickness_um"]) == {"specific_energy", "energy_density"}


def test_window_contract(capsys):
    data = answer(capsys, "window", "Li10GeP2S12", "--convention", "s_element_2015", "--json")
    assert data["reduction_V"] == pytest.approx(1.71, abs=0.02)
    assert data["oxidation_V"] == pytest.approx(2.14, abs=0.02)
    assert data["convention"] == "s_element_2015"
    assert data["reactions"]


def test_a_formula_that_no_phase_of_the_table_has_is_said_to_be_a_mixture(capsys):
    assert run(["window", "LiAlH4"]) == 0
    assert "interlayer has no phase LiAlH4: taken as 1.5 H2 + 1 Al + 1 LiH" in capsys.readouterr().out
    assert run(["window", "Li3PS4"]) == 0
    assert "has no phase" not in capsys.readouterr().out


def test_react_contract(capsys):
    data = answer(capsys, "react", "LiCoO2", "Li3PS4", "--json")
    assert data["reaction_energy_eV_per_atom"] == pytest.approx(-0.402, abs=0.003)
    assert data["mixing_fraction"] == pytest.approx(0.686, abs=0.002)
    assert data["reference"] == "hull"
    assert data["convention"] == "mp_legacy"
    assert {"products", "reaction", "normalisation"} <= set(data)
    opened = answer(capsys, "react", "LiCoO2", "Li3PS4", "--voltage", "3.9", "--json")
    assert opened["total_energy_eV_per_atom"] <= opened["reaction_energy_eV_per_atom"] + 1e-9


def test_simulate_contract(capsys, tmp_path):
    out = tmp_path / "record.csv"
    sentence = "Charge at 0.1C until 4.4 V vs Li; Discharge at 0.1C until 2.5 V vs Li"
    data = answer(capsys, "simulate", "wang2020_lnto450", "--protocol", sentence, "--out", str(out), "--json")
    assert len(data["steps"]) == 2
    for step in data["steps"]:
        assert {"capacity_mAh_per_g", "energy_Wh_per_kg_active", "mean_voltage_V", "ended_by"} <= set(step)
    assert data["record"] == str(out)
    assert out.stat().st_size > 0


def test_design_contract(capsys, tmp_path):
    data = answer(capsys, "design", "wang2020_lnto450", "--out", str(tmp_path / "report"), "--json")
    assert {"stability", "resistance", "cell", "stack", "references"} <= set(data)
    written = {path.name for path in (tmp_path / "report").iterdir()}
    assert {"report.json", "report.html", "record.csv", "voltage.png"} <= written
    assert json.loads((tmp_path / "report" / "report.json").read_text(encoding="utf-8")) == data
    page = (tmp_path / "report" / "report.html").read_text(encoding="utf-8")
    # offline: nothing is fetched, the plotting library is inside
    assert not re.search(r"<(script|link|img)[^>]+(src|href)=[\"']?https?:", page)
    assert "Plotly.newPlot" in page
    assert data["cell"]["charge_balance_relative"] < 1e-8
    assert data["cell"]["lithium_balance_relative"] < 1e-8


def test_init_writes_a_cell_that_runs_and_never_overwrites(capsys, tmp_path):
    file = tmp_path / "mine.toml"
    assert run(["init", str(file)]) == 0
    capsys.readouterr()
    assert answer(capsys, "stack", str(file), "--json")["thickness_um"] > 0
    assert "exists already" in refusal(capsys, "init", str(file))


def test_examples_are_listed_and_copied(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert len(answer(capsys, "examples", "--json")) >= 13
    assert run(["examples", "wu2016_llzo", "--copy"]) == 0
    assert (tmp_path / "wu2016_llzo.toml").is_file()


def test_python_names_answer_as_the_command_line_does(capsys):
    data = answer(capsys, "react", "NMC532", "LGPS", "--json")
    assert interlayer.react("NMC532", "LGPS").reaction_energy_eV_per_atom == data["reaction_energy_eV_per_atom"]
