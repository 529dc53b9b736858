"""A project of one source whose file a publisher posts, and the commands that get it."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from typer.testing import Result

from tests.publisher import Publisher
from tests.samples import ORDER_LINES, ORDER_SOURCE, Project, hashes, order_line, run, text_of, write_zip

URL = "https://www.cms.gov/files/zip/order.zip"
KEY = "icd10cm/2025-10-01/order.zip"
ENTRY = f"""
[[release]]
release = "2025-10-01"
label = "FY2026"
file = "order.zip"
url = "{URL}"
"""
LATER = ENTRY.replace("2025-10-01", "2026-10-01").replace("order.zip", "later.zip").replace("FY2026", "FY2027")
LATER_URL = URL.replace("order", "later")
MEMBER = "icd10cm_order_2026.txt"


def order_zip(folder: Path, *more: str) -> bytes:
    """A good order file, with more codes where lines are given: numbered from 7 on."""
    return write_zip(folder / "made.zip", {MEMBER: text_of([*ORDER_LINES, *more])}).read_bytes()


NEW_CODE = order_line(7, "U999", 1, "New")


@dataclass(frozen=True)
class Site:
    """A project, and the publisher of its files."""

    project: Project
    publisher: Publisher

    @property
    def raw(self) -> Path:
        """The raw folder."""
        return self.project.raw

    @property
    def stored(self) -> Path:
        """Where the file goes."""
        return self.raw / KEY

    def fetch(self, *options: str) -> Result:
        """Runs `crosswalk fetch` in this process."""
        return run("fetch", *self.options[:4], *self.options[6:], *(options or ("--all",)))

    def refresh(self, *options: str) -> Result:
        """Runs `crosswalk refresh` in this process."""
        return run("refresh", *self.options, *options)

    @property
    def options(self) -> tuple[str, ...]:
        """The options that name the project's folders and the publisher."""
        return (*self.project.options, "--mirror", self.publisher.address)

    def write_entry(self, text: str) -> None:
        """Puts other releases into the catalogue."""
        (self.project.catalogue / "icd10cm.toml").write_text(ORDER_SOURCE + text, encoding="utf-8")

    def post_later(self, *more: str) -> None:
        """The next release appears, with more codes where lines are given: its entry in the catalogue and its file."""
        self.write_entry(ENTRY + LATER)
        self.publisher.files[LATER_URL] = order_zip(self.raw.parent, *more)

    def pin(self) -> None:
        """Pins the content that is posted now in the catalogue."""
        content = self.publisher.files[URL]
        assert isinstance(content, bytes)
        digest = hashlib.sha256(content).hexdigest()
        self.write_entry(f'{ENTRY}sha256 = "{digest}"\nbytes = {len(content)}\n')

    def raw_files(self) -> set[str]:
        """The files of the raw folder that are not ours."""
        return {name for name in hashes(self.raw) if not name.startswith(".")} if self.raw.is_dir() else set()
