"""What is said beside the codes: targets, categories, and the report for who owns the claims."""

from datetime import date
from pathlib import Path

import pytest

from pipeline.ask.build import Build
from pipeline.ask.claims.claim_targets import TARGET_STATUSES
from pipeline.ask.claims.claims_run import ClaimsResult
from pipeline.ask.claims.code_columns import ClaimRoles
from pipeline.ask.translate import Question, translate
from pipeline.errors import NotKnown, UsageError
from tests.ask.claims.claim_files import Rows, rows_of, run, write_rows

HEAD = ("id", "day", "dx")
ROWS = [
    ("1", "2010-03-04", "250.00"),
    ("2", "2016-03-04", "E11.9"),
    ("3", "2016-03-04", "A41.9"),
    ("4", "2016-03-04", "QQQ"),
    ("5", "2016-03-04", "F45.8"),
]


def translated(build: Build, tmp_path: Path, to: str, **asked: object) -> dict[str, dict[str, object]]:
    """The answers to some claims with their targets, by text."""
    result = run(build, write_rows(tmp_path / "claims.csv", HEAD, ROWS), to=to, **asked)
    return {str(row["text"]): row for row in rows_of(result.answers)}


def test_targets_are_every_alternative_as_the_codes_that_stand_together(opened: Build, tmp_path: Path) -> None:
    answers = translated(opened, tmp_path, "ICD9CM")
    assert answers["A41.9"]["targets"] == [["0389", "99591"]]
    assert answers["E11.9"]["targets"] == [["25000"]]
    assert answers["F45.8"]["alternatives"] == len(answers["F45.8"]["targets"]) > 5  # type: ignore[arg-type]
    assert answers["250.00"]["targets"] == [["25000"]]
    statuses = {text: row["target_status"] for text, row in answers.items()}
    assert statuses == {
        "250.00": "itself", "E11.9": "translated", "A41.9": "translated", "QQQ": "no_code", "F45.8": "translated",
    }  # fmt: skip
    assert {*statuses.values()} <= {*TARGET_STATUSES}


def test_targets_are_those_that_translate_gives(opened: Build, tmp_path: Path) -> None:
    answers = translated(opened, tmp_path, "ICD9CM")
    for text in ("E11.9", "A41.9", "F45.8"):
        (own,) = translate(opened, [text], Question("ICD9CM", system="ICD10CM", on=date(2016, 3, 4)))
        theirs = sorted(sorted(target.code for target in each) for each in own.alternatives)
        assert sorted(answers[text]["targets"]) == theirs  # type: ignore[call-overload]
        assert answers[text]["target_crosswalk"] == own.crosswalk


def test_targets_as_rows_are_a_table_of_their_own(opened: Build, tmp_path: Path) -> None:
    result = run(opened, write_rows(tmp_path / "claims.csv", HEAD, ROWS), to="ICD9CM", shape="rows")
    assert result.targets is not None
    answer = {row["text"]: row["answer"] for row in rows_of(result.answers)}
    own = [row for row in rows_of(result.targets) if row["answer"] == answer["A41.9"]]
    assert [(row["alternative"], row["target_code"], row["stand_together"]) for row in own] == [
        (1, "0389", 2), (1, "99591", 2),
    ]  # fmt: skip
    assert "targets" not in result.answers.columns


def test_the_one_target_is_given_only_where_there_is_only_one(opened: Build, tmp_path: Path) -> None:
    answers = translated(opened, tmp_path, "ICD9CM", shape="one")
    assert {text: row["target"] for text, row in answers.items()} == {
        "250.00": "25000", "E11.9": "25000", "A41.9": None, "QQQ": None, "F45.8": None,
    }  # fmt: skip
    counts = translated(opened, tmp_path, "ICD9CM", shape="counts")
    assert {"targets", "target"}.isdisjoint(counts["A41.9"])
    assert counts["A41.9"]["alternatives"] == 1


def test_a_system_that_no_crosswalk_leads_from_is_said(opened: Build, tmp_path: Path) -> None:
    result = run(
        opened, write_rows(tmp_path / "c.csv", ("id", "day", "hcpcs"), [("1", "2016-01-01", "A0425")]), to="ICD9CM"
    )
    (row,) = rows_of(result.answers)
    assert (row["target_status"], row["targets"]) == ("no_crosswalk", None)


def test_one_year_is_translated_to_another(opened: Build, tmp_path: Path) -> None:
    source = write_rows(tmp_path / "c.csv", HEAD, [("1", "2016-03-04", "E11.9"), ("2", "2025-11-01", "E11.A")])
    rows = {row["code"]: row for row in rows_of(run(opened, source, to="ICD10CM@2016-10-01").answers)}
    assert (rows["E119"]["target_status"], rows["E119"]["targets"]) == ("itself", [["E119"]])
    assert rows["E11A"]["target_status"] == "translated"
    assert rows["E11A"]["targets"] == [["E119"]]


def test_a_map_between_systems_is_brought_back_to_an_earlier_day(opened: Build, tmp_path: Path) -> None:
    rows = [("1", "2010-03-04", "250.00"), ("2", "2016-03-04", "E11.9"), ("3", "2016-03-04", "A41.9")]
    source = write_rows(tmp_path / "c.csv", HEAD, rows)
    newest = {row["code"]: row["targets"] for row in rows_of(run(opened, source, to="ICD10CM").answers)}
    then = {row["code"]: row for row in rows_of(run(opened, source, to="ICD10CM@2016-10-01").answers)}
    assert newest["25000"] == [["E119"], ["E11A"]]  # the second is of October 2025
    assert (then["25000"]["target_status"], then["25000"]["targets"]) == ("translated", [["E119"]])
    assert (then["25000"]["alternatives"], then["E119"]["target_status"]) == (1, "itself")
    back = {row["code"]: row for row in rows_of(run(opened, source, to="ICD9CM@2012-01-01").answers)}
    assert back["A419"]["targets"] == [["0389", "99591"]]  # what stands together does so on that day too


def test_a_code_without_an_equivalent_on_the_day_is_said(opened: Build, tmp_path: Path) -> None:
    source = write_rows(tmp_path / "c.csv", ("id", "day", "hcpcs"), [("1", "2016-01-01", "A0425")])
    (row,) = rows_of(run(opened, source, to="ICD9CM@2012-01-01").answers)
    assert (row["target_status"], row["targets"]) == ("no_crosswalk", None)


@pytest.mark.parametrize("to", ["ICD11", "ICD10CM@soon", "CCSProc@2018-1"])
def test_a_target_that_is_none_is_refused(opened: Build, tmp_path: Path, to: str) -> None:
    with pytest.raises(UsageError):
        translated(opened, tmp_path, to)


def test_a_version_of_a_grouping_is_taken_where_one_is_named(opened: Build, tmp_path: Path) -> None:
    """G0438 is of 2011: BETOS of 2010 does not have it."""
    source = write_rows(tmp_path / "c.csv", ("id", "day", "hcpcs"), [("1", "2011-03-04", "G0438")])
    found = [rows_of(run(opened, source, to=f"BETOS@{name}").answers)[0] for name in ("2010-01-01", "2011-01-01")]
    assert [each["targets"] for each in found] == [None, [["M5D"]]]
    (row,) = rows_of(run(opened, source, with_=["BETOS@2011-01-01"]).answers)
    assert (row["betos_2011_01_01"], row["betos_2011_01_01_status"]) == (["M5D"], "assigned")
    with pytest.raises(NotKnown, match="2012-05-05"):
        run(opened, source, to="BETOS@2012-05-05")


def test_the_version_of_a_grouping_may_go_by_the_day_of_each_claim(opened: Build, tmp_path: Path) -> None:
    """G0438 is of 2011. Versions of 2010, 2011 and 2014 are here: of 2012, and of no day, nothing is known."""
    days = ("2011-03-04", "2012-03-04", "2014-03-04", "2016-03-04", "")
    rows = [(str(at), day, "G0438") for at, day in enumerate(days)] + [
        ("5", "2010-03-04", "A0428"),
        ("6", days[0], "QQ"),
    ]
    source = write_rows(tmp_path / "c.csv", ("id", "day", "hcpcs"), rows)
    result = run(opened, source, with_=["BETOS@day"])
    answers = {row["answer"]: row for row in rows_of(result.answers)}
    found = [answers[row["answer"]] for row in sorted(rows_of(result.codes), key=lambda row: str(row["id"]))]
    told = [(each["betos_day"], each["betos_day_version"], each["betos_day_status"]) for each in found]
    nothing = (None, None, "not_known")
    assert told == [
        (["M5D"], "2011-01-01", "assigned"), nothing, (["M5D"], "2014-01-01", "assigned"), nothing, nothing,
        (["O1A"], "2010-01-01", "assigned"), (None, None, "no_code"),
    ]  # fmt: skip


def test_a_grouping_that_is_asked_for_twice_is_told_once(opened: Build, tmp_path: Path) -> None:
    source = write_rows(tmp_path / "c.csv", ("id", "day", "hcpcs"), [("1", "2011-03-04", "G0438")])
    (row,) = rows_of(run(opened, source, with_=["BETOS@day", "betos@DAY"]).answers)
    assert [name for name in row if name.startswith("betos")] == ["betos_day", "betos_day_status", "betos_day_version"]


@pytest.mark.parametrize("name", ["poa", "CC", "hac", "section"])
def test_what_is_no_grouping_has_no_versions(opened: Build, tmp_path: Path, name: str) -> None:
    source = write_rows(tmp_path / "c.csv", ("id", "day", "dx"), [("1", "2025-11-04", "I10")])
    with pytest.raises(
        UsageError, match=f"--with {name}@: a grouping has versions, this is none\n  next:     --with {name}"
    ):
        run(opened, source, with_=[f"{name}@day"])


def test_by_the_day_of_each_claim_a_newer_code_has_what_we_carried_and_others_are_not_known(
    opened: Build, tmp_path: Path
) -> None:
    rows = [("1", "2020-05-01", "U07.1"), ("2", "2020-05-01", "I10"), ("3", "2017-05-01", "I10")]
    source = write_rows(tmp_path / "c.csv", ("id", "day", "dx"), rows)
    result = run(opened, source, tmp_path / "out", with_=["CCS@day", "CCSProc@DAY"])
    answers = {row["answer"]: row for row in rows_of(result.answers)}
    found = {row["id"]: answers[row["answer"]] for row in rows_of(result.codes)}
    assert [(found[one]["ccs_day"], found[one]["ccs_day_status"]) for one in ("1", "2", "3")] == [
        (["7"], "carried"), (None, "not_known"), (["98"], "assigned"),
    ]  # fmt: skip
    assert {each["ccsproc_day_status"] for each in found.values()} == {"other_system"}
    assert "ccs_day by the day of each claim" in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")


def test_categories_are_given_with_what_is_to_be_known_of_them(opened: Build, tmp_path: Path) -> None:
    rows = [("1", "2016-03-04", "0DTJ4ZZ"), ("2", "2024-03-04", "0DTJ4ZZ"), ("3", "2016-03-04", "QQQ")]
    source = write_rows(tmp_path / "px.csv", ("id", "day", "px"), rows)
    result = run(opened, source, with_=["CCSProc", "NHSN", "section"])
    answers = rows_of(result.answers)
    assert {(row["ccsproc_status"], str(row["ccsproc"])) for row in answers if row["code"]} >= {
        ("assigned", "['80']"), ("other_days", "['80']"),
    }  # fmt: skip
    assert {row["ccsproc_status"] for row in answers if row["text"] == "QQQ"} == {"no_code"}
    assert {row["section"] for row in answers if row["code"]} == {"0"}


def test_a_code_that_is_newer_than_the_version_here_is_not_one_that_it_leaves_out(
    opened: Build, tmp_path: Path
) -> None:
    """X27P3TA is of October 2024, and CCS ends with 2019: who read not_assigned would count it as of no category."""
    rows = [("1", "2024-12-01", "X27P3TA")]
    result = run(opened, write_rows(tmp_path / "px.csv", ("id", "day", "px"), rows), with_=["CCSProc", "NHSN"])
    (row,) = rows_of(result.answers)
    assert (row["ccsproc"], row["ccsproc_status"], row["nhsn_status"]) == (None, "newer_than_map", "not_assigned")


def test_the_page_names_the_version_of_each_grouping(opened: Build, tmp_path: Path) -> None:
    """Two runs may differ by nothing but the build's newest version: the page is what is kept of a run."""
    source = write_rows(tmp_path / "c.csv", ("id", "day", "hcpcs"), [("1", "2011-03-04", "G0438")])
    run(opened, source, tmp_path / "with", with_=["BETOS", "BETOS@2010-01-01", "CCSProc"])
    run(opened, source, tmp_path / "without")
    page, plain = ((tmp_path / name / "report.html").read_text(encoding="utf-8") for name in ("with", "without"))
    assert "<code>betos 2014-01-01</code>, <code>betos_2010_01_01 2010-01-01</code>" in page
    assert "<code>ccsproc 2019-1 for ICD10PCS, 2015 for ICD9Proc</code>: the column and the version" in page
    assert "Categories are those of" not in plain


def test_what_a_build_has_no_table_of_is_said(opened: Build, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no grouping"):
        run(opened, write_rows(tmp_path / "claims.csv", HEAD, ROWS), with_=["Nope"])


def test_rules_of_the_day_are_given_by_the_list_of_the_day(opened: Build, tmp_path: Path) -> None:
    rows = [
        ("1", "2020-11-03", "Z23"), ("2", "2022-05-01", "I16.1"), ("3", "2023-12-01", "I16.1"),
        ("4", "2025-12-01", "I10"), ("5", "2025-12-01", "U07.1"), ("6", "2025-12-01", "QQQ"), ("7", "", "I16.1"),
    ]  # fmt: skip
    result = run(opened, write_rows(tmp_path / "c.csv", ("id", "day", "dx"), rows), with_=["poa", "cc"])
    answers = {row["answer"]: row for row in rows_of(result.answers)}
    of_claims = {row["id"]: answers[row["answer"]] for row in rows_of(result.codes)}
    assert [(of_claims[one]["poa"], of_claims[one]["poa_status"]) for one in ("1", "2", "4", "6")] == [
        ("exempt", "listed"), (None, "not_known"), (None, "not_listed"), (None, "no_code"),
    ]  # fmt: skip
    assert [(of_claims[one]["cc"], of_claims[one]["cc_status"]) for one in ("2", "3", "4", "5", "7")] == [
        (None, "not_known"), ("CC", "listed"), (None, "not_listed"), ("MCC", "listed"), (None, "not_known"),
    ]  # fmt: skip


def test_an_answer_is_cut_where_a_list_begins_or_ends(opened: Build, tmp_path: Path) -> None:
    rows = [("1", "2023-03-01", "I16.1"), ("2", "2025-12-01", "I16.1")]
    source = write_rows(tmp_path / "c.csv", ("id", "day", "dx"), rows)
    runs = [
        (str(row["day_from"]), str(row["day_to"]), row["cc_status"])
        for row in rows_of(run(opened, source, with_=["cc"]).answers)
    ]
    assert runs == [
        ("2023-03-01", "2023-09-30", "not_known"), ("2023-10-01", "2024-03-31", "listed"),
        ("2024-04-01", "2025-09-30", "not_known"), ("2025-10-01", "2025-12-01", "listed"),
    ]  # fmt: skip
    (whole,) = rows_of(run(opened, source).answers)
    assert (str(whole["day_from"]), str(whole["day_to"])) == ("2023-03-01", "2025-12-01")


def findings(result: ClaimsResult, kind: str) -> Rows:
    return [row for row in rows_of(result.report) if row["finding"] == kind]


def test_the_report_counts_rows_by_column_year_status_and_repair(opened: Build, tmp_path: Path) -> None:
    rows = [
        *ROWS,
        ("6", "2016-05-05", "e11.9"),
        ("7", "2016-05-05", "e11.9"),
        ("8", "", "E11.9"),
        ("9", "2016-05-05", ""),
    ]
    result = run(opened, write_rows(tmp_path / "claims.csv", HEAD, rows))
    told = {
        (row["year"], row["status"], row["repairs"]): (row["rows"], row["distinct"])
        for row in findings(result, "status")
    }
    assert told[2016, "valid", "case"] == (2, 1)
    assert told[2016, "unknown", None] == (1, 1)
    assert told[2016, "empty", None] == (1, 1)
    assert told[None, "no_day", None] == (1, 1)
    assert sum(count for count, _ in told.values()) == len(rows)


def test_texts_that_are_a_code_of_the_other_field_as_well_are_counted(opened: Build, tmp_path: Path) -> None:
    rows = [("1", "2010-01-01", "0010"), ("2", "2010-01-01", "00.10"), ("3", "2010-01-01", "3995")]
    (own,) = findings(run(opened, write_rows(tmp_path / "px.csv", ("id", "day", "px"), rows)), "also_other_field")
    assert (own["rows"], own["note"]) == (1, "also a code of ICD9CM")


def test_a_flag_that_says_nothing_is_counted(opened: Build, tmp_path: Path) -> None:
    rows = [("1", "2016-01-01", "X", "E119"), ("2", "2016-01-01", "0", "E119"), ("3", "2016-01-01", " ", "E119")]
    source = write_rows(tmp_path / "flags.csv", ("id", "day", "dxver", "dx"), rows)
    (own,) = findings(run(opened, source), "flag_not_read")
    assert (own["rows"], own["note"]) == (1, "says nothing: X")


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        ([f"{each}" for each in range(100, 900)], "say --numbers dx=bare"),
        ([f"{each}.{1 + each % 9}" for each in range(10, 900)], "say --numbers dx=dotted"),
        ([f"{each}.0" for each in range(100, 900)], "say --numbers dx=bare"),
        ([f"{each:05}" for each in range(100, 900)], ""),
        ([f"{each}" for each in range(100, 150)], ""),
    ],
)
def test_a_column_that_looks_like_numbers_is_said(opened: Build, tmp_path: Path, texts: list[str], said: str) -> None:
    rows = [(text, "2010-01-01", text) for text in texts]
    found = findings(run(opened, write_rows(tmp_path / "claims.csv", HEAD, rows)), "stored_as_numbers")
    assert bool(found) == bool(said)
    assert not said or str(found[0]["note"]).endswith(said)


def test_no_name_of_a_column_is_a_formula_in_the_report(opened: Build, tmp_path: Path) -> None:
    source = write_rows(tmp_path / "c.csv", ("id", "=1+1"), [("1", "E11.9")])
    run(opened, source, tmp_path / "out", roles=ClaimRoles({"dx": ["=1+1"]}))
    cells = (tmp_path / "out" / "report.csv").read_text().replace("\n", ",").split(",")
    assert "'=1+1" in cells
    assert [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))] == []


def test_the_page_says_what_was_read_as_what(opened: Build, tmp_path: Path) -> None:
    source = write_rows(tmp_path / "mine.csv", ("id", "day", "dx"), [("1", "2030-03-04", "E11.9")])
    run(opened, source, tmp_path / "out")
    page = (tmp_path / "out" / "report.html").read_text()
    assert "<code>mine.csv</code>" in page
    assert "<small>dx, day by day</small>" in page
    assert "Type 2 diabetes" in page  # the meaning of a code that somebody should look at


def test_the_page_shows_what_somebody_should_look_at(opened: Build, tmp_path: Path) -> None:
    rows = [*ROWS, ("6", "2016-01-01", "<script>\x1b[2J"), ("7", "2016-01-01", "e11.9")]
    run(opened, write_rows(tmp_path / "claims.csv", HEAD, rows), tmp_path / "out", roles=ClaimRoles())
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "<code>QQQ</code>" in page
    assert "<code>e11.9</code>" in page
    assert "<script>" not in page
    assert "\x1b" not in page
    assert "http" not in page
