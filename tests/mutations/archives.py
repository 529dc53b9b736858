"""Mutations of archives, workbooks among them: of their bytes, their members, and the bytes of one member."""

import io
import re
import warnings
import zipfile
from collections.abc import Callable
from random import Random

from tests.mutations.mutation import Change, Mutation, place

Members = list[tuple[str, bytes]]
LOCAL, CENTRAL, END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"


def members_of(raw: bytes) -> Members:
    """Names and bytes of the members, in their order."""
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        return [(info.filename, archive.read(info)) for info in archive.infolist()]


def packed(members: Members) -> bytes:
    """A zip of the members, a name may be there twice. Nothing is compressed: the bytes are the same everywhere."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the library warns of a name that it writes twice
        for name, member in members:
            archive.writestr(zipfile.ZipInfo(name), member)
    return content.getvalue()


def of_members(change: Callable[[Members, int], Members]) -> Change:
    """A change of the members, of which one is chosen by its place."""

    def of_bytes(raw: bytes, random: Random) -> bytes:
        members = members_of(raw)
        return packed(change(members, place(random, len(members))))

    return of_bytes


def in_member(change: Change) -> Change:
    """A change of the bytes of one member."""

    def of_bytes(raw: bytes, random: Random) -> bytes:
        members = members_of(raw)
        at = place(random, len(members))
        name, member = members[at]
        changed = change(member, random)
        return raw if changed == member else packed([*members[:at], (name, changed), *members[at + 1 :]])

    return of_bytes


def _flip(raw: bytes, random: Random) -> bytes:
    at = place(random, len(raw))
    return raw[:at] + bytes([raw[at] ^ (1 << place(random, 8))]) + raw[at + 1 :]


def _garble(raw: bytes, random: Random) -> bytes:
    at = place(random, len(raw))
    return raw[:at] + b"\xff" * min(20, len(raw) - at) + raw[at + 20 :]


def _in_headers(offsets: dict[bytes, int], new: bytes) -> Change:
    """Bytes in both headers of one member, at an offset from the signature of each."""

    def write(raw: bytes, random: Random) -> bytes:
        found = {signature: [each.start() for each in re.finditer(re.escape(signature), raw)] for signature in offsets}
        chosen = place(random, min(map(len, found.values())))
        for signature, offset in offsets.items():
            at = found[signature][chosen] + offset
            raw = raw[:at] + new + raw[at + len(new) :]
        return raw

    return write


PACKED = ("release", "archive", "workbook")
ARCHIVE_MUTATIONS = (
    Mutation("archive: the head cut", lambda raw, random: raw[1 + place(random, len(raw) // 2) :], PACKED),
    Mutation("archive: the tail cut", lambda raw, random: raw[: 1 + place(random, len(raw) - 1)], PACKED),
    Mutation("archive: the middle cut", lambda raw, random: raw[: len(raw) // 3] + raw[len(raw) // 3 + 1 +
                                                                                     place(random, len(raw) // 3) :],
             PACKED),
    Mutation("archive: a bit flipped", _flip, PACKED),
    Mutation("archive: twenty bytes garbled", _garble, PACKED),
    Mutation("archive: bytes behind it", lambda raw, _: raw + b"\0" * 100, PACKED),
    Mutation("archive: bytes before it", lambda raw, _: b"\0" * 100 + raw, PACKED),
    Mutation("archive: no member", lambda raw, _: packed([]), PACKED),
    Mutation("archive: a member dropped", of_members(lambda members, at: members[:at] + members[at + 1 :]), PACKED),
    Mutation("archive: a member twice", of_members(lambda members, at: [*members, members[at]]), PACKED),
    Mutation("archive: a member emptied", of_members(lambda members, at: [
        *members[:at], (members[at][0], b""), *members[at + 1 :]]), PACKED),
    Mutation("archive: a member renamed", of_members(lambda members, at: [
        *members[:at], ("other.bin", members[at][1]), *members[at + 1 :]]), PACKED),
    Mutation("archive: a member with another checksum", _in_headers({LOCAL: 14, CENTRAL: 16}, b"\1\2\3\4"), PACKED),
    Mutation("archive: a member locked", _in_headers({LOCAL: 6, CENTRAL: 8}, b"\1"), PACKED),
    Mutation("archive: a member packed in an unknown way", _in_headers({LOCAL: 8, CENTRAL: 10}, b"\x63"), PACKED),
    Mutation("archive: a member of another size", _in_headers({LOCAL: 22, CENTRAL: 24}, b"\x0a\0\0\0"), PACKED),
    Mutation("archive: a member cut", in_member(lambda raw, random: raw[: place(random, len(raw))]), PACKED),
)  # fmt: skip
