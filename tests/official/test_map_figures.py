"""Check figures of maps, groupers, conversion tables and lists of causes, on all official files; what is declared."""

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from pipeline.catalogue.sources import read_catalogue
from pipeline.catalogue.survey import survey_raw
from pipeline.gate.completeness import LEFT_OUT, read_complete_maps
from pipeline.ingest import ingest
from pipeline.ingest.conversion import PRINTED_TWICE, read_icd10cm_conversion
from pipeline.ingest.gem import (
    WITHOUT_COMBINATION_FLAG,
    WITHOUT_NO_MAP_FLAG,
    WITHOUT_SECOND_CHOICE_LIST,
    read_gem,
)
from pipeline.ingest.mortality import PRINTED_OUT_OF_ORDER, read_icd10_causes
from pipeline.layouts import LAYOUTS
from tests.conftest import ReadTable, find_official_raw
from tests.official.conftest import Catalogued, Member, member_of

OF_MAPS = (
    "gem", "reimbursement", "ccsr", "ccs", "hcc", "nchs_113", "icd10cm_conversion", "icd9cm_conversion",
    "mortality_list",
)  # fmt: skip
GEM = {"gem_i9pcs.txt": 73_593, "gem_pcsi9.txt": 101_025}


@pytest.mark.parametrize("layout", OF_MAPS)
@pytest.mark.usefixtures("official_raw")
def test_every_official_file_keeps_the_figures_of_its_layout(layout: str) -> None:
    raw = find_official_raw()
    assert raw is not None
    here = [each for each in survey_raw(raw, read_catalogue()).found if each.source.layout == layout]
    assert here, f"no official file of the layout {layout}"
    for delivery in here:
        assert ingest(delivery, LAYOUTS[layout].readers, LAYOUTS[layout].figures).frames


def test_what_is_declared_against_the_figures_of_a_gem_is_in_the_file(official_member: Member) -> None:
    tables = [read_gem(name, official_member("gem_px", "2017-10-01", name)) for name in GEM]
    assert [len(table) for table in tables] == [*GEM.values()]
    printed = {
        " ".join(row)
        for table in tables
        for row in zip(*(table[name].to_pylist() for name in ("source", "target", "flags")), strict=True)
    }
    unflagged = {f"{source} NoI9 10000" for source in WITHOUT_NO_MAP_FLAG}
    assert len(unflagged) == 29
    assert printed >= {*WITHOUT_COMBINATION_FLAG, *WITHOUT_SECOND_CHOICE_LIST, *unflagged}


@pytest.mark.parametrize("release", ["2019-10-01", "2024-10-01", "2025-10-01"])
def test_codes_declared_as_printed_twice_are(catalogued: Catalogued, release: str) -> None:
    member = member_of(catalogued("icd10cm_conversion", release), "table")
    codes = pc.utf8_trim_whitespace(read_icd10cm_conversion(member.where, member.raw)["code"]).value_counts()
    assert {each["values"] for each in codes.to_pylist() if each["counts"] == 2} == set(PRINTED_TWICE)


def test_block_declared_as_out_of_order_is_in_the_list_of_2011(catalogued: Catalogued) -> None:
    member = member_of(catalogued("icd10_mortality", "2011-01-01"), "list")
    table = read_icd10_causes(member.where, member.raw)
    (row,) = table.filter(pc.is_in(table["code"], pa.array([*PRINTED_OUT_OF_ORDER]))).to_pylist()
    assert (row["code"], row["line"]) == ("C37-D48", 1684)


def test_every_map_of_the_full_files_leaves_out_as_many_codes_as_is_declared(
    official_build: Path, read_table: ReadTable
) -> None:
    mappings = read_table(official_build, "mappings")
    left_out = mappings.loc[mappings["status"] == LEFT_OUT, "crosswalk"].value_counts()
    here = {*mappings["crosswalk"]} & {*read_complete_maps()}
    assert here
    declared = {each: read_complete_maps()[each].leaves_out for each in here}
    assert {each: left_out.get(each, 0) for each in here} == declared
