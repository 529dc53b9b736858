"""What all tests share: where the raw files are, and one build from each folder of them per session."""

import os
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pandas as pd
import pytest

from pipeline import PROJECT
from pipeline.build import build
from pipeline.catalogue.sources import read_catalogue
from pipeline.catalogue.survey import SUMS
from pipeline.run.progress import Progress
from tests.official.corpus import pin_corpus

ReadTable = Callable[[Path, str], pd.DataFrame]

EXCERPT = PROJECT / "raw" / "excerpt"
OFFICIAL = PROJECT.parent / "shared" / "raw" / "official"
NEEDS_OFFICIAL = {"official_raw", "official_build"}
SKIPPED = pytest.StashKey[int]()


def find_official_raw() -> Path | None:
    """The folder of the agencies' full files: RAW, else ../shared/raw/official; None where neither is one.

    An excerpt (it has hashes of its own) is never taken for the full files.
    """
    named = [Path(os.environ["RAW"]).resolve()] if os.environ.get("RAW") else []
    fitting = (each for each in [*named, OFFICIAL] if (each / "icd10cm").is_dir() and not (each / SUMS).exists())
    return next(fitting, None)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Marks what needs the full files as official, puts it last, and skips it where they are not there."""
    for item in items:
        if NEEDS_OFFICIAL.intersection(getattr(item, "fixturenames", ())):
            item.add_marker("official")
    items.sort(key=lambda item: item.get_closest_marker("official") is not None)
    if find_official_raw() is None:
        official = [item for item in items if item.get_closest_marker("official")]
        config.stash[SKIPPED] = len(official)
        for item in official:
            item.add_marker(pytest.mark.skip(reason=f"NO OFFICIAL FILES in RAW={os.environ.get('RAW')} or {OFFICIAL}"))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """One line that cannot be overlooked where official tests were skipped."""
    if "skipped" in terminalreporter.stats and (count := config.stash.get(SKIPPED, 0)):
        terminalreporter.write_line(
            f"NOT TESTED on the agencies' full files: {count} tests skipped. Name their folder: make test RAW=<folder>",
            yellow=True,
            bold=True,
        )


@pytest.fixture(scope="session")
def official_raw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The agencies' full files that the tests know: those of the manifest, whatever else lies beside them."""
    found = find_official_raw()
    assert found is not None, "a test that needs the official files was not skipped"
    return pin_corpus(found, tmp_path_factory.mktemp("corpus"))


@pytest.fixture(scope="session")
def official_build(official_raw: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a build from the full files."""
    return _build(official_raw, tmp_path_factory.mktemp("official"))


@pytest.fixture(scope="session")
def excerpt_raw() -> Path:
    """The folder of the excerpt."""
    return EXCERPT


@pytest.fixture(scope="session")
def excerpt_build(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a build from the excerpt."""
    return _build(EXCERPT, tmp_path_factory.mktemp("excerpt"))


def _build(raw: Path, output: Path) -> Path:
    build(raw, output, read_catalogue(), Progress(print))
    return (output / "latest").resolve()


@pytest.fixture(scope="session")
def read_table() -> Iterator[ReadTable]:
    """Reads a published table by build and name, with Arrow types. Each is read once: leave it as it is."""

    @cache
    def read(folder: Path, name: str) -> pd.DataFrame:
        return pd.read_parquet(folder / "parquet" / f"{name}.parquet", dtype_backend="pyarrow")

    yield read
    read.cache_clear()
