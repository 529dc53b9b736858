-- A target that ended without a successor stays as it was published, and a part of a whole is no member of a set.
with moves as (
    from chains where target is not null and hops > 0
        and $start between valid_from and coalesce(valid_to, date '9999-12-31')
        and $end between target_valid_from and coalesce(target_valid_to, date '9999-12-31')
),
leaving as (
    select code from billable_episodes where system = $system and valid_to < $end
        and code in (select source from moves)
),
rows as (
    select source_code, target_code, scenario, choice_list, no_map, bits, 1 as hops,
        concat_ws(' ', source_code, $name, target_code) as path
    from published where target_code is null or target_code not in (from leaving)
    union all
    select p.source_code, m.target, p.scenario, p.choice_list, false,
        p.bits | m.bits | if(p.bits & $broad > 0 and m.bits & $narrow > 0, $loose, 0), 1 + m.hops,
        concat_ws(' ', p.source_code, $name, m.path)
    from published p join moves m on m.source = p.target_code
    where p.scenario = 0 or (m.bits & $part) = 0
)
from rows qualify row_number() over (
    partition by source_code, target_code, scenario, choice_list order by bits & $loose, hops, path) = 1
