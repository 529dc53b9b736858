"""A build in the form of FHIR, for terminology servers: NDJSON files, a resource in each line.

docs/fhir.md says what each resource holds and what FHIR cannot say.
"""

from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa

from pipeline.export.fhir.code_systems import code_system_files
from pipeline.export.fhir.concept_maps import concept_map_files
from pipeline.export.fhir.value_sets import value_set_files


def write_fhir(tables: Mapping[str, pa.Table], folder: Path, *, is_of_samples: bool) -> None:
    """The code systems, the crosswalks of one code into others (for R4 and for R5), and the code lists that ship, into
    a new folder. `tables` has them as they are published; of samples no code system is said to be complete."""
    folder.mkdir()
    for written in (
        code_system_files(tables, is_of_samples=is_of_samples),
        concept_map_files(tables),
        value_set_files(tables),
    ):
        for name, resources in written:
            with (folder / f"{name}.ndjson").open("wb") as file:
                file.writelines(resources)
