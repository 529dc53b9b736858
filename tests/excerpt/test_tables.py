"""The tables that a fresh clone builds: all systems, hand-picked codes in full, and files that keep codes as text."""

import gzip
import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest

from pipeline.export.formats import TABLE_FORMATS
from schemas import TABLES
from tests.conftest import ReadTable

SYSTEMS = ["CPT4", "HCPCS", "ICD10", "ICD10CM", "ICD10PCS", "ICD9", "ICD9CM", "ICD9Proc"]
WITHOUT_LISTING = ["NDC"]
# Kind, maintainer and setting of every code of a system; None: kinds differ from code to code.
WHAT_A_SYSTEM_IS_FOR = {
    "CPT4": (None, "AMA", "professional_or_outpatient_claim"),
    "HCPCS": (None, "CMS", "professional_or_outpatient_claim"),
    "ICD10": ("cause_of_death", "WHO", "death_certificate"),
    "ICD10CM": ("diagnosis", "NCHS/CDC", "any_claim"),
    "ICD10PCS": ("procedure", "CMS", "hospital_inpatient_claim"),
    "ICD9": ("cause_of_death", "WHO", "death_certificate"),
    "ICD9CM": ("diagnosis", "NCHS/CDC", "any_claim"),
    "ICD9Proc": ("procedure", "CMS", "hospital_inpatient_claim"),
}

DIAGNOSIS = {"kind": "diagnosis", "maintainer": "NCHS/CDC", "setting": "any_claim"}
PROCEDURE = {"kind": "procedure", "maintainer": "CMS", "setting": "hospital_inpatient_claim"}
CAUSE = {"kind": "cause_of_death", "maintainer": "WHO", "setting": "death_certificate", "description": None}
OUTPATIENT = {"maintainer": "CMS", "setting": "professional_or_outpatient_claim", "parent_code": None, "level": 1}
CLOSED = {"valid_to": date(2015, 9, 30), "last_release": "2014-10-01"}
# Every cell was read from the publisher's file, and the rule it shows is named; the columns left out are those that
# depend on which releases the excerpt holds.
ROWS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "a diagnosis": ("ICD10CM", "E119", DIAGNOSIS | {
        "code_dotted": "E11.9", "short_description": "Type 2 diabetes mellitus without complications",
        "description": "Type 2 diabetes mellitus without complications", "billable": True, "standalone": True,
        "section": "E08-E13", "section_title": "Diabetes mellitus", "parent_code": "E11", "level": 2,
        "valid_from": date(2015, 10, 1), "valid_to": None, "first_release": "2015-10-01", "last_release": "2025-10-01",
    }),
    "a header": ("ICD10CM", "E11", DIAGNOSIS | {
        "code_dotted": "E11", "description": "Type 2 diabetes mellitus", "billable": False, "standalone": True,
        "parent_code": None, "level": 1, "valid_to": None,
    }),
    "a diagnosis of the ninth revision": ("ICD9CM", "25000", DIAGNOSIS | CLOSED | {
        "code_dotted": "250.00", "short_description": "DMII wo cmp nt st uncntr",
        "description": "Diabetes mellitus without mention of complication, type II or unspecified type, not stated as "
        "uncontrolled", "billable": True, "standalone": True, "parent_code": "2500", "level": 3,
        "valid_from": date(2005, 10, 1), "valid_from_basis": "left_censored",
    }),
    "a leading zero": ("ICD9CM", "0010", DIAGNOSIS | CLOSED | {
        "code_dotted": "001.0", "description": "Cholera due to vibrio cholerae", "billable": True, "parent_code": "001",
    }),
    "a trailing zero that counts": ("ICD9CM", "00320", {
        "code_dotted": "003.20", "parent_code": "0032", "billable": True,
    }),
    "an external cause, dot behind four": ("ICD9CM", "E8859", DIAGNOSIS | CLOSED | {
        "code_dotted": "E885.9", "billable": True, "standalone": False, "parent_code": "E885",
    }),
    "an external cause": ("ICD10CM", "W19XXXA", DIAGNOSIS | {
        "code_dotted": "W19.XXXA", "description": "Unspecified fall, initial encounter", "billable": True,
        "standalone": False, "section": "W00-W19", "parent_code": "W19", "level": 2, "valid_to": None,
    }),
    "a letter in third place": ("ICD10CM", "C4A0", DIAGNOSIS | {
        "code_dotted": "C4A.0", "description": "Merkel cell carcinoma of lip", "billable": True, "standalone": True,
        "section": "C43-C44", "parent_code": "C4A", "level": 2,
    }),
    "a parent two characters shorter": ("ICD10CM", "E1137X1", DIAGNOSIS | {
        "code_dotted": "E11.37X1", "short_description": "Type 2 diab with diab mclr edema, resolved fol trtmt, r eye",
        "billable": True, "parent_code": "E1137", "level": 4, "valid_from": date(2016, 10, 1), "valid_to": None,
        "valid_from_basis": "release", "first_release": "2016-10-01",
    }),
    "seven characters": ("ICD10CM", "S72001A", DIAGNOSIS | {
        "code_dotted": "S72.001A", "billable": True, "standalone": True, "section": "S70-S79", "parent_code": "S72001",
        "level": 5, "description": "Fracture of unspecified part of neck of right femur, initial encounter for closed "
        "fracture",
    }),
    "a diagnosis that a cause of death shares its code with": ("ICD10CM", "U071", DIAGNOSIS | {
        "code_dotted": "U07.1", "description": "COVID-19", "billable": True, "standalone": True, "parent_code": "U07",
        "valid_to": None, "first_release": "2020-10-01",
    }),
    "a cause of death that a diagnosis shares its code with": ("ICD10", "U071", CAUSE | {
        "code_dotted": "U07.1", "short_description": None, "billable": True, "standalone": True,
        "valid_from": date(2020, 1, 1), "valid_to": None, "valid_from_basis": "record", "first_release": "2023-01-01",
    }),
    "a cause of death for multiple cause only": ("ICD10", "S720", CAUSE | {
        "code_dotted": "S72.0", "billable": True, "standalone": False, "parent_code": "S72",
        "valid_from": date(1999, 1, 1), "valid_to": None,
    }),
    "a cause of death deleted in 2011": ("ICD10", "K350", CAUSE | {
        "code_dotted": "K35.0", "valid_from": date(1999, 1, 1), "valid_to": date(2010, 12, 31), "parent_code": "K35",
    }),
    "a cause of death with an asterisk": ("ICD10", "U011", CAUSE | {
        "code_dotted": "U01.1", "valid_from": date(2001, 1, 1), "parent_code": "U01", "standalone": True,
    }),
    "a cause of death of the ninth revision": ("ICD9", "E8800", CAUSE | {
        "code_dotted": "E880.0", "billable": True, "standalone": True, "parent_code": "E880", "level": 2,
        "valid_from": date(1979, 1, 1), "valid_to": date(1998, 12, 31),
    }),
    "a procedure of the ninth revision": ("ICD9Proc", "4701", PROCEDURE | CLOSED | {
        "code_dotted": "47.01", "short_description": "Lap appendectomy", "description": "Laparoscopic appendectomy",
        "billable": True, "standalone": True, "section": "42-54", "parent_code": "470", "level": 3,
        "valid_from": date(2005, 10, 1), "valid_from_basis": "left_censored",
    }),
    "a procedure": ("ICD10PCS", "0DTJ4ZZ", PROCEDURE | {
        "code_dotted": "0DTJ4ZZ", "description": "Resection of Appendix, Percutaneous Endoscopic Approach",
        "billable": True, "standalone": True, "section": "0", "section_title": "Medical and Surgical",
        "parent_code": "0DT", "level": 2, "valid_to": None, "last_release": "2024-10-01",
    }),
    "a table of procedures": ("ICD10PCS", "0DT", PROCEDURE | {
        "billable": False, "parent_code": None, "level": 1,
    }),
    "a code used again with a new meaning": ("HCPCS", "J1440", OUTPATIENT | {
        "kind": "drug", "code_dotted": "J1440", "short_description": "Fecal microbiota jslm 1 ml",
        "description": "Fecal microbiota, live - jslm, 1 ml", "billable": True, "standalone": True, "section": "J",
        "valid_from": date(2023, 7, 1), "valid_to": None, "valid_from_basis": "record", "last_release": "2025-01-01",
    }),
    "a transport": ("HCPCS", "A0428", OUTPATIENT | {
        "kind": "transport", "short_description": "Bls", "billable": True, "standalone": True, "section": "A",
        "description": "Ambulance service, basic life support, non-emergency transport, (bls)",
        "valid_from": date(2001, 1, 1), "valid_to": None,
    }),
    "a modifier": ("HCPCS", "RT", OUTPATIENT | {
        "kind": "modifier", "code_dotted": "RT", "short_description": "Right side", "billable": True,
        "description": "Right side (used to identify procedures performed on the right side of the body)",
        "standalone": False, "section": "modifiers", "section_title": "Modifiers", "valid_from": date(1984, 1, 1),
    }),
    "a modifier that has ended": ("HCPCS", "JG", OUTPATIENT | {
        "kind": "modifier", "standalone": False, "valid_from": date(2018, 1, 1), "valid_to": date(2024, 12, 31),
    }),
    "a service of CPT": ("CPT4", "99397", {
        "kind": "service", "maintainer": "AMA", "setting": "professional_or_outpatient_claim", "code_dotted": "99397",
        "short_description": None, "description": None, "billable": True, "standalone": True,
        "section": "99201-99499", "section_title": "Evaluation and management", "parent_code": None, "valid_to": None,
    }),
}  # fmt: skip

# systems.md, section 7, and the categories of CPT.
CPT_KINDS_AND_SECTIONS = {
    "0001A": ("service", "A"),
    "0001F": ("performance_measure", "II"),
    "1000F": ("performance_measure", "II"),
    "0075T": ("procedure", "III"),
    "0001U": ("test", "PLA"),
    "0202U": ("test", "PLA"),
    "0004M": ("test", "MAAA"),
    "00100": ("service", "00100-01999"),
    "27130": ("procedure", "10004-69990"),
    "71045": ("procedure", "70010-79999"),
    "80053": ("test", "80047-89398"),
    "90658": ("drug", "90281-99199"),
    "93000": ("service", "90281-99199"),
    "99213": ("service", "99201-99499"),
    "25": ("modifier", "modifiers"),
}
HCPCS_KINDS = {
    "A0428": "transport",
    "A4253": "supply",
    "A9500": "drug",
    "C1713": "device",
    "E0601": "equipment",
    "G0463": "service",
    "G8427": "performance_measure",
    "J9035": "drug",
    "K0001": "equipment",
    "L0120": "device",
    "P3000": "test",
    "P9016": "blood_product",
    "R0070": "transport",
    "U0001": "test",
    "C9898": "other",
}


@pytest.fixture(scope="module")
def codes(excerpt_build: Path, read_table: ReadTable) -> pd.DataFrame:
    return read_table(excerpt_build, "codes")


def row_of(codes: pd.DataFrame, system: str, code: str) -> dict[str, Any]:
    """The one row of a code, missing values as None."""
    rows = codes[(codes["system"] == system) & (codes["code"] == code)]
    assert len(rows) == 1
    return {name: None if pd.isna(value) else value for name, value in rows.iloc[0].items()}


def test_every_system_has_codes(codes: pd.DataFrame) -> None:
    assert sorted(codes["system"].unique()) == SYSTEMS


def test_the_table_of_systems_has_the_same_systems(excerpt_build: Path, read_table: ReadTable) -> None:
    assert sorted(read_table(excerpt_build, "systems")["system"]) == sorted([*SYSTEMS, *WITHOUT_LISTING])


def test_the_five_columns_that_the_table_is_for_come_first(codes: pd.DataFrame) -> None:
    assert list(codes.columns[:5]) == ["code", "system", "kind", "maintainer", "setting"]


@pytest.mark.parametrize("system", SYSTEMS)
def test_kind_maintainer_and_setting_follow_from_the_system(system: str, codes: pd.DataFrame) -> None:
    kind, maintainer, setting = WHAT_A_SYSTEM_IS_FOR[system]
    own = codes[codes["system"] == system]
    assert set(own["maintainer"]) == {maintainer}
    assert set(own["setting"]) == {setting}
    assert kind is None or set(own["kind"]) == {kind}


@pytest.mark.parametrize("name", ROWS)
def test_row_of(name: str, codes: pd.DataFrame) -> None:
    system, code, expected = ROWS[name]
    row = row_of(codes, system, code)
    assert {column: row[column] for column in expected} == expected


@pytest.mark.parametrize("code", CPT_KINDS_AND_SECTIONS)
def test_cpt_kind_and_section_follow_the_category(code: str, codes: pd.DataFrame) -> None:
    row = row_of(codes, "CPT4", code)
    assert (row["kind"], row["section"]) == CPT_KINDS_AND_SECTIONS[code]


@pytest.mark.parametrize("code", HCPCS_KINDS)
def test_hcpcs_kind(code: str, codes: pd.DataFrame) -> None:
    assert row_of(codes, "HCPCS", code)["kind"] == HCPCS_KINDS[code]


@pytest.mark.parametrize(("system", "owner"), [("CPT4", "AMA"), ("ICD10", "WHO"), ("ICD9", "WHO")])
def test_licensed_text_is_left_out_and_the_licence_says_why(system: str, owner: str, codes: pd.DataFrame) -> None:
    own = codes[codes["system"] == system]
    assert own[["description", "short_description"]].isna().all(axis=None)
    assert own["licence"].str.contains(f"descriptors only from a licensee's files ({owner} text", regex=False).all()


@pytest.mark.parametrize("system", ["HCPCS", "ICD10CM", "ICD10PCS", "ICD9CM", "ICD9Proc"])
def test_public_text_is_there(system: str, codes: pd.DataFrame) -> None:
    own = codes[codes["system"] == system]
    assert own["description"].notna().mean() > 0.9
    assert own["licence"].str.startswith("US government work").all()


def test_no_licensed_wording_is_in_any_published_file(excerpt_build: Path) -> None:
    """The excerpt's CPT texts end with these words."""
    files = [path for path in excerpt_build.rglob("*") if path.suffix in {".csv", ".gz", ".json", ".html", ".js"}]
    assert len(files) > 12
    assert [path.name for path in files if b"own wording" in plain_bytes(path)] == []


def plain_bytes(path: Path) -> bytes:
    return gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()


# The files


def as_csv_has_it(table: pa.Table) -> pa.Table:
    """The table with lists as JSON text."""
    for at, field in enumerate(table.schema):
        if pa.types.is_list(field.type):
            lists = table[field.name].to_pylist()
            texts = [None if each is None else json.dumps(each, separators=(",", ":")) for each in lists]
            table = table.set_column(at, field.name, pa.array(texts, pa.string()))
    return table.replace_schema_metadata(None)


# The excerpt has two lists of laboratory tests, and four drug products.
FEWEST_ROWS = {"policies": 2, "ndc_units": 5}


@pytest.mark.parametrize("name", TABLES)
def test_csv_and_parquet_hold_the_same_rows(name: str, excerpt_build: Path) -> None:
    parquet = as_csv_has_it(pq.read_table(excerpt_build / "parquet" / f"{name}.parquet"))
    read = pa_csv.read_csv(
        excerpt_build / TABLE_FORMATS["csv"].path_of(name),
        parse_options=pa_csv.ParseOptions(newlines_in_values=True),
        convert_options=pa_csv.ConvertOptions(
            column_types={field.name: field.type for field in parquet.schema},
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
            null_values=[""],
        ),
    )
    assert len(parquet) >= FEWEST_ROWS.get(name, 6)
    assert read.column_names == parquet.column_names
    assert read.to_pylist() == parquet.to_pylist()


@pytest.mark.parametrize("name", TABLES)
def test_csv_quotes_every_text_and_nothing_else(name: str, excerpt_build: Path) -> None:
    """A missing value is empty; so an empty text and a missing one can be told apart."""
    types = as_csv_has_it(pq.read_table(excerpt_build / "parquet" / f"{name}.parquet")).schema.types
    text = plain_bytes(excerpt_build / TABLE_FORMATS["csv"].path_of(name)).decode("utf-8")
    fields = re.findall(r'("(?:[^"]|"")*"|[^",\n]*)(?:,|\n)', text)
    rows = [fields[start : start + len(types)] for start in range(len(types), len(fields), len(types))]
    wrong = [
        value
        for row in rows
        for value, kind in zip(row, types, strict=True)
        if value and value.startswith('"') != pa.types.is_string(kind)
    ]
    assert len(rows) >= FEWEST_ROWS.get(name, 6)
    assert wrong == []


@pytest.mark.parametrize("name", TABLES)
def test_parquet_has_plain_arrow_types(name: str, excerpt_build: Path) -> None:
    """Text is string: neither large_string nor dictionary, which some readers do not take."""
    allowed = {pa.string(), pa.bool_(), pa.int32(), pa.date32(), pa.float64()}
    schema = pq.read_schema(excerpt_build / "parquet" / f"{name}.parquet")
    types = {field.name: field.type.value_type if pa.types.is_list(field.type) else field.type for field in schema}
    assert {name: kind for name, kind in types.items() if kind not in allowed} == {}


@pytest.mark.parametrize("column", ["code", "code_dotted", "parent_code", "system", "section", "first_release"])
def test_what_looks_like_a_number_or_a_day_but_is_a_name_is_text(column: str, codes: pd.DataFrame) -> None:
    assert codes[column].dtype == pd.ArrowDtype(pa.string())


@pytest.mark.parametrize("column", ["valid_from", "valid_to"])
def test_days_are_days(column: str, codes: pd.DataFrame) -> None:
    assert codes[column].dtype == pd.ArrowDtype(pa.date32())


def test_leading_zeros_are_kept_in_a_csv_read_as_text(excerpt_build: Path, codes: pd.DataFrame) -> None:
    read = pd.read_csv(excerpt_build / TABLE_FORMATS["csv"].path_of("codes"), dtype=str, keep_default_na=False)
    assert read["code"].tolist() == codes["code"].tolist()
    with_zero = set(read.loc[read["code"].str.startswith("0"), "code"])
    assert {"0010", "0001", "00100", "0016070"} <= with_zero


def test_rows_are_sorted_by_system_and_code(codes: pd.DataFrame) -> None:
    keys = list(zip(codes["system"], codes["code"], strict=True))
    assert keys == sorted(keys)


@pytest.mark.parametrize("name", TABLES)
def test_datapackage_names_every_table_with_its_rows(name: str, excerpt_build: Path, read_table: ReadTable) -> None:
    package = json.loads((excerpt_build / "datapackage.json").read_text("utf-8"))
    resources = {resource["name"]: resource for resource in package["resources"]}
    assert resources[name]["rows"] == len(read_table(excerpt_build, name))


def test_a_crosswalk_counts_what_its_publisher_says_today_or_all_that_we_derived(excerpt_build: Path) -> None:
    """As `schemas.crosswalks` says it: rows that we add to a published map are not counted."""
    tables = excerpt_build / "parquet"
    told = f"""
        select crosswalk, count(*), count(distinct source_code), count(distinct target_code)
        from '{tables}/mappings.parquet' m join '{tables}/crosswalks.parquet' x using (crosswalk)
        where m.newest and (x.origin = 'derived' or m.origin = 'published') group by crosswalk order by crosswalk"""
    registered = f"""
        select crosswalk, mappings, sources, targets from '{tables}/crosswalks.parquet'
        where relation <> 'same_category' order by crosswalk"""
    added = f"""
        select count(*) from '{tables}/mappings.parquet' m join '{tables}/crosswalks.parquet' x using (crosswalk)
        where m.newest and m.origin = 'derived' and x.origin = 'published'"""
    with duckdb.connect() as database:
        assert database.sql(registered).fetchall() == database.sql(told).fetchall()
        assert database.sql(added).fetchall() > [(0,)]
