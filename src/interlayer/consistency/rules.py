"""All rules, one after the other."""

from typing import Final

from interlayer.consistency import capacity_rules as capacity
from interlayer.consistency import composition_rules as composition
from interlayer.consistency import fade_rules as fade
from interlayer.consistency import rate_rules as rate
from interlayer.consistency import reporting_rules as reporting
from interlayer.consistency import transport_rules as transport
from interlayer.consistency.outcome import Rule

RULES: Final = (
    Rule("unit", "any quantity", "the unit is one of the quantity", "definition", reporting.unit_of_quantity),
    Rule("one_value", "any quantity twice", "one thing has one value", "definition", reporting.one_value),
    Rule(
        "papers_agree", "the same in two papers", "one thing has one value", "definition", reporting.papers_agree, True
    ),
    Rule("claimed_ratio", "ratio, two values", "ratio = a/b", "definition", reporting.claimed_ratio),
    Rule("charge_balance", "formula", "sum of index x oxidation state = 0", "definition", composition.charge_balance),
    Rule(
        "element_balance", "product", "products hold the reactants' elements", "definition", composition.element_balance
    ),
    Rule(
        "relative_density",
        "relative, absolute, theoretical density",
        "rho/rho0",
        "definition",
        composition.relative_density,
    ),
    Rule("porosity", "porosity, relative density or densities", "1 - rho/rho0", "definition", composition.porosity),
    Rule(
        "theoretical_capacity",
        "capacity, theoretical capacity",
        "q <= q0",
        "definition",
        composition.theoretical_capacity,
    ),
    Rule(
        "formula_capacity",
        "theoretical capacity, formula",
        "q0 <= n(Li) F/M",
        "definition",
        composition.formula_capacity,
    ),
    Rule("plated_lithium", "areal capacity, thickness", "t = Q M/(F rho)", "wu2016", composition.plated_lithium),
    Rule("volume_change", "densities before and after", "dV/V from molar volumes", "wu2016", composition.volume_change),
    Rule(
        "coating_from_mass",
        "mass share, diameter, densities",
        "t = w rho d/(6 rho_c)",
        "wang2020",
        composition.coating_from_mass,
    ),
    Rule(
        "specific_surface", "surface, diameter, density", "S >= 6/(rho d)", "definition", composition.specific_surface
    ),
    Rule(
        "arrhenius",
        "two conductivities, activation energy",
        "E = k ln(s2/s1)/(1/T1 - 1/T2)",
        "tan2021",
        transport.arrhenius,
    ),
    Rule(
        "layer_resistance",
        "thickness, conductivity, area, resistance or ASR",
        "R >= t/(sigma A)",
        "wang2020",
        transport.layer_resistance,
    ),
    Rule("area_specific", "resistance, area, ASR", "ASR = R A", "definition", transport.area_specific),
    Rule("ir_drop", "drop, current, resistance", "dV >= I R", "wang2020", transport.ir_drop),
    Rule("conductivity_plausible", "conductivity", "sigma <= 0.1 S/cm", "wang2020", transport.conductivity_plausible),
    Rule(
        "conductivity_temperature",
        "conductivity",
        "has a temperature",
        "definition",
        transport.conductivity_temperature,
    ),
    Rule(
        "electronic_conductivity",
        "electronic and ionic conductivity",
        "ions before electrons",
        "definition",
        transport.electronic_conductivity,
    ),
    Rule(
        "required_direction", "required conductivity", "a bound from below", "wang2021amr", transport.required_direction
    ),
    Rule(
        "frequency_range",
        "statement, frequency, conductivity",
        "f > sigma/(2 pi eps0 eps)",
        "irvine1990",
        transport.frequency_range,
    ),
    Rule("insulating_layer", "statement, capacity", "an insulator blocks", "tan2021", transport.insulating_layer),
    Rule("one_c", "1C, loading, theoretical capacity", "1C = loading x q", "definition", rate.one_c),
    Rule("rate_capacity", "current with a rate, capacity or 1C", "I = rate x Q", "definition", rate.rate_capacity),
    Rule(
        "current_area",
        "current, density or per mass, area or mass",
        "I = i A = s m",
        "definition",
        rate.current_area,
    ),
    Rule("area_stated", "resistance or current", "has an area", "definition", rate.area_stated),
    Rule("diameter_area", "diameter, area", "A = pi d^2/4", "definition", rate.diameter_area),
    Rule("mass_loading", "mass, loading, area", "m = loading x A", "definition", capacity.mass_loading),
    Rule("loading_stated", "capacity at a rate", "has a loading", "definition", capacity.loading_stated),
    Rule(
        "areal_capacity",
        "areal capacity, loading, capacity",
        "Q/A = loading x q",
        "definition",
        capacity.areal_capacity,
    ),
    Rule(
        "cell_capacity",
        "cell, specific or areal capacity, mass or area",
        "Q = q m = (Q/A) A",
        "definition",
        capacity.cell_capacity,
    ),
    Rule("first_cycle", "first charge, discharge, efficiency", "CE = discharge/charge", "definition", fade.first_cycle),
    Rule("first_discharge", "first discharge, capacity at cycle 1", "they are one", "definition", fade.first_discharge),
    Rule("fade", "fade per cycle, retention", "1 - n a or (1 - a)^n", "wang2021", fade.fade),
    Rule("retention", "retention, capacities, cycle, rate", "Q_n/Q_1", "definition", fade.retention),
    Rule("efficiency_product", "efficiency, retention", "CE^n", "definition", fade.efficiency_product),
    Rule("cycling_time", "duration, cycles, current, capacity", "t >= 2 n Q/I", "tan2021", rate.cycling_time),
    Rule(
        "same_capacity_at_two_rates",
        "capacities at two rates",
        "they differ",
        "wang2021amr",
        rate.same_capacity_at_two_rates,
    ),
    Rule(
        "thickness_plausible",
        "thickness, loading or areal capacity",
        "t >= loading/22 g/cm3",
        "wu2016",
        capacity.thickness_plausible,
    ),
    Rule("foil_plausible", "foil thickness", "1 um to 1 mm", "wu2016", capacity.foil_plausible),
    Rule("balance", "N/P, areal capacities", "N/P = Q_n/Q_p", "definition", capacity.balance),
    Rule("energy", "Wh/kg, Wh/L, density, voltage", "Wh/L = Wh/kg x rho", "wu2016", capacity.energy),
    Rule("gitt_tau", "tau, pulse, rest", "tau is the pulse", "weppner1977", reporting.gitt_tau),
    Rule("gitt_area", "diffusivity", "has an area", "weppner1977", reporting.gitt_area),
    Rule("gitt_ratio", "diffusivity, pulse, surface", "dE_s/dE_tau <= 1", "weppner1977", reporting.gitt_ratio),
    Rule("gitt_validity", "diffusivity, pulse, diameter", "tau D/L^2 < 0.1", "weppner1977", reporting.gitt_validity),
    Rule("scan_rate_stated", "peak separation", "has a scan rate", "randles1948", reporting.scan_rate_stated),
    Rule("suppressed", "statement, what is left", "nothing is left", "wang2021", reporting.suppressed),
    Rule("linear", "statement, three points", "they lie on a line", "wu2016", reporting.linear),
    Rule("fractions_sum", "shares of a whole", "sum <= 1", "definition", reporting.fractions_sum),
    Rule("possible_fraction", "fraction or efficiency", "0 <= share <= 1", "definition", reporting.possible_fraction),
    Rule("break_even", "thickness, break-even thickness", "t <= break-even", "wu2016", reporting.break_even),
)
"""Name, needs, relation and source of each rule, and its check."""
