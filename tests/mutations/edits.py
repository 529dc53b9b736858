"""Mutations of the flags, days and numbers of one layout, which `edits.toml` lists."""

import tomllib
from pathlib import Path

from tests.mutations.archives import in_member
from tests.mutations.mutation import Mutation
from tests.mutations.text import edited

EDITS = Path(__file__).with_name("edits.toml")


def mutations_of(layout: str) -> list[Mutation]:
    """The mutations that are of one layout; in an archive they are of one of its members."""
    entries = tomllib.loads(EDITS.read_text(encoding="utf-8"))["edit"]
    changes = {
        each["name"]: edited(each["pattern"].encode(), each["new"].encode())
        for each in entries
        if each["layout"] == layout
    }
    return [
        each
        for name, change in changes.items()
        for each in (
            Mutation(name, change, ("text", "xml", "rtf")),
            Mutation(name, in_member(change), ("archive",)),
        )
    ]
