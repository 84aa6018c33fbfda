"""The impedance of a cell about a solved state: every term in closed form, for all frequencies at once.

Per area of electrode, with z the impedance of the interface for the current of the whole electrode:

- particle (sphere): Z_d = -dU/dx T/(3Q) tanh(s)/(s - tanh s), film: -dU/dx T/(Q s tanh s); s^2 = i w T, T = R^2/D
- interface: z = sum R_k/(1 + i w R_k C_k) + 1/(i w C_dl + 1/(Z_ct + Z_d)), over the contacted surface
- porous electrode (de Levie): Z = Ri Re/(Ri + Re) (1 + 2 l/sinh(1/l)) + l (Ri^2 + Re^2)/(Ri + Re) coth(1/l),
  l^2 = z/(Ri + Re), with Ri, Re the ionic and electronic resistances across it
- cell: Z = Z_pos + Z_neg + R_separator

Where the cells across an electrode differ (a state under current) their interfaces form the discrete ladder of the
engine instead. ``closure="grid"`` takes the engine's shells and ladder throughout: at low frequency it is then the
slope of the engine's own polarisation curve.

References: Jacobsen and West, Electrochim. Acta 40 (1995) 255, doi 10.1016/0013-4686(94)E0192-3 (particles); de Levie,
Electrochim. Acta 8 (1963) 751, doi 10.1016/0013-4686(63)80042-0, and Bisquert, J. Phys. Chem. B 106 (2002) 325, doi
10.1021/jp011941g (transmission line with two rails).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from interlayer.errors import InputError
from interlayer.simulation.model import DOUBLE_LAYER, AnyElectrode, CellParameters, HostElectrode
from interlayer.simulation.run import State

Array = NDArray[np.float64]
Complex = NDArray[np.complex128]

Closure = Literal["exact", "grid"]

_UNIFORM: Final = 1e-9
_ONE: Final = np.zeros(1)
_NO_LAYERS: Final = np.zeros(0)
_EXACT: Final = np.zeros((3, 0))


@dataclass(frozen=True)
class Capacitances:
    """What a time-domain simulation leaves out, F/m2: double layers of the contacted surfaces, layers by name."""

    positive: float = DOUBLE_LAYER
    negative: float = DOUBLE_LAYER
    layers: Mapping[str, float] = field(default_factory=dict)


def impedance(
    cell: CellParameters,
    state: State,
    frequency: Array,
    *,
    capacitances: Capacitances | None = None,
    closure: Closure = "exact",
) -> Complex:
    """Return the impedance in ohm m2 of electrode at `frequency` (F,) in Hz, about a state without current.

    The profiles of `state` stay as they are; the interfaces are linearised at zero current. Raises InputError for
    frequencies that are not positive.
    """
    frequency = np.asarray(frequency, dtype=float)
    # nan fails both comparisons
    if frequency.ndim != 1 or len(frequency) == 0 or not (frequency.min() > 0.0 and frequency.max() < np.inf):
        raise InputError("frequencies must be positive numbers in Hz")
    capacitances = capacitances or Capacitances()
    result = np.full(len(frequency), cell.separator_resistance, dtype=np.complex128)
    sides = (
        (cell.positive, state.positive, capacitances.positive),
        (cell.negative, state.negative, capacitances.negative),
    )
    for electrode, profile, double_layer in sides:
        _add(result, electrode, profile, frequency, cell.inverse_thermal_voltage, double_layer, capacitances, closure)
    return result


def _add(
    result: Complex,
    electrode: AnyElectrode,
    profile: Array,
    frequency: Array,
    f: float,
    double_layer: float,
    capacitances: Capacitances,
    closure: Closure,
) -> None:
    """Add an electrode's impedance to `result`."""
    from interlayer.simulation.impedance_kernel import electrode_impedance

    layers = electrode.layer_resistances
    fillings, slopes, modes, shown_cells = _ONE, _ONE, _EXACT, 0
    if isinstance(electrode, HostElectrode):
        fillings = surface_stoichiometry(profile)
        if fillings.max() - fillings.min() < _UNIFORM:
            fillings = fillings[:1]
            shown_cells = electrode.cells if closure == "grid" or electrode.cells == 1 else 0
        slopes = _slopes(electrode, fillings)
        if closure == "grid":
            from interlayer.simulation.lanes_electrode import particle_modes

            modes = particle_modes(3.0 if electrode.shape == "sphere" else 1.0, electrode.shells)
    electrode_impedance(
        electrode.row,
        2.0 * np.pi * frequency,
        f,
        fillings,
        slopes,
        np.array([*layers.values()], dtype=float) if layers else _NO_LAYERS,
        np.array([capacitances.layers.get(name, 0.0) for name in layers], dtype=float) if layers else _NO_LAYERS,
        double_layer,
        modes,
        shown_cells,
        result,
    )


def surface_stoichiometry(profile: Array) -> Array:
    """Return the surfaces (cells,) of profiles (shells, cells) without flux, as `electrode.close_surface` does."""
    result: Array = (9.0 * profile[-1] - profile[-2]) / 8.0
    return result


def _slopes(electrode: HostElectrode, fillings: Array) -> Array:
    """Return dU/dx in V at each filling, from the engine's own table of the curve."""
    from interlayer.simulation.open_circuit_table import potential_and_slope

    curve = electrode.open_circuit
    return np.array([potential_and_slope(electrode.table, curve.lowest, curve.highest, float(x))[1] for x in fillings])


def capacitances_of(cell: CellParameters) -> Capacitances:
    """Return the capacitances of a cell's parameters; what it does not state is `DOUBLE_LAYER`, layers have none."""
    return Capacitances(
        positive=cell.positive.double_layer_capacitance,
        negative=cell.negative.double_layer_capacitance,
        layers={**cell.positive.layer_capacitances, **cell.negative.layer_capacitances},
    )
