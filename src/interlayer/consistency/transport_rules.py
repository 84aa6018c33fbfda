"""Rules about conduction: Arrhenius, layers, resistances, impedance."""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterator

from interlayer.consistency.facts import Fact, Facts
from interlayer.consistency.interval import Interval
from interlayer.consistency.matching import MOST_TRIES, Pool, agree, by_subject, equation, least, most, unsigned
from interlayer.consistency.outcome import Outcome, differs, lacks, says, shown_interval, too_many
from interlayer.constants import BOLTZMANN, ELEMENTARY_CHARGE

VACUUM_PERMITTIVITY = 8.8541878128e-12
_EV = ELEMENTARY_CHARGE
_APART = 10.0
"""K between two temperatures that test an activation energy."""
_ONE_TEMPERATURE = 1.0
"""K."""


def arrhenius(facts: Facts) -> Iterator[Outcome]:
    """E_a = k ln(s1/s2)/(1/T2 - 1/T1), with sigma or with sigma T."""
    for of, energies in by_subject(facts.named("activation_energy")).items():
        known = [fact for fact in facts.get("ionic_conductivity", of) if fact.temperature is not None]
        if len({fact.temperature for fact in known}) == 1:
            yield lacks(
                "arrhenius",
                [*energies, *known],
                ["ionic_conductivity at a second temperature"],
                "one conductivity does not test an activation energy",
            )
        by_part: dict[str, list[Fact]] = {}
        for fact in known:
            by_part.setdefault(fact.part, []).append(fact)
        for samples in by_part.values():
            yield from _end_points(energies, samples)


def _end_points(energies: list[Fact], known: list[Fact]) -> Iterator[Outcome]:
    """Compare with the widest pairs of temperatures; one that fits is enough, for an energy has its own range."""
    cold, warm = min(known, key=_temperature), max(known, key=_temperature)
    widest = _temperature(warm) - _temperature(cold)
    pairs = [(cold, other) for other in known] + [(other, warm) for other in known]
    pairs = [(a, b) for a, b in pairs if _temperature(b) - _temperature(a) >= max(_APART, widest / 3.0)]
    found = [_activation(a, b) for a, b in pairs]
    if len(found) * len(energies) > MOST_TRIES:
        yield too_many("arrhenius", energies[0])
        return
    for energy in energies:
        if not found or not agree([energy, cold, warm], but="temperature"):
            continue
        if any(one.meets(energy.value, 0.03) for one in found):
            continue
        yield from differs(
            "arrhenius",
            [energy, cold, warm],
            _activation(cold, warm),
            energy.value,
            "the conductivities at two temperatures give another activation energy, by ln(sigma) as by ln(sigma T)",
            unit="eV",
            scale=_EV,
            slack=0.03,
            reconcile="another range of temperature, a change of mechanism, or a fit to other points",
        )


def _temperature(fact: Fact) -> float:
    return fact.temperature or 298.15


def _activation(cold: Fact, warm: Fact) -> Interval:
    """Return the activation energy between two temperatures, by either reading."""
    low, high = _temperature(cold), _temperature(warm)
    span = 1.0 / low - 1.0 / high
    ratio = warm.value / cold.value
    plain, hopping = (one.mapped(lambda value: BOLTZMANN * _log(value) / span) for one in (ratio, ratio * (high / low)))
    return Interval(min(plain.low, hopping.low), max(plain.high, hopping.high))


def _log(value: float) -> float:
    return math.log(value) if value > 0.0 else -math.inf


def layer_resistance(facts: Facts) -> Iterator[Outcome]:
    """R >= t/(sigma A) and ASR >= t/sigma: a layer cannot have less than its own resistance."""
    for of, conductivities in by_subject(facts.named("ionic_conductivity")).items():
        coatings, layers = facts.get("coating_thickness", of), facts.get("thickness", of)
        areas = facts.nearest("electrode_area", of)
        interfaces, wholes = facts.get("interface_resistance", of), facts.get("cell_resistance", of)
        if not (coatings or layers):
            continue
        if (interfaces or wholes) and not areas:
            yield lacks(
                "layer_resistance",
                [*interfaces[:1], *wholes[:1], *conductivities[:1]],
                ["electrode_area"],
                "a resistance in ohm and a conductivity meet only through an area",
            )
        of_interfaces = Pool(interfaces)
        layer = _Layer(conductivities)
        for resistance in [*interfaces, *wholes] if areas else []:
            # the layer of an interface is its coating; where nothing but a layer is named, it may be that
            whole = resistance.name == "cell_resistance"
            thicknesses = layers if whole else coatings or ([] if wholes else layers)
            if thicknesses:
                yield from layer.under(resistance, least(thicknesses), most(areas), sure=whole or bool(coatings))
        for specific in facts.get("area_specific_resistance", of):
            # that of an interface, or of one of two, holds no layer
            of_interface = (
                (area.value * one.value * share).meets(specific.value, 0.005)
                for area in areas[:1]
                for one in of_interfaces.beside(specific)
                for share in (1.0, 0.5)
            )
            if layers and (areas or not interfaces) and not any(of_interface):
                yield from layer.under(specific, least(layers), None, sure=True)


class _Layer:
    """A layer by its conductivities, as a lower bound of a resistance."""

    def __init__(self, conductivities: list[Fact]) -> None:
        self._all = conductivities
        self._known = sorted((fact for fact in conductivities if fact.temperature is not None), key=_temperature)
        self._temperatures = [_temperature(fact) for fact in self._known]
        self._open = [fact for fact in conductivities if fact.temperature is None]

    def conductivity(self, temperature: float | None) -> Fact | None:
        """Return the largest at a temperature, or at the next above; a colder layer would have more resistance."""
        if temperature is None:
            return most(self._all)
        place = bisect_left(self._temperatures, temperature - _ONE_TEMPERATURE)
        if place == len(self._known):
            return most(self._open) if self._open else None
        end = bisect_right(self._temperatures, self._temperatures[place] + _ONE_TEMPERATURE)
        return most(self._known[place:end])

    def under(self, resistance: Fact, thickness: Fact, area: Fact | None, *, sure: bool) -> Iterator[Outcome]:
        """Compare a resistance, of an area or per area, with that of the layer."""
        conductivity = self.conductivity(resistance.temperature)
        if conductivity is None:
            yield lacks(
                "layer_resistance",
                [resistance, *self._all[:1]],
                ["ionic_conductivity at the temperature of the resistance"],
                "a colder layer conducts less than the one that was measured",
            )
            return
        film = thickness.value / conductivity.value
        film, unit, scale = (film / area.value, "ohm", 1.0) if area else (film, "ohm cm2", 1e-4)
        used = [resistance, conductivity, thickness, *([area] if area else [])]
        if film.low > 1.05 * resistance.value.high:
            yield from differs(
                "layer_resistance",
                used,
                film,
                resistance.value,
                "the layer alone has more resistance than was measured in all",
                unit=unit,
                scale=scale,
                severity="contradiction" if sure else "doubtful",
                reconcile="" if sure else "an interface without the layer beside it",
            )
        elif film.high < 0.1 * resistance.value.low:
            share = film.high / resistance.value.low
            yield says(
                "layer_resistance",
                used,
                shown_interval(film, unit, scale),
                shown_interval(resistance.value, unit, scale),
                f"ions crossing the layer explain at most {share:.1g} of the resistance: its conductivity is not what "
                "the resistance measures",
                "note",
                "contact, charge transfer or an interphase",
            )


def area_specific(facts: Facts) -> Iterator[Outcome]:
    """ASR = R A, of one of the resistances under the same conditions."""
    return equation(
        "area_specific",
        facts.named("area_specific_resistance"),
        lambda of: [
            [*facts.get("interface_resistance", of), *facts.get("cell_resistance", of)],
            facts.nearest("electrode_area", of),
        ],
        lambda resistance, area: resistance * area,
        "resistance times area is not the area-specific resistance",
        unit="ohm cm2",
        scale=1e-4,
        slack=0.005,
        also=(
            lambda resistance, area: resistance * area / 2.0,
            "the area-specific resistance is half of resistance times area, as of one of two equal electrodes",
        ),
    )


def ir_drop(facts: Facts) -> Iterator[Outcome]:
    """|dV| >= I R: the instant drop holds at least that of a resistance that impedance sees."""
    for of, drops in by_subject(unsigned(facts.named("ir_drop"))).items():
        currents = [Pool(unsigned(facts.get("current", subject))) for subject in (of, "cell")]
        resistances = Pool(facts.get("interface_resistance", of))
        for drop in drops:
            beside = resistances.beside(drop)
            flowing = currents[0].beside(drop) or currents[1].beside(drop)
            if not beside:
                continue
            resistance = least(beside)
            if not flowing:
                yield lacks("ir_drop", [drop, resistance], ["current"], "I R needs the current of the drop")
                continue
            current = least(flowing)
            smallest = current.value * resistance.value
            if drop.value.high < 0.95 * smallest.low:
                yield from differs(
                    "ir_drop",
                    [drop, resistance, current],
                    smallest,
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
    for group in by_subject(facts.named("ionic_conductivity")).values():
        without = [fact for fact in group if fact.temperature is None]
        if without:
            yield lacks("conductivity_temperature", without, ["temperature"], "a conductivity needs its temperature")


def electronic_conductivity(facts: Facts) -> Iterator[Outcome]:
    """A separator conducts ions better than electrons."""
    for of, electronic in by_subject(facts.named("electronic_conductivity")).items():
        ionic = Pool(facts.get("ionic_conductivity", of))
        for fact in electronic:
            beside = ionic.beside(fact)
            if beside and fact.value.low > (best := most(beside)).value.high:
                yield says(
                    "electronic_conductivity",
                    [fact, best],
                    best.text,
                    fact.text,
                    "it conducts electrons better than ions, as an electrode may and a separator must not",
                    "note",
                    "an electrode, or a unit",
                )


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
    about = [fact for fact in facts.words("statement") if "grain boundary" in fact.text.lower()]
    for fact in {fact.of: fact for fact in reversed(about)}.values():
        conductivities = facts.get("ionic_conductivity", fact.of)
        frequencies = facts.nearest("highest_frequency", fact.of)
        if not frequencies:
            continue
        highest = most(frequencies)
        if not conductivities:
            yield lacks("frequency_range", [fact, highest], ["ionic_conductivity"], "the relaxation needs it")
            continue
        conductivity = least(conductivities)
        slowest = conductivity.value / (2.0 * math.pi * VACUUM_PERMITTIVITY * 100.0)
        if highest.value.high < slowest.low:
            yield says(
                "frequency_range",
                [fact, highest, conductivity],
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
