"""Fits of cells whose parameters are known; what is refused; what is written back."""

import json
import tomllib

import numpy as np
import pytest

import interlayer as il
from interlayer.calibration.fitted_file import fitted_file
from interlayer.calibration.identifiability import spread
from interlayer.calibration.likelihood import profiles, threshold
from interlayer.calibration.observations import observation, state_at_voltage
from interlayer.calibration.optimum import Optimum, correlation_length
from interlayer.calibration.parameters import fit_parameters
from interlayer.calibration.segments import segments
from interlayer.cli import run as run_command
from interlayer.errors import InputError
from interlayer.protocol.steps import Protocol
from interlayer.records import Record
from interlayer.simulation import cell_parameters
from interlayer.simulation.initial_state import rest_voltage

CELL = "wang2020_lnto450"
TRUTH = ("cathode.diffusivity=2e-11 cm2/s", "cathode.interface.exchange_current_density=4 uA/cm2")
D, I0 = "cathode.diffusivity", "cathode.interface.exchange_current_density=0.05..500 uA/cm2"
LADDER = "Charge at 0.1C until 4.4 V vs Li; Discharge at {} until 2.5 V vs Li"


def with_noise(record, seed=0, volts=1e-3):
    columns = {name: np.array(v) for name, v in record.columns.items() if "stoichiometry" not in name}
    columns["voltage_volt"] = columns["voltage_volt"] + np.random.default_rng(seed).normal(0.0, volts, len(record))
    return Record(columns)


@pytest.fixture(scope="module")
def cell():
    return il.load_cell(CELL, changes=TRUTH)


@pytest.fixture(scope="module")
def discharges(cell):
    return {
        f"{rate}.csv": with_noise(il.simulate(cell, protocol=LADDER.format(rate)).data, seed)
        for seed, rate in enumerate(("0.1C", "1C"))
    }


@pytest.fixture(scope="module")
def spectrum(cell):
    at = il.load_cell(CELL, changes=[*TRUTH, "cathode.initial_stoichiometry=0.55"])
    one = il.simulate(at, protocol="EIS from 1 MHz to 10 mHz with 6 points per decade").spectra[0]
    z = np.array(one.real_impedance_ohm) + 1j * np.array(one.imaginary_impedance_ohm)
    rng = np.random.default_rng(5)
    z = z * (1.0 + 0.005 * (rng.normal(size=len(z)) + 1j * rng.normal(size=len(z))))
    return Record(
        {
            "frequency_hertz": np.array(one.frequency_hertz),
            "real_impedance_ohm": z.real,
            "imaginary_impedance_ohm": z.imag,
        }
    )


@pytest.fixture(scope="module")
def fitted(discharges, spectrum):
    return il.fit(CELL, {**discharges, "eis.csv": spectrum}, vary=[D, I0], at={"eis.csv": "x=0.55"}, starts=2)


def test_it_finds_the_truth_and_its_intervals_hold_it(fitted):
    diffusivity, exchange = fitted.parameters
    assert diffusivity.value == pytest.approx(2e-11, rel=0.02)
    assert exchange.value == pytest.approx(4e-3, rel=0.005)
    for one, truth in ((diffusivity, 2e-11), (exchange, 4e-3)):
        assert one.low_95 < truth < one.high_95
        assert one.low_95 < one.value < one.high_95
        assert one.high_95 / one.low_95 < 1.1
    assert {r.label: r.rms for r in fitted.records if r.unit == "V"} == pytest.approx(
        {"0.1C.csv": 1e-3, "1C.csv": 1e-3}, rel=0.15
    )
    assert fitted.same_optimum == fitted.followed_starts
    assert not fitted.warnings
    assert not fitted.statements


def test_the_intervals_are_those_of_the_linear_fit_where_it_is_nearly_linear(fitted):
    for one in fitted.parameters:
        width = np.log(one.high_95 / one.low_95) / 2.0
        assert width == pytest.approx(1.96 * one.standard_error_relative, rel=0.1)


def test_more_noise_makes_wider_intervals(cell):
    clean = il.simulate(cell, protocol=LADDER.format("1C")).data
    widths = []
    for volts in (1e-3, 1e-2):
        one = il.fit(CELL, with_noise(clean, 3, volts), vary=[D, I0], starts=1, advice=False)[D]
        widths.append(np.log(one.high_95 / one.low_95))
    # ten times the noise of the voltage, but that of the charge is the same
    assert 1.2 < widths[1] / widths[0] < 10.0


def test_what_cannot_be_told_apart_is_said_with_what_would_help(cell):
    slow = with_noise(il.simulate(cell, protocol=LADDER.format("0.05C")).data, 1)
    found = il.fit(CELL, slow, vary=[D, I0, "cathode.particle_diameter"], starts=2)
    text = " ".join(found.statements)
    assert "cannot be told apart" in text
    assert "spectrum at half charge would determine" in text
    assert not all(one.identified for one in found.parameters) or max(abs(c) for c in found.correlation[0][1:]) > 0.95


def test_a_model_that_lacks_something_is_found_out(cell, discharges):
    wrong = il.load_cell(CELL, changes=[TRUTH[0], "cathode.loading=9 mg/cm2"])
    found = il.fit(wrong, discharges, vary=[I0], starts=1, advice=False)
    assert any("hang together" in line for line in found.warnings)
    assert max(r.correlated_points for r in found.records) > 3.0


def test_the_order_and_names_of_records_do_not_matter(discharges, fitted):
    one = il.fit(CELL, discharges, vary=[D, I0], starts=1, advice=False)
    other = il.fit(CELL, dict(reversed(discharges.items())), vary=[I0, D], starts=1, advice=False)
    assert other[D].value == pytest.approx(one[D].value, rel=1e-4)
    assert one[D].value == pytest.approx(fitted[D].value, rel=0.03)


def test_a_prior_pulls_and_narrows(discharges):
    free = il.fit(CELL, discharges["1C.csv"], vary=[D, I0], starts=1, advice=False)[D]
    held = il.fit(
        CELL, discharges["1C.csv"], vary=[D, I0], priors=[f"{D}=3e-11 cm2/s x/ 1.001"], starts=1, advice=False
    )[D]
    assert held.value == pytest.approx(3e-11, rel=0.05)
    assert held.value > free.value
    assert held.high_95 / held.low_95 < free.high_95 / free.low_95
    assert held.prior == "3e-11 cm2/s x/ 1.001"


def test_titration_and_voltammetry(cell):
    titration = Protocol.model_validate(
        {
            "steps": [
                "Charge at 0.1C until 4.4 V vs Li",
                "Rest for 2 hours",
                {
                    "kind": "gitt",
                    "direction": "discharge",
                    "rate": "0.1C",
                    "pulse": "600 s",
                    "rest": "1 hour",
                    "pulses": 5,
                    "until": "2.5 V vs Li",
                },
            ]
        }
    )
    record = with_noise(il.simulate(cell, protocol=titration).data, 2)
    found = il.fit(CELL, record, vary=[D, I0], starts=1, advice=False)
    assert found[D].low_95 < 2e-11 < found[D].high_95
    sweeps = Protocol.model_validate(
        {"steps": [{"kind": "cv", "scan_rate": "0.1 mV/s", "upper": "4.4 V vs Li", "lower": "3.0 V vs Li"}]}
    )
    record = il.simulate(cell, protocol=sweeps).data
    found = il.fit(CELL, record, vary=[D, I0], starts=1, advice=False)
    assert found[D].value == pytest.approx(2e-11, rel=0.01)
    assert found.records[0].unit == "A"


def test_fade_of_an_ageing_cell():
    changes = ["degradation.isolation.per_cycle=0.12 %", "protocol.repeat=40"]
    record = with_noise(il.simulate(il.load_cell("wang2020_lnto450_cycling", changes=changes)).data)
    found = il.fit("wang2020_lnto450_cycling", record, vary=["degradation.isolation.per_cycle"], starts=1, advice=False)
    assert found.records[0].kind == "fade"
    assert found.parameters[0].value == pytest.approx(0.12, rel=0.01)
    assert found.parameters[0].unit == "%"


def test_draws_follow_the_covariance(fitted):
    rows = fitted.draws(400, seed=1)
    values = np.log([float(row[D].split()[0]) for row in rows])
    assert np.std(values) == pytest.approx(fitted[D].standard_error_relative, rel=0.15)


def test_the_file_written_back_is_the_fitted_cell(fitted, tmp_path):
    text = fitted_file(fitted, CELL)
    assert text.startswith("# LNTO-450@NMC532")
    data = tomllib.loads(text)
    assert data["cathode"]["diffusivity"]["status"] == "fitted"
    assert "95 %" in data["cathode"]["diffusivity"]["note"]
    path = tmp_path / "fitted.toml"
    path.write_text(text, encoding="utf-8")
    again = il.load_cell(path)
    assert again.description.cathode.diffusivity.to("cm2/s") == pytest.approx(fitted[D].value, rel=1e-5)
    same = il.simulate(again, protocol=LADDER.format("1C")).steps[1].capacity_mAh_per_g
    assert same == pytest.approx(
        il.simulate(fitted.fitted_cell, protocol=LADDER.format("1C")).steps[1].capacity_mAh_per_g, rel=1e-4
    )
    without = tmp_path / "without.toml"
    without.write_text(fitted_file(fitted), encoding="utf-8")
    assert il.load_cell(without).description.cathode.diffusivity.si == pytest.approx(
        again.description.cathode.diffusivity.si
    )


def test_figures_show_every_record_and_parameter(fitted):
    figures = fitted.plot()
    assert len(figures["records"].axes) == 2 * 3
    assert len(figures["profiles"].axes) >= 2
    assert set(fitted.curves()["record"]) == {"0.1C.csv", "1C.csv", "eis.csv"}
    json.loads(fitted.model_dump_json())


def steps_of(record, first=1):
    rows = record.columns["step_count"] >= first
    return {name: np.array(v)[rows] for name, v in record.columns.items() if "stoichiometry" not in name}


def test_a_record_that_begins_at_rest(cell):
    protocol = "Charge at 0.1C for 5 hours; Rest for 5 hours; Discharge at 0.5C until 2.5 V vs Li"
    columns = steps_of(il.simulate(cell, protocol=protocol).data, first=2)
    held = 0
    for seed in range(6):
        found = il.fit(CELL, with_noise(Record(columns), seed), vary=[D, I0], starts=1, advice=False)
        held += found[D].low_95 < 2e-11 < found[D].high_95
    assert held >= 5


def test_a_current_that_is_half_a_thousandth_off_is_inside_the_interval(cell):
    clean = il.simulate(cell, protocol=LADDER.format("1C")).data
    held = 0
    for seed in range(6):
        columns = dict(with_noise(clean, seed).columns)
        columns["current_ampere"] = columns["current_ampere"] * (1.0 + (-1) ** seed * 5e-4)
        found = il.fit(CELL, Record(columns), vary=[D, "cathode.loading=7..10 mg/cm2"], starts=1, advice=False)
        held += found["cathode.loading"].low_95 < 8.4 < found["cathode.loading"].high_95
    assert held == 6


def test_a_far_start_finds_the_truth_or_is_called_no_fit(cell, discharges):
    far = il.load_cell(CELL, changes=["cathode.diffusivity=8e-10 cm2/s"])
    found = il.fit(far, discharges["1C.csv"], vary=[D, I0], starts=4, advice=False)
    assert found[D].value == pytest.approx(2e-11, rel=0.05)
    wrong = il.fit(il.load_cell("wang2020_lnto450"), discharges["1C.csv"], vary=["separator.conductivity"], starts=1)
    assert any("this is no fit" in line or "hang together" in line for line in wrong.warnings)


def test_a_parameter_without_influence_has_no_interval(discharges):
    found = il.fit(CELL, discharges["1C.csv"], vary=[D, I0, "anode.thickness"], starts=1, advice=False)
    assert found["anode.thickness"].low_95 is None
    assert found["anode.thickness"].high_95 is None
    assert any("do not feel anode.thickness" in line for line in found.statements)
    assert found[D].identified


def test_a_strong_prior_is_not_ignored(discharges):
    found = il.fit(
        CELL, discharges["1C.csv"], vary=[D, I0], priors=[f"{D}=1e-11 cm2/s x/ 1.00001"], starts=1, advice=False
    )
    assert found[D].value == pytest.approx(1e-11, rel=1e-3)
    assert found.warnings


def test_the_better_model_has_the_lower_criterion(cell):
    record = with_noise(il.simulate(cell, protocol=LADDER.format("1C")).data, 4, 3e-3)
    both = il.fit(CELL, record, vary=[D, I0], starts=1, advice=False)
    one = il.fit(CELL, record, vary=[I0], starts=1, advice=False)
    assert both.aicc < one.aicc - 10.0


def test_rows_that_come_late_are_late_in_the_step(cell):
    record = il.simulate(cell, protocol=LADDER.format("1C")).data
    since = record.columns["step_time_second"]
    rows = since >= 60.0
    columns = {name: np.array(v)[rows] for name, v in record.columns.items() if "stoichiometry" not in name}
    found = il.fit(CELL, Record(columns), vary=[D, I0], starts=1, advice=False)
    assert found[D].value == pytest.approx(2e-11, rel=0.02)
    del columns["step_time_second"]
    assert [part.time[0] for part in segments(Record(columns))][1] == pytest.approx(60.0, rel=0.5)


def test_charge_hold_and_rest_with_their_own_noises(cell):
    ways = ["Charge at 0.5C until 4.4 V vs Li", "Hold at 4.4 V vs Li until 0.05C", "Rest for 1 hour"]
    protocol = "; ".join([*ways, "Discharge at 0.5C until 2.5 V vs Li"])
    record = with_noise(il.simulate(cell, protocol=protocol).data, 1, 1e-3)
    counted = steps_of(record)
    # many cyclers count constant current and constant voltage as one step
    as_one = {**counted, "step_count": np.maximum(counted["step_count"], 2)}
    for columns in (counted, as_one, {k: v for k, v in counted.items() if not k.startswith("step")}):
        kinds = [part.step.kind for part in segments(Record(columns))]
        assert kinds == ["charge", "hold", "rest", "discharge"]
        found = il.fit(CELL, Record(columns), vary=[D, I0], starts=1, advice=False)
        assert found[D].value == pytest.approx(2e-11, rel=0.05)
        assert {one.quantity for one in found.records} == {"voltage", "current"}


def test_voltammetry_without_a_step_column_is_split_at_the_turns(cell):
    sweeps = Protocol.model_validate(
        {"steps": [{"kind": "cv", "scan_rate": "0.1 mV/s", "upper": "4.4 V vs Li", "lower": "3.0 V vs Li"}]}
    )
    columns = steps_of(il.simulate(cell, protocol=sweeps).data)
    plain = Record({name: columns[name] for name in ("test_time_second", "voltage_volt", "current_ampere")})
    assert [part.step.kind for part in segments(plain)] == ["sweep", "sweep"]


def test_slow_and_fast_steps_without_a_step_column(cell):
    protocol = (
        "Charge at 0.1C for 3 hours; Discharge at 0.05C for 1 hour; Discharge at 0.5C for 10 minutes; Rest for 1 hour"
    )
    columns = steps_of(il.simulate(cell, protocol=protocol).data)
    plain = Record({name: columns[name] for name in ("test_time_second", "voltage_volt", "current_ampere")})
    assert [part.step.kind for part in segments(plain)] == ["charge", "discharge", "discharge", "rest"]


def test_temperatures_differ_in_kelvin():
    cell = il.load_cell("wu2016_liion")
    (found,) = fit_parameters(cell, cell_parameters(cell), ["temperature"], ["temperature=25 degC +- 2 degC"])
    assert (found.low, found.high) == (pytest.approx(268.15), pytest.approx(328.15))
    assert found.prior.spread == pytest.approx(2.0)
    assert found.difference(3.0) == 3.0


def test_a_rest_at_the_beginning_beats_a_stated_state_and_the_state_against_lithium_is_read(cell, spectrum):
    protocol = "Charge at 0.1C for 5 hours; Rest for 5 hours; Discharge at 0.5C until 2.5 V vs Li"
    columns = steps_of(il.simulate(cell, protocol=protocol).data, first=2)
    stated = il.load_cell(CELL, changes=[*TRUTH, "cathode.initial_stoichiometry=0.95"])
    assert il.fit(stated, Record(columns), vary=[D], starts=1, advice=False)[D].value == pytest.approx(2e-11, rel=0.03)
    lithium, against_cell = (observation(spectrum, "x", cell, at=text).voltage for text in ("3.82 V vs Li", "3.2 V"))
    assert lithium == pytest.approx(against_cell)
    with pytest.raises(InputError, match="rests between"):
        observation(spectrum, "x", cell, at="8 V")


# the pieces


def test_profile_of_a_linear_problem_is_the_textbook_interval():
    rng = np.random.default_rng(0)
    design = rng.normal(size=(60, 3))
    data = design @ np.array([1.0, -2.0, 0.5]) + rng.normal(size=60)

    class Linear:
        points = 60
        parameters = (None, None, None)
        bounds = (np.full(3, -50.0), np.full(3, 50.0))

        def residuals(self, rows):
            return data - np.atleast_2d(rows) @ design.T

        def jacobian(self, row):
            return -design

    best = np.linalg.lstsq(design, data, rcond=None)[0]
    optimum = Optimum(best, data - design @ best, -design, np.ones(1), np.ones(1), (0.0,))
    errors = np.sqrt(np.diag(np.linalg.inv(design.T @ design)))
    for j, one in enumerate(profiles(Linear(), optimum, np.ones(60))):
        half = np.sqrt(threshold(60, 3)) * errors[j]
        assert one.low == pytest.approx(best[j] - half, rel=1e-3)
        assert one.high == pytest.approx(best[j] + half, rel=1e-3)


def test_spread_of_a_singular_information_is_wide_and_correlated():
    covariance, errors, correlation = spread(np.array([[1.0, 1.0], [1.0, 1.0]]))
    assert errors.min() > 1e5
    assert correlation[0, 1] == pytest.approx(-1.0)
    assert np.allclose(covariance, covariance.T)


def test_correlation_length_of_noise_and_of_a_walk():
    rng = np.random.default_rng(3)
    noise = rng.normal(size=1000)
    assert correlation_length(noise) < 1.5
    smooth = np.convolve(noise, np.ones(25) / 5.0, mode="valid")
    assert 12.0 < correlation_length(smooth) < 80.0


def test_steps_are_found_without_a_step_column(cell):
    record = il.simulate(
        cell, protocol="Charge at 0.1C for 2 hours; Rest for 1 hour; Discharge at 0.2C for 1 hour"
    ).data
    plain = Record({name: record.columns[name] for name in ("test_time_second", "voltage_volt", "current_ampere")})
    kinds = [part.step.kind for part in segments(plain)]
    assert kinds == ["charge", "rest", "discharge"]
    assert [part.charge for part in segments(plain)] == pytest.approx(
        [part.charge for part in segments(record)], rel=0.02
    )


def test_the_state_at_a_voltage_rests_at_it(cell):
    parameters = cell_parameters(cell)
    for volts in (3.0, 3.2, 3.6):
        assert rest_voltage(parameters, *state_at_voltage(parameters, volts)) == pytest.approx(volts, abs=1e-3)


@pytest.mark.parametrize(
    ("vary", "priors", "message"),
    [
        ([], [], "nothing to fit"),
        (["cathode.difusivity"], [], "did you mean"),
        (["cathode.kind"], [], "no quantity"),
        ([D, D], [], "twice"),
        ([f"{D}=1e-9..1e-12 cm2/s"], [], "do not rise"),
        ([f"{D}=1..2 nm"], [], "unit"),
        ([f"{D}=-1e-12..1e-9 cm2/s"], [], "above 0"),
        ([D], ["cathode.loading=8 mg/cm2 +- 1 mg/cm2"], "not KEY"),
        ([D], [f"{D}=nothing"], "is not CENTRE"),
        ([D], [f"{D}=1e-11 cm2/s x/ 0.5"], "above 1"),
        (["cathode.interface.area_specific_resistance"], [], "give bounds"),
        (["anode.diffusivity"], [], "no such parameter"),
    ],
)
def test_parameters_that_make_no_sense_cost_one_line(cell, vary, priors, message):
    with pytest.raises(InputError, match=message) as error:
        fit_parameters(cell, cell_parameters(cell), vary, priors)
    assert "\n" not in str(error.value)


def test_records_that_cannot_be_fitted_cost_one_line(cell, spectrum, discharges):
    thermal = Record({"temperature_celsius": np.arange(5.0), "signal": np.arange(5.0)})
    still = Record({"test_time_second": np.arange(5.0), "voltage_volt": np.ones(5), "current_ampere": np.zeros(5)})
    wild = Record(
        {
            "test_time_second": np.arange(40.0),
            "voltage_volt": np.sin(np.arange(40.0)),
            "current_ampere": 1e-3 * np.cos(0.1 * np.arange(40.0)),
        }
    )
    for record, message in (
        (thermal, "no test of a cell"),
        (still, "no current"),
        (wild, "neither"),
        (spectrum, "state"),
    ):
        with pytest.raises(InputError, match=message) as error:
            observation(record, "x", cell)
        assert "\n" not in str(error.value)
    with pytest.raises(InputError, match=r"no record 'b'.*there are: 0\.1C"):
        il.fit(CELL, discharges, at={"b": "3 V"})
    with pytest.raises(InputError, match="not x=0 to x=1"):
        observation(spectrum, "x", cell, at="x=2")


def test_the_command_writes_everything_and_prints_json(discharges, tmp_path, capsys):
    file = discharges["1C.csv"].write(tmp_path / "1C.csv")
    arguments = ["fit", CELL, str(file), "--vary", D, "--vary", I0, "--starts", "1", "--out", str(tmp_path / "out")]
    assert run_command([*arguments, "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert [one["key"] for one in shown["parameters"]] == [D, I0.split("=")[0]]
    figures = {"records.png", "profiles.png", "correlation.png"}
    tables = {"fit.json", "parameters.csv", "curves.csv"}
    assert {path.name for path in (tmp_path / "out").iterdir()} == {f"{CELL}_fitted.toml"} | figures | tables
    assert run_command(["fit", CELL, str(tmp_path / "none.csv")]) == 2
    assert run_command([*arguments, "--at", "nonsense"]) == 2
    assert "is not RECORD=VALUE" in capsys.readouterr().err


def test_instrument_files_of_both_kinds_are_fitted_together(discharges, spectrum, tmp_path, capsys):
    series = discharges["1C.csv"]
    rows = np.column_stack([series.time, series.columns["voltage_volt"], -1e3 * series.current])
    (tmp_path / "a.txt").write_text(
        "t/s\tEcell/V\tI/mA\n" + "\n".join(f"{a!r}\t{b!r}\t{c!r}" for a, b, c in rows.tolist())
    )
    z = np.column_stack([spectrum.columns[name] for name in ("frequency_hertz", "real_impedance_ohm")])
    im = spectrum.columns["imaginary_impedance_ohm"]
    (tmp_path / "b.txt").write_text(
        "freq/Hz\tRe(Z)/Ohm\tIm(Z)/Ohm\n"
        + "\n".join(f"{f!r}\t{re!r}\t{-i!r}" for (f, re), i in zip(z.tolist(), im.tolist(), strict=True))
    )
    arguments = ["fit", CELL, str(tmp_path / "a.txt"), str(tmp_path / "b.txt"), "--at", "b.txt=x=0.55", "--vary", D]
    arguments += ["--vary", I0, "--starts", "1", "--json"]
    assert run_command([*arguments, "--sign", "discharge"]) == 2
    assert "--sign Im" in capsys.readouterr().err
    assert run_command([*arguments, "--sign", "discharge, -Im"]) == 0
    found = {one["key"]: one for one in json.loads(capsys.readouterr().out)["parameters"]}
    assert found[D]["value"] == pytest.approx(2e-11, rel=0.05)


def test_slips_of_the_instrument_are_counted(discharges):
    record = discharges["1C.csv"]
    columns = {name: np.array(values) for name, values in record.columns.items()}
    columns["voltage_volt"][50:-20:60] += 0.3
    slips = len(columns["voltage_volt"][50:-20:60])
    plain, pulled = (
        il.fit(CELL, {"a": one}, vary=[D, I0], starts=1, advice=False) for one in (record, Record(columns))
    )
    assert not plain.warnings
    assert any(f"a: {slips} points lie far from the neighbours" in line for line in pulled.warnings)


def at_even_intervals(record, every):
    """A record as a logger has it that writes every so many seconds and nothing when a step begins or ends."""
    time, step = record.time, record.columns["step_count"]
    rows = np.arange(time[0] + 0.37 * every, time[-1], every)
    of_row = np.array([int(step[np.flatnonzero(time <= moment)[-1]]) for moment in rows])
    columns = {"test_time_second": rows, "step_count": of_row}
    for name in ("voltage_volt", "current_ampere"):
        values = np.empty(len(rows))
        for number in np.unique(of_row):
            inside, own = of_row == number, step == number
            values[inside] = np.interp(rows[inside], time[own], np.asarray(record.columns[name])[own])
        columns[name] = values
    since = {number: time[step == number][0] for number in np.unique(step)}
    return columns, np.array([moment - since[number] for moment, number in zip(rows, of_row, strict=True)])


def test_a_logger_that_notes_no_switching_loses_no_charge(cell):
    ways = ["Charge at 0.5C until 4.4 V vs Li", "Hold at 4.4 V vs Li until 0.05C", "Rest for 30 minutes"]
    clean = il.simulate(cell, protocol="; ".join([*ways, "Discharge at 1C until 2.5 V vs Li"])).data
    columns, since = at_even_intervals(clean, 60.0)
    columns["voltage_volt"] = columns["voltage_volt"] + np.random.default_rng(3).normal(0.0, 1e-3, len(since))
    passed = sum(part.charge for part in segments(clean))
    for record in (Record(columns), Record({**columns, "step_time_second": since})):
        parts = segments(record)
        assert [part.step.kind for part in parts] == ["charge", "hold", "rest", "discharge"]
        assert sum(part.charge for part in parts) == pytest.approx(passed, rel=0.01)
        found = il.fit(CELL, record, vary=[D, I0], starts=1, advice=False)
        assert found[D].low_95 < 2e-11 < found[D].high_95
        assert found.records[0].rms < 1.3e-3
    # where the record says when a step began, the switching is known; where it does not, it is not
    assert all(part.unsure == 0.0 for part in parts)
    assert [part.unsure for part in segments(Record(columns))] == pytest.approx([0.0, *[60.0 / 12**0.5] * 3])
    assert all(part.unsure == 0.0 for part in segments(clean))
