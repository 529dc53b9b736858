select f.source, f.scenario, f.choice_list, f.target as member, f.bits, f.hops, f.path,
    list({'target': p.target_code, 'scenario': p.scenario, 'choice_list': p.choice_list, 'bits': p.bits, 'hops': p.hops, 'path': p.path}
        order by p.scenario, p.choice_list, p.target_code) filter (p.target_code is not null) as entries,
    coalesce(bool_or(p.no_map), false) as no_map
from followed f left join published p on p.source_code = f.target
where f.scenario > 0 group by all order by all
