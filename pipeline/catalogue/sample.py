"""What a folder of samples says of itself: that it is one, and the check figures of whole files that are not kept."""

import tomllib
from collections.abc import Mapping
from pathlib import Path

from pipeline.errors import UsageError

SAMPLE = "sample.toml"
KEYS = {"layout", "figure", "reason"}


def is_sample(raw: Path) -> bool:
    """Whether the files of a raw folder are samples, a few rows of each publisher's, as those of the excerpt are."""
    return (raw / SAMPLE).is_file()


def read_not_kept(raw: Path) -> Mapping[str, frozenset[str]]:
    """The check figures by layout, as named, that the files of a raw folder need not keep: none without sample.toml.

    Raises UsageError where an entry does not have exactly a layout, a figure and a reason.
    """
    path = raw / SAMPLE
    if not is_sample(raw):
        return {}
    try:
        entries = tomllib.loads(path.read_text(encoding="utf-8"))["not_kept"]
        pairs = [_checked(each) for each in entries]
    except (ValueError, KeyError, TypeError, AttributeError) as problem:
        raise UsageError(
            f"{path}: this does not say which check figures the files here do not keep ({problem})\n"
            f"  next:     write entries [[not_kept]] with {', '.join(sorted(KEYS))}, each a text, as in raw/excerpt"
        ) from problem
    return {layout: frozenset(figure for other, figure in pairs if other == layout) for layout, _ in pairs}


def _checked(entry: dict[str, object]) -> tuple[str, str]:
    """The layout and figure of an entry. Raises ValueError where it has other keys, or an empty or other value."""
    if set(entry) != KEYS or not all(isinstance(value, str) and value.strip() for value in entry.values()):
        raise ValueError(f"an entry has {', '.join(sorted(KEYS))}: {entry}")
    return str(entry["layout"]), str(entry["figure"])
