-- What only a loose path leads to is no member of a set, and a set that would lack a list then is none: parts, each alone.
-- What no path leads from is a row of its own, without a target.
with entries as (
    select source_code, target_code, scenario, choice_list, no_map, bits, hops, path from published
    union all
    from completed
),
dissolved as (
    select source_code, scenario from entries where scenario > 0
    group by source_code, scenario, choice_list having bool_and(bits & $loose > 0)
),
marked as (
    select *, scenario > 0 and (bits & $loose > 0 or (source_code, scenario) in (select (source_code, scenario) from dissolved))
        as is_left
    from entries
),
found as (
    select source_code, target_code, if(is_left, 0, scenario) as scenario, if(is_left, 0, choice_list) as choice_list,
        no_map, bits | if(is_left, $part, 0) as bits, hops, path
    from marked
    qualify row_number() over (
        partition by source_code, target_code, if(is_left, 0, scenario), if(is_left, 0, choice_list)
        order by is_left, bits & $loose, hops, path) = 1
)
from found
union all
select distinct code, null, 0, 0, false, 0, 0, null
from billable_episodes where system = $system and code not in (select source_code from found)
