"""Where a protocol comes from: a file, sentences, a table of a cell file, or a Protocol itself."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias, get_args

from pydantic import ValidationError

from interlayer.errors import InputError
from interlayer.protocol.steps import Group, Protocol, Step
from interlayer.reading import read_toml
from interlayer.validation import one_line

AnyProtocol: TypeAlias = Protocol | str | Path | Sequence[Any] | Mapping[str, Any]


def read_protocol(given: AnyProtocol, *, origin: str = "the protocol") -> Protocol:
    """Return a Protocol from a TOML file, from sentences separated by ``;``, from a list of steps or from a table.

    >>> [step.text for step in read_protocol("Charge at C/10 until 4.2 V; Rest for 10 min").sequence()]
    ['Charge at C/10 until 4.2 V', 'Rest for 10 minutes']

    Raises InputError: one line with the sentence or the key, what is not understood, and a valid example.
    """
    if isinstance(given, Protocol):
        return given
    if isinstance(given, str | Path):
        file = Path(given) if isinstance(given, Path) or given.strip().lower().endswith(".toml") else None
        if file is not None:
            return _from_file(file)
        return read_protocol([part.strip() for part in str(given).split(";") if part.strip()], origin=origin)
    data = dict(given) if isinstance(given, Mapping) else {"steps": list(given)}
    try:
        return Protocol.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        if not first["loc"]:  # the protocol as a whole
            raise InputError(f"{origin}: {first['msg']}") from None
        keys = {key for model in (Protocol, *get_args(Step), *get_args(Group)) for key in model.model_fields}
        raise one_line(error, origin, keys - {"kind"}) from None


def _from_file(file: Path) -> Protocol:
    data = read_toml(file, "protocol")
    # a protocol may stand alone or be the [protocol] table of a cell file
    return read_protocol(data.get("protocol", data), origin=file.name)
