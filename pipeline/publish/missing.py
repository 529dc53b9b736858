"""What a build lacks that the publishers should have: named in CHANGES.md and changes.json, outside of its bytes.

The same files make the same build whatever could not be had, so it stands in the reports of how a build came about. It
is written anew by each refresh, for the build that people have too.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from pipeline.publish.place import REPORTS
from pipeline.run.files import write_whole
from pipeline.run.printable import as_markdown

NOT_HERE = "\n## Not here\n"


@dataclass(frozen=True, order=True)
class MissingFile:
    """A file of the catalogue that no build can be made with, since it could not be had; and why, in words."""

    source: str
    release: str
    file: str
    url: str
    why: str


def record_missing(build: Path, missing: Sequence[MissingFile]) -> None:
    """Names in the reports of a build what is missing; leaves them as they are where they say the same."""
    page, machine = (build / name for name in REPORTS)
    if not machine.is_file() or not page.is_file():
        return  # made by `crosswalk build`, which compares with nothing and asks nobody
    content = json.loads(machine.read_text(encoding="utf-8"))
    rows = [asdict(each) for each in sorted(missing)]
    if content.get("missing") != rows:
        own = page.read_text(encoding="utf-8").partition(NOT_HERE)[0]
        write_whole(page, own + _as_section(sorted(missing)))
        write_whole(machine, json.dumps({**content, "missing": rows}, indent=1, ensure_ascii=False) + "\n")


def _as_section(missing: Sequence[MissingFile]) -> str:
    if not missing:
        return ""
    rows = "".join(
        f"| {as_markdown(each.source)} | {as_markdown(each.release)} | {each.url.replace('|', '%7C')} "
        f"| {as_markdown(each.why)} |\n"
        for each in missing
    )
    return (
        f"{NOT_HERE}\nFiles of the catalogue that tables are made from and that could not be had. What the tables say "
        "is right without them; what only these files say is not in it.\n\n"
        f"| source | release | address | why |\n|---|---|---|---|\n{rows}"
    )
