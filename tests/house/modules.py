"""The modules of the package, as the rules see them: path, syntax tree, room, imports, and what each defines."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from pipeline import PROJECT

MODULES = sorted(path for name in ("pipeline", "schemas") for path in (PROJECT / name).rglob("*.py"))
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def name_of(path: Path) -> str:
    """The path of a module from the root of the project, as messages name it."""
    return path.relative_to(PROJECT).as_posix()


@cache
def tree_of(path: Path) -> ast.Module:
    """What Python makes of a module. Each is read once: leave it as it is."""
    return ast.parse(path.read_text(encoding="utf-8"))


def room_of(path: Path) -> str:
    """The folder right below pipeline/, or the module there; `schemas` is a room of its own."""
    package, *rest = path.relative_to(PROJECT).with_suffix("").parts
    return rest[0] if package == "pipeline" and rest[0] != "__init__" else package


ROOMS = {room_of(path) for path in MODULES}


def room_named(name: str) -> str | None:
    """The room of what an import names; None where it is none of the package's own."""
    package, *rest = name.split(".")
    if package not in {"pipeline", "schemas"}:
        return None
    return rest[0] if package == "pipeline" and rest and rest[0] in ROOMS else package


def imports_of(tree: ast.AST) -> Iterator[str]:
    """Every name that is imported, with its module in front; imports inside functions too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        if isinstance(node, ast.ImportFrom):
            yield from (f"{'.' * node.level}{node.module or ''}.{alias.name}" for alias in node.names)


def public_definitions(tree: ast.Module) -> Iterator[Definition]:
    """Functions and classes of a module, and methods of its classes, that have a public name."""
    for node in tree.body:
        if isinstance(node, (*FUNCTIONS, ast.ClassDef)) and not node.name.startswith("_"):
            yield node
            if isinstance(node, ast.ClassDef):
                methods = (each for each in node.body if isinstance(each, FUNCTIONS))
                yield from (each for each in methods if not each.name.startswith("_"))


def public_names(tree: ast.Module) -> set[str]:
    """The functions, classes and constants that a module defines; what it imports is none of them."""
    found: set[str] = set()
    for node in tree.body:
        if isinstance(node, (*FUNCTIONS, ast.ClassDef)):
            found.add(node.name)
        if isinstance(node, (ast.Assign, ast.AnnAssign)):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            found |= {each.id for target in targets for each in ast.walk(target) if isinstance(each, ast.Name)}
    return {name for name in found if not name.startswith("_")}
