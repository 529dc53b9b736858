"""datapackage.json."""

import hashlib
import json
from typing import Any

import pyarrow.parquet as pq
import pytest

from pipeline.export import DATABASE
from schemas import TABLES
from schemas.arrow import arrow_schema, key_of
from tests.samples import Project


def tables_of(package: dict[str, Any]) -> list[dict[str, Any]]:
    return [each for each in package["resources"] if "schema" in each]


def files_of(package: dict[str, Any]) -> list[dict[str, Any]]:
    """Every file that is described, with its path."""
    resources = package["resources"]
    others = [own for each in resources for own in each.values() if isinstance(own, dict) and "path" in own]
    return [*resources, *others, *(file for each in resources for file in each.get("files", []))]


@pytest.fixture(scope="module")
def package(whole: Project) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((whole.output / "latest" / "datapackage.json").read_text("utf-8"))
    return found


def test_package_is_named_by_its_build(whole: Project, package: dict[str, Any]) -> None:
    assert package["id"] == (whole.output / "latest").readlink().name
    assert package["sources"]
    assert package["licenses"]


def test_every_table_is_a_resource(package: dict[str, Any]) -> None:
    assert [resource["name"] for resource in tables_of(package)] == list(TABLES)
    assert len({resource["name"] for resource in package["resources"]}) == len(package["resources"])


def test_hashes_bytes_and_rows_are_true(whole: Project, package: dict[str, Any]) -> None:
    latest = whole.output / "latest"
    for file in [each for each in files_of(package) if each["path"] != DATABASE]:
        content = (latest / file["path"]).read_bytes()
        assert file["bytes"] == len(content)
        assert file["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
    for resource in tables_of(package):
        assert resource["rows"] == pq.read_metadata(latest / resource["parquet"]["path"]).num_rows


def test_files_of_a_build_are_described_and_nothing_else_is_there(whole: Project, package: dict[str, Any]) -> None:
    latest = whole.output / "latest"
    described = {file["path"] for file in files_of(package)} | {"datapackage.json"}
    assert {path.relative_to(latest).as_posix() for path in latest.rglob("*") if path.is_file()} == described


def test_fields_and_keys_are_those_of_the_models(package: dict[str, Any]) -> None:
    for resource in tables_of(package):
        model = TABLES[resource["name"]]
        assert resource["schema"]["primaryKey"] == key_of(model)
        fields = {field["name"]: field for field in resource["schema"]["fields"]}
        assert list(fields) == arrow_schema(model).names
        assert all(field["description"] for field in fields.values())


def test_foreign_keys_name_a_column_of_a_resource(package: dict[str, Any]) -> None:
    columns = {each["name"]: {field["name"] for field in each["schema"]["fields"]} for each in tables_of(package)}
    keys = [key for each in tables_of(package) for key in each["schema"]["foreignKeys"]]
    assert keys
    assert all(set(key["reference"]["fields"]) <= columns[key["reference"]["resource"]] for key in keys)


@pytest.mark.slow
def test_frictionless_finds_no_fault(whole: Project) -> None:
    from frictionless import Package

    report = Package(str(whole.output / "latest" / "datapackage.json")).validate()
    assert report.flatten(["type", "message"]) == []
    assert report.valid
    assert report.stats["tasks"] >= len(TABLES)


@pytest.mark.slow
def test_frictionless_finds_a_changed_byte(whole: Project, tmp_path_factory: pytest.TempPathFactory) -> None:
    """The test above can fail."""
    import shutil

    from frictionless import Package

    copy = shutil.copytree((whole.output / "latest").resolve(), tmp_path_factory.mktemp("copy") / "build")
    csv = copy / "csv" / "sections.csv"
    csv.write_bytes(csv.read_bytes().replace(b"Neoplasms", b"neoplasms", 1))
    assert not Package(str(copy / "datapackage.json")).validate().valid
