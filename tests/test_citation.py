"""CITATION.cff says of the project what pyproject.toml says; its form was checked with cffconvert, no dependency."""

from typing import Any

import pytest
import yaml

from pipeline import PROJECT, __version__
from pipeline.export.build_identity import AUTHORS, SOFTWARE
from tests.dependencies import declared_project

REQUIRED = {"cff-version", "message", "title", "authors"}  # of version 1.2.0 of the format


@pytest.fixture(scope="module")
def citation() -> Any:
    return yaml.safe_load((PROJECT / "CITATION.cff").read_text(encoding="utf-8"))


def test_it_has_what_the_format_requires(citation: Any) -> None:
    assert citation.keys() >= REQUIRED
    assert citation["cff-version"] == "1.2.0"
    assert all({"type", "title", "authors"} <= each.keys() for each in citation["references"])


def test_it_names_the_version_the_authors_and_the_licence_of_the_project(citation: Any) -> None:
    project = declared_project()
    assert citation["version"] == project["version"] == __version__ == SOFTWARE["version"]
    assert SOFTWARE["name"] == project["name"]
    assert citation["authors"] == project["authors"] == [{"name": AUTHORS}]
    assert (citation["license"], citation["abstract"]) == (project["license"], project["description"])
