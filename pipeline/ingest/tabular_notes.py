"""The notes of the ICD-10-CM tabular list: what stands at a chapter, a section or a code beside its title."""

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc
from lxml import etree

from pipeline.errors import RawFileError
from pipeline.ingest.check_figures import CheckFigure

LEVELS = {"chapter": "chapter", "section": "block", "diag": "code"}
# Elements whose `note` children are notes of the place in which the element stands.
NOTED = (
    "includes", "inclusionTerm", "excludes1", "excludes2", "codeFirst", "useAdditionalCode", "codeAlso", "notes",
    "sevenChrNote", "sevenChrDef",
)  # fmt: skip
SEVENTH_CHARACTER = "extension"
INTRODUCTORY = "instruction"  # says what the words of notes mean, of no code
NOTE_COLUMNS = pa.schema(
    [
        *((name, pa.string()) for name in ("entry", "code", "title", "first", "last")),
        ("line", pa.int64()),
        ("level", pa.string()),
        ("element", pa.string()),
        ("character", pa.string()),
        ("lead_in", pa.string()),
    ]
)


def read_xml_notes(where: str, root: etree._Element) -> pa.Table:
    """One row per note and per seventh character, in the order of the document: NOTE_COLUMNS.

    `entry` is the name of the element around the note (or `extension`, with its character), `code` where it stands: a
    chapter's number, a section's range, a dotted code, by `level`. `element` numbers the elements: notes of one belong
    together. Raises RawFileError for a note in an element that is not known, which would be lost.
    """
    rows = [row for number, each in enumerate(root.iter(*NOTED), 1) for row in _rows(each, number)]
    taken = {"note": sum(row["entry"] != SEVENTH_CHARACTER for row in rows), SEVENTH_CHARACTER: len(rows)}
    taken[SEVENTH_CHARACTER] -= taken["note"]
    for tag, count in taken.items():
        if count != sum(_around(each).tag != INTRODUCTORY for each in root.iter(tag)):
            _refuse_unknown(where, root, tag)
    return pa.Table.from_pylist(rows, NOTE_COLUMNS)


def _rows(element: etree._Element, number: int) -> Iterator[dict[str, object]]:
    place = _around(element)
    code = place.get("id") if place.tag == "section" else place.findtext("name")
    at = {"code": code, "level": LEVELS.get(place.tag), "element": str(number)}
    for each in element.iterchildren("note", SEVENTH_CHARACTER):
        entry = SEVENTH_CHARACTER if each.tag == SEVENTH_CHARACTER else element.tag
        yield at | {
            "entry": entry,
            "title": "".join(map(str, each.itertext())),
            "first": "",
            "last": "",
            "line": each.sourceline,
            "character": each.get("char"),
        }


def _around(element: etree._Element) -> etree._Element:
    """The element that one stands in; itself where it is the whole document."""
    parent = element.getparent()
    return element if parent is None else parent


def _refuse_unknown(where: str, root: etree._Element, tag: str) -> None:
    for each in root.iter(tag):
        if _around(each).tag not in (*NOTED, INTRODUCTORY):
            raise RawFileError(
                f"{where}, line {each.sourceline}",
                f"a {tag} in one of {', '.join(NOTED)}",
                f"one in <{_around(each).tag}>",
                "say in pipeline/ingest/tabular_notes.py what such a note is",
            )


def _stands_nowhere(rows: pa.Table) -> pa.ChunkedArray:
    return pc.or_(pc.is_null(rows["level"]), pc.equal(pc.fill_null(rows["code"], ""), ""))


def _is_no_character(rows: pa.Table) -> pa.ChunkedArray:
    one = pc.and_(
        pc.match_substring_regex(pc.fill_null(rows["character"], ""), r"^[0-9A-Z]$"), pc.not_equal(rows["title"], "")
    )
    return pc.and_(pc.equal(rows["entry"], SEVENTH_CHARACTER), pc.invert(one))


def _is_given_before(rows: pa.Table) -> pa.ChunkedArray:
    """Whether a code has the same seventh character once more."""
    key = pc.binary_join_element_wise(rows["code"], rows["character"], " ")  # null where there is no character
    seen = pc.index_in(key, key.unique())
    first = pc.index_in(seen, seen)
    return pc.and_(pc.is_valid(key), pc.not_equal(first, pa.array(range(len(rows)), pa.int32())))


NOTE_FIGURES = (
    CheckFigure("places", "a note at a chapter, a section or a code", _stands_nowhere),
    CheckFigure("characters", "a seventh character of one letter or digit, with its meaning", _is_no_character),
    CheckFigure("characters once", "each seventh character of a code once", _is_given_before),
)
