"""What every warehouse is asked, and what a build says of it: claims and code lists, made of the build's own codes."""

from pathlib import Path

import duckdb

CLAIMS = 200_000
# Codes of every system and some that no system has, on days of thirty years; of each code a few, of some days many.
MANY_CLAIMS = f"""
    select i::varchar as claim, coalesce(system, 'NONE') as system,
        case i % 23 when 0 then code || 'X' when 1 then code[1:2] else code end as code,
        date '2000-01-01' + (i * 7919 % 10957)::int as day
    from (select range as i from range({CLAIMS}))
    left join (select system, code, row_number() over (order by system, code) as n from codes)
        on n = 1 + i * 31 % (select count(*) from codes)
"""
CODE_LISTS = """
    select * from (values
        ('diabetes', 'ICD10CM', 'E08-E13', 'include'), ('diabetes', 'ICD10CM', 'E11.65', 'exclude'),
        ('diabetes', 'ICD9CM', '250%', 'include'), ('neoplasms', 'ICD10CM', 'C43-C44', 'include'),
        ('neoplasms', 'ICD9CM', '172', 'include'), ('drugs', 'HCPCS', 'J0%', null),
        ('all of I', 'ICD10CM', 'I00-I99', 'include'), ('injuries', 'ICD10CM', 'S06', 'include')
    ) as rows(concept, system, code, role)
"""
RULES = ("poa_exempt", "code_first", "or_procedure", "hac")  # a list of the day, two systems, and one without a list
QUESTIONS = {
    "validity": "select claim, system, code, day, billable, status, description from claims_with_meaning",
    "translation": "select c.claim, t.crosswalk, t.target_code, t.scenario, t.choice_list, t.source_title, "
    "t.target_title from claims as c join translations as t on t.source_system = c.system and t.source_code = c.code",
    "grouping": "select c.claim, g.crosswalk, g.release, g.category, g.category_title from claims as c "
    "join categories_of_codes as g on g.system = c.system and g.code = c.code "
    "and c.day between g.effective_from and g.known_through",
    "rules": "select c.claim, r.rule, r.answer, r.value from claims as c join rules_on_days as r "
    "on r.system = c.system and r.code = c.code and c.day between r.valid_from and r.valid_through",
    "rules of a day": f"select system, code, rule, answer, value from rules_on_days where rule in {RULES} "
    "and date '2021-06-01' between valid_from and valid_through",
    "code lists": "select concept, system, code, description, valid_from, valid_to, came_in from code_list_codes",
    "a day": "select system, code, billable, description from code_meanings "
    "where date '2020-05-01' between valid_from and valid_through",
}
MACROS = {
    "validity": "select claim, system, code, day, billable, status, description "
    "from claims_with_meaning('temp.claims')",
    "rules of a day": " union all ".join(
        f"select system, code, '{rule}' as rule, answer, value from rule_on('{rule}', date '2021-06-01')"
        for rule in RULES
    ),
    "code lists": "select concept, system, code, description, valid_from, valid_to, came_in "
    "from expand_list('temp.code_lists', date '0001-01-01', date '9999-12-31')",
    "a day": "select system, code, billable, description from codes_on(date '2020-05-01')",
}


def write_questions(build: Path, folder: Path) -> None:
    """The claims and the code lists as Parquet and as csv, and in answers.duckdb what the build says of them."""
    with duckdb.connect(str(folder / "answers.duckdb")) as database:
        database.execute(f"attach '{build}/crosswalk.duckdb' as build (read_only)")
        database.execute("use build")
        for name, rows in (("claims", MANY_CLAIMS), ("code_lists", CODE_LISTS)):
            database.execute(f"create temp table {name} as {rows}")
            database.execute(f"copy temp.{name} to '{folder}/{name}.parquet'")
            database.execute(f"copy temp.{name} to '{folder}/{name}.csv'")
        for name, query in MACROS.items():
            database.execute(f'create table answers."{name}" as {query}')
