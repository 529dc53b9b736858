"""A name has one meaning in the whole package, and says what it names."""

import ast
from collections import defaultdict

from tests.house.modules import MODULES, name_of, public_names, room_of, tree_of

SAY_NOTHING = {"utils", "util", "helpers", "misc", "manager", "common", "process", "handle"}
# Names that several modules define, with the one meaning that they have in each.
ONE_MEANING = {
    "ENCODINGS": "how the bytes of a publisher's file may be written, the likeliest first",
    "Ints": "whole numbers, one per row",
    "LARGEST_MEMBER": "the most bytes that a member of an archive may have",
    "NEXT": "what a person does next who meets the error, by reader",
    # Commands have the name of what they call.
    "build": "raw files to a published build",
    "claims": "what the codes of claims are",
    "discover": "what the landing pages announce beyond the catalogue",
    "expand": "a code list to its dated codes",
    "export": "a build's tables as files",
    "fetch": "files from their publishers",
    "ingest": "a raw file to text frames",
    "normalise": "text frames to listings",
    "refresh": "fetch, build, compare, publish",
    "translate": "codes of one system or day in another",
    "validate": "the gate, for some sources alone",
}
# Files of one name in several rooms of the package, with the reason. Schemas are named for their tables by design.
ONE_FILE_NAME = {
    "build.py": "the order of the stages, and the door to what they made",
    "refresh.py": "a command has the name of what it calls",
}


def defined_twice() -> dict[str, list[str]]:
    """The public names that several modules define, each with those modules."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in MODULES:
        for name in public_names(tree_of(path)):
            found[name].append(name_of(path))
    return {name: sorted(modules) for name, modules in sorted(found.items()) if len(modules) > 1}


def files_twice() -> dict[str, list[str]]:
    """The file names that several rooms of `pipeline` have."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in MODULES:
        if room_of(path) != "schemas" and path.name != "__init__.py":
            found[path.name].append(name_of(path))
    return {name: modules for name, modules in sorted(found.items()) if len(modules) > 1}


def test_no_name_means_two_things() -> None:
    found = defined_twice()
    assert {name: found[name] for name in found if name not in {*ONE_MEANING}} == {}


def test_no_two_modules_have_the_same_file_name() -> None:
    found = files_twice()
    assert {name: found[name] for name in found if name not in {*ONE_FILE_NAME}} == {}


def test_no_exemption_outlives_its_reason() -> None:
    names, files = {*defined_twice()}, {*files_twice()}
    assert {*ONE_MEANING} - names == set()
    assert ({*ONE_FILE_NAME}) - files == set()


def test_no_module_has_a_name_that_says_nothing() -> None:
    assert [name_of(path) for path in MODULES if SAY_NOTHING & {path.stem, path.parent.name}] == []


def test_no_function_or_class_has_a_name_that_says_nothing() -> None:
    found = [
        f"{name_of(path)}: {name}"
        for path in MODULES
        for name in public_names(tree_of(path))
        if SAY_NOTHING & {*name.lower().split("_")} or name.lower().startswith("do_")
    ]
    assert found == []


def test_functions_classes_and_constants_are_names_and_imports_are_none() -> None:
    source = "from x import Y\nA = 1\nB: int = 2\nC, (D, _E) = 3, (4, 5)\ndef f(): g = 1\nclass H: i = 1\n_J = 1\n"
    assert public_names(ast.parse(source)) == {"A", "B", "C", "D", "f", "H"}
