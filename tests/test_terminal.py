"""What comes from files and servers reaches a terminal without the characters that it obeys."""

import ast
import sys
from pathlib import Path

import pytest

from pipeline import PROJECT
from pipeline.cli.base import errors_for_people, say, show
from pipeline.errors import UsageError
from tests.fetch.conftest import patience, publisher, site
from tests.fetch.site import URL, Site
from tests.publisher import Visit
from tests.samples import run

__all__ = ["patience", "publisher", "site"]

ESCAPE, TURNED = "\x1b", "\u202e"
HOSTILE = f"{ESCAPE}]0;title\x07{ESCAPE}[2J{TURNED}\x9b31m"


def is_harmless(text: str) -> bool:
    return text.replace("\n", "").replace("\t", "").isprintable()


PRINTERS = {"print", "typer.echo", "click.echo", "console.print", "bar.console.print", "sys.stdout.write"}


def test_only_the_door_prints() -> None:
    """Whoever prints past it would print what a file says as it stands."""
    found = [
        f"{path.name}, line {node.lineno}"
        for path in sorted((PROJECT / "pipeline").rglob("*.py"))
        if path != PROJECT / "pipeline" / "cli" / "base.py"
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in PRINTERS
    ]
    assert found == []


def test_lines_and_errors_are_shown_without_what_a_terminal_obeys(capsys: pytest.CaptureFixture[str]) -> None:
    say(f"read {HOSTILE}")
    say(f"warning: {HOSTILE}")
    with pytest.raises(Exception, match="2"), errors_for_people():
        raise UsageError(f"{HOSTILE}: no such file")
    printed = capsys.readouterr()
    assert printed.out.count("\\u001b[2J") == 1
    assert printed.err.count("\\u001b[2J") == 2
    assert is_harmless(printed.out + printed.err)


@pytest.mark.parametrize("is_terminal", [True, False])
def test_what_is_for_machines_is_whole_but_on_a_terminal(
    is_terminal: bool, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: is_terminal)
    show(f'"{TURNED}"', is_for_machines=True)
    assert capsys.readouterr().out == ('"\\u202e"\n' if is_terminal else f'"{TURNED}"\n')


def test_a_server_prints_nothing_on_the_terminal(site: Site) -> None:
    def step(visit: Visit) -> None:
        visit.status = 1
        visit.write(f"HTTP/1.1 403 {HOSTILE}\r\nContent-Length: 0\r\n\r\n".encode("latin-1", "replace"))

    site.publisher.misbehave(URL, step)
    for result in (site.fetch(), site.refresh()):
        assert "status 403" in result.output
        assert is_harmless(result.output)


def test_a_redirect_prints_nothing_on_the_terminal(site: Site) -> None:
    site.publisher.misbehave(URL, lambda visit: visit.send(302, Location=f"ftp://{ESCAPE}[2J/\x9b"))
    result = site.fetch()
    assert "leads elsewhere" in result.output
    assert is_harmless(result.output)


def test_a_name_of_a_file_prints_nothing_on_the_terminal(site: Site) -> None:
    site.fetch()
    stranger = site.raw / "icd10cm" / f"{ESCAPE}[2J{TURNED}.txt"
    stranger.write_text("x", encoding="utf-8")
    for command in ("sources", "build"):
        options = site.project.options if command == "build" else site.project.options[:4]
        result = run(command, *options)
        assert "\\u001b[2J\\u202e.txt" in result.output
        assert is_harmless(result.output)


def test_a_missing_path_prints_nothing_on_the_terminal(tmp_path: Path) -> None:
    result = run("build", "--raw", str(tmp_path / HOSTILE))
    assert result.exit_code == 2
    assert is_harmless(result.output)


def test_ctrl_c_during_a_query_ends_the_command_as_ctrl_c_does() -> None:
    with pytest.raises(KeyboardInterrupt), errors_for_people():
        raise RuntimeError("Query interrupted")
    with pytest.raises(RuntimeError), errors_for_people():
        raise RuntimeError("something else")
