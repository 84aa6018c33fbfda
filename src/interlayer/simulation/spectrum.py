"""An impedance spectrum: frequencies, impedances of the cell in ohm, and the area they belong to."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure


@dataclass(frozen=True, eq=False)
class Spectrum:
    """`frequency` (F,) in Hz, `impedance` (F,) of the cell in ohm (negative imaginary: capacitive), `area` in m2."""

    frequency: NDArray[np.float64]
    impedance: NDArray[np.complex128]
    area: float

    def frame(self) -> "pd.DataFrame":
        """Return the spectrum as a pandas table, in ohm of the cell and ohm cm2 of electrode."""
        import pandas as pd

        per_area = self.impedance * self.area * 1e4
        return pd.DataFrame(
            {
                "frequency_hertz": self.frequency,
                "real_impedance_ohm": self.impedance.real,
                "imaginary_impedance_ohm": self.impedance.imag,
                "real_impedance_ohm_cm2": per_area.real,
                "imaginary_impedance_ohm_cm2": per_area.imag,
            }
        )

    def plot(self) -> "Figure":
        """Return Nyquist (equal axes, -Im up) and Bode plots as a matplotlib figure."""
        return spectra_figure([self], [""])


def spectra_figure(spectra: "list[Spectrum]", names: list[str]) -> "Figure":
    """Draw spectra over each other: Nyquist with equal axes and -Im up, magnitude and phase against frequency."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8.0, 3.8), dpi=150, layout="constrained")
    nyquist, bode = figure.subplots(1, 2)
    phase = bode.twinx()
    for i, (spectrum, name) in enumerate(zip(spectra, names, strict=True)):
        z = spectrum.impedance * spectrum.area * 1e4
        shade = 1.0 - 0.65 * i / max(len(spectra) - 1, 1)
        nyquist.plot(z.real, -z.imag, "o-", color="#0072b2", markersize=2.5, linewidth=1.0, alpha=shade, label=name)
        bode.loglog(spectrum.frequency, np.abs(z), color="#0072b2", linewidth=1.3, alpha=shade)
        phase.semilogx(spectrum.frequency, -np.angle(z, deg=True), color="#d55e00", linewidth=1.0, alpha=shade)
    # the line of diffusion may dwarf the arcs: the window is that of the arcs and as much again of the line
    shown = [z for s in spectra for z in (s.impedance * s.area * 1e4)[s.frequency >= 1e-2]] or [0j]
    right, top = 1.05 * max(z.real for z in shown), 1.05 * max(-z.imag for z in shown)
    size = max(right, top, 1e-12)
    nyquist.set_xlim(0.0, size)
    nyquist.set_ylim(min(0.0, 1.05 * min(-z.imag for z in shown)), size)
    nyquist.set_aspect("equal")
    nyquist.set_xlabel("Re Z (ohm cm$^2$)")
    nyquist.set_ylabel("-Im Z (ohm cm$^2$)")
    bode.set_xlabel("frequency (Hz)")
    bode.set_ylabel("|Z| (ohm cm$^2$)", color="#0072b2")
    phase.set_ylabel("-phase (degree)", color="#d55e00")
    if any(names):
        nyquist.legend(frameon=False, fontsize=7)
    return figure
