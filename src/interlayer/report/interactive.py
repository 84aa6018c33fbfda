"""The report's interactive figures, as plotly figures that need no network."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from interlayer.energy import StackResult
    from interlayer.report.stability import Stability
    from interlayer.simulation import SimulationResult
    from interlayer.transport import ResistanceBudget

# Okabe and Ito's palette: readable for colour-blind readers and in print
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#999999")
_PART_COLOURS = {"cathode": 0, "cathode interface": 1, "separator": 2, "anode": 3}


def _figure(title_x: str, title_y: str, *, height: int = 360) -> "go.Figure":
    import plotly.graph_objects as go

    figure = go.Figure()
    figure.update_layout(
        template="simple_white",
        height=height,
        margin={"l": 70, "r": 20, "t": 20, "b": 55},
        font={"family": "system-ui, sans-serif", "size": 13},
        xaxis={"title": title_x},
        yaxis={"title": title_y},
        legend={"orientation": "h", "y": -0.25},
        hovermode="closest",
    )
    return figure


def reaction_figure(stability: "Stability") -> "go.Figure":
    """Draw the closed reaction energy of each contact against the mixing fraction."""
    import plotly.graph_objects as go

    from interlayer.thermo.figures import between_corners

    figure = _figure("mol of the first per mol of both", "reaction energy / meV per atom", height=400)
    drawn = [contact for contact in stability.contacts if contact.reaction is not None]
    for number, contact in enumerate(drawn):
        if contact.reaction is None:
            continue
        kinks = sorted(contact.reaction.profile, key=lambda kink: kink.mixing_fraction)
        colour, dash = COLOURS[number % len(COLOURS)], "dash" if contact.what_if else "solid"
        label = f"{contact.a} | {contact.b}" + (" (no coating)" if contact.what_if else "")
        fractions, energies = between_corners(contact.reaction)
        figure.add_trace(
            go.Scatter(
                x=fractions,
                y=energies,
                mode="lines",
                name=label,
                legendgroup=label,
                hoverinfo="skip",
                line={"color": colour, "dash": dash},
            )
        )
        figure.add_trace(
            go.Scatter(
                x=[kink.mixing_fraction for kink in kinks],
                y=[kink.energy_eV_per_atom * 1000 for kink in kinks],
                text=[", ".join(kink.products) for kink in kinks],
                hovertemplate="%{y:.0f} meV/atom at %{x:.3f}<br>%{text}<extra></extra>",
                mode="markers",
                legendgroup=label,
                showlegend=False,
                marker={"color": colour, "size": 5},
            )
        )
    return figure


def window_figure(stability: "Stability") -> "go.Figure":
    """Draw each layer's window as a bar and the potentials it meets as a line across it."""
    import plotly.graph_objects as go

    layers = [layer for layer in stability.windows if layer.window is not None]
    figure = _figure("potential / V vs Li/Li⁺", "", height=150 + 55 * len(layers))
    highest = max([stability.charged_potential_V, 5.0]) + 0.3
    for layer in layers:
        if layer.window is None:
            continue
        oxidation = layer.window.oxidation_V if layer.window.oxidation_V is not None else highest
        figure.add_trace(
            go.Bar(
                y=[layer.material],
                x=[oxidation - layer.window.reduction_V],
                base=[layer.window.reduction_V],
                orientation="h",
                marker={"color": COLOURS[2] if layer.inside else COLOURS[1], "opacity": 0.75},
                hovertext=f"{layer.window.reduction_V:.2f} to {oxidation:.2f} V<br>{layer.statement}",
                hovertemplate="%{hovertext}<extra></extra>",
                showlegend=False,
                width=0.45,
            )
        )
        figure.add_trace(
            go.Scatter(
                y=[layer.material, layer.material],
                x=[layer.lowest_potential_V, layer.highest_potential_V],
                mode="lines+markers",
                line={"color": "black", "width": 2},
                hovertemplate="meets %{x:.2f} V<extra></extra>",
                showlegend=False,
            )
        )
    figure.update_layout(xaxis={"range": [-0.1, highest]}, yaxis={"autorange": "reversed"})
    figure.update_layout(margin={"l": 150})
    return figure


def resistance_figure(budget: "ResistanceBudget") -> "go.Figure":
    """Draw the known terms of the budget on a logarithmic axis, the measured interface as a dashed line."""
    import plotly.graph_objects as go

    known = [term for term in budget.terms if term.area_specific_resistance_ohm_cm2]
    figure = _figure("resistance per electrode area / Ω cm²", "", height=140 + 38 * len(known))
    figure.add_trace(
        go.Bar(
            y=[term.name for term in known],
            x=[term.area_specific_resistance_ohm_cm2 for term in known],
            orientation="h",
            marker={"color": [COLOURS[_PART_COLOURS[term.part]] for term in known]},
            text=[f"{term.area_specific_resistance_ohm_cm2:.3g}" for term in known],
            textposition="outside",
            hovertext=[f"{term.part}: {term.inputs} ({term.how})" for term in known],
            hovertemplate="%{hovertext}<extra></extra>",
            cliponaxis=False,
        )
    )
    values = [term.area_specific_resistance_ohm_cm2 or 1.0 for term in known] or [1.0]
    import math

    lowest, highest = math.log10(min(values)) - 0.5, math.log10(max(values)) + 1.0
    figure.update_layout(
        xaxis={"type": "log", "range": [lowest, highest], "exponentformat": "power", "dtick": 1},
        yaxis={"autorange": "reversed", "automargin": True},
    )
    if budget.interface is not None:
        figure.add_vline(x=budget.interface.measured_ohm_cm2, line={"dash": "dash", "color": "black", "width": 1})
    return figure


def voltage_figure(simulation: "SimulationResult", reported: list[tuple[str, float]]) -> "go.Figure":
    """Draw voltage against specific capacity for each step; reported capacities as dotted lines."""
    import plotly.graph_objects as go

    figure = _figure("capacity / mAh per g of active material", "cell voltage / V", height=430)
    for number, (label, capacity, voltage) in enumerate(simulation.curves()):
        figure.add_trace(
            go.Scatter(
                x=capacity,
                y=voltage,
                mode="lines",
                name=label,
                line={"color": COLOURS[number % len(COLOURS)]},
                hovertemplate="%{x:.1f} mAh/g, %{y:.3f} V<extra></extra>",
            )
        )
    for label, value in reported:
        figure.add_vline(
            x=value,
            line={"dash": "dot", "color": "grey", "width": 1},
            annotation={"text": label, "textangle": -90, "font": {"size": 10}, "yanchor": "bottom"},
            annotation_position="bottom left",
        )
    return figure


def stack_figure(result: "StackResult") -> "go.Figure":
    """Draw each layer's share of mass and of thickness."""
    import plotly.graph_objects as go

    figure = _figure("share / %", "", height=260)
    for number, layer in enumerate(result.layers):
        figure.add_trace(
            go.Bar(
                y=["mass", "thickness"],
                x=[layer.mass_share * 100, layer.thickness_share * 100],
                orientation="h",
                name=f"{layer.role}: {layer.name}",
                marker={"color": COLOURS[number % len(COLOURS)]},
                hovertemplate=f"{layer.name}: {layer.areal_mass_mg_per_cm2:.3g} mg/cm², {layer.thickness_um:.3g} µm"
                "<extra></extra>",
            )
        )
    figure.update_layout(barmode="stack", yaxis={"autorange": "reversed"}, legend={"y": -0.55, "traceorder": "normal"})
    return figure


def as_html(figure: Any) -> str:
    """Return a figure as an HTML fragment; the page carries the plotting library once."""
    import plotly.io

    return str(
        plotly.io.to_html(
            figure, full_html=False, include_plotlyjs=False, config={"displaylogo": False, "responsive": True}
        )
    )
