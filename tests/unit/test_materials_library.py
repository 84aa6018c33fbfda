"""What the shipped library states must hang together: formulas, densities, curves, sources."""

import math

import numpy as np
import pytest

from interlayer.composition import parse_formula
from interlayer.constants import BOLTZMANN, FARADAY
from interlayer.errors import InputError
from interlayer.materials import Material, library, material
from interlayer.materials.sheet import PROPERTIES, value_rows

MATERIALS = list(library().values())
CURVES = [(m.name, n, curve) for m in MATERIALS for n, curve in enumerate(m.open_circuit)]

NAMED_BY_THE_PAPERS = """
    LGPS, Li9.54Si1.74P1.44S11.7Cl0.3, Li7P3S11, Li3PS4, Li6PS5Cl, Li6PS5Br, Li10SnP2S12, Li10.35[Sn0.27Si1.08]P1.65S12,
    Li6+xP1-xGexS5I, thio-LISICON, Li4SnS4, Li6PS5Cl0.3F0.7, Li2S-P2S5-LiI, Li3InCl6, Li3YBr6, Li3ScCl6, LLZO, LATP,
    LAGP, LLTO, LLTO film, LiPON, borohydride, PEO, Li3ClO, LNTO-350, LNTO-450, LNTO-550, LiNbO3, LiTaO3, Li3PO4, SiO2,
    Al2O3, Li2ZrO3, Li2SiO3, Li2CO3, alucone, PEDOT, Nb2O5, NbO2, NMC532, NMC811, NCA, LCO, LFP, LMO, S, Se, SeS2,
    P4S34, Li2S, Li, In-Li, Li-Sn, graphite, LTO, LP30, Al, Cu, binder, polypropylene, Ag, carbon black
"""


@pytest.mark.parametrize("name", [name.strip() for name in NAMED_BY_THE_PAPERS.split(",")])
def test_the_materials_of_the_papers_are_found_by_the_names_they_use(name):
    assert name in library()


def test_every_value_has_unit_source_and_a_temperature_above_absolute_zero():
    for entry in MATERIALS:
        for row in value_rows(entry):
            assert row.source.strip(), (entry.name, row)
            assert row.temperature_K is None or 50 < row.temperature_K < 2000, (entry.name, row)


def test_every_entry_says_where_it_comes_from():
    assert [m.name for m in MATERIALS if not m.source and not value_rows(m)] == []


def test_what_is_not_stated_by_its_source_says_how_it_came_about():
    silent = [
        (m.name, row.property, row.value)
        for m in MATERIALS
        for row in value_rows(m)
        if row.status in ("derived", "inferred", "assumed") and not row.note
    ]
    assert silent == []


def test_densities_of_one_material_agree_within_8_percent_with_each_other_and_with_its_molar_volume():
    for entry in MATERIALS:
        densities = [datum.si for datum in entry.density]
        densities += [entry.molar_mass / datum.si for datum in entry.molar_volume]
        assert not densities or max(densities) <= 1.08 * min(densities), (entry.name, densities)


def test_volume_changes_of_sulfur_follow_from_the_densities_of_the_same_paper():
    sulfur, sulfide = material("S"), material("Li2S")
    for paper in ("wang2021amr", "wu2016"):
        before = next(d.si for d in sulfur.density if d.source.startswith(paper + ":"))
        after = next(d.si for d in sulfide.density if d.source.startswith(paper + ":"))
        change = sulfide.molar_mass / after / (sulfur.molar_mass / before) - 1.0
        stated = next(d for d in sulfur.volume_change if d.source.startswith(paper + ":") and d.status == "derived")
        assert stated.si == pytest.approx(change, abs=5e-4)


@pytest.mark.parametrize(
    "entry", [m for m in MATERIALS if m.lithium_sites and m.specific_capacity], ids=lambda m: m.name
)
def test_no_specific_capacity_exceeds_its_lithium_sites(entry):
    largest = max(datum.si for datum in entry.specific_capacity)
    assert largest <= 1.005 * entry.capacity_per_stoichiometry


def test_theoretical_capacities_are_n_f_over_m():
    assert material("S").capacity_per_stoichiometry / 3600 == pytest.approx(1672.0, abs=0.5)
    assert material("Se").capacity_per_stoichiometry / 3600 == pytest.approx(678.8, abs=0.1)
    assert material("LTO").capacity_per_stoichiometry == pytest.approx(3 * FARADAY / material("LTO").molar_mass)


def test_end_members_have_the_composition_of_their_solid_solution():
    for entry in MATERIALS:
        if not entry.end_members:
            continue
        mixed: dict[str, float] = {}
        for formula, share in entry.end_members.items():
            for element, amount in parse_formula(formula).items():
                mixed[element] = mixed.get(element, 0.0) + share * amount
        assert mixed == pytest.approx(dict(parse_formula(entry.formula)), abs=1e-9), entry.name


@pytest.mark.parametrize(("name", "number", "curve"), CURVES, ids=[f"{name}-{number}" for name, number, _ in CURVES])
def test_a_potential_is_finite_and_never_rises_as_lithium_goes_in(name, number, curve):
    potential = curve.potential(np.linspace(curve.lowest, curve.highest, 20_001))
    assert np.all(np.isfinite(potential))
    assert np.all(np.diff(potential) <= 1e-9)


@pytest.mark.parametrize("entry", [m for m in MATERIALS if m.open_circuit], ids=lambda m: m.name)
def test_a_curve_needs_lithium_sites_to_count_its_stoichiometry(entry):
    assert entry.lithium_sites is not None


@pytest.mark.parametrize(
    ("name", "x", "volts", "tolerance"),
    [
        ("LCO", 0.5, 4.2, 0.08),  # where the order-disorder transition of Li0.5CoO2 lies
        ("LFP", 0.5, 3.4, 0.03),
        ("LTO", 0.5, 1.55, 0.01),
        ("NMC811", 0.9, 3.6, 0.1),
        ("graphite", 0.5, 0.1, 0.03),
        ("LMO", 0.3, 4.12, 0.03),
        ("LMO", 0.8, 3.97, 0.03),
        ("In-Li", 0.3, 0.62, 0.005),
        ("Li-Sn", 0.4, 0.53, 0.005),
        ("S", 0.5, 2.23, 0.01),
    ],
)
def test_the_curves_pass_through_the_plateaus_everyone_knows(name, x, volts, tolerance):
    assert material(name).open_circuit[0].potential(np.array([x]))[0] == pytest.approx(volts, abs=tolerance)


def test_the_sulfur_plateau_gives_the_energy_the_paper_states():
    volts = float(material("S").open_circuit[0].potential(np.array([0.5]))[0])
    assert volts * material("Li2S").capacity_per_stoichiometry / 3600 == pytest.approx(2600, rel=1e-3)


def test_the_papers_own_conductivities_are_the_ones_used_in_their_cells():
    assert material("LGPS").value("conductivity", "pellet").to("mS/cm") == pytest.approx(2.8)
    assert material("LGPS").value("conductivity", "sintered").to("mS/cm") == pytest.approx(12.0)
    anneals = [material(f"LNTO-{t}").value("conductivity").to("uS/cm") for t in (350, 450, 550)]
    assert anneals == pytest.approx([13.2, 38.7, 2.43])


class TestConductivityAtAnotherTemperature:
    def test_the_value_measured_there_is_taken_as_it_is(self):
        film = material("LLTO film")
        assert film.conductivity_at(298.15, "film, 300 degC").to("S/cm") == pytest.approx(9.56e-6)
        assert film.conductivity_at(393.15, "film, 300 degC").to("S/cm") == pytest.approx(7.78e-5)

    def test_the_derived_activation_energy_connects_the_two_measured_films(self):
        film = material("LLTO film")
        energy = film.value("activation_energy", "film, 300 degC").si
        moved = 9.56e-6 * math.exp(-energy / BOLTZMANN * (1 / 393.15 - 1 / 298.15))
        assert moved == pytest.approx(7.78e-5, rel=0.01)

    @pytest.mark.parametrize("temperature", [273.15, 298.15, 333.15])
    @pytest.mark.parametrize("name", ["LGPS", "LiPON", "LATP"])
    def test_conductors_conduct_better_when_warm(self, name, temperature):
        entry = material(name)
        assert entry.conductivity_at(temperature + 10).si > entry.conductivity_at(temperature).si

    def test_a_moved_value_says_so(self):
        moved = material("LGPS").conductivity_at(333.15, "pellet")
        assert moved.status == "derived"
        assert "2.8 mS/cm" in str(moved.note)

    def test_both_arrhenius_forms_are_kept_apart(self):
        one = {"value": "0.5 eV", "source": "x"}
        base = {"name": "m", "kind": "coating", "family": "f", "conductivity": [{"value": "1 S/m", "source": "x"}]}
        plain = Material.model_validate({**base, "activation_energy": [one]})
        with_t = Material.model_validate({**base, "activation_energy": [{**one, "arrhenius": "ln_sigma_T"}]})
        ratio = with_t.conductivity_at(350.0).si / plain.conductivity_at(350.0).si
        assert ratio == pytest.approx(298.15 / 350.0)

    def test_without_an_activation_energy_nothing_is_invented(self):
        with pytest.raises(InputError, match="without an activation energy"):
            material("LNTO-450").conductivity_at(333.15)


def test_names_aliases_and_formulas_find_one_material_in_any_case():
    assert material("lgps") is material("Li10GeP2S12") is material("LI10GEP2S12")


def test_an_alias_is_not_the_name_or_alias_of_another_material():
    seen: dict[str, str] = {}
    for entry in MATERIALS:
        for name in {entry.name.lower(), *(alias.lower() for alias in entry.aliases)}:
            assert name not in seen, f"{name}: {entry.name} and {seen[name]}"
            seen[name] = entry.name


def test_a_miss_names_the_closest_material_as_it_is_written():
    with pytest.raises(InputError, match="did you mean 'NMC532'"):
        material("NMC352")


def test_a_missing_property_says_how_to_give_it():
    with pytest.raises(InputError, match="PEDOT has no density"):
        material("PEDOT").value("density")


def test_the_properties_shown_are_all_there_are():
    tuples = {name for name, field in Material.model_fields.items() if "Datum" in str(field.annotation)}
    tuples |= {name for name, field in Material.model_fields.items() if "ActivationEnergy" in str(field.annotation)}
    assert set(PROPERTIES) == tuples
