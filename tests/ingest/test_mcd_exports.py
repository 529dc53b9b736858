"""Exports of the Medicare Coverage Database: columns by name, texts as what they tell, nothing of the AMA's."""

import io
import re
import zipfile

import pytest

from pipeline.errors import RawFileError
from pipeline.ingest.mcd_exports import MCD_READERS
from tests.ingest.mcd_samples import COLUMNS, SECRET, article, beside, csv_of, zip_of

WHERE = "current_article.zip!current_article_csv.zip"
PLAIN = article(1, {1: ["J0178"]}, {1: ["I70.0", "K35.80*"]})


def rows_of(part: str, tables, names=None) -> list[dict[str, object]]:
    return MCD_READERS[part](WHERE, zip_of(tables, names)).to_pylist()


def test_articles_have_a_plain_title_and_days() -> None:
    assert rows_of("articles", PLAIN) == [
        {
            "article_id": "1", "article_version": "3", "title": "Billing & Coding: made up 1", "status": "A",
            "valid_from": "2024-01-01", "valid_to": "", "line": 2,
        }
    ]  # fmt: skip


def test_codes_have_their_group_and_their_note() -> None:
    (procedure,) = rows_of("procedures", PLAIN)
    assert procedure == {"article_id": "1", "article_version": "3", "code": "J0178", "number": "1", "line": 2}
    assert [(row["code"], row["noted"]) for row in rows_of("covered", PLAIN)] == [("I70.0", ""), ("K35.80", "*")]
    other = article(1, {1: ["J0178"]}, {}, noncovered={1: ["XX000"]})
    assert [(row["code"], row["noted"]) for row in rows_of("noncovered", other)] == [("XX000", "")]


def test_no_descriptor_leaves_the_reader() -> None:
    everything = [row for part in MCD_READERS for row in rows_of(part, PLAIN | beside(1))]
    assert everything
    assert SECRET not in str(everything)


@pytest.mark.parametrize(
    ("text", "named", "stance"),
    [
        ("", "", ""),
        ("<p>provide coverage for CPT codes:&amp;nbsp;J0178\nand J0179</p>", "J0178 J0179", ""),
        ("J0585 - J0589 and A4253", "J0585-J0589 A4253", ""),
        ("These codes are non-covered.", "", "denied"),
        ("The following CPT codes are considered investigational and will be denied.", "", "denied"),
        ("The following procedures are not reasonable and necessary:", "", "denied"),
        ("Other tests may not be covered.", "", "doubtful"),
        ("Codes that are not listed here are not covered.", "", "doubtful"),
        ("These services are denied unless the chart shows why.", "", "doubtful"),
        ("CPT code 84153 is covered; screening tests are non-covered.", "84153", "doubtful"),
        ("A code of Group 1 and a code of Group 2 are required", "", "conditional"),
        ("Report as a secondary diagnosis with J0178", "J0178", "conditional"),
    ],
)
def test_text_of_a_group_is_told_and_not_kept(text: str, named: str, stance: str) -> None:
    (row,) = rows_of("covered_groups", article(1, {1: ["J0178"]}, {1: ["I70.0"]}, {1: text}))
    assert (row["named"], row["stance"]) == (named, stance)
    assert {*row} == {"article_id", "article_version", "number", "named", "stance", "line"}


def test_drugs_that_patients_take_have_their_days_and_one_without_a_code_is_left_out() -> None:
    assert [(row["code"], row["valid_from"], row["valid_to"]) for row in rows_of("self_administered", beside(1))] == [
        ("J0135", "2023-07-01", ""), ("J0135", "2021-01-01", "2022-12-31"), ("J3490", "2023-07-01", "")
    ]  # fmt: skip


def test_bytes_that_are_no_utf8_are_read_as_cp1252() -> None:
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w") as archive:
        told = [PLAIN["article.csv"][0] | {"title": "Testing \N{EN DASH} part 1"}]
        archive.writestr("folder/article.csv", csv_of("article.csv", told, "cp1252"))
    (row,) = MCD_READERS["articles"](WHERE, raw.getvalue()).to_pylist()
    assert row["title"] == "Testing \N{EN DASH} part 1"


def damaged_row(name: str, **cells: str) -> dict[str, list[dict[str, object]]]:
    """What stands beside the groups of an article, with other cells in the first row of a table."""
    tables = beside(1)
    return {**tables, name: [dict(tables[name][0]) | cells]}


@pytest.mark.parametrize(
    ("part", "tables", "expected"),
    [
        ("covered", article(1, {}, {1: ["I700"]}), "an ICD-10-CM code with its dot"),
        ("procedures", article(1, {1: ["J017"]}, {}), "a CPT or HCPCS code"),
        ("modifiers", damaged_row("article_x_hcpc_modifier.csv", hcpc_modifier_code_id="K"), "two characters"),
        (
            "inpatient_procedures",
            damaged_row("article_x_icd10_pcs_code.csv", icd10_pcs_code_id="0DTO"),
            "ICD-10-PCS",
        ),
        ("self_administered", damaged_row("article_x_code_table.csv", eff_date="7/1/2023"), "a first day or none"),
        ("self_administered", damaged_row("article_x_code_table.csv", end_date="2023-02-29"), "in the calendar"),
        ("jurisdictions", damaged_row("contractor_jurisdiction.csv", state_id=""), "contractors and states"),
        ("articles", {"article.csv": [PLAIN["article.csv"][0] | {"article_eff_date": ""}]}, "a first day"),
        (
            "articles",
            {"article.csv": [PLAIN["article.csv"][0] | {"article_eff_date": "2024-02-30"}]},
            "in the calendar",
        ),
        (
            "articles",
            {"article.csv": [PLAIN["article.csv"][0] | {"article_end_date": "2023-02-29"}]},
            "in the calendar",
        ),
        ("articles", {"article.csv": [PLAIN["article.csv"][0] | {"article_version": "x"}]}, "numbers of the document"),
        ("articles", {"article.csv": [PLAIN["article.csv"][0] | {"title": "lost \ufffd"}]}, "characters of a text"),
    ],
)
def test_what_breaks_the_layout_is_refused(part: str, tables, expected: str) -> None:
    with pytest.raises(RawFileError, match=expected):
        rows_of(part, tables)


def test_csv_that_is_not_there_or_lacks_a_column_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(RawFileError, match=r"one member article\.csv"):
        rows_of("articles", PLAIN, [name for name in COLUMNS if name != "article.csv"])
    monkeypatch.setitem(COLUMNS, "article_x_hcpc_code.csv", ("article_id", "article_version", "hcpc_code_group"))
    with pytest.raises(RawFileError, match="no hcpc_code_id"):
        rows_of("procedures", {})


def damaged(raw: bytes, offset: int, new: bytes) -> bytes:
    """An archive with other bytes in the headers of all members, at an offset from where each header starts."""
    for signature, further in ((b"PK\x03\x04", 0), (b"PK\x01\x02", 2)):
        for found in re.finditer(signature, raw):
            at = found.start() + offset + further
            raw = raw[:at] + new + raw[at + len(new) :]
    return raw


@pytest.mark.parametrize(
    "raw",
    [
        zip_of(PLAIN)[200:],
        damaged(zip_of(PLAIN), 6, b"\1"),
        damaged(zip_of(PLAIN), 8, b"\x63"),
        damaged(zip_of(PLAIN), 14, b"\1\2\3\4"),
    ],
    ids=["cut", "locked", "packed in an unknown way", "another checksum"],
)
def test_an_archive_that_cannot_be_read_is_a_message(raw: bytes) -> None:
    with pytest.raises(RawFileError, match="a whole zip archive"):
        MCD_READERS["articles"](WHERE, raw)


def test_an_archive_that_would_unpack_to_an_absurd_size_is_refused() -> None:
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("article.csv", bytes(8 * 1024 * 1024))
    with pytest.raises(RawFileError, match="200 times its packed size"):
        MCD_READERS["articles"](WHERE, raw.getvalue())


def test_a_header_that_stands_twice_is_no_row_of_related_documents() -> None:
    rows = [("7", "1"), ("lcd_id", "r_article_id")]
    related = [{"lcd_id": lcd, "lcd_version": 9, "r_article_id": number} for lcd, number in rows]
    with pytest.raises(RawFileError, match="numbers of the document"):
        rows_of("lcd_articles", {"lcd_related_documents.csv": related})


def test_what_is_no_zip_is_refused() -> None:
    with pytest.raises(RawFileError, match="a whole zip archive"):
        MCD_READERS["articles"](WHERE, b"<html>")
