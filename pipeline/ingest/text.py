"""Lines and columns of a publisher's text file, read without a loop over its rows.

Columns are numbered as `layouts` documents do: from 1, both ends included.
"""

import codecs
import io
import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NoReturn

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from pipeline.errors import RawFileError
from pipeline.ingest.plain_text import NEW_ENCODING, refuse_byte, require_one_encoding, require_plain_text

FAR = 1 << 20
ONE_BYTE_ENCODINGS = ("cp1252", "mac_roman", "cp437", "cp850", "latin-1")  # nearly any bytes fit them


@dataclass(frozen=True)
class Lines:
    """The lines of a file that are not blank: their bytes, and the number each has in the file."""

    where: str
    raw: bytes
    starts: npt.NDArray[np.int64]
    text: pa.BinaryArray
    numbers: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.text)

    @cached_property
    def is_ascii(self) -> bool:
        """Whether bytes and characters are the same."""
        return self.raw.isascii()

    def column(self, first: int, last: int = FAR) -> pa.StringArray:
        """The text of columns `first` to `last` of every line, stripped of blanks at both ends.

        Columns are characters; where all is ASCII, bytes are the same and faster.
        """
        if self.is_ascii:
            return pc.ascii_trim_whitespace(pc.binary_slice(self.text, first - 1, last).view(pa.string()))
        return pc.utf8_trim_whitespace(pc.utf8_slice_codeunits(self.text.cast(pa.string()), first - 1, last))

    def lengths(self) -> npt.NDArray[np.int32]:
        """How many characters each line has, without its end."""
        width = np.asarray(pc.binary_length(self.text))
        is_return = np.frombuffer(self.raw, np.uint8)[self.starts + width - 2] == ord("\r")
        counted = width if self.is_ascii else np.asarray(pc.utf8_length(self.text.cast(pa.string())))
        lengths: npt.NDArray[np.int32] = counted - 1 - is_return
        return lengths

    def keep(self, wanted: npt.NDArray[np.bool_]) -> "Lines":
        """The lines where `wanted` is true; numbers stay those of the file."""
        return Lines(
            self.where, self.raw, self.starts[wanted], self.text.filter(pa.array(wanted)), self.numbers[wanted]
        )

    def character(self, column: int) -> npt.NDArray[np.uint8]:
        """The character in one column of every line, as its byte; lines must be at least that long.

        Of a character that is not ASCII it is the first byte in UTF-8, which is that of no ASCII character.
        """
        if self.is_ascii:
            return np.frombuffer(self.raw, np.uint8)[self.starts + column - 1]
        cells = pc.utf8_slice_codeunits(self.text.cast(pa.string()), column - 1, column)
        first = pc.binary_slice(cells.view(pa.binary()), 0, 1).cast(pa.binary(1))
        return np.frombuffer(first.buffers()[1], np.uint8)

    def refuse(self, wrong: npt.NDArray[np.bool_], expected: str, next_step: str) -> None:
        """Raises RawFileError for the first line that is `wrong`, as `all_broken` takes it, if any."""
        rows = np.flatnonzero(all_broken(wrong))
        if len(rows):
            row = int(rows[0])
            line = self.text[row].as_py().rstrip(b"\r\n").decode("latin-1")
            found = f"{line[:100]!r}{and_more(len(rows))}"
            raise RawFileError(f"{self.where}, line {self.numbers[row]}", expected, found, next_step)


def all_broken(wrong: npt.NDArray[np.bool_] | pa.Array | pa.ChunkedArray) -> npt.NDArray[np.bool_]:
    """Which rows break a law: where it is true of NumPy or Arrow, or null: of what is missing nobody can say that it
    keeps one."""
    if isinstance(wrong, pa.Array | pa.ChunkedArray):
        wrong = pc.fill_null(wrong, True)
    return np.asarray(wrong, bool)


def and_more(count: int) -> str:
    """What follows the first of so many wrong lines in a message."""
    return f" (and {count - 1:,} more lines)" if count > 1 else ""


def split_lines(where: str, raw: bytes) -> Lines:
    """Lines ended by LF or CRLF, mixed or not; blank ones are passed over. Raises RawFileError for an empty file.

    The text array points into `raw`: nothing is copied.
    """
    if raw and not raw.endswith(b"\n"):
        raw += b"\n"
    if not raw.strip():
        raise RawFileError(where, "a listing", "an empty file", "fetch the file again")
    ends = np.flatnonzero(np.frombuffer(raw, np.uint8) == ord("\n"))
    offsets = np.concatenate([[0], ends + 1]).astype(np.int32)
    text = pa.Array.from_buffers(pa.binary(), len(ends), [None, pa.py_buffer(offsets), pa.py_buffer(raw)])
    starts, numbers = offsets[:-1].astype(np.int64), np.arange(1, len(ends) + 1)
    lengths = np.diff(offsets)
    if lengths.min() <= 2:
        filled = (lengths > 2) | ((lengths == 2) & (np.frombuffer(raw, np.uint8)[starts] != ord("\r")))
        text, starts, numbers = text.filter(pa.array(filled)), starts[filled], numbers[filled]
    return Lines(where, raw, starts, text, numbers)


def require_ascii(where: str, raw: bytes, *, tabs: bool = True, final_newline: bool = True) -> None:
    """Raises RawFileError with the line of the first byte that is not ASCII, and as `require_plain_text` does."""
    if not raw.isascii():
        at = int(np.flatnonzero(np.frombuffer(raw, np.uint8) > 127)[0])
        refuse_byte(where, raw, at, "plain ASCII text")
    require_plain_text(where, raw, tabs=tabs, final_newline=final_newline)


def require_utf8(where: str, raw: bytes, *, tabs: bool = True) -> bytes:
    """The bytes of a text in ASCII or UTF-8, without a byte order mark.

    Raises RawFileError with the line of the first byte that is neither, and as `require_plain_text` does.
    """
    try:
        _ = raw.isascii() or raw.decode()
    except UnicodeDecodeError as problem:
        refuse_byte(where, raw, problem.start, "text in ASCII or UTF-8")
    text = raw.removeprefix(codecs.BOM_UTF8)
    require_plain_text(where, text, tabs=tabs)
    return text


def align_to_characters(raw: bytes, column: int, width: int) -> bytes:
    """The text with the field of `width` columns from `column` on counted in characters, in every line in UTF-8.

    A publisher's program that counts bytes pads such a field short: L70.5 of FY2013 (excoriée) has 60 bytes, thus 59
    characters. Where a blank stands behind the field's bytes it is padded to its characters; lines counted in
    characters keep their fields, since only blanks are added between them. ASCII is returned as it is.
    """
    if raw.isascii():
        return raw
    field = re.compile(rb"^([\x01-\x7f]{%d})(.{%d}) " % (column - 1, width), re.DOTALL)
    lines = raw.splitlines(keepends=True)
    for number in [number for number, line in enumerate(lines) if not line.isascii()]:  # one or two of a file
        lines[number] = field.sub(
            lambda found: found[1] + found[2].decode().ljust(width).encode() + b" ", lines[number], 1
        )
    return b"".join(lines)


def decode(where: str, raw: bytes, encodings: tuple[str, ...], *, tabs: bool = True, final_newline: bool = True) -> str:
    """The text in the first encoding that fits. Raises RawFileError when none does, for a text that is in more than
    one, and as `require_plain_text` does."""
    for encoding in encodings:
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if encoding in ONE_BYTE_ENCODINGS:
            require_one_encoding(where, raw)
        require_plain_text(where, text.encode(), tabs=tabs, final_newline=final_newline)
        return text
    return refuse_encoding(where, encodings)


def read_cells(where: str, text: str, *, newlines_in_values: bool, first_line: int = 1, **options: Any) -> pa.Table:
    """The rows of comma- or tab-separated text, which starts on `first_line` of its file.

    Raises RawFileError where a row has too many or too few cells.
    """
    refused: list[pa_csv.InvalidRow] = []

    def note_refused(row: pa_csv.InvalidRow) -> str:
        """Keeps a row of the wrong width, so that the error can name it."""
        refused.append(row)
        return "skip"

    try:
        table = pa_csv.read_csv(
            io.BytesIO(text.encode()),
            read_options=options.get("read_options"),
            parse_options=pa_csv.ParseOptions(
                delimiter=options.get("delimiter", ","),
                newlines_in_values=newlines_in_values,
                ignore_empty_lines=False,
                invalid_row_handler=note_refused,
            ),
            convert_options=options.get("convert_options"),
        ).combine_chunks()
    except (pa.ArrowInvalid, pa.ArrowKeyError) as problem:  # the latter where the first row is too short
        raise RawFileError(where, "rows of as many cells as the header", str(problem), "fetch the file again") from None
    if refused:
        line = first_line + text.count("\n", 0, text.find("\n" + refused[0].text) + 1)
        found = f"{refused[0].actual_columns}: {refused[0].text[:100]!r}{and_more(len(refused))}"
        raise RawFileError(
            f"{where}, line {line}", f"{refused[0].expected_columns} cells", found, "fetch the file again"
        )
    return table


def refuse_encoding(where: str, encodings: tuple[str, ...]) -> NoReturn:
    """Raises RawFileError for a file that is in none of the encodings its layout knows."""
    raise RawFileError(
        where,
        expected="text in " + " or ".join(encodings),
        found="bytes that are in none of them",
        next_step=NEW_ENCODING,
    )
