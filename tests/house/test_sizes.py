"""How long a module and a function may be."""

import ast

from tests.house.modules import FUNCTIONS, MODULES, name_of, tree_of

LONGEST_MODULE, LONGEST_FUNCTION = 300, 40


def length_of(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of a function, its docstring and decorators aside."""
    docstring = function.body[0] if ast.get_docstring(function, clean=False) is not None else None
    inside = (docstring.end_lineno or 0) - docstring.lineno + 1 if docstring else 0
    return (function.end_lineno or 0) - function.lineno + 1 - inside


def test_no_module_is_longer_than_the_house_allows() -> None:
    lengths = {name_of(path): len(path.read_text(encoding="utf-8").splitlines()) for path in MODULES}
    assert {name: length for name, length in lengths.items() if length > LONGEST_MODULE} == {}


def test_no_function_is_longer_than_the_house_allows() -> None:
    lengths = {
        f"{name_of(path)}: {node.name}": length_of(node)
        for path in MODULES
        for node in ast.walk(tree_of(path))
        if isinstance(node, FUNCTIONS)
    }
    assert {name: length for name, length in lengths.items() if length > LONGEST_FUNCTION} == {}


def test_docstrings_do_not_count_as_lines_of_a_function() -> None:
    (function,) = ast.parse('def f():\n    """One.\n\n    Two.\n    """\n    return 1\n').body
    assert isinstance(function, ast.FunctionDef)
    assert length_of(function) == 2
