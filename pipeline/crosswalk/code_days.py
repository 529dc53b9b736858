"""From when to when each code could be reported: what every mapping says of the codes on both of its sides."""

from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.history.dating import START_UNKNOWN
from pipeline.history.timeline import as_days
from pipeline.run.sql import query_tables

CODE_DAYS: Final = pa.schema(
    [
        ("code", pa.string()),
        ("valid_from", pa.date32()),
        ("valid_to", pa.date32()),
        ("is_billable", pa.bool_()),
        ("was_billable", pa.bool_()),
        ("is_start_unknown", pa.bool_()),
    ]
)


def derive_code_days(episodes: pa.Table) -> dict[str, pa.Table]:
    """For each system one row per code, CODE_DAYS: its days, whether it can be reported by the newest release, whether
    it ever could, and whether of the first day no more is known than that it was not later."""
    code_days = query_tables(
        Path(__file__).with_name("code_days.sql"),
        {"start_unknown": START_UNKNOWN},
        episodes=episodes.select(["system", "code", "valid_from", "valid_to", "billable", "valid_from_basis"]),
    )
    return {
        system: code_days.filter(pc.equal(code_days["system"], system)).select(CODE_DAYS.names)
        for system in code_days["system"].unique().to_pylist()
    }


def days_of_life(rows: pa.Table, system: str, billable_episodes: pa.Table) -> dict[str, pa.Array]:
    """valid_from and valid_to of the billable episode that holds the day `known_on` of each row's source_code, of a
    system; both null where none does."""
    own = billable_episodes.filter(pc.equal(billable_episodes["system"], system)).combine_chunks()
    episodes = pd.DataFrame({"code": own["code"].to_pandas(), "episode": np.arange(len(own))})
    asked = pd.DataFrame({"code": rows["source_code"].to_pandas(), "row": np.arange(len(rows))})
    pairs = asked.merge(episodes, on="code", validate="many_to_many")
    day = as_days(rows["known_on"])[pairs["row"]]
    start, end = (as_days(own[name])[pairs["episode"]] for name in ("valid_from", "valid_to"))
    holds = pairs[(start <= day) & ((day <= end) | np.isnat(end))]
    place = np.full(len(rows), -1)
    place[holds["row"]] = holds["episode"]
    taken = own.take(pa.array(place, mask=place < 0)).combine_chunks()
    return {name: taken[name].combine_chunks() for name in ("valid_from", "valid_to")}
