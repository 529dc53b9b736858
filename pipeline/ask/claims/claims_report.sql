-- What was found: a row for each column, year, status, system and repairs, with rows and distinct texts. Each answer has
-- the number of the first one of its text, since numbers are counted faster than texts.
with said as (
    select answer, status, system, repairs, min(answer) over (partition by text) as of_text from judged_answers
)

select
    'status' as finding, r."column", r.year, a.status::varchar as status, a.system::varchar as system,
    nullif(a.repairs::varchar, '') as repairs, sum(r.rows)::bigint as rows,
    count(distinct a.of_text)::bigint as "distinct", null::varchar as note
from counted_rows as r
join said as a on a.answer = r.answer
group by r."column", r.year, a.status, a.system, a.repairs
