"""The tables built from the full files give the figures that were counted on these files beforehand (corpus.toml).

Sections are those of `known_answers.md`; where another page is meant it is named.
"""

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from tests.conftest import ReadTable
from tests.official.conftest import Member, valid_on
from tests.official.corpus import corpus_facts, corpus_files, facts_of

Listed = Callable[[str, str], pd.DataFrame]

# Sources whose files list every code once, in a row, with its flag.
ORDER_FILES = {"icd10cm": "ICD10CM", "icd10pcs": "ICD10PCS"}
RELEASES = [(*each, release) for each in ORDER_FILES.items() for release in facts_of(each[1], "rows")]
VERSIONS = [(system, release) for system in ("ICD9CM", "ICD9Proc") for release in facts_of(system, "codes")]
# The last version of ICD-9-CM.
V32 = "2014-10-01"


def with_fact(fact: str, *systems: str) -> list[tuple[str, str]]:
    """The systems and releases of which a fact is told."""
    return [(system, release) for system in systems for release in facts_of(system, fact)]


@pytest.fixture(scope="module")
def releases(official_build: Path, read_table: ReadTable) -> pd.DataFrame:
    return read_table(official_build, "releases").set_index(["source", "system", "release"]).sort_index()


@pytest.fixture(scope="module")
def codes(official_build: Path, read_table: ReadTable) -> pd.DataFrame:
    return read_table(official_build, "codes")


@pytest.fixture(scope="module")
def code_patterns(official_build: Path, read_table: ReadTable) -> dict[str, str]:
    systems = read_table(official_build, "systems")
    return dict(zip(systems["system"], systems["code_pattern"], strict=True))


def of(codes: pd.DataFrame, system: str) -> pd.DataFrame:
    return codes[codes["system"] == system]


@pytest.fixture(scope="module")
def history(official_build: Path, read_table: ReadTable) -> pd.DataFrame:
    return read_table(official_build, "code_history")


def ever_billable(history: pd.DataFrame, system: str) -> pd.DataFrame:
    """Codes that could be reported in some release."""
    own = of(history, system)
    return own[own["billable"]].drop_duplicates("code")


@pytest.fixture(scope="module")
def listed(codes: pd.DataFrame, history: pd.DataFrame) -> Listed:
    """The codes in force on the day of a release, billable or not as they were then.

    Of ICD-9-CM only those that could be reported: headings are not on its lists.
    """
    standing = codes.set_index(["system", "code"])[["code_dotted", "section", "standalone"]]

    def listed_in(system: str, release: str) -> pd.DataFrame:
        own = valid_on(history, system, date.fromisoformat(release)).reset_index()
        own = own[own["billable"]] if system.startswith("ICD9") else own
        return own[["code", "billable"]].join(standing.loc[system], on="code")

    return listed_in


def are_between(codes: "pd.Series[str]", first: str, last: str) -> "pd.Series[bool]":
    """Whether the codes' first characters, as many as the bounds have, lie between two bounds."""
    return codes.str[: len(first)].between(first, last).astype(bool)


def counts(row: "pd.Series[int]", *columns: str) -> list[int | None]:
    return [None if pd.isna(row[column]) else int(row[column]) for column in columns]


@pytest.mark.parametrize(
    ("source", "system"),
    [
        *ORDER_FILES.items(),
        ("icd9cm", "ICD9CM"),
        ("icd9cm", "ICD9Proc"),
        ("hcpcs", "HCPCS"),
        ("icd10_mortality", "ICD10"),
    ],
)
def test_the_releases_are_those_of_the_manifest(source: str, system: str, releases: pd.DataFrame) -> None:
    told = {release: facts["file"] for release, facts in facts_of(system).items()}
    found = releases.loc[(source, system)]["file"]
    assert sorted(found.index) == sorted(told)
    files = {release: {*file.split("; ")} for release, file in found.items()}
    assert [release for release in told if told[release] not in files[release]] == []


# Sections 1 and 2: ICD-10-CM and ICD-10-PCS


@pytest.mark.parametrize(("source", "system", "release"), RELEASES)
def test_rows_billable_codes_and_headers(source: str, system: str, release: str, releases: pd.DataFrame) -> None:
    """The headers of ICD-10-PCS are its tables."""
    row, facts = releases.loc[(source, system, release)], facts_of(system)[release]
    assert counts(row, "rows", "codes", "billable") == [facts["rows"], facts["rows"], facts["billable"]]
    assert row["codes"] - row["billable"] == facts["headers"]


@pytest.mark.parametrize("release", facts_of("ICD10CM", "billable_added"))
def test_icd10cm_added_and_removed(release: str, releases: pd.DataFrame) -> None:
    """The table counts billable codes and headers together, and a code that only changes its flag not at all."""
    facts, row = facts_of("ICD10CM")[release], releases.loc[("icd10cm", "ICD10CM", release)]
    turned = facts["became_billable"]
    added = facts["billable_added"] + facts["headers_added"] - facts["became_header"] - turned
    assert counts(row, "added", "removed") == [added, facts["billable_gone"] + facts["headers_gone"] - turned]


@pytest.mark.parametrize("release", facts_of("ICD10CM", "codes_revised"))
def test_icd10cm_titles_revised(release: str, releases: pd.DataFrame) -> None:
    facts = facts_of("ICD10CM")[release]
    revised = facts["codes_revised"] + facts["headers_revised"]
    assert counts(releases.loc[("icd10cm", "ICD10CM", release)], "revised") == [revised]


@pytest.mark.parametrize("release", facts_of("ICD10CM", "billable_by_length"))
def test_icd10cm_billable_codes_by_length(release: str, listed: Listed) -> None:
    own = listed("ICD10CM", release)
    found = own.loc[own["billable"], "code"].str.len().value_counts().to_dict()
    assert {str(length): count for length, count in found.items()} == facts_of("ICD10CM")[release]["billable_by_length"]


def test_icd10cm_codes_of_this_corpus_gone_at_the_end(codes: pd.DataFrame) -> None:
    assert of(codes, "ICD10CM")["valid_to"].notna().sum() == corpus_facts("ICD10CM")["gone"]


def test_icd10cm_codes_of_this_corpus_billable_at_some_time(codes: pd.DataFrame, history: pd.DataFrame) -> None:
    """Some of them are headers as they last stood."""
    facts, own = corpus_facts("ICD10CM"), of(codes, "ICD10CM")
    headers = facts["became_header"]
    assert len(ever_billable(history, "ICD10CM")) == facts["ever_billable"]
    assert own["billable"].sum() == facts["ever_billable"] - headers
    assert (own["billable"] & own["valid_to"].notna()).sum() == facts["not_billable_at_the_end"] - headers


@pytest.mark.parametrize("code", ["J1282", "M3581", "M3589", "Z1152", "Z20822", "Z8616"])
def test_the_six_codes_of_january_2021_start_then(code: str, codes: pd.DataFrame) -> None:
    own = of(codes, "ICD10CM").set_index("code").loc[code]
    assert (own["first_release"], str(own["valid_from"]), own["billable"]) == ("2021-01-01", "2021-01-01", True)


@pytest.mark.parametrize("code", ["M358", "Z283"])
def test_a_code_that_became_a_header_is_one_as_it_last_stood(code: str, codes: pd.DataFrame) -> None:
    own = of(codes, "ICD10CM").set_index("code").loc[code]
    assert (own["first_release"], own["billable"]) == ("2015-10-01", False)


@pytest.mark.parametrize("system", ["ICD10CM", "ICD10", "HCPCS"])
def test_codes_over_all_files_of_this_corpus(system: str, codes: pd.DataFrame) -> None:
    facts = corpus_facts(system)
    assert len(of(codes, system)) == facts["codes"] + facts.get("modifiers", 0)


@pytest.mark.parametrize("release", facts_of("ICD10PCS", "billable_added"))
def test_icd10pcs_codes_added_and_removed(release: str, codes: pd.DataFrame) -> None:
    """No code leaves and returns, so its first and last release tell."""
    own, facts = of(codes, "ICD10PCS"), facts_of("ICD10PCS")
    own = own[own["billable"]]
    before = max(each for each in facts if each < release)
    found = (own["first_release"] == release).sum(), (own["last_release"] == before).sum()
    assert found == (facts[release]["billable_added"], facts[release]["billable_gone"])


def test_icd10pcs_codes_of_this_corpus_billable_at_some_time(codes: pd.DataFrame) -> None:
    own = of(codes, "ICD10PCS")
    assert own["billable"].sum() == corpus_facts("ICD10PCS")["ever_billable"]
    assert (own["billable"] == (own["code"].str.len() == 7)).all()


# Section 3: ICD-9-CM


@pytest.mark.parametrize(("system", "release"), VERSIONS)
def test_icd9cm_codes_added_and_removed(system: str, release: str, releases: pd.DataFrame) -> None:
    row, facts = releases.loc[("icd9cm", system, release)], facts_of(system)[release]
    assert counts(row, "rows", "codes", "billable") == [facts["codes"]] * 3
    assert counts(row, "added", "removed") == [facts.get("added"), facts.get("gone")]


@pytest.mark.parametrize("system", ["ICD9CM", "ICD9Proc"])
def test_icd9cm_codes_over_all_versions(system: str, history: pd.DataFrame, listed: Listed) -> None:
    assert len(ever_billable(history, system)) == corpus_facts(system)["ever_billable"]
    assert len(listed(system, V32)) == facts_of(system)[V32]["codes"]


@pytest.mark.parametrize(("system", "release"), with_fact("headings", "ICD9CM", "ICD9Proc"))
def test_icd9cm_headings(system: str, release: str, releases: pd.DataFrame, codes: pd.DataFrame) -> None:
    """Headings with a line in the tabular list that are not billable in the version of its year."""
    (file,) = (each.file for each in corpus_files() if "headings" in each.facts.get(system, {}))
    assert file in releases.loc[("icd9cm", system, release), "file"]
    assert (~of(codes, system)["billable"]).sum() == facts_of(system)[release]["headings"]


@pytest.mark.parametrize(("system", "release"), with_fact("by_length", "ICD9CM", "ICD9Proc"))
def test_icd9cm_codes_by_length(system: str, release: str, listed: Listed) -> None:
    lengths, told = listed(system, release)["code"].str.len(), facts_of(system)[release]["by_length"]
    assert {length: (lengths == int(length)).sum() for length in told} == told


@pytest.mark.parametrize(("system", "release"), with_fact("by_first_character", "ICD9CM"))
def test_icd9cm_diagnoses_by_kind(system: str, release: str, listed: Listed) -> None:
    facts, own = facts_of(system)[release], listed(system, release)["code"]
    letters = own.str[0].value_counts()
    assert {letter: count for letter, count in letters.items() if letter.isalpha()} == facts["by_first_character"]
    assert own.str[0].str.isdigit().sum() == facts["codes"] - sum(facts["by_first_character"].values())


# Section 6: HCPCS


@pytest.mark.parametrize("release", facts_of("HCPCS", "rows"))
def test_hcpcs_records_codes_and_what_is_not_terminated(release: str, releases: pd.DataFrame) -> None:
    facts, row = facts_of("HCPCS")[release], releases.loc[("hcpcs", "HCPCS", release)]
    in_force = facts["open_codes"] + facts["open_modifiers"]
    assert counts(row, "rows", "codes", "billable") == [facts["rows"], facts["codes"] + facts["modifiers"], in_force]


def test_hcpcs_modifiers_of_this_corpus(codes: pd.DataFrame) -> None:
    own = of(codes, "HCPCS")
    is_modifier = own["kind"] == "modifier"
    assert is_modifier.sum() == corpus_facts("HCPCS")["modifiers"]
    assert (is_modifier == (own["code"].str.len() == 2)).all()


def test_hcpcs_kind_is_other_for_two_codes_of_this_corpus_only(codes: pd.DataFrame) -> None:
    own = of(codes, "HCPCS")
    assert own.loc[own["kind"] == "other", "code"].tolist() == corpus_facts("HCPCS")["other"]


def test_hcpcs_code_that_was_used_again_has_its_new_meaning(codes: pd.DataFrame) -> None:
    own = of(codes, "HCPCS").set_index("code").loc["J1440"]
    assert own["short_description"].startswith("Fecal microbiota")
    assert (str(own["valid_from"]), pd.isna(own["valid_to"])) == ("2023-07-01", True)


def test_hcpcs_codes_start_and_end_on_the_days_of_their_last_record(
    codes: pd.DataFrame, official_member: Member
) -> None:
    """layouts.md: added in columns 269 to 276, terminated (last usable day, inclusive) in 285 to 292."""
    last: dict[str, tuple[str, str]] = {}
    for release, facts in sorted(facts_of("HCPCS", "member").items()):
        text = official_member("hcpcs", release, facts["member"]).decode("cp1252")
        records = [line for line in text.split("\n") if re.match(r"(?:[A-Z]\d{4}|   [A-Z0-9]{2})\d{5}[37]", line)]
        last |= {line[:5].strip(): (line[268:276].strip(), line[284:292].strip()) for line in records}
    own = of(codes, "HCPCS")
    days = [own[name].astype("datetime64[s]").dt.strftime("%Y%m%d").fillna("") for name in ("valid_from", "valid_to")]
    published = dict(zip(own["code"], zip(*days, strict=True), strict=True))
    assert {code: (published[code], days) for code, days in last.items() if published[code] != days} == {}


# Section 7: causes of death


@pytest.mark.parametrize("release", facts_of("ICD10", "codes"))
def test_codes_of_the_lists_of_causes_of_death(release: str, releases: pd.DataFrame) -> None:
    assert releases.loc[("icd10_mortality", "ICD10", release), "codes"] == facts_of("ICD10")[release]["codes"]


def test_causes_of_death_of_this_corpus_for_multiple_cause_only(codes: pd.DataFrame) -> None:
    own, facts = of(codes, "ICD10"), corpus_facts("ICD10")
    never_alone = own.loc[own["billable"] & ~own["standalone"], "code"]
    assert len(never_alone) == facts["billable_never_alone"]
    assert never_alone.str[0].isin(["S", "T"]).sum() == facts["injuries_never_alone"]


def test_every_injury_is_for_multiple_cause_only(codes: pd.DataFrame) -> None:
    own = of(codes, "ICD10")
    injuries = own[own["billable"] & own["code"].str[0].isin(["S", "T"])]
    assert len(injuries) == corpus_facts("ICD10")["injuries_never_alone"]
    assert not injuries["standalone"].any()


def test_external_causes_of_death_stand_alone(codes: pd.DataFrame) -> None:
    """systems.md, section 9: the other way round than in ICD-10-CM."""
    own = of(codes, "ICD10")
    external = own[own["billable"] & own["code"].str[0].isin(["V", "W", "X"])]
    assert len(external) > 500
    assert external["standalone"].all()


def test_causes_of_death_deleted_in_this_corpus(history: pd.DataFrame) -> None:
    """Seven of them are categories that were codes until they were subdivided, and are headings since."""
    own, facts = of(history, "ICD10"), corpus_facts("ICD10")
    ended = own[own["valid_to"].notna()]
    assert len(ended) == facts["deleted"]
    assert ended["billable"].all()
    headings = own[own["code"].isin(ended["code"]) & own["valid_to"].isna()]
    assert sorted(headings["code"]) == facts["deleted_now_headings"]
    assert not headings["billable"].any()


@pytest.mark.parametrize(
    ("code", "first_day", "standalone"),
    [("U070", "2019-01-01", True), ("U071", "2020-01-01", True), ("U099", "2023-01-01", False)],
)
def test_causes_of_death_new_against_2011(code: str, first_day: str, standalone: bool, codes: pd.DataFrame) -> None:
    own = of(codes, "ICD10")
    new = own[own["first_release"] == "2023-01-01"].set_index("code")
    assert len(new) == 3
    assert (str(new.loc[code, "valid_from"]), new.loc[code, "standalone"]) == (first_day, standalone)


@pytest.mark.parametrize(("system", "release"), with_fact("billable_never_alone", "ICD10CM", "ICD9CM"))
def test_external_causes_never_stand_alone(system: str, release: str, listed: Listed) -> None:
    """systems.md, section 9."""
    own = listed(system, release)
    never_alone = own[~own["standalone"]]
    bounds = ("V00", "Y99") if system == "ICD10CM" else ("E00", "E99")
    assert never_alone["billable"].sum() == facts_of(system)[release]["billable_never_alone"]
    assert are_between(never_alone["code"], *bounds).all()


# systems.md, sections 4 to 6: chapters


@pytest.mark.parametrize(("system", "release"), with_fact("chapters", "ICD10CM", "ICD9CM", "ICD9Proc"))
def test_codes_by_chapter(system: str, release: str, listed: Listed) -> None:
    """Of ICD-10-CM headers are counted too."""
    own, differing = listed(system, release), []
    for chapter in facts_of(system)[release]["chapters"]:
        within = pd.concat([own[are_between(own["code"], first, last)] for first, last in chapter["bounds"]])
        found = {"bounds": chapter["bounds"], "codes": len(within), "billable": within["billable"].sum()}
        differing += [found] * any(chapter[name] != found[name] for name in chapter)
    assert differing == []


@pytest.mark.parametrize("release", facts_of("ICD10CM", "chapters"))
def test_icd10cm_chapters_hold_every_code(release: str) -> None:
    facts = facts_of("ICD10CM")[release]
    assert sum(chapter["codes"] for chapter in facts["chapters"]) == facts["rows"]


@pytest.mark.parametrize("release", facts_of("ICD10PCS", "billable_by_first_character"))
def test_icd10pcs_sections(release: str, listed: Listed) -> None:
    own = listed("ICD10PCS", release)
    found = own.loc[own["billable"], "code"].str[0].value_counts().to_dict()
    assert found == facts_of("ICD10PCS")[release]["billable_by_first_character"]
    assert (own["section"] == own["code"].str[0]).all()


# Section 8: collisions and damage. They are those of v32 with FY2026, or those over all files of this corpus.


FY2026 = "2025-10-01"


def texts(rows: pd.DataFrame, column: str = "code") -> set[str]:
    return set(rows[column])


def test_diagnoses_of_v32_that_are_icd10cm_codes_too(listed: Listed) -> None:
    old, new = listed("ICD9CM", V32), listed("ICD10CM", FY2026)
    assert len(texts(old) & texts(new)) == 500
    assert len(texts(old) & texts(new[new["billable"]])) == 48


def test_diagnoses_of_v32_that_are_procedures_too(listed: Listed) -> None:
    diagnoses, procedures = listed("ICD9CM", V32), listed("ICD9Proc", V32)
    assert len(texts(diagnoses) & texts(procedures)) == 1_593
    assert texts(diagnoses, "code_dotted") & texts(procedures, "code_dotted") == set()


def test_collisions_over_all_files_of_this_corpus(codes: pd.DataFrame, history: pd.DataFrame) -> None:
    diagnoses = ever_billable(history, "ICD9CM")
    assert len(texts(diagnoses) & texts(of(codes, "ICD10CM"))) == 523
    assert len(texts(diagnoses) & texts(ever_billable(history, "ICD9Proc"))) == 1_642


def test_dotted_diagnoses_of_v32_equal_headers_of_icd10cm_only(listed: Listed) -> None:
    new = listed("ICD10CM", FY2026)
    collisions = texts(listed("ICD9CM", V32), "code_dotted") & texts(new, "code_dotted")
    assert len(collisions) == 447
    assert all(code.startswith("V") for code in collisions)
    assert collisions & texts(new[new["billable"]], "code_dotted") == set()


@pytest.mark.parametrize(
    ("system", "leading", "another", "strings"), [("ICD9CM", 1_064, 322, 14_220), ("ICD9Proc", 367, 57, 3_809)]
)
def test_what_lost_leading_zeros_would_do(
    system: str, leading: int, another: int, strings: int, listed: Listed
) -> None:
    own = texts(listed(system, V32))
    with_zero = {code for code in own if code.startswith("0")}
    assert len(with_zero) == leading
    assert sum(code.lstrip("0") in own for code in with_zero) == another
    assert len({code.lstrip("0") for code in own}) == strings


# Patterns of the registry: systems.md, section 2


def fits(pattern: str, code: str) -> bool:
    return re.search(pattern, code) is not None


@pytest.mark.parametrize("system", ["ICD10CM", "ICD10PCS", "ICD9CM", "ICD9Proc", "HCPCS", "ICD10"])
def test_pattern_accepts_every_code_of_every_release(
    system: str, codes: pd.DataFrame, code_patterns: dict[str, str]
) -> None:
    own = of(codes, system)["code"]
    assert len(own) > 3_000
    assert [code for code in own if not fits(code_patterns[system], code)] == []


@pytest.mark.parametrize(
    ("system", "source", "crosswalk"),
    [("ICD9CM", "ccs_icd9_dx", "ccs_icd9cm"), ("ICD9Proc", "ccs_icd9_px", "ccs_icd9proc")],
)
def test_pattern_accepts_codes_older_than_the_listings(
    system: str, source: str, crosswalk: str, official_member: Member, code_patterns: dict[str, str]
) -> None:
    """Section 7: the groupers of 2015 hold older codes too; the first row is a pseudo code of blanks."""
    ((release, facts),) = facts_of(crosswalk).items()
    lines = official_member(source, release, facts["file"]).decode("ascii").splitlines()[2:]
    grouped = {line.split(",")[0].strip("' ") for line in lines} - {""}
    assert len(grouped) == facts["sources"]
    assert [code for code in grouped if not fits(code_patterns[system], code)] == []


@pytest.mark.parametrize("system", ["ICD9", "ICD10"])
def test_pattern_accepts_every_cause_of_the_113_causes(
    system: str, official_member: Member, code_patterns: dict[str, str]
) -> None:
    """The recode drops the E of external causes."""
    ((release, facts),) = facts_of(f"causes_113_{system.lower()}").items()
    program = official_member("nchs_113_causes", release, facts["file"]).decode("ascii")
    of_icd9, _, of_icd10 = program.partition("/*CLASSIFY ICD-10 CODES")
    causes = set(re.findall(r"'([A-Z]?\d{2,4})'", of_icd9 if system == "ICD9" else of_icd10))
    assert len(causes) == facts["sources"]
    assert [code for code in causes if not fits(code_patterns[system], code)] == []
