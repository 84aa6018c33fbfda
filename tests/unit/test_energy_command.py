"""``interlayer stack`` on the command line."""

import csv
import json

import pytest

from interlayer.cli import run


def answer(capsys, *arguments):
    status = run(["stack", *arguments])
    captured = capsys.readouterr()
    assert status == 0, captured.err
    return captured.out


def test_json_carries_the_contract(capsys):
    found = json.loads(answer(capsys, "wu2016_llzo", "--reference", "wu2016_liion", "--json"))
    for key in ("specific_energy_Wh_per_kg", "energy_density_Wh_per_L", "areal_capacity_mAh_per_cm2", "thickness_um"):
        assert found[key] > 0
    assert set(found["break_even_thickness_um"]) == {"specific_energy", "energy_density"}
    assert found["break_even_thickness_um"]["specific_energy"] == pytest.approx(41, abs=0.5)


def test_without_a_reference_there_is_no_break_even(capsys):
    found = json.loads(answer(capsys, "wu2016_llzo", "--json"))
    assert found["break_even_thickness_um"] is None


def test_changes_apply_to_the_cell_and_not_to_the_reference(capsys):
    plain = json.loads(answer(capsys, "wu2016_llzo", "--reference", "wu2016_liion", "--json"))
    thick = json.loads(
        answer(capsys, "wu2016_llzo", "--reference", "wu2016_liion", "--set", "separator.thickness=60 um", "--json")
    )
    assert thick["thickness_um"] == pytest.approx(plain["thickness_um"] + 40)
    assert thick["break_even_thickness_um"] == pytest.approx(plain["break_even_thickness_um"])


def test_the_terminal_shows_layers_energies_and_what_was_assumed(capsys):
    text = answer(capsys, "wu2016_llzo", "--reference", "wu2016_liion")
    for part in (
        "cathode collector",
        "328.3 Wh/kg",
        "1166.8 Wh/L",
        "40.8 µm",
        "stated rating",
        "assumed: densities.Cu",
    ):
        assert part in text


def test_a_sweep_is_one_document_with_its_table_and_figure_in_files(capsys, tmp_path):
    table, figure = tmp_path / "sweep.csv", tmp_path / "sweep.svg"
    sweep = ["--sweep", "cathode.loading=5:50:10 mg/cm2", "--sweep", "separator.thickness=20,50 um"]
    found = json.loads(answer(capsys, "wu2016_llzo", *sweep, "--csv", str(table), "--plot", str(figure), "--json"))
    assert len(found["rows"]) == 20
    with table.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 20
    assert float(rows[0]["specific_energy_Wh_per_kg"]) == found["rows"][0][2]
    assert "<svg" in figure.read_text(encoding="utf-8")


def test_the_layers_are_written_as_csv(capsys, tmp_path):
    answer(capsys, "wu2016_liion", "--csv", str(tmp_path / "layers.csv"), "--json")
    with (tmp_path / "layers.csv").open(encoding="utf-8", newline="") as file:
        assert [row["role"] for row in csv.DictReader(file)][1] == "cathode"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["wu2016_lllzo"], "did you mean 'wu2016_llzo'"),
        (["wu2016_llzo", "--reference", "nothing"], "no cell file 'nothing'"),
        (["wu2016_llzo", "--sweep", "cathode.loading"], "--sweep"),
        (["wu2016_llzo", *["--sweep", "cathode.loading=1,2 mg/cm2"] * 3], "3 times"),
        (["wu2016_llzo", "--sweep", "cathode.loading=1:2:3 furlong"], "furlong"),
        (["wu2016_llzo", "--plot", "figure.docx"], "allowed endings: .png"),
        (["wu2016_llzo", "--set", "rating.average_voltage=-1 V"], "no energy"),
        (["wu2016_llzo", "--set", "separator.thickness=-1 um"], "out of range"),
    ],
)
def test_a_mistake_is_one_line_and_exit_2(capsys, arguments, says):
    assert run(["stack", *arguments]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    assert says in captured.err
