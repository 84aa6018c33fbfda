"""Twins for calibration: a cell with known parameters, its records with noise, and what a fit is told to vary."""

import numpy as np

import interlayer as il
from interlayer.records import Record

CELL = "wang2020_lnto450"
LIMITS = ("4.4 V vs Li", "2.5 V vs Li")
RATES = ("0.1C", "0.5C", "1C")
STATE = 0.55
"""Stoichiometry at which the spectrum is taken."""

# key of the cell file, unit, lowest and highest truth, and what the fit is told
PARAMETERS = (
    ("cathode.diffusivity", "cm2/s", 1e-11, 1e-10, ""),
    ("cathode.interface.exchange_current_density", "uA/cm2", 2.0, 20.0, "=0.05..500 uA/cm2"),
    ("cathode.interface.double_layer_capacitance", "uF/cm2", 5.0, 20.0, ""),
    ("cathode.ionic_conductivity", "mS/cm", 0.1, 0.5, ""),
    ("separator.conductivity", "mS/cm", 1.5, 4.0, ""),
    ("cathode.loading", "mg/cm2", 7.8, 9.0, "=6..11 mg/cm2"),
)
VARY = [key + told for key, _, _, _, told in PARAMETERS]


def draw_truth(rng):
    """Return one value per parameter, even on a logarithmic scale, each in its unit."""
    return [float(np.exp(rng.uniform(np.log(low), np.log(high)))) for _, _, low, high, _ in PARAMETERS]


def records_of(truth, rng, *, voltage_noise=1e-3, impedance_noise=0.005, gain=0.0):
    """Return three discharges and a spectrum of the cell with these parameters, with noise.

    `gain` is how far the current is off, relative.
    """
    changes = [f"{key}={value!r} {unit}" for (key, unit, *_), value in zip(PARAMETERS, truth, strict=True)]
    cell = il.load_cell(CELL, changes=changes)
    records = {}
    for rate in RATES:
        protocol = f"Charge at 0.1C until {LIMITS[0]}; Discharge at {rate} until {LIMITS[1]}"
        clean = il.simulate(cell, protocol=protocol).data
        columns = {name: np.array(values) for name, values in clean.columns.items() if "stoichiometry" not in name}
        columns["voltage_volt"] = columns["voltage_volt"] + rng.normal(0.0, voltage_noise, len(clean))
        # an instrument whose current is a little off, the same in all records
        columns["current_ampere"] = columns["current_ampere"] * (1.0 + gain)
        records[f"{rate}.csv"] = Record(columns)
    at_state = il.load_cell(CELL, changes=[*changes, f"cathode.initial_stoichiometry={STATE}"])
    spectrum = il.simulate(at_state, protocol="EIS from 1 MHz to 10 mHz with 6 points per decade").spectra[0]
    z = np.array(spectrum.real_impedance_ohm) + 1j * np.array(spectrum.imaginary_impedance_ohm)
    z = z + impedance_noise * np.abs(z) * (rng.normal(size=len(z)) + 1j * rng.normal(size=len(z)))
    records["eis.csv"] = Record(
        {
            "frequency_hertz": np.array(spectrum.frequency_hertz),
            "real_impedance_ohm": z.real,
            "imaginary_impedance_ohm": z.imag,
        }
    )
    return records
