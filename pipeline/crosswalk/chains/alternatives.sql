with rows as (
    select f.source as source_code, p.target_code, p.scenario, p.choice_list,
        coalesce(p.no_map, false) as no_map, f.hops + coalesce(p.hops, 0) as hops, f.target,
        f.bits | coalesce(p.bits, 0) | if(f.bits & $broad > 0 and coalesce(p.bits, 0) & $narrow > 0, $loose, 0) as bits,
        f.path || coalesce(p.path[len(f.target) + 1:], '') as path
    from followed f left join published p on p.source_code = f.target
    where f.scenario = 0
)
select source_code, target_code,
    if(coalesce(scenario, 0) = 0, 0,
        dense_rank() over (partition by source_code, coalesce(scenario, 0) = 0 order by target, scenario)) as scenario,
    coalesce(choice_list, 0) as choice_list, no_map, bits, hops, path
from rows
qualify target_code is not null or bool_and(target_code is null) over (partition by source_code)
