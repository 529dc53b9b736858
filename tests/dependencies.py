"""What pyproject.toml declares, for the tests that hold code against it."""

import re
import tomllib
from typing import Any

from pipeline import PROJECT

# What needs more than `dependencies` and the extra `dev`, by the path it begins with: the extra, which its own target
# installs, or for claims on Spark, whoever asks for them.
EXTRAS = {
    "tests/oracles/": "oracles",
    "tests/export/test_croissant_package.py": "croissant",
    "tests/export/test_fhir_package.py": "fhir",
    "tests/export/test_sssom_package.py": "sssom",
    "tests/ask/claims/test_spark.py": "spark",
    "tests/warehouse/test_warehouse_spark.py": "spark",
    "pipeline/ask/claims/spark_engine.py": "spark",
}
# What runs in an environment of its own, by its path: the group that this has, and nothing else.
GROUPS = {"benchmarks/peer_answers.py": "peers"}


def name_of_requirement(requirement: str) -> str:
    """The name in a requirement such as `numpy==2.4.6 ; python_version < '3.12'`, as `normalised` has it."""
    return normalised(re.split(r"[=<>!~\[ ;]", requirement, maxsplit=1)[0])


def normalised(name: str) -> str:
    """The one form of a distribution's name: lower case, hyphens."""
    return re.sub(r"[-_.]+", "-", name).lower()


def declared_project() -> Any:
    """The table `project` of pyproject.toml."""
    return _declared()["project"]


def declared_groups() -> dict[str, list[str]]:
    """The groups of pyproject.toml that are installed apart from the project."""
    return dict(_declared()["dependency-groups"])


def _declared() -> Any:
    return tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))


def declared_for(path: str) -> set[str]:
    """The names of the distributions that a module may import, by its path from the root of the project: those of
    `dependencies` for what is installed; `dev` and what EXTRAS says of it beside them for all else; what GROUPS says
    alone."""
    if path in GROUPS:
        return {name_of_requirement(each) for each in declared_groups()[GROUPS[path]]}
    project = declared_project()
    extras = [] if path.startswith(("pipeline/", "schemas/")) else ["dev"]
    extras += [extra for start, extra in EXTRAS.items() if path.startswith(start)]
    own = [each for extra in extras for each in project["optional-dependencies"][extra]]
    return {name_of_requirement(each) for each in [*project["dependencies"], *own]}
