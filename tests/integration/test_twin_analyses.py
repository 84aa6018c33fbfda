"""Twins: records that the simulator writes with known parameters, analysed as if an instrument had written them."""

import math

import numpy as np
import pytest

import interlayer as il
from interlayer.cell import changed_cell, load_cell
from interlayer.measure.cv import analyse_cv
from interlayer.measure.eis import analyse_eis
from interlayer.measure.gitt import analyse_gitt
from interlayer.records import Record
from interlayer.simulation import simulate
from interlayer.simulation.parameters import cell_parameters


def with_noise(record, *, voltage=0.0, current=0.0, seed=0):
    rng = np.random.default_rng(seed)
    columns = {name: np.array(record.columns[name]) for name in ("test_time_second", "voltage_volt", "current_ampere")}
    columns["voltage_volt"] = columns["voltage_volt"] + voltage * rng.normal(size=len(record))
    passing = columns["current_ampere"] != 0.0
    columns["current_ampere"] = columns["current_ampere"] + current * passing * rng.normal(size=len(record))
    return Record(columns, record.metadata)


def titration(name, pulse, pulses=4):
    steps = [
        "Charge at 0.2C for 2 hours",
        "Rest for 4 hours",
        {
            "kind": "gitt",
            "direction": "charge",
            "rate": "0.1C",
            "pulse": pulse,
            "rest": "2 hours",
            "pulses": pulses,
            "until": "the upper limit",
        },
    ]
    return simulate(name, protocol={"steps": steps}).data


@pytest.mark.parametrize(("name", "shape"), [("wang2020_lnto450", "sphere"), ("tan2021_lipon", "film")])
def test_the_diffusivity_of_a_simulated_titration_comes_back(name, shape):
    positive = cell_parameters(load_cell(name)).positive
    truth = positive.diffusivity * 1e4
    record = titration(name, "5 min")
    for seed in range(3):
        noisy = with_noise(record, voltage=3e-5, seed=seed)
        found = analyse_gitt(noisy, diffusion_length_m=positive.length, shape=shape)
        rows = found.details["pulses"]
        for row in rows:
            value, relative = row["diffusivity_fit_cm2_per_s"], row["diffusivity_fit_relative_sigma"]
            assert value is not None
            # a pulse bends the equilibrium curve a little, which no straight one follows: 3 % beside the noise
            assert abs(math.log(value / truth)) < 3.0 * relative + 0.03
        # far outside its range the formula reads low by the factor that its document states
        s = found["validity_tau_D_over_L2"].value
        assert s > 0.5
        sides, ahead = (1.0, 1.0 / 3.0) if shape == "film" else (3.0, 1.0 / 15.0)
        expected = 4.0 / math.pi / sides**2 / s / (1.0 + ahead / s) ** 2
        # the drop extrapolated from the first fifth takes some of the diffusion with it
        assert 0.7 < found["formula_over_fit"].value / expected < 1.7


def test_the_formula_is_right_for_a_pulse_that_is_short():
    positive = cell_parameters(load_cell("wang2020_lnto450")).positive
    record = titration("wang2020_lnto450", "10 s")
    found = analyse_gitt(record, diffusion_length_m=positive.length, shape="sphere")
    s = 10.0 * positive.diffusivity / positive.length**2
    expected = (1.0 + math.sqrt(math.pi * s) / 2.0) ** -2
    # the drop taken off holds a little of the diffusion, which the document of the formula says
    assert found["diffusivity_formula"].value == pytest.approx(expected * positive.diffusivity * 1e4, rel=0.1)


def test_resistance_and_diffusivity_of_a_simulated_voltammogram_come_back():
    changes = ["cathode.interface.exchange_current_density=1 A/cm2", "separator.0.thickness=40 um"]
    cell = changed_cell(load_cell("tan2021_lipon"), changes)
    steps = [
        {"kind": "cv", "scan_rate": "0.1 mV/s", "upper": "the upper limit", "lower": "the lower limit", "cycles": 2}
    ]
    record = simulate(cell, protocol={"steps": steps}).data
    positive = cell_parameters(cell).positive
    resistance = il.resistance(cell).known_total_ohm_cm2
    truth = positive.diffusivity * 1e4
    for seed in range(3):
        noisy = with_noise(record, current=4e-8, seed=seed)
        found = analyse_cv(noisy, diffusion_length_m=positive.length, shape="film")
        row = found["resistance"]
        assert abs(row.value - resistance) < 3.0 * row.uncertainty + 1e-3 * resistance
        row = found["diffusivity"]
        assert abs(math.log(row.value / truth)) < 3.0 * row.uncertainty / row.value + 0.03
    assert found["anodic_charge"].value == pytest.approx(-found["cathodic_charge"].value, rel=0.02)


def test_the_parameters_of_a_simulated_spectrum_come_back():
    cell = load_cell("tan2021_lipon")
    steps = ["Charge at 0.1C until the upper limit or 4 hours", "Rest for 10 hours", "EIS from 10 MHz to 1 mHz"]
    spectrum = simulate(cell, protocol={"steps": steps}).spectra[0]
    parameters = cell_parameters(cell)
    positive, area = parameters.positive, 1e-4
    filling = spectrum.positive_stoichiometry
    exchange = positive.exchange_current_density * 2.0 * math.sqrt(filling * (1.0 - filling))
    thermal = 8.314462618 * 298.15 / 96485.33212
    truth = {
        "R0": parameters.separator_resistance / area,
        "R1": thermal / exchange / area,
        "C1": positive.double_layer_capacitance * area,
        "Wo1_tau": positive.length**2 / positive.diffusivity,
    }
    frequency = np.array(spectrum.frequency_hertz)
    clean = np.array(spectrum.real_impedance_ohm) + 1j * np.array(spectrum.imaginary_impedance_ohm)
    inside = total = 0
    for seed in range(25):
        rng = np.random.default_rng(seed)
        noise = rng.normal(size=len(clean)) + 1j * rng.normal(size=len(clean))
        measured = clean + 0.003 * np.abs(clean) * noise
        columns = {
            "frequency_hertz": frequency,
            "real_impedance_ohm": measured.real,
            "imaginary_impedance_ohm": measured.imag,
        }
        found = analyse_eis(Record(columns), circuit="R0-p(R1-Wo1,C1)")
        for name, value in truth.items():
            row = found[name]
            assert abs(row.value - value) < 5.0 * row.uncertainty, name
            inside += abs(row.value - value) <= row.uncertainty
            total += 1
    assert 0.5 < inside / total < 0.85


def test_the_sample_records_give_back_the_truth_beside_them():
    from pathlib import Path

    from interlayer.measure.arrhenius import analyse_arrhenius

    folder = Path(__file__).parents[2] / "examples" / "records"
    titration, sweep, pellet, series = (
        il.read(folder / f"{name}.csv") for name in ("gitt_film", "cv_film", "eis_pellet", "arrhenius_pellet")
    )
    truth = titration.metadata["truth"]
    options = {"diffusion_length_m": truth["diffusion_length_m"], "shape": truth["shape"]}
    for found in (analyse_gitt(titration, **options)["diffusivity_fit"], analyse_cv(sweep, **options)["diffusivity"]):
        assert (
            abs(math.log(found.value / truth["diffusivity_cm2_per_s"])) < 3.0 * found.uncertainty / found.value + 0.03
        )
    found = analyse_cv(sweep, **options)["resistance"]
    assert abs(found.value - truth["resistance_ohm"]) < 3.0 * found.uncertainty + 1e-3 * truth["resistance_ohm"]
    found = analyse_eis(pellet)
    assert found.details["spectra"][0]["circuit"] == "p(R1,CPE1)-CPE2"
    for name, value in pellet.metadata["truth"].items():
        assert abs(found[name].value - value) < 4.0 * found[name].uncertainty
    found = analyse_arrhenius(series)["activation_energy"]
    assert abs(found.value - series.metadata["truth"]["activation_energy_eV"]) < 3.0 * found.uncertainty
