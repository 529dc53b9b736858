-- What was found: a row for each column, year, status, system and repairs, with rows and distinct texts.
select
    'status' as finding, r."column", r.year, a.status::varchar as status, a.system::varchar as system,
    nullif(a.repairs::varchar, '') as repairs, sum(r.rows)::bigint as rows, count(distinct a.text)::bigint as "distinct",
    null::varchar as note
from counted_rows as r
join judged_answers as a on a.answer = r.answer
group by all
