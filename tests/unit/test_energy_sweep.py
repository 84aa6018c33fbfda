"""Sweeps, searches and the equilibrium delivery of a cell without a rating."""

import csv
import io
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interlayer.cell import build_cell, changed_cell, load_cell
from interlayer.cell.changes import contents
from interlayer.energy import Axis, find_value, parse_axis, stack, sweep_stack
from interlayer.energy.equilibrium import cut_offs, equilibrium_delivery
from interlayer.errors import InputError

LLZO = load_cell("wu2016_llzo")
WANG = load_cell("wang2020_lnto450")


def test_a_range_includes_both_ends_and_a_list_is_taken_as_written():
    axis = parse_axis("cathode.loading=1:50:50 mg/cm2")
    assert (axis.values[0], axis.values[-1], len(axis.values)) == (1.0, 50.0, 50)
    assert axis.column == "cathode.loading_mg_per_cm2"
    assert parse_axis("separator.thickness = 20, 50,1e2 um") == Axis("separator.thickness", (20.0, 50.0, 100.0), "um")
    assert parse_axis("anode.excess=0:1:3").values == (0.0, 0.5, 1.0)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "cathode.loading",
        "=1:2:3 um",
        "a=1:2 um",
        "a=1:2:1 um",
        "a=1:2:99999999 um",
        "a=x um",
        "a=1:nan:3 um",
        "a=,1",
    ],
)
def test_a_sweep_that_cannot_be_read_is_one_line(text):
    with pytest.raises(InputError) as error:
        parse_axis(text)
    assert "\n" not in str(error.value)


def test_every_row_is_the_stack_of_that_value():
    table = sweep_stack(LLZO, parse_axis("separator.thickness=10,40,90 um"), reference="wu2016_liion")
    for thickness, row in zip((10, 40, 90), table.rows, strict=True):
        result = stack(
            load_cell("wu2016_llzo", changes=[f"separator.thickness={thickness} um"]), reference="wu2016_liion"
        )
        cells = dict(zip(table.columns, row, strict=True))
        assert cells["separator.thickness_um"] == thickness
        assert cells["specific_energy_Wh_per_kg"] == result.specific_energy_Wh_per_kg
        even = cells["break_even_thickness_um.energy_density"]
        assert even == pytest.approx(result.break_even_thickness_um.energy_density, rel=1e-12)


def test_two_keys_make_a_grid_with_the_first_slowest():
    table = sweep_stack(
        LLZO, [Axis("cathode.loading", (10, 20), "mg/cm2"), Axis("separator.thickness", (5, 6, 7), "um")]
    )
    assert [row[:2] for row in table.rows] == [(10, 5), (10, 6), (10, 7), (20, 5), (20, 6), (20, 7)]


def test_break_even_is_linear_in_the_loading():
    table = sweep_stack(LLZO, parse_axis("cathode.loading=8:50:40 mg/cm2"), reference="wu2016_liion")
    even = np.array(table.column("break_even_thickness_um.specific_energy"))
    assert np.ptp(np.diff(even)) < 1e-9 * even.max()


def test_the_csv_has_every_row_and_reads_back():
    table = sweep_stack(LLZO, parse_axis("cathode.loading=1,30 mg/cm2"), reference="wu2016_liion")
    header, first, last = list(csv.reader(io.StringIO(table.to_csv())))
    assert header == [*table.columns, "problem"]
    assert first[table.columns.index("break_even_thickness_um.specific_energy")] == ""  # out of reach, not zero
    assert float(last[1]) == table.rows[1][1]
    assert math.isnan(table.column("break_even_thickness_um.specific_energy")[0])


def test_a_value_the_cell_cannot_take_is_a_row_with_its_problem():
    table = sweep_stack(WANG, Axis("cathode.density", (3.07, 30.0), "g/cm3"))
    assert table.problems[0] is None
    assert table.rows[1][1] is None
    assert "out of range" in table.problems[1] or "no room" in table.problems[1]


def test_a_key_that_does_not_exist_is_an_error_not_a_table():
    with pytest.raises(InputError, match="laoding"):
        sweep_stack(LLZO, Axis("cathode.laoding", (1.0, 2.0), "mg/cm2"))


@pytest.mark.parametrize("axes", [[], [Axis("a", (1.0,))] * 2, [Axis(k, (1.0,)) for k in "abc"], Axis("a", ())])
def test_a_sweep_takes_one_or_two_keys(axes):
    with pytest.raises(InputError):
        sweep_stack(LLZO, axes)


@settings(max_examples=15, deadline=None)
@given(target=st.floats(150.0, 420.0))
def test_a_found_value_gives_the_target_back(target):
    found = find_value(
        LLZO, "cathode.loading", unit="mg/cm2", between=(1, 50), quantity="specific_energy_Wh_per_kg", equals=target
    )
    there = stack(changed_cell(LLZO, [f"cathode.loading={found!r} mg/cm2"]))
    assert there.specific_energy_Wh_per_kg == pytest.approx(target, rel=1e-8)


def test_a_target_out_of_reach_says_what_is_in_reach():
    with pytest.raises(InputError, match="never gives specific_energy_Wh_per_kg = 900"):
        find_value(
            LLZO, "cathode.loading", unit="mg/cm2", between=(1, 50), quantity="specific_energy_Wh_per_kg", equals=900.0
        )
    with pytest.raises(InputError, match="not known"):
        find_value(LLZO, "cathode.loading", unit="mg/cm2", between=(1, 50), quantity="energy", equals=1.0)


@pytest.mark.parametrize("thicknesses", ["10,20", "1:100:12"])
def test_a_grid_is_drawn_as_lines_or_as_a_map(thicknesses):
    axes = [parse_axis("cathode.loading=5:50:4 mg/cm2"), parse_axis(f"separator.thickness={thicknesses} um")]
    figure = sweep_stack(LLZO, axes, reference="wu2016_liion").plot()
    left = figure.axes[0]
    assert "cathode loading / mg cm⁻²" in left.get_xlabel()
    assert len(left.lines) == (3 if thicknesses == "10,20" else 0)


def unrated(**changes):
    data = contents(WANG.description)
    data.pop("rating", None)
    return build_cell({**data, **changes}, WANG.library)


def linear_cell(upper, lower):
    """A cell whose cathode falls linearly from 4 V (empty) to 3 V (full) against an anode at 0.62 V."""
    cathode = contents(WANG.description.cathode)
    cathode["open_circuit"] = {"expression": "4 - x", "source": "made up for a test"}
    steps = [f"Charge at 0.1C until {upper}", f"Discharge at 0.1C until {lower}"]
    return unrated(cathode=cathode, protocol={"steps": steps})


@pytest.mark.parametrize(
    ("upper", "lower"), [("3.78 V vs Li", "3.3 V vs Li"), ("3.16 V", "2.68 V"), ("3160 mV", "2.68 V")]
)
def test_equilibrium_of_a_straight_curve_is_exact(upper, lower):
    cell = linear_cell(upper, lower)
    delivered = equilibrium_delivery(cell)
    material = cell.material("NMC532")
    full = cell.cathode.active_areal_mass * material.capacity_per_stoichiometry
    assert delivered.areal_capacity == pytest.approx(0.48 * full, rel=1e-9)
    assert delivered.average_voltage == pytest.approx((3.78 + 3.3) / 2 - 0.62, rel=1e-9)


def test_a_cut_off_beyond_the_curve_ends_with_the_curve():
    cell = linear_cell("5 V", "0.5 V")
    full = cell.cathode.active_areal_mass * cell.material("NMC532").capacity_per_stoichiometry
    assert equilibrium_delivery(cell).areal_capacity == pytest.approx(full, rel=1e-12)


def test_without_a_rating_the_curves_decide_and_the_result_says_so():
    result = stack(unrated())
    assert result.capacity_source == result.voltage_source == "equilibrium curves between the cut-offs"
    # the alloy anode costs its plateau: the same cathode against lithium has 0.62 V more
    against_li = build_cell(
        {**contents(WANG.description), "anode": {"kind": "metal", "material": "Li", "thickness": "100 um"}},
        WANG.library,
    )
    assert stack(against_li).average_voltage_V == pytest.approx(result.average_voltage_V + 0.62, abs=1e-9)
    assert stack(against_li).specific_capacity_mAh_per_g == pytest.approx(result.specific_capacity_mAh_per_g, rel=1e-9)


def test_a_host_anode_that_is_too_small_limits_the_cell():
    anode = {
        "kind": "composite",
        "active_material": "graphite",
        "composition": {"graphite": 95, "PVDF": 5},
        "porosity": "30 %",
        "specific_capacity": "360 mAh/g",
    }
    small = unrated(anode={**anode, "loading": "1 mg/cm2"}, protocol={"steps": STEPS})
    graphite = small.material("graphite").open_circuit[0]
    room = 1e-2 * small.material("graphite").capacity_per_stoichiometry * (graphite.highest - graphite.lowest)
    assert equilibrium_delivery(small).areal_capacity <= room * (1 + 1e-12)
    large = unrated(anode={**anode, "loading": "20 mg/cm2"}, protocol={"steps": STEPS})
    assert equilibrium_delivery(large).areal_capacity > equilibrium_delivery(small).areal_capacity


STEPS = ["Charge at 0.1C until 4.3 V", "Discharge at 0.1C until 2.5 V"]


def test_the_widest_limits_of_the_protocol_count():
    steps = [
        "Charge at 0.1C until 4.1 V",
        "Hold at 4.2 V until 0.01C",
        "Discharge at 1C until 3.0 V",
        {"kind": "rate_ladder", "charge": "0.1C", "rates": ["0.1C", "1C"], "upper": "4.0 V", "lower": "2.5 V"},
    ]
    low, high = cut_offs(unrated(protocol={"steps": steps}))
    assert (low.volts, high.volts) == (2.5, 4.2)


@pytest.mark.parametrize(
    ("steps", "missing"),
    [(["Charge at 0.1C until 4.2 V"], "no discharge step"), (["Discharge at 0.1C until 2.5 V"], "no charge step")],
)
def test_a_protocol_without_both_limits_asks_for_a_rating(steps, missing):
    with pytest.raises(InputError, match=missing):
        stack(unrated(protocol={"steps": steps}))


def test_limits_the_curve_never_passes_between_are_refused():
    with pytest.raises(InputError, match="nothing is stored"):
        stack(linear_cell("1.0 V", "0.5 V"))


def test_a_cathode_without_a_curve_asks_for_a_rating():
    cathode = contents(WANG.description.cathode)
    del cathode["density"]
    cathode |= {"porosity": "8 %", "active_material": "LiNiO2", "composition": {"LiNiO2": 70, "Li10GeP2S12": 30}}
    with pytest.raises(InputError, match="no open-circuit curve"):
        stack(unrated(cathode=cathode))
