"""Overriding keys of a cell: ``cathode.loading=10 mg/cm2`` applied to what a cell file contains."""

import re
import tomllib
from typing import Any, Final

from pydantic import BaseModel

from interlayer.errors import InputError, shown
from interlayer.quantity import Quantity

_NAME: Final = r"""(?:"[^"]+"|'[^']+'|[^."']+)"""
_PART: Final = re.compile(_NAME)
_KEY: Final = re.compile(rf"{_NAME}(?:\.{_NAME})*")


def apply_change(data: dict[str, Any], change: str) -> None:
    """Set one dotted key of a file's contents in place; a list's only entry needs no index.

    ``KEY=VALUE`` reads the value as TOML would, else as text; ``KEY=`` removes the key, which must be there. A name
    with dots is quoted: ``densities."Li1.3Al0.3Ti1.7(PO4)3"=3 g/cm3``. Raises InputError for a change that
    is not of this form or names a place that does not exist.
    """
    key, equals, text = change.partition("=")
    path = [part.strip("\"'") for part in _PART.findall(key.strip())]
    if not equals or not path or not _KEY.fullmatch(key.strip()):
        raise InputError(f"--set {shown(change)} is not KEY=VALUE; write e.g. --set cathode.loading='10 mg/cm2'")
    target, place = _place(data, path, key)
    if text.strip():
        target[place] = _value(text.strip())
    elif isinstance(target, list) or place in target:
        del target[place]
    else:
        raise InputError(f"--set {key.strip()}=: there is no such key to remove")


def set_key(data: dict[str, Any], key: str, value: Any) -> None:
    """Set one dotted key of a file's contents in place to a value; the errors are those of `apply_change`."""
    target, place = _place(data, [part.strip("\"'") for part in _PART.findall(key.strip())], key)
    target[place] = value


def _place(data: dict[str, Any], path: list[str], key: str) -> tuple[Any, Any]:
    """Return the table or list that holds a key, and the key or number in it."""
    target: Any = data
    for part in path[:-1]:
        target = _step(target, part, key)
    if isinstance(target, list) and not path[-1].isdecimal():
        target = _only(target, key)
    place: Any = path[-1]
    if isinstance(target, list) and int(place) < len(target):
        place = int(place)
    elif not isinstance(target, dict):
        raise InputError(f"--set {key.strip()}: there is no such place in the cell file")
    return target, place


def contents(description: BaseModel) -> dict[str, Any]:
    """Return what a description was built from as nested tables that can be changed and validated again.

    Only what was given is returned; quantities stay as they are, with their standing.
    """
    fields = type(description).model_fields
    return {
        fields[name].alias or name: _contents(getattr(description, name))
        for name in fields
        if name in description.model_fields_set
    }


def _contents(value: Any) -> Any:
    if isinstance(value, Quantity):
        return value
    if isinstance(value, BaseModel):
        return contents(value)
    if isinstance(value, dict):
        return {key: _contents(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [_contents(item) for item in value]
    return value


def _step(target: Any, part: str, key: str) -> Any:
    if isinstance(target, list):
        if not part.isdecimal():
            return _step(_only(target, key), part, key)
        if int(part) >= len(target):
            raise InputError(f"--set {key.strip()}: entry {part} does not exist; there are {len(target)}, from 0")
        return target[int(part)]
    if not isinstance(target, dict):
        raise InputError(f"--set {key.strip()}: {part!r} is not a table of the cell file")
    return target.setdefault(part, {})


def _only(target: list[Any], key: str) -> Any:
    if len(target) != 1:
        raise InputError(f"--set {key.strip()}: there are {len(target)} entries; say which, e.g. separator.0.thickness")
    return target[0]


def _value(text: str) -> Any:
    """Read an override as TOML would, so that numbers, lists and tables work; anything else is a string."""
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except (tomllib.TOMLDecodeError, KeyError, RecursionError):
        return text
