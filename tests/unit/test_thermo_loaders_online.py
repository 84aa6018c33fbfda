"""The Materials Project as a source, on recorded answers: paging, patience, resuming, and a key that nobody sees."""

import json
import logging
import re

import pytest

from interlayer.errors import InputError
from interlayer.thermo import read_table, window
from interlayer.thermo.materials_project import kept_tables, materials_project

requests = pytest.importorskip("requests")
KEY = "abcdefghijklmnopqrstuvwxyz012345"
ENERGIES = {
    "Li": [("mp-135", "Li", 0.0), ("mp-51", "Li", 0.003)],
    "S": [("mp-77", "S", 0.0)],
    "O": [("mp-12957", "O2", 0.0)],
    "Li-S": [("mp-1153", "Li2S", -1.43), ("mp-2", "LiS4", -0.2)],
    "Li-O": [("mp-1960", "Li2O", -2.05)],
    "O-S": [("mp-2414", "SO3", -1.2)],
    "Li-O-S": [("mp-4556", "Li2SO4", -2.2)],
}


class Answer:
    def __init__(self, content, status=200, headers=None):
        self.status_code = status
        self.headers = headers or {}
        self.content = content if isinstance(content, bytes) else json.dumps(content).encode()


class Recorded:
    """A session that answers as the API is documented, and writes down what it was asked."""

    def __init__(self, *first, page=1000):
        self.first = list(first)  # answers or errors that come before the regular ones
        self.page = page
        self.asked = []

    def get(self, url, *, params, headers, timeout, allow_redirects):
        self.asked.append((url, params))
        assert headers["X-API-KEY"] == KEY
        assert url.startswith("https://api.materialsproject.org/")
        assert timeout <= 60
        assert not allow_redirects  # another host must not see the key
        assert KEY not in json.dumps(params)
        if self.first:
            answer = self.first.pop(0)
            if isinstance(answer, Exception):
                raise answer
            if answer is not None:
                return answer
        if url.endswith("/heartbeat"):
            return Answer({"status": "OK", "db_version": "2025.09.25"})
        found = [one for system in params["chemsys"].split(",") for one in ENERGIES.get(system, [])]
        begin = int(params["_skip"])
        data = [
            {
                "material_id": name,
                "formula_pretty": formula,
                "formation_energy_per_atom": energy,
                "thermo_type": params["thermo_types"],
            }
            for name, formula, energy in found[begin : begin + self.page]
        ]
        return Answer({"data": data, "meta": {"api_version": "0.86", "total_doc": len(found)}})


@pytest.fixture(autouse=True)
def offline(monkeypatch, tmp_path):
    """A key, a folder of its own, no waiting, and no network whatever happens."""
    waited = []
    monkeypatch.setenv("MP_API_KEY", KEY)
    monkeypatch.setenv("INTERLAYER_CACHE", str(tmp_path / "kept"))
    monkeypatch.setattr("interlayer.thermo.materials_project_api.sleep", waited.append)
    monkeypatch.setattr("requests.Session", lambda: pytest.fail("a session for the network was opened"))
    return waited


def test_all_chemical_systems_of_the_elements_are_asked_for_once():
    session = Recorded()
    table = materials_project("S-Li-O", session=session)
    systems = [system for _, parameters in session.asked[1:] for system in parameters["chemsys"].split(",")]
    assert sorted(systems) == ["Li", "Li-O", "Li-O-S", "Li-S", "O", "O-S", "S"]
    assert set(table.formulas) == {"Li", "S", "O2", "Li2S", "LiS4", "Li2O", "SO3", "Li2SO4"}
    assert table.sources[table.row("Li")] == "mp-135"  # the lower of two polymorphs


def test_the_answer_says_convention_database_date_and_the_trap_of_sulfates():
    table = materials_project(["Li", "O", "S"], session=Recorded())
    found = window("Li2SO4", table=table)
    assert found.convention == "mp_2020"
    assert re.fullmatch(r"Materials Project Li-O-S \(database 2025\.09\.25, loaded \d{4}-\d\d-\d\d\)", found.table)
    assert any("GGA_GGA+U, database 2025.09.25" in line for line in found.references)
    assert any("10.1038/s41598-021-94550-5" in line for line in found.references)
    assert "sulfates such as Li2SO4 may come out too stable" in found.coverage
    assert "sulfates" not in window("Li2S", table=table).coverage


def test_formulas_name_their_elements_and_r2scan_is_kept_apart():
    session = Recorded()
    assert materials_project("Li2S-Li2O", session=session).name.startswith("Materials Project Li-O-S")
    table = materials_project("Li-O-S", functional="R2SCAN", session=session)
    assert table.convention == "r2scan"
    assert len(list((kept_tables() / "materials_project").iterdir())) == 2
    assert session.asked[-1][1]["thermo_types"] == "R2SCAN"


def test_what_was_loaded_once_needs_neither_network_nor_key(monkeypatch):
    loaded = materials_project("Li-S", session=Recorded())
    monkeypatch.delenv("MP_API_KEY")
    again = read_table("mp:Li-S")
    assert again.formulas == loaded.formulas
    assert again.name == loaded.name
    session = Recorded()
    with pytest.raises(InputError, match="needs a key"):
        materials_project("Li-S", refresh=True, session=session)
    monkeypatch.setenv("MP_API_KEY", KEY)
    materials_project("Li-S", refresh=True, session=session)
    assert session.asked


def test_the_kept_file_says_where_it_is_from_and_holds_no_key():
    materials_project("Li-S", session=Recorded())
    (file,) = (kept_tables() / "materials_project").iterdir()
    text = file.read_text(encoding="utf-8")
    kept = json.loads(text)
    assert file.name == "Li-S_GGA_GGAU.json"
    assert kept["licence"].startswith("CC BY 4.0")
    assert kept["database_version"] == "2025.09.25"
    assert kept["entries"][0] == ["mp-1153", "Li2S", -1.43]
    assert KEY not in text


def test_long_answers_come_in_pages():
    session = Recorded(page=2)
    assert len(materials_project("Li-O-S", session=session)) == 8
    assert [parameters["_skip"] for _, parameters in session.asked[1:]] == ["0", "2", "4", "6", "8"]


def test_a_busy_server_is_asked_again_after_the_time_it_names(offline):
    session = Recorded(None, Answer({}, 429, {"Retry-After": "7"}), Answer(b"", 503), requests.ConnectionError(KEY))
    assert len(materials_project("Li-S", session=session)) == 4
    assert [pause for pause in offline if pause] == [7.0, 2.0, 4.0]


def test_a_server_that_stays_away_leaves_one_line_and_what_was_loaded(monkeypatch):
    monkeypatch.setattr("interlayer.thermo.materials_project._SYSTEMS_AT_ONCE", 3)
    broken = Recorded(None, None, *[requests.Timeout(f"https://x?{KEY}")] * 5)
    with pytest.raises(InputError, match=r"did not answer in 5 tries \(Timeout\); what was loaded is kept") as caught:
        materials_project("Li-O-S", session=broken)
    assert KEY not in str(caught.value)
    assert caught.value.__cause__ is None
    session = Recorded()
    assert len(materials_project("Li-O-S", session=session)) == 8
    asked = [parameters["chemsys"] for _, parameters in session.asked[1:]]
    assert asked == ["Li-O,Li-S,O-S", "Li-O-S"]  # the elements were there already
    assert not list((kept_tables() / "materials_project").glob("*.part"))


def test_a_torn_partial_file_counts_up_to_where_it_is_whole(monkeypatch):
    monkeypatch.setattr("interlayer.thermo.materials_project._SYSTEMS_AT_ONCE", 3)
    with pytest.raises(InputError, match="HTTP 500"):
        materials_project("Li-O-S", session=Recorded(None, None, None, *[Answer(b"", 500)] * 5))
    (partial,) = (kept_tables() / "materials_project").glob("*.part")
    text = partial.read_text(encoding="utf-8")
    partial.write_text(text[:-20], encoding="utf-8")
    session = Recorded()
    assert len(materials_project("Li-O-S", session=session)) == 8
    assert [parameters["chemsys"] for _, parameters in session.asked[1:]] == ["Li-O,Li-S,O-S", "Li-O-S"]


def test_a_new_database_begins_anew(monkeypatch):
    monkeypatch.setattr("interlayer.thermo.materials_project._SYSTEMS_AT_ONCE", 3)
    with pytest.raises(InputError, match="HTTP 502"):
        materials_project("Li-O-S", session=Recorded(None, None, *[Answer(b"", 502)] * 5))
    session = Recorded(Answer({"db_version": "2026.01.01"}))
    assert "2026.01.01" in materials_project("Li-O-S", session=session).name
    assert session.asked[1][1]["chemsys"] == "Li,O,S"


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        (Answer({"detail": "no"}, 401), "refused the key in MP_API_KEY"),
        (Answer({"detail": "no"}, 403), "refused the key in MP_API_KEY"),
        (Answer({"detail": f"bad chemsys, key {KEY}"}, 422), "HTTP 422: 'bad chemsys, key ...'"),
        (Answer(b"<html>", 404), "HTTP 404: 'no reason given'"),
        (Answer(b"", 302, {"Location": "https://elsewhere.example"}), "sent the request elsewhere"),
        (Answer(b"<html>"), "something that is not JSON"),
        (Answer(b"[]"), "JSON that is no object"),
        (Answer({"meta": {}}), "without the key 'data'"),
        (Answer({"data": [3]}), "a material that is no object"),
        (
            Answer({"data": [{"material_id": "mp-1", "formula_pretty": "Li"}]}),
            "'mp-1' whose formula_pretty is 'Li' and whose formation_energy_per_atom is None",
        ),
        (
            Answer({"data": [{"material_id": "mp-1", "thermo_type": "R2SCAN"}]}),
            "mp-1 of another functional than GGA_GGA+U",
        ),
        (
            Answer({"data": [{"material_id": "m", "formula_pretty": "Zz", "formation_energy_per_atom": 0}]}),
            "answered with 'm', and 'Zz': 'Zz' is not an element",
        ),
        (Answer({"data": []}), "has no materials of Li"),
    ],
)
def test_a_server_that_refuses_or_talks_nonsense_gets_one_line(answer, problem):
    with pytest.raises(InputError, match=re.escape(problem)) as caught:
        materials_project("Li", session=Recorded(None, answer))
    assert "\n" not in str(caught.value)
    assert KEY not in str(caught.value)
    assert len(materials_project("Li", session=Recorded())) == 1  # nothing of it was kept


@pytest.mark.parametrize(
    ("key", "problem"),
    [(None, "needs a key"), ("  ", "needs a key"), ("short", "is no key"), (KEY[:-2] + "\r\n", "is no key")],
)
def test_a_key_that_cannot_be_one_is_not_sent_and_not_shown(monkeypatch, key, problem):
    monkeypatch.delenv("MP_API_KEY") if key is None else monkeypatch.setenv("MP_API_KEY", key)
    session = Recorded()
    with pytest.raises(InputError, match=problem) as caught:
        materials_project("Li", session=session)
    assert not session.asked
    assert not key or key not in str(caught.value) or not key.strip()


def test_nothing_logs_the_key(caplog):
    from interlayer.thermo.materials_project_api import connect

    with caplog.at_level(logging.DEBUG):
        materials_project("Li-S", session=Recorded(None, Answer({}, 500)))
    assert KEY not in caplog.text
    assert KEY not in repr(connect(Recorded()))


@pytest.mark.parametrize(
    ("asked", "problem"),
    [
        ("mp:", "formula is empty"),
        ("mp:Li-Xx", "'Xx' is not an element"),
        ("mp:HHeLiBeBCNOFNeNaMgAl", "1 to 12 elements at once, not 13"),
    ],
)
def test_nonsense_elements_are_refused_before_anything_is_sent(asked, problem):
    with pytest.raises(InputError, match=re.escape(problem)):
        read_table(asked)


def test_a_mixture_of_functionals_is_refused():
    with pytest.raises(InputError, match=r"allowed: GGA_GGA\+U, R2SCAN"):
        materials_project("Li", functional="GGA_GGA+U_R2SCAN", session=Recorded())


def test_a_damaged_kept_file_is_named():
    materials_project("Li", session=Recorded())
    (file,) = (kept_tables() / "materials_project").iterdir()
    for text in ("{", "[]", '{"entries": [[1, 2]]}', '{"entries": 3}'):
        file.write_text(text, encoding="utf-8")
        with pytest.raises(InputError, match=r"Li_GGA_GGAU.json' is damaged; delete it"):
            read_table("mp:Li")


def test_a_place_that_cannot_be_written_to_is_refused(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("")
    with pytest.raises(InputError, match="cannot keep the table"):
        materials_project("Li", folder=blocked, session=Recorded())
