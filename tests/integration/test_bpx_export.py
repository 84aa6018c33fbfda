"""A cell written as BPX: valid for the format's own reader, and the same curve in PyBaMM's DFN."""

import json
import warnings
from importlib.util import find_spec

import numpy as np
import pytest

from interlayer.cell import load_cell
from interlayer.cli import run
from interlayer.constants import FARADAY
from interlayer.simulation import cell_parameters, simulate
from interlayer.simulation.bpx import to_bpx

NAMES = ["wang2020_lnto450", "wu2016_liion", "tan2021_sio2", "wang2021_bare_cycling"]


@pytest.mark.parametrize("name", NAMES)
def test_every_number_is_kept_or_named(name):
    exported = to_bpx(name)
    parameters = cell_parameters(load_cell(name))
    sections = exported.document["Parameterisation"]
    kept = sections.get("User-defined", {})
    for layer, value in parameters.positive.layer_resistances.items():
        assert any(layer in line for line in exported.dropped) or parameters.positive.cells == 1
        assert kept[f"Positive electrode {layer} resistance [Ohm.m2]"] == value
    separator = sections["Separator"]
    effective = sections["Electrolyte"]["Conductivity [S.m-1]"] * separator["Transport efficiency"]
    assert separator["Thickness [m]"] / effective == pytest.approx(parameters.separator_resistance)
    if "Positive electrode" in sections:
        host = sections["Positive electrode"]
        volume = host["Surface area per unit volume [m-1]"] * host["Particle radius [m]"] / 3.0
        charge = host["Maximum concentration [mol.m-3]"] * FARADAY * host["Thickness [m]"] * volume
        assert charge == pytest.approx(parameters.positive.charge)
    assert any("degradation" in line for line in exported.dropped) == name.endswith("cycling")


@pytest.mark.skipif(find_spec("bpx") is None, reason="bpx is in the extra 'peers'")
@pytest.mark.parametrize("name", NAMES)
def test_the_format_s_own_reader_takes_it(name):
    import bpx

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        read = bpx.parse_bpx_obj(json.loads(to_bpx(name).text()))
    assert read.header.model == ("DFN" if name == "wu2016_liion" else "Partial")


@pytest.mark.skipif(find_spec("bpx") is None or find_spec("pybamm") is None, reason="needs the extra 'peers'")
def test_pybamm_s_own_model_gives_the_same_discharge_from_the_file():
    import pybamm

    ours = simulate("wu2016_liion", protocol="Discharge at C/5 until 3.0 V").data.columns
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        values = pybamm.ParameterValues.create_from_bpx_obj(json.loads(to_bpx("wu2016_liion").text()))
    for side in ("positive", "negative"):
        full = values[f"Maximum concentration in {side} electrode [mol.m-3]"]
        values[f"Initial concentration in {side} electrode [mol.m-3]"] = ours[f"{side}_stoichiometry"][0] * full
    values["Current function [A]"] = -float(ours["current_ampere"][5])
    points = {"x_n": 20, "x_s": 5, "x_p": 20, "r_n": 30, "r_p": 30}
    end = ours["test_time_second"][-1]
    solution = pybamm.Simulation(pybamm.lithium_ion.DFN(), parameter_values=values, var_pts=points).solve([0, end])
    times = np.linspace(0.02, 0.98, 50) * end
    theirs = solution["Voltage [V]"](times)
    assert theirs == pytest.approx(np.interp(times, ours["test_time_second"], ours["voltage_volt"]), abs=2e-3)


def test_the_command_writes_the_file_and_says_what_it_leaves_out(tmp_path, capsys):
    target = tmp_path / "cell.json"
    assert run(["export", "wang2020_lnto450", "--out", str(target)]) == 0
    assert "not in BPX: negative electrode: In-Li" in capsys.readouterr().err
    assert json.loads(target.read_text(encoding="utf-8"))["Header"]["BPX"] == "1.0.0"
    assert run(["export", "wang2020_lnto450"]) == 0
    assert json.loads(capsys.readouterr().out) == json.loads(target.read_text(encoding="utf-8"))
    assert run(["export", "nothing_such"]) == 2
