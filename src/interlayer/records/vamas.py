"""VAMAS files of surface analysis (ISO 14976): one block per spectrum, regular or irregular abscissae."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from interlayer.errors import InputError, closest, shown
from interlayer.records.record import Record

Array = NDArray[np.float64]

_FIRST: Final = "VAMAS Surface Chemical Analysis"
_MOST_BLOCKS: Final = 2000
_MOST_VALUES: Final = 2_000_000
_MAPS: Final = ("MAP", "MAPDP", "MAPSV", "MAPSVDP")
_ION_TECHNIQUES: Final = (
    "FABMS", "FABMS energy spec", "ISS", "SIMS", "SIMS energy spec", "SNMS", "SNMS energy spec",
)  # fmt: skip
_ELECTRON_TECHNIQUES: Final = ("AES diff", "AES dir", "EDX", "ELS", "UPS", "XPS", "XRF")


@dataclass(frozen=True, eq=False)
class Block:
    """A spectrum: its name, sample, the label and unit of its abscissa, photon energy in eV, and the data."""

    name: str
    sample: str
    technique: str
    photon_energy: float
    abscissa_label: str
    abscissa_unit: str
    ordinate_label: str
    abscissa: Array
    ordinate: Array


class _Lines:
    """The lines one after the other, with an error that says where the file ends."""

    def __init__(self, lines: list[str], name: str) -> None:
        self.lines, self.name, self.place = lines, name, 0

    def text(self) -> str:
        if self.place >= len(self.lines):
            raise InputError(f"{self.name} ends in the middle of a block")
        self.place += 1
        return self.lines[self.place - 1].strip()

    def number(self) -> float:
        text = self.text()
        try:
            return float(text)
        except ValueError:
            raise InputError(f"{self.name}, line {self.place}: {shown(text)} is not a number") from None

    def count(self, most: int) -> int:
        value = self.number()
        if not np.isfinite(value) or value != int(value) or not 0 <= value <= most:
            raise InputError(f"{self.name}, line {self.place}: {value:g} is no count up to {most}")
        return int(value)

    def skip(self, lines: int) -> None:
        for _ in range(lines):
            self.text()


def is_vamas(lines: list[str]) -> bool:
    """Whether the first line is that of the format."""
    return bool(lines) and lines[0].strip().startswith(_FIRST)


def vamas_record(lines: list[str], name: str, *, block: str | None = None) -> Record:
    """Return one block as a photoelectron spectrum over binding energy, eV.

    Kinetic energies become photon energy less kinetic energy: the work function must be in the file's calibration.
    `block` is a block's name or number, from 1; InputError lists them where there are several and none was chosen,
    and says where the format is broken.
    """
    blocks = read_blocks(lines, name)
    if block is None and len(blocks) > 1:
        names = ", ".join(f"{n}: {one.name}" for n, one in enumerate(blocks, start=1))
        raise InputError(f"{name} has {len(blocks)} blocks; say which one (--block): {shown(names)}")
    chosen = blocks[0] if block is None else _chosen(blocks, block, name)
    label, unit = chosen.abscissa_label.lower(), chosen.abscissa_unit.lower()
    if unit != "ev" or "energy" not in label:
        what = f"{chosen.abscissa_label} in {chosen.abscissa_unit}"
        raise InputError(f"{name}, block {shown(chosen.name)}: {shown(what)} is no energy in eV")
    energy = chosen.abscissa
    if "kinetic" in label:
        energy = chosen.photon_energy - energy
    elif "binding" not in label:
        raise InputError(f"{name}: {shown(chosen.abscissa_label)} is neither kinetic nor binding energy")
    order = np.argsort(energy, kind="stable")
    return Record(
        {"binding_energy_electronvolt": energy[order], "intensity": chosen.ordinate[order]},
        {"origin": "measured", "file": name, "block": chosen.name, "sample": chosen.sample,
         "photon_energy_eV": chosen.photon_energy},
    )  # fmt: skip


def _chosen(blocks: list[Block], wanted: str, name: str) -> Block:
    if wanted.isdecimal() and 1 <= int(wanted[:6]) <= len(blocks):
        return blocks[int(wanted) - 1]
    found = [one for one in blocks if one.name == wanted]
    if len(found) == 1:
        return found[0]
    names = [one.name for one in blocks]
    has = shown(", ".join(names))
    raise InputError(f"{name} has no single block {shown(wanted)}; it has {has}{closest(wanted, names)}")


def read_blocks(lines: list[str], name: str) -> list[Block]:
    """Return all blocks of the file; InputError at the first line that is not what the format asks for."""
    source = _Lines(lines, name)
    source.skip(5)  # format, institution, instrument, operator, experiment
    source.skip(source.count(100_000))  # comments
    mode, scan = source.text().upper(), source.text().upper()
    if scan not in ("REGULAR", "IRREGULAR"):
        raise InputError(f"{name}: the scan mode {shown(scan)} is not read; known: REGULAR, IRREGULAR")
    if mode in ("MAP", "MAPDP", "NORM", "SDP"):
        source.skip(1)  # number of spectral regions
    if mode in ("MAP", "MAPDP"):
        source.skip(3)
    variables = source.count(100)
    source.skip(2 * variables)
    if source.count(100) != 0:
        raise InputError(f"{name} leaves out parameters of its blocks (an inclusion list), which is not read")
    source.skip(source.count(100))  # manually entered items
    future_experiment, future_block = source.count(100), source.count(100)
    source.skip(future_experiment)
    blocks = [_block(source, mode, scan, variables, future_block) for _ in range(source.count(_MOST_BLOCKS))]
    if not blocks:
        raise InputError(f"{name} has no block")
    return blocks


def _block(source: _Lines, mode: str, scan: str, variables: int, future: int) -> Block:
    name, sample = source.text(), source.text()
    source.skip(7)  # year to seconds, hours from GMT
    source.skip(source.count(100_000))  # comments
    technique = source.text()
    source.skip(2 if mode in ("MAP", "MAPDP") else 0)
    source.skip(variables)
    source.skip(1)  # label of the source
    depth = mode in ("MAPDP", "MAPSVDP", "SDP", "SDPSV")
    source.skip(3 if depth or technique in _ION_TECHNIQUES else 0)
    photon = source.number()
    source.skip(3)  # strength, beam widths
    source.skip(2 if mode in (*_MAPS, "SEM") else 0)
    source.skip(6 if mode in ("MAPSV", "MAPSVDP", "SEM") else 0)
    source.skip(4)  # angles of the source, mode and pass energy of the analyser
    source.skip(1 if technique == "AES diff" else 0)
    source.skip(10)  # lens, work function, bias, widths, angles, species, transition, charge
    start = step = 0.0
    label = unit = ""
    if scan == "REGULAR":
        label, unit, start, step = source.text(), source.text(), source.number(), source.number()
    ordinates = source.count(100)
    named = [(source.text(), source.text()) for _ in range(ordinates)]
    source.skip(4)  # signal mode, time, scans, time correction
    source.skip(7 if depth and technique in _ELECTRON_TECHNIQUES else 0)
    source.skip(3)  # angles of the sample
    source.skip(3 * source.count(100_000))  # further parameters
    source.skip(future)
    total = source.count(_MOST_VALUES)
    source.skip(2 * ordinates)  # smallest and largest of each
    values = np.array([source.number() for _ in range(total)])
    needed = 1 if scan == "REGULAR" else 2
    if ordinates < needed or total == 0 or total % ordinates:
        raise InputError(
            f"{source.name}, block {shown(name)}: {total} values for {ordinates} quantities are no spectrum"
        )
    table = values.reshape(-1, ordinates)
    if scan == "REGULAR":
        abscissa, ordinate, ordinate_label = (
            np.asarray(start + step * np.arange(len(table)), dtype=float),
            table[:, 0],
            named[0][0],
        )
    else:
        (label, unit), abscissa, ordinate, ordinate_label = named[0], table[:, 0], table[:, 1], named[1][0]
    return Block(name, sample, technique, photon, label, unit, ordinate_label, abscissa, ordinate)
