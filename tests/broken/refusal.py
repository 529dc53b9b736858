"""What holds for every refusal: exit code, a message in four parts, no traceback, and nothing published changes."""

import re
from collections.abc import Callable
from pathlib import Path

from typer.testing import Result

from tests.samples import ORDER_LINES, Project, copy_excerpt, hashes, text_of, write_sums

GOOD = text_of(ORDER_LINES)
ORDER = "icd10cm_order_2026.txt"


def refuse(project: Project, exit_code: int) -> str:
    """Builds a broken project; returns the error message. `output/latest` must stay as it was, to the byte."""
    before, target = hashes(project.output / "latest"), (project.output / "latest").readlink()
    result = project.build()
    assert hashes(project.output / "latest") == before
    assert (project.output / "latest").readlink() == target
    assert not list(project.output.glob(".incoming-*"))
    return message_of(result, exit_code)


def message_of(result: Result, exit_code: int) -> str:
    """What follows `error: ` on stderr, after the checks that hold for every error."""
    assert isinstance(result.exception, SystemExit), repr(result.exception)
    assert result.exit_code == exit_code, result.output
    assert "Traceback" not in result.output
    message = result.stderr.partition("error: ")[2]
    assert re.search(r"^  next:     \S", message, re.MULTILINE), message
    return message


def says(message: str, *, where: str, expected: str, found: str, next_step: str) -> None:
    """The four parts of the message about a raw file."""
    lines = message.splitlines()
    assert where in lines[0]
    parts = {line[2:12].strip(): line[12:] for line in lines[1:4]}
    assert list(parts) == ["expected:", "found:", "next:"]
    assert expected in parts["expected:"]
    assert found in parts["found:"]
    assert next_step in parts["next:"]


def excerpt_project(folder: Path, published: Path, *sources: str) -> Project:
    fresh = copy_excerpt(folder, *sources)
    return Project(fresh.raw, fresh.catalogue, published)


def one_file(project: Project, folder: str, pattern: str = "*") -> Path:
    (path,) = (project.raw / folder).glob(pattern)
    return path


def change(project: Project, path: Path, edit: Callable[[bytes], bytes]) -> None:
    """Edits a file of the copy, and its hash with it, so that the hash does not refuse it first."""
    before = path.read_bytes()
    path.write_bytes(edit(before))
    assert path.read_bytes() != before
    write_sums(project.raw)
