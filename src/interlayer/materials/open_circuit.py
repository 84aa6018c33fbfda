"""Open-circuit potential curves: a published expression or a table of points, sampled on demand.

The stoichiometry x is the share of `lithium_sites` that is filled, so x falls when a cathode is charged.
Potentials are against Li/Li+.
"""

import ast
import csv
import io
import math
import operator
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, ValidationInfo, model_validator
from pydantic_core import PydanticCustomError

from interlayer.errors import InputError, shown
from interlayer.quantity import Status, StrictModel
from interlayer.reading import read_text

Array = NDArray[np.float64]

_FUNCTIONS: Final[dict[str, Callable[[Any], Any]]] = {
    "exp": np.exp,
    "log": np.log,
    "sqrt": np.sqrt,
    "tanh": np.tanh,
    "sinh": np.sinh,
    "cosh": np.cosh,
    "tan": np.tan,
    "atan": np.arctan,
}
_OPERATORS: Final[dict[type[ast.AST], Callable[..., Any]]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
    ast.UAdd: operator.pos,
    ast.USub: operator.neg,
}
_MAX_EXPRESSION: Final = 2000
_MAX_POINTS: Final = 100_000


class OpenCircuit(StrictModel):
    """An open-circuit potential U(x) in V against Li/Li+ between the stoichiometries `lowest` and `highest`.

    Exactly one of `expression` (in x, with exp, log, sqrt, tanh, sinh, cosh, tan, atan) and `csv` (a file with the
    columns stoichiometry, potential_V; a path beside the file that names it) is given. `source` is a key of
    ``references.bib`` or, in a user's own file, any text.
    """

    source: str = Field(min_length=1)
    expression: str | None = Field(default=None, max_length=_MAX_EXPRESSION)
    csv: str | None = None
    points: tuple[tuple[float, float], ...] = ()
    lowest: float = Field(default=0.0, ge=0.0, le=1.0)
    highest: float = Field(default=1.0, ge=0.0, le=1.0)
    status: Status = "stated"
    note: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _read_csv(cls, data: Any, info: ValidationInfo) -> Any:
        """Read the table a `csv` names; its range is the range of x. `info.context['folder']` is where to look."""
        if not isinstance(data, dict) or "csv" not in data or data.get("points"):
            return data
        folder = Path((info.context or {}).get("folder", "."))
        try:
            points = read_points(folder / str(data["csv"]))
        except InputError as error:
            raise PydanticCustomError("csv", "{problem}", {"problem": str(error)}) from None
        return {"lowest": points[0][0], "highest": points[-1][0], **data, "points": points}

    @model_validator(mode="after")
    def _has_one_form_and_a_finite_curve(self) -> Self:
        if (self.expression is None) == (self.csv is None):
            raise PydanticCustomError("open_circuit", "give exactly one of 'expression' and 'csv'")
        if self.lowest >= self.highest:
            raise PydanticCustomError("open_circuit", "'lowest' must be below 'highest'")
        try:
            potential = self.potential(np.linspace(self.lowest, self.highest, 201))
        except InputError as error:
            raise PydanticCustomError("open_circuit", "{problem}", {"problem": str(error)}) from None
        if not np.all(np.isfinite(potential)) or np.max(np.abs(potential)) > 10.0:
            raise PydanticCustomError(
                "open_circuit",
                "the curve is not finite or leaves -10..10 V between its lowest and highest stoichiometry",
            )
        return self

    def potential(self, stoichiometry: Array) -> Array:
        """Return U(x) in V for x in `lowest`..`highest` (x outside is evaluated at the nearer end)."""
        x = np.clip(np.asarray(stoichiometry, dtype=float), self.lowest, self.highest)
        if self.expression is not None:
            with np.errstate(all="ignore"):
                return np.broadcast_to(np.asarray(evaluate(self.expression, x), dtype=float), x.shape).copy()
        known, potentials = np.array(self.points).T
        if len(known) == 2:
            return np.asarray(np.interp(x, known, potentials), dtype=float)
        from scipy.interpolate import PchipInterpolator  # monotone between points: no wiggles into dQ/dV

        return np.asarray(PchipInterpolator(known, potentials)(x), dtype=float)


def evaluate(expression: str, x: Any) -> Any:
    """Return the value of arithmetic in x: numbers, x, + - * / ** and the functions above; nothing else is understood.

    `x` may be a number, an array, or any object that answers to numpy's functions. Raises InputError otherwise.
    """

    def value(node: ast.AST) -> Any:
        match node:
            case ast.Expression(body=body):
                return value(body)
            case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
                return np.float64(number)  # numpy's arithmetic: a division by zero is inf, not an exception
            case ast.Name(id="x"):
                return x
            case ast.BinOp(left=left, op=sign, right=right) if type(sign) in _OPERATORS:
                return _OPERATORS[type(sign)](value(left), value(right))
            case ast.UnaryOp(op=sign, operand=operand) if type(sign) in _OPERATORS:
                return _OPERATORS[type(sign)](value(operand))
            case ast.Call(func=ast.Name(id=name), args=[argument], keywords=[]) if name in _FUNCTIONS:
                return _FUNCTIONS[name](value(argument))
        raise InputError(
            f"the expression {shown(expression)} contains something other than numbers, x, + - * / ** and "
            f"{', '.join(_FUNCTIONS)}"
        )

    try:
        return value(ast.parse(expression.strip(), mode="eval"))
    except (SyntaxError, RecursionError, MemoryError, OverflowError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"the expression {shown(expression)} cannot be read") from None


def read_points(path: Path) -> tuple[tuple[float, float], ...]:
    """Read a CSV of stoichiometry and potential_V (a header line is optional) and return it sorted by x.

    Raises InputError for a file that cannot be read, a line without two finite numbers, a stoichiometry outside
    0..1 or repeated, and fewer than two points.
    """
    text = read_text(path, "open-circuit curve")
    points: dict[float, float] = {}
    for number, row in enumerate(csv.reader(io.StringIO(text)), start=1):
        where = f"{path.name}, line {number}"
        cells = [cell.strip() for cell in row if cell.strip()]
        if not cells or cells[0].startswith("#"):
            continue
        try:
            x, potential = (float(cell) for cell in cells)
        except ValueError:
            if not points and number <= 20 and any(c.isalpha() for c in cells[0]):
                continue  # the header
            raise InputError(
                f"{path.name}, line {number}: expected stoichiometry,potential_V, got {shown(','.join(row))}"
            ) from None
        if not (0.0 <= x <= 1.0 and math.isfinite(potential)):
            raise InputError(
                f"{path.name}, line {number}: the stoichiometry {x:g} or the potential {potential:g} V is out of range"
            )
        if x in points:
            raise InputError(f"{where}: the stoichiometry {x:g} is given twice")
        points[x] = potential
    if not 2 <= len(points) <= _MAX_POINTS:
        raise InputError(f"{path.name} has {len(points)} points; an open-circuit curve needs 2 to {_MAX_POINTS}")
    return tuple(sorted(points.items()))
