"""The macro that expands code lists in SQL, for who has the tables and no Python: the codes that the command finds."""

from typing import Final

from pipeline.code_order import read_code_order
from pipeline.list_rules import FOUND_CODES

EXPAND_LIST: Final = "expand_list(list, first_day, last_day)"
ABOUT_EXPAND_LIST: Final = (
    "The codes of a code list that could be reported on one of some days, a row for each episode. The list is a table "
    "or view with the columns of code_list_template, named as text; a code is written E119 or E11.9, E11% for all that "
    "begin so, K50-K52 for all from K50 to what begins with K52, and a heading for all below it. role exclude takes "
    "codes out of their concept. A code that may have begun or ended by then, which is not known, has no row. "
    "From expand_list('my_list', date '2020-01-01', date '2020-12-31')."
)
CODE_LIST_TEMPLATE: Final = (
    "The columns that expand_list wants, with an example; bring your own rows.",
    """select * from (values ('diabetes', 'ICD10CM', 'E08-E13', 'include'),
        ('diabetes', 'ICD10CM', 'E11.65', 'exclude'), ('diabetes', 'ICD9CM', '250%', 'include')
        ) as rows(concept, system, code, role)""",
)


def expansion_macro() -> str:
    """The body of the macro. Where letters stand between digits it has the order of the publisher."""
    placed = ", ".join(f"('{beginning}', '{place}')" for beginning, place in read_code_order().items())
    return EXPANSION_BODY.replace("{placed}", placed).replace("{found_codes}", FOUND_CODES.strip())


EXPANSION_BODY: Final = """table with asked as materialized (
    select row_number() over () as entry, coalesce(concept, '') as concept, system, coalesce(role, '') = 'exclude'
        as is_excluded,
        case when contains(code, '-') then 'range' when contains(code, '%') then 'prefix' else 'code' end as kind,
        upper(translate(split_part(code, '-', 1), '.% ', '')) as first,
        upper(translate(split_part(code, '-', 2), '.% ', '')) as last
    from query_table(list)
), written as materialized (
    select entry, system, kind, first, last from asked
), episodes as materialized (
    select h.system, h.code, h.valid_from, h.valid_to, h.billable, coalesce(h.description, h.short_description)
        as description,
        h.valid_from <= last_day and coalesce(coalesce(h.valid_to_earliest, h.valid_to) >= first_day, true) as is_sure
    from code_history h join systems s using (system)
    where coalesce(h.valid_to >= s.in_use_from, true)
        and coalesce(h.valid_from_earliest, h.valid_from) <= last_day and coalesce(h.valid_to >= first_day, true)
        and not coalesce(first_day > s.known_through and first_day <= coalesce(s.in_use_to, first_day), false)
), order_of_letters(beginning, place) as (values {placed}),
{found_codes}, codes_out as (
    select distinct concept, system, code from found join asked using (entry, system) where is_excluded
), codes_in as (
    select a.concept, e.system, e.code, e.description, e.valid_from, e.valid_to, e.billable, arg_min(f.came_in,
        list_position(['named', 'prefix', 'range', 'below_heading'], f.came_in)) as came_in
    from found f join asked a using (entry, system) join episodes e using (system, code, valid_from)
    where e.billable and e.is_sure and not a.is_excluded group by all
)
select i.concept, i.system, i.code, c.code_dotted, i.description, i.valid_from, i.valid_to, i.billable, i.came_in
from codes_in i join codes c using (system, code)
anti join codes_out o on o.concept = i.concept and o.system = i.system and o.code = i.code
order by i.concept, i.system, i.code, i.valid_from"""
