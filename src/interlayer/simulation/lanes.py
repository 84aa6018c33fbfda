"""Eight numbers at once: a compiled vector of doubles, one lane per cell, with the arithmetic the engine needs.

Compilers turn a loop over eight cells into vector instructions only where they can prove that no arrays overlap. A
vector as a value of its own needs no proof: every operation here is one LLVM vector operation, which the processor's
widest registers carry out (one of AVX-512, two of AVX2, four of SSE or Neon). ``load(array, i)`` takes the eight
numbers of row i of a C-ordered array whose last axis has eight entries, however many axes come before.
"""
# ruff: noqa: ANN001, ANN201, ANN202  numba calls these with its own types
# mypy: disable-error-code="no-untyped-def,no-untyped-call,no-any-return"

import operator
from collections.abc import Callable
from typing import Any, Final

from llvmlite import ir  # type: ignore[import-untyped]
from numba import njit, types
from numba.core import cgutils
from numba.core.imputils import lower_builtin
from numba.core.typing.templates import AbstractTemplate, infer_global, signature
from numba.extending import intrinsic, models, register_model

LANES: Final = 8

_DOUBLES: Final = ir.VectorType(ir.DoubleType(), LANES)
_INTEGERS: Final = ir.VectorType(ir.IntType(64), LANES)
_BITS: Final = ir.VectorType(ir.IntType(1), LANES)
operation: Any = intrinsic
"""The compiler's own decorator; what it makes of a function has another signature than the function."""
_CONTRACT: Final = ("contract",)
"""A product and a sum may become one fused operation."""


class Lanes(types.Type):
    """Eight doubles."""

    def __init__(self) -> None:
        super().__init__(name="Lanes8")


class Mask(types.Type):
    """Eight truth values."""

    def __init__(self) -> None:
        super().__init__(name="Mask8")


LANES_TYPE: Final = Lanes()
MASK_TYPE: Final = Mask()


@register_model(Lanes)
class _LanesModel(models.PrimitiveModel):
    def __init__(self, manager, fe_type) -> None:
        super().__init__(manager, fe_type, _DOUBLES)


@register_model(Mask)
class _MaskModel(models.PrimitiveModel):
    def __init__(self, manager, fe_type) -> None:
        super().__init__(manager, fe_type, _BITS)


def _spread(builder: Any, value: Any) -> Any:
    """Return a vector with `value` in each lane."""
    kind = ir.VectorType(value.type, LANES)
    one = builder.insert_element(ir.Constant(kind, ir.Undefined), value, ir.IntType(32)(0))
    zeros = ir.Constant(ir.VectorType(ir.IntType(32), LANES), [0] * LANES)
    return builder.shuffle_vector(one, ir.Constant(kind, ir.Undefined), zeros)


def _doubles(context: Any, builder: Any, kind: types.Type, value: Any) -> Any:
    """Return an operand as a vector: itself, or a number in every lane."""
    if isinstance(kind, Lanes):
        return value
    return _spread(builder, context.cast(builder, value, kind, types.float64))


def _define(function: Callable[..., Any], result: types.Type, build: Callable[[Any, Any, Any], Any]) -> None:
    """Teach the compiler a binary operator of two vectors, or of a vector and a number."""

    @infer_global(function)
    class _Template(AbstractTemplate):
        def generic(self, args, kws):
            numbers = all(isinstance(a, Lanes | types.Number) for a in args)
            if len(args) == 2 and numbers and any(isinstance(a, Lanes) for a in args):
                return signature(result, *args)
            return None

    def lower(context, builder, sig, args):
        first, second = (_doubles(context, builder, kind, value) for kind, value in zip(sig.args, args, strict=True))
        return build(builder, first, second)

    for pair in ((Lanes, Lanes), (Lanes, types.Number), (types.Number, Lanes)):
        lower_builtin(function, *pair)(lower)


_define(operator.add, LANES_TYPE, lambda builder, a, b: builder.fadd(a, b, flags=_CONTRACT))
_define(operator.sub, LANES_TYPE, lambda builder, a, b: builder.fsub(a, b, flags=_CONTRACT))
_define(operator.mul, LANES_TYPE, lambda builder, a, b: builder.fmul(a, b, flags=_CONTRACT))
_define(operator.truediv, LANES_TYPE, lambda builder, a, b: builder.fdiv(a, b))
_define(operator.lt, MASK_TYPE, lambda builder, a, b: builder.fcmp_ordered("<", a, b))
_define(operator.le, MASK_TYPE, lambda builder, a, b: builder.fcmp_ordered("<=", a, b))
_define(operator.gt, MASK_TYPE, lambda builder, a, b: builder.fcmp_ordered(">", a, b))
_define(operator.ge, MASK_TYPE, lambda builder, a, b: builder.fcmp_ordered(">=", a, b))


@infer_global(operator.neg)
class _Negative(AbstractTemplate):
    def generic(self, args, kws):
        return signature(LANES_TYPE, *args) if isinstance(args[0], Lanes) else None


@lower_builtin(operator.neg, Lanes)
def _negative(context, builder, sig, args):
    return builder.fneg(args[0])


def _unary(name: str) -> Callable[..., Any]:
    """Return a function of one vector that is the LLVM operation `name`."""

    @operation
    def call(typing_context, x):
        if not isinstance(x, Lanes):
            return None

        def build(context, builder, sig, args):
            function = cgutils.get_or_insert_function(
                builder.module, ir.FunctionType(_DOUBLES, (_DOUBLES,)), f"llvm.{name}.v{LANES}f64"
            )
            return builder.call(function, args)

        return LANES_TYPE(x), build

    return call


sqrt = _unary("sqrt")
absolute = _unary("fabs")


@operation
def maximum(typing_context, a, b):
    """Return the larger of two vectors, lane by lane; not a number where the first is not."""

    def build(context, builder, sig, args):
        return builder.select(builder.fcmp_ordered("<", args[0], args[1]), args[1], args[0])

    return LANES_TYPE(a, b), build


@operation
def minimum(typing_context, a, b):
    """Return the smaller of two vectors, lane by lane; not a number where the first is not."""

    def build(context, builder, sig, args):
        return builder.select(builder.fcmp_ordered(">", args[0], args[1]), args[1], args[0])

    return LANES_TYPE(a, b), build


@operation
def each(typing_context, number):
    """Return a vector with `number` in every lane."""

    def build(context, builder, sig, args):
        return _doubles(context, builder, sig.args[0], args[0])

    return LANES_TYPE(number), build


@operation
def select(typing_context, mask, yes, no):
    """Return `yes` where the mask is set and `no` elsewhere."""

    def build(context, builder, sig, args):
        return builder.select(args[0], args[1], args[2])

    return LANES_TYPE(mask, yes, no), build


@operation
def both(typing_context, a, b):
    """Return where two masks are set."""

    def build(context, builder, sig, args):
        return builder.and_(args[0], args[1])

    return MASK_TYPE(a, b), build


@operation
def any_lane(typing_context, mask):
    """Return whether the mask is set in any lane."""

    def build(context, builder, sig, args):
        whole = builder.bitcast(args[0], ir.IntType(LANES))
        return builder.icmp_unsigned("!=", whole, ir.IntType(LANES)(0))

    return types.boolean(mask), build


def _row_pointer(context: Any, builder: Any, kind: Any, array: Any, row: Any) -> Any:
    view = context.make_array(kind)(context, builder, array)
    first = builder.mul(row, row.type(LANES))
    return builder.bitcast(builder.gep(view.data, [first]), _DOUBLES.as_pointer())


@operation
def load(typing_context, array, row):
    """Return row `row` of a C-ordered array seen as rows of eight."""

    def build(context, builder, sig, args):
        place = context.cast(builder, args[1], sig.args[1], types.intp)
        return builder.load(_row_pointer(context, builder, sig.args[0], args[0], place), align=8)

    return LANES_TYPE(array, row), build


@operation
def store(typing_context, array, row, lanes):
    """Write row `row` of a C-ordered array seen as rows of eight."""

    def build(context, builder, sig, args):
        place = context.cast(builder, args[1], sig.args[1], types.intp)
        builder.store(args[2], _row_pointer(context, builder, sig.args[0], args[0], place), align=8)
        return context.get_dummy_value()

    return types.void(array, row, lanes), build


@operation
def gather(typing_context, table, index, column):
    """Return ``table[index, column]`` of a C-ordered table with four columns; `index` is a vector of whole numbers."""

    def build(context, builder, sig, args):
        view = context.make_array(sig.args[0])(context, builder, args[0])
        places = builder.fptosi(args[1], _INTEGERS)
        column = context.cast(builder, args[2], sig.args[2], types.intp)
        out = ir.Constant(_DOUBLES, ir.Undefined)
        for lane in range(LANES):
            at = ir.IntType(32)(lane)
            row = builder.extract_element(places, at)
            place = builder.add(builder.mul(row, row.type(4)), column)
            out = builder.insert_element(out, builder.load(builder.gep(view.data, [place])), at)
        return out

    return LANES_TYPE(table, index, column), build


@operation
def truncated(typing_context, x):
    """Return the whole part of each lane, for values within the range of 32-bit integers."""

    def build(context, builder, sig, args):
        narrow = ir.VectorType(ir.IntType(32), LANES)
        return builder.sitofp(builder.fptosi(args[0], narrow), _DOUBLES)

    return LANES_TYPE(x), build


_FRACTION_BITS: Final = 52
_FRACTION: Final = (1 << _FRACTION_BITS) - 1
_ONE: Final = 1023 << _FRACTION_BITS


def _whole(value: int) -> Any:
    return ir.Constant(_INTEGERS, [value] * LANES)


@operation
def exponent(typing_context, x):
    """Return e where x = m 2^e with 1 <= m < 2, for positive normal numbers."""

    def build(context, builder, sig, args):
        shifted = builder.lshr(builder.bitcast(args[0], _INTEGERS), _whole(_FRACTION_BITS))
        narrow = builder.trunc(shifted, ir.VectorType(ir.IntType(32), LANES))
        return builder.fsub(builder.sitofp(narrow, _DOUBLES), ir.Constant(_DOUBLES, [1023.0] * LANES))

    return LANES_TYPE(x), build


@operation
def mantissa(typing_context, x):
    """Return m where x = m 2^e with 1 <= m < 2, for positive normal numbers."""

    def build(context, builder, sig, args):
        bits = builder.and_(builder.bitcast(args[0], _INTEGERS), _whole(_FRACTION))
        return builder.bitcast(builder.or_(bits, _whole(_ONE)), _DOUBLES)

    return LANES_TYPE(x), build


@operation
def power_of_two(typing_context, n):
    """Return 2^n for whole n between -1022 and 1023."""

    def build(context, builder, sig, args):
        narrow = builder.fptosi(args[0], ir.VectorType(ir.IntType(32), LANES))
        wide = builder.add(builder.sext(narrow, _INTEGERS), _whole(1023))
        return builder.bitcast(builder.shl(wide, _whole(_FRACTION_BITS)), _DOUBLES)

    return LANES_TYPE(n), build


_LN_2: Final = 0.6931471805599453
_LN_2_HIGH: Final = 0.693147180369123816490
_LN_2_LOW: Final = 1.90821492927058770002e-10


@njit(inline="always")
def logarithm_of_ratio(a, b):
    """Return ln(a / b) of positive normal numbers with a single division, to 1e-15.

    With mantissas in 1..2, ln(m_a / m_b) = 2 artanh(t), t = (m_a - m_b) / (m_a + m_b), |t| < 1/3.
    """
    m_a, m_b = mantissa(a), mantissa(b)
    t = (m_a - m_b) / (m_a + m_b)
    s = t * t
    series = s * (1.0 / 31.0) + 1.0 / 29.0
    series = series * s + 1.0 / 27.0
    series = series * s + 1.0 / 25.0
    series = series * s + 1.0 / 23.0
    series = series * s + 1.0 / 21.0
    series = series * s + 1.0 / 19.0
    series = series * s + 1.0 / 17.0
    series = series * s + 1.0 / 15.0
    series = series * s + 1.0 / 13.0
    series = series * s + 1.0 / 11.0
    series = series * s + 1.0 / 9.0
    series = series * s + 1.0 / 7.0
    series = series * s + 1.0 / 5.0
    series = series * s + 1.0 / 3.0
    return 2.0 * t * (series * s + 1.0) + (exponent(a) - exponent(b)) * _LN_2


@njit(inline="always")
def decay(z):
    """Return exp(-z) for z > -40, to 1e-14; from z = 80 on it stays at 1e-35.

    Smaller numbers would change nothing, but their products fall below the normal range, which slows processors down
    a hundredfold.
    """
    z = minimum(z, each(80.0))
    n = truncated(z * (1.0 / _LN_2) + 0.5)
    r = (n * _LN_2_HIGH - z) + n * _LN_2_LOW
    p = r * (1.0 / 6227020800.0) + 1.0 / 479001600.0
    p = p * r + 1.0 / 39916800.0
    p = p * r + 1.0 / 3628800.0
    p = p * r + 1.0 / 362880.0
    p = p * r + 1.0 / 40320.0
    p = p * r + 1.0 / 5040.0
    p = p * r + 1.0 / 720.0
    p = p * r + 1.0 / 120.0
    p = p * r + 1.0 / 24.0
    p = p * r + 1.0 / 6.0
    p = p * r + 0.5
    p = p * r + 1.0
    p = p * r + 1.0
    return p * power_of_two(-n)
