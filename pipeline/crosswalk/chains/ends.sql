-- The oldest day of a system has no day before it; a system that ended has no day after it.
with of_systems as (
    select system, min(valid_from) as first_day, max(valid_to) as last_day, bool_or(valid_to is null) as goes_on
    from billable_episodes where system in (select system from predecessors) group by system
),
ended as (
    select system, code as earlier, null as later, valid_to + 1 as day, valid_from as earlier_from,
        null::date as later_from
    from billable_episodes join of_systems using (system)
    where valid_to is not null and (goes_on or valid_to < last_day)
        and (system, code, valid_to + 1) not in (select (system, earlier, day) from steps where not is_loose)
),
begun as (
    select system, null, code, valid_from, null::date, valid_from
    from billable_episodes join of_systems using (system)
    where valid_from > first_day and (system, code, valid_from) not in (select (system, later, day) from steps)
),
told as (  -- what a table says of a code that began, or, without a code, of one that ended
    select system, effective_from as day, coalesce(code, previous) as code, code is null as has_ended, form, line, printed
    from predecessors
)
select e.*, coalesce(bool_or(p.line is not null and (p.form = 'none' or p.has_ended)), false) as is_told,
    first(p.printed order by p.line) as printed
from (from ended union all from begun) e
left join told p on p.system = e.system and p.day = e.day and p.code = coalesce(e.later, e.earlier)
    and p.has_ended = (e.later is null)
group by all order by e.system, e.day, e.earlier, e.later
