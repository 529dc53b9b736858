-- Left: what each code without an entry was, or became, on the day of the map. A code that began later is followed
-- backwards, one that ended earlier forwards.
with sources as (
    select code, valid_from, valid_to from billable_episodes
    where system = $system and code not in (select source_code from published)
),
followed as (
    select c.* from backward c join sources s on s.code = c.source and s.valid_from > $day
    union all
    select c.* from forward c join sources s on s.code = c.source and s.valid_to < $day
)
from followed where system = $system
    and $day between target_valid_from and coalesce(target_valid_to, date '9999-12-31')
