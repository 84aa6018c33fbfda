"""Each format of an instrument gives the numbers that were written into it."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest

from interlayer.errors import InputError
from interlayer.records import KINDS, Record, from_pybamm, read, write_record
from interlayer.records.binary_files import without_rounding

FOLDER = Path(__file__).parents[2] / "examples" / "records"
FORMATS = FOLDER / "formats"
SPECTRA = ("gamry_eis.DTA", "zview.z", "biologic.mpt", "decimal_comma.txt")
SERIES = {
    "gamry_cv.DTA": "charge",
    "maccor.txt": None,
    "arbin.csv": "charge",
    "land.txt": "charge",
    "neware.csv": "charge",
}
PATTERNS = {
    "xps.vms": ("photoelectron spectrum", "binding_energy_electronvolt", [164.6, 165.1, 165.6, 166.1, 166.6]),
    "xanes.xdi": ("absorption spectrum", "photon_energy_electronvolt", [6530.0, 6535.0, 6540.0, 6545.0, 6550.0]),
    "pattern.xy": ("diffraction pattern", "two_theta_degree", [18.0, 18.1, 18.2, 18.3, 18.4]),
    "dsc.txt": ("thermal scan", "temperature_celsius", [25.0, 26.0, 27.0, 28.0, 29.0]),
    "line.csv": ("line profile", "position_metre", [0.0, 1e-9, 2e-9, 3e-9, 4e-9]),
    "conductivity.csv": ("temperature series", "temperature_kelvin", [298.15, 308.15, 318.15, 328.15, 338.15]),
}


@pytest.mark.parametrize("name", SPECTRA)
def test_spectra(name):
    record = read(FORMATS / name)
    assert record.kind == "spectrum"
    np.testing.assert_allclose(record["frequency_hertz"], [1000.0, 100.0, 10.0, 1.0])
    np.testing.assert_allclose(record["real_impedance_ohm"], [10.5, 12.5, 16.0, 20.0])
    np.testing.assert_allclose(record["imaginary_impedance_ohm"], [-2.0, -4.0, -5.5, -3.0])


@pytest.mark.parametrize(("name", "sign"), SERIES.items())
def test_time_series(name, sign):
    record = read(FORMATS / name, sign=sign)
    np.testing.assert_allclose(record.time, [0.0, 1.0, 2.0, 3.0, 4.0])
    np.testing.assert_allclose(record.voltage, [3.6, 3.61, 3.62, 3.61, 3.6])
    np.testing.assert_allclose(record.current, [0.0, 1e-3, 1e-3, -1e-3, -1e-3])
    if sign is not None:
        with pytest.raises(InputError, match="--sign"):
            read(FORMATS / name)


@pytest.mark.parametrize(("name", "expected"), PATTERNS.items())
def test_patterns_scans_and_profiles(name, expected):
    kind, column, values = expected
    record = read(FORMATS / name)
    assert record.kind == kind
    np.testing.assert_allclose(record.columns[column], values)


def test_absorption_is_computed_from_the_counts_and_conductivity_from_its_unit():
    np.testing.assert_allclose(read(FORMATS / "xanes.xdi")["absorption"], [0.0, 0.201, 0.402, 0.603, 0.804], atol=1e-3)
    np.testing.assert_allclose(
        read(FORMATS / "conductivity.csv")["conductivity_siemens_per_metre"], [0.1, 0.14, 0.18, 0.22, 0.26]
    )
    assert list(read(FORMATS / "line.csv").columns) == ["position_metre", "Co", "S"]


def test_area_and_mass_are_said_and_never_guessed():
    record = read(FORMATS / "maccor.txt", area="0.785 cm2", mass="8.4 mg")
    assert record.metadata["area_m2"] == pytest.approx(0.785e-4)
    assert record.metadata["cathode_active_mass_kg"] == pytest.approx(8.4e-6)
    assert "area_m2" not in read(FORMATS / "maccor.txt").metadata
    with pytest.raises(InputError, match="no unit"):
        read(FORMATS / "maccor.txt", area="0.785")
    with pytest.raises(InputError, match="not positive"):
        read(FORMATS / "maccor.txt", mass="-1 mg")


def test_columns_without_headings_are_what_the_user_says(tmp_path):
    path = tmp_path / "pattern.xy"
    path.write_text("18.0 100\n18.1 120\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"no headings.*--kind"):
        read(path)
    record = read(path, kind="diffraction pattern")
    np.testing.assert_allclose(record["intensity"], [100.0, 120.0])
    with pytest.raises(InputError, match="no kind of record"):
        read(path, kind="diffraction")


def test_a_vamas_file_with_several_blocks_asks_which(tmp_path):
    lines = (FORMATS / "xps.vms").read_text(encoding="utf-8").splitlines()
    header, block = lines[:14], lines[15:-1]
    path = tmp_path / "two.vms"
    path.write_text("\n".join([*header, "2", *block, *["Co 2p", *block[1:]], "end"]), encoding="utf-8")
    with pytest.raises(InputError, match=r"2 blocks.*--block.*S 2p"):
        read(path)
    assert read(path, block="Co 2p").metadata["block"] == "Co 2p"
    assert read(path, block="1").metadata["block"] == "S 2p"
    with pytest.raises(InputError, match="no single block"):
        read(path, block="3")
    path.write_text("\n".join([*header, "1", *block[:-3]]), encoding="utf-8")
    with pytest.raises(InputError, match="ends in the middle"):
        read(path)


def test_a_spreadsheet_of_an_instrument_is_read_like_its_text(tmp_path):
    import openpyxl

    book = openpyxl.Workbook()
    for row in (("a note",), ("freq/Hz", "Re(Z)/mOhm", "-Im(Z)/Ohm"), (1000, 10500, 2.0), (100, 12500, 4.0)):
        book.active.append(row)
    book.save(tmp_path / "book.xlsx")
    record = read(tmp_path / "book.xlsx")
    np.testing.assert_allclose(record["real_impedance_ohm"], [10.5, 12.5])
    np.testing.assert_allclose(record["imaginary_impedance_ohm"], [-2.0, -4.0])


@pytest.mark.parametrize("ending", ["csv", "xlsx", "parquet"])
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_record_is_written_and_read_back(tmp_path, kind, ending):
    rng = np.random.default_rng(0)
    columns = {name: np.sort(rng.uniform(1.0, 2.0, 6)) for name in KINDS[kind]}
    if kind == "line profile":
        columns["Co"] = rng.uniform(1.0, 2.0, 6)
    path = write_record(Record(columns, {"cell": "a", "area_m2": 1e-4}), tmp_path / f"r.{ending}")
    again = read(path)
    assert again.kind == kind
    assert again.metadata["area_m2"] == 1e-4
    for name, values in columns.items():
        np.testing.assert_allclose(again.columns[name], values, rtol=1e-14)


def test_binary_files_say_what_they_need(tmp_path):
    (tmp_path / "a.ndax").write_bytes(b"broken")
    with pytest.raises(InputError, match=r"NewareNDA|cannot read"):
        read(tmp_path / "a.ndax")
    (tmp_path / "a.mpr").write_bytes(b"broken")
    with pytest.raises(InputError, match=r"galvani|cannot read"):
        read(tmp_path / "a.mpr")


def test_a_pybamm_solution_is_a_record_with_the_sign_turned():
    class Variable:
        def __init__(self, entries):
            self.entries = np.array(entries)

    solution = {
        "Time [s]": Variable([0.0, 1.0]),
        "Current [A]": Variable([1.0, 1.0]),
        "Voltage [V]": Variable([4.0, 3.9]),
    }
    record = from_pybamm(solution)
    np.testing.assert_allclose(record.current, [-1.0, -1.0])
    with pytest.raises(InputError, match="no PyBaMM solution"):
        from_pybamm({"Time [s]": Variable([0.0])})


def test_the_samples_are_what_their_script_makes(tmp_path):
    spec = importlib.util.spec_from_file_location("make_samples", FOLDER / "make_samples.py")
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    for name, text in script.formats().items():
        assert (FORMATS / name).read_text(encoding="utf-8") == text, name


def test_times_that_seem_to_run_back_by_rounding_do_not_and_others_still_do():
    steps = np.array([10741.2, 10742.50005, 10742.5, 10743.5])
    np.testing.assert_array_equal(without_rounding(steps), [10741.2, 10742.50005, 10742.50005, 10743.5])
    np.testing.assert_array_equal(without_rounding(np.array([10.0, 20.0, 5.0])), [10.0, 20.0, 5.0])
