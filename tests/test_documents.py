"""The pages of docs/ that follow from the code."""

import runpy

from pipeline import PROJECT
from pipeline.catalogue.sources import read_catalogue
from pipeline.export.formats import FORMATS

GENERATE = runpy.run_path(str(PROJECT / "docs" / "generate.py"))


def test_generated_pages_are_not_stale() -> None:
    for name, render in GENERATE["PAGES"].items():
        assert (PROJECT / "docs" / name).read_text(encoding="utf-8") == render(), "run `make dictionary` and commit it"


def test_every_format_and_every_source_has_a_row() -> None:
    formats, sources = GENERATE["render_formats"](), GENERATE["render_sources"]()
    assert [name for name, each in FORMATS.items() if GENERATE["format_row"](each) not in formats] == []
    assert [name for name in read_catalogue() if f"| `{name}` |" not in sources] == []


def test_a_source_without_a_reader_is_said_to_be_unread() -> None:
    (row,) = [line for line in GENERATE["render_sources"]().splitlines() if line.startswith("| `cci_icd10cm` |")]
    assert row.endswith("| not read yet |")
