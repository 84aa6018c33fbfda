"""Which values of a cell file are not simply stated, and why."""

from collections.abc import Iterator

from pydantic import BaseModel

from interlayer.cell.description import CellDescription
from interlayer.quantity import Quantity


def assumptions(description: CellDescription) -> tuple[str, ...]:
    """Return one line for each value that was assumed, inferred or fitted, with its reason."""
    return tuple(
        f"{path} = {q.text} ({q.status}): {'; '.join(text for text in (q.note, q.source) if text)}"
        for path, q in stated_quantities(description)
        if q.status in ("assumed", "inferred", "fitted")
    )


def stated_quantities(model: object, path: str = "") -> Iterator[tuple[str, Quantity]]:
    """Yield (key path, Quantity) of every quantity in a description, in the order of the file's schema."""
    if isinstance(model, Quantity):
        yield path, model
    elif isinstance(model, tuple):
        for number, item in enumerate(model):
            yield from stated_quantities(item, f"{path}[{number}]")
    elif isinstance(model, dict):
        for key, item in model.items():
            yield from stated_quantities(item, f"{path}.{key}" if path else str(key))
    elif isinstance(model, BaseModel):
        for key in type(model).model_fields:
            yield from stated_quantities(getattr(model, key), f"{path}.{key}" if path else key)
