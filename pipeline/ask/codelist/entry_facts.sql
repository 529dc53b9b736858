-- Behind `expand.sql`: of each entry that has any code on any day, what is known of it in the days from $first_day to
-- $last_day. A code is known by itself, a prefix or a range by everything in it.
select f.entry,
    bool_or(own and e.billable) as was_code,
    bool_or(own and e.billable and is_then) as is_code,
    bool_or(own and not e.billable and is_then) as is_heading,
    min(e.valid_from) filter (own and e.billable) as starts,
    nullif(max(coalesce(e.valid_to, date '9999-12-31')) filter (own and e.billable), date '9999-12-31') as ends,
    count(distinct e.code) filter (not own and e.billable and is_then) as below
from (select *, came_in != 'below_heading' as own from found) f
join (
    select *, valid_from <= $last_day and coalesce(valid_to >= $first_day, true) as is_then from episodes
) e using (system, code, valid_from)
group by f.entry
order by f.entry
