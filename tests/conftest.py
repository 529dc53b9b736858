"""What all tests share: where the raw files are, and one build from each folder of them per session."""

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from functools import cache, partial
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
Once = Callable[[str, Callable[[Path], object]], Path]

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
    """Marks what needs the full files as official, puts it in its turn, and skips it where they are not there."""
    for item in items:
        if NEEDS_OFFICIAL.intersection(getattr(item, "fixturenames", ())):
            item.add_marker("official")
    items.sort(key=_turn)
    if find_official_raw() is None:
        official = [item for item in items if item.get_closest_marker("official")]
        config.stash[SKIPPED] = len(official)
        for item in official:
            item.add_marker(pytest.mark.skip(reason=f"NO OFFICIAL FILES in RAW={os.environ.get('RAW')} or {OFFICIAL}"))


def _turn(item: pytest.Item) -> int:
    """When it runs: what needs the full files last, but of the slow tests first, since it takes the longest."""
    is_official, is_slow = (item.get_closest_marker(name) is not None for name in ("official", "slow"))
    return -1 if is_official and is_slow else int(is_official)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """One line that cannot be overlooked where official tests were skipped."""
    if "skipped" in terminalreporter.stats and (count := config.stash.get(SKIPPED, 0)):
        terminalreporter.write_line(
            f"NOT TESTED on the agencies' full files: {count} tests skipped. Name their folder: make test RAW=<folder>",
            yellow=True,
            bold=True,
        )


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Once:
    """Makes a folder once for all processes that run the tests: the first that asks for a name makes it, the others
    wait for it. Where making it fails each of them tries, so that each tells of it."""
    own = tmp_path_factory.getbasetemp()
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own

    def make_once(name: str, make: Callable[[Path], object]) -> Path:
        folder, made = shared / name, shared / f"{name}.made"
        with (shared / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not made.exists():
                shutil.rmtree(folder, ignore_errors=True)
                folder.mkdir()
                make(folder)
                made.touch()
        return folder

    return make_once


@pytest.fixture(scope="session")
def official_raw(once: Once) -> Path:
    """The folder of the agencies' full files that the tests know: those of the manifest, whatever else lies beside
    them."""
    found = find_official_raw()
    assert found is not None, "a test that needs the official files was not skipped"
    return once("corpus", partial(pin_corpus, found))


@pytest.fixture(scope="session")
def official_build(official_raw: Path, once: Once) -> Path:
    """The folder of a build from the full files."""
    return _latest(once("official", partial(_build, official_raw)))


@pytest.fixture(scope="session")
def excerpt_raw() -> Path:
    """The folder of the excerpt."""
    return EXCERPT


@pytest.fixture(scope="session")
def excerpt_build(once: Once) -> Path:
    """The folder of a build from the excerpt."""
    return _latest(once("excerpt", partial(_build, EXCERPT)))


def _build(raw: Path, output: Path) -> None:
    build(raw, output, read_catalogue(), Progress(print))


def _latest(output: Path) -> Path:
    return (output / "latest").resolve()


@pytest.fixture(scope="session")
def read_table() -> Iterator[ReadTable]:
    """Reads a published table by build and name, with Arrow types. Each is read once: leave it as it is."""

    @cache
    def read(folder: Path, name: str) -> pd.DataFrame:
        return pd.read_parquet(folder / "parquet" / f"{name}.parquet", dtype_backend="pyarrow")

    yield read
    read.cache_clear()
