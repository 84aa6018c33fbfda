"""Resistances of layers, contacts and interfaces against their analytic limits."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interlayer.cell import load_cell
from interlayer.simulation import cell_parameters
from interlayer.transport import contact, effective, kinetics, ohmic, resistance
from interlayer.transport.interface import interface_remainder
from interlayer.transport.space_charge import depletion_width, space_charge_resistance

WANG = ["wang2020_lnto350", "wang2020_lnto450", "wang2020_lnto550"]
positive = st.floats(1e-3, 1e3)


def test_a_pellet_of_80_mg_on_a_10_mm_die():
    # physics: 80 mg of LGPS (2.0 g/cm3), 2.8 mS/cm
    assert ohmic.area_specific_resistance(509e-6, 0.28) * 1e4 == pytest.approx(18.2, abs=0.05)


@given(sheet=positive, rho=positive, b=positive)
def test_a_contact_over_the_whole_domain_is_an_even_charge_transfer(sheet, rho, b):
    assert contact.spreading_conductance(sheet, rho, b, b) == pytest.approx(math.pi * b**2 / rho, rel=1e-9)


@given(rho=st.floats(0.1, 10), a=st.floats(0.1, 1), ratio=st.floats(1.01, 5))
def test_a_film_without_loss_uses_its_whole_domain(rho, a, ratio):
    b = a * ratio
    assert contact.spreading_conductance(1e9, rho, a, b) == pytest.approx(math.pi * b**2 / rho, rel=1e-4)


@settings(deadline=None)
@given(sheet=positive, rho=positive, a=st.floats(0.01, 1), ratio=st.floats(1.0, 1e4))
def test_spreading_lies_between_the_bare_contact_and_the_whole_domain(sheet, rho, a, ratio):
    b = a * ratio
    conductance = contact.spreading_conductance(sheet, rho, a, b)
    assert math.pi * a**2 / rho <= conductance * (1 + 1e-9)
    assert conductance <= math.pi * b**2 / rho * (1 + 1e-9)


def test_spreading_satisfies_the_fin_equation():
    # solve sheet (r phi')'/r = phi/rho on a..b with phi(a) = 1, phi'(b) = 0 by finite differences
    import numpy as np
    from scipy.linalg import solve_banded

    sheet, rho, a, b, n = 2.0, 0.5, 0.3, 1.7, 20000
    r = np.linspace(a, b, n + 1)
    h = r[1] - r[0]
    half = (r[1:] + r[:-1]) / 2
    below, above = np.zeros(n + 1), np.zeros(n + 1)
    middle, right = np.ones(n + 1), np.zeros(n + 1)
    right[0] = 1.0
    below[1:-1], above[1:-1] = half[:-1], half[1:]
    middle[1:-1] = -(half[1:] + half[:-1]) - h**2 * r[1:-1] / (sheet * rho)
    below[-1], middle[-1] = half[-1], -half[-1] - h**2 / 2 * r[-1] / (sheet * rho)
    bands = np.zeros((3, n + 1))
    bands[0, 1:], bands[1], bands[2, :-1] = above[:-1], middle, below[1:]
    phi = solve_banded((1, 1), bands, right)
    spread = 2 * math.pi * np.trapezoid(phi * r, r) / rho
    expected = math.pi * a**2 / rho + spread
    assert contact.spreading_conductance(sheet, rho, a, b) == pytest.approx(expected, rel=1e-6)


def test_kinetics_are_the_inverse_of_each_other():
    assert kinetics.exchange_current_density(
        kinetics.charge_transfer_resistance(0.07, 298.15), 298.15
    ) == pytest.approx(0.07)


def test_bruggeman_limits():
    assert effective.bruggeman(2.0, 1.0) == 2.0
    assert effective.bruggeman(2.0, 0.25) == pytest.approx(0.25)
    assert effective.tortuosity_factor(2.0, 0.5, 2.0) == pytest.approx(0.5)


@pytest.mark.parametrize("name", WANG)
def test_terms_add_up_to_the_total_and_the_interface_to_its_measurement(name):
    budget = resistance(name)
    values = [term.area_specific_resistance_ohm_cm2 or 0.0 for term in budget.terms]
    assert budget.known_total_ohm_cm2 == pytest.approx(sum(values))
    interface = sum(t.area_specific_resistance_ohm_cm2 or 0.0 for t in budget.terms if t.part == "cathode interface")
    assert interface == pytest.approx(budget.interface.measured_ohm_cm2)
    for term in budget.terms:
        if term.area_specific_resistance_ohm_cm2 is not None:
            assert term.resistance_ohm * budget.area_cm2 == pytest.approx(term.area_specific_resistance_ohm_cm2)


@pytest.mark.parametrize(("name", "share"), [(WANG[0], 7e-6), (WANG[1], 7e-6), (WANG[2], 2e-5)])
def test_the_film_explains_a_hundred_thousandth_of_the_measured_resistance(name, share):
    # the share of a 10 nm film; the cell files take the middle of 5-10 nm
    balance = resistance(load_cell(name, changes=["cathode.coating.thickness=10 nm"])).interface
    assert balance.explained_share == pytest.approx(share, rel=0.1)
    assert balance.explained_share_low <= balance.explained_share <= balance.explained_share_high


@pytest.mark.parametrize(("name", "i0"), [(WANG[0], 2.5), (WANG[1], 7.3), (WANG[2], 1.35)])
def test_the_rest_read_as_charge_transfer(name, i0):
    assert resistance(name).interface.exchange_current_density_uA_per_cm2 == pytest.approx(i0, rel=0.02)


def test_half_the_contact_doubles_what_acts_on_the_surface():
    i0 = "cathode.interface.exchange_current_density=10 uA/cm2"
    whole, half = (
        {term.name: term.area_specific_resistance_ohm_cm2 for term in resistance(load_cell(WANG[1], changes=c)).terms}
        for c in ([i0], [i0, "cathode.interface.contact_fraction=50 %"])
    )
    for name in ("LNTO-450 film", "charge transfer"):
        assert half[name] == pytest.approx(2 * whole[name])
    assert half["ions through the composite"] == whole["ions through the composite"]


def test_the_interface_adds_up_to_its_measurement_whatever_the_contact():
    budget = resistance(load_cell(WANG[1], changes=["cathode.interface.contact_fraction=10 %"]))
    interface = sum(t.area_specific_resistance_ohm_cm2 or 0.0 for t in budget.terms if t.part == "cathode interface")
    assert interface == pytest.approx(budget.interface.measured_ohm_cm2)


def test_a_small_current_feels_the_resistance_of_the_budget():
    """The simulation's slope at rest is the budget's sum: the same terms, counted once."""
    from interlayer.simulation import simulate

    cell = load_cell(WANG[1], changes=["cathode.initial_stoichiometry=0.5"])
    budget = resistance(cell)
    run = simulate(cell, protocol="Discharge at 0.001C for 1 s")
    (rest,) = [term for term in run.budget.terms if "diffusion" in term.term]
    current = 0.001 * cell.one_c  # A/m2
    lost = sum(term.overpotential_mV for term in run.budget.terms) - rest.overpotential_mV
    # ohm cm2 from mV and A/m2; the paths through the composite are a third of L/kappa only for an even reaction
    assert lost / current * 10 == pytest.approx(budget.known_total_ohm_cm2, rel=0.01)


def test_a_thicker_film_leaves_less_to_explain():
    left = [
        interface_remainder(load_cell(WANG[1], changes=[f"cathode.coating.thickness={t} nm"])) for t in (1, 10, 1000)
    ]
    assert left[0] > left[1] > left[2] > 0


def test_sparse_contacts_add_constriction_and_spreading():
    changes = [
        "cathode.interface.contact_radius=100 nm",
        "cathode.interface.contacts_per_particle=1",
        "cathode.interface.exchange_current_density=1 mA/cm2",
    ]
    names = [term.name for term in resistance(load_cell(WANG[1], changes=changes)).terms]
    assert any("constriction" in name for name in names)
    assert any("spreading" in name for name in names)


# space charge


def test_a_depleted_layer_is_thinner_than_an_atom_and_its_resistance_exponential():
    """The figures of LGPS: 2.05e22 Li/cm3, permittivity 10; 0.4 V costs some 1 ohm cm2, 0.6 V some 2000."""
    carriers = 2.05e28
    assert 0.10e-9 < depletion_width(0.2, 10.0, carriers) < depletion_width(1.0, 10.0, carriers) < 0.24e-9
    small, large = (space_charge_resistance(v, 10.0, carriers, 0.28, 298.15) * 1e4 for v in (0.4, 0.6))
    assert small == pytest.approx(1.0, rel=0.5)
    assert large == pytest.approx(2e3, rel=0.5)


def test_the_integral_of_the_space_charge_is_the_numerical_one():
    for step in (0.01, 0.1, 0.5):
        ratio = step / 0.025692579  # kT/e at 298.15 K
        u = np.linspace(0.0, 1.0, 20001)
        integral = np.trapezoid(np.exp(u**2 * ratio), u)
        expected = depletion_width(step, 10.0, 1e28) / 0.1 * integral
        assert space_charge_resistance(step, 10.0, 1e28, 0.1, 298.15) == pytest.approx(expected, rel=1e-6)
    assert space_charge_resistance(0.0, 10.0, 1e28, 0.1, 298.15) == 0.0


def test_a_stated_space_charge_is_a_term_of_budget_and_simulation():
    keys = ["cathode.interface.space_charge={potential='0.4 V', permittivity=10}"]
    cell = load_cell("wang2020_lnto450", changes=keys)
    named = next(one for one in resistance(cell).terms if one.name.startswith("space charge"))
    inside = cell_parameters(cell).positive.layer_resistances[named.name]
    assert inside * 1e4 == pytest.approx(named.true_area_resistance_ohm_cm2)
    assert not any(one.name.startswith("space charge") for one in resistance("wang2020_lnto450").terms)
