"""From published maps to crosswalks between systems and releases: mappings, clusters, quality, exceptions.

`predecessors` reads the conversion tables, `steps` makes them steps from year to year, `year_to_year` chains these,
`completed` chains published maps with them; `mappings`, `clusters`, `quality` and `exceptions` describe the outcome.
Each folder knows those before it only: published and chains nothing but the registry, describe them and the inputs.
"""

import os
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.crosswalk.chains.completed import as_mapped, carry_forward, complete_sources
from pipeline.crosswalk.describe.clusters import SET_COLUMNS, derive_clusters
from pipeline.crosswalk.describe.counted_versions import count_versions
from pipeline.crosswalk.describe.exceptions import derive_exceptions
from pipeline.crosswalk.describe.mappings import (
    completed_rows,
    conversion_rows,
    days_of_codes,
    describe_rows,
    published_rows,
    sort_rows,
    successor_rows,
    year_to_year_rows,
)
from pipeline.crosswalk.describe.pairs import Pairs, number_all
from pipeline.crosswalk.describe.quality import derive_quality, group_reported
from pipeline.crosswalk.describe.register import register_crosswalks, register_joined, register_versions
from pipeline.crosswalk.inputs import CrosswalkInputs
from pipeline.crosswalk.published.maps import PublishedMap
from pipeline.crosswalk.registry import Crosswalk, read_crosswalks
from pipeline.crosswalk.unanswered import AnsweredMap, answer_lacking
from pipeline.run.columns import repeat_text
from pipeline.run.sql import one_thread_each
from schemas import TABLES
from schemas.arrow import arrow_schema

RowsByCrosswalk = dict[str, pa.Table]
_Item = TypeVar("_Item")
_Outcome = TypeVar("_Outcome")


@one_thread_each()
def derive_crosswalks(inputs: CrosswalkInputs) -> dict[str, pa.Table]:
    """The tables crosswalks, mappings, clusters, categories, grouping_versions, crosswalk_quality and
    crosswalk_exceptions, unchecked. Of the maps of `inputs` the rows are given up."""
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        joined = threads.submit(register_joined, inputs)
        rows, candidates = _rows_of_all(inputs, threads)
        entries = [entry for name, entry in sorted(read_crosswalks().items()) if name in rows]
        pairs = number_all(rows, entries)
        registered = threads.submit(register_crosswalks, entries, _as_registered(rows, pairs, entries), inputs)
        versions = threads.submit(_versions, inputs, dict(rows), pairs)
        pairs = _sort_all(rows, pairs)
        crosswalks = pa.concat_tables([registered.result(), joined.result()])
        of_groupings = {"categories": _categories(inputs), "grouping_versions": versions.result()}
        inputs.forget_rows()
        clusters = threads.submit(_clusters, _rows_of_sets(rows, entries), pairs)
        described = _described(inputs, rows, pairs, entries)
        mappings = _put_together("mappings", described.values())
        quality = threads.submit(_quality, inputs, described, pairs, entries)
        with_keys = _with_registry_keys(registered.result(), entries)
        exceptions = derive_exceptions(inputs, with_keys, mappings, candidates)
    return {
        "crosswalks": crosswalks,
        "mappings": mappings,
        "clusters": clusters.result(),
        **of_groupings,
        "crosswalk_quality": quality.result(),
        "crosswalk_exceptions": exceptions,
    }


def _rows_of_all(inputs: CrosswalkInputs, threads: ThreadPoolExecutor) -> tuple[RowsByCrosswalk, list[pa.Table]]:
    """The rows of every crosswalk; and what could stand for codes that a map lacks, with their crosswalk.

    The chains are made beside the rows of published maps, which do not need them.
    """
    chains = threads.submit(lambda: {"forward": inputs.forward, "backward": inputs.backward})
    rows = _of_maps(inputs)
    rows |= _of_conversions(inputs)
    rows |= _year_to_year(chains.result(), rows)
    rows |= _completed(inputs, rows)
    answered = _answered(inputs, rows)
    rows |= {each.published.entry.crosswalk: each.rows for each in answered}
    return rows, [_named(each.published.entry.crosswalk, each.candidates) for each in answered]


def _versions(inputs: CrosswalkInputs, rows: RowsByCrosswalk, pairs: Mapping[str, Pairs]) -> pa.Table:
    groupings = {each.entry.crosswalk: each for each in inputs.maps if each.versions}
    of_each = [register_versions(each, rows[name], pairs[name]) for name, each in groupings.items()]
    return _put_together("grouping_versions", of_each)


def _categories(inputs: CrosswalkInputs) -> pa.Table:
    of_each = [_named(each.entry.crosswalk, each.categories) for each in inputs.maps if each.versions]
    return _put_together("categories", of_each)


def _described(
    inputs: CrosswalkInputs, rows: RowsByCrosswalk, pairs: Mapping[str, Pairs], entries: list[Crosswalk]
) -> RowsByCrosswalk:
    """The mappings of each crosswalk; its rows are given up one by one, or both would be there at once."""
    groupings = {each.entry.crosswalk: each for each in inputs.maps if each.versions}
    days = _days_of_all(inputs, pairs, entries)

    def describe(entry: Crosswalk) -> pa.Table:
        """The rows of one crosswalk as published."""
        own, numbers, grouping = rows.pop(entry.crosswalk), pairs[entry.crosswalk], groupings.get(entry.crosswalk)
        fans = count_versions(grouping, own, numbers) if grouping else (numbers.fan_out, numbers.fan_in)
        of_sides = days[entry.source_system], days[entry.target_system]
        return describe_rows(entry, own, numbers, of_sides, fans=fans, opposite=pairs.get(entry.opposite or ""))

    return dict(zip([each.crosswalk for each in entries], _side_by_side(describe, entries), strict=True))


def _sort_all(rows: RowsByCrosswalk, pairs: Mapping[str, Pairs]) -> dict[str, Pairs]:
    """Puts the rows of each crosswalk into the order of their key, one by one; their pairs in this order."""

    def sort(name: str) -> Pairs:
        """The pairs of one crosswalk in order."""
        rows[name], own = sort_rows(rows.pop(name), pairs[name])
        return own

    return dict(zip(pairs, _side_by_side(sort, pairs), strict=True))


def _days_of_all(inputs: CrosswalkInputs, pairs: Mapping[str, Pairs], entries: list[Crosswalk]) -> dict[str, pa.Table]:
    """The days of all codes of each system, as they are numbered in pairs."""
    codes = {each.source_system: pairs[each.crosswalk].sources for each in entries}
    codes |= {each.target_system: pairs[each.crosswalk].targets for each in entries}
    return {system: days_of_codes(own, inputs.code_days.get(system)) for system, own in codes.items()}


def _as_registered(rows: RowsByCrosswalk, pairs: dict[str, Pairs], entries: list[Crosswalk]) -> dict[str, Pairs]:
    """The pairs that are counted in the registry: of published maps what the publisher says today."""
    own = {each.crosswalk: rows[each.crosswalk] for each in entries if each.way == "file"}
    return pairs | {
        name: pairs[name].of(np.asarray(pc.and_(table["newest"], pc.equal(table["origin"], "published"))))
        for name, table in own.items()
    }


def _rows_of_sets(rows: RowsByCrosswalk, entries: list[Crosswalk]) -> RowsByCrosswalk:
    own = (each.crosswalk for each in entries if each.relation == "equivalence")
    return {name: rows[name].select(SET_COLUMNS) for name in own}


def _clusters(rows: RowsByCrosswalk, pairs: Mapping[str, Pairs]) -> pa.Table:
    of_each = [_named(name, derive_clusters(own, pairs[name])) for name, own in rows.items()]
    return _put_together("clusters", of_each)


def _quality(
    inputs: CrosswalkInputs, described: RowsByCrosswalk, pairs: Mapping[str, Pairs], entries: list[Crosswalk]
) -> pa.Table:
    listed = set(inputs.billable_episodes["system"].unique().to_pylist())
    systems = {each.source_system for each in entries} & listed
    groups = _side_by_side(
        lambda name: group_reported(name, inputs.billable_episodes, inputs.releases), sorted(systems)
    )
    reported = {each.system: each for each in groups}
    codes = {each.source_system: pairs[each.crosswalk].sources for each in entries}
    places = {each.system: each.places_in(codes[each.system]) for each in groups}

    def count(entry: Crosswalk) -> pa.Table:
        """How well one crosswalk covers its source's system."""
        name, system = entry.crosswalk, entry.source_system
        return derive_quality(entry, described[name], pairs[name], reported[system], places[system])

    listed_entries = [each for each in entries if each.source_system in reported]
    return _put_together("crosswalk_quality", _side_by_side(count, listed_entries))


def _put_together(name: str, tables: Iterable[pa.Table]) -> pa.Table:
    """The parts of a table as one; the empty table where there are none."""
    return pa.concat_tables(tables) if (tables := list(tables)) else arrow_schema(TABLES[name]).empty_table()


def _side_by_side(work: Callable[[_Item], _Outcome], items: Iterable[_Item]) -> list[_Outcome]:
    """The work on each item, on every core: most crosswalks are too small to keep more than one busy."""
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        return list(threads.map(work, items))


def _named(crosswalk: str, table: pa.Table) -> pa.Table:
    return table.add_column(0, "crosswalk", repeat_text(crosswalk, len(table)))


def _with_registry_keys(crosswalks: pa.Table, entries: list[Crosswalk]) -> pa.Table:
    """The crosswalks with what the registry says of how they are made."""
    table = crosswalks.select(["crosswalk", "source_system", "target_system"])
    for name in ("way", "is_year_to_year", "is_completed"):
        table = table.append_column(name, pa.array([getattr(each, name) for each in entries]))
    return table


def _of_maps(inputs: CrosswalkInputs) -> RowsByCrosswalk:
    """The rows of every published map."""
    names = [each.entry.crosswalk for each in inputs.maps]

    def rows_of(each: PublishedMap) -> pa.Table:
        """The rows of one published map."""
        return published_rows(each, inputs.billable_episodes)

    return dict(zip(names, _side_by_side(rows_of, inputs.maps), strict=True))


def _of_conversions(inputs: CrosswalkInputs) -> RowsByCrosswalk:
    """The rows of every conversion table, and the successors that records of ended codes name."""
    systems, steps = inputs.predecessors["system"].unique().to_pylist(), (inputs.predecessors, inputs.steps)
    entries = [
        each for each in read_crosswalks().values() if each.way == "conversion" and each.source_system in systems
    ]
    return {each.crosswalk: conversion_rows(each.source_system, *steps) for each in entries} | _successors(inputs)


def _successors(inputs: CrosswalkInputs) -> RowsByCrosswalk:
    """The successors that records of ended codes name, a crosswalk for each system that they are in."""
    entries = [each for each in read_crosswalks().values() if each.way == "successors"]
    made_of = (inputs.predecessors, inputs.steps, inputs.billable_episodes)
    rows = {each.crosswalk: successor_rows(each.target_system, *made_of) for each in entries}
    return {name: table for name, table in rows.items() if len(table)}


def _answered(inputs: CrosswalkInputs, rows: RowsByCrosswalk) -> list[AnsweredMap]:
    """The published maps that speak of every code, with a row for each code that they lack."""
    maps = [each for each in inputs.maps if each.entry.is_of_every_code]
    return _side_by_side(lambda each: answer_lacking(inputs, each, rows[each.entry.crosswalk]), maps)


def _year_to_year(chains: Mapping[str, pa.Table], rows: RowsByCrosswalk) -> RowsByCrosswalk:
    return {
        entry.crosswalk: year_to_year_rows(entry.source_system, chains[entry.way])
        for entry in read_crosswalks().values()
        if entry.is_year_to_year and set(entry.made_from) <= rows.keys()
    }


def _completed(inputs: CrosswalkInputs, rows: Mapping[str, pa.Table]) -> RowsByCrosswalk:
    entries = [each for each in read_crosswalks().values() if each.is_completed and set(each.made_from) <= rows.keys()]

    def complete(entry: Crosswalk) -> pa.Table:
        """One map brought to the current year."""
        name, system, target = entry.made_from[0], entry.source_system, entry.target_system
        published, day = rows[name], inputs.map_of(name).delivery.release.effective_from
        mapped = as_mapped(name, published)
        if entry.way == "carried":
            days = (inputs.nearest_day(target, day), inputs.newest_day(target))
            chains = inputs.forward.filter(pc.equal(inputs.forward["system"], target))
            mapped = carry_forward(name, published, chains, inputs.billable_episodes, days)
        both, day = (inputs.backward, inputs.forward), inputs.nearest_day(system, day)
        done = complete_sources(name, mapped, both, inputs.billable_episodes, system=system, day=day)
        return completed_rows(done, published)

    return {each.crosswalk: table for each, table in zip(entries, _side_by_side(complete, entries), strict=True)}
