-- A source is said to lead nowhere only for days of its own on which no other row leads to the same days. It also stands
-- for itself where it was, or stays, valid on the other day: the code itself is the first row of every source.
with nowhere as (
    select c.*,
        max(coalesce(o.valid_to, date '9999-12-30')) filter (o.valid_from <= c.valid_from) as led_until,
        min(o.valid_from) filter (
            coalesce(o.valid_to, date '9999-12-31') >= coalesce(c.valid_to, date '9999-12-31')
        ) as led_from
    from chains c left join chains o on o.system = c.system and o.source = c.source and o.target is not null
        and o.target_valid_from <= coalesce(c.target_valid_to, date '9999-12-31')
        and c.target_valid_from <= coalesce(o.target_valid_to, date '9999-12-31')
    where c.target is null group by all
),
remaining as (
    select * exclude (led_until, led_from) replace (
        coalesce(led_until + 1, valid_from) as valid_from,
        coalesce(led_from - 1, valid_to) as valid_to
    )
    from nowhere
),
itself as (
    select system, code, code, 0, 0, 0, 0, null, false, valid_from, valid_to, valid_from, valid_to
    from billable_episodes where (system, code) in (select (system, source) from chains)
)
from (
    from chains where target is not null
    union all
    from remaining where valid_to is null or valid_from <= valid_to
    union all
    from itself
)
order by system, source, scenario, choice_list, hops, target, valid_from
