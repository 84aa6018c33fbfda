"""What the library knows, as rows to show: one line per material, or every value of one with its source."""

from collections.abc import Iterable
from typing import Final

from pydantic import BaseModel, ConfigDict

from interlayer import units
from interlayer.materials.material import Datum, Material
from interlayer.references import citations

PROPERTIES: Final = (
    "density",
    "molar_volume",
    "conductivity",
    "electronic_conductivity",
    "activation_energy",
    "diffusivity",
    "relative_permittivity",
    "specific_capacity",
    "exchange_current_density",
    "volume_change",
    "price",
)
"""The measured properties of a Material, in the order in which they are shown."""


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ValueRow(_Row):
    """One value of one property. `value` is what the source writes; `si` is the number in `si_unit`.

    The first row of a property is the one that is used unless a form is asked for. An open-circuit curve has its
    expression or file as `value` and no `si`.
    """

    property: str
    value: str
    si: float | None
    si_unit: str
    uncertainty_si: float | None
    temperature_K: float | None
    form: str | None
    status: str
    source: str
    note: str | None


class MaterialSummary(_Row):
    """One line of the list of materials."""

    name: str
    kind: str
    family: str
    formula: str | None
    aliases: tuple[str, ...]
    conductivity_S_per_cm: float | None
    density_g_per_cm3: float | None


class MaterialList(_Row):
    """All materials of a library."""

    materials: tuple[MaterialSummary, ...]


class MaterialSheet(_Row):
    """Everything that is known about one material, with full citations."""

    name: str
    kind: str
    family: str
    formula: str | None
    molar_mass_g_per_mol: float | None
    aliases: tuple[str, ...]
    description: str
    source: str | None
    end_members: dict[str, float]
    lithium_sites: float | None
    values: tuple[ValueRow, ...]
    references: tuple[str, ...]


def summary(material: Material) -> MaterialSummary:
    """Return the material's line of the list, with its preferred conductivity and density."""
    conductivity, density = material.find("conductivity"), material.find("density")
    return MaterialSummary(
        name=material.name,
        kind=material.kind,
        family=material.family,
        formula=material.formula,
        aliases=material.aliases,
        conductivity_S_per_cm=None if conductivity is None else conductivity.to("S/cm"),
        density_g_per_cm3=None if density is None else density.to("g/cm3"),
    )


def summaries(materials: Iterable[Material]) -> MaterialList:
    """Return the list of `materials`."""
    return MaterialList(materials=tuple(summary(material) for material in materials))


def value_rows(material: Material) -> tuple[ValueRow, ...]:
    """Return every value of the material, property by property, the preferred value of each first."""
    rows = [_row(name, datum) for name in PROPERTIES for datum in getattr(material, name)]
    rows += [
        ValueRow(
            property="open_circuit",
            value=curve.expression or str(curve.csv),
            si=None,
            si_unit="V",
            uncertainty_si=None,
            temperature_K=None,
            form=f"x from {curve.lowest:g} to {curve.highest:g}",
            status=curve.status,
            source=curve.source,
            note=curve.note,
        )
        for curve in material.open_circuit
    ]
    return tuple(rows)


def sheet(material: Material) -> MaterialSheet:
    """Return everything that is known about the material."""
    rows = value_rows(material)
    sources = [row.source for row in rows] + ([material.source] if material.source else [])
    return MaterialSheet(
        name=material.name,
        kind=material.kind,
        family=material.family,
        formula=material.formula,
        molar_mass_g_per_mol=None if material.formula is None else round(material.molar_mass * 1e3, 4),
        aliases=material.aliases,
        description=material.description,
        source=material.source,
        end_members=dict(material.end_members),
        lithium_sites=material.lithium_sites,
        values=rows,
        references=tuple(citations(sources)),
    )


def _row(name: str, datum: Datum) -> ValueRow:
    return ValueRow(
        property=name,
        value=datum.text,
        si=datum.si,
        si_unit=next(unit for unit, factor in units.UNITS[datum.kind].items() if factor == 1.0),
        uncertainty_si=datum.uncertainty,
        temperature_K=datum.temperature,
        form=datum.form,
        status=datum.status,
        source=datum.source,
        note=datum.note,
    )
