"""Errors that a user can act on: one line with what, which value, what is allowed and what is closest."""

from collections.abc import Iterable
from difflib import get_close_matches


class InputError(ValueError):
    """Something the user gave cannot be used. The message is one line; the command line exits with 2."""

    def __init__(self, message: str) -> None:
        super().__init__(" ".join(str(message).split()))


class SolverError(RuntimeError):
    """A computation did not finish. The message names time, state and parameter."""


def closest(name: str, choices: Iterable[str]) -> str:
    """Return ``"; did you mean 'X'?"`` for the choice nearest to `name`, or an empty string.

    Compares without regard to case; nothing is returned when no choice is similar.
    """
    by_lower = {choice.lower(): choice for choice in choices}
    near = get_close_matches(name.lower(), list(by_lower), n=1, cutoff=0.6)
    return f"; did you mean {by_lower[near[0]]!r}?" if near else ""


def shown(value: object, limit: int = 60) -> str:
    """Return `value` as the user would recognise it, cut to `limit` characters and to one line."""
    text = repr(value) if isinstance(value, str) else str(value)
    text = " ".join(text.split())
    return text if len(text) <= limit else text[: limit - 3] + "..."
