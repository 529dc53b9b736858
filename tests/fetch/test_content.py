"""Fetched bytes that are what their name claims, and those that are not."""

import zipfile
from pathlib import Path

import pytest

from pipeline.errors import RawFileError
from pipeline.fetch.content import WebPage, check_content, take_member
from tests.samples import write_zip

URL = "https://www.cms.gov/files/zip/x.zip"
WORKBOOK = {"xl/workbook.xml": b"<workbook/>"}


def written(folder: Path, content: bytes | dict[str, bytes]) -> Path:
    path = folder / "fetched"
    if isinstance(content, dict):
        return write_zip(path, content)
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("order.zip", {"a/icd10cm_order_2026.txt": b"x"}),
        ("ORDER.ZIP", {"icd10cm_ORDER_2026.TXT": b"x"}),
        ("table.xlsx", WORKBOOK),
        ("list.txt", b"A00  Cholera\r\n"),
        ("list.txt", "A00  Cholera\r\n".encode("utf-16")),
        ("list.csv", b"code,title\n"),
        ("tab.rtf", rb"{\rtf1 Cholera}"),
        ("old.xls", b"\xd0\xcf\x11\xe0rest"),
        ("page.html", b"<html></html>"),
    ],
)
def test_what_its_name_claims_is_accepted(tmp_path: Path, name: str, content: bytes | dict[str, bytes]) -> None:
    check_content(written(tmp_path, content), name, URL, [r".*order.*\.txt"])


@pytest.mark.parametrize(
    ("name", "content", "found"),
    [
        ("order.zip", b"PK\x03\x04 cut short", "that are none"),
        ("order.zip", b"", "0 bytes"),
        ("order.zip", {"readme.txt": b"x"}, "readme.txt"),
        ("order.zip", {}, "no member"),
        ("table.xlsx", {"word/document.xml": b"x"}, "word/document.xml"),
        ("table.xlsx", b"code,title", "that are none"),
        ("list.txt", b"PK\x03\x04\x00\x00", "at its start"),
        ("list.csv", b"", "at its start"),
        ("tab.rtf", b"Cholera", "at its start"),
    ],
)
def test_what_is_something_else_is_refused(
    tmp_path: Path, name: str, content: bytes | dict[str, bytes], found: str
) -> None:
    with pytest.raises(RawFileError, match=found) as problem:
        check_content(written(tmp_path, content), name, URL, [r".*order.*\.txt"])
    assert problem.value.exit_code == 3
    assert "next:" in str(problem.value)


@pytest.mark.parametrize("name", ["a.zip", "a.xlsx", "a.txt", "a.csv", "a.rtf", "a.bin"])
@pytest.mark.parametrize("page", [b"<!DOCTYPE html><p>Not found", b"\r\n\xef\xbb\xbf<HTML lang='en'>", b"<html>"])
def test_web_page_is_refused_under_every_name(tmp_path: Path, name: str, page: bytes) -> None:
    with pytest.raises(WebPage):
        check_content(written(tmp_path, page), name, URL)


def test_member_with_a_wrong_checksum_is_refused(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "fetched", {"one.txt": b"content of it"}, zipfile.ZIP_STORED)
    path.write_bytes(path.read_bytes().replace(b"content of it", b"CONTENT of it"))
    with pytest.raises(RawFileError, match="cannot be read"):
        take_member(path, "one.txt", tmp_path / "out", URL)


def test_member_of_absurd_size_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from pipeline.fetch import content

    monkeypatch.setattr(content, "LARGEST_MEMBER", 10)
    path = write_zip(tmp_path / "fetched", {"one.txt": bytes(1000)})
    with pytest.raises(RawFileError, match="one of 1,000 bytes"):
        take_member(path, "one.txt", tmp_path / "out", URL)
    assert not (tmp_path / "out").exists()
