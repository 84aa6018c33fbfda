"""Whether a species changed between two photoelectron spectra, and how many counts it takes to say so."""

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from interlayer.errors import InputError, closest, shown
from interlayer.measure.curve_fit import covariance_of
from interlayer.measure.finding import Analysis, Finding
from interlayer.measure.xps_lines import region as region_of
from interlayer.measure.xps_model import Background, RegionModel

Array = NDArray[np.float64]

_COUNTED_ONLY = (
    "two spectra of two spots: the uncertainty holds noise and background, not how much the sample differs from spot "
    "to spot; measure several"
)


def compare_xps(before: Analysis, after: Analysis, *, names: Sequence[str] | None = None) -> Analysis:
    """Return the change of each fraction from one analysis to another, with its significance.

    change = f_after - f_before, sigma^2 = sigma_before^2 + sigma_after^2, z = change / sigma, p = erfc(|z|/sqrt 2)
    (two-sided). `names` chooses species or groups (``SOx``). Raises InputError where the analyses are of different
    regions or have no such fraction in common. The uncertainties are independent only if the spectra are; a background
    that errs in the same way in both makes sigma too large, never too small.
    """
    first, second = before.details.get("region"), after.details.get("region")
    if before.kind != "xps" or after.kind != "xps" or first != second:
        raise InputError(
            f"cannot compare {shown(first)} with {shown(second)}: both must be the same photoelectron region"
        )
    common = [
        finding.name.removesuffix("_fraction")
        for finding in before.findings
        if finding.name.endswith("_fraction") and any(other.name == finding.name for other in after.findings)
    ]
    for name in names or ():
        if name not in common:
            raise InputError(
                f"no fraction {shown(name)} in both; they share {', '.join(common)}{closest(name, common)}"
            )
    findings = []
    for name in names or common:
        one, two = before[f"{name}_fraction"], after[f"{name}_fraction"]
        if one.value is None or two.value is None or one.uncertainty is None or two.uncertainty is None:
            continue
        change, sigma = two.value - one.value, math.hypot(one.uncertainty, two.uncertainty)
        z = change / sigma if sigma > 0.0 else 0.0
        chance = math.erfc(abs(z) / math.sqrt(2.0))
        findings.append(
            Finding(
                name=f"{name}_fraction_change",
                value=change,
                unit="%",
                uncertainty=sigma,
                method="difference of the fractions, errors in quadrature",
                note=f"z = {z:.1f}, p = {chance:.1e}: "
                + ("significant at 3 sigma" if abs(z) > 3.0 else "not significant"),
            )
        )
    if "mean_position" in {finding.name for finding in before.findings}:
        one, two = before["mean_position"], after["mean_position"]
        if one.value is not None and two.value is not None:
            findings.append(
                Finding(
                    name="mean_position_change",
                    value=two.value - one.value,
                    unit="eV",
                    uncertainty=math.hypot(one.uncertainty or 0.0, two.uncertainty or 0.0),
                    method="difference of the mean positions, errors in quadrature; charging enters it in full",
                )
            )
    return Analysis(
        kind="xps",
        source=f"{before.source} -> {after.source}",
        findings=findings,
        warnings=[_COUNTED_ONLY],
        methods=f"The {first} fractions of two spectra were compared; their uncertainties were added in quadrature.",
        references=sorted({*before.references, *after.references}),
        details={"region": first},
    )


def expected_uncertainty(
    region: str,
    fractions: Mapping[str, float],
    *,
    group: str,
    peak_counts: float,
    background_counts: float | None = None,
    fwhm_eV: float = 1.2,
    step_eV: float = 0.1,
    background: Background = "active-shirley",
) -> float:
    """Return the sigma of a group's fraction that counting alone allows, before any measurement.

    The covariance of the fit is (J^T diag(1/N) J)^-1 at the expected counts N. `fractions` of the species sum to 1,
    `group` is a species or group, `peak_counts` the height above the background of the spectrum's highest point,
    `background_counts` the flat counts below (one half of `peak_counts` unless given), over a window 4 eV beyond the
    outer species. Positions, width and background are free, as in `analyse_xps`. Raises InputError for fractions that
    do not sum to 1 and counts that are not positive.
    """
    lines = region_of(region, list(fractions))
    shares = np.array([fractions[row.name] for row in lines.species])
    if abs(float(shares.sum()) - 1.0) > 1e-6 or np.any(shares < 0.0):
        raise InputError(f"the fractions sum to {shares.sum():g}; they must be parts of 1")
    floor = 0.5 * peak_counts if background_counts is None else background_counts
    if not (peak_counts > 0.0 and floor > 0.0):
        raise InputError(f"peak_counts is {peak_counts:g} and background_counts {floor:g}; both must be positive")
    low, high = lines.species[0].position_eV - 4.0, lines.species[-1].position_eV + lines.splitting_eV[1] + 4.0
    model = RegionModel(lines, np.arange(low, high, step_eV), background)
    positions = [row.position_eV for row in lines.species]
    values = np.array([*shares, *positions, fwhm_eV, 1.0, 0.3, float(np.mean(lines.splitting_eV)), 0.0, 0.0])
    values[: len(shares)] *= peak_counts / float(model.components(values).sum(axis=0).max())
    values[-2] = floor
    free = [place for place, name in enumerate(model.names) if name not in ("partner_width", "splitting")]
    counts = model.intensity(values)
    covariance = covariance_of(model.jacobian(values)[:, free] / np.sqrt(counts)[:, None])
    members = [k for k, row in enumerate(lines.species) if group in (row.name, row.group)]
    if not members:
        raise InputError(f"no species or group {shown(group)} among {', '.join(fractions)}")
    total = float(values[: len(shares)].sum())
    gradient = np.zeros(len(free))
    gradient[: len(shares)] = (np.isin(np.arange(len(shares)), members) - shares[members].sum()) / total
    return float(np.sqrt(gradient @ covariance @ gradient))
