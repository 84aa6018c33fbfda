"""Rules about conduction: Arrhenius, layers, resistances, impedance."""

import math
from collections.abc import Iterator

from interlayer.consistency.facts import Fact, Facts
from interlayer.consistency.interval import Interval
from interlayer.consistency.outcome import Outcome, differs, lacks, says
from interlayer.constants import BOLTZMANN, ELEMENTARY_CHARGE

VACUUM_PERMITTIVITY = 8.8541878128e-12
_EV = ELEMENTARY_CHARGE


def arrhenius(facts: Facts) -> Iterator[Outcome]:
    """E_a = k ln(s1/s2)/(1/T2 - 1/T1), with sigma or with sigma T."""
    for of in facts.subjects():
        energies = facts.get("activation_energy", of)
        known = [fact for fact in facts.get("ionic_conductivity", of) if fact.temperature is not None]
        if energies and len({fact.temperature for fact in known}) == 1:
            yield lacks(
                "arrhenius",
                [*energies, *known],
                ["ionic_conductivity at a second temperature"],
                "one conductivity does not test an activation energy",
            )
        pairs = [(a, b) for a in known for b in known if (a.temperature or 0.0) + 10.0 <= (b.temperature or 0.0)]
        for energy in energies:
            for cold, warm in pairs:
                yield from _end_points(energy, cold, warm)


def _end_points(energy: Fact, cold: Fact, warm: Fact) -> Iterator[Outcome]:
    low, high = cold.temperature or 1.0, warm.temperature or 1.0
    if cold.value.low <= 0.0 or warm.value.low <= 0.0:
        return
    span = 1.0 / low - 1.0 / high
    ratio = warm.value / cold.value
    plain = ratio.mapped(lambda value: BOLTZMANN * math.log(value) / span)
    hopping = (ratio * (high / low)).mapped(lambda value: BOLTZMANN * math.log(value) / span)
    either = Interval(min(plain.low, hopping.low), max(plain.high, hopping.high))
    yield from differs(
        "arrhenius",
        [energy, cold, warm],
        either,
        energy.value,
        "the conductivities at two temperatures give another activation energy, by ln(sigma) as by ln(sigma T)",
        unit="eV",
        scale=_EV,
        slack=0.03,
        reconcile="another range of temperature, a change of mechanism, or a fit to other points",
    )


def layer_resistance(facts: Facts) -> Iterator[Outcome]:
    """R >= t/(sigma A): a layer cannot have less than its own resistance."""
    for of in facts.subjects():
        conductivities = facts.get("ionic_conductivity", of)
        thicknesses = facts.get("coating_thickness", of) or facts.get("thickness", of)
        for resistance in facts.get("interface_resistance", of):
            if not (conductivities and thicknesses):
                continue
            areas = facts.nearest("electrode_area", of)
            if not areas:
                yield lacks(
                    "layer_resistance",
                    [resistance, *conductivities[:1]],
                    ["electrode_area"],
                    "a resistance in ohm and a conductivity meet only through an area",
                )
                continue
            film = thicknesses[0].value / (conductivities[0].value * areas[0].value)
            used = [resistance, conductivities[0], thicknesses[0], areas[0]]
            if film.low > 1.05 * resistance.value.high:
                yield from differs(
                    "layer_resistance",
                    used,
                    film,
                    resistance.value,
                    "the layer alone has more resistance than was measured in all",
                    unit="ohm",
                )
            elif film.high < 0.1 * resistance.value.low:
                share = film.middle / resistance.value.middle
                yield says(
                    "layer_resistance",
                    used,
                    f"{film.middle:.3g} ohm",
                    f"{resistance.value.middle:.3g} ohm",
                    f"ions crossing the layer explain {share:.1g} of the resistance: its conductivity is not what "
                    "the resistance measures",
                    "note",
                    "contact, charge transfer or an interphase",
                )


def area_specific(facts: Facts) -> Iterator[Outcome]:
    """ASR = R A."""
    for of in facts.subjects():
        for asr in facts.get("area_specific_resistance", of):
            for name in ("interface_resistance", "cell_resistance"):
                for resistance in facts.get(name, of):
                    for area in facts.nearest("electrode_area", of)[:1]:
                        yield from differs(
                            "area_specific",
                            [asr, resistance, area],
                            resistance.value * area.value,
                            asr.value,
                            "resistance times area is not the area-specific resistance",
                            unit="ohm cm2",
                            scale=1e-4,
                        )


def ir_drop(facts: Facts) -> Iterator[Outcome]:
    """|dV| >= I R: the instant drop holds at least that of a resistance that impedance sees."""
    for drop in facts.named("ir_drop"):
        currents = facts.get("current", drop.of, rate=drop.rate) or facts.get("current", "cell", rate=drop.rate)
        for resistance in facts.get("interface_resistance", drop.of):
            if not currents:
                yield lacks("ir_drop", [drop, resistance], ["current"], "I R needs the current of the drop")
                continue
            least = currents[0].value * resistance.value
            if drop.value.high < 0.95 * least.low:
                yield from differs(
                    "ir_drop",
                    [drop, resistance, currents[0]],
                    least,
                    drop.value,
                    "the drop is smaller than the current times the resistance alone",
                    unit="mV",
                    scale=1e-3,
                )


def conductivity_plausible(facts: Facts) -> Iterator[Outcome]:
    """No lithium conductor at room temperature passes 0.1 S/cm; air is at 1e-16."""
    for fact in facts.named("ionic_conductivity"):
        if fact.value.low > 10.0 and (fact.temperature or 298.0) < 330.0:
            yield says(
                "conductivity_plausible",
                [fact],
                "at most 0.1 S/cm is known",
                fact.text,
                "no solid conducts lithium ions that well at room temperature",
                "doubtful",
                "a unit",
            )


def conductivity_temperature(facts: Facts) -> Iterator[Outcome]:
    """A conductivity without temperature can be compared with nothing."""
    for fact in facts.named("ionic_conductivity"):
        if fact.temperature is None:
            yield lacks("conductivity_temperature", [fact], ["temperature"], "a conductivity needs its temperature")


def required_direction(facts: Facts) -> Iterator[Outcome]:
    """A conductor is required to conduct at least something."""
    for fact in facts.named("required_conductivity"):
        if fact.bound == "<":
            yield says(
                "required_direction",
                [fact],
                "at least",
                fact.text,
                "a bound from above on the conductivity of a layer that ions must cross turns the requirement round",
                "contradiction",
                "read it as greater than",
            )


def frequency_range(facts: Facts) -> Iterator[Outcome]:
    """Grain interiors relax at sigma/(2 pi eps0 eps), eps 10 to 100; above the spectrum's end nothing is seen."""
    for fact in facts.words("statement"):
        if "grain boundary" not in fact.text.lower():
            continue
        conductivities = facts.get("ionic_conductivity", fact.of)
        for highest in facts.nearest("highest_frequency", fact.of)[:1]:
            if not conductivities:
                yield lacks("frequency_range", [fact, highest], ["ionic_conductivity"], "the relaxation needs it")
                continue
            slowest = conductivities[0].value / (2.0 * math.pi * VACUUM_PERMITTIVITY * 100.0)
            if highest.value.high < slowest.low:
                yield says(
                    "frequency_range",
                    [fact, highest, conductivities[0]],
                    f"grains relax above {slowest.middle:.2g} Hz",
                    highest.text,
                    "the spectrum ends below the frequency at which grains and their boundaries part, so it cannot "
                    "tell whether there are boundaries",
                    "doubtful",
                    "a spectrum to higher frequency, or colder",
                )


def insulating_layer(facts: Facts) -> Iterator[Outcome]:
    """A layer that conducts nothing blocks the cell it is in."""
    for fact in facts.words("statement"):
        if fact.text.lower() not in ("insulating", "insulator"):
            continue
        working = facts.get("cell_capacity", fact.of) or facts.get("specific_capacity", fact.of)
        if working and not facts.get("ionic_conductivity", fact.of):
            yield says(
                "insulating_layer",
                [fact, working[0]],
                "no current",
                working[0].text,
                "the layer is called insulating and the cell passes its capacity through it",
                "doubtful",
                "the layer has holes, takes up lithium, or insulates electrons only",
            )
