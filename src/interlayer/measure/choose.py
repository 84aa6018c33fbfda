"""Which analysis answers for a record, and the call of it."""

from importlib import import_module
from importlib.util import find_spec
from typing import Any, Final

from interlayer.errors import InputError, closest, shown
from interlayer.measure.finding import Analysis
from interlayer.records import Record

ANALYSES: Final = {
    "eis": ("interlayer.measure.eis", "spectrum"),
    "gitt": ("interlayer.measure.gitt", "time series"),
    "cv": ("interlayer.measure.cv", "time series"),
    "dqdv": ("interlayer.measure.dqdv", "time series"),
    "cycling": ("interlayer.measure.cycling", "time series"),
    "symmetric": ("interlayer.measure.symmetric", "time series"),
    "arrhenius": ("interlayer.measure.arrhenius", "temperature series"),
    "xps": ("interlayer.measure.xps", "photoelectron spectrum"),
    "xanes": ("interlayer.measure.xanes", "absorption spectrum"),
    "exafs": ("interlayer.measure.exafs", "absorption spectrum"),
    "xrd": ("interlayer.measure.xrd", "diffraction pattern"),
    "thermal": ("interlayer.measure.thermal", "thermal scan"),
    "profile": ("interlayer.measure.profile", "line profile"),
}
"""Module and kind of record of each analysis.

The module ``measure.NAME`` has ``analyse_NAME(record, **options)``, which returns an Analysis, and
``draw_NAME(analysis)``, which returns figures by name from what the Analysis holds.
"""


def kind_of(record: Record, kind: str | None = None) -> str:
    """Return the analysis for a record: the one asked for, else the only one its columns allow.

    Raises InputError for a kind that is none, one that does not fit the record, and where several would fit.
    """
    fitting = [name for name, (_, holds) in ANALYSES.items() if holds == record.kind]
    if kind is None:
        if len(fitting) == 1:
            return fitting[0]
        raise InputError(f"the record is a {record.kind}; say which analysis: --as {' or --as '.join(fitting)}")
    if kind not in ANALYSES:
        raise InputError(f"no analysis {shown(kind)}; allowed: {', '.join(ANALYSES)}{closest(kind, ANALYSES)}")
    if kind not in fitting:
        raise InputError(f"the record is a {record.kind}; {kind} needs a {ANALYSES[kind][1]}")
    return kind


def analyse(record: Record, kind: str | None = None, **options: Any) -> Analysis:
    """Return the findings of the analysis that fits the record; options go to it as they are.

    Raises InputError where this installation has no such analysis, and whatever the analysis raises.
    """
    kind = kind_of(record, kind)
    module, function = ANALYSES[kind][0], f"analyse_{kind}"
    if find_spec(module) is None:
        raise InputError(f"this version of Interlayer has no analysis {kind}")
    result = getattr(import_module(module), function)(record, **options)
    if not isinstance(result, Analysis):
        raise TypeError(f"{function} returned {type(result).__name__}, not Analysis")
    return result
