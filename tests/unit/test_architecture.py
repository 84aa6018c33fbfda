"""Dependencies point one way, and nothing heavy is loaded where a command only wants to answer."""

import ast
from pathlib import Path

import pytest

import interlayer

ROOT = Path(interlayer.__file__).parent

# each room, and the rooms it may use
FOUNDATIONS = {
    "errors",
    "units",
    "quantity",
    "constants",
    "composition",
    "validation",
    "references",
    "reading",
    "compiled",
    "writing",
    "_version",
}
ALLOWED = {
    "materials": FOUNDATIONS,
    "records": FOUNDATIONS,
    "thermo": FOUNDATIONS | {"materials"},
    "protocol": FOUNDATIONS,
    "cell": FOUNDATIONS | {"materials", "protocol"},
    "transport": FOUNDATIONS | {"materials", "cell"},
    "energy": FOUNDATIONS | {"materials", "cell", "protocol"},
    "simulation": FOUNDATIONS | {"materials", "thermo", "cell", "protocol", "transport", "records"},
    "measure": FOUNDATIONS | {"records"},
    "consistency": FOUNDATIONS | {"materials", "records"},
    "calibration": FOUNDATIONS
    | {"materials", "thermo", "cell", "protocol", "transport", "energy", "simulation", "records", "measure"},
    "literature": FOUNDATIONS
    | {
        "materials",
        "thermo",
        "cell",
        "protocol",
        "transport",
        "energy",
        "simulation",
        "records",
        "measure",
        "consistency",
        "calibration",
    },
    "report": FOUNDATIONS | {"materials", "cell", "protocol", "transport", "thermo", "energy", "simulation", "records"},
}


def rooms_used_by(file):
    tree = ast.parse(file.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        names = []
        if isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            names = [node.module] if node.module != "interlayer" else [f"interlayer.{a.name}" for a in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        for name in names:
            parts = name.split(".")
            if parts[0] == "interlayer" and len(parts) > 1:
                yield parts[1]


@pytest.mark.parametrize("room", sorted(ALLOWED))
def test_a_room_uses_only_the_rooms_before_it(room):
    files = sorted((ROOT / room).rglob("*.py"))
    assert files
    for file in files:
        assert set(rooms_used_by(file)) <= ALLOWED[room] | {room}, file.name


def test_every_room_is_listed():
    rooms = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert rooms - {"cli"} == set(ALLOWED)


def test_foundations_use_only_each_other():
    for name in FOUNDATIONS:
        assert set(rooms_used_by(ROOT / f"{name}.py")) <= FOUNDATIONS


def test_nothing_uses_the_command_line():
    for file in ROOT.rglob("*.py"):
        if file.parent.name != "cli" and file.name != "__main__.py":
            assert "cli" not in set(rooms_used_by(file)), file.name
