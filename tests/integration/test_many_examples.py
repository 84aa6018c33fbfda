"""Every shipped example through `simulate_many` gives what `simulate` gives, step by step."""

import numpy as np
import pytest

from interlayer.cell import load_cell
from interlayer.cell.files import example_files
from interlayer.simulation import cell_parameters, simulate, simulate_many

PROTOCOL = (
    "Charge at 0.5C until 4.2 V; Hold at 4.2 V until C/20 or 3 h; Rest for 1 h; Discharge at 1C until 1.8 V; "
    "Rest for 10 min; Charge at 1C for 5 min"
)


@pytest.mark.parametrize("name", sorted(example_files()))
def test_an_example_gives_the_same_in_lanes(name):
    cell = load_cell(name)
    one = simulate(cell, protocol=PROTOCOL)
    many = simulate_many(cell, {"positive.contact": [cell_parameters(cell).positive.contact] * 2}, protocol=PROTOCOL)
    assert many.status == ("solved", "solved")
    for number, step in enumerate(one.steps):
        assert many.capacity_mAh_per_g[:, number] == pytest.approx(step.capacity_mAh_per_g, abs=0.02)
        assert many.energy_Wh_per_kg_active[:, number] == pytest.approx(step.energy_Wh_per_kg_active, abs=0.3, rel=1e-3)
        assert many.start_voltage_V[:, number] == pytest.approx(step.start_voltage_V, abs=5e-4)
        # where a surface ends a step, the voltage falls steeply with the last of the lithium
        steep = step.ended_by not in ("voltage", "time", "current")
        assert many.end_voltage_V[:, number] == pytest.approx(step.end_voltage_V, abs=5e-3 if steep else 3e-4)
        assert set(many.ended_by[:, number]) == {step.ended_by}
    assert np.all(np.isfinite(many.duration_h))
