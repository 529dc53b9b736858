"""The name of a build changes with everything that decides on its bytes."""

import tomllib

import pytest

from pipeline import PROJECT
from pipeline.publish import naming
from pipeline.publish.naming import LIBRARIES, code_and_options
from tests.dependencies import name_of_requirement

WITHOUT_EFFECT = {
    "filelock": "keeps two runs apart",
    "requests": "fetches; what is fetched is hashed",
    "rich": "shows bars",
    "sqlglot": "writes the questions about claims in the SQL of warehouses",
    "typer": "parses the command line",
    "urllib3": "fetches; what is fetched is hashed",
    "xlsxwriter": "writes workbooks, which are no part of a build",
}


def test_every_dependency_is_in_the_name_of_a_build_or_without_effect_on_it() -> None:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = {name_of_requirement(each) for each in project["dependencies"]}
    assert wanted == {*LIBRARIES, *WITHOUT_EFFECT}
    assert not set(LIBRARIES) & set(WITHOUT_EFFECT)


@pytest.mark.parametrize("library", LIBRARIES)
def test_another_version_of_a_library_that_reads_or_writes_is_another_build(
    monkeypatch: pytest.MonkeyPatch, library: str
) -> None:
    before, version_of = code_and_options([]), naming.package_version
    assert code_and_options([]) == before
    monkeypatch.setattr(naming, "package_version", lambda name: "0" if name == library else version_of(name))
    assert code_and_options([]) != before
