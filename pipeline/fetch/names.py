"""Names that files and folders may have: what a page or a catalogue says is not believed as it stands."""

import re

LONGEST_NAME = 200  # bytes; file systems take 255, and ours has endings to add
RELEASE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,40}")


def is_storable(name: str) -> bool:
    """Whether a file may have the name: it stays in its folder, is not hidden, and every character of it shows.

    >>> [is_storable(name) for name in ("2027 code descriptions.zip", "../x.zip", ".x", "x\\x1b[2J.zip")]
    [True, False, False, False]
    """
    return (
        0 < len(name.encode("utf-8", "replace")) <= LONGEST_NAME
        and name.isprintable()
        and not name.startswith((".", "-", " "))
        and not {"/", "\\"} & {*name}
        and ".." not in name
    )


def is_release_name(name: str) -> bool:
    """Whether a release may have the name, which is also that of its folder."""
    return RELEASE_NAME.fullmatch(name) is not None and ".." not in name
