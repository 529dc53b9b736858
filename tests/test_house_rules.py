"""The rules of the house, as far as a machine can see them."""

import ast
import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline import PROJECT
from schemas import TABLES
from schemas.arrow import columns_of, key_of
from schemas.dictionary import PATH, render_dictionary

LONGEST_MODULE, LONGEST_FUNCTION = 300, 40
MODULES = sorted(path for name in ("pipeline", "schemas") for path in (PROJECT / name).rglob("*.py"))
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
NAMES = {path: path.relative_to(PROJECT).as_posix() for path in MODULES}
EACH_MODULE = pytest.mark.parametrize("path", MODULES, ids=NAMES.get)
# The network is for `fetch` alone; the terminal for `cli`.
NETWORK = {"requests", "urllib", "urllib3", "http", "httpx", "aiohttp", "socket", "ftplib", "pooch", "smtplib"}
READING = ("pipeline.ingest", "pipeline.normalise", "pipeline.history", "pipeline.crosswalk", "pipeline.gate")
BEHIND = ("pipeline.export", "pipeline.publish", "pipeline.ask", "pipeline.build", "pipeline.layouts")
FORBIDDEN = {
    "pipeline/run": (*READING, *BEHIND, "pipeline.catalogue", "pipeline.fetch"),
    "pipeline/catalogue": (*READING, *BEHIND, "pipeline.fetch"),
    "pipeline/fetch": (*READING, *BEHIND),
    "pipeline/ingest": (*READING[1:], *BEHIND, "pipeline.fetch"),
    "pipeline/normalise": (*READING[2:], *BEHIND, "pipeline.fetch"),
    "pipeline/history": (*READING[3:], *BEHIND, "pipeline.fetch"),
    "pipeline/crosswalk": ("pipeline.gate", *BEHIND, "pipeline.fetch"),
    "pipeline/gate": (*BEHIND, "pipeline.fetch"),
    "pipeline/export": ("pipeline.ingest", "pipeline.history", "pipeline.gate", "pipeline.publish", "pipeline.build"),
    "pipeline/publish": ("pipeline.ingest", "pipeline.normalise", "pipeline.history"),
    "pipeline/ask": (*READING[:3], "pipeline.export", "pipeline.publish", "pipeline.build", "pipeline.fetch"),
    "schemas": (*READING[:1], *READING[2:], *BEHIND),
    "pipeline": ("pipeline.cli", "tests"),
}
ABOVE_ALL = ("pipeline/build.py", "pipeline/cli/", "pipeline/__main__.py")


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imports_of(tree: ast.AST) -> Iterator[str]:
    """Every module that is imported, in functions too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def is_of(name: str, package: str) -> bool:
    return name == package or name.startswith(f"{package}.")


def prints(tree: ast.AST) -> list[int]:
    """Lines that print: print(), typer.echo and the like, sys.stdout."""
    names = {"print", "pprint"}
    attributes = {("typer", "echo"), ("typer", "secho"), ("click", "echo"), ("sys", "stdout")}
    lines = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names:
            lines.append(node.lineno)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            lines += [node.lineno] * ((node.value.id, node.attr) in attributes)
    return lines


def length_of(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of a function, its docstring and decorators aside."""
    docstring = function.body[0] if ast.get_docstring(function, clean=False) is not None else None
    inside = (docstring.end_lineno or 0) - docstring.lineno + 1 if docstring else 0
    return (function.end_lineno or 0) - function.lineno + 1 - inside


def public_definitions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]:
    """Functions and classes of a module, and methods of its classes, that have a public name."""
    for node in tree.body:
        if isinstance(node, (*FUNCTIONS, ast.ClassDef)) and not node.name.startswith("_"):
            yield node
            if isinstance(node, ast.ClassDef):
                methods = (each for each in node.body if isinstance(each, FUNCTIONS))
                yield from (each for each in methods if not each.name.startswith("_"))


# Layers


@pytest.mark.parametrize("layer", FORBIDDEN)
def test_no_layer_imports_what_comes_after_it(layer: str) -> None:
    own = [path for path in MODULES if is_of(NAMES[path].replace("/", "."), layer.replace("/", "."))]
    own = [path for path in own if not NAMES[path].startswith(ABOVE_ALL)]
    assert own
    found = [
        f"{NAMES[path]} imports {name}"
        for path in own
        for name in imports_of(tree_of(path))
        if any(is_of(name, package) for package in FORBIDDEN[layer])
    ]
    assert found == []


@EACH_MODULE
def test_only_the_command_prints(path: Path) -> None:
    if not NAMES[path].startswith("pipeline/cli/"):
        assert prints(tree_of(path)) == []


@EACH_MODULE
def test_only_fetch_opens_the_network(path: Path) -> None:
    if not NAMES[path].startswith("pipeline/fetch/"):
        assert [name for name in imports_of(tree_of(path)) if name.split(".")[0] in NETWORK] == []


@EACH_MODULE
def test_only_the_command_loads_typer(path: Path) -> None:
    if not NAMES[path].startswith("pipeline/cli/"):
        assert [name for name in imports_of(tree_of(path)) if name.split(".")[0] in {"typer", "click"}] == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("print('x')", [1]),
        ("import typer\ntyper.echo('x')", [2]),
        ("import sys\nsys.stdout.write('x')", [2]),
        ("'print(x)'  # print(y)", []),
    ],
)
def test_printing_is_recognised(source: str, found: list[int]) -> None:
    assert prints(ast.parse(source)) == found


def test_imports_inside_functions_are_recognised() -> None:
    source = "def f():\n    from pipeline.export import tables\n    import urllib.request"
    assert {"pipeline.export", "pipeline.export.tables", "urllib.request"} == set(imports_of(ast.parse(source)))


# Sizes and docstrings


@EACH_MODULE
def test_module_is_no_longer_than_the_house_allows(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST_MODULE


@EACH_MODULE
def test_functions_are_no_longer_than_the_house_allows(path: Path) -> None:
    functions = [node for node in ast.walk(tree_of(path)) if isinstance(node, FUNCTIONS)]
    assert [f"{each.name}: {length_of(each)}" for each in functions if length_of(each) > LONGEST_FUNCTION] == []


@EACH_MODULE
def test_modules_and_what_is_public_in_them_have_docstrings(path: Path) -> None:
    tree = tree_of(path)
    assert ast.get_docstring(tree)
    assert [node.name for node in public_definitions(tree) if not ast.get_docstring(node)] == []


@EACH_MODULE
def test_no_module_has_a_name_that_says_nothing(path: Path) -> None:
    assert path.stem not in {"utils", "util", "helpers", "misc", "manager", "common"}


def test_docstrings_do_not_count_as_lines_of_a_function() -> None:
    (function,) = ast.parse('def f():\n    """One.\n\n    Two.\n    """\n    return 1\n').body
    assert isinstance(function, ast.FunctionDef)
    assert length_of(function) == 2


# Schemas


@pytest.mark.parametrize("table", TABLES)
def test_every_table_has_a_key_and_every_column_a_description(table: str) -> None:
    model = TABLES[table]
    columns = columns_of(model)
    assert (model.__doc__ or "").strip()
    assert key_of(model)
    assert set(key_of(model)) <= set(columns)
    assert [name for name, column in columns.items() if len(column.description or "") < 10] == []


@pytest.mark.parametrize("table", TABLES)
def test_columns_refer_to_columns_of_tables(table: str) -> None:
    for column in columns_of(TABLES[table]).values():
        key = (column.metadata or {}).get("foreign_key")
        if key:
            assert set(key["columns"]) <= set(columns_of(TABLES[key["table"]]))


def test_dictionary_is_not_stale() -> None:
    assert PATH.read_text(encoding="utf-8") == render_dictionary(), "run `make dictionary` and commit it"


# The repository


def committed_files() -> list[Path]:
    """What git knows of; where there is no git, all that is not hidden or written by a build."""
    try:
        listed = subprocess.run(["git", "ls-files", "-z", "--cached"], cwd=PROJECT, capture_output=True, check=True)
        names = listed.stdout.decode().split("\0")
    except (OSError, subprocess.CalledProcessError):
        found = [path.relative_to(PROJECT) for path in PROJECT.rglob("*")]
        names = [
            path.as_posix() for path in found if not {".venv", "__pycache__", "output", "official"} & {*path.parts}
        ]
    return [PROJECT / name for name in names if name and (PROJECT / name).is_file()]


MACHINE_PATH = re.compile(r"(?<![\w.~)}\]])/(?:work|tmp|root|home|Users)/\w")


def test_no_committed_file_names_a_path_of_one_machine() -> None:
    found = []
    for path in committed_files():
        text = path.read_text(encoding="utf-8", errors="replace")
        found += [f"{path.relative_to(PROJECT)}: {match[0]}" for match in MACHINE_PATH.finditer(text)]
    assert len(committed_files()) > 50
    assert found == []


@pytest.mark.parametrize(
    ("text", "is_path"),
    [
        ("open('" + "/" + "work/shared')", True),
        ("cd " + "/" + "tmp/x", True),
        ("https://www.cms.gov/home/x", False),
        ("$HOME/" + "tmp/x", False),
        ("raw/" + "work/x", False),
    ],
)
def test_machine_paths_are_recognised(text: str, is_path: bool) -> None:
    assert bool(MACHINE_PATH.search(text)) == is_path


def requirements() -> list[str]:
    """The entries of the lock file, each on one line."""
    text = (PROJECT / "requirements.lock").read_text(encoding="utf-8").replace("\\\n", " ")
    return [line.strip() for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]


def test_lock_file_pins_every_package_with_hashes() -> None:
    entries = requirements()
    assert len(entries) > 20
    pinned = re.compile(r"^[a-z0-9][a-z0-9._-]*(?:\[[a-z,]+\])?==\S+(?: ;.*?)?(?: +--hash=sha256:[0-9a-f]{64})+$", re.I)
    assert [entry[:80] for entry in entries if not pinned.match(entry)] == []


def test_lock_file_names_no_host() -> None:
    text = (PROJECT / "requirements.lock").read_text(encoding="utf-8")
    assert [word for word in ("--index-url", "--extra-index-url", "--find-links", "://") if word in text] == []


def test_direct_dependencies_are_in_the_lock_file() -> None:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    locked = {re.split(r"[=\[ ;]", entry, maxsplit=1)[0].lower() for entry in requirements()}
    assert {re.split(r"[=<>\[ ;]", each, maxsplit=1)[0].lower() for each in wanted} <= locked


def test_readme_and_makefile_are_short() -> None:
    assert len((PROJECT / "README.md").read_text(encoding="utf-8").splitlines()) < 120
    assert len((PROJECT / "Makefile").read_text(encoding="utf-8").splitlines()) < 60
