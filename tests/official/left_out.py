"""Builds from all official files but those of one release: what the gate says, and which codes have other days.

`python -m tests.official.left_out RAW [SOURCE ...]` tells it of every code: some ten seconds a release.
"""

import sys
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from pathlib import Path
from typing import Any, Final, Literal, TypeVar

import pandas as pd
import pyarrow as pa

from pipeline.build import NormalisedContent, derive_tables, newest_days, validate
from pipeline.build_inputs import declared_in, inputs_of
from pipeline.catalogue.sources import read_catalogue
from pipeline.catalogue.survey import RawRelease, Survey, survey_raw
from pipeline.crosswalk.published.versions import join_maps
from pipeline.crosswalk.unlisted import declare_later
from pipeline.errors import CrosswalkError
from pipeline.gate.completeness import EVERY_CODE
from pipeline.ingest import IngestedRelease, ingest
from pipeline.layouts import LAYOUTS, absent_listings, is_read
from pipeline.normalise.addenda_counts import AddendaCount
from pipeline.normalise.icd9_conversions import expand_ranges, printed_codes
from pipeline.normalised import (
    addenda_counts_of,
    conversions_of,
    editions_told_by,
    listings_of,
    maps_of,
    policies_of,
    rules_of,
    sections_of,
    texts_of,
    units_of,
)
from pipeline.run.progress import Progress
from tests.official.sample import Sample, draw_sample

NEVER: Final = pd.Timestamp("2200-01-01")
BASES: Final = ["valid_from", "valid_to", "valid_from_basis", "valid_to_basis"]
QUIET: Final = Progress(lambda _: None)
Folder = tuple[str, str]  # source and release
CodesBySystem = dict[str, list[str]]
Derived = TypeVar("Derived")


@dataclass(frozen=True)
class LeftOut:
    """What comes of a build without one release: the gate's message where it refuses; by system the codes that have
    other days than with all releases, and those whose days are the same and known in another way."""

    refused: str | None = None
    days: CodesBySystem = field(default_factory=dict)
    bases: CodesBySystem = field(default_factory=dict)


class Corpus:
    """All official files that tables are made from. Each is read once and normalised once, whatever is left out.

    Of a thinned corpus listings, maps and conversion tables have a sample of the codes; what addenda print of
    themselves is held against all.
    """

    def __init__(self, raw: Path, *, thinned: bool) -> None:
        self.seen = survey_raw(raw, read_catalogue())
        self.thinned = thinned
        self._known: dict[tuple[Any, ...], Any] = {}

    @property
    def releases(self) -> list[Folder]:
        """The folder of every release that a table can be made from. One may hold files of two sources."""
        return sorted({folder_of(each) for each in self.seen.found if is_read(each.source)})

    def leave_out(self, *folders: Folder) -> LeftOut:
        """What comes of the build without a release, or several."""
        try:
            tables = self.tables(self.without(*folders))
        except CrosswalkError as problem:
            return LeftOut(refused=str(problem))
        runs, bases = self.whole
        days, known = _differing(runs, _runs_of(tables)), _differing(bases, _bases_of(tables))
        only = {system: sorted({*codes} - {*days.get(system, ())}) for system, codes in known.items()}
        return LeftOut(None, days, {system: codes for system, codes in only.items() if codes})

    @cached_property
    def whole(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        """The days of codes, and how they are known, with every release."""
        tables = self.tables(self.seen)
        return _runs_of(tables), _bases_of(tables)

    def without(self, *folders: Folder) -> Survey:
        """The survey of the raw folder as it would be without the files of these releases."""
        gone = tuple(each for each in self.seen.found if folder_of(each) in folders)
        missing = self.seen.missing + tuple((each.source, each.release) for each in gone)
        return replace(self.seen, found=tuple(each for each in self.seen.found if each not in gone), missing=missing)

    def tables(self, seen: Survey) -> dict[str, pa.Table]:
        """The tables from these releases. Raises ValidationFailed where the gate refuses them."""
        thinned = self._thin(self._content(seen))
        content = replace(thinned, maps=join_maps(thinned.maps))
        tables = derive_tables(content, QUIET)
        validate({**tables}, content, QUIET)  # which empties what it is given
        return tables

    def _content(self, seen: Survey) -> NormalisedContent:
        """What `pipeline.build.read` makes of a survey."""
        deliveries, superseded = inputs_of(seen)
        telling = [each for each in [*deliveries, *superseded] if each in seen.tells_of_others()]
        own = [self._read(each) for each in deliveries]
        told = [listing for each in telling for listing in self._of(each, editions_told_by)]
        listings = [listing for each in deliveries for listing in self._of(each, listings_of)]
        printed = pa.concat_tables([self._of(each, conversions_of) for each in deliveries])
        conversions = expand_ranges(printed, printed_codes(listings))
        # Rules name every code; held against a sample of the listings nearly all would be in none.
        rules = [] if self.thinned else [rule for each in deliveries for rule in self._of(each, rules_of)]
        return NormalisedContent(
            [self._read(each).delivery for each in [*deliveries, *superseded]],
            listings + told,
            [published for each in deliveries for published in self._of(each, maps_of)],
            [published for each in deliveries for published in self._of(each, policies_of)],
            rules,
            units_of(own),
            self._of_lists("sections", own, sections_of),
            self._of_lists("texts", own, texts_of),
            conversions,
            declare_later(conversions, newest_days(listings)) + declared_in(seen),
            [
                *(count for each in deliveries for count in self._counts(each, deliveries)),
                *(count for each in rules for count in each.counts),
            ],
            absent_listings(seen),
        )

    def _of_lists(
        self,
        kind: Literal["sections", "texts"],
        own: list[IngestedRelease],
        rule: Callable[[list[IngestedRelease]], Derived],
    ) -> Derived:
        """What a rule makes of the tabular lists: those alone have sections and texts."""
        tabular = [each for each in own if getattr(LAYOUTS[each.delivery.source.layout], kind)]
        return self._once((kind, tuple(each.delivery.paths for each in tabular)), lambda: rule(tabular))

    def _counts(self, delivery: RawRelease, here: list[RawRelease]) -> list[AddendaCount]:
        """What the addenda of a release print of themselves, with its listing and that of the edition before."""
        names = {delivery.release.release, delivery.source.base_of(delivery.release)}
        pair = [each for each in here if each.source is delivery.source and each.release.release in names]
        listings = [listing for each in pair for listing in self._of(each, listings_of)]
        key = "counts", delivery.source.source, delivery.release.release, len(pair)
        return self._once(key, lambda: addenda_counts_of([self._read(delivery)], listings))

    def _thin(self, content: NormalisedContent) -> NormalisedContent:
        if not self.thinned:
            return content
        listings = [
            self._once(("thin", id(each)), partial(self.sample.thin_listing, each)) for each in content.listings
        ]
        maps = [self._once(("thin", id(each)), partial(self.sample.thin_map, each)) for each in content.maps]
        conversions = self.sample.thin_conversions(content.conversions)
        samples = [replace(each, not_kept=each.not_kept | {EVERY_CODE}) for each in content.deliveries]
        return replace(content, deliveries=samples, listings=listings, maps=maps, conversions=conversions)

    @cached_property
    def sample(self) -> Sample:
        """The codes of a thinned corpus: what is left out does not change them."""
        used = [each for each in self.seen.in_use() if is_read(each.source)]
        maps = [published for each in used for published in self._of(each, maps_of)]
        return draw_sample(self._content(self.seen), maps)

    def _read(self, delivery: RawRelease) -> IngestedRelease:
        readers = LAYOUTS[delivery.source.layout].readers
        return self._once(("read", delivery.source.source, delivery.paths), partial(ingest, delivery, readers))

    def _of(self, delivery: RawRelease, rule: Callable[[list[IngestedRelease]], Derived]) -> Derived:
        """What a rule makes of one release."""
        key = rule.__name__, delivery.source.source, delivery.paths
        return self._once(key, lambda: rule([self._read(delivery)]))

    def _once(self, key: tuple[Any, ...], make: Callable[[], Derived]) -> Derived:
        if key not in self._known:
            self._known[key] = make()
        known: Derived = self._known[key]
        return known


def folder_of(delivery: RawRelease) -> Folder:
    """The folder that a release lies in: source and release, as a rule its own."""
    folder = delivery.paths[0].parent
    return folder.parent.name, folder.name


def _runs_of(tables: dict[str, pa.Table]) -> pd.DataFrame:
    """System, code, first and last day, and whether it was billable: changes of wording aside."""
    history = tables["code_history"].select(["system", "code", "valid_from", "valid_to", "billable"])
    rows = history.sort_by([(name, "ascending") for name in ("system", "code", "valid_from")]).to_pandas()
    rows["start"], rows["end"] = pd.to_datetime(rows["valid_from"]), pd.to_datetime(rows["valid_to"]).fillna(NEVER)
    last = rows.shift()
    same = (rows["system"] == last["system"]) & (rows["code"] == last["code"]) & (rows["billable"] == last["billable"])
    goes_on = same & (last["end"] + pd.Timedelta(days=1) == rows["start"])
    run = (~goes_on.fillna(False).to_numpy(dtype=bool)).cumsum()
    kept = {"system": "first", "code": "first", "start": "first", "end": "last", "billable": "first"}
    return rows.groupby(run).agg(kept)


def _bases_of(tables: dict[str, pa.Table]) -> pd.DataFrame:
    """System, code, first and last day, and how they are known."""
    return tables["codes"].select(["system", "code", *BASES]).to_pandas().fillna("").astype(str)


def _differing(whole: pd.DataFrame, other: pd.DataFrame) -> CodesBySystem:
    """By system the codes that have a row which only one side has."""
    rows = pd.concat([whole, other]).drop_duplicates(keep=False)
    codes = rows.drop_duplicates(["system", "code"]).sort_values(["system", "code"])
    return {str(system): list(own) for system, own in codes.groupby("system")["code"]}


def main(raw: Path, sources: list[str], *, thinned: bool) -> None:
    """Prints what comes of each release left out, of all sources where none is named."""
    corpus = Corpus(raw, thinned=thinned)
    for folder in corpus.releases:
        if folder[0] in (sources or folder):
            found = corpus.leave_out(folder)
            sys.stdout.write(f"{' '.join(folder)}: {found.refused or 'passes the gate'}\n")
            for kind, by_system in (("days", found.days), ("bases", found.bases)):
                for system, codes in by_system.items():
                    sys.stdout.write(f"    {kind} of {len(codes):,} {system} codes: {' '.join(codes[:5])}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:], thinned=False)
