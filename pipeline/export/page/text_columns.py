"""Columns of text made of columns of tables: fields joined, marks for flags, the rows of each code as one text."""

from codecs import BOM_UTF16_LE
from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.export.compressed import compress_zlib
from pipeline.run.columns import as_array

COLUMN_END, RECORD_END, FIELD_END = b"\x1d", "\x1e", "\x1f"
FIRST_CHARACTER = 0x800
NAMING_CODES: Final = {  # the columns of a system and of a code in it
    **dict.fromkeys(("codes", "code_history", "policy_codes", "code_rules"), ("system", "code")),
    "mappings": ("source_system", "source_code"),
}
Ints = npt.NDArray[np.signedinteger[Any]]


def as_script(name: str, content: bytes) -> tuple[str, bytes]:
    """What a part holds as a script that hands it over: its path, and its bytes.

    The content is compressed (zlib) and stands in UTF-16, fifteen bits in a character: with base64 a page took a fourth
    more. A byte order mark tells the encoding to every browser, whatever a server says.
    """
    packed = compress_zlib(content)
    script = f'crosswalkPart("{name}",{len(packed)},"', '");\n'
    opening, closing = (each.encode("utf-16-le") for each in script)
    return f"parts/{name}.js", BOM_UTF16_LE + opening + in_characters(packed) + closing


def in_characters(packed: bytes) -> bytes:
    """Bytes as characters of UTF-16, fifteen bits in each, zeros behind the last: eight of them for fifteen bytes.

    The characters are those from FIRST_CHARACTER on: no control, quote or half of a pair is among them.

    >>> in_characters(b"").decode("utf-16-le"), in_characters(b"\\x00\\x03").decode("utf-16-le")[:2]
    ('', '\u0801\u4800')
    """
    padded = np.frombuffer(packed + bytes(-len(packed) % 15), np.uint8).reshape(-1, 15).astype(np.uint32)
    characters = np.empty((len(padded), 8), "<u2")
    for at in range(8):
        first, gone = divmod(15 * at, 8)
        three = padded[:, first] << 16 | padded[:, first + 1] << 8
        three |= padded[:, first + 2] if first + 2 < 15 else 0
        characters[:, at] = (three >> (9 - gone) & 0x7FFF) + FIRST_CHARACTER
    return characters.tobytes()[: 2 * -(-8 * len(packed) // 15)]


def marks(*flags: tuple[pa.ChunkedArray, str]) -> pa.ChunkedArray:
    """A letter for each flag that is true: of a few flags there are few marks, and each is written once."""
    letters = [mark for _, mark in flags]
    texts = ["".join(mark for at, mark in enumerate(letters) if number >> at & 1) for number in range(2 ** len(flags))]
    number = sum(np.asarray(pc.fill_null(flag, False)).astype(np.uint8) << at for at, (flag, _) in enumerate(flags))
    return pa.chunked_array([pa.DictionaryArray.from_arrays(pa.array(number), texts)])


def joined_fields(*fields: pa.ChunkedArray | pa.Array, by: str) -> pa.Array:
    """The fields of each row as one text; one that is missing is empty."""
    joined = pc.binary_join_element_wise(*fields, by, null_handling="replace", null_replacement="")
    return as_array(joined) if isinstance(joined, pa.ChunkedArray) else joined


def joined_values(*columns: pa.ChunkedArray, by: str) -> pa.DictionaryArray:
    """The values of each row as one text on one line, missing ones empty; of what is distinct the most frequent first.

    Millions of rows have few days, numbers and marks: what is joined of them is written once.
    """
    encoded = [pc.dictionary_encode(as_array(each), null_encoding="encode") for each in columns]
    sizes = [len(each.dictionary) for each in encoded]
    numbers = np.ravel_multi_index([np.asarray(each.indices) for each in encoded], sizes)
    found = most_frequent_first(pa.array(numbers).dictionary_encode())
    values = [
        on_one_line(each.dictionary.cast(pa.string())).take(pa.array(at))
        for each, at in zip(encoded, np.unravel_index(found.dictionary, sizes), strict=True)
    ]
    return pa.DictionaryArray.from_arrays(found.indices, joined_fields(*values, by=by))


def most_frequent_first(encoded: pa.DictionaryArray) -> pa.DictionaryArray:
    """The same values, numbered in the order of how often they are there."""
    indices = np.asarray(encoded.indices)
    order = np.argsort(-np.bincount(indices, minlength=len(encoded.dictionary)), kind="stable")
    number_of = np.empty(len(order), np.int32)
    number_of[order] = np.arange(len(order))
    return pa.DictionaryArray.from_arrays(pa.array(number_of[indices]), encoded.dictionary.take(pa.array(order)))


def title_text(rows: pa.Table) -> pa.ChunkedArray:
    """The longest title of each row, empty where it has none."""
    return pc.coalesce(rows["description"], rows["short_description"], "")


def on_one_line(texts: pa.Array) -> pa.Array:
    """Texts without the characters that set fields and lines apart."""
    return pc.replace_substring_regex(texts, "[\t\n]", " ")


def places_of_codes(tables: Mapping[str, pa.Table]) -> dict[str, Ints]:
    """Of each table that names codes the row of each in `codes`, from 0; -1 for a code that no listing has.

    To compare millions of texts takes long: each is looked up once, among the codes of all systems.
    """
    columns = {name: (tables[name][system], tables[name][code]) for name, (system, code) in NAMING_CODES.items()}
    systems, texts = (tables["codes"][name].unique() for name in ("system", "code"))
    numbers = positions(pa.chunked_array([chunk for _, code in columns.values() for chunk in code.chunks]), texts)
    ends = np.cumsum([len(tables[name]) for name in columns])
    of_system = {name: positions(system, systems) for name, (system, _) in columns.items()}
    of_text = dict(zip(columns, np.split(numbers, ends[:-1]), strict=True))
    # The last system and the last text stand for one that no listing has: -1 leads there.
    row_of = np.full((len(systems) + 1, len(texts) + 1), -1, np.int32)
    row_of[of_system["codes"], of_text["codes"]] = np.arange(len(tables["codes"]))
    return {name: row_of[of_system[name], of_text[name]] for name in columns}


def positions(values: pa.ChunkedArray, among: pa.Array) -> Ints:
    """Where each value stands among some, from 0; -1 where it does not."""
    return np.asarray(pc.fill_null(pc.index_in(values, among), -1))


def rows_by_code(rows: pa.Array, place: Ints, codes: int) -> pa.Array:
    """The rows of each code, joined, in the order they are in; those of no code (-1) are left out."""
    order = np.argsort(place, kind="stable")
    ends = np.cumsum(np.bincount(place + 1, minlength=codes + 1))
    return joined_rows(rows.take(pa.array(order.astype(np.int32))), ends, RECORD_END)


def joined_rows(rows: pa.Array, bounds: Ints, by: str) -> pa.Array:
    """The rows between each two bounds as one text."""
    return pc.binary_join(pa.ListArray.from_arrays(pa.array(bounds, pa.int32()), rows), by)
