"""Every module, and what is public in it, says what a caller needs."""

import ast

from tests.house.modules import MODULES, name_of, public_definitions, tree_of


def test_every_module_has_a_docstring() -> None:
    assert [name_of(path) for path in MODULES if not ast.get_docstring(tree_of(path))] == []


def test_whatever_is_public_has_a_docstring() -> None:
    found = [
        f"{name_of(path)}: {node.name}"
        for path in MODULES
        for node in public_definitions(tree_of(path))
        if not ast.get_docstring(node)
    ]
    assert found == []


def test_methods_are_public_where_their_class_is() -> None:
    source = "class A:\n    def b(self): ...\n    def _c(self): ...\nclass _D:\n    def e(self): ...\ndef _f(): ...\n"
    assert [node.name for node in public_definitions(ast.parse(source))] == ["A", "b"]
