"""Any one release left out of all official files: the rest passes the gate, and days move only for a said reason."""

import csv
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.conftest import find_official_raw
from tests.official.left_out import Corpus, Folder, LeftOut, folder_of

MOVED = Path(__file__).with_name("moved_days.csv")


@pytest.fixture(scope="module")
def corpus(official_raw: Path) -> Corpus:
    """All official files here, those that the manifest does not name too, thinned to a sample of the codes."""
    raw = find_official_raw()
    assert raw is not None, "a test that needs the official files was not skipped"
    return Corpus(raw, thinned=True)


@pytest.fixture(scope="module")
def without(corpus: Corpus) -> Mapping[Folder, LeftOut]:
    """What comes of the build without each of the releases."""
    return {folder: corpus.leave_out(folder) for folder in corpus.releases}


def _read_moved() -> dict[tuple[str, str, str], int]:
    """How many codes of the sample move, by source and release left out and system; each row has its reason."""
    with MOVED.open(encoding="utf-8", newline="") as opened:
        rows = list(csv.DictReader(opened))
    assert all(row["reason"] for row in rows)
    return {(row["source"], row["release"], row["system"]): int(row["codes"]) for row in rows}


@pytest.mark.slow
def test_rest_passes_the_gate_whichever_release_is_left_out(without: Mapping[Folder, LeftOut]) -> None:
    assert {folder: found.refused for folder, found in without.items() if found.refused} == {}


@pytest.mark.slow
def test_days_move_only_where_the_reason_is_said(without: Mapping[Folder, LeftOut]) -> None:
    moved = {(*folder, system): len(codes) for folder, found in without.items() for system, codes in found.days.items()}
    said = {key: count for key, count in _read_moved().items() if key[:2] in without}
    assert moved == said


@pytest.mark.slow
def test_no_release_changes_how_days_of_another_system_are_known(
    corpus: Corpus, without: Mapping[Folder, LeftOut]
) -> None:
    own = {folder_of(each): {*each.source.systems} for each in corpus.seen.found}
    others = {folder: {*found.days, *found.bases} - own[folder] for folder, found in without.items()}
    assert {folder: systems for folder, systems in others.items() if systems} == {}
