"""Where a protocol comes from: a file, sentences, a table of a cell file, or a Protocol itself."""

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, TypeAlias

from pydantic import ValidationError

from interlayer.errors import InputError, shown
from interlayer.protocol.steps import ConstantCurrent, Hold, Protocol, RateLadder, Rest
from interlayer.validation import one_line

AnyProtocol: TypeAlias = Protocol | str | Path | Sequence[Any] | Mapping[str, Any]
_MAX_BYTES: Final = 1_000_000


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
        keys = {key for model in (Protocol, ConstantCurrent, Hold, Rest, RateLadder) for key in model.model_fields}
        raise one_line(error, origin, keys - {"kind"}) from None


def _from_file(file: Path) -> Protocol:
    try:
        if file.stat().st_size > _MAX_BYTES:
            raise InputError(f"{file.name} is larger than {_MAX_BYTES} bytes; that is no protocol")
        data = tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise InputError(f"cannot read the protocol {shown(str(file))}: {error.strerror or error}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InputError(f"{file.name} is not valid TOML: {error}") from None
    # a protocol may stand alone or be the [protocol] table of a cell file
    return read_protocol(data.get("protocol", data) if isinstance(data, Mapping) else data, origin=file.name)
