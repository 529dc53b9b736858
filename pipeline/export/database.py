"""All tables in one DuckDB file, with comments, keys and the joins that most people want; large ones are views.

DuckDB gives each file a random id and leaves bytes between its entries as memory had them, so that two files of the
same rows differ by some hundred bytes (2.0.0, also on one thread). The file is therefore outside of the promise that
two builds are the same bytes: what is the same is its content, which `is_same_database` compares.
"""

import errno
import os
from collections.abc import Mapping
from pathlib import Path

import duckdb
import pyarrow as pa

from pipeline.code_order import AFTER, read_code_order
from pipeline.export.grouping_macros import GROUPING_MACROS
from pipeline.export.list_macro import ABOUT_EXPAND_LIST, CODE_LIST_TEMPLATE, EXPAND_LIST, expansion_macro
from pipeline.export.macro_tables import ABOUT_CATALOG, body_with_catalog, call_with_catalog
from pipeline.export.rule_macros import RULE_MACROS
from pipeline.export.stored_tables import (
    CODE_TEXTS,
    SCHEMA,
    VIEWED,
    codes_with_numbers,
    stored_rows,
    view_of,
)
from pipeline.export.table_columns import column_definitions, stored_column_definitions
from pipeline.list_rules import LIST_MACROS
from schemas import TABLES
from schemas.arrow import arrow_schema, describe, key_of

# Of a full build, blocks of 32,768 bytes make 36 MB. Smaller ones are too small for some ways to compress numbers, and
# larger ones are filled less. Over http, attaching the file and looking up a code (the mean of eight) take 1.55 and
# 0.32 MB with groups of 24,576 rows; 1.45 and 0.58 with 65,536, which make a file of 0.5 MB less; 1.62 and 0.31 with
# 16,384, 0.6 MB more. BI tools bring older versions of DuckDB with them.
LAYOUT = "block_size 32768, row_group_size 24576, storage_version 'v1.4.0'"
NAME = "crosswalk"  # of the database, while it is written
SETTINGS: dict[str, str | bool | int | float | list[str]] = {
    "write_buffer_row_group_count": 1,  # 165 MB of memory instead of 295, in the same time
}
ABOUT_STORED = "How {} is kept. Ask that: it has the same rows with their texts."
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)  # the disk, the quota, the size of a file
MACROS = {
    "codes_on(day)": (
        "Every code that was valid on a day, with its meaning then: from codes_on(date '2020-05-01'). None of a system "
        "whose known_through lies before the day.",
        """table select h.system, h.code, c.code_dotted, h.kind, h.setting, h.billable, h.short_description,
            h.description, h.valid_from, h.valid_to
        from validity v join codes c using (system, code) join code_history h on h.system = v.system
            and h.code = v.code and day between h.valid_from and coalesce(h.valid_to, v.valid_through)
        where day between v.valid_from and v.valid_through
        order by h.system, h.code""",
    ),
    "claims_with_meaning(claims)": (
        "Claims (a table or view with the columns of claims_template, named as text) with what their codes meant on "
        "the day. status: valid, heading (in force, not for claims), not_valid, not_known (beyond known_through, "
        "before known_from where no record tells, before the lists that have the code, or any modifiers, or from the "
        "valid_from_earliest of a code that may have begun by then, or after the valid_to_earliest of one that may "
        "have ended), no_listing (no code of the system is here).",
        """table with history as (
            from code_history join systems using (system)
            where valid_to is null or in_use_from is null or valid_to >= in_use_from
        ), lives as (
            select system, code, min(valid_from) as begins, max(coalesce(valid_to, date '9999-12-31')) as ends,
                arg_min(valid_from_basis, valid_from) in ('record', 'conversion_table') as begins_as_told,
                arg_min(valid_from_basis, valid_from) = 'left_censored' as is_older
            from history group by system, code
        ), modifiers as (
            select h.system, min(r.effective_from) as first_day
            from code_history h join releases r using (system, release) where h.kind = 'modifier' group by h.system
        )
        select q.*, h.kind, h.setting, v.billable, coalesce(h.description, h.short_description) as description,
            case when s.known_through is null then 'no_listing'
                when v.billable then 'valid'
                when not v.billable then 'heading'
                when q.day < s.in_use_from or q.day > s.in_use_to then 'not_valid'
                when lives.is_older and q.day < lives.begins then 'not_known'
                when lives.code is null and length(q.code) = 2 and list_contains(s.kinds, 'modifier')
                    and q.day < coalesce(modifiers.first_day, date '9999-12-31') then 'not_known'
                when exists (from history e where e.system = q.system and e.code = q.code
                    and (q.day >= e.valid_from_earliest and q.day < e.valid_from
                        or q.day > e.valid_to_earliest and q.day <= e.valid_to)) then 'not_known'
                when q.day between s.known_from and s.known_through then 'not_valid'
                when q.day > s.known_through and q.day > lives.ends then 'not_valid'
                when q.day < s.known_from and (lives.begins_as_told or q.day >= lives.begins) then 'not_valid'
                else 'not_known' end as status
        from query_table(claims) q left join systems s on s.system = q.system
        left join validity v on v.system = q.system and v.code = q.code
            and q.day between v.valid_from and v.valid_through
        left join code_history h on h.system = v.system and h.code = v.code
            and q.day between h.valid_from and coalesce(h.valid_to, v.valid_through)
        left join lives on lives.system = q.system and lives.code = q.code
        left join modifiers on modifiers.system = q.system""",
    ),
    **GROUPING_MACROS,
    EXPAND_LIST: (ABOUT_EXPAND_LIST, expansion_macro()),
    **LIST_MACROS,
    **RULE_MACROS,
}
# A code starts with the last code of a stretch or sorts before it.
BELOW = f"c.code <= {{}} || '{AFTER}'"
# Categories that stand elsewhere than their characters say: C4A behind C43, C7A in a block of its own.
OUT_OF_ORDER = "c.system || substr(c.code, 1, 3) in ('{}')".format(
    "', '".join(each for each in read_code_order() if len(each) == len("ICD10CM") + 3)
)
# `stored.codes`: a temporary table that somebody calls `codes` would be taken for ours.
VIEWS = {
    "icd9_to_icd10_current": (
        "ICD-9-CM diagnoses to the newest ICD-10-CM here: one row per source, target, scenario and choice list of the "
        "crosswalk icd9cm_icd10cm_current, with both titles. Rows of scenario 0 are alternatives; of another scenario "
        "take one target from each choice list, together.",
        """select m.source_code as icd9_code, s.code_dotted as icd9_dotted,
            coalesce(s.description, s.short_description) as icd9_title, m.target_code as icd10_code,
            t.code_dotted as icd10_dotted, coalesce(t.description, t.short_description) as icd10_title,
            m.scenario, m.choice_list, m.approximate, m.no_map, m.predicate, m.cardinality, m.path
        from mappings m left join stored.codes s on s.system = m.source_system and s.code = m.source_code
        left join stored.codes t on t.system = m.target_system and t.code = m.target_code
        where m.crosswalk = 'icd9cm_icd10cm_current'""",
    ),
    "same_category": (
        "Codes of two systems that one grouping puts into one category: what both belong to, never a translation. "
        "Each grouping says it of the days of its code, source_valid_from and so on: a number may be used again later. "
        "Millions of rows: name a crosswalk, a code or a category, from same_category where source_code = '4701'.",
        """select x.crosswalk, x.source_system, s.source_code, s.target_code as category,
            coalesce(k.title, l.title) as category_title, x.target_system, t.source_code as target_code,
            s.valid_from as source_valid_from, s.valid_to as source_valid_to,
            t.valid_from as target_valid_from, t.valid_to as target_valid_to
        from crosswalks x join mappings s on s.crosswalk = x.made_from[1] and s.newest
            and s.origin = 'published'
        join mappings t on t.crosswalk = x.made_from[2] and t.target_code = s.target_code and t.newest
            and t.origin = 'published'
        left join categories k on k.crosswalk = t.crosswalk and k.category = t.target_code
        left join categories l on l.crosswalk = s.crosswalk and l.category = s.target_code
        where x.relation = 'same_category'""",
    ),
    "code_notes": (
        "The notes of tabular lists carried down to codes: one row per note and code of its editions, "
        "whether it stands at the code, above it, or at its block or chapter. Millions of rows: name a code, "
        "from code_notes where system = 'ICD10CM' and code = 'E119' and release_to = '2025-04-01'.",
        # Stretches of codes are joined once, not for each note: 2 s of CPU for all rows, where it was 29 s. One join of
        # all levels with `or` in it lost the notes of blocks whose range grew (I10-I16, then I10-I1A).
        f"""with stretches as (select distinct system, level, first, last from notes where level <> 'code'),
        codes_below as (
            select c.system, c.code, 'code' as level, substr(c.code, 1, length) as first, first as last
            from stored.codes c, (select unnest(range(1, 9)) as length) where length <= length(c.code)
            union all
            select c.system, c.code, n.level, n.first, n.last
            from stored.codes c join stretches n on n.system = c.system
                and c.code >= n.first and {BELOW.format("n.last")} and not ({OUT_OF_ORDER})
            union all
            select c.system, c.code, n.level, n.first, n.last from stored.codes c
            join sections s on s.system = c.system and s.section = c.section
            join stretches n on n.system = c.system and s.first >= n.first and s.last <= n.last
            where {OUT_OF_ORDER}
        )
        select c.system, c.code, n.release_from, n.release_to, n.level, n.place, n.position, n.kind, n.text,
            n.lead_in, n.named_codes, n.restriction
        from codes_below c join notes n using (system, level, first, last)
        semi join validity v on v.system = c.system and v.code = c.code
            and cast(n.release_to as date) >= v.valid_from and cast(n.release_from as date) <= v.valid_through""",
    ),
    "note_codes": (
        "The codes that notes name: one row per note and code of its editions that is one of those named, or below it. "
        "restriction says, in the words of the note, which of them are meant. Millions of rows: name a place, "
        "from note_codes where system = 'ICD10CM' and place = 'E11' and release_to = '2025-04-01'.",
        # Most notes name one code: it is the start of those below it, which needs no comparison of ranges.
        f"""with stretches as (select distinct system, unnest(named_codes) as named from notes),
        codes_named as (
            select c.system, substr(c.code, 1, length) as named, c.code
            from stored.codes c, (select unnest(range(1, 9)) as length) where length <= length(c.code)
            union all
            select c.system, n.named, c.code from stretches n join stored.codes c on c.system = n.system
                and contains(n.named, '-') and c.code >= split_part(n.named, '-', 1)
                and {BELOW.format("split_part(n.named, '-', -1)")}
        )
        select n.system, n.release_from, n.release_to, n.level, n.place, n.position, n.kind, n.text, n.restriction,
            n.named, c.code
        from (select *, unnest(named_codes) as named from notes) n join codes_named c using (system, named)
        semi join validity v on v.system = n.system and v.code = c.code
            and cast(n.release_to as date) >= v.valid_from and cast(n.release_from as date) <= v.valid_through""",
    ),
    "claims_template": (
        "The columns that claims_with_meaning wants, with one code of each system as an example; bring your own rows.",
        """select 'claim ' || row_number() over (order by system) as claim, system, min(code) as code,
            min_by(coalesce(valid_to, valid_from), code) as day
        from stored.codes where billable group by system order by system""",
    ),
    "code_list_template": CODE_LIST_TEMPLATE,
}


def write_database(tables: Mapping[str, pa.Table], path: Path) -> None:
    """One DuckDB file with every table (keys and comments as in its model), the views and the macros.

    Raises OSError where the disk, or what is allowed of it, is full, and MemoryError where the memory is not enough.
    """
    try:
        _write_whole(tables, path)
    except duckdb.OutOfMemoryException as problem:
        raise MemoryError(str(problem)) from problem
    except duckdb.Error as problem:
        full = [number for number in FULL if os.strerror(number) in str(problem)]
        if not full:
            raise
        raise OSError(full[0], os.strerror(full[0]), str(path)) from problem


def _write_whole(tables: Mapping[str, pa.Table], path: Path) -> None:
    with duckdb.connect(config=SETTINGS) as database:
        quoted = str(path).replace("'", "''")
        database.execute(f"attach '{quoted}' as {NAME} ({LAYOUT})")  # only here is the size of a group to be had
        database.execute(f"use {NAME}")
        database.execute("set threads = 1")  # other formats are written beside it
        database.execute(f"create schema {SCHEMA}")
        texts, code_numbers = codes_with_numbers(tables)
        _insert(database, f"{SCHEMA}.{CODE_TEXTS}", stored_column_definitions(texts), texts)
        _comment(database, "table", f"{SCHEMA}.{CODE_TEXTS}", ABOUT_STORED.format("each view of a table"))
        for name in tables:
            _write_table(database, name, tables, code_numbers)
        database.begin()  # 400 comments by themselves would be 400 waits for the disk
        for name in VIEWED:
            database.execute(f"create view {name} as {view_of(name, tables[name].column_names)}")
        for name in tables:
            _describe(database, name)
        _write_joins(database)
        database.commit()
        database.execute("checkpoint")
        database.execute("use memory")
        database.execute(f"detach {NAME}")


def _write_table(
    database: duckdb.DuckDBPyConnection,
    name: str,
    tables: Mapping[str, pa.Table],
    code_numbers: Mapping[str, pa.Array],
) -> None:
    if name in VIEWED:
        for kept, rows in stored_rows(name, tables, code_numbers).items():
            _insert(database, f"{SCHEMA}.{kept}", stored_column_definitions(rows), rows)
            _comment(database, "table", f"{SCHEMA}.{kept}", ABOUT_STORED.format(name))
    else:
        _insert(database, name, column_definitions(name), tables[name])


def _describe(database: duckdb.DuckDBPyConnection, name: str) -> None:
    """The comments of a table and its columns; they stand at the view of one that is kept otherwise."""
    kind = "view" if name in VIEWED else "table"
    _comment(database, kind, name, f"{describe(TABLES[name])} Key: {', '.join(key_of(TABLES[name]))}.")
    for field in arrow_schema(TABLES[name]):
        _comment(database, "column", f"{name}.{field.name}", field.metadata[b"description"].decode())


def _insert(database: duckdb.DuckDBPyConnection, name: str, columns: str, rows: pa.Table) -> None:
    database.execute(f"create table {name} ({columns})")
    database.register("new_rows", rows)
    database.execute(f"insert into {name} from new_rows")
    database.unregister("new_rows")


def _write_joins(database: duckdb.DuckDBPyConnection) -> None:
    for name, (comment, body) in VIEWS.items():
        database.execute(f"create view {name} as {body}")
        _comment(database, "view", name, comment)
    for call, (comment, body) in MACROS.items():
        name = call.split("(")[0]
        database.execute(f"create macro {call_with_catalog(call)} as {body_with_catalog(body)}")
        _comment(database, "macro table", name, comment + ABOUT_CATALOG.format(name=name))


def _comment(database: duckdb.DuckDBPyConnection, kind: str, name: str, comment: str) -> None:
    quoted = comment.replace("'", "''")
    database.execute(f"comment on {kind} {name} is '{quoted}'")


def is_same_database(one: Path, other: Path) -> bool:
    """Whether two files hold the same rows, views and macros. A file that DuckDB cannot read is like no other."""
    try:
        return _content(one) == _content(other)
    except duckdb.Error:
        return False


def _content(path: Path) -> list[object]:
    """What a file holds: definitions, and of each table the number of rows and a sum over their hashes. Of what a view
    shows its definition is enough."""
    with duckdb.connect(str(path), read_only=True) as database:
        tables = database.execute("select schema_name, table_name, sql from duckdb_tables() order by all").fetchall()
        joins = database.execute("select view_name, sql from duckdb_views() where not internal order by all").fetchall()
        macros = "select function_name, macro_definition from duckdb_functions() where not internal order by all"
        named = [f"{schema}.{name}" for schema, name, _ in tables]
        sums = [database.execute(f"select count(*), sum(hash(r)) from {name} r").fetchone() for name in named]
        return [tables, joins, database.execute(macros).fetchall(), sums]
