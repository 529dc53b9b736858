"""History against the agencies' own lists and counts, release by release."""

import csv
import zipfile
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from pipeline.build import read
from pipeline.build_inputs import survey
from pipeline.catalogue.sources import Release, read_catalogue
from pipeline.catalogue.survey import survey_raw
from pipeline.gate.miscounts import find_differing_counts, read_differences
from pipeline.ingest import ingest
from pipeline.ingest.addenda import read_addenda_statistics
from pipeline.layouts import LAYOUTS
from pipeline.normalised import listings_of
from pipeline.run.progress import Progress
from tests.official.conftest import valid_on
from tests.official.corpus import corpus_facts, corpus_files, facts_of

# Where days come from another source than the two files, so that history differs from the addenda and the files do not.
DIFFERENCES = Path(__file__).with_name("history_differences.csv")
KINDS = {"headers": False, "codes": True}
ORDER_FILES = {"icd10cm": "ICD10CM", "icd10pcs": "ICD10PCS"}
EXEMPT_CODES = "exempt codes"  # declared of the ReadMe of a list of exempt codes, which is no addenda


def derived_counts(before: pd.DataFrame, after: pd.DataFrame) -> dict[str, int]:
    both = before.index.intersection(after.index)
    short = before.loc[both, "short_description"] != after.loc[both, "short_description"]
    long = before.loc[both, "description"] != after.loc[both, "description"]
    return {
        "before": len(before),
        "after": len(after),
        "additions": len(after.index.difference(before.index)),
        "deletions": len(before.index.difference(after.index)),
        "revisions": int((short | long).sum()),
        "revisions to both long and short titles": int((short & long).sum()),
        "revisions to long title only": int((long & ~short).sum()),
        "revisions to short title only": int((short & ~long).sum()),
    }


def base_of(release: Release, releases: list[str]) -> str | None:
    """The edition that the addenda of a release are the difference from."""
    return release.updates or max((each for each in releases if each < release.release), default=None)


def declared_differences() -> dict[tuple[str, str, str, str], tuple[int, int]]:
    with DIFFERENCES.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    rows += [{**row, "derived": row["counted"]} for row in read_differences() if row["against"] == "editions"]
    assert all(row["reason"] for row in rows)
    return {
        (row["system"], row["release"], row["kind"], row["count"]): (int(row["derived"]), int(row["printed"]))
        for row in rows
    }


def test_every_number_of_an_addenda_is_compared_and_every_declared_difference_applies(official_raw):
    seen = survey(official_raw, read_catalogue(), Progress(print), ["icd10cm", "icd10pcs"])
    counts = read(seen, Progress(print)).addenda
    assert find_differing_counts(counts) == []
    differing = {(each.system, each.release, each.kind, each.count) for each in counts if each.counted != each.printed}
    assert len(differing) == len([each for each in read_differences() if each["kind"] != EXEMPT_CODES])
    assert {each.against for each in counts} == {"lines", "editions"}
    # Of ICD-10-PCS April 2022 the addenda are those of an errata, which print no numbers: that is what is declared.
    compared = {(each.system, each.release) for each in counts}
    assert len(compared - {("ICD10PCS", "2022-04-01")}) == sum(each.addenda for each in corpus_files())


def test_changes_equal_the_statistics_of_every_addenda_but_for_declared_differences(
    official_raw, official_build, read_table
):
    history = read_table(official_build, "code_history")
    found, compared = {}, 0
    for delivery in survey_raw(official_raw, read_catalogue()).found:
        system = ORDER_FILES.get(delivery.source.source)
        printed = statistics_of(delivery.paths[0]) if system else None
        if not printed:
            continue
        base = base_of(delivery.release, sorted(releases_here(official_raw, delivery.source.source)))
        if not base:
            continue
        days = date.fromisoformat(base), delivery.release.effective_from
        for kind, billable in KINDS.items():
            before, after = ((rows := valid_on(history, system, day))[rows["billable"] == billable] for day in days)
            compared += 1
            for count, derived in derived_counts(before, after).items():
                if derived != printed[kind][count]:
                    found[system, delivery.release.release, kind, count] = derived, printed[kind][count]
    assert compared == len(KINDS) * sum(each.addenda for each in corpus_files())
    assert found == declared_differences()


def statistics_of(archive: Path) -> dict[str, dict[str, int]]:
    with zipfile.ZipFile(archive) as opened:
        names = [name for name in opened.namelist() if "order" in (base := name.split("/")[-1]) and "addend" in base]
        return read_addenda_statistics(opened.read(names[0]).decode("ascii")) if names else {}


def releases_here(raw: Path, source: str) -> set[str]:
    return {path.name for path in (raw / source).iterdir()}


LISTED = ("ICD10CM", "ICD10PCS", "ICD9CM", "ICD9Proc", "HCPCS", "ICD10")


def test_codes_valid_on_the_day_of_every_release_are_those_of_the_agencys_file(
    official_raw, official_build, read_table
):
    history = read_table(official_build, "code_history")
    checked = 0
    for delivery in survey_raw(official_raw, read_catalogue()).in_use():
        if delivery.source.layout not in {"order_file", "icd9_titles", "anweb", "mortality_list"}:
            continue
        layout = LAYOUTS[delivery.source.layout]
        for listing in listings_of([ingest(delivery, layout.readers)]):
            day = pd.Timestamp(listing.day).date()
            rows = listing.rows.to_pandas(types_mapper=pd.ArrowDtype)
            starts = rows["valid_from"].isna() | (rows["valid_from"] <= day)
            ends = rows["valid_to"].isna() | (rows["valid_to"] >= day)
            listed = set(rows.loc[starts & ends, "code"])
            valid = valid_on(history, listing.system, day)
            valid = set(valid[valid["billable"]].index if listing.system in {"ICD9CM", "ICD9Proc"} else valid.index)
            facts = facts_of(listing.system)[listing.release]
            headings = headings_left_out(listing, valid) if facts.get("leaves_only") else set()
            extra = set(facts.get("in_force_but_not_listed", ()))
            assert valid - listed == extra | headings, (listing.system, listing.release)
            assert listed - valid == set(facts.get("listed_but_ended", ())), (listing.system, listing.release)
            checked += 1
    assert checked == sum(len(facts_of(system)) for system in LISTED)


def headings_left_out(listing, valid: set[str]) -> set[str]:
    """The headings of an older list, where a newer one holds leaves only."""
    listed = set(listing.rows["code"].to_pylist())
    return {code for code in valid - listed if any(other.startswith(code) for other in listed)}


@pytest.mark.parametrize(
    ("system", "code", "expected"),
    [
        ("ICD10CM", "U070", (date(2020, 4, 1), "conversion_table")),
        ("ICD10CM", "U071", (date(2020, 4, 1), "conversion_table")),
        ("ICD10CM", "W44A0XA", (date(2023, 10, 1), "release")),
        ("ICD10CM", "V0101XA", (date(2015, 10, 1), "release")),
        ("ICD10PCS", "XW023X7", (date(2022, 4, 1), "release")),
        ("ICD10PCS", "XW023Y7", (date(2022, 4, 1), "release")),
        ("ICD10PCS", "XW023V7", (date(2022, 4, 1), "release")),
        ("ICD10PCS", "XW033E5", (date(2020, 8, 1), "conversion_table")),
        ("ICD9CM", "25000", (date(2005, 10, 1), "left_censored")),
        ("HCPCS", "A0428", (date(2001, 1, 1), "record")),
    ],
)
def test_the_first_day_of_a_code_and_how_it_is_known(official_build, read_table, system, code, expected):
    history = read_table(official_build, "code_history")
    row = history[(history["system"] == system) & (history["code"] == code)].iloc[0]
    assert (row["valid_from"], row["valid_from_basis"]) == expected


def test_codes_of_april_2023_start_in_april_and_october_codes_known_only_through_april_files_in_october(
    official_build, read_table
):
    changes = read_table(official_build, "code_changes")
    added = changes[changes["change"] == "added"]
    april = added[(added["system"] == "ICD10CM") & (added["release"] == "2023-04-01")]
    assert len(april) == 42 + 8
    assert set(april["effective_from"]) == {date(2023, 4, 1)}
    codes = read_table(official_build, "codes")
    october = codes[(codes["system"] == "ICD10PCS") & (codes["valid_from_basis"] == "addenda") & codes["billable"]]
    counts = october["valid_from"].value_counts().to_dict()
    assert {day.isoformat(): count for day, count in counts.items()} == corpus_facts("ICD10PCS")[
        "first_days_by_addenda"
    ]


def test_code_changes_and_releases_count_the_same(official_build, read_table):
    """A code that was split is no longer listed by the title files, and a heading from then on."""
    changes = read_table(official_build, "code_changes")
    counts = changes.groupby(["system", "release", "change"]).size().unstack(fill_value=0)
    releases = read_table(official_build, "releases")
    compared = releases[releases["system"].isin(["ICD9CM", "ICD9Proc", "ICD10CM"]) & releases["added"].notna()]
    told = [*facts_of("ICD9CM", "added"), *facts_of("ICD9Proc", "added"), *facts_of("ICD10CM", "billable_added")]
    assert len(compared) == len(told)
    for row in compared.itertuples():
        own = counts.loc[(row.system, row.release)] if (row.system, row.release) in counts.index else counts.iloc[0] * 0
        split = own["became_header"] if row.system != "ICD10CM" else 0
        found = own["added"], own["removed"] + split, own["description_revised"]
        assert found == (row.added, row.removed, row.revised), (row.system, row.release)


def test_a_heading_is_in_force_as_long_as_a_code_below_it(official_build, read_table):
    history = read_table(official_build, "code_history")
    own = history[history["system"] == "ICD9CM"].set_index("code")
    diabetes = own.loc["250"]
    assert (diabetes["valid_from"], diabetes["valid_from_basis"]) == (date(2005, 10, 1), "left_censored")
    split = own.loc["0461"].sort_values("valid_from")
    assert list(split["billable"]) == [True, False]
    assert list(split["valid_from"]) == [date(2005, 10, 1), date(2008, 10, 1)]


def test_no_icd9_code_is_valid_on_the_day_after_the_last(official_build, read_table):
    history = read_table(official_build, "code_history")
    for system in ("ICD9CM", "ICD9Proc"):
        assert valid_on(history, system, date(2015, 10, 1)).empty
        last = valid_on(history, system, date(2015, 9, 30)).query("billable")
        assert len(last) == facts_of(system)["2014-10-01"]["codes"]


def test_a_reused_code_has_two_meanings(official_build, read_table):
    history = read_table(official_build, "code_history")
    own = history[(history["system"] == "HCPCS") & (history["code"] == "J1440")]
    spans = list(zip(own["valid_from"], own["valid_to"].astype(object), strict=True))
    assert spans[0] == (date(1994, 1, 1), date(2013, 12, 31))
    assert spans[1][0] == date(2023, 7, 1)
    assert ["filgrastim" in text.lower() for text in own["description"]] == [True, False]


def test_the_flag_turns_where_the_files_say(official_build, read_table):
    changes = read_table(official_build, "code_changes")
    own, facts = changes[changes["system"] == "ICD10CM"], corpus_facts("ICD10CM")
    assert (own["change"] == "became_header").sum() == facts["became_header"]
    assert sorted(own.loc[own["change"] == "became_billable", "code"]) == facts["became_billable"]
    replaced = own[(own["change"] == "replaced") & (own["code"] == "E11321")].iloc[0]
    assert list(replaced["replaced_by"]) == ["E113211", "E113212", "E113213", "E113219"]
