"""Crosswalks built from the full files give the figures that were counted on these files beforehand (corpus.toml).

Sections are those of `known_answers.md`. The hand-worked cases say in a comment why each answer is the right one.
"""

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from pipeline.crosswalk.registry import read_crosswalks
from pipeline.crosswalk.unlisted import read_unlisted
from tests.conftest import ReadTable
from tests.official.conftest import valid_on
from tests.official.corpus import corpus_facts, crosswalk_facts
from tests.official.years import check_years

GEM = crosswalk_facts("combination_rows")
REIMBURSEMENT = crosswalk_facts("sources_by_size")
OTHERS = crosswalk_facts("raw_rows")
GEM_BOTH_WAYS = crosswalk_facts("pairs_both_ways")
YEAR_TO_YEAR = {name: entry for name, entry in read_crosswalks().items() if entry.is_year_to_year}


@pytest.fixture(scope="module")
def mappings(official_build: Path, read_table: ReadTable) -> pd.DataFrame:
    return read_table(official_build, "mappings")


@pytest.fixture(scope="module")
def crosswalks(official_build: Path, read_table: ReadTable) -> pd.DataFrame:
    return read_table(official_build, "crosswalks").set_index("crosswalk")


@pytest.fixture(scope="module")
def clusters(official_build: Path, read_table: ReadTable) -> pd.DataFrame:
    return read_table(official_build, "clusters")


@pytest.fixture(scope="module")
def exceptions(official_build: Path, read_table: ReadTable) -> pd.DataFrame:
    return read_table(official_build, "crosswalk_exceptions")


@pytest.fixture(scope="module")
def reportable(official_build: Path, read_table: ReadTable) -> dict[str, set[str]]:
    """The codes of the release to which the crosswalks of a system are completed in this corpus."""
    history = read_table(official_build, "code_history")
    days = {system: date.fromisoformat(corpus_facts(system)["completed_to"]) for system in ("ICD10CM", "ICD10PCS")}
    return {system: set(valid_on(history, system, day).query("billable").index) for system, day in days.items()}


# Entries that declare more than this corpus leaves open, by crosswalk and side; and crosswalks of files of users alone.
FEWER_NOT_LISTED = {
    ("successors_hcpcs", "target"): 2, ("successors_hcpcs_cpt4", "target"): 44, ("asp_ndc_hcpcs", "source"): 6_763,
    ("asp_ndc_hcpcs", "target"): 49,
}  # fmt: skip
OF_USERS = {"nhsn_cpt4", "ccs_cpt4", "ccs_hcpcs", "asp_ndc_cpt4"}
SAYS_THAT_IT_LACKS = ["not_assigned", "newer_than_map", "older_than_map"]


def of(mappings: pd.DataFrame, crosswalk: str, source: str | None = None) -> pd.DataFrame:
    """The rows of a crosswalk, of mappings or clusters, but those that only say that a published map lacks a code."""
    own = mappings[mappings["crosswalk"] == crosswalk]
    if "status" in own:
        own = own[~own["status"].isin(SAYS_THAT_IT_LACKS)]
    return own if source is None else own[own["source_code"] == source]


def sets_of(clusters: pd.DataFrame, crosswalk: str, source: str) -> list[set[str]]:
    own = of(clusters, crosswalk, source)
    return [set(each) for _, each in own.groupby("cluster")["target_code"]]


# Counts


@pytest.mark.parametrize("crosswalk", [*GEM, *REIMBURSEMENT, *OTHERS])
def test_a_crosswalk_is_made_from_the_release_that_was_counted(crosswalk: str, crosswalks: pd.DataFrame) -> None:
    facts = {**GEM, **REIMBURSEMENT, **OTHERS}[crosswalk]
    assert crosswalks.loc[crosswalk, "release"] == facts["release"]


@pytest.mark.parametrize("crosswalk", GEM)
def test_gem_rows_flags_and_combinations(crosswalk: str, mappings: pd.DataFrame) -> None:
    """Section 4. Combinations are expanded, one per list; the reference counts a no-map text as a target of a pair."""
    own = of(mappings, crosswalk)
    combined = own[own["combination"]]
    in_scenario = own[own["scenario"] > 0]
    lists = combined.groupby(["source_code", "scenario", "choice_list"]).size()
    pairs = own.dropna(subset="target_code").drop_duplicates(["source_code", "target_code"])
    found = {
        "rows": len(own),
        "sources": own["source_code"].nunique(),
        "targets": own["target_code"].nunique(),
        "no_map": own["no_map"].sum(),
        "approximate": own["approximate"].sum(),
        "exact": (own["flags"] == "00000").sum(),
        "combination_rows": len(combined),
        "combination_sources": combined["source_code"].nunique(),
        "sources_of_several_scenarios": (in_scenario.groupby("source_code")["scenario"].nunique() > 1).sum(),
        "highest_scenario": own["scenario"].max(),
        "highest_choice_list": own["choice_list"].max(),
        "combinations": lists.groupby(["source_code", "scenario"]).prod().sum(),
        "pairs_with_no_map_texts": len(pairs) + own["no_map"].sum(),
        "returning_sources": own.loc[own["round_trip"].fillna(False), "source_code"].nunique(),
    }
    told = {name: fact for name, fact in GEM[crosswalk].items() if name in found}
    assert len(told) >= len(found) - 1
    assert {name: found[name] for name in told} == told


@pytest.mark.parametrize("crosswalk", GEM_BOTH_WAYS)
def test_pairs_of_both_directions_of_the_gem(crosswalk: str, mappings: pd.DataFrame) -> None:
    own = of(mappings, crosswalk)
    both = own[own["round_trip"].fillna(False)].drop_duplicates(["source_code", "target_code"])
    assert len(both) == GEM_BOTH_WAYS[crosswalk]["pairs_both_ways"]


@pytest.mark.parametrize("crosswalk", REIMBURSEMENT)
def test_reimbursement_sets_by_size(crosswalk: str, mappings: pd.DataFrame) -> None:
    own, facts = of(mappings, crosswalk), REIMBURSEMENT[crosswalk]
    sizes = own.groupby("source_code").size().value_counts()
    assert {str(size): count for size, count in sizes.items()} == facts["sources_by_size"]
    assert own["no_map"].sum() == facts["no_map"]


@pytest.mark.parametrize("crosswalk", OTHERS)
def test_conversion_tables_and_groupings(crosswalk: str, crosswalks: pd.DataFrame) -> None:
    """Sections 5 and 7: the facts that are columns of the table of crosswalks."""
    row, facts = crosswalks.loc[crosswalk], OTHERS[crosswalk]
    told = {name: facts[name] for name in ("raw_rows", "mappings", "sources", "targets") if name in facts}
    assert {name: row[name] for name in told} == told


def test_condition_categories_cover_every_code_of_their_file(mappings: pd.DataFrame) -> None:
    """Section 7."""
    (facts,) = crosswalk_facts("models").values()
    own = mappings[mappings["crosswalk"].str.startswith("hcc_")]
    assert (own["crosswalk"].nunique(), own["source_code"].nunique()) == (facts["models"], facts["sources"])


def test_conversion_table_of_icd10cm_says_none_and_repeats_itself(
    mappings: pd.DataFrame, exceptions: pd.DataFrame
) -> None:
    """Section 5: in some cells it says None; eight rows stand there twice."""
    own = of(mappings, "conversion_icd10cm")
    assert own["no_map"].sum() == OTHERS["conversion_icd10cm"]["says_none"]
    repeated = exceptions[(exceptions["crosswalk"] == "conversion_icd10cm") & (exceptions["exception"] == "repeated")]
    assert set(repeated["source_code"]) == {f"O44{n}{m}" for n in (2, 3) for m in range(4)}


# References


def test_every_declared_exception_applies_to_as_many_codes_as_it_says(
    official_raw: Path, exceptions: pd.DataFrame, crosswalks: pd.DataFrame
) -> None:
    """Of the crosswalks of the pinned files; those of the conversion table of ICD-9-CM have tests of their own."""
    unlisted = exceptions[exceptions["exception"].str.startswith("unlisted")]
    here = set(crosswalks.index)
    of_files_not_pinned = {"conversion_icd9cm", "conversion_icd9proc"}
    assert (of_files_not_pinned | OF_USERS).isdisjoint(here)
    for each in read_unlisted(official_raw):
        if set(each.crosswalks) & of_files_not_pinned or (each.crosswalks and set(each.crosswalks) <= OF_USERS):
            continue
        own = unlisted[unlisted["crosswalk"].isin(each.crosswalks) & (unlisted["reason"] == each.reason)]
        counted = FEWER_NOT_LISTED.get((next(iter(each.crosswalks), ""), each.side), each.at_most)
        assert len(own) == counted, each.reason


def test_every_source_and_target_is_listed_or_declared(
    official_build: Path, read_table: ReadTable, mappings: pd.DataFrame, exceptions: pd.DataFrame
) -> None:
    history = read_table(official_build, "code_history")
    listed = set(zip(history["system"], history["code"], strict=True))
    declared = exceptions[exceptions["exception"].str.startswith("unlisted")]
    sources = set(zip(declared["crosswalk"], declared["source_code"], strict=True))
    targets = set(zip(declared["crosswalk"], declared["target_code"], strict=True))
    categories = read_table(official_build, "categories")
    known = set(zip(categories["crosswalk"], categories["category"], strict=True))
    for crosswalk, own in mappings.groupby("crosswalk"):
        used = own.drop_duplicates("source_code")
        pairs = set(zip(used["source_system"], used["source_code"], strict=True)) - listed
        assert {(crosswalk, code) for _, code in pairs} <= sources
        used = own.dropna(subset="target_code").drop_duplicates("target_code")
        pairs = set(zip(used["target_system"], used["target_code"], strict=True)) - listed
        assert {(crosswalk, code) for _, code in pairs} <= targets | known


# Completed to the release that the manifest names. The figures are those of this corpus.


def test_codes_without_a_gem_row_are_bridged(mappings: pd.DataFrame, reportable: dict[str, set[str]]) -> None:
    """Section 5: 3,555 of the 74,719 codes of FY2026 have no row; at least 3,443 are to be bridged.

    3,463 are: 3,434 with ICD-9-CM codes and 29 to codes that the GEM gives no map. Of the others 81 end at a new code
    for which the conversion table says None (it speaks of ICD-10-CM, so that is no statement on ICD-9-CM), 11 at one
    for which it names a code that began on the same day.
    """
    without = reportable["ICD10CM"] - set(of(mappings, "gem_icd10cm_icd9cm")["source_code"])
    assert len(without) == 3_555
    own = of(mappings, "icd10cm_icd9cm_current")
    own = own[own["source_code"].isin(without)]
    assert own["source_code"].nunique() == 3_555
    mapped = set(own.loc[own["target_code"].notna(), "source_code"])
    ends = own[own["target_code"].isna()]
    by_gem = set(ends.loc[ends["no_map"] & ends["path"].str.endswith("gem_icd10cm_icd9cm"), "source_code"])
    assert (len(mapped), len(by_gem)) == (3_434, 29)
    assert by_gem == set(ends.loc[ends["no_map"], "source_code"])
    told = ends["path"].str.contains(" new@")
    assert (ends.loc[told, "source_code"].nunique(), ends.loc[~told & ~ends["no_map"], "source_code"].nunique()) == (
        81,
        11,
    )
    assert own["path"].notna().all()


def test_targets_that_ended_are_carried_forward(mappings: pd.DataFrame, reportable: dict[str, set[str]]) -> None:
    """Section 5: 204 of 17,513 targets can no longer be reported; at least 201 are to be carried forward. All are."""
    targets = set(of(mappings, "gem_icd9cm_icd10cm")["target_code"].dropna())
    gone = targets - reportable["ICD10CM"]
    assert (len(targets), len(gone)) == (17_513, 204)
    own = of(mappings, "icd9cm_icd10cm_current")
    assert not set(own["target_code"].dropna()) & gone
    assert set(own["source_code"]) >= set(of(mappings, "gem_icd9cm_icd10cm")["source_code"])
    assert set(own["target_code"].dropna()) <= reportable["ICD10CM"]


def test_procedures_are_bridged_as_far_as_the_conversion_table_reaches(
    mappings: pd.DataFrame, reportable: dict[str, set[str]]
) -> None:
    """Section 5: 2,680 of 78,948 codes have no row, 565 targets ended. The one table here ends in April 2022.

    Of the 2,680 codes 1,662 are mapped and 163 are new without a predecessor; 855 came after the table. Of the 565
    targets 328 are carried forward, 237 have no successor that is known, and are kept and listed.
    """
    without = reportable["ICD10PCS"] - set(of(mappings, "gem_icd10pcs_icd9proc")["source_code"])
    own = of(mappings, "icd10pcs_icd9proc_current")
    own = own[own["source_code"].isin(without)]
    mapped = set(own.loc[own["target_code"].notna(), "source_code"])
    ends = own[own["target_code"].isna()]
    told = ends["path"].str.contains(" new@")
    assert not ends["no_map"].any()
    counts = (ends.loc[told, "source_code"].nunique(), ends.loc[~told, "source_code"].nunique())
    assert (len(without), len(mapped), *counts) == (2_680, 1_662, 163, 855)
    gone = set(of(mappings, "gem_icd9proc_icd10pcs")["target_code"].dropna()) - reportable["ICD10PCS"]
    kept = gone & set(of(mappings, "icd9proc_icd10pcs_current")["target_code"])
    assert (len(gone), len(kept)) == (565, 237)


def test_every_code_that_is_not_bridged_is_listed_with_the_reason(
    mappings: pd.DataFrame, exceptions: pd.DataFrame
) -> None:
    missing = mappings[mappings["status"] == "not_bridged"]
    listed = exceptions[exceptions["exception"] == "not_bridged"]
    assert (missing["origin"] == "derived").all()
    assert set(zip(missing["crosswalk"], missing["source_code"], strict=True)) <= set(
        zip(listed["crosswalk"], listed["source_code"], strict=True)
    )
    assert listed["reason"].str.len().min() > 20


def test_no_derived_row_equals_a_published_one(mappings: pd.DataFrame) -> None:
    key = ["source_code", "target_code", "scenario", "choice_list"]
    for crosswalk, entry in read_crosswalks().items():
        if entry.is_completed:
            derived = of(mappings, crosswalk)
            derived = derived[derived["origin"] == "derived"]
            published = of(mappings, entry.made_from[0])
            assert len(derived) > 0
            assert derived.merge(published, on=key).empty


@pytest.mark.parametrize("crosswalk", ["icd9cm_icd10cm_current", "icd9proc_icd10pcs_current"])
def test_every_cluster_carried_forward_comes_from_a_published_cluster(
    crosswalk: str, mappings: pd.DataFrame, clusters: pd.DataFrame
) -> None:
    """Each member goes back along its path to a member of one published cluster, all of them to the same one."""
    published = read_crosswalks()[crosswalk].made_from[0]
    known = of(clusters, published)
    known = known[known["size"] > 1].groupby(["source_code", "cluster"])["target_code"].agg(frozenset)
    sets: dict[str, list[frozenset[str]]] = {}
    for (source, _), members in known.items():
        sets.setdefault(source, []).append(members)
    own = of(mappings, crosswalk)
    own = own[own["scenario"] > 0]
    # Of a code that was subdivided the path leads to what the map has first
    steps = own["path"].str.extract(rf"(?P<source>\S+) {published} (?P<target>\S+)")
    origin = zip(steps["source"], steps["target"], strict=True)
    first = dict(zip(zip(own["source_code"], own["scenario"], own["target_code"], strict=True), origin, strict=True))
    carried = of(clusters, crosswalk)
    carried = carried[(carried["size"] > 1) & (carried["scenario"] > 0)]
    grouped = carried.groupby(["source_code", "cluster", "scenario"])["target_code"].agg(list)
    assert len(grouped) > 100
    for (source, _, scenario), members in grouped.items():
        origins = {first[source, scenario, each] for each in members}
        (mapped,) = {code for code, _ in origins}
        from_members = frozenset(each for _, each in origins)
        assert any(from_members <= each for each in sets[mapped])  # two members can have become one code


# Year to year


@pytest.mark.parametrize("crosswalk", YEAR_TO_YEAR)
def test_year_to_year_leads_to_codes_of_the_other_release(
    crosswalk: str, official_build: Path, read_table: ReadTable, mappings: pd.DataFrame, crosswalks: pd.DataFrame
) -> None:
    """Those of ICD-9-CM are made of a conversion table that this corpus lacks: see test_icd9_first_days."""
    if crosswalk not in crosswalks.index:
        pytest.skip(f"{crosswalk} is in no build of these files")
    history, releases = (read_table(official_build, name) for name in ("code_history", "releases"))
    assert check_years(YEAR_TO_YEAR[crosswalk], history, releases, mappings) > 0


# Hand-worked cases


def test_one_exact_code(mappings: pd.DataFrame) -> None:
    """001.0, cholera due to Vibrio cholerae, is A00.0 word for word: flags 00000, and the way back is the same."""
    (row,) = of(mappings, "icd9cm_icd10cm_current", "0010").to_dict("records")
    assert (row["target_code"], row["predicate"], row["cardinality"], row["flags"]) == (
        "A000", "exactMatch", "1:1", "00000",
    )  # fmt: skip
    assert row["round_trip"] is True
    assert row["origin"] == "published"


def test_one_approximate_code_with_several_targets(mappings: pd.DataFrame) -> None:
    """780.60, fever unspecified, was split into R50.2 (drug induced) and R50.9: either, approximately, not both."""
    own = of(mappings, "gem_icd9cm_icd10cm", "78060")
    assert set(own["target_code"]) == {"R502", "R509"}
    assert set(own["scenario"]) == {0}
    assert own["approximate"].all()


def test_one_combination_with_choice_lists(clusters: pd.DataFrame) -> None:
    """249.51 has two single alternatives, and six codes in list 1 of which each needs E08.65 of list 2 beside it:

    hyperglycaemia is a code of its own in ICD-10-CM. Eight alternatives, not nine.
    """
    sets = sets_of(clusters, "gem_icd9cm_icd10cm", "24951")
    assert len(sets) == 8
    assert [each for each in sets if len(each) == 1] == [{"E0839"}, {"E0939"}]
    assert all("E0865" in each for each in sets if len(each) == 2)


def test_one_code_with_two_scenarios(clusters: pd.DataFrame) -> None:
    """754.35 is one hip dislocated and the other one half: right and left, or left and right.

    Taken across the scenarios one hip would be dislocated wholly and partly: Q65.01 never stands with Q65.31.
    """
    assert sets_of(clusters, "gem_icd9cm_icd10cm", "75435") == [{"Q6501", "Q6532"}, {"Q6502", "Q6531"}]


@pytest.mark.parametrize(
    ("crosswalk", "source"), [("gem_icd9cm_icd10cm", "36570"), ("reimbursement_icd10cm_icd9cm", "Y700")]
)
def test_one_code_without_equivalent(crosswalk: str, source: str, mappings: pd.DataFrame) -> None:
    """365.70, the stage of a glaucoma, is part of the code in ICD-10-CM and no code of its own: NoDx, flags 11000.

    Y70.0, an incident with an anaesthesiology device, has no ICD-9-CM code: reimbursement prints NOI9.
    """
    (row,) = of(mappings, crosswalk, source).to_dict("records")
    assert row["no_map"]
    assert pd.isna(row["target_code"]) and pd.isna(row["predicate"])


def test_a_member_of_a_set_maps_back_as_a_part(mappings: pd.DataFrame, clusters: pd.DataFrame) -> None:
    """521.01 is K02.61 alone. On the way back K02.61 is 521.01 with 521.07, and K02.51 is 521.06 with 521.01:

    521.01 is half of what each of them stands for, so no row may call it an equal of either.
    """
    assert set(of(mappings, "gem_icd9cm_icd10cm", "52101")["target_code"]) == {"K0261"}
    for code, members in (("K0261", {"52101", "52107"}), ("K0251", {"52106", "52101"})):
        assert sets_of(clusters, "icd10cm_icd9cm_current", code) == [members]
        own = of(mappings, "icd10cm_icd9cm_current", code)
        assert set(own["predicate"]) == {"relatedMatch"}


def test_one_chain_of_two_hops(mappings: pd.DataFrame) -> None:
    """K35.200 (FY2024) was K35.20 (FY2019), which was K35.2, the last that the GEM knows: 540.0."""
    (row,) = of(mappings, "icd10cm_icd9cm_current", "K35200").to_dict("records")
    assert row["target_code"] == "5400"
    assert row["hops"] == 3
    assert row["path"] == "K35200 conversion@2023-10-01 K3520 conversion@2018-10-01 K352 gem_icd10cm_icd9cm 5400"


def test_one_range_of_the_conversion_table(mappings: pd.DataFrame) -> None:
    """H81.4 took the place of `H81.41-H81.43; H81.49` in October 2019: four codes became one."""
    own = of(mappings, "conversion_icd10cm", "H814")
    assert set(own["target_code"]) == {"H8141", "H8142", "H8143", "H8149"}
    assert set(own["predicate"]) == {"narrowMatch"}
    for code in ("H8141", "H8149"):
        row = of(mappings, "icd10cm_forward", code)
        assert set(row.loc[row["hops"] == 1, "target_code"]) == {"H814"}


def test_one_split_that_became_a_merge_later(mappings: pd.DataFrame) -> None:
    """0370046 was split off 037004Z in October 2016 and put back to it in October 2019, with three others.

    So 037004Z of 2015 is 037004Z today, and the way from the split code leads back to it.
    """
    own = of(mappings, "icd10pcs_forward", "037004Z")
    today = own[own["target_valid_to"].isna()]
    assert "037004Z" in set(today["target_code"])
    merged = of(mappings, "icd10pcs_forward", "0370046")
    today = merged[merged["target_valid_to"].isna()]
    assert set(today["target_code"]) == {"037004Z"}


def test_one_combination_of_procedures(clusters: pd.DataFrame) -> None:
    """35.84, total correction of transposition of the great vessels: both arteries are moved, and so is a coronary

    artery, which the publisher prints as list 3 without the combination flag. All three stand together.
    """
    sets = sets_of(clusters, "gem_icd9proc_icd10pcs", "3584")
    assert all(len(each) == 3 for each in sets)
    assert {"02SP0ZZ", "02SW0ZZ", "02S00ZZ"} in sets


def test_codes_of_both_sides_are_one_code_of_icd9cm(mappings: pd.DataFrame) -> None:
    """C56.3, both ovaries, was C56.1 and C56.2 together; ICD-9-CM has 183.0 for either side: once, and alone."""
    (row,) = of(mappings, "icd10cm_icd9cm_current", "C563").to_dict("records")
    assert (row["target_code"], row["scenario"]) == ("1830", 0)


def test_what_stood_together_is_mapped_together(mappings: pd.DataFrame, clusters: pd.DataFrame) -> None:
    """G11.5 was `G11.8 and E23.0 and K00.0`: of each alternative in ICD-9-CM all three parts are needed.

    E23.0 has three codes of ICD-9-CM, the others one each: three alternatives of three codes.
    """
    sets = sets_of(clusters, "icd10cm_icd9cm_current", "G115")
    assert sorted(map(sorted, sets)) == [["2532", "3348", "5200"], ["2533", "3348", "5200"], ["3348", "5200", "6281"]]


def test_a_code_carved_out_of_a_valid_one_is_added_as_narrower(mappings: pd.DataFrame) -> None:
    """250.00 is E11.9, which is still valid; E11.A, in remission, was carved out of it in October 2025."""
    own = of(mappings, "icd9cm_icd10cm_current", "25000").set_index("target_code")
    assert own["predicate"].to_dict() == {"E119": "closeMatch", "E11A": "narrowMatch"}
    assert own["origin"].to_dict() == {"E119": "published", "E11A": "derived"}


def test_a_newer_conversion_table_corrects_an_older_one(mappings: pd.DataFrame) -> None:
    """The table of FY2020 says that I82.451 was I80.491; all later ones say I82.491."""
    assert set(of(mappings, "conversion_icd10cm", "I82451")["target_code"]) == {"I82491"}


def test_a_range_of_encounters_holds_no_other_encounter(mappings: pd.DataFrame) -> None:
    """S06.A0XA (initial encounter) was `S06.890A-S06.899A`: no subsequent encounter and no sequela lies between.

    S06.A0XS was `S06.890D-S06.899S`, a misprint: a sequela was a sequela. The same holds of whole categories.
    """
    for code in ("S06A0XA", "S06A0XD", "S06A0XS", "W44A0XA"):
        own = of(mappings, "conversion_icd10cm", code)
        assert len(own) > 5
        assert set(own["target_code"].str.slice(6)) == {code[6]}
        assert len(of(mappings, "icd10cm_icd9cm_current", code)) > 0
    assert "V5889" not in set(of(mappings, "icd10cm_icd9cm_current", "S06A0XA")["target_code"])


def test_year_to_year_counts_leave_the_code_itself_out(mappings: pd.DataFrame) -> None:
    """A04.71 was A04.7, and so was A04.72: one source, two targets the other way; a code that stays is one to one."""
    own = of(mappings, "icd10cm_backward", "A0471").set_index("target_code")
    assert own.loc["A047", "cardinality"] == "n:1"
    assert own.loc["A0471", "cardinality"] == "1:1"


# A row claims no more than its steps imply


@pytest.mark.parametrize(
    ("source", "kept", "related"),
    [
        ("V822", "Z1389", {"Z1330", "Z1331", "Z1332", "Z1339"}),  # rheumatic disorders; depression screening
        ("V5721", "Z5189", {"Z51A"}),  # occupational therapy; sepsis aftercare
        ("V7101", "Z0389", {"Z0383"}),  # adult antisocial behaviour; home physiologic monitoring device
    ],
)
def test_what_was_carved_out_of_a_broader_target_is_only_related(
    source: str, kept: str, related: set[str], mappings: pd.DataFrame, clusters: pd.DataFrame
) -> None:
    own = of(mappings, "icd9cm_icd10cm_current", source).set_index("target_code")
    assert set(own.index[own["predicate"] == "relatedMatch"]) >= related
    assert not related & {*of(clusters, "icd9cm_icd10cm_current", source)["target_code"]}
    assert {kept} in sets_of(clusters, "icd9cm_icd10cm_current", source)


def test_ranges_of_whole_categories_are_no_equals(mappings: pd.DataFrame) -> None:
    """I1A.0, resistant hypertension, was `I10-I15.9`; X50, overexertion, was `Y93.01-Y93.9`, all activities."""
    for codes, printed, rows in (("I1A0", "I10-I15.9", 14), ("X50[0-9]XX[ADS]", "Y93.01-Y93.9", 696)):
        own = of(mappings, "conversion_icd10cm")
        own = own[own["source_code"].str.fullmatch(codes) & (own["flags"] == printed)]
        assert (len(own), set(own["predicate"])) == (rows, {"relatedMatch"})
        path = of(mappings, "icd9cm_icd10cm_current")["path"]
        assert not path.str.contains(f"conversion@[0-9-]+ (?:{codes})").any()


def test_steps_of_whole_categories_lead_to_parts_and_to_no_cluster(
    mappings: pd.DataFrame, clusters: pd.DataFrame
) -> None:
    """W44.E2XA, a coin, was one of the categories T15-T19, most of which were two codes of ICD-9-CM together."""
    own = of(mappings, "icd10cm_icd9cm_current", "W44E2XA")
    assert {"9300", "E914"} <= set(own["target_code"])
    assert (set(own["scenario"]), set(own["predicate"])) == ({0}, {"relatedMatch"})
    assert of(clusters, "icd10cm_icd9cm_current", "W44E2XA").empty


# Every code ever billable has a row


def test_a_code_that_was_subdivided_keeps_its_way(mappings: pd.DataFrame) -> None:
    """780.6, fever, ended in September 2008: it is what its subdivisions 780.60 to 780.65 are."""
    own = of(mappings, "icd9cm_icd10cm_current", "7806").set_index("target_code")
    assert set(own.index) == {"R502", "R5081", "R5082", "R5083", "R509", "R680", "R6883"}
    assert own.loc["R680", "path"] == "7806 hierarchy@2008-10-01 78065 gem_icd9cm_icd10cm R680"
    assert set(own["origin"]) == {"derived"}


@pytest.mark.parametrize(
    ("crosswalk", "older", "not_bridged"),
    [("icd9cm_icd10cm_current", 141, {"71860"}), ("icd9proc_icd10pcs_current", 14, {"8458"})],
)
def test_codes_that_ended_before_the_map_are_bridged(
    crosswalk: str, older: int, not_bridged: set[str], mappings: pd.DataFrame
) -> None:
    """Of 718.60 and 84.58, deleted outright, nobody says what they became."""
    published = mappings[mappings["crosswalk"] == read_crosswalks()[crosswalk].made_from[0]]
    lacking = set(published.loc[published["status"] == "older_than_map", "source_code"])
    own = of(mappings, crosswalk)
    assert len(lacking) == older
    assert set(own.loc[own["status"] == "not_bridged", "source_code"]) == not_bridged
    assert lacking - not_bridged <= set(own.loc[own["target_code"].notna(), "source_code"])


def test_every_code_ever_billable_has_a_row(
    official_build: Path, read_table: ReadTable, mappings: pd.DataFrame
) -> None:
    """In the maps that speak of every code, published and completed; a row without a target says why."""
    history = read_table(official_build, "code_history").query("billable")
    billable = {system: set(own["code"]) for system, own in history.groupby("system")}
    for crosswalk, entry in read_crosswalks().items():
        sources = set(mappings.loc[mappings["crosswalk"] == crosswalk, "source_code"])
        if sources and entry.source_system in billable and (entry.is_completed or entry.is_of_every_code):
            assert billable[entry.source_system] <= sources, crosswalk


# What took the place of HCPCS codes that ended: known_answers_2.md, section 10


def test_cross_references_of_ended_hcpcs_codes_are_successors(mappings: pd.DataFrame) -> None:
    """154 pairs lead to Level II; 149 of the successors start on the day after, three earlier, two are in no file."""
    own = of(mappings, "successors_hcpcs")
    gap = pd.to_datetime(own["target_valid_from"]) - pd.to_datetime(own["valid_to"])
    assert (len(own), int((gap.dt.days == 1).sum())) == (154, 149)
    assert set(own.loc[own["target_valid_from"].isna(), "target_code"]) == {"Q0078", "J7023"}
    successors = own.set_index("source_code")["target_code"]
    known = {
        "C9026": "J3380", "Q0090": "J7301", "J9010": "J0202", "C9472": "J9325", "C9481": "J2786", "Q9993": "J3304",
        "C9166": "J3247", "C9485": "J9285", "C9487": "Q9989", "C9032": "J3398",
    }  # fmt: skip
    assert successors[list(known)].to_dict() == known


def test_hcpcs_codes_that_became_cpt_codes_are_in_a_crosswalk_of_their_own(mappings: pd.DataFrame) -> None:
    own = of(mappings, "successors_hcpcs_cpt4").set_index("source_code")["target_code"]
    assert own[["G2170", "G2171", "G2061", "G0502"]].to_list() == ["36836", "36837", "98970", "99492"]
    assert not {"QM", "CPT"} & set(own)


def test_an_entry_that_has_not_ended_names_no_successor(mappings: pd.DataFrame) -> None:
    """P7001 refers to the word CPT, AM to QM, and 27 entries of 2025 to codes that ended long ago."""
    own = mappings[mappings["crosswalk"].str.startswith("successors_")]
    assert own["valid_to"].notna().all()


def test_hcpcs_codes_that_were_replaced_say_by_what(official_build: Path, read_table: ReadTable) -> None:
    changes = read_table(official_build, "code_changes")
    own = changes[(changes["system"] == "HCPCS") & (changes["change"] == "replaced")].set_index("code")
    assert list(own.loc["C9485", "replaced_by"]) == ["J9285"]
    assert own.loc["C9485", "effective_from"] == date(2018, 1, 1)
