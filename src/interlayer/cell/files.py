"""Cell files on disk: loading, overriding a key, the shipped examples and a commented new file."""

from collections.abc import Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel, ValidationError

from interlayer.cell.cell import Cell
from interlayer.cell.changes import apply_change, contents
from interlayer.cell.degradation import (
    ContactLoss,
    Degradation,
    InterphaseGrowth,
    Isolation,
    LithiumLoss,
    OxygenLoss,
)
from interlayer.cell.description import (
    SCHEMA_VERSION,
    CellDescription,
    Coating,
    CompositeElectrode,
    Foil,
    Interface,
    MetalElectrode,
    Rating,
    ReportedValue,
    SeparatorLayer,
    SpaceCharge,
    Stack,
    ThinFilmElectrode,
)
from interlayer.cell.temperature import at_temperature
from interlayer.errors import InputError, closest, shown
from interlayer.materials import Library, library
from interlayer.reading import read_toml
from interlayer.validation import one_line

_MODELS: Final[tuple[type[BaseModel], ...]] = (
    CellDescription,
    CompositeElectrode,
    ThinFilmElectrode,
    MetalElectrode,
    SeparatorLayer,
    Coating,
    Interface,
    SpaceCharge,
    Foil,
    Rating,
    Stack,
    ReportedValue,
    Degradation,
    InterphaseGrowth,
    OxygenLoss,
    ContactLoss,
    Isolation,
    LithiumLoss,
)


_KINDS: Final = {"cathode": ("composite", "thin_film"), "anode": ("metal", "composite", "thin_film")}


def _known_keys() -> set[str]:
    return {"schema"} | {key for model in _MODELS for key in model.model_fields}


def load_cell(
    path: str | Path,
    *,
    materials: str | Path | None = None,
    changes: Sequence[str] = (),
) -> Cell:
    """Read a cell file (or a shipped example by its name) and return the Cell.

    `materials` is a TOML file of the user's own materials; `changes` are ``KEY=VALUE`` overrides such as
    ``cathode.loading=10 mg/cm2`` or ``separator.0.thickness=30 um``. Raises InputError: one line with the file, the
    key, the value and what is allowed; ``KEY=`` without a value removes the key.
    """
    file = find_cell_file(path)
    data = read_toml(file, "cell file")
    for change in changes:
        apply_change(data, change)
    own = library() if materials is None else library().with_file(materials)
    return build_cell(data, own, origin=file.name)


def build_cell(data: Mapping[str, Any], own: Library, *, origin: str = "python") -> Cell:
    """Validate the contents of a cell file and return the Cell; the errors are those of `load_cell`."""
    if not isinstance(data, Mapping):
        raise InputError(f"{origin}: a cell file is a table of keys")
    version = data.get("schema")
    if version != SCHEMA_VERSION:
        given = "is missing" if version is None else f"is {shown(version)}"
        raise InputError(f"{origin}: schema {given}; this version reads schema = {SCHEMA_VERSION}")
    try:
        description = CellDescription.model_validate(data)
    except ValidationError as error:
        raise one_line(error, origin, _known_keys(), _KINDS) from None
    return Cell(at_temperature(description), own, origin).check()


def changed_cell(cell: Cell, changes: Sequence[str]) -> Cell:
    """Return a cell with ``KEY=VALUE`` overrides as in `load_cell`; the errors are the same."""
    data = contents(cell.description)
    for change in changes:
        apply_change(data, change)
    return build_cell(data, cell.library, origin=cell.origin)


def as_cell(cell: Cell | str | Path) -> Cell:
    """Return a Cell as it is, or load the file or example it names."""
    return cell if isinstance(cell, Cell) else load_cell(cell)


def find_cell_file(path: str | Path) -> Path:
    """Return the file at `path`, else the shipped example of that name; InputError names the closest example."""
    file = Path(path)
    try:
        if file.is_file():
            return file
    except (OSError, ValueError):  # a name no file system accepts
        pass
    examples = example_files()
    wanted = file.name.removesuffix(".toml")
    if wanted in examples and (file.parent == Path() or file.parent.name == "examples"):
        return examples[wanted]
    hint = closest(wanted, examples) or "; 'interlayer examples' lists the shipped ones"
    raise InputError(f"no cell file {shown(str(path))}{hint}")


def example_files() -> dict[str, Path]:
    """Return the shipped example cells, by name."""
    packaged = Path(str(resources.files("interlayer"))) / "examples"
    # in a source tree the examples lie at its top, where a reader looks for them; the wheel carries them inside
    folder = packaged if packaged.is_dir() else packaged.parents[2] / "examples"
    return {file.stem: file for file in sorted(folder.glob("*.toml"))}


def new_cell_file() -> str:
    """Return the text of a commented new cell file that loads as it is."""
    return (Path(str(resources.files("interlayer.cell"))) / "new_cell.toml").read_text(encoding="utf-8")
