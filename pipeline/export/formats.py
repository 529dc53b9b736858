"""One row per output format: who writes it, where its files lie in a build, and what datapackage.json says of them.

A new format is a module with its writer and a row here. Formats are of two shapes: `TableFormat` has a file for each
table, `WholeFormat` holds all tables, or what of them the format can say, in files of its own.
"""

import os
from collections.abc import Callable, Collection, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path

import pandas as pd
import pyarrow as pa

from pipeline.export import DATABASE, SEARCH_INDEX
from pipeline.export.csv_files import csv_name, write_csv
from pipeline.export.database import is_same_database, write_database
from pipeline.export.fhir import write_fhir
from pipeline.export.page.render import render_page
from pipeline.export.page.written import write_files
from pipeline.export.parquet import write_parquet
from pipeline.export.search_index import find_further_texts, write_search_index
from pipeline.export.sqlite_file import write_sqlite
from pipeline.export.sssom import EXTENSION, write_sssom
from schemas import TABLES
from schemas.arrow import arrow_schema

Write = Callable[[], None]


@dataclass(frozen=True)
class BuildTables:
    """The tables of one build as they are written: with the types and descriptions of their models.

    `is_of_samples`: the raw files are samples, as those of the excerpt, so that no listing is whole.
    """

    tables: Mapping[str, pa.Table]
    build_id: str
    is_of_samples: bool = False

    @classmethod
    def of(cls, tables: Mapping[str, pd.DataFrame], build_id: str, *, is_of_samples: bool = False) -> "BuildTables":
        """The tables that passed the gate, as Arrow tables."""
        return cls({name: as_arrow(name, rows) for name, rows in tables.items()}, build_id, is_of_samples)

    @cached_property
    def further_texts(self) -> pa.Table:
        """Texts under which codes are looked for beside their titles, in the search index and on the page."""
        return find_further_texts(self.tables)


def with_own_schema(name: str, rows: pa.Table) -> pa.Table:
    """A table that a published build has, with its model's Arrow schema."""
    return rows.cast(arrow_schema(TABLES[name]))


def as_arrow(name: str, rows: pd.DataFrame) -> pa.Table:
    """A table with its model's Arrow schema: types, required columns, and descriptions in the metadata."""
    schema = arrow_schema(TABLES[name])
    return pa.Table.from_pandas(rows, schema=schema, preserve_index=False).replace_schema_metadata(schema.metadata)


@dataclass(frozen=True)
class TableFormat:
    """A format with a file for each table, in a folder that has the format's name.

    `title` is what the docs call it, `name_file` gives a file's name by its table's, `files` is where they lie. What is
    `on_demand` is written only where somebody names it.
    """

    name: str
    title: str
    media_type: str
    description: str
    name_file: Callable[[str], str]
    write: Callable[[pa.Table, Path], None]
    on_demand: bool = False

    @property
    def files(self) -> str:
        """The folder of the files below that of a build."""
        return f"{self.name}/"

    def path_of(self, table: str) -> str:
        """Where a build has a table in this format, below its folder."""
        return f"{self.name}/{self.name_file(table)}"

    def writes(self, build: BuildTables, folder: Path) -> Iterator[Write]:
        """What is to be done for this format, the largest table first."""
        (folder / self.name).mkdir()
        for name, rows in sorted(build.tables.items(), key=lambda item: -len(item[1])):
            yield partial(self.write, rows, folder / self.path_of(name))


@dataclass(frozen=True)
class WholeFormat:
    """A format that holds a build as a whole.

    `place` is the file or folder that is written; `files` (a pattern below the build's folder) are those that people
    open, each a resource of datapackage.json, and `parts` those which such a file needs beside it. In the name and the
    description of a resource {file} stands for the name of its file, up to the first dot. `extension` is what
    datapackage.json calls the format of a file, and `dialect` says how to read one that is a table with more in it than
    rows, in the words of that standard. `is_same` compares the content of two files whose bytes differ from
    run to run: of these no hash is given. What is `on_demand` is written only where somebody names it.
    """

    name: str
    title: str
    media_type: str
    description: str
    resource: str
    extension: str
    place: str
    files: str
    write: Callable[[BuildTables, Path], None]
    parts: str | None = None
    dialect: Mapping[str, str] | None = None
    is_same: Callable[[Path, Path], bool] | None = None
    on_demand: bool = False

    def writes(self, build: BuildTables, folder: Path) -> Iterator[Write]:
        """What is to be done for this format."""
        yield partial(self.write, build, folder / self.place)


TABLE_FORMATS = {
    each.name: each
    for each in (
        TableFormat(
            name="parquet",
            title="Parquet",
            media_type="application/vnd.apache.parquet",
            description="A table as Parquet: types, keys and descriptions inside.",
            name_file="{}.parquet".format,
            write=write_parquet,
        ),
        TableFormat(
            name="csv",
            title="CSV",
            media_type="text/csv",
            description="A table as CSV: UTF-8, every text quoted, missing values empty; large ones compressed.",
            name_file=csv_name,
            write=write_csv,
        ),
    )
}
WHOLE_FORMATS = {
    each.name: each
    for each in (
        WholeFormat(
            name="duckdb",
            title="DuckDB",
            media_type="application/vnd.duckdb",
            description="All tables in one DuckDB file, with comments, keys, views and macros. Its rows are those of "
            "the Parquet files. No hash is given: DuckDB writes the same content in different bytes each time.",
            resource="crosswalk_duckdb",
            extension="duckdb",
            place=DATABASE,
            files=DATABASE,
            write=lambda build, path: write_database(build.tables, path),
            is_same=is_same_database,
        ),
        WholeFormat(
            name="search",
            title="the search index",
            media_type="application/vnd.sqlite3",
            description="The index that `crosswalk search` looks in: SQLite with FTS5. It has the words of titles, "
            "terms, notes and product names, and to each text the number of its row in `codes`.",
            resource="search_index",
            extension="sqlite",
            place=SEARCH_INDEX,
            files=SEARCH_INDEX,
            write=lambda build, path: write_search_index(build.tables, build.further_texts, path),
        ),
        WholeFormat(
            name="page",
            title="the page",
            media_type="text/html",
            description="A page that opens without a server or the network; `files` is the index of its code explorer.",
            resource="report",
            extension="html",
            place="report",
            files="report/index.html",
            parts="report/parts/*",
            write=lambda build, folder: write_files(
                folder, render_page(build.tables, build.further_texts, build.build_id)
            ),
        ),
        WholeFormat(
            name="sssom",
            title="SSSOM",
            media_type="text/tab-separated-values",
            description="The crosswalk {file} in the form of SSSOM, where that can say it. On demand: "
            "`crosswalk export FOLDER --format sssom`.",
            resource="sssom_{file}",
            extension="tsv",
            place="sssom",
            files=f"sssom/*{EXTENSION}",
            dialect={"commentChar": "#", "delimiter": "\t"},
            write=lambda build, folder: write_sssom(build.tables, folder),
            on_demand=True,
        ),
        WholeFormat(
            name="sqlite",
            title="SQLite",
            media_type="application/vnd.sqlite3",
            description="All tables in one SQLite file for Datasette and Excel, with indexes, and a table of what each "
            "column says, `meanings` (docs/bi.md). On demand: `crosswalk export FOLDER --format sqlite`.",
            resource="crosswalk_sqlite",
            extension="sqlite",
            place="crosswalk.sqlite",
            files="crosswalk.sqlite",
            write=lambda build, path: write_sqlite(build.tables.items(), path),
            on_demand=True,
        ),
        WholeFormat(
            name="fhir",
            title="FHIR",
            media_type="application/fhir+ndjson",
            description="{file}: code systems, concept maps (R4 and R5) or value sets for terminology servers, one in "
            "each line (docs/fhir.md). On demand: `crosswalk export FOLDER --format fhir`.",
            resource="fhir_{file}",
            extension="ndjson",
            place="fhir",
            files="fhir/*.ndjson",
            write=lambda build, folder: write_fhir(build.tables, folder, is_of_samples=build.is_of_samples),
            on_demand=True,
        ),
    )
}
FORMATS: dict[str, TableFormat | WholeFormat] = {**WHOLE_FORMATS, **TABLE_FORMATS}
# What is begun first, as many at a time as there are cores. The search index, the page and the DuckDB file take most
# memory: beside the first two the CSV files are written, which take as long and next to none.
BEGUN_FIRST = ("search", "csv", "duckdb", "page")


def usual_formats() -> list[str]:
    """The names of the formats that a build has without anybody asking."""
    return [name for name, each in FORMATS.items() if not each.on_demand]


def write_formats(build: BuildTables, folder: Path, formats: Collection[str] = ()) -> None:
    """Writes the tables of a build in some formats, by their names, into an empty folder; without any, in the usual."""
    in_order = dict.fromkeys((*BEGUN_FIRST, *FORMATS))
    chosen = [FORMATS[name] for name in in_order if name in (formats or usual_formats())]
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        writes = [threads.submit(write) for each in chosen for write in each.writes(build, folder)]
        for each in writes:
            each.result()
