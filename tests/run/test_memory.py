"""Memory of a build: from an allocator that gives back what nobody uses."""

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest

from pipeline.build import build
from pipeline.errors import NothingToBuild
from pipeline.run.progress import Progress


def refuse(*_: object) -> None:
    """As Arrow refuses an allocator that it was built without."""
    raise NotImplementedError("This Arrow build does not enable jemalloc")


@pytest.fixture
def nothing_built(tmp_path: Path) -> Iterator[Path]:
    """A raw folder with nothing in it. The allocator of before comes back."""
    usual = pa.default_memory_pool()
    pa.set_memory_pool(pa.mimalloc_memory_pool())
    (tmp_path / "raw").mkdir()
    yield tmp_path
    pa.set_memory_pool(usual)


def pool_of_a_build(folder: Path) -> str:
    """The name of the allocator that Arrow has after a build, which finds nothing to build."""
    with pytest.raises(NothingToBuild):
        build(folder / "raw", folder / "output", {}, Progress(print))
    name: str = pa.default_memory_pool().backend_name
    return name


@pytest.mark.skipif("jemalloc" not in pa.supported_memory_backends(), reason="this wheel of Arrow has no jemalloc")
def test_arrow_takes_the_memory_of_a_build_from_jemalloc(nothing_built: Path) -> None:
    assert pool_of_a_build(nothing_built) == "jemalloc"


def test_without_jemalloc_it_takes_it_from_the_c_library(nothing_built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("jemalloc_set_decay_ms", "jemalloc_memory_pool"):
        monkeypatch.setattr(pa, name, refuse)
    assert pool_of_a_build(nothing_built) == "system"
