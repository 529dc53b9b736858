"""The tables and views of a build as SQL for a warehouse."""

from typing import Annotated

import typer

from pipeline.cli.base import app, errors_for_people, show

DialectOption = Annotated[
    str, typer.Option("--dialect", help="duckdb, spark, postgres, databricks, snowflake, bigquery or redshift.")
]
FilesOption = Annotated[
    str | None, typer.Option("--files", help="Where the folder of a build lies, as the warehouse sees it.")
]


@app.command()
def sql(dialect: DialectOption, files: FilesOption = None) -> None:
    """The script that brings a build into a warehouse: tables, filled from its files, and views to join with."""
    from pipeline.warehouse.dialects import choose_dialect
    from pipeline.warehouse.script import write_script

    with errors_for_people():
        show(write_script(choose_dialect(dialect), files), nl=False, is_for_machines=True)
