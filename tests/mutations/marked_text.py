"""Mutations of documents with marks in their text: elements of XML, paragraphs and groups of RTF."""

import re
from collections.abc import Callable
from random import Random

from lxml import etree

from tests.mutations.mutation import Change, Mutation, one_of, place
from tests.mutations.text import edited, inserted

# The element is removed, or stands twice, or changes places with the next of its kind.
ELEMENTS = {"a chapter": "chapter", "a section": "chapter/section", "a category": "chapter/section/diag"}


def _of_tree(change: Callable[[etree._Element, Random], None]) -> Change:
    def of_bytes(raw: bytes, random: Random) -> bytes:
        root = etree.fromstring(raw)
        change(root, random)
        return etree.tostring(root, xml_declaration=True, encoding="utf-8")

    return of_bytes


def _without(path: str) -> Change:
    def drop(root: etree._Element, random: Random) -> None:
        chosen = one_of(random, root.findall(path))
        parent = chosen.getparent()
        assert parent is not None
        parent.remove(chosen)

    return _of_tree(drop)


def _doubled(path: str) -> Change:
    def double(root: etree._Element, random: Random) -> None:
        chosen = one_of(random, root.findall(path))
        chosen.addnext(etree.fromstring(etree.tostring(chosen, with_tail=False)))

    return _of_tree(double)


def _swapped(path: str) -> Change:
    def swap(root: etree._Element, random: Random) -> None:
        elements = root.findall(path)
        at = place(random, len(elements) - 1)
        elements[at].addprevious(elements[at + 1])

    return _of_tree(swap)


def _emptied(path: str) -> Change:
    def empty(root: etree._Element, random: Random) -> None:
        one_of(random, root.findall(path)).text = ""

    return _of_tree(empty)


def _of_paragraphs(change: Callable[[list[bytes], Random], list[bytes]]) -> Change:
    def of_bytes(raw: bytes, random: Random) -> bytes:
        start, *paragraphs = re.split(rb"(?=\\par\b)", raw)
        return start + b"".join(change(paragraphs, random))

    return of_bytes


def _drop_paragraph(paragraphs: list[bytes], random: Random) -> list[bytes]:
    at = place(random, len(paragraphs) - 1)  # the last holds the brace that closes the document
    return paragraphs[:at] + paragraphs[at + 1 :]


def _double_paragraph(paragraphs: list[bytes], random: Random) -> list[bytes]:
    at = place(random, len(paragraphs) - 1)
    return [*paragraphs[: at + 1], *paragraphs[at:]]


def _swap_paragraphs(paragraphs: list[bytes], random: Random) -> list[bytes]:
    at = place(random, len(paragraphs) - 2)
    return [*paragraphs[:at], paragraphs[at + 1], paragraphs[at], *paragraphs[at + 2 :]]


XML_MUTATIONS = (
    *(Mutation(f"drop: {name}", _without(path), ("xml",)) for name, path in ELEMENTS.items()),
    *(Mutation(f"double: {name}", _doubled(path), ("xml",)) for name, path in ELEMENTS.items()),
    *(Mutation(f"swap: {name} with the next", _swapped(path), ("xml",)) for name, path in ELEMENTS.items()),
    *(Mutation(f"drop: the code of {name}", _emptied(f"{path}/name"), ("xml",)) for name, path in ELEMENTS.items()
      if name != "a section"),
    *(Mutation(f"drop: the title of {name}", _emptied(f"{path}/desc"), ("xml",)) for name, path in ELEMENTS.items()),
    Mutation("drop: an end tag", edited(rb"</\w+>", b""), ("xml",)),
    Mutation("change: a reference to an entity", edited(rb"<desc>", b"<desc>&unknown;"), ("xml",)),
    Mutation("encoding: another than declared", edited(rb"<\?xml[^>]*\?>", b'<?xml version="1.0" encoding="utf-16"?>'),
             ("xml",)),
    Mutation("encoding: a character in cp1252", inserted(b"\xe9"), ("xml",)),
)  # fmt: skip
RTF_MUTATIONS = (
    Mutation("drop: a paragraph", _of_paragraphs(_drop_paragraph), ("rtf",)),
    Mutation("double: a paragraph", _of_paragraphs(_double_paragraph), ("rtf",)),
    Mutation("swap: two paragraphs", _of_paragraphs(_swap_paragraphs), ("rtf",)),
    Mutation("drop: a tab", edited(rb"\\tab\b ?|\t", b""), ("rtf",)),
    Mutation("drop: an opening brace", edited(rb"(?<!\\)\{", b""), ("rtf",)),
    Mutation("drop: a closing brace", edited(rb"(?<!\\)\}", b""), ("rtf",)),
    Mutation("drop: a group", edited(rb"(?<!\\)\{[^{}]*\}", b""), ("rtf",)),
    Mutation("double: a brace", edited(rb"(?<!\\)[{}]", rb"\g<0>\g<0>"), ("rtf",)),
    Mutation("change: a control word", edited(rb"\\[a-z]+", rb"\\unknown"), ("rtf",)),
    Mutation("change: the start", edited(rb"\A\{\\rtf", b"{rtf"), ("rtf",)),
    Mutation("encoding: a character in UTF-8", inserted("\xe9".encode()), ("rtf",)),
)
