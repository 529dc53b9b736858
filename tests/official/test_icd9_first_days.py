"""The first days of ICD-9-CM by its conversion table, with every tabular list: read in the document and the lists."""

from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from pipeline.build import build
from pipeline.catalogue.sources import read_catalogue
from pipeline.crosswalk.registry import read_crosswalks
from pipeline.history.printed import find_began
from pipeline.ingest.archive import open_members
from pipeline.ingest.tabular import read_tabular_rtf
from pipeline.run.progress import Progress
from tests.conftest import find_official_raw
from tests.official.conftest import Catalogued
from tests.official.years import check_years

LISTS, TABLE = ("1998-10-01", "2004-10-01", "2008-10-01", "2011-10-01"), "2001-10-01"
BY_TABLE, BY_LISTS, UNKNOWN = "conversion_table", "release", "left_censored"
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


def printed_in(catalogued: Catalogued, day: str) -> pd.DataFrame:
    """What the list of a day prints: system, code, day and shown_by."""
    release, parts = catalogued("icd9cm_tabular", day), {"dx": "ICD9CM", "px": "ICD9Proc"}
    members = [each for path in release.paths for each in open_members(release, release.read_file(path), [*parts])]
    frames = []
    for each in members:
        rows = read_tabular_rtf(each.where, each.raw).to_pandas().query("entry == 'code'")
        codes = rows["code"].str.replace(".", "").drop_duplicates()
        frames.append(pd.DataFrame({"system": parts[each.part], "code": codes, "shown_by": day}))
    return pd.concat(frames).assign(day=pd.Timestamp(day)).astype({"day": "datetime64[s]"})


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
        ("ICD9CM", "99657", date(2004, 10, 1), BY_LISTS),  # of 2003, in 996.51-996.59 of 1987
        ("ICD9CM", "52106", date(2004, 10, 1), BY_LISTS),  # of 2004, in 521.00-521.09 of 2001
        ("ICD9Proc", "9978", date(2004, 10, 1), BY_LISTS),  # of 2004, in 99.71-99.79 of 1988
        ("ICD9CM", "27802", date(2005, 10, 1), BY_LISTS),
        ("ICD9CM", "28731", date(2005, 10, 1), BY_LISTS),
        ("ICD9Proc", "0018", date(2005, 10, 1), BY_LISTS),
        ("ICD9Proc", "0040", date(2005, 10, 1), BY_LISTS),
        ("ICD9CM", "67000", date(2005, 10, 1), UNKNOWN),  # its fourth digit has a line in FY2012 alone
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
    printed = set(printed_in(catalogued, LISTS[0])[["system", "code"]].itertuples(index=False, name=None))
    codes = dated("codes")
    own = codes[(codes["valid_from_basis"] == BY_TABLE) & (codes["valid_from"] > date(1998, 10, 1))]
    assert len(own) == 157
    assert printed & set(own[["system", "code"]].itertuples(index=False, name=None)) == set()


def test_how_many_codes_began_between_two_files(dated: ReadDated) -> None:
    """The coordinating committee's addenda of October 2005 had 173 new diagnosis codes."""
    history = dated("code_history").drop_duplicates(["system", "code"])
    began = history[history["billable"] & history["valid_from_earliest"].notna()]
    counts = began.groupby(["system", "valid_from_earliest", "valid_from"]).size().to_dict()
    since_1998, since_2004 = date(1998, 10, 2), date(2004, 10, 2)
    assert counts == {
        ("ICD9CM", since_1998, date(2004, 10, 1)): 463,
        ("ICD9CM", since_1998, date(2005, 10, 1)): 16,
        ("ICD9CM", since_2004, date(2005, 10, 1)): 173,
        ("ICD9Proc", since_1998, date(2004, 10, 1)): 90,
        ("ICD9Proc", since_2004, date(2005, 10, 1)): 37,
    }


@pytest.mark.parametrize("day", [date(2008, 10, 1), date(2011, 10, 1)])
def test_no_list_lacks_a_code_that_the_title_file_of_its_day_lists(
    dated: ReadDated, catalogued: Catalogued, day: date
) -> None:
    """What dates codes that are older than the title files, tried where these know better."""
    history = dated("code_history")
    on_day = history["billable"] & (history["valid_from"] <= day) & (history["valid_to"] >= day)
    listed = history.loc[on_day, ["system", "code"]].assign(
        valid_from=pd.Timestamp(day) + pd.Timedelta(days=1), release=""
    )
    lists = pd.concat([printed_in(catalogued, each) for each in LISTS], ignore_index=True)
    told = find_began(listed.astype({"valid_from": "datetime64[s]"}), lists)
    assert len(listed) > 17_000
    assert told[told["valid_from_earliest"] > pd.Timestamp(day)].empty


def test_what_the_crosswalks_hold(dated: ReadDated) -> None:
    mappings = dated("mappings")
    assert mappings["crosswalk"].value_counts().to_dict() == {
        "conversion_icd9cm": 1339, "conversion_icd9proc": 431,
        "icd9cm_backward": 2848, "icd9cm_forward": 779, "icd9proc_backward": 421, "icd9proc_forward": 87,
    }  # fmt: skip
    of_hiv = mappings.query("crosswalk == 'conversion_icd9cm' and source_code == '042'")
    assert set(of_hiv["target_code"]) == {"0420", "0422", "0429", "0430", "0433", "0439", "0440", "0449"}
    exceptions = Counter(dated("crosswalk_exceptions")["exception"])
    assert exceptions == {"unlisted_source": 19, "unlisted_target": 48, "repeated": 1, "not_bridged": 1027}


@pytest.mark.parametrize("crosswalk", ["icd9cm_forward", "icd9cm_backward", "icd9proc_forward", "icd9proc_backward"])
def test_year_to_year_every_code_that_did_not_stay_has_a_row(dated: ReadDated, crosswalk: str) -> None:
    tables = (dated(name) for name in ("code_history", "releases", "mappings"))
    assert check_years(read_crosswalks()[crosswalk], *tables) > 30_000
    (row,) = dated("crosswalks").query("crosswalk == @crosswalk").to_dict("records")
    assert (row["known_from"], row["known_through"]) == (date(2005, 10, 1), date(2015, 9, 30))


def test_year_to_year_read_by_eye(dated: ReadDated) -> None:
    """Fever was subdivided in 2008; 718.60 and 84.58 ended without a successor; 79.83 of 2007 has no predecessor."""
    mappings = dated("mappings")

    def of(crosswalk: str, code: str) -> dict[object, object]:
        """The targets of a code but for itself, with their predicates or the status."""
        own = mappings[(mappings["crosswalk"] == crosswalk) & (mappings["source_code"] == code)]
        told = dict(zip(own["target_code"].fillna(""), own["predicate"].fillna(own["status"]), strict=True))
        return {target: each for target, each in told.items() if target != code}

    assert of("icd9cm_forward", "7806") == dict.fromkeys([f"7806{digit}" for digit in range(6)], "narrowMatch")
    assert of("icd9cm_backward", "78065") == {"7806": "broadMatch"}
    assert of("icd9cm_forward", "71860") == of("icd9proc_forward", "8458") == {"": "not_bridged"}
    assert of("icd9cm_backward", "07983") == {"": "not_bridged"}
    assert of("icd9cm_backward", "27802") == {}  # new in the oldest title file: it has no day before to be asked for


def test_the_oldest_listing_still_says_from_when_on_the_system_is_known(dated: ReadDated) -> None:
    systems = dated("systems").set_index("system")
    assert systems.loc["ICD9CM", "known_from"] == date(2005, 10, 1)
