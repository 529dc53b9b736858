with rows as (
    select w.source as source_code, p.target_code, p.scenario, p.choice_list,
        coalesce(p.no_map, false) as no_map, w.hops + coalesce(p.hops, 0) as hops, w.target,
        w.bits | coalesce(p.bits, 0) | if(w.bits & $broad > 0 and coalesce(p.bits, 0) & $narrow > 0, $loose, 0) as bits,
        w.path || coalesce(p.path[len(w.target) + 1:], '') as path
    from ways w left join published p on p.source_code = w.target
    where w.scenario = 0
)
select source_code, target_code,
    if(coalesce(scenario, 0) = 0, 0,
        dense_rank() over (partition by source_code, coalesce(scenario, 0) = 0 order by target, scenario)) as scenario,
    coalesce(choice_list, 0) as choice_list, no_map, bits, hops, path
from rows
qualify target_code is not null or bool_and(target_code is null) over (partition by source_code)
