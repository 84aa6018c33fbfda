"""The library: TOML files of materials, and a user's own file on top of them."""

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pydantic import ValidationError

from interlayer.errors import InputError, closest, shown
from interlayer.materials.material import Material
from interlayer.reading import read_toml
from interlayer.validation import one_line


class Library(Mapping[str, Material]):
    """Materials by name; aliases and formulas find them too, without regard to case where that is unambiguous."""

    def __init__(self, materials: Mapping[str, Material]) -> None:
        self._materials = MappingProxyType(dict(materials))
        names: dict[str, str] = {}
        for material in materials.values():  # a name beats an alias, an alias beats a formula, the first one wins
            names.setdefault(material.name.lower(), material.name)
        for material in materials.values():
            for alias in material.aliases:
                names.setdefault(alias.lower(), material.name)
        for material in materials.values():
            if material.formula is not None:
                names.setdefault(material.formula.lower(), material.name)
        self._names = MappingProxyType(names)

    def __getitem__(self, name: str) -> Material:
        found = self._names.get(str(name).strip().lower())
        if found is None:
            spellings = [n for m in self._materials.values() for n in (m.name, *m.aliases, m.formula) if n is not None]
            hint = closest(str(name), spellings)
            raise UnknownMaterialError(
                f"no material {shown(name)} in the library{hint or ';'} "
                f"'interlayer materials' lists all {len(self._materials)}"
            )
        return self._materials[found]

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name.strip().lower() in self._names

    def __iter__(self) -> Iterator[str]:
        return iter(self._materials)

    def __len__(self) -> int:
        return len(self._materials)

    def with_file(self, path: str | Path) -> "Library":
        """Return a library in which the materials of the TOML file at `path` come first."""
        own = read_file(Path(path))
        return Library({**own, **{name: entry for name, entry in self._materials.items() if name not in own}})


class UnknownMaterialError(InputError, KeyError):
    """The library has no material of that name."""

    def __str__(self) -> str:
        return str(self.args[0])


def read_file(path: Path) -> dict[str, Material]:
    """Read the materials of one TOML file: one table per material, its name as the table's name.

    Raises InputError with file, material and key for whatever is wrong.
    """
    data = read_toml(path, "materials file")
    return _materials(data, path.name, path.parent)


def _materials(data: Mapping[str, Any], file: str, folder: Path) -> dict[str, Material]:
    materials = {}
    for name, entry in data.items():
        if not isinstance(entry, Mapping):
            raise InputError(f"{file}: {name!r} is not a table; write [{name}] with its keys below")
        try:
            material = Material.model_validate({"name": name, **entry}, context={"folder": folder})
        except ValidationError as error:
            raise one_line(error, f"{file}, {name}", Material.model_fields) from None
        materials[name] = material
    return materials


@cache
def library() -> Library:
    """Return the project's own library, read once."""
    materials: dict[str, Material] = {}
    with resources.as_file(resources.files("interlayer.materials") / "data") as folder:
        for path in sorted(folder.glob("*.toml")):
            for name, material in read_file(path).items():
                if name in materials:
                    raise InputError(f"{path.name}: {name} is in the library twice")
                materials[name] = material
    return Library(materials)


def material(name: str, own: str | Path | None = None) -> Material:
    """Return one material of the library, or of the file `own` first where one is given."""
    return (library() if own is None else library().with_file(own))[name]
