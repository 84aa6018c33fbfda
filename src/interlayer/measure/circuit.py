"""The circuit language: ``R0-p(R1,CPE1)-p(R2,CPE2)-W`` as a tree, and the tree as arrays for the compiled kernel."""

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from interlayer.errors import InputError, closest, shown
from interlayer.measure.circuit_elements import ELEMENTS, PARALLEL, SERIES, Parameter

_TOKEN: Final = re.compile(r"p\(|[(),\-]|[A-Za-z]+[0-9]*")
_MOST_PARAMETERS: Final = 24
_DEEPEST: Final = 12


@dataclass(frozen=True)
class Node:
    """A node of the circuit: an element with its label, or a connection of nodes in series or in parallel."""

    code: int
    label: str
    children: tuple["Node", ...] = ()

    def leaves(self) -> list["Node"]:
        """Return the elements below this node, from left to right."""
        return [self] if not self.children else [leaf for child in self.children for leaf in child.leaves()]

    @property
    def signature(self) -> str:
        """The structure without labels, so that two arcs of one kind can be told to be so."""
        if not self.children:
            return self.label.rstrip("0123456789")
        return f"{'p' if self.code == PARALLEL else 's'}({','.join(child.signature for child in self.children)})"


@dataclass(frozen=True)
class Program:
    """The circuit in postorder, for the compiled kernel."""

    nodes: NDArray[np.int64]
    """What each node is, its first parameter, and its parent; (nodes, 3)."""
    groups: NDArray[np.int64]
    """Parameters from, to, and nodes from, to, of what is in series at the top; (groups, 4)."""
    is_unit: NDArray[np.bool_]
    ohm_power: NDArray[np.float64]
    second_power: NDArray[np.float64]
    alpha_of: NDArray[np.int64]
    """For a parameter whose exponent of time is another one, the place of that one; else -1."""


@dataclass(frozen=True)
class Circuit:
    """A parsed circuit. `names` and `units` are those of its parameters, in the order of all arrays."""

    text: str
    root: Node

    def __str__(self) -> str:
        return self.text

    @cached_property
    def parameters(self) -> tuple[tuple[str, Parameter], ...]:
        """Name and description of each parameter, from left to right: ``R0``, ``CPE1_Q``, ``CPE1_alpha``."""
        return tuple(
            (f"{leaf.label}_{parameter.suffix}" if parameter.suffix else leaf.label, parameter)
            for leaf in self.root.leaves()
            for parameter in ELEMENTS[leaf.label.rstrip("0123456789")].parameters
        )

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Names of the parameters."""
        return tuple(name for name, _ in self.parameters)

    @cached_property
    def units(self) -> tuple[str, ...]:
        """Units of the parameters; "" for an exponent."""
        return tuple(parameter.unit for _, parameter in self.parameters)

    @cached_property
    def groups(self) -> tuple[tuple[Node, int, int, int, int], ...]:
        """What is in series at the top: node, its range of parameters, and its range of nodes in postorder.

        The impedance is the sum over the groups, and each group is proportional to one resistance.
        """
        tops = self.root.children if self.root.code == SERIES else (self.root,)
        rows, parameter, place = [], 0, 0
        for node in tops:
            count = sum(len(ELEMENTS[leaf.label.rstrip("0123456789")].parameters) for leaf in node.leaves())
            nodes = _count(node)
            rows.append((node, parameter, parameter + count, place, place + nodes))
            parameter, place = parameter + count, place + nodes
        return tuple(rows)

    @cached_property
    def alike(self) -> tuple[tuple[tuple[int, int], ...], ...]:
        """Ranges of parameters of those summands that have one structure, where there are several of it."""
        by_signature: dict[str, list[tuple[int, int]]] = {}
        for node, begin, end, _, _ in self.groups:
            if end - begin > 1:
                by_signature.setdefault(node.signature, []).append((begin, end))
        return tuple(tuple(blocks) for blocks in by_signature.values() if len(blocks) > 1)

    @cached_property
    def program(self) -> Program:
        """The arrays of the compiled kernel."""
        codes: list[int] = []
        first: list[int] = []
        parents: list[int] = []

        def add(node: Node, parameter: int) -> tuple[int, int]:
            below = []
            next_parameter = parameter
            for child in node.children:
                place, next_parameter = add(child, next_parameter)
                below.append(place)
            codes.append(node.code)
            first.append(parameter)
            parents.append(-1)
            here = len(codes) - 1
            for place in below:
                parents[place] = here
            if not node.children:
                next_parameter += len(ELEMENTS[node.label.rstrip("0123456789")].parameters)
            return here, next_parameter

        add(self.root, 0)
        kinds = [parameter for _, parameter in self.parameters]
        alpha_of = [-1] * len(kinds)
        for place, kind in enumerate(kinds):
            if kind.follows_alpha:
                alpha_of[place] = next(k for k in range(place + 1, len(kinds)) if kinds[k].suffix == "alpha")
        return Program(
            nodes=np.column_stack([codes, first, parents]),
            groups=np.array([row[1:] for row in self.groups]),
            is_unit=np.array([kind.scale == "unit" for kind in kinds]),
            ohm_power=np.array([kind.ohm_power for kind in kinds]),
            second_power=np.array([kind.second_power for kind in kinds]),
            alpha_of=np.array(alpha_of),
        )


def parse_circuit(text: str) -> Circuit:
    """Return the circuit of a string in the field's language.

    Elements (`circuit_elements.ELEMENTS`) are in series where ``-`` stands between them, and in parallel within
    ``p(...,...)``. A number behind an element tells it from others of its kind. Raises InputError, naming the place,
    for what is no circuit, and for a label that stands there twice.
    """
    compact = "".join(text.split())
    if not compact:
        raise InputError("the circuit is empty; an example is R0-p(R1,CPE1)-p(R2,CPE2)-W")
    tokens: list[str] = []
    place = 0
    while place < len(compact):
        match = _TOKEN.match(compact, place)
        if match is None:
            raise InputError(f"circuit {shown(text)}: {compact[place]!r} means nothing there; allowed: names - p( , )")
        tokens.append(match[0])
        place = match.end()
    node, rest = _series(tokens, text, 0)
    if rest:
        raise InputError(f"circuit {shown(text)}: {rest[0]!r} closes nothing")
    circuit = Circuit(_written(node), node)
    labels = [leaf.label for leaf in node.leaves()]
    twice = next((label for label in labels if labels.count(label) > 1), None)
    if twice is not None:
        raise InputError(f"circuit {shown(text)}: {twice} stands there twice; number the elements")
    if len(circuit.names) > _MOST_PARAMETERS:
        raise InputError(
            f"circuit {shown(text)} has {len(circuit.names)} parameters; at most {_MOST_PARAMETERS} can be fitted"
        )
    return circuit


def _series(tokens: list[str], text: str, depth: int) -> tuple[Node, list[str]]:
    if depth > _DEEPEST:
        raise InputError(f"circuit {shown(text)} is nested more than {_DEEPEST} deep")
    parts = []
    while True:
        part, tokens = _term(tokens, text, depth)
        parts.append(part)
        if not tokens or tokens[0] != "-":
            break
        tokens = tokens[1:]
    return (parts[0] if len(parts) == 1 else Node(SERIES, "", _flat(parts, SERIES))), tokens


def _term(tokens: list[str], text: str, depth: int) -> tuple[Node, list[str]]:
    if not tokens or tokens[0] in "-,)(":
        found = f"{tokens[0]!r} stands" if tokens else "it ends"
        raise InputError(f"circuit {shown(text)}: {found} where an element is due")
    if tokens[0] == "p(":
        branches, rest = [], tokens
        while True:
            branch, rest = _series(rest[1:], text, depth + 1)
            branches.append(branch)
            if not rest or rest[0] != ",":
                break
        if not rest or rest[0] != ")":
            raise InputError(f"circuit {shown(text)}: a bracket is not closed")
        if len(branches) == 1:
            raise InputError(f"circuit {shown(text)}: p(...) has one branch; a comma stands between its branches")
        return Node(PARALLEL, "", _flat(branches, PARALLEL)), rest[1:]
    name = tokens[0].rstrip("0123456789")
    if name not in ELEMENTS:
        raise InputError(
            f"no element {shown(name)} in a circuit; allowed: {', '.join(ELEMENTS)}{closest(name, ELEMENTS)}"
        )
    return Node(ELEMENTS[name].code, tokens[0]), tokens[1:]


def _flat(parts: list[Node], code: int) -> tuple[Node, ...]:
    """Return the parts with those of the same connection opened: what is in series with a series is one series."""
    return tuple(inner for part in parts for inner in (part.children if part.code == code else (part,)))


def _written(node: Node) -> str:
    if not node.children:
        return node.label
    if node.code == PARALLEL:
        return f"p({','.join(_written(child) for child in node.children)})"
    return "-".join(_written(child) for child in node.children)


def _count(node: Node) -> int:
    return 1 + sum(_count(child) for child in node.children)
