"""Table `mappings`."""

import pandas as pd
import pandera.pandas as pa
from pandera.typing import Series

from schemas.types import Count, Day, Flag, Table, Text, refers_to, row_check

PREDICATES = ["exactMatch", "closeMatch", "broadMatch", "narrowMatch", "relatedMatch"]
CARDINALITIES = ["1:1", "1:n", "n:1", "n:n"]
ORIGINS = ["published", "derived"]
STATUSES = ["no_map", "not_bridged", "not_assigned", "newer_than_map", "older_than_map", "not_known"]


class Mappings(Table):
    """Every mapping of every crosswalk: one row per source, target, scenario and choice list, of groupings also per run of versions: the rows with `newest` are those of today. Rows of one source and scenario belong together: take one target from each of its choice lists, and all of those together stand for the source; rows of scenario 0 are alternatives, each alone (but for groupings, whose categories hold together, and parts, see predicate)."""

    crosswalk: Series[Text] = pa.Field(description="The crosswalk.", metadata=refers_to("crosswalks", "crosswalk"))
    source_system: Series[Text] = pa.Field(
        description="Code system of source_code.", metadata=refers_to("systems", "system")
    )
    source_code: Series[Text] = pa.Field(
        description="The code that is mapped, bare and upper case: in code_history, or listed in crosswalk_exceptions."
    )
    target_system: Series[Text] = pa.Field(
        description="Code system of target_code, or the grouping whose categories are in table `categories`."
    )
    target_code: Series[Text] = pa.Field(
        nullable=True,
        description="What it is mapped to, bare and upper case. Null where there is no answer: see status.",
    )
    status: Series[Text] = pa.Field(
        nullable=True,
        isin=STATUSES,
        description="Why there is no target; null where there is one. no_map: the publisher says that there is no equivalent. not_bridged: nobody says what the code was, or became (listed in crosswalk_exceptions with the reason). Of rows that we add for codes which a published map or grouping lacks: newer_than_map or older_than_map, where all days of the code lie after or before the day of the map; not_known, where no listing here reaches to that day, so that nobody can tell; else not_assigned. (Condition categories list only codes that have one: a code without a row has none.)",
    )
    scenario: Series[Count] = pa.Field(
        ge=0,
        description="0: the target stands alone. Otherwise the number of the combination: as published, or, in derived rows, counted by us.",
    )
    choice_list: Series[Count] = pa.Field(
        ge=0, description="In a scenario, the list from which one target is to be taken; 0 outside."
    )
    approximate: Series[Flag] = pa.Field(
        description="The publisher's approximate flag. True for conversion and reimbursement tables; of a derived row, true unless every step is exact. False for groupings, which have no such flag."
    )
    no_map: Series[Flag] = pa.Field(description="The publisher says that there is no equivalent; target_code is null.")
    combination: Series[Flag] = pa.Field(
        description="The publisher's combination flag; the scenario tells what belongs together also in four rows of the procedure GEMs that lack the flag."
    )
    flags: Series[Text] = pa.Field(
        nullable=True,
        description="What the publisher prints beside the pair: the five digits of a GEM, the number of codes of a reimbursement set, the change or the cell of a conversion table, position and defaults of a grouping, of a run of versions as the last prints them. Null in derived rows.",
    )
    predicate: Series[Text] = pa.Field(
        nullable=True,
        isin=PREDICATES,
        description="Relation of the source to the target, in SKOS. exactMatch: the publisher says so. relatedMatch: the target is a part of what stands for the source, or the source is a part of what the target stands for, or whole categories are named, or a path leads to a broader code and from it to a narrower one, which implies nothing. Else by the shape of the published map: narrowMatch where the source has several targets, broadMatch where the target has several sources, closeMatch where neither or both. Along a path relations add up: narrower and then broader makes close (they have something in common), broader and then narrower related, a part stays a part.",
    )
    cardinality: Series[Text] = pa.Field(
        nullable=True,
        isin=CARDINALITIES,
        description="Sources of the target : targets of the source, as SSSOM counts them, 1 or n. Null without a target.",
    )
    fan_out: Series[Count] = pa.Field(
        ge=0,
        description="Different targets of the source in this crosswalk, of a grouping in the newest version that has the row; year to year over all days, without the code itself. 1 for a code that stays as it is.",
    )
    fan_in: Series[Count] = pa.Field(
        nullable=True, ge=1, description="Different sources of the target in this crosswalk; see fan_out."
    )
    round_trip: Series[Flag] = pa.Field(
        nullable=True,
        description="Whether the opposite crosswalk leads from the target back to the source; null where there is none.",
    )
    origin: Series[Text] = pa.Field(
        isin=ORIGINS,
        description="published: a row of the publisher's file, also where it stands in a derived crosswalk. derived: ours; in a grouping the categories of a code that is newer than it, carried from all that the code was before, where these agree.",
    )
    path: Series[Text] = pa.Field(
        nullable=True,
        description="In a derived crosswalk, and of the categories that we carry to a code which is newer than its grouping, the way from the source to the target: codes, and between them the crosswalk, or the step and its day: `conversion@day` by the publisher's conversion table, `hierarchy@day` by subdivision where that says nothing, `ended@day`, `new@day` or `unknown@day` where the way ends. Null for a code that stayed as it was, and for one that no path leads from.",
    )
    hops: Series[Count] = pa.Field(
        ge=0,
        description="Steps on the path; 1 for a published row, 0 for a code that stayed, and for one that no path leads from.",
    )
    source_billable: Series[Flag] = pa.Field(description="Whether the source can be reported by the newest release.")
    target_billable: Series[Flag] = pa.Field(
        nullable=True,
        description="Whether the target can be reported by the newest release; null for categories and missing targets.",
    )
    valid_from: Series[Day] = pa.Field(
        nullable=True,
        description="First day (of service; of hospital inpatients of discharge) on which the source can be translated by this row: when the source could first be reported (a heading: be listed); null for codes that are in no listing here. These four days are the latest that they may be: `code_history` has the earliest, where two files are all that tells.",
    )
    valid_to: Series[Day] = pa.Field(nullable=True, description="The last such day; null while it can.")
    target_valid_from: Series[Day] = pa.Field(
        nullable=True,
        description="First day on which the target is the answer: when it could first be reported (a heading: be listed). Year to year, the first day of the other release for which the row holds.",
    )
    target_valid_to: Series[Day] = pa.Field(nullable=True, description="The last such day; null while it is.")
    source_file: Series[Text] = pa.Field(
        nullable=True,
        description="The publisher's file that has the row, of a run of versions that of the last; null in derived rows.",
    )
    release_from: Series[Text] = pa.Field(
        nullable=True,
        description="Of a grouping the first version of a run in which the row stands; null in other crosswalks and in derived rows. Runs go over the versions that are here (table `grouping_versions`); of others nothing is known.",
    )
    release_to: Series[Text] = pa.Field(
        nullable=True,
        description="The last version of that run: a version has the rows with release_from up to it and release_to from it on.",
    )
    newest: Series[Flag] = pa.Field(
        description="Whether the row is of the newest version: take these rows, and nothing is counted twice. Of BETOS, whose versions drop codes some years after their end, it is the newest version that has the code. False only for rows of groupings that later versions have not, or print otherwise."
    )

    class Config:
        unique = ["crosswalk", "source_code", "target_code", "scenario", "choice_list", "release_from"]  # noqa: RUF012

    @row_check("no_map is true only without a target")
    def has_target_or_none(cls, rows: pd.DataFrame) -> "pd.Series[bool]":
        """A missing target that the publisher does not speak of is listed in crosswalk_exceptions."""
        return (~rows["no_map"] | rows["target_code"].isna()).astype(bool)

    @row_check("status is known exactly where there is no target, and no_map is one")
    def says_why_none(cls, rows: pd.DataFrame) -> "pd.Series[bool]":
        """What has no target says why."""
        is_told = rows["status"].eq("no_map").fillna(False) == rows["no_map"]
        return (is_told & (rows["status"].isna() == rows["target_code"].notna())).astype(bool)

    @row_check("relation and cardinality are known exactly where there is a target")
    def describes_target(cls, rows: pd.DataFrame) -> "pd.Series[bool]":
        """What is said of a pair is said of every pair."""
        missing = rows["target_code"].isna()
        return ((rows["predicate"].isna() == missing) & (rows["cardinality"].isna() == missing)).astype(bool)

    @row_check("a row has both ends of its run of versions or none, and one that is not of the newest has them")
    def has_its_run(cls, rows: pd.DataFrame) -> "pd.Series[bool]":
        """What no version has any more says in which it stood."""
        has_none = rows["release_from"].isna()
        return ((has_none == rows["release_to"].isna()) & (rows["newest"] | ~has_none)).astype(bool)

    @row_check("every derived row of a path has it")
    def derived_has_path(cls, rows: pd.DataFrame) -> "pd.Series[bool]":
        """How a row came about is never left to guess."""
        return ((rows["origin"] == "published") | (rows["hops"] == 0) | rows["path"].notna()).astype(bool)
