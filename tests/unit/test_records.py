"""A record survives its files, refuses what is not one, and carries the names of the Battery Data Format."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interlayer.errors import InputError
from interlayer.records import COLUMNS, Record, read, write_record
from interlayer.records.files import metadata_path

METADATA = {"cell": "zelle-µ", "origin": "simulated", "area_m2": 7.85e-5, "cathode_active_mass_kg": 6.6e-6}


def cycle(current=1e-4):
    """Two steps of constant current: one hour in, one hour out."""
    hour = np.linspace(0.0, 3600.0, 31)
    return Record(
        {
            "test_time_second": np.concatenate([hour, 3600.0 + hour]),
            "voltage_volt": np.concatenate([np.linspace(3.0, 3.8, 31), np.linspace(3.7, 2.5, 31)]),
            "current_ampere": np.repeat([current, -current], 31),
            "step_count": np.repeat([1, 2], 31),
        },
        METADATA,
    )


@pytest.mark.parametrize("ending", [".csv", ".xlsx", ".parquet"])
def test_a_written_record_reads_back(tmp_path, ending):
    record = cycle()
    path = write_record(record, tmp_path / f"cell{ending}")
    back = read(path)
    assert list(back.columns) == list(record.columns)
    for name in record.columns:
        tolerance = 1e-15 if ending == ".xlsx" else 0.0  # a sheet keeps sixteen digits, the others every bit
        np.testing.assert_allclose(back[name], record[name], rtol=tolerance, atol=0.0)
        assert back[name].dtype == record[name].dtype
    assert dict(back.metadata) == METADATA


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(-1e6, 1e6, allow_subnormal=True), min_size=1, max_size=20))
def test_any_finite_float_survives_a_csv(tmp_path_factory, values):
    record = Record(dict.fromkeys(("test_time_second", "voltage_volt", "current_ampere"), np.array(values)))
    back = read(write_record(record, tmp_path_factory.mktemp("csv") / "r.csv"))
    assert np.array_equal(back.voltage, record.voltage)


def test_a_text_file_has_the_labels_of_the_format_as_its_header(tmp_path):
    path = write_record(cycle(), tmp_path / "r.csv")
    header = path.read_text(encoding="utf-8").splitlines()[0]
    assert header == "Test Time / s,Voltage / V,Current / A,Step Count / 1"
    assert b"\r" not in path.read_bytes()


def test_labels_and_names_follow_the_ontology():
    """A label is a title and a unit; the name says the same in lower case."""
    units = {"s": "second", "V": "volt", "A": "ampere", "Ah": "ah", "Wh": "wh"}
    for column in COLUMNS:
        title, unit = column.label.split(" / ")
        ending = f"_{units[unit]}" if unit != "1" else ""
        if column.standard:
            assert column.name == title.lower().replace(" ", "_") + ending


def test_headings_that_the_format_renamed_are_understood(tmp_path):
    path = tmp_path / "old.csv"
    path.write_text(
        "test_time_second,Voltage / V,Current / A,Step Capacity / Ah,Chiller\n0,3,0,0,on\n", encoding="utf-8"
    )
    record = read(path)
    assert record["step_cumulative_capacity_ah"].tolist() == [0.0]
    assert record["Chiller"].tolist() == ["on"]


def test_capacity_restarts_with_each_step_and_is_the_integral_of_the_current():
    record = cycle(current=1e-4)
    for step in record.iter_steps():
        assert step.capacity[0] == 0.0
        assert step.capacity[-1] == pytest.approx(1e-4, rel=1e-12)
    assert record.capacity[31] == 0.0
    assert record.specific_capacity[-1] == pytest.approx(1e-4 / 6.6e-6, rel=1e-12)


def test_columns_cannot_be_written_to():
    record = cycle()
    with pytest.raises(ValueError, match="read-only"):
        record.voltage[0] = 0.0
    with pytest.raises(TypeError):
        record.columns["voltage_volt"] = record.voltage


@pytest.mark.parametrize(
    ("columns", "problem"),
    [
        ({"test_time_second": [0.0], "voltage_volt": [3.0]}, "no column 'Current / A'"),
        ({"test_time_second": [0.0, 1.0], "voltage_volt": [3.0], "current_ampere": [0.0, 0.0]}, "voltage_volt"),
        ({"test_time_second": [0.0], "voltage_volt": [np.nan], "current_ampere": [0.0]}, "not a finite number"),
    ],
)
def test_what_is_no_record_is_refused(columns, problem):
    with pytest.raises(InputError, match=problem):
        Record(columns)


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("r.doc", b"", "allowed endings"),
        ("r.xlsx", b"not a zip", "cannot read"),
        ("r.parquet", b"PAR0", "cannot read"),
        ("r.csv", b"", "no table of numbers"),
        ("r.csv", b"Test Time / s,Voltage / V,Current / A\n0,three,0\n", "not a number"),
        ("r.csv", b"Voltage / V,voltage_volt\n1,2\n", "twice"),
    ],
)
def test_a_file_that_is_no_record_gives_one_line(tmp_path, name, content, problem):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(InputError, match=problem) as caught:
        read(path)
    assert "\n" not in str(caught.value)


def test_a_file_that_is_not_there_gives_one_line(tmp_path):
    with pytest.raises(InputError, match="no file"):
        read(tmp_path / "nothing.csv")


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch):
    path = write_record(cycle(), tmp_path / "r.parquet")
    before = path.read_bytes()

    def broken(*_):
        raise OSError("disk full")

    monkeypatch.setattr("os.replace", broken)
    with pytest.raises(InputError, match="cannot write"):
        write_record(cycle(2e-4), path)
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["r.parquet"]


def test_metadata_of_a_csv_lie_beside_it():
    assert metadata_path(Path("a.b.csv")) == Path("a.b.metadata.json")


def test_the_figure_has_a_line_per_step_and_the_unit_the_mass_allows():
    with_mass = cycle().plot().axes[0]
    assert len(with_mass.lines) == 2
    assert "mAh g" in with_mass.get_xlabel()
    without = Record(cycle().columns, {}).plot().axes[0]
    assert without.get_xlabel() == "capacity / mAh"
    assert without.lines[0].get_xdata()[-1] == pytest.approx(0.1)
