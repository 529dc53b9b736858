"""The first days of ICD-9-CM by its conversion table, with every tabular list: read in the document and the lists."""

from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from pipeline.build import build
from pipeline.catalogue.sources import read_catalogue
from pipeline.ingest.archive import open_members
from pipeline.ingest.tabular import read_tabular_rtf
from pipeline.run.progress import Progress
from tests.conftest import find_official_raw
from tests.official.conftest import Catalogued

LISTS, TABLE = ("1998-10-01", "2004-10-01", "2008-10-01", "2011-10-01"), "2001-10-01"
BY_TABLE, UNKNOWN = "conversion_table", "left_censored"
ReadDated = Callable[[str], pd.DataFrame]


@pytest.fixture(scope="module")
def dated(official_raw: Path, tmp_path_factory: pytest.TempPathFactory) -> ReadDated:
    """The tables of a build of the title files of ICD-9-CM, all its tabular lists and its conversion table."""
    found = find_official_raw()
    assert found is not None
    raw, output = tmp_path_factory.mktemp("raw"), tmp_path_factory.mktemp("output")
    (raw / "icd9cm").symlink_to(official_raw / "icd9cm")
    for source, releases in (("icd9cm_tabular", LISTS), ("icd9cm_conversion", (TABLE,))):
        (raw / source).mkdir()
        for release in releases:
            if not (found / source / release).is_dir():
                pytest.skip(f"{source} {release} is not in {found}")
            (raw / source / release).symlink_to(found / source / release)
    build(raw, output, read_catalogue(), Progress(print))
    return lambda name: pd.read_parquet(output / "latest" / "parquet" / f"{name}.parquet")


@pytest.mark.parametrize(
    ("system", "code", "day", "basis"),
    [
        ("ICD9CM", "042", date(1994, 10, 1), BY_TABLE),
        ("ICD9CM", "53640", date(1998, 10, 1), BY_TABLE),
        ("ICD9CM", "00845", date(1992, 10, 1), BY_TABLE),  # in 008.43-008.47
        ("ICD9CM", "51883", date(1998, 10, 1), BY_TABLE),  # in 518.82-518.89 of 1987, and of a later row
        ("ICD9CM", "3051", date(1994, 10, 1), BY_TABLE),
        ("ICD9Proc", "9670", date(1991, 10, 1), BY_TABLE),
        ("ICD9Proc", "9852", date(1989, 10, 1), BY_TABLE),
        ("ICD9CM", "25000", date(2005, 10, 1), UNKNOWN),
        ("ICD9CM", "99657", date(2005, 10, 1), UNKNOWN),  # of 2003, in 996.51-996.59 of 1987
        ("ICD9CM", "52106", date(2005, 10, 1), UNKNOWN),  # of 2004, in 521.00-521.09 of 2001
        ("ICD9Proc", "9978", date(2005, 10, 1), UNKNOWN),  # of 2004, in 99.71-99.79 of 1988
        ("ICD9Proc", "4575", date(2005, 10, 1), UNKNOWN),  # Hartmann resection was added to it
        ("ICD9CM", "410", date(1989, 10, 1), UNKNOWN),
    ],
)
def test_first_days_read_by_eye(dated: ReadDated, system: str, code: str, day: date, basis: str) -> None:
    (row,) = dated("codes").query("system == @system and code == @code").to_dict("records")
    assert (row["valid_from"], row["valid_from_basis"]) == (day, basis)


def test_how_many_codes_have_a_first_day_of_the_table(dated: ReadDated) -> None:
    codes = dated("codes")
    own = codes[codes["valid_from_basis"] == BY_TABLE]
    assert own["billable"].all()
    assert own["system"].value_counts().to_dict() == {"ICD9CM": 1156, "ICD9Proc": 292}


def test_the_list_of_1998_prints_no_code_that_the_table_dates_after_it(
    dated: ReadDated, catalogued: Catalogued
) -> None:
    release = catalogued("icd9cm_tabular", LISTS[0])
    parts = {"dx": "ICD9CM", "px": "ICD9Proc"}
    members = [each for path in release.paths for each in open_members(release, release.read_file(path), [*parts])]
    lists = {parts[each.part]: read_tabular_rtf(each.where, each.raw)["code"].to_pylist() for each in members}
    printed = {system: set(codes) for system, codes in lists.items()}
    codes = dated("codes")
    own = codes[(codes["valid_from_basis"] == BY_TABLE) & (codes["valid_from"] > date(1998, 10, 1))]
    assert len(own) == 157
    assert [row.code_dotted for row in own.itertuples() if row.code_dotted in printed[str(row.system)]] == []


def test_what_the_crosswalks_hold(dated: ReadDated) -> None:
    mappings = dated("mappings")
    assert mappings["crosswalk"].value_counts().to_dict() == {"conversion_icd9cm": 1339, "conversion_icd9proc": 431}
    of_hiv = mappings.query("crosswalk == 'conversion_icd9cm' and source_code == '042'")
    assert set(of_hiv["target_code"]) == {"0420", "0422", "0429", "0430", "0433", "0439", "0440", "0449"}
    exceptions = Counter(dated("crosswalk_exceptions")["exception"])
    assert exceptions == {"unlisted_source": 19, "unlisted_target": 48, "repeated": 1}


def test_the_oldest_listing_still_says_from_when_on_the_system_is_known(dated: ReadDated) -> None:
    systems = dated("systems").set_index("system")
    assert systems.loc["ICD9CM", "known_from"] == date(2005, 10, 1)
