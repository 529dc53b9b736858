-- Everything that is said of each answer: the code as it is properly written, and its meaning in the run of days, the
-- newest that it had. One row per answer.
with named as (
    select
        a.*, a.system::varchar as in_system, a.code::varchar as of_code,
        coalesce(a.day_to, date '9999-12-31') as told_on
    from judged_answers as a
),

told as (
    select n.*, coalesce(h.description, h.short_description) as told_then
    from named as n
    asof left join build_code_history as h
        on h.system = n.in_system and h.code = n.of_code and h.valid_from <= n.told_on
)

select
    t.answer, t.text, t.field, t.flag, t.numbers, t.day_from, t.day_to, t.status::varchar as status,
    t.in_system as system, t.of_code as code,
    coalesce(c.code_dotted, t.of_code) as code_dotted,
    coalesce(t.told_then, c.description, c.short_description) as meaning,
    c.kind, c.standalone, t.repairs, t.basis::varchar as basis, t.candidates,
    coalesce(r.rows, 0)::bigint as rows
from told as t
left join build_codes as c on c.system = t.in_system and c.code = t.of_code
left join (select answer, sum(rows) as rows from counted_rows group by answer) as r on r.answer = t.answer
