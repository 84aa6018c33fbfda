"""The same equations as a PyBaMM model: the judge of the engine, and a way out for those who know PyBaMM.

Needs the extra ``peers``. Grids and closures are the engine's, so that a difference is a fault and not a
discretisation: finite volumes, boundary values from the known slopes (linear across the electrode, quadratic at the
particle surface).
"""

import os
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np

from interlayer.errors import InputError
from interlayer.materials.open_circuit import OpenCircuit, evaluate
from interlayer.simulation.ageing import AgeingTerms
from interlayer.simulation.model import AnyElectrode, CellParameters, ConstantElectrode, HostElectrode

os.environ.setdefault("PYBAMM_DISABLE_TELEMETRY", "true")


def pybamm_model(cell: CellParameters, *, ageing: AgeingTerms | None = None, current_function: bool = False) -> Any:
    """Return the cell as a `pybamm.BaseModel`; the input ``Current [A]`` charges the cell when positive.

    With `current_function` the current is PyBaMM's own parameter ``Current function [A]`` instead, which discharges
    when positive, and a variable ``Current [A]``: what its impedance simulation needs.

    With `ageing` its growing layers, contact loss and isolation become states that move all the time. Variables:
    ``Voltage [V]``, ``Time [s]``, ``Active share`` and ``Contact share``. Raises ImportError without PyBaMM, and
    InputError for ageing with a condition or with lithium that is bound, which this export does not carry.
    """
    import pybamm

    model = pybamm.BaseModel(name=cell.name)
    if current_function:
        applied = pybamm.FunctionParameter("Current function [A]", {"Time [s]": pybamm.t})
        model.variables |= {"Current [A]": applied}
        current = -applied / cell.area
    else:
        current = pybamm.InputParameter("Current [A]") / cell.area
    host = cell.positive if not ageing else _aged(model, pybamm, cell.positive, current, ageing)
    positive = _electrode(model, pybamm, "positive", host, current, cell.inverse_thermal_voltage)
    negative = _electrode(model, pybamm, "negative", cell.negative, -current, cell.inverse_thermal_voltage)
    voltage = positive - negative + current * cell.separator_resistance
    model.variables |= {"Voltage [V]": voltage, "Time [s]": pybamm.t}
    if current_function:
        # PyBaMM's control of the current asks a model for its capacity and its area
        model._param = SimpleNamespace(Q=cell.one_c * cell.area, A_cc=cell.area)
        return model
    model.events = [
        pybamm.Event("Minimum voltage [V]", voltage - pybamm.InputParameter("Lower voltage [V]")),
        pybamm.Event("Maximum voltage [V]", pybamm.InputParameter("Upper voltage [V]") - voltage),
    ]
    return model


def pybamm_simulation(
    cell: CellParameters, *, relative: float = 1e-8, absolute: float = 1e-10, ageing: AgeingTerms | None = None
) -> Any:
    """Return a `pybamm.Simulation` of the cell on the engine's grids, with IDAKLU at these tolerances."""
    import pybamm

    discretisation = _discretisation(pybamm, cell)
    return pybamm.Simulation(
        pybamm_model(cell, ageing=ageing),
        **discretisation,
        parameter_values=pybamm.ParameterValues({}),
        solver=pybamm.IDAKLUSolver(rtol=relative, atol=absolute),
    )


def pybamm_impedance(cell: CellParameters) -> Any:
    """Return a `pybamm.EISSimulation` of the cell on the engine's grids, about its initial stoichiometries at rest."""
    import pybamm

    return pybamm.EISSimulation(
        pybamm_model(cell, current_function=True),
        **_discretisation(pybamm, cell),
        parameter_values=pybamm.ParameterValues({"Current function [A]": 0.0}),
        skip_surface_form_check=True,
    )


def _discretisation(pybamm: Any, cell: CellParameters) -> dict[str, Any]:
    """Return geometry, meshes and methods of the engine's grids, as PyBaMM's simulations take them."""
    geometry: dict[str, Any] = {}
    points: dict[Any, int] = {}
    methods: dict[str, Any] = {}
    electrodes: dict[str, AnyElectrode] = {"positive": cell.positive, "negative": cell.negative}
    for side, electrode in electrodes.items():
        if isinstance(electrode, ConstantElectrode):
            continue
        # the coordinate system decides what a divergence is
        system = "spherical polar" if electrode.shape == "sphere" else "cartesian"
        r = pybamm.SpatialVariable(f"r_{side}", domain=f"{side} particle", coord_sys=system)
        geometry[f"{side} particle"] = {r: {"min": 0, "max": 1}}
        points[r] = electrode.shells
        methods[f"{side} particle"] = _finite_volume(pybamm, "quadratic")
        if electrode.cells > 1:
            y = pybamm.SpatialVariable(f"y_{side}", domain=f"{side} electrode", coord_sys="cartesian")
            geometry[f"{side} electrode"] = {y: {"min": 0, "max": 1}}
            points[y] = electrode.cells
            methods[f"{side} electrode"] = _finite_volume(pybamm, "linear")
    return {
        "geometry": geometry,
        "submesh_types": dict.fromkeys(geometry, pybamm.Uniform1DSubMesh),
        "var_pts": points,
        "spatial_methods": methods,
    }


def _aged(model: Any, pybamm: Any, electrode: HostElectrode, current: Any, ageing: AgeingTerms) -> HostElectrode:
    """Add exposures as states and return the electrode with what they have made of it, in PyBaMM's symbols."""
    if ageing.initial_lithium or ageing.lithium_rate or any(t.above or t.below or t.consumes for t in ageing.growths):
        raise InputError("ageing with a condition, a layer that consumes, or bound lithium is not exported to PyBaMM")
    layers: dict[str, Any] = dict(electrode.layer_resistances)
    for term in ageing.growths:
        time = pybamm.Variable(f"{term.name} exposure")
        model.rhs[time] = pybamm.Scalar(term.factor / term.after)
        # a parabolic layer has an infinite rate at no thickness; a hundred-millionth of `after` softens it
        model.initial_conditions[time] = pybamm.Scalar(1e-8 if term.law == "parabolic" else 0.0)
        layers[term.name] = term.resistance * (pybamm.sqrt(time) if term.law == "parabolic" else time)
    swings = pybamm.Variable("Full swings")
    kept = 1 - ageing.isolation_rate * swings if ageing.isolation_linear else (1 - ageing.isolation_rate) ** swings
    floor = ageing.contact_floor
    contact = floor + (1 - floor) * (1 - ageing.contact_rate) ** swings
    model.rhs[swings] = pybamm.AbsoluteValue(current) / (2 * electrode.charge * kept)
    model.initial_conditions[swings] = pybamm.Scalar(0.0)
    model.variables |= {"Active share": kept, "Contact share": contact}
    return replace(
        electrode,
        charge=electrode.charge * kept,
        true_area=electrode.true_area * kept,
        contact=electrode.contact * contact,
        layer_resistances=layers,
    )


def _finite_volume(pybamm: Any, order: str) -> Any:
    order_of = {"gradient": "linear", "value": order}
    return pybamm.FiniteVolume(options={"extrapolation": {"order": order_of, "use bcs": True}})


def _electrode(model: Any, pybamm: Any, side: str, electrode: AnyElectrode, current: Any, f: float) -> Any:
    """Add one electrode's equations and return its potential, collector against electrolyte at the separator."""
    if isinstance(electrode, ConstantElectrode):
        potential = electrode.potential + current * sum(electrode.layer_resistances.values())
        i0 = electrode.exchange_current_density
        return potential + (2 / f * pybamm.arcsinh(current / (2 * i0)) if i0 > 0 else 0)
    if electrode.cells == 1:
        return _film(model, pybamm, side, electrode, current, f)
    return _porous(model, pybamm, side, electrode, current, f)


def _interface(pybamm: Any, electrode: HostElectrode, surface: Any, j: Any, f: float) -> Any:
    """Return phi_s - phi_e at the surface stoichiometry and the current density of the contacted surface."""
    drop = open_circuit(pybamm, electrode.open_circuit, surface) + j * electrode.layer_resistance
    if electrode.exchange_current_density != 0:  # a number, or one of PyBaMM's input parameters
        i0 = electrode.exchange_current_density * 2 * pybamm.sqrt(surface * (1 - surface))
        drop += 2 / f * pybamm.arcsinh(j / (2 * i0))
    return drop


def _particle(model: Any, pybamm: Any, side: str, electrode: HostElectrode, x: Any, per_area: Any) -> None:
    """Add diffusion in the particle; `per_area` is the current density of the whole electrode's surface there."""
    time = electrode.length**2 / electrode.diffusivity
    model.rhs[x] = pybamm.div(pybamm.grad(x)) / time
    slope = -per_area * time / (electrode.charge * (3 if electrode.shape == "sphere" else 1))
    model.boundary_conditions[x] = {
        "left": (pybamm.Scalar(0), "Neumann"),
        "right": (slope, "Neumann"),
    }
    model.initial_conditions[x] = pybamm.Scalar(electrode.initial_stoichiometry)


def _film(model: Any, pybamm: Any, side: str, electrode: HostElectrode, current: Any, f: float) -> Any:
    x = pybamm.Variable(f"{side} stoichiometry", domain=f"{side} particle")
    _particle(model, pybamm, side, electrode, x, current)
    path = current * (electrode.ionic_resistance + electrode.electronic_resistance) / 2
    return path + _interface(pybamm, electrode, pybamm.surf(x), current / electrode.contacted_area, f)


def _porous(model: Any, pybamm: Any, side: str, electrode: HostElectrode, current: Any, f: float) -> Any:
    domain = f"{side} electrode"
    x = pybamm.Variable(f"{side} stoichiometry", domain=f"{side} particle", auxiliary_domains={"secondary": domain})
    solid = pybamm.Variable(f"{side} solid potential [V]", domain=domain)
    electrolyte = pybamm.Variable(f"{side} electrolyte potential [V]", domain=domain)
    # the current that leaves the particles, per electrode area and per share of thickness
    source = pybamm.Variable(f"{side} source [A.m-2]", domain=domain)
    surface = pybamm.surf(x)
    drop = _interface(pybamm, electrode, surface, source / electrode.contacted_area, f)
    zero = pybamm.Scalar(0)
    electrons = pybamm.grad(solid) / electrode.electronic_resistance
    ions = pybamm.grad(electrolyte) / electrode.ionic_resistance
    model.algebraic |= {
        source: solid - electrolyte - drop,
        electrolyte: pybamm.div(ions) + source,
        solid: pybamm.div(electrons) - source,
    }
    model.boundary_conditions |= {
        electrolyte: {"left": (zero, "Dirichlet"), "right": (zero, "Neumann")},
        solid: {"left": (zero, "Neumann"), "right": (current * electrode.electronic_resistance, "Neumann")},
    }
    start = float(electrode.open_circuit.potential(np.array([electrode.initial_stoichiometry]))[0])
    model.initial_conditions |= {source: zero, electrolyte: zero, solid: pybamm.Scalar(start)}
    _particle(model, pybamm, side, electrode, x, source)
    return pybamm.boundary_value(solid, "right")


def open_circuit(pybamm: Any, curve: OpenCircuit, x: Any) -> Any:
    """Return the potential at the PyBaMM expression `x`: the curve's own expression, or its table interpolated."""
    if curve.expression is not None:
        return evaluate(curve.expression, x)
    nodes = np.linspace(curve.lowest, curve.highest, 4001)
    return pybamm.Interpolant(nodes, curve.potential(nodes), x, interpolator="cubic")
