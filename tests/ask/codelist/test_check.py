"""What is found wrong with lists, what is not, and what is mended."""

import csv
import io

import pytest

from pipeline.ask.build import Build
from pipeline.ask.codelist.findings_text import FINDING_FORMATS, exit_code_of_findings
from pipeline.ask.codelist.list_findings import ListFinding, finding_kinds
from pipeline.ask.codelist.list_systems import resolve_list
from pipeline.ask.codelist.list_text import read_list, write_list
from pipeline.ask.codelist.mend import mend_list
from tests.ask.codelist.conftest import CheckText


def told(found: list[ListFinding]) -> list[tuple[str, str, tuple[str, ...]]]:
    """Of each finding its name, the entry and what was meant."""
    return [(each.finding, each.entry.text if each.entry else "", each.meant) for each in found]


@pytest.mark.parametrize(
    ("text", "system", "found"),
    [
        ("999.99", "ICD9CM", [("does_not_exist", "999.99", ())]),
        ("E19%", "ICD10CM", [("does_not_exist", "E19%", ())]),
        ("XW1%", "ICD10CM", [("does_not_exist", "XW1%", ())]),  # procedures begin so, and that tells nothing
        ("E11.x", "ICD9CM", [("another_system", "E11.x", ())]),
        ("250.0", "ICD9CM", [("heading", "250.0", ())]),
        ("80.20", "ICD9CM", [("another_system", "80.20", ())]),
        ("E11.9", "ICD9CM", [("another_system", "E11.9", ())]),
        ("40190", "ICD9CM", [("padded_zeros", "40190", ("401.9",))]),
        ("43000", "ICD9CM", [("padded_zeros", "43000", ("430",))]),
        ("E11900", "ICD10CM", [("padded_zeros", "E11900", ("E11.9",))]),
        ("4019.0", "ICD9CM", [("float", "4019.0", ("401.9",))]),
        ("486.0", "ICD9CM", [("float", "486.0", ("486",))]),
        ("W19A", "ICD10CM", [("missing_placeholder", "W19A", ("W19.XXXA",))]),
        ("250.9-250.1", "ICD9CM", [("not_understood", "250.9-250.1", ())]),
        ("25*00", "ICD9CM", [("not_understood", "25*00", ())]),
        ("8020", None, [("ambiguous_system", "8020", ())]),
        ("250.00 250.00", "ICD9CM", [("duplicate", "250.00", ())]),
        ("250.0x 250.0%", "ICD9CM", [("duplicate", "250.0%", ())]),
        ("250.00 250.x", "ICD9CM", [("covered", "250.00", ())]),
        ("401.9 401-402", "ICD9CM", [("covered", "401.9", ())]),
        ("401 401.9", "ICD9CM", [("heading", "401", ())]),
        ("401.9 !486", "ICD9CM", [("excludes_nothing", "486", ())]),
        ("401.x !401.9", "ICD9CM", []),
        ("250.00\n401.9\nV58.67\nE885.9", None, []),
        ("E11.9\n!E11.65\nE11%", "ICD10CM", [("covered", "E11.9", ())]),
        ("250.00\nE11.9", None, [("mixed_systems", "", ())]),
        ("0069-1305-10", "NDC", [("not_known", "", ())]),
        ("00691305-10", None, [("does_not_exist", "00691305-10", ())]),
        ("4.0191E2", "ICD9CM", [("does_not_exist", "4.0191E2", ())]),
        ("4.01E2 401.9", "ICD9CM", [("float", "4.01E2", ("401",))]),
        ("M10-M1A", "ICD10CM", [("not_understood", "M10-M1A", ())]),
    ],
)
def test_each_fault_is_found_and_nothing_else(checked: CheckText, text: str, system: str | None, found) -> None:
    assert told(checked(text, system)) == found


@pytest.mark.parametrize(
    ("text", "days", "found", "says"),
    [
        ("E11.321", ("2019-01-01", None), "heading", "2 codes below it; it could be reported through 2016-09-30"),
        ("I60.21", ("2021-01-01", None), "ended", "through 2016-09-30; replaced by I60.2 (ICD10CM) from 2016-10-01"),
        (
            "T40.4X1A",
            ("2021-01-01", None),
            "ended",
            "through 2020-09-30; replaced by T40.411A (ICD10CM) from 2020-10-01",
        ),
        ("E11.321", ("2016-01-01", "2019-01-01"), "ends_within", "through 2016-09-30"),
        ("E11.3211", ("2016-01-01", None), "not_yet_valid", "from 2016-10-01"),
        ("H81.4", ("2016-05-01", None), "heading", "4 codes below it"),
        ("U07.1", ("2019-01-01", None), "not_yet_valid", "from 2020-04-01"),
        ("E11", ("2015-01-01", None), "not_yet_valid", "from 2015-10-01"),
        ("E11.32%", ("2016-01-01", None), None, ""),
        ("H81.4", ("2022-05-01", None), None, ""),
        ("E11.9", ("2099-01-01", None), "not_known", "ICD10CM: not known: the newest ICD10CM here"),
        ("E11.321", (None, None), None, ""),
    ],
)
def test_what_is_not_valid_on_the_days_is_found_with_what_took_its_place(
    checked: CheckText, text: str, days: tuple[str | None, str | None], found: str | None, says: str
) -> None:
    findings = checked(text, "ICD10CM", *days)
    assert [each.finding for each in findings] == ([found] if found else [])
    assert all(each.says.startswith(says) for each in findings)


def test_before_the_oldest_list_nobody_is_told_that_a_code_had_not_begun(checked: CheckText) -> None:
    assert [each.finding for each in checked("401.9", "ICD9CM", "1999-01-01")] == ["not_known"]


def test_zeros_that_were_lost_are_told_by_the_whole_list(checked: CheckText) -> None:
    """3.1, 5 and 38.11 are codes only with zeros; 414 and 410 are codes as well, and neighbours of 041.4 are here."""
    found = checked("\n".join(["31", "51", "3811", "389", "413", "414", "4149"]), "ICD9CM")
    assert told(found)[0] == ("lost_zeros_in_list", "", ())
    assert ("lost_zeros", "3811", ("038.11",)) in told(found)
    assert ("lost_zeros", "389", ("038.9",)) in told(found)
    kept = checked("\n".join(["0031", "31", "3811"]), "ICD9CM")
    assert "lost_zeros_in_list" not in {each.finding for each in kept}
    assert ("lost_zeros", "3811", ("038.11",)) in told(kept)


def test_a_code_that_reads_as_another_is_suspected_where_its_neighbours_are_missing(opened: Build, checked) -> None:
    """In a list without zeros 410 may be 041.0 or a heading; 041.3, 041.4 and 041.49 are there as 413, 414 and 4149."""
    suspects = [each for each in checked("413\n414\n4149\n4071\n4107\n41071\n31", "ICD9CM") if each.meant]
    assert {each.finding for each in suspects} <= {"lost_zeros", "may_have_lost_zeros"}
    assert not any(each.is_sure for each in suspects if each.finding == "may_have_lost_zeros")


def test_the_same_list_without_its_faults_has_no_finding_left_that_is_sure(opened: Build) -> None:
    from pipeline.ask.codelist.check import check_list

    text = "concept,code\nA,40190\nA,401.9\nA,401.9\nA,3811\nA,4019.0\nB,401.9\nB,8020\n"
    resolved = resolve_list(opened, read_list(text), "ICD9CM")
    mended = mend_list(resolved, check_list(opened, resolved, resolved))
    again = read_list(write_list(mended.codelist))
    assert [(each.concept, each.text) for each in again.entries] == [
        ("A", "401.9"), ("A", "038.11"), ("B", "401.9"), ("B", "8020"),
    ]  # fmt: skip
    log = [*csv.DictReader(io.StringIO(mended.log))]
    assert [(row["line"], row["written"], row["mended"], row["finding"]) for row in log] == [
        ("2", "40190", "401.9", "padded_zeros"),
        ("2", "401.9", "", "duplicate"),
        ("4", "401.9", "", "duplicate"),
        ("5", "3811", "038.11", "lost_zeros"),
        ("6", "4019.0", "401.9", "float"),
        ("6", "401.9", "", "duplicate"),
    ]
    assert check_list(opened, resolve_list(opened, again), resolve_list(opened, again)) == []


def test_what_may_be_read_in_two_ways_is_not_mended(opened: Build, checked: CheckText) -> None:
    """10 may be 010 or 001.0; nothing is changed."""
    (finding,) = [each for each in checked("10\n401.9", "ICD9CM") if each.entry]
    assert (finding.meant, finding.is_sure) == (("001.0", "010"), False)
    resolved = resolve_list(opened, read_list("10\n401.9"), "ICD9CM")
    assert mend_list(resolved, [finding]).changes == ()


def test_findings_end_with_1_and_what_is_not_known_with_8(checked: CheckText) -> None:
    assert exit_code_of_findings(checked("401.9", "ICD9CM")) == 0
    assert exit_code_of_findings(checked("401", "ICD9CM")) == 1
    assert exit_code_of_findings(checked("E11.9", "ICD10CM", "2099-01-01")) == 8
    assert exit_code_of_findings(checked("E11.9\nE19", "ICD10CM", "2099-01-01")) == 1


def test_every_kind_of_finding_says_what_it_means_and_what_to_do() -> None:
    assert all(each.means and each.next for each in finding_kinds().values())
    assert {each.severity for each in finding_kinds().values()} == {"error", "warning", "unknown"}


def test_findings_are_told_by_kind_with_what_was_meant(checked: CheckText) -> None:
    found = checked("name,code\nHTN,40190\nHTN,401\n", "ICD9CM")
    assert FINDING_FORMATS["table"](found) == (
        "error: padded zeros (1): a code only without zeros at its end: they were added to make all codes as long\n"
        "  next:     take the zeros away\n"
        "  HTN, line 2: 40190 (ICD9CM): meant: 401.9\n\n"
        "warning: heading (1): a heading, which no claim carries: here it stands for everything below it\n"
        "  next:     write it with a % to say so, or write the codes below it\n"
        "  HTN, line 3: 401 (ICD9CM): 3 codes below it\n"
    )
    assert FINDING_FORMATS["table"]([]) == "nothing found\n"
