"""The table of layouts, against itself and against the catalogue."""

import pickle
import zipfile
from pathlib import Path

import pytest

from pipeline.catalogue.sources import read_catalogue
from pipeline.catalogue.survey import survey_raw
from pipeline.errors import SeveralFailed
from pipeline.ingest import IngestedRelease, ingest
from pipeline.layouts import LAYOUTS, Layout
from pipeline.normalised import listings_of, policies_of
from tests.ingest.mcd_samples import article, zip_of
from tests.normalise.frames import delivery_of

RULES = ("listings", "maps", "sections", "conversions", "policies", "rules")


def rules_of(layout: Layout) -> list[str]:
    return [name for name in RULES if getattr(layout, name)]


def test_something_comes_of_every_layout() -> None:
    assert [name for name, layout in LAYOUTS.items() if not rules_of(layout)] == []


def test_what_a_layout_needs_is_one_of_its_parts() -> None:
    assert [name for name, layout in LAYOUTS.items() if layout.needs and layout.needs not in layout.readers] == []


def test_readers_can_be_sent_to_another_process() -> None:
    for layout in LAYOUTS.values():
        assert pickle.loads(pickle.dumps(layout.readers)).keys() == layout.readers.keys()


def test_parts_of_a_layout_are_parts_of_the_sources_that_have_it() -> None:
    for name, layout in LAYOUTS.items():
        sources = [each for each in read_catalogue().values() if each.layout == name]
        assert sources, name
        parts = {part for each in sources for own in (each, *each.releases) for part in own.members}
        assert set(layout.readers) - parts <= {"workbook"}, name  # CCSR as a workbook is read where an entry names it


def test_every_release_that_lacks_the_part_it_needs_is_named() -> None:
    lacking = [IngestedRelease(delivery_of(source), []) for source in ("hcpcs", "icd10cm")]
    with pytest.raises(SeveralFailed, match=r"(?s)2 files failed.*'records'.*'order'") as problem:
        listings_of(lacking)
    assert problem.value.exit_code == 3


def test_exports_of_the_coverage_database_are_read_out_of_the_archives_inside_of_archives(tmp_path: Path) -> None:
    """Articles and determinations are two archives of one release, each with the archive of its tables inside."""
    tables = article(7, {}, {1: ["J44.9"]}) | {
        "lcd_x_hcpc_code.csv": [{"lcd_id": 1, "lcd_version": 9, "hcpc_code_id": "E0570", "hcpc_code_group": 1}],
        "lcd_related_documents.csv": [{"lcd_id": 1, "lcd_version": 9, "r_article_id": 7}],
    }
    folder = tmp_path / "mcd" / "2026-09-28"
    folder.mkdir(parents=True)
    for kind in ("article", "lcd"):
        with zipfile.ZipFile(folder / f"current_{kind}.zip", "w") as archive:
            archive.writestr(f"current_{kind}_csv.zip", zip_of(tables))
            archive.writestr(f"current_{kind}.mdb", b"not read")
    (release,) = survey_raw(tmp_path, read_catalogue()).in_use()
    (found,) = policies_of([ingest(release, LAYOUTS["mcd_exports"].readers)])
    assert found.policies["policy"].to_pylist() == ["A7 version 3"]
    assert sorted(found.codes["code"].to_pylist()) == ["E0570", "J449"]
