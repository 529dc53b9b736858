"""Memory that a limit or the machine does not give: a message and exit 2, and what was published stays."""

import resource
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from pipeline import build as build_module
from pipeline.export import database as database_file
from pipeline.run import sql
from pipeline.run.limits import OutOfMemory, require_address_space
from tests.samples import hashes, make_project


def allow(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda _: (size, size))


def test_a_limit_on_address_space_below_what_a_build_needs_is_said_before_it_starts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    allow(monkeypatch, 1_500_000_000)
    with pytest.raises(OutOfMemory, match="1,500 MB are allowed"):
        require_address_space(90_000_000)


def test_what_is_needed_grows_with_the_raw_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 1)
    allow(monkeypatch, 4_000_000_000)
    require_address_space(600_000)
    with pytest.raises(OutOfMemory):
        require_address_space(90_000_000)


def test_without_a_limit_nothing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    allow(monkeypatch, resource.RLIM_INFINITY)
    require_address_space(10**12)


def test_a_build_under_a_limit_that_is_too_low_ends_with_2(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = make_project(tmp_path)
    assert project.build().exit_code == 0
    before = hashes(project.output / "latest")
    allow(monkeypatch, 1_500_000_000)
    result = project.build()
    assert result.exit_code == 2
    assert "MB of address space, 1,500 MB are allowed\n  next:" in result.stderr
    assert hashes(project.output / "latest") == before


@pytest.mark.parametrize(
    "problem",
    [
        MemoryError("Unable to allocate 2 GiB"),
        pa.ArrowMemoryError("malloc of size 64 failed"),
        RuntimeError("can't start new thread"),
        RuntimeError("A process in the process pool was terminated abruptly"),
    ],
    ids=["Python", "Arrow", "threads", "processes"],
)
@pytest.mark.parametrize("stage", ["derive_tables", "write_formats"])
def test_memory_that_runs_out_ends_with_2_and_leaves_the_latest_build(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, problem: Exception, stage: str
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise problem

    project = make_project(tmp_path)
    assert project.build().exit_code == 0
    before = hashes(project.output / "latest")
    monkeypatch.setattr(build_module, stage, fail)
    result = project.build()
    assert result.exit_code == 2
    assert "error: the memory is not enough:" in result.stderr
    assert "  next:     free some" in result.stderr
    assert "Traceback" not in result.output
    assert hashes(project.output / "latest") == before
    assert not list(project.output.glob(".incoming-*"))


def test_other_errors_of_the_program_are_not_hidden(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("a mistake of ours")

    monkeypatch.setattr(build_module, "derive_tables", fail)
    assert isinstance(make_project(tmp_path).build().exception, RuntimeError)


class Exhausted:
    """A database that has no memory left."""

    def cursor(self) -> "Exhausted":
        raise duckdb.OutOfMemoryException("Out of Memory Error: Failed to allocate block")


def test_a_question_that_duckdb_has_no_memory_for_is_a_memory_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sql, "_database", Exhausted)
    with pytest.raises(MemoryError, match="Failed to allocate"):
        sql.query_tables(Path("x.sql"))


def test_a_database_file_that_duckdb_has_no_memory_for_is_a_memory_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database_file, "_write_whole", lambda *_: Exhausted().cursor())
    with pytest.raises(MemoryError, match="Failed to allocate"):
        database_file.write_database({}, tmp_path / "x.duckdb")
