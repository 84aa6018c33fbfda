"""What ``react`` and ``window`` print for --uncertainty and --what-if: one call each, answered and printed here."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from interlayer.errors import InputError

if TYPE_CHECKING:
    from interlayer.thermo import ReactionWhatIf, WindowWhatIf
    from interlayer.thermo.spread import ProductSet
    from interlayer.thermo.uncertainty import ReactionUncertainty
    from interlayer.thermo.uncertainty_windows import LimitUncertainty, WindowUncertainty

_MOST_PRODUCTS = 8
_MOST_CHANGES = 12


def show_reaction_uncertainty(
    a: str, b: str, *, out: Path | None = None, plot: Path | None = None, json: bool = False, **options: Any
) -> None:
    """Print how certain a reaction is; `options` are those of `interlayer.thermo.reaction_uncertainty`."""
    from interlayer.thermo import reaction_uncertainty

    result = reaction_uncertainty(a, b, **options)
    _write(result, out, plot)
    if json:
        _print_json(result)
    else:
        _summarise_reaction(result)


def show_window_uncertainty(
    composition: str, *, out: Path | None = None, plot: Path | None = None, json: bool = False, **options: Any
) -> None:
    """Print how certain a window is; `options` are those of `interlayer.thermo.window_uncertainty`."""
    from interlayer.thermo import window_uncertainty

    result = window_uncertainty(composition, **options)
    _write(result, out, plot)
    if json:
        _print_json(result)
    else:
        _summarise_window(result)


def show_what_if(
    a: str, b: str, *, out: Path | None = None, plot: Path | None = None, json: bool = False, **options: Any
) -> None:
    """Print which phases a reaction hangs on; `options` are those of `interlayer.thermo.what_if`."""
    from interlayer.thermo import what_if

    _refuse_figure(plot)
    result = what_if(a, b, **options)
    _write(result, out, None)
    if json:
        _print_json(result)
    else:
        _summarise_reaction_changes(result)


def show_what_if_window(
    composition: str, *, out: Path | None = None, plot: Path | None = None, json: bool = False, **options: Any
) -> None:
    """Print which phases a window hangs on; `options` are those of `interlayer.thermo.what_if_window`."""
    from interlayer.thermo import what_if_window

    _refuse_figure(plot)
    result = what_if_window(composition, **options)
    _write(result, out, None)
    if json:
        _print_json(result)
    else:
        _summarise_window_changes(result)


def _refuse_figure(plot: Path | None) -> None:
    if plot is not None:
        raise InputError("--what-if has no figure; use --out FILE for the table, or --json")


def _write(
    result: "ReactionUncertainty | WindowUncertainty | ReactionWhatIf | WindowWhatIf",
    out: Path | None,
    plot: Path | None,
) -> None:
    from interlayer.thermo import ReactionWhatIf, WindowWhatIf
    from interlayer.writing import save_figure, save_table

    if out is not None:
        save_table(result.frame(), out)
    if plot is not None and not isinstance(result, ReactionWhatIf | WindowWhatIf):
        save_figure(result.plot(), plot)


def _print_json(result: "ReactionUncertainty | WindowUncertainty | ReactionWhatIf | WindowWhatIf") -> None:
    from interlayer.cli.output import print_json

    print_json(result)


def _summarise_reaction(result: "ReactionUncertainty") -> None:
    from interlayer.cli.output import console

    out = console()
    answer, energy = result.deterministic, result.reaction_energy_eV_per_atom
    at = "" if result.voltage_V is None else f" at {result.voltage_V:g} V"
    share = f"{result.probability_stable:.1%} of {result.samples - result.samples_failed} samples"
    out.print(
        f"[bold]{result.reactant_A} | {result.reactant_B}{at}[/bold]: no reaction in {share} "
        f"(± {result.standard_error:.1%})"
    )
    if result.threshold_eV_per_atom > 1e-5:
        out.print(f"  counting less than {result.threshold_eV_per_atom * 1e3:g} m{answer.normalisation} as none")
    out.print(
        f"  {(energy.without_errors or 0.0) * 1e3:.0f} m{answer.normalisation} without errors; median "
        f"{energy.median * 1e3:.0f}, 90 % from {energy.p05 * 1e3:.0f} to {energy.p95 * 1e3:.0f}"
    )
    _print_products("  products: ", result.product_probability, result.product_sets)
    out.print(f"[dim]{result.method}; seed {result.seed}[/dim]")
    out.print(f"[dim]{result.conditions}; {answer.coverage}[/dim]")


def _summarise_window(result: "WindowUncertainty") -> None:
    from interlayer.cli.output import console

    out = console()
    answer = result.deterministic
    on_hull = (
        "not tabulated" if result.probability_on_hull is None else f"on the hull in {result.probability_on_hull:.1%}"
    )
    out.print(f"[bold]{result.formula}[/bold]: {on_hull}; {result.samples - result.samples_failed} samples")
    _print_limit(result.reduction, "stable against lithium metal in all samples")
    _print_limit(result.oxidation, "gives off no lithium in any sample")
    if result.reduction is not None and result.probability_stable_against_lithium > 0.0:
        out.print(f"  stable against lithium metal in {result.probability_stable_against_lithium:.1%}")
    out.print(f"[dim]{result.method}; seed {result.seed}[/dim]")
    out.print(f"[dim]{result.conditions}; {answer.coverage}[/dim]")


def _print_limit(limit: "LimitUncertainty | None", otherwise: str) -> None:
    from interlayer.cli.output import console

    out = console()
    if limit is None:
        out.print(f"  {otherwise}")
        return
    found = limit.potential_V
    without = "" if found.without_errors is None else f"{found.without_errors:.2f} V without errors; "
    share = "" if limit.probability == 1.0 else f" (in the {limit.probability:.1%} that have one)"
    out.print(
        f"  {limit.limit}: {without}median {found.median:.2f}, 90 % from {found.p05:.2f} to {found.p95:.2f} V{share}"
    )
    _print_products("    to ", limit.product_probability, limit.product_sets)


def _print_products(label: str, probability: Mapping[str, float], sets: "Sequence[ProductSet]") -> None:
    from interlayer.cli.output import console

    out = console()
    if not probability:
        return
    shown = [f"{phase} {share:.0%}" for phase, share in probability.items()][:_MOST_PRODUCTS]
    more = len(probability) - len(shown)
    out.print(label + ", ".join(shown) + (f" and {more} more" if more else ""))
    words = " + ".join(sets[0].products) or "no reaction"
    out.print(f"{' ' * (len(label) - len(label.lstrip()))}most often together ({sets[0].probability:.0%}): {words}")


def _summarise_reaction_changes(result: "ReactionWhatIf") -> None:
    from rich.table import Table

    from interlayer.cli.output import console

    out = console()
    answer = result.deterministic
    at = "" if result.voltage_V is None else f" at {result.voltage_V:g} V"
    energy = answer.reaction_energy_eV_per_atom * 1e3
    out.print(f"[bold]{result.reactant_A} | {result.reactant_B}{at}[/bold]: {energy:.1f} m{answer.normalisation}")
    out.print(f"  {answer.reaction}")
    rows = Table("what if", f"m{answer.normalisation}", "moved", "new products", box=None, header_style="bold")
    for one in result.changes[:_MOST_CHANGES]:
        new = one.reason or ", ".join(one.new_products) or "none"
        found = one.reaction_energy_eV_per_atom
        numbers = ("", "") if found is None else (f"{found * 1e3:.1f}", f"{(one.moved_eV_per_atom or 0.0) * 1e3:+.1f}")
        rows.add_row(f"{one.change} {', '.join(one.phases)}", *numbers, new)
    out.print(rows if result.changes else "  no phase can be left out that would move this")
    _print_rest(len(result.changes))
    out.print(f"[dim]{result.conditions}; {answer.coverage}[/dim]")


def _summarise_window_changes(result: "WindowWhatIf") -> None:
    from rich.table import Table

    from interlayer.cli.output import console

    out = console()
    answer = result.deterministic
    upper = "no upper limit" if answer.oxidation_V is None else f"{answer.oxidation_V:.3f} V"
    out.print(f"[bold]{result.formula}[/bold]: {answer.reduction_V:.3f} to {upper} against Li/Li+")
    rows = Table("what if", "from / V", "moved", "to / V", "moved", "new products", box=None, header_style="bold")
    for one in result.changes[:_MOST_CHANGES]:
        low = "" if one.reduction_V is None else f"{one.reduction_V:.3f}"
        high = "" if one.reason else "none" if one.oxidation_V is None else f"{one.oxidation_V:.3f}"
        moved = ["" if not value else f"{value:+.3f}" for value in (one.moved_reduction_V, one.moved_oxidation_V)]
        new = one.reason or ", ".join(one.new_products) or "none"
        rows.add_row(f"{one.change} {', '.join(one.phases)}", low, moved[0], high, moved[1], new)
    out.print(rows if result.changes else "  no phase can be left out that would move this")
    _print_rest(len(result.changes))
    out.print(f"[dim]convention {answer.convention}; {result.conditions}; {answer.coverage}[/dim]")


def _print_rest(changes: int) -> None:
    from interlayer.cli.output import console

    if changes > _MOST_CHANGES:
        console().print(f"[dim]{changes - _MOST_CHANGES} more changes: --json or --out FILE lists them[/dim]")
