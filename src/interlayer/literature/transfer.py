"""Train on some cells of a paper, predict the others: what is fitted, what is left out, and how far the prediction is.

- 000: fitted on LNTO-350 and LNTO-450, predicts LNTO-550, from the coating's conductivity alone and from its measured
  interface resistance.
- 002: fitted on the coated cell, predicts the bare one.
- 003: the cell with SiO2 from the other three.
- 004: selenium at all rates from two of them.

An interval holds 95 % of draws within the uncertainty of what was fitted: 5 % of each measured value (`SCATTER`), 10 %
of a conductivity, 5 to 10 nm for each film. `within_cells` says whether the paper's value would be inside if cells of
one kind also differed as much as the two that both papers call coated at 450 degC, 124 and 248 ohm.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as student

from interlayer.literature import wang2020_cells, wang2021_cells, wang2021amr_rates
from interlayer.literature.basis import Basis
from interlayer.literature.coating_laws import LAWS, Point, Surroundings, aicc, fit_law, left_out
from interlayer.quantity import StrictModel

if TYPE_CHECKING:
    import pandas as pd

Array = NDArray[np.float64]

DRAWS: Final = 20_000
SCATTER: Final = 0.05
"""Standard deviation of a measured value, relative."""
CONDUCTIVITY: Final = 0.10
"""The same of a conductivity."""
RATE_SCATTER: Final = 0.02
"""The same of a capacity in one rate test of one cell."""
OUTPUTS: Final = {
    "capacity at 0.1C": ("S0-36", "S0-35", "S0-37", "mAh/g"),
    "IR drop": ("S0-70", "S0-69", "S0-71", "mV"),
    "retention after 200 cycles": ("S0-43", "S0-44", "S0-45", "%"),
    "CV peak separation": ("S0-47", "S0-48", "S0-49", "V"),
}
"""Quantity: claims of LNTO-350, -450 and -550, and the unit."""
_FILM: Final = "conductivity alone, R = K t/σ"


class Prediction(StrictModel):
    """One predicted number: what it was trained on, by which route, with its 95 % interval, beside the paper's.

    `factor` is predicted over reported; `inside` whether the reported value lies in the interval.
    """

    paper: str
    claim: str
    quantity: str
    of: str
    trained_on: str
    route: str
    value: float
    low_95: float
    high_95: float
    reported: float
    unit: str
    factor: float | None
    inside: bool
    within_cells: bool | None
    note: str


class Transfer(StrictModel):
    """All predictions of a paper, and of 000 the laws that were tried for its coatings."""

    predictions: tuple[Prediction, ...]
    laws: tuple["LawComparison", ...] = ()
    statement: str = ""


class LawComparison(StrictModel):
    """One law of R(conductivity), fitted to the three coatings of 000.

    `factors` are predicted over measured of 350, 450 and 550, each from the other two; `aicc` is over these three and
    over all five cells of both papers, the latter with the scatter between cells. `predicted_550_ohm` is the law fitted
    to 350 and 450, `factor_550` that over the measured value.
    """

    law: str
    physics: str
    causal: bool
    parameters: int
    predicted_550_ohm: float
    factor_550: float
    factors: tuple[float | None, ...]
    aicc_measurement: float | None
    aicc_cells: float | None


def predictions(paper: str | None = None, *, basis: Basis | None = None) -> tuple[Prediction, ...]:
    """Return the predictions of one paper (``000``, ``002``, ``003``, ``004``) or of all."""
    basis = basis or Basis()
    makers: dict[str, Callable[[Basis], Iterator[Prediction]]] = {
        "000": _wang2020,
        "002": _wang2021,
        "003": _tan2021,
        "004": _wang2021amr,
    }
    return tuple(one for number, make in makers.items() if paper in (None, number) for one in make(basis))


def transfer(paper: str | None = None, *, basis: Basis | None = None) -> Transfer:
    """Return what is predicted for a paper, or all, with the laws that were tried and whether any is supported."""
    basis = basis or Basis()
    compared = laws(basis=basis) if paper in (None, "000") else ()
    return Transfer(
        predictions=predictions(paper, basis=basis), laws=compared, statement=supported(compared) if compared else ""
    )


def supported(compared: Sequence[LawComparison]) -> str:
    """Return in words whether any law of the coatings is supported by the points.

    A law is singled out where it has a physical picture, meets the measurements within their errors (its criterion is
    not above that of a perfect law by more than 6), and the next law is more than 4 worse.
    """
    alone = [one for one in compared if one.causal and one.aicc_measurement is not None]
    within = [one for one in alone if one.aicc_measurement is not None and one.aicc_measurement < 2.0 + 4.0 + 6.0]
    by_cells = sorted((one for one in compared if one.aicc_cells is not None), key=lambda one: one.aicc_cells or 0.0)
    close = [one.law for one in by_cells if (one.aicc_cells or 0.0) - (by_cells[0].aicc_cells or 0.0) <= 4.0]
    many = [one.law for one in compared if one.aicc_measurement is None]
    first = (
        f"{', '.join(one.law for one in within)} meets the three coatings within their errors"
        if within
        else "no law with a physical picture meets the three coatings within their errors"
    )
    return (
        f"{first}; with the scatter between cells of one kind, {' and '.join(close)} cannot be told apart; three "
        f"coatings cannot carry the two parameters of {', '.join(many)}"
        + ("." if within else ". None is supported: what carries the crystalline coating is not in these data.")
    )


def frame(found: tuple[Prediction, ...]) -> "pd.DataFrame":
    """Return predictions as a pandas table."""
    import pandas as pd

    return pd.DataFrame([one.model_dump() for one in found])


def cell_scatter(basis: Basis) -> float:
    """Return the standard deviation of ln R between cells of one kind: |ln(R1/R2)|/sqrt(2) of S0-60 and S2-17."""
    return abs(math.log(basis.number("S0-60") / basis.number("S2-17"))) / math.sqrt(2.0)


# 000: 350 and 450 predict 550


def _wang2020(basis: Basis) -> Iterator[Prediction]:
    rng = np.random.default_rng(0)
    measured = _drawn(rng, basis.number("S0-61"), SCATTER)
    from_film = _resistance_from_film(basis, rng, 0.0)
    between = cell_scatter(basis)
    yield _prediction(
        basis, "000", "S0-61", "interface resistance", "LNTO-550", "LNTO-350, LNTO-450", _FILM, from_film,
        "ohm", _resistance_from_film(basis, np.random.default_rng(1), between),
        note="the film of 550 behaves as if it conducted three times better than its pellet",
    )  # fmt: skip
    for quantity, (at_350, at_450, at_550, unit) in OUTPUTS.items():
        for route, resistance, wide in (
            (
                _FILM,
                from_film,
                _resistance_from_film(basis, np.random.default_rng(1), between),
            ),
            ("measured resistance", measured, _drawn(np.random.default_rng(2), basis.number("S0-61"), between)),
        ):
            line = _line(basis, np.random.default_rng(3), at_350, at_450, SCATTER)
            yield _prediction(
                basis, "000", at_550, quantity, "LNTO-550", "LNTO-350, LNTO-450",
                f"{route}, then a line over R", line(resistance), unit, line(wide),
            )  # fmt: skip
    for route, resistance in ((_FILM, from_film), ("measured resistance", measured)):
        for claim, quantity, rate in (("S0-37", "capacity at 0.1C", 0.1), ("S0-53", "capacity at 1C", 1.0)):
            yield _prediction(
                basis, "000", claim, quantity, "LNTO-550", "LNTO-350, LNTO-450",
                f"{route}, then loss = c R^a √J", _loss_law(basis, resistance, rate), "mAh/g", None,
                note="zero where the loss is larger than the capacity",
            )  # fmt: skip
    yield from _cell_model(basis)


def _drawn(rng: np.random.Generator, value: float, spread: float) -> Array:
    """Return draws about a value, lognormal."""
    return np.asarray(value * np.exp(rng.normal(0.0, spread, DRAWS)))


def _resistance_from_film(basis: Basis, rng: np.random.Generator, between: float) -> Array:
    """Return draws of the resistance of 550 by K t/sigma, K fitted to 350 and 450."""
    low, high = basis.numbers("S0-24")

    def film(conductivity: str) -> Array:
        return np.asarray(rng.uniform(low, high, DRAWS) / _drawn(rng, basis.number(conductivity), CONDUCTIVITY))

    spread = math.hypot(SCATTER, between)
    k = np.sqrt(
        _drawn(rng, basis.number("S0-59"), spread)
        / film("S0-20")
        * _drawn(rng, basis.number("S0-60"), spread)
        / film("S0-21")
    )
    return np.asarray(k * film("S0-22") * np.exp(rng.normal(0.0, between, DRAWS)))


def _line(basis: Basis, rng: np.random.Generator, at_350: str, at_450: str, spread: float) -> Callable[[Array], Array]:
    """Return the line of a quantity over the interface resistance through 350 and 450, drawn with their scatter.

    Below zero it stays at zero.
    """
    x1, x2 = (_drawn(rng, basis.number(claim), spread) for claim in ("S0-59", "S0-60"))
    y1, y2 = (_drawn(rng, basis.number(claim), spread) for claim in (at_350, at_450))
    slope = (y1 - y2) / np.where(np.abs(x1 - x2) < 1.0, 1.0, x1 - x2)
    return lambda resistance: np.maximum(y2 + slope * (resistance - x2), 0.0)


def _loss_law(basis: Basis, resistance: Array, rate: float) -> Array:
    """Return capacities Qmax - c R^a sqrt(J), from 350 and 450 at 0.1C and 450 at 1C."""
    rng = np.random.default_rng(4)
    q350, q450, fast = (_drawn(rng, basis.number(claim), SCATTER / 3.0) for claim in ("S0-36", "S0-35", "S0-52"))
    r350, r450 = (_drawn(rng, basis.number(claim), SCATTER) for claim in ("S0-59", "S0-60"))
    root = math.sqrt(0.1)
    most = q450 + root * (q450 - fast) / (1.0 - root)
    power = np.log(np.maximum(most - q350, 1.0) / np.maximum(most - q450, 1.0)) / np.log(r350 / r450)
    loss = np.maximum(most - q350, 1.0) * (resistance / r350) ** power * math.sqrt(rate / 0.1)
    return np.maximum(most - loss, 0.0)


def _cell_model(basis: Basis) -> Iterator[Prediction]:
    """Yield what the cell model gives for 550: with nothing fitted, and with utilisation and diffusivity fitted."""
    claims = (("S0-37", "capacity at 0.1C"), ("S0-53", "capacity at 1C"))
    for route, remainder in (("charge transfer", "charge_transfer"), ("ohmic", "ohmic")):
        found = _simulated(basis, "wang2020_lnto550", "S0-61", remainder, 1.0, None)
        spread = [
            _simulated(basis, "wang2020_lnto550", "S0-61", remainder, 1.0, None, factor)
            for factor in (math.exp(2.0 * SCATTER), math.exp(-2.0 * SCATTER))
        ]
        for number, (claim, quantity) in enumerate(claims):
            ends = np.array([one[number] for one in (*spread, found)])
            yield _prediction(
                basis, "000", claim, quantity, "LNTO-550", "nothing", f"cell model, measured resistance as {route}",
                ends, "mAh/g", None, value=found[number],
                note="ohm and charge transfer cost voltage, and a 0.1C curve this flat loses little capacity by it",
            )  # fmt: skip
    yield from _titrated(basis, claims)
    fitted = basis.once(("wang2020 calibrated",), _calibrated)
    for number, (claim, quantity) in enumerate(claims):
        values = np.array([one[number] for one in fitted])
        yield _prediction(
            basis, "000", claim, quantity, "LNTO-550", "LNTO-350, LNTO-450",
            "cell model, utilisation fitted and a line over R, diffusivity fitted to 450 at 1C",
            values, "mAh/g", None, value=float(values[0]),
            note="utilisation stands for active material without contact; that it falls with R is read off two cells",
        )  # fmt: skip


def _titrated(basis: Basis, claims: tuple[tuple[str, str], ...]) -> Iterator[Prediction]:
    """Yield the cell model with the diffusivity of titration: by D R = const of 350 and 450, and 550's own.

    Titrations are read with the particles' area and the pulse, and what a liquid cell loses in its first cycle is lost.
    """
    r550 = basis.number("S0-61")
    products = [basis.number(d) * basis.number(r) for d, r in (("S0-79", "S0-59"), ("S0-80", "S0-60"))]
    from_law = math.sqrt(products[0] * products[1]) / r550
    spread = math.hypot(SCATTER, SCATTER / math.sqrt(2.0))
    for diffusivity, trained, route, note in (
        (from_law, "LNTO-350, LNTO-450", "measured resistance, cell model with D R constant",
         "D R is the same for both within 1 %: an apparent diffusivity that goes with the interface, not the powder"),
        (basis.number("S0-81"), "nothing", "cell model with its own resistance and titration",
         "not a prediction from the other two: the titration is of this cell"),
    ):  # fmt: skip
        runs = [_with_diffusivity(basis, diffusivity * math.exp(by)) for by in (0.0, 1.96 * spread, -1.96 * spread)]
        for number, (claim, quantity) in enumerate(claims):
            ends = np.array([one[number] for one in runs])
            yield _prediction(
                basis, "000", claim, quantity, "LNTO-550", trained, route, ends, "mAh/g", None, value=runs[0][number],
                note=note,
            )  # fmt: skip


def _with_diffusivity(basis: Basis, apparent: float) -> tuple[float, float]:
    """Return the discharge capacities of 550 at 0.1C and 1C for an apparent diffusivity in cm2/s."""
    own = wang2020_cells.changes(basis, wang2020_cells.CRYSTALLINE)
    diffusivity = apparent / wang2020_cells.apparent_over_true(basis)
    result = basis.simulate("wang2020_lnto550", None, *own, f"cathode.diffusivity={diffusivity!r} cm2/s")
    lost = (1.0 - basis.number("S0-41") / 100.0) * result.steps[0].capacity_mAh_per_g
    slow, fast = (max(s.capacity_mAh_per_g - lost, 0.0) for s in result.steps if s.kind == "discharge")
    return slow, fast


def _simulated(
    basis: Basis,
    cell: str,
    claim: str,
    remainder: str,
    utilisation: float,
    diffusivity: float | None,
    factor: float = 1.0,
) -> tuple[float, float]:
    """Return the discharge capacities at 0.1C and 1C of an example cell, mAh/g."""
    changes = [
        f"cathode.interface.measured_resistance={basis.number(claim) * factor!r} ohm",
        f"cathode.interface.remainder={remainder}",
        f"cathode.utilisation={utilisation!r}",
    ]
    if diffusivity is not None:
        changes.append(f"cathode.diffusivity={diffusivity!r} cm2/s")
    result = basis.simulate(cell, None, *changes)
    slow, fast = (step.capacity_mAh_per_g for step in result.steps if step.kind == "discharge")
    return slow, fast


def _calibrated(basis: Basis) -> list[tuple[float, float]]:
    """Return the capacities of 550 by the calibrated cell, and again with each trained capacity moved."""
    trained = ("S0-36", "S0-35", "S0-52")
    values = [basis.number(claim) for claim in trained]
    found = []
    for moved, sign in ((None, 0.0), *((number, sign) for number in range(3) for sign in (-2.0, 2.0))):
        own = [value * math.exp(sign * SCATTER) if number == moved else value for number, value in enumerate(values)]
        found.append(_calibrate(basis, *own))
    return found


def _calibrate(basis: Basis, slow_350: float, slow_450: float, fast_450: float) -> tuple[float, float]:
    from scipy.optimize import brentq

    def at(cell: str, claim: str, share: float, log_d: float) -> tuple[float, float]:
        return _simulated(basis, cell, claim, "charge_transfer", share, 10.0**log_d)

    def share(cell: str, claim: str, wanted: float, log_d: float) -> float:
        if at(cell, claim, 1.0, log_d)[0] <= wanted:
            return 1.0
        return float(brentq(lambda u: at(cell, claim, u, log_d)[0] - wanted, 0.05, 1.0, xtol=1e-4))

    def fast_miss(log_d: float) -> float:
        own = share("wang2020_lnto450", "S0-60", slow_450, log_d)
        return at("wang2020_lnto450", "S0-60", own, log_d)[1] - fast_450

    low, high = -13.0, -9.0
    log_d = float(brentq(fast_miss, low, high, xtol=1e-3)) if fast_miss(low) * fast_miss(high) < 0.0 else high
    shares = [
        share(f"wang2020_lnto{number}", claim, wanted, log_d)
        for number, claim, wanted in (("350", "S0-59", slow_350), ("450", "S0-60", slow_450))
    ]
    r350, r450, r550 = (basis.number(claim) for claim in ("S0-59", "S0-60", "S0-61"))
    own = shares[1] + (shares[0] - shares[1]) / (r350 - r450) * (r550 - r450)
    return at("wang2020_lnto550", "S0-61", min(max(own, 0.02), 1.0), log_d)


# 002: the coated cell predicts the bare one


def _wang2021(basis: Basis) -> Iterator[Prediction]:
    coated, fast = basis.number("S2-12"), basis.number("S2-23")
    root = math.sqrt(0.1)
    rng = np.random.default_rng(5)
    q, f = (_drawn(rng, value, SCATTER / 3.0) for value in (coated, fast))
    ratio = _drawn(rng, basis.number("S2-16"), SCATTER) / _drawn(rng, basis.number("S2-17"), SCATTER)
    wide = ratio * np.exp(rng.normal(0.0, math.sqrt(2.0) * cell_scatter(basis), DRAWS))
    most = q + root * (q - f) / (1.0 - root)
    power = _exponent(basis)
    for_bare = (np.maximum(most - (most - q) * by**power, 0.0) for by in (ratio, wide))
    value, other = for_bare
    yield _prediction(
        basis, "002", "S2-10", "first discharge at 0.1C", "bare", "coated (and the exponent of 000)",
        "measured resistance, then loss = c R^a √J", value, "mAh/g", other,
        note=f"a = {power:.2f} from LNTO-350 and -450",
    )  # fmt: skip
    for claim, quantity, simulated in (
        ("S2-09", "first charge at 0.1C", wang2021_cells.first_charge(basis, wang2021_cells.BARE)),
        ("S2-10", "first discharge at 0.1C", wang2021_cells.simulated_discharge(basis, wang2021_cells.BARE, "0.1C")),
    ):
        yield _prediction(
            basis, "002", claim, quantity, "bare", "coated", "cell model, coating removed and resistance exchanged",
            np.array([simulated]), "mAh/g", None,
            note="the bare cell reacts within its first cycle, which the model does not know",
        )  # fmt: skip


def _exponent(basis: Basis) -> float:
    """Return a of loss = c R^a sqrt(J) from 350 and 450 at 0.1C and 450 at 1C."""
    slow, fast, other = (basis.number(claim) for claim in ("S0-35", "S0-52", "S0-36"))
    most = slow + math.sqrt(0.1) * (slow - fast) / (1.0 - math.sqrt(0.1))
    ratio = basis.number("S0-59") / basis.number("S0-60")
    return math.log((most - other) / (most - slow)) / math.log(ratio)


# 003: SiO2 from the other three


def _tan2021(basis: Basis) -> Iterator[Prediction]:
    others = np.array([basis.number(claim) for claim in ("S3-31", "S3-32", "S3-34")])
    half = float(student.ppf(0.975, 2) * others.std(ddof=1) * math.sqrt(1.0 + 1.0 / 3.0))
    mean = float(others.mean())
    yield _prediction(
        basis, "003", "S3-33", "retention after 100 cycles", "SiO2", "no buffer, homogeneous, LiPON",
        "mean of the others, no physics", np.array([mean - half, mean + half]), "%", None, value=mean,
        note="thickness, coverage and resistance of the buffers are not reported, so no physics can be fitted: this is "
        "what cells of one kind say of another",
    )  # fmt: skip


# 004: selenium at all rates from two


def _wang2021amr(basis: Basis) -> Iterator[Prediction]:
    rates = wang2021amr_rates
    yield from _root_law(basis, "Se", rates.SELENIUM, rates.TRAINED_ON)
    yield from _root_law(basis, "SeS2", rates.SES2, (rates.SES2[0], rates.SES2[-1]))
    model, spread = rates.calibrated_selenium(basis), _selenium_spread(basis)
    for name in rates.SELENIUM:
        if name not in rates.TRAINED_ON:
            value = model[name]
            ends = np.array([value - 1.96 * spread[name], value + 1.96 * spread[name]])
            yield _prediction(
                basis, "004", name, _at_rate(name), "Se", _trained(rates.TRAINED_ON),
                "cell model, utilisation and diffusivity fitted", ends, "mAh/g", None, value=value,
            )  # fmt: skip


def _at_rate(name: str) -> str:
    return f"capacity at {wang2021amr_rates.specific_current(name):g} mA/g"


def _trained(names: Sequence[str]) -> str:
    return " and ".join(f"{wang2021amr_rates.specific_current(name):g}" for name in names) + " mA/g"


def _root_law(basis: Basis, of: str, series: Sequence[str], trained: tuple[str, str]) -> Iterator[Prediction]:
    """Yield the capacities of a rate series by Q = Q0 - k sqrt(I) through two of its rates."""
    roots = {name: math.sqrt(wang2021amr_rates.specific_current(name)) for name in series}
    first, last = trained
    rng = np.random.default_rng(6)
    a, b = (_drawn(rng, basis.number(name), RATE_SCATTER) for name in trained)
    slope = (a - b) / (roots[last] - roots[first])
    for name in series:
        if name not in trained:
            law = a - slope * (roots[name] - roots[first])
            yield _prediction(
                basis, "004", name, _at_rate(name), of, _trained(trained), "square root law", law, "mAh/g", None
            )


def _selenium_spread(basis: Basis) -> dict[str, float]:
    """Return one standard deviation of each predicted capacity, mAh/g, from 2 % of each of the two fitted ones.

    By the derivatives of all capacities with respect to utilisation and ln(diffusivity) at the fit.
    """
    names = wang2021amr_rates.SELENIUM
    fit = wang2021amr_rates.calibrated_selenium(basis)
    steps = ((0.01, 0.0), (0.0, 0.05))
    columns = []
    for share, log_d in steps:
        changes = (
            f"cathode.diffusivity={fit['diffusivity'] * math.exp(log_d)!r} cm2/s",
            f"cathode.utilisation={min(fit['utilisation'] - share, 1.0)!r}",
        )
        currents = [wang2021amr_rates.specific_current(name) for name in names]
        result = wang2021amr_rates.rate_test(basis, wang2021amr_rates.SELENIUM_CELL, currents, *changes)
        moved = np.array(wang2021amr_rates.discharges(result))
        columns.append((moved - np.array([fit[name] for name in names])) / (log_d or -share))
    derivative = np.stack(columns, axis=1)
    rows = [names.index(name) for name in wang2021amr_rates.TRAINED_ON]
    noise = np.diag([(RATE_SCATTER * basis.number(name)) ** 2 for name in wang2021amr_rates.TRAINED_ON])
    inverse = np.linalg.pinv(derivative[rows])
    covariance = derivative @ inverse @ noise @ inverse.T @ derivative.T
    return {name: float(math.sqrt(max(value, 0.0))) for name, value in zip(names, np.diag(covariance), strict=True)}


def _prediction(
    basis: Basis, paper: str, claim: str, quantity: str, of: str, trained_on: str, route: str, draws: Array, unit: str,
    with_cells: Array | None, *, value: float | None = None, note: str = "",
) -> Prediction:  # fmt: skip
    """Return a prediction: the median of its draws (or `value`), the middle 95 % of them, and the paper's number."""
    low, high = (float(np.percentile(draws, q)) for q in (2.5, 97.5)) if len(draws) > 10 else (draws.min(), draws.max())
    reported = basis.number(claim)
    middle = float(np.median(draws)) if value is None else value
    wide = None if with_cells is None else [float(np.percentile(with_cells, q)) for q in (2.5, 97.5)]
    return Prediction(
        paper=paper,
        claim=claim,
        quantity=quantity,
        of=of,
        trained_on=trained_on,
        route=route,
        value=middle,
        low_95=float(low),
        high_95=float(high),
        reported=reported,
        unit=unit,
        factor=middle / reported if reported else None,
        inside=bool(low <= reported <= high),
        within_cells=None if wide is None else wide[0] <= reported <= wide[1],
        note=note,
    )


# which physics carries 550


def coatings(basis: Basis) -> tuple[Point, ...]:
    """Return the three coatings of 000: conductivity, the middle of the stated thickness, and resistance."""
    thickness = basis.middle("S0-24")
    return tuple(
        Point(label, basis.number(sigma) * 1e-6, thickness, basis.number(resistance))
        for label, sigma, resistance in (
            ("350", "S0-20", "S0-59"), ("450", "S0-21", "S0-60"), ("550", "S0-22", "S0-61"),
        )
    )  # fmt: skip


def surroundings(basis: Basis) -> Surroundings:
    """Return the particles of the example cell and the resistance of 002's bare cell."""
    cell = basis.cell("wang2020_lnto450")
    radius = cell.cathode.particle_radius or 0.0
    particles = cell.cathode.true_area / (4.0 * math.pi * radius**2) * cell.description.area.si
    return Surroundings(radius, particles, basis.number("S2-16"))


def laws(*, basis: Basis | None = None) -> tuple[LawComparison, ...]:
    """Return every candidate law: its prediction of 550, leaving one out, and Akaike's criterion; best first.

    `aicc_measurement` takes ln R as known to 5 % on the three coatings of 000; `aicc_cells` adds the same coating of
    002 (S2-17) and the scatter between cells.
    """
    basis = basis or Basis()
    about, points = surroundings(basis), coatings(basis)
    other = Point("450 of 002", basis.number("S0-21") * 1e-6, basis.number("S2-03"), basis.number("S2-17"))
    both = (*points, other)
    scatter = cell_scatter(basis)
    found = []
    for law in LAWS:
        on_two = fit_law(law, points[:2], about)
        predicted = on_two(points[2])
        factors = tuple(None if math.isnan(one) else one for one in left_out(law, points, about))
        narrow, wide = aicc(fit_law(law, points, about), SCATTER), aicc(fit_law(law, both, about), scatter)
        found.append(
            LawComparison(
                law=law.name,
                physics=law.physics,
                causal=law.causal,
                parameters=law.parameters,
                predicted_550_ohm=predicted,
                factor_550=predicted / points[2].resistance,
                factors=factors,
                aicc_measurement=narrow if math.isfinite(narrow) else None,
                aicc_cells=wide if math.isfinite(wide) else None,
            )
        )
    return tuple(sorted(found, key=lambda one: abs(math.log(one.factor_550))))
