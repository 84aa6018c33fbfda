"""Photoelectron spectra: species fractions of a region with their error, positions, and what the fit leaves over."""

from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from interlayer.errors import InputError, shown
from interlayer.measure.counts import counts_per_unit as counting
from interlayer.measure.counts import ordinary
from interlayer.measure.curve_fit import runs_z
from interlayer.measure.finding import Analysis, Finding
from interlayer.measure.xps_lines import Region
from interlayer.measure.xps_lines import region as region_of
from interlayer.measure.xps_model import BACKGROUNDS, Background, RegionFit, fit_region
from interlayer.records import Record

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Array = NDArray[np.float64]

_REFERENCES: Final = {
    "active-shirley": ["shirley1972", "herreragomez2014"],
    "shirley": ["shirley1972"],
    "tougaard": ["tougaard1988"],
    "linear": [],
}
_FEWEST: Final = 30
_DESCRIBES: Final = 5.0
"""Another background counts as possible while its chi-square is within this many sigma of the best one's."""


def analyse_xps(
    record: Record,
    *,
    region: str | None = None,
    species: list[str] | None = None,
    background: Background = "active-shirley",
    background_systematic: bool = True,
    counts_per_unit: float | None = None,
    one_width: bool = True,
    charge_line_measured_eV: float | None = None,
    charge_line_reference_eV: float | None = None,
    from_eV: float | None = None,
    to_eV: float | None = None,
    before_file: str | None = None,
) -> Analysis:
    """Return the fractions of the species of a core level, their positions and the tests of the fit.

    Each species is a pseudo-Voigt doublet with the region's splitting and area ratio (`xps_lines.toml`); fraction =
    area / sum of areas. `region` is ``S 2p``, ``P 2p``, ``Mn 2p``, ``C 1s`` or ``O 1s``; `species` chooses among its
    lines or adds ``NAME=POSITION``. The sigma holds counting noise with all correlations and, unless
    `background_systematic` is false, the scatter over those backgrounds that describe the data as well.
    `counts_per_unit` is dwell time times sweeps where the intensity is counts per second. Energies shift by reference
    minus measured position of a line such as C 1s only where both are given. With `before_file`, another spectrum
    that is analysed in the same way, the changes from it follow (`xps_change.compare_xps`). Raises InputError for what
    does not fit together. A fraction is one of the area within the depth that electrons escape from.
    """
    if region is None:
        raise InputError("say which core level the spectrum shows: region='S 2p', 'P 2p', 'Mn 2p', 'C 1s' or 'O 1s'")
    if background not in BACKGROUNDS:
        raise InputError(f"no background {shown(background)}; allowed: {', '.join(BACKGROUNDS)}")
    lines = region_of(region, species)
    energy, intensity, shift = _spectrum(record, charge_line_measured_eV, charge_line_reference_eV, from_eV, to_eV)
    _covers(lines, energy)
    per_unit = counting(intensity, counts_per_unit)
    fit = fit_region(lines, energy, intensity, background=background, per_unit=per_unit, one_width=one_width)
    if not fit.areas.sum() > 0.0:
        raise InputError(
            f"no {region} line stands above the background between {energy[0]:.1f} and {energy[-1]:.1f} eV"
        )
    others = _others(fit, intensity, one_width) if background_systematic else {}
    result = Analysis(
        kind="xps",
        source=str(record.metadata.get("file", record.metadata.get("cell", ""))),
        findings=_findings(fit, others, background_systematic),
        warnings=_warnings(fit, shift),
        methods=_methods(fit, charge_line_measured_eV, charge_line_reference_eV, others),
        references=sorted({*lines.sources, *_REFERENCES[background], "newville2014lmfit"}),
        details=_details(fit, intensity, others),
    )
    if before_file is None:
        return result
    from interlayer.measure.xps_change import compare_xps
    from interlayer.records import read

    before = analyse_xps(
        read(before_file),
        region=region,
        species=species,
        background=background,
        background_systematic=background_systematic,
        counts_per_unit=counts_per_unit,
        one_width=one_width,
        charge_line_measured_eV=charge_line_measured_eV,
        charge_line_reference_eV=charge_line_reference_eV,
        from_eV=from_eV,
        to_eV=to_eV,
    )
    changes = compare_xps(before, result)
    return result.model_copy(
        update={
            "findings": [*result.findings, *changes.findings],
            "warnings": [*result.warnings, *changes.warnings],
            "methods": f"{result.methods} {changes.methods}",
        }
    )


def _spectrum(
    record: Record, measured: float | None, reference: float | None, low: float | None, high: float | None
) -> tuple[Array, Array, float | None]:
    """Return energies in ascending order, intensity, and the shift of the energies that was applied."""
    energy = np.asarray(record["binding_energy_electronvolt"], dtype=float)
    intensity = ordinary("intensity", np.asarray(record["intensity"], dtype=float))
    if (measured is None) != (reference is None):
        raise InputError(
            "charge correction needs both charge_line_measured_eV and charge_line_reference_eV, or neither"
        )
    shift = None if measured is None or reference is None else reference - measured
    if shift is not None and not abs(shift) < 50.0:
        raise InputError(f"the charge correction of {shift:g} eV is no correction; at most 50 eV")
    energy = energy + (shift or 0.0)
    order = np.argsort(energy)
    energy, intensity = energy[order], intensity[order]
    keep = (energy >= (-np.inf if low is None else low)) & (energy <= (np.inf if high is None else high))
    energy, intensity = energy[keep], intensity[keep]
    if len(energy) < _FEWEST or np.any(np.diff(energy) <= 0.0):
        raise InputError(
            f"the region has {len(np.unique(energy))} different energies; at least {_FEWEST} are needed, each once"
        )
    if not np.ptp(intensity) > 0.0 or intensity.min() < 0.0:
        raise InputError(
            "the intensity is constant or negative somewhere: not a spectrum before background subtraction"
        )
    return energy, intensity, shift


def _covers(lines: Region, energy: Array) -> None:
    outside = [row for row in lines.species if not energy[0] < row.position_eV < energy[-1]]
    if outside:
        raise InputError(
            f"{lines.name} {outside[0].name} lies at {outside[0].position_eV:g} eV; the spectrum covers "
            f"{energy[0]:.1f} to {energy[-1]:.1f} eV"
        )


def _others(fit: RegionFit, intensity: Array, one_width: bool) -> dict[str, RegionFit]:
    """Return the fits with other backgrounds that describe the data as well as the best of them."""
    model = fit.model
    found: dict[str, RegionFit] = {model.background: fit}
    for name in BACKGROUNDS:
        if name == model.background:
            continue
        try:
            found[name] = fit_region(
                model.region, model.energy, intensity, background=name, per_unit=fit.per_unit, one_width=one_width
            )
        except InputError:  # a region may have no Shirley background, and then it is no alternative
            continue
    best = min(entry.reduced_chi_square for entry in found.values())
    limit = best * (1.0 + _DESCRIBES * np.sqrt(2.0 / fit.freedom))
    return {
        name: entry
        for name, entry in found.items()
        if name != model.background and entry.reduced_chi_square <= limit and entry.areas.sum() > 0.0
    }


def _groups(fit: RegionFit) -> dict[str, list[int]]:
    """Return the places of the species by what they are summed under: each alone, then groups of several."""
    species = fit.model.region.species
    alone = {row.name: [place] for place, row in enumerate(species)}
    together: dict[str, list[int]] = {}
    for place, row in enumerate(species):
        together.setdefault(row.group, []).append(place)
    return alone | {name: places for name, places in together.items() if len(places) > 1}


def _findings(fit: RegionFit, others: dict[str, RegionFit], systematic: bool) -> list[Finding]:
    shares, covariance = fit.fractions()
    species = fit.model.region.species
    alternatives = [entry.fractions()[0] for entry in others.values()]
    findings: list[Finding] = []
    for name, places in _groups(fit).items():
        share = float(shares[places].sum())
        counted = float(np.sqrt(max(covariance[np.ix_(places, places)].sum(), 0.0)))
        scatter = float(np.std([share, *(float(row[places].sum()) for row in alternatives)])) if alternatives else 0.0
        sigma = float(np.hypot(counted, scatter))
        note = f"noise {100.0 * counted:.2g} %"
        if systematic:
            note += f", background {100.0 * scatter:.2g} %"
        if share < 2.0 * sigma:
            note += f"; not told from none: below {100.0 * (share + 1.645 * sigma):.2g} % (95 %)"
        members = " + ".join(species[place].name for place in places)
        findings.append(
            Finding(
                name=f"{name}_fraction",
                value=100.0 * share,
                unit="%",
                uncertainty=100.0 * sigma,
                method=f"area of {members} over that of all {fit.model.region.name} species, {fit.model.background}",
                references=sorted({species[place].source for place in places} - {""}),
                note=note,
            )
        )
    positions = [_position(fit, row.name, row.source) for row in species]
    return [*findings, *positions, _mean_position(fit), *_widths(fit), _quality(fit)]


def _position(fit: RegionFit, name: str, source: str) -> Finding:
    value, sigma = fit.value(f"position_{name}")
    held = f"position_{name}" in fit.held
    lines = "main line of the doublet" if fit.model.region.ratio else "line"
    known: dict[str, Any] = (
        {"uncertainty_reason": "held at its start value: the species is too weak to say where it lies"}
        if held
        else {"uncertainty": sigma}
    )
    return Finding(
        name=f"{name}_position", value=value, unit="eV", method=f"{lines}, least squares",
        references=[source] if source else [], **known,
    )  # fmt: skip


def _mean_position(fit: RegionFit) -> Finding:
    """Return the mean position of the main lines, weighted with the areas: the shift of a whole region."""
    n = len(fit.areas)
    shares, _ = fit.fractions()
    positions = fit.values[n : 2 * n]
    mean = float(shares @ positions)
    gradient: Array = np.zeros(len(fit.values))
    gradient[:n] = (positions - mean) / fit.areas.sum()
    gradient[n : 2 * n] = shares
    return Finding(
        name="mean_position",
        value=mean,
        unit="eV",
        uncertainty=float(np.sqrt(max(float(gradient @ fit.covariance @ gradient), 0.0))),
        method="mean of the main lines' positions, weighted with the areas",
    )


def _widths(fit: RegionFit) -> list[Finding]:
    names = [name for name in fit.model.names if name.startswith("fwhm")]
    return [
        Finding(
            name=name,
            value=fit.value(name)[0],
            unit="eV",
            method="full width at half maximum, "
            + ("one for all species" if fit.model.one_width else "one per species"),
            **({"uncertainty": fit.value(name)[1]} if fit.value(name)[1] > 0.0 else {"uncertainty_reason": "held"}),
        )
        for name in names
    ]


def _quality(fit: RegionFit) -> Finding:
    known: dict[str, Any] = {"uncertainty": float(np.sqrt(2.0 / fit.freedom))}
    if fit.per_unit is None:
        known = {"uncertainty_reason": "counts unknown: the scatter itself was taken as the noise"}
    return Finding(
        name="reduced_chi_square",
        value=fit.reduced_chi_square if fit.per_unit is not None else None,
        unit="",
        method="squared residuals over counting variance, per degree of freedom",
        note=f"runs test z = {runs_z(fit.residuals):.1f}",
        **known,
    )


def _warnings(fit: RegionFit, shift: float | None) -> list[str]:
    warnings: list[str] = [fit.model.region.caution] if fit.model.region.caution else []
    if shift is None:
        warnings.append("energies are as recorded: no charge correction was given, so positions may be off as a whole")
    if fit.per_unit is None:
        warnings.append(
            "the intensity is no whole counts: the noise was taken from the scatter; give counts_per_unit for a test "
            "of the model"
        )
    elif fit.reduced_chi_square > 1.0 + 3.0 * np.sqrt(2.0 / fit.freedom):
        warnings.append(
            f"reduced chi-square {fit.reduced_chi_square:.2f}: the model misses the data by more than counts allow; "
            "uncertainties were widened by its root, and are still a lower bound"
        )
    if runs_z(fit.residuals) < -3.0:
        warnings.append(
            f"the residuals have a shape (runs test z = {runs_z(fit.residuals):.1f}): a species, a satellite or the "
            "line shape is missing"
        )
    species = fit.model.region.species
    for row in species:
        value, _ = fit.value(f"position_{row.name}")
        if f"position_{row.name}" not in fit.held and abs(value - row.position_eV) > 0.99 * row.window_eV:
            warnings.append(f"{row.name} stands at the edge of its window, {value:.2f} eV: the assignment does not fit")
    _, covariance = fit.fractions()
    sigmas = np.sqrt(np.clip(np.diag(covariance), 1e-300, None))
    correlation = covariance / np.outer(sigmas, sigmas)
    together = [
        f"{species[j].name} and {species[i].name} cannot be told apart: correlation {correlation[i, j]:.3f}"
        for i in range(len(species))
        for j in range(i)
        if abs(correlation[i, j]) > 0.95 and len(species) > 2  # of two, the shares always sum to 1
    ]
    return warnings + together


def _methods(fit: RegionFit, measured: float | None, reference: float | None, others: dict[str, RegionFit]) -> str:
    region = fit.model.region
    names = ", ".join(row.name for row in region.species)
    low, high = region.splitting_eV
    doublet = (
        f"as doublets with a splitting of {low:g} to {high:g} eV and an area ratio of {region.ratio:g}:1"
        if region.ratio
        else "as single lines"
    )
    width = "one width for all species" if fit.model.one_width else "a width for each species"
    how = "fitted together with the lines" if fit.model.background != "shirley" else "subtracted before the fit"
    noise = "counting statistics" if fit.per_unit is not None else "the scatter about the fit"
    charge = (
        f"Energies were shifted by {reference - measured:+.2f} eV so that the reference line measured at "
        f"{measured:.2f} eV lies at {reference:.2f} eV."
        if measured is not None and reference is not None
        else "Energies were not corrected for charging."
    )
    scatter = (
        f" The scatter over the backgrounds {', '.join([fit.model.background, *others])} was added in quadrature."
        if others
        else ""
    )
    return (
        f"The {region.name} region was fitted by weighted least squares (lmfit) with pseudo-Voigt lines of {names} "
        f"{doublet}, {width}, on a background of the kind {fit.model.background}, {how}. {charge} "
        f"Fractions are areas over their sum; their uncertainties (one sigma) follow from {noise} with all "
        f"correlations.{scatter}"
    )


def _details(fit: RegionFit, intensity: Array, others: dict[str, RegionFit]) -> dict[str, Any]:
    model = fit.model
    components = model.components(fit.values)
    _, covariance = fit.fractions()
    return {
        "region": model.region.name,
        "background": model.background,
        "species": [row.name for row in model.region.species],
        "groups": {name: places for name, places in _groups(fit).items() if len(places) > 1},
        "binding_energy_electronvolt": model.energy.tolist(),
        "intensity": intensity.tolist(),
        "background_intensity": (model.base(fit.values, components.sum(axis=0)) + fit.subtracted).tolist(),
        "component_intensity": components.tolist(),
        "residual_sigma": fit.residuals.tolist(),
        "fraction_covariance": covariance.tolist(),
        "parameters": dict(zip(model.names, fit.values.tolist(), strict=True)),
        "fractions_by_background": {
            name: entry.fractions()[0].tolist() for name, entry in {model.background: fit, **others}.items()
        },
    }


def draw_xps(analysis: Analysis) -> dict[str, "Figure"]:
    """Draw the spectrum and its components, binding energy falling to the right, with the residuals below."""
    from matplotlib.figure import Figure

    held = analysis.details
    energy, intensity = np.array(held["binding_energy_electronvolt"]), np.array(held["intensity"])
    base, components = np.array(held["background_intensity"]), np.array(held["component_intensity"])
    figure = Figure(figsize=(6.4, 5.0), layout="constrained")
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=[4, 1])
    for k, (name, part) in enumerate(zip(held["species"], components, strict=True)):
        share = analysis[f"{name}_fraction"]
        label = f"{name} {share.value:.1f} ± {share.uncertainty:.1f} %"
        above.fill_between(energy, base, base + part, color=f"C{k}", alpha=0.45, linewidth=0.8, label=label)
    above.plot(energy, intensity, "o", color="0.25", markersize=2.5, label="measured")
    above.plot(energy, base, "--", color="0.4", linewidth=1.0, label=f"{held['background']} background")
    above.plot(energy, base + components.sum(axis=0), color="black", linewidth=1.2, label="fit")
    above.set_ylabel("intensity / counts" if analysis["reduced_chi_square"].value is not None else "intensity")
    above.set_title(f"{held['region']}   {analysis.source}".strip(), fontsize=9, loc="left")
    bottom, top = above.get_ylim()
    above.set_ylim(bottom, top + 0.45 * (top - bottom))  # room for the legend above the curves
    above.legend(frameon=False, fontsize=8, ncols=2, loc="upper left")
    below.axhline(0.0, color="0.6", linewidth=0.8)
    below.plot(energy, held["residual_sigma"], ".", color="0.25", markersize=3)
    below.set_ylabel("residual / σ")
    below.set_xlabel("binding energy / eV")
    below.set_xlim(energy[-1], energy[0])
    for axes in (above, below):
        for side in ("top", "right"):
            axes.spines[side].set_visible(False)
    return {"spectrum": figure}
