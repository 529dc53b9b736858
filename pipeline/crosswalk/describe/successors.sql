-- One row per ended code and one that its record names in its place, with the relation of the two where a step knows it.
with named as (
    select p.*, s.forward from predecessors p left join steps s on s.system = p.system and s.later = p.code
        and s.earlier = p.previous and s.day = p.effective_from and s.kind = 'conversion'
    where p.system = $system and p.change = 'Replaced'
)
select previous as source_code, code as target_code, 0 as scenario, 0 as choice_list, false as no_map, true as approximate,
    false as combination, coalesce(forward, $bits) as bits, change as flags, file as source_file
from named
qualify row_number() over (partition by previous, code order by effective_from desc, line) = 1
