"""`crosswalk translate`, asked of the excerpt."""

import csv
import io
import json
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from typer.testing import CliRunner

from pipeline.cli import app
from tests.samples import run


@pytest.fixture
def ask(excerpt_build: Path):
    """Translates with the given words; returns the output and the exit code."""

    def asked(*words: str, stdin: str | None = None) -> tuple[str, int]:
        arguments = ["translate", *words, "--output", str(excerpt_build.parent)]
        result = CliRunner().invoke(app, arguments, input=stdin)
        return result.output, result.exit_code

    return asked


def answers(ask, *words, stdin=None):
    output, _ = ask(*words, "--format", "json", stdin=stdin)
    return json.loads(output)


def codes_of(answer):
    return [[each["code_dotted"] for each in members] for members in answer["alternatives"]]


def test_alternatives_are_sets(ask):
    (answer,) = answers(ask, "249.51", "--to", "ICD10CM")
    assert answer["status"] == "translated"
    assert ["E08.39"] in codes_of(answer)
    assert ["E08.36", "E08.65"] in codes_of(answer)
    assert answer["of_alternatives"] == len(answer["alternatives"]) == 8


def test_a_newer_code_carved_out_of_a_target_is_an_alternative_with_its_path(ask):
    (answer,) = answers(ask, "25000", "--to", "icd10cm", "--system", "icd9cm")
    assert codes_of(answer) == [["E11.9"], ["E11.A"]]
    newer = answer["alternatives"][1][0]
    assert newer["predicate"] == "narrowMatch"
    assert newer["path"] == "25000 gem_icd9cm_icd10cm E119 conversion@2025-10-01 E11A"


def test_unknown_ambiguous_and_invalid_are_three_answers_and_exit_code_1(ask):
    output, exit_code = ask("8020", "ZZZ", "250.00", "--to", "ICD10CM", "--on", "2014-05-01")
    assert exit_code == 1
    assert "8020\n  ambiguous: a code of 2 systems: ICD9CM (802.0), ICD9Proc (80.20)" in output
    assert "ZZZ\n  unknown: there is no such code in any system here" in output
    output, exit_code = ask("250.00", "--to", "ICD10CM", "--on", "2016-01-01")
    assert exit_code == 1
    assert "invalid: not valid on 2016-01-01: in ICD9CM from before 2005-10-01 to 2015-09-30" in output


@pytest.mark.parametrize("words", [("802.0",), ("8020", "--system", "ICD9CM")])
def test_a_dot_or_the_system_tells_a_diagnosis_from_a_procedure(ask, words):
    output, exit_code = ask(*words, "--to", "ICD10CM")
    assert exit_code == 0
    assert output.startswith("ICD9CM 802.0  Closed fracture of nasal bones")
    assert "S022XXA" in output


def test_the_day_of_service_tells_systems_apart_that_were_in_use_one_after_the_other(ask):
    before, after = (answers(ask, "E8020", "--to", "ICD10CM", "--on", day)[0] for day in ("2015-09-30", "2015-10-01"))
    assert (before["system"], before["status"], codes_of(before)) == ("ICD9CM", "translated", [["V817XXA"]])
    assert (after["system"], after["status"], codes_of(after)) == ("ICD9CM", "invalid", [])
    assert after["reason"] == "not valid on 2015-10-01: in ICD9CM from before 2005-10-01 to 2015-09-30"


def test_a_heading_cannot_be_translated(ask):
    output, exit_code = ask("K35", "--to", "ICD9CM")
    assert exit_code == 1
    assert "heading: a heading, which cannot be reported" in output


def test_year_to_year_a_code_is_followed_from_its_last_day_to_the_release_asked_for(ask):
    ended, stayed = answers(ask, "E11.321", "J12.89", "--to", "ICD10CM", "--system", "ICD10CM")
    assert ended["crosswalk"] == stayed["crosswalk"] == "icd10cm_forward"
    assert codes_of(ended) == [["E11.3211"], ["E11.3212"]]
    assert codes_of(stayed) == [["J12.89"]]
    (backwards,) = answers(ask, "J12.82", "--to", "ICD10CM", "--release", "2020-11-01")
    assert codes_of(backwards) == [["J12.89"]]
    assert backwards["crosswalk"] == "icd10cm_backward"


def test_a_code_that_stays_is_its_own_translation(ask):
    (answer,) = answers(ask, "I10", "--to", "ICD10CM")
    assert codes_of(answer) == [["I10"]]


def test_codes_come_from_arguments_a_file_or_standard_input(ask, tmp_path):
    path = tmp_path / "codes.txt"
    path.write_text("0010\n541\n", encoding="utf-8")
    expected = ["0010", "541"]
    options = ("--to", "ICD10CM", "--system", "ICD9CM")
    assert [each["asked"] for each in answers(ask, *options, "--file", str(path))] == expected
    assert [each["asked"] for each in answers(ask, *options, stdin="0010\n541\n")] == expected
    assert [each["asked"] for each in answers(ask, "-", *options, stdin="0010\n541\n")] == expected
    assert [each["asked"] for each in answers(ask, *expected, *options)] == expected


def test_csv_has_a_row_for_each_member_of_each_alternative(ask):
    output, _ = ask("249.51", "ZZZ", "--to", "ICD10CM", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(output)))
    assert len([row for row in rows if row["asked"] == "249.51"]) == 2 + 6 * 2
    assert [row["status"] for row in rows if row["asked"] == "ZZZ"] == ["unknown"]


def test_no_map_is_an_answer(ask):
    output, exit_code = ask("00.40", "--to", "ICD10PCS", "--system", "ICD9Proc")
    assert exit_code == 0
    assert "no_map: the publisher says that there is no equivalent" in output


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("0010", "--to", "NOWHERE"), "no crosswalk leads there"),
        (("0010", "--to", "ICD10CM", "--system", "NOWHERE"), "there is no such system"),
        (("0010", "--to", "ICD10CM", "--crosswalk", "hcc_cms_v28", "--system", "ICD9CM"), "no crosswalk of that name"),
        (("0010", "--to", "ICD10CM", "--system", "ICD9CM", "--release", "2016-10-01"), "newest release"),
        (("--to", "ICD10CM", "--file", "nowhere.txt"), "there is no such file"),
    ],
)
def test_wrong_usage_says_what_to_do_next(ask, words, message):
    output, exit_code = ask(*words)
    assert exit_code == 2
    assert message in output
    assert "next:" in output


def test_without_a_build_the_command_says_how_to_make_one(tmp_path):
    result = run("translate", "0010", "--to", "ICD10CM", "--output", str(tmp_path))
    assert result.exit_code == 2
    assert "there is no build here" in result.output


def test_a_crosswalk_that_is_named_minds_the_release_too(ask):
    (answer,) = answers(ask, "E11.A", "--to", "ICD10CM", "--release", "2021-01-01", "--crosswalk", "icd10cm_backward")
    assert codes_of(answer) == [["E11.9"]]


def test_a_release_before_the_system_was_in_use_is_wrong_usage(ask):
    output, exit_code = ask("I10", "--to", "ICD10CM", "--release", "1990-01-01")
    assert exit_code == 2
    assert "ICD10CM was not in use on 1990-01-01" in output


def test_a_file_may_have_a_byte_order_mark_and_commas_and_must_be_text(ask, tmp_path):
    path = tmp_path / "codes.csv"
    path.write_bytes(b"\xef\xbb\xbf0010,541\r\n5400;\r\n")
    found = answers(ask, "--to", "ICD10CM", "--system", "ICD9CM", "--file", str(path))
    assert [each["asked"] for each in found] == ["0010", "541", "5400"]
    path.write_bytes(b"0010\n\xff\n")
    output, exit_code = ask("--to", "ICD10CM", "--file", str(path))
    assert exit_code == 2
    assert "line 2: this is no UTF-8 text" in output


def test_an_argument_that_is_no_text_is_wrong_usage(ask):
    output, exit_code = ask("\udcff", "--to", "ICD10CM")
    assert exit_code == 2
    assert "this is no text" in output


# Crosswalks that this version does not know


def with_crosswalk(changed, like, relation, origin="published", **columns):
    """A copy of the build in which a crosswalk has another name, relation and origin; its folder."""
    columns = {"crosswalk": "of_another_version", "relation": relation, "origin": origin} | columns

    def rename(rows):
        is_it = pc.equal(rows["crosswalk"], like)
        for name in columns.keys() & set(rows.column_names):
            values = pc.if_else(is_it, columns[name], rows[name])
            rows = rows.set_column(rows.column_names.index(name), name, values)
        return rows

    for table in ("mappings", "categories"):
        changed(table, rename)
    return changed("crosswalks", rename).parent


def translated(output, *words):
    return json.loads(run("translate", *words, "--format", "json", "--output", str(output)).output)


def test_a_crosswalk_that_this_version_does_not_know_translates(changed, excerpt_build):
    output = with_crosswalk(changed, "icd9cm_icd10cm_current", "equivalence", "derived")
    (answer,) = translated(output, "249.51", "--to", "ICD10CM")
    assert answer["crosswalk"] == "of_another_version"
    (known,) = translated(excerpt_build.parent, "249.51", "--to", "ICD10CM")
    assert codes_of(answer) == codes_of(known)


def test_an_unknown_grouping_holds_together(changed):
    output = with_crosswalk(changed, "gem_icd9cm_icd10cm", "grouping", target_system="GROUPS")
    (answer,) = translated(output, "249.51", "--to", "groups")
    (members,) = codes_of(answer)
    assert {"E0836", "E0839", "E0865"} <= set(members)
    assert answer["of_alternatives"] == 1


@pytest.mark.parametrize(
    ("day", "status", "exit_code"),
    [("2010-05-01", "not_known", 8), ("2012-05-01", "translated", 0), ("2015-05-01", "not_known", 8)],
)
def test_a_grouping_is_not_asked_of_a_day_that_it_does_not_speak_of(changed, day, status, exit_code):
    """Its publisher may group a code otherwise in another issue."""
    days = {"known_from": pa.scalar(date(2012, 1, 1)), "known_through": pa.scalar(date(2012, 12, 31))}
    output = with_crosswalk(changed, "gem_icd9cm_icd10cm", "grouping", target_system="GROUPS", **days)
    words = ("translate", "249.51", "--to", "GROUPS", "--on", day, "--output", str(output))
    result = run(*words)
    assert result.exit_code == exit_code
    says = "not known: of_another_version speaks of codes of 2012-01-01 to 2012-12-31"
    assert (says in result.output) == (status == "not_known")


def test_without_a_day_the_days_that_a_grouping_speaks_of_are_told_beside_its_categories(changed):
    days = {"known_from": pa.scalar(date(2012, 1, 1)), "known_through": pa.scalar(date(2012, 12, 31))}
    output = with_crosswalk(changed, "gem_icd9cm_icd10cm", "grouping", target_system="GROUPS", **days)
    (answer,) = translated(output, "249.51", "--to", "GROUPS")
    assert (answer["status"], answer["reason"]) == (
        "translated", "of_another_version speaks of codes of 2012-01-01 to 2012-12-31",
    )  # fmt: skip


@pytest.mark.parametrize("relation", ["same_category", "coverage", "of a later version"])
def test_what_is_no_translation_is_not_offered_as_one(changed, relation):
    output = with_crosswalk(changed, "gem_icd10cm_icd9cm", relation, target_system="ELSEWHERE")
    (answer,) = translated(output, "E11.9", "--to", "ELSEWHERE", "--system", "ICD10CM")
    assert answer["status"] == "not_bridged"
    assert f"of_another_version: no translation, its relation is {relation}" in answer["reason"]
    words = ("E11.9", "--to", "ELSEWHERE", "--system", "ICD10CM", "--crosswalk", "of_another_version")
    result = run("translate", *words, "--output", str(output))
    assert result.exit_code == 2
    assert "no translation" in result.stderr


def test_a_translation_is_preferred_to_a_crosswalk_that_is_none(changed):
    output = with_crosswalk(changed, "icd9cm_icd10cm_current", "same_category", "derived")
    (answer,) = translated(output, "249.51", "--to", "ICD10CM")
    assert answer["crosswalk"] == "gem_icd9cm_icd10cm"


def test_a_derived_equivalence_is_preferred_to_a_published_one(ask):
    (answer,) = answers(ask, "249.51", "--to", "ICD10CM")
    assert answer["crosswalk"] == "icd9cm_icd10cm_current"


def test_the_direction_of_a_year_to_year_crosswalk_is_told_by_the_build_not_by_its_id(changed):
    with_ids = with_crosswalk(changed, "icd10cm_forward", "succession", "derived", crosswalk="years_one")
    (forwards,) = translated(with_ids, "E11.321", "--to", "ICD10CM", "--system", "ICD10CM")
    assert forwards["crosswalk"] == "years_one"
    assert codes_of(forwards) == [["E11.3211"], ["E11.3212"]]
    (backwards,) = translated(with_ids, "J12.82", "--to", "ICD10CM", "--release", "2020-11-01")
    assert (backwards["crosswalk"], codes_of(backwards)) == ("icd10cm_backward", [["J12.89"]])


def test_where_only_one_direction_is_here_the_published_succession_is_asked(changed):
    output = with_crosswalk(
        changed, "icd10cm_forward", "succession", "derived", crosswalk="icd10cm_forward", source_system="ELSEWHERE"
    )
    (answer,) = translated(output, "E11.321", "--to", "ICD10CM", "--system", "ICD10CM")
    assert answer["crosswalk"] == "conversion_icd10cm"


@pytest.mark.parametrize(("code", "codes"), [("Q9984", [["J7296"]]), ("K0901", [["L1851"]])], ids=["drug", "orthosis"])
def test_a_system_without_year_to_year_crosswalks_is_followed_by_its_published_successors(ask, code, codes):
    (answer,) = answers(ask, code, "--to", "HCPCS", "--system", "HCPCS")
    assert (answer["crosswalk"], answer["status"], codes_of(answer)) == ("successors_hcpcs", "translated", codes)


def test_of_a_table_of_successions_a_code_that_has_not_ended_stands_for_itself(ask):
    (answer,) = answers(ask, "V2020", "--to", "HCPCS", "--system", "HCPCS")
    assert (answer["status"], answer["crosswalk"], codes_of(answer)) == ("translated", "successors_hcpcs", [["V2020"]])


def test_a_table_of_successions_says_nothing_of_the_days_of_codes_that_ended_without_one(ask):
    output, _ = ask("M0064", "--to", "HCPCS", "--system", "HCPCS")
    assert "not_assigned: the publisher's table says of no other code" in output
    assert "newer" not in output


def test_where_nothing_leads_from_a_system_to_itself_it_is_not_said_to_lead_from_it(ask):
    output, exit_code = ask("250.00", "--to", "ICD9CM", "--system", "ICD9CM")
    assert exit_code == 8
    assert "not_bridged: no crosswalk leads from one year to another in ICD9CM\n" in output


def test_year_to_year_of_a_system_without_releases_is_not_known(changed):
    output = changed("releases", lambda rows: rows.filter(pc.not_equal(rows["system"], "ICD10CM"))).parent
    result = run("translate", "I10", "--to", "ICD10CM", "--system", "ICD10CM", "--output", str(output))
    assert result.exit_code == 8
    assert "not known: no listing of ICD10CM is in this build" in result.output


@pytest.mark.parametrize("column", ["written_as", "settings", "code_pattern"])
def test_a_system_of_which_the_build_says_nothing_of_its_form_is_translated(changed, column):
    def forget(rows):
        empty = pa.nulls(len(rows), rows[column].type)
        return rows.set_column(rows.column_names.index(column), column, empty)

    output = ("--output", str(changed("systems", forget).parent))
    result = run("translate", "25000", "--system", "ICD9CM", "--to", "ICD10CM", *output)
    assert result.exit_code == 0, result.output
    assert "E11.9" in result.output
    assert run("lookup", "ZZZ9", *output).exit_code == 1


def test_targets_stand_below_each_other_whatever_their_length(changed):
    def lengthen(rows):
        values = pc.if_else(pc.equal(rows["code"], "E119"), "12345-6789-01", rows["code_dotted"])
        return rows.set_column(rows.column_names.index("code_dotted"), "code_dotted", values)

    output = changed("codes", lengthen).parent
    result = run("translate", "25000", "--system", "ICD9CM", "--to", "ICD10CM", "--output", str(output))
    assert "     1  12345-6789-01  Type 2 diabetes" in result.output
    assert "     2  E11.A          Type 2 diabetes" in result.output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("0DTJ4ZZ", "--to", "CCS"), "none stands for another; the grouping of ICD10PCS: CCSProc"),
        (("E11.9", "--system", "ICD10CM", "--to", "CCSProc"), "; the grouping of ICD10CM: CCS"),
        (("36.10", "--system", "ICD9Proc", "--to", "CCS"), "; the grouping of ICD9Proc: CCSProc"),
        (("0DTJ4ZZ", "--to", "MDC"), "; groupings of ICD10PCS: CCSProc, NHSN, Procedure Class"),
        (("250.00", "--system", "ICD9CM", "--to", "MDC"), "no crosswalk leads from ICD9CM to MDC"),
    ],
    ids=lambda each: " ".join(each) if isinstance(each, tuple) else None,
)
def test_a_grouping_of_another_system_is_told_with_the_one_that_is_of_the_codes_system(ask, words, said):
    output, exit_code = ask(*words)
    assert said in output
    assert exit_code in {1, 8}
