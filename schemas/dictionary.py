"""Writes DICTIONARY.md from the models: every table, every column, its type and what it means."""

import sys
from pathlib import Path

from schemas import TABLES
from schemas.arrow import arrow_schema, columns_of, describe, key_of
from schemas.published import write_published

PATH = Path(__file__).with_name("DICTIONARY.md")
INTRODUCTION = """# Data dictionary

Generated from the models in `schemas/` by `make dictionary`; `make check` fails when it is stale. Types are Arrow
types. Tables are sorted by their key. In CSV files text is quoted, a missing value is an empty unquoted field, and a
list is a JSON array. A reader that guesses types damages codes; these lines read every file, all columns as text:

- `pandas.read_csv("csv/codes.csv.gz", dtype=str, keep_default_na=False, na_values=[""])`
- `from read_csv('csv/codes.csv.gz', all_varchar = true, allow_quoted_nulls = false)` in DuckDB

Days are inclusive at both ends. Whether a code could be reported on `day` is in table `validity`: `billable` of the row
with `day between valid_from and valid_through`. A day without a row is not valid where the build knows the system
(`systems.known_from` to `known_through`), where the system was not in use, or where the code had ended; otherwise it is
not known. An empty `valid_to` says that no end is known, not that there will be none, and `code_history` also has
headings, and texts from before a system was in use. The README shows how to join claims by day.

Tables and columns are loaded by name, so within a major version they are only added. One that is to leave or to get another
name is announced one version ahead, in `columns_that_leave` of datapackage.json and in CHANGES.md.
"""


def render_dictionary() -> str:
    """The dictionary as Markdown."""
    return "\n".join([INTRODUCTION, *(_render_table(name) for name in TABLES)])


def _render_table(name: str) -> str:
    model = TABLES[name]
    rows = [
        f"| {field.name} | {_type(str(field.type))} | {'yes' if field.nullable else ''} | "
        f"{field.metadata[b'description'].decode().replace('|', chr(92) + '|')}{_reference(name, field.name)} |"
        for field in arrow_schema(model)
    ]
    head = [f"## {name}", "", describe(model), "", f"Key: {', '.join(key_of(model))}.", ""]
    return "\n".join([*head, "| column | type | may be missing | meaning |", "|---|---|---|---|", *rows, ""])


def _type(arrow: str) -> str:
    return arrow.replace("list<item: string>", "list of string").replace("[day]", "")


def _reference(table: str, column: str) -> str:
    key = (columns_of(TABLES[table])[column].metadata or {}).get("foreign_key")
    return f" Refers to {key['table']}.{', '.join(key['columns'])}." if key else ""


def main(arguments: list[str]) -> int:
    """Writes the file, or with --check says whether it is up to date (exit code 1 where it is not)."""
    text = render_dictionary()
    if "--check" in arguments:
        if PATH.read_text(encoding="utf-8") == text:
            return 0
        sys.stderr.write("schemas/DICTIONARY.md is stale: run `make dictionary` and commit it\n")
        return 1
    PATH.write_text(text, encoding="utf-8")
    write_published()
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
