"""Small raw folders in the publishers' layouts, with a catalogue of their own, for tests to build from and to break."""

import hashlib
import shutil
import zipfile
from dataclasses import dataclass
from pathlib import Path

from typer.testing import CliRunner, Result

from pipeline import PROJECT
from pipeline.catalogue.sample import SAMPLE
from pipeline.catalogue.survey import NOT_RAW
from pipeline.cli import app

EXCERPT = PROJECT / "raw" / "excerpt"
SOURCES = PROJECT / "raw" / "sources"


def order_line(number: int, code: str, flag: int, title: str, long_title: str | None = None) -> str:
    """One line of an order file, without its end."""
    return f"{number:05} {code:<7} {flag} {title:<60} {long_title or title}"


ORDER_LINES = (
    order_line(1, "A00", 0, "Cholera"),
    order_line(2, "A000", 1, "Cholera due to Vibrio cholerae 01, biovar cholerae"),
    order_line(3, "A009", 1, "Cholera, unspecified"),
    order_line(4, "C4A", 0, "Merkel cell carcinoma"),
    order_line(5, "C4A0", 1, "Merkel cell carcinoma of lip"),
    order_line(6, "U071", 1, "COVID-19"),
)


def before_the_last(*lines: str) -> bytes:
    """The good order file with other lines before its last one, numbered from 1."""
    together = [*ORDER_LINES[:-1], *lines, ORDER_LINES[-1]]
    return text_of([f"{number:05}{line[5:]}" for number, line in enumerate(together, 1)])


def text_of(lines: tuple[str, ...] | list[str], end: str = "\r\n") -> bytes:
    """Lines as the bytes of a file."""
    return "".join(line + end for line in lines).encode("ascii")


def anweb_record(
    code: str, sequence: int, record_id: int, text: str, *, short: str = "", betos: str = "", days: str = ""
) -> str:
    """One record of an ANWEB file; `days` are the columns from 269 on: added, action effective, terminated, action."""
    start = f"{code:>5}{sequence:05}{record_id}{text:<80}{short:<28}"
    return f"{start:<256}{betos:<3}{'':9}{days:<25}".ljust(320)


def write_zip(path: Path, members: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> Path:
    """A zip archive of the members by name, the same bytes every time."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content, compression)
    return path


@dataclass(frozen=True)
class Project:
    """A raw folder, a catalogue of it and an output folder, apart from those of the project."""

    raw: Path
    catalogue: Path
    output: Path

    def build(self, *options: str) -> Result:
        """Runs `crosswalk build` on it, in this process."""
        return run("build", *self.options, *options)

    @property
    def options(self) -> tuple[str, ...]:
        """The options that name its three folders."""
        return "--raw", str(self.raw), "--catalogue", str(self.catalogue), "--output", str(self.output)

    @property
    def order_zip(self) -> Path:
        """The archive that the catalogue's only release of ICD-10-CM is."""
        return self.raw / "icd10cm" / "2025-10-01" / "order.zip"

    def write_order(self, content: bytes, member: str = "icd10cm_order_2026.txt") -> Path:
        """Puts one order file into the archive of ICD-10-CM."""
        return write_zip(self.order_zip, {member: content})


ORDER_SOURCE = r"""
source = "icd10cm"
title = "ICD-10-CM code descriptions"
publisher = "NCHS/CDC, CMS"
licence = "US government work"
licensed = false
layout = "order_file"
systems = ["ICD10CM"]
cadence = ["04-01", "10-01"]

[members]
order = '(?!.*addend).*order.*\.txt'
addenda = '.*order.*addend.*\.txt'
"""
ORDER_RELEASE = """
[[release]]
release = "2025-10-01"
label = "FY2026"
file = "order.zip"
"""


def make_project(folder: Path) -> Project:
    """A project of one source with one release: an official-style folder with one good order file in a zip."""
    project = Project(folder / "raw", folder / "sources", folder / "output")
    project.catalogue.mkdir(parents=True)
    (project.catalogue / "icd10cm.toml").write_text(ORDER_SOURCE + ORDER_RELEASE, encoding="utf-8")
    project.write_order(text_of(ORDER_LINES))
    return project


def copy_excerpt(folder: Path, *sources: str) -> Project:
    """A copy of some sources of the excerpt, with the hashes of the copies and the project's own catalogue."""
    project = Project(folder / "raw", SOURCES, folder / "output")
    for source in sources:
        shutil.copytree(EXCERPT / source, project.raw / source)
    shutil.copy(EXCERPT / SAMPLE, project.raw)  # what the excerpt does not keep
    write_sums(project.raw)
    return project


def write_sums(raw: Path) -> None:
    """SHA256SUMS of a raw folder, for the files as they are now."""
    files = sorted(path for path in raw.rglob("*") if path.is_file() and path.name not in NOT_RAW)
    lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(raw).as_posix()}\n" for path in files]
    (raw / "SHA256SUMS").write_text("".join(lines), encoding="utf-8")


def run(*arguments: str) -> Result:
    """Runs `crosswalk` in this process."""
    return CliRunner().invoke(app, list(arguments))


def hashes(folder: Path) -> dict[str, str]:
    """The hash of every file below a folder, by its path."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
