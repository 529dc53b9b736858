"""Whether a diagnosis supports a procedure: what the command answers, and how it ends."""

import csv
import io
import json
from pathlib import Path

import pyarrow as pa
import pytest
from typer.testing import Result

from tests.ask.conftest import ChangeTable
from tests.samples import run

SHEET = "2022200-Initial-ICD10-NCD-Spreadsheet-20211129.xlsx"


@pytest.fixture
def ask(excerpt_build: Path):
    """Asks the command; returns its result."""

    def asked(*words: str) -> Result:
        return run("supports", *words, "--output", str(excerpt_build.parent))

    return asked


def answers(result: Result) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(result.stdout)
    return found


def test_covered_with_the_policy_and_the_row(ask) -> None:
    result = ask("84153", "C61", "--on", "2022-04-15")
    assert result.exit_code == 0
    assert result.stdout == (
        "84153 with C61 on 2022-04-15: covered\n"
        "  by NCD 190.31, Prostate Specific Antigen (national, CMS)\n"
        f"  row 18 of {SHEET}: C61, from 2015-10-01, known through 2022-06-30\n"
    )


@pytest.mark.parametrize(
    ("codes", "day", "told", "exit_code"),
    [
        (("84153", "C61"), "2022-04-15", ("covered", "C61"), 0),
        (("C61", "84153"), "2022-04-15", ("covered", "C61"), 0),
        (("84153", "c61."), "2022-06-30", ("covered", "C61"), 0),
        (("84153", "C61"), "2022-07-01", ("not_known", None), 8),
        (("84153", "C61"), "2015-09-30", ("not_known", None), 8),
        (("84153", "Z00.00"), "2022-04-15", ("denied", "Z0000"), 1),
        (("84153", "Z0000"), "2022-04-15", ("denied", "Z0000"), 1),
        (("84153", "R97.20"), "2016-10-01", ("covered", "R9720"), 0),
        (("84153", "R97.20"), "2016-09-30", ("unknown", None), 1),
        (("84153", "I10"), "2022-04-15", ("not_supporting", "*"), 1),
        (("85004", "I10"), "2022-04-15", ("covered", "*"), 0),
        (("85004", "Z00.00"), "2022-04-15", ("denied", "Z0000"), 1),
        (("85004", "Z23"), "2022-04-15", ("not_supporting", "Z23"), 1),
        (("85004", "K02.51"), "2022-04-15", ("not_supporting", "K0251"), 1),
        (("85004", "I60.2"), "2017-12-31", ("not_supporting", "I602"), 1),
        (("85004", "I60.2"), "2018-01-01", ("covered", "*"), 0),
        (("85004", "I60.2"), "2016-09-30", ("heading", None), 1),
        (("84153", "ZZ9"), "2022-04-15", ("unknown", None), 1),
        (("99213", "C61"), "2022-04-15", ("no_policy", None), 8),
    ],
)
def test_every_pair_and_day_has_one_answer(ask, codes, day: str, told: tuple[str, str | None], exit_code: int) -> None:
    result = ask(*codes, "--on", day, "--format", "json")
    (answer,) = answers(result)
    assert (answer["status"], answer["code"]) == told
    assert result.exit_code == exit_code


def test_without_a_day_the_edition_is_asked_of_its_first_day(ask) -> None:
    (answer,) = answers(ask("84153", "C61", "--format", "json"))
    assert (answer["on"], answer["status"]) == ("2022-04-01", "covered")


def test_range_is_named_as_printed(ask) -> None:
    assert f"row 13 of {SHEET}: K0251-K0253, from 2015-10-01" in ask("85004", "K02.51", "--on", "2022-04-15").stdout


def test_every_procedure_is_asked_with_every_diagnosis(ask) -> None:
    result = ask("84153,85004", "C61", "I10", "C61", "--on", "2022-04-15", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(result.stdout)))
    assert [(row["procedure"], row["diagnosis"], row["status"]) for row in rows] == [
        ("84153", "C61", "covered"), ("84153", "I10", "not_supporting"),
        ("85004", "C61", "unknown"), ("85004", "I10", "covered"),
    ]  # fmt: skip
    assert result.exit_code == 1


def test_a_file_may_say_of_which_system_a_code_is(ask, tmp_path: Path) -> None:
    path = tmp_path / "codes.csv"
    path.write_text("code,system\n84153,CPT4\nC61,ICD10CM\n", encoding="utf-8")
    assert ask("--file", str(path), "--on", "2022-04-15").exit_code == 0
    path.write_text("code,system\n84153,CPT4\n250.00,ICD9CM\n", encoding="utf-8")
    result = ask("--file", str(path))
    assert result.exit_code == 2
    assert "ICD9CM: no policy speaks of its codes" in result.stderr


@pytest.mark.parametrize(("code", "kind"), [("84153", "diagnosis"), ("C61", "procedure")])
def test_one_kind_of_code_alone_is_wrong_usage(ask, code: str, kind: str) -> None:
    result = ask(code)
    assert result.exit_code == 2
    assert f"there is no {kind} among the codes" in result.stderr


def edited(build: Path, *words: str) -> list[dict[str, object]]:
    return answers(run("supports", *words, "--on", "2022-04-15", "--format", "json", "--output", str(build.parent)))


def with_rows(*rows: dict[str, object]):
    """Adds rows to `policy_codes`, each like the first row of NCD 190.31 but for what it says."""

    def add(table: pa.Table) -> pa.Table:
        base = next(row for row in table.to_pylist() if row["policy"] == "NCD 190.31" and row["role"] == "diagnosis")
        return pa.concat_tables([table, pa.Table.from_pylist([base | row for row in rows], table.schema)])

    return add


def test_code_of_both_kinds_is_ambiguous(changed: ChangeTable) -> None:
    build = changed("policy_codes", with_rows({"role": "procedure", "code": "E1165", "basis": "whole_list"}))
    assert [each["status"] for each in edited(build, "84153", "C61", "E1165")] == ["covered", "ambiguous"]
    assert [each["status"] for each in edited(build, "84153", "E11.65")] == ["not_supporting"]


def test_a_single_code_of_both_kinds_is_of_the_kind_that_is_missing(changed: ChangeTable) -> None:
    build = changed("policy_codes", with_rows({"role": "procedure", "code": "E1165", "basis": "whole_list"}))
    for order in (("84153", "E1165"), ("E1165", "84153")):
        (answer,) = edited(build, *order)
        assert (answer["procedure"], answer["diagnosis"], answer["status"]) == ("84153", "E1165", "not_supporting")
    (answer,) = edited(build, "E1165", "C61")
    assert (answer["procedure"], answer["diagnosis"]) == ("E1165", "C61")


@pytest.mark.parametrize("code", ["0DTJ4ZZ", "0DTJ4Z8", "47.01", "D0120"])
def test_a_procedure_of_which_no_policy_speaks_is_no_diagnosis(ask, code: str) -> None:
    """0DTJ4Z8 is no code, but has the form of one; D0120 is of CDT, of which there is no listing."""
    result = ask("84153", code, "C61", "--on", "2022-04-15", "--format", "json")
    told = [(each["procedure"], each["diagnosis"], each["status"]) for each in answers(result)]
    assert told == [("84153", "C61", "covered"), (code, "C61", "no_policy")]


def test_modifiers_leave_a_procedure_what_it_is(ask) -> None:
    result = ask("84153-26-59", "C61", "--on", "2022-04-15")
    assert result.stdout.startswith("84153-26-59 with C61 on 2022-04-15: covered")


@pytest.mark.parametrize("code", ["250.00", "25000"])
def test_a_diagnosis_of_before_is_told_with_its_system_and_its_last_day(ask, code: str) -> None:
    result = ask("84153", code, "--on", "2022-04-15")
    assert "250.00 is a code of ICD9CM, which ended on 2015-09-30; policies name codes of ICD10CM" in result.stdout
    assert result.exit_code == 1


PROCEDURE = {"role": "procedure", "answer": None, "valid_from": None}


def test_listed_code_that_is_a_heading_on_the_day_supports_nothing(changed: ChangeTable) -> None:
    build = changed("policy_codes", with_rows({"code": "E11"}))
    assert [each["status"] for each in edited(build, "84153", "E11", "C61")] == ["heading", "covered"]


def test_codes_of_one_document_that_nothing_pairs_are_not_known(changed: ChangeTable) -> None:
    unpaired = {**PROCEDURE, "code": "99213", "code_group": "procedures 1", "basis": None}
    (answer,) = edited(changed("policy_codes", with_rows(unpaired)), "99213", "C61")
    assert (answer["status"], answer["policy"]) == ("same_document", "NCD 190.31")


def test_group_without_a_default_says_nothing_of_other_codes(changed: ChangeTable) -> None:
    pair = [
        {**PROCEDURE, "code": "99213", "code_group": "covered 1", "basis": "one_group_each"},
        {"role": "diagnosis", "code": "E119", "code_group": "covered 1", "answer": "covered"},
    ]
    build = changed("policy_codes", with_rows(*pair))
    found = edited(build, "99213", "E11.9", "E11.65", "I10")
    assert [each["status"] for each in found] == ["covered", "not_known", "not_known"]


def test_procedure_that_a_policy_does_not_cover_is_denied_with_its_own_diagnoses(changed: ChangeTable) -> None:
    refused = {**PROCEDURE, "code": "99213", "code_group": "procedures 2", "answer": "denied", "basis": None}
    build = changed("policy_codes", with_rows(refused))
    assert [each["status"] for each in edited(build, "99213", "C61")] == ["denied"]


def test_procedure_in_covered_and_refused_groups_is_not_known(changed: ChangeTable) -> None:
    both = [
        {**PROCEDURE, "code": "99213", "code_group": "list", "basis": "whole_list"},
        {**PROCEDURE, "code": "99213", "code_group": "procedures 2", "answer": "denied", "basis": None},
    ]
    assert [each["status"] for each in edited(changed("policy_codes", with_rows(*both)), "99213", "C61")] == [
        "not_known"
    ]


def test_diagnosis_in_groups_that_disagree_is_not_known(changed: ChangeTable) -> None:
    rows = [
        {**PROCEDURE, "code": "84153", "code_group": "not covered 1", "basis": "equal_numbers"},
        {"role": "diagnosis", "code": "C61", "code_group": "not covered 1", "answer": "not_supporting"},
    ]
    assert [each["status"] for each in edited(changed("policy_codes", with_rows(*rows)), "84153", "C61")] == [
        "not_known"
    ]


def test_diagnosis_of_the_group_of_another_procedure_is_one_that_is_not_listed(changed: ChangeTable) -> None:
    def group(code: str, diagnosis: str, name: str) -> list[dict[str, object]]:
        procedure = {**PROCEDURE, "code": code, "code_group": name, "basis": "equal_numbers"}
        return [procedure, {"role": "diagnosis", "code": diagnosis, "code_group": name, "answer": "covered"}]

    default = {"role": "diagnosis", "code": "*", "code_group": "covered 1", "answer": "not_supporting"}
    rows = [*group("99213", "E119", "covered 1"), default, *group("99397", "I10", "covered 2")]
    build = changed("policy_codes", with_rows(*rows))
    assert [each["status"] for each in edited(build, "99213", "E11.9", "I10")] == ["covered", "not_supporting"]
    assert [each["status"] for each in edited(build, "99397", "E11.9", "I10")] == ["not_known", "covered"]


def test_a_local_policy_is_told_with_its_contractors_and_states(changed: ChangeTable) -> None:
    def local(rows: pa.Table) -> pa.Table:
        texts = pa.list_(pa.string())
        names = {"contractors": [["Made up Administrators"]], "states": [["CA", "NV"]]}
        for name, value in names.items():
            place = rows.column_names.index(name)
            rows = rows.set_column(place, rows.schema.field(name), pa.array(value * len(rows), texts))
        return rows.set_column(rows.column_names.index("kind"), "kind", pa.repeat("local", len(rows)))

    output = str(changed("policies", local).parent)
    asked = ("supports", "84153", "C61", "--on", "2022-04-15", "--output", output)
    assert "(local, Made up Administrators in CA, NV)\n" in run(*asked).stdout
    (row,) = csv.DictReader(io.StringIO(run(*asked, "--format", "csv").stdout))
    assert (row["contractors"], row["states"]) == ("Made up Administrators", "CA; NV")
