"""Whether fetched bytes are what their name claims, and the member that is taken out of a zip."""

import codecs
import re
import shutil
import zipfile
import zlib
from collections.abc import Collection
from pathlib import Path, PurePosixPath

from pipeline.errors import RawFileError

BYTES_LOOKED_AT = 4096
LARGEST_MEMBER = 512 * 1024 * 1024
PAGE = re.compile(rb"<!doctype\s+html|<html[\s>]", re.IGNORECASE)
UTF_16_BOMS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
TEXT_SUFFIXES = {".txt", ".csv", ".sas", ".xml", ".rtf", ".tsv"}
MAGIC = {".xls": b"\xd0\xcf\x11\xe0", ".pdf": b"%PDF", ".rtf": b"{\\rtf"}
AGAIN = "open the landing page of the source: the address is no longer that of the file"


class WebPage(RawFileError):
    """A page where a file should be: what publishers answer, with status 200, to a wrong address."""


def check_content(path: Path, name: str, url: str, members: Collection[str] = ()) -> None:
    """Raises RawFileError where the bytes at `path` are not what a file called `name` holds.

    `members` are patterns: a zip must hold at least one file whose name fits one of them.
    """
    suffix = PurePosixPath(name).suffix.lower()
    with path.open("rb") as file:
        start = file.read(BYTES_LOOKED_AT)
    if PAGE.search(start) and suffix not in {".htm", ".html"}:
        raise WebPage(url, f"{name}: a file", "a web page", AGAIN)
    if suffix in {".zip", ".xlsx"}:
        _check_zip(path, name, url, members if suffix == ".zip" else [r"workbook\.xml"])
    elif suffix in MAGIC and not start.startswith(MAGIC[suffix]):
        raise RawFileError(url, f"{name}: a file of that kind", f"{start[:8]!r} at its start", AGAIN)
    elif suffix in TEXT_SUFFIXES and (not start or (b"\0" in start and not start.startswith(UTF_16_BOMS))):
        raise RawFileError(url, f"{name}: text", f"{start[:8]!r} at its start", AGAIN)


def _check_zip(path: Path, name: str, url: str, members: Collection[str]) -> None:
    found = _names_in(path, name, url)
    patterns = [re.compile(pattern, re.IGNORECASE) for pattern in members]
    if patterns and not any(pattern.fullmatch(PurePosixPath(each).name) for pattern in patterns for each in found):
        raise RawFileError(
            where=url,
            expected=f"{name} with a member named like " + " or ".join(members),
            found=", ".join(found[:5]) or "no member",
            next_step="see whether the publisher renamed it: correct `members` in the catalogue, or `url`",
        )


def _names_in(path: Path, name: str, url: str) -> list[str]:
    try:
        with zipfile.ZipFile(path) as archive:
            return [info.filename for info in archive.infolist() if not info.is_dir()]
    except (zipfile.BadZipFile, OSError, ValueError) as problem:
        found = f"{path.stat().st_size:,} bytes that are none ({problem})"
        raise RawFileError(url, f"{name}: a whole archive", found, AGAIN) from problem


def take_member(archive: Path, pattern: str, target: Path, url: str) -> None:
    """Writes the one member of a zip whose path fits a pattern to `target`. Raises RawFileError where it is not one."""
    fits = re.compile(pattern, re.IGNORECASE)
    names = [each for each in _names_in(archive, "a zip", url) if fits.fullmatch(each)]
    with zipfile.ZipFile(archive) as opened:
        infos = [opened.getinfo(each) for each in names]
        if len(infos) != 1 or infos[0].file_size > LARGEST_MEMBER:
            found = f"{len(infos)}" if len(infos) != 1 else f"one of {infos[0].file_size:,} bytes"
            raise RawFileError(url, f"one member like {pattern}", found, "correct `unpack` in the catalogue")
        try:
            with opened.open(infos[0]) as source, target.open("wb") as file:
                shutil.copyfileobj(source, file)  # ends at the size stated in the archive, whatever is packed there
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as problem:
            found = f"one that cannot be read ({problem})"
            raise RawFileError(url, f"the member {names[0]}", found, AGAIN) from problem
