"""A sample of each part of each layout: a file of the excerpt, made whole where the excerpt has but some rows of it, or
one of `made_samples`."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pyarrow as pa

from pipeline.catalogue.sample import read_not_kept
from pipeline.catalogue.sources import read_catalogue
from pipeline.catalogue.survey import RawFile, RawRelease, survey_raw
from pipeline.ingest import TextFrame
from pipeline.ingest.archive import open_members
from pipeline.ingest.check_figures import require_figures
from pipeline.ingest.workbook import is_workbook
from pipeline.layouts import LAYOUTS
from tests.mutations.made_samples import INSTEAD_OF_THE_EXCERPT, MADE_SAMPLES, RELEASE_ARCHIVE, WHOLE_FILES
from tests.normalise.frames import delivery_of
from tests.samples import EXCERPT

ARCHIVE = "archive"  # what the release of any layout can come in


@dataclass(frozen=True)
class Sample:
    """A file that is read, with its layout and part, the name that messages must tell, and how it is read.

    `form` is text, xml, rtf, workbook, archive (a zip whose members are text) or release (the archive of a release).
    """

    layout: str
    part: str
    where: str
    raw: bytes
    read: Callable[[str, bytes], pa.Table]

    @property
    def name(self) -> str:
        """Layout and part, as documents and declarations have them; a workbook is a sample of its own."""
        return f"{self.layout}.{self.part}" + (
            ".workbook" if self.form == "workbook" and self.part != "workbook" else ""
        )

    @property
    def form(self) -> str:
        """By its first bytes."""
        if self.layout == ARCHIVE:
            return "release"
        if is_workbook(self.raw):
            return "workbook" if b"xl/workbook.xml" in self.raw else "archive"
        return "rtf" if self.raw.startswith(b"{\\rtf") else "xml" if self.raw.startswith(b"<?xml") else "text"


def sample_of(layout: str, part: str, name: str, raw: bytes, not_kept: frozenset[str] = frozenset()) -> Sample:
    """A sample that is read as a build does it: by the reader of its part, by the figures of whole files, and by the
    rules that need no other part."""
    own = LAYOUTS[layout]

    def read(where: str, mutated: bytes) -> pa.Table:
        table = own.readers[part](where, mutated)
        require_figures(where, table, own.figures.get(part, ()), not_kept)
        if own.conversions:
            own.conversions(TextFrame(part, where, table), "2025-10-01")
        if own.sections:
            own.sections(TextFrame(part, where, table))
        return table

    return Sample(layout, part, name, raw, read)


@cache
def samples_of(layout: str) -> tuple[Sample, ...]:
    """The samples of one layout: of the excerpt one for each part, the newest, and those that are made."""
    if layout == ARCHIVE:
        return (Sample(ARCHIVE, "release", "order.zip", RELEASE_ARCHIVE, read_release_archive),)
    not_kept = read_not_kept(EXCERPT).get(layout, frozenset())
    made = [sample_of(layout, part, name, raw) for (own, part, name), raw in MADE_SAMPLES.items() if own == layout]
    found = {part: (_base_name(where), raw) for part, where, raw in _parts_of_the_excerpt(layout)}
    taken = [
        sample_of(layout, part, name, WHOLE_FILES[layout, part](raw))
        if (layout, part) in WHOLE_FILES
        else sample_of(layout, part, name, raw, not_kept)
        for part, (name, raw) in found.items()
        if (layout, part) not in INSTEAD_OF_THE_EXCERPT
    ]
    return (*taken, *made)


def read_release_archive(where: str, raw: bytes) -> pa.Table:
    """The order file of a release that is an archive."""
    layout = LAYOUTS["order_file"]
    (member,) = open_members(_icd10cm(), RawFile(Path(where), raw, ""), wanted={"order"})
    table = layout.readers["order"](member.where, member.raw)
    require_figures(member.where, table, layout.figures["order"])
    return table


@cache
def _releases_of_the_excerpt() -> list[RawRelease]:
    return survey_raw(EXCERPT, read_catalogue()).in_use()


@cache
def _icd10cm() -> RawRelease:
    return delivery_of("icd10cm")


def _parts_of_the_excerpt(layout: str) -> Iterator[tuple[str, str, bytes]]:
    """Part, name and bytes of every file of a layout, older releases first."""
    for delivery in sorted(_releases_of_the_excerpt(), key=lambda each: each.release.effective_from):
        if delivery.source.layout == layout:
            for path in delivery.paths:
                file = delivery.read_file(path)
                for member in open_members(delivery, file, wanted=LAYOUTS[layout].readers):
                    yield member.part, member.where, member.raw


def _base_name(where: str) -> str:
    return re.split(r"[/!\\]", where)[-1]
