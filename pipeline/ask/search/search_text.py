"""Answers to a search in words, as csv and as json."""

from collections.abc import Callable
from typing import Final

from pipeline.ask.answers import ALL_ANSWERED, ANSWER_IS_NO, as_csv, as_json
from pipeline.ask.resolve_codes import HEADING, NOT_KNOWN
from pipeline.ask.search.days_of_found import VALID
from pipeline.ask.search.found_codes import FoundCode, SearchAnswer
from pipeline.errors import NotKnown

SEARCH_HEAD: Final = (
    "asked", "rank", "system", "code", "code_dotted", "title", "kind", "status", "valid_from", "valid_to", "found_in",
    "has_all_words", "today",
)  # fmt: skip
SHOWN_TODAY: Final = 3  # of the codes that one is today, on a line
NO_TEXT: Final = "(no text here)"


def exit_code_of_search(answer: SearchAnswer) -> int:
    """How the command ends: 0 where a code was found, 1 where none, 8 where of some it is not known whether they were
    valid on the day, and of none that it was."""
    if not answer.codes:
        return ANSWER_IS_NO
    statuses = {each.status for each in answer.codes}
    return NotKnown.exit_code if NOT_KNOWN in statuses and not statuses & {VALID, HEADING} else ALL_ANSWERED


def _as_table(answer: SearchAnswer) -> str:
    taken = [f"{word}: taken for {other}" for word, other in answer.corrected.items()]
    if not answer.codes:
        return "\n".join([*taken, f"{answer.asked}: no title, term or note has these words", ""])
    width = max(len(f"{each.code_dotted}  {each.system}") for each in answer.codes)
    return "\n".join([*taken, *(line for each in answer.codes for line in _lines(each, width)), ""])


def _lines(found: FoundCode, width: int) -> list[str]:
    told = [found.status.replace("_", " ")]
    told += [f"found in {_with_article(found.found_in)}"] if found.found_in != "title" else []
    told += [] if found.has_all_words else ["not with all words"]
    title = found.title or NO_TEXT
    lines = [f"{found.code_dotted + '  ' + found.system:<{width}}  {title}  [{'; '.join(told)}]"]
    if found.today:
        shown = [f"{each} {each.title or ''}".strip() for each in found.today[:SHOWN_TODAY]]
        further = len(found.today) - len(shown)
        more = f"; and {further} more" if further else ""
        lines.append(f"{'':<{width}}  today {'; '.join(shown)}{more}")
    return lines


def _with_article(kind: str) -> str:
    """A kind of text as a sentence names it; `includes` is said of a note."""
    named = {"includes": "a note of what it includes", "note": "a note of another code", "code": "the code"}
    return named.get(kind, f"an {kind}" if kind[0] in "aeiou" else f"a {kind}")


def _as_csv(answer: SearchAnswer) -> str:
    rows = [
        [answer.asked, rank, each.system, each.code, each.code_dotted, each.title, each.kind, each.status,
         each.valid_from, each.valid_to, each.found_in, each.has_all_words, "; ".join(map(str, each.today))]
        for rank, each in enumerate(answer.codes, 1)
    ]  # fmt: skip
    return as_csv([SEARCH_HEAD, *rows])


def _as_json(answer: SearchAnswer) -> str:
    codes = [vars(each) | {"today": [vars(one) for one in each.today]} for each in answer.codes]
    return as_json({"asked": answer.asked, "corrected": answer.corrected, "codes": codes}) + "\n"


SEARCH_FORMATS: Final[dict[str, Callable[[SearchAnswer], str]]] = {
    "table": _as_table,
    "csv": _as_csv,
    "json": _as_json,
}
