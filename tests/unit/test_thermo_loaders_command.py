"""The verb ``table``: what a table holds, shown, listed and kept."""

import json

import pytest
import typer

from interlayer.cli.table import table
from interlayer.errors import InputError
from interlayer.thermo import own_table, react, read_table


def run(*arguments):
    app = typer.Typer()
    app.command()(table)
    app(list(map(str, arguments)), standalone_mode=False)


def answer(capsys, *arguments):
    capsys.readouterr()  # what was printed before
    run(*arguments, "--json")
    return json.loads(capsys.readouterr().out)


def test_the_own_table_is_shown_with_its_sources(capsys):
    run()
    shown = capsys.readouterr().out
    assert f"{len(own_table())} phases of {len(own_table().elements)} elements" in shown
    assert "convention: mp_legacy" in shown
    assert "10.1063/1.4812323" in shown


def test_phases_within_elements_are_listed_with_their_distance_to_the_hull(capsys):
    found = answer(capsys, "--within", "Li-P-S")
    phases = {phase["formula"]: phase for phase in found["phases"]}
    assert phases["Li3PS4"]["energy_above_hull_eV_per_atom"] == 0.0
    assert phases["Li7P3S11"]["energy_above_hull_eV_per_atom"] == pytest.approx(0.0199, abs=1e-4)
    assert phases["Li2S"]["source"] == "matbench; mp-1153"
    above = [phase["energy_above_hull_eV_per_atom"] for phase in found["phases"]]
    assert above == sorted(above)
    assert answer(capsys)["phases"] == []


def test_what_is_listed_can_be_kept_changed_and_used(capsys, tmp_path):
    file = tmp_path / "mine.csv"
    run("--within", "Co-Li-O-P-S", "--out", file)
    assert react("LiCoO2", "Li3PS4", table=file).reaction_energy_eV_per_atom == pytest.approx(
        react("LiCoO2", "Li3PS4").reaction_energy_eV_per_atom
    )
    file.write_text(file.read_text(encoding="utf-8") + "Co4S3P,-3.0,my calculation\n", encoding="utf-8")
    assert "Co4S3P" in react("LiCoO2", "Li3PS4", table=file).products
    assert answer(capsys, file, "--within", "Co4S3P")["phases"]
    assert read_table(file).convention == "mp_legacy"


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["absent.csv"], "cannot read the phase table 'absent.csv'"),
        (["--within", "Li-Kr"], "has no Kr; its elements"),
        (["--within", "Li-Qq"], "'Qq' is not an element"),
        (["--refresh"], "name one, such as mp:Li-La-Zr-O"),
        (["mp:Li-S", "--functional", "PBE"], "allowed: GGA_GGA"),
        (["--out", "kept.xlsx"], "allowed endings: .csv, .parquet"),
    ],
)
def test_nonsense_gets_one_line(arguments, problem):
    with pytest.raises(InputError) as caught:
        run(*arguments)
    assert problem in str(caught.value)
    assert "\n" not in str(caught.value)
