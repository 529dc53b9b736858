"""croissant.json. tests/export/test_croissant_package.py asks the reference package of the standard."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from schemas import TABLES
from schemas.arrow import arrow_schema, key_of
from tests.samples import EXCERPT, Project, run


@pytest.fixture(scope="module")
def croissant(whole: Project) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((whole.output / "latest" / "croissant.json").read_text("utf-8"))
    return found


def test_every_table_is_a_record_set_with_the_columns_and_the_key_of_its_model(croissant: dict[str, Any]) -> None:
    assert [each["name"] for each in croissant["recordSet"]] == list(TABLES)
    for each in croissant["recordSet"]:
        model = TABLES[each["name"]]
        assert [field["name"] for field in each["field"]] == arrow_schema(model).names
        assert [key["@id"] for key in each["key"]] == [f"{each['name']}/{column}" for column in key_of(model)]
        assert all(field["description"] for field in each["field"])


def test_references_lead_to_a_field(croissant: dict[str, Any]) -> None:
    fields = {field["@id"]: field for each in croissant["recordSet"] for field in each["field"]}
    referred = {field["references"]["field"]["@id"] for field in fields.values() if "references" in field}
    assert "systems/system" in referred
    assert referred <= fields.keys()
    assert fields["code_changes/replaced_by"]["repeated"]


def test_hashes_and_sizes_are_those_of_the_parquet_files(whole: Project, croissant: dict[str, Any]) -> None:
    latest = whole.output / "latest"
    assert {each["contentUrl"] for each in croissant["distribution"]} == {
        f"parquet/{path.name}" for path in (latest / "parquet").iterdir()
    }
    for each in croissant["distribution"]:
        content = (latest / each["contentUrl"]).read_bytes()
        assert each["contentSize"] == f"{len(content)} B"
        assert each["sha256"] == hashlib.sha256(content).hexdigest()


def test_it_is_cited_as_the_package_is(whole: Project, croissant: dict[str, Any]) -> None:
    package = json.loads((whole.output / "latest" / "datapackage.json").read_text("utf-8"))
    assert croissant["citeAs"] == package["citation"]


def test_an_export_of_csv_alone_has_none_and_its_tables_are_still_described(tmp_path: Path) -> None:
    assert run("export", str(tmp_path / "own"), "--raw", str(EXCERPT), "--format", "csv").exit_code == 0
    assert {path.name for path in (tmp_path / "own").iterdir()} == {"csv", "datapackage.json"}
    package = json.loads((tmp_path / "own" / "datapackage.json").read_text("utf-8"))
    assert [each["name"] for each in package["resources"]] == list(TABLES)
    assert all("parquet" not in each for each in package["resources"])


def test_an_export_of_parquet_alone_describes_it(tmp_path: Path) -> None:
    assert run("export", str(tmp_path / "own"), "--raw", str(EXCERPT), "--format", "parquet").exit_code == 0
    assert {path.name for path in (tmp_path / "own").iterdir()} == {"parquet", "croissant.json", "datapackage.json"}
    package = json.loads((tmp_path / "own" / "datapackage.json").read_text("utf-8"))
    assert {each["format"] for each in package["resources"]} == {"parquet", "json"}
