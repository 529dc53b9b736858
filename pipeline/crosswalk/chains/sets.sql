select w.source, w.scenario, w.choice_list, w.target as member, w.bits, w.hops, w.path,
    list({'target': p.target_code, 'scenario': p.scenario, 'choice_list': p.choice_list, 'bits': p.bits, 'hops': p.hops, 'path': p.path}
        order by p.scenario, p.choice_list, p.target_code) filter (p.target_code is not null) as entries,
    coalesce(bool_or(p.no_map), false) as no_map
from ways w left join published p on p.source_code = w.target
where w.scenario > 0 group by all order by all
