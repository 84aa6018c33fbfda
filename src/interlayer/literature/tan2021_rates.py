"""The rate test of Tan et al. 2021: what the four cells keep at 30C, and which resistance decides it."""

from itertools import pairwise
from typing import Final

from interlayer.literature.basis import Basis
from interlayer.literature.computation import Answer, Computation, inconsistent, only
from interlayer.literature.tan2021_cells import (
    CELLS,
    RATE_LIMITS,
    capacities,
    disc_area_cm2,
    film_thickness_nm,
    first_voltages,
    highest_current_A,
    interface_resistance,
    llto_resistance_ohm_cm2,
    mean_voltages,
    rate_test,
    share_at_highest_rate,
    stated_inputs,
)

SILICA_S_PER_CM: Final = 1e-12
"""Lithium conductivity of pure silica: assumed, a generous upper value for a glass without lithium."""

_BARE, _HOMOGENEOUS, _SILICA, _LIPON = CELLS


def llto_drop_mV(basis: Basis) -> tuple[float, float]:
    """Return the least and most that the LLTO film loses at the highest rate on an area such as the test discs'."""
    current, sigma = 1e3 * highest_current_A(basis), basis.number("S3-15")
    (thin, thick), (small, large) = film_thickness_nm(basis), disc_area_cm2(basis)
    return (
        current * llto_resistance_ohm_cm2(thin, sigma) / large,
        current * llto_resistance_ohm_cm2(thick, sigma) / small,
    )


def _without_buffer(basis: Basis) -> Answer:
    share = share_at_highest_rate(basis, _BARE)
    low, high = llto_drop_mV(basis)
    window = RATE_LIMITS[1] - RATE_LIMITS[0]
    needed = window / highest_current_A(basis)
    reason = (
        f"The cell model, with 1 cm2 and an exchange current assumed, keeps {share:.0f} %: LLTO loses little "
        f"({low:.0f} to {high:.0f} mV even on the test discs of S3-07). Using up the {window:.0f} V window takes about "
        f"{needed:.0f} ohm, which is nowhere reported: an interface after 50 cycles (S3-31), not modelled here."
    )
    return Answer(share, reason)


def _with_silica(basis: Basis) -> Answer:
    share, bare = share_at_highest_rate(basis, _SILICA), share_at_highest_rate(basis, _BARE)
    reason = (
        f"The cell model keeps {share:.0f} % (bare cell {bare:.0f} %): the buffer can only add its own resistance. "
        "Area, buffer thickness and interface resistance are not reported, so what the model lacks is the interface "
        "that limits both cells, and by how much the buffer mends it."
    )
    return Answer(share, reason)


def _falls_with_rate(basis: Basis) -> Answer:
    tests = [rate_test(basis, name) for name in CELLS]
    falls = all(a > b for test in tests for one in (capacities(test), mean_voltages(test)) for a, b in pairwise(one))
    bare, *buffered = [100.0 * capacities(test)[-1] / capacities(test)[0] for test in tests]
    improve = all(share > bare for share in buffered)
    listed = " / ".join(f"{share:.2f}" for share in buffered)
    reason = (
        f"In the model capacity and mean voltage {'fall' if falls else 'do not all fall'} with rate in every cell, but "
        f"buffers {'help' if improve else 'do not help'}: {listed} % at 30C with homogeneous / SiO2 / LiPON against "
        f"{bare:.2f} % without. They add a layer, and what they do to the contact is not reported as a number."
    )
    return Answer(falls and improve, reason)


def _interface_decides(basis: Basis) -> Answer:
    interface = interface_resistance(basis, "S3-24")
    llto = llto_resistance_ohm_cm2(sum(film_thickness_nm(basis)) / 2.0, basis.number("S3-15"))
    rest = rate_test(basis, _BARE, leave_out=("charge_transfer", "separator"))
    diffusion = 100.0 * (1.0 - capacities(rest)[-1] / capacities(rest)[0])
    lost = 100.0 - basis.number("S3-24")
    reason = (
        f"The {100 - lost:g} % left at 30C (S3-24) need {interface:.0f} ohm cm2 in the cell model (1 cm2 assumed) "
        f"besides {llto:.1f} of LLTO (S3-15, S3-07); diffusion in the cathode alone costs {diffusion:.0f} % of the "
        f"capacity, not {lost:g}. What is left is the interface."
    )
    return Answer(interface > llto and diffusion < 0.5 * lost, reason)


def _gradient(basis: Basis) -> Answer:
    slow, *_, whole = first_voltages(rate_test(basis, _BARE))
    without_diffusion = first_voltages(rate_test(basis, _BARE, leave_out=("diffusion",)))[-1]
    without_transfer = first_voltages(rate_test(basis, _BARE, leave_out=("charge_transfer",)))[-1]
    drop, gradient = 1e3 * (slow - whole), 1e3 * (without_diffusion - whole)
    transfer = 1e3 * (without_transfer - whole)
    reason = (
        f"From 0.1C to 30C the model's first voltage falls by {drop:.0f} mV; without gradients in the cathode it would "
        f"be {gradient:.0f} mV higher, without charge transfer (assumed rate) {transfer:.0f} mV. In LLTO only lithium "
        "ions move, so electroneutrality leaves no concentration gradient there: the drop is the interface's."
    )
    return Answer(gradient > transfer, reason)


def _silica_lowers(basis: Basis) -> Answer:
    bare, silica = interface_resistance(basis, "S3-24"), interface_resistance(basis, "S3-25")
    layer = basis.cell(_SILICA, *stated_inputs(basis, _SILICA)).separators[0]
    insulating = llto_resistance_ohm_cm2(1e9 * layer.thickness, SILICA_S_PER_CM)
    reason = (
        f"{basis.number('S3-24'):g} and {basis.number('S3-25'):g} % at 30C (S3-24, S3-25) need {bare:.0f} and "
        f"{silica:.0f} ohm cm2 in the cell model (1 cm2 assumed). But {1e9 * layer.thickness:.0f} nm (assumed) of "
        f"insulating silica ({SILICA_S_PER_CM:g} S/cm assumed) would be {insulating:.0e} ohm cm2 and block the cell: "
        "it must be lithiated or have holes."
    )
    return Answer(None, f"Missing: what silica does to the contact. {reason}")


def _highest_rate(basis: Basis) -> Answer:
    found = capacities(rate_test(basis, _SILICA))
    rates = basis.numbers("S3-23")
    delivered = max((rate for rate, capacity in zip(rates, found, strict=True) if capacity > 0.0), default=0.0)
    reason = (
        f"Of the rates that were tried (S3-23) the cell model delivers {delivered:g}C as its highest, with "
        f"{100 * found[-1] / found[0]:.0f} % of the capacity at 0.1C where the paper finds less (S3-25). On 1 cm2 "
        f"(assumed) it is {1e3 * highest_current_A(basis):.1f} mA/cm2, no extreme current for so thin a cell."
    )
    return Answer(None, f"Missing: what counts as an output. {reason}")


def _label(_basis: Basis) -> Answer:
    return Answer(
        chr(ord("A") + len(CELLS) - 1),
        "Table 1 gives the fourth of four cells the second one's letter; it can only be D, and is in this project.",
    )


COMPUTATIONS: Final[tuple[Computation, ...]] = (
    inconsistent("S3-10", "exact", _label),
    only("S3-24", "predicted", _without_buffer),
    only("S3-25", "predicted", _with_silica),
    only("S3-26", "predicted", _falls_with_rate),
    only("S3-27", "predicted", _interface_decides),
    only("S3-28", "predicted", _gradient),
    only("S3-29", "predicted", _silica_lowers),
    only("S3-47", "predicted", _highest_rate),
)
"""Claims about the rate test and what limits it."""
