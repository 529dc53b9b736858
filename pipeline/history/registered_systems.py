"""Table `systems`: the registry, with what a build knows of each system."""

from collections.abc import Mapping
from dataclasses import fields

import pyarrow as pa

from pipeline.history.horizon import Horizon
from pipeline.normalise.systems import read_systems
from schemas import TABLES
from schemas.arrow import arrow_schema, columns_of


def systems_table(horizons: Mapping[str, Horizon]) -> pa.Table:
    """The registry as a table, with what this build knows of each: the columns of `schemas.systems.Systems`."""
    of_build = {field.name for field in fields(Horizon)}
    systems = read_systems()
    rows = [
        {
            name: getattr(horizons.get(system.system) if name in of_build else system, name, None)
            for name in columns_of(TABLES["systems"])
        }
        for system in systems.values()
    ]
    schema = pa.schema([field.with_nullable(True) for field in arrow_schema(TABLES["systems"])])
    return pa.Table.from_pylist(rows, schema)
