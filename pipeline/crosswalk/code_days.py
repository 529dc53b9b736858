"""From when to when each code could be reported: what every mapping says of the codes on both of its sides."""

from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.run.sql import query_tables

CODE_DAYS: Final = pa.schema(
    [("code", pa.string()), ("valid_from", pa.date32()), ("valid_to", pa.date32()), ("is_billable", pa.bool_())]
)


def derive_code_days(billable_episodes: pa.Table, episodes: pa.Table) -> dict[str, pa.Table]:
    """For each system one row per code, CODE_DAYS: its days, and whether it can be reported by the newest release."""
    code_days = query_tables(
        Path(__file__).with_name("code_days.sql"),
        billable_episodes=billable_episodes,
        episodes=episodes.select(["system", "code", "valid_from", "valid_to"]),
    )
    return {
        system: code_days.filter(pc.equal(code_days["system"], system)).select(CODE_DAYS.names)
        for system in code_days["system"].unique().to_pylist()
    }
