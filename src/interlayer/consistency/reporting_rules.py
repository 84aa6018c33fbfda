"""Rules about titration, voltammetry, words, and one number printed twice."""

import math
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import numpy as np

from interlayer.consistency.facts import Fact, Facts
from interlayer.consistency.interval import Interval, printed
from interlayer.consistency.matching import Pool, agree, by_subject, equation, least, most, unsigned
from interlayer.consistency.outcome import Outcome, Severity, differs, lacks, listed, says, shown_factor, shown_interval
from interlayer.consistency.vocabulary import QUANTITIES
from interlayer.errors import InputError

_MANY: Final = frozenset(
    {"point", "product", "ratio", "statement", "formula", "species_fraction", "c_rate", "scan_rate"}
)
"""Quantities of which one thing has several."""
_SIGNED: Final = frozenset({"voltage", "current", "current_density", "specific_current"})
"""Kinds whose sign says which way."""
_NOT: Final = re.compile(r"\b(?:not|non|no longer|cannot|hardly|barely)\b|\bnon|n't\b", re.IGNORECASE)
_WHOLLY: Final = ("full", "complete", "total")
_HOW_SURE: Final[dict[bool, Severity]] = {True: "contradiction", False: "doubtful"}
_SHARES: Final = frozenset({"porosity", "species_fraction", "fraction_before", "fraction_after"})
_TOUCHING: Final = 1e-7
_DRIFT: Final = 0.01
"""An efficiency may be measured so much above 1 where temperature or current drift."""


def unit_of_quantity(facts: Facts) -> Iterator[Outcome]:
    """A quantity is printed in a unit of its own kind."""
    for fact in facts:
        if fact.unit_problem:
            yield says(
                "unit",
                [fact],
                QUANTITIES[fact.name].kind.replace("_", " "),
                fact.text,
                f"the unit is not one of this quantity: {fact.unit_problem}",
                "contradiction",
                "another unit, or another quantity",
            )


def _key(fact: Fact) -> tuple[object, ...]:
    return fact.of, fact.name, fact.temperature, fact.rate, fact.cycle, fact.part, fact.to


def one_value(facts: Facts) -> Iterator[Outcome]:
    """One quantity of one thing under one condition has one value."""
    groups: dict[tuple[object, ...], list[Fact]] = {}
    for fact in facts:
        if fact.name not in _MANY:
            groups.setdefault(_key(fact), []).append(fact)
    for group in groups.values():
        if QUANTITIES[group[0].name].kind == "text":
            texts = list(dict.fromkeys(fact.text for fact in group))
            if len(texts) > 1:
                yield says(
                    "one_value",
                    group,
                    "one",
                    " / ".join(listed(texts)),
                    "one thing goes by several names",
                    "contradiction",
                    "a slip of the pen",
                )
            continue
        signed = QUANTITIES[group[0].name].kind in _SIGNED
        numbers = [fact for fact in group if fact.interval is not None]
        numbers = unsigned(numbers) if signed else numbers
        if not numbers:
            continue
        # on a line, all intervals meet where the highest lower end is not above the lowest upper end
        lowest, highest = min(fact.value.high for fact in numbers), max(fact.value.low for fact in numbers)
        apart = [fact for fact in numbers if fact.value.low > lowest or fact.value.high < highest]
        if apart:
            small, large = min(apart, key=_high), max(apart, key=_low)
            yield says(
                "one_value",
                apart,
                apart[0].text,
                " / ".join(listed([fact.text for fact in apart[1:]])),
                f"one quantity has values {shown_factor(small.value, large.value)} apart",
                "contradiction",
                "different samples or conditions that are not named",
            )


def _low(fact: Fact) -> float:
    return fact.value.low


def _high(fact: Fact) -> float:
    return fact.value.high


def papers_agree(facts: Facts) -> Iterator[Outcome]:
    """What two papers say of the same thing is the same."""
    groups: dict[tuple[object, ...], list[Fact]] = {}
    for fact in facts.named(*(name for name in QUANTITIES if name not in _MANY)):
        groups.setdefault(_key(fact), []).append(fact)
    for same in groups.values():
        group = unsigned(same) if QUANTITIES[same[0].name].kind in _SIGNED else same
        by_paper: dict[str, list[Fact]] = {}
        for fact in group:
            by_paper.setdefault(fact.paper, []).append(fact)
        if len(by_paper) < 2:
            continue
        smallest = sorted((min(own, key=_high) for own in by_paper.values()), key=_high)[:2]
        largest = sorted((max(own, key=_low) for own in by_paper.values()), key=_low)[-2:]
        apart = [
            fact
            for fact in group
            if any(one.paper != fact.paper and not one.value.meets(fact.value, 0.005) for one in (*smallest, *largest))
        ]
        if apart:
            first = apart[0]
            others = [fact for fact in apart if fact.paper != first.paper]
            second = max(others or apart, key=lambda fact, first=first: fact.value.factor(first.value))  # type: ignore[misc]
            yield says(
                "papers_agree",
                apart,
                f"{first.text} in {first.paper}",
                f"{second.text} in {second.paper}",
                f"papers differ by {shown_factor(first.value, second.value)} on the same thing",
                "doubtful",
                "another sample or definition",
            )


def claimed_ratio(facts: Facts) -> Iterator[Outcome]:
    """A claimed ratio is that of the values."""
    for fact in facts.named("ratio"):
        part = "_".join(fact.part.lower().split())
        if part not in QUANTITIES or not fact.to:
            lacking = ["to"] if part in QUANTITIES else ["part"]
            yield lacks("claimed_ratio", [fact], lacking, "a ratio is of a quantity (part) of two subjects (of, to)")
            continue
        upper, lower = (unsigned(facts.get(part, of)) for of in (fact.of, fact.to))
        lacking = [f"{part} of {of}" for of, found in ((fact.of, upper), (fact.to, lower)) if not found]
        if lacking:
            yield lacks("claimed_ratio", [fact], lacking, "a ratio is tested by the two values")
            continue
        yield from equation(
            "claimed_ratio",
            [replace(fact, part="")],
            lambda _, pair=(upper, lower): list(pair),  # type: ignore[misc]
            lambda one, other: one / other,
            "the values give another ratio",
            slack=0.02,
        )


def possible_fraction(facts: Facts) -> Iterator[Outcome]:
    """A share lies between 0 and 1, and no more charge comes out than went in."""
    for fact in facts:
        if fact.interval is None or QUANTITIES[fact.name].kind != "fraction":
            continue
        low, high = fact.value.low, fact.value.high
        reported = shown_interval(fact.value, "%", 0.01)
        if high < 0.0 and fact.name not in ("volume_change", "fade_per_cycle"):
            yield says("possible_fraction", [fact], "at least 0 %", reported, "a share below zero", "contradiction")
        elif low > 1.0 and fact.name in _SHARES:
            yield says("possible_fraction", [fact], "at most 100 %", reported, "more than the whole", "contradiction")
        elif low > 1.0 and fact.name in ("coulombic_efficiency", "initial_efficiency"):
            first = fact.name == "initial_efficiency" or fact.cycle == 1
            severity: Severity = "doubtful" if first or low <= 1.0 + _DRIFT else "contradiction"
            yield says(
                "possible_fraction",
                [fact],
                "at most 100 %",
                reported,
                "more charge came out than went in",
                severity,
                "a cathode that starts poor in lithium" if first else "a drift of temperature or current",
            )


def break_even(facts: Facts) -> Iterator[Outcome]:
    """A separator thicker than at break-even gives the cell of less energy."""
    for of, bounds in by_subject(facts.named("break_even_thickness")).items():
        layers = facts.get("thickness", of)
        if layers and least(layers).value.low > most(bounds).value.high:
            yield says(
                "break_even",
                [least(layers), most(bounds)],
                f"at most {most(bounds).text}",
                least(layers).text,
                "the separator is thicker than the one at which both cells have the same energy",
                "note",
                "a thinner separator",
            )


def gitt_tau(facts: Facts) -> Iterator[Outcome]:
    """Tau in the titration's formula is the duration of the pulse."""
    for of, found in by_subject(facts.named("gitt_tau")).items():
        rests, pulses = Pool(facts.get("gitt_rest", of)), Pool(facts.get("gitt_pulse", of))
        for tau in found:
            rest = next((one for one in rests.beside(tau) if one.value.meets(tau.value)), None)
            beside = pulses.beside(tau)
            if rest is None or not beside or any(one.value.meets(tau.value) for one in beside):
                continue
            factor = shown_factor(rest.value, beside[0].value)
            yield says(
                "gitt_tau",
                [tau, beside[0], rest],
                beside[0].text,
                tau.text,
                f"tau is called the rest instead of the pulse, which changes D by {factor}",
                "contradiction",
                "the formula's tau is the pulse",
            )


def gitt_area(facts: Facts) -> Iterator[Outcome]:
    """S in the formula is the area through which lithium enters; it must be said which."""
    known = facts.named("diffusivity")
    if known and facts.named("gitt_pulse", "gitt_tau") and not facts.named("gitt_area"):
        yield lacks("gitt_area", known[:1], ["gitt_area"], "a diffusivity by the formula hangs on the square of S")


def gitt_ratio(facts: Facts) -> Iterator[Outcome]:
    """(dE_s/dE_tau)^2 = D pi tau (M S)^2/(4 (m V_M)^2) cannot exceed one."""
    for of, found in by_subject(facts.named("diffusivity")).items():
        pulses, molar = facts.nearest("gitt_pulse", of), facts.nearest("molar_mass", of)
        volumes, surfaces = facts.nearest("molar_volume", of), facts.nearest("specific_surface", of)
        if not (pulses and molar and volumes and surfaces):
            continue
        others = [least(pulses), least(molar), most(volumes), least(surfaces)]
        pulse, mass, volume, surface = (fact.value for fact in others)
        length = volume / (mass * surface)
        for diffusivity in found:
            ratio = diffusivity.value * pulse * math.pi / (length * length * 4.0)
            if ratio.low > 1.0:
                yield says(
                    "gitt_ratio",
                    [diffusivity, *others],
                    f"dE_s/dE_tau = {math.sqrt(ratio.middle):.3g}",
                    "at most 1",
                    "with the surface of the particles the printed diffusivity needs a steady change larger than the "
                    "transient one",
                    "contradiction",
                    "the geometric area, or another tau, was used",
                )


def gitt_validity(facts: Facts) -> Iterator[Outcome]:
    """The formula holds for tau << L^2/D."""
    for of, found in by_subject(facts.named("diffusivity")).items():
        pulses, diameters = facts.nearest("gitt_pulse", of), facts.nearest("particle_diameter", of)
        if not (pulses and diameters):
            continue
        pulse, diameter = least(pulses), most(diameters)
        radius = diameter.value / 2.0
        for diffusivity in found:
            reached = diffusivity.value * pulse.value / (radius * radius)
            if reached.low > 0.1:
                yield says(
                    "gitt_validity",
                    [diffusivity, pulse, diameter],
                    f"tau D/L^2 = {reached.middle:.2g}",
                    "below 0.1",
                    "the pulse is too long for the formula at its own result: lithium reaches the middle "
                    "of the particle",
                    "doubtful",
                    "a full diffusion fit",
                )


def scan_rate_stated(facts: Facts) -> Iterator[Outcome]:
    """The separation of peaks belongs to a scan rate."""
    peaks = facts.named("peak_separation")
    if peaks and not facts.named("scan_rate"):
        yield lacks("scan_rate_stated", peaks[:1], ["scan_rate"], "a peak separation grows with the scan rate")


def suppressed(facts: Facts) -> Iterator[Outcome]:
    """What is suppressed is gone."""
    about = [fact for fact in facts.words("statement") if _claims(fact, "suppress", "prevent")]
    for statements in by_subject(about).values():
        whole = [fact for fact in statements if any(word in fact.text.lower() for word in _WHOLLY)]
        fact, severity = (whole or statements)[0], _HOW_SURE[bool(whole)]
        for layer in facts.get("layer_remaining", fact.of):
            if layer.value.low > 0.0 and agree([fact, layer]):
                yield says(
                    "suppressed",
                    [fact, layer],
                    layer.text,
                    "none",
                    "the paper shows a reaction layer where it says there is none",
                    severity,
                    "say reduced",
                )
        before = Pool(facts.get("fraction_before", fact.of))
        for after in facts.get("fraction_after", fact.of):
            beside = [one for one in before.beside(after) if one.part == after.part]
            if not beside:
                continue
            left = after.value / most(beside).value
            if left.low > 0.2:
                yield says(
                    "suppressed",
                    [fact, most(beside), after],
                    f"{shown_interval(left, '%', 0.01)} of it is left",
                    "suppressed",
                    "a good part of what is called suppressed is left",
                    severity,
                    "say reduced",
                )


def linear(facts: Facts) -> Iterator[Outcome]:
    """Points that are called linear lie on a line within their rounding."""
    points_of = by_subject(facts.words("point"))
    for of, statements in by_subject(fact for fact in facts.words("statement") if _claims(fact, "linear")).items():
        fact = statements[0]
        points = [(point, pair) for point in points_of.get(of, []) if (pair := _pair(point))]
        if len(points) >= 3 and not _collinear([pair for _, pair in points]):
            yield says(
                "linear",
                [fact, *(point for point, _ in points)],
                "no line passes through all",
                "linear",
                "the points do not lie on a line within their rounding",
                "contradiction",
                "another dependence, or a misprinted point",
            )


def _claims(fact: Fact, *words: str) -> bool:
    """Whether a statement says one of the words, and does not deny it."""
    return any(word in fact.text.lower() for word in words) and not _NOT.search(fact.text)


def _pair(fact: Fact) -> tuple[Interval, Interval] | None:
    first, _, second = fact.text.partition(";")
    try:
        pair = _coordinate(first), _coordinate(second)
    except InputError:
        return None
    return pair if all(math.isfinite(end) for one in pair for end in (one.low, one.high)) else None


def _coordinate(text: str) -> Interval:
    """Return a number of a point, which is printed to the digit, zeros of whole numbers included."""
    whole = text.strip()
    return printed(text, digits=max(len(whole.lstrip("0")), 1) if whole.isdigit() else None)[0]


def _collinear(points: list[tuple[Interval, Interval]]) -> bool:
    """Whether some line meets all boxes: by how much the best line, rising or falling, misses one, in shares."""
    from scipy.optimize import linprog

    x0, y0 = (min(pair[axis].low for pair in points) for axis in (0, 1))
    width, height = (max(pair[axis].high for pair in points) - low for axis, low in ((0, x0), (1, y0)))
    if width <= 0.0 or height <= 0.0:
        return True
    boxes = np.array([(x.low - x0, x.high - x0, y.low - y0, y.high - y0) for x, y in points])
    left, right, bottom, top = (boxes / (width, width, height, height)).T
    one = np.ones(len(points))
    for near, far, slope in ((left, right, (0, None)), (right, left, (None, 0))):
        rows = np.vstack([np.column_stack([near, one, -one]), np.column_stack([-far, -one, -one])])
        best = linprog([0, 0, 1], rows, np.concatenate([top, -bottom]), bounds=[slope, (None, None), (0, None)])
        if best.fun is not None and best.fun < _TOUCHING:
            return True
    return False


def fractions_sum(facts: Facts) -> Iterator[Outcome]:
    """Shares of one whole add to no more than one."""
    wholes: dict[tuple[object, ...], list[Fact]] = {}
    for fact in facts.named("species_fraction"):
        wholes.setdefault((fact.of, fact.rate, fact.cycle, fact.temperature), []).append(fact)
    for group in wholes.values():
        if len(group) < 2 or len({fact.part for fact in group}) < len(group):
            continue
        total = Interval(0.0, 0.0)
        for fact in group:
            total = total + fact.value
        if total.low > 1.0 + 1e-9:
            yield from differs(
                "fractions_sum",
                group,
                total,
                Interval(0.0, 1.0),
                "the shares add to more than the whole",
                unit="%",
                scale=0.01,
            )
