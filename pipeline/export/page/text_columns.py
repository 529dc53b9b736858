"""Columns of text made of columns of tables: fields joined, marks for flags, the rows of each code as one text."""

from codecs import BOM_UTF16_LE

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.export.compressed import compress_zlib

COLUMN_END, RECORD_END, FIELD_END = "\x1d", "\x1e", "\x1f"
FIRST_CHARACTER = 0x800
Ints = npt.NDArray[np.int64]


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
    """A letter for each flag that is true."""
    return pc.binary_join_element_wise(*(pc.if_else(flag, mark, "") for flag, mark in flags), "")


def joined_fields(*fields: pa.ChunkedArray, by: str) -> pa.Array:
    """The fields of each row as one text."""
    joined = pc.binary_join_element_wise(*fields, by)
    return joined.combine_chunks() if isinstance(joined, pa.ChunkedArray) else joined


def text_of_days(days: pa.ChunkedArray | pa.Array) -> pa.Array:
    """Days as text, empty where there is none. Millions of rows have few days: each is written once."""
    single = days.combine_chunks() if isinstance(days, pa.ChunkedArray) else days
    encoded = single.dictionary_encode()
    return pc.fill_null(encoded.dictionary.cast(pa.string()).take(encoded.indices), "")


def title_text(rows: pa.Table) -> pa.ChunkedArray:
    """The longest title of each row on one line, empty where it has none."""
    return on_one_line(pc.fill_null(pc.coalesce(rows["description"], rows["short_description"]), ""))


def on_one_line(texts: pa.ChunkedArray) -> pa.ChunkedArray:
    """Texts without the characters that set fields and lines apart."""
    return pc.replace_substring_regex(texts, "[\t\n]", " ")


def place_of_codes(codes: pa.Table, system: pa.ChunkedArray, code: pa.ChunkedArray) -> Ints:
    """The row of each code in `codes`; -1 for one that no listing has."""
    keys = joined_fields(codes["system"], codes["code"], by=" ")
    return np.asarray(pc.fill_null(pc.index_in(joined_fields(system, code, by=" "), keys), -1)).astype(np.int64)


def rows_by_code(rows: pa.Array, place: Ints, codes: int) -> pa.Array:
    """The rows of each code, joined, in the order they are in."""
    order = np.argsort(place, kind="stable")
    order = order[np.searchsorted(place[order], 0) :]
    ends = np.append(0, np.cumsum(np.bincount(place[order], minlength=codes)))
    return joined_rows(rows.take(pa.array(order)), ends, RECORD_END)


def joined_rows(rows: pa.Array, bounds: Ints, by: str) -> pa.Array:
    """The rows between each two bounds as one text."""
    return pc.binary_join(pa.ListArray.from_arrays(pa.array(bounds, pa.int32()), rows), by)
