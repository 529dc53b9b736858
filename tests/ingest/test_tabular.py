"""Tabular lists: XML of ICD-10-CM, RTF of ICD-9-CM."""

from pathlib import Path

import pyarrow.compute as pc
import pytest

from pipeline.errors import RawFileError
from pipeline.ingest.rtf import read_rtf_lines
from pipeline.ingest.tabular import read_tabular_rtf, read_tabular_xml
from tests.ingest.whole_files import read_whole, refusal_of

OUTLINE = ["entry", "code", "title", "first", "last", "line"]
XML = """<?xml version="1.0" encoding="utf-8"?>
<ICD10CM.tabular>
  <version>2021</version>
  <chapter>
    <name>2</name>
    <desc>Neoplasms
      (C00-D49)</desc>
    <includes><note/></includes>
    <excludes2><note>  other
      tumours (D10)</note></excludes2>
    <sectionIndex><sectionRef first="C00" last="C96" id="C00-C96">Malignant</sectionRef></sectionIndex>
    <section id="C00-C96"><desc>Malignant neoplasms (C00-C96)</desc></section>
    <section id="C4A"><desc>Merkel cell carcinoma (C4A)</desc>
      <diag><name>C4A</name><desc>Merkel cell carcinoma</desc>
        <sevenChrDef><extension char="A">initial</extension><extension char="D">later</extension></sevenChrDef>
      </diag>
    </section>
  </chapter>
</ICD10CM.tabular>
"""


def test_chapters_and_sections_of_the_xml() -> None:
    rows = read_tabular_xml("x.xml", XML.encode())
    assert rows.filter(pc.is_null(rows["level"])).select(OUTLINE).to_pylist() == [
        {"entry": "chapter", "code": "2", "title": "Neoplasms", "first": "C00", "last": "D49", "line": 4},
        {
            "entry": "block", "code": "C00-C96", "title": "Malignant neoplasms", "first": "C00", "last": "C96",
            "line": 12,
        },
        {"entry": "block", "code": "C4A", "title": "Merkel cell carcinoma", "first": "C4A", "last": "C4A", "line": 13},
        {
            "entry": "category", "code": "C4A", "title": "Merkel cell carcinoma", "first": "C4A", "last": "C4A",
            "line": 14,
        },
    ]  # fmt: skip


def test_notes_and_characters_stand_behind_with_their_place_and_element() -> None:
    rows = read_tabular_xml("x.xml", XML.encode())
    noted = rows.filter(pc.is_valid(rows["level"])).to_pylist()
    named = ("entry", "level", "code", "element", "character", "line")
    assert [tuple(row[name] for name in named) for row in noted] == [
        ("includes", "chapter", "2", "1", None, 8),
        ("excludes2", "chapter", "2", "2", None, 9),
        ("extension", "code", "C4A", "3", "A", 15),
        ("extension", "code", "C4A", "3", "D", 15),
    ]
    assert [row["title"].split() for row in noted[:2]] == [[], ["other", "tumours", "(D10)"]]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("excludes2>", "excludes3>", "a note in one of"),
        ('char="D"', 'char="A"', "each seventh character of a code once"),
        ('char="D"', 'char="DD"', "a seventh character of one letter or digit"),
        (">later<", "><", "a seventh character of one letter or digit"),
    ],
)
def test_a_note_that_would_be_lost_or_a_character_that_says_nothing_is_refused(
    old: str, new: str, expected: str
) -> None:
    with pytest.raises(RawFileError) as problem:
        read_tabular_xml("x.xml", XML.replace(old, new).encode())
    assert problem.value.expected.startswith(expected)


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
    with pytest.raises(RawFileError, match=r"x\.xml, line 14") as problem:
        read_tabular_xml("x.xml", raw.encode())
    assert problem.value.found == "&leak;"


def rtf(*paragraphs: str) -> bytes:
    text = "\n".join("\\par " + paragraph.replace("\t", "\\tab ") for paragraph in paragraphs)
    return ("{\\rtf1\\ansi\\ansicpg1252 {\\fonttbl{\\f0 Arial;}}" + text + "\\par }").encode("cp1252")


def entries(*paragraphs: str) -> list[tuple[str, str, str, str, str]]:
    rows = read_tabular_rtf("Dtab12.rtf", rtf(*paragraphs)).to_pylist()
    outline = [row for row in rows if row["level"] is None]
    return [(row["entry"], row["code"], row["title"], row["first"], row["last"]) for row in outline]


def notes(*paragraphs: str) -> list[tuple[str, str, str | None, str]]:
    rows = read_tabular_rtf("Dtab12.rtf", rtf(*paragraphs)).to_pylist()
    return [(row["code"], row["entry"], row["lead_in"], row["title"]) for row in rows if row["level"]]


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


def test_code_lines_that_are_not_a_code_a_tab_and_a_title() -> None:
    """Lines of FY1999, FY2005, FY2009 and FY2012 in which the tab is led up to, left out or doubled."""
    assert entries(
        "33.50\tLung transplantation, not otherwise specified33.51\tUnilateral lung transplantation",
        "41.05 \tAllogeneic hematopoietic stem cell transplant",
        "\t\t86.69\t\tOther skin graft to other sites",
        " 81.61\t360 degree spinal fusion, single incision approach",
        "707.00  Unspecified site",
        "707.01Elbow",
        "84.8   Insertion, replacement and revision",
        "538 \tGastrointestinal mucositis",
    ) == [
        ("code", "33.50", "Lung transplantation, not otherwise specified", "", ""),
        ("code", "33.51", "Unilateral lung transplantation", "", ""),
        ("code", "41.05", "Allogeneic hematopoietic stem cell transplant", "", ""),
        ("code", "86.69", "Other skin graft to other sites", "", ""),
        ("code", "81.61", "360 degree spinal fusion, single incision approach", "", ""),
        ("code", "707.00", "Unspecified site", "", ""),
        ("code", "707.01", "Elbow", "", ""),
        ("code", "84.8", "Insertion, replacement and revision", "", ""),
        ("code", "538", "Gastrointestinal mucositis", "", ""),
    ]


def test_notes_are_no_headings() -> None:
    lines = ["1.\tContent: a numbered note", "14 C-Urea breath test", "[0-6]", "Excludes:\thelminthiases (120.0-129)"]
    assert entries(*lines, "001\tCholera") == [("code", "001", "Cholera", "", "")]


def test_lines_without_a_word_of_a_kind_are_terms_and_the_indentation_tells_what_leads_in() -> None:
    assert notes(
        "006.8\tAmebic infection of other sites",
        "\\li2340 Amebic:",
        "\\li2520 appendicitis",
        "\\li2340 Ameboma",
        "\\li2160 Excludes:\tspecific infections (136.21)",
        "\\li2160 dementia due to:",
        "\\li2160 alcohol (291.0)",
        "007\tOther",
        "\\li2340 Own term",
    ) == [
        ("006.8", "inclusionTerm", None, "Amebic:"),
        ("006.8", "inclusionTerm", "Amebic:", "appendicitis"),
        ("006.8", "inclusionTerm", None, "Ameboma"),
        ("006.8", "excludes", None, "specific infections (136.21)"),
        ("006.8", "excludes", None, "dementia due to:"),
        ("006.8", "excludes", "dementia due to:", "alcohol (291.0)"),
        ("007", "inclusionTerm", None, "Own term"),
    ]


def test_a_code_to_be_used_leads_in_what_is_indented_below_it_only_where_it_ends_with_a_colon() -> None:
    as_lead_in = "Use additional code to identify manifestation, as:"
    assert notes(
        "250.4\tDiabetes with renal manifestations",
        f"\\li1440 {as_lead_in}",
        "\\li1800 diabetic:",
        "\\li1980 nephropathy NOS (583.81)",
        "\\li1800 Kimmelstiel-Wilson syndrome (581.81)",
        "250.5\tDiabetes with ophthalmic manifestations",
        "\\li720 Code first underlying disease",
        "\\li2340 A term",
    ) == [
        ("250.4", "useAdditionalCode", None, as_lead_in),
        ("250.4", "useAdditionalCode", as_lead_in, "diabetic:"),
        ("250.4", "useAdditionalCode", f"{as_lead_in} diabetic:", "nephropathy NOS (583.81)"),
        ("250.4", "useAdditionalCode", as_lead_in, "Kimmelstiel-Wilson syndrome (581.81)"),
        ("250.5", "codeFirst", None, "Code first underlying disease"),
        ("250.5", "inclusionTerm", None, "A term"),
    ]


def test_digits_of_a_subclassification_have_their_position_and_meaning() -> None:
    rows = read_tabular_rtf(
        "Dtab12.rtf",
        rtf(
            "203\tMultiple myeloma",
            "The following fifth-digit subclassification is for use with category 203:",
            "0\twithout mention of remission",
            "failed remission",
            "1\tin remission",
            "203.0\tMultiple myeloma",
            "[0-1]",
        ),
    ).to_pylist()
    found = [(row["entry"], row["character"], row["element"], row["title"]) for row in rows if row["level"]]
    assert found[1:] == [
        ("extension", "0", "5", "without mention of remission"),
        ("sevenChrDef", None, "0", "failed remission"),
        ("extension", "1", "5", "in remission"),
        ("sevenChrNote", None, "0", "[0-1]"),
    ]


@pytest.mark.parametrize("raw", [b"", b"PK\x03\x04", rtf("A document without codes")])
def test_what_is_no_tabular_list_is_refused(raw: bytes) -> None:
    with pytest.raises(RawFileError, match=r"Dtab12\.rtf"):
        read_tabular_rtf("Dtab12.rtf", raw)


# Check figures


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ('<section id="C00-C96">', '<section id="C00-C95">', "line 4: the sections of the chapter's index: C00-C96"),
        ("<version>2021", "<version>2021b", "ICD10CM.tabular with a version of four digits"),
        ("ICD10CM.tabular>", "ICD10PCS.tabular>", "ICD10CM.tabular with a version of four digits"),
        ("<name>2<", "<name>II<", "line 4: chapters with numbers that rise"),
        ('id="C4A"', 'id="D5A"', "line 13: a section inside the range of a chapter"),
        ('id="C4A"', 'id="C4A-C3A"', "line 13: a section inside the range of a chapter"),
        ("<name>C4A", "<name>C5A", "line 14: a category inside the range of its section"),
        ("<name>C4A", "<name>", "line 14: a code or range, and a title"),
        ("<desc>Merkel cell carcinoma<", "<desc> <", "line 14: a code or range, and a title"),
        ("<desc>Merkel cell carcinoma</desc>", "", "line 14: a code or range, and a title"),
        (
            "</diag>",
            "</diag><diag><name>C4A</name><desc>Again</desc></diag>",
            "line 16: each chapter, section and category once",
        ),
    ],
)
def test_xml_that_breaks_a_figure_is_refused_with_its_line(before: str, after: str, expected: str) -> None:
    with pytest.raises(RawFileError) as problem:
        read_tabular_xml("x.xml", XML.replace(before, after).encode())
    assert expected in f"{problem.value.where}: {problem.value.expected}"


def test_sections_out_of_the_order_of_their_index_are_refused() -> None:
    swapped = XML.replace("<sectionIndex>", '<sectionIndex><sectionRef id="C4A"/>')
    with pytest.raises(RawFileError, match="index: C4A, C00-C96"):
        read_tabular_xml("x.xml", swapped.encode())


def chapters(*numbers: int) -> bytes:
    """A list of these chapters, each with the letter of its number in its codes."""
    head, _, rest = XML.partition("  <chapter>")
    body = "  <chapter>" + rest.removesuffix("</ICD10CM.tabular>\n")
    parts = [
        body.replace("<name>2<", f"<name>{number}<")
        .replace("D49", "C99")
        .replace("C00", f"{chr(64 + number)}00")
        .replace("C4A", f"{chr(64 + number)}4A")
        .replace("C9", f"{chr(64 + number)}9")
        for number in numbers
    ]
    return (head + "".join(parts) + "</ICD10CM.tabular>\n").encode()


def test_a_whole_list_has_all_chapters() -> None:
    rows = read_whole("tabular_xml", "tabular", chapters(*range(1, 23)))
    assert rows["level"].null_count == 22 * 4
    for left in ([*range(1, 22)], [*range(2, 23)], [*range(1, 8), *range(9, 23)], [*range(1, 21), 22]):
        assert "the chapters 1 to 22" in refusal_of("tabular_xml", "tabular", chapters(*left))


RTF = b"{\\rtf1\\ansi{\\fonttbl{\\f0 Times;}}\\par 001\\tab Cholera \\{a\\}\\par 001.0\\tab Due to \\\\ x\\par }"


@pytest.mark.parametrize("behind", [b"", b"\r\n", b"\r\n\0"])
def test_a_document_that_closes_its_braces_is_read(behind: bytes) -> None:
    assert read_tabular_rtf("x.rtf", RTF + behind)["code"].to_pylist() == ["001", "001.0"]


def test_a_document_that_is_cut_anywhere_is_refused() -> None:
    for end in range(6, len(RTF)):
        with pytest.raises(RawFileError, match=r"x\.rtf, line 1\n.*with its brace"):
            read_tabular_rtf("x.rtf", RTF[:end])


@pytest.mark.parametrize("raw", [RTF + b"x", RTF + RTF, RTF.replace(b"\\par 001.0", b"}\\par 001.0"), RTF + b"}"])
def test_a_document_that_goes_on_behind_its_closing_brace_is_refused(raw: bytes) -> None:
    with pytest.raises(RawFileError, match="closes the document at its end only"):
        read_tabular_rtf("x.rtf", raw)


@pytest.mark.parametrize("wrong", [b"\0", b"\r", b"\x1b"])
def test_a_control_character_in_a_document_is_refused(wrong: bytes) -> None:
    with pytest.raises(RawFileError, match=r"x\.rtf, line 1\n"):
        read_tabular_rtf("x.rtf", RTF.replace(b"Cholera", b"Chol" + wrong + b"era"))


def test_text_stands_between_control_words_and_in_bytes_and_none_in_groups_aside() -> None:
    aside = "{\\*\\bkmkstart _1{\\f0 not} \\}} {\\header not\\par}{\\info{\\title not}}"
    own = "\\li720\\ri0 {\\b1 Sj\\'f6}gren\\'92s\r\n\\~\\{x\\}\\line \\lin0 6\\page\\pard7"
    raw = f"{{\\rtf1 {aside}{own}}}".encode("ascii")
    assert read_rtf_lines("x.rtf", raw) == [(720, " Sj\xf6gren\u2019s\xa0{x}"), (720, "6"), (720, ""), (720, "")]


def test_signs_that_are_written_as_words_are_text() -> None:
    raw = b"{\\rtf1 Crohn\\rquote s, a\\emdash b\\tab\\bullet  c\\cell\\cellx9 d\\row\\rowd \\ldblquote e\\rdblquote}"
    texts = [text for _, text in read_rtf_lines("x.rtf", raw)]
    assert texts == ["Crohn\u2019s, a\u2014b\t\u2022 c|d", "\u201ce\u201d"]


@pytest.mark.parametrize(
    "aside", ["{\r\n\\fonttbl{\\f0 not;}}", "{\n\\*\\generator not}", "{\\filetbl not}", "{\\xe not}"]
)
def test_groups_aside_are_no_text_on_lines_of_their_own_and_in_an_index(aside: str) -> None:
    assert read_rtf_lines("x.rtf", f"{{\\rtf1 {{{aside}}}text}}".encode()) == [(0, "text")]


@pytest.mark.parametrize(
    "wrong",
    [b"\\mac ", b"\\pc ", b"\\pca ", b"\\u8217?", b"\\u-4064 ?", b"\\bin3 abc", b"\\ansicpg1250 ", b"\\'81", b"\\|"],
)
def test_text_that_would_be_left_out_is_refused(wrong: bytes) -> None:
    with pytest.raises(RawFileError, match=r"x\.rtf\n.*cp1252"):
        read_tabular_rtf("x.rtf", RTF.replace(b"Cholera", b"Chol" + wrong + b"era"))
