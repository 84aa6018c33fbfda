"""Each rule lets a true case pass and finds a false one."""

import pytest

from interlayer.consistency.audit import audit
from interlayer.consistency.facts import Facts, _fact, _FactFile
from interlayer.consistency.outcome import Missing
from interlayer.consistency.rules import RULES
from interlayer.references import bibliography


def facts(*rows, paper="p"):
    """Facts from (of, name, value, {conditions})."""
    made = []
    for of, name, value, *more in rows:
        conditions = dict(more[0]) if more else {}
        made.append(_fact(conditions.pop("paper", paper), _FactFile(of=of, name=name, value=value, **conditions)))
    return Facts(made)


COLD, WARM = {"temperature": "25 degC"}, {"temperature": "100 degC"}
GITT = [("c", "gitt_pulse", "5 min"), ("c", "molar_mass", "91.7 g/mol"), ("c", "molar_volume", "20.7 cm3/mol")]
CASES = {
    "unit": ([("x", "ionic_conductivity", "18 mS cm-1", COLD)], [("x", "ionic_conductivity", "18 mS cm-2", COLD)]),
    "one_value": (
        [("x", "interface_resistance", "124 ohm"), ("x", "interface_resistance", "124.3 ohm")],
        [("x", "interface_resistance", "124 ohm"), ("x", "interface_resistance", "161 ohm")],
    ),
    "papers_agree": (
        [("x", "density", "2.0 g/cm3", {"paper": "a"}), ("x", "density", "2.03 g/cm3", {"paper": "b"})],
        [("x", "density", "2.0 g/cm3", {"paper": "a"}), ("x", "density", "3.0 g/cm3", {"paper": "b"})],
    ),
    "claimed_ratio": (
        [("a", "ir_drop", "90 mV"), ("b", "ir_drop", "31 mV"), ("a", "ratio", "2.9", {"part": "ir_drop", "to": "b"})],
        [("a", "ir_drop", "90 mV"), ("b", "ir_drop", "31 mV"), ("a", "ratio", "5.1", {"part": "ir_drop", "to": "b"})],
    ),
    "charge_balance": ([("x", "formula", "Li7La3Zr2O12")], [("x", "formula", "Li7La3Zr2O7")]),
    "element_balance": ([("Li7P3S11 | Li", "product", "Li2S")], [("Li7P3S11 | Li", "product", "Li2O")]),
    "relative_density": (
        [("x", "density", "4.6 g/cm3"), ("x", "theoretical_density", "5.11 g/cm3"), ("x", "relative_density", "90 %")],
        [("x", "density", "4.6 g/cm3"), ("x", "theoretical_density", "5.11 g/cm3"), ("x", "relative_density", "97 %")],
    ),
    "theoretical_capacity": (
        [("x", "theoretical_capacity", "170.5 mAh/g"), ("x", "specific_capacity", "161.4 mAh/g")],
        [("x", "theoretical_capacity", "160.0 mAh/g"), ("x", "specific_capacity", "161.4 mAh/g")],
    ),
    "plated_lithium": (
        [("x", "plated_thickness", "9.7 um"), ("x", "areal_capacity", "2.0 mAh/cm2")],
        [("x", "plated_thickness", "10-20 um"), ("x", "areal_capacity", "1-3 mAh/cm2")],
    ),
    "volume_change": (
        [("S -> Li2S", "volume_change", "78 %"), ("S", "density", "2.07 g/cm3"), ("Li2S", "density", "1.67 g/cm3")],
        [("S -> Li2S", "volume_change", "90.1 %"), ("S", "density", "2.07 g/cm3"), ("Li2S", "density", "1.67 g/cm3")],
    ),
    "coating_from_mass": (
        [
            ("x", "coating_mass_fraction", "2.0 %"),
            ("x", "particle_diameter", "3.0 um"),
            ("x", "coating_thickness", "8 nm"),
            ("x core", "density", "4.66 g/cm3"),
            ("x coating", "density", "6.0 g/cm3"),
        ],
        [
            ("x", "coating_mass_fraction", "2.0 %"),
            ("x", "particle_diameter", "3.0 um"),
            ("x", "coating_thickness", "90 nm"),
            ("x core", "density", "4.66 g/cm3"),
            ("x coating", "density", "6.0 g/cm3"),
        ],
    ),
    "specific_surface": (
        [("x", "specific_surface", "0.9 m2/g"), ("x", "particle_diameter", "3.0 um"), ("x", "density", "4.66 g/cm3")],
        [("x", "specific_surface", "0.1 m2/g"), ("x", "particle_diameter", "3.0 um"), ("x", "density", "4.66 g/cm3")],
    ),
    "arrhenius": (
        [
            ("x", "activation_energy", "0.33 eV"),
            ("x", "ionic_conductivity", "1.00 mS/cm", COLD),
            ("x", "ionic_conductivity", "8.36 mS/cm", {"temperature": "85 degC"}),
        ],
        [
            ("x", "activation_energy", "0.45 eV"),
            ("x", "ionic_conductivity", "1.00 mS/cm", COLD),
            ("x", "ionic_conductivity", "8.36 mS/cm", {"temperature": "85 degC"}),
        ],
    ),
    "layer_resistance": (
        [
            ("x", "interface_resistance", "124 ohm"),
            ("x", "ionic_conductivity", "0.1 uS/cm", COLD),
            ("x", "thickness", "10.0 um"),
            ("x", "electrode_area", "100.0 cm2"),
        ],
        [
            ("x", "interface_resistance", "12 ohm"),
            ("x", "ionic_conductivity", "0.1 uS/cm", COLD),
            ("x", "thickness", "10.0 um"),
            ("x", "electrode_area", "1.0 cm2"),
        ],
    ),
    "area_specific": (
        [
            ("x", "area_specific_resistance", "97.3 ohm cm2"),
            ("x", "interface_resistance", "124 ohm"),
            ("x", "electrode_area", "0.785 cm2"),
        ],
        [
            ("x", "area_specific_resistance", "124.0 ohm cm2"),
            ("x", "interface_resistance", "124 ohm"),
            ("x", "electrode_area", "0.785 cm2"),
        ],
    ),
    "ir_drop": (
        [
            ("x", "ir_drop", "31.8 mV", {"rate": "0.1C"}),
            ("x", "current", "0.102 mA", {"rate": "0.1C"}),
            ("x", "interface_resistance", "124 ohm"),
        ],
        [
            ("x", "ir_drop", "3.8 mV", {"rate": "0.1C"}),
            ("x", "current", "0.102 mA", {"rate": "0.1C"}),
            ("x", "interface_resistance", "124 ohm"),
        ],
    ),
    "conductivity_plausible": (
        [("x", "ionic_conductivity", "25 mS/cm", COLD)],
        [("x", "ionic_conductivity", "250 mS/cm", COLD)],
    ),
    "conductivity_temperature": (
        [("x", "ionic_conductivity", "2 mS/cm", COLD)],
        [("x", "ionic_conductivity", "2 mS/cm")],
    ),
    "required_direction": (
        [("x", "required_conductivity", ">1e-5 S/cm")],
        [("x", "required_conductivity", "<1e-5 S/cm")],
    ),
    "frequency_range": (
        [
            ("x", "statement", "no grain boundary"),
            ("x", "highest_frequency", "7 MHz"),
            ("x", "ionic_conductivity", "10 uS/cm", COLD),
        ],
        [
            ("x", "statement", "no grain boundary"),
            ("x", "highest_frequency", "100 kHz"),
            ("x", "ionic_conductivity", "9.56 uS/cm", COLD),
        ],
    ),
    "insulating_layer": (
        [("x", "statement", "insulating"), ("y", "cell_capacity", "30 uAh")],
        [("x", "statement", "insulating"), ("x", "cell_capacity", "30 uAh")],
    ),
    "one_c": (
        [
            ("x", "one_c_current_density", "1.344 mA/cm2"),
            ("x", "loading", "8.4 mg/cm2"),
            ("x", "theoretical_capacity", "160.0 mAh/g"),
        ],
        [
            ("x", "one_c_current_density", "1.9 mA/cm2"),
            ("x", "loading", "8.4 mg/cm2"),
            ("x", "theoretical_capacity", "160.0 mAh/g"),
        ],
    ),
    "rate_capacity": (
        [("x", "current", "3.0 uA", {"rate": "0.1C"}), ("x", "current", "31 uA", {"rate": "1C"})],
        [("x", "current", "3.0 uA", {"rate": "0.1C"}), ("x", "current", "3.0 uA", {"rate": "1C"})],
    ),
    "current_area": (
        [("x", "current_density", "0.13 mA/cm2"), ("x", "current", "0.102 mA"), ("x", "electrode_area", "0.785 cm2")],
        [("x", "current_density", "0.13 mA/cm2"), ("x", "current", "0.202 mA"), ("x", "electrode_area", "0.785 cm2")],
    ),
    "area_stated": (
        [("x", "interface_resistance", "124 ohm"), ("cell", "electrode_area", "0.785 cm2")],
        [("x", "interface_resistance", "124 ohm")],
    ),
    "diameter_area": (
        [("x", "electrode_diameter", "10.0 mm"), ("x", "electrode_area", "0.785 cm2")],
        [("x", "electrode_diameter", "10.0 mm"), ("x", "electrode_area", "1.13 cm2")],
    ),
    "mass_loading": (
        [("x", "active_mass", "6.59 mg"), ("x", "loading", "8.4 mg/cm2"), ("x", "electrode_area", "0.785 cm2")],
        [("x", "active_mass", "9.9 mg"), ("x", "loading", "8.4 mg/cm2"), ("x", "electrode_area", "0.785 cm2")],
    ),
    "loading_stated": (
        [("x", "specific_capacity", "150.1 mAh/g", {"rate": "1C"}), ("x", "loading", "8 mg/cm2")],
        [("x", "specific_capacity", "150.1 mAh/g", {"rate": "1C"})],
    ),
    "areal_capacity": (
        [
            ("x", "areal_capacity", "1.26 mAh/cm2"),
            ("x", "loading", "8.4 mg/cm2"),
            ("x", "specific_capacity", "150.0 mAh/g"),
        ],
        [
            ("x", "areal_capacity", "2.26 mAh/cm2"),
            ("x", "loading", "8.4 mg/cm2"),
            ("x", "specific_capacity", "150.0 mAh/g"),
        ],
    ),
    "first_cycle": (
        [
            ("x", "first_charge_capacity", "188.2 mAh/g"),
            ("x", "first_discharge_capacity", "161.4 mAh/g"),
            ("x", "initial_efficiency", "85.8 %"),
        ],
        [
            ("x", "first_charge_capacity", "188.2 mAh/g"),
            ("x", "first_discharge_capacity", "161.4 mAh/g"),
            ("x", "initial_efficiency", "91.2 %"),
        ],
    ),
    "fade": (
        [("x", "fade_per_cycle", "0.20 %"), ("x", "retention", "80.2 %", {"cycle": 100, "rate": "1C"})],
        [("x", "fade_per_cycle", "0.60 %"), ("x", "retention", "80.2 %", {"cycle": 100, "rate": "1C"})],
    ),
    "retention": (
        [
            ("x", "retention", "75.0 %", {"cycle": 100, "rate": "1C"}),
            ("x", "specific_capacity", "120.0 mAh/g", {"cycle": 1, "rate": "1C"}),
            ("x", "specific_capacity", "90.0 mAh/g", {"cycle": 100, "rate": "1C"}),
        ],
        [
            ("x", "retention", "85.0 %", {"cycle": 100, "rate": "1C"}),
            ("x", "specific_capacity", "120.0 mAh/g", {"cycle": 1, "rate": "1C"}),
            ("x", "specific_capacity", "90.0 mAh/g", {"cycle": 100, "rate": "1C"}),
        ],
    ),
    "efficiency_product": (
        [("x", "coulombic_efficiency", "99.9 %"), ("x", "retention", "90.5 %", {"cycle": 100, "rate": "1C"})],
        [("x", "coulombic_efficiency", "99.2 %"), ("x", "retention", "90.5 %", {"cycle": 200, "rate": "1C"})],
    ),
    "cycling_time": (
        [
            ("x", "duration", "90 days"),
            ("x", "cycles", "1000"),
            ("x", "current", "41 uA"),
            ("x", "cell_capacity", "31 uAh"),
        ],
        [
            ("x", "duration", "32 days"),
            ("x", "cycles", "1000"),
            ("x", "current", "3.1 uA"),
            ("x", "cell_capacity", "31 uAh"),
        ],
    ),
    "same_capacity_at_two_rates": (
        [
            ("x", "specific_capacity", "652 mAh/g", {"part": "50 mA/g"}),
            ("x", "specific_capacity", "649 mAh/g", {"part": "150 mA/g"}),
        ],
        [
            ("x", "specific_capacity", "652 mAh/g", {"part": "50 mA/g"}),
            ("x", "specific_capacity", "652 mAh/g", {"part": "100 mA/g"}),
        ],
    ),
    "thickness_plausible": (
        [("x", "thickness", "60 um"), ("x", "loading", "19.5 mg/cm2")],
        [("x", "thickness", "60 nm"), ("x", "loading", "19.5 mg/cm2")],
    ),
    "foil_plausible": ([("x", "foil_thickness", "11 um")], [("x", "foil_thickness", "11 mm")]),
    "balance": (
        [
            ("x", "negative_to_positive", "1.2"),
            ("x", "areal_capacity", "2.5 mAh/cm2"),
            ("x", "negative_areal_capacity", "3.0 mAh/cm2"),
        ],
        [
            ("x", "negative_to_positive", "1.9"),
            ("x", "areal_capacity", "2.5 mAh/cm2"),
            ("x", "negative_areal_capacity", "3.0 mAh/cm2"),
        ],
    ),
    "energy": (
        [
            ("x", "specific_energy", "264 Wh/kg"),
            ("x", "energy_density", "660 Wh/L"),
            ("x", "cell_density", "2.5 g/cm3"),
            ("x", "mean_voltage", "3.6 V"),
            ("x", "specific_capacity", "200.1 mAh/g"),
        ],
        [
            ("x", "specific_energy", "264 Wh/kg"),
            ("x", "energy_density", "960 Wh/L"),
            ("x", "cell_density", "2.5 g/cm3"),
            ("x", "mean_voltage", "3.6 V"),
            ("x", "specific_capacity", "200.1 mAh/g"),
        ],
    ),
    "gitt_tau": (
        [("c", "gitt_tau", "5 min"), ("c", "gitt_pulse", "5 min"), ("c", "gitt_rest", "2 h")],
        [("c", "gitt_tau", "2 h"), ("c", "gitt_pulse", "5 min"), ("c", "gitt_rest", "2 h")],
    ),
    "gitt_area": (
        [*GITT, ("c", "diffusivity", "1.1e-12 cm2/s"), ("c", "gitt_area", "0.785 cm2")],
        [*GITT, ("c", "diffusivity", "1.1e-12 cm2/s")],
    ),
    "gitt_ratio": (
        [*GITT, ("c", "diffusivity", "1.1e-12 cm2/s"), ("c", "specific_surface", "0.43 m2/g")],
        [*GITT, ("c", "diffusivity", "1.4e-10 cm2/s"), ("c", "specific_surface", "0.43 m2/g")],
    ),
    "gitt_validity": (
        [*GITT, ("c", "diffusivity", "1.1e-12 cm2/s"), ("c", "particle_diameter", "3.0 um")],
        [*GITT, ("c", "diffusivity", "1.4e-10 cm2/s"), ("c", "particle_diameter", "3.0 um")],
    ),
    "scan_rate_stated": (
        [("x", "peak_separation", "0.38 V"), ("x", "scan_rate", "0.1 mV/s")],
        [("x", "peak_separation", "0.38 V")],
    ),
    "suppressed": (
        [("x", "statement", "fully suppressed"), ("x", "layer_remaining", "0 nm")],
        [("x", "statement", "fully suppressed"), ("x", "layer_remaining", "50-70 nm")],
    ),
    "linear": (
        [("x", "statement", "linear"), *[("x", "point", text) for text in ("10; 16", "19.5; 41", "50; 121")]],
        [("x", "statement", "linear"), *[("x", "point", text) for text in ("10; 16", "19.5; 41", "50; 135")]],
    ),
    "fractions_sum": (
        [("x", "species_fraction", "45 %", {"part": "a"}), ("x", "species_fraction", "55 %", {"part": "b"})],
        [("x", "species_fraction", "45 %", {"part": "a"}), ("x", "species_fraction", "75 %", {"part": "b"})],
    ),
}


def found_by(rule, case):
    """What one rule says of some facts: contradictions and gaps, and doubts that are worth a note."""
    return list(rule.check(facts(*case)))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_rule_passes_the_true_case_and_finds_the_false_one(rule):
    true, false = CASES[rule.name]
    about = rule.name in ("efficiency_product",)
    passed = [
        one for one in found_by(rule, true) if about or not isinstance(one, Missing) or rule.name.endswith("stated")
    ]
    assert [one for one in passed if getattr(one, "severity", "gap") != "note"] == []
    wrong = found_by(rule, false)
    assert wrong
    assert all(one.rule == rule.name for one in wrong)
    first = wrong[0]
    if not isinstance(first, Missing):
        assert first.quantities
        assert first.computed
        assert first.reported
        assert first.explanation


def test_there_are_enough_rules_and_each_says_where_it_comes_from():
    assert len(RULES) >= 35
    assert len({rule.name for rule in RULES}) == len(RULES)
    assert all(rule.source == "definition" or rule.source in bibliography() for rule in RULES)
    assert set(CASES) == {rule.name for rule in RULES}


def test_rounding_is_not_a_contradiction_and_more_than_rounding_is():
    for value, wrong in (("1.3 mA/cm2", False), ("1.34 mA/cm2", False), ("1.36 mA/cm2", False), ("1.42 mA/cm2", True)):
        result = audit(facts(("x", "one_c_current_density", value), ("x", "loading", "8.4 mg/cm2"),
                             ("x", "theoretical_capacity", "160 mAh/g", {"digits": 3})))  # fmt: skip
        assert bool(result.contradictions) == wrong, value


def test_the_documentation_lists_every_rule():
    from pathlib import Path

    text = (Path(__file__).parents[2] / "docs" / "audit.md").read_text(encoding="utf-8")
    for rule in RULES:
        assert f"| `{rule.name}` | {rule.relation} | {rule.needs} | {rule.source} |" in text
