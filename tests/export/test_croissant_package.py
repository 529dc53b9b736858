"""croissant.json, read by the reference package of the standard: `make croissant` installs it and runs this."""

import json
from pathlib import Path

import pytest

from tests.samples import make_project

WHY = (
    "CROISSANT NOT VALIDATED: its package is not installed; `make croissant` installs it (croissant.lock) and runs this"
)
mlcroissant = pytest.importorskip("mlcroissant", reason=WHY)


def test_the_reference_package_finds_no_fault_and_misses_only_the_day_of_publication(tmp_path: Path) -> None:
    """Which no build knows."""
    project = make_project(tmp_path)
    assert project.build("--version", "2026.11.0").exit_code == 0
    issues = mlcroissant.Dataset(str(project.output / "latest" / "croissant.json")).metadata.ctx.issues
    assert issues.errors == set()
    assert [each for each in issues.warnings if "datePublished" not in str(each)] == []


def test_the_reference_package_reads_the_records(excerpt_build: Path) -> None:
    data = mlcroissant.Dataset(str(excerpt_build / "croissant.json"))
    records = list(data.records("systems"))
    assert len(records) == json.loads((excerpt_build / "datapackage.json").read_text("utf-8"))["resources"][0]["rows"]
    assert b"ICD10CM" in {each["systems/system"] for each in records}


def test_a_reference_to_a_field_that_there_is_not_is_found(excerpt_build: Path, tmp_path: Path) -> None:
    """The tests above can fail."""
    text = (excerpt_build / "croissant.json").read_text("utf-8")
    path = tmp_path / "croissant.json"
    path.write_text(
        text.replace(
            '"fileObject": {\n       "@id": "parquet/codes.parquet"', '"fileObject": {\n       "@id": "nowhere"'
        ),
        "utf-8",
    )
    assert path.read_text("utf-8") != text
    with pytest.raises(mlcroissant.ValidationError):
        mlcroissant.Dataset(str(path))
