"""Who may import whom, and what only one room may do."""

import ast
from collections.abc import Collection, Mapping
from functools import cache

import pytest

from pipeline import PROJECT
from tests.house.modules import MODULES, ROOMS, imports_of, name_of, room_named, room_of, tree_of

# The rooms in the data's way: each may know those before it. Nobody knows `errors`, `run` and `catalogue` too well;
# what a table holds (`schemas`) is known to whoever makes or reads one.
WAY = ("errors", "run", "catalogue", "schemas", "ingest", "normalise", "history", "crosswalk", "gate", "export")
MAKERS = {
    "catalogue",
    "fetch",
    "ingest",
    "normalise",
    "history",
    "crosswalk",
    "gate",
    "schemas",
    "layouts",
    "normalised",
}
STAGES = {
    "fetch",
    "ingest",
    "normalise",
    "history",
    "crosswalk",
    "gate",
    "export",
    "publish",
    "build",
    "build_inputs",
    "layouts",
    "normalised",
    "refresh",
}
# Beside the way: rooms that have no business with others, and why.
STRANGERS = {
    "fetch": ({*WAY[4:]}, "a file is fetched, whatever it means"),
    "export": ({"fetch", "ingest", "history", "gate"}, "what is written is the tables"),
    "publish": (
        {"ingest", "normalise", "history", "fetch", "build", "build_inputs"},
        "a build is published as `build` made it",
    ),
}
# Inside of `crosswalk`: what a folder must not know, because it comes before it.
INSIDE_CROSSWALK = {
    "published": ("chains", "inputs", "describe"),
    "chains": ("published", "inputs", "describe"),
    "inputs": ("describe",),
}
# Rooms that only these may import.
RESERVED: dict[str, set[str]] = {
    "build": {"cli", "refresh"},
    "build_inputs": {"build", "cli", "refresh"},
    "publish": {"build", "build_inputs", "cli", "refresh"},
    "fetch": {"cli", "refresh"},
    "refresh": {"cli"},
    "cli": {"__main__"},
}
NETWORK = {"requests", "urllib", "urllib3", "http", "httpx", "aiohttp", "socket", "ftplib", "pooch", "smtplib"}
# The door to a build, and beside it: who writes one, and whoever asks tables in memory, claims in files, or code lists.
OPENERS = (
    "pipeline/ask/build.py",
    "pipeline/ask/build_files.py",
    "pipeline/ask/claims/claims_database.py",
    "pipeline/export/database.py",
    "pipeline/export/datapackage.py",
    "pipeline/export/fhir/value_sets.py",
    "pipeline/export/parquet.py",
    "pipeline/run/sql.py",
)
COMMAND_LINE = {"typer", "click"}


@cache
def room_imports() -> list[tuple[str, str, str]]:
    """Every import of one room by another: the room that imports, the imported one, and the sentence for a message."""
    found = []
    for path in MODULES:
        for name in imports_of(tree_of(path)):
            room = room_named(name)
            if room and room != room_of(path):
                found.append((room_of(path), room, f"{name_of(path)} imports {name}"))
    return found


def against(*, importers: Collection[str], imported: Collection[str]) -> set[str]:
    """The imports of some rooms by others."""
    return {said for room, other, said in room_imports() if room in importers and other in imported}


def circles_of(graph: Mapping[str, set[str]]) -> list[list[str]]:
    """Groups of rooms of which each leads to every other, by the names they import."""
    reach = {room: _reached(graph, room) for room in graph}
    groups = {
        frozenset(other for other in reach[room] if room in reach[other]) for room in graph if room in reach[room]
    }
    return sorted(sorted(group) for group in groups)


def _reached(graph: Mapping[str, set[str]], room: str) -> set[str]:
    """The rooms that one leads to, itself only where it comes back."""
    found: set[str] = set()
    waiting = [*graph.get(room, ())]
    while waiting:
        if (each := waiting.pop()) not in found:
            found.add(each)
            waiting += graph.get(each, ())
    return found


def test_every_room_that_the_rules_name_is_there() -> None:
    named = {*WAY, *RESERVED, *STRANGERS} | MAKERS | STAGES | {"ask"}
    assert named <= ROOMS


def test_no_stage_imports_one_that_comes_after_it() -> None:
    found = [against(importers={room}, imported=WAY[at + 1 :]) for at, room in enumerate(WAY)]
    assert set().union(*found) == set()


def test_who_makes_tables_asks_no_question_of_a_build() -> None:
    assert against(importers=MAKERS, imported={"ask"}) == set()


def test_questions_import_no_stage() -> None:
    """What a question needs to know stands in the build."""
    assert against(importers={"ask"}, imported=STAGES) == set()


def test_rooms_leave_alone_what_is_no_business_of_theirs() -> None:
    found = [against(importers={room}, imported=others) for room, (others, _) in STRANGERS.items()]
    assert set().union(*found) == set()


def test_only_a_few_may_import_what_is_reserved_for_them() -> None:
    found = [against(importers=ROOMS - {room} - few, imported={room}) for room, few in RESERVED.items()]
    assert set().union(*found) == set()


def test_no_module_of_the_package_imports_a_test() -> None:
    found = [
        name_of(path) for path in MODULES if any(each.split(".")[0] == "tests" for each in imports_of(tree_of(path)))
    ]
    assert found == []


def room_graph() -> dict[str, set[str]]:
    """The rooms that each room imports."""
    graph: dict[str, set[str]] = {room: set() for room in ROOMS}
    for room, other, _ in room_imports():
        graph[room].add(other)
    return graph


def test_no_circle_leads_from_room_to_room() -> None:
    assert circles_of(room_graph()) == []


def module_graph() -> dict[str, set[str]]:
    """The modules of the package that each of them imports; a package is its `__init__`."""
    dotted = {name_of(path).removesuffix(".py").removesuffix("/__init__").replace("/", "."): path for path in MODULES}
    graph = {}
    for name, path in dotted.items():
        imported = {each if each in dotted else each.rpartition(".")[0] for each in imports_of(tree_of(path))}
        graph[name] = imported & dotted.keys()
    return graph


def test_no_circle_leads_from_module_to_module() -> None:
    assert circles_of(module_graph()) == []


def test_published_maps_know_no_chains_and_chains_no_description() -> None:
    found = {
        f"{name} imports {other}"
        for name, imported in module_graph().items()
        for before, later in INSIDE_CROSSWALK.items()
        for other in imported
        if f"{name}.".startswith(f"pipeline.crosswalk.{before}.")
        and f"{other}.".startswith(tuple(f"pipeline.crosswalk.{each}." for each in later))
    }
    assert found == set()


@pytest.mark.parametrize(
    ("graph", "circles"),
    [
        ({"a": {"b"}, "b": {"c"}, "c": set()}, []),
        ({"a": {"b"}, "b": {"a"}, "c": {"a"}}, [["a", "b"]]),
        ({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"e"}, "e": {"d"}}, [["a", "b", "c"], ["d", "e"]]),
    ],
)
def test_circles_are_recognised(graph: dict[str, set[str]], circles: list[list[str]]) -> None:
    assert circles_of(graph) == circles


def test_imports_inside_functions_are_recognised() -> None:
    source = "def f():\n    from pipeline.export import tables\n    import urllib.request"
    assert {"pipeline.export.tables", "urllib.request"} == set(imports_of(ast.parse(source)))


@pytest.mark.parametrize(
    ("name", "room"),
    [("pipeline.ask.lookup.look_up", "ask"), ("pipeline.build.build", "build"), ("pipeline.PROJECT", "pipeline"),
     ("schemas.codes.Codes", "schemas"), ("pandas", None)],
)  # fmt: skip
def test_the_room_of_an_import_is_recognised(name: str, room: str | None) -> None:
    assert room_named(name) == room


# What only one room may do


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


def outside(room: str, packages: Collection[str]) -> list[str]:
    """The imports of some packages by modules that are not of a room."""
    return [
        f"{name_of(path)} imports {name}"
        for path in MODULES
        if room_of(path) != room
        for name in imports_of(tree_of(path))
        if name.split(".")[0] in packages
    ]


def test_only_the_command_prints() -> None:
    others = [path for path in MODULES if room_of(path) != "cli"]
    assert [f"{name_of(path)}, line {line}" for path in others for line in prints(tree_of(path))] == []


def test_only_fetch_opens_the_network() -> None:
    assert outside("fetch", NETWORK) == []


def test_only_the_command_loads_typer() -> None:
    assert outside("cli", COMMAND_LINE) == []


def opens(tree: ast.AST) -> list[int]:
    """Lines that open tables, or read what a build says of itself: imports that can, and the name of that file."""
    readers = {"read_parquet", "parquet_scan", "read_table", "scan_parquet", "ParquetFile", "ParquetDataset"}
    lines = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in readers:
            lines.append(node.lineno)
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            theirs = [name.split(".") for name in imports_of(node) if room_named(name) is None]
            lines += [node.lineno] * any({"duckdb", "parquet"} & {*parts} for parts in theirs)
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            lines += [node.lineno] * (node.value == "datapackage.json" or node.value.startswith("from read_parquet("))
    return lines


def test_nobody_opens_a_build_by_another_door() -> None:
    others = [path for path in MODULES if name_of(path) not in OPENERS]
    assert [f"{name_of(path)}, line {line}" for path in others for line in opens(tree_of(path))] == []


def test_who_may_open_a_build_does() -> None:
    assert [name for name in OPENERS if not opens(tree_of(PROJECT / name))] == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("import pyarrow.parquet as pq", [1]),
        ("from pyarrow import parquet", [1]),
        ("import duckdb", [1]),
        ("frame = pandas.read_parquet(path)", [1]),
        ("text = (folder / 'datapackage.json').read_text()", [1]),
        ("sql = f\"from read_parquet('{path}')\"", [1]),
        ("'What datapackage.json says.'\nimport pyarrow as pa", []),
        ("from pipeline.export.parquet import write_parquet", []),
    ],
)
def test_doors_are_recognised(source: str, found: list[int]) -> None:
    assert opens(ast.parse(source)) == found


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
