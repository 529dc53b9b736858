"""Tabular lists: chapters, blocks and headings of ICD-10-CM (XML) and ICD-9-CM (RTF)."""

import re

import pyarrow as pa
import pyarrow.compute as pc
from lxml import etree

from pipeline.errors import RawFileError
from pipeline.ingest.outline import read_outline
from pipeline.ingest.rtf import read_rtf_text
from pipeline.ingest.text import split_lines

RANGE_IN_TITLE = re.compile(r"^(?P<title>.*?)\s*\((?P<first>[A-Z0-9]{3})-(?P<last>[A-Z0-9]{3})\)$")
# Chapter lines carry a number and end with a range; numbered notes start the same way, so the range is required.
RTF_CHAPTER = r"^(?P<code>\d{1,2}A?)\.\s*(?P<title>\S.*?)\s*\((?P<first>\d{2,3})(?:-(?P<last>\d{2,3}))?\)\s*$"
RTF_BLOCK = r"^(?P<title>[A-Z][^a-z\t]*[^a-z\t\s])\s*\((?P<first>[VE]?\d{2,3})(?:-(?P<last>[VE]?\d{2,3}))?\)\s*$"
RTF_CODE = r"^(?P<code>(?:\d{3}|V\d{2}|E\d{3})(?:\.\d{1,2})?|\d{2}(?:\.\d{1,2})?)\t\s*(?P<title>\S.*?)\s*$"


def read_tabular_xml(where: str, raw: bytes) -> pa.Table:
    """One row per chapter, section and category of the ICD-10-CM tabular list: entry, code, title, first, last, line.

    `entry` is chapter (code: its number), block (code: its range; first and last bound the categories) or category
    (code: its own; first and last: those of the block it stands in). The codes below are left to the order file,
    which lists every one of them. Raises RawFileError for what is not that XML.
    """
    try:
        root = etree.fromstring(raw, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True))
    except etree.XMLSyntaxError as problem:
        raise RawFileError(where, "the tabular list as XML", str(problem), "fetch the file again") from problem
    chapters = [_chapter(where, element) for element in root.iterfind("chapter")]
    blocks = [_block(element) for element in root.iterfind("chapter/section")]
    if not chapters or not blocks:
        raise RawFileError(where, "ICD10CM.tabular > chapter > section", f"<{root.tag}>", "check the archive's member")
    categories = [row for element in root.iterfind("chapter/section") for row in _categories(element)]
    return pa.Table.from_pylist(chapters + blocks + categories)


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
    """One row per chapter, block and code line of an ICD-9-CM tabular list: entry, code, title, first, last, line.

    `line` counts the paragraphs of the document. Codes are dotted, first occurrence first. No code list: fifth digits
    that are given once for a category have no line of their own. Raises RawFileError for a document without codes.
    """
    lines = split_lines(where, read_rtf_text(where, raw).encode())
    outline = read_outline(lines, {"chapter": RTF_CHAPTER, "block": RTF_BLOCK, "code": RTF_CODE})
    if not pc.any(pc.equal(outline["entry"], "code")).as_py():
        raise RawFileError(where, "lines such as `001<TAB>Title`", "none", "check that this is a tabular list")
    return outline
