"""Which analysis answers for a record, and the call of it."""

from importlib import import_module
from importlib.util import find_spec
from typing import Any, Final

from interlayer.errors import InputError, closest, shown
from interlayer.measure.finding import Analysis
from interlayer.records import Record

ANALYSES: Final = {
    "eis": ("interlayer.measure.eis", "analyse_eis", "spectrum"),
    "gitt": ("interlayer.measure.gitt", "analyse_gitt", "time series"),
    "cv": ("interlayer.measure.voltammetry", "analyse_cv", "time series"),
    "cycling": ("interlayer.measure.cycling", "analyse_cycling", "time series"),
}
"""Module, function and kind of record of each analysis that takes a record."""


def kind_of(record: Record, kind: str | None = None) -> str:
    """Return the analysis for a record: the one asked for, else the only one its columns allow.

    Raises InputError for a kind that is none, one that does not fit the record, and where several would fit.
    """
    fitting = [name for name, (_, _, holds) in ANALYSES.items() if holds == record.kind]
    if kind is None:
        if len(fitting) == 1:
            return fitting[0]
        raise InputError(f"the record is a {record.kind}; say which analysis: --as {' or --as '.join(fitting)}")
    if kind not in ANALYSES:
        raise InputError(f"no analysis {shown(kind)}; allowed: {', '.join(ANALYSES)}{closest(kind, ANALYSES)}")
    if kind not in fitting:
        raise InputError(f"the record is a {record.kind}; {kind} needs a {ANALYSES[kind][2]}")
    return kind


def analyse(record: Record, kind: str | None = None, **options: Any) -> Analysis:
    """Return the findings of the analysis that fits the record; options go to it as they are.

    Raises InputError where this installation has no such analysis, and whatever the analysis raises.
    """
    kind = kind_of(record, kind)
    module, function, _ = ANALYSES[kind]
    if find_spec(module) is None:
        raise InputError(f"this version of Interlayer has no analysis {kind}")
    result = getattr(import_module(module), function)(record, **options)
    if not isinstance(result, Analysis):
        raise TypeError(f"{function} returned {type(result).__name__}, not Analysis")
    return result
