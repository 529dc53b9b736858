"""The tables and views of a build as SQL for a warehouse."""

from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli.base import app, errors_for_people, show
from pipeline.cli.command_sections import examples
from pipeline.errors import UsageError

DialectOption = Annotated[
    str, typer.Option("--dialect", help="duckdb, spark, postgres, databricks, snowflake, bigquery or redshift.")
]
FilesOption = Annotated[
    str | None, typer.Option("--files", help="Where the folder of a build lies, as the warehouse sees it.")
]
DbtOption = Annotated[Path | None, typer.Option("--dbt", help="Write a package of dbt into this new folder instead.")]


@app.command(epilog=examples("sql --dialect postgres > crosswalk.sql", "sql --dialect duckdb --dbt crosswalk_dbt"))
def sql(dialect: DialectOption, files: FilesOption = None, dbt: DbtOption = None) -> None:
    """The script that brings a build into a warehouse: tables, filled from its files, and views to join with."""
    from pipeline.publish.own_folder import written_whole
    from pipeline.warehouse.dbt_package import write_dbt_package
    from pipeline.warehouse.dialects import choose_dialect
    from pipeline.warehouse.script import write_script

    with errors_for_people():
        chosen = choose_dialect(dialect)
        _require_plain(files or "")
        if dbt is None:
            show(write_script(chosen, files), nl=False, is_for_machines=True)
            return
        with written_whole(dbt) as aside:
            write_dbt_package(chosen, aside, files)
        show(f"written    {dbt}")


def _require_plain(files: str) -> None:
    """Raises UsageError where a place would end the text in which it stands: dialects write a quote in other ways."""
    if any(each in files for each in "'\"") or not files.isprintable():
        raise UsageError(
            f"--files {files}: a quote or a line break in it would end the text that it stands in\n"
            "  next:     name a folder, or a link to it, without"
        )
