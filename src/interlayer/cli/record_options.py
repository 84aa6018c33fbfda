"""Options that the verbs which read records share."""

from typing import Annotated

import typer

from interlayer.errors import InputError, shown

Columns = Annotated[
    list[str] | None, typer.Option("--column", metavar="NAME=HEADING", help="Which heading is a column; repeat.")
]
Sign = Annotated[
    str | None,
    typer.Option("--sign", help='A positive number means: Im, -Im, charge or discharge; "charge, -Im" for both kinds.'),
]
Decimal = Annotated[str | None, typer.Option("--decimal", help="Decimal mark of the text: . or ,")]


def headings_of(given: list[str] | None) -> dict[str, str] | None:
    """Read ``voltage_volt=Ewe/V`` into column -> heading, None where nothing is given."""
    if not given:
        return None
    pairs = [pair.partition("=") for pair in given]
    for name, equals, heading in pairs:
        if not (name and equals and heading):
            raise InputError(f"--column {shown(name)} is not NAME=HEADING")
    return {name: heading for name, _, heading in pairs}
