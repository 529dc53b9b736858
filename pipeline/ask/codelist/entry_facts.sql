-- Behind `expand.sql`: of each entry that has any code on any day, what is known of it in the days from $first_day to
-- $last_day. A code is known by itself, a prefix or a range by everything in it; what never was more than a heading
-- starts and ends as one.
select f.entry,
    bool_or(e.billable) as was_reported,
    bool_or(own and e.billable) as was_code,
    bool_or(own and e.billable and is_then) as is_code,
    bool_or(own and e.billable and may_be_then and not is_then) as is_in_doubt,
    bool_or(own and not e.billable and is_then) as is_heading,
    coalesce(min(e.valid_from) filter (own and e.billable), min(e.valid_from) filter (own)) as starts,
    nullif(coalesce(max(last_day) filter (own and e.billable), max(last_day) filter (own)), date '9999-12-31') as ends,
    count(distinct e.code) filter (not own and e.billable and is_then) as below
from (select *, came_in != 'below_heading' as own from found) f
join (
    select *, coalesce(valid_to, date '9999-12-31') as last_day,
        valid_from <= $last_day and coalesce(coalesce(valid_to_earliest, valid_to) >= $first_day, true) as is_then,
        coalesce(valid_from_earliest, valid_from) <= $last_day and coalesce(valid_to >= $first_day, true) as may_be_then
    from episodes
) e using (system, code, valid_from)
group by f.entry
order by f.entry
