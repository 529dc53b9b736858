"""FHIR files, read by models of the standard that are not ours: `make fhir` installs them and runs this.

fhir.resources knows members, types and cardinalities; fhircraft evaluates the invariants that the standard writes in
FHIRPath.
"""

import json
import warnings
from pathlib import Path
from typing import Any

import pytest

from pipeline.export.fhir import write_fhir
from tests.export.test_fhir import tables_of

WHY = (
    "FHIR NOT VALIDATED: models of the standard are not installed; `make fhir` installs them (fhir.lock) and runs this"
)
R5 = pytest.importorskip("fhir.resources", reason=WHY)
R4 = pytest.importorskip("fhir.resources.R4B", reason=WHY)
datatypes = pytest.importorskip("fhircraft.fhir.resources.datatypes", reason=WHY)
RELEASES = {"r4": (R4, "R4B"), "r5": (R5, "R5")}


@pytest.fixture(scope="module")
def lines(excerpt_build: Path, tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, str]]:
    """Every line of the files, with the name of its file."""
    folder = tmp_path_factory.mktemp("fhir") / "fhir"
    write_fhir(tables_of(excerpt_build), folder, is_of_samples=True)
    return [(path.stem, line) for path in sorted(folder.iterdir()) for line in path.read_text("utf-8").splitlines()]


def of_release(lines: list[tuple[str, str]], release: str) -> list[tuple[str, str]]:
    """The lines that a release of the standard reads: code systems, value sets and its own maps."""
    return [each for each in lines if not each[0].startswith("conceptmap") or f"_{release}_" in each[0]]


def model_of_members(line: str, release: str) -> Any:
    return RELEASES[release][0].get_fhir_model_class(json.loads(line)["resourceType"])


def model_of_invariants(line: str, release: str) -> Any:
    from importlib import import_module

    module = import_module(f"fhircraft.fhir.resources.datatypes.{RELEASES[release][1]}")
    return getattr(module, json.loads(line)["resourceType"])


@pytest.mark.parametrize("release", RELEASES)
def test_members_types_and_cardinalities_are_those_of_the_standard(lines: list[tuple[str, str]], release: str) -> None:
    read = [model_of_members(line, release).model_validate_json(line) for _, line in of_release(lines, release)]
    assert {each.get_resource_type() for each in read} == {"CodeSystem", "ConceptMap", "ValueSet"}


@pytest.mark.parametrize("release", RELEASES)
def test_the_invariants_of_the_standard_hold(lines: list[tuple[str, str]], release: str) -> None:
    """The one that is not kept is a recommendation: no resource has a text for people to read (dom-6)."""
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        for name, line in of_release(lines, release):
            if not name.startswith("codesystem_icd9cm"):  # two minutes: as many concepts as all others together
                model_of_invariants(line, release).model_validate_json(line)
    assert {str(each.message)[:7] for each in told if "[" in str(each.message)[:1]} <= {"[dom-6]"}


@pytest.mark.parametrize(("release", "word"), [("r4", "narrower"), ("r5", "source-is-broader-than-target")])
def test_a_broken_invariant_is_found(lines: list[tuple[str, str]], release: str, word: str) -> None:
    """The test above can fail."""
    (line,) = [line for name, line in lines if name == f"conceptmap_{release}_gem_icd9cm_icd10cm"]
    broken = json.loads(line)
    member = {"r4": "equivalence", "r5": "relationship"}[release]
    for element in broken["group"][0]["element"]:
        for target in element.get("target", ()):
            if target.get(member) == word:
                target.pop("comment")
    with pytest.raises(ValueError, match="cmd-1"):
        model_of_invariants(line, release).model_validate(broken)


def test_a_member_that_the_standard_does_not_know_is_found(lines: list[tuple[str, str]]) -> None:
    line = next(line for name, line in lines if name == "codesystem_hcpcs")
    with pytest.raises(ValueError, match="statuss"):
        model_of_members(line, "r5").model_validate_json(line.replace('"status"', '"statuss"', 1))
