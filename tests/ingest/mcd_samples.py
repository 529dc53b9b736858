"""Exports of the Medicare Coverage Database in the shape that public readers describe: made-up rows and texts."""

import csv
import io
import zipfile
from collections.abc import Mapping, Sequence

Rows = Sequence[Mapping[str, object]]
COLUMNS = {
    "article.csv": ("article_id", "article_version", "article_type", "title", "status", "article_eff_date",
                    "article_end_date", "keywords"),
    "article_x_hcpc_code.csv": ("article_id", "article_version", "hcpc_code_id", "hcpc_code_version",
                                "hcpc_code_group", "range", "last_updated", "long_description", "short_description"),
    "article_x_hcpc_code_group.csv": ("article_id", "article_version", "hcpc_code_group", "paragraph", "last_updated"),
    "article_x_icd10_covered.csv": ("article_id", "article_version", "icd10_code_id", "icd10_code_version",
                                    "icd10_covered_group", "range", "last_updated", "sort_order", "description",
                                    "asterisk"),
    "article_x_icd10_covered_group.csv": ("article_id", "article_version", "icd10_covered_group", "paragraph"),
    "article_x_icd10_noncovered.csv": ("article_id", "article_version", "icd10_code_id", "icd10_code_version",
                                       "icd10_noncovered_group", "range", "last_updated", "sort_order", "description"),
    "article_x_icd10_noncovered_group.csv": ("article_id", "article_version", "icd10_noncovered_group", "paragraph"),
    "article_x_icd10_pcs_code.csv": ("article_id", "article_version", "icd10_pcs_code_id", "icd10_pcs_code_version",
                                     "icd10_pcs_code_group", "description"),
    "article_x_hcpc_modifier.csv": ("article_id", "article_version", "hcpc_modifier_code_id", "hcpc_modifier_group"),
    "article_x_code_table.csv": ("article_id", "article_version", "code_table_row", "brand_name", "eff_date",
                                 "end_date", "comments", "hcpc_code_id", "short_description", "long_description"),
    "article_x_contractor.csv": ("article_id", "article_version", "contractor_id", "contractor_type_id",
                                 "contractor_version"),
    "contractor.csv": ("contractor_id", "contractor_type_id", "contractor_version", "contractor_bus_name"),
    "contractor_jurisdiction.csv": ("contractor_id", "contractor_type_id", "contractor_version", "state_id",
                                    "active_date", "term_date"),
    "state_lookup.csv": ("state_id", "state_abbrev"),
    "lcd_x_hcpc_code.csv": ("lcd_id", "lcd_version", "hcpc_code_id", "hcpc_code_group", "long_description"),
    "lcd_x_hcpc_code_group.csv": ("lcd_id", "lcd_version", "hcpc_code_group", "paragraph"),
    "lcd_related_documents.csv": ("lcd_id", "lcd_version", "r_article_id", "r_article_version", "r_lcd_id"),
}  # fmt: skip
DAY = "2023-07-01 00:00:00"
SECRET = "A descriptor of somebody else's"


def csv_of(name: str, rows: Rows, encoding: str = "utf-8") -> bytes:
    """One table of an export; columns that a row does not give are empty, but for descriptors, which are SECRET."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, COLUMNS[name], restval="", quoting=csv.QUOTE_ALL)
    writer.writeheader()
    for row in rows:
        secret = {column: SECRET for column in COLUMNS[name] if column.endswith("description")}
        writer.writerow(secret | dict(row))
    return text.getvalue().encode(encoding)


def zip_of(tables: Mapping[str, Rows], names: Sequence[str] | None = None) -> bytes:
    """The inner zip of an export; tables without rows are there with their header."""
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w") as archive:
        for name in names or COLUMNS:
            archive.writestr(name, csv_of(name, tables.get(name, ())))
    return raw.getvalue()


def beside(number: int) -> dict[str, Rows]:
    """What stands beside the groups of one article, version 3: codes of other kinds, drugs, contractors and places."""
    key = {"article_id": number, "article_version": 3}
    contractor = {"contractor_id": 4, "contractor_type_id": 12, "contractor_version": 1}
    places = [{**contractor, "state_id": state, "term_date": ended} for state, ended in ((6, ""), (29, ""), (32, DAY))]
    drug = {**key, "hcpc_code_id": "J0135"}
    return {
        "article_x_icd10_pcs_code.csv": [{**key, "icd10_pcs_code_id": "0DTJ4ZZ", "icd10_pcs_code_group": 1}],
        "article_x_hcpc_modifier.csv": [
            {**key, "hcpc_modifier_code_id": code, "hcpc_modifier_group": 1} for code in ("KX", "25")
        ],
        "article_x_code_table.csv": [
            {**drug, "brand_name": "made up", "eff_date": DAY, "end_date": ""},
            {**drug, "brand_name": "another", "eff_date": "2021-01-01 00:00:00", "end_date": "2022-12-31 00:00:00"},
            {**key, "hcpc_code_id": "J3490", "brand_name": "a third", "eff_date": DAY},
            {**key, "hcpc_code_id": "", "brand_name": "without a code", "eff_date": DAY},
        ],
        "article_x_contractor.csv": [{**key, **contractor}, {**key, **contractor, "contractor_version": 2}],
        "contractor.csv": [{**contractor, "contractor_bus_name": "Made up Administrators"}],
        "contractor_jurisdiction.csv": places,
        "state_lookup.csv": [
            {"state_id": state, "state_abbrev": name} for state, name in ((6, "CA"), (29, "NV"), (32, "AZ"))
        ],
    }


def article(
    number: int,
    procedures: Mapping[int, Sequence[str]],
    covered: Mapping[int, Sequence[str]],
    texts: Mapping[int, str] | None = None,
    **more: object,
) -> dict[str, Rows]:
    """One article, version 3: procedures and covered diagnoses by group, texts of the groups of covered diagnoses.

    `refusals` are texts of groups of procedures, `noncovered` the other side, `status` and `ends` those of the article.
    """
    key = {"article_id": number, "article_version": 3}
    refusals: Mapping[int, str] = more.get("refusals", {})  # type: ignore[assignment]
    noncovered: Mapping[int, Sequence[str]] = more.get("noncovered", {})  # type: ignore[assignment]
    told = {**key, "title": f"Billing &amp;amp; Coding: <i>made up</i> {number}", "status": more.get("status", "A")}
    days = {"article_eff_date": "2024-01-01 00:00:00", "article_end_date": more.get("ends", "")}
    return {
        "article.csv": [told | days],
        "article_x_hcpc_code.csv": [
            {**key, "hcpc_code_id": code, "hcpc_code_group": group} for group, own in procedures.items() for code in own
        ],
        "article_x_hcpc_code_group.csv": [
            {**key, "hcpc_code_group": group, "paragraph": refusals.get(group, "")} for group in procedures
        ],
        "article_x_icd10_covered.csv": [
            {**key, "icd10_code_id": code.rstrip("*"), "icd10_covered_group": group, "asterisk": "*" * code.count("*")}
            for group, own in covered.items()
            for code in own
        ],
        "article_x_icd10_covered_group.csv": [
            {**key, "icd10_covered_group": group, "paragraph": (texts or {}).get(group, "")} for group in covered
        ],
        "article_x_icd10_noncovered.csv": [
            {**key, "icd10_code_id": code, "icd10_noncovered_group": group}
            for group, own in noncovered.items()
            for code in own
        ],
        "article_x_icd10_noncovered_group.csv": [
            {**key, "icd10_noncovered_group": group, "paragraph": ""} for group in noncovered
        ],
    }
