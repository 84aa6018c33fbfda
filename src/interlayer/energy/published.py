"""Published numbers of the stack model beside ours: what is stated, what the example cells give, how far apart."""

import tomllib
from collections.abc import Sequence
from importlib import resources

from pydantic import Field

from interlayer.cell import changed_cell, load_cell
from interlayer.energy.results import StackResult
from interlayer.energy.search import find_value
from interlayer.energy.stack import stack
from interlayer.errors import InputError
from interlayer.quantity import StrictModel


class Search(StrictModel):
    """The key whose value makes the cell equal its reference, and where to look for it."""

    key: str
    unit: str
    between: tuple[float, float]


class StatedNumber(StrictModel):
    """A number that a publication states and the question to the stack model that answers it.

    `ask` is a path in the stack's result: ``layers.cathode.thickness_um``, ``break_even_thickness_um.energy_density``.
    With `gain_over` the answer is the gain in percent over the cell with those changes instead; with `find` it is the
    value of a key at which `ask` equals the reference's. `half_digit` is half a unit of the last printed digit.
    """

    name: str
    claim: str
    value: float
    half_digit: float = Field(gt=0)
    unit: str
    cell: str
    ask: str
    reference: str | None = None
    changes: tuple[str, ...] = ()
    gain_over: tuple[str, ...] | None = None
    find: Search | None = None
    unreachable: str | None = None


class StatedAndComputed(StrictModel):
    """One stated number beside the computed one; `unreachable` says why it cannot be met together with the others."""

    name: str
    claim: str
    unit: str
    stated: float
    computed: float
    deviation_percent: float
    inside_rounding: bool
    unreachable: str | None = None


def stated_numbers(publication: str = "wu2016") -> tuple[StatedNumber, ...]:
    """Return the numbers that a publication states, in its order."""
    file = resources.files("interlayer.energy") / "data" / f"{publication}.toml"
    if not file.is_file():
        raise InputError(f"no stated numbers of {publication!r}; allowed: 'wu2016'")
    data = tomllib.loads(file.read_text(encoding="utf-8"))
    return tuple(StatedNumber.model_validate(entry) for entry in data["stated"])


def compare_with_stated(publication: str = "wu2016") -> tuple[StatedAndComputed, ...]:
    """Return every stated number of section 3 of Wu et al. 2016 beside what the shipped example cells give."""
    return tuple(
        StatedAndComputed(
            name=number.name,
            claim=number.claim,
            unit=number.unit,
            stated=number.value,
            computed=(computed := compute(number)),
            deviation_percent=100.0 * (computed / number.value - 1.0),
            inside_rounding=abs(computed - number.value) <= number.half_digit,
            unreachable=number.unreachable,
        )
        for number in stated_numbers(publication)
    )


def compute(number: StatedNumber) -> float:
    """Return the stack model's answer to the question of a stated number, in its unit."""
    if number.find is not None and number.reference is not None:
        return find_value(
            number.cell,
            number.find.key,
            unit=number.find.unit,
            between=number.find.between,
            quantity=number.ask,
            equals=_answer(stack(number.reference), number.ask),
            changes=number.changes,
        )
    value = _answer(_stack(number, number.changes), number.ask)
    if number.gain_over is None:
        return value
    return 100.0 * (value / _answer(_stack(number, number.gain_over), number.ask) - 1.0)


def implied_reference_energy(cell: str, key_values: Sequence[str], thickness_um: float) -> float:
    """Return the specific energy in Wh/kg a reference must have for a stated break-even thickness to hold.

    It is that of the cell itself with this separator: ``implied_reference_energy("wu2016_llzo",
    ["cathode.loading=10 mg/cm2"], 16.0)``.
    """
    changed = changed_cell(load_cell(cell), [*key_values, f"separator.thickness={thickness_um!r} um"])
    return stack(changed).specific_energy_Wh_per_kg


def _stack(number: StatedNumber, changes: Sequence[str]) -> StackResult:
    return stack(load_cell(number.cell, changes=changes), reference=number.reference)


def _answer(result: StackResult, path: str) -> float:
    first, _, rest = path.partition(".")
    if first == "layers":
        role, _, field = rest.partition(".")
        return float(getattr(next(layer for layer in result.layers if layer.role == role), field))
    value = getattr(result, first)
    for name in rest.split(".") if rest else ():
        value = getattr(value, name)
    return float(value)
