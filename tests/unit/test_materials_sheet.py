"""What is shown of a material is what the library holds, in numbers a script can rely on."""

import json

import pytest

from interlayer import units
from interlayer.errors import InputError
from interlayer.materials import library, material
from interlayer.materials.sheet import sheet, summaries, value_rows


def test_si_of_a_row_is_the_value_written():
    for entry in library().values():
        for row in value_rows(entry):
            if row.si is None:
                continue
            kind = next(d.kind for d in getattr(entry, row.property))
            written = float(row.value) if kind == "number" else units.parse(row.value, kind)
            assert row.si == pytest.approx(written), (entry.name, row)
            assert units.UNITS[kind][row.si_unit] == 1.0


def test_the_first_row_of_a_property_is_the_value_used():
    rows = value_rows(material("LGPS"))
    first = next(row for row in rows if row.property == "conductivity")
    assert first.si == material("LGPS").value("conductivity").si


def test_all_differing_values_are_shown():
    rows = [row for row in value_rows(material("S")) if row.property == "density"]
    assert [row.value for row in rows] == ["2.07 g/cm3", "2.03 g/cm3"]


def test_a_curve_is_shown_with_its_range():
    curve = next(row for row in value_rows(material("NCA")) if row.property == "open_circuit")
    assert curve.si is None
    assert curve.form == "x from 0.36 to 0.98"


def test_the_sheet_cites_every_source_of_its_rows_in_full():
    for entry in library().values():
        shown = sheet(entry)
        keys = {row.source.split(":")[0] for row in shown.values} | (
            {entry.source.split(":")[0]} if entry.source else set()
        )
        assert len(shown.references) == len(keys)
        assert all("https://doi.org/" in line for line in shown.references)


def test_the_list_has_every_material_once():
    names = [row.name for row in summaries(library().values()).materials]
    assert names == list(library())


def run(capsys, *arguments):
    from interlayer.cli import run as cli

    status = cli(["materials", *arguments])
    captured = capsys.readouterr()
    return status, captured.out, captured.err


def test_the_verb_prints_one_json_document_and_nothing_else(capsys):
    status, out, err = run(capsys, "LNTO-450", "--json")
    data = json.loads(out)
    assert (status, err) == (0, "")
    conductivity = next(row for row in data["values"] if row["property"] == "conductivity")
    assert conductivity["si"] == pytest.approx(3.87e-3)
    assert conductivity["source"] == "wang2020:S0-21"
    assert data["molar_mass_g_per_mol"] == pytest.approx(191.87, abs=0.02)


def test_the_verb_lists_all_as_json(capsys):
    status, out, _ = run(capsys, "--json")
    rows = {row["name"]: row for row in json.loads(out)["materials"]}
    assert status == 0
    assert len(rows) == len(library())
    assert rows["Li10GeP2S12"]["conductivity_S_per_cm"] == pytest.approx(2.8e-3)
    assert rows["PEDOT"]["density_g_per_cm3"] is None


def test_the_verb_prints_tables_for_people(capsys):
    status, out, _ = run(capsys, "LGPS")
    assert status == 0
    for text in ("2.8 mS/cm", "wang2020:S0-29", "kamaya2011", "10.1038/nmat3066"):
        assert text in out
    status, out, _ = run(capsys)
    assert status == 0
    assert f"{len(library())} materials" in out


def test_square_brackets_of_a_formula_survive_the_console(capsys):
    _, out, _ = run(capsys, "Li10.35[Sn0.27Si1.08]P1.65S12")
    assert "Li10.35[Sn0.27Si1.08]P1.65S12, " in out


def test_a_miss_is_one_line_with_the_closest_name_and_exit_2(capsys):
    status, out, err = run(capsys, "NMC352")
    assert (status, out) == (2, "")
    assert "did you mean 'NMC532'" in err
    assert err.count("\n") == 1


def test_own_materials_are_shown_too(capsys, tmp_path):
    path = tmp_path / "my.toml"
    path.write_text(
        '[Mine]\nkind = "coating"\nfamily = "own"\ndensity = [{ value = "2 g/cm3", source = "our pycnometer" }]\n',
        encoding="utf-8",
    )
    status, out, _ = run(capsys, "mine", "--materials", str(path), "--json")
    assert status == 0
    assert json.loads(out)["references"] == ["our pycnometer"]


def test_a_material_without_values_has_a_sheet_too():
    assert sheet(material("alucone")).values == ()
    with pytest.raises(InputError, match="no formula"):
        _ = material("alucone").molar_mass
