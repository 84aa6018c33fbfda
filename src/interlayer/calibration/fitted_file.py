"""The fitted cell as a file: the user's own, with the fitted values, their intervals and their standing written in."""

from pathlib import Path
from typing import Any, Final

import tomlkit
from tomlkit.items import InlineTable
from tomlkit.toml_document import TOMLDocument

from interlayer import units
from interlayer.calibration.result import Fit, FittedParameter
from interlayer.cell import find_cell_file
from interlayer.cell.changes import contents, set_key
from interlayer.errors import InputError
from interlayer.quantity import Quantity
from interlayer.simulation.designs import MODEL_KEYS

_DIGITS: Final = 6


def fitted_file(fit: Fit, origin: str | Path | None = None) -> str:
    """Return the text of a cell file with the fitted values in it.

    `origin` is the file that was fitted, whose comments and order are kept; without it the file is written anew from
    what the cell states. Parameters of the model that no cell file holds stand in a comment at its end. Raises
    InputError where `origin` is no cell file.
    """
    if origin is not None:
        document = tomlkit.parse(find_cell_file(origin).read_text(encoding="utf-8"))
    else:
        document = tomlkit.parse(tomlkit.dumps(_plain(contents(fit.problem.cell.description))))
    records = ", ".join(one.label for one in fit.records)
    loose = []
    for parameter in fit.parameters:
        if parameter.key in MODEL_KEYS:
            loose.append(parameter)
            continue
        set_key(document, parameter.key, _entry(parameter, records))
    for parameter in loose:
        document.add(
            tomlkit.comment(
                f"fitted to {records}: {parameter.key} = {parameter.value:.{_DIGITS}g} ({interval(parameter)})"
            )
        )
    return _checked(document)


def _checked(document: TOMLDocument) -> str:
    text = tomlkit.dumps(document)
    if not text.strip():
        raise InputError("the fitted cell file would be empty")
    return text


def _entry(parameter: FittedParameter, records: str) -> InlineTable:
    """Return a value with its standing as an inline table."""
    table = tomlkit.inline_table()
    table["value"] = f"{parameter.value:.{_DIGITS}g} {parameter.unit}".strip()
    if parameter.identified:
        spread = parameter.standard_error_relative * (parameter.value if parameter.logarithmic else 1.0)
        if spread < abs(parameter.value):
            unit = "K" if parameter.unit == "degC" else parameter.unit
            table["uncertainty"] = f"{spread:.3g} {unit}".strip()
    table["status"] = "fitted"
    table["note"] = f"fitted to {records}; {interval(parameter)}"
    return table


def interval(parameter: FittedParameter) -> str:
    """Return the interval in words."""
    low, high, unit = parameter.low_95, parameter.high_95, parameter.unit
    match (low, high):
        case (None, None):
            return "the data set no limit"
        case (None, _):
            return f"95 %: at most {high:.4g} {unit}".rstrip()
        case (_, None):
            return f"95 %: at least {low:.4g} {unit}".rstrip()
        case _:
            return f"95 %: {low:.4g} to {high:.4g} {unit}".rstrip()


def _plain(value: Any) -> Any:
    """Return nested contents of a cell file with quantities as they are written."""
    if isinstance(value, Quantity):
        return _written(value)
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items() if item is not None}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value


def _written(value: Quantity) -> Any:
    text = value.text if not _bare(value) else float(value.text)
    more = {name: getattr(value, name) for name in ("source", "note") if getattr(value, name) is not None}
    if value.status != "stated":
        more["status"] = value.status
    if value.uncertainty is not None:
        unit = next(iter(units.UNITS[value.kind]))
        more["uncertainty"] = f"{value.uncertainty!r} {unit}".strip()
    if value.activation_energy is not None:
        more["activation_energy"] = f"{value.activation_energy!r} J"
        if value.reference_temperature is not None:
            more["reference_temperature"] = f"{value.reference_temperature!r} K"
    return {"value": text, **more} if more else text


def _bare(value: Quantity) -> bool:
    try:
        float(value.text)
    except ValueError:
        return False
    return True
