"""One release left out: the days on which the codes of the others were valid do not move, but for a said reason."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import pandas as pd
import pytest

from pipeline.build_inputs import inputs_of
from pipeline.catalogue.sources import read_catalogue
from pipeline.catalogue.survey import RawRelease, Survey, survey_raw
from pipeline.history import derive_history, derive_timelines
from pipeline.ingest import IngestedRelease, ingest
from pipeline.layouts import LAYOUTS
from pipeline.normalised import conversions_of, editions_told_by, listings_of

Days = Callable[[str, str | None], set[tuple[str, ...]]]
FOR_EVER = pd.Timestamp("2200-01-01")

# Releases whose days nothing else tells. Files of October 2021, 2022 and 2023 are not here, nor are their addenda: each
# April file tells of the October before it, and nothing tells of the April before that.
CUMULATIVE = "the addenda of January 2021 are the difference from October 2019"
NOT_TOLD = "the next addenda are the difference from an October edition whose own addenda are not here"
NEWEST = "no later file tells of it"
MOVED = {
    ("icd10cm", "2020-10-01"): CUMULATIVE,
    ("icd10cm", "2025-10-01"): NEWEST,
    ("icd10pcs", "2020-10-01"): CUMULATIVE,
    ("icd10pcs", "2021-01-01"): NOT_TOLD,
    ("icd10pcs", "2022-04-01"): NOT_TOLD,
    ("icd10pcs", "2023-04-01"): NOT_TOLD,
    ("icd10pcs", "2024-04-01"): "April is told of by October 2024, and October 2023 by nothing",
    ("icd10pcs", "2024-10-01"): NEWEST,
}


@pytest.fixture(scope="module")
def days_without(official_raw: Path) -> Days:
    """The runs of days on which each code of a source could or could not be reported, with a release left out."""
    seen = survey_raw(official_raw, read_catalogue()).of(["icd10cm", "icd10pcs", "icd10cm_conversion"])

    @cache
    def read(paths: tuple[Path, ...]) -> IngestedRelease:
        delivery = next(each for each in seen.found if each.paths == paths)
        return ingest(delivery, LAYOUTS[delivery.source.layout].readers)

    conversions = conversions_of([read(each.paths) for each in seen.of(["icd10cm_conversion"]).found])

    def derive(source: str, left_out: str | None) -> set[tuple[str, ...]]:
        own = seen.of([source])
        rest = replace(own, found=tuple(each for each in own.found if each.release.release != left_out))
        return _runs(derive_history(derive_timelines(_listings(rest, lambda each: read(each.paths))), conversions))

    return cache(derive)


def _listings(seen: Survey, read: Callable[[RawRelease], IngestedRelease]) -> list:
    deliveries, _ = inputs_of(seen)
    told = editions_told_by([read(each) for each in seen.tells_of_others()])
    return listings_of([read(each) for each in deliveries]) + told


def _runs(episodes) -> set[tuple[str, ...]]:
    """Code, first and last day, and whether it was billable: changes of wording aside."""
    rows = episodes.select(["code", "valid_from", "valid_to", "billable"]).to_pandas()
    start, end = pd.to_datetime(rows["valid_from"]), pd.to_datetime(rows["valid_to"]).fillna(FOR_EVER)
    is_new = (end.shift() + pd.Timedelta(days=1) != start) | (rows["billable"] != rows["billable"].shift())
    run = (is_new | (rows["code"] != rows["code"].shift())).to_numpy(dtype=bool).cumsum()
    found = pd.DataFrame({"code": rows["code"], "start": start, "end": end, "billable": rows["billable"]})
    own = found.groupby(run).agg({"code": "first", "start": "first", "end": "last", "billable": "first"})
    return set(own.astype(str).itertuples(index=False, name=None))


@pytest.mark.parametrize("source", ["icd10cm", "icd10pcs"])
def test_a_release_left_out_moves_no_days_but_where_the_reason_is_said(
    source: str, official_raw: Path, days_without: Days
) -> None:
    releases = sorted(each.name for each in (official_raw / source).iterdir())
    moved = {(source, each) for each in releases if days_without(source, each) != days_without(source, None)}
    assert moved == {each for each in MOVED if each[0] == source}
