"""What is kept of raw files that were read: the same build with it and without it, whatever stands there."""

import errno
import hashlib
import os
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest

from pipeline import PROJECT
from pipeline.catalogue.sources import read_catalogue
from pipeline.catalogue.survey import RawRelease, survey_raw
from pipeline.ingest import TextFrame, ingest, kept_frames
from pipeline.ingest.kept_frames import FRAMES_FOLDER, KeptFrames, ingest_kept, readers_version
from pipeline.layouts import LAYOUTS
from tests.house.modules import imports_of, tree_of
from tests.samples import ORDER_LINES, Project, copy_excerpt, make_project, order_line, text_of

READERS = LAYOUTS["order_file"].readers
SOURCES = ("icd10cm", "icd9cm", "icd9cm_tabular", "icd10cm_tabular", "hcpcs")
WITHOUT_HASH = ("crosswalk.duckdb",)


@pytest.fixture(autouse=True)
def small_files_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_frames, "SMALLEST", 0)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return make_project(tmp_path)


def release_of(project: Project) -> RawRelease:
    (release,) = survey_raw(project.raw, read_catalogue(project.catalogue)).found
    return release


def entry_of(project: Project) -> Path:
    (path,) = (project.raw / FRAMES_FOLDER).rglob("*.frames")
    return path


def files_of(project: Project) -> dict[str, str]:
    """The hash of every file of the newest build, those aside that differ from run to run."""
    latest = project.output / "latest"
    paths = [path for path in latest.rglob("*") if path.is_file() and path.name not in WITHOUT_HASH]
    return {path.relative_to(latest).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}


def build(project: Project) -> dict[str, str]:
    shutil.rmtree(project.output, ignore_errors=True)
    result = project.build()
    assert result.exit_code == 0, result.output
    return files_of(project)


def nothing_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    def read(*_: object) -> list[TextFrame]:
        raise AssertionError("a file was read that is kept")

    monkeypatch.setattr(kept_frames, "read_frames", read)


def test_a_build_is_the_same_bytes_cold_and_warm_and_without_any(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = copy_excerpt(tmp_path, *SOURCES)
    monkeypatch.setattr(kept_frames, "SMALLEST", 10**9)
    without = build(project)
    assert not (project.raw / FRAMES_FOLDER).exists()
    monkeypatch.setattr(kept_frames, "SMALLEST", 0)
    cold = build(project)
    nothing_is_read(monkeypatch)
    warm = build(project)
    assert without == cold == warm


def test_frames_come_back_as_they_were_read(tmp_path: Path) -> None:
    """Columns, types, parts and places; of every layout of the excerpt."""
    project = copy_excerpt(tmp_path, *(path.name for path in (PROJECT / "raw" / "excerpt").iterdir() if path.is_dir()))
    kept = KeptFrames.beside(project.raw)
    compared = 0
    for each in survey_raw(project.raw, read_catalogue()).in_use():
        if layout := LAYOUTS.get(each.source.layout):
            for single in each.one_by_one():
                read = ingest(single, layout.readers, layout.figures)
                ingest_kept(single, layout.readers, layout.figures, kept)
                again = kept.find(single, single.read_file(single.paths[0]), layout.readers)
                assert again is not None
                assert [(frame.part, frame.where) for frame in again] == [(f.part, f.where) for f in read.frames]
                assert all(
                    a.table.equals(r.table, check_metadata=True) for a, r in zip(again, read.frames, strict=True)
                )
                compared += len(again)
    assert compared > 30


def cut(content: bytes) -> bytes:
    return content[: len(content) // 2]


def flip(content: bytes) -> bytes:
    return content[:-40] + bytes([content[-40] ^ 1]) + content[-39:]


def of_another_file(content: bytes) -> bytes:
    """Whole in itself, with the hash of itself, and made from other bytes."""
    body = content[32:64] + bytes(32) + content[96:]
    return hashlib.sha256(body).digest() + body


def of_other_readers(content: bytes) -> bytes:
    body = bytes(32) + content[64:]
    return hashlib.sha256(body).digest() + body


def no_stream(content: bytes) -> bytes:
    body = content[32:96] + b"no Arrow stream"
    return hashlib.sha256(body).digest() + body


def a_stream_of_somebody_else(content: bytes) -> bytes:
    sink = pa.BufferOutputStream()
    table = pa.table({"code": ["A00"]})
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)
    body = content[32:96] + sink.getvalue().to_pybytes()
    return hashlib.sha256(body).digest() + body


@pytest.mark.parametrize(
    "damage",
    [
        cut, flip, of_another_file, of_other_readers, no_stream, a_stream_of_somebody_else, lambda _: b"",
        lambda _: b"short", lambda content: content + b"\0",
    ],
)  # fmt: skip
def test_what_is_damaged_or_of_somebody_else_is_made_anew(project: Project, damage: Callable[[bytes], bytes]) -> None:
    before = build(project)
    whole = entry_of(project).read_bytes()
    entry_of(project).write_bytes(damage(whole))
    kept, release = KeptFrames.beside(project.raw), release_of(project)
    assert kept.find(release, release.read_file(project.order_zip), READERS) is None
    assert build(project) == before
    assert entry_of(project).read_bytes() == whole


def test_a_file_that_changed_is_read(project: Project) -> None:
    build(project)
    project.write_order(text_of([*ORDER_LINES, order_line(7, "U999", 1, "New")]))
    release = release_of(project)
    (frame,) = ingest_kept(release, READERS, {}, KeptFrames.beside(project.raw)).frames
    assert frame.table["code"].to_pylist()[-1] == "U999"


def test_other_members_or_check_figures_asked_of_a_file_are_another_entry(project: Project) -> None:
    build(project)
    release, kept = release_of(project), KeptFrames.beside(project.raw)
    file = release.read_file(project.order_zip)
    assert kept.find(release, file, READERS) is not None
    other = replace(release.source, members={**release.source.members, "order": ".*"})
    assert kept.find(replace(release, source=other), file, READERS) is None
    assert kept.find(replace(release, not_kept=frozenset({"gap"})), file, READERS) is None
    assert kept.find(release, file, ["addenda"]) is None


def modules_of_readers() -> set[Path]:
    """Every module of the package that the readers, or the table of layouts' own, import, whatever the way there."""
    waiting = sorted((PROJECT / "pipeline" / "ingest").rglob("*.py"))
    found: set[Path] = set()
    while waiting:
        path = waiting.pop()
        if path in found or not path.is_file():
            continue
        found.add(path)
        for name in imports_of(tree_of(path)):
            place = PROJECT.joinpath(*name.split("."))
            waiting += [place.with_suffix(".py"), place.parent.with_suffix(".py")]
            waiting += [place / "__init__.py", place.parent / "__init__.py"]
    return {path for path in found if path.is_relative_to(PROJECT / "pipeline")}


def test_a_change_of_any_module_that_readers_are_made_of_makes_every_entry_anew(tmp_path: Path) -> None:
    package = shutil.copytree(PROJECT / "pipeline", tmp_path / "pipeline", ignore=shutil.ignore_patterns("__pycache__"))
    before = readers_version(package)
    assert before == readers_version()
    unnoticed = []
    for path in modules_of_readers() | {PROJECT / "pipeline" / "layouts.py"}:
        copy = package / path.relative_to(PROJECT / "pipeline")
        content = copy.read_bytes()
        copy.write_bytes(content + b"# changed\n")
        readers_version.cache_clear()
        if readers_version(package) == before:
            unnoticed.append(path.name)
        copy.write_bytes(content)
    readers_version.cache_clear()
    assert unnoticed == []


def test_two_sources_that_read_one_file_have_an_entry_each(project: Project) -> None:
    release, kept = release_of(project), KeptFrames.beside(project.raw)
    file = release.read_file(project.order_zip)
    both = [replace(release, source=replace(release.source, source=name, layout=name)) for name in ("codes", "table")]
    for each in both:
        kept.keep(each, file, READERS, ingest(release, READERS).frames)
    assert all(kept.find(each, file, READERS) is not None for each in both)


def test_an_entry_of_another_version_is_not_used(project: Project) -> None:
    build(project)
    release = release_of(project)
    other = KeptFrames(project.raw, "another version")
    assert other.find(release, release.read_file(project.order_zip), READERS) is None


def a_file_in_its_place(raw: Path, _: pytest.MonkeyPatch) -> None:
    (raw / FRAMES_FOLDER).write_text("mine")


def a_full_disk(_: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write = Path.write_bytes

    def fail(path: Path, content: bytes) -> int:
        if FRAMES_FOLDER in path.parts:
            write(path, content[:10])
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return write(path, content)

    monkeypatch.setattr(Path, "write_bytes", fail)


def no_right_to_write(_: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make = Path.mkdir

    def fail(path: Path, *arguments: int, **options: bool) -> None:
        if FRAMES_FOLDER in path.parts:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        make(path, *arguments, **options)

    monkeypatch.setattr(Path, "mkdir", fail)


@pytest.mark.parametrize("hinder", [a_file_in_its_place, a_full_disk, no_right_to_write])
def test_where_nothing_can_be_kept_a_build_is_made_all_the_same(
    project: Project, monkeypatch: pytest.MonkeyPatch, hinder: Callable[[Path, pytest.MonkeyPatch], None]
) -> None:
    before = build(project)
    shutil.rmtree(project.raw / FRAMES_FOLDER)
    hinder(project.raw, monkeypatch)
    assert build(project) == before
    assert not [path for path in (project.raw / FRAMES_FOLDER).rglob("*") if path.is_file()]


def test_entries_of_files_that_are_gone_are_removed_and_nothing_else(project: Project) -> None:
    build(project)
    entry = entry_of(project)
    gone, mine = entry.with_name("gone.zip.frames"), entry.with_name("mine.txt")
    gone.write_bytes(b"of a file that is not there any more")
    mine.write_bytes(b"mine")
    build(project)
    assert (entry.exists(), gone.exists(), mine.exists()) == (True, False, True)


def test_kept_frames_are_no_strangers_among_raw_files(project: Project) -> None:
    build(project)
    assert entry_of(project).is_file()
    assert survey_raw(project.raw, read_catalogue(project.catalogue)).strangers == ()


def test_several_at_once_find_whole_frames_or_none(project: Project) -> None:
    release, kept = release_of(project), KeptFrames.beside(project.raw)
    file = release.read_file(project.order_zip)
    frames = ingest(release, READERS).frames

    def keep_and_find(_: int) -> bool:
        kept.keep(release, file, READERS, frames)
        found = kept.find(release, file, READERS)
        return found is None or found[0].table.equals(frames[0].table)

    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(keep_and_find, range(80)))
    assert not [path.name for path in (project.raw / FRAMES_FOLDER).rglob("*crosswalk-new")]
    kept.keep(release, file, READERS, frames)
    assert kept.find(release, file, READERS) is not None
