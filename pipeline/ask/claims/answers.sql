-- The answers, numbered in the order of the keys: one row per key and run of days in which all that is said is the same.
with answered as (
    select
        k.key, k.is_dayless,
        greatest(s.day_from, k.first_day) as day_from,
        least(s.day_to, k.last_day) as day_to,
        s.status, m.system, m.code, k.plain + a.repairs as repairs,
        coalesce(c.basis, if(m.by_form, 'format', 'code'))::claims_basis as basis,
        null::varchar as candidates
    from claims_asks as k
    join claims_alone as a using (question)
    join claims_code_spans as s
        on s.code_id = a.code_id and s.is_dayless = k.is_dayless
        and (k.is_dayless or (s.day_from <= k.last_day and s.day_to >= k.first_day))
    join claims_meant as m on m.code_id = a.code_id
    join claims_scopes as c on c.scope = k.scope
    union all
    select * from claims_contested
    union all
    select key, false, first_day, last_day, 'empty', null, null, plain, null, null
    from claims_asked
    where cleaned is null and first_day is not null
    union all
    select key, true, null, null, 'empty', null, null, plain, null, null
    from claims_asked
    where cleaned is null and has_dayless
)

select
    k.text, k.field, k.flag, k.numbers, a.day_from, a.day_to,
    row_number() over (order by a.key, a.day_from nulls first)::integer as answer,
    a.status, a.system, a.code, r.names as repairs, a.basis, a.candidates
from answered as a
join claims_asked as k using (key)
join claims_repairs as r on r.repairs = if(a.status = 'empty', 0, a.repairs)
