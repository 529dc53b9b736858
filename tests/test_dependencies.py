"""What the package imports is what pyproject.toml declares, and CONTRIBUTING.md says why."""

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions

from pipeline import PROJECT
from tests.dependencies import name_of_requirement

OWN = {"pipeline", "schemas"}


def modules_imported() -> set[str]:
    """The first names of all modules that the package imports, in functions too."""
    found: set[str] = set()
    for path in (path for name in OWN for path in (PROJECT / name).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name.partition(".")[0] for alias in node.names}
            if isinstance(node, ast.ImportFrom) and node.module:
                found.add(node.module.partition(".")[0])
    return found


def test_every_library_that_is_imported_is_declared() -> None:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]["spark"]  # imported where it is asked for alone
    declared = {name_of_requirement(each) for each in [*project["dependencies"], *extras]}
    foreign = modules_imported() - OWN - set(sys.stdlib_module_names)
    assert len(foreign) > 10
    names = packages_distributions()
    assert [name for name in sorted(foreign) if not {each.lower() for each in names.get(name, [name])} & declared] == []


def test_contributing_says_of_every_dependency_why_it_is_there() -> None:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = [one for own in project["optional-dependencies"].values() for one in own]
    declared = {name_of_requirement(each) for each in [*project["dependencies"], *extras]}
    section = (PROJECT / "CONTRIBUTING.md").read_text(encoding="utf-8").partition("## Why each dependency")[2]
    rows = re.findall(r"(?m)^\| ([a-z][^|]*) \| [^|]{5,} \|$", section.partition("\n## ")[0])
    named = {name for row in rows for name in re.sub(r" \(.*\)", "", row).split(", ") if name != "package"}
    assert named == declared
