"""Instrument text becomes a record, or one line that says what is not known."""

import random

import numpy as np
import pytest

from interlayer.errors import InputError
from interlayer.records import Record, read

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
