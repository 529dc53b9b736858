"""The models stand alone, and say of a column what everybody else reads off them."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pyarrow

import schemas
from schemas.arrow import fields_as_listed
from tests.schemas.models import CodesWithInvented


def imports_of(path: Path) -> Iterator[str]:
    """Every module that a file imports, in functions too."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        if isinstance(node, ast.ImportFrom):
            yield node.module or "."


def test_schemas_import_nothing_of_the_pipeline() -> None:
    files = sorted(Path(schemas.__file__).parent.rglob("*.py"))
    assert len(files) > len(schemas.TABLES)
    found = [(path.name, name) for path in files for name in imports_of(path)]
    assert [pair for pair in found if pair[1].split(".")[0] == "pipeline"] == []


def test_column_that_is_marked_is_passed_through_with_its_type() -> None:
    added = [field for field in fields_as_listed(CodesWithInvented) if field.name.startswith("invented")]
    assert [(field.name, field.type) for field in added] == [
        ("invented_text", pyarrow.string()),
        ("invented_number", pyarrow.int32()),
    ]
