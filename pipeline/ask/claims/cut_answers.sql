-- The answers, each as one for every stretch of its days in which the same lists and versions of what was asked for speak.
with starts as (
    select answer as whole, day_from as starts from judged_answers
    union all
    select a.answer, e.edge
    from judged_answers as a
    join cut_days as e on e.system = a.system::varchar and e.edge > a.day_from and e.edge <= a.day_to
    where a.code is not null
)

select a.* replace (
    (row_number() over (order by s.whole, s.starts) - 1 + (select min(answer) from judged_answers))::integer as answer,
    s.starts as day_from,
    coalesce((lead(s.starts) over (partition by s.whole order by s.starts) - interval 1 day)::date, a.day_to) as day_to
)
from starts as s
join judged_answers as a on a.answer = s.whole
order by s.whole, s.starts
