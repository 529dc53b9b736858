"""The one gate: all findings of all checks in one message, and nothing published."""

import ast

from pipeline import PROJECT
from tests.samples import before_the_last, copy_excerpt, hashes, make_project, order_line, text_of, write_sums


def test_faults_of_different_kinds_are_reported_in_one_message(tmp_path):
    project = make_project(tmp_path)
    assert project.build().exit_code == 0
    before = hashes(project.output / "latest")
    project.write_order(before_the_last(order_line(6, "A000", 1, "x"), order_line(7, "A0.0", 1, "y")))
    result = project.build()
    assert result.exit_code == 4
    assert "2 checks failed; nothing was published" in result.output
    assert "ICD10CM 2025-10-01: a code is listed twice: 2 rows" in result.output
    assert "the code fits the pattern of its system: 1 rows" in result.output
    assert result.output.count("next:") == 1
    assert hashes(project.output / "latest") == before


def test_an_undeclared_code_of_a_map_is_reported_beside_a_repeated_code_of_a_listing(tmp_path):
    project = copy_excerpt(tmp_path, "icd9cm", "icd10cm", "gem_dx")
    path = next((project.raw / "icd10cm" / "2025-10-01").iterdir())
    lines = path.read_text("ascii").splitlines()
    again = f"{int(lines[-2][:5]) - 1:05}{lines[-3][5:15]}1{lines[-3][16:]}"
    path.write_bytes(text_of([*lines[:-3], again, *lines[-3:]]))
    write_sums(project.raw)
    result = project.build()
    assert result.exit_code == 4
    assert "a code is listed twice: 2 rows" in result.output
    assert "is in no listing" in result.output
    assert "unlisted.toml" in result.output


def test_nobody_but_the_gate_refuses_a_table():
    raisers = {
        path.relative_to(PROJECT).as_posix()
        for path in (PROJECT / "pipeline").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call)
        if isinstance(node.exc.func, ast.Name) and node.exc.func.id == "ValidationFailed"
    }
    assert raisers == {"pipeline/gate/__init__.py"}
