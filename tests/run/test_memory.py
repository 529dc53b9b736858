"""Memory of a build: from one allocator."""

from pathlib import Path

import pyarrow as pa
import pytest

from pipeline.build import build
from pipeline.errors import NothingToBuild
from pipeline.run.progress import Progress


def test_a_build_takes_all_its_memory_from_the_c_library(tmp_path: Path) -> None:
    usual = pa.default_memory_pool()
    pa.set_memory_pool(pa.mimalloc_memory_pool())
    try:
        (tmp_path / "raw").mkdir()
        with pytest.raises(NothingToBuild):
            build(tmp_path / "raw", tmp_path / "output", {}, Progress(print))
        assert pa.default_memory_pool().backend_name == "system"
    finally:
        pa.set_memory_pool(usual)
