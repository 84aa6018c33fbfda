"""First shells of EXAFS with computed scattering paths, through larch (extra ``larch``, about 2.4 GB)."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from interlayer.errors import InputError, shown
from interlayer.measure.finding import Finding

Array = NDArray[np.float64]

_ANGSTROM: Final = 1e-10
_REFERENCES: Final = ["newville2013", "newville2014"]
_MISSING: Final = (
    "fitting shells needs larch, which is not installed: pip install 'interlayer[larch]' (about 2.4 GB); without "
    "feff_files the peaks of |chi(R)| need nothing more"
)


def fit_shells(
    energy: Array,
    absorption: Array,
    feff_files: Sequence[str],
    *,
    k_range: tuple[float, float],
    k_weight: int,
    edge_eV: float,
    r_range: tuple[float, float] | None = None,
) -> tuple[list[Finding], list[str]]:
    """Fit one shell per FEFF path file; return R, sigma^2 and N S0^2 of each, and one energy shift.

    chi(k) = sum N S0^2 f(k) exp(-2 R/lambda - 2 k^2 sigma^2) sin(2kR + phase)/(k R^2) with f, phase and lambda of the
    path files; energies in eV, `k_range` in 1/angstrom, `r_range` in angstrom (from 1 to the longest path and 0.5 more
    unless given). Larch's uncertainties are one sigma with correlations, from the misfit. Raises InputError where larch
    is not installed, a file is none and more parameters than independent points are asked for.
    """
    paths = [Path(name) for name in feff_files]
    for path in paths:
        if not path.is_file():
            raise InputError(f"no file {shown(str(path))}; a path of FEFF is a file like feff0001.dat")
    try:
        from larch import Group
        from larch.fitting import guess, param_group
        from larch.xafs import autobk, feffit, feffit_dataset, feffit_transform, feffpath
    except ImportError:
        raise InputError(_MISSING) from None
    group = Group(energy=energy, mu=absorption)
    autobk(group, e0=edge_eV, rbkg=1.0, kweight=k_weight)
    shells, parameters = [], {"shift": guess(0.0)}
    for number, path in enumerate(paths, start=1):
        try:
            shell = feffpath(
                str(path),
                s02=f"amplitude_{number}",
                e0="shift",
                deltar=f"longer_{number}",
                sigma2=f"spread_{number}",
                degen=1,
            )
        except (ValueError, IndexError, TypeError, AttributeError, KeyError):
            raise InputError(f"{shown(str(path))} is no path file of FEFF") from None
        shells.append(shell)
        parameters |= {
            f"amplitude_{number}": guess(4.0, min=0.0),
            f"longer_{number}": guess(0.0, min=-0.5, max=0.5),
            f"spread_{number}": guess(0.005, min=0.0, max=0.05),
        }
    low, high = r_range or (1.0, max(float(shell.reff) for shell in shells) + 0.5)
    independent = 2.0 * (high - low) * (k_range[1] - k_range[0]) / np.pi
    if len(parameters) >= independent:
        raise InputError(
            f"{len(shells)} shells have {len(parameters)} parameters; the data have {independent:.1f} independent "
            "points there: fit fewer shells or a longer k range"
        )
    transform = feffit_transform(
        kmin=k_range[0], kmax=k_range[1], kweight=k_weight, dk=1.0, window="hanning", rmin=low, rmax=high
    )
    data = feffit_dataset(data=group, transform=transform, paths=shells)
    result = feffit(param_group(**parameters), [data])
    return _findings(result, shells), _warnings(result, independent, len(parameters))


def _findings(result: Any, shells: Sequence[Any]) -> list[Finding]:
    fitted = result.params
    method = "shell fit in R with a FEFF path, larch"
    found = []
    for number, shell in enumerate(shells, start=1):
        rows = (
            ("R", float(shell.reff), fitted[f"longer_{number}"], _ANGSTROM, "m"),
            ("sigma2", 0.0, fitted[f"spread_{number}"], _ANGSTROM**2, "m2"),
            ("N_S02", 0.0, fitted[f"amplitude_{number}"], 1.0, ""),
        )
        found += [
            _finding(f"shell{number}_{name}", (base + entry.value) * unit, entry.stderr, unit, text, method)
            for name, base, entry, unit, text in rows
        ]
    shift = fitted["shift"]
    return [*found, _finding("energy_shift", shift.value, shift.stderr, 1.0, "eV", method)]


def _finding(name: str, value: float, sigma: float | None, scale: float, unit: str, method: str) -> Finding:
    known: dict[str, Any] = {"uncertainty_reason": "larch gave none: the fit does not determine it"}
    if sigma is not None and np.isfinite(sigma):
        known = {"uncertainty": float(sigma) * scale}
    return Finding(name=name, value=float(value), unit=unit, method=method, references=_REFERENCES, **known)


def _warnings(result: Any, independent: float, parameters: int) -> list[str]:
    found = ["N S0^2 is the number of neighbours times an amplitude that a reference of known structure gives"]
    if float(result.rfactor) > 0.05:
        found.append(f"R factor {float(result.rfactor):.3f}: the shells miss more than 5 % of the signal in this range")
    if parameters > 0.7 * independent:
        found.append(f"{parameters} parameters for {independent:.1f} independent points: correlations are strong")
    return found
