"""The registry of dialects: `dialects.toml` as frozen rows."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import pyarrow as pa

from pipeline.errors import UsageError
from pipeline.run.registries import read_registry

DIALECTS_FILE: Final = Path(__file__).with_name("dialects.toml")


@dataclass(frozen=True)
class Dialect:
    """One entry of `dialects.toml`; see the head of that file for what its keys mean."""

    dialect: str
    title: str
    text: str
    date: str
    flag: str
    count: str
    amount: str
    texts: str
    column: str
    create: tuple[str, ...]
    comment_on: tuple[str, ...]
    files: str
    tried: str
    load: str | None = None
    function: str | None = None
    dataset: str | None = None
    lists_can_be_required: bool = True
    takes_relative_places: bool = True
    reserved: tuple[str, ...] = ()

    def type_of(self, kind: pa.DataType) -> str:
        """What it calls a type of the schemas."""
        types = {
            pa.string(): self.text,
            pa.date32(): self.date,
            pa.bool_(): self.flag,
            pa.int32(): self.count,
            pa.float64(): self.amount,
            pa.list_(pa.string()): self.texts,
        }
        return types[kind]

    def is_required(self, field: pa.Field) -> bool:
        """Whether a column is declared as never missing."""
        return not field.nullable and (self.lists_can_be_required or not pa.types.is_list(field.type))

    def place_of(self, files: str | None) -> str:
        """Where the files lie, without a slash at the end. Raises UsageError where it cannot find the place."""
        place = (files or self.files).rstrip("/")
        if self.takes_relative_places or place.startswith("/") or ":" in place:
            return place
        raise UsageError(
            f"--files {place}: {self.title} looks for it below its own warehouse, and makes empty tables\n"
            f"  expected: a whole path or an address, such as {self.files}\n  next:     name the folder in full"
        )


@cache
def read_dialects(path: Path = DIALECTS_FILE) -> dict[str, Dialect]:
    """Every dialect by its name, in the registry's order. Raises UsageError where an entry is not one of `Dialect`."""
    return read_registry(path, "dialect", Dialect)


def choose_dialect(name: str) -> Dialect:
    """The dialect of a name. Raises UsageError where there is none."""
    if found := read_dialects().get(name.lower()):
        return found
    raise UsageError(f"--dialect {name}: no such dialect\n  next:     one of {', '.join(read_dialects())}")
