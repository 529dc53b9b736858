"""Which procedures of an article go with which diagnoses, pattern by pattern (made-up codes and texts).

The patterns are those of the articles that are named: two of them join everything wrongly, others by equal numbers.
"""

from collections.abc import Mapping
from datetime import date

import pyarrow as pa
import pytest

from pipeline.history.policy_codes import derive_policies
from pipeline.ingest import TextFrame
from pipeline.ingest.mcd_exports import MCD_READERS
from pipeline.normalise.article_policies import article_policies
from tests.ingest.mcd_samples import Rows, article, beside, zip_of
from tests.normalise.frames import delivery_of

EDITION = date(2026, 9, 28)
DAYS = {"valid_from": pa.date32(), "valid_to": pa.date32()}
NO_EPISODES = pa.schema({"system": pa.string(), "code": pa.string(), "billable": pa.bool_(), **DAYS}).empty_table()
OF_LCDS = ("lcd_procedures", "lcd_procedure_groups", "lcd_articles")


def tables_of(tables: Mapping[str, Rows], *, with_lcds: bool = False) -> dict[str, list[dict[str, object]]]:
    raw = zip_of(tables)
    parts = [part for part in MCD_READERS if with_lcds or part not in OF_LCDS]
    frames = {part: TextFrame(part, "a.zip!b.zip", MCD_READERS[part]("b.zip", raw)) for part in parts}
    published = article_policies(delivery_of("mcd", EDITION), frames)
    return {name: table.to_pylist() for name, table in derive_policies(published, NO_EPISODES).items()}


def pairs_of(tables: Mapping[str, Rows], **more: bool) -> dict[tuple[str, str], tuple[str, str]]:
    """The answer and basis of every pair that is published: by policy and group, and no other way."""
    rows = tables_of(tables, **more)["policy_codes"]
    return {
        (str(one["code"]), str(other["code"])): (str(other["answer"]), str(one["basis"]))
        for one in rows
        for other in rows
        if one["role"] == "procedure" and one["basis"] and other["role"] == "diagnosis"
        if (one["policy"], one["code_group"]) == (other["policy"], other["code_group"])
    }


def bases_of(pairs: Mapping[tuple[str, str], tuple[str, str]]) -> set[str]:
    return {basis for _, basis in pairs.values()}


def test_texts_name_the_procedures_of_each_group_like_a57636() -> None:
    texts = {1: "support medical necessity for CPT codes: J0178 and J0179", 2: "for J0175-J0176"}
    found = pairs_of(
        article(
            57636,
            {1: ["J0178", "J0179"], 2: ["J0175", "J0176"]},
            {1: ["I70.0"], 2: ["N28.0"]},
            texts,
            noncovered={1: ["XX000"], 2: ["XX000"]},
        )
    )
    covered = {pair for pair, (answer, _) in found.items() if answer == "covered"}
    assert covered == {("J0178", "I700"), ("J0179", "I700"), ("J0175", "N280"), ("J0176", "N280")}
    others = {pair: told for pair, told in found.items() if pair not in covered}
    assert others == {(code, "*"): ("not_supporting", "equal_numbers") for code in ("J0178", "J0179", "J0175", "J0176")}


def test_text_splits_one_group_of_procedures_like_a57591() -> None:
    texts = {1: "for J0178, J0179", 2: "for J0175, J0176", 3: "for J0170 and J0171"}
    procedures = {1: ["J0178", "J0179", "J0175", "J0176", "J0170", "J0171"]}
    found = pairs_of(article(57591, procedures, {1: ["I70.0"], 2: ["N28.0"], 3: ["I80.1"]}, texts))
    assert found == {
        (code, diagnosis): ("covered", "named_in_text")
        for codes, diagnosis in (("J0178 J0179", "I700"), ("J0175 J0176", "N280"), ("J0170 J0171", "I801"))
        for code in codes.split()
    }


def test_only_procedure_goes_with_every_group_like_a58063() -> None:
    found = pairs_of(article(58063, {1: ["G0479"]}, {1: ["C50.011"], 2: ["C61"]}))
    assert found == {("G0479", code): ("covered", "only_procedure") for code in ("C50011", "C61")}


def test_group_that_is_not_covered_is_denied_and_not_supported_like_a58350() -> None:
    refusals = {2: "<p>The following codes are <b>non-covered</b>:</p>"}
    rows = article(58350, {1: ["G0401"], 2: ["G0402", "G0403"]}, {1: ["C61"]}, refusals=refusals)
    assert pairs_of(rows) == {("G0401", "C61"): ("covered", "one_group_each")}
    refused = {row["code"]: row["code_group"] for row in tables_of(rows)["policy_codes"] if row["answer"] == "denied"}
    assert refused == {"G0402": "procedures 2", "G0403": "procedures 2"}


def test_a_doubtful_group_counts_where_the_number_of_groups_tells() -> None:
    """Nobody knows that the doubtful group is not the one of the diagnoses: neither group is paired."""
    rows = article(1, {1: ["J0178"], 2: ["J0179"]}, {1: ["I70.0"]}, refusals={2: "Some of these may not be covered."})
    assert pairs_of(rows) == {}
    equal = article(
        1, {1: ["J0178"], 2: ["J0179"], 3: ["J0180"]}, {1: ["I70.0"], 2: ["N28.0"]}, refusals={3: "May be denied."}
    )
    assert pairs_of(equal) == {}


def test_a_group_of_diagnoses_that_names_procedures_and_lists_none_counts() -> None:
    rows = article(1, {1: ["J0178", "J0179"]}, {1: ["I70.0"], 2: []}, {2: "Any diagnosis supports J0179."})
    assert pairs_of(rows) == {}


def test_a_procedure_of_a_covered_and_a_refused_group_goes_with_nothing_like_a58734() -> None:
    refusals = {2: "These codes are non-covered."}
    rows = article(58734, {1: ["G0479", "G0480"], 2: ["G0480", "G0481"]}, {1: ["C61"]}, refusals=refusals)
    assert pairs_of(rows) == {("G0479", "C61"): ("covered", "one_group_each")}
    told = {(row["code"], row["answer"]) for row in tables_of(rows)["policy_codes"] if row["role"] == "procedure"}
    assert told == {("G0479", None), ("G0480", None), ("G0481", "denied")}


def test_list_of_what_is_not_covered_alone_like_a52369() -> None:
    found = pairs_of(article(52369, {1: ["G0403"]}, {}, noncovered={1: ["Z00.00"]}))
    assert found == {("G0403", "Z0000"): ("not_supporting", "one_group_each")}


def test_equal_numbers_pair_only_where_no_text_names_a_procedure() -> None:
    procedures, diagnoses = {1: ["J0585"], 2: ["J0586"]}, {1: ["G24.3"], 2: ["G43.709"]}
    found = pairs_of(article(1, procedures, diagnoses))
    assert found == {("J0585", "G243"): ("covered", "equal_numbers"), ("J0586", "G43709"): ("covered", "equal_numbers")}
    assert pairs_of(article(1, procedures, diagnoses, {1: "for J0586"})) == {
        ("J0586", "G243"): ("covered", "named_in_text")
    }
    assert pairs_of(article(1, procedures, {2: ["G24.3"], 3: ["G43.709"]})) == {}


def test_range_in_a_text_takes_in_codes_of_its_form_alone() -> None:
    rows = article(1, {1: ["4004F", "0042T", "99213"]}, {1: ["I70.0"]}, {1: "for 0001F-9999F"})
    assert {procedure for procedure, _ in pairs_of(rows)} == {"4004F"}


def test_what_has_no_basis_stays_in_its_article_and_is_counted() -> None:
    found = tables_of(article(1, {1: ["J0585", "J0586"]}, {1: ["G24.3"], 2: ["G43.709", "G43.719"]}))
    (policy,) = found["policies"]
    assert (policy["unpaired_procedures"], policy["unpaired_diagnoses"]) == (2, 3)
    assert {row["code_group"] for row in found["policy_codes"]} == {"procedures 1", "covered 1", "covered 2"}
    assert {row["basis"] for row in found["policy_codes"]} == {None}


@pytest.mark.parametrize(
    "text", ["A secondary code is required.", "A code of Group 1 and of Group 2", "for J0178 except with I10"]
)
def test_group_with_a_condition_supports_nothing_by_itself(text: str) -> None:
    assert pairs_of(article(1, {1: ["J0178"]}, {1: ["I70.0"]}, {1: text})) == {}


def test_group_of_procedures_with_a_doubtful_text_goes_with_nothing() -> None:
    rows = article(1, {1: ["J0178"]}, {1: ["I70.0"]}, refusals={1: "Some of these may not be covered."})
    assert pairs_of(rows) == {}
    assert [row["answer"] for row in tables_of(rows)["policy_codes"] if row["role"] == "procedure"] == [None]


def test_code_with_a_note_is_set_apart() -> None:
    rows = article(1, {1: ["J0178"]}, {1: ["I70.0", "K35.80*"]})
    assert pairs_of(rows) == {("J0178", "I700"): ("covered", "one_group_each")}
    groups = {row["code"]: row["code_group"] for row in tables_of(rows)["policy_codes"] if row["role"] == "diagnosis"}
    assert groups == {"I700": "covered 1", "K3580": "covered 1, with a note"}


def test_durable_equipment_takes_its_procedures_from_the_determination() -> None:
    key = {"lcd_id": 33777, "lcd_version": 9}
    lcd = {
        "lcd_x_hcpc_code.csv": [{**key, "hcpc_code_id": "E0570", "hcpc_code_group": 1}],
        "lcd_x_hcpc_code_group.csv": [{**key, "hcpc_code_group": 1, "paragraph": ""}],
        "lcd_related_documents.csv": [{**key, "r_article_id": 52466}, {**key, "r_lcd_id": 1}],
    }
    rows = article(52466, {}, {1: ["J44.9"]}) | lcd
    assert pairs_of(rows, with_lcds=True) == {("E0570", "J449"): ("covered", "one_group_each")}
    assert pairs_of(rows) == {}


def test_determination_adds_nothing_to_an_article_with_procedures_of_its_own() -> None:
    lcd = {
        "lcd_x_hcpc_code.csv": [{"lcd_id": 1, "lcd_version": 9, "hcpc_code_id": "E0570", "hcpc_code_group": 1}],
        "lcd_related_documents.csv": [{"lcd_id": 1, "lcd_version": 9, "r_article_id": 2}],
    }
    assert {*pairs_of(article(2, {1: ["J0178"]}, {1: ["I70.0"]}) | lcd, with_lcds=True)} == {("J0178", "I700")}


def test_policy_is_an_article_with_its_version_and_days() -> None:
    (policy,) = tables_of(article(7, {1: ["J0178"]}, {1: ["I70.0"]}, ends="2025-12-31 00:00:00"))["policies"]
    assert (policy["policy"], policy["title"], policy["kind"]) == (
        "A7 version 3",
        "Billing & Coding: made up 7",
        "local",
    )
    assert (policy["known_from"], policy["known_through"]) == (date(2024, 1, 1), date(2025, 12, 31))
    (policy,) = tables_of(article(7, {1: ["J0178"]}, {1: ["I70.0"]}))["policies"]
    assert policy["known_through"] == EDITION


def test_proposed_article_says_nothing() -> None:
    assert tables_of(article(7, {1: ["J0178"]}, {1: ["I70.0"]}, status="P")) == {"policies": [], "policy_codes": []}


def test_dental_codes_are_counted_and_not_published() -> None:
    found = tables_of(article(7, {1: ["D0120"]}, {1: ["K02.51"], 2: ["K02.61"]}))
    assert [row["code"] for row in found["policy_codes"]] == ["K0251", "K0261"]


def test_codes_of_other_kinds_and_drugs_that_patients_take_are_groups_that_go_with_nothing() -> None:
    """A code by which any drug is billed is on the list for a brand: it is not denied."""
    found = tables_of(article(7, {1: ["J0178"]}, {1: ["I70.0"]}) | beside(7))["policy_codes"]
    told = {
        (row["code_group"], row["role"], row["system"], row["code"], row["answer"], row["basis"])
        for row in found
        if row["code_group"] not in {"covered 1"}
    }
    assert told == {
        ("ICD-10-PCS 1", "procedure", "ICD10PCS", "0DTJ4ZZ", None, None),
        ("modifiers 1", "modifier", "HCPCS", "KX", None, None),
        ("modifiers 1", "modifier", "CPT4", "25", None, None),
        ("self-administered drugs", "procedure", "HCPCS", "J0135", "denied", None),
        ("self-administered drugs", "procedure", "HCPCS", "J3490", None, None),
    }


def test_days_of_the_brands_of_a_drug_that_overlap_or_meet_are_one_run() -> None:
    def days(*spans: tuple[str, str]) -> list[tuple[object, object]]:
        key = {"article_id": 7, "article_version": 3, "hcpc_code_id": "J0135"}
        rows = [{**key, "brand_name": "made up", "eff_date": first, "end_date": last} for first, last in spans]
        found = tables_of(article(7, {}, {1: ["I70.0"]}) | {"article_x_code_table.csv": rows})["policy_codes"]
        own = [row for row in found if row["code"] == "J0135"]
        return sorted(((row["valid_from"], row["valid_to"]) for row in own), key=lambda days: str(days[1]))

    assert days(("2020-01-01", "2020-12-31"), ("2021-01-01", "")) == [(date(2020, 1, 1), None)]
    assert days(("2020-01-01", ""), ("2021-01-01", "2021-06-30")) == [(date(2020, 1, 1), None)]
    assert days(("", "2020-12-31"), ("2021-02-01", "2021-12-31")) == [
        (None, date(2020, 12, 31)),
        (date(2021, 2, 1), date(2021, 12, 31)),
    ]


def test_an_article_has_the_contractors_that_pay_by_it_and_their_states() -> None:
    (policy,) = tables_of(article(7, {1: ["J0178"]}, {1: ["I70.0"]}) | beside(7))["policies"]
    assert policy["contractors"] == ["Made up Administrators"]
    assert policy["states"] == ["CA", "NV"]  # the third is one in which it no longer pays
    (unknown,) = tables_of(article(7, {1: ["J0178"]}, {1: ["I70.0"]}))["policies"]
    assert (unknown["contractors"], unknown["states"]) == (None, None)
