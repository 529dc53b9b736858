"""The tables and views of a warehouse as a package of dbt: a model for each, with what its schema says of it.

Models of tables read the Parquet files of a build, or the tables that the script makes where the warehouse reads no
files in a query. Names have the prefix `crosswalk_`, so that they meet none of the project around it; in the database
they are called as everywhere.
"""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pyarrow as pa

from pipeline.warehouse.dialects import Dialect
from pipeline.warehouse.views import TABLES_OF_USERS, WAREHOUSE_VIEWS, View, columns_said, definition_of
from schemas import TABLES
from schemas.arrow import arrow_schema, describe, key_of

AS_IT_IS: Final = Path(__file__).with_name("dbt")
MODEL_OF_TABLE: Final = """{{{{ config(alias='{table}') }}}}
select * from {{{{ crosswalk_file('{table}') }}}}
"""
MODEL_OF_VIEW: Final = """{{{{ config(alias='{view}'{enabled}) }}}}
{query}
"""


def write_dbt_package(dialect: Dialect, folder: Path, files: str | None = None) -> None:
    """Writes the package for a dialect into an empty folder. `files` is where the folder of a build lies."""
    shutil.copytree(AS_IT_IS, folder, dirs_exist_ok=True)
    project = folder / "dbt_project.yml"
    project.write_text(project.read_text(encoding="utf-8").replace("__FILES__", files or dialect.files), "utf-8")
    for table in TABLES:
        _write(folder / f"models/tables/crosswalk_{table}.sql", MODEL_OF_TABLE.format(table=table))
    for view in WAREHOUSE_VIEWS:
        _write(folder / f"models/views/crosswalk_{view.name}.sql", _model_of(dialect, view))
    _write(
        folder / "models/crosswalk.yml", as_yaml({"version": 2, "models": [*_tables_described(), *_views_described()]})
    )
    _write(folder / "models/sources.yml", as_yaml({"version": 2, "sources": [_source()]}))


def as_yaml(content: Any) -> str:
    """JSON is YAML: one key a line, so that a change shows as one."""
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _model_of(dialect: Dialect, view: View) -> str:
    """A view's query with the relations that it reads as dbt names them."""
    from sqlglot import exp, parse_one  # noqa: PLC0415  # 0.2 s that only who asks for it waits for

    query = parse_one(definition_of(view), read="duckdb")
    own = {each.alias for each in query.find_all(exp.CTE)}
    users = [each for each in TABLES_OF_USERS if any(table.name == each for table in query.find_all(exp.Table))]
    relations: dict[str, str] = {}
    for table in query.find_all(exp.Table):
        if table.name not in own:
            relations[f"relation_{table.name}"] = _relation(table.name)
            table.this.set("this", f"relation_{table.name}")
    sql = query.sql(dialect=dialect.dialect, pretty=True)
    for name, relation in relations.items():
        sql = sql.replace(name, relation)
    enabled = "".join(f", enabled=var('crosswalk_{each}') != ''" for each in users)
    return MODEL_OF_VIEW.format(view=view.name, enabled=enabled, query=sql)


def _relation(name: str) -> str:
    return f"{{{{ var('crosswalk_{name}') }}}}" if name in TABLES_OF_USERS else f"{{{{ ref('crosswalk_{name}') }}}}"


def _tables_described() -> Iterator[dict[str, Any]]:
    for table, model in TABLES.items():
        yield {
            "name": f"crosswalk_{table}",
            "description": describe(model),
            "data_tests": [{"crosswalk_key": {"arguments": {"columns": key_of(model)}}}],
            "columns": [_column(field) for field in arrow_schema(model)],
        }


def _column(field: pa.Field) -> dict[str, Any]:
    described = {"name": field.name, "description": (field.metadata or {}).get(b"description", b"").decode()}
    return described if field.nullable else {**described, "data_tests": ["not_null"]}


def _views_described() -> Iterator[dict[str, Any]]:
    for view in WAREHOUSE_VIEWS:
        columns = [{"name": name, "description": said} for name, said in columns_said(view).items()]
        yield {"name": f"crosswalk_{view.name}", "description": view.description, "columns": columns}


def _source() -> dict[str, Any]:
    tables = [{"name": table, "description": describe(model)} for table, model in TABLES.items()]
    return {"name": "crosswalk", "description": "The tables as `crosswalk sql` loads them.", "tables": tables}
