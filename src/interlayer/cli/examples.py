"""``interlayer examples`` and ``interlayer init``: cell files to start from."""

from pathlib import Path
from typing import Annotated

import typer

from interlayer.cli.output import console
from interlayer.errors import InputError, closest, shown


def examples(
    name: Annotated[str | None, typer.Argument(help="Example to print; without it they are listed.")] = None,
    copy: Annotated[bool, typer.Option("--copy", help="Write the example into the current folder.")] = False,
    json: Annotated[bool, typer.Option("--json", help="List the examples as JSON on stdout.")] = False,
) -> None:
    """List the shipped example cells, print one, or copy it to work on."""
    from interlayer.cell import example_files

    files = example_files()
    if name is None:
        if copy:
            raise InputError(f"--copy needs the name of an example; allowed: {', '.join(files)}")
        _list(json)
        return
    wanted = name.removesuffix(".toml")
    if wanted not in files:
        raise InputError(f"no example {shown(name)}{closest(wanted, files)}; allowed: {', '.join(files)}")
    text = files[wanted].read_text(encoding="utf-8")
    if copy:
        _write_new(Path(files[wanted].name), text)
    else:
        typer.echo(text, nl=False)


def _list(json: bool) -> None:
    from interlayer.cell import example_files, load_cell

    rows = [(stem, load_cell(file).description) for stem, file in example_files().items()]
    if json:
        import json as jsonlib

        data = [{"name": n, "title": d.title, "references": list(d.references)} for n, d in rows]
        typer.echo(jsonlib.dumps(data, indent=2))
        return
    from rich.table import Table

    table = Table("name", "cell", "reference", box=None, header_style="bold")
    for stem, description in rows:
        table.add_row(stem, description.title, ", ".join(description.references))
    console().print(table)


def init(
    path: Annotated[Path, typer.Argument(help="File to write.")] = Path("cell.toml"),
) -> None:
    """Write a commented new cell file that runs as it is."""
    from interlayer.cell import new_cell_file

    _write_new(path, new_cell_file())


def _write_new(path: Path, text: str) -> None:
    """Write a file that must not exist yet: a user's work is never overwritten."""
    try:
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError:
        raise InputError(f"{shown(str(path))} exists already; it was not changed") from None
    except OSError as error:
        raise InputError(f"cannot write {shown(str(path))}: {error.strerror or error}") from None
    typer.echo(f"wrote {path}")
