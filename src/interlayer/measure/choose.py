"""Which analysis answers for a record, and the call of it."""

from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final

from interlayer.errors import InputError, closest, shown
from interlayer.measure.finding import Analysis
from interlayer.records import Record

if TYPE_CHECKING:
    from matplotlib.figure import Figure

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


def function_of(kind: str, prefix: str = "analyse") -> Callable[..., Any]:
    """Return ``analyse_KIND`` or ``draw_KIND`` of an analysis; InputError where this installation has none."""
    module = ANALYSES[kind][0]
    if find_spec(module) is None:
        raise InputError(f"this version of Interlayer has no analysis {kind}")
    function: Callable[..., Any] = getattr(import_module(module), f"{prefix}_{kind}")
    return function


def analyse(record: Record, kind: str | None = None, **options: Any) -> Analysis:
    """Return the findings of the analysis that fits the record; options go to it as they are.

    Raises InputError where this installation has no such analysis, and whatever the analysis raises.
    """
    found = function_of(kind_of(record, kind))(record, **options)
    if not isinstance(found, Analysis):
        raise TypeError(f"an analysis returned {type(found).__name__}, not Analysis")
    return found


def draw(analysis: Analysis) -> "dict[str, Figure]":
    """Return the figures of an analysis by name."""
    module = import_module(ANALYSES[analysis.kind][0])
    found: dict[str, Figure] = getattr(module, f"draw_{analysis.kind}")(analysis)
    return found
