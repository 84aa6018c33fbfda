"""References: the bibliography behind every value, by the keys that the data files use."""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Final

from pydantic import BaseModel, ConfigDict

from interlayer.errors import InputError, closest, shown

_ENTRY: Final = re.compile(r"@(\w+)\s*\{\s*([^,\s]+)\s*,")
_FIELD: Final = re.compile(r"\s*(\w+)\s*=\s*\{")
_MOST_AUTHORS: Final = 3


class Reference(BaseModel):
    """One entry of the bibliography, and the claim of it that a value rests on.

    `key` is the entry's (``wang2020``); `claim` is the id of a numbered statement in that paper (``S0-29``) or None.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str
    authors: tuple[str, ...]
    title: str
    journal: str
    year: int
    doi: str
    volume: str = ""
    pages: str = ""
    claim: str | None = None

    @property
    def short(self) -> str:
        """The reference as spoken of in a text: ``Wang et al. 2020``."""
        family = self.authors[0].partition(",")[0]
        match len(self.authors):
            case 1:
                return f"{family} {self.year}"
            case 2:
                return f"{family} and {self.authors[1].partition(',')[0]} {self.year}"
            case _:
                return f"{family} et al. {self.year}"

    @property
    def citation(self) -> str:
        """The reference in one line: authors, title, journal, volume, year, pages, DOI."""
        names = self.authors
        who = f"{names[0]} et al." if len(names) > _MOST_AUTHORS else "; ".join(names)
        where = " ".join(part for part in (self.journal, self.volume, f"({self.year})", self.pages) if part)
        return f"{who}: {self.title}. {where}. https://doi.org/{self.doi}"


def reference(source: str) -> Reference:
    """Return the reference that `source` names: a key, or a key with a claim id (``wang2020:S0-29``).

    >>> reference("wang2020:S0-29").doi
    '10.1016/j.nanoen.2020.104686'

    Raises InputError for a key that the bibliography does not hold.
    """
    key, _, claim = source.partition(":")
    found = bibliography().get(key)
    if found is None:
        raise InputError(f"no reference {shown(key)} in the bibliography{closest(key, bibliography())}")
    return found.model_copy(update={"claim": claim}) if claim else found


def references(sources: Iterable[str]) -> list[Reference]:
    """Return each reference that `sources` name once, by key and claim in order."""
    found = {(r.key, r.claim or ""): r for r in map(reference, sources)}
    return [found[name] for name in sorted(found)]


def citations(sources: Iterable[str]) -> list[str]:
    """Return one line per reference that `sources` name, with the claims that were used of it.

    A source that is no key is a user's own words (a URL, "our measurement") and stays as it is.
    """
    claims: dict[str, set[str]] = {}
    own: dict[str, None] = {}
    for source in sources:
        key, _, claim = source.partition(":")
        if key in bibliography():
            claims.setdefault(key, set()).update({claim} if claim else ())
        else:
            own[source] = None
    lines = [
        bibliography()[key].citation + (f" [{', '.join(sorted(claims[key]))}]" if claims[key] else "")
        for key in sorted(claims)
    ]
    return [*lines, *own]


@cache
def bibliography() -> Mapping[str, Reference]:
    """Return the project's bibliography by key, read once."""
    text = resources.files("interlayer").joinpath("references.bib").read_text(encoding="utf-8")
    entries = {entry.key: entry for entry in read_bibtex(text)}
    return MappingProxyType(entries)


def read_bibtex(text: str) -> Iterator[Reference]:
    """Yield the entries of a BibTeX text whose fields are all in braces.

    This reads a file that a test keeps in one shape; it is no reader for any BibTeX. Raises InputError for an entry
    without author or editor, title, year or DOI, and for one key given twice.
    """
    seen: set[str] = set()
    for entry in _ENTRY.finditer(text):
        key = entry.group(2)
        fields = dict(_fields(text, entry.end()))
        fields.setdefault("author", fields.get("editor", ""))
        fields.setdefault("journal", ", ".join(fields[k] for k in ("booktitle", "publisher") if k in fields))
        missing = [name for name in ("author", "title", "journal", "year", "doi") if not fields.get(name)]
        if missing or key in seen:
            raise InputError(f"reference {key!r} " + (f"has no {missing[0]}" if missing else "is given twice"))
        seen.add(key)
        title = fields["title"] + (f", {fields['edition']} edition" if "edition" in fields else "")
        yield Reference(
            key=key,
            authors=tuple(fields["author"].split(" and ")),
            title=title,
            journal=fields["journal"],
            year=int(fields["year"]),
            doi=fields["doi"],
            volume=fields.get("volume", ""),
            pages=fields.get("pages", "").replace("--", "–"),
        )


def _fields(text: str, position: int) -> Iterator[tuple[str, str]]:
    """Yield name and value of the fields from `position` to the brace that closes the entry."""
    while (match := _FIELD.match(text, position)) is not None:
        start = match.end()
        depth, position = 1, start
        while depth and position < len(text):
            depth += {"{": 1, "}": -1}.get(text[position], 0)
            position += 1
        value = text[start : position - 1].replace("{", "").replace("}", "").replace("\\&", "&")
        yield match.group(1).lower(), " ".join(value.split())
        if text[position : position + 1] == ",":
            position += 1
