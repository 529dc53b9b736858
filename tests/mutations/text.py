"""Mutations of text: of its lines, its characters and its encoding."""

import codecs
import re
from collections.abc import Callable
from random import Random

from tests.mutations.mutation import Change, Mutation, one_of, place

Lines = list[bytes]
LETTERS, DIGITS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", b"0123456789"
PAGE = b"<!doctype html>\r\n<html><body>Page not found</body></html>\r\n"


def of_lines(change: Callable[[Lines, Random], Lines]) -> Change:
    """A change of lines as one of bytes."""

    def of_bytes(raw: bytes, random: Random) -> bytes:
        return b"".join(change(re.findall(rb"[^\n]*\n|[^\n]+\Z", raw), random))

    return of_bytes


def _cut_head(lines: Lines, random: Random) -> Lines:
    return lines[1 + place(random, max(1, len(lines) - 1)) :]


def _cut_tail(lines: Lines, random: Random) -> Lines:
    return lines[: 1 + place(random, max(1, len(lines) - 1))]


def _cut_middle(lines: Lines, random: Random) -> Lines:
    first = 1 + place(random, max(1, len(lines) - 2))
    return lines[:first] + lines[min(len(lines) - 1, first + 1 + place(random, max(1, len(lines) // 3))) :]


def _swap(lines: Lines, first: int, second: int) -> Lines:
    swapped = lines[:]
    swapped[first], swapped[second] = lines[second], lines[first]
    return swapped


def _swap_neighbours(lines: Lines, random: Random) -> Lines:
    first = place(random, max(1, len(lines) - 1))
    return _swap(lines, first, min(first + 1, len(lines) - 1))


def _swap_halves(lines: Lines, random: Random) -> Lines:
    middle = 1 + place(random, max(1, len(lines) - 1))
    return lines[middle:] + lines[:middle]


def _join(lines: Lines, random: Random) -> Lines:
    at = place(random, len(lines) - 1) if len(lines) > 1 else 0
    return [*lines[:at], lines[at].rstrip(b"\r\n"), *lines[at + 1 :]]


def _break(lines: Lines, random: Random) -> Lines:
    at = place(random, len(lines))
    inside = 1 + place(random, max(1, len(lines[at].rstrip()) - 1))
    return [*lines[:at], lines[at][:inside], b"\r\n", lines[at][inside:], *lines[at + 1 :]]


def _at_a_line(change: Callable[[bytes, Random], bytes]) -> Change:
    """What is done to one line."""

    def of_one(lines: Lines, random: Random) -> Lines:
        at = place(random, len(lines))
        return [*lines[:at], change(lines[at], random), *lines[at + 1 :]]

    return of_lines(of_one)


def inserted(new: bytes) -> Change:
    """Bytes at any place of a line, before its end."""

    def insert(line: bytes, random: Random) -> bytes:
        at = place(random, len(line.rstrip(b"\r\n")) + 1)
        return line[:at] + new + line[at:]

    return _at_a_line(insert)


def replaced(old: bytes, new: bytes) -> Change:
    """One of the `old` characters by a `new` one, another than it was."""

    def replace(raw: bytes, random: Random) -> bytes:
        places = [at for at, byte in enumerate(raw) if byte in old]
        if not places:
            return raw
        at = one_of(random, places)
        return raw[:at] + bytes([one_of(random, [each for each in new if each != raw[at]])]) + raw[at + 1 :]

    return replace


def edited(pattern: bytes, new: bytes) -> Change:
    """One of the places where a pattern is found, by `new`."""

    def edit(raw: bytes, random: Random) -> bytes:
        found = list(re.finditer(pattern, raw, re.MULTILINE))
        if not found:
            return raw
        chosen = one_of(random, found)
        return raw[: chosen.start()] + chosen.expand(new) + raw[chosen.end() :]

    return edit


def _swap_characters(line: bytes, random: Random) -> bytes:
    text = line.rstrip(b"\r\n")
    places = [at for at in range(len(text) - 1) if text[at] != text[at + 1]]
    if not places:
        return line
    at = one_of(random, places)
    return line[:at] + line[at + 1 : at + 2] + line[at : at + 1] + line[at + 2 :]


def _encoded(encoding: str) -> Change:
    def encode(raw: bytes, _random: Random) -> bytes:
        try:
            text = raw.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = raw.decode("cp1252")
        return text.encode(encoding, "replace")

    return encode


def _inside_a_line(raw: bytes, random: Random) -> int:
    """A place with characters of one line on both sides; that of the whole file where there is none."""
    places = [found.start() + 1 for found in re.finditer(rb"[^\r\n](?=[^\r\n])", raw)]
    return one_of(random, places) if places else len(raw)


def _cut_bytes(raw: bytes, random: Random) -> bytes:
    first = 1 + place(random, len(raw) * 2 // 3)
    return raw[:first] + raw[first + 1 + place(random, len(raw) // 3) :]


MARKED = ("text", "xml", "rtf")
TEXT_MUTATIONS = (
    Mutation("cut: the head, at a line end", of_lines(_cut_head), MARKED),
    Mutation("cut: the head, inside a line", lambda raw, random: raw[_inside_a_line(raw, random) :], MARKED),
    Mutation("cut: the middle, at line ends", of_lines(_cut_middle), MARKED),
    Mutation("cut: the middle, inside lines", _cut_bytes, MARKED),
    Mutation("cut: the tail, at a line end", of_lines(_cut_tail), MARKED),
    Mutation("cut: the tail, inside a line", lambda raw, random: raw[: _inside_a_line(raw, random)], MARKED),
    Mutation("cut: the last newline", lambda raw, _: raw.rstrip(b"\r\n"), MARKED),
    Mutation("cut: everything", lambda raw, _: b"", (*MARKED, "archive", "workbook", "release")),
    Mutation("shift: a blank before a line", _at_a_line(lambda line, _: b" " + line)),
    Mutation("shift: the first character of a line lost", _at_a_line(lambda line, _: line[1:] or line)),
    Mutation("shift: a blank in a line", inserted(b" ")),
    Mutation("shift: a blank lost", edited(rb" ", b"")),
    Mutation("shift: a line in two", of_lines(_break)),
    Mutation("shift: two lines in one", of_lines(_join)),
    Mutation("swap: two lines beside each other", of_lines(_swap_neighbours), MARKED),
    Mutation("swap: two lines", of_lines(lambda lines, random: _swap(lines, place(random, len(lines)),
                                                                       place(random, len(lines)))), MARKED),
    Mutation("swap: the head and the tail", of_lines(_swap_halves), MARKED),
    Mutation("swap: two characters", _at_a_line(_swap_characters)),
    Mutation("drop: a line", _at_a_line(lambda line, _: b""), MARKED),
    Mutation("drop: the first line", of_lines(lambda lines, _: lines[1:]), MARKED),
    Mutation("drop: the last line", of_lines(lambda lines, _: lines[:-1]), MARKED),
    Mutation("drop: a separator of cells", edited(rb"[,;\t|]", b"")),
    Mutation("drop: a quote", edited(rb"[\"']", b"")),
    Mutation("double: a line", _at_a_line(lambda line, _: line + line), MARKED),
    Mutation("double: the last line", of_lines(lambda lines, _: lines + lines[-1:]), MARKED),
    Mutation("double: the file", lambda raw, _: raw + raw, MARKED),
    Mutation("double: a separator of cells", edited(rb"[,;\t|]", rb"\g<0>\g<0>")),
    Mutation("double: a quote", edited(rb"[\"']", rb"\g<0>\g<0>")),
    Mutation("control: a NUL", inserted(b"\0"), MARKED),
    Mutation("control: an escape", inserted(b"\x1b"), MARKED),
    Mutation("control: a lone carriage return", inserted(b"\r")),
    Mutation("control: a tab", inserted(b"\t")),
    Mutation("control: a next line of Unicode", inserted(b"\xc2\x85")),
    Mutation("encoding: UTF-16", _encoded("utf-16"), MARKED),
    Mutation("encoding: UTF-32", _encoded("utf-32"), MARKED),
    Mutation("encoding: EBCDIC", _encoded("cp037"), MARKED),
    Mutation("encoding: a byte order mark before", lambda raw, _: codecs.BOM_UTF8 + raw, MARKED),
    Mutation("encoding: a byte order mark inside", inserted(codecs.BOM_UTF8)),
    Mutation("encoding: a character in UTF-8", inserted("\xe9".encode())),
    Mutation("encoding: a character in cp1252", inserted(b"\xe9")),
    Mutation("encoding: the mark of a lost character", inserted("\ufffd".encode())),
    Mutation("ends of lines: LF", lambda raw, _: raw.replace(b"\r\n", b"\n"), MARKED),
    Mutation("ends of lines: CRLF", lambda raw, _: raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"), MARKED),
    Mutation("ends of lines: CR", lambda raw, _: raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r")),
    Mutation("ends of lines: a blank line", _at_a_line(lambda line, _: line + b"\r\n")),
    Mutation("change: a letter", replaced(LETTERS, LETTERS), MARKED),
    Mutation("change: a digit", replaced(DIGITS, DIGITS), MARKED),
    Mutation("change: a digit for a letter", replaced(b"OILSB", DIGITS)),
    Mutation("change: a letter for a digit", replaced(DIGITS, b"OISB")),
    Mutation("change: a line of something else", _at_a_line(lambda line, _: line + b"something else\r\n")),
    Mutation("change: a web page", lambda raw, _: PAGE, (*MARKED, "workbook", "release")),
)  # fmt: skip
