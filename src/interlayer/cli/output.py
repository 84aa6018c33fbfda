"""What the verbs share when they print: JSON alone on stdout, everything else for people."""

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pydantic import BaseModel
    from rich.console import Console


def print_json(result: "BaseModel") -> None:
    """Write one JSON document to stdout; the only thing a verb writes there under --json.

    ASCII only, so that a console of any code page takes it; a number that is not finite becomes null.
    """
    import json

    # None replaces what is not finite: Infinity is no JSON
    data = json.loads(result.model_dump_json(by_alias=True))
    sys.stdout.write(json.dumps(data, indent=2, allow_nan=False) + "\n")


def console(*, stderr: bool = False) -> "Console":
    """Return a rich console on stdout, or on stderr for progress and warnings."""
    from rich.console import Console

    class Quiet(Console):
        """A console that leaves a reader who has seen enough, such as head, to the verb's own handling."""

        def on_broken_pipe(self) -> None:
            raise BrokenPipeError

    return Quiet(stderr=stderr, highlight=False, soft_wrap=not sys.stdout.isatty())
