"""Instrument text becomes a record, or one line that says what is not known."""

import gzip
import random

import numpy as np
import pytest

from interlayer.errors import InputError
from interlayer.records import Record, delimited_text, read, write_record

PLAIN = "made by us\nfreq/Hz\tRe(Z)/Ohm\t-Im(Z)/Ohm\n1000\t10.5\t2.0\n100\t12.5\t4.0\n"
GAMRY = (
    "EXPLAIN\nTAG\tEISPOT\nZCURVE\tTABLE\n\tPt\tTime\tFreq\tZreal\tZimag\n\t#\ts\tHz\tohm\tohm\n"
    "\t0\t1\t1000\t10.5\t-2.0\n\t1\t2\t100\t12.5\t-4.0\n"
)
ZVIEW = "ZPLOT2 ASCII\n  Freq(Hz)\tZ'(a)\tZ''(b)\nEnd Comments\n1000\t10.5\t-2.0\n100\t12.5\t-4.0\n"
COMMA = "Frequency [kHz];Zreal [mOhm];-Zimag [mOhm]\n1,0;10500,0;2000,0\n0,1;12500,0;4000,0\n"
FILES = {"a.txt": PLAIN, "a.mpt": "EC-Lab ASCII FILE\nNb header lines : 3\n" + PLAIN.split("\n", 1)[1], "a.DTA": GAMRY}
FILES |= {"a.z": ZVIEW, "b.txt": COMMA}


@pytest.mark.parametrize("name", FILES)
def test_every_format_gives_the_same_spectrum(tmp_path, name):
    (tmp_path / name).write_text(FILES[name], encoding="utf-8")
    record = read(tmp_path / name)
    assert record.kind == "spectrum"
    assert len(record) == 2
    np.testing.assert_allclose(record["frequency_hertz"], [1000, 100])
    np.testing.assert_allclose(record["real_impedance_ohm"], [10.5, 12.5])
    np.testing.assert_allclose(record["imaginary_impedance_ohm"], [-2, -4])


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (PLAIN.replace("-Im", "Im"), "--sign"),
        (PLAIN.replace("/Ohm", "", 1), "states no unit"),
        (PLAIN.replace("/Hz", "/furlong"), "unit"),
        ("time/s\tEwe/V\tEcell/V\tI/mA\n0\t3\t3\t1\n", "several columns"),
        ("time/s\tEwe/V\tI/mA\n0\t3\t1\n", "--sign charge"),
        ("", "no table"),
    ],
)
def test_what_is_not_known_is_asked_for(tmp_path, text, says):
    (tmp_path / "a.txt").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=says):
        read(tmp_path / "a.txt")


def test_the_users_word_decides(tmp_path):
    (tmp_path / "a.txt").write_text("time/h\tEwe/V\tEcell/mV\tI/mA\n0\t3\t3100\t1\n1\t3\t3200\t1\n", encoding="utf-8")
    record = read(tmp_path / "a.txt", columns={"voltage_volt": "Ecell/mV"}, sign="discharge")
    np.testing.assert_allclose(record.voltage, [3.1, 3.2])
    np.testing.assert_allclose(record.current, [-1e-3, -1e-3])
    np.testing.assert_allclose(record.time, [0, 3600])


def test_a_broken_file_gives_a_record_or_one_line(tmp_path):
    draw = random.Random(5)
    for name, text in FILES.items():
        for _ in range(100):
            data = bytearray(text.encode())
            for _ in range(draw.randint(1, 4)):
                place = draw.randrange(len(data))
                data[place : place + draw.randint(0, 3)] = draw.randbytes(draw.randint(0, 3))
            (tmp_path / name).write_bytes(data)
            assert _record_or_line(tmp_path / name)


def _record_or_line(path):
    try:
        return isinstance(read(path), Record)
    except InputError as error:
        return "\n" not in str(error)


@pytest.mark.parametrize("heading", ["Ewe(mV)", "Ewe, mV", "Ewe_mV", "Ewe [mV]", "Ewe/mV"])
def test_a_unit_in_a_named_heading_counts(tmp_path, heading):
    (tmp_path / "a.txt").write_text(f"time/s\t{heading}\tI/A\n0\t3000\t1\n", encoding="utf-8")
    record = read(tmp_path / "a.txt", columns={"voltage_volt": heading}, sign="charge")
    np.testing.assert_allclose(record.voltage, [3.0])


def test_a_comma_that_may_part_thousands_is_not_guessed(tmp_path):
    path = tmp_path / "z.txt"
    path.write_text("freq/Hz;Re(Z)/Ohm;-Im(Z)/Ohm\n1,000;1,234;2,500\n2,000;1,300;2,600\n", encoding="utf-8")
    with pytest.raises(InputError, match="--decimal"):
        read(path)
    assert read(path, decimal=",").columns["real_impedance_ohm"].tolist() == [1.234, 1.3]
    assert read(path, decimal=".").columns["real_impedance_ohm"].tolist() == [1234.0, 1300.0]
    path.write_text("freq/Hz;Re(Z)/Ohm;-Im(Z)/Ohm\n1,0;1,234;2,500\n2,0;1,300;2,600\n", encoding="utf-8")
    assert read(path).columns["real_impedance_ohm"].tolist() == [1.234, 1.3]
    with pytest.raises(InputError, match="decimal mark"):
        read(path, decimal=";")


@pytest.mark.parametrize("name", FILES)
def test_a_packed_text_is_read_as_it_is(tmp_path, name):
    (tmp_path / f"{name}.gz").write_bytes(gzip.compress(FILES[name].encode()))
    np.testing.assert_allclose(read(tmp_path / f"{name}.gz")["real_impedance_ohm"], [10.5, 12.5])


def test_a_packed_record_of_ours_keeps_its_bits_and_metadata(tmp_path):
    columns = {"test_time_second": [0.0, 1 / 3], "voltage_volt": [3.0, 3.1], "current_ampere": [1e-3, 1 / 7]}
    write_record(Record(columns, {"origin": "simulated"}), tmp_path / "a.csv")
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress((tmp_path / "a.csv").read_bytes()))
    packed = read(tmp_path / "a.csv.gz")
    assert packed.current[1] == 1 / 7
    assert packed.metadata["origin"] == "simulated"


def test_what_is_no_packed_text_is_refused_in_a_line(tmp_path):
    (tmp_path / "a.csv.gz").write_bytes(b"test_time_second,voltage_volt\n")
    with pytest.raises(InputError, match="cannot read"):
        read(tmp_path / "a.csv.gz")
    (tmp_path / "b.txt.gz").write_bytes(gzip.compress(PLAIN.encode())[:-12])
    with pytest.raises(InputError, match="cannot read"):
        read(tmp_path / "b.txt.gz")
    for name in ("a.xlsx.gz", "a.gz", "a.mpr.gz"):
        (tmp_path / name).write_bytes(gzip.compress(b"x"))
        with pytest.raises(InputError, match=r"allowed endings.*csv\.gz"):
            read(tmp_path / name)


def test_a_packed_file_is_unpacked_to_a_limit_only(tmp_path, monkeypatch):
    monkeypatch.setattr(delimited_text.read_decoded, "__kwdefaults__", {"most": 1000})
    (tmp_path / "a.txt.gz").write_bytes(gzip.compress(PLAIN.encode() + b"1\t1\t1\n" * 100_000))
    with pytest.raises(InputError, match="holds more than 1000 bytes"):
        read(tmp_path / "a.txt.gz")


def test_plain_numbers_read_alike_by_both_ways(tmp_path, monkeypatch):
    draw = random.Random(3)
    rows = [f"{10 ** draw.uniform(-2, 6)!r}\t{draw.gauss(0, 1)!r}\t{draw.gauss(0, 1e-9):.17e}" for _ in range(500)]
    (tmp_path / "a.txt").write_text(PLAIN.split("1000")[0] + "\n".join(rows) + "\n", encoding="utf-8")
    at_once = read(tmp_path / "a.txt")
    monkeypatch.setattr(delimited_text, "_plain_rows", lambda *_: None)
    row_by_row = read(tmp_path / "a.txt")
    for name, values in at_once.columns.items():
        np.testing.assert_array_equal(values, row_by_row[name])


@pytest.mark.parametrize(
    "bad", ["nan\t1\t1", "1e999\t1\t1", "1\t1", "1\t1\t1\t1", "0x10\t1\t1", "1_000\t1\t1", "a\tb\tc"]
)
def test_a_row_that_is_none_is_named(tmp_path, bad):
    (tmp_path / "a.txt").write_text(PLAIN + bad + "\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"line 5|finite|infinite|inf"):
        read(tmp_path / "a.txt")


def test_one_word_for_the_sign_of_each_kind_serves_a_spectrum_and_a_series(tmp_path):
    (tmp_path / "a.txt").write_text(PLAIN.replace("-Im", "Im"), encoding="utf-8")
    (tmp_path / "b.txt").write_text("time/s\tEwe/V\tI/mA\n0\t3\t1\n1\t3\t1\n", encoding="utf-8")
    assert read(tmp_path / "a.txt", sign="discharge, -Im")["imaginary_impedance_ohm"][0] == -2.0
    assert read(tmp_path / "b.txt", sign="discharge, -Im").current[0] == -1e-3
    with pytest.raises(InputError, match="two things"):
        read(tmp_path / "b.txt", sign="discharge, charge")
    with pytest.raises(InputError, match=r"'Charge' is not known.*did you mean 'charge'"):
        read(tmp_path / "b.txt", sign="Charge")


def test_a_sign_does_not_touch_what_the_format_settles(tmp_path):
    (tmp_path / "a.csv").write_text("frequency_hertz,real_impedance_ohm,imaginary_impedance_ohm\n10,1,-2\n1,1,-3\n")
    for given in ({}, {"sign": "-Im"}, {"decimal": "."}):
        assert read(tmp_path / "a.csv", **given)["imaginary_impedance_ohm"][0] == -2.0


def test_one_heading_is_one_column(tmp_path):
    (tmp_path / "a.txt").write_text(PLAIN, encoding="utf-8")
    with pytest.raises(InputError, match=r"'freq/Hz' would be both"):
        read(tmp_path / "a.txt", columns={"real_impedance_ohm": "freq/Hz"})
    with pytest.raises(InputError, match="for two columns"):
        read(tmp_path / "a.txt", columns={"real_impedance_ohm": "freq/Hz", "imaginary_impedance_ohm": "freq/Hz"})
