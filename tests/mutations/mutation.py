"""A mutation: a name, the forms of files that it is for, and what it does to bytes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import TypeVar

Item = TypeVar("Item")
Change = Callable[[bytes, Random], bytes]


@dataclass(frozen=True)
class Mutation:
    """What is done to a file of one of the forms (see `samples.Sample.form`).

    The same bytes and the same random numbers give the same bytes. Bytes that come back as they were say that there is
    nothing to do in this file: it has no tab, say.
    """

    name: str
    change: Change
    forms: tuple[str, ...] = ("text",)


def place(random: Random, count: int) -> int:
    """A number from 0 to `count` - 1. The only draw that is the same in every version of Python is that of a float."""
    return int(random.random() * count)


def one_of(random: Random, items: Sequence[Item]) -> Item:
    """One of the items."""
    return items[place(random, len(items))]
