"""Where the macros of the database find its tables.

DuckDB (2.0.0) puts the text of a macro where it is called, and looks for its tables there: in the current database, not
in the one that has the macro. A view is looked up at home. So a macro names the database of its tables itself. That is
`catalog`, where it is said; else the current one, as after `use`, or where the file is opened by itself; in a session
in memory, which has no such tables, `crosswalk`, the name that the file has when it is attached without one.
"""

import re
from typing import Final

from schemas import TABLES

# `case`, not `if`: as a function in a macro DuckDB 1.4 does not know it, and that reads the file too.
HERE: Final = (
    "coalesce(catalog, case current_database() when 'memory' then 'crosswalk' "
    """else '"' || current_database() || '"' end)"""
)
ABOUT_CATALOG: Final = (
    " Where the file is attached under a name and not in use, catalog says which: from xw.{name}(..., catalog := 'xw')."
)
READS: Final = re.compile(r"\b(?:from|join) (\w+)")


def call_with_catalog(call: str) -> str:
    """The head of a macro with the parameter that names the database of its tables.

    >>> call_with_catalog("codes_on(day)")
    'codes_on(day, catalog := null)'
    """
    return f"{call.removesuffix(')')}, catalog := null)"


def body_with_catalog(body: str) -> str:
    """The body of a macro with each published table that it reads named before it, as one of that database.

    A table that is handed to the macro and is called like one of ours needs its own database's name: `temp.codes`.
    """
    question = re.sub(r"^table\s+(--.*\n)*", "", body)
    tables = [each for each in dict.fromkeys(READS.findall(question)) if each in TABLES]
    named = ", ".join(f"{each} as not materialized (from query_table({HERE} || '.main.{each}'))" for each in tables)
    rest = question.removeprefix("with")
    return f"table with {named}{' ' if rest == question else ','} {rest}"
