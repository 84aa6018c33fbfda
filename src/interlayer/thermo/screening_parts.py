"""Finished chunks of a long screening, kept in a folder so that it can go on where it was stopped."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from interlayer.errors import InputError
from interlayer.writing import save_table, write_whole

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Parts:
    """A folder of finished chunks that belong to one question."""

    folder: Path

    @classmethod
    def open(cls, folder: Path, key: str) -> "Parts":
        """Return the folder's parts; InputError where it holds those of another question."""
        note = folder / "question.json"
        if note.exists():
            try:
                kept = json.loads(note.read_text(encoding="utf-8"))["key"]
            except (OSError, ValueError, KeyError, TypeError):
                kept = None
            if kept != key:
                raise InputError(
                    f"{folder.name} holds parts of another screening (other materials, options, table or version); "
                    "remove it or choose another output"
                )
        else:
            write_whole(note, json.dumps({"key": key}) + "\n")
        return cls(folder)

    def read(self, number: int) -> "tuple[pd.DataFrame, pd.DataFrame] | None":
        """Return a finished chunk, None where there is none."""
        import pandas as pd

        paths = list(self._paths(number))
        if not all(path.exists() for path in paths):
            return None
        coatings, contacts = (pd.read_parquet(path) for path in paths)
        return coatings, contacts

    def write(self, number: int, coatings: "pd.DataFrame", contacts: "pd.DataFrame") -> None:
        """Keep a finished chunk; the file of the coatings comes last, and each is whole or not there."""
        for path, rows in zip(self._paths(number), (coatings, contacts), strict=True):
            save_table(rows, path)

    def remove(self) -> None:
        """Remove the folder once its contents are elsewhere."""
        for path in self.folder.glob("*"):
            path.unlink()
        self.folder.rmdir()

    def _paths(self, number: int) -> Iterator[Path]:
        yield self.folder / f"coatings-{number:06d}.parquet"
        yield self.folder / f"contacts-{number:06d}.parquet"


def remove_parts(folder: str | Path) -> None:
    """Remove a folder of finished chunks, after the screening has been written; nothing where there is none."""
    if Path(folder).is_dir():
        Parts(Path(folder)).remove()
