"""From listings to history: what every code meant and whether it was valid, on any day."""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import groupby

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.history.dating import date_from_conversions, date_headings
from pipeline.history.episodes import derive_episodes, join_episodes, tell_ends
from pipeline.history.headings import add_headings
from pipeline.history.printed import date_from_lists
from pipeline.history.several_lists import join_sources
from pipeline.history.timeline import Timeline, derive_timeline, without_listed
from pipeline.normalise.listing import Listing
from pipeline.normalise.systems import read_systems
from schemas.arrow import columns_of
from schemas.code_history import CodeHistory


def derive_timelines(listings: list[Listing]) -> list[Timeline]:
    """One timeline for each source of each system, in the registry's order of systems; main sources first.

    A supplement keeps only the codes that the system's main source does not list; a tabular list, which prints headings
    and codes alike, keeps all. Editions from before their system was in use are left out: see
    `derive_earlier_timelines`.
    """
    groups = _by_source([each for each in listings if not is_before_use(each)])
    main = [group for group in groups if not group[0].supplement]
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        timelines = list(threads.map(_derive_one, main))
    by_system = {timeline.system.system: timeline for timeline in timelines}
    for group in groups:
        if group[0].supplement:
            known = None if group[0].prints_headings else by_system.get(group[0].system)
            rest = [without_listed(each, known) for each in group] if known else group
            timelines += [_derive_one(rest)] if any(len(each.rows) for each in rest) else []
    return timelines


def derive_earlier_timelines(listings: list[Listing]) -> list[Timeline]:
    """One timeline for the editions of each system that were published before it was in use: ICD-10-CM of 2012.

    They tell how a text read and nothing else: no code could be reported, whatever the file flags.
    """
    earlier = [each for each in listings if is_before_use(each) and not each.supplement]
    return [_derive_one([_not_in_use(each) for each in group]) for group in _by_source(earlier)]


def is_before_use(listing: Listing) -> bool:
    """Whether an edition took effect before its system was in use."""
    in_use_from = read_systems()[listing.system].in_use_from
    return in_use_from is not None and listing.day < in_use_from


def _not_in_use(listing: Listing) -> Listing:
    place = listing.rows.column_names.index("billable")
    nothing = pa.repeat(pa.scalar(False), len(listing.rows))
    return replace(listing, rows=listing.rows.set_column(place, "billable", nothing))


def _by_source(listings: list[Listing]) -> list[list[Listing]]:
    order = list(read_systems())

    def key(listing: Listing) -> tuple[int, bool, str]:
        """The registry's order of systems; main sources before supplements."""
        return order.index(listing.system), listing.supplement, listing.delivery.source.source

    return [list(group) for _, group in groupby(sorted(listings, key=key), key)]


def _derive_one(listings: list[Listing]) -> Timeline:
    return derive_timeline(read_systems()[listings[0].system], listings)


def derive_history(timelines: list[Timeline], conversions: pa.Table) -> pa.Table:
    """Every episode of every code: the columns of `episodes.derive_episodes`, none overlapping, sorted by key."""
    of_codes = [timeline for timeline in timelines if not timeline.listings[0].prints_headings]
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        derived = list(threads.map(derive_episodes, of_codes))
    episodes = join_episodes(of_codes, join_sources(of_codes, derived))
    dated = date_from_lists(date_from_conversions(episodes, conversions, of_codes), timelines)
    return tell_ends(add_headings(date_headings(dated), timelines))


def code_history_table(episodes: pa.Table, earlier: Sequence[Timeline] = ()) -> pa.Table:
    """The episodes as published: the columns of `schemas.code_history.CodeHistory`. The gate tells of one they lack.

    Those of editions from before use are added; the last of them end the day before their system was in use.
    """
    before_use = [tell_ends(join_episodes(list(earlier), list(map(derive_episodes, earlier))))] if earlier else []
    episodes = pa.concat_tables([episodes, *before_use])
    names, settings = zip(*((name, system.setting) for name, system in read_systems().items()), strict=True)
    setting = pa.array(settings).take(pc.index_in(episodes["system"], pa.array(names)).combine_chunks())
    published = episodes.append_column("setting", setting)
    return published.select([name for name in columns_of(CodeHistory) if name in published.column_names])
