"""What every command that answers says, and how it ends: of every kind of day, of code, and of system."""

import csv
import io
import json
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from pipeline.ask.build import Build
from pipeline.ask.lookup import look_up
from tests.samples import run

TO_ICD10CM = ("--to", "ICD10CM")
CASES = {
    "lookup, before the first release": (("lookup", "250.00", "--on", "1999-01-01"), 8, "not known: the oldest ICD9CM"),
    "lookup, before the system": (("lookup", "E11.9", "--system", "ICD10CM", "--on", "2011-01-01"), 1, "not valid on"),
    "lookup, on a release": (
        ("lookup", "E11.9", "--system", "ICD10CM", "--on", "2025-10-01"),
        0,
        "on 2025-10-01: Type",
    ),
    "lookup, no day": (("lookup", "E11.9", "--system", "ICD10CM"), 0, "from 2015-10-01 on, known through 2026-03-31"),
    "lookup, beyond the horizon": (
        ("lookup", "E11.9", "--system", "ICD10CM", "--on", "2026-11-01"),
        8,
        "not known: the newest ICD10CM here is of 2025-10-01, known through 2026-03-31",
    ),
    "lookup, beyond the use of a system": (("lookup", "250.00", "--on", "2016-01-01"), 1, "not valid on 2016-01-01"),
    "lookup, ended, beyond the horizon": (("lookup", "J1440", "--on", "2019-01-01"), 1, "not valid on 2019-01-01"),
    "lookup, ended for good": (("lookup", "M0064", "--on", "2030-01-01"), 1, "not valid on 2030-01-01"),
    "lookup, unknown": (("lookup", "ZZZ9"), 1, "unknown: there is no such code in any system here"),
    "lookup, unknown, beyond": (("lookup", "Z99.999", "--on", "2030-01-01"), 8, "not known: the newest ICD10CM"),
    "lookup, unknown, before": (("lookup", "J9998", "--on", "1990-01-01"), 8, "not known: the oldest HCPCS"),
    "lookup, heading": (("lookup", "E11.1", "--system", "ICD10CM"), 1, "heading; "),
    "lookup, of several systems": (("lookup", "8020"), 1, "A code of 2 systems: ICD9CM (802.0), ICD9Proc (80.20)"),
    "lookup, dental": (("lookup", "D0120"), 8, "no listing of CDT is in this build; by its form CDT"),
    "lookup, of deaths": (("lookup", "I10", "--system", "ICD10"), 0, "valid as underlying cause"),
    "translate, before the first release": (
        ("translate", "250.00", *TO_ICD10CM, "--on", "1999-01-01"),
        8,
        "not known: the oldest ICD9CM here is of 2005-10-01",
    ),
    "translate, on a release": (("translate", "250.00", *TO_ICD10CM, "--on", "2014-10-01"), 0, "E11.9"),
    "translate, beyond the horizon": (
        ("translate", "E11.9", *TO_ICD10CM, "--system", "ICD10CM", "--on", "2026-11-01"),
        8,
        "not known: the newest ICD10CM here is of 2025-10-01",
    ),
    "translate, to a release beyond the horizon": (
        ("translate", "E11.9", *TO_ICD10CM, "--system", "ICD10CM", "--release", "2026-11-01"),
        8,
        "not known: the newest ICD10CM here is of 2025-10-01",
    ),
    "translate, ended": (("translate", "250.00", *TO_ICD10CM, "--on", "2016-01-01"), 1, "invalid: not valid on"),
    "translate, unknown": (("translate", "ZZZ9", *TO_ICD10CM), 1, "unknown: there is no such code"),
    "translate, heading": (("translate", "E11", *TO_ICD10CM), 1, "heading: a heading, which cannot be reported"),
    "translate, of several systems": (("translate", "8020", *TO_ICD10CM), 1, "ambiguous: a code of 2 systems"),
    "translate, dental": (("translate", "D0120", *TO_ICD10CM), 8, "by its form CDT"),
    "lookup, of deaths or of claims": (
        ("lookup", "I10", "--system", "icd10"),
        0,
        "note: icd10 is ICD10CM or ICD10PCS here, whichever has the code\nI10  ICD10CM",
    ),
    "translate, what was done to why": (
        ("translate", "J7302", *TO_ICD10CM),
        1,
        "other_field: codes of HCPCS say what was done or supplied, codes of ICD10CM say why",
    ),
    "translate, a procedure to why": (
        ("translate", "0010", "--system", "ICD9Proc", *TO_ICD10CM),
        1,
        "other_field: codes of ICD9Proc say what was done",
    ),
    "translate, to a grouping of another field": (
        ("translate", "J7302", "--to", "NCHS113"),
        1,
        "categories of NCHS113 say why",
    ),
    "translate, no way": (
        ("translate", "J7302", "--to", "ICD10PCS"),
        8,
        "not_bridged: no crosswalk leads from HCPCS",
    ),
    "translate, of deaths": (
        ("translate", "I10", "--system", "ICD10", *TO_ICD10CM),
        8,
        "not_bridged: no crosswalk leads from ICD10 to ICD10CM",
    ),
    "lookup, became a heading, beyond": (
        ("lookup", "M35.8", "--on", "2026-11-01"),
        8,
        "known through 2026-03-31; a heading since, it could be reported through 2020-12-31",
    ),
    "lookup, system unknown": (("lookup", "E11.9", "--system", "SNOMED"), 2, "there is no such system"),
    "no code": (("lookup", " , "), 2, "no code was given"),
    "diff, before the first release": (
        ("diff", "ICD9CM", "1999-01-01", "2010-01-01"),
        8,
        "ICD9CM on 1999-01-01: not known: the oldest ICD9CM here is of 2005-10-01",
    ),
    "diff, on releases": (("diff", "ICD10CM", "2020-10-01", "2021-01-01"), 0, "added 4, became_header 1"),
    "diff, within a release": (("diff", "ICD10CM", "2021-01-02", "2021-01-03"), 0, "nothing changed"),
    "diff, beyond the horizon": (
        ("diff", "ICD10CM", "2025-10-01", "2026-10-01"),
        8,
        "ICD10CM on 2026-10-01: not known: the newest ICD10CM here is of 2025-10-01, known through 2026-03-31",
    ),
    "diff, beyond the use of a system": (("diff", "ICD9CM", "2015-09-30", "2015-10-01"), 0, "removed "),
    "diff, no such system": (("diff", "SNOMED", "2020-10-01", "2021-01-01"), 2, "there is no such system"),
    "systems": (("systems",), 0, "ICD10CM   diagnosis       NCHS/CDC    from 2015     2026-03-31"),
    "compare": (("compare", "ICD9CM", "ICD10CM"), 0, "Both say why the patient was treated."),
    "compare, no such system": (("compare", "ICD10CM", "SNOMED"), 2, "SNOMED: there is no such system"),
    "status": (("status",), 0, "ICD10CM   2025-10-01       2026-03-31     2026-04-01"),
    "status, on a day that is known": (("status", "--on", "2023-12-31"), 0, "HCPCS     2025-01-01"),
    "status, beyond a horizon": (
        ("status", "--on", "2026-11-01"),
        8,
        "2026-11-01 lies beyond what this build knows\n  not known: the newest CPT4 here",
    ),
    "export-xlsx, no such system": (("export-xlsx", "--system", "SNOMED"), 2, "there is no such system"),
    "export-xlsx, no such crosswalk": (("export-xlsx", "--crosswalk", "gem"), 2, "there is no such crosswalk"),
    "export-xlsx, of nothing": (("export-xlsx",), 2, "name one crosswalk or one system"),
}
CATEGORY_I = "no listing of CPT4 is in this build; by its form CPT category I, Evaluation and management (99201-99499)"


@pytest.mark.parametrize("case", CASES, ids=str)
def test_every_kind_of_question_has_its_words_and_its_exit_code(excerpt_build: Path, case: str) -> None:
    words, exit_code, says = CASES[case]
    result = run(*words, "--output", str(excerpt_build.parent))
    assert says in result.output
    assert result.exit_code == exit_code


def without_listing(changed, system: str = "CPT4") -> Path:
    """The build as it is without the files of a licensee: no listing of CPT, or of another system."""

    def leave_out(rows: pa.Table) -> pa.Table:
        return rows.filter(pc.not_equal(rows["system"], system))

    def forget(rows: pa.Table) -> pa.Table:
        is_it = pc.equal(rows["system"], system)
        for name in ("newest_release", "known_from", "known_through", "next_release_expected"):
            values = pc.if_else(is_it, pa.scalar(None, rows[name].type), rows[name])
            rows = rows.set_column(rows.column_names.index(name), rows.schema.field(name), values)
        return rows

    for table in ("codes", "code_history", "releases"):
        changed(table, leave_out)
    return changed("systems", forget).parent


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("99213", CATEGORY_I),
        ("0005F", "CPT, Category II: performance measures (II)"),
        ("0042T", "CPT, Category III: emerging technology (III)"),
        ("0002U", "CPT, Proprietary laboratory analyses (PLA)"),
        ("0003M", "CPT, Administrative multianalyte assays with algorithmic analyses (MAAA)"),
        ("0002A", "CPT, Administration of COVID-19 vaccines (A)"),
        ("59", "CPT, Modifiers"),
    ],
)
@pytest.mark.parametrize("command", [("lookup",), ("translate", "--to", "ICD10CM")], ids=["lookup", "translate"])
def test_a_code_of_a_system_without_listing_is_told_by_its_form(changed, command, code: str, says: str) -> None:
    result = run(*command, code, "--output", str(without_listing(changed)))
    assert says in result.output
    assert "unknown" not in result.output


def test_two_digits_of_a_heading_may_be_a_modifier_that_no_listing_has(changed) -> None:
    output = ("--output", str(without_listing(changed)))
    text = run("lookup", "80", *output).output
    assert "ICD9Proc" in text
    assert "80 may be a modifier of CPT4 too, of which there is no listing here." in text
    assert "modifier" not in run("lookup", "80", "--system", "ICD9Proc", *output).output
    assert "modifier" not in run("lookup", "A00", *output).output


def test_a_code_of_a_system_without_listing_ends_with_8_and_what_none_writes_like_this_with_1(changed) -> None:
    output = ("--output", str(without_listing(changed)))
    assert run("lookup", "99213", *output).exit_code == 8
    assert run("lookup", "99213", "--system", "CPT", "--on", "2024-05-05", *output).exit_code == 8
    result = run("lookup", "ABCDEFG", "--system", "CPT", *output)
    assert (result.exit_code, "no code of CPT4 is written like this" in result.output) == (1, True)


@pytest.mark.parametrize(
    ("words", "exit_code", "says"),
    [
        (("diff", "CPT", "2024-01-01", "2025-01-01"), 8, "not known: no listing of CPT4 is in this build"),
        (("systems",), 0, "CPT4      procedure ...   AMA         in use        not known      not here"),
        (("compare", "CPT4", "HCPCS"), 0, "no listing of it is here"),
        (("status",), 0, "CPT4      no listing here  not known"),
        (("status", "--on", "2023-12-31"), 0, "CPT4      no listing here  not known"),
        (("export-xlsx", "--system", "CPT4"), 8, "not known: no listing of CPT4 is in this build"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_a_system_without_listing_is_told_to_be_one(changed, words, exit_code: int, says: str) -> None:
    result = run(*words, "--output", str(without_listing(changed)))
    assert says in result.output
    assert result.exit_code == exit_code


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--system", "icd10cm"), "rows)"),
        (("--system", "ICD9CM"), "rows)"),
        (("--crosswalk", "gem_icd9cm_icd10cm"), "(128 rows)"),
    ],
    ids=["system", "closed system", "crosswalk"],
)
def test_a_workbook_is_said_to_be_written(excerpt_build: Path, tmp_path: Path, words, says: str) -> None:
    path = tmp_path / "sheet.xlsx"
    result = run("export-xlsx", *words, "--to", str(path), "--output", str(excerpt_build.parent))
    assert (result.exit_code, path.is_file()) == (0, True)
    assert result.stdout.startswith(f"written    {path} (")
    assert says in result.stdout


def test_a_system_whose_claims_this_version_does_not_know_is_said_with_its_settings(changed) -> None:
    def set_elsewhere(rows: pa.Table) -> pa.Table:
        names = pc.replace_substring(rows["system"], "ICD9CM", "VETERINARY")
        values = pa.array([["animals"]] * len(rows), rows["settings"].type)
        renamed = rows.set_column(rows.column_names.index("system"), "system", names)
        return renamed.set_column(rows.column_names.index("settings"), "settings", values)

    output = ("--output", str(changed("systems", set_elsewhere).parent))
    result = run("compare", "VETERINARY", "CPT4", "--format", "md", *output)
    assert result.exit_code == 0
    assert "On which claims VETERINARY stands is not known to this version." in result.output
    assert "| Where | animals | professional claims and hospital outpatient claims |" in result.output
    assert "animals" in run("systems", "--format", "md", *output).output


def test_a_code_that_is_found_may_be_one_of_a_system_without_listing_too(changed) -> None:
    result = run("lookup", "25000", "--output", str(without_listing(changed)))
    assert "250.00  ICD9CM" in result.output
    assert "did you mean: 25000 (CPT4, by its form CPT category I" in result.output


def test_a_dot_that_was_typed_tells_which_systems_are_hinted_at(changed) -> None:
    output = ("--output", str(without_listing(changed, "ICD9CM")))
    assert "did you mean" not in run("lookup", "E11.9", *output).output
    assert "did you mean" not in run("lookup", "E11.9", "--on", "1990-01-01", *output).output
    assert "did you mean: E119 (ICD9CM, by its form" in run("lookup", "E119", "--on", "1990-01-01", *output).output


def test_each_code_that_may_have_been_meant_is_named_once(opened: Build) -> None:
    (found,) = look_up(opened, ["M35.8"], "ICD10CM", date(2022, 1, 1))
    assert [(each.code_dotted, each.why) for each in found.reading.did_you_mean] == [
        ("M35.81", "took its place"), ("M35.89", "took its place"),
    ]  # fmt: skip


@pytest.mark.parametrize("command", [("lookup",), ("translate", "--to", "ICD10CM")], ids=["lookup", "translate"])
@pytest.mark.parametrize("code", ["99213", "D0120", "59"])
def test_a_code_that_claims_carry_in_the_field_of_hcpcs_is_said_to_be_of_its_own_system(
    changed, command, code: str
) -> None:
    output = ("--output", str(without_listing(changed)))
    plain, of_field = run(*command, code, *output), run(*command, code, "--system", "HCPCS", *output)
    assert "not known: no listing of C" in plain.output
    assert (of_field.output, of_field.exit_code) == (plain.output, 8)
    assert run(*command, "J9998", "--system", "HCPCS", *output).exit_code == 1


def test_where_cpt_is_listed_its_code_in_the_field_of_hcpcs_is_hinted_at(opened: Build) -> None:
    (found,) = look_up(opened, ["00100"], "HCPCS")
    assert [each.system for each in found.reading.did_you_mean] == ["CPT4"]


@pytest.mark.parametrize(
    ("asked", "system", "meant"),
    [
        ("S72.01A", None, []),
        ("S72.001", "ICD10CM", ["S72.001A", "S72.001B", "S72.001D"]),
        ("1.0", None, ["001.0"]),
        ("Z2O828", None, ["Z20.828"]),
        ("I10X", None, ["I10"]),
        ("25000.0", None, ["250.00"]),
        ("2HV33Z", None, ["02HV33Z"]),
        ("Z2O828", "ICD9CM", []),
        ("E11.9", "ICD9CM", ["E11.9", "E11.9"]),
        ("E11.9", None, []),
        ("802.0", "ICD10CM", ["802.0"]),
        ("8020", "ICD10CM", ["802.0", "80.20"]),
    ],
)
def test_what_may_have_been_meant_is_data_of_the_answer(opened: Build, asked: str, system, meant: list[str]) -> None:
    (found,) = look_up(opened, [asked], system)
    assert [each.code_dotted for each in found.reading.did_you_mean if each.system != "CPT4"] == meant


def test_many_codes_from_everywhere_are_answered_in_order_and_our_csv_is_read_back(
    excerpt_build: Path, tmp_path: Path
) -> None:
    output = ("--output", str(excerpt_build.parent))
    result = run("lookup", "E11.9 ZZZ9", "250.00", "--format", "csv", *output)
    assert result.exit_code == 1
    rows = list(csv.DictReader(io.StringIO(result.stdout)))
    assert list(dict.fromkeys(row["asked"] for row in rows)) == ["E11.9", "ZZZ9", "250.00"]
    path = tmp_path / "answers.csv"
    path.write_text(result.stdout, encoding="utf-8")
    again = run("lookup", "--file", str(path), "--format", "json", *output)
    answers = json.loads(again.stdout)
    assert list(dict.fromkeys(each["asked"] for each in answers)) == ["E11.9", "ZZZ9", "250.00"]
    assert "read as a header line" in again.stderr
    assert [each["status"] for each in answers if each["asked"] == "ZZZ9"] == ["unknown"]


def test_a_code_that_was_asked_twice_is_answered_twice(excerpt_build: Path) -> None:
    result = run("translate", "250.00 250.00", "--format", "json", *TO_ICD10CM, "--output", str(excerpt_build.parent))
    one, other = json.loads(result.stdout)
    assert one == other


def test_a_heading_of_one_system_is_not_meant_where_another_has_a_code_that_can_be_reported(changed) -> None:
    def into_heading(rows: pa.Table) -> pa.Table:
        is_it = pc.and_(pc.equal(rows["system"], "ICD9CM"), pc.equal(rows["code"], "8020"))
        values = pc.and_(rows["billable"], pc.invert(is_it))
        return rows.set_column(rows.column_names.index("billable"), "billable", values)

    output = changed("code_history", into_heading).parent
    result = run("translate", "8020", "--to", "ICD10PCS", "--output", str(output))
    assert result.output.startswith("ICD9Proc 80.20  ")
    assert "also a heading, which no claim carries: ICD9CM (802.0)" in result.output


@pytest.mark.parametrize(
    ("code", "exit_code", "candidate"),
    [
        ("250.00", 1, "250.00 (ICD9CM, another system)"),
        ("80.20", 1, "80.20 (ICD9Proc, another system)"),
        ("0010", 8, "00.10 (ICD9Proc, another system)"),
    ],
)
def test_where_causes_of_death_are_named_what_else_is_written_like_it_is_listed(
    changed, code: str, exit_code: int, candidate: str
) -> None:
    """Who types ICD9 means ICD-9-CM nearly always."""
    result = run("lookup", code, "--system", "ICD9", "--output", str(without_listing(changed, "ICD9")))
    assert result.exit_code == exit_code
    assert candidate in result.output


def test_a_code_is_told_by_its_form_in_what_a_system_is_taken_for_where_that_has_no_listing_either(changed) -> None:
    output = without_listing(changed, "ICD9CM")
    result = run("lookup", "250.00", "--system", "ICD9", "--output", str(output))
    assert "did you mean: 250.00 (ICD9CM, by its form" in result.output


def test_a_code_that_only_a_map_has_is_translated_without_its_system_named_too(changed) -> None:
    output = ("--output", str(without_listing(changed, "ICD9CM")))
    result = run("translate", "249.51", *TO_ICD10CM, *output)
    assert result.exit_code == 0
    assert "note: not known: no listing of ICD9CM is in this build" in result.output
    assert "E08.39" in result.output
    assert run("translate", "249.51", *TO_ICD10CM, "--on", "2012-01-01", *output).exit_code == 8
    assert run("lookup", "249.51", *output).exit_code == 8


def test_a_code_of_a_named_system_without_listing_is_translated_where_a_crosswalk_has_it(changed) -> None:
    output = ("--output", str(without_listing(changed, "ICD9")))
    words = ("translate", "038.1", "--system", "ICD9", "--to", "NCHS113")
    result = run(*words, *output)
    assert result.exit_code == 0
    assert "note: not known: no listing of ICD9 is in this build" in result.output
    assert "category " in result.output
    assert run(*words, "--on", "1990-01-01", *output).exit_code == 8
