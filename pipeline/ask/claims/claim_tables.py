"""Temporary tables of somebody's connection, made one after the other by questions in SQL, and dropped together."""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from pipeline.ask.build import DuckConnection

PARAMETER = re.compile(r"\$(\w+)")
RuleColumns = dict[str, list[Any]]  # columns of a small table by name


class ClaimTables:
    """Temporary tables of a connection, whose names begin with `claims_`; `values` are those of `$names` in any step.

    `with` drops them at the end, whatever happens.
    """

    def __init__(self, connection: DuckConnection, values: Mapping[str, Any]) -> None:
        self._connection = connection
        self._values = values
        self._made: list[str] = []

    def __enter__(self) -> "ClaimTables":
        """Itself, to make tables by."""
        return self

    def __exit__(self, *problem: object) -> None:
        """Drops the tables."""
        for name in dict.fromkeys(self._made):
            self._connection.execute(f"drop table if exists claims_{name}")

    def make(self, name: str, sql: str, **values: Any) -> None:
        """Makes a table of the answer to a question."""
        self._made.append(name)
        self._ask(f"create or replace temp table claims_{name} as {sql}", values)

    def add(self, name: str, sql: str, **values: Any) -> None:
        """Adds the answer to a question to a table, column by column in their order."""
        self._ask(f"insert into claims_{name} {sql}", values)

    def make_of_each(self, name: str, sql: str, of_each: Iterable[Mapping[str, Any]]) -> None:
        """Makes a table of the answers to a question that is asked several times, at least once, with other values."""
        first, *others = of_each
        self.make(name, sql, **first)
        for values in others:
            self.add(name, sql, **values)

    def make_steps(self, *names: str) -> None:
        """Makes the table of each of some steps."""
        for name in names:
            self.make(name, read_step(name))

    def make_of_columns(self, name: str, columns: RuleColumns) -> None:
        """Makes a table of its columns."""
        self.make(name, f"select {', '.join(f'unnest(${each}) as {each}' for each in columns)}", **columns)

    def make_words(self, name: str, words: Iterable[str]) -> None:
        """Makes a type of some words, in their order."""
        listed = ", ".join(f"'{each}'" for each in words)
        self._connection.execute(f"create or replace temp type claims_{name} as enum ({listed})")

    def _ask(self, question: str, values: Mapping[str, Any]) -> None:
        self._connection.execute(question, values_in(question, {**self._values, **values}))


def values_in(question: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Those of some values that a question names."""
    return {name: values[name] for name in set(PARAMETER.findall(question))}


@cache
def read_step(name: str) -> str:
    """The question of a step: the SQL file of its name beside this one, which says what a row of it is."""
    return Path(__file__).with_name(f"{name}.sql").read_text(encoding="utf-8")
