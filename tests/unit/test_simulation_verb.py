"""``simulate``: what it takes from a cell file, what it says it assumed, what it returns and writes."""

import json

import numpy as np
import pytest

from interlayer.cell import build_cell, load_cell
from interlayer.cli import run as run_command
from interlayer.constants import FARADAY, GAS_CONSTANT
from interlayer.errors import InputError
from interlayer.materials import library
from interlayer.protocol import read_protocol
from interlayer.records import read
from interlayer.simulation import ConstantElectrode, HostElectrode, cell_parameters, simulate
from interlayer.simulation.initial_state import initial_state, rest_voltage
from interlayer.simulation.parameters import DEFAULT_DIFFUSIVITY, DEFAULT_PARTICLE_DIAMETER

LADDER = {
    "steps": [
        {
            "kind": "rate_ladder",
            "charge": "0.2C",
            "rates": ["0.2C", "1C", "3C"],
            "upper": "4.3 V vs Li",
            "lower": "3.0 V vs Li",
        }
    ]
}
CURVE = {"expression": "4.3 - 0.9*x - 0.0001*exp(60*(x - 0.85))", "source": "test"}


def contents(**changes):
    """A cell file with everything stated, so that nothing needs a default."""
    cathode = {
        "kind": "composite",
        "active_material": "NMC532",
        "composition": {"NMC532": 70, "Li10GeP2S12": 30},
        "loading": "10 mg/cm2",
        "porosity": "10 %",
        "particle_diameter": "4 um",
        "open_circuit": CURVE,
        "diffusivity": "1e-10 cm2/s",
        "ionic_conductivity": "0.5 mS/cm",
        "electronic_conductivity": "20 mS/cm",
        "coating": [{"material": "LNTO-450", "thickness": "10 nm", "conductivity": "1e-9 S/cm"}],
        "interface": {"exchange_current_density": "20 uA/cm2"},
    }
    data = {
        "schema": 1,
        "name": "test_cell",
        "area": "1 cm2",
        "nominal_capacity": "150 mAh/g",
        "cathode": cathode,
        "separator": [{"material": "Li10GeP2S12", "thickness": "500 um", "conductivity": "5 mS/cm"}],
        "anode": {
            "kind": "metal",
            "material": "In-Li",
            "thickness": "100 um",
            "interface": {"exchange_current_density": "1 mA/cm2"},
        },
        "protocol": {"steps": ["Charge at 0.1C until 4.2 V vs Li", "Discharge at 0.1C until 3.0 V vs Li"]},
    }
    for key, value in changes.items():
        *path, last = key.split("__")
        target = data
        for part in path:
            target = target[part]
        if value is None:
            target.pop(last)
        else:
            target[last] = value
    return data


def cell(**changes):
    return build_cell(contents(**changes), library())


# parameters


def test_the_model_gets_what_the_file_states():
    parameters = cell_parameters(cell())
    positive = parameters.positive
    area = 6 * 0.1 / (4660 * 4e-6)  # 6 m / (rho d)
    assert positive.true_area == pytest.approx(area, rel=1e-3)
    assert positive.length == pytest.approx(2e-6)
    assert positive.diffusivity == pytest.approx(1e-14)
    assert positive.exchange_current_density == pytest.approx(0.2)
    assert positive.layer_resistances == {"LNTO-450 coating": pytest.approx(10e-9 / 1e-7)}
    assert positive.electronic_resistance / positive.ionic_resistance == pytest.approx(0.5 / 20)
    assert parameters.separator_resistances == {"Li10GeP2S12": pytest.approx(500e-6 / 0.5)}
    assert parameters.one_c == pytest.approx(15.0)
    assert isinstance(parameters.negative, ConstantElectrode)
    assert parameters.negative.potential == pytest.approx(0.62)
    assert parameters.negative.exchange_current_density == pytest.approx(10.0)
    assert parameters.assumptions == ()


def test_every_default_is_listed():
    bare = cell(
        cathode__diffusivity=None,
        cathode__particle_diameter=None,
        cathode__coating=None,
        cathode__ionic_conductivity=None,
        cathode__electronic_conductivity=None,
        cathode__interface=None,
        cathode__active_material="LiNiO2",
        cathode__composition={"LiNiO2": 70, "Li10GeP2S12": 30},
        densities={"LiNiO2": "4.8 g/cm3"},
        anode__interface=None,
    )
    parameters = cell_parameters(bare)
    text = "\n".join(parameters.assumptions)
    for key in (
        "cathode.diffusivity = 1e-14 m2/s: assumed",
        "cathode.particle_diameter = 5 um: assumed",
        "cathode.ionic_conductivity = ",
        "cathode.electronic_conductivity = 10 mS/cm: assumed",
        "cathode.interface.exchange_current_density = 0.1 mA/cm2: assumed",
        "anode.interface.exchange_current_density: none known for In-Li",
    ):
        assert key in text
    assert parameters.positive.diffusivity == DEFAULT_DIFFUSIVITY
    assert parameters.positive.length == DEFAULT_PARTICLE_DIAMETER / 2


@pytest.mark.parametrize("contact", [1.0, 0.25])
def test_a_measured_resistance_is_the_cells_resistance_whatever_touches(contact):
    """RT / (F i0 S theta) and the layers together give the measurement back, per electrode area."""
    interface = {"measured_resistance": "100 ohm cm2", "contact_fraction": contact}
    coating = [{"material": "LNTO-450", "thickness": "10 nm", "conductivity": "1e-8 S/cm"}]
    parameters = cell_parameters(cell(cathode__interface=interface, cathode__coating=coating))
    positive = parameters.positive
    thermal = GAS_CONSTANT * 298.15 / FARADAY
    total = (thermal / positive.exchange_current_density + positive.layer_resistance) / positive.contacted_area
    assert total == pytest.approx(100e-4, rel=1e-9)
    assert any("an input, not a prediction" in line for line in parameters.assumptions)


def test_layers_that_explain_more_than_was_measured_leave_no_charge_transfer():
    parameters = cell_parameters(cell(cathode__interface={"measured_resistance": "1 ohm cm2"}))
    assert parameters.positive.exchange_current_density == 0.0
    assert any("leaves nothing for charge transfer" in line for line in parameters.assumptions)


def test_a_remainder_may_be_ohmic_or_left_out():
    ohmic = cell_parameters(cell(cathode__interface={"measured_resistance": "100 ohm cm2", "remainder": "ohmic"}))
    assert ohmic.positive.exchange_current_density == 0.0
    assert ohmic.positive.layer_resistance / ohmic.positive.contacted_area == pytest.approx(100e-4, rel=1e-9)
    ignored = cell_parameters(cell(cathode__interface={"measured_resistance": "100 ohm cm2", "remainder": "ignored"}))
    assert ignored.positive.layer_resistance == pytest.approx(10e-9 / 1e-7)


def test_a_film_has_no_porous_electrode():
    parameters = cell_parameters(load_cell("tan2021_none"))
    film = parameters.positive
    assert (film.cells, film.shape, film.true_area, film.ionic_resistance) == (1, "slab", 1.0, 0.0)
    assert film.length == pytest.approx(0.4e-6)


def test_an_anode_of_particles_is_a_second_host():
    parameters = cell_parameters(load_cell("wu2016_liion"))
    assert isinstance(parameters.negative, HostElectrode)
    lowest, highest = parameters.positive.stoichiometry_limits
    assert parameters.negative.charge > parameters.positive.charge * (highest - lowest)
    assert any("single-ion conductor" in line for line in parameters.assumptions)


def test_a_material_without_a_curve_is_one_line_that_says_what_to_give():
    lacking = contents(cathode__open_circuit=None)
    name = next(m.name for m in library().values() if m.kind == "cathode" and not m.open_circuit and m.density)
    lacking["cathode"] |= {"active_material": name, "composition": {name: 70, "Li10GeP2S12": 30}}
    with pytest.raises(InputError, match="open_circuit") as caught:
        cell_parameters(build_cell(lacking, library()))
    assert "\n" not in str(caught.value)


# where it starts


def test_a_protocol_that_charges_first_finds_the_cell_discharged():
    parameters = cell_parameters(cell())
    start = initial_state(
        parameters, read_protocol("Charge at 1C until 4 V; Discharge at 1C until 2.9 V"), (None, None)
    )
    assert rest_voltage(parameters, start.positive, 0.0) == pytest.approx(2.9, abs=1e-3)
    assert any("assumed" in reason for reason in start.reasons)


def test_a_protocol_that_discharges_first_finds_the_cell_charged():
    parameters = cell_parameters(cell())
    sentences = "Discharge at 1C until 2.5 V; Charge at 1C until 4.1 V vs Li"
    start = initial_state(parameters, read_protocol(sentences), (None, None))
    assert rest_voltage(parameters, start.positive, 0.0) == pytest.approx(4.1 - 0.62, abs=1e-6)


def test_two_hosts_share_the_lithium_they_were_made_with():
    parameters = cell_parameters(load_cell("wu2016_liion"))
    made = initial_state(parameters, read_protocol("Charge at 1C until 4 V"), (None, None))
    sentences = "Discharge at 1C until 2.5 V; Charge at 1C until 4.0 V"
    charged = initial_state(parameters, read_protocol(sentences), (None, None))
    moved = (made.positive - charged.positive) * parameters.positive.charge
    gained = (charged.negative - made.negative) * parameters.negative.charge
    assert moved == pytest.approx(gained, rel=1e-12)
    assert rest_voltage(parameters, charged.positive, charged.negative) == pytest.approx(4.0, abs=1e-6)


def test_a_stated_stoichiometry_goes_first():
    stated = cell(cathode__initial_stoichiometry=0.4)
    result = simulate(stated, protocol="Rest for 1 min")
    assert result.data["positive_stoichiometry"][0] == pytest.approx(0.4, rel=1e-12)


def test_against_lithium_needs_an_anode_that_stays_where_it_is():
    with pytest.raises(InputError, match="graphite electrode changes"):
        simulate("wu2016_liion", protocol="Charge at 0.1C until 4.2 V vs Li")


# what comes of it


@pytest.fixture(scope="module")
def ladder():
    return simulate(cell(), protocol=LADDER)


def test_a_rate_ladder_delivers_less_at_higher_rates_from_the_same_charge(ladder):
    assert [step.kind for step in ladder.steps] == ["charge", "discharge"] * 3
    assert [step.cycle for step in ladder.steps] == [1, 1, 2, 2, 3, 3]
    delivered = [step.capacity_mAh_per_g for step in ladder.steps if step.kind == "discharge"]
    voltages = [step.mean_voltage_V for step in ladder.steps if step.kind == "discharge"]
    assert delivered == sorted(delivered, reverse=True)
    assert voltages == sorted(voltages, reverse=True)
    ends = [step.end_voltage_V for step in ladder.steps]
    assert ends == pytest.approx([4.3 - 0.62, 3.0 - 0.62] * 3, abs=1e-6)


def test_the_record_says_what_the_steps_say(ladder):
    record = ladder.data
    mass = record.metadata["cathode_active_mass_kg"]
    assert mass == pytest.approx(10e-6)
    for step in ladder.steps:
        rows = record.step(step.number)
        sign = 1.0 if step.kind == "charge" else -1.0
        assert np.all(rows.current * sign > 0)
        charge = np.trapezoid(np.abs(rows.current), rows.time) / 3600.0
        energy = np.trapezoid(np.abs(rows.current) * rows.voltage, rows.time) / 3600.0
        assert step.capacity_mAh_per_g == pytest.approx(charge / mass, rel=1e-9)
        assert step.energy_Wh_per_kg_active == pytest.approx(energy / mass, rel=1e-9)
        assert step.mean_voltage_V == pytest.approx(energy / charge, rel=1e-9)
        assert step.duration_h == pytest.approx((rows.time[-1] - rows.time[0]) / 3600.0)
        moved = -np.diff(rows["positive_stoichiometry"][[0, -1]])[0] * cell_parameters(cell()).positive.charge
        assert moved * 1e-4 / 3600.0 == pytest.approx(sign * charge, rel=1e-8)
    assert np.all(np.diff(record.time) >= 0)
    assert ladder.charge_balance_relative < 1e-8
    assert ladder.lithium_balance_relative < 1e-8


def test_the_budget_adds_up_to_the_loss(ladder):
    budget = ladder.budget
    lost = budget.equilibrium_voltage_V - budget.voltage_V
    assert sum(term.overpotential_mV for term in budget.terms) / 1e3 == pytest.approx(lost, abs=1e-6)
    by_name = {term.term: term.overpotential_mV for term in budget.terms}
    assert by_name["Li10GeP2S12"] == pytest.approx(0.2 * 15.0 * 1e-3 * 1e3, rel=1e-9)
    assert set(by_name) == {
        "NMC532 charge transfer",
        "LNTO-450 coating",
        "diffusion in NMC532",
        "ions and electrons across the cathode",
        "Li10GeP2S12",
        "In-Li charge transfer",
    }


def test_the_result_is_frozen_and_its_json_has_no_record(ladder):
    data = json.loads(ladder.model_dump_json())
    assert "data" not in data
    assert {"steps", "record", "assumptions", "method", "references", "budget"} <= set(data)
    assert {"capacity_mAh_per_g", "energy_Wh_per_kg_active", "mean_voltage_V", "ended_by"} <= set(data["steps"][0])
    with pytest.raises(ValueError, match="frozen"):
        ladder.cell = "other"
    assert len(list(ladder.curves())) == 6
    assert len(ladder.plot().axes[0].lines) == 6
    assert list(ladder.table)[:3] == ["Test Time / s", "Voltage / V", "Current / A"]


def test_assumptions_of_the_file_and_of_the_model_are_listed_together():
    lines = simulate("wang2020_lnto450").assumptions
    assert any(line.startswith("area = 0.785 cm2 (assumed)") for line in lines)
    assert any(line.startswith("cathode.diffusivity") for line in lines)
    assert any(line.startswith("start: NMC532") for line in lines)


def test_references_are_in_the_bibliography():
    from interlayer.references import bibliography

    for source in simulate("wang2020_lnto450").references:
        assert source.partition(":")[0] in bibliography()


def test_a_cell_without_a_protocol_says_how_to_give_one():
    with pytest.raises(InputError, match="protocol is missing"):
        simulate(cell(protocol=None))


def test_a_step_without_capacity_has_no_mean_voltage():
    result = simulate(cell(), protocol="Discharge at 0.1C until 3.9 V; Rest for 1 min")
    assert [step.capacity_mAh_per_g for step in result.steps] == [0.0, 0.0]
    assert [step.mean_voltage_V for step in result.steps] == [None, None]
    assert "at once" in result.steps[0].note
    assert result.charge_balance_relative < 1e-8


@pytest.mark.parametrize("ending", [".csv", ".xlsx", ".parquet"])
def test_the_written_record_is_the_returned_one(tmp_path, ending):
    result = simulate(cell(), out=tmp_path / f"record{ending}")
    assert result.record == str(tmp_path / f"record{ending}")
    back = read(result.record)
    for name in result.data.columns:
        np.testing.assert_allclose(back[name], result.data[name], rtol=1e-14)
    assert back.metadata["origin"] == "simulated"
    assert back.metadata["reference_potential_V"] == pytest.approx(0.62)


def test_a_bad_ending_is_refused_before_anything_is_computed(tmp_path):
    with pytest.raises(InputError, match="allowed endings"):
        simulate("no_such_cell", out=tmp_path / "record.doc")


def test_progress_is_told_before_each_step():
    told = []
    simulate(cell(), progress=lambda *step: told.append(step))
    assert told == [(1, 2, "Charge at 0.1C until 4.2 V vs Li"), (2, 2, "Discharge at 0.1C until 3 V vs Li")]


# the command


def test_the_command_prints_one_document_and_writes_the_record(tmp_path, capsys):
    record, figure = tmp_path / "r.csv", tmp_path / "f.png"
    sentences = "Charge at 1C until 4.2 V vs Li; Discharge at 1C until 3 V vs Li"
    status = run_command(
        ["simulate", "wang2020_lnto450", "--protocol", sentences, "--json", "--out", str(record), "--plot", str(figure)]
    )
    out, err = capsys.readouterr()
    assert (status, err) == (0, "")
    data = json.loads(out)
    assert [step["kind"] for step in data["steps"]] == ["charge", "discharge"]
    assert data["record"] == str(record)
    assert len(read(record)) > 100
    assert figure.read_bytes()[1:4] == b"PNG"


def test_the_command_reads_a_protocol_file_and_changes_a_key(tmp_path, capsys):
    file = tmp_path / "p.toml"
    file.write_text('steps = ["Charge at 1C until 4.2 V vs Li", "Discharge at 3C until 3 V vs Li"]\n', encoding="utf-8")

    def delivered(*options):
        assert run_command(["simulate", "wang2020_lnto450", "--protocol", str(file), "--json", *options]) == 0
        return json.loads(capsys.readouterr().out)["steps"][1]["capacity_mAh_per_g"]

    assert delivered("--set", "cathode.interface.measured_resistance=700 ohm") < delivered()


def test_the_command_answers_in_a_table(capsys):
    assert run_command(["simulate", "tan2021_sio2"]) == 0
    out = capsys.readouterr().out
    for text in ("mAh/g", "Wh/kg active", "ended by", "SiO2", "assumed:"):
        assert text in out


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (["--protocol", "Charge at 1X until 4 V"], "'1X' is not a current"),
        (["--protocol", "nothing.toml"], "cannot read the protocol"),
        (["--out", "record.txt"], "allowed endings"),
        (["--set", "cathode.loading=-1 mg/cm2"], "out of range"),
    ],
)
def test_bad_input_is_one_line_and_exit_2(options, problem, capsys):
    assert run_command(["simulate", "wang2020_lnto450", *options]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert problem in err
    assert err.count("\n") == 1
