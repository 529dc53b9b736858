"""The lists that ship: described as data packages are, and lists that the command reads."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from pipeline import PROJECT
from pipeline.ask.codelist.list_text import read_list

LISTS = PROJECT / "lists"
PACKAGE: dict[str, Any] = json.loads((LISTS / "datapackage.json").read_text(encoding="utf-8"))
CODE_LISTS = [each["name"] for each in PACKAGE["resources"] if each["name"] != "weights"]


def test_every_file_is_described_with_its_source_its_licence_and_its_day() -> None:
    assert {each["path"] for each in PACKAGE["resources"]} == {path.name for path in LISTS.glob("*.csv")}
    assert all(each["sources"] and each["licenses"] and each["created"] for each in PACKAGE["resources"])
    readme = (LISTS / "README.md").read_text(encoding="utf-8")
    assert [each["path"] for each in PACKAGE["resources"] if f"`{each['path']}`" not in readme] == []


def test_frictionless_finds_no_fault_in_them() -> None:
    from frictionless import Package

    report = Package(str(LISTS / "datapackage.json")).validate()
    assert report.valid, report.flatten(["rowNumber", "message"])


@pytest.mark.parametrize("name", CODE_LISTS)
def test_a_list_is_read_whole_and_says_of_which_system_each_code_is(name: str) -> None:
    text = (LISTS / f"{name}.csv").read_text(encoding="utf-8")
    found = read_list(text)
    assert len(found.entries) == len(text.splitlines()) - 1
    assert {each.system for each in found.entries} == {"ICD9CM", "ICD10CM"}
    assert found.words == ()


@pytest.mark.parametrize("name", CODE_LISTS)
def test_every_concept_has_a_weight_and_gives_way_only_to_another_concept(name: str) -> None:
    concepts = set(read_list((LISTS / f"{name}.csv").read_text(encoding="utf-8")).concepts)
    with Path(LISTS / "weights.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["list"] == name]
    assert {row["concept"] for row in rows} == concepts
    assert {row["unless"] for row in rows} - {""} <= concepts
