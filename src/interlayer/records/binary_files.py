"""Cyclers' binary files, read by the libraries that know them where the user has installed one.

Neware's .nda and .ndax by NewareNDA (BSD, ``pip install "interlayer[neware]"``); BioLogic's .mpr by galvani or yadg,
which are under the GPL and so never come with this package.
"""

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from interlayer.errors import InputError, shown
from interlayer.records.delimited_text import record_of
from interlayer.records.record import Record

ENDINGS = (".mpr", ".nda", ".ndax")
_MOST_BYTES = 60_000_000
_ROUNDED = 0.05
"""s."""


def read_binary_file(path: Path, *, columns: dict[str, str] | None = None, sign: str | None = None) -> Record:
    """Return the record of a .mpr, .nda or .ndax file; InputError where its library is missing or cannot read it."""
    if not path.is_file():
        raise InputError(f"no file {shown(str(path))}")
    if path.stat().st_size > _MOST_BYTES:
        raise InputError(f"{path.name} is larger than {_MOST_BYTES} bytes; export it as text or .parquet")
    try:
        return _neware(path) if path.suffix.lower() != ".mpr" else _biologic(path, columns, sign)
    except InputError:
        raise
    except Exception as error:  # the libraries fail in ways of their own on broken files
        problem = " ".join(str(error).split())[:120] or type(error).__name__
        raise InputError(f"cannot read {shown(path.name)} as {path.suffix[1:]}: {problem}") from None


def _neware(path: Path) -> Record:
    if find_spec("NewareNDA") is None:
        raise InputError(f'{path.name} needs NewareNDA: pip install "interlayer[neware]"')
    import NewareNDA

    table = NewareNDA.read(str(path), log_level="ERROR")
    if len(table) == 0:
        raise InputError(f"{path.name} holds no data")
    time = np.asarray(table["Time"], dtype=float)
    # the library counts time within a step; a test's own runs on
    stamps = np.asarray(table["Timestamp"].astype("int64"), dtype=float)
    scale = 1e-9 if np.median(np.abs(stamps)) > 1e17 else 1e-6 if np.median(np.abs(stamps)) > 1e14 else 1e-3
    since = (stamps - stamps[0]) * scale
    step = np.asarray(table["Step"], dtype=np.int64)
    changes = np.flatnonzero(np.diff(step) != 0) + 1
    begins = np.zeros(len(step), dtype=np.int64)
    begins[changes] = changes
    begins = np.maximum.accumulate(begins)
    return Record(
        {
            "test_time_second": without_rounding(since[begins] - time[begins] + time),
            "voltage_volt": np.asarray(table["Voltage"], dtype=float),
            "current_ampere": np.asarray(table["Current(mA)"], dtype=float) * 1e-3,
            "cycle_count": np.asarray(table["Cycle"], dtype=np.int64),
            "step_count": step,
        },
        {"origin": "measured", "file": path.name},
    )


def without_rounding(time: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return times (s) that do not run back where seven digits of a step's time make them, by 0.05 s at most."""
    later = np.maximum.accumulate(time)
    return np.asarray(np.where(later - time < _ROUNDED, later, time))


def _biologic(path: Path, columns: dict[str, str] | None, sign: str | None) -> Record:
    if find_spec("galvani") is None:
        raise InputError(
            f"{path.name} needs galvani, which is under the GPL and for you to install: pip install galvani; "
            "the text export .mpt is read without"
        )
    from galvani.BioLogic import MPRfile

    data: Any = MPRfile(str(path)).data
    headings = [str(heading) for heading in data.dtype.names]
    numbers = np.column_stack([np.asarray(data[heading], dtype=float) for heading in headings])
    return record_of((headings, numbers), path.name, columns=columns, sign=sign)
