"""What a build is called and how it is cited."""

import json
from pathlib import Path
from typing import Any

import pytest

from pipeline.build_options import BuildOptions
from pipeline.errors import UsageError
from tests.samples import Project, make_project


def package_of(project: Project) -> Any:
    return json.loads((project.output / "latest" / "datapackage.json").read_text("utf-8"))


@pytest.mark.parametrize("version", [None, "2026.11.0", "2026.1.12"])
def test_calendar_versions_are_accepted(version: str | None) -> None:
    assert BuildOptions(version=version).version == version


@pytest.mark.parametrize("version", ["2026.11", "2026.01.0", "2026.13.0", "2026.11.00", "v2026.11.0", "1.0.0", ""])
def test_what_is_no_calendar_version_is_refused(version: str) -> None:
    with pytest.raises(UsageError, match=r"2026\.11\.0"):
        BuildOptions(version=version)


def test_a_build_has_a_version_where_it_is_given_one_and_then_an_id_of_its_own(tmp_path: Path) -> None:
    project = make_project(tmp_path)
    assert project.build().exit_code == 0
    without = package_of(project)
    assert "version" not in without
    assert f"Build {without['id']}, made by crosswalk-codes {without['software']['version']}" in without["citation"]
    assert project.build("--version", "2026.11.0").exit_code == 0
    named = package_of(project)
    assert named["version"] == "2026.11.0"
    assert named["id"] != without["id"]
    assert f"Version 2026.11.0, build {named['id']}," in named["citation"]
    assert "from files of CMS, NCHS/CDC, who endorse nothing here" in named["citation"]
    assert json.loads((project.output / "latest" / "croissant.json").read_text("utf-8"))["version"] == "2026.11.0"
    assert project.build().exit_code == 0
    assert package_of(project) == without


def test_a_version_that_is_none_builds_nothing(tmp_path: Path) -> None:
    project = make_project(tmp_path)
    answer = project.build("--version", "2026.1")
    assert answer.exit_code == 2
    assert not (project.output / "latest").exists()


def test_the_terms_of_each_system_with_a_listing_are_told(whole: Project) -> None:
    licences = package_of(whole)["system_licences"]
    assert licences["ICD10PCS"] == "US government work (public domain)"
    assert licences["ICD10"] == "Codes: US government list; titles: WHO copyright"
    assert "NDC" not in licences
