"""What the page of a code shows: its nature, episodes, mappings and policies."""

from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.ask.relations import SUCCESSION
from pipeline.export.page.text_columns import (
    FIELD_END,
    joined_fields,
    marks,
    place_of_codes,
    rows_by_code,
    text_of_days,
    title_text,
)
from pipeline.run.sql import query_tables

NEWEST_RULES = Path(__file__).with_name("newest_rules.sql")
OF_MAPPING = [
    *("crosswalk", "source_system", "source_code", "target_system", "target_code", "scenario", "choice_list"),
    *("approximate", "no_map", "target_valid_from", "valid_to", "origin"),
]
DERIVED = "derived"
TOLD = ["no_map", "not_bridged"]  # that a map lacks a code is no answer to what the code maps to


def detail_columns(tables: Mapping[str, pa.Table]) -> list[pa.Array]:
    """Of each code: kind, setting, flags, section, parent, episodes, mappings, policies, rules.

    The flags: b billable, s never alone.
    """
    codes = tables["codes"]
    flags = marks((codes["billable"], "b"), (pc.invert(codes["standalone"]), "s"))
    section, parent = pc.fill_null(codes["section"], ""), pc.fill_null(codes["parent_code"], "")
    plain = [each.combine_chunks() for each in (codes["kind"], codes["setting"], flags, section, parent)]
    return [*plain, _episodes(tables), _targets(tables), _policies(tables), _rules(tables)]


def _episodes(tables: Mapping[str, pa.Table]) -> pa.Array:
    """For each code its episodes: first day, last day, basis, flags, title where it is not the one of the code.

    The flags: b billable, p listed before the system was in use, u of an unknown wording where the code has one.
    A code that was gone before its system was in use has a history and is no row of `codes`: it is left out.
    """
    history = tables["code_history"]
    place = place_of_codes(tables["codes"], history["system"], history["code"])
    history, place = history.filter(pa.array(place >= 0)), place[place >= 0]
    title, newest = title_text(history), title_text(tables["codes"]).combine_chunks().take(pa.array(place))
    is_unknown = pc.and_(pc.equal(title, ""), pc.not_equal(newest, ""))
    flags = marks((history["billable"], "b"), (_is_before_use(tables["systems"], history), "p"), (is_unknown, "u"))
    title = pc.if_else(pc.equal(title, newest), "", title)
    days = text_of_days(history["valid_from"]), text_of_days(history["valid_to"])
    rows = joined_fields(*days, history["valid_from_basis"], flags, title, by=FIELD_END)
    return rows_by_code(rows, place, len(tables["codes"]))


def _is_before_use(systems: pa.Table, history: pa.Table) -> pa.ChunkedArray:
    """Whether an episode ended before its system was in use: it is history of the text."""
    own = pc.index_in(history["system"], systems["system"].combine_chunks())
    return pc.fill_null(pc.less(history["valid_to"], systems["in_use_from"].take(own)), False)


def _targets(tables: Mapping[str, pa.Table]) -> pa.Array:
    """For each code what it maps to: crosswalk, target, scenario, choice list, flags, a day; of groupings by the newest
    version. Year to year the day is that since when; else that until when, where the code itself goes on or ended
    later: it had another meaning then, or could be reported then alone.

    The flags: a approximate, n without an equivalent as the publisher says, d derived: the row is ours.
    """
    mappings = tables["mappings"]
    is_told = pc.or_(pc.is_null(mappings["status"]), pc.is_in(mappings["status"], pa.array(TOLD)))
    mappings = mappings.select(OF_MAPPING).filter(pc.and_(is_told, mappings["newest"]))
    place = place_of_codes(tables["codes"], mappings["source_system"], mappings["source_code"])
    numbers = [mappings[name].cast(pa.string()) for name in ("scenario", "choice_list")]
    is_derived = pc.equal(mappings["origin"], DERIVED)
    flags = marks((mappings["approximate"], "a"), (mappings["no_map"], "n"), (is_derived, "d"))
    of_way = pc.index_in(mappings["crosswalk"], tables["crosswalks"]["crosswalk"].combine_chunks())
    is_succession = pc.equal(tables["crosswalks"]["relation"].combine_chunks().take(of_way), SUCCESSION)
    end = text_of_days(tables["codes"]["valid_to"].combine_chunks().take(pa.array(place, mask=place < 0)))
    until = text_of_days(mappings["valid_to"])
    until = pc.if_else(pc.equal(until, end), "", until)
    day = pc.if_else(is_succession, text_of_days(mappings["target_valid_from"]), until)
    number, target = of_way.cast(pa.string()), pc.fill_null(mappings["target_code"], "")
    rows = joined_fields(number, target, *numbers, flags, day, by=FIELD_END)
    return rows_by_code(rows, place, len(tables["codes"]))


def _policies(tables: Mapping[str, pa.Table]) -> pa.Array:
    """For each code the policies that name it: policy, role, answer, first day, last day. Ranges are not resolved."""
    rows = tables["policy_codes"]
    place = place_of_codes(tables["codes"], rows["system"], rows["code"])
    days = text_of_days(rows["valid_from"]), text_of_days(rows["valid_to"])
    fields = joined_fields(rows["policy"], rows["role"], pc.fill_null(rows["answer"], ""), *days, by=FIELD_END)
    return rows_by_code(fields, place, len(tables["codes"]))


def _rules(tables: Mapping[str, pa.Table]) -> pa.Array:
    """For each code what the newest list of each rule says of it: rule, value, first day, last day."""
    rows = query_tables(NEWEST_RULES, None, code_rules=tables["code_rules"], rule_lists=tables["rule_lists"])
    place = place_of_codes(tables["codes"], rows["system"], rows["code"])
    fields = joined_fields(rows["rule"], rows["value"], rows["valid_from"], rows["valid_to"], by=FIELD_END)
    return rows_by_code(fields, place, len(tables["codes"]))
