"""Archives that are broken, one way for each test."""

import hashlib
import io
import struct
import zipfile
from pathlib import Path

import pytest

from tests.broken.refusal import GOOD, ORDER, refuse, says
from tests.samples import ORDER_RELEASE, ORDER_SOURCE, Project, write_zip


def test_the_project_that_the_others_break_is_good(project: Project) -> None:
    assert project.build().exit_code == 0


def test_truncated_zip(project: Project) -> None:
    content = project.order_zip.read_bytes()
    project.order_zip.write_bytes(content[: len(content) // 2])
    says(
        refuse(project, 3), where="icd10cm/2025-10-01/order.zip", expected="a whole zip archive",
        found="cannot be read", next_step="fetch the file again",
    )  # fmt: skip


def test_zip_of_zero_bytes(project: Project) -> None:
    project.order_zip.write_bytes(b"")
    says(
        refuse(project, 3), where="order.zip", expected="a zip archive", found="b''", next_step="fetch again",
    )  # fmt: skip


def test_zip_whose_member_fails_its_checksum(project: Project) -> None:
    write_zip(project.order_zip, {ORDER: GOOD}, zipfile.ZIP_STORED)
    content = project.order_zip.read_bytes()
    project.order_zip.write_bytes(content.replace(b"Merkel", b"Murkel", 1))
    says(
        refuse(project, 3), where="order.zip", expected="a whole zip archive",
        found="CRC", next_step="fetch the file again",
    )  # fmt: skip


def test_zip_whose_packed_bytes_are_damaged(project: Project) -> None:
    content = bytearray(project.order_zip.read_bytes())
    start = content.index(ORDER.encode()) + len(ORDER)
    content[start : start + 40] = b"\xff" * 40
    project.order_zip.write_bytes(content)
    says(
        refuse(project, 3), where="order.zip", expected="a whole zip archive",
        found="cannot be read", next_step="fetch the file again",
    )  # fmt: skip


def test_encrypted_zip(project: Project) -> None:
    content = bytearray(project.order_zip.read_bytes())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(signature) + offset] |= 1
    project.order_zip.write_bytes(content)
    message = refuse(project, 3)
    assert "order.zip" in message.splitlines()[0]
    assert "encrypted" in message


def test_zip_without_the_member(project: Project) -> None:
    write_zip(project.order_zip, {"icd10cm_codes_2026.txt": GOOD, "readme.pdf": b"%PDF"})
    says(
        refuse(project, 3), where="order.zip", expected="a member named like (?!.*addend).*order.*\\.txt",
        found="icd10cm_codes_2026.txt, readme.pdf", next_step="correct its `members`",
    )  # fmt: skip


def test_empty_archive(project: Project) -> None:
    write_zip(project.order_zip, {})
    says(
        refuse(project, 3), where="order.zip", expected="a member named like", found="an empty archive",
        next_step="the file the catalogue means",
    )  # fmt: skip


def test_member_names_count_by_base_name(project: Project) -> None:
    write_zip(
        project.order_zip,
        {"2026-tabular-order/icd10cm_codes_2026.txt": b"A000 no order file", f"2026-tabular-order/{ORDER}": GOOD},
    )
    assert project.build().exit_code == 0


@pytest.mark.parametrize("page", [b"<!DOCTYPE html>\n<html>", b"\xef\xbb\xbf  <html lang='en'>", b"\r\n<HTML>"])
def test_web_page_saved_as_zip(project: Project, page: bytes) -> None:
    project.order_zip.write_bytes(page + b"<body>Page not found</body></html>")
    says(
        refuse(project, 3), where="order.zip", expected="a zip archive", found="a web page",
        next_step="correct the url and fetch again",
    )  # fmt: skip


def test_something_else_saved_as_zip(project: Project) -> None:
    project.order_zip.write_bytes(b"Rar!\x1a\x07\x01\x00")
    says(
        refuse(project, 3), where="order.zip", expected="a zip archive", found="b'Rar!", next_step="fetch again",
    )  # fmt: skip


def test_zip_bomb_by_its_ratio(project: Project) -> None:
    write_zip(project.order_zip, {ORDER: GOOD, "padding_order.txt": bytes(8 * 1024 * 1024)})
    message = refuse(project, 3)
    says(
        message, where="order.zip!padding_order.txt", expected="200 times its packed size",
        found="8,388,608 bytes, packed", next_step="do not use this file",
    )  # fmt: skip


def test_zip_bomb_by_its_declared_size(project: Project) -> None:
    declare_sizes(project.order_zip, 60 * 1024 * 1024, 600 * 1024 * 1024)
    says(
        refuse(project, 3), where=f"order.zip!{ORDER}", expected="at most 536,870,912 bytes",
        found="629,145,600 bytes", next_step="do not use this file",
    )  # fmt: skip


def test_zip_bomb_that_declares_a_small_size(project: Project) -> None:
    write_zip(project.order_zip, {ORDER: bytes(8 * 1024 * 1024)})
    packed = zipfile.ZipFile(project.order_zip).getinfo(ORDER).compress_size
    declare_sizes(project.order_zip, packed, 1000)
    says(
        refuse(project, 3), where="order.zip", expected="a whole zip archive", found="cannot be read",
        next_step="fetch the file again",
    )  # fmt: skip


def declare_sizes(path: Path, *sizes: int) -> None:
    """Writes other sizes, packed and unpacked, into the archive's directory."""
    content = bytearray(path.read_bytes())
    struct.pack_into("<II", content, content.rindex(b"PK\x01\x02") + 20, *sizes)
    path.write_bytes(content)


@pytest.mark.parametrize(
    "name", ["../icd10cm_order_2026.txt", "/etc/order.txt", "a/../../order.txt", "..\\order.txt", "C:\\order.txt"]
)
def test_member_name_that_leads_out_of_the_archive(project: Project, name: str) -> None:
    write_zip(project.order_zip, {ORDER: GOOD, name: GOOD})
    says(
        refuse(project, 3), where=f"order.zip!{name}", expected="inside the archive's own folder",
        found="a name that leads out of it", next_step="do not use this file",
    )  # fmt: skip


def test_member_name_without_parts(project: Project) -> None:
    write_zip(project.order_zip, {ORDER: GOOD, ".": b"x"})
    assert "order.zip!." in refuse(project, 3)


def test_two_members_for_one_part(project: Project) -> None:
    write_zip(project.order_zip, {ORDER: GOOD, "icd10cm_order_2025.txt": GOOD})
    says(
        refuse(project, 3), where="order.zip", expected="one member for the part 'order'",
        found=f"{ORDER}, icd10cm_order_2025.txt", next_step="make the pattern in the catalogue name one of them",
    )  # fmt: skip


def test_wrong_hash_of_an_archive(project: Project) -> None:
    pinned = "0" * 64
    entry = ORDER_SOURCE + ORDER_RELEASE + f'sha256 = "{pinned}"\n'
    (project.catalogue / "icd10cm.toml").write_text(entry, encoding="utf-8")
    found = hashlib.sha256(project.order_zip.read_bytes()).hexdigest()
    says(
        refuse(project, 3), where="order.zip", expected=f"sha256 {pinned} (pinned for icd10cm 2025-10-01)",
        found=f"sha256 {found}", next_step="raw/sources/icd10cm.toml",
    )  # fmt: skip


def test_archives_are_the_same_bytes_whenever_they_are_written(tmp_path: Path) -> None:
    """The samples themselves hold no time of day: hashes in messages can be compared."""
    archives = [write_zip(tmp_path / name, {ORDER: GOOD}).read_bytes() for name in ("a.zip", "b.zip")]
    assert archives[0] == archives[1]
    assert zipfile.ZipFile(io.BytesIO(archives[0])).read(ORDER) == GOOD
