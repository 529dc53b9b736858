-- The most frequent texts by status, of those that somebody should look at, or by repair, of those that were read by one.
with kinds as (
    select
        if($what = 'repaired', a.repairs::varchar, a.status::varchar) as kind, r."column", a.text,
        a.system::varchar as system, a.code::varchar as code, nullif(a.candidates::varchar, '') as candidates,
        coalesce(c.description, c.short_description) as meaning, sum(r.rows)::bigint as rows
    from counted_rows as r
    join judged_answers as a on a.answer = r.answer
    left join build_codes as c on c.system = a.system::varchar and c.code = a.code::varchar
    where if(
        $what = 'repaired',
        coalesce(a.repairs::varchar, '') <> '' and a.code is not null,
        a.status::varchar not in ('valid', 'no_day', 'empty')
    )
    group by all
)

select *
from kinds
qualify row_number() over (partition by kind order by rows desc, "column", text, code) <= $most
order by kind, rows desc, "column", text, code
