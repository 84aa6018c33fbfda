"""Sample records of cells with known truth, and the same few points as instruments write them.

    python examples/records/make_samples.py [FOLDER]

The titration, the spectrum and the voltammogram are this project's own simulations of a thin-film cell with seeded
noise; what went into them stands in the metadata beside each file. The fixtures in `formats` are written by hand.
"""

import math
import sys
from pathlib import Path

import numpy as np

from interlayer.cell import changed_cell, load_cell
from interlayer.measure.circuit_fit import circuit_impedance
from interlayer.records import Record, write_record
from interlayer.simulation import simulate
from interlayer.simulation.parameters import cell_parameters

HERE = Path(__file__).parent
CELL = "tan2021_lipon"
FILM = ["cathode.interface.exchange_current_density=1 A/cm2", "separator.0.thickness=40 um"]
PELLET = {"R1": 1480.0, "CPE1_Q": 6.0e-11, "CPE1_alpha": 0.96, "CPE2_Q": 1.1e-6, "CPE2_alpha": 0.88}
COATED = "wang2020_lnto450"
COATED_TRUTH = {
    "cathode.diffusivity": "2e-11 cm2/s",
    "cathode.interface.exchange_current_density": "4 uA/cm2",
    "separator.conductivity": "2.4 mS/cm",
    "cathode.loading": "8.1 mg/cm2",
}
"""What the records for `interlayer fit` were made with; the shipped cell file says something else."""
STATE = 0.55
ENERGY_EV, PREFACTOR_S_K_PER_M = 0.33, 1.2e7


def film():
    """Return the cell of the samples, and its true diffusivity, diffusion length and resistance."""
    import interlayer as il

    cell = changed_cell(load_cell(CELL), FILM)
    positive = cell_parameters(cell).positive
    truth = {
        "diffusivity_cm2_per_s": positive.diffusivity * 1e4,
        "diffusion_length_m": positive.length,
        "shape": "film",
        "resistance_ohm": il.resistance(cell).known_total_ohm_cm2,
    }
    return cell, truth


def time_series(record, truth, *, voltage=0.0, current=0.0, seed=0):
    """Return the record with noise, rounded as an instrument would, and the truth in its metadata."""
    rng = np.random.default_rng(seed)
    flowing = record.current != 0.0
    columns = {
        "test_time_second": np.round(record.time, 4),
        "voltage_volt": np.round(record.voltage + voltage * rng.normal(size=len(record)), 6),
        "current_ampere": np.round(record.current + current * flowing * rng.normal(size=len(record)), 11),
    }
    return Record(columns, {**record.metadata, "truth": truth})


def for_fit():
    """Return two discharges and a spectrum of one coated cell by name, with 1 mV and 0.5 % of noise."""
    changes = [f"{key}={value}" for key, value in COATED_TRUTH.items()]
    cell = changed_cell(load_cell(COATED), changes)
    found = {}
    for seed, (name, rate) in enumerate((("fit_slow", "0.1C"), ("fit_fast", "1C")), start=11):
        protocol = f"Charge at 0.1C until 4.4 V vs Li; Discharge at {rate} until 2.5 V vs Li"
        clean = simulate(cell, protocol=protocol).data
        noisy = time_series(clean, COATED_TRUTH, voltage=1e-3, seed=seed)
        found[name] = Record({**noisy.columns, "step_count": clean["step_count"]}, noisy.metadata)
    at_state = changed_cell(cell, [f"cathode.initial_stoichiometry={STATE}"])
    clean = simulate(at_state, protocol="EIS from 1 MHz to 10 mHz with 6 points per decade").spectra[0]
    z = np.array(clean.real_impedance_ohm) + 1j * np.array(clean.imaginary_impedance_ohm)
    rng = np.random.default_rng(13)
    z = z + 0.005 * np.abs(z) * (rng.normal(size=len(z)) + 1j * rng.normal(size=len(z)))
    columns = {
        "frequency_hertz": np.array(clean.frequency_hertz),
        "real_impedance_ohm": z.real,
        "imaginary_impedance_ohm": z.imag,
    }
    rounded = {name: np.array([float(f"{value:.6g}") for value in values]) for name, values in columns.items()}
    metadata = {"cell": COATED, "area_m2": 0.785e-4, "positive_stoichiometry": STATE, "truth": COATED_TRUTH}
    return {**found, "fit_spectrum": Record(rounded, metadata)}


def records():
    """Return the sample records by name."""
    cell, truth = film()
    half = ["Charge at 0.2C for 2 hours", "Rest for 2 hours"]
    pulses = {"kind": "gitt", "direction": "charge", "rate": "0.1C", "pulse": "1 min", "rest": "10 min", "pulses": 8,
              "until": "the upper limit"}  # fmt: skip
    sweeps = {
        "kind": "cv",
        "scan_rate": "0.1 mV/s",
        "upper": "the upper limit",
        "lower": "the lower limit",
        "cycles": 2,
    }
    titration = simulate(cell, protocol={"steps": [*half, pulses]}).data
    voltammogram = simulate(cell, protocol={"steps": [sweeps]}).data
    rng = np.random.default_rng(3)
    frequency = np.geomspace(7e6, 0.1, 70)
    clean = circuit_impedance("p(R1,CPE1)-CPE2", list(PELLET.values()), frequency)
    noise = rng.normal(size=70) + 1j * rng.normal(size=70)
    measured = clean + 0.005 * np.abs(clean) * noise
    temperature = np.arange(253.15, 354.0, 10.0)
    conductivity = PREFACTOR_S_K_PER_M / temperature * np.exp(-ENERGY_EV / (8.617333262e-5 * temperature))
    return {
        "gitt_film": time_series(titration, truth, voltage=2e-5, seed=1),
        "cv_film": time_series(voltammogram, truth, current=2e-8, seed=2),
        "eis_pellet": Record(
            {
                "frequency_hertz": np.array([float(f"{value:.7g}") for value in frequency]),
                "real_impedance_ohm": np.array([float(f"{value:.7g}") for value in measured.real]),
                "imaginary_impedance_ohm": np.array([float(f"{value:.7g}") for value in measured.imag]),
            },
            {"cell": "a pellet between blocking electrodes", "area_m2": 0.785e-4, "truth": PELLET},
        ),
        "arrhenius_pellet": Record(
            {
                "temperature_kelvin": temperature,
                "conductivity_siemens_per_metre": np.array(
                    [float(f"{value:.4g}") for value in conductivity * np.exp(0.03 * rng.normal(size=len(temperature)))]
                ),
            },
            {"cell": "a pellet", "truth": {"activation_energy_eV": ENERGY_EV}},
        ),
        **for_fit(),
    }


def formats():
    """Return the text of each fixture by file name: four frequencies or points each, the same in every format."""
    points = [(1000.0, 10.5, -2.0), (100.0, 12.5, -4.0), (10.0, 16.0, -5.5), (1.0, 20.0, -3.0)]
    rows = [(0.0, 3.6, 0.0), (1.0, 3.61, 1e-3), (2.0, 3.62, 1e-3), (3.0, 3.61, -1e-3), (4.0, 3.6, -1e-3)]
    tab = "\t".join

    def lines(head, body):
        return "\n".join([*head, *body]) + "\n"

    gamry = [tab(["", str(n), str(n), f"{f:g}", f"{re:g}", f"{im:g}"]) for n, (f, re, im) in enumerate(points)]
    curve = [tab(["", str(n), f"{t:g}", f"{v:g}", f"{i:g}"]) for n, (t, v, i) in enumerate(rows)]
    states = ["R", "C", "C", "D", "D"]
    vamas_header = [
        "VAMAS Surface Chemical Analysis Standard Data Transfer Format 1988 May 4", "us", "none", "us", "a fixture",
        "0", "NORM", "REGULAR", "1", "0", "0", "0", "0", "0", "1",
    ]  # fmt: skip
    vamas_block = [
        "S 2p", "pellet", "2026", "1", "1", "0", "0", "0", "0", "0", "XPS", "Al", "1486.6", "100", "1", "1", "54", "0",
        "FAT", "20", "1", "4.5", "0", "1", "1", "45", "0", "S", "2p", "-1", "kinetic energy", "eV", "1320", "0.5", "1",
        "counts", "d", "pulse counting", "1", "1", "0", "0", "0", "0", "0", "5", "100", "900", "100", "300", "900",
        "400", "120",
    ]  # fmt: skip
    return {
        "gamry_eis.DTA": lines(
            ["EXPLAIN", "TAG\tEISPOT", "ZCURVE\tTABLE", "\tPt\tTime\tFreq\tZreal\tZimag", "\t#\ts\tHz\tohm\tohm"], gamry
        ),
        "gamry_cv.DTA": lines(
            ["EXPLAIN", "TAG\tCV", "CURVE1\tTABLE\t5", "\tPt\tT\tVf\tIm", "\t#\ts\tV vs. Ref.\tA"], curve
        ),
        "zview.z": lines(
            ["ZPLOT2 ASCII", "  Freq(Hz)\tZ'(a)\tZ''(b)", "End Comments"],
            [tab([f"{f:g}", f"{re:g}", f"{im:g}"]) for f, re, im in points],
        ),
        "biologic.mpt": lines(
            ["EC-Lab ASCII FILE", "Nb header lines : 3", "freq/Hz\tRe(Z)/Ohm\t-Im(Z)/Ohm\tcycle number"],
            [tab([f"{f:.6E}", f"{re:.6E}", f"{-im:.6E}", "1"]) for f, re, im in points],
        ),
        "decimal_comma.txt": lines(
            ["measured by us", "Frequency [kHz];Zreal [mOhm];-Zimag [mOhm]"],
            [f"{f / 1e3:.4f};{re * 1e3:.1f};{-im * 1e3:.1f}".replace(".", ",") for f, re, im in points],
        ),
        "maccor.txt": lines(
            ["Today's Date\t01/01/2026", "Rec#\tCyc#\tStep\tTest (Sec)\tStep (Sec)\tAmp-hr\tAmps\tVolts\tState"],
            [tab([str(n), "1", "1", f"{t:g}", f"{t:g}", "0", f"{abs(i):g}", f"{v:g}", state])
             for n, ((t, v, i), state) in enumerate(zip(rows, states, strict=True))],
        ),
        "arbin.csv": lines(
            ["Data_Point,Date_Time,Test_Time(s),Step_Index,Cycle_Index,Current(A),Voltage(V)"],
            [f"{n},2026-01-01 00:00:0{n},{t:g},1,1,{i:g},{v:g}" for n, (t, v, i) in enumerate(rows)],
        ),
        "land.txt": lines(
            ["Cycle-Index\tTestTime/s\tVoltage/V\tCurrent/mA\tMode"],
            [tab(["1", f"{t:g}", f"{v:g}", f"{i * 1e3:g}", "C"]) for t, v, i in rows],
        ),
        "neware.csv": lines(
            ["DataPoint,Cycle Index,Step Index,Step Type,Total Time(s),Current(mA),Voltage(V)"],
            [f"{n},1,1,CC Chg,{t:g},{i * 1e3:g},{v:g}" for n, (t, v, i) in enumerate(rows)],
        ),
        "xps.vms": lines(vamas_header, [*vamas_block, "end of experiment"]),
        "xanes.xdi": lines(
            ["# XDI/1.0", "# Column.1: energy eV", "# Column.2: i0", "# Column.3: itrans", "# ///", "#----"],
            [f"{6530 + 5 * n} {1000 + n} {1000 * math.exp(-0.2 * n):.3f}" for n in range(5)],
        ),
        "pattern.xy": lines(["2theta [deg]\tIntensity"], [f"{18 + 0.1 * n:.1f}\t{100 + 7 * n}" for n in range(5)]),
        "dsc.txt": lines(["Temperature/°C\tDSC\tMass/%"], [f"{25 + n}\t{0.1 * n:.2f}\t{100 - n}" for n in range(5)]),
        "line.csv": lines(["Position [nm],Co,S"], [f"{n},{100 - 20 * n},{20 * n}" for n in range(5)]),
        "conductivity.csv": lines(
            ["Temperature [°C],Conductivity [mS/cm]"], [f"{25 + 10 * n},{1.0 + 0.4 * n:.1f}" for n in range(5)]
        ),
    }  # fmt: skip


def main():
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE
    for name, record in records().items():
        write_record(record, folder / f"{name}.csv")
    for name, text in formats().items():
        (folder / "formats").mkdir(parents=True, exist_ok=True)
        (folder / "formats" / name).write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
