"""What became of one list, or of all lists in a folder, as Markdown for people and as csv for programs."""

from dataclasses import dataclass
from datetime import date
from itertools import groupby

from pipeline.ask.answers import ALL_ANSWERED, ANSWER_IS_NO, as_csv, as_json
from pipeline.ask.build import Build
from pipeline.ask.codelist.code_list import CodeList
from pipeline.ask.codelist.drift import CHANGES, LIST_CHANGE_COLUMNS, ListChange, as_rows, find_drift
from pipeline.ask.codelist.list_systems import resolve_list
from pipeline.errors import NotKnown, UsageError


@dataclass(frozen=True)
class ListDrift:
    """The changes of one list, by its name; `problem` is why it has none: it could not be read, or the build does not
    know one of the days."""

    name: str
    changes: list[ListChange]
    problem: UsageError | NotKnown | None = None

    @property
    def is_untouched(self) -> bool:
        """Whether there is nothing that anybody must do."""
        return not self.changes and not self.problem

    @property
    def problem_in_words(self) -> str:
        """The problem in one line; empty where there is none."""
        return " ".join(str(self.problem or "").split())


def drift_of_list(
    build: Build, name: str, read: CodeList | UsageError, system: str | None, days: tuple[date, date]
) -> ListDrift:
    """What became of a list from one day to another, or why nobody can say it. `system` is that of what names none."""
    try:
        if isinstance(read, UsageError):
            raise read
        return ListDrift(name, find_drift(build, resolve_list(build, read, system), *days))
    except (UsageError, NotKnown) as problem:
        return ListDrift(name, [], problem)


def exit_code_of_drift(lists: list[ListDrift]) -> int:
    """1 where any list changes or cannot be read, else 8 where a day is not known for one, else 0."""
    if any(each.changes or isinstance(each.problem, UsageError) for each in lists):
        return ANSWER_IS_NO
    return NotKnown.exit_code if any(each.problem for each in lists) else ALL_ANSWERED


def as_drift_report(lists: list[ListDrift], since: date, through: date) -> str:
    """A report of all lists: those that change first in a table, then code by code."""
    lines = [f"# Code lists from {since} to {through}", "", _in_short(lists), "", *_table(lists)]
    for each in lists:
        if not each.is_untouched:
            lines += ["", f"## {each.name}", *_problem(each)]
            lines += [
                line for concept, own in groupby(each.changes, key=_concept_of) for line in _concept(concept, [*own])
            ]
    return "\n".join(lines) + "\n"


def _problem(drift: ListDrift) -> list[str]:
    word = "Not read" if isinstance(drift.problem, UsageError) else "Not told"
    return [f"{word}: {drift.problem_in_words}"] if drift.problem else []


def _concept_of(change: ListChange) -> str:
    return change.concept


def _in_short(lists: list[ListDrift]) -> str:
    touched = sum(not each.is_untouched for each in lists)
    return f"{touched:,} of {len(lists):,} lists need a look." if touched else f"None of {len(lists):,} lists changes."


def _table(lists: list[ListDrift]) -> list[str]:
    head = ["list", *CHANGES]
    rows = [
        [each.name, *(str(sum(one.change == change for one in each.changes)) for change in CHANGES)]
        for each in lists
        if not each.problem
    ]
    return [f"| {' | '.join(cells)} |" for cells in (head, ["---"] * len(head), *rows)]


def _concept(name: str, changes: list[ListChange]) -> list[str]:
    lines = ["", f"### {name}"] if name else []
    for change, own in groupby(changes, key=lambda each: each.change):
        told = [f"- {_line(each)}" for each in own]
        lines += ["", f"{len(told):,} {CHANGES[change]}", "", *told]
    return lines


def _line(each: ListChange) -> str:
    since = f" from {each.first_day}" if each.first_day else ""
    told = each.description_after if each.description_before is None else each.description_before
    anew = f", now: {each.description_after}" if each.change == "reworded" else ""
    via = f": {' '.join(each.via)}" if each.via else ""
    share = f" {each.share:.2f}" if each.share is not None and each.share < 1 else ""
    here = ", in the list as it is written" if each.is_in_text and each.change in ("new", "review") else ""
    return f"{each.code_dotted} {told or ''}{anew} ({each.reason}{share}{via}{since}{here})"


def as_csv_of_drift(lists: list[ListDrift]) -> str:
    """A row for each change, with the list in front; of a list that was not read one that says why."""
    head = ["list", *LIST_CHANGE_COLUMNS]
    rows: list[list[object]] = []
    for each in lists:
        for row in as_rows(each.changes):
            rows.append([each.name, *(" ".join(cell) if isinstance(cell, list) else cell for cell in row.values())])
        if each.problem:
            word = "not_read" if isinstance(each.problem, UsageError) else "not_known"
            unread = dict.fromkeys(LIST_CHANGE_COLUMNS) | {"change": word, "reason": each.problem_in_words}
            rows.append([each.name, *unread.values()])
    return as_csv([head, *rows])


def as_json_of_drift(lists: list[ListDrift]) -> str:
    """An object with the changes of each list, and why one was not read."""
    told = [
        {"list": each.name, "problem": each.problem_in_words or None, "changes": as_rows(each.changes)}
        for each in lists
    ]
    return as_json({"lists": told}) + "\n"
