"""The tables of the rules of use: the lists of every release, put together where one follows another without a gap."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import groupby
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.history.cc_collections import name_collections
from pipeline.normalise.rules_of_use import PublishedRules, RuleList, read_rules_of_use
from pipeline.run.sql import query_tables
from schemas import TABLES
from schemas.arrow import arrow_schema

_HERE = Path(__file__).parent
Places = npt.NDArray[np.int64]
BETWEEN_LISTS: Final = timedelta(days=1)
RULE_TABLES: Final = ("code_rules", "rule_lists", "cc_exclusions", "msdrgs")


def derive_code_rules(
    published: Sequence[PublishedRules], derived: Sequence[RuleList], codes: pa.Table
) -> dict[str, pa.Table]:
    """The tables `code_rules`, `rule_lists`, `cc_exclusions` and `msdrgs`, in the columns of their models.

    `derived` are lists that come of other tables, `codes` the table of that name. Of a list and one that restates it
    the first counts: that both say the same is for the gate.
    """
    named, exclusions = name_collections(published)
    lists = _in_order([each for one in named for each in one.lists] + list(derived))
    rows = [_as_rules(run) for run in _runs(lists)]
    return {
        "code_rules": pa.concat_tables([_empty("code_rules"), *rows]),
        "rule_lists": _as_rule_lists(lists, codes),
        "cc_exclusions": exclusions.cast(_empty("cc_exclusions").schema),
        "msdrgs": _as_msdrgs(named),
    }


def _in_order(lists: list[RuleList]) -> list[RuleList]:
    """The lists by rule, system and first day, one for each: what restates another of its day is left out. A list ends
    where the next one begins."""
    if not lists:
        return []
    groups = groupby(sorted(lists, key=_place_of), key=lambda each: _place_of(each)[:3])
    once = [_put_together(list(group)) for _, group in groups]
    return [
        replace(each, known_through=min(each.known_through, following.known_from - BETWEEN_LISTS))
        if following and (following.rule, following.system) == (each.rule, each.system)
        else each
        for each, following in zip(once, [*once[1:], None], strict=True)
    ]


def _place_of(each: RuleList) -> tuple[str, str, date, bool, str]:
    return each.rule, each.system, each.known_from, each.restates, each.source


def _put_together(lists: list[RuleList]) -> RuleList:
    """The parts of one list, which may be printed in several files."""
    own = [each for each in lists if each.source == lists[0].source]
    return replace(own[0], rows=pa.concat_tables([each.rows for each in own]))


def _runs(lists: list[RuleList]) -> Iterator[list[RuleList]]:
    """The lists in runs of which each begins on the day after the one before it ends."""
    run: list[RuleList] = []
    for each in lists:
        last = run[-1] if run else None
        goes_on = last and (last.rule, last.system, last.source) == (each.rule, each.system, each.source)
        if last and not (goes_on and last.known_through + BETWEEN_LISTS == each.known_from):
            yield run
            run = []
        run.append(each)
    if run:
        yield run


def _as_rules(run: list[RuleList]) -> pa.Table:
    """The rows of a run of lists: one for as long as a code stays on them with a value."""
    rows = pa.concat_tables([each.rows for each in run])
    place = np.repeat(np.arange(len(run)), [len(each.rows) for each in run])
    firsts, lasts = place, place
    if len(run) > 1:
        rows, firsts, lasts = _joined(rows, place)
    days = {
        "valid_from": pa.array([each.known_from for each in run]).take(pa.array(firsts)),
        "valid_to": pa.array([each.known_through for each in run]).take(pa.array(lasts)),
    }
    repeated = {name: pa.repeat(getattr(run[0], name), len(rows)) for name in ("system", "rule", "source")}
    columns = {"code": rows["code"], "value": rows["value"], **days, **repeated}
    schema = _empty("code_rules").schema
    return pa.table([columns[name] for name in schema.names], schema=schema)


def _joined(rows: pa.Table, place: Places) -> tuple[pa.Table, Places, Places]:
    """The rows that go on from list to list as one, each with the places of its first and last list."""
    key = pc.binary_join_element_wise(rows["code"], rows["value"], " ").combine_chunks().dictionary_encode().indices
    order = np.lexsort((place, np.asarray(key)))
    keys, places = np.asarray(key)[order], place[order]
    goes_on = (np.diff(keys) == 0) & (np.diff(places) == 1)
    first, last = order[np.append(True, ~goes_on)], order[np.append(~goes_on, True)]
    return rows.take(pa.array(first)), place[first], place[last]


def _as_rule_lists(lists: list[RuleList], codes: pa.Table) -> pa.Table:
    rules = read_rules_of_use()
    named = [each.rows["code"].unique() for each in lists]
    unlisted = {system: _unlisted(system, lists, named, codes) for system in {each.system for each in lists}}
    rows = [
        {
            **{name: getattr(each, name) for name in ("rule", "system", "release", "source")},
            **{name: getattr(each, name) for name in ("known_from", "known_through")},
            **{name: getattr(rules[each.rule], name) for name in ("origin", "title", "meaning", "otherwise")},
            "codes": len(own),
            "unlisted": int(pc.sum(pc.is_in(own, unlisted[each.system])).as_py() or 0),
        }
        for each, own in zip(lists, named, strict=True)
    ]
    return pa.Table.from_pylist(rows, _empty("rule_lists").schema)


def _unlisted(system: str, lists: list[RuleList], named: list[pa.Array], codes: pa.Table) -> pa.Array:
    """The few codes that any of the lists of a system names and the table of codes does not have."""
    every = pa.chunked_array([own for each, own in zip(lists, named, strict=True) if each.system == system]).unique()
    known = codes["code"].filter(pc.equal(codes["system"], system))
    return every.filter(pc.invert(pc.is_in(every, known)))


def _as_msdrgs(published: Sequence[PublishedRules]) -> pa.Table:
    """The groups of each release: what the manual says, and the weights of the table that takes effect with it."""
    groups = pa.concat_tables([each.groups for each in published] or [_empty("msdrgs")])
    return query_tables(_HERE / "msdrgs.sql", printed=groups).cast(_empty("msdrgs").schema)


def _empty(name: str) -> pa.Table:
    schema = arrow_schema(TABLES[name])
    return pa.schema([pa.field(field.name, field.type) for field in schema]).empty_table()
