"""Broken files: every mutation of a fixture gives a record or one line, in bounded time and memory, and no wrong unit.

python tests/integration/test_reader_fuzz.py 5000
"""

import gc
import importlib.util
import io
import json
import random
import resource
import sys
import time
import zipfile
from pathlib import Path

import numpy as np
import pytest

from interlayer.errors import InputError
from interlayer.records import Record, read

FOLDER = Path(__file__).parents[2] / "examples" / "records"
UNITS = {
    "mA": ("A", 1e3), "A": ("mA", 1e-3), "mOhm": ("Ohm", 1e3), "Ohm": ("mOhm", 1e-3), "kHz": ("Hz", 1e-3),
    "Hz": ("kHz", 1e3), "nm": ("um", 1e3), "mS/cm": ("S/cm", 1e3), "s": ("min", 60.0), "V": ("mV", 1e-3),
    "eV": ("keV", 1e3),
}  # fmt: skip
SLOWEST_S = 5.0
MOST_MEGABYTES = 500.0


def fixtures():
    """Return the bytes of each fixture, and of a workbook and a parquet file with the same numbers."""
    found = {path.name: path.read_bytes() for path in sorted((FOLDER / "formats").iterdir())}
    for path in FOLDER.glob("*.csv"):
        found[path.name] = b"\n".join(path.read_bytes().splitlines()[:40])
    spec = importlib.util.find_spec("openpyxl")
    if spec is not None:
        import openpyxl

        book = openpyxl.Workbook()
        for row in (("freq/Hz", "Re(Z)/Ohm", "-Im(Z)/Ohm"), (1000, 10.5, 2.0), (100, 12.5, 4.0)):
            book.active.append(row)
        buffer = io.BytesIO()
        book.save(buffer)
        found["book.xlsx"] = buffer.getvalue()
    import pandas

    buffer = io.BytesIO()
    pandas.DataFrame({"Test Time / s": [0.0, 1.0], "Voltage / V": [3.0, 3.1], "Current / A": [0.0, 0.1]}).to_parquet(
        buffer
    )
    found["table.parquet"] = buffer.getvalue()
    return found


def mutated(data, draw):
    """Return the bytes after one to four random changes."""
    data = bytearray(data)
    for _ in range(draw.randint(1, 4)):
        way = draw.randrange(12)
        place = draw.randrange(max(len(data), 1))
        lines = data.split(b"\n")
        if way == 0 and data:
            data[place] = draw.randrange(256)
        elif way == 1:
            del data[place:]
        elif way == 2:
            data[place:place] = draw.randbytes(draw.randint(1, 8))
        elif way == 3:
            data = data.replace(
                *draw.choice([(b"\t", b";"), (b",", b"\t"), (b".", b","), (b"\n", b"\r\n"), (b";", b" ")])
            )
        elif way == 4:
            data = bytearray(b"\n".join(lines[: len(lines) // 2] * 2))
        elif way == 5:
            data[place:place] = draw.choice(
                [b"nan", b"inf", b"1e999", b"-1e308", b"9" * 400, b"0x10", b"1_000", b"--1"]
            )
        elif way == 6:
            k = draw.randrange(len(lines))
            lines[k] = draw.choice([b"", b"\t" * 700, b"a,b,c", b"\x00", lines[k] * 3])
            data = bytearray(b"\n".join(lines))
        elif way == 7:
            data = bytearray(draw.choice([b"\xff\xfe", b"\xef\xbb\xbf", b"\xfe\xff"]) + bytes(data))
        elif way == 8:
            draw.shuffle(lines)
            data = bytearray(b"\n".join(lines))
        elif way == 9:
            data = bytearray(bytes(data).decode("latin-1").encode("utf-16"))
        elif way == 10:
            data = bytearray(bytes(data) * draw.randint(2, 40))
        else:
            data = data.replace(b"/", b" [").replace(b"Ohm", "Ω".encode()) if draw.random() < 0.5 else data.upper()
    return bytes(data)


def read_or_line(path, **given):
    """Return the record, or None where one clear line says why there is none; anything else raises."""
    try:
        record = read(path, **given)
    except InputError as error:
        message = str(error)
        if "\n" in message or not message.strip() or len(message) > 2000:
            raise AssertionError(f"not one clear line: {message!r}") from error
        return None
    assert isinstance(record, Record)
    for values in record.columns.values():
        assert len(values) == len(record)
    return record


def wrong_units(data, name, folder):
    """Return the unit changes of headings that change neither the numbers by their factor nor are refused."""
    wrong = []
    path = folder / name
    path.write_bytes(data)
    given = {"sign": "charge"} if name.split(".")[0] in ("arbin", "land", "neware", "gamry_cv") else {}
    before = read_or_line(path, **given)
    if before is None:
        return wrong
    for unit, (other, factor) in UNITS.items():
        if unit == "s" and before.kind == "spectrum":
            continue  # a spectrum has no time to be wrong
        for opening, closing in (
            (b"[", b"]"),
            (b"(", b")"),
            (b"/", b"\t"),
            (b"/", b","),
            (b"/", b"\n"),
            (b"\t", b"\t"),
        ):
            old, new = opening + unit.encode() + closing, opening + other.encode() + closing
            if data.count(old) != 1:
                continue
            path.write_bytes(data.replace(old, new))
            after = read_or_line(path, **given)
            if after is None:
                continue
            ratios = set()
            for column, values in before.columns.items():
                known = np.abs(np.asarray(values, dtype=float)) > 0.0
                if column in after.columns and known.any() and len(after) == len(before):
                    ratios |= set(np.round(np.asarray(after.columns[column], dtype=float)[known] / values[known], 9))
            if not any(abs(ratio / factor - 1.0) < 1e-6 for ratio in ratios):
                wrong.append(f"{name}: {old!r} to {new!r} changed the numbers by {sorted(ratios)[:4]}")
    return wrong


def bombs(folder):
    """Return files that are small and unpack to much, or are deep or wide."""
    zipped = folder / "bomb.xlsx"
    with zipfile.ZipFile(zipped, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        for n in range(3):
            archive.writestr(f"xl/worksheets/sheet{n}.xml", b"0" * 100_000_000)
    wide = folder / "wide.txt"
    wide.write_text("\t".join(["1"] * 200_000) + "\n" + "\t".join(["2"] * 200_000), encoding="utf-8")
    long = folder / "long.txt"
    long.write_text("time/s\tEwe/V\tI/mA\n" + "1\t3\t1\n" * 1_300_000, encoding="utf-8")
    deep = folder / "deep.csv"
    deep.write_text("time/s,Ewe/V,I/mA\n" + "(" * 1_000_000, encoding="utf-8")
    return [zipped, wide, long, deep]


def run(count, folder, *, show=False):
    """Return how the mutations went: crashes, the slowest, the growth of memory, wrong units."""
    draw = random.Random(20261121)
    data = fixtures()
    crashes, slowest, records = [], 0.0, 0
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for number in range(count):
        name = draw.choice(sorted(data))
        path = folder / name
        path.write_bytes(mutated(data[name], draw))
        begun = time.perf_counter()
        try:
            given = draw.choice([{}, {"sign": "charge"}, {"decimal": ","}, {"kind": "spectrum"}])
            records += read_or_line(path, **given) is not None
        except Exception as error:  # what a reader must never do is counted, not raised
            crashes.append(f"{name} ({number}): {type(error).__name__}: {error}"[:300])
        slowest = max(slowest, time.perf_counter() - begun)
        if show and number % 500 == 499:
            print(f"{number + 1} files, {len(crashes)} crashes", file=sys.stderr, flush=True)
    wrong = [line for name, one in data.items() for line in wrong_units(one, name, folder)]
    for path in bombs(folder):
        begun = time.perf_counter()
        try:
            read_or_line(path)
        except Exception as error:
            crashes.append(f"{path.name}: {type(error).__name__}: {error}"[:300])
        slowest = max(slowest, time.perf_counter() - begun)
        gc.collect()
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024.0
    return {
        "files": count, "records": records, "crashes": crashes, "slowest_s": slowest, "memory_MB": grown,
        "wrong_units": wrong,
    }  # fmt: skip


@pytest.mark.skipif(sys.platform == "win32", reason="memory is counted by getrusage")
def test_broken_files_give_a_record_or_one_line(tmp_path):
    found = run(400, tmp_path)
    assert found["crashes"] == []
    assert found["wrong_units"] == []
    assert found["slowest_s"] < SLOWEST_S
    assert found["memory_MB"] < MOST_MEGABYTES
    assert found["records"] > 20  # not everything is refused


if __name__ == "__main__":
    import tempfile

    with tempfile.TemporaryDirectory() as place:
        print(json.dumps(run(int(sys.argv[1]) if len(sys.argv) > 1 else 5000, Path(place), show=True), indent=2))
