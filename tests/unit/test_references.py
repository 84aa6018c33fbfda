"""Every value names a source that exists, every source is used, and claims belong to the paper that is named."""

import csv
import re
from pathlib import Path

import pytest

import interlayer
from interlayer.errors import InputError
from interlayer.materials import library
from interlayer.materials.sheet import value_rows
from interlayer.references import bibliography, citations, read_bibtex, reference, references

PAPERS = {"wang2020": "000", "wu2016": "001", "wang2021": "002", "tan2021": "003", "wang2021amr": "004"}
CLAIMS = Path(__file__).parents[2].parent / "shared" / "data" / "claims.csv"


def sources_in_the_library() -> set[str]:
    sources = {row.source for entry in library().values() for row in value_rows(entry)}
    return sources | {entry.source for entry in library().values() if entry.source}


@pytest.mark.parametrize("source", sorted(sources_in_the_library()))
def test_every_source_of_the_library_is_in_the_bibliography(source):
    assert reference(source).key == source.split(":")[0]


def test_every_entry_of_the_bibliography_is_used_or_is_one_of_the_papers():
    package = Path(interlayer.__file__).parent
    files = [path for suffix in ("py", "toml", "csv") for path in package.rglob(f"*.{suffix}")]
    text = "\n".join(path.read_text(encoding="utf-8") for path in files)
    used = set(re.findall(r"\b[a-z]+(?:19|20)\d\d[a-z]*\b", text))
    assert set(bibliography()) - used - set(PAPERS) == set()


def test_only_the_papers_have_numbered_claims():
    with_claim = {source.split(":")[0] for source in sources_in_the_library() if ":" in source}
    assert with_claim <= set(PAPERS)


def test_a_claim_belongs_to_the_paper_that_the_source_names():
    if not CLAIMS.exists():
        pytest.skip("the table of claims is not part of the package")
    with CLAIMS.open(encoding="utf-8", newline="") as file:
        paper_of = {row["id"]: row["paper"] for row in csv.DictReader(file)}
    for source in sources_in_the_library():
        key, _, claim = source.partition(":")
        if claim:
            assert paper_of.get(claim) == PAPERS[key], source


def test_every_reference_has_a_doi_a_year_and_whole_authors():
    for entry in bibliography().values():
        assert re.fullmatch(r"10\.\d{4,5}/\S+", entry.doi), entry
        assert 1900 <= entry.year <= 2026, entry
        assert all(name.strip() and "others" not in name for name in entry.authors), entry
        assert not re.search(r"[{}\\$]", entry.citation), entry


def test_no_two_entries_are_the_same_work():
    dois = [entry.doi.lower() for entry in bibliography().values()]
    assert len(dois) == len(set(dois))


def test_the_claim_of_a_source_is_kept():
    found = reference("wang2020:S0-29")
    assert (found.key, found.claim, found.year) == ("wang2020", "S0-29", 2020)
    assert reference("wang2020").claim is None


def test_a_citation_is_one_line_with_journal_and_doi():
    line = reference("kamaya2011").citation
    assert "\n" not in line
    assert line.startswith("Kamaya, Noriaki et al.: A lithium superionic conductor. Nature Materials 10 (2011)")
    assert line.endswith("https://doi.org/10.1038/nmat3066")


def test_an_unknown_key_names_the_closest_one():
    with pytest.raises(InputError, match="did you mean 'kamaya2011'"):
        reference("kamaya2001")


def test_references_are_sorted_and_each_named_once():
    found = references(["wu2016:S1-14", "kato2016", "wu2016:S1-14", "wu2016", "kato2016"])
    assert [(entry.key, entry.claim) for entry in found] == [("kato2016", None), ("wu2016", None), ("wu2016", "S1-14")]


def test_citations_gather_the_claims_of_a_paper_and_keep_a_users_own_words():
    lines = citations(["wu2016:S1-37", "our own pycnometer", "wu2016:S1-14", "kato2016", "our own pycnometer"])
    assert len(lines) == 3
    assert lines[1].endswith("[S1-14, S1-37]")
    assert lines[2] == "our own pycnometer"


ENTRY = """@article{a1,
  author = {Roe, A. and Doe, {\\o} B.},
  title  = {On {Li}},
  journal = {J},
  year = {2001},
  doi = {10.1/x}
}
"""


def test_braces_group_and_do_not_show():
    assert next(read_bibtex(ENTRY)).title == "On Li"


@pytest.mark.parametrize("field", ["author", "title", "journal", "year", "doi"])
def test_an_entry_without_a_needed_field_is_refused(field):
    with pytest.raises(InputError, match=f"'a1' has no {field}"):
        list(read_bibtex(re.sub(rf"  {field}\s*= .*\n", "", ENTRY)))


def test_a_key_given_twice_is_refused():
    with pytest.raises(InputError, match="given twice"):
        list(read_bibtex(ENTRY + ENTRY))
