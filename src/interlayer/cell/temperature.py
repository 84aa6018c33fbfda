"""Values with an activation energy, moved from where they were stated to the temperature of the cell."""

from typing import Any

from pydantic import BaseModel

from interlayer.cell.description import CellDescription
from interlayer.quantity import Quantity


def at_temperature(description: CellDescription) -> CellDescription:
    """Return the description with every quantity that has an activation energy at the description's temperature."""
    moved: CellDescription = _moved(description, description.temperature.si)
    return moved


def _moved(value: Any, temperature: float) -> Any:
    if isinstance(value, Quantity):
        return value.at_temperature(temperature)
    if isinstance(value, tuple):
        return tuple(_moved(item, temperature) for item in value)
    if isinstance(value, dict):
        return {key: _moved(item, temperature) for key, item in value.items()}
    if isinstance(value, BaseModel):
        fields = {name: getattr(value, name) for name in type(value).model_fields if name in value.model_fields_set}
        changed = {name: new for name, old in fields.items() if (new := _moved(old, temperature)) is not old}
        return value.model_copy(update=changed) if changed else value
    return value
