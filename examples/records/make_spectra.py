"""Sample records of spectroscopy, diffraction, thermal analysis and line profiles, computed with known truth.

`python examples/records/make_spectra.py` writes them beside itself. `TRUTH` holds what went in; the noise is seeded.
Fractions of sulfur species are those that wang2021 gives for its bare and its coated cathode (sulfite + sulfate 22.72
and 11.06 %), exotherms lie where wang2020 saw its oxide crystallise; everything else is ours.
"""

from pathlib import Path

import numpy as np
from scipy.special import erf

from interlayer.measure.peak_shapes import gaussian, pseudo_voigt
from interlayer.measure.xps_lines import region
from interlayer.measure.xps_model import RegionModel
from interlayer.writing import write_whole

BARE = {"PS4": 0.4630, "polysulfide": 0.2000, "S8": 0.1098, "sulfite": 0.1000, "sulfate": 0.1272}
COATED = {"PS4": 0.5856, "polysulfide": 0.2000, "S8": 0.1038, "sulfite": 0.0500, "sulfate": 0.0606}
EDGE_EV = 6550.0
PEAKS = ((18.70, 0.15, 400.0), (36.70, 0.16, 150.0), (38.30, 0.17, 90.0), (38.65, 0.17, 90.0), (44.50, 0.20, 250.0))
EXOTHERMS = ((380.0, 6.0, 1.0), (410.0, 6.0, 0.8), (427.0, 5.0, 1.2))


def top_near(at: float) -> float:
    """Return where the sum of the exotherms is largest: the tail of a neighbour shifts an extremum."""
    temperature = np.arange(at - 5.0, at + 5.0, 0.001)
    heat = sum(height * np.exp(-0.5 * ((temperature - centre) / sigma) ** 2) for centre, sigma, height in EXOTHERMS)
    return float(temperature[np.argmax(heat)])


TRUTH = {
    "xps_s2p_bare": {"SOx_fraction": 22.72, "Sn_fraction": 30.98, "PS4_fraction": 46.30, "PS4_position": 161.3},
    "xps_s2p_coated": {"SOx_fraction": 11.06, "Sn_fraction": 30.38, "PS4_fraction": 58.56, "PS4_position": 161.3},
    "xas_shells": {"edge": EDGE_EV, "peak1_R": 1.5e-10, "peak2_R": 2.5e-10},
    "xrd_partly_amorphous": {"peak1_position": 18.70, "peak1_area": 400.0, "crystallinity": 100.0 * 980.0 / 3980.0},
    "thermal_crystallisation": {
        **{f"peak{k}_extremum": top_near(row[0]) for k, row in enumerate(EXOTHERMS, start=2)},
        "mass_step1_loss": 8.0,
        "mass_step2_end": 320.0,
    },
    "profile_coated_interface": {"Co_interface": 50e-9, "Co_width": 12e-9, "S_interface": 54e-9, "Si_thickness": 14e-9},
}
"""What went into each record, by the name and in the unit of the finding that gives it back."""


def sulfur(fractions: dict[str, float], seed: int) -> dict[str, np.ndarray]:
    lines = region("S 2p", list(fractions))
    energy = np.arange(157.0, 174.0, 0.1)
    model = RegionModel(lines, energy, "active-shirley")
    shares = [fractions[row.name] for row in lines.species]
    values = np.array([*shares, *(row.position_eV for row in lines.species), 1.2, 1.0, 0.3, 1.17, 0.0, 0.0])
    values[: len(shares)] *= 3000.0 / model.components(values).sum(axis=0).max()
    values[-2:] = 1500.0, 0.1
    counts = np.random.default_rng(seed).poisson(model.intensity(values))
    return {"binding_energy_electronvolt": energy, "intensity": counts}


def absorption(seed: int) -> dict[str, np.ndarray]:
    energy = np.concatenate(
        [np.arange(6350.0, 6530.0, 5.0), np.arange(6530.0, 6600.0, 0.5), np.arange(6600, 7100, 1.5)]
    )
    k = np.sqrt(np.maximum(energy - EDGE_EV, 0.0) * 0.2624682917)
    chi = np.exp(-0.01 * k**2) * (2.0 * np.sin(3.0 * k) + 3.0 * np.sin(5.0 * k)) / np.maximum(k, 1.0)
    step = 0.5 + np.arctan(energy - EDGE_EV) / np.pi
    smooth = 1.0 - 3e-4 * (energy - EDGE_EV) + 0.7 * step * (1.0 + 0.05 * np.cos(k / 4.0) + chi * (energy > EDGE_EV))
    noise = np.random.default_rng(seed).normal(0.0, 1e-4, len(energy))
    return {"photon_energy_electronvolt": energy, "absorption": smooth + noise}


def diffraction(seed: int) -> dict[str, np.ndarray]:
    angle = np.arange(12.0, 60.0, 0.02)
    counts = 200.0 - 1.0 * (angle - 36.0) + 3000.0 * gaussian(angle, 28.0, 9.0)
    for position, fwhm, area in PEAKS:
        counts = counts + area * pseudo_voigt(angle, position, fwhm, 0.5)
    return {"two_theta_degree": angle, "intensity": np.random.default_rng(seed).poisson(counts)}


def thermal(seed: int) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    temperature = np.arange(50.0, 600.0, 0.5)
    signal = 0.2 - 4e-4 * temperature + rng.normal(0.0, 0.01, len(temperature))
    for at, sigma, height in ((120.0, 10.0, -0.6), *EXOTHERMS):
        signal += height * np.exp(-0.5 * ((temperature - at) / sigma) ** 2)
    mass = (
        100.0
        - 8.0 / (1.0 + np.exp(-(temperature - 120.0) / 8.0))
        - 20.0 / (1.0 + np.exp(-(temperature - 300.0) / 10.0))
    )
    mass += rng.normal(0.0, 0.02, len(temperature))
    return {"temperature_celsius": temperature, "signal": signal, "mass_percent": mass}


def profile(seed: int) -> dict[str, np.ndarray]:
    x = np.arange(0.0, 100.0)

    def step(place: float, sigma: float) -> np.ndarray:
        return 0.5 * (1.0 + erf((x - place) / (np.sqrt(2.0) * sigma)))

    rng = np.random.default_rng(seed)
    counts = {
        "Co": 20.0 + 400.0 * (1.0 - step(50.0, 6.0)),
        "S": 15.0 + 300.0 * step(54.0, 4.0),
        "Si": 10.0 + 200.0 * (step(44.0, 3.0) - step(58.0, 3.0)),
    }
    return {"position_metre": 1e-9 * x, **{name: rng.poisson(values) for name, values in counts.items()}}


def records() -> dict[str, dict[str, np.ndarray]]:
    """Return the columns of every sample by the name of its file."""
    return {
        "xps_s2p_bare": sulfur(BARE, 1),
        "xps_s2p_coated": sulfur(COATED, 2),
        "xas_shells": absorption(3),
        "xrd_partly_amorphous": diffraction(4),
        "thermal_crystallisation": thermal(5),
        "profile_coated_interface": profile(6),
    }


def text_of(columns: dict[str, np.ndarray]) -> str:
    """Return a record as comma-separated text, seven significant digits where a column is not of whole numbers."""
    formats = ["d" if np.issubdtype(values.dtype, np.integer) else ".7g" for values in columns.values()]
    rows = [
        ",".join(format(value, form) for value, form in zip(row, formats, strict=True))
        for row in zip(*columns.values(), strict=True)
    ]
    return "\n".join([",".join(columns), *rows]) + "\n"


if __name__ == "__main__":
    for name, columns in records().items():
        write_whole(Path(__file__).parent / f"{name}.csv", text_of(columns))
