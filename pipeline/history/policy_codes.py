"""The tables of policies: what was printed, with ranges expanded over the codes of the day of which they speak."""

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa

from pipeline.ingest import file_name
from pipeline.normalise.policies import PublishedPolicies
from pipeline.run.sql import query_tables
from schemas import TABLES
from schemas.arrow import arrow_schema


def derive_policies(published: Sequence[PublishedPolicies], episodes: pa.Table) -> dict[str, pa.Table]:
    """The tables `policies` and `policy_codes`: the columns of their models, empty where nothing is published.

    A range stands for the codes between its ends that could be reported on the day of the release, or on the last day
    of the row where that is earlier; and for its ends. `episodes` are those of `code_history`.
    """
    policies = [_with_source(each) for each in published]
    codes = [expand_policy_codes(each, episodes) for each in published]
    return {
        "policies": pa.concat_tables([_empty("policies"), *policies]),
        "policy_codes": pa.concat_tables([_empty("policy_codes"), *codes]),
    }


def _empty(name: str) -> pa.Table:
    schema = arrow_schema(TABLES[name])
    return pa.schema([pa.field(field.name, field.type) for field in schema]).empty_table()


def _with_source(published: PublishedPolicies) -> pa.Table:
    source, release, size = published.delivery.source, published.delivery.release, len(published.policies)
    told = {
        "publisher": source.publisher,
        "source": source.source,
        "release": release.release,
        "effective_from": release.effective_from,
        "source_file": file_name(published.where),
    }
    rows = published.policies
    for name, value in told.items():
        rows = rows.append_column(name, pa.repeat(pa.scalar(value), size))
    return rows.select(_empty("policies").column_names)


def expand_policy_codes(published: PublishedPolicies, episodes: pa.Table) -> pa.Table:
    """The codes of some policies in the columns of `policy_codes`: a row for each code of each printed range."""
    rows = query_tables(
        Path(__file__).with_name("policy_codes.sql"),
        {"day": published.delivery.release.effective_from},
        printed=published.codes,
        episodes=episodes.select(["system", "code", "billable", "valid_from", "valid_to"]),
    )
    return rows.cast(_empty("policy_codes").schema)
