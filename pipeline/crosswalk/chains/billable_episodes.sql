with marked as (
    select system, code, valid_from, valid_to,
        valid_from is distinct from lag(valid_to) over (partition by system, code order by valid_from) + 1 as is_new
    from episodes where billable
),
numbered as (select *, sum(is_new::int) over (partition by system, code order by valid_from) as number from marked)
select system, code, min(valid_from) as valid_from,
    case when count(valid_to) = count(*) then max(valid_to) end as valid_to
from numbered group by system, code, number order by system, code, valid_from
