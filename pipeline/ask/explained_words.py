"""What the short words of answers mean, for readers who ask: `explained_words.toml`."""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True)
class ExplainedWord:
    """A text as answers of some commands have it, and what it means; `shown` where it is shown otherwise."""

    says: str
    of: tuple[str, ...]
    means: str
    shown: str = ""

    def __str__(self) -> str:
        return f"  {self.shown or self.says.strip(' []')}: {self.means}"


@cache
def explained_words() -> tuple[ExplainedWord, ...]:
    """Every word, in the order of the file."""
    rows = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))["word"]
    return tuple(ExplainedWord(**row | {"of": tuple(row["of"])}) for row in rows)


def words_in(text: str, command: str) -> set[ExplainedWord]:
    """The words that a piece of an answer of a command has."""
    return {each for each in explained_words() if command in each.of and each.says in text}


def explain_words(found: Iterable[ExplainedWord]) -> str:
    """What some words mean, a line each, in the order of the file; nothing where there are none."""
    known = {*found}
    lines = [str(each) for each in explained_words() if each in known]
    return "\n".join(["", "What the words mean:", *lines, ""]) if lines else ""
