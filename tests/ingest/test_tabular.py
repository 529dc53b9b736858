"""Tabular lists: XML of ICD-10-CM, RTF of ICD-9-CM."""

from pathlib import Path

import pytest

from pipeline.errors import RawFileError
from pipeline.ingest.tabular import read_tabular_rtf, read_tabular_xml

XML = """<?xml version="1.0" encoding="utf-8"?>
<ICD10CM.tabular>
  <version>2021</version>
  <chapter>
    <name>2</name>
    <desc>Neoplasms
      (C00-D49)</desc>
    <includes><note/></includes>
    <sectionIndex><sectionRef first="C00" last="C96" id="C00-C96">Malignant</sectionRef></sectionIndex>
    <section id="C00-C96"><desc>Malignant neoplasms (C00-C96)</desc></section>
    <section id="C4A"><desc>Merkel cell carcinoma (C4A)</desc>
      <diag><name>C4A</name><desc>Merkel cell carcinoma</desc></diag>
    </section>
  </chapter>
</ICD10CM.tabular>
"""


def test_chapters_and_sections_of_the_xml() -> None:
    assert read_tabular_xml("x.xml", XML.encode()).to_pylist() == [
        {"entry": "chapter", "code": "2", "title": "Neoplasms", "first": "C00", "last": "D49", "line": 4},
        {
            "entry": "block", "code": "C00-C96", "title": "Malignant neoplasms", "first": "C00", "last": "C96",
            "line": 10,
        },
        {"entry": "block", "code": "C4A", "title": "Merkel cell carcinoma", "first": "C4A", "last": "C4A", "line": 11},
        {
            "entry": "category", "code": "C4A", "title": "Merkel cell carcinoma", "first": "C4A", "last": "C4A",
            "line": 12,
        },
    ]  # fmt: skip


def test_chapter_without_its_range_is_refused_with_its_line() -> None:
    with pytest.raises(RawFileError, match=r"x\.xml, line 4") as problem:
        read_tabular_xml("x.xml", XML.replace("(C00-D49)", "").encode())
    assert problem.value.found == "Neoplasms"


@pytest.mark.parametrize("raw", [b"", b"<ICD10CM.tabular>", b"<html><body/></html>", XML.encode()[:400]])
def test_what_is_not_that_xml_is_refused(raw: bytes) -> None:
    with pytest.raises(RawFileError):
        read_tabular_xml("x.xml", raw)


def test_entities_of_a_document_are_not_followed_and_not_lost(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("SECRET", encoding="utf-8")
    declaration = f'?>\n<!DOCTYPE x [<!ENTITY leak SYSTEM "{secret.as_uri()}">]>'
    raw = XML.replace("?>", declaration, 1).replace("<desc>Merkel cell carcinoma (C4A)", "<desc>&leak; (C4A)", 1)
    with pytest.raises(RawFileError, match=r"x\.xml, line 12") as problem:
        read_tabular_xml("x.xml", raw.encode())
    assert problem.value.found == "&leak;"


def rtf(*paragraphs: str) -> bytes:
    text = "\n".join("\\par " + paragraph.replace("\t", "\\tab ") for paragraph in paragraphs)
    return ("{\\rtf1\\ansi\\ansicpg1252 {\\fonttbl{\\f0 Arial;}}" + text + "\\par }").encode("cp1252")


def entries(*paragraphs: str) -> list[tuple[str, str, str, str, str]]:
    rows = read_tabular_rtf("Dtab12.rtf", rtf(*paragraphs)).to_pylist()
    return [(row["entry"], row["code"], row["title"], row["first"], row["last"]) for row in rows]


def test_chapters_blocks_and_codes_of_the_rtf() -> None:
    assert entries(
        "1.  INFECTIOUS AND PARASITIC DISEASES (001-139)",
        "INTESTINAL INFECTIOUS DISEASES (001-009)",
        "001\tCholera",
        "001.0\tDue to Vibrio cholerae",
        "V01.0\tCholera contact",
        "E800\tRailway accident",
    ) == [
        ("chapter", "1", "INFECTIOUS AND PARASITIC DISEASES", "001", "139"),
        ("block", "", "INTESTINAL INFECTIOUS DISEASES", "001", "009"),
        ("code", "001", "Cholera", "", ""),
        ("code", "001.0", "Due to Vibrio cholerae", "", ""),
        ("code", "V01.0", "Cholera contact", "", ""),
        ("code", "E800", "Railway accident", "", ""),
    ]


def test_odd_lines_of_the_rtf() -> None:
    assert entries(
        "10.DISEASES OF THE GENITOURINARY SYSTEM (580-629)",
        "3A. OTHER PROCEDURES (17)",
        "TUBERCULOSIS(010-018)",
        "TERRORISM (E979)",
        "00.50\t Implantation of a device",
        "M\\'e9ni\\'e8re is no code",
        "386.0\tM\\'e9ni\\'e8re's disease",
    ) == [
        ("chapter", "10", "DISEASES OF THE GENITOURINARY SYSTEM", "580", "629"),
        ("chapter", "3A", "OTHER PROCEDURES", "17", ""),
        ("block", "", "TUBERCULOSIS", "010", "018"),
        ("block", "", "TERRORISM", "E979", ""),
        ("code", "00.50", "Implantation of a device", "", ""),
        ("code", "386.0", "Ménière's disease", "", ""),
    ]


def test_notes_are_passed_over() -> None:
    notes = ["1.\tContent: a numbered note", "14 C-Urea breath test", "[0-6]", "Excludes:\thelminthiases (120.0-129)"]
    assert entries(*notes, "001\tCholera") == [("code", "001", "Cholera", "", "")]


@pytest.mark.parametrize("raw", [b"", b"PK\x03\x04", rtf("A document without codes")])
def test_what_is_no_tabular_list_is_refused(raw: bytes) -> None:
    with pytest.raises(RawFileError, match=r"Dtab12\.rtf"):
        read_tabular_rtf("Dtab12.rtf", raw)
