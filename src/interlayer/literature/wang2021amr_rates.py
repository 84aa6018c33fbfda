"""Rates of the conversion cathodes of 004: the example cells simulated, plain and calibrated on two rates."""

import re
from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from interlayer.composition import molar_mass
from interlayer.constants import FARADAY
from interlayer.literature.basis import Basis
from interlayer.literature.claims import claim
from interlayer.literature.computation import Answer, Computation, only, reported
from interlayer.literature.wang2021amr_theory import implied_content, sesx_capacity, theoretical_capacity
from interlayer.simulation import SimulationResult

SELENIUM: Final = ("S4-39", "S4-42", "S4-43", "S4-44", "S4-45", "S4-46", "S4-47")
"""Capacities of the selenium cell, from 50 to 800 mA/g."""
SES2: Final = ("S4-59", "S4-60", "S4-61", "S4-62")
"""Capacities of the SeS2 cell, from 0.2 to 1 A/g."""
TRAINED_ON: Final = ("S4-39", "S4-46")
"""The two rates that the calibrated selenium cell is fitted to: 50 and 400 mA/g."""
FIFTH_CYCLE: Final = {"S4-51": "S4-52", "S4-53": "S4-54", "S4-55": "S4-56", "S4-57": "S4-58"}
"""Capacities of the four SeSx at the fifth cycle, and the shares that belong to them."""
SELENIUM_CELL: Final = "wang2021amr_se"
SES2_CELL: Final = "wang2021amr_ses2"
_CURRENT: Final = re.compile(r"([\d.]+) (m?)A/g")
_BOUNDS: Final = ((-16.0, 0.5), (-11.0, 1.0))
"""Lowest and highest log10 of the diffusivity in cm2/s and utilisation of the calibrated selenium cell."""
_START: Final = (-14.0, 0.96)


def specific_current(name: str) -> float:
    """Return the current in mA per g of active material that a claim's conditions state."""
    match = _CURRENT.search(claim(name).conditions)
    if match is None:
        raise ValueError(f"{name} states no current")
    return float(match[1]) * (1.0 if match[2] else 1e3)


def rate_test(basis: Basis, cell: str, currents: Sequence[float], *changes: str) -> SimulationResult:
    """Return a discharge to 0.5 V at each current in mA/g, each after a charge to 2.5 V at the first of them.

    A discharge and a charge at the first current go before, so that every discharge that is read starts alike.
    """
    loading = basis.cell(cell, *changes).cathode.active_areal_mass  # kg/m2; 0.01 is 1 mg/cm2
    per_area = [0.1 * current * loading for current in currents]  # mA/cm2
    charge = f"Charge at {per_area[0]!r} mA/cm2 until 2.5 V"
    steps = [f"Discharge at {per_area[0]!r} mA/cm2 until 0.5 V"]
    for current in per_area:
        steps += [charge, f"Discharge at {current!r} mA/cm2 until 0.5 V"]
    return basis.simulate(cell, steps, *changes)


def discharges(result: SimulationResult) -> list[float]:
    """Return the capacity in mAh/g of each discharge of a rate test after the first."""
    return [step.capacity_mAh_per_g for step in result.steps if step.kind == "discharge"][1:]


def plain_selenium(basis: Basis) -> dict[str, float]:
    """Return the capacity in mAh/g at each rate of the selenium cell as the example stands, its share from S4-40."""
    change = f"cathode.utilisation={min(basis.number('S4-40'), 100.0)!r} %"
    result = rate_test(basis, SELENIUM_CELL, [specific_current(name) for name in SELENIUM], change)
    return dict(zip(SELENIUM, discharges(result), strict=True))


def calibrated_selenium(basis: Basis) -> dict[str, float]:
    """Return the capacities in mAh/g after utilisation and diffusivity were fitted to two rates.

    Also ``utilisation`` and ``diffusivity`` in cm2/s. Least squares on S4-39 and S4-46, within bounds.
    """
    found: dict[str, float] = basis.once(("wang2021amr selenium",), _calibrate_selenium)
    return found


def calibrated_selenium_changes(basis: Basis) -> tuple[str, str]:
    """Return the changes of the example cell that the calibration found."""
    found = calibrated_selenium(basis)
    return (f"cathode.diffusivity={found['diffusivity']!r} cm2/s", f"cathode.utilisation={found['utilisation']!r}")


def _selenium_changes(parameters: NDArray[np.float64]) -> tuple[str, str]:
    log_diffusivity, utilisation = parameters
    return (
        f"cathode.diffusivity={10.0 ** float(log_diffusivity)!r} cm2/s",
        f"cathode.utilisation={float(utilisation)!r}",
    )


def _calibrate_selenium(basis: Basis) -> dict[str, float]:
    from scipy.optimize import least_squares

    target = np.array([basis.number(name) for name in TRAINED_ON])
    currents = [specific_current(name) for name in TRAINED_ON]

    def miss(parameters: NDArray[np.float64]) -> NDArray[np.float64]:
        result = rate_test(basis, SELENIUM_CELL, currents, *_selenium_changes(parameters))
        found: NDArray[np.float64] = np.array(discharges(result)) / target - 1.0
        return found

    fit = least_squares(miss, _START, bounds=_BOUNDS, x_scale=(1.0, 0.1), diff_step=[1e-3, 1e-3], xtol=1e-6, ftol=1e-8)
    result = rate_test(basis, SELENIUM_CELL, [specific_current(name) for name in SELENIUM], *_selenium_changes(fit.x))
    return {
        **dict(zip(SELENIUM, discharges(result), strict=True)),
        "diffusivity": float(10.0 ** fit.x[0]),
        "utilisation": float(fit.x[1]),
    }


def plain_ses2(basis: Basis) -> dict[str, float]:
    """Return the capacity in mAh/g at each rate of the SeS2 cell, its utilisation from S4-59 over the theory."""
    share = min(basis.number("S4-59") / sesx_capacity(2.0), 1.0)
    currents = [specific_current(name) for name in SES2]
    result = rate_test(basis, SES2_CELL, currents, f"cathode.utilisation={share!r}")
    return dict(zip(SES2, discharges(result), strict=True))


def _selenium_first(basis: Basis) -> Answer:
    value = plain_selenium(basis)["S4-39"]
    lost = theoretical_capacity("Se", 2.0) * basis.number("S4-40") / 100.0 - value
    return Answer(
        value,
        "A round trip: the cell's utilisation is the share S4-40, which the paper formed from this capacity. What is "
        f"computed is the loss by transport at 50 mA/g, {lost:.1f} mAh/g.",
    )


def _selenium_trained(basis: Basis) -> Answer:
    value = plain_selenium(basis)["S4-46"]
    return Answer(
        value,
        f"The example cell as it stands, with the share S4-40: {value:.0f} mAh/g. Its transport and kinetics are "
        "assumed, too fast for this cell: the real conversion slows down from 200 mA/g on. The calibrated cell of the "
        "other rates is fitted to this one.",
    )


def _selenium_predicted(name: str) -> Callable[[Basis], Answer]:
    def predicted(basis: Basis) -> Answer:
        calibrated, plain = calibrated_selenium(basis), plain_selenium(basis)[name]
        beyond = specific_current(name) > specific_current(TRAINED_ON[1])
        return Answer(
            calibrated[name],
            f"Cell simulated after D = {calibrated['diffusivity']:.2g} cm2/s and a utilisation of "
            f"{100.0 * calibrated['utilisation']:.1f} % were fitted to {' and '.join(TRAINED_ON)} (50, 400 mA/g): "
            f"{calibrated[name]:.0f} mAh/g, {'an extrapolation' if beyond else 'in between'}. The example cell "
            f"unfitted, with the share S4-40: {plain:.0f}.{_NOTES.get(name, '')} Judged by the loss from S4-39.",
            reference=basis.number("S4-39"),
        )

    return predicted


_NOTES: Final = {
    "S4-42": " The paper prints the same capacity for 50 mA/g (S4-39).",
    "S4-47": " A plateau that runs into a diffusion limit loses capacity in proportion to the current.",
}


def _self_generated(basis: Basis) -> Answer:
    excess, all_sulfur = 2.0 * (34.0 - 4.0 * 4.0), 48.0
    value = theoretical_capacity("P4S34", excess)
    whole = theoretical_capacity("P4S34", all_sulfur)
    claimed = basis.number("S4-34")
    return Answer(
        value,
        f"With Li3PS4 formed and kept (S4-36), the 18 S per P4S34 beyond 4 Li3PS4 take {excess:.0f} electrons: "
        f"{value:.0f} mAh/g at most, {whole:.0f} with the lithium of Li3PS4 ({all_sulfur:.0f}). The paper's number "
        "lies above the first, which is a bound, so some Li3PS4 must be active, or the carbon.",
        "differs" if claimed > value else None,
    )


def _ses2_first(basis: Basis) -> Answer:
    result = rate_test(basis, SES2_CELL, [specific_current("S4-59")])
    value = discharges(result)[0]
    return Answer(
        value,
        f"A round trip: the utilisation in the cell file was set by this capacity, over the {sesx_capacity(2.0):.0f} "
        "mAh/g of theory; what is computed is the loss by transport at 0.2 A/g.",
    )


def _ses2_predicted(name: str) -> Callable[[Basis], Answer]:
    def predicted(basis: Basis) -> Answer:
        value = plain_ses2(basis)[name]
        return Answer(
            value,
            "The SeS2 cell at 60 degC with its utilisation from S4-59 and assumed transport, simulated at "
            f"{specific_current(name):.0f} mA/g: {value:.0f} mAh/g. The simulated cell loses less with rate than the "
            "real one, as the selenium cell does: the assumed transport is too fast. Judged by the loss from S4-59.",
            reference=basis.number("S4-59"),
        )

    return predicted


def ses2_utilisation(basis: Basis) -> float:
    """Return the share of theory that the SeS2 cell is simulated to deliver at 0.4 A/g."""
    return plain_ses2(basis)["S4-60"] / sesx_capacity(2.0)


def _sesx(name: str) -> Callable[[Basis], Answer]:
    def without_composition(basis: Basis) -> Answer:
        x = implied_content(basis, FIFTH_CYCLE[name])
        alike = ses2_utilisation(basis) * sesx_capacity(x)
        return Answer(
            None,
            f"Missing: x of the SeSx. With the x of {x:.2f} that its stated share ({FIFTH_CYCLE[name]}) implies and "
            f"the utilisation of the SeS2 cell simulated at 0.4 A/g ({100.0 * ses2_utilisation(basis):.0f} %, from "
            f"S4-59) it would be {alike:.0f} mAh/g.",
        )

    return without_composition


def _ses2_twice(basis: Basis) -> Answer:
    share, rate = basis.number("S4-54"), basis.number("S4-60")
    cycling = share * sesx_capacity(2.0) / 100.0
    simulated = ses2_utilisation(basis) * sesx_capacity(2.0)
    return Answer(
        rate,
        f"The rate test gives {rate:g} mAh/g for SeS2 at the same 0.4 A/g and 60 degC (S4-60), this test {share:g} % "
        f"of theory (S4-54), {cycling:.0f}: {100.0 * (cycling / rate - 1.0):.0f} % apart, more than nominally equal "
        f"cells usually are. Our simulation with the utilisation of S4-59 gives {simulated:.0f}.",
    )


def _areal(basis: Basis) -> Answer:
    per_mass = basis.number("S4-53")
    return Answer(
        None,
        f"The loading of the high-loading cell and its x are not stated. At the {per_mass:g} mAh/g of SeS2 (S4-53) "
        f"every mg/cm2 gives {per_mass * 1e-3:.2f} mAh/cm2; without the loading there is nothing to compute from.",
    )


def _voltage_of_sulfur(basis: Basis) -> Answer:
    result = basis.simulate("wang2021amr_li2s")
    reference = result.reference_potential_V or 0.0
    means = [step.mean_voltage_V + reference for step in result.steps if step.mean_voltage_V is not None]
    return Answer(
        (min(means), max(means)),
        f"Mean voltages of the simulated Li2S cell at 0.1C, discharge {min(means):.2f} and charge {max(means):.2f} V "
        "against Li, lie inside the range.",
    )


def _triphase(basis: Basis) -> Answer:
    thickness = basis.cell(SELENIUM_CELL).cathode.thickness * 1e2  # cm
    current = 0.1 * 1e-3  # A/cm2
    electrons = current * thickness / basis.number("S4-21")
    ions = current * thickness / basis.numbers("S4-23")[0]
    lowest = min(electrons, ions)
    volts = basis.number("S4-19") * 3600.0 * molar_mass("Li2S") / (2.0 * FARADAY)
    return Answer(
        lowest > volts,
        f"J L / sigma at 0.1 mA/cm2 across {thickness * 1e4:.0f} um: {electrons:.0e} V for electrons in sulfur (S4-21) "
        f"and {ions:.0e} V for ions in Li2S (S4-23). Without carbon and electrolyte at every particle nothing moves.",
    )


COMPUTATIONS: Final[tuple[Computation, ...]] = (
    only("S4-18", "predicted", _voltage_of_sulfur),
    only("S4-34", "predicted", _self_generated),
    only("S4-39", "fitted", _selenium_first),
    reported(
        ["S4-41"],
        "A conversion cathode without side reactions is simulated, whose efficiency is 100 % by construction. "
        "Missing: the charge and discharge curves of the first cycle, or a rate of the decomposition of Li3PS4 at "
        "carbon.",
    ),
    *(only(name, "predicted", _selenium_predicted(name)) for name in SELENIUM if name not in TRAINED_ON),
    only("S4-46", "predicted", _selenium_trained),
    only("S4-53", "predicted", _ses2_twice),
    *(only(name, "predicted", _sesx(name)) for name in FIFTH_CYCLE if name != "S4-53"),
    only("S4-59", "fitted", _ses2_first),
    *(only(name, "predicted", _ses2_predicted(name)) for name in SES2[1:]),
    only("S4-63", "reported", _areal),
    only("S4-65", "predicted", _triphase),
)
