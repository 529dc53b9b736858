"""The agencies' archives, opened by source, release and the publisher's own file name."""

import zipfile
from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path, PurePosixPath

import pandas as pd
import pytest

from pipeline.catalogue.sources import read_catalogue
from pipeline.catalogue.survey import RawRelease, survey_raw
from pipeline.ingest.archive import Member as ArchiveMember
from pipeline.ingest.archive import open_members
from tests.conftest import find_official_raw

Member = Callable[[str, str, str], bytes]
Catalogued = Callable[[str, str], RawRelease]


@pytest.fixture(scope="session")
def official_member(official_raw: Path) -> Member:
    """The bytes of one file of a release, loose or inside an archive; the archive in use where one replaces another."""
    in_use = survey_raw(official_raw, read_catalogue()).in_use()
    paths = {(each.source.source, each.release.release): each.paths for each in in_use}

    @cache
    def member(source: str, release: str, name: str) -> bytes:
        found = [raw for path in paths[source, release] for raw in _read(path, name)]
        assert len(found) == 1, f"{len(found)} files are called {name} in {paths[source, release]}"
        return found[0]

    return member


def member_of(delivery: RawRelease, part: str) -> ArchiveMember:
    """The one member of a release that is a part of it."""
    members = [each for path in delivery.paths for each in open_members(delivery, delivery.read_file(path), {part})]
    (member,) = members
    return member


def valid_on(history: pd.DataFrame, system: str, day: date) -> pd.DataFrame:
    """The episodes of a system that a day falls into, by code."""
    own = history[(history["system"] == system) & (history["valid_from"] <= day)]
    return own[own["valid_to"].isna() | (own["valid_to"] >= day)].set_index("code")


@pytest.fixture(scope="session")
def catalogued(official_raw: Path) -> Catalogued:
    """A release of the catalogue among all official files here, those that no build of the tests reads too.

    Its hashes are verified; the test is skipped where the release is not here.
    """
    raw = find_official_raw()
    assert raw is not None, "a test that needs the official files was not skipped"
    here = {(each.source.source, each.release.release): each for each in survey_raw(raw, read_catalogue()).in_use()}

    def release(source: str, name: str) -> RawRelease:
        if (source, name) not in here:
            pytest.skip(f"{source} {name} is not in {raw}")
        return here[source, name].hashed()

    return release


def _read(path: Path, name: str) -> list[bytes]:
    if not zipfile.is_zipfile(path) or path.name == name:
        return [path.read_bytes()] if path.name == name else []
    with zipfile.ZipFile(path) as archive:
        return [archive.read(each) for each in archive.namelist() if PurePosixPath(each).name == name]
