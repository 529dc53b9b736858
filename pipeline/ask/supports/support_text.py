"""Answers on coverage as text: a table for people, csv and json for programs."""

from collections.abc import Iterator
from typing import Final

from pipeline.ask.answers import AnswerFormat, as_csv, as_json
from pipeline.ask.supports.policy_answers import UNLISTED
from pipeline.ask.supports.support_answer import Policy, PolicyRow, Support

IN_WORDS: Final = {
    "covered": "covered",
    "denied": "denied",
    "not_supporting": "does not support medical necessity",
    "no_policy": "not known",
    "same_document": "not known",
    "not_known": "not known",
}
OF_PAIR: Final = ["procedure", "diagnosis", "status", "reason", "on", "meaning"]
OF_POLICY: Final = [
    "policy", "title", "publisher", "kind", "known_from", "known_through", "effective_from", "source_file",
    "contractors", "states",
]  # fmt: skip
OF_ROW: Final = ["code_group", "code", "answer", "valid_from", "valid_to", "printed", "line"]
SUPPORT_HEAD: Final = [*OF_PAIR, *OF_POLICY, *OF_ROW]


def _paragraph(found: Support) -> str:
    """The pair and the answer, who says so, and the row that says it."""
    meaning = f" ({found.meaning})" if found.meaning else ""
    day = f" on {found.on}" if found.on else ""
    lines = [f"{found.procedure} with {found.diagnosis}{meaning}{day}: {IN_WORDS.get(found.status, found.status)}"]
    if found.reason:
        lines.append(f"  {found.reason}")
    if found.policy:
        policy = found.policy
        lines.append(f"  by {policy.policy}, {policy.title} ({policy.held_by})")
        lines += [f"  {_place(policy, found.row)}"] if found.row else []
    return "\n".join(lines)


def _place(policy: Policy, row: PolicyRow) -> str:
    listed = "every other code" if row.code == UNLISTED else row.printed or row.code
    days = f", from {row.valid_from}" if row.valid_from else ""
    days += f" to {row.valid_to}" if row.valid_to else f", known through {policy.known_through}"
    return f"row {row.line} of {policy.source_file}: {listed}{days}"


def _fields(found: Support) -> dict[str, object]:
    own = {name: getattr(found, name) for name in OF_PAIR}
    of_policy = {name: getattr(found.policy, name, None) for name in OF_POLICY}
    return own | of_policy | {name: getattr(found.row, name, None) for name in OF_ROW}


def _rows(found: Support) -> Iterator[list[object]]:
    yield ["; ".join(each) if isinstance(each, list) else each for each in _fields(found).values()]


# For people a paragraph for each policy that speaks of a pair; csv a row, json an object.
SUPPORT_FORMATS: dict[str, AnswerFormat[Support]] = {
    "table": AnswerFormat("", _paragraph, "\n\n", "\n"),
    "csv": AnswerFormat(as_csv([SUPPORT_HEAD]), lambda found: as_csv(_rows(found)), "", ""),
    "json": AnswerFormat("[\n", lambda found: as_json(_fields(found)), ",\n", "\n]\n"),
}


def write_answers(answers: list[Support], form: str) -> str:
    """Some answers as text."""
    chosen = SUPPORT_FORMATS[form]
    return chosen.head + chosen.between.join(map(chosen.one, answers)) + chosen.foot
