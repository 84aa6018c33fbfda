"""From what pydantic found wrong with a file to one line a user can act on."""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from interlayer.errors import InputError, closest


def _path(location: Iterable[int | str], kinds: Mapping[str, Sequence[str]]) -> str:
    text = ""
    for part in location:
        if part in kinds.get(text, ()):
            continue  # pydantic's mark of the member of a union, which stands nowhere in the file
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text


def one_line(
    error: ValidationError,
    where: str,
    known_keys: Iterable[str] = (),
    kinds: Mapping[str, Sequence[str]] = MappingProxyType({}),
) -> InputError:
    """Return the first problem of `error` as one InputError that starts with `where` (a file name).

    `known_keys` are the keys a misspelt one is compared with; `kinds` are the values of `kind` by the key of the
    table. Further problems are counted, not listed: the first usually causes the rest.
    """
    problems = error.errors(include_url=False, include_context=True)
    # an unknown key explains a missing one better than the other way round
    problems.sort(key=lambda problem: problem["type"] != "extra_forbidden")
    message = _describe(problems[0], known_keys, kinds)
    more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
    return InputError(f"{where}: {message}{more}")


def _describe(problem: ErrorDetails, known_keys: Iterable[str], kinds: Mapping[str, Sequence[str]]) -> str:
    location = problem["loc"]
    path = _path(location, kinds) or "the file"
    match problem["type"]:
        case "extra_forbidden":
            return f"unknown key {path!r}{closest(str(location[-1]), known_keys)}"
        case "too_short" if not problem["input"]:
            return f"{path} is empty; it needs at least one entry"
        case "missing":
            return f"{path} is missing"
        case "union_tag_not_found":
            return f"{path}.kind is missing; allowed: {', '.join(kinds.get(path, ()))}"
        case "union_tag_invalid":
            context = problem["ctx"]
            tags = context["expected_tags"].replace("'", "").split(", ")
            tag = str(context["tag"])
            return f"{path}.kind: {tag!r} is not known; allowed: {', '.join(tags)}{closest(tag, tags)}"
        case _:
            message = problem["msg"].removeprefix("Value error, ")
            return f"{path}: {message[:1].lower() + message[1:] if message[:5] == 'Input' else message}"
