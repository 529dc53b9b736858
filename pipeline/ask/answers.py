"""Answers to many codes, in the order in which they were asked: each code is answered and put into words once."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Generic, Protocol, TypeVar

from pipeline.ask.answer_statuses import IS_NO, UNANSWERED
from pipeline.ask.code_questions import AnswerMany, AskedCodes, answer_by_system
from pipeline.errors import NotKnown

AT_ONCE: Final = 25_000  # codes that are answered together: every question has its fixed cost, every answer its room
ASKED_AT_ONCE: Final = 100_000  # codes of a piece, where the words of all of them would take too much room
WRITTEN_AT_ONCE: Final = 5_000  # and written together: a piece of 70 MB cost more time than the words in it
WORDS_KEPT: Final = 400_000  # distinct codes whose words are kept: some 200 MB
ALL_ANSWERED, ANSWER_IS_NO = 0, 1


class HasStatus(Protocol):
    """An answer: what can be said of it in a word."""

    @property
    def status(self) -> str:
        """The word."""


AnyAnswer = TypeVar("AnyAnswer", bound=HasStatus)


@dataclass(frozen=True)
class AnswerFormat(Generic[AnyAnswer]):
    """How answers are written: what stands before them, each of them, what stands between two, and behind."""

    head: str
    one: Callable[[AnyAnswer], str]
    between: str
    foot: str


class WrittenAnswers(Generic[AnyAnswer]):
    """The answers to some codes as text, in pieces that fit into memory; and which kinds of answers there were."""

    def __init__(
        self,
        asked: AskedCodes,
        answer: AnswerMany[AnyAnswer],
        form: AnswerFormat[AnyAnswer],
    ) -> None:
        """`answer` has one answer for each of some codes of one system, or of none that is named, with their days."""
        self._asked, self._answer, self._form = asked, answer, form
        self._statuses: set[str] = set()

    def __iter__(self) -> Iterator[str]:
        """The text, piece by piece."""
        form, told, order = self._form, dict[int, str](), self._asked.order
        at_once = max(len(order), 1) if len(self._asked.distinct) <= WORDS_KEPT else ASKED_AT_ONCE
        for start in range(0, len(order), at_once):
            piece = order[start : start + at_once]
            if len(told) > WORDS_KEPT:
                told.clear()
            self._put_into_words([each for each in dict.fromkeys(piece) if each not in told], told)
            for at in range(0, len(piece), WRITTEN_AT_ONCE):
                words = [told[each] for each in piece[at : at + WRITTEN_AT_ONCE]]
                yield (form.between if start or at else form.head) + form.between.join(words)
        yield form.foot

    def _put_into_words(self, places: list[int], told: dict[int, str]) -> None:
        for start in range(0, len(places), AT_ONCE):
            some = places[start : start + AT_ONCE]
            answers = answer_by_system([self._asked.distinct[each] for each in some], self._answer)
            self._statuses.update(each.status for each in answers)
            told |= zip(some, map(self._form.one, answers), strict=True)

    @property
    def exit_code(self) -> int:
        """How a command ends that has written them: 1 where any is a no, else 8 where any is not known."""
        if self._statuses & IS_NO:
            return ANSWER_IS_NO
        return NotKnown.exit_code if self._statuses & UNANSWERED else ALL_ANSWERED


def as_csv(rows: Iterable[Iterable[object]]) -> str:
    """Rows as csv, as the files of a build are: text quoted, a missing value empty and unquoted, true and false."""
    return "".join(",".join(map(_field, row)) + "\n" for row in rows)


def _field(value: object) -> str:
    """Nobody says nothing with an empty text: it is a missing value. Most values are text or missing."""
    if value is None or value == "":
        return ""
    if isinstance(value, str):
        return '"' + value.replace('"', '""') + '"'
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int | float | date) else _field(str(value))


def as_json(answer: dict[str, Any]) -> str:
    """An object on a line of its own."""
    return json.dumps(answer, ensure_ascii=False, default=str)
