"""What the page of a code shows: its nature, episodes, mappings and policies."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.ask.relations import SUCCESSION
from pipeline.export.page.text_columns import (
    FIELD_END,
    Ints,
    joined_fields,
    joined_values,
    marks,
    positions,
    rows_by_code,
    title_text,
)
from pipeline.run.columns import as_array

DERIVED = "derived"
TOLD = ["no_map", "not_bridged"]  # that a map lacks a code is no answer to what the code maps to


@dataclass(frozen=True)
class DetailColumn:
    """One thing that the pages of codes say: for each code a line of records, each with the number of what recurs."""

    lines: pa.Array
    recurring: pa.Array

    @classmethod
    def of(cls, codes: int, place: Ints, recurring: pa.DictionaryArray, own: pa.ChunkedArray | None = None) -> Self:
        """The records at their places among so many codes; `own` is a field of each that does not recur."""
        numbers = pa.array(range(len(recurring.dictionary))).cast(pa.string()).take(recurring.indices)
        records = numbers if own is None else joined_fields(numbers, own, by=FIELD_END)
        return cls(rows_by_code(records, place, codes), recurring.dictionary)


def detail_columns(tables: Mapping[str, pa.Table], places: Mapping[str, Ints]) -> list[DetailColumn]:
    """The nature of each code, its episodes, mappings, policies, rules.

    `places` are the rows in `codes` of the codes that other tables name.
    """
    return [each(tables, places) for each in (_natures, _episodes, _targets, _policies, _rules)]


def _natures(tables: Mapping[str, pa.Table], places: Mapping[str, Ints]) -> DetailColumn:
    """For each code its kind, setting, flags, section, and parent. The flags: b billable, s never alone."""
    codes = tables["codes"]
    flags = marks((codes["billable"], "b"), (pc.invert(codes["standalone"]), "s"))
    nature = joined_values(codes["kind"], codes["setting"], flags, codes["section"], by=FIELD_END)
    return DetailColumn.of(len(codes), places["codes"], nature, codes["parent_code"])


def _episodes(tables: Mapping[str, pa.Table], places: Mapping[str, Ints]) -> DetailColumn:
    """For each code its episodes: first day, last day, basis, flags, title where it is not the one of the code.

    The flags: b billable, p listed before the system was in use, u of an unknown wording where the code has one.
    A code that was gone before its system was in use has a history and is no row of `codes`: it is left out.
    """
    history, place = tables["code_history"], places["code_history"]
    title = title_text(history)
    newest = as_array(title_text(tables["codes"])).take(pa.array(place, mask=place < 0))
    is_unknown = pc.and_(pc.equal(title, ""), pc.not_equal(newest, ""))
    flags = marks((history["billable"], "b"), (_is_before_use(tables["systems"], history), "p"), (is_unknown, "u"))
    days = history["valid_from"], history["valid_to"], history["valid_from_basis"]
    other = joined_values(pc.if_else(pc.equal(title, newest), "", title), by="").dictionary_decode()
    return DetailColumn.of(len(tables["codes"]), place, joined_values(*days, flags, by=FIELD_END), other)


def _is_before_use(systems: pa.Table, history: pa.Table) -> pa.ChunkedArray:
    """Whether an episode ended before its system was in use: it is history of the text."""
    own = pc.index_in(history["system"], systems["system"].combine_chunks())
    return pc.fill_null(pc.less(history["valid_to"], systems["in_use_from"].take(own)), False)


def _targets(tables: Mapping[str, pa.Table], places: Mapping[str, Ints]) -> DetailColumn:
    """For each code what it maps to: crosswalk, scenario, choice list, flags, a day, target; of groupings by the newest
    version. Year to year the day is that since when; else that until when, where the code itself goes on or ended
    later: it had another meaning then, or could be reported then alone.

    The flags: a approximate, n without an equivalent as the publisher says, d derived: the row is ours.
    """
    mappings, codes = tables["mappings"], tables["codes"]
    is_told = pc.or_(pc.is_null(mappings["status"]), pc.is_in(mappings["status"], pa.array(TOLD)))
    place = np.where(pc.and_(is_told, mappings["newest"]), places["mappings"], np.int32(-1))
    of_way = pc.index_in(mappings["crosswalk"], as_array(tables["crosswalks"]["crosswalk"]))
    is_succession = np.asarray(pc.equal(tables["crosswalks"]["relation"], SUCCESSION))[of_way]
    end = as_array(codes["valid_to"]).take(pa.array(place, mask=place < 0))
    is_its_end = pc.fill_null(pc.equal(mappings["valid_to"], end), False)
    until = pc.if_else(is_its_end, None, mappings["valid_to"])
    day = pc.if_else(pa.array(is_succession), mappings["target_valid_from"], until)
    is_derived = pc.equal(mappings["origin"], DERIVED)
    flags = marks((mappings["approximate"], "a"), (mappings["no_map"], "n"), (is_derived, "d"))
    ways = joined_values(of_way, mappings["scenario"], mappings["choice_list"], flags, day, by=FIELD_END)
    return DetailColumn.of(len(codes), place, ways, mappings["target_code"])


def _policies(tables: Mapping[str, pa.Table], places: Mapping[str, Ints]) -> DetailColumn:
    """For each code the policies that name it: policy, role, answer, first day, last day. Ranges are not resolved."""
    rows = tables["policy_codes"]
    fields = [rows[name] for name in ("policy", "role", "answer", "valid_from", "valid_to")]
    return DetailColumn.of(len(tables["codes"]), places["policy_codes"], joined_values(*fields, by=FIELD_END))


def _rules(tables: Mapping[str, pa.Table], places: Mapping[str, Ints]) -> DetailColumn:
    """For each code what the newest list of each rule says of it: rule, value, first day, last day."""
    is_newest = _is_of_newest_list(tables["code_rules"], tables["rule_lists"])
    rows, place = tables["code_rules"].filter(pa.array(is_newest)), places["code_rules"][is_newest]
    fields = [rows[name] for name in ("rule", "value", "valid_from", "valid_to")]
    return DetailColumn.of(len(tables["codes"]), place, joined_values(*fields, by=FIELD_END))


def _is_of_newest_list(rows: pa.Table, lists: pa.Table) -> npt.NDArray[np.bool_]:
    """Whether a row on a code's use is of the newest list of its rule and system: it holds until that list ends."""
    newest = lists.group_by(["rule", "system"]).aggregate([("known_through", "max")])
    rules, systems = (newest[name].unique() for name in ("rule", "system"))
    last = np.full((len(rules) + 1, len(systems) + 1), np.datetime64("NaT", "D"))
    last[positions(newest["rule"], rules), positions(newest["system"], systems)] = newest["known_through_max"]
    is_newest: npt.NDArray[np.bool_] = np.equal(
        rows["valid_to"], last[positions(rows["rule"], rules), positions(rows["system"], systems)]
    )
    return is_newest
