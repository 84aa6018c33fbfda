"""What a square metre of cell costs, as far as prices are given."""

from interlayer.cell import Cell
from interlayer.energy.repeat_unit import UnitLayer
from interlayer.energy.results import Cost, CostItem
from interlayer.quantity import Quantity

_JOULE_PER_KWH = 3.6e6


def cost_of(cell: Cell, unit: tuple[UnitLayer, ...], areal_energy: float) -> Cost:
    """Return the cost of the repeat unit per m2 and per kWh (`areal_energy` in J/m2).

    A price per area of a foil or separator layer counts for the whole layer; everything else is mass times the price
    per kg from the cell file, then from the library. What has no price is listed, so a sum is a lower bound.
    """
    items: list[CostItem] = []
    unpriced: list[str] = []
    area_prices = _area_prices(cell)
    for layer in unit:
        price = area_prices.get((layer.role, layer.name))
        if price is not None:
            items.append(_item(f"{layer.role} {layer.name}", price.si * layer.share, price))
            continue
        if layer.role == "other":
            unpriced.append(layer.name)
        for name, mass in layer.masses.items():
            per_mass = _price_per_mass(cell, name)
            if per_mass is None:
                unpriced.append(f"{name} ({layer.role})")
            else:
                items.append(_item(f"{layer.role}: {name}", mass * per_mass.si, per_mass))
    if not items:
        return Cost(known_USD_per_m2=None, known_USD_per_kWh=None, complete=False, unpriced=tuple(unpriced))
    total = sum(item.USD_per_m2 for item in items)
    return Cost(
        known_USD_per_m2=total,
        known_USD_per_kWh=total / (areal_energy / _JOULE_PER_KWH),
        complete=not unpriced,
        items=tuple(items),
        unpriced=tuple(unpriced),
    )


def _item(name: str, value: float, price: Quantity) -> CostItem:
    return CostItem(item=name, USD_per_m2=value, price=price.text, source=price.source or price.note)


def _area_prices(cell: Cell) -> dict[tuple[str, str], Quantity]:
    prices: dict[tuple[str, str], Quantity] = {}
    for layer in cell.description.separator:
        if layer.price is not None:
            prices["separator", layer.material] = layer.price
    for role in ("cathode", "anode"):
        foil = getattr(cell.description.collectors, role)
        if foil is not None and foil.price is not None:
            prices[f"{role} collector", foil.material] = foil.price
    return prices


def _price_per_mass(cell: Cell, name: str) -> Quantity | None:
    canonical = cell.material(name).name
    own = next((p for key, p in cell.description.prices.items() if cell.material(key).name == canonical), None)
    return own or cell.material(name).find("price")
