"""Overrides of single keys: on a file and on a cell they are the same."""

import pytest

from interlayer.cell import build_cell, changed_cell, example_files, load_cell
from interlayer.cell.changes import apply_change, contents
from interlayer.errors import InputError


@pytest.mark.parametrize("name", sorted(example_files()))
def test_the_contents_of_a_description_build_the_same_cell(name):
    cell = load_cell(name)
    again = build_cell(contents(cell.description), cell.library)
    assert again.description == cell.description


@pytest.mark.parametrize(
    "change",
    [
        "cathode.loading=10 mg/cm2",
        "separator.thickness=33 um",
        "separator.0.thickness=33 um",
        "cathode.composition.NCA=70",
        "collectors.anode=",
        "stack={ arrangement = 'bipolar', cells = 10 }",
        "anode.excess=0.5",
        "densities.carbon black=2 g/cm3",
        'densities."carbon black"=2 g/cm3',
        "cathode.composition.'Li1.3Al0.3Ti1.7(PO4)3'=5",
    ],
)
def test_a_change_of_a_cell_is_the_change_of_its_file(change):
    assert (
        changed_cell(load_cell("wu2016_llzo"), [change]).description
        == load_cell("wu2016_llzo", changes=[change]).description
    )


def test_a_change_leaves_the_cell_it_started_from_alone():
    cell = load_cell("wu2016_llzo")
    before = cell.description.model_dump()
    changed_cell(cell, ["cathode.loading=10 mg/cm2", "collectors.anode="])
    assert cell.description.model_dump() == before


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("cathode.loading", "is not KEY=VALUE"),
        ("=3", "is not KEY=VALUE"),
        ("densities.'NCA=3", "is not KEY=VALUE"),
        ("cathode..loading=3", "is not KEY=VALUE"),
        ("separator.5.thickness=3 um", "entry 5 does not exist"),
        ("separator.5=3 um", "no such place"),
        ("name.first=3", "no such place"),
        ("name.first.second=3", "is not a table"),
        ("cathode.nothing=", "no such key to remove"),
    ],
)
def test_a_change_that_has_no_place_is_one_line(change, says):
    with pytest.raises(InputError, match=says) as error:
        load_cell("wu2016_llzo", changes=[change])
    assert "\n" not in str(error.value)


def test_a_list_with_several_entries_asks_which():
    data = {"separator": [{"thickness": "1 um"}, {"thickness": "2 um"}]}
    with pytest.raises(InputError, match=r"say which, e\.g\. separator\.0\.thickness"):
        apply_change(data, "separator.thickness=3 um")
    apply_change(data, "separator.1.thickness=3 um")
    assert data["separator"][1]["thickness"] == "3 um"
