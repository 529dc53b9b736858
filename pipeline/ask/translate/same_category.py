"""The category that a code shares with codes of another system, where nothing translates it: what both belong to."""

from collections import defaultdict
from dataclasses import replace
from datetime import date
from typing import Final

from pipeline.ask.answer_statuses import IN_CATEGORY, NOT_BRIDGED
from pipeline.ask.build import Build, Row
from pipeline.ask.relations import SAME_CATEGORY
from pipeline.ask.translate.model import CategoryMember, SharedCategory, Translation, days_of_meant_life

MEMBERS_TOLD: Final = 1_000  # of one category; the largest have thousands
Life = tuple[str | None, date | None, date | None]  # a code, and its days; None where no listing has it
# Categories of a code that a grouping of another system has too, with how many codes of it; of those in the target's
# system the first ones. Of a number that was used twice each life has its own.
SHARED: Final = """
    select a.code, a.first, a.last, s.crosswalk, s.target_system as grouping, s.target_code as category,
        coalesce(k.title, l.title) as title, t.source_system as system, t.crosswalk as other,
        count(distinct t.source_code)::int as members
    from (
        select unnest($codes) as code, unnest($firsts::date[]) as first, unnest($lasts::date[]) as last
    ) a
    join mappings s on s.source_code = a.code and s.newest and s.origin = 'published' and (a.first is null or (
        a.first <= coalesce(s.valid_to, a.first) and coalesce(s.valid_from <= a.last, true)
    ))
    join crosswalks x on x.crosswalk = s.crosswalk and x.relation = 'grouping'
    join mappings t on t.target_system = s.target_system and t.target_code = s.target_code
        and t.newest and t.origin = 'published' and t.source_system <> s.source_system
    left join categories k on k.crosswalk = t.crosswalk and k.category = t.target_code
    left join categories l on l.crosswalk = s.crosswalk and l.category = s.target_code
    where s.source_system = $system and s.target_code is not null
    group by all order by all
"""
MEMBERS: Final = """
    select t.crosswalk, t.target_code as category, t.source_code as code,
        coalesce(c.code_dotted, t.source_code) as code_dotted,
        if(t.valid_to < c.valid_from, null, coalesce(c.description, c.short_description)) as meaning
    from mappings t left join codes c on c.system = t.source_system and c.code = t.source_code
    where t.newest and t.origin = 'published'
        and t.crosswalk in (select unnest($crosswalks)) and t.target_code in (select unnest($categories))
    qualify row_number() over (partition by t.crosswalk, t.target_code order by t.source_code) <= $told
    order by all
"""


def add_shared_categories(build: Build, answers: list[Translation], system: str, to: str) -> list[Translation]:
    """The same answers; one without a translation gets the categories that its code shares with codes of the target's
    system. No member stands for the code, and the note says so. Where the target has none, the note says which category
    it is in."""
    untranslated = {_life(each) for each in answers if each.status == NOT_BRIDGED}
    if system == to or not untranslated or not _joins(build, system):
        return answers
    shared: dict[Life, list[Row]] = defaultdict(list)
    codes, firsts, lasts = map(list, zip(*untranslated, strict=True))
    for row in build.rows(SHARED, system=system, codes=codes, firsts=firsts, lasts=lasts):
        shared[row["code"], row["first"], row["last"]].append(row)
    members = _members(build, [row for rows in shared.values() for row in rows if row["system"] == to])
    return [
        _with_categories(each, shared[_life(each)], members, to)
        if each.status == NOT_BRIDGED and _life(each) in shared
        else each
        for each in answers
    ]


def _life(answer: Translation) -> Life:
    return (answer.reading.code, *days_of_meant_life(answer.reading))


def _joins(build: Build, system: str) -> bool:
    """Whether codes of a system share a grouping with those of any other."""
    return any(each.relation == SAME_CATEGORY and each.source_system == system for each in build.crosswalks.values())


def _members(build: Build, rows: list[Row]) -> dict[tuple[str, str], list[CategoryMember]]:
    """The codes of another system in some categories, by the crosswalk that groups them and the category."""
    found: dict[tuple[str, str], list[CategoryMember]] = defaultdict(list)
    if rows:
        names, categories = (sorted({row[key] for row in rows}) for key in ("other", "category"))
        asked = {"crosswalks": names, "categories": categories, "told": MEMBERS_TOLD}
        for row in build.rows(MEMBERS, **asked):
            member = CategoryMember(row["code"], row["code_dotted"], row["meaning"])
            found[row["crosswalk"], row["category"]].append(member)
    return found


def _with_categories(
    answer: Translation, rows: list[Row], members: dict[tuple[str, str], list[CategoryMember]], to: str
) -> Translation:
    categories = [
        SharedCategory(
            row["grouping"], row["category"], row["title"], row["system"], row["members"],
            members.get((row["other"], row["category"]), []),
        )
        for row in rows
        if row["system"] == to
    ]  # fmt: skip
    if not categories:
        own = dict.fromkeys(f"{row['grouping']} {row['category']}" + _titled(row["title"]) for row in rows)
        note = f"{answer.note}; no code of {to} is here in its category, {', '.join(own)}"
        return replace(answer, note=note)
    note = f"nobody says what it is in {to}; these codes share a category with it, and none is an equivalent"
    return replace(answer, status=IN_CATEGORY, note=note, crosswalk=None, relation=SAME_CATEGORY, categories=categories)


def _titled(title: str | None) -> str:
    return f" ({title})" if title else ""
