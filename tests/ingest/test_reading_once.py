"""Each raw file is read once: what is hashed is what is parsed."""

import hashlib
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from pipeline.catalogue.sources import read_catalogue
from pipeline.catalogue.survey import RawRelease, survey_raw
from pipeline.errors import RawFileError
from pipeline.ingest import ingest
from pipeline.ingest.kept_frames import KeptFrames
from pipeline.ingest.parallel import ReleaseToIngest, ingest_all
from pipeline.layouts import LAYOUTS
from tests.samples import ORDER_LINES, Project, copy_excerpt, make_project, order_line, run, text_of, write_sums

READERS = LAYOUTS["order_file"].readers
CHANGED = text_of([*ORDER_LINES, order_line(7, "U999", 1, "New")])


def release_of(project: Project) -> RawRelease:
    (release,) = survey_raw(project.raw, read_catalogue(project.catalogue)).found
    return release


def sha256_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> Counter[Path]:
    """How often each file was opened, by whatever way pathlib or zipfile has."""
    import builtins
    import io

    counts: Counter[Path] = Counter()
    original = io.open

    def counted(file: object, *arguments: object, **options: object) -> object:
        if isinstance(file, str | Path):
            counts[Path(file)] += 1
        return original(file, *arguments, **options)  # type: ignore[call-overload]

    for module in (io, builtins):
        monkeypatch.setattr(module, "open", counted)
    return counts


@pytest.mark.parametrize("of_excerpt", [True, False], ids=["loose files", "an archive"])
def test_a_build_opens_each_raw_file_once(tmp_path: Path, reads: Counter[Path], of_excerpt: bool) -> None:
    project = copy_excerpt(tmp_path, "icd10cm", "icd9cm", "icd9cm_tabular") if of_excerpt else make_project(tmp_path)
    reads.clear()
    assert project.build().exit_code == 0
    assert {path: reads[path] for path in project.raw.glob("*/*/*")} == dict.fromkeys(project.raw.glob("*/*/*"), 1)


def test_the_hash_is_that_of_the_bytes_that_were_parsed(tmp_path: Path) -> None:
    project = make_project(tmp_path)
    before = sha256_of(project.order_zip)
    read = ingest(release_of(project), READERS)
    project.write_order(CHANGED)
    assert read.delivery.sha256 == (before,)
    assert len(read.frames[0].table) == len(ORDER_LINES)


def test_releases_have_the_hash_of_what_was_read_though_the_file_is_replaced_afterwards(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pipeline import build

    project = make_project(tmp_path)
    before, derive = sha256_of(project.order_zip), build.derive_tables

    def replaced_by_then(*arguments: object) -> object:
        project.write_order(CHANGED)
        return derive(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(build, "derive_tables", replaced_by_then)
    assert project.build().exit_code == 0
    assert sha256_of(project.order_zip) != before
    releases = pd.read_parquet(project.output / "latest" / "parquet" / "releases.parquet")
    assert releases["sha256"].tolist() == [before]


def test_a_file_that_changes_after_it_was_hashed_is_refused(tmp_path: Path) -> None:
    project = make_project(tmp_path)
    hashed = release_of(project).hashed()
    assert ingest(hashed, READERS).delivery == hashed
    project.write_order(CHANGED)
    with pytest.raises(RawFileError, match="as when this run first read it") as problem:
        ingest(hashed, READERS)
    assert str(project.order_zip) in str(problem.value)
    assert hashed.sha256[0] in str(problem.value)


def test_hashes_are_in_the_order_of_the_files_though_the_largest_is_read_first(tmp_path: Path) -> None:
    project = copy_excerpt(tmp_path, "icd9cm_tabular")
    release = next(each for each in survey_raw(project.raw, read_catalogue()).in_use() if len(each.paths) > 1)
    last = release.paths[-1]
    last.write_bytes(last.read_bytes().rstrip(b"\r\n\0 ").removesuffix(b"}") + b"\\par " * 60_000 + b"}")
    release = replace(release, sums={})
    work = ReleaseToIngest(release, LAYOUTS["tabular_rtf"].readers)
    (read,) = ingest_all([work], KeptFrames.beside(tmp_path), lambda done, total: None)
    assert read.delivery.sha256 == tuple(sha256_of(path) for path in release.paths)
    assert {frame.where for frame in read.frames} == {str(path) for path in release.paths}


def two_broken(folder: Path) -> Project:
    """The excerpt's HCPCS, both releases cut to a line that is no record, and good lists of ICD-9-CM behind them."""
    project = copy_excerpt(folder, "hcpcs", "icd9cm_tabular")
    for path in (project.raw / "hcpcs").glob("*/*"):
        path.write_bytes(b"no record\r\n")
    write_sums(project.raw)
    return project


def test_a_build_names_every_file_that_it_cannot_read(tmp_path: Path) -> None:
    result = two_broken(tmp_path).build()
    assert result.exit_code == 3
    assert "2 files failed" in result.stderr
    assert result.stderr.count("expected:") == 2


def test_ingest_prints_what_can_be_read_and_ends_with_every_file_that_cannot(tmp_path: Path) -> None:
    project = two_broken(tmp_path)
    result = run("ingest", "--raw", str(project.raw), "--catalogue", str(project.catalogue))
    assert result.exit_code == 3
    assert "2 files failed" in result.stderr
    assert "Dtab12.rtf (dx): " in result.stdout
