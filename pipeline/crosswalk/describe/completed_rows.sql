-- What stands in the published map as well keeps its flags, its file and its origin.
select m.source_code, m.target_code, m.scenario, m.choice_list, m.no_map, m.bits, m.hops, m.path,
    coalesce(p.approximate, m.bits <> 0) as approximate, coalesce(p.combination, m.scenario > 0) as combination, p.flags,
    if(p.origin is null, 'derived', 'published') as origin, p.source_file
from completed m left join published p on m.hops = 1 and p.source_code = m.source_code
    and p.target_code is not distinct from m.target_code and p.scenario = m.scenario
    and p.choice_list = m.choice_list
