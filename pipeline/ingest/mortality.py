"""NCHS lists of causes of death: valid ICD-10 codes (2009 on) and the ICD-9 list `ucod.txt`."""

import re

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from pipeline.errors import RawFileError
from pipeline.ingest.outline import read_outline
from pipeline.ingest.text import decode, read_cells, split_lines

LIST_HEADER = re.compile(r"^Status([\t,])Code\1ICD Title", re.MULTILINE)
ENCODING_OF_BOM = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"\xef\xbb\xbf": "utf-8-sig"}
# 386.0 is Ménière's disease: its second letter tells the encoding of ucod.txt.
MENIERE = {b"M\x82n": "cp437", b"M\x8en": "mac_roman", b"M\xe9n": "latin-1", b"M\xc3\xa9n": "utf-8"}
UCOD_CHAPTER = r"^\s+(?P<code>[IVX]+|E|V)\.\s+(?P<title>.*?)\s*\((?P<first>E?\d{3})-(?P<last>E?\d{3})\)\s*$"
UCOD_BLOCK = r"^\s+(?P<title>[^\d\s].*?)\s*\((?P<first>E?\d{3})(?:-(?P<last>E?\d{3}))?\)\s*$"
UCOD_CODE = r"^(?P<code>E?\d{3}(?:\.\d)?)\s+(?P<title>\S.*?)\s*$"


def read_icd10_causes(where: str, raw: bytes) -> pa.Table:
    """One row per line below the header: status, code (dotted), title, line; headings and empty rows included.

    The issues differ in encoding (UTF-16, cp1252, UTF-8 with BOM) and separator (tab, comma); all have a header row
    `Status, Code, ICD Title` behind a preamble. Raises RawFileError where that row is missing.
    """
    text = decode(where, raw, (ENCODING_OF_BOM.get(raw[:3]) or ENCODING_OF_BOM.get(raw[:2]) or "utf-8", "cp1252"))
    header = LIST_HEADER.search(text)
    if not header:
        raise RawFileError(
            where,
            expected="a header row `Status, Code, ICD Title`",
            found=repr(text[:80]) if text.strip() else "an empty file",
            next_step="check that this is the list with detailed titles; a new layout needs a reader of its own",
        )
    first_line = text.count("\n", 0, header.start()) + 2
    names = ["f0", "f1", "f2"]
    table = read_cells(
        where,
        text[header.start() :],
        newlines_in_values=True,
        delimiter=header[1],
        read_options=pa_csv.ReadOptions(skip_rows=1, autogenerate_column_names=True),
        convert_options=pa_csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), include_columns=names),
    )
    inside = np.asarray(pc.count_substring(table["f0"], "\n")) + np.asarray(pc.count_substring(table["f2"], "\n"))
    lines = first_line + np.arange(len(table)) + np.cumsum(inside) - inside
    return table.rename_columns(["status", "code", "title"]).append_column("line", pa.array(lines))


def read_icd9_causes(where: str, raw: bytes) -> pa.Table:
    """One row per chapter, block and code line of `ucod.txt`: entry, code, title, first, last, line.

    `entry` is chapter, block or code. Written from the accounts of public readers, since the file itself was not at
    hand: lines that are none of the three are passed over, and a file without a code line is refused.
    """
    encoding = next((name for bytes_, name in MENIERE.items() if bytes_ in raw), "latin-1")
    lines = split_lines(where, decode(where, raw, (encoding,), final_newline=False).encode())
    outline = read_outline(lines, {"chapter": UCOD_CHAPTER, "block": UCOD_BLOCK, "code": UCOD_CODE})
    if not pc.any(pc.equal(outline["entry"], "code")).as_py():
        raise RawFileError(
            where, "lines such as `001.0 Title`", "no such line", "check that this is the NCHS file ucod.txt"
        )
    return outline
