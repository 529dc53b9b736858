"""Table macros of the DuckDB file that give a grouping as one of its versions says."""

from typing import Final

# A version has the rows with release_from up to it and release_to from it on; their names sort as their days do.
OF_VERSION: Final = """table select m.* from mappings m join grouping_versions v on v.crosswalk = m.crosswalk
            and v.release between m.release_from and m.release_to
        where m.crosswalk = of_crosswalk and {}
        order by m.source_code, m.target_code"""
GROUPING_MACROS: Final = {
    "grouping_of(of_crosswalk, of_release)": (
        "The rows of a grouping that stand in one of its versions: from grouping_of('ccsr_icd10cm', '2019-1'). Table "
        "grouping_versions names them.",
        OF_VERSION.format("v.release = of_release"),
    ),
    "grouping_on(of_crosswalk, day)": (
        "The rows of a grouping in the version that was in effect on a day: from grouping_on('ccsr_icd10cm', date "
        "'2019-03-01'). None where that version is not here.",
        OF_VERSION.format("day between v.effective_from and v.known_through"),
    ),
}
