"""The table of claims: what counts as agreement, that nothing reads its own answer, that inputs move outputs."""

import json
from dataclasses import dataclass, field
from itertools import pairwise

import pytest

from interlayer.cell.assumptions import stated_quantities
from interlayer.cli import run as run_command
from interlayer.errors import InputError
from interlayer.literature import Basis, claim, claims, paper, papers
from interlayer.literature.claims import CHECKABLE
from interlayer.literature.computation import Answer, check, compute_one, inconsistent, only
from interlayer.literature.study import PAPERS
from interlayer.literature.summary import deviation, markdown, of_paper, spoken
from interlayer.literature.verdict import allowed, half_digit, judge


@pytest.fixture(scope="module")
def basis():
    return Basis()


@pytest.fixture(scope="module")
def table(basis):
    return papers(basis=basis)


# the claims


def test_there_are_418_claims_with_unique_ids_in_order():
    found = claims()
    assert len(found) == 418
    assert len({one.id for one in found}) == 418
    for a, b in pairwise(found):
        key_a, key_b = ((one.paper, int(one.id.split("-")[1])) for one in (a, b))
        assert key_a < key_b
    assert {one.paper for one in found} == set(PAPERS)


@pytest.mark.parametrize(
    ("name", "numbers", "is_range", "bound"),
    [
        ("S0-24", (5.0, 10.0), True, ""),
        ("S1-67", (2e-4, 3e-4), True, ""),
        ("S2-06", (-0.38,), False, ""),
        ("S0-83", (12.0, 4.0), False, ""),
        ("S4-14", (-3.04, 3860.0), False, ""),
        ("S1-36", (5.0,), False, "<"),
        ("S1-102", (2.0,), False, ">="),
        ("S3-01", (1e-6, 1e-3), False, ""),
        ("S0-17", (), False, ""),
    ],
)
def test_numbers_are_read_as_printed(name, numbers, is_range, bound):
    one = claim(name)
    assert one.numbers == pytest.approx(numbers)
    assert (one.is_range, one.bound) == (is_range, bound)


def test_an_unknown_claim_or_paper_costs_one_line():
    for call in (lambda: claim("S0-999"), lambda: paper("wang2019"), lambda: Basis().number("S0-24")):
        with pytest.raises(InputError) as error:
            call()
        assert "\n" not in str(error.value)


# verdicts


@pytest.mark.parametrize(
    ("text", "half"), [("120", 0.5), ("5.0", 0.05), ("1.23e-4", 0.005e-4), ("0.38", 0.005), ("1e-7", 0.5e-7)]
)
def test_half_a_digit(text, half):
    assert half_digit(text) == pytest.approx(half)


def test_a_formula_has_to_meet_two_percent_or_the_rounding():
    ratio = claim("S0-77")  # 91.66 g/mol
    assert judge(ratio, 91.69, "exact") == ("agrees", pytest.approx(91.69 / 91.66))
    assert judge(ratio, 94.0, "exact")[0] == "differs"
    assert judge(ratio, 94.0, "predicted")[0] == "agrees"
    whole = claim("S1-59")  # 4 %
    assert judge(whole, 4.49, "exact")[0] == "agrees"
    assert judge(whole, 4.6, "exact")[0] == "differs"


def test_a_change_is_judged_by_the_change():
    aged = claim("S0-64")  # 402 ohm, fresh 369
    assert judge(aged, 410.0, "predicted")[0] == "agrees"
    assert judge(aged, 410.0, "predicted", 369.0) == ("differs", pytest.approx(41.0 / 33.0))
    efficiency = claim("S0-38")  # 87.14 %
    assert judge(efficiency, 88.0, "predicted")[0] == "agrees"
    assert judge(efficiency, 85.0, "predicted") == ("differs", pytest.approx(15.0 / 12.86))


def test_bounds_ranges_words_and_potentials():
    assert judge(claim("S4-74"), 99.99, "exact")[0] == "agrees"
    assert judge(claim("S4-74"), 99.0, "predicted")[0] == "differs"  # > 99.98 %: a bound has no tolerance
    assert judge(claim("S1-102"), 1.9, "exact")[0] == "differs"  # >= 2
    assert judge(claim("S0-66"), 60.0, "predicted") == ("agrees", 1.0)  # 50-70 nm
    assert judge(claim("S0-66"), 140.0, "predicted") == ("differs", pytest.approx(2.0))
    assert judge(claim("S0-32"), True, "predicted") == ("agrees", None)
    assert judge(claim("S0-32"), False, "predicted") == ("differs", None)
    assert judge(claim("S0-31"), 3.34, "predicted")[0] == "agrees"  # 3.25 V: 0.1 V either way
    assert judge(claim("S0-31"), 3.40, "predicted")[0] == "differs"
    assert judge(claim("S2-28"), 168.0, "predicted")[0] == "differs"  # 168.8 eV: 0.3 eV, not 10 %
    assert judge(claim("S0-83"), (12.25, 4.1), "exact")[0] == "agrees"  # approximate, and within half a digit
    assert judge(claim("S0-31"), None, "reported") == ("cannot_be_derived", None)
    assert judge(claim("S0-31"), float("nan"), "predicted")[0] == "cannot_be_derived"


def test_the_worst_of_several_numbers_is_the_factor():
    assert judge(claim("S0-83"), (12.0, 8.0), "exact") == ("differs", pytest.approx(2.0))
    assert len(allowed(claim("S0-83"), "exact")) == 2


def test_a_row_knows_what_it_was_computed_from():
    row = compute_one(
        only("S0-72", "exact", lambda b: Answer(b.number("S0-70") / b.number("S0-69"), "why")), claim("S0-72"), Basis()
    )
    assert row.basis == ("S0-70", "S0-69")
    assert row.our_value == pytest.approx(2.88, abs=0.01)
    wrong = compute_one(inconsistent("S0-72", "exact", lambda b: Answer(3.0, "why")), claim("S0-72"), Basis())
    assert wrong.verdict == "inconsistent"


# all five papers


def test_every_claim_is_a_row_and_every_checkable_one_has_a_verdict(table):
    assert [row.claim for row in table.rows] == [one.id for one in claims()]
    for row in table.rows:
        assert row.reason, row.claim
        assert row.verdict in ("agrees", "differs", "cannot_be_derived", "inconsistent")
        if row.kind in CHECKABLE:
            assert "nothing computes it yet" not in row.reason, row.claim
        if row.verdict == "cannot_be_derived":
            assert row.our_value is None or row.how != "exact", row.claim


def test_no_claim_is_computed_twice():
    for number in PAPERS:
        check(paper(number).computations)


@dataclass(frozen=True)
class Watched(Basis):
    """A basis that keeps the sources of what its cells were built from, as they are simulated."""

    sources: set = field(default_factory=set)

    def cell(self, name, *changes):
        cell = super().cell(name, *changes)
        self.sources.update(
            quantity.source
            for path, quantity in stated_quantities(cell.description)
            if quantity.source and not path.startswith("reported")
        )
        return cell


@pytest.mark.parametrize("number", list(PAPERS))
def test_nothing_that_agrees_was_computed_from_its_own_answer(table, number):
    verdicts = {row.claim: row.verdict for row in table.rows}
    own = []
    for computation in paper(number).computations:
        for name in computation.claims:
            if computation.how == "fitted" or verdicts[name] != "agrees":
                continue
            basis = Watched()
            computation.compute(basis, name)
            if name in basis.used or f"{paper(number).key}:{name}" in basis.sources:
                own.append(name)
    assert own == []


def test_most_values_move_when_what_they_rest_on_moves(table):
    """Each claim that a number of a paper entered is computed again with that number 20 % larger."""
    still = []
    moved = 0
    for number in PAPERS:
        of_claim = {name: one for one in paper(number).computations for name in one.claims}
        for row in of_paper(table, number).rows:
            inputs = [name for name in row.basis if name.startswith("S") and name != row.claim and claim(name).numbers]
            if not isinstance(row.our_value, float) or not inputs:
                continue
            if any(_moves(of_claim[row.claim], row, name) for name in inputs):
                moved += 1
            else:
                still.append(row.claim)
    assert moved > 100
    # a reaction energy (its neighbour stands in the reason only), a count of peaks, a density of the library's
    assert set(still) <= {"S2-07", "S2-18", "S2-60"}


def _moves(computation, row, name):
    try:
        return computation.compute(Basis(factors={name: 1.2}), row.claim).value != row.our_value
    except (InputError, ValueError):
        return True  # a number that can no longer be is one that was used


def test_the_summary_has_every_miss_and_the_page_every_claim(table):
    text = markdown(table)
    for row in table.checkable:
        if row.verdict == "differs":
            assert f"{row.claim} " in text, row.claim
    assert text.count("\n") == 7
    assert deviation(table.rows[0]) == "" or isinstance(deviation(table.rows[0]), str)
    assert (spoken(None), spoken(True), spoken((1.0, 2.5))) == ("-", "yes", "1, 2.5")


def test_figures_draw(basis):
    for number in PAPERS:
        figures = paper(number).figures
        assert figures, number
        assert len({one.name for one in figures}) == len(figures)


def test_the_command_prints_a_list_with_the_promised_keys(capsys, tmp_path):
    assert run_command(["papers", "004", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert {"claim", "paper_value", "our_value", "unit", "how", "factor", "verdict", "reason"} <= set(rows[0])
    assert len(rows) == len(claims("004"))
    assert run_command(["papers", "002", "--out", str(tmp_path)]) == 0
    assert {"papers.json", "papers.csv", "papers.xlsx", "papers.html"} < {path.name for path in tmp_path.iterdir()}
    page = (tmp_path / "papers.html").read_text(encoding="utf-8")
    assert all(one.id in page for one in claims("002"))
    assert "http" not in page.replace("https://doi.org", "")
    assert run_command(["papers", "005"]) == 2
    assert run_command(["papers", "--json", "--html"]) == 2


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (["--json", "--html"], "not both"),
        (["--summary", "--json"], "not both"),
        (["--predict", "--html"], "--predict goes with"),
        (["--summary", "--differing"], "--differing goes with"),
        (["001", "--predict"], "nothing to train on"),
        (["005"], "no paper '005'"),
    ],
)
def test_options_that_do_not_go_together_cost_one_line(arguments, part, capsys):
    assert run_command(["papers", *arguments]) == 2
    assert part in capsys.readouterr().err


def test_only_what_differs_as_json(capsys):
    assert run_command(["papers", "WANG2020", "--differing", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert rows
    assert {row["verdict"] for row in rows} <= {"differs", "inconsistent"}


def test_a_file_in_place_of_a_folder_is_named(tmp_path, capsys):
    (tmp_path / "good.xlsx").write_text("mine")
    assert run_command(["papers", "003", "--out", str(tmp_path / "good.xlsx")]) == 2
    assert "is a file, not a folder" in capsys.readouterr().err
    assert (tmp_path / "good.xlsx").read_text() == "mine"
