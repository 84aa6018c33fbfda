"""The options of ``react`` and ``window``: what they reach, and which do not go together."""

import json

import pytest

from interlayer.cli import run


def answer(capsys, *arguments):
    assert run([*arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_uncertainty_of_a_pair_and_of_a_window(capsys, tmp_path):
    pair = answer(capsys, "react", "LiCoO2", "Li3PS4", "--uncertainty", "--samples", "50", "--seed", "3")
    assert (pair["samples"], pair["seed"], pair["probability_stable"]) == (50, 3, 0.0)
    still = answer(capsys, "react", "LiCoO2", "Li3PS4", "--uncertainty", "--samples", "5", "--sigma", "0 eV")
    energy = still["reaction_energy_eV_per_atom"]
    assert energy["p05"] == energy["without_errors"]
    figure = tmp_path / "u.png"
    found = answer(capsys, "window", "LiNbO3", "--uncertainty", "--samples", "20", "--plot", str(figure))
    assert found["samples"] == 20
    assert figure.stat().st_size > 0


def test_what_if_of_a_pair_and_of_a_window(capsys):
    assert run(["window", "LiNbO3", "--what-if"]) == 0
    assert "without Nb2O5" in capsys.readouterr().out
    assert run(["react", "LiCoO2", "Li3PS4", "--what-if", "--voltage", "4"]) == 0
    assert "without" in capsys.readouterr().out


def test_gases_reach_the_answer(capsys):
    vacuum, air = (
        answer(capsys, "react", "Li7La3Zr2O12", "CO2", "--gas", f"CO2={pressure}") for pressure in ("1e-12 Pa", "40 Pa")
    )
    assert air["reaction_energy_eV_per_atom"] < vacuum["reaction_energy_eV_per_atom"]
    cold, hot = (answer(capsys, "window", "Li2CO3", "--temperature", t)["oxidation_V"] for t in ("0 degC", "200 degC"))
    assert hot < cold  # gases are given off more easily when it is hot


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (["react", "LiCoO2", "Li3PO4", "Li3PS4", "--uncertainty"], "a third material"),
        (["react", "LiCoO2", "Li3PS4", "--what-if", "--voltage", "2,3"], "several voltages"),
        (["react", "LiCoO2", "Li3PS4", "--uncertainty", "--what-if"], "--what-if"),
        (["react", "LiCoO2", "Li3PS4", "--uncertainty", "--gas", "O2=1Pa"], "--gas or --temperature"),
        (["react", "LiCoO2", "Li3PS4", "--samples", "5"], "belong to --uncertainty"),
        (["react", "LiCoO2", "Li3PS4", "--uncertainty", "--sigma", "-1 meV"], "standard deviation"),
        (["window", "LGPS", "--gas", "O2"], "needs a formula and a pressure"),
        (["window", "LGPS", "--gas", "O2=1Pa", "--gas", "O2=2Pa"], "twice"),
        (["window", "LGPS", "--voltage", "3", "--what-if"], "--voltage does not go together"),
        (["window", "LGPS", "--seed", "1"], "belong to --uncertainty"),
        (["window", "LGPS", "--temperature", "warm"], "write e.g. '25 degC'"),
    ],
)
def test_what_does_not_go_together_is_one_line(arguments, part, capsys):
    assert run(arguments) == 2
    message = capsys.readouterr().err
    assert part in message
    assert message.count("\n") == 1
