"""The index of texts of a build, as `pipeline.export.search_index` writes it: which texts have some words."""

import sqlite3
from array import array
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from pipeline.ask.build_files import BUILD_AGAIN, damaged, find_damaged, is_missing
from pipeline.errors import UnreadableBuild

INDEX_FILE: Final = "search.sqlite"
MATCHING: Final = "select rowid from texts where texts match ? order by rowid limit ?"
# By how much a text of a kind costs more than a title of as many words: `further` of export/further_texts.sql.
FURTHER_KINDS: Final = {"product": 1, "former title": 1, "includes": 1, "note": 3}
STARTING: Final = "select word from words where word >= ? and word < ? order by times desc, word limit ?"
OF_LENGTH: Final = "select word, times from words where length(word) between ? and ? and substr(word, 1, 1) = ?"


class TextIndex:
    """The texts of a build by their words; `with` closes it. Texts are known by row ids, the likeliest answer first."""

    def __init__(self, folder: Path) -> None:
        """`folder` is that of a build. Raises UnreadableBuild where it is gone, or an older version made the build."""
        path = folder / INDEX_FILE
        if is_missing(folder, INDEX_FILE):
            raise damaged(path, "the file is gone")
        if not path.is_file():
            raise UnreadableBuild(f"this build was made by an older version: it has no {INDEX_FILE}{BUILD_AGAIN}")
        self._path = path
        self._index = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)

    def __enter__(self) -> Self:
        """Itself, to be asked."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, at: TracebackType | None
    ) -> None:
        """Closes the file. Raises UnreadableBuild in the place of what came of other bytes than it was written with."""
        self._index.close()
        if isinstance(problem, (LookupError, ValueError)) and (found := find_damaged(self._path.parent, [INDEX_FILE])):
            raise found from problem

    def matching(self, expression: str, at_most: int) -> list[int]:
        """The first row ids of the texts that fit an expression of FTS5."""
        return [row for (row,) in self._ask(MATCHING, expression, at_most)]

    def frequency(self, words: list[str]) -> dict[str, int]:
        """How often each of some words stands in the texts; words that stand in none are left out."""
        places = ",".join("?" * len(words))
        rows = self._ask(f"select word, times from words where word in ({places})", *words)
        return {str(word): count for word, count in rows}

    def starting_with(self, part: str, at_most: int) -> list[str]:
        """The words that start with a part of one, the most frequent first."""
        return [str(word) for (word,) in self._ask(STARTING, part, part + "\x7f", at_most)]

    def of_length(self, shortest: int, longest: int, first: str) -> list[tuple[str, int]]:
        """The words of a length that start with a letter, each with how often it stands."""
        return [(str(word), count) for word, count in self._ask(OF_LENGTH, shortest, longest, first)]

    @cached_property
    def numbers(self) -> "array[int]":
        """Of each text the number of its code's row in `codes`, from 0; the text of row id 1 comes first."""
        return self._column("number", "I")[1]

    @cached_property
    def costs(self) -> "array[int]":
        """Of each text how far it is from the plainest one."""
        return self._column("cost", "B")[1]

    @cached_property
    def kinds(self) -> tuple[list[str], "array[int]"]:
        """The kinds of texts, and of each text the number of its kind among them."""
        names, numbers = self._column("found_in", "B")
        return names.split(","), numbers

    def further(self, text: int) -> int:
        """By how much a text is further than a title of as many words, by its kind."""
        names, numbers = self.kinds
        return FURTHER_KINDS.get(names[numbers[text - 1]], 0)

    def _column(self, name: str, form: str) -> tuple[str, "array[int]"]:
        ((kinds, raw),) = self._ask("select kinds, numbers from columns_of_texts where name = ?", name)
        values = array(form)
        values.frombytes(raw)
        return kinds, values

    def _ask(self, question: str, *values: str | int) -> list[Any]:
        try:
            return self._index.execute(question, values).fetchall()
        except sqlite3.DatabaseError as problem:
            raise damaged(self._path, str(problem)) from problem
