"""Translations as text: a table for people, csv and json for programs."""

from collections.abc import Iterator
from dataclasses import asdict, fields

from pipeline.ask.answer_statuses import IN_CATEGORY, TRANSLATED
from pipeline.ask.answers import AnswerFormat, as_csv, as_json
from pipeline.ask.relations import GROUPING
from pipeline.ask.translate.model import SharedCategory, Target, Translation, first_and_last_day

ALTERNATIVES_SHOWN = 20
OF_SOURCE = ["asked", "status", "reason", "system", "code", "code_dotted", "crosswalk", "target_system", "did_you_mean"]
OF_TARGET = [each.name for each in fields(Target)]
TRANSLATION_HEAD = [
    *OF_SOURCE, "alternative", "alternatives", "target_code", "target_code_dotted", "target_meaning",
    *OF_TARGET[3:], "on", "version",
]  # fmt: skip


def _paragraph(each: Translation) -> Iterator[str]:
    """The code, then its alternatives; the further members of a set stand behind a +."""
    own, reason = each.reading, each.reason
    yield f"{own.system} {own.code_dotted}  {own.meaning or ''}".rstrip() if own.system else own.asked
    if reason:
        label = "note" if each.status == TRANSLATED else each.status
        is_told = reason.startswith("not known: ") and each.status != TRANSLATED
        yield f"  {reason}" if is_told else f"  {label}: {reason}"
    if each.did_you_mean:
        yield f"  did you mean: {', '.join(map(str, each.did_you_mean))}"
    for category in each.categories:
        yield from _category(category)
    if each.status != TRANSLATED:
        return
    yield f"  to {each.target_system} by {each.crosswalk}" + (f", version {each.version}" if each.version else "")
    shown, parts = each.alternatives[:ALTERNATIVES_SHOWN], each.parts[:ALTERNATIVES_SHOWN]
    width = max((len(one.code_dotted) for members in [*shown, parts] for one in members), default=0)
    for number, members in enumerate(shown, 1):
        yield from _alternative(number, members, each.relation, width)
    if each.of_alternatives > ALTERNATIVES_SHOWN:
        yield f"  and {each.of_alternatives - ALTERNATIVES_SHOWN:,} more alternatives; --format csv has them"
    for part in parts:
        yield f"  part  {_target(part, each.relation, width)}"
    if len(each.parts) > ALTERNATIVES_SHOWN:
        yield f"  and {len(each.parts) - ALTERNATIVES_SHOWN:,} more parts; --format csv has them"


def _category(shared: SharedCategory) -> Iterator[str]:
    """A category and its members in the other system, a line each."""
    if not shared.members:
        return
    yield f"  {shared.grouping} {shared.category}  {shared.title or ''}: {shared.of_members:,} codes of {shared.system}"
    yield from (f"    {one.code_dotted}  {one.meaning or ''}".rstrip() for one in shared.members[:ALTERNATIVES_SHOWN])
    if shared.of_members > ALTERNATIVES_SHOWN:
        yield f"    and {shared.of_members - ALTERNATIVES_SHOWN:,} more; --format csv has up to 1,000"


def _alternative(number: int, members: tuple[Target, ...], relation: str | None, width: int) -> Iterator[str]:
    """The members of a set on lines below one another."""
    for place, member in enumerate(members):
        lead = f"{number:>4}  " if place == 0 else "    + "
        yield f"  {lead}{_target(member, relation, width)}"


def _target(target: Target, relation: str | None, width: int) -> str:
    nature = ", ".join(filter(None, [target.predicate, target.flags and f"flags {target.flags}"]))
    way = f"  ({target.path})" if target.origin == "derived" and target.path else ""
    if relation == GROUPING:
        meaning = target.meaning or "(no title in the publisher's file)"
        return f"category {target.code_dotted}  {meaning}  [{nature}]{way}"
    return f"{target.code_dotted:<{width}}  {target.meaning or ''}  [{nature}]{way}"


def _rows(each: Translation) -> Iterator[list[object]]:
    own, hints = each.reading, "; ".join(map(str, each.did_you_mean))
    head: list[object] = [
        own.asked, each.status, each.reason, own.system, own.code, own.code_dotted, each.crosswalk, each.target_system,
        hints,
    ]  # fmt: skip
    members = [(number, one) for number, alternative in enumerate(each.alternatives, 1) for one in alternative]
    members += [(0, one) for one in each.parts]
    for number, one in members:
        yield [*head, number, each.of_alternatives, *vars(one).values(), own.on, each.version]
    yield from _rows_of_categories(each, head)
    if not members and each.status != IN_CATEGORY:
        yield [*head, None, each.of_alternatives, *([None] * len(OF_TARGET)), own.on, each.version]


def _rows_of_categories(each: Translation, head: list[object]) -> Iterator[list[object]]:
    """The members of categories that a code shares with the target's system: no alternatives, and flags name it."""
    if each.status == IN_CATEGORY:
        for shared in each.categories:
            flags = f"{shared.grouping} {shared.category}"
            for one in shared.members:
                told = [one.code, one.code_dotted, one.meaning, None, None, None, flags, None]
                yield [*head, None, each.of_alternatives, *told, each.reading.on, each.version]


def _object(each: Translation) -> dict[str, object]:
    """All that is known; `alternatives` is a list of lists."""
    first, last = first_and_last_day(each.reading)
    told = {name: getattr(each.reading, name) for name in ("asked", "on", "system", "code", "code_dotted", "meaning")}
    way = {
        name: getattr(each, name) for name in ("status", "reason", "crosswalk", "target_system", "relation", "version")
    }
    return {
        **told,
        **way,
        "first_day": first,
        "last_day": last,
        "did_you_mean": [vars(one) for one in each.did_you_mean],
        "alternatives": [[vars(one) for one in alternative] for alternative in each.alternatives],
        "parts": [vars(one) for one in each.parts],
        "of_alternatives": each.of_alternatives,
        "categories": [asdict(one) for one in each.categories],
    }


# For people a paragraph for each code; csv has a row for each member of each alternative, with the number of the
# alternative, 0 for a part; json is a list with an object for each code.
TRANSLATION_FORMATS: dict[str, AnswerFormat[Translation]] = {
    "table": AnswerFormat("", lambda each: "\n".join(_paragraph(each)), "\n\n", "\n"),
    "csv": AnswerFormat(as_csv([TRANSLATION_HEAD]), lambda each: as_csv(_rows(each)), "", ""),
    "json": AnswerFormat("[\n", lambda each: as_json(_object(each)), ",\n", "\n]\n"),
}
