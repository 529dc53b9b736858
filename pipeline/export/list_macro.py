"""The macro that expands code lists in SQL, for who has the tables and no Python: the codes that the command finds."""

from typing import Final

from pipeline.code_order import read_code_order

EXPAND_LIST: Final = "expand_list(list, first_day, last_day)"
ABOUT_EXPAND_LIST: Final = (
    "The codes of a code list that could be reported on one of some days, a row for each episode. The list is a table "
    "or view with the columns of code_list_template, named as text; a code is written E119 or E11.9, E11% for all that "
    "begin so, K50-K52 for all from K50 to what begins with K52, and a heading for all below it. role exclude takes "
    "codes out of their concept. From expand_list('temp.my_list', date '2020-01-01', date '2020-12-31')."
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
    return EXPANSION_BODY.replace("{placed}", placed)


EXPANSION_BODY: Final = """table with asked as materialized (
    select row_number() over () as entry, coalesce(concept, '') as concept, system, coalesce(role, '') = 'exclude'
        as is_excluded, contains(code, '%') as is_prefix, contains(code, '-') as is_range,
        upper(translate(split_part(code, '-', 1), '.% ', '')) as first,
        upper(translate(split_part(code, '-', 2), '.% ', '')) as last
    from query_table(list)
), episodes as materialized (
    select h.system, h.code, h.valid_from, h.valid_to, h.billable, coalesce(h.description, h.short_description)
        as description
    from code_history h join systems s using (system)
    where coalesce(h.valid_to >= s.in_use_from, true)
        and h.valid_from <= last_day and coalesce(h.valid_to >= first_day, true)
        and not coalesce(first_day > s.known_through and first_day <= coalesce(s.in_use_to, first_day), false)
), order_of_letters(beginning, place) as (values {placed}),
in_order as materialized (
    select c.system, c.code, c.code[1]
        || coalesce(two.place, c.code[2]) || coalesce(three.place, c.code[3]) || coalesce(four.place, c.code[4])
        || coalesce(five.place, c.code[5]) || coalesce(six.place, c.code[6]) || c.code[7:] as place
    from (
        select distinct system, code from episodes where system in (select system from asked where is_range)
        union select system, first from asked where is_range union select system, last from asked where is_range
    ) c
    left join order_of_letters two on two.beginning = c.system || left(c.code, 2) and length(c.code) >= 2
    left join order_of_letters three on three.beginning = c.system || left(c.code, 3) and length(c.code) >= 3
    left join order_of_letters four on four.beginning = c.system || left(c.code, 4) and length(c.code) >= 4
    left join order_of_letters five on five.beginning = c.system || left(c.code, 5) and length(c.code) >= 5
    left join order_of_letters six on six.beginning = c.system || left(c.code, 6) and length(c.code) >= 6
), beginnings as materialized (
    select entry, system, first as beginning, 'prefix' as came_in, null::date as valid_from, null::date as valid_to
    from asked where is_prefix and not is_range
    union all
    select a.entry, a.system, a.first, 'below_heading', e.valid_from, e.valid_to
    from asked a join episodes e on e.system = a.system and e.code = a.first
    where not a.is_prefix and not a.is_range and not e.billable
), found as materialized (
    select a.entry, e.system, e.code, e.valid_from, 'named' as came_in
    from asked a join episodes e on e.system = a.system and e.code = a.first where not a.is_prefix and not a.is_range
    union
    select b.entry, e.system, e.code, e.valid_from, b.came_in
    from (
        select e.*, left(e.code, l.length) as beginning
        from episodes e join (select distinct system, length(beginning)::int as length from beginnings) l
            on l.system = e.system and l.length <= length(e.code)
    ) e join beginnings b on b.system = e.system and b.beginning = e.beginning
    where (b.came_in = 'prefix' or e.code != b.beginning)
        and e.valid_from <= coalesce(b.valid_to, e.valid_from) and coalesce(e.valid_to >= b.valid_from, true)
    union
    select a.entry, e.system, e.code, e.valid_from, 'range'
    from asked a join in_order lowest on lowest.system = a.system and lowest.code = a.first
    join in_order highest on highest.system = a.system and highest.code = a.last
    join in_order o on o.system = a.system and o.place >= lowest.place and o.place < highest.place || '~'
    join episodes e on e.system = o.system and e.code = o.code
    where a.is_range
), codes_out as (
    select distinct concept, system, code from found join asked using (entry, system) where is_excluded
), codes_in as (
    select a.concept, e.system, e.code, e.description, e.valid_from, e.valid_to, e.billable, arg_min(f.came_in,
        list_position(['named', 'prefix', 'range', 'below_heading'], f.came_in)) as came_in
    from found f join asked a using (entry, system) join episodes e using (system, code, valid_from)
    where e.billable and not a.is_excluded group by all
)
select i.concept, i.system, i.code, c.code_dotted, i.description, i.valid_from, i.valid_to, i.billable, i.came_in
from codes_in i join codes c using (system, code)
anti join codes_out o on o.concept = i.concept and o.system = i.system and o.code = i.code
order by i.concept, i.system, i.code, i.valid_from"""
