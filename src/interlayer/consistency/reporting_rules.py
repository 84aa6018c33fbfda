"""Rules about titration, voltammetry, words, and one number printed twice."""

import math
from collections.abc import Iterator
from itertools import combinations

from interlayer.consistency.facts import Fact, Facts
from interlayer.consistency.interval import Interval
from interlayer.consistency.outcome import Outcome, differs, lacks, says
from interlayer.consistency.vocabulary import QUANTITIES
from interlayer.errors import InputError

_MANY = frozenset({"point", "product", "ratio", "statement", "formula", "species_fraction"})


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
                    " / ".join(texts),
                    "one thing goes by several names",
                    "contradiction",
                    "a slip of the pen",
                )
            continue
        numbers = [fact for fact in group if fact.interval is not None]
        apart = [(a, b) for a, b in combinations(numbers, 2) if not a.value.meets(b.value)]
        if apart:
            involved = list(dict.fromkeys(fact for pair in apart for fact in pair))
            first, second = apart[0]
            yield says(
                "one_value",
                involved,
                first.text,
                " / ".join(fact.text for fact in involved[1:]),
                f"one quantity has values a factor of {first.value.factor(second.value):.3g} apart",
                "contradiction",
                "different samples or conditions that are not named",
            )


def papers_agree(facts: Facts) -> Iterator[Outcome]:
    """What two papers say of the same thing is the same."""
    groups: dict[tuple[object, ...], list[Fact]] = {}
    for fact in facts.named(*(name for name in QUANTITIES if name not in _MANY)):
        groups.setdefault(_key(fact), []).append(fact)
    for group in groups.values():
        pairs = [(a, b) for a, b in combinations(group, 2) if a.paper != b.paper and not a.value.meets(b.value, 0.005)]
        if pairs:
            first, second = pairs[0]
            involved = list(dict.fromkeys(fact for pair in pairs for fact in pair))
            yield says(
                "papers_agree",
                involved,
                f"{first.text} in {first.paper}",
                f"{second.text} in {second.paper}",
                f"papers differ by a factor of {first.value.factor(second.value):.3g} on the same thing",
                "doubtful",
                "another sample or definition",
            )


def claimed_ratio(facts: Facts) -> Iterator[Outcome]:
    """A claimed ratio is that of the values."""
    for fact in facts.named("ratio"):
        upper, lower = facts.get(fact.part, fact.of), facts.get(fact.part, fact.to)
        if len(upper) == 1 and len(lower) == 1:
            yield from differs(
                "claimed_ratio",
                [fact, upper[0], lower[0]],
                upper[0].value / lower[0].value,
                fact.value,
                "the values give another ratio",
                slack=0.02,
            )


def gitt_tau(facts: Facts) -> Iterator[Outcome]:
    """Tau in the titration's formula is the duration of the pulse."""
    for tau in facts.named("gitt_tau"):
        for rest in facts.get("gitt_rest", tau.of):
            for pulse in facts.get("gitt_pulse", tau.of):
                if tau.value.meets(rest.value) and not tau.value.meets(pulse.value):
                    factor = rest.value.middle / pulse.value.middle
                    yield says(
                        "gitt_tau",
                        [tau, pulse, rest],
                        pulse.text,
                        tau.text,
                        f"tau is called the rest instead of the pulse, which changes D by a factor of {factor:.3g}",
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
    for diffusivity in facts.named("diffusivity"):
        tau = facts.nearest("gitt_pulse", diffusivity.of)
        molar, volume = facts.nearest("molar_mass", diffusivity.of), facts.nearest("molar_volume", diffusivity.of)
        surface = facts.nearest("specific_surface", diffusivity.of)
        if not (tau and molar and volume and surface):
            continue
        length = volume[0].value / (molar[0].value * surface[0].value)
        ratio = diffusivity.value * tau[0].value * math.pi / (length * length * 4.0)
        if ratio.low > 1.0:
            yield says(
                "gitt_ratio",
                [diffusivity, tau[0], molar[0], volume[0], surface[0]],
                f"dE_s/dE_tau = {math.sqrt(ratio.middle):.3g}",
                "at most 1",
                "with the surface of the particles the printed diffusivity needs a steady change larger than the "
                "transient one",
                "contradiction",
                "the geometric area, or another tau, was used",
            )


def gitt_validity(facts: Facts) -> Iterator[Outcome]:
    """The formula holds for tau << L^2/D."""
    for diffusivity in facts.named("diffusivity"):
        pulses = facts.nearest("gitt_pulse", diffusivity.of)
        diameters = facts.nearest("particle_diameter", diffusivity.of)
        if pulses and diameters:
            radius = diameters[0].value / 2.0
            reached = diffusivity.value * pulses[0].value / (radius * radius)
            if reached.low > 0.1:
                yield says(
                    "gitt_validity",
                    [diffusivity, pulses[0], diameters[0]],
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
    for fact in facts.words("statement"):
        if "suppress" not in fact.text.lower() and "prevent" not in fact.text.lower():
            continue
        wholly = any(word in fact.text.lower() for word in ("full", "complete", "total"))
        for layer in facts.get("layer_remaining", fact.of):
            if layer.value.low > 0.0:
                yield says(
                    "suppressed",
                    [fact, layer],
                    layer.text,
                    "none",
                    "the paper shows a reaction layer where it says there is none",
                    "contradiction" if wholly else "doubtful",
                    "say reduced",
                )
        for after in facts.get("fraction_after", fact.of):
            for before in facts.get("fraction_before", fact.of, part=after.part):
                left = after.value / before.value
                if left.low > 0.2:
                    yield says(
                        "suppressed",
                        [fact, before, after],
                        f"{100 * left.middle:.0f} % of it is left",
                        "suppressed",
                        "a good part of what is called suppressed is left",
                        "contradiction" if wholly else "doubtful",
                        "say reduced",
                    )


def linear(facts: Facts) -> Iterator[Outcome]:
    """Points that are called linear lie on a line within their rounding."""
    for fact in facts.words("statement"):
        if "linear" not in fact.text.lower():
            continue
        points = [(point, pair) for point in facts.words("point") if point.of == fact.of and (pair := _pair(point))]
        if len(points) < 3:
            continue
        if not _collinear([pair for _, pair in points]):
            yield says(
                "linear",
                [fact, *(point for point, _ in points)],
                "no line passes through all",
                "linear",
                "the points do not lie on a line within their rounding",
                "contradiction",
                "another dependence, or a misprinted point",
            )


def _pair(fact: Fact) -> tuple[Interval, Interval] | None:
    from interlayer.consistency.interval import printed

    first, _, second = fact.text.partition(";")
    try:
        # points of a dependence are printed to the digit, zeros included
        return printed(first, digits=_digits(first))[0], printed(second, digits=_digits(second))[0]
    except InputError:
        return None


def _digits(text: str) -> int:
    return max(sum(char.isdigit() for char in text), 1)


def _collinear(points: list[tuple[Interval, Interval]]) -> bool:
    """Whether some line meets all boxes: steepest and flattest lines through pairs of corners are tried."""
    corners = [(x, y) for box_x, box_y in points for x in (box_x.low, box_x.high) for y in (box_y.low, box_y.high)]
    for (x1, y1), (x2, y2) in combinations(corners, 2):
        if x1 == x2:
            continue
        slope = (y2 - y1) / (x2 - x1)
        start = y1 - slope * x1
        if all((box_x * slope + start).meets(box_y, 1e-9) for box_x, box_y in points):
            return True
    return False


def fractions_sum(facts: Facts) -> Iterator[Outcome]:
    """Shares of one whole add to no more than one."""
    wholes: dict[str, list[Fact]] = {}
    for fact in facts.named("species_fraction"):
        wholes.setdefault(fact.of, []).append(fact)
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
