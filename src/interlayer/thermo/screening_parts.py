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
        """Return the folder's parts: those of a finished screening give way to another question.

        Raises InputError where it holds parts of another question that was not finished.
        """
        note = folder / "question.json"
        if note.exists():
            try:
                kept = json.loads(note.read_text(encoding="utf-8"))
                same, finished = kept["key"] == key, bool(kept.get("finished"))
            except (OSError, ValueError, KeyError, TypeError, AttributeError):
                same = finished = False
            if finished and not same:
                cls(folder).remove()
                write_whole(note, json.dumps({"key": key}) + "\n")
            elif not same:
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

    def finish(self) -> None:
        """Say that the screening is complete: the same question is answered from here, another one may begin."""
        note = self.folder / "question.json"
        kept = json.loads(note.read_text(encoding="utf-8"))
        write_whole(note, json.dumps({**kept, "finished": True}) + "\n")

    def remove(self) -> None:
        """Remove what was kept, and the folder unless something else lies in it."""
        for pattern in ("coatings-*.parquet", "contacts-*.parquet", "question.json"):
            for path in self.folder.glob(pattern):
                path.unlink()
        if not any(self.folder.iterdir()):
            self.folder.rmdir()

    def _paths(self, number: int) -> Iterator[Path]:
        yield self.folder / f"coatings-{number:06d}.parquet"
        yield self.folder / f"contacts-{number:06d}.parquet"


def remove_parts(folder: str | Path) -> None:
    """Remove the chunks kept in a folder, after the screening has been written; nothing where there is none."""
    if Path(folder).is_dir():
        Parts(Path(folder)).remove()
