"""Translations as text: a table for people, csv and json for programs."""

import csv
import io
import json
from collections.abc import Callable, Iterator
from dataclasses import asdict
from itertools import islice

from pipeline.ask.translate.model import Target, Translation

ALTERNATIVES_SHOWN = 20
OF_SOURCE = ["asked", "status", "reason", "system", "code", "code_dotted", "crosswalk", "target_system"]
OF_TARGET = ["code", "code_dotted", "meaning", "predicate", "approximate", "origin", "flags", "path"]
TRANSLATION_HEAD = [
    *OF_SOURCE, "alternative", "alternatives", "target_code", "target_code_dotted", "target_meaning", *OF_TARGET[3:],
]  # fmt: skip


def translations_as_table(found: list[Translation]) -> str:
    """For each code a paragraph: the code, then its alternatives; the further members of a set stand behind a +."""
    return "\n\n".join("\n".join(_paragraph(each)) for each in found) + "\n"


def _paragraph(each: Translation) -> Iterator[str]:
    name = f"{each.system} {each.code_dotted}  {each.meaning or ''}".rstrip() if each.system else each.asked
    yield name
    if each.status != "translated":
        yield f"  {each.status}: {each.reason}"
        return
    yield f"  to {each.target_system} by {each.crosswalk}"
    for number, members in enumerate(islice(each.alternatives, ALTERNATIVES_SHOWN), 1):
        yield from _alternative(number, members)
    if each.of_alternatives > ALTERNATIVES_SHOWN:
        yield f"  and {each.of_alternatives - ALTERNATIVES_SHOWN:,} more alternatives; --format csv has them"
    for part in each.parts[:ALTERNATIVES_SHOWN]:
        yield f"  part  {_target(part)}"
    if len(each.parts) > ALTERNATIVES_SHOWN:
        yield f"  and {len(each.parts) - ALTERNATIVES_SHOWN:,} more parts; --format csv has them"


def _alternative(number: int, members: tuple[Target, ...]) -> Iterator[str]:
    """The members of a set on lines below one another."""
    for place, member in enumerate(members):
        lead = f"{number:>4}  " if place == 0 else "    + "
        yield f"  {lead}{_target(member)}"


def _target(target: Target) -> str:
    nature = ", ".join(filter(None, [target.predicate, target.flags and f"flags {target.flags}"]))
    way = f"  ({target.path})" if target.origin == "derived" and target.path else ""
    return f"{target.code_dotted:<9} {target.meaning or ''}  [{nature}]{way}"


def translations_as_csv(found: list[Translation]) -> str:
    """A row for each member of each alternative, with the number of the alternative; 0 for a part. All text quoted."""
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow(TRANSLATION_HEAD)
    writer.writerows(row for each in found for row in _rows(each))
    return text.getvalue()


def _rows(each: Translation) -> Iterator[list[object]]:
    head = [getattr(each, name) for name in OF_SOURCE]
    members = [(number, one) for number, alternative in enumerate(each.alternatives, 1) for one in alternative]
    members += [(0, one) for one in each.parts]
    for number, one in members:
        yield [*head, number, each.of_alternatives, *(getattr(one, name) for name in OF_TARGET)]
    if not members:
        yield [*head, None, each.of_alternatives, *([None] * len(OF_TARGET))]


def translations_as_json(found: list[Translation]) -> str:
    """A list with an object for each code; `alternatives` is a list of lists."""
    return json.dumps([asdict(each) for each in found], indent=1, ensure_ascii=False) + "\n"


TRANSLATION_FORMATS: dict[str, Callable[[list[Translation]], str]] = {
    "table": translations_as_table,
    "csv": translations_as_csv,
    "json": translations_as_json,
}
