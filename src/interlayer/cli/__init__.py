"""The command line: parse, call, print.

Every verb answers with exit 0, or with exit 2 and one line on stderr that says what to change.
"""

import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Annotated, Any

# the linear algebra here is small: its threads would wait for each other longer than they work, most of all where other
# programs run; a user's own setting stays
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import typer

from interlayer._version import __version__
from interlayer.errors import InputError, SolverError, closest, shown

app = typer.Typer(
    name="interlayer",
    help="Design the interfaces of all-solid-state lithium batteries: is it stable, how resistive is it, "
    "what does it deliver, what does it weigh?",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(shown: bool) -> None:
    if shown:
        typer.echo(f"interlayer {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    pass


_VERBS = {
    "design": "interlayer.cli.design",
    "stack": "interlayer.cli.stack",
    "react": "interlayer.cli.react",
    "window": "interlayer.cli.window",
    "screen": "interlayer.cli.screen",
    "expose": "interlayer.cli.expose",
    "table": "interlayer.cli.table",
    "resistance": "interlayer.cli.resistance",
    "simulate": "interlayer.cli.simulate",
    "export": "interlayer.cli.export",
    "analyse": "interlayer.cli.analyse",
    "fit": "interlayer.cli.fit",
    "audit": "interlayer.cli.audit",
    "papers": "interlayer.cli.papers",
    "materials": "interlayer.cli.materials",
    "examples": "interlayer.cli.examples",
    "init": "interlayer.cli.examples",
}
for _verb, _module in _VERBS.items():
    app.command(_verb)(getattr(import_module(_module), _verb))


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit: 0 answered, 2 bad input, 1 a fault of ours, 130 interrupted."""
    sys.exit(run(sys.argv[1:] if arguments is None else arguments))


def run(arguments: Sequence[str]) -> int:
    """Run the command line with `arguments` and return the exit status."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a console of another code page must not turn a micro sign into a fault
            stream.reconfigure(errors="replace")
    command = typer.main.get_command(app)
    try:
        status = command.main(list(arguments), prog_name="interlayer", standalone_mode=False)
        sys.stdout.flush()
    except InputError as error:
        return _fail(str(error), 2)
    except SolverError as error:
        return _fail(str(error), 1)
    except (KeyboardInterrupt, typer.Abort):
        return _fail("interrupted", 130)
    except BrokenPipeError:  # the reader of our output, such as head, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        if hasattr(error, "format_message"):  # a usage error of the command-line library
            return _fail(_usage(error, command, arguments), 2)
        if os.environ.get("INTERLAYER_DEBUG"):
            raise
        return _fail(
            f"a fault of Interlayer, please report it: {type(error).__name__}: {' '.join(str(error).split())[:300]} "
            "(INTERLAYER_DEBUG=1 shows where)",
            1,
        )
    return status if isinstance(status, int) else 0


def _fail(message: str, status: int) -> int:
    sys.stderr.write(f"interlayer: {message}\n")
    return status


def _given(option: str, arguments: Sequence[str]) -> str | None:
    """Return what the user wrote for `option`: the next argument, or what follows its equals sign."""
    for argument, following in zip(arguments, [*arguments[1:], None], strict=True):
        if argument == option:
            return following
        if argument.startswith(f"{option}="):
            return argument.removeprefix(f"{option}=")
    return None


def _usage(error: Any, command: Any, arguments: Sequence[str]) -> str:
    message = " ".join(str(error.format_message()).split()).rstrip(".")
    context = getattr(error, "ctx", None)
    verb = getattr(context, "info_name", None) or "interlayer"
    hint = ""
    if message.startswith("No such command"):
        hint = closest(message.split("'")[1], command.commands) + f" verbs: {', '.join(command.commands)}"
        return f"{message[:1].lower()}{message[1:]}{hint if hint.startswith(';') else ';' + hint}"
    if message.startswith("Invalid value for '--"):
        option = message.split("'")[1].split(" ")[0]
        given = _given(option, arguments)
        message = message.replace("Input should be", "should be").split(", unable")[0]
        hint = f", not {shown(given)}" if given is not None else ""
    if message.startswith("No such option") and context is not None:
        options = [name for parameter in context.command.params for name in parameter.opts if name.startswith("--")]
        hint = closest(str(error.option_name), options) or f"; options: {', '.join(options)}"
        message = message.split(". ")[0].split(" Did you")[0].split(" (Possible")[0]
    program = "interlayer" if verb == "interlayer" else f"interlayer {verb}"
    return f"{message[:1].lower()}{message[1:]}{hint} ('{program} --help' shows the usage)"
