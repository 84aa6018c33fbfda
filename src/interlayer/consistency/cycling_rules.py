"""Rules about rates, capacities, fade and time."""

import math
from collections.abc import Iterator

from interlayer.consistency.facts import Fact, Facts
from interlayer.consistency.interval import Interval
from interlayer.consistency.outcome import Outcome, differs, lacks, says


def one_c(facts: Facts) -> Iterator[Outcome]:
    """1C = loading x theoretical capacity per hour."""
    for one in facts.named("one_c_current_density"):
        loading, capacity = facts.nearest("loading", one.of), facts.nearest("theoretical_capacity", one.of)
        lacking = [name for name, found in (("loading", loading), ("theoretical_capacity", capacity)) if not found]
        if lacking:
            yield lacks("one_c", [one], lacking, "what 1C means follows from loading and capacity")
            continue
        computed = loading[0].value * capacity[0].value / 3600.0
        yield from differs(
            "one_c",
            [one, loading[0], capacity[0]],
            computed,
            one.value,
            "loading times theoretical capacity gives another 1C",
            unit="mA/cm2",
            scale=10.0,
            slack=0.02,
            severity="doubtful",
            reconcile="1C of the practical capacity",
        )


def rate_capacity(facts: Facts) -> Iterator[Outcome]:
    """I = rate x capacity: all currents of one cell with their rates imply one capacity."""
    for of in facts.subjects():
        implied = []
        for fact in facts.get("current", of):
            if not fact.rate:
                continue
            charge = fact.value / fact.rate * 3600.0
            # a rate late in life is that of the capacity that is left
            left = facts.get("retention", of, cycle=fact.cycle) if fact.cycle else []
            implied.append((fact, charge / left[0].value if left else charge))
        for n, (first, one) in enumerate(implied):
            for second, other in implied[n + 1 :]:
                yield from differs(
                    "rate_capacity",
                    [first, second],
                    one,
                    other,
                    "two currents with their C-rates imply two capacities of one cell",
                    unit="uAh",
                    scale=3.6e-3,
                    slack=0.05,
                    reconcile="a misprinted rate, or 1C of different cells",
                )
        for capacity in facts.get("cell_capacity", of):
            for fact, one in implied:
                if capacity.rate is None and not one.meets(capacity.value, 0.3):
                    yield from differs(
                        "rate_capacity",
                        [fact, capacity],
                        one,
                        capacity.value,
                        "the current with its C-rate implies another capacity than the cell has",
                        unit="uAh",
                        scale=3.6e-3,
                        severity="doubtful",
                    )


def current_area(facts: Facts) -> Iterator[Outcome]:
    """I = i A."""
    for density in facts.named("current_density"):
        currents = facts.get("current", density.of, rate=density.rate)
        areas = facts.nearest("electrode_area", density.of)
        if currents and not areas:
            implied = currents[0].value / density.value
            yield says(
                "current_area",
                [density, currents[0]],
                f"an area of {implied.middle * 1e4:.3g} cm2",
                "not stated",
                "current over current density implies an electrode area that the paper does not state",
                "note",
            )
        for current in currents:
            for area in areas[:1]:
                yield from differs(
                    "current_area",
                    [density, current, area],
                    density.value * area.value,
                    current.value,
                    "current density times area is another current",
                    unit="mA",
                    scale=1e-3,
                    slack=0.02,
                )


def area_stated(facts: Facts) -> Iterator[Outcome]:
    """Resistances in ohm and currents in A belong to an area."""
    if facts.named("electrode_area", "electrode_diameter"):
        return
    used = facts.named("interface_resistance", "cell_resistance", "current", "one_c_current_density")
    if used:
        yield lacks(
            "area_stated",
            used[:3],
            ["electrode_area"],
            "no area: resistances and currents cannot be compared with another cell's",
        )


def diameter_area(facts: Facts) -> Iterator[Outcome]:
    """A = pi d^2/4."""
    for diameter in facts.named("electrode_diameter"):
        for area in facts.get("electrode_area", diameter.of):
            yield from differs(
                "diameter_area",
                [diameter, area],
                diameter.value * diameter.value * (math.pi / 4.0),
                area.value,
                "the diameter gives another area",
                unit="cm2",
                scale=1e-4,
                slack=0.02,
            )


def mass_loading(facts: Facts) -> Iterator[Outcome]:
    """M = loading x A."""
    for mass in facts.named("active_mass"):
        for loading in facts.get("loading", mass.of):
            for area in facts.nearest("electrode_area", mass.of)[:1]:
                yield from differs(
                    "mass_loading",
                    [mass, loading, area],
                    loading.value * area.value,
                    mass.value,
                    "loading times area is another mass",
                    unit="mg",
                    scale=1e-6,
                    slack=0.02,
                )


def loading_stated(facts: Facts) -> Iterator[Outcome]:
    """Capacities per gram at C-rates belong to a loading."""
    capacities = [fact for fact in facts.named("specific_capacity") if fact.rate is not None]
    if capacities and not facts.named("loading"):
        yield lacks("loading_stated", capacities[:1], ["loading"], "a rate without loading is no current density")


def areal_capacity(facts: Facts) -> Iterator[Outcome]:
    """Q/A = loading x q."""
    for areal in facts.named("areal_capacity"):
        for loading in facts.get("loading", areal.of):
            capacities = facts.get("specific_capacity", areal.of, rate=areal.rate, cycle=areal.cycle)
            if areal.rate is None and len(capacities) > 1:
                continue  # it is not said which of them
            for capacity in capacities:
                yield from differs(
                    "areal_capacity",
                    [areal, loading, capacity],
                    loading.value * capacity.value,
                    areal.value,
                    "loading times capacity is another areal capacity",
                    unit="mAh/cm2",
                    scale=3.6e4,
                    slack=0.02,
                )


def first_cycle(facts: Facts) -> Iterator[Outcome]:
    """First efficiency = first discharge/first charge."""
    for share in facts.named("initial_efficiency"):
        charge, discharge = (facts.get(f"first_{way}_capacity", share.of) for way in ("charge", "discharge"))
        if charge and discharge:
            yield from differs(
                "first_cycle",
                [share, charge[0], discharge[0]],
                discharge[0].value / charge[0].value,
                share.value,
                "the capacities give another first efficiency",
                unit="%",
                scale=0.01,
                slack=0.002,
            )


def fade(facts: Facts) -> Iterator[Outcome]:
    """Retention = 1 - n a (linear) or (1 - a)^n (compound)."""
    for rate in facts.named("fade_per_cycle"):
        found = _kept(facts, rate)
        if found is None:
            yield lacks("fade", [rate], ["retention", "cycle"], "a fade per cycle is tested by a retention at a cycle")
            continue
        kept, used, cycle = found
        n = float(cycle - 1)
        linear = (Interval(1.0, 1.0) - kept) / n
        compound = kept.mapped(lambda value, n=n: 1.0 - max(value, 1e-12) ** (1.0 / n))  # type: ignore[misc]
        either = [one.meets(rate.value, 0.02) for one in (linear, compound)]
        numbers = f"{100 * linear.middle:.3g} % linear, {100 * compound.middle:.3g} % compound per cycle"
        if not any(either):
            yield says(
                "fade",
                [rate, *used],
                numbers,
                rate.text,
                "neither reading of the fade gives the retention",
                "contradiction",
                "the rate of another part of the cycles",
            )
        elif not all(either):
            which = "compound" if either[1] else "linear"
            yield says(
                "fade",
                [rate, *used],
                numbers,
                rate.text,
                f"only the {which} reading gives the retention; the other differs",
                "note",
            )


def _kept(facts: Facts, rate: Fact) -> tuple[Interval, list[Fact], int] | None:
    """Return the retention that belongs to a fade, as reported or from two capacities, its facts and its cycle."""
    for fact in facts.get("retention", rate.of, rate=rate.rate):
        if fact.cycle and fact.cycle > 1:
            return fact.value, [fact], fact.cycle
    first = facts.get("specific_capacity", rate.of, rate=rate.rate, cycle=1)
    later = [fact for fact in facts.get("specific_capacity", rate.of, rate=rate.rate) if fact.cycle and fact.cycle > 1]
    if first and later:
        return later[0].value / first[0].value, [first[0], later[0]], later[0].cycle or 2
    return None


def retention(facts: Facts) -> Iterator[Outcome]:
    """Retention = capacity at the cycle over that of the first."""
    for kept in facts.named("retention"):
        if kept.rate is None and len({fact.rate for fact in facts.named("specific_capacity") if fact.rate}) != 1:
            yield lacks("retention", [kept], ["rate"], "a retention belongs to a rate")
        if kept.cycle is None:
            yield lacks("retention", [kept], ["cycle"], "a retention belongs to a cycle")
            continue
        first = facts.get("specific_capacity", kept.of, rate=kept.rate, cycle=1)
        last = facts.get("specific_capacity", kept.of, rate=kept.rate, cycle=kept.cycle)
        if first and last:
            yield from differs(
                "retention",
                [kept, first[0], last[0]],
                last[0].value / first[0].value,
                kept.value,
                "the capacities give another retention",
                unit="%",
                scale=0.01,
                slack=0.005,
            )


def efficiency_product(facts: Facts) -> Iterator[Outcome]:
    """CE^n is what would be left of a fixed amount of lithium."""
    for efficiency in facts.named("coulombic_efficiency"):
        for kept in facts.get("retention", efficiency.of):
            if not kept.cycle or kept.cycle < 10 or efficiency.value.high > 1.0:
                continue
            left = efficiency.value.mapped(lambda value, n=kept.cycle: max(value, 0.0) ** n)  # type: ignore[misc]
            if left.high < 0.8 * kept.value.low:
                yield says(
                    "efficiency_product",
                    [efficiency, kept],
                    f"{100 * left.middle:.2g} % left",
                    kept.text,
                    "the efficiency lost more than the capacity did: what it loses is not the lithium that cycles",
                    "note",
                    "lithium in excess, or a side current",
                )


def cycling_time(facts: Facts) -> Iterator[Outcome]:
    """N cycles take 2 n Q/I at least."""
    for duration in facts.named("duration"):
        cycles = facts.get("cycles", duration.of)
        if not cycles:
            yield lacks("cycling_time", [duration], ["cycles"], "a time of cycling needs the number of cycles")
            continue
        for current in facts.get("current", duration.of):
            for capacity in facts.get("cell_capacity", duration.of):
                kept = min((fact.value.low for fact in facts.get("retention", duration.of)), default=0.5)
                least = cycles[0].value * capacity.value / current.value * 2.0 * max(min(kept, 1.0), 0.1)
                if least.low > 1.1 * duration.value.high:
                    yield from differs(
                        "cycling_time",
                        [duration, cycles[0], current, capacity],
                        least,
                        duration.value,
                        "so many cycles at this current take longer than the paper says, even with the "
                        "capacity that is left at the end",
                        unit="days",
                        scale=86400.0,
                        reconcile="a larger current",
                    )


def same_capacity_at_two_rates(facts: Facts) -> Iterator[Outcome]:
    """A capacity to three digits is not the same at two currents."""
    found: dict[tuple[str, str], Fact] = {}
    for fact in facts.named("specific_capacity"):
        if fact.rate is None and not fact.part:
            continue
        digits = sum(char.isdigit() for char in fact.text.split(" ")[0])
        before = found.setdefault((fact.of, fact.text), fact)
        if (
            digits < 3
            or before is fact
            or before.cycle != fact.cycle
            or (before.rate, before.part) == (fact.rate, fact.part)
        ):
            continue
        yield says(
            "same_capacity_at_two_rates",
            [before, fact],
            "two capacities",
            fact.text,
            "the same capacity to every digit at two currents",
            "doubtful",
            "one of them is a slip",
        )


def thickness_plausible(facts: Facts) -> Iterator[Outcome]:
    """T >= loading/22 g/cm3 and >= areal capacity/8.4 Ah/cm3: nothing is denser or holds more."""
    for fact in facts.named("thickness"):
        for loading in facts.get("loading", fact.of):
            least = loading.value / 22.0e3
            if fact.value.high < least.low:
                yield from differs(
                    "thickness_plausible",
                    [fact, loading],
                    Interval(least.low, math.inf),
                    fact.value,
                    "the loading does not fit into the thickness at any density",
                    unit="um",
                    scale=1e-6,
                    reconcile="um printed as nm",
                )
        for charge in facts.get("areal_capacity", fact.of):
            least = charge.value / (8.4e9 * 3.6)
            if fact.value.high < least.low:
                yield from differs(
                    "thickness_plausible",
                    [fact, charge],
                    Interval(least.low, math.inf),
                    fact.value,
                    "no material holds this capacity in the thickness",
                    unit="um",
                    scale=1e-6,
                    reconcile="um printed as nm",
                )


def foil_plausible(facts: Facts) -> Iterator[Outcome]:
    """Foils of batteries are 1 um to 1 mm thick."""
    for fact in facts.named("foil_thickness"):
        if fact.value.low > 1e-3 or fact.value.high < 5e-7:
            yield says(
                "foil_plausible",
                [fact],
                "1 um to 1 mm",
                fact.text,
                "no battery has a foil like that",
                "contradiction",
                "another unit",
            )


def balance(facts: Facts) -> Iterator[Outcome]:
    """N/P = negative areal capacity/positive areal capacity."""
    for ratio in facts.named("negative_to_positive"):
        positive, negative = facts.get("areal_capacity", ratio.of), facts.get("negative_areal_capacity", ratio.of)
        if positive and negative:
            yield from differs(
                "balance",
                [ratio, positive[0], negative[0]],
                negative[0].value / positive[0].value,
                ratio.value,
                "the areal capacities give another N/P",
                slack=0.01,
            )


def energy(facts: Facts) -> Iterator[Outcome]:
    """Wh/L = Wh/kg x density, and Wh/kg <= mean voltage x specific capacity of the active material."""
    for specific in facts.named("specific_energy"):
        for volumetric in facts.get("energy_density", specific.of):
            for density in facts.get("cell_density", specific.of):
                computed = specific.value * density.value * 1e-3
                yield from differs(
                    "energy",
                    [specific, volumetric, density],
                    computed,
                    volumetric.value,
                    "mass and volume of the cell do not relate its two energies",
                    unit="Wh/L",
                    slack=0.02,
                )
        for voltage in facts.get("mean_voltage", specific.of):
            for capacity in facts.get("specific_capacity", specific.of):
                most = voltage.value * capacity.value / 3600.0
                if specific.value.low > 1.02 * most.high:
                    yield from differs(
                        "energy",
                        [specific, voltage, capacity],
                        most,
                        specific.value,
                        "the cell has more energy than its active material alone",
                        unit="Wh/kg",
                    )
        if not (facts.get("mean_voltage", specific.of) and facts.get("specific_capacity", specific.of)):
            yield lacks(
                "energy",
                [specific],
                ["mean_voltage", "specific_capacity"],
                "an energy is rebuilt from capacities, voltage and masses",
            )
