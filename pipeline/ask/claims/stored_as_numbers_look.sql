-- Columns of codes whose texts look as if they had been numbers once: of their distinct texts of digits alone, how many
-- have a zero in front, a zero last behind the dot, or a dot and one zero.
with texts as (
    select distinct c."column", a.text
    from counted_rows as c
    join judged_answers as a on a.answer = c.answer
    where a.numbers = '' and regexp_full_match(a.text, '\s*[0-9]+(\.[0-9]+)?\s*') and a.field in ('dx', 'px', 'any')
),

looks as (
    select
        "column", count(*) as texts,
        count(*) filter (where text like '0%') as with_zero_first,
        count(*) filter (where contains(text, '.')) as with_dot,
        count(*) filter (where regexp_matches(text, '\.[0-9]*0\s*$')) as with_zero_last,
        count(*) filter (where regexp_matches(text, '\.0\s*$')) as with_float_tail
    from texts
    group by "column"
)

select
    'stored_as_numbers' as finding, "column", null::integer as year, null::varchar as status,
    null::varchar as system, null::varchar as repairs, null::bigint as rows, texts as "distinct",
    case
        when with_float_tail > texts / 2
            then format('{:,} of {:,} texts of digits end in .0: say --numbers {}=bare', with_float_tail, texts, "column")
        when with_dot > texts / 2
            then format('none of {:,} texts of digits begins with 0, none ends in 0 behind the dot: '
                'say --numbers {}=dotted', texts, "column")
        else format('none of {:,} texts of digits begins with 0: say --numbers {}=bare', texts, "column")
    end as note
from looks
where texts >= $enough
    and (with_float_tail > texts / 2 or with_zero_first = 0 and (with_dot <= texts / 2 or with_zero_last = 0))
