"""The schema is the documentation: every table has a key, every column a description, every reference an end."""

from schemas import TABLES
from schemas.arrow import columns_of, key_of
from schemas.dictionary import PATH, render_dictionary

SHORTEST_DESCRIPTION = 10


def test_every_table_is_described() -> None:
    assert [table for table, model in TABLES.items() if not (model.__doc__ or "").strip()] == []


def test_every_table_has_a_key_of_its_own_columns() -> None:
    keys = {table: key_of(model) for table, model in TABLES.items()}
    assert [table for table, key in keys.items() if not key or not {*key} <= {*columns_of(TABLES[table])}] == []


def test_every_column_has_a_description() -> None:
    found = [
        f"{table}.{name}"
        for table, model in TABLES.items()
        for name, column in columns_of(model).items()
        if len(column.description or "") < SHORTEST_DESCRIPTION
    ]
    assert found == []


def test_columns_refer_to_columns_of_tables() -> None:
    keys = {
        f"{table}.{name}": (column.metadata or {}).get("foreign_key")
        for table, model in TABLES.items()
        for name, column in columns_of(model).items()
    }
    wanted = {name: key for name, key in keys.items() if key}
    assert wanted
    assert [name for name, key in wanted.items() if not {*key["columns"]} <= {*columns_of(TABLES[key["table"]])}] == []


def test_dictionary_is_not_stale() -> None:
    assert PATH.read_text(encoding="utf-8") == render_dictionary(), "run `make dictionary` and commit it"
