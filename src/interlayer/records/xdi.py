"""XAFS Data Interchange files: columns named in the header, the absorption computed where only counts are stored.

Format: Ravel et al., XAFS Data Interchange 1.0, https://github.com/XraySpectroscopy/XAS-Data-Interchange.
"""

import re

import numpy as np

from interlayer.errors import InputError
from interlayer.records.delimited_text import Table, find_table

_COLUMN = re.compile(r"^#\s*Column\.(\d+):\s*(\S+)(?:\s+(\S+))?", re.IGNORECASE)


def is_xdi(lines: list[str]) -> bool:
    """Whether the first line says so."""
    return bool(lines) and lines[0].upper().startswith("# XDI/")


def xdi_table(lines: list[str], name: str) -> Table:
    """Return the table with headings that state their units.

    Absorption is ``mutrans``, ``mufluor`` or ``normtrans`` where one is stored, else ln(i0/itrans). Raises InputError
    where the header names no columns.
    """
    named = {int(found[1][:3]): (found[2], found[3]) for line in lines if (found := _COLUMN.match(line))}
    body = [line for line in lines if line.strip() and not line.startswith("#")]
    _, numbers = find_table(body, name)
    width = numbers.shape[1]
    if sorted(named) != list(range(1, width + 1)):
        raise InputError(f"{name}: its header names {len(named)} columns, its table has {width}")
    titles = [named[n + 1][0].lower() for n in range(width)]
    headings = [f"{title} [{named[n + 1][1]}]" if named[n + 1][1] else title for n, title in enumerate(titles)]
    if "mutrans" not in titles and "mufluor" not in titles and {"i0", "itrans"} <= set(titles):
        i0, through = (numbers[:, titles.index(title)] for title in ("i0", "itrans"))
        if np.any(i0 * through <= 0.0):
            raise InputError(f"{name}: i0 and itrans differ in sign or are zero somewhere, so ln(i0/itrans) is none")
        return [*headings, "mutrans"], np.column_stack([numbers, np.log(i0 / through)])
    return headings, numbers
