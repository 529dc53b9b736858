"""Every official text file, also those that are superseded, keeps the check figures of its layout."""

from pathlib import Path

import pytest

from pipeline.catalogue.sources import read_catalogue
from pipeline.catalogue.survey import RawRelease, survey_raw
from pipeline.ingest import ingest
from pipeline.layouts import LAYOUTS
from tests.conftest import find_official_raw

# How many releases of each layout the manifest of the tests has at least.
LEAST = {"order_file": 20, "icd9_titles": 10, "anweb": 3, "tabular_xml": 1, "tabular_rtf": 1}


def releases_of(raw: Path, layout: str) -> list[RawRelease]:
    return [each for each in survey_raw(raw, read_catalogue()).found if each.source.layout == layout]


@pytest.mark.parametrize("layout", LEAST)
def test_all_files_keep_the_check_figures(official_raw: Path, layout: str) -> None:
    raw = find_official_raw()
    assert raw is not None
    assert len(releases_of(official_raw, layout)) >= LEAST[layout]
    own = LAYOUTS[layout]
    assert layout == "tabular_rtf" or own.figures
    for release in releases_of(raw, layout):
        assert release.not_kept == frozenset()
        frames = ingest(release, own.readers, own.figures).frames
        assert all(len(frame.table) or frame.part == "addenda" for frame in frames)
