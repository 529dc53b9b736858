"""Columns of text made of columns of tables: fields joined, marks for flags, the rows of each code as one text."""

from binascii import b2a_base64

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.export.compressed import compress

RECORD_END, FIELD_END = "\x1e", "\x1f"
Ints = npt.NDArray[np.int64]


def as_script(part: tuple[str, str]) -> tuple[str, bytes]:
    """A named text as a script that hands it over, compressed (gzip) and in base64: its path, and its bytes."""
    name, text = part
    packed = b2a_base64(compress(text.encode("utf-8")), newline=False)
    return f"parts/{name}.js", b'crosswalkPart("%s","%s");\n' % (name.encode("ascii"), packed)


def marks(*flags: tuple[pa.ChunkedArray, str]) -> pa.ChunkedArray:
    """A letter for each flag that is true."""
    return pc.binary_join_element_wise(*(pc.if_else(flag, mark, "") for flag, mark in flags), "")


def joined_fields(*fields: pa.ChunkedArray, by: str) -> pa.Array:
    """The fields of each row as one text."""
    joined = pc.binary_join_element_wise(*fields, by)
    return joined.combine_chunks() if isinstance(joined, pa.ChunkedArray) else joined


def text_of_days(days: pa.ChunkedArray) -> pa.ChunkedArray:
    """Days as text, empty where there is none."""
    return pc.fill_null(days.cast(pa.string()), "")


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
