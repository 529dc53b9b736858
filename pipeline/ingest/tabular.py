"""Tabular lists: chapters, blocks and headings of ICD-10-CM (XML) and ICD-9-CM (RTF)."""

import re

import pyarrow as pa
import pyarrow.compute as pc
from lxml import etree

from pipeline.errors import RawFileError
from pipeline.ingest.check_figures import REFETCH, require_figures
from pipeline.ingest.outline import read_outline
from pipeline.ingest.rtf import read_rtf_lines
from pipeline.ingest.rtf_notes import read_rtf_notes
from pipeline.ingest.tabular_figures import TABULAR_FIGURES
from pipeline.ingest.tabular_notes import NOTE_COLUMNS, NOTE_FIGURES, read_xml_notes
from pipeline.ingest.text import split_lines

RANGE_IN_TITLE = re.compile(r"^(?P<title>.*?)\s*\((?P<first>[A-Z0-9]{3})-(?P<last>[A-Z0-9]{3})\)$")
# Chapter lines carry a number and end with a range; numbered notes start the same way, so the range is required.
RTF_CHAPTER = r"^(?P<code>\d{1,2}A?)\.\s*(?P<title>\S.*?)\s*\((?P<first>\d{2,3})(?:-(?P<last>\d{2,3}))?\)\s*$"
RTF_BLOCK = r"^(?P<title>[A-Z][^a-z\t]*[^a-z\t\s])\s*\((?P<first>[VE]?\d{2,3})(?:-(?P<last>[VE]?\d{2,3}))?\)\s*$"
RTF_CODE = r"^\s*(?P<code>(?:\d{3}|V\d{2}|E\d{3})(?:\.\d{1,2})?|\d{2}(?:\.\d{1,2})?) *\t\s*(?P<title>\S.*?)\s*$"
# Some lines have blanks in the place of the tab, or (FY2012) nothing; FY1999 prints 33.51 in the line of 33.50.
RTF_WITHOUT_TAB = re.compile(r"(?m)^((?:\d{3}|V\d{2}|E\d{3}|\d{2})\.\d{1,2}) *(?=[A-Z])")
RTF_TWO_IN_ONE = re.compile(r"(?<=[a-z])(?=\d{2}\.\d{1,2}\t)")


def read_tabular_xml(where: str, raw: bytes) -> pa.Table:
    """One row per chapter, section and category of the ICD-10-CM tabular list, and behind them one per note and seventh
    character: entry, code, title, first, last, line; of notes also level, element and character.

    `entry` is chapter (code: its number), block (code: its range; first and last bound the categories) or category
    (code: its own; first and last: those of the block it stands in); of notes see `read_xml_notes`. The codes below are
    left to the order file, which lists every one of them. Raises RawFileError for what is not that XML.
    """
    try:
        root = etree.fromstring(raw, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True))
    except etree.XMLSyntaxError as problem:
        raise RawFileError(where, "the tabular list as XML", str(problem), "fetch the file again") from problem
    _require_version(where, root)
    for chapter in root.iterfind("chapter"):
        _require_index(where, chapter)
    chapters = [_chapter(where, element) for element in root.iterfind("chapter")]
    blocks = [_block(element) for element in root.iterfind("chapter/section")]
    if not chapters or not blocks:
        raise RawFileError(where, "ICD10CM.tabular > chapter > section", f"<{root.tag}>", "check the archive's member")
    categories = [row for element in root.iterfind("chapter/section") for row in _categories(element)]
    outline = pa.Table.from_pylist(chapters + blocks + categories, NOTE_COLUMNS)
    require_figures(where, outline, TABULAR_FIGURES)
    notes = read_xml_notes(where, root)
    require_figures(where, notes, NOTE_FIGURES)
    return pa.concat_tables([outline, notes])


def _require_version(where: str, root: etree._Element) -> None:
    """Raises RawFileError unless the document is the tabular list of a year, with all its text in it."""
    for entity in root.iter(etree.Entity):
        raise RawFileError(
            f"{where}, line {entity.sourceline}", "text, and no reference to an entity", str(entity.text), REFETCH
        )
    version = (root.findtext("version") or "").strip()
    if root.tag != "ICD10CM.tabular" or not re.fullmatch(r"\d{4}", version):
        found = f"<{root.tag}> with the version {version!r}"
        raise RawFileError(where, "ICD10CM.tabular with a version of four digits", found, "check the archive's member")


def _require_index(where: str, chapter: etree._Element) -> None:
    """Raises RawFileError where the sections of a chapter are not those of its index, in their order.

    Outer sections, which hold others, are not in the index.
    """
    indexed = [each.get("id") for each in chapter.iterfind("sectionIndex/sectionRef")]
    sections = [each.get("id") for each in chapter.iterfind("section")]
    in_index = [each for each in sections if each in indexed]
    if in_index != indexed:
        raise RawFileError(
            f"{where}, line {chapter.sourceline}",
            expected=f"the sections of the chapter's index: {', '.join(map(str, indexed))}",
            found=", ".join(map(str, in_index)) or "none of them",
            next_step=REFETCH,
        )


def _chapter(where: str, element: etree._Element) -> dict[str, object]:
    title = " ".join((element.findtext("desc") or "").split())
    parts = RANGE_IN_TITLE.match(title)
    if not parts:
        raise RawFileError(
            f"{where}, line {element.sourceline}",
            "a chapter title that ends with its range",
            title,
            "check the edition",
        )
    return {"entry": "chapter", "code": element.findtext("name"), **parts.groupdict(), "line": element.sourceline}


def _block(element: etree._Element) -> dict[str, object]:
    code = element.get("id", "")
    title = " ".join((element.findtext("desc") or "").split()).removesuffix(f"({code})").strip()
    first, _, last = code.partition("-")
    return {"entry": "block", "code": code, "title": title, **_bounds(first, last), "line": element.sourceline}


def _categories(section: etree._Element) -> list[dict[str, object]]:
    first, _, last = section.get("id", "").partition("-")
    return [
        {"entry": "category", "code": each.findtext("name"), "title": each.findtext("desc"), **_bounds(first, last),
         "line": each.sourceline}
        for each in section.iterfind("diag")
    ]  # fmt: skip


def _bounds(first: str, last: str) -> dict[str, object]:
    return {"first": first, "last": last or first}


def read_tabular_rtf(where: str, raw: bytes) -> pa.Table:
    """One row per chapter, block and code line of an ICD-9-CM tabular list, and behind them one per note and digit
    (`read_rtf_notes`): entry, code, title, first, last, line; of notes also level, character and lead_in.

    `line` counts the lines of the document, one in which two are printed as two. Codes are dotted, first occurrence
    first. No code list: fifth digits that are given once for a category have no line of their own. Raises RawFileError
    for a document without codes.
    """
    lines = [
        (indent, part)
        for indent, line in read_rtf_lines(where, raw)
        for part in RTF_TWO_IN_ONE.sub("\n", RTF_WITHOUT_TAB.sub(r"\1\t", line)).split("\n")
    ]
    text = split_lines(where, "\n".join(line for _, line in lines).encode())
    outline = read_outline(text, {"chapter": RTF_CHAPTER, "block": RTF_BLOCK, "code": RTF_CODE})
    if not pc.any(pc.equal(outline["entry"], "code")).as_py():
        raise RawFileError(where, "lines such as `001<TAB>Title`", "none", "check that this is a tabular list")
    return pa.concat_tables([outline, read_rtf_notes(outline, lines)], promote_options="default")
