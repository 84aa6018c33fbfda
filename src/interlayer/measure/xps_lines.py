"""The lines of a photoelectron region: species with start positions, doublet splitting and area ratio."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any

from interlayer.errors import InputError, closest, shown


@dataclass(frozen=True)
class Species:
    """A chemical state: start position of its main line and the window it may move in (eV), group, source."""

    name: str
    group: str
    position_eV: float
    window_eV: float
    source: str
    note: str
    default: bool


@dataclass(frozen=True)
class Region:
    """A core level: splitting (lowest, highest, eV) and area ratio of its doublet, and the species looked for.

    `ratio` is 0 for a single line. `partner_width_free` lets the line of lower intensity have a width of its own, as
    Coster-Kronig decay broadens 2p1/2 of the 3d metals.
    """

    name: str
    splitting_eV: tuple[float, float]
    ratio: float
    partner_width_free: bool
    source: str
    caution: str
    species: tuple[Species, ...]

    @property
    def sources(self) -> list[str]:
        """The references of the region and its species, each once."""
        return sorted({self.source, *(species.source for species in self.species)} - {""})


@cache
def regions() -> Mapping[str, Region]:
    """Return the regions of the data file by name."""
    text = resources.files("interlayer.measure").joinpath("xps_lines.toml").read_text(encoding="utf-8")
    return MappingProxyType({name: _region(name, row) for name, row in tomllib.loads(text).items()})


def region(name: str, species: Sequence[str] | None = None) -> Region:
    """Return a region with the species asked for, or with those it is usually fitted with.

    A species may be a name of the data file, or ``NAME=POSITION`` with the position in eV, for one of the user's own
    or for another start value. Raises InputError for a region or a species that is none.
    """
    if name not in regions():
        raise InputError(f"no region {shown(name)}; allowed: {', '.join(regions())}{closest(name, regions())}")
    found = regions()[name]
    known = {row.name: row for row in found.species}
    if species is None:
        return replace(found, species=tuple(row for row in found.species if row.default))
    chosen = [_species(text, known, name) for text in species]
    if not chosen or len({row.name for row in chosen}) < len(chosen):
        raise InputError(f"species {shown(', '.join(species))}: name at least one, and each once")
    return replace(found, species=tuple(sorted(chosen, key=lambda row: row.position_eV)))


def _species(text: str, known: Mapping[str, Species], region_name: str) -> Species:
    name, equals, position = text.partition("=")
    name = name.strip()
    if not equals:
        if name not in known:
            raise InputError(
                f"no species {shown(name)} of {region_name}; allowed: {', '.join(known)}, or NAME=POSITION in eV"
                f"{closest(name, known)}"
            )
        return known[name]
    try:
        energy = float(position)
    except ValueError:
        energy = -1.0
    if not (name and 0.0 < energy < 1e5):
        raise InputError(f"species {shown(text)} is not NAME=POSITION with a position in eV")
    start = known.get(name, Species(name, name, energy, 0.6, "", "position given by the user", True))
    return replace(start, position_eV=energy)


def _region(name: str, row: dict[str, Any]) -> Region:
    low, high = row.get("splitting", (0.0, 0.0))
    return Region(
        name=name,
        splitting_eV=(float(low), float(high)),
        ratio=float(row.get("ratio", 0.0)),
        partner_width_free=bool(row.get("partner_width_free", False)),
        source=str(row["source"]),
        caution=str(row.get("caution", "")),
        species=tuple(
            Species(
                entry["name"],
                entry["group"],
                float(entry["position"]),
                float(entry["window"]),
                entry["source"],
                entry["note"],
                entry.get("default", True),
            )
            for entry in row["species"]
        ),
    )
