-- Texts without a dot that are a code of another field as well: what was read is what the field says, and perhaps not
-- what was meant. A code counts where it could be reported on a day of the answer.
with read as (
    select
        answer, text, system::varchar as system, code::varchar as code,
        coalesce(day_from, date '0001-01-01') as day_from, coalesce(day_to, date '9999-12-31') as day_to
    from judged_answers
    where code is not null and not contains(text, '.') and not contains(coalesce(repairs::varchar, ''), 'other_field')
),

alike as (
    select distinct r.answer, h.system as other
    from read as r
    join look_alike as p on p.system = r.system
    join build_code_history as h on h.system = p.other and h.code = r.code and h.billable
        and h.valid_from <= r.day_to and r.day_from <= coalesce(h.valid_to, date '9999-12-31')
)

select
    'also_other_field' as finding, c."column", c.year, a.status::varchar as status, a.system::varchar as system,
    null::varchar as repairs, sum(c.rows)::bigint as rows, count(distinct a.text)::bigint as "distinct",
    'also a code of ' || b.other as note
from alike as b
join judged_answers as a on a.answer = b.answer
join counted_rows as c on c.answer = b.answer
group by all
